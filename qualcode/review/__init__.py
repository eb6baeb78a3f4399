"""Which judgement to ask for, how a person's answer becomes a judgement, and which judgements to look at again."""

from __future__ import annotations

from qualcode.formats.sheet import Answer
from qualcode.review.decisions import Unclear, audit_sample, decide

__all__ = ["Answer", "Unclear", "audit_sample", "decide"]
