"""Texts in which nobody can be told: identities are found, replaced the same throughout a project, and mapped.

Automatic de-identification is never final: what is found is proposed, what may have been missed is listed, and a
person signs (`pipeline/deidentifying.py`).
"""
