# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Long tables with a value a line, whose channel another column names, to a column for each channel.

id,time,variable,value        id,time,hr,bp
1,0,hr,70                     1,0,70,120
1,0,bp,120
"""

from typing import Any

from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.long_tables import Roles, codes_of
from hf_seq.data.series.number_columns import share_of_numbers

MOST_CHANNELS = 200
SHARED = 0.5  # of the moments from which on several channels are known at one, as where a table is melted


def spread_channels(raw: RawData, roles: Roles, names: list[str]) -> list[str]:
    """Give each channel a column of its own, where one of the columns names the channel of each value.

    Args:
        raw: tables, which are replaced.
        roles: with one channel and a time.
        names: the columns that may name channels.

    Returns:
        The channels; empty where the table is no such.
    """
    train = raw.tables["train"]
    if len(roles.channels) != 1 or roles.time is None:
        return []
    found = [name for name in names if name in train.names and _names_channels(train, roles, name)]
    if len(found) != 1:
        return []
    channels = list(dict.fromkeys(map(str, train.values(found[0]))))
    if set(channels) & set(train.names):
        return []
    for split, table in raw.tables.items():
        if {found[0], roles.time, roles.channels[0]} <= set(table.names):
            raw.tables[split] = _spread(table, roles, found[0], channels)
    raw.notes.append(f"{found[0]!r} names the channel of each {roles.channels[0]!r}: {', '.join(map(repr, channels))}")
    return channels


def _moments(table: Table, roles: Roles) -> list[tuple[int, str]]:
    times = map(str, table.values(roles.time or ""))
    return list(zip(codes_of(table, roles.ids).tolist(), times, strict=True))


def _names_channels(table: Table, roles: Roles, name: str) -> bool:
    """Check whether a column of a few names tells apart all values of one moment, of which there are several."""
    values = list(map(str, table.values(name)))
    moments = _moments(table, roles)
    count, kinds = len(set(moments)), len(set(values))
    if not 2 <= kinds <= min(MOST_CHANNELS, len(values) // 2) or share_of_numbers(table, name) > 0:
        return False
    return len(set(zip(moments, values, strict=True))) == len(values) > (1 + SHARED) * count


def _spread(table: Table, roles: Roles, name: str, channels: list[str]) -> Table:
    moments = _moments(table, roles)
    place = {moment: number for number, moment in enumerate(dict.fromkeys(moments))}
    firsts: dict[int, int] = {}
    cells: dict[str, list[Any]] = {channel: [None] * len(place) for channel in channels}
    rows = zip(moments, map(str, table.values(name)), table.values(roles.channels[0]), strict=True)
    for row, (moment, channel, value) in enumerate(rows):
        firsts.setdefault(place[moment], row)
        if channel in cells:
            cells[channel][place[moment]] = value
    kept = [each for each in table.names if each not in (name, roles.channels[0])]
    others = {each: [values[row] for row in firsts.values()] for each in kept if (values := table.values(each))}
    return Table({**others, **cells}, table.class_names, table.all_strings, table.notes, table.path)
