# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Long series are made alike each time, their class is in when and where something happens, and the row is written."""

import json

import numpy as np
import pytest

from benchmarks import long_series


def test_series_are_the_same_each_time_and_as_long_as_asked_for():
    first, again = (long_series.make_series(20, 6, 120, 3) for _ in range(2))
    assert first.equals(again)
    assert not first.equals(long_series.make_series(20, 6, 120, 4))
    assert first["label"].value_counts().tolist() == [4] * long_series.CLASSES
    lengths = first["series"].map(len)
    assert lengths.between(40, 120).all()
    assert lengths.nunique() > 5
    assert {np.array(each).shape[1] for each in first["series"]} == {6}


def test_channels_of_another_class_have_the_pulse():
    """The channel that peaks most, of those that a class gives its first pulse and its second, says the class."""
    made = long_series.make_series(50, 5, 300, 0)
    for series, label in zip(made["series"], made["label"], strict=True):
        number, heights = int(label[-1]), np.abs(np.array(series)).max(axis=0)
        pulsed = {number, (number + 2) % long_series.CLASSES}
        assert set(np.argsort(heights)[-2:]) == pulsed


@pytest.mark.slow
def test_a_comparison_leaves_a_row(tmp_path):
    sizes = ["--rows", "30", "--channels", "5", "--longest", "60"]
    long_series.main([*sizes, "--output", str(tmp_path), "--models", "majority,statistics", "--calls", "2"])
    (row,) = [json.loads(line) for line in (tmp_path / "speed.jsonl").read_text().splitlines()]
    assert (row["id"], row["unit"], row["theirs"]) == (long_series.ID, "s", 600.0)
    assert row["ratio"] == pytest.approx(600 / row["ours"], abs=0.02)
