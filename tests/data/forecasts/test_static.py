# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Columns that never change inside a series, against pandas."""

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.forecasts.static import find_static, static_names, static_values, written
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

ROWS = pd.DataFrame(
    {"shop": ["a", "b", "a", "c"], "region": ["north", "", "north", "south"], "area": ["5", "7.5", "", ""]}
)


def table_of(frame):
    return Table({name: frame[name].tolist() for name in frame})


def test_names_become_a_column_each_and_numbers_stay():
    static = find_static(table_of(ROWS), "region,area")
    assert static == {"region": ["north", "south"], "area": None}
    assert static_names(static) == ["area", "region=north", "region=south"]
    assert find_static(table_of(ROWS), written(static)) == static
    found = static_values(table_of(ROWS), static, np.array([0, 1, 0, 2]), ROWS["shop"].tolist(), "here", [])
    dummies = pd.get_dummies(ROWS["region"])[["north", "south"]].groupby(ROWS["shop"]).max().to_numpy(float)
    areas = pd.to_numeric(ROWS["area"]).groupby(ROWS["shop"]).first().to_numpy()
    np.testing.assert_array_equal(found, np.column_stack([areas, dummies]))


@pytest.mark.parametrize(
    ("change", "wanted", "message"),
    [
        ({}, "place", r"names 'place', which is not there; the columns are shop, region, area"),
        ({"region": ["north", "", "south", "south"]}, "region", r"changes inside series 'a' \('north', then 'south'"),
        ({"area": ["5", "7.5", "6", ""]}, "area", r"changes inside series 'a' .* --known_columns"),
    ],
)
def test_what_is_not_static_is_refused_in_words(change, wanted, message):
    frame = ROWS.assign(**change)
    with pytest.raises(InputError, match=message):
        static_values(
            table_of(frame),
            find_static(table_of(frame), wanted),
            np.array([0, 1, 0, 2]),
            frame["shop"].tolist(),
            "here",
            [],
        )


def test_as_many_names_as_rows_are_no_groups():
    frame = pd.DataFrame({"name": [f"n{row}" for row in range(60)]})
    with pytest.raises(InputError, match=r"'name' has 60 names, and 50 are the most"):
        find_static(table_of(frame), "name")
