# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models that read numbers, every family and head: padding never changes a result, wrong inputs are refused."""

import numpy as np
import pytest
import torch

from hf_seq import (
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    SeriesFeatureExtractor,
    TransformerEncoderForSequenceClassification,
    TransformerEncoderForTokenClassification,
)

from .factories import FEATURES, LAYOUTS, gradients, make_batch, make_config, make_sequences, name_of, perturb

EXACT = {"atol": 1e-5, "rtol": 1e-5}
RECURRENT = {"cell_type": "lstm", "bidirectional": True}
FAMILIES = [
    RECURRENT,
    {"cell_type": "gru", "bidirectional": False},
    {"position_embedding": "rotary"},
    {"position_embedding": "learned"},
]
TAGGERS = [settings | crf for settings in FAMILIES for crf in ({"use_crf": True}, {"use_crf": False})]


def make_tagger(**settings):
    config = make_config(**settings, num_features=FEATURES)
    head = RecurrentForTokenClassification if "cell_type" in settings else TransformerEncoderForTokenClassification
    return perturb(head(config)).eval()


def make_classifier(**settings):
    config = make_config(**settings, num_features=FEATURES)
    head = (
        RecurrentForSequenceClassification if "cell_type" in settings else TransformerEncoderForSequenceClassification
    )
    return perturb(head(config)).eval()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_tags_of_numbers_do_not_depend_on_padding(settings, layout):
    model, sequences = make_tagger(**settings), make_sequences("input_values")
    batch = make_batch("input_values", sequences, layout)
    batch["input_values"][batch["attention_mask"] == 0] = torch.nan  # as logs of sensors are often padded
    with torch.no_grad():
        together = model(**batch)
        for row, sequence in enumerate(sequences):
            alone = model(input_values=sequence.unsqueeze(0))
            real = batch["attention_mask"][row].bool()
            torch.testing.assert_close(together.logits[row][real], alone.logits[0], **EXACT)
            if settings["use_crf"]:
                assert together.best_path[row][real].tolist() == alone.best_path[0].tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", TAGGERS, ids=name_of)
def test_the_loss_of_tags_and_its_gradients_do_not_depend_on_padding(settings, layout):
    model, sequences = make_tagger(**settings), make_sequences("input_values")
    labels = [torch.arange(len(sequence)) % 3 for sequence in sequences]
    losses = [
        model(input_values=sequence.unsqueeze(0), labels=each.unsqueeze(0), num_items_in_batch=1).loss
        for sequence, each in zip(sequences, labels, strict=True)
    ]
    expected = gradients(model, torch.stack(losses).sum())
    batch = make_batch("input_values", sequences, layout)
    spread = torch.full(batch["attention_mask"].shape, -100)
    for row, each in enumerate(labels):
        spread[row, batch["attention_mask"][row].bool()] = each
    loss = model(**batch, labels=spread, num_items_in_batch=1).loss
    torch.testing.assert_close(loss, torch.stack(losses).sum(), **EXACT)
    for name, gradient in gradients(model, loss).items():
        torch.testing.assert_close(gradient, expected[name], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
def test_what_the_feature_extractor_pads_is_scored_as_if_alone(settings, side):
    model = make_classifier(**settings)
    series = [sequence.numpy().astype(np.float64) * [1, 100, 0.01] + 7 for sequence in make_sequences("input_values")]
    series[1][2, 0] = np.nan
    extractor = SeriesFeatureExtractor(feature_size=FEATURES, padding_side=side, padding_value=1e6).fit(series)
    with torch.no_grad():
        together = model(**extractor(series, return_tensors="pt", pad_to_multiple_of=5)).logits
        alone = torch.cat([model(**extractor(row, return_tensors="pt")).logits for row in series])
    torch.testing.assert_close(together, alone, **EXACT)
    assert alone.std(0).min() > 1e-2


WRONG = {
    "text": (
        {"input_ids": torch.ones(2, 3, dtype=torch.long)},
        r"reads num_features=3 numbers a step; give input_values",
    ),
    "wrong number of channels": ({"input_values": torch.zeros(2, 4, 5)}, r"5 features a step, but .*num_features=3"),
    "one channel": ({"input_values": torch.zeros(2, 4)}, r"input_values has shape \(2, 4\); it must be"),
    "empty": ({"input_values": torch.zeros(2, 0, 3)}, "no step at all"),
    "nothing": ({}, "give exactly one of"),
    "a mask of another length": (
        {"input_values": torch.zeros(2, 4, 3), "attention_mask": torch.ones(2, 5)},
        r"attention_mask has shape \(2, 5\)",
    ),
}


@pytest.mark.parametrize("head", [make_classifier, make_tagger], ids=["label", "tags"])
@pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
@pytest.mark.parametrize("name", WRONG)
def test_wrong_inputs_are_refused_by_every_family_and_head(name, settings, head):
    inputs, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        head(**settings)(**inputs)


@pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
def test_series_for_a_tagger_of_text_are_refused(settings):
    head = RecurrentForTokenClassification if "cell_type" in settings else TransformerEncoderForTokenClassification
    with pytest.raises(ValueError, match="this model reads tokens, but got input_values"):
        head(make_config(**settings))(input_values=torch.zeros(2, 4, 3))
