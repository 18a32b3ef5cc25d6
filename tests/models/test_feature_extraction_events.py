# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From events to numbers, and models that embed them: values by hand, padding, what is refused."""

import numpy as np
import pytest
import torch

from hf_seq import ConvolutionalConfig, ConvolutionalForSequenceClassification, EventFeatureExtractor
from hf_seq.models.modeling_convolutional_tagging import ConvolutionalForTokenClassification
from hf_seq.models.modeling_recurrent import RecurrentForSequenceClassification
from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
from hf_seq.models.modeling_transformer_encoder import TransformerEncoderForSequenceClassification

from .factories import NO_DROPOUT, make_config, perturb

ROWS = [
    {"events": ["open", "buy", "steal"], "times": [0.0, 1.0, 8.0], "amount": [None, 2.0, 4.0]},
    {"events": ["buy"], "times": [5.0], "amount": [6.0]},
    {"events": ["open"] * 5, "times": [0, 0, 0, 3, 9], "amount": [1, 1, None, 2, 0]},
]
SETTINGS = {"vocabulary": ["open", "buy"], "value_names": ["amount"], "timed": "numbers"}


def make_extractor(**changes):
    return EventFeatureExtractor(**{**SETTINGS, **changes}).fit(ROWS)


def test_numbers_are_as_computed_by_hand():
    extractor = make_extractor(missing_indicator=True)
    gaps = np.log1p([0, 1, 7, 0, 0, 0, 0, 3, 6])
    amounts = np.array([2, 4, 6, 1, 1, 2, 0])
    read = extractor(ROWS[0])["input_values"][0]
    np.testing.assert_allclose(read[:, 0], [1, 2, 0])
    np.testing.assert_allclose(read[:, 1], (np.log1p([0, 1, 7]) - gaps.mean()) / gaps.std(), atol=1e-6)
    expected = (np.array([2, 4]) - amounts.mean()) / amounts.std()
    np.testing.assert_allclose(read[:, 2], [0, *expected], atol=1e-6)
    assert read[:, 3].tolist() == [1, 0, 0]


def test_dates_are_read_as_seconds_and_as_often_as_written():
    extractor = EventFeatureExtractor(vocabulary=["a"], timed="dates", do_normalize=False)
    dates = ["2026-03-01T12:00:00", "2026-03-01T12:00:30"]
    for times in (dates, np.array(dates, dtype="datetime64[s]"), [100.0, 130.0]):
        read = extractor({"events": ["a", "a"], "times": times})["input_values"]
        np.testing.assert_allclose(read[0, :, 1], np.log1p([0, 30]), atol=1e-6)


def test_the_last_events_are_kept_and_what_is_saved_is_read_again(tmp_path):
    extractor = make_extractor(max_length=2)
    extractor.save_pretrained(tmp_path)
    again = EventFeatureExtractor.from_pretrained(tmp_path)
    for each in (extractor, again):
        read = each(ROWS[0])["input_values"]
        assert read[0, :, 0].tolist() == [2, 0]
    np.testing.assert_array_equal(extractor(ROWS)["input_values"], again(ROWS)["input_values"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"events": []}, "has no events"),
        ("open", r"sequence 0 is 'open'; give \{\"events\""),
        ({"events": ["open"]}, "has no times"),
        ({"events": ["open"], "times": [1]}, "has no 'amount'"),
        ({"events": ["open", "buy"], "times": [2, 1], "amount": [1, 1]}, "times that are missing or fall"),
        ({"events": ["open", "buy"], "times": [1], "amount": [1, 1]}, "2 events and 1 times"),
        ({"events": ["open"], "times": ["noon"], "amount": [1]}, "give numbers, or ISO dates"),
        ({"events": ["open"], "times": ["2026-01-01"], "amount": [1]}, "trained on numbers in a unit of their own"),
        ({"events": ["open"], "times": [1], "amount": ["much"]}, "which are not numbers"),
        ({"events": ["open"], "times": [1], "amount": [1, 2]}, "must be as many numbers"),
        ({"events": ["open"], "times": [1], "values": [[1, 2]]}, r"values of shape \(1, 2\)"),
        ({"events": ["open"], "times": [1], "amount": [np.inf]}, "infinite"),
    ],
)
def test_what_is_no_sequence_is_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        make_extractor()(given)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="names the event 'a' twice"):
        EventFeatureExtractor(vocabulary=["a", "a"])
    with pytest.raises(ValueError, match="timed='daily'"):
        EventFeatureExtractor(timed="daily")


def make_model(kind, extractor):
    fields = {"num_features": extractor.num_features, "num_events": extractor.num_events}
    fields |= {"vocab_size": 1, "pad_token_id": None}
    convolutional = {"hidden_size": 8, "embedding_size": 6, "num_labels": 3, "kernel_size": 3, **NO_DROPOUT, **fields}
    makers = {
        "gru": lambda: RecurrentForSequenceClassification(make_config(cell_type="gru", **fields)),
        "transformer": lambda: TransformerEncoderForSequenceClassification(
            make_config(position_embedding="rotary", **fields)
        ),
        "conv": lambda: ConvolutionalForSequenceClassification(ConvolutionalConfig(**convolutional)),
        "next-lstm": lambda: RecurrentForTokenClassification(
            make_config(cell_type="lstm", bidirectional=False, **fields)
        ),
        "next-conv": lambda: ConvolutionalForTokenClassification(
            ConvolutionalConfig(**convolutional, causal=True, bidirectional=False)
        ),
    }
    return perturb(makers[kind]()).eval()


KINDS = ["gru", "transformer", "conv", "next-lstm", "next-conv"]


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("kind", KINDS)
def test_padding_never_changes_a_result(kind, side):
    extractor = make_extractor(missing_indicator=True, padding_side=side)
    model = make_model(kind, extractor)
    batch = extractor(ROWS, return_tensors="pt")
    batch["input_values"][~batch["attention_mask"].bool()] = float("nan")
    with torch.no_grad():
        together = model(**batch).logits
        for row, each in enumerate(ROWS):
            alone = model(**extractor(each, return_tensors="pt")).logits[0]
            found = together[row][batch["attention_mask"][row].bool()] if alone.dim() == 2 else together[row]
            torch.testing.assert_close(found, alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", ["next-lstm", "next-conv"])
def test_what_comes_next_is_told_without_looking_at_it(kind):
    extractor = make_extractor()
    model, values = make_model(kind, extractor), extractor(ROWS[2], return_tensors="pt")["input_values"]
    changed = values.clone()
    changed[:, 3:] = torch.tensor([2.0, 5.0, -3.0])
    with torch.no_grad():
        one, other = model(input_values=values).logits, model(input_values=changed).logits
    torch.testing.assert_close(one[:, :3], other[:, :3])
    assert (one[:, 3:] - other[:, 3:]).abs().max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_a_gap_and_a_value_each_matter(kind):
    extractor = make_extractor()
    model, values = make_model(kind, extractor), extractor(ROWS[0], return_tensors="pt")["input_values"]
    with torch.no_grad():
        before = model(input_values=values).logits
        for channel, change in ((0, 1.0), (1, 0.5), (2, 0.5)):
            other = values.clone()
            other[0, 0, channel] += change
            assert (model(input_values=other).logits - before).abs().max() > 1e-4


def test_ids_stay_exact_in_half_precision_and_odd_ones_are_refused():
    fields = {"num_features": 1, "num_events": 2_000, "vocab_size": 1, "pad_token_id": None}
    model = perturb(RecurrentForSequenceClassification(make_config(cell_type="gru", **fields))).eval()
    low = torch.tensor([[[1001.0], [1003.0]]]), torch.tensor([[[1000.0], [1004.0]]])
    half = model.to(torch.bfloat16)
    with torch.no_grad():
        assert not torch.equal(half(input_values=low[0]).logits, half(input_values=low[1]).logits)
        with pytest.raises(IndexError, match="event id 2000 is outside the embedding of 2000 events"):
            model(input_values=torch.tensor([[[2_000.0]]]))
