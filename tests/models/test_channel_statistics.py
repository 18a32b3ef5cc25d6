# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Statistics of channels inside a model are those of the baseline, wherever padding stands."""

import numpy as np
import pytest
import torch

from hf_seq import ConvolutionalConfig, ConvolutionalForSequenceClassification
from hf_seq.baselines.series import statistics
from hf_seq.models.padding import find_padding

LENGTHS = (1, 2, 9, 5)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = ConvolutionalConfig(
        num_features=3, num_labels=4, hidden_size=8, embedding_size=6, recurrent_size=4, statistics=True, deep_share=0.5
    )
    made = ConvolutionalForSequenceClassification(config).eval()
    draw = torch.Generator().manual_seed(1)
    for weights in made.wide.parameters():
        weights.data.copy_(torch.randn(weights.shape, generator=draw))
    return made


def padded(series, places):
    """Put each series at the given places of a batch, noise elsewhere."""
    width = max(map(max, places)) + 1
    values, mask = torch.full((len(series), width, 3), 7.0), torch.zeros(len(series), width, dtype=torch.long)
    for row, (steps, where) in enumerate(zip(series, places, strict=True)):
        values[row, where], mask[row, where] = torch.from_numpy(steps), 1
    return values, mask


def placed(kind):
    """Where the steps of each series stand: in front, behind, or with holes between them."""
    starts = {"right": range, "left": lambda n: range(12 - n, 12), "holes": lambda n: range(0, 2 * n, 2)}
    return [list(starts[kind](length)) for length in LENGTHS]


SERIES = [np.random.default_rng(length).normal(size=(length, 3)).astype(np.float32) for length in LENGTHS]


@pytest.mark.parametrize("kind", ["right", "left", "holes"])
def test_they_are_those_of_the_baseline(model, kind):
    values, mask = padded(SERIES, placed(kind))
    found = model.wide.summarise(values, find_padding(mask, values))
    np.testing.assert_allclose(found.numpy(), statistics(SERIES), atol=1e-5)


@pytest.mark.parametrize("kind", ["right", "left", "holes"])
def test_a_series_scores_the_same_alone_and_in_a_batch(model, kind):
    values, mask = padded(SERIES, placed(kind))
    together = model(input_values=values, attention_mask=mask).logits
    alone = torch.cat([model(input_values=torch.from_numpy(each)[None]).logits for each in SERIES])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_the_share_mixes_both_parts_and_training_sees_the_encoder_alone(model):
    values = torch.from_numpy(SERIES[2])[None]
    scores = {}
    for share in (0.0, 0.5, 1.0):
        model.config.deep_share = share
        scores[share] = model(input_values=values).logits
    torch.testing.assert_close(scores[0.0], model.wide(values))
    torch.testing.assert_close(scores[0.5], (scores[0.0] + scores[1.0]) / 2)
    model.config.deep_share = 0.0
    model.train()
    labels = torch.tensor([1])
    model(input_values=values, labels=labels).loss.backward()
    model.eval()
    assert model.classifier.weight.grad is not None
    assert model.wide.weight.grad is None
    model.config.deep_share = 0.5


def test_it_is_saved_and_divided_with_the_model(model, tmp_path):
    model.save_pretrained(tmp_path)
    loaded = ConvolutionalForSequenceClassification.from_pretrained(tmp_path)
    values = torch.from_numpy(SERIES[3])[None]
    before = model(input_values=values).logits
    torch.testing.assert_close(loaded(input_values=values).logits, before)
    loaded.divide_logits(2.0)
    torch.testing.assert_close(loaded(input_values=values).logits, before / 2)


def test_other_labels_leave_the_statistics_out_and_the_convolutions_answer(model, tmp_path):
    model.config.deep_share = 0.0
    model.save_pretrained(tmp_path)
    model.config.deep_share = 0.5
    load = ConvolutionalForSequenceClassification.from_pretrained
    assert load(tmp_path).config.deep_share == 0.0
    loaded = load(tmp_path, num_labels=3, ignore_mismatched_sizes=True)
    scores = torch.cat([loaded(input_values=torch.from_numpy(each)[None]).logits for each in SERIES])
    assert loaded.config.deep_share == 1.0
    assert scores.std(0).min() > 0


def test_statistics_of_tokens_are_refused():
    with pytest.raises(Exception, match="statistics=True summarises numbers"):
        ConvolutionalConfig(statistics=True)
