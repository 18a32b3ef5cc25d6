# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The feature extractor of series: standardised by train, missing values by the stated policy, padding and its mask."""

import json

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler
from transformers import AutoFeatureExtractor

from hf_seq import SeriesFeatureExtractor
from hf_seq.runtime.runtime_series import scale

NAN = float("nan")


def make_series(lengths=(4, 1, 7), channels=3, seed=0):
    draw = np.random.default_rng(seed)
    return [draw.normal(loc=5, scale=[1, 10, 100][:channels], size=(length, channels)) for length in lengths]


def test_mean_and_deviation_are_those_of_scikit_learn_over_all_steps_missing_values_left_out():
    series = make_series((40, 9, 25))
    series[0][3, 1] = series[2][24, 0] = NAN
    extractor = SeriesFeatureExtractor(feature_size=3).fit(series)
    scaler = StandardScaler().fit(np.concatenate(series))
    np.testing.assert_allclose(extractor.mean, scaler.mean_, rtol=1e-12)
    np.testing.assert_allclose(extractor.std, scaler.scale_, rtol=1e-12)
    other = make_series((6,), seed=1)[0]
    np.testing.assert_allclose(extractor(other)["input_values"][0], scaler.transform(other), atol=1e-5)


def test_large_numbers_that_differ_little_keep_their_differences():
    times = 1.7e9 + np.arange(10.0)[:, None]
    values = SeriesFeatureExtractor().fit([times])(times)["input_values"][0]
    np.testing.assert_allclose(values[:, 0], (np.arange(10) - 4.5) / np.arange(10).std(), rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 7.0, 1e-12, 0.1])
def test_a_constant_channel_becomes_zero_not_noise(value):
    series = [np.full((9, 1), value, dtype=np.float32) for _ in range(3)]
    extractor = SeriesFeatureExtractor().fit(series)
    assert extractor.std == [1.0]
    np.testing.assert_allclose(extractor(series[0])["input_values"], 0.0, atol=1e-7)


@pytest.mark.parametrize("side", ["right", "left"])
def test_padding_stands_on_the_side_asked_for_and_the_mask_says_so(side):
    series = make_series()
    extractor = SeriesFeatureExtractor(feature_size=3, padding_side=side, padding_value=-9.0).fit(series)
    batch = extractor(series, return_tensors="pt", pad_to_multiple_of=4)
    assert batch["input_values"].shape == (3, 8, 3)
    assert batch["input_values"].dtype == torch.float32
    assert batch["attention_mask"].sum(1).tolist() == [4, 1, 7]
    for row, values, mask in zip(series, batch["input_values"], batch["attention_mask"], strict=True):
        real = mask.bool()
        alone = extractor(row)["input_values"][0]
        np.testing.assert_array_equal(values[real], alone)
        assert (values[~real] == -9.0).all()
        assert real[: len(row)].all() if side == "right" else real[-len(row) :].all()


def test_the_library_pads_rows_to_the_same_arrays():
    from transformers.feature_extraction_sequence_utils import SequenceFeatureExtractor

    series = make_series()
    extractor = SeriesFeatureExtractor(feature_size=3, padding_side="left").fit(series)
    rows = [{"input_values": row} for row in extractor.standardize(series)]
    ours = extractor.pad(rows, padding="max_length", max_length=10, return_tensors="np")
    theirs = SequenceFeatureExtractor.pad(extractor, rows, padding="max_length", max_length=10, return_tensors="np")
    np.testing.assert_array_equal(ours["input_values"], theirs["input_values"])
    np.testing.assert_array_equal(ours["attention_mask"], theirs["attention_mask"])


def test_missing_values_take_the_mean_or_the_last_value_of_their_own_series():
    first, second = [[1.0, 4.0], [None, 6.0], [3.0, NAN]], [[NAN, 0.0], [5.0, NAN]]
    settings = {"feature_size": 2, "mean": [2.0, 4.0], "std": [1.0, 2.0]}
    by_mean = SeriesFeatureExtractor(**settings)([first, second], padding=False)["input_values"]
    assert by_mean[0].tolist() == [[-1, 0], [0, 1], [1, 0]]
    assert by_mean[1].tolist() == [[0, -2], [3, 0]]
    forward = SeriesFeatureExtractor(**settings, missing="forward")([first, second], padding=False)["input_values"]
    assert forward[0].tolist() == [[-1, 0], [-1, 1], [1, 1]]
    assert forward[1].tolist() == [[0, -2], [3, -2]]  # nothing is carried over from the series before


def test_missing_values_fade_to_the_mean_as_fast_as_the_channel_does():
    first, second = [[4.0, 4.0], [None, 8.0], [None, NAN]], [[NAN, 0.0], [6.0, NAN]]
    settings = {"feature_size": 2, "mean": [2.0, 4.0], "std": [1.0, 2.0], "missing": "decay"}
    extractor = SeriesFeatureExtractor(**settings, persistence=[0.5, 0.25])
    faded = extractor([first, second], padding=False)["input_values"]
    assert faded[0].tolist() == [[2, 0], [1, 2], [0.5, 0.5]]
    assert faded[1].tolist() == [[0, -2], [4, -0.5]]  # nothing fades over from the series before
    facts = extractor.to_dict()
    for series, ours in zip((first, second), faded, strict=True):
        exported = scale(np.array(series, dtype=np.float64), facts, 0)
        np.testing.assert_allclose(exported, ours)


def test_how_fast_a_channel_fades_is_its_autocorrelation_in_train():
    draw = np.random.default_rng(0)
    series = []
    for _ in range(40):
        steps = np.zeros((60, 2))
        for step in range(1, 60):
            steps[step] = steps[step - 1] * [0.8, 0.0] + draw.normal(size=2)
        steps[draw.random(steps.shape) < 0.2] = NAN
        series.append(steps + 3)
    extractor = SeriesFeatureExtractor(feature_size=2, missing="decay").fit(series)
    assert extractor.persistence == pytest.approx([0.8, 0.0], abs=0.05)
    assert SeriesFeatureExtractor(feature_size=2).fit(series).persistence is None
    again = SeriesFeatureExtractor.from_dict(extractor.to_dict())
    np.testing.assert_array_equal(again(series[0])["input_values"], extractor(series[0])["input_values"])


def test_without_standardising_a_missing_value_is_the_mean_itself():
    extractor = SeriesFeatureExtractor(feature_size=1, do_normalize=False).fit([[2.0, 4.0]])
    assert extractor([NAN, 7.0])["input_values"].tolist() == [[[3.0], [7.0]]]


def test_indicators_say_where_a_value_was_missing():
    extractor = SeriesFeatureExtractor(feature_size=2, missing_indicator=True)
    assert extractor.num_features == 4
    values = extractor([[1.0, NAN], [2.0, 3.0]])["input_values"][0]
    assert values.tolist() == [[1, 0, 0, 1], [2, 3, 0, 0]]


def test_a_missing_value_is_refused_by_its_place_where_the_policy_says_error():
    extractor = SeriesFeatureExtractor(feature_size=3, missing="error")
    series = make_series()
    series[2][5, 1] = NAN
    with pytest.raises(ValueError, match=r"series 2 has no value at step 5, channel 1 .*missing='mean'"):
        extractor(series)


@pytest.mark.parametrize(("side", "kept"), [("right", [0, 1, 2]), ("left", [4, 5, 6])])
def test_long_series_are_cut_at_the_end_asked_for(side, kept):
    extractor = SeriesFeatureExtractor(max_length=3, truncation_side=side)
    assert extractor([float(step) for step in range(7)])["input_values"][0, :, 0].tolist() == kept
    assert extractor([float(step) for step in range(7)], truncation=False)["input_values"].shape[1] == 7


@pytest.mark.parametrize("length", [1, 3, 4, 5, 6, 11])
@pytest.mark.parametrize("stride", [None, 1, 3])
def test_windows_reach_every_step_and_name_their_series(length, stride):
    extractor = SeriesFeatureExtractor(window_length=4, window_stride=stride)
    series = [[float(step) for step in range(length)], [100.0, 101.0]]
    found = extractor([np.array(row)[:, None] for row in series], padding=False)
    steps = [values[:, 0].tolist() for values in found["input_values"]]
    mine = [row for row, index in zip(steps, found["series_index"], strict=True) if index == 0]
    assert {step for row in mine for step in row} == set(series[0])
    assert all(len(row) == min(4, length) for row in mine)
    assert steps[-1] == series[1]


def test_one_series_may_be_an_array_a_tensor_or_lists_with_or_without_a_batch_around_it():
    series = make_series((4,))[0].astype(np.float32)
    extractor = SeriesFeatureExtractor(feature_size=3)
    expected = extractor(series)["input_values"]
    for given in (series.tolist(), torch.tensor(series), [series], series[None], [torch.tensor(series)]):
        np.testing.assert_array_equal(extractor(given)["input_values"], expected)


BAD = {
    "text": ("some text", r"got the text 'some text', but this model reads series of numbers"),
    "texts": (["some text", "more"], r"series 0 holds .*some text.*not a number"),
    "words for numbers": ([[[1.0, "x", 2.0]]], "not a number"),
    "numbers written as text": ([[["1.0", "2", "3"]]], "not a number"),
    "wrong channels": ([[[1.0, 2.0, 3.0]], [[1.0, 2.0]]], "series 1 has 2 channels a step, but 3 are expected"),
    "ragged": ([[1.0, 2.0, 3.0], [1.0, 2.0]], "ragged: step 0 has 3 channels, step 1 has 2"),
    "no steps": (np.zeros((0, 3)), "series 0 is empty"),
    "no steps in one": ([np.zeros((2, 3)), np.zeros((0, 3))], "series 1 is empty"),
    "nothing": ([], "series 0 is empty"),
    "no channels": (np.zeros((2, 0)), r"shape \(2, 0\)"),
    "too deep": (np.zeros((1, 1, 2, 3)), r"shape .*must be"),
    "infinite": ([[1.0, float("inf"), 3.0]], "infinite at step 0, channel 1"),
    "one number": (3.0, r"shape \(\); it must be"),
    "a table": ({"a": 1}, "not a number|cannot be read|must be"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_series_are_refused_with_what_was_seen(name):
    given, message = BAD[name]
    with pytest.raises(ValueError, match=message):
        SeriesFeatureExtractor(feature_size=3)(given)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"feature_size": 0}, "feature_size=0 must be 1 or more"),
        ({"missing": "median"}, "missing='median' is none of mean, forward, decay, error"),
        ({"padding_side": "up"}, "padding_side='up'"),
        ({"mean": [1.0, 2.0]}, "mean has 2 entries for feature_size=1"),
        ({"std": [0.0]}, "must be above 0"),
        ({"window_length": 9, "max_length": 5}, "window_length=9 is above max_length=5"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        SeriesFeatureExtractor(**settings)


def test_saved_settings_come_back_through_the_auto_class(tmp_path):
    extractor = SeriesFeatureExtractor(feature_size=3, missing="forward", missing_indicator=True, max_length=9)
    extractor.fit(make_series()).save_pretrained(tmp_path)
    again = AutoFeatureExtractor.from_pretrained(tmp_path)
    assert type(again) is SeriesFeatureExtractor
    assert again.to_dict() == extractor.to_dict()
    saved = json.loads((tmp_path / "preprocessor_config.json").read_text())
    assert saved["auto_map"] == {"AutoFeatureExtractor": "feature_extraction_series.SeriesFeatureExtractor"}
