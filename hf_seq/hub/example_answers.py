# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model answers to a few inputs, as the samples of its card show it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hf_seq.hub.model_kinds import kind_of, pipeline_name
from hf_seq.hub.scrub import read_if_there
from hf_seq.predictors.loading import load_any

SAMPLE_TOKENS = 60


def answers_of(folder: str | Path) -> Callable[[Sequence[str]], list[str]]:
    """Make a function from inputs to the predictions of the model in a folder; calling it loads the model."""

    def answer(inputs: Sequence[str]) -> list[str]:
        config = read_if_there(Path(folder) / "config.json")
        kind = kind_of(config)
        if kind is None or kind.reads_series:
            return ["" for _ in inputs]
        model, tokenizer = load_any(folder)
        return [_one(model, tokenizer, config, each) for each in inputs]

    return answer


def _one(model: Any, tokenizer: Any, config: dict[str, Any], text: str) -> str:
    import torch
    from transformers import pipeline

    kind = kind_of(config)
    assert kind is not None  # asked above
    name: Any = pipeline_name(config, kind)
    if kind.auto_class in ("AutoModelForCausalLM", "AutoModelForSeq2SeqLM"):
        torch.manual_seed(0)
        inputs = tokenizer(text, return_tensors="pt")
        settings = {"max_new_tokens": SAMPLE_TOKENS, "do_sample": kind.auto_class == "AutoModelForCausalLM"}
        return str(tokenizer.decode(model.generate(**inputs, **settings)[0], skip_special_tokens=True))
    return _in_words(pipeline(name, model=model, tokenizer=tokenizer)(text))


def _in_words(answer: Any) -> str:
    """Return what a pipeline gives, on one line."""
    first = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    if isinstance(first, dict) and "label" in first:
        return f"{first['label']} ({first['score']:.2f})"
    if isinstance(first, list):
        return ", ".join(_part(each) for each in first)
    return _part(first)


def _part(answer: dict[str, Any]) -> str:
    if "entity" in answer or "entity_group" in answer:
        return f"{answer['word']}: {answer.get('entity', answer.get('entity_group'))}"
    return str(answer.get("sequence", answer.get("generated_text", answer.get("translation_text", answer))))
