# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a card says of each kind of model of `predictors.kinds`: its pipeline, code that runs it, its limits.

The code is what a reader pastes; tests run it as it stands.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.hub.scrub import read_if_there
from hf_seq.predictors import kinds

OURS = (
    *("recurrent", "transformer_encoder", "recurrent_seq2seq", "transformer_seq2seq", "recurrent_wide"),
    *("recurrent_forecasting", "transformer_forecasting", "convolutional"),
)


@dataclass(frozen=True)
class ModelKind:
    """One kind of model.

    Attributes:
        predictor: the predictor of the kind, a key of `predictors.kinds.KINDS`.
        hub_task: the Hub's name of its task; None where the Hub has none.
        noun: what the model is called.
        code: from `model` and `tokenizer` (or `extractor`) to a prediction; `{example}` stands for an input.
        limits: what such a model does wrong by nature.
        misuse: what it must not be used for.
        example: an input of our own.
        pipeline: name for `transformers.pipeline`; None where transformers has none for it.
    """

    predictor: str
    hub_task: str | None
    noun: str
    code: str
    limits: str
    misuse: str
    example: str = ""
    pipeline: str | None = None

    @property
    def auto_class(self) -> str:
        """The Auto class of `transformers` that loads it."""
        return kinds.KINDS[self.predictor].auto_class

    @property
    def reads_series(self) -> bool:
        """Whether it reads series of numbers, or of frames of sound, not texts."""
        return kinds.KINDS[self.predictor].reads_numbers

    @property
    def modality(self) -> str | None:
        """What the numbers that it reads are made of, `audio` or `events`; None of bare numbers and texts."""
        return kinds.KINDS[self.predictor].modality


_DECISIONS = (
    "Decisions about people (hiring, credit, benefits, moderation without a human, medicine, law), and any text it was "
    "not tested on."
)
_CLASSIFY = """\
with torch.inference_mode():
    scores = model(**tokenizer({example}, truncation=True, return_tensors="pt")).logits.softmax(-1)[0].tolist()
print({{model.config.id2label[index]: round(score, 3) for index, score in enumerate(scores)}})"""
_TAG = """\
inputs = tokenizer({example}, return_tensors="pt")
with torch.inference_mode():
    outputs = model(**inputs)
path = getattr(outputs, "best_path", None)  # of a CRF; -100 where no word begins
tags = (outputs.logits.argmax(-1) if path is None else path)[0].tolist()
tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
print([(token, model.config.id2label[tag]) for token, tag in zip(tokens, tags) if tag >= 0])"""
_WRITE = """\
ids = model.generate(**tokenizer({example}, return_tensors="pt"), max_new_tokens=40, do_sample=True)
print(tokenizer.decode(ids[0], skip_special_tokens=True))"""
_FILL = """\
inputs = tokenizer({example}.replace("[MASK]", tokenizer.mask_token), return_tensors="pt")
with torch.inference_mode():
    logits = model(**inputs).logits[0]
place = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
print(tokenizer.convert_ids_to_tokens(logits[place].topk(3).indices))"""
_TRANSLATE = """\
ids = model.generate(**tokenizer({example}, return_tensors="pt"), max_new_tokens=80)
print(tokenizer.decode(ids[0], skip_special_tokens=True))"""
_SERIES = """\
series = [[0.0] * extractor.feature_size] * 20  # your numbers: steps, channels
with torch.inference_mode():
    print(model(**extractor(series, return_tensors="pt")).logits)"""
_SOUND = """\
clip = {"array": [0.1, -0.1] * 4000, "sampling_rate": 8000}  # your sound, or its path: "clip.wav"
with torch.inference_mode():
    scores = model(**extractor([clip], return_tensors="pt")).logits.softmax(-1)[0].tolist()
print({model.config.id2label[index]: round(score, 3) for index, score in enumerate(scores)})"""
_EVENTS = """\
sequence = {example}  # your events
with torch.inference_mode():
    scores = model(**extractor(sequence, return_tensors="pt")).logits.softmax(-1)[0].tolist()
print({{model.config.id2label[index]: round(score, 3) for index, score in enumerate(scores)}})"""
_NEXT = """\
sequence = {example}  # your events so far
with torch.inference_mode():
    scores = model(**extractor(sequence, return_tensors="pt")).logits[0, -1].softmax(-1).tolist()
print({{model.config.id2label[index]: round(score, 3) for index, score in enumerate(scores)}})"""
_FORECAST = """\
past = [[0.0] * extractor.feature_size] * extractor.context_length  # your numbers: steps, channels
with torch.inference_mode():
    outputs = model(**extractor(past, return_tensors="pt"))
print(extractor.restore(outputs.predictions[0].numpy()))  # (horizon, channels), in the units of your numbers"""
_BARE_SERIES = """\
values = torch.zeros(1, 20, model.config.num_features)  # your numbers: batch, steps, features
with torch.inference_mode():
    print(model(input_values=values).logits)"""

_EVENT_LIMITS = (
    "It knows the events of its training data by their names; new ones are all alike to it. What people do changes "
    "with time and place, so that scores on last year's events say little of next year's."
)
_SERIES_LIMITS = "It knows series of the sensors, rates and units it was trained on, and gives every series its labels."

KINDS = (
    ModelKind(
        predictor="Predictor",
        hub_task="text-classification",
        noun="text classifier",
        code=_CLASSIFY,
        limits="It knows these labels and no others, gives every text one of them, and its scores are not calibrated "
        "probabilities. Words that were not in its training data share the unknown token, so it cannot tell them "
        "apart. It repeats the biases of its training data.",
        misuse=_DECISIONS,
        example="not bad at all",
        pipeline="text-classification",
    ),
    ModelKind(
        predictor="TaggingPredictor",
        hub_task="token-classification",
        noun="tagger",
        code=_TAG,
        limits="It marks what its training data marked, and misses what they had not. Names that are rare there, of "
        "people and places above all, are found less often, so its errors are not spread evenly over groups of people.",
        misuse=_DECISIONS,
        example="Maria lives in Lisbon.",
        pipeline="token-classification",
    ),
    ModelKind(
        predictor="LanguageModel",
        hub_task="text-generation",
        noun="language model",
        code=_WRITE,
        limits="It continues text in the manner of its training data. It knows no facts, follows no instructions, and "
        "may repeat passages it was trained on.",
        misuse="Answers that anybody relies on, and text that passes for a person's.",
        example="The",
        pipeline="text-generation",
    ),
    ModelKind(
        predictor="MaskedLanguageModel",
        hub_task="fill-mask",
        noun="masked language model",
        code=_FILL,
        limits="It guesses words by their neighbours in its training data, prejudices included. It is meant as a start "
        "for fine-tuning.",
        misuse="Answers that anybody relies on.",
        example="a [MASK] day",
        pipeline="fill-mask",
    ),
    ModelKind(
        predictor="Translator",
        hub_task="translation",
        noun="sequence-to-sequence model",
        code=_TRANSLATE,
        limits="It was trained on few and short texts of one kind. On other texts it drops, repeats or makes up "
        "content while the output still reads well.",
        misuse="Anything where a wrong translation does harm: medicine, law, safety.",
        example="Ein Hund rennt.",
    ),
    ModelKind(
        predictor="SeriesPredictor",
        hub_task=None,
        noun="classifier of series of numbers",
        code=_SERIES,
        limits=_SERIES_LIMITS,
        misuse="Safety-relevant and medical decisions.",
    ),
    ModelKind(
        predictor="AudioPredictor",
        hub_task="audio-classification",
        noun="classifier of sound",
        code=_SOUND,
        limits="It knows sounds of the kind, the microphones and the people it was trained on, and gives every clip "
        "one of its labels, a cough or a door too. Voices unlike those of its training data are understood less often.",
        misuse="Decisions about people by their voice, and alarms that nobody else watches.",
        pipeline="audio-classification",
    ),
    ModelKind(
        predictor="EventPredictor",
        hub_task=None,
        noun="classifier of sequences of events",
        code=_EVENTS,
        limits=_EVENT_LIMITS,
        misuse="Decisions about people (credit, insurance, work, medicine, law), and alarms that nobody else watches.",
    ),
    ModelKind(
        predictor="NextEventPredictor",
        hub_task=None,
        noun="model of the event that comes next",
        code=_NEXT,
        limits=_EVENT_LIMITS,
        misuse="Treating what is likely as what will happen, or nudging people towards it.",
    ),
    ModelKind(
        predictor="SeriesTagger",
        hub_task=None,
        noun="tagger of series of numbers",
        code=_SERIES,
        limits=_SERIES_LIMITS,
        misuse="Safety-relevant and medical decisions.",
    ),
    ModelKind(
        predictor="ForecastPredictor",
        hub_task="time-series-forecasting",
        noun="model that forecasts series of numbers",
        code=_FORECAST,
        limits="It knows series of the kind, the step and the season it was trained on, and takes it that what comes "
        "next is like what came before: it sees no strike and no new price coming. Its quantiles are as wide as errors "
        "in training were.",
        misuse="Decisions that nobody checks where a wrong forecast does harm: power, medicine, money of others.",
    ),
)


def kind_of(config: dict[str, Any]) -> ModelKind | None:
    """Find the kind of a model by its configuration; None for a bare encoder and for heads not known here."""
    name = (config.get("architectures") or [""])[0]
    found = kinds.kind_of_config(name, config)
    return next((kind for kind in KINDS if found is not None and kind.predictor == found.predictor), None)


_PAIR = ('"A man is running."', '"Somebody moves."')
"""The example of a model of two texts, as Python source."""


def code_blocks(folder: Path, repo_id: str, example: str | None) -> list[str]:
    """Write Python that loads a staged model from the Hub and runs it: by pipeline, and by Auto classes."""
    config = read_if_there(folder / "config.json")
    kind = kind_of(config)
    trust = ", trust_remote_code=True" if config.get("auto_map") else ""
    ours = config.get("model_type") in OURS
    first = "" if trust or not ours else "import hf_seq  # makes the classes known to transformers\n"
    if kind is None:
        lines = ["from transformers import AutoModel", "", f'model = AutoModel.from_pretrained("{repo_id}"{trust})']
        return [first + "\n".join(lines)]
    extractor = read_if_there(folder / "preprocessor_config.json")
    source = _example_source(folder, kind, example, extractor)
    name = pipeline_name(config, kind)
    blocks = []
    if name and (not kind.reads_series or extractor):
        truncates = name == "text-classification"  # the library's own pipeline reads long texts whole, or fails at them
        truncation = ", truncation=True" if truncates else ""
        call = f'answer = pipeline("{name}", model="{repo_id}"{trust}{truncation})'
        call += "  # truncates long texts, as its evaluation did" if truncates else ""
        blocks.append(f"{first}from transformers import pipeline\n\n{call}\nprint(answer({_named(source)}))")
    return [*blocks, first + _direct(kind, repo_id, trust, source, bool(extractor))]


def _named(source: str) -> str:
    """Write two texts as a pipeline takes them; one stays."""
    return f'{{"text": {_PAIR[0]}, "text_pair": {_PAIR[1]}}}' if source.startswith(_PAIR[0]) else source


def _example_source(folder: Path, kind: ModelKind, example: str | None, extractor: dict[str, Any]) -> str:
    """Write the example as Python source."""
    if kind.modality == kinds.AUDIO:
        return '{"array": [0.1, -0.1] * 4000, "sampling_rate": 8000}'
    if kind.modality == kinds.EVENTS:
        return json.dumps(event_example(extractor), ensure_ascii=False)
    if kind.reads_series:
        return f"[[0.0] * {extractor.get('feature_size', 1)}] * 20"
    columns = read_if_there(folder / "record.json").get("columns") or {}
    if columns.get("text_pair_column"):
        return ", ".join(_PAIR)
    return json.dumps(example or kind.example, ensure_ascii=False).replace("[MASK]", _mask(folder))


def event_example(extractor: dict[str, Any]) -> dict[str, Any]:
    """Make a sequence of two events that a model knows, by the description of its feature extractor."""
    names = list(extractor.get("vocabulary") or ["event"])
    timed = {"none": {}, "numbers": {"times": [0.0, 1.0]}}.get(
        extractor.get("timed", "none"), {"times": ["2026-01-05T10:00:00", "2026-01-05T10:01:30"]}
    )
    values = {name: [1.0, 2.0] for name in extractor.get("value_names") or []}
    return {"events": [names[0], names[-1]], **timed, **values}


def pipeline_name(config: dict[str, Any], kind: ModelKind) -> str:
    """Name the pipeline that runs the model: one that it ships, or the library's; "" where there is neither."""
    own = list(config.get("custom_pipelines", {}))
    return own[0] if own else kind.pipeline or ""


def _direct(kind: ModelKind, repo_id: str, trust: str, example: str, has_extractor: bool) -> str:
    """Write code over the Auto classes of the model and of its tokenizer or feature extractor."""
    series = kind.reads_series
    reader = ("AutoFeatureExtractor", "extractor") if series else ("AutoTokenizer", "tokenizer")
    has_reader = has_extractor or not series
    body = kind.code.format(example=example) if kind.modality == kinds.EVENTS or not series else kind.code
    body = body if has_reader else _BARE_SERIES
    auto = kind.auto_class
    lines = ["import torch"] if "torch." in body else []
    lines += [f"from transformers import {', '.join(sorted([auto, reader[0]]) if has_reader else [auto])}", ""]
    lines.append(f'model = {auto}.from_pretrained("{repo_id}"{trust})')
    if has_reader:
        lines.append(f'{reader[1]} = {reader[0]}.from_pretrained("{repo_id}"{trust})')
    return "\n".join([*lines, body])


def _mask(folder: Path) -> str:
    return str(read_if_there(folder / "tokenizer_config.json").get("mask_token", "[MASK]"))
