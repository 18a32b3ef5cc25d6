# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the past of a series to its future; the answers are those of our pipeline.

N series · T steps of the past · C channels · K channels known ahead · F horizon · Q quantiles
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.baselines.forecasting import LEVELS, ForecastBaseline
from hf_seq.baselines.statistical import StatisticalForecast
from hf_seq.errors import InputError
from hf_seq.models.distributions import between, draws
from hf_seq.models.series import pad_rows, read_series
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import batches_by_length
from hf_seq.predictors.engine import Engine

Array = np.ndarray


class ForecastPredictor(BasePredictor):
    """The future of a series.

    Calling it with a past, (T, C) or (T,) for one channel, gives `{"forecast": (F, C), "quantiles": {"0.1": (F, C),
    ...}}` as lists, in the units of the series. A model with channels that are known ahead takes a dict of the `series`
    and of `known`, (T + F, K).

    Args:
        model: a model that forecasts, or a fitted baseline.
        extractor: the model's own feature extractor; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    reads_numbers: ClassVar[bool] = True
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (ForecastBaseline, StatisticalForecast)

    @property
    def facts(self) -> dict[str, Any]:
        """What the model knows of its data: `horizon`, `season`, `step`, `unit`, columns, as the extractor has them."""
        if self._engine is None:
            return dict(self._baseline.facts)
        return {name: getattr(self.processor, name) for name in FACTS}

    @property
    def horizon(self) -> int:
        """F."""
        return int(self.facts["horizon"])

    @property
    def channel_names(self) -> list[str]:
        """What is forecast."""
        if self._engine is None:
            return list(self._baseline.label_names)
        return list(self.processor.channel_names or range(self.processor.feature_size))

    @property
    def scale(self) -> tuple[Array, Array]:
        """Mean and deviation of the channels in train, (C,) each."""
        if self._engine is None:
            return self._baseline.arrays["mean"], self._baseline.arrays["std"]
        return np.asarray(self.processor.mean), np.asarray(self.processor.std)

    @property
    def levels(self) -> list[float]:
        """The quantiles that forecasts have; empty where they have none."""
        if self._engine is None:
            return list(LEVELS)
        config = self.model.config
        return [] if config.distribution == "point" else list(config.quantiles)

    def forecast(self, pasts: Sequence[Any]) -> tuple[Array, Array | None]:
        """Forecast many pasts: (N, F, C), and quantiles (N, F, C, Q) where the model has some.

        Raises:
            InputError: one of them is no past of this model.
        """
        return self._forecast([self._check(each, row) for row, each in enumerate(pasts)])

    @torch.inference_mode()
    def sample(self, pasts: Sequence[Any], count: int, generator: torch.Generator) -> Array:
        """Draw futures of many pasts, each step by itself: (N, count, F, C).

        Raises:
            InputError: the model knows no distribution, or one of the pasts is none of this model.
        """
        if not self.levels:
            raise InputError(
                "this model was trained with --distribution point, which knows nothing of what else may come; train "
                "with quantile, gaussian, student_t or negative_binomial to draw samples."
            )
        inputs = [self._check(each, row) for row, each in enumerate(pasts)]
        levels = torch.tensor(self.levels, dtype=torch.float32)
        drawn = np.zeros((len(inputs), count, self.horizon, len(self.scale[0])))
        if self._engine is None:
            bands = torch.from_numpy(self._baseline.forecast([each["series"] for each in inputs])[1]).float()
            chances = torch.rand(*bands.shape[:-1], count, generator=generator)
            return np.moveaxis(between(bands, levels, chances).double().numpy(), -1, 1)
        kind = self.model.config.distribution
        for rows in self._batches(inputs):
            found = self._engine.run(self._batch([inputs[row] for row in rows])).parameters.float().cpu()
            chances = torch.rand(*found.shape[:-1], count, generator=generator)  # (B, F, C, S)
            values = draws(kind, found.flatten(1, 2), levels, chances.flatten(1, 2)).unflatten(1, found.shape[1:3])
            drawn[rows] = self.processor.restore(np.moveaxis(values.double().numpy(), -1, 1))
        return drawn

    def _batches(self, inputs: Sequence[dict[str, Any]]) -> Iterator[Any]:
        limit = self.processor.context_length
        return iter(batches_by_length([min(len(each["series"]), limit) for each in inputs], self.batch_size))

    def model_inputs(self, past: Any) -> dict[str, Tensor]:
        """Return what the model alone is called with for one past."""
        return self._batch([self._check(past)])

    def _check(self, given: Any, row: int | None = None) -> dict[str, Any]:
        channels = len(self.scale[0])
        asked = given if isinstance(given, dict) else {"series": given}
        names = ", ".join(map(str, self.channel_names))
        if "series" not in asked:
            fields = ", ".join(asked) or "no field"
            raise InputError(f"series {row or 0} has {fields}; it must have `series`, (steps, channels).")
        try:
            values = read_series(asked["series"], channels, row or 0)
        except (ValueError, TypeError) as error:
            raise InputError(f"{error} The model forecasts {names}.") from error
        if np.isnan(values).all():
            raise InputError(f"series {row or 0} holds no value at all, so there is nothing to forecast from.")
        known_names = self.facts["known_names"]
        if not known_names or self._engine is None:
            return {"series": values}
        known = asked.get("known")
        wanted = (len(values) + self.horizon, len(known_names))
        if known is None or np.shape(known) != wanted:
            raise InputError(
                f"series {row or 0} needs `known`, {', '.join(known_names)} of all its steps and of the {self.horizon} "
                f"to come: {wanted}, got {None if known is None else np.shape(known)}."
            )
        return {"series": values, "known": np.asarray(known, dtype=np.float64)}

    def _answer_all(self, inputs: list[dict[str, Any]]) -> Iterator[Answer]:
        points, bands = self._forecast(inputs)
        for row in range(len(inputs)):
            answer: Answer = {"forecast": points[row].tolist()}
            if bands is not None:
                each = {f"{level:g}": bands[row, ..., number].tolist() for number, level in enumerate(self.levels)}
                answer["quantiles"] = each
            yield answer

    @torch.inference_mode()
    def _forecast(self, inputs: list[dict[str, Any]]) -> tuple[Array, Array | None]:
        if self._engine is None:
            return self._baseline.forecast([each["series"] for each in inputs])
        channels, levels = len(self.scale[0]), self.levels
        points = np.zeros((len(inputs), self.horizon, channels))
        bands = np.zeros((*points.shape, len(levels))) if levels else None
        for rows in self._batches(inputs):
            outputs = self._engine.run(self._batch([inputs[row] for row in rows]))
            points[rows] = self.processor.restore(outputs.predictions.float().cpu().numpy())
            if bands is not None:
                found = outputs.quantiles.float().cpu().numpy()  # (B, F, C, Q)
                bands[rows] = np.moveaxis(self.processor.restore(np.moveaxis(found, -1, 1)), 1, -1)
        return points, bands

    def _batch(self, inputs: list[dict[str, Any]]) -> dict[str, Tensor]:
        limit, horizon = self.processor.context_length, self.horizon
        rows = self.processor.standardize([each["series"][-limit:] for each in inputs])
        padded, mask = self.processor.batch(rows)
        batch = {"input_values": torch.from_numpy(padded)}
        if not mask.all():
            batch["attention_mask"] = torch.from_numpy(mask.astype(np.int64))
        if self.facts["known_names"]:
            known = [
                self.processor.standardize_known(each["known"][-(len(row) + horizon) :])
                for each, row in zip(inputs, rows, strict=True)
            ]
            batch["known_values"] = torch.from_numpy(pad_rows(known, padded.shape[1] + horizon, "left")[0])
        return batch

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> Engine:
        return Engine(model, processor, **settings)


FACTS = (
    *("horizon", "context_length", "patch_length", "season", "step", "unit", "time_column", "id_column"),
    *("known_names", "static_columns", "other_columns"),
)
"""What feature extractors, and baselines, know of the data."""
