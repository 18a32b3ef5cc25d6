# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved model that is trained further reads channels where it knows them, and ignores no flag."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.registry import recipe_class
from hf_seq.train.saved_reading import check_places, check_read_as_saved


def series_recipe(**changes):
    return recipe_class("series")(data="builtin:waves", model="runs/mine", **changes)


def extractor(**changes):
    rows = [np.random.default_rng(0).normal(size=(6, 2))]
    return SeriesFeatureExtractor(feature_size=2, channel_names=["speed", "height"], **changes).fit(rows)


def splits(*channels):
    return SimpleNamespace(channels=list(channels))


@pytest.mark.parametrize(
    ("changes", "saved", "words"),
    [
        ({"missing": "decay"}, {}, "--missing decay: runs/mine was trained with mean and keeps it"),
        ({"max_length": 5}, {}, "--max_length 5: runs/mine was trained with None"),
        ({"window_length": 4}, {"window_length": 3}, "--window_length 4: .* with 3 .* train a model from scratch"),
        ({"missing_indicator": True}, {}, "--missing_indicator True"),
    ],
)
def test_a_flag_that_a_saved_model_would_ignore_is_refused(changes, saved, words):
    with pytest.raises(InputError, match=words):
        check_read_as_saved(extractor(**saved), series_recipe(**changes), splits("speed", "height"))


def test_what_a_saved_model_was_trained_with_may_be_said_again():
    saved = extractor(missing="decay", max_length=5)
    check_read_as_saved(saved, series_recipe(missing="decay", max_length=5), splits("speed", "height"))
    check_read_as_saved(saved, series_recipe(), splits("speed", "height"))


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        (("height", "speed"), "in this order, and the data have them as height, speed; say --channels speed,height"),
        (("height", "width"), "have them as height, width"),
        (("speed",), r"reads 2 channels \(speed, height\), and the data have 1 \(speed\). --channels names those"),
        (("speed", "height", "time gap"), "Say --time_gaps off"),
    ],
)
def test_channels_at_the_places_of_others_are_refused(channels, words):
    with pytest.raises(InputError, match=words):
        check_read_as_saved(extractor(), series_recipe(), splits(*channels))


@pytest.mark.parametrize("channels", [("speed", "height"), ("a", "b"), ("speed", "width"), ()])
def test_channels_of_other_names_may_take_the_places_of_known_ones(channels):
    check_read_as_saved(extractor(), series_recipe(), splits(*channels))


def test_what_is_known_ahead_is_needed_where_a_model_reads_it():
    forecasts = dataclasses.replace(recipe_class("forecasting")(data="a.csv"), model="runs/mine")
    saved = SimpleNamespace(
        feature_size=1, channel_names=["load"], known_names=["holiday"], context_length=48, patch_length=1
    )
    found = SimpleNamespace(channels=["load"], known=["holiday"])
    check_read_as_saved(saved, forecasts, found)
    with pytest.raises(
        InputError, match=r"reads 1 channels \(holiday\), and the data have 0 \(none\). --known_columns"
    ):
        check_read_as_saved(saved, forecasts, SimpleNamespace(channels=["load"], known=[]))
    with pytest.raises(InputError, match="--context_length 24: runs/mine was trained with 48"):
        check_read_as_saved(saved, dataclasses.replace(forecasts, context_length=24), found)


def test_a_tokenizer_reads_what_it_is_given():
    check_read_as_saved(SimpleNamespace(max_length=3), recipe_class("classification")(data="a.csv"), splits())


def test_a_gap_that_the_data_lack_is_asked_for():
    with pytest.raises(InputError, match="Say --time_gaps on"):
        check_places("runs/mine", "--channels", ["speed", "time gap"], ["speed"])
