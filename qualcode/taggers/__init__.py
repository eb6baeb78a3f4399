"""Segments to proposals. A tagger is a coder: it says present, absent, or nothing, and can say why."""
