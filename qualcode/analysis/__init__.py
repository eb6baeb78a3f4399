"""Statistics on tidy pandas frames; they never saw qualcode, so they serve people who coded elsewhere.

Two frames, everywhere the same:

`codings`, one row a present code: segment, transcript, case, programme, coder, code, raw_score, score, a column a
facet (polarity, holder, ...), weight.
`judged`, one row a decision: segment, coder, code, blind, sample, weight. Absent = judged and not in `codings`.
"""
