# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The lean road from a series of numbers to its label, or to a tag for every step; the answers are those of `pipeline`.

N series · B batch · T steps · C channels · F features of a step · L labels
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.baselines.baseline import Baseline
from hf_seq.data.series_batches import EncodedSeries, SeriesCollator, encode_series
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.models.series import read_series
from hf_seq.predictors.loading import load_any
from hf_seq.predictors.text import BATCHES_IN_WINDOW, Answer, Array, Predictor, Scorer


class SeriesScorer:
    """Series to logits, one or many at a time; where a series is read in windows, their mean.

    Args:
        model: of ours, made with `num_features`.
        extractor: the model's own.
        batch_size: B.
        bf16: run under bfloat16 autocast.
    """

    def __init__(
        self, model: Any, extractor: SeriesFeatureExtractor, *, batch_size: int = 64, bf16: bool = False
    ) -> None:
        self.model = model.eval()
        self.tokenizer = extractor
        self.batch_size = batch_size
        self.bf16 = bf16
        self._collate = SeriesCollator(extractor)

    @property
    def cut(self) -> str:
        """How a series that is too long is cut, for people."""
        return f"A series was cut at {self.tokenizer.max_length} steps"

    def one(self, series: Array) -> tuple[list[float], bool]:
        """Logits of one series, and whether it was cut."""
        logits, truncated = self.many([series])
        return logits[0].tolist(), truncated[0]

    def many(self, series: Sequence[Array]) -> tuple[Array, list[bool]]:
        """Logits (N, L) of series, and which of them were cut; batches hold rows of similar length."""
        encoded = encode_series(series, self.tokenizer)
        logits = np.zeros((len(series), self.model.config.num_labels), dtype=np.float32)
        for rows, outputs in self.batches(encoded):
            np.add.at(logits, [encoded.owners[row] for row in rows], outputs.logits.float().cpu().numpy())
        windows = np.bincount(encoded.owners, minlength=len(series))[:, None]
        return logits / windows, encoded.truncated

    @torch.inference_mode()
    def batches(self, encoded: EncodedSeries) -> Iterator[tuple[list[int], Any]]:
        """Row numbers and the model's outputs for them, batch by batch."""
        order = sorted(range(len(encoded)), key=lambda row: len(encoded.values[row]))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            inputs = self._collate([{"input_values": encoded.values[row]} for row in rows])
            if len(encoded.values[rows[0]]) == len(encoded.values[rows[-1]]):
                del inputs["attention_mask"]  # nothing is padded
            yield rows, self._run({name: value.to(self.model.device) for name, value in inputs.items()})

    def _run(self, inputs: dict[str, Tensor]) -> Any:
        if not self.bf16:
            return self.model(**inputs)
        with torch.autocast(self.model.device.type, torch.bfloat16):
            return self.model(**inputs)


class SeriesPredictor(Predictor):
    """Series to label; answers as `Predictor` gives them for texts."""

    reads_numbers = True

    @classmethod
    def _load_scorer(cls, folder_or_id: str | Path, trust: bool, device: str, **settings: Any) -> Scorer:
        return load_scorer(folder_or_id, trust, device, **settings)

    def _check(self, given: Any, row: int | None = None) -> Array:
        channels = None if self.tokenizer is None else self.tokenizer.feature_size
        return checked_series(given, channels, row)

    def model_inputs(self, series: Any) -> dict[str, Tensor]:
        """What the model alone is called with for one series."""
        values = encode_series([self._check(series)], self.tokenizer).values
        return {"input_values": torch.from_numpy(np.stack([row[: len(values[-1])] for row in values]))}

    @torch.inference_mode()
    def attention(self, series: Any) -> Array | None:
        """Weights (T,) that attention pooling gave the steps of a series, those cut off 0; None without such pooling.

        Where windows are read, the weights of a step are added up and divided by their number.
        """
        if isinstance(self._scorer, Baseline) or self.model.config.pooling != "attention":
            return None
        checked = self._check(series)
        encoded = encode_series([checked], self.tokenizer)
        weights = np.zeros(len(checked))
        for start, values in zip(encoded.starts, encoded.values, strict=True):
            outputs = self.model(input_values=torch.from_numpy(values[None]), output_attentions=True)
            weights[start : start + len(values)] += outputs.pooling_weights[0].float().numpy()
        return weights / len(encoded)


class SeriesTagger:
    """A tag for every step of a series.

    Calling it with a series gives `{"tags": [...], "scores": [...]}`, a name and a probability for each step that the
    model read; where the series was longer, the answer also has `"truncated": True`.

    Args:
        scorer: model and feature extractor.
        label_names: L names.
    """

    reads_numbers = True

    def __init__(self, scorer: SeriesScorer, label_names: Sequence[str]) -> None:
        self.label_names = list(label_names)
        self.batch_size = scorer.batch_size
        self._scorer = scorer

    @property
    def model(self) -> Any:
        """The torch model."""
        return self._scorer.model

    @property
    def tokenizer(self) -> SeriesFeatureExtractor:
        """The model's feature extractor."""
        return self._scorer.tokenizer

    @classmethod
    def from_pretrained(
        cls,
        folder_or_id: str | Path,
        *,
        batch_size: int = 64,
        bf16: bool = False,
        device: str | None = None,
        trust_remote_code: bool = False,
    ) -> "SeriesTagger":
        """Load as `Predictor.from_pretrained` does.

        Raises:
            InputError: there is no whole, safe model of series there.
        """
        scorer = load_scorer(folder_or_id, trust_remote_code, device or "cpu", batch_size=batch_size, bf16=bf16)
        config = scorer.model.config
        return cls(scorer, [config.id2label[index] for index in range(config.num_labels)])

    def __call__(self, series: Any) -> Answer:
        """Tags of one series.

        Raises:
            InputError: it is none.
        """
        return next(self._answers([checked_series(series, self.tokenizer.feature_size)]))

    def predict(self, series: Iterable[Any], *, window: int | None = None) -> Iterator[Answer]:
        """Tags of each series, in order, while series still come in.

        Args:
            series: any number of them.
            window: series that are sorted by length and answered together.

        Raises:
            InputError: something among them is no series.
        """
        iterator, done = iter(series), 0
        while chunk := list(islice(iterator, window or self.batch_size * BATCHES_IN_WINDOW)):
            yield from self._answers(
                [checked_series(each, self.tokenizer.feature_size, row) for row, each in enumerate(chunk, done)]
            )
            done += len(chunk)

    def tag(self, series: Sequence[Any]) -> list[list[str]]:
        """Names of the tags of each series, one for each of its steps.

        Raises:
            InputError: a series is longer than the model reads.
        """
        return [tags for tags, _ in self.tag_with_scores(series)]

    def tag_with_scores(self, series: Sequence[Any]) -> list[tuple[list[str], list[float]]]:
        """As `tag`, and beside the tags of each series their probabilities.

        Raises:
            InputError: a series is longer than the model reads.
        """
        answers = list(self.predict(series))
        if any("truncated" in answer for answer in answers):
            raise InputError(
                f"a series is longer than max_length={self.tokenizer.max_length}, so its last steps get no tag; train "
                "with a larger --max_length."
            )
        return [(answer["tags"], answer["scores"]) for answer in answers]

    def model_inputs(self, series: Any) -> dict[str, Tensor]:
        """What the model alone is called with for one series."""
        checked = checked_series(series, self.tokenizer.feature_size)
        return {"input_values": torch.from_numpy(encode_series([checked], self.tokenizer).values[0][None])}

    def _answers(self, series: Sequence[Array]) -> Iterator[Answer]:
        encoded = encode_series(series, self.tokenizer)
        answers: list[Answer] = [{} for _ in series]
        for rows, outputs in self._scorer.batches(encoded):
            scores = outputs.logits.float().softmax(-1).cpu().numpy()  # (B, T, L)
            path = getattr(outputs, "best_path", None)
            tags = scores.argmax(-1) if path is None else path.cpu().numpy()  # (B, T)
            for place, row in enumerate(rows):
                answers[row] = self._answer(encoded, row, tags[place], scores[place])
        yield from answers

    def _answer(self, encoded: EncodedSeries, row: int, tags: Array, scores: Array) -> Answer:
        length, left = len(encoded.values[row]), self.tokenizer.padding_side == "left"
        steps = slice(-length, None) if left else slice(0, length)
        tags, scores = tags[steps], scores[steps]
        chosen = scores[np.arange(length), tags]
        answer: Answer = {
            "tags": [self.label_names[tag] for tag in tags],
            "scores": [round(float(s), 6) for s in chosen],
        }
        return answer | ({"truncated": True} if encoded.truncated[row] else {})


def load_scorer(folder_or_id: str | Path, trust: bool, device: str, **settings: Any) -> SeriesScorer:
    """Load a model of series and its feature extractor.

    Raises:
        InputError: there is no whole, safe model there, it reads text, or its feature extractor is not its own.
    """
    model, extractor = load_any(folder_or_id, trust_remote_code=trust)
    features = getattr(model.config, "num_features", None)
    if features is None:
        raise InputError(f"the model in {folder_or_id} reads text, not series of numbers; give it texts.")
    if extractor is None:
        raise InputError(
            f"{folder_or_id} has no preprocessor_config.json, so nobody knows the scale its model was trained on; save "
            "its feature extractor beside it (extractor.save_pretrained)."
        )
    if not hasattr(extractor, "standardize") or extractor.num_features != features:
        given = getattr(extractor, "num_features", type(extractor).__name__)
        raise InputError(
            f"the feature extractor in {folder_or_id} gives {given} features a step, but its model reads {features}; "
            "it belongs to another model."
        )
    return SeriesScorer(model.to(device), extractor, **settings)


def checked_series(given: Any, channels: int | None, row: int | None = None) -> Array:
    """A series as an array, (T, C).

    Raises:
        InputError: it is none, or has other channels than the model was trained on.
    """
    try:
        return read_series(given, channels, row or 0)
    except ValueError as error:
        raise InputError(str(error)) from error
    except TypeError as error:
        raise InputError(
            f"series {row or 0} is {given!r:.60}; it must be numbers, (steps, channels), as an array or nested lists."
        ) from error
