# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Streams: every token is predicted once, from the one before it, and a batch goes on where the last one ended."""

import pytest
import torch

from hf_seq.data.texts.streams import TextCollator, TokenStreams, only_item
from hf_seq.errors import InputError


def joined(streams):
    chunks = [streams[index] for index in range(len(streams))]
    return tuple(torch.cat([chunk[key] for chunk in chunks], dim=1) for key in ("input_ids", "shift_labels"))


@pytest.mark.parametrize("random_steps", [False, True])
@pytest.mark.parametrize(("tokens", "batch", "steps"), [(1001, 4, 10), (1000, 7, 33), (501, 1, 500), (25, 4, 6)])
def test_each_token_but_the_first_is_predicted_once_from_the_one_before(tokens, batch, steps, random_steps):
    streams = TokenStreams(range(tokens), batch, steps, random_steps=random_steps, seed=1)
    for epoch in range(3):
        streams.set_epoch(epoch)
        inputs, targets = joined(streams)
        real = targets != -100
        assert sorted(targets[real].tolist()) == list(range(1, tokens))
        assert torch.equal(inputs[real] + 1, targets[real])
        assert (inputs[:, 1:] == inputs[:, :-1] + 1)[real[:, 1:]].all()  # a row is one contiguous stretch of the text


def test_chunks_are_as_long_as_asked_for_and_only_the_first_begins():
    streams = TokenStreams(range(1001), 4, 10)
    assert {streams[index]["input_ids"].shape for index in range(len(streams))} == {(4, 10)}
    assert [streams[index]["begins"] for index in range(3)] == [True, False, False]
    assert streams.tokens_per_chunk * len(streams) == 1000


def test_random_lengths_change_with_the_epoch_and_their_number_does_not():
    streams = TokenStreams(range(40_001), 4, 100, random_steps=True, seed=5)
    lengths = []
    for epoch in (0, 1, 0):
        streams.set_epoch(epoch)
        lengths.append([streams[index]["input_ids"].shape[1] for index in range(len(streams))])
    assert lengths[0] == lengths[2] != lengths[1]
    assert len(lengths[0]) == len(lengths[1]) == 100
    assert sum(lengths[1]) == 10_000
    assert min(lengths[1]) < 70  # some are drawn around half
    assert 100 < max(lengths[1]) < 140


@pytest.mark.parametrize(("batch", "steps"), [(4, 6), (24, 1), (1, 24)])
def test_a_text_shorter_than_a_batch_is_refused(batch, steps):
    assert len(TokenStreams(range(25), batch, steps)) == 1
    with pytest.raises(InputError, match=rf"has 24 tokens.*{batch} streams x {steps} steps = 24 and one more"):
        TokenStreams(range(24), batch, steps)


def test_no_stream_and_no_step_are_refused():
    with pytest.raises(InputError, match="0 streams of 5 steps make no batch"):
        TokenStreams(range(9), 0, 5)


def test_texts_are_padded_and_padding_is_not_predicted():
    batch = TextCollator(0)([{"input_ids": [5, 6, 7]}, {"input_ids": [8, 9]}])
    assert batch["input_ids"].tolist() == [[5, 6], [8, 9]]
    assert batch["shift_labels"].tolist() == [[6, 7], [9, -100]]
    assert batch["attention_mask"].tolist() == [[1, 1], [1, 0]]


def test_an_item_of_streams_is_the_batch():
    assert only_item([{"begins": True}]) == {"begins": True}
