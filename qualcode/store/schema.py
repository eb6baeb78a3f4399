"""The tables as they stand now."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subjects", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

programmes = Table(
    "programmes",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, default=""),
    Column("attributes", JSON, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("programme", String),
    Column("attributes", JSON, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("case", String),
    Column("programme", String),
    Column("study", String),
    Column("group", String),
    Column("wave", String),
    Column("date", String),
    Column("language", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("row", String, nullable=False),
    Column("source_hash", String, nullable=False),
    Column("encoding", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("deidentified", Boolean),
    Column("pages", JSON, nullable=False, server_default="[]"),
    Column("replaces", String),
    Column("current", Boolean, nullable=False, server_default=true()),
    Column("sealed", Boolean, nullable=False, server_default=false()),
    Index("transcripts_source", "source", "row"),
    Index("transcripts_replaces", "replaces"),
    Index("transcripts_current", "current"),
)
"""`version`, `replaces` and `current` follow from the successions: see `store/successions.py`. The text of a `sealed`
one is empty here: it lies encrypted in `originals.sqlite` (`store/originals.py`)."""

successions = Table(
    "successions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("old", "new", "version"),
    Index("successions_new", "new"),
    sqlite_autoincrement=True,
)
"""Which text took the place of which, and as which version. Append-only."""

turns = Table(
    "turns",
    metadata,
    Column("transcript", String, ForeignKey("transcripts.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("speaker", String, nullable=False),
    Column("case", String),
    Column("time", Float),
)

segments = Table(
    "segments",
    metadata,
    Column("id", String, primary_key=True),
    Column("transcript", String, ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("unit", String, nullable=False),
    Column("context", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("case", String),
    Column("current", Boolean, nullable=False),
)
"""`current` is the segmentation in force; an older one keeps its human codings."""

codebooks = Table(
    "codebooks",
    metadata,
    Column("digest", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", String, nullable=False),
)

coders = Table(
    "coders",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("version", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("coder", String, ForeignKey("coders.id"), nullable=False),
    Column("codebook_version", String, nullable=False),
    Column("codes", JSON, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("floor", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("made_at", String, nullable=False),
    Column("thresholds", JSON, nullable=False, server_default="{}"),
)

tagged = Table(
    "tagged",
    metadata,
    Column("segment", String, ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True),
    Column("coder", String, ForeignKey("coders.id"), primary_key=True),
    Column("run", String, ForeignKey("runs.id"), nullable=False),
)
"""Which segments a machine has passed over; absent and abstained cells lie in the run's Parquet file."""

samples = Table(
    "samples",
    metadata,
    Column("id", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("probabilities", JSON, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", String, primary_key=True),
    Column("coder", String, ForeignKey("coders.id"), nullable=False),
    Column("codes", JSON, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("sample", String),
    Column("made_at", String, nullable=False),
)
"""What another project asks this one's coder to judge blind."""

judged = Table(
    "judged",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("segment", String, nullable=False, index=True),
    Column("coder", String, ForeignKey("coders.id"), nullable=False),
    Column("codes", JSON, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("sample", String),
    Column("probability", Float),
    Column("made_at", String, nullable=False),
    sqlite_autoincrement=True,
)

codings = Table(
    "codings",
    metadata,
    Column("id", String, primary_key=True),
    Column("segment", String, ForeignKey("segments.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("code", String, nullable=False),
    Column("code_hash", String, nullable=False),
    Column("coder", String, ForeignKey("coders.id"), nullable=False),
    Column("judged", Integer, ForeignKey("judged.id")),
    Column("run", String, ForeignKey("runs.id")),
    Column("facets", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("clause", String, nullable=False),
    Column("raw_score", Float),
    Column("score", Float),
    Column("made_at", String, nullable=False),
)
"""A human's coding belongs to the judgement that made it; a later judgement of the same code supersedes both."""

reanchored = Table(
    "reanchored",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("judged", Integer, ForeignKey("judged.id"), nullable=False, index=True),
    Column("transcript", String, nullable=False, index=True),
    Column("start", Integer),
    Column("end", Integer),
    Column("confidence", Float, nullable=False),
    Column("state", String, nullable=False),
    Column("became", Integer, ForeignKey("judged.id"), index=True),
    sqlite_autoincrement=True,
)
"""What became of a judgement on the version `transcript`: sure, doubtful, lost, or settled by a person afterwards.

Append-only; of several rows of one id the last holds. `start` and `end` are where it stands or may stand; `became` is
the judgement that was made of it there."""

sketches = Table(
    "sketches",
    metadata,
    Column("transcript", String, ForeignKey("transcripts.id", ondelete="CASCADE"), primary_key=True),
    Column("method", String, nullable=False),
    Column("shingles", Integer, nullable=False),
    Column("modulus", Integer, nullable=False),
    Column("kept", LargeBinary, nullable=False),
)
"""What copies are found by; made of the text, and made anew by another method."""

themes = Table(
    "themes",
    metadata,
    Column("id", String, primary_key=True),
    Column("batch", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("label", JSON, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("central", JSON, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("programmes", JSON, nullable=False),
    Column("top_case_share", Float, nullable=False),
    Column("nearest_code", String, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("status", String, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("case", String, primary_key=True),
    Column("stated", JSON, nullable=False),
)
"""What `consent.csv` states for a case; what it leaves open is not there."""

offset_maps = Table(
    "offset_maps",
    metadata,
    Column("old", String, primary_key=True),
    Column("new", String, primary_key=True),
    Column("edits", JSON, nullable=False),
    Index("offset_maps_new", "new"),
)
"""Where the places of `old` stand in `new`, which was made of it by replacing identities or a withdrawn person's turns:
[start, end, length] in order. Holds no words."""

signoffs = Table(
    "signoffs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("transcript", String, nullable=False, index=True),
    Column("signer", String, nullable=False),
    Column("at", String, nullable=False),
    sqlite_autoincrement=True,
)
"""Who vouches that nobody can be told from a text. It holds for just this text: another version is not signed."""

releases = Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("path", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("identified", Boolean, nullable=False),
    Column("cases", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Files that qualcode wrote with participants' words in them, and whose: digests of case ids (`corpus.keyed_id`,
prefix w). `identified` where a text in it was neither signed nor declared de-identified."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("transcripts", JSON, nullable=False),
    Column("releases", JSON, nullable=False),
    Column("unfinished", JSON),
)
"""What is left of a case that withdrew: the digest of its id (`corpus.keyed_id`, prefix w), when, how much went, ids of
texts that must not come back, and which releases hold it. `unfinished` is what the command still needs to finish; null
once it has."""

witnesses = Table(
    "witnesses",
    metadata,
    Column("table", String, primary_key=True),
    Column("row", String, primary_key=True),
    Column("event", Integer, nullable=False, index=True),
    Column("digest", String, nullable=False),
    Column("withdrawn", Integer),
)
"""A keyed digest of each row that an act wrote for good; bound into the event's own digest. `withdrawn` is the event
that took the row away."""

undone = Table(
    "undone",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("judged", Integer, ForeignKey("judged.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", Integer, nullable=False),
    Column("back", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""Judgements that were taken back, or put `back`; of several rows of one judgement the last holds. What was taken back
stays in the record and decides nothing."""

stale = Table(
    "stale",
    metadata,
    Column("model", String, primary_key=True),
    Column("since", String, nullable=False),
)
"""Machine coders and batches of themes that were made with the words of somebody who withdrew."""

models = Table(
    "models",
    metadata,
    Column("id", String, ForeignKey("coders.id"), primary_key=True),
    Column("made_at", String, nullable=False),
    Column("codebook_version", String, nullable=False),
    Column("segments", JSON, nullable=False),
    Column("head", JSON, nullable=False),
    Column("arrays", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
)
"""Taggers that learned from judgements: `head` is JSON, `arrays` are numpy's own (npz, no pickle), `digest` is of both.
`segments` are those that it learned from; with one of them the model goes, for its vocabulary holds people's words."""

memos = Table(
    "memos",
    metadata,
    Column("id", String, primary_key=True),
    Column("on", String, nullable=False),
    Column("coder", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", String, nullable=False),
)
"""`on` is the id of a segment or a transcript, or `project`."""
