# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series that change each time: by how much, what stays, and what the command line refuses."""

import numpy as np
import pytest

from hf_seq.data.series.augmentation import AUGMENTATIONS, JITTER, SCALING, SLICE, AugmentedSeries
from hf_seq.errors import InputError
from hf_seq.tasks.series.recipe import SeriesRecipe
from hf_seq.train.parsing import parse_recipe

RISING = np.column_stack([np.arange(50.0), np.arange(50.0) * -2])
WIDE = np.tile(RISING, 10)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_series_keeps_its_shape_and_changes_each_time(name):
    series = WIDE if name == "channel_mask" else RISING
    rows = AugmentedSeries([series.astype(np.float32), np.ones((1, 2), dtype=np.float32)], [0, 1], [name], seed=3)
    first, second = rows[0], rows.__getitems__([0])[0]
    assert first["input_values"].shape == series.shape
    assert first["input_values"].dtype == np.float32
    assert first["labels"] == 0
    assert np.isfinite(rows[1]["input_values"]).all()  # one step alone
    assert not np.array_equal(first["input_values"], second["input_values"])
    again = AugmentedSeries([series.astype(np.float32)], [0], [name], seed=3)
    np.testing.assert_array_equal(again[0]["input_values"], first["input_values"])


def test_what_a_row_becomes_hangs_on_the_epoch_however_often_it_was_taken():
    series = [RISING.astype(np.float32)] * 3
    seen, fresh = (AugmentedSeries(series, [0, 1, 2], ["jitter"]) for _ in range(2))
    for epoch in range(3):  # in one process, every row once an epoch
        seen.begin_epoch(epoch, seed=1)
        taken = [seen[row]["input_values"] for row in range(3)]
    fresh.begin_epoch(2, seed=1)  # in a worker, or where a training goes on
    for row in (2, 0, 0):
        np.testing.assert_array_equal(fresh[row]["input_values"], taken[row])
    fresh.begin_epoch(2, seed=2)
    assert not np.array_equal(fresh[0]["input_values"], taken[0])
    fresh.begin_epoch(1, seed=1)
    assert not np.array_equal(fresh[0]["input_values"], taken[0])


def test_noise_and_factors_are_as_large_as_they_say():
    draw = np.random.default_rng(0)
    noise = AUGMENTATIONS["jitter"](np.zeros((5000, 2)), draw)
    assert noise.std() == pytest.approx(JITTER, rel=0.05)
    factors = [AUGMENTATIONS["scaling"](np.ones((3, 2)), draw)[0, 0] for _ in range(2000)]
    assert np.std(factors) == pytest.approx(SCALING, rel=0.1)
    scaled = AUGMENTATIONS["scaling"](RISING, draw)
    assert np.ptp(scaled[1:] / RISING[1:], axis=0) == pytest.approx([0, 0], abs=1e-9)  # one factor a channel


def test_a_warped_series_begins_and_ends_where_it_did_and_never_turns_back():
    warped = AUGMENTATIONS["time_warp"](RISING, np.random.default_rng(0))
    np.testing.assert_allclose(warped[[0, -1]], RISING[[0, -1]])
    assert (np.diff(warped[:, 0]) > 0).all()
    assert np.abs(warped[:, 0] - RISING[:, 0]).max() > 0.5
    np.testing.assert_allclose(warped[:, 1], warped[:, 0] * -2)  # all channels alike


def test_a_slice_is_nine_tenths_stretched():
    cut = AUGMENTATIONS["window_slice"](RISING, np.random.default_rng(0))
    assert cut[-1, 0] - cut[0, 0] == pytest.approx(SLICE * 49)
    np.testing.assert_allclose(np.diff(cut[:, 0]), SLICE)


def test_a_shifted_series_is_the_same_from_another_step_on():
    moved = {tuple(AUGMENTATIONS["time_shift"](RISING, np.random.default_rng(seed))[:, 0]) for seed in range(40)}
    starts = {np.flatnonzero(np.diff(each))[0] if each[0] == 0 else -int(each[0]) for each in moved}
    assert min(starts) == -5
    assert max(starts) == 5
    assert all(set(np.diff(each)) <= {0.0, 1.0} for each in moved)


def test_masks_hide_one_stretch_of_a_fifth_at_most_and_leave_the_rest():
    ones = np.ones((50, 40))
    for name, axis in (("time_mask", 0), ("channel_mask", 1)):
        hidden = [AUGMENTATIONS[name](ones, np.random.default_rng(seed)) == 0 for seed in range(60)]
        sizes = [each.all(axis=1 - axis).sum() for each in hidden]
        assert (min(sizes), max(sizes)) == (0, (10, 8)[axis])
        for each, size in zip(hidden, sizes, strict=True):
            places = np.flatnonzero(each.all(axis=1 - axis))
            assert each.sum() == size * each.shape[1 - axis]
            assert len(places) == 0 or np.ptp(places) == size - 1


def test_the_recipe_knows_the_ways_and_refuses_what_moves_tags():
    assert tuple(AUGMENTATIONS) == SeriesRecipe.AUGMENTATIONS
    flags = ["--task", "series", "--data", "builtin:waves", "--augmentation"]
    assert parse_recipe([*flags, "jitter", "time_warp"])[0].augmentation == ["jitter", "time_warp"]
    with pytest.raises(InputError, match="'noise' is none of jitter, scaling, time_warp, window_slice"):
        parse_recipe([*flags, "noise"])
    with pytest.raises(InputError, match="'time_warp' is none of jitter, scaling"):
        parse_recipe(["--task", "series-tagging", *flags[2:], "time_warp"])
