# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`evaluate.Metric` without a network, a cache folder or a lock file."""

from typing import Any, ClassVar

import datasets
import evaluate


class OfflineMetric(evaluate.Metric):
    """A metric that keeps its rows in memory: no cache folder, no lock file.

    In distributed use (`num_process` > 1) `evaluate` must share files, and does.
    """

    several_labels: ClassVar[bool] = True  # rows may be lists

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("keep_in_memory", kwargs.get("num_process", 1) == 1)
        super().__init__(*args, **kwargs)

    def _build_data_dir(self) -> str:
        return self._data_dir_root if self.keep_in_memory else super()._build_data_dir()

    def _info(self) -> evaluate.MetricInfo:
        # Numbers are kept as floats: `Value("int64")` would turn a prediction of 0.7 into 0 without a word.
        value = datasets.Value("float64")
        shapes = [value, datasets.Sequence(value)] if self.several_labels else [value]
        return evaluate.MetricInfo(
            description=type(self).__doc__ or "",
            citation="",
            inputs_description="predictions and references: one number for each row, or one list.",
            features=[datasets.Features({"predictions": shape, "references": shape}) for shape in shapes],
        )
