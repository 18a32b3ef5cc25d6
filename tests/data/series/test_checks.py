# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Each thing that can be wrong with series, planted once, is found; good series are left in peace."""

import numpy as np
import pytest

from hf_seq.data import check_series, load_series_splits
from hf_seq.data.series.batches import SeriesCollator, encode_series
from hf_seq.data.series.loading import series_arrays
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor


def write(folder, *, rows=360, change=None, labels=None, test=True):
    """`train.npz`, `validation.npz` and `test.npz` of 120 rows each, after `change(split, series)`."""
    for number, split in enumerate(("train", "validation", "test")):
        draw = np.random.default_rng(number)
        series = [draw.normal(size=(5 + row % 4, 3)) for row in range(rows // 3)]
        if change is not None:
            series = change(split, series)
        given = [row % 2 for row in range(rows // 3)] if labels is None else labels(split)
        lengths = [len(row) for row in series]
        np.savez(folder / f"{split}.npz", series=np.concatenate(series), lengths=lengths, labels=given)
    return folder


def found(folder, **options):
    report = check_series(load_series_splits(folder, strict=False), **options)
    return {finding.code: finding for finding in [*report.errors, *report.warnings]}, report


def test_good_series_are_left_in_peace(tmp_path):
    findings, report = found(write(tmp_path))
    assert not findings
    assert report.facts[1] == "steps: 5 to 8, median 6; channels: 3"


def set_all(value, channel, only=None):
    def change(split, series):
        for row in series if only in (None, split) else ():
            row[:, channel] = value(row[:, channel]) if callable(value) else value
        return series

    return change


def first_row(value):
    def change(split, series):
        series[4][:] = value
        return series

    return change


def long_one(split, series):
    return [np.zeros((200, 3)), *series[1:]] if split == "train" else series


def same_as_train(split, series):
    twin = np.random.default_rng(0).normal(size=(5, 3))  # the first row of train
    return series if split == "train" else [twin, *series[1:]]


PLANTED = {
    "channel-constant": (set_all(7.0, 1), "channel 1"),
    "channel-empty": (set_all(np.nan, 2), "channel 2"),
    "values-missing": (set_all(lambda v: np.where(np.arange(len(v)) < 2, np.nan, v), 0), "most in channel 0: train 3"),
    "series-infinite": (first_row(np.inf), r"3 series with infinite.*train row 5"),
    "series-without-values": (first_row(np.nan), "3 series have no value at all"),
    "lengths-differ": (long_one, "5 to 200 steps"),
    "scales-differ": (set_all(lambda v: v * 1e5, 2), "channel 2 varies"),
    "scale-shifted": (set_all(lambda v: v + 100, 0, only="test"), "test is on another scale than train in channel 0"),
    "overlap": (same_as_train, "1 of 120 test series (0.8%) is in train too"),
}


@pytest.mark.parametrize("code", PLANTED)
def test_what_is_planted_is_found(tmp_path, code):
    change, message = PLANTED[code]
    findings, _ = found(write(tmp_path, change=change))
    assert message.split(".*")[0] in str(findings[code])


def test_balance_and_a_class_without_test_rows_are_found(tmp_path):
    labels = lambda split: [int(row < 4 and split == "train") for row in range(120)]  # noqa: E731
    findings, _ = found(write(tmp_path, labels=labels))
    assert {"imbalance", "class-small", "class-untested"} <= set(findings)


def test_series_beyond_max_length_are_counted(tmp_path):
    findings, _ = found(write(tmp_path), max_length=6)
    assert "180 of 360 series are longer than max_length=6" in str(findings["truncated"])


def test_tags_are_counted_step_by_step():
    splits = load_series_splits("builtin:waves", per_step=True)
    report = check_series(splits)
    assert not report.errors
    assert {warning.code for warning in report.warnings} == {"values-missing"}


def test_collated_rows_are_what_the_feature_extractor_gives():
    rows = series_arrays(load_series_splits("builtin:waves").test.select(range(7)))
    for side in ("right", "left"):
        extractor = SeriesFeatureExtractor(feature_size=3, padding_side=side, missing_indicator=True).fit(rows)
        encoded = encode_series(rows, extractor)
        batch = SeriesCollator(extractor)([{"input_values": v, "labels": n} for n, v in enumerate(encoded.values)])
        expected = extractor(rows, return_tensors="pt")
        assert (batch["input_values"] == expected["input_values"]).all()
        assert (batch["attention_mask"] == expected["attention_mask"]).all()
        assert batch["labels"].tolist() == list(range(7))


def test_labels_of_steps_stand_where_the_steps_stand():
    extractor = SeriesFeatureExtractor(feature_size=1, padding_side="left")
    rows = [{"input_values": np.ones((n, 1), dtype=np.float32), "labels": [n] * n} for n in (2, 3)]
    batch = SeriesCollator(extractor, "token_classification")(rows)
    assert batch["labels"].tolist() == [[-100, 2, 2], [3, 3, 3]]


@pytest.mark.parametrize(("side", "starts"), [("right", [0, 2, 4]), ("left", [2, 4, 6])])
def test_windows_of_a_cut_series_know_where_they_begin(side, starts):
    extractor = SeriesFeatureExtractor(max_length=8, window_length=4, truncation_side=side)
    series = np.arange(10.0)[:, None]
    encoded = encode_series([series, series[:3]], extractor)
    assert encoded.starts == [*starts, 0]
    assert encoded.owners == [0, 0, 0, 1]
    assert encoded.truncated == [True, False]
    for start, owner, values in zip(encoded.starts, encoded.owners, encoded.values, strict=True):
        assert values[0, 0] == (start if owner == 0 else 0)
