# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Long series get a front that shortens them, which is said; whoever says how gets that; taggers get none."""

import numpy as np
import pytest
from datasets import Dataset

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.architectures import build_model
from hf_seq.tasks.registry import task_named
from hf_seq.tasks.series.encoding import longest_read, shortening
from hf_seq.train.parsing import parse_recipe


def made(longest, *flags, task="series", **settings):
    """A model for series of so many steps, and what is said of it."""
    recipe, _ = parse_recipe(["--task", task, "--data", "builtin:waves", *flags])
    chosen = task_named(task)
    processor = SeriesFeatureExtractor(feature_size=2, **settings).fit([np.eye(2).repeat(longest // 2, 0)])
    architecture = chosen.models.architectures[recipe.model]
    fields = chosen.encoding.configuration(recipe, architecture, processor)
    suffix = chosen.models.auto_class_suffix
    model = build_model(recipe.model, architecture, suffix, overrides=recipe.model_overrides, **fields)
    return model, chosen.encoding.start_weights(model, processor, recipe, [])


@pytest.mark.parametrize(
    ("longest", "stride", "layers"), [(320, 1, 0), (322, 4, 1), (1024, 2, 3), (1344, 4, 2), (20_000, 4, 4)]
)
def test_long_series_are_read_as_64_to_128_steps(longest, stride, layers):
    fields = shortening(longest)
    assert (fields.get("front_stride", 1), fields.get("front_layers", 0)) == (stride, layers)
    if layers:
        assert 64 <= -(-longest // stride**layers) <= 128


@pytest.mark.parametrize("model", ["lstm", "bilstm-attention", "conv", "conv-lstm", "transformer"])
def test_every_model_of_series_is_shortened_and_says_so(model):
    built, notes = made(1344, "--model", model)
    assert built.config.front == "conv"
    assert notes == [
        "series of up to 1,344 steps are read as 84, by 2 convolutions of stride 4 in front (--front none reads every "
        "step)"
    ]


def test_what_is_cut_or_read_in_windows_counts_as_long_as_it_is_read():
    assert made(1344, max_length=200)[0].config.front == "none"
    assert made(1344, window_length=400)[0].config.front_stride == 4
    assert "by a convolution of stride 4 in front" in made(1344, window_length=400)[1][0]
    extractor = SeriesFeatureExtractor(feature_size=2)
    assert longest_read(extractor) == 0  # one that was saved before it kept the length


def test_who_says_how_gets_that():
    assert made(1344, "--front", "none")[0].config.front == "none"
    asked, notes = made(50, "--front_stride", "3", "--model", "bilstm")
    assert (asked.config.front, asked.config.front_stride, asked.config.front_layers) == ("conv", 3, 2)
    assert notes == []
    assert made(1344, task="series-tagging")[0].config.front == "none"


@pytest.mark.parametrize(
    ("task", "flags", "has"),
    [("series", [], True), ("series", ["--statistics", "false"], False), ("audio", [], True)],
)
def test_statistics_stand_beside_convolutions_unless_somebody_says_no(task, flags, has):
    recipe, _ = parse_recipe(["--task", task, "--data", "builtin:waves", *flags])
    architecture = task_named(task).models.architectures[recipe.model]
    fields = {"num_features": 2, "num_labels": 3, "overrides": recipe.model_overrides}
    model = build_model(recipe.model, architecture, "ForSequenceClassification", **fields)
    assert hasattr(model, "wide") == model.config.statistics == has


@pytest.mark.parametrize(
    ("rows", "flags", "narrow"),
    [(999, [], True), (1000, [], False), (999, ["--hidden_size", "64"], False), (999, ["--model", "conv"], False)],
)
def test_few_rows_get_half_the_width_unless_somebody_says_how_wide(rows, flags, narrow):
    recipe, _ = parse_recipe(["--task", "series", "--data", "builtin:waves", *flags])
    some = Dataset.from_dict({"label": [0, 1] * (rows // 2) + [0] * (rows % 2)})
    splits = Splits(some, some, some, ["a", "b"], "single_label_classification", "made", "", "test")
    fields = task_named("series").training.head_fields(recipe, splits)
    assert (fields.get("hidden_size"), fields.get("recurrent_size")) == ((128, 64) if narrow else (None, None))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--front", "none", "--front_layers", "2"], "front_layers=2 shapes a front, and front=none has none"),
        (["--front_stride", "0"], "front_stride=0 must be 1 or more"),
        (["--task", "series-tagging", "--front_stride", "2"], "a tagger labels all; use front_stride=1"),
        (["--model", "conv", "--block", "inception", "--hidden_size", "30"], "use hidden_size=32"),
        (["--model", "lstm", "--block", "fcn"], "block=fcn does not apply to model lstm"),
    ],
)
def test_what_cannot_be_is_refused_in_words(flags, message):
    task = "series-tagging" if "series-tagging" in flags else "series"
    with pytest.raises(InputError, match=message):
        made(50, *flags, task=task)
