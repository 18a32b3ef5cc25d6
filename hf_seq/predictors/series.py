# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a series of numbers to its label, or to a tag for every step; the answers are those of our pipelines.

N series · B batch · T steps · C channels · F features of a step · L labels
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from hf_seq.baselines.audio import AudioBaseline
from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.baselines.majority import MajorityBaseline
from hf_seq.baselines.series import SeriesBaseline
from hf_seq.data.series.batches import EncodedSeries, SeriesCollator, encode_series
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP, read_series
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import batches_by_length
from hf_seq.predictors.engine import Engine
from hf_seq.predictors.step_weights import over_steps
from hf_seq.predictors.text import Array, Predictor


class SeriesEngine(Engine):
    """A model made with `num_features` and its `SeriesFeatureExtractor`; see `Engine`."""

    def __init__(self, model: Any, extractor: Any, **settings: Any) -> None:
        super().__init__(model, extractor, **settings)
        self._collate = SeriesCollator(extractor)

    @property
    def cut_message(self) -> str:
        """How a series that is too long is cut, for people."""
        return f"A series was cut at {self.processor.max_length} steps"

    def one(self, series: Array) -> tuple[list[float], bool]:
        """Compute logits of one series, and whether it was truncated."""
        logits, truncated = self.many([series])
        return logits[0].tolist(), truncated[0]

    def many(self, series: Sequence[Array]) -> tuple[Array, list[bool]]:
        """Compute logits (N, L) of series, the mean over the windows of each, and which of them were truncated."""
        encoded = encode_series(series, self.processor)
        logits = np.zeros((len(series), self.model.config.num_labels), dtype=np.float32)
        for rows, outputs in self.batches(encoded):
            np.add.at(logits, [encoded.owners[row] for row in rows], outputs.logits.float().cpu().numpy())
        windows = np.bincount(encoded.owners, minlength=len(series))[:, None]
        return logits / windows, encoded.truncated

    @torch.inference_mode()
    def batches(self, encoded: EncodedSeries) -> Iterator[tuple[list[int], Any]]:
        """Yield row numbers and the model's outputs for them, batch by batch."""
        for rows in batches_by_length(encoded.lengths, self.batch_size):
            inputs = self._collate([{"input_values": encoded.values[row]} for row in rows])
            if len(encoded.values[rows[0]]) == len(encoded.values[rows[-1]]):
                del inputs["attention_mask"]  # nothing is padded
            yield rows, self.run(inputs)


class SeriesPredictor(Predictor):
    """Series to label; answers as `Predictor` gives them for texts.

    Args:
        model: a sequence classifier made with `num_features`, or a fitted baseline of series.
        extractor: the model's own feature extractor; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    reads_numbers: ClassVar[bool] = True
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (SeriesBaseline, MajorityBaseline)
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (AudioBaseline,)

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> SeriesEngine:
        return SeriesEngine(model, processor, **settings)

    def _check(self, given: Any, row: int | None = None) -> Array:
        return checked_series(given, self.processor, row)

    def model_inputs(self, series: Any) -> dict[str, Tensor]:
        """Return what the model alone is called with for one series."""
        values = encode_series([self._check(series)], self.processor).values
        return {"input_values": torch.from_numpy(np.stack([row[: len(values[-1])] for row in values]))}

    @torch.inference_mode()
    def attention(self, series: Any) -> Array | None:
        """Return weights (T,) of the attention pooling over steps, 0 for those cut off; None without such pooling.

        Where windows are read, the weights of a step are added up and divided by their number.
        """
        if self._engine is None or self.model.config.pooling != "attention":
            return None
        checked = self._check(series)
        encoded = encode_series([checked], self.processor)
        weights = np.zeros(len(checked))
        for start, values in zip(encoded.starts, encoded.values, strict=True):
            inputs = torch.from_numpy(values[None]).to(self.device)
            outputs = self.model(input_values=inputs, output_attentions=True)
            weights[start : start + len(values)] += (
                over_steps(outputs.pooling_weights.float(), len(values))[0].cpu().numpy()
            )
        return weights / len(encoded)


class ExtractingPredictor(Predictor):
    """A predictor of what an extractor of its own kind turns into series: clips of sound, sequences of events."""

    reads_by: ClassVar[str]
    """The method that such an extractor has, which tells a model of these from one of series."""

    @property
    def extractor(self) -> Any:
        """What makes series of inputs; None for a baseline that looks at none."""
        return getattr(self.model, "extractor", None) if self._engine is None else self.processor

    @classmethod
    def _check_model(cls, model: Any, processor: Any) -> None:
        if not hasattr(processor, cls.reads_by):
            super()._check_model(model, processor)


class SeriesTagger(BasePredictor):
    """A tag for every step of a series.

    Calling it with a series gives `{"tags": [...], "scores": [...]}`, a name and a probability for each step that the
    model read; where the series was longer, the answer also has `"truncated": True`.

    Args:
        model: a token classifier made with `num_features`.
        extractor: the model's own feature extractor.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, model: Any, extractor: Any = None, **settings: Any) -> None:
        super().__init__(model, extractor, **settings)
        config = self.model.config
        self.label_names = [config.id2label[index] for index in range(config.num_labels)]

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> SeriesEngine:
        return SeriesEngine(model, processor, **settings)

    def _check(self, given: Any, row: int | None = None) -> Array:
        return checked_series(given, self.processor, row)

    def tag(self, series: Sequence[Any]) -> list[list[str]]:
        """Tag each series: names, one for each of its steps.

        Raises:
            InputError: a series is longer than the model reads.
        """
        return [tags for tags, _ in self.tag_with_scores(series)]

    def tag_with_scores(self, series: Sequence[Any]) -> list[tuple[list[str], list[float]]]:
        """Tag as `tag` does, and give the probabilities of the tags of each series.

        Raises:
            InputError: a series is longer than the model reads.
        """
        answers = list(self.predict(series))
        if any("truncated" in answer for answer in answers):
            raise InputError(
                f"a series is longer than max_length={self.processor.max_length}, so its last steps get no tag; train "
                "with a larger --max_length."
            )
        return [(answer["tags"], answer["scores"]) for answer in answers]

    def model_inputs(self, series: Any) -> dict[str, Tensor]:
        """Return what the model alone is called with for one series."""
        return {"input_values": torch.from_numpy(encode_series([self._check(series)], self.processor).values[0][None])}

    def _answer_all(self, inputs: list[Array]) -> Iterator[Answer]:
        encoded = encode_series(inputs, self.processor)
        answers: list[Answer] = [{} for _ in inputs]
        for rows, outputs in self._engine.batches(encoded):
            scores = outputs.logits.float().softmax(-1).cpu().numpy()  # (B, T, L)
            path = getattr(outputs, "best_path", None)
            tags = scores.argmax(-1) if path is None else path.cpu().numpy()  # (B, T)
            for position, row in enumerate(rows):
                answers[row] = self._answer(encoded, row, tags[position], scores[position])
        yield from answers

    def _answer(self, encoded: EncodedSeries, row: int, tags: Array, scores: Array) -> Answer:
        length, left = len(encoded.values[row]), self.processor.padding_side == "left"
        steps = slice(-length, None) if left else slice(0, length)
        tags, scores = tags[steps], scores[steps]
        chosen = scores[np.arange(length), tags]
        answer: Answer = {
            "tags": [self.label_names[tag] for tag in tags],
            "scores": [round(float(s), 6) for s in chosen],
        }
        return answer | ({"truncated": True} if encoded.truncated[row] else {})


def checked_series(given: Any, extractor: Any, row: int | None = None) -> Array:
    """Return a series as an array, (T, C).

    Args:
        given: the series, or a dict of a `series` and its `times`.
        extractor: of the model; None takes any number of channels.
        row: its number, for messages.

    Raises:
        InputError: it is none, or has other channels than the model was trained on.
    """
    names = getattr(extractor, "channel_names", None) or [""]
    gaps = names[-1] == TIME_GAP and not (isinstance(given, dict) and given.get("times") is not None)
    try:
        return read_series(given, getattr(extractor, "feature_size", None), row or 0)
    except ValueError as error:
        hint = f' The last channel is {TIME_GAP!r}: give {{"series": ..., "times": [...]}}.' if gaps else ""
        raise InputError(f"{error}{hint}") from error
    except TypeError as error:
        raise InputError(
            f"series {row or 0} is {given!r:.60}; it must be numbers, (steps, channels), as an array or nested lists."
        ) from error
