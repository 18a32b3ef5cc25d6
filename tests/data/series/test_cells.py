# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in cells, and channels named line by line, are the series that numpy and pandas make of them."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hf_seq.data import load_series_splits
from hf_seq.data.inputs import Source
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.errors import InputError

DRAW = np.random.default_rng(0)
SERIES = [DRAW.normal(size=(8 + n % 3, 2)).round(3) for n in range(30)]
LABELS = ["ab"[n % 2] for n in range(30)]


def check(path, expected, **options):
    splits = load_series_splits(path, whole=True, **options)
    for found, array in zip(series_arrays(splits.train), expected, strict=True):
        np.testing.assert_allclose(found, array)
    assert [splits.label_names[label] for label in splits.train["label"]] == LABELS
    return splits


@pytest.mark.parametrize(
    "write",
    [
        lambda row: " ".join(map(str, row[:, 0])),
        lambda row: str(row[:, 0].tolist()),
        lambda row: str(row[:, 0]),  # as numpy prints it, over several lines
        lambda row: ";".join(map(str, row[:, 0])),
        lambda row: str(row[:, :1].tolist()),
    ],
)
def test_a_series_in_a_cell_of_a_csv_is_a_series(tmp_path, write):
    frame = pd.DataFrame({"id": range(30), "signal": list(map(write, SERIES)), "label": LABELS})
    frame.to_csv(tmp_path / "a.csv", index=False)
    splits = check(tmp_path / "a.csv", [row[:, :1] for row in SERIES])
    assert any("each cell of 'signal' holds a series" in note for note in splits.notes)
    frame.drop(columns="label").to_csv(tmp_path / "b.csv", index=False)
    again = series_inputs(Source(str(tmp_path / "b.csv"), trained_on=splits.columns), SeriesOptions())
    np.testing.assert_allclose(again.values[7], SERIES[7][:, :1])


def test_what_numpy_left_out_is_refused(tmp_path):
    rows = [str(np.arange(2_000) + n) for n in range(6)]
    pd.DataFrame({"signal": rows, "label": LABELS[:6]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=r"numpy wrote \.\.\. for numbers"):
        load_series_splits(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "write",
    [
        lambda row: {"x": row[:, 0].tolist(), "y": row[:, 1].tolist()},
        lambda row: [{"t": float(step), "x": x, "y": y} for step, (x, y) in enumerate(row.tolist())],
    ],
)
def test_objects_of_lists_and_lists_of_objects_are_channels(tmp_path, write):
    rows = [json.dumps({"readings": write(row), "label": label}) for row, label in zip(SERIES, LABELS, strict=True)]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    check(tmp_path / "a.jsonl", SERIES)


def test_a_value_a_line_with_the_name_of_its_channel_is_what_pandas_pivots(tmp_path):
    rows = [
        (n, step, name, row[step, channel], LABELS[n])
        for n, row in enumerate(SERIES)
        for step in range(len(row))
        for channel, name in enumerate(("hr", "bp"))
        if (n, step, name) != (0, 3, "bp")
    ]
    frame = pd.DataFrame(rows, columns=["id", "time", "variable", "value", "label"])
    frame.sample(frac=1, random_state=0).to_csv(tmp_path / "a.csv", index=False)
    splits = load_series_splits(tmp_path / "a.csv", whole=True)
    order = [n for n in pd.read_csv(tmp_path / "a.csv").id.drop_duplicates()]
    for found, n in zip(series_arrays(splits.train), order, strict=True):
        pivoted = frame[frame.id == n].pivot(index="time", columns="variable", values="value")
        np.testing.assert_allclose(found, pivoted[splits.channels].to_numpy())
    assert set(splits.channels) == {"hr", "bp"}
    assert any("'variable' names the channel of each 'value'" in note for note in splits.notes)
    options = SeriesOptions(channels=",".join(reversed(splits.channels)))  # as a saved model names them
    for found, row in zip(series_inputs(Source(str(tmp_path / "a.csv")), options).values, splits.train, strict=True):
        np.testing.assert_allclose(found[:, ::-1], np.array(row["series"]))


def test_true_and_false_beside_a_label_are_a_channel_and_else_the_label(tmp_path):
    rows = [(n, step, n * step % 7, (n + step) % 3 == 0, LABELS[n]) for n in range(30) for step in range(6)]
    frame = pd.DataFrame(rows, columns=["id", "time", "x", "open", "label"])
    frame.to_csv(tmp_path / "a.csv", index=False)
    splits = load_series_splits(tmp_path / "a.csv", whole=True)
    assert splits.channels == ["x", "open"]
    np.testing.assert_array_equal(series_arrays(splits.train)[1][:, 1], frame[frame.id == 1].open.to_numpy(float))
    tags = load_series_splits(write_without(frame, tmp_path / "b.csv"), per_step=True, whole=True)
    assert (tags.channels, tags.label_names) == (["x"], ["False", "True"])


def write_without(frame, path):
    frame.drop(columns="label").to_csv(path, index=False)
    return path


@pytest.mark.parametrize("kind", [pa.list_(pa.float32(), 6), pa.large_list(pa.float64())])
def test_lists_of_one_length_and_large_ones_are_series(tmp_path, kind):
    rows = np.arange(180, dtype=float).reshape(30, 6)
    pq.write_table(pa.table({"signal": pa.array(rows.tolist(), kind), "label": LABELS}), tmp_path / "a.parquet")
    check(tmp_path / "a.parquet", rows[:, :, None], series_column="signal")


def test_a_row_a_channel_is_refused_where_its_columns_would_be_channels(tmp_path):
    rows = [(n, name, *DRAW.normal(size=5), LABELS[n]) for n in range(30) for name in ("x", "y")]
    names = ["id", "channel", *(f"t{step}" for step in range(5)), "label"]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=r"'channel' names the rows of each series \(x, y\).*--channels t0,t1,t2"):
        load_series_splits(tmp_path / "a.csv")
    assert load_series_splits(tmp_path / "a.csv", channels="t0,t1").channels == ["t0", "t1"]
