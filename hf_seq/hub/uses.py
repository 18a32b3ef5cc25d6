# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model can be used for, by its head: pipeline, Auto class, code for a card, what it cannot do.

The code is what a reader pastes; tests run it as it stands.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.hub.scrub import read_json

OURS = ("recurrent", "transformer_encoder", "recurrent_seq2seq", "transformer_seq2seq")


@dataclass(frozen=True)
class Use:
    """One kind of model.

    Attributes:
        task: the Hub's name.
        noun: what the model is called.
        auto: Auto class of `transformers`.
        example: an input of our own.
        direct: code from `model` and `tokenizer` to an answer.
        limits: what such a model does wrong by nature.
        misuse: what it must not be used for.
        pipeline: name for `transformers.pipeline`; `task` if absent, "" where there is none.
    """

    task: str
    noun: str
    auto: str
    example: str
    direct: str
    limits: str
    misuse: str
    pipeline: str | None = None


_DECISIONS = (
    "Decisions about people (hiring, credit, benefits, moderation without a human, medicine, law), and any text it was "
    "not tested on."
)
_CLASSIFY = """\
with torch.inference_mode():
    scores = model(**tokenizer({example}, return_tensors="pt")).logits.softmax(-1)[0].tolist()
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
_BARE_SERIES = """\
values = torch.zeros(1, 20, model.config.num_features)  # your numbers: batch, steps, features
with torch.inference_mode():
    print(model(input_values=values).logits)"""

USES = {
    "ForSequenceClassification": Use(
        "text-classification",
        "text classifier",
        "AutoModelForSequenceClassification",
        "not bad at all",
        _CLASSIFY,
        "It knows these labels and no others, gives every text one of them, and its scores are no calibrated "
        "probabilities. Words that were not in its training data are one and the same to it, and it repeats the biases "
        "of those data.",
        _DECISIONS,
    ),
    "ForTokenClassification": Use(
        "token-classification",
        "tagger",
        "AutoModelForTokenClassification",
        "Maria lives in Lisbon.",
        _TAG,
        "It marks what its training data marked, and misses what they had not. Names that are rare there, of people "
        "and places above all, are found less often, so its errors are not spread evenly over groups of people.",
        _DECISIONS,
    ),
    "ForCausalLM": Use(
        "text-generation",
        "language model",
        "AutoModelForCausalLM",
        "The",
        _WRITE,
        "It continues text in the manner of its training data. It knows no facts, follows no instructions, and may "
        "repeat passages it was trained on.",
        "Answers that anybody relies on, and text that passes for a person's.",
    ),
    "ForMaskedLM": Use(
        "fill-mask",
        "masked language model",
        "AutoModelForMaskedLM",
        "a [MASK] day",
        _FILL,
        "It guesses words by their neighbours in its training data, prejudices included. It is meant as a start for "
        "fine-tuning.",
        "Answers that anybody relies on.",
    ),
    "ForConditionalGeneration": Use(
        "translation",
        "sequence-to-sequence model",
        "AutoModelForSeq2SeqLM",
        "Ein Hund rennt.",
        _TRANSLATE,
        "It was trained on few and short texts of one kind. Outside of it, it drops, repeats or makes up content while "
        "the output still reads well.",
        "Anything where a wrong translation does harm: medicine, law, safety.",
        pipeline="",  # transformers has none for other models; ours ship their own, `text-to-text`
    ),
}
SERIES = {
    head: Use(
        "other",
        noun,
        f"AutoModel{head}",
        "",
        _SERIES,
        "It knows series of the sensors, rates and units it was trained on, and gives every one of them its labels.",
        "Safety-relevant and medical decisions.",
        pipeline="",
    )
    for head, noun in (
        ("ForSequenceClassification", "classifier of series of numbers"),
        ("ForTokenClassification", "tagger of series of numbers"),
    )
}


def use_of(config: dict[str, Any]) -> Use | None:
    """What a model is for, by its configuration; None for a bare encoder and for heads not known here."""
    name = (config.get("architectures") or [""])[0]
    if config.get("num_features") is not None:
        return next((use for head, use in SERIES.items() if name.endswith(head)), None)
    return next((use for head, use in USES.items() if name.endswith(head)), None)


def code_blocks(folder: Path, repo_id: str, example: str | None) -> list[str]:
    """Python that loads a staged model from the Hub and asks it something: by pipeline, and by Auto classes."""
    config = read_json(folder / "config.json")
    use = use_of(config)
    trust = ", trust_remote_code=True" if config.get("auto_map") else ""
    ours = config.get("model_type") in OURS
    first = "" if trust or not ours else "import hf_seq  # makes the classes known to transformers\n"
    if use is None:
        lines = ["from transformers import AutoModel", "", f'model = AutoModel.from_pretrained("{repo_id}"{trust})']
        return [first + "\n".join(lines)]
    extractor = read_json(folder / "preprocessor_config.json")
    asked = _asked(folder, use, example, extractor)
    name = pipeline_name(config, use)
    blocks = []
    if name and (use not in SERIES.values() or extractor):
        call = f'answer = pipeline("{name}", model="{repo_id}"{trust})'
        blocks.append(f"{first}from transformers import pipeline\n\n{call}\nprint(answer({asked}))")
    return [*blocks, first + _direct(use, repo_id, trust, asked, bool(extractor))]


def _asked(folder: Path, use: Use, example: str | None, extractor: dict[str, Any]) -> str:
    """The example as Python source."""
    if use in SERIES.values():
        return f"[[0.0] * {extractor.get('feature_size', 1)}] * 20"
    return json.dumps(example or use.example, ensure_ascii=False).replace("[MASK]", _mask(folder))


def pipeline_name(config: dict[str, Any], use: Use) -> str:
    """The pipeline that runs the model: one of its own, or the library's; "" where there is neither."""
    own = list(config.get("custom_pipelines", {}))
    return own[0] if own else use.task if use.pipeline is None else use.pipeline


def _direct(use: Use, repo_id: str, trust: str, asked: str, has_extractor: bool) -> str:
    """Code over the Auto classes of the model and of what reads for it."""
    series = use in SERIES.values()
    reader = ("AutoFeatureExtractor", "extractor") if series else ("AutoTokenizer", "tokenizer")
    has_reader = has_extractor or not series
    body = (use.direct if has_extractor else _BARE_SERIES) if series else use.direct.format(example=asked)
    lines = ["import torch"] if "torch." in body else []
    lines += [f"from transformers import {', '.join(sorted([use.auto, reader[0]]) if has_reader else [use.auto])}", ""]
    lines.append(f'model = {use.auto}.from_pretrained("{repo_id}"{trust})')
    if has_reader:
        lines.append(f'{reader[1]} = {reader[0]}.from_pretrained("{repo_id}"{trust})')
    return "\n".join([*lines, body])


def _mask(folder: Path) -> str:
    return str(read_json(folder / "tokenizer_config.json").get("mask_token", "[MASK]"))
