# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Gradients by rows of two processes, against torch's own average of dense ones."""

import json
import subprocess
import sys

import pytest
import torch
from torch import distributed, nn

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification
from hf_seq.loops.row_gradients import clip_gradients, has_row_gradients, use_row_gradients

IDS = [[[1, 2, 2], [3, 5, 0]], [[0, 0, 0], [4, 1, 3]], [[0, 0, 0], [0, 0, 0]]]
"""Of each step those of each process; 0 is padding, which has no gradient, so that one or both touch no row."""


def train(row_gradients: bool) -> tuple[list[float], list[float]]:
    """Train in this process beside the others; return the embedding and each step's norm of the gradients."""
    torch.manual_seed(distributed.get_rank())  # the first process's weights are those of all
    model = RecurrentForSequenceClassification(RecurrentConfig(vocab_size=9, embedding_size=4, hidden_size=4)).eval()
    if row_gradients:
        use_row_gradients(model)
    shared, norms = nn.parallel.DistributedDataParallel(model), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for step in IDS:
        shared(input_ids=torch.tensor([step[distributed.get_rank()]]), labels=torch.tensor([1])).loss.backward()
        norms.append(float(clip_gradients(shared, 0.1)))
        optimizer.step()
        optimizer.zero_grad()
    return model.get_input_embeddings().weight.flatten().tolist(), norms


def main() -> None:
    distributed.init_process_group("gloo")
    every = [None, None]
    distributed.all_gather_object(every, [train(row_gradients) for row_gradients in (True, False)])
    if distributed.get_rank() == 0:
        print(json.dumps(every))
    distributed.destroy_process_group()


def test_two_processes_average_rows_as_torch_averages_all_of_them():
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", __file__]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240).stdout
    (ours, norms), (theirs, expected) = first = json.loads(said)[0]
    assert json.loads(said)[1] == first
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert norms == pytest.approx(expected, abs=1e-6)


def test_only_the_embedding_is_made_to_give_row_gradients():
    model = RecurrentForSequenceClassification(RecurrentConfig(vocab_size=20, embedding_size=4, hidden_size=4))
    assert not has_row_gradients(model)
    use_row_gradients(model)
    assert has_row_gradients(model)
    model(input_ids=torch.tensor([[2, 3]]), labels=torch.tensor([1])).loss.backward()
    assert [name for name, weight in model.named_parameters() if weight.grad.is_sparse] == [
        "model.embeddings.tokens.weight"
    ]


if __name__ == "__main__":
    main()
