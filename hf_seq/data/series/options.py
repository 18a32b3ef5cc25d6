# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a user can say of the columns and steps of series."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from hf_seq.data.readers.tables import Table
from hf_seq.data.reading import NO_COLUMN, ReadingArguments
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP

TimeGaps = Literal["auto", "on", "off"]
NONE = NO_COLUMN


class SeriesArguments(ReadingArguments, total=False):
    """The keywords of `load_series_splits` beside those of its columns; `SeriesOptions` says what they mean."""

    id_column: str | None
    time_column: str | None
    channels: str | None
    time_format: str | None
    time_gaps: TimeGaps
    window: int | None
    stride: int | None


@dataclass(frozen=True)
class SeriesOptions:
    """How tables become series.

    Attributes:
        label_column: the label, or the tags of the steps.
        group_column: names rows that no cut may part; `none` takes none.
        id_column: in a long table the name of the series of each step.
        time_column: in a long table the time of each step, or the columns of its parts, with commas; `none` keeps the
            order of the file.
        channels: names of the channels, with commas between them; None takes every column of numbers that is not
            something else.
        time_format: how times are written, as for `datetime.strptime`; None finds it.
        time_gaps: whether the time since the step before is a channel; `auto` where the gaps vary.
        window: cut a long recording into windows of this many steps.
        stride: steps between two windows; None is the window's length.
    """

    label_column: str | None = None
    group_column: str | None = None
    id_column: str | None = None
    time_column: str | None = None
    channels: str | None = None
    time_format: str | None = None
    time_gaps: TimeGaps = "auto"
    window: int | None = None
    stride: int | None = None

    @property
    def channel_names(self) -> list[str] | None:
        """The channels that were named, one by one."""
        return None if self.channels is None else [name.strip() for name in self.channels.split(",") if name.strip()]

    def check_names(self, table: Table) -> None:
        """Refuse names of columns that are not there.

        Raises:
            InputError: one is not.
        """
        named = [(flag, getattr(self, flag)) for flag in ("label_column", "group_column", "id_column", "time_column")]
        named += [("channels", name) for name in self.channel_names or [] if name != TIME_GAP]
        for flag, name in named:
            parts = [part.strip() for part in name.split(",")] if flag == "time_column" and name else [name]
            if name not in (None, NONE, *table.names) and not set(parts) <= set(table.names):
                raise InputError(f"--{flag} {name} is not there; the columns are {', '.join(table.names)}.")


def parted(arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part keywords of `load_series_splits` into those of `SeriesOptions` and those of `ReadingOptions`."""
    ours = {each.name for each in fields(SeriesOptions)} - {"group_column"}
    mine = {name: value for name, value in arguments.items() if name in ours}
    return mine, {name: value for name, value in arguments.items() if name not in ours}
