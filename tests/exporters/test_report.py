"""The report: one file, nothing loaded, every word escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qualcode.coding import Coder, Theme
from qualcode.exporters import report
from qualcode.exporters.bundle import ThemeQuotes
from qualcode.pipeline import exporting
from qualcode.pipeline.import_codings import import_codings
from tests.invented import interview

ATTACK = '<script>alert("x")</script> <img src=http://evil.example/a.png onerror=alert(1)> &amp; lonely \'"'
LOADS = {
    "script",
    "link",
    "iframe",
    "img",
    "object",
    "embed",
    "video",
    "audio",
    "source",
    "base",
    "form",
    "image",
    "use",
}


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _safe(page: _Page) -> bool:
    for tag, attributes in page.tags:
        if tag in LOADS:
            return False
        for name, value in attributes.items():
            if name.startswith("on") or (name in ("src", "srcset", "action", "background", "data")):
                return False
            if name in ("href", "xlink:href") and not (value or "").startswith("#"):
                return False
            if "url(" in (value or "") and not re.fullmatch(r"url\(#[\w-]+\)", value or ""):
                return False
    return True


def _page(project) -> tuple[str, _Page]:
    (path,) = exporting.report(project).files
    text = path.read_text(encoding="utf-8")
    return text, _Page(text)


def test_the_small_report_is_one_file_that_loads_nothing(project) -> None:
    text, page = _page(project)
    assert _safe(page)
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert not re.search(r"url\(\s*['\"]?(?:http|//)", text)
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert [tag for tag, _ in page.tags].count("svg") == 1


def test_a_hostile_quotation_question_and_name_are_shown_as_text(make) -> None:
    talk = f"Interviewer: And {ATTACK}?\n\nParticipant: {ATTACK}\n\n" + interview("The forms.")
    manifest = 'file,case,programme\nP01.txt,"<b>P1</b>","<script>north</script>"\n'
    programmes = "programme,name,town\n<script>north</script>,<script>North</script>,<i>Hull</i>\n"
    project = make({"P01.txt": talk, "manifest.csv": manifest, "programmes.csv": programmes}, tag=True)
    text, page = _page(project)
    assert _safe(page)
    assert ATTACK in "".join(page.words)
    assert "<script" not in text.lower()
    assert "<b>P1</b>" not in text
    assert "<i>Hull</i>" not in text
    assert "&lt;script&gt;North" in text


def test_a_hostile_codebook_and_theme_are_shown_as_text(project) -> None:
    made = exporting.bundle(project)
    theme = Theme("th_1", ("<script>", "tea"), ("s_1",), ("s_1",), 1, {"<b>x</b>": 1}, 1.0)
    codes = tuple(replace(code, label=f"<script>{code.label}", definition=ATTACK) for code in made.codebook)
    hostile = replace(
        made,
        title="<script>t</script>",
        codebook=replace(made.codebook, codes=codes),
        themes=(ThemeQuotes(theme, (("<u>c</u>", "<u>p</u>", ATTACK),)),),
    )
    (path,) = report.write(hostile, project.folder).files
    text = path.read_text(encoding="utf-8")
    assert _safe(_Page(text))
    assert "<script" not in text
    assert "<u>" not in text


def test_marking_the_evidence_changes_no_letter_of_a_quotation(project) -> None:
    text, page = _page(project)
    shown = "".join(page.words)
    made = exporting.bundle(project)
    assert "<mark>" in text
    assert sum(excerpt in shown for excerpt in made.unreviewed["excerpt"]) >= 3


@pytest.mark.parametrize("spans", [[(0, 4), (2, 6)], [(4, 99)], [(0, 10)], [], [(6, 8), (0, 2)]])
def test_spans_that_overlap_or_reach_out_mark_less_and_lose_nothing(spans) -> None:
    marked = str(report._marked("a<b c&d ef", spans))
    assert "".join(_Page(marked).words) == "a<b c&d ef"


def test_uncertified_coding_and_undeclared_texts_are_said(make) -> None:
    text, _ = _page(make({"P01.txt": interview("I was lonely.")}, tag=True))
    assert "Uncertified machine coding" in text
    assert "Not declared de-identified" in text


def test_affirmed_and_relieved_are_never_added(make) -> None:
    project = make({"P01.txt": interview("I was so lonely then.", "I am less lonely now.")}, tag=True)
    text, _ = _page(project)
    cells = re.findall(
        r'<span class="chip (affirmed|relieved)">\1</span> <span class="together">(\d+) of (\d+) <span[^>]*>\((\d+)\)',
        text,
    )
    assert cells == [("affirmed", "1", "1", "1"), ("relieved", "1", "1", "1")]


def test_a_theme_near_a_code_that_is_gone_does_not_stop_the_report(project) -> None:
    made = exporting.bundle(project)
    theme = Theme("th_1", ("tea",), ("s_1",), ("s_1",), 3, {"north": 1}, 0.3, "gone", 0.9)
    report.write(replace(made, themes=(ThemeQuotes(theme, (("P1", "north", "Tea."),)),)), project.folder)
    assert "Tea." in (project.folder / "report.html").read_text(encoding="utf-8")


EFFECTS = """outcome,comparison,measure,estimate,ci_low,ci_high,studies,participants,certainty,code
<i>mood</i>,usual_care,SMD,-0.10,-0.32,0.11,8,864,low,loneliness
coping,alternative,SMD,0.40,0.10,0.70,3,293,,nowhere
"""


def test_published_work_stands_beside_what_people_said(make) -> None:
    programmes = "programme,name,training,form\nnorth,North,yes,group\n"
    manifest = "file,case,programme\nP01.txt,P1,north\n"
    project = make(
        {"P01.txt": interview("I was lonely."), "manifest.csv": manifest, "programmes.csv": programmes}, tag=True
    )
    text, _ = _page(project)
    assert "Beside published work" not in text
    project.literature.mkdir()
    (project.literature / "programmes.csv").write_text(
        "programme,kind,training,form\na,programme,yes,not_stated\nb,programme,not_stated,group\nc,policy,yes,group\n"
    )
    (project.literature / "effects.csv").write_text(EFFECTS)
    text, page = _page(project)
    assert _safe(page)
    assert "<i>mood</i>" not in text
    said = " ".join(" ".join(page.words).split())
    assert "SMD -0.10 [-0.32, 0.11]" in said
    assert "training yes 1 of 2 yes 1" in said
    assert "not coded here (nowhere is not an active code)" in said


def test_another_machines_codings_stand_apart_from_the_taggers(make, tmp_path) -> None:
    project = make({"P01.txt": interview("I was lonely.", "We had words about the forms.")}, tag=True)
    code = project.codebook.active[0].id
    table = tmp_path / "theirs.csv"
    table.write_text(f"file,quote,code,polarity\nP01.txt,words about the forms,{code},denied\n")
    import_codings(project, table, Coder("other_model", "machine"))
    made = exporting.bundle(project)
    assert list(made.imported) == ["other_model"]
    assert made.imported["other_model"].any_polarity["segments_with"].sum() == 1
    proposed = made.unreviewed[made.unreviewed["status"] == "proposed"]
    assert made.prevalence.any_polarity["segments_with"].sum() == len(proposed), "one coder is never added to another"
    assert set(made.unreviewed["status"]) == {"proposed", "imported"}
    text, page = _page(project)
    said = "".join(page.words)
    assert "a machine coder whose 1 codings were brought in" in " ".join(said.split())
    assert "coded by other_model, imported" in text
    assert "proposed, not reviewed" not in text
    table.write_text(f"file,quote,code,polarity\nP01.txt,I was lonely,{code},affirmed\n")
    import_codings(project, table, Coder("ann", "human"))
    text, _ = _page(project)
    assert "whose 1 codings were brought in" not in text, "people come before any machine"
    assert "Other counts: other_model" in text
    assert "coded by other_model, imported" not in text
