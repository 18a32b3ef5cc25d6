# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the tasks over events can say. Imports nothing heavy."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import setting
from hf_seq.tasks.registry import task_names
from hf_seq.tasks.series.recipe import NumbersRecipe

NONE = "none"


@dataclass
class EventRecipe(NumbersRecipe):
    """A label, several labels or a number for a sequence of events."""

    task: str = setting("events", f"What to learn: {', '.join(task_names())}.", "Data")
    id_column: str | None = setting(
        None, "Column, or several with commas, that say whose event a line is; absent: user_id, session, ...", "Data"
    )
    time_column: str | None = setting(
        None, "Column of the time of each event (none: the order of the file); absent: found.", "Data"
    )
    time_format: str | None = setting(None, "How times are written, such as %d.%m.%Y %H:%M; found if absent.", "Data")
    event_column: str | None = setting(None, "Column of what happened; absent: event, action, code, ...", "Data")
    value_columns: str | None = setting(
        None, "Columns of numbers that came with events, with commas (none: none); absent: all others.", "Data"
    )
    label_column: str | None = setting(None, "Column of the label, the same in every line of an id.", "Data")
    label_file: str | None = setting(
        None, "Table of ids and labels; absent: X_labels.csv or labels.csv beside X.csv, where there is one.", "Data"
    )
    min_event_count: int = setting(
        2, "Events that fewer train sequences have are read as unknown, as new ones are later.", "Data"
    )
    missing: Literal["mean", "forward", "error"] = setting(
        "mean",
        "How to fill a missing value: with the train mean, with the last value before it, or not (an error).",
        "Data",
    )
    missing_indicator: bool | None = setting(
        None, "A channel for each value that says where it is missing; absent: where train lacks some.", "Data"
    )
    max_length: int | None = setting(
        None, "Events of a sequence that are read, the last ones; the rest is cut off, and counted.", "Data"
    )
    model: str = setting(
        "gru",
        "rnn, gru, lstm, bigru, bilstm, bilstm-attention, conv, conv-lstm, transformer; majority, counts; or a folder.",
        "Model",
    )

    AUGMENTATIONS: ClassVar[tuple[str, ...]] = ("time_mask",)  # the others would change what happened

    @property
    def values(self) -> list[str] | None:
        """The columns of values, one by one; [] where there are to be none, None where they are to be found."""
        if self.value_columns is None or isinstance(self.value_columns, list):
            return self.value_columns
        return [name.strip() for name in self.value_columns.split(",") if name.strip() not in ("", NONE)]

    @property
    def layout(self) -> dict[str, Any]:
        """What the loader is told of columns, but for the label."""
        names = ("id_column", "time_column", "event_column", "time_format")
        return {**{name: getattr(self, name) for name in names}, "value_columns": self.values}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("max_length", "min_event_count")
        if self.statistics:
            raise InputError("statistics=True would take the ids of events for amounts; leave it out.")
