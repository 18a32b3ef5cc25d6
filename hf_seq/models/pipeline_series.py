# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pipelines of models that read series of numbers: a label for a series, or a tag for every step.

    pipeline("sequence-feature-classification", model=FOLDER)([[0.1, 2.0], [0.3, 1.5]])
    pipeline("sequence-feature-tagging", model=FOLDER)([[0.1, 2.0], [0.3, 1.5]])

T steps · L labels
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from transformers.pipelines.base import ChunkPipeline

CLASSIFICATION_TASK = "sequence-feature-classification"
TAGGING_TASK = "sequence-feature-tagging"
ANY_PIPELINE: Any = ChunkPipeline  # its own types know only texts, images and sounds
FUNCTIONS = ("softmax", "sigmoid", "none")


class SeriesPipeline(ANY_PIPELINE):
    """What both pipelines do alike: read a series as the model's feature extractor does, window by window."""

    _load_feature_extractor = True
    _load_tokenizer = _load_image_processor = _load_processor = False

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Answer for one series, or for several.

        Args:
            inputs: one series, (T, C) numbers as an array, a tensor or nested lists, or a dict of a `series` and its
                `times`; or a list of such.
            kwargs: `batch_size`, and what the pipeline's own parameters are.

        Raises:
            ValueError: text, ragged steps, no steps, or another number of channels than the model was trained on.
        """
        return super().__call__(_one_or_many(inputs), **kwargs)

    def preprocess(self, inputs: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """One series to padded tensors, window by window; most models read one window, the series itself."""
        read = self.feature_extractor(inputs["series"], return_tensors="pt")
        rows = len(read["input_values"])
        for row in range(rows):
            mask = read["attention_mask"][row : row + 1].bool()  # (1, T)
            values = read["input_values"][row : row + 1][:, mask[0]]  # (1, T without padding, F)
            mask = torch.ones(values.shape[:2], dtype=torch.long)
            yield {"input_values": values, "attention_mask": mask, "is_last": row == rows - 1}

    def _forward(self, model_inputs: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        is_last = model_inputs.pop("is_last")
        outputs = self.model(**model_inputs)
        found = {"logits": outputs.logits, "attention_mask": model_inputs["attention_mask"], "is_last": is_last}
        path = getattr(outputs, "best_path", None)
        return found if path is None else {**found, "best_path": path}


class SeriesClassificationPipeline(SeriesPipeline):
    """A label for a series; where it is read in windows, their logits are averaged."""

    def _sanitize_parameters(
        self, top_k: int | None = 1, function_to_apply: str | None = None, **kwargs: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if function_to_apply not in (None, *FUNCTIONS):
            raise ValueError(f"function_to_apply={function_to_apply!r} is none of {', '.join(FUNCTIONS)}.")
        return {}, {}, {"top_k": top_k, "function_to_apply": function_to_apply}

    def postprocess(
        self, model_outputs: list[dict[str, Any]], top_k: int | None = 1, function_to_apply: str | None = None
    ) -> Any:
        """Logits to labels with scores, best first.

        Args:
            model_outputs: of the windows of one series.
            top_k: how many; None gives all. With 1 the answer is a dict, else a list of dicts.
            function_to_apply: `softmax`, `sigmoid` or `none`; by default what the problem of the model asks for.
        """
        logits = torch.cat([each["logits"] for each in model_outputs]).float().mean(0)  # (L,)
        problem = self.model.config.problem_type
        default = {"regression": "none", "multi_label_classification": "sigmoid"}.get(problem, "softmax")
        chosen = function_to_apply or default
        scores = {"softmax": logits.softmax(-1), "sigmoid": logits.sigmoid(), "none": logits}[chosen]
        names = self.model.config.id2label
        answers = [{"label": names[index], "score": score} for index, score in enumerate(scores.tolist())]
        answers.sort(key=lambda answer: -answer["score"])
        return answers[0] if top_k == 1 else answers[:top_k]


class SeriesTaggingPipeline(SeriesPipeline):
    """A tag for every step, by the model's best path where it has a CRF."""

    def _sanitize_parameters(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, {}, {}

    def postprocess(self, model_outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a dict for each step: its number, its tag, and the tag's probability by that step's scores alone."""
        outputs = model_outputs[0]  # taggers read no windows
        mask = outputs["attention_mask"][0].bool()
        logits = outputs["logits"][0].float()[mask]  # (T, L)
        path = outputs.get("best_path")
        tags = logits.argmax(-1) if path is None else path[0][mask]
        scores = logits.softmax(-1)
        names = self.model.config.id2label
        pairs = enumerate(tags.tolist())
        return [{"step": step, "tag": names[tag], "score": float(scores[step, tag])} for step, tag in pairs]


def _one_or_many(inputs: Any) -> Any:
    """Return a list of wrapped series where several are given, since a pipeline takes any list for several inputs."""
    if isinstance(inputs, str | bytes):
        raise ValueError(f"got the text {inputs[:40]!r}, but this pipeline reads series of numbers, (steps, channels).")
    if isinstance(inputs, np.ndarray | torch.Tensor):
        return [{"series": each} for each in inputs] if inputs.ndim == 3 else {"series": inputs}
    if isinstance(inputs, dict):
        return {"series": inputs}
    if not isinstance(inputs, list | tuple):  # a generator or a data set
        return ({"series": each} for each in inputs)
    first = inputs[0] if inputs else None
    many = (
        isinstance(first, dict)
        or getattr(first, "ndim", 0) == 2
        or (isinstance(first, list | tuple) and bool(first) and (isinstance(first[0], list | tuple | np.ndarray)))
    )
    return [{"series": each} for each in inputs] if many else {"series": inputs}


PIPELINES = {
    CLASSIFICATION_TASK: (SeriesClassificationPipeline, "AutoModelForSequenceClassification"),
    TAGGING_TASK: (SeriesTaggingPipeline, "AutoModelForTokenClassification"),
}
"""Task to class, and the Auto class of the models it runs."""

__all__ = ["PIPELINES", "SeriesClassificationPipeline", "SeriesTaggingPipeline"]
