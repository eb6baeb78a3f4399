"""How well passages are coded, beside what else runs without a model server."""
