# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series to windows: cut by time, gaps made missing, columns found; and what is refused, in words."""

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.builtin.seasons import MEMORY, NOISE, least_error, make_seasons
from hf_seq.data.forecasts.columns import ForecastColumns
from hf_seq.data.forecasts.splits import ForecastOptions, arrays_of, load_forecast_splits
from hf_seq.data.reading import ReadingOptions
from hf_seq.errors import InputError


def load(path, columns=None, whole=False, **options):
    wanted = ForecastOptions(**{"horizon": 5, **options})
    return load_forecast_splits(ReadingOptions(path, whole=whole), ForecastColumns(**(columns or {})), wanted)


def table(tmp_path, frame, name="series.csv"):
    path = tmp_path / name
    frame.to_csv(path, index=False)
    return path


def hourly(steps=100, **columns):
    times = pd.date_range("2024-03-01", periods=steps, freq="h").astype(str)
    return pd.DataFrame({"date": times, "a": np.arange(steps) + 0.5, "b": -np.arange(steps) + 0.0, **columns})


def test_windows_roll_over_the_test_and_never_reach_into_what_comes_before(tmp_path):
    splits = load(table(tmp_path, hourly()), time_cut="60,20,20", context_length=10)
    train, pasts, futures = (
        arrays_of(splits.train, "series"),
        arrays_of(splits.test, "series"),
        arrays_of(splits.test, "future"),
    )
    assert train[0][:, 0].tolist() == (np.arange(60) + 0.5).tolist()
    assert len(pasts) == 20 - 5 + 1
    assert splits.test["origin"][:] == list(range(80, 96))
    for number, (past, future) in enumerate(zip(pasts, futures, strict=True)):
        assert past[:, 0].tolist() == (np.arange(70 + number, 80 + number) + 0.5).tolist()
        assert future[:, 0].tolist() == (np.arange(80 + number, 85 + number) + 0.5).tolist()
    assert arrays_of(splits.validation, "future")[-1][-1, 0] == 79.5


def test_steps_that_are_not_there_are_missing_values(tmp_path):
    frame = hourly().drop(index=[30, 31])
    splits = load(table(tmp_path, frame), time_cut="60,20,20", context_length=10)
    values = arrays_of(splits.train, "series")[0]
    assert np.isnan(values[30:32]).all()
    assert values[32, 0] == 32.5
    assert any("2 steps not there" in note for note in splits.notes)


def test_many_series_in_rows_of_any_order_between_them(tmp_path):
    one, other = hourly(60), hourly(60)
    other["a"] += 1000
    frame = pd.concat([one.assign(shop="north"), other.assign(shop="south")]).sort_values("date", kind="stable")
    splits = load(table(tmp_path, frame))
    assert splits.columns["id_column"] == "shop"
    assert splits.train["id"][:] == ["north", "south"]
    assert arrays_of(splits.train, "series")[1][0, 0] == 1000.5


def test_splits_in_files_of_their_own_follow_each_other(tmp_path):
    frame = hourly(100)
    table(tmp_path, frame[:80], "train.csv")
    table(tmp_path, frame[80:], "test.csv")
    splits = load(tmp_path, context_length=10)
    assert splits.test_split == "test"
    assert splits.test["origin"][:] == list(range(80, 96))
    assert arrays_of(splits.test, "series")[0][-1, 0] == 79.5


def test_scoring_a_model_on_other_data_takes_every_window(tmp_path):
    splits = load(table(tmp_path, hourly(40)), whole=True, context_length=10)
    assert splits.test["origin"][:] == list(range(10, 36))


@pytest.mark.parametrize(
    ("change", "columns", "options", "message"),
    [
        (lambda frame: frame.iloc[::-1], {}, {}, "times in 'date' go back.*--sort_times"),
        (
            lambda frame: pd.concat([frame, frame]).sort_values("date"),
            {},
            {},
            "repeated times? in .*--id_column",
        ),
        (lambda frame: frame, {}, {"horizon": 90}, "--horizon 90 is too long: the longest series has 100 steps"),
        (lambda frame: frame, {"known_columns": "price"}, {}, "--known_columns names 'price', which is not there"),
        (lambda frame: frame.assign(a="x"), {"target_columns": "a"}, {}, "'a' holds no numbers"),
        (lambda frame: frame[["date"]], {}, {}, "no column holds numbers to forecast"),
        (lambda frame: frame, {}, {"time_cut": "0.5,0.6,0.7"}, "must be three numbers"),
        (lambda frame: frame, {}, {"time_cut": "90,30,30"}, "wants 150 steps, and the longest series has 100"),
        (lambda frame: frame, {}, {"context_length": 500}, "--context_length 500 leaves no window"),
    ],
)
def test_what_cannot_be_forecast_is_refused_in_words(tmp_path, change, columns, options, message):
    with pytest.raises(InputError, match=message):
        load(table(tmp_path, change(hourly())), columns, **options)


def test_rows_in_disorder_can_be_sorted(tmp_path):
    splits = load(table(tmp_path, hourly().iloc[::-1]), {"sort_times": True})
    assert arrays_of(splits.train, "series")[0][:3, 0].tolist() == [0.5, 1.5, 2.5]


def test_a_mistake_among_the_numbers_is_named_with_its_row(tmp_path):
    frame = hourly().astype({"a": object})
    frame.loc[7, "a"] = "oops"
    with pytest.raises(InputError, match=r"column 'a' holds 'oops' in row 8"):
        load(table(tmp_path, frame))


def test_the_best_possible_error_of_the_built_in_set_is_that_of_the_true_forecast():
    values, horizon = make_seasons(series=40, steps=600, seed=3), 6
    assert np.array_equal(values, make_seasons(series=40, steps=600, seed=3))
    draw = np.random.default_rng(0)
    noise = np.zeros((4000, horizon + 200))
    for step in range(1, noise.shape[1]):
        noise[:, step] = MEMORY * noise[:, step - 1] + draw.normal(scale=NOISE, size=len(noise))
    now, ahead = noise[:, 199:200], noise[:, 200:]
    error = np.square(ahead - now * MEMORY ** np.arange(1, horizon + 1)).mean()
    assert error == pytest.approx(least_error(horizon), rel=0.05)


def test_what_counts_the_rows_is_the_time_or_left_out_and_never_forecast(tmp_path):
    frame = hourly().assign(index=range(100))
    alone = load(table(tmp_path, frame.drop(columns="date")))
    assert alone.channels == ["a", "b"]
    assert any("time 'index', which counts the steps; --time_column" in note for note in alone.notes)
    beside = load(table(tmp_path, frame))
    assert beside.channels == ["a", "b"]
    assert any("left out: 'index' (counts the steps); --target_columns" in note for note in beside.notes)
    assert load(table(tmp_path, frame[["date", "index"]])).channels == ["index"]
    assert load(table(tmp_path, frame), {"target_columns": "index"}).channels == ["index"]


def test_rows_of_several_series_are_not_sorted_into_one(tmp_path):
    frame = pd.concat([hourly(50), hourly(50)])
    with pytest.raises(
        InputError, match=r"go back.*if the rows are of several series, name their column with --id_column"
    ):
        load(table(tmp_path, frame))
