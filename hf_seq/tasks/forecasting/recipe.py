# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of forecasting can say. Imports nothing heavy."""

from dataclasses import dataclass
from typing import Any, Literal

from hf_seq.tasks.recipe import Recipe, configures, setting
from hf_seq.tasks.registry import task_names


@dataclass
class ForecastingRecipe(Recipe):
    """The next steps of series, of each of their channels."""

    task: str = setting("forecasting", f"What to learn: {', '.join(task_names())}.", "Data")
    horizon: int = setting(24, "Steps to forecast, all at once.", "Data")
    context_length: int | None = setting(
        None, "Steps of the past that are read; absent: several horizons and seasons.", "Data"
    )
    target_columns: str | None = setting(
        None, "Columns to forecast, with commas; absent: all columns of numbers that are nothing else.", "Data"
    )
    known_columns: str | None = setting(
        None, "Columns known of the future too, such as prices or holidays, with commas.", "Data"
    )
    static_columns: str | None = setting(
        None, "Columns that never change inside a series, such as its region, with commas: numbers or names.", "Data"
    )
    id_column: str | None = setting(
        None, "Column, or several with commas, that names the series of a row (none: one series).", "Data"
    )
    time_column: str | None = setting(None, "Column of the times (none: the order of the file).", "Data")
    time_format: str | None = setting(None, "How times are written, such as %d.%m.%Y %H:%M; found if absent.", "Data")
    sort_times: bool = setting(False, "Sort the rows of each series by time.", "Data")
    time_cut: str | None = setting(
        None,
        "Train, validation and test in order of time, as rows (8640,2880,2880) or shares (0.7,0.1,0.2).",
        "Data",
    )
    season: int | None = setting(
        None, "Steps of a season, for baselines and MASE; absent: the usual one (24 of hours, 12 of months).", "Data"
    )
    stride: int | None = setting(
        None, "Steps between two scored windows; absent: 1, or more where windows are many.", "Data"
    )
    patch_length: int | None = setting(
        None, "Steps that the encoder reads as one; absent: a season, or a part of the context.", "Data"
    )
    do_normalize: bool = setting(True, "Standardise every channel by mean and deviation of train.", "Data")
    model: str = setting(
        "gru",
        "gru, lstm, rnn, transformer; naive, seasonal-naive, drift, mean, linear, ets, theta, arima; or a folder.",
        "Model",
    )
    distribution: Literal["point", "quantile", "gaussian", "student_t", "negative_binomial"] | None = configures(
        None,
        "What is predicted of a future value: quantile (the default), point, gaussian, student_t, negative_binomial "
        "(counts).",
    )
    instance_norm: Literal["std", "last", "scale", "none"] | None = configures(
        None,
        "What is removed from each past and added back: std (mean and deviation, the default), last (value), scale "
        "(mean size; of counts), none.",
    )
    missing_decay: bool | None = configures(
        None, "Read a missing value as the one before it, fading as fast as is learnt (GRU-D); absent: as the mean."
    )
    linear_skip: bool | None = configures(None, "A linear map from past to future beside the encoder (default: yes).")
    linear_start: bool = setting(
        True, "Solve that map by ridge regression before training, which then learns what it leaves.", "Model"
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all patches to one vector (first, last, mean, max, attention)."
    )
    classifier_dropout: float | None = configures(None, "Dropout before the forecast.")

    @property
    def columns_said(self) -> dict[str, Any]:
        """What the loader is told of the columns."""
        roles = ("id_column", "time_column", "target_columns", "known_columns", "static_columns")
        names = (*roles, "time_format", "sort_times")
        return {name: getattr(self, name) for name in names}

    @property
    def asked(self) -> dict[str, Any]:
        """What the loader is told of the windows."""
        names = ("horizon", "context_length", "patch_length", "season", "time_cut", "stride")
        return {name: getattr(self, name) for name in names}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("horizon", "context_length", "season", "stride", "patch_length")
