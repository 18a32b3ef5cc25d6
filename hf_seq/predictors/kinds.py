# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The kinds of models that answer: how their classes are called, the Auto class that loads them, their predictor."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hf_seq.files.reading import object_or_nothing


@dataclass(frozen=True)
class Kind:
    """One kind of model.

    Attributes:
        noun: what people call it, with its article.
        ability: what it does, behind "does not".
        endings: how the names of its classes end.
        auto_class: the Auto class that loads it.
        module: where its predictor stands.
        predictor: the name of its predictor, which `hf_seq` exports.
        task: what `hf-seq train --task` calls it.
        reads_numbers: whether its inputs are series of numbers (`num_features` in the configuration), not texts.
        modality: what these numbers are made of, `audio` or `events`, as the configuration says; None of bare numbers.
    """

    noun: str
    ability: str
    endings: tuple[str, ...]
    auto_class: str
    module: str
    predictor: str
    task: str
    reads_numbers: bool = False
    modality: str | None = None

    def predictor_class(self) -> Any:
        """Import the predictor."""
        return getattr(import_module(f"hf_seq.predictors.{self.module}"), self.predictor)


AUDIO, EVENTS = "audio", "events"
"""The `modality` of models that read frames of sound, and of those that read events."""
_CLASSIFIES, _TAGS = ("ForSequenceClassification",), ("ForTokenClassification",)
_CLASSIFIER, _TAGGER = "AutoModelForSequenceClassification", "AutoModelForTokenClassification"
KINDS = {
    kind.predictor: kind
    for kind in (
        Kind(
            noun="a classifier",
            ability="classify texts",
            endings=_CLASSIFIES,
            auto_class=_CLASSIFIER,
            module="text",
            predictor="Predictor",
            task="classification",
        ),
        Kind(
            noun="a tagger",
            ability="tag words",
            endings=_TAGS,
            auto_class=_TAGGER,
            module="words",
            predictor="TaggingPredictor",
            task="tagging",
        ),
        Kind(
            noun="a classifier of series",
            ability="classify series",
            endings=_CLASSIFIES,
            auto_class=_CLASSIFIER,
            module="series",
            predictor="SeriesPredictor",
            task="series",
            reads_numbers=True,
        ),
        Kind(
            noun="a classifier of sound",
            ability="classify clips of sound",
            endings=_CLASSIFIES,
            auto_class=_CLASSIFIER,
            module="audio",
            predictor="AudioPredictor",
            task="audio",
            reads_numbers=True,
            modality=AUDIO,
        ),
        Kind(
            noun="a classifier of events",
            ability="classify sequences of events",
            endings=_CLASSIFIES,
            auto_class=_CLASSIFIER,
            module="events",
            predictor="EventPredictor",
            task="events",
            reads_numbers=True,
            modality=EVENTS,
        ),
        Kind(
            noun="a model of the next event",
            ability="say which event comes next",
            endings=_TAGS,
            auto_class=_TAGGER,
            module="events",
            predictor="NextEventPredictor",
            task="next-event",
            reads_numbers=True,
            modality=EVENTS,
        ),
        Kind(
            noun="a tagger of series",
            ability="tag the steps of series",
            endings=_TAGS,
            auto_class=_TAGGER,
            module="series",
            predictor="SeriesTagger",
            task="series-tagging",
            reads_numbers=True,
        ),
        Kind(
            noun="a model that forecasts",
            ability="forecast series",
            endings=("ForForecasting",),
            auto_class="AutoModelForTimeSeriesPrediction",
            module="forecasting",
            predictor="ForecastPredictor",
            task="forecasting",
            reads_numbers=True,
        ),
        Kind(
            noun="a language model",
            ability="continue texts",
            endings=("ForCausalLM", "LMHeadModel"),
            auto_class="AutoModelForCausalLM",
            module="language",
            predictor="LanguageModel",
            task="language-modeling",
        ),
        Kind(
            noun="a masked language model",
            ability="fill masks",
            endings=("ForMaskedLM",),
            auto_class="AutoModelForMaskedLM",
            module="masked_language",
            predictor="MaskedLanguageModel",
            task="masked-language-modeling",
        ),
        Kind(
            noun="a sequence-to-sequence model",
            ability="write a text from a text",
            endings=("ForConditionalGeneration", "MTModel"),
            auto_class="AutoModelForSeq2SeqLM",
            module="writer",
            predictor="Translator",
            task="seq2seq",
        ),
    )
}
"""By the name of the predictor."""


def kind_of(class_name: str, *, reads_numbers: bool, modality: str | None = None) -> Kind | None:
    """Find the kind of a model by the name of its class; None for a bare encoder and for heads not known here."""
    reads = (reads_numbers, modality)
    fits = (kind for kind in KINDS.values() if (kind.reads_numbers, kind.modality) == reads)
    return next((kind for kind in fits if class_name.endswith(kind.endings)), None)


def kind_of_config(class_name: str, config: Mapping[str, Any]) -> Kind | None:
    """Find the kind of a model by the name of its class and its configuration, as a dict."""
    made_of = config.get("modality")
    numbers = config.get("num_features") is not None
    return kind_of(class_name, reads_numbers=numbers, modality=made_of if made_of in (AUDIO, EVENTS) else None)


def kind_of_model(model: Any) -> Kind | None:
    """Find the kind of a model in memory, as `kind_of` does."""
    config = getattr(model, "config", None)
    facts = {name: getattr(config, name, None) for name in ("num_features", "modality")}
    return kind_of_config(type(model).__name__, facts)


def read_architecture(folder: Path) -> tuple[str, Kind | None]:
    """Read from `config.json` which class a folder holds, and of which kind that is.

    Returns:
        The name of the class, "" where the file cannot be read or names none.
    """
    config = object_or_nothing(folder / "config.json")
    names = config.get("architectures")
    if not isinstance(names, list) or not names or not isinstance(names[0], str):
        return "", None
    return names[0], kind_of_config(names[0], config)
