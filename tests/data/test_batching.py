# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Batches: the same rows per optimizer step however they are spread, little padding, padded as torch does."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch
from accelerate import skip_first_batches
from accelerate.data_loader import prepare_data_loader
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

from hf_seq.data import ClassificationCollator, EncodedDataset, LengthSampler
from hf_seq.errors import InputError

ROWS, GLOBAL_BATCH = 203, 32


@pytest.fixture
def lengths():
    return np.random.default_rng(0).integers(1, 40, ROWS).tolist()


@pytest.fixture
def dataset(lengths):
    """Every row says its own number, in the label."""
    return EncodedDataset([[7] * length for length in lengths], list(range(ROWS)))


def steps_of(dataset, processes, accumulation, epoch, skip=0):
    """Rows of each optimizer step, sorted, as Accelerate hands them to each process."""
    size = GLOBAL_BATCH // processes // accumulation
    per_process = []
    for index in range(processes):
        sampler = dataset.length_sampler(GLOBAL_BATCH, seed=3)
        loader = DataLoader(dataset, batch_size=size, sampler=sampler, collate_fn=ClassificationCollator(0))
        loader = prepare_data_loader(loader, num_processes=processes, process_index=index, put_on_device=False)
        if skip:
            loader = skip_first_batches(loader, skip * accumulation)
        loader.set_epoch(epoch)
        per_process.append([batch["labels"].tolist() for batch in loader])
    steps = []
    for start in range(0, len(per_process[0]), accumulation):
        pieces = [piece for batches in per_process for piece in batches[start : start + accumulation]]
        steps.append(sorted(row for piece in pieces for row in piece))
    return steps


@pytest.mark.parametrize(("processes", "accumulation"), [(2, 1), (1, 4), (2, 2), (4, 1), (1, 32)])
def test_rows_of_every_step_depend_on_the_global_batch_only(dataset, processes, accumulation):
    for epoch in (0, 1):
        assert steps_of(dataset, processes, accumulation, epoch) == steps_of(dataset, 1, 1, epoch)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_resumed_inside_an_epoch_sees_the_rest_of_that_epoch(dataset, processes):
    assert steps_of(dataset, processes, 1, epoch=2, skip=3) == steps_of(dataset, processes, 1, epoch=2)[3:]


def test_every_row_comes_once_and_only_the_last_batch_is_filled(lengths):
    counts = Counter(LengthSampler(lengths, GLOBAL_BATCH))
    assert set(counts) == set(range(ROWS))
    assert sum(count - 1 for count in counts.values()) == -ROWS % GLOBAL_BATCH
    assert sorted(LengthSampler(lengths, GLOBAL_BATCH, fill_last=False)) == list(range(ROWS))


@pytest.mark.parametrize("fill_last", [True, False])
@pytest.mark.parametrize("rows", [1, 5, 32, 33, 64])
def test_length_is_what_iteration_gives(rows, fill_last):
    sampler = LengthSampler(list(range(rows)), GLOBAL_BATCH, fill_last=fill_last)
    assert len(list(sampler)) == len(sampler)
    assert set(sampler) == set(range(rows))


def test_order_is_a_function_of_seed_and_epoch(lengths):
    def order(seed, epoch):
        sampler = LengthSampler(lengths, 8, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert order(0, 1) == order(0, 1)
    assert len({tuple(order(seed, epoch)) for seed in (0, 1) for epoch in (0, 1, 2)}) == 6


def test_order_ignores_the_global_random_state(lengths):
    torch.manual_seed(0)
    first = list(LengthSampler(lengths, 8))
    torch.manual_seed(1)
    assert list(LengthSampler(lengths, 8)) == first


def test_similar_lengths_leave_a_tenth_of_the_padding_of_random_order(lengths):
    def padding(order):
        batches = iter(lambda: list(islice(order, 8)), [])
        return sum(max(lengths[i] for i in batch) * len(batch) - sum(lengths[i] for i in batch) for batch in batches)

    shuffled = np.random.default_rng(0).permutation(ROWS).tolist()
    assert padding(iter(LengthSampler(lengths, 8))) < 0.1 * padding(iter(shuffled))


def test_long_batches_do_not_come_in_order_of_length(lengths):
    order = list(LengthSampler(lengths, 8))
    firsts = [lengths[i] for i in order[::8]]
    assert firsts not in (sorted(firsts), sorted(firsts, reverse=True))


@pytest.mark.parametrize(
    ("arguments", "words"), [(([1, 2], 0), "batch_size=0 is not a batch"), (([], 4), "no rows to draw")]
)
def test_impossible_batches_are_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        LengthSampler(*arguments)


def test_collator_pads_as_torch_does():
    ids = [[5, 6, 7], [8], [9, 10]]
    batch = ClassificationCollator(pad_token_id=3)([{"input_ids": row, "label": 1} for row in ids])
    tensors = [torch.tensor(row) for row in ids]
    assert torch.equal(batch["input_ids"], pad_sequence(tensors, batch_first=True, padding_value=3))
    assert torch.equal(
        batch["attention_mask"], pad_sequence([torch.ones_like(row) for row in tensors], batch_first=True)
    )
    assert torch.equal(batch["labels"], torch.tensor([1, 1, 1]))


@pytest.mark.parametrize(
    ("problem_type", "labels", "dtype", "shape"),
    [
        ("single_label_classification", [0, 2], torch.int64, (2,)),
        ("regression", [0.5, 2], torch.float32, (2,)),
        ("multi_label_classification", [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]], torch.float32, (2, 3)),
    ],
)
def test_labels_have_the_type_their_loss_wants(problem_type, labels, dtype, shape):
    rows = [{"input_ids": [1], "labels": label} for label in labels]
    batch = ClassificationCollator(0, problem_type)(rows)
    assert (batch["labels"].dtype, tuple(batch["labels"].shape)) == (dtype, shape)


def test_collator_rounds_the_width_up_and_does_without_labels():
    batch = ClassificationCollator(0, pad_to_multiple_of=8)([{"input_ids": [1] * 9}])
    assert batch["input_ids"].shape == (1, 16)
    assert batch["attention_mask"].sum() == 9
    assert "labels" not in batch


def test_rows_and_labels_must_be_as_many():
    with pytest.raises(ValueError, match="2 rows but 1 labels"):
        EncodedDataset([[1], [2]], [0])
