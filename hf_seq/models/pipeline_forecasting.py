# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pipeline of models that forecast: the past of a series in, what comes next out.

    pipeline("time-series-forecasting", model=FOLDER)([[0.1, 2.0], [0.3, 1.5], ...])

T steps · C channels · F horizon · Q quantiles
"""

from typing import Any

import numpy as np
import torch
from transformers.pipelines.base import Pipeline

FORECASTING_TASK = "time-series-forecasting"
ANY_PIPELINE: Any = Pipeline  # its own types know only texts, images and sounds


class ForecastingPipeline(ANY_PIPELINE):
    """Forecasts in the units of the series, for one past or for several."""

    _load_feature_extractor = True
    _load_tokenizer = _load_image_processor = _load_processor = False

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Forecast.

        Args:
            inputs: the past of a series, (T, C) numbers or (T,) of one channel, as an array, a tensor or nested lists,
                None or NaN where a value is missing; a dict of such a `series` and, for models that read it, `known`
                (T + F, K); or a list of such dicts or arrays.
            kwargs: `batch_size`.

        Returns:
            A dict of `forecast` (F, C) as lists, and `quantiles`: for each level (F, C). A list of these for several.

        Raises:
            ValueError: text, ragged steps, no steps, or another number of channels than the model was trained on.
        """
        return super().__call__(_one_or_many(inputs), **kwargs)

    def _sanitize_parameters(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, {}, {}

    def preprocess(self, inputs: Any, **kwargs: Any) -> dict[str, Any]:
        """Standardise one past."""
        values = self.feature_extractor(inputs["series"], return_tensors="pt")["input_values"]  # (1, T, C)
        if inputs.get("known") is None:
            return {"input_values": values}
        known = self.feature_extractor.standardize_known(inputs["known"])
        return {"input_values": values, "known_values": torch.from_numpy(known[None])}

    def _forward(self, model_inputs: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        outputs = self.model(**model_inputs)
        found = {"predictions": outputs.predictions}
        return found if outputs.quantiles is None else {**found, "quantiles": outputs.quantiles}

    def postprocess(self, model_outputs: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Put a forecast back into the units of the series."""
        restore = self.feature_extractor.restore
        answer: dict[str, Any] = {"forecast": restore(model_outputs["predictions"][0].float().numpy()).tolist()}
        if "quantiles" in model_outputs:
            bands = model_outputs["quantiles"][0].float().numpy()  # (F, C, Q)
            levels = self.model.config.quantiles
            answer["quantiles"] = {
                f"{level:g}": restore(bands[..., number]).tolist() for number, level in enumerate(levels)
            }
        return answer


def _one_or_many(inputs: Any) -> Any:
    """Wrap each past in a dict, since a pipeline takes any list for several inputs."""
    if isinstance(inputs, str | bytes):
        raise ValueError(f"got the text {inputs[:40]!r}, but this pipeline reads series of numbers, (steps, channels).")
    if isinstance(inputs, dict):
        return inputs if "series" in inputs else {"series": inputs}
    if isinstance(inputs, np.ndarray | torch.Tensor):
        return [{"series": each} for each in inputs] if inputs.ndim == 3 else {"series": inputs}
    if not isinstance(inputs, list | tuple):  # a generator or a data set
        return (each if isinstance(each, dict) else {"series": each} for each in inputs)
    first = inputs[0] if inputs else None
    if isinstance(first, dict) or getattr(first, "ndim", 0) >= 1:
        return [each if isinstance(each, dict) else {"series": each} for each in inputs]
    deep = isinstance(first, list | tuple) and bool(first) and isinstance(first[0], list | tuple)
    return [{"series": each} for each in inputs] if deep else {"series": inputs}


PIPELINES = {FORECASTING_TASK: (ForecastingPipeline, "AutoModelForTimeSeriesPrediction")}
"""Task to class, and the Auto class of the models it runs."""

__all__ = ["PIPELINES", "ForecastingPipeline"]
