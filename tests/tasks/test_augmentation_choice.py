# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Validation chooses how train series are changed, and only where it can tell; the model is left as it was."""

import numpy as np
import pytest
import torch

from hf_seq import ConvolutionalConfig, ConvolutionalForSequenceClassification
from hf_seq.data import EncodedDataset
from hf_seq.data.series.augmentation import AUGMENTATIONS, AugmentedSeries
from hf_seq.data.series.batches import SeriesCollator
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.series import augmentation_choice
from hf_seq.tasks.series.augmentation_choice import CANDIDATES, choose_augmentation
from hf_seq.train.parsing import parse_recipe

COLLATOR = SeriesCollator(SeriesFeatureExtractor())


def rows(kind, count):
    """Series about 0 or about 1, which is the label."""
    draw = np.random.default_rng(0)
    values = [draw.normal(size=(6, 2)).astype(np.float32) + place % 2 for place in range(count)]
    labels = [place % 2 for place in range(count)]
    return AugmentedSeries(values, labels, []) if kind == "train" else EncodedDataset(values, labels, "input_values")


@pytest.mark.parametrize(("gain", "chosen"), [(0.5, CANDIDATES[2]), (0.01, ())])
def test_what_is_better_by_more_than_chance_is_taken(monkeypatch, gain, chosen):
    """The losses of forty rows differ by noise of deviation 0.2, so that their mean is known to 0.03."""
    noise = np.random.default_rng(1).normal(0, 0.2, 40)
    noise -= noise.mean()
    train = rows("train", 8)
    planted = iter([np.ones(40), np.ones(40), 1 - gain + noise, np.ones(40), np.ones(40)])
    monkeypatch.setattr(augmentation_choice, "_losses_after", lambda *given: next(planted))
    note = choose_augmentation(torch.nn.Linear(1, 1), train, rows("validation", 40), COLLATOR)
    assert train.ways == [AUGMENTATIONS[name] for name in chosen]
    assert f"augmentation: {' '.join(chosen) or 'none'}, chosen by the loss on 40 validation rows" in note
    assert f"time_warp window_slice {1 - gain:.3f}" in note


def test_short_trainings_learn_and_leave_model_and_random_numbers_alone(monkeypatch):
    monkeypatch.setattr(augmentation_choice, "UPDATES", 15)
    torch.manual_seed(0)
    config = ConvolutionalConfig(num_features=2, num_labels=2, hidden_size=8, embedding_size=4)
    config.problem_type = "single_label_classification"
    model = ConvolutionalForSequenceClassification(config)
    before, state = {name: each.clone() for name, each in model.state_dict().items()}, torch.get_rng_state()
    notes = [choose_augmentation(model, rows("train", 24), rows("validation", 12), COLLATOR) for _ in range(2)]
    assert notes[0] == notes[1]
    plain = float(notes[0].partition("(none ")[2].partition(",")[0])
    assert plain < np.log(2) - 0.1  # better than a coin
    assert all(torch.equal(each, before[name]) for name, each in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("task", "flags", "message"),
    [
        ("series", ["auto", "jitter"], "auto chooses the ways itself; leave out the others"),
        ("series-tagging", ["auto"], "'auto' is none of jitter, scaling, time_mask, channel_mask"),
        ("series", ["louder"], "'louder' is none of jitter.*, auto"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words(task, flags, message):
    with pytest.raises(InputError, match=message):
        parse_recipe(["--task", task, "--data", "builtin:waves", "--augmentation", *flags])
