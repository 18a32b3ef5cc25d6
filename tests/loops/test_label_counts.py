# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A loss is divided by the labels that are known, whatever stands where one is not."""

import math

import pytest
import torch

from hf_seq import (
    RecurrentConfig,
    RecurrentForecastingConfig,
    RecurrentForForecasting,
    RecurrentForSequenceClassification,
)
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import SequenceTrainer

NAN = math.nan


def count(model, batches, tmp_path):
    trainer = SequenceTrainer(
        model=model, args=TrainingOptions(str(tmp_path), use_cpu=True, eval_strategy="no", load_best_model_at_end=False)
    )
    return trainer, trainer._get_num_items_in_batch(batches, torch.device("cpu"))


def test_futures_that_nobody_knows_do_not_dilute_the_loss(tmp_path):
    torch.manual_seed(0)
    config = RecurrentForecastingConfig(hidden_size=8, num_hidden_layers=1, horizon=3, context_length=4, patch_length=2)
    model = RecurrentForForecasting(config).eval()
    labels = [torch.tensor([[[1.0], [NAN], [NAN]]]), torch.tensor([[[NAN], [2.0], [-100.0]]])]
    batches = [{"input_values": torch.randn(1, 4, 1), "labels": each} for each in labels]
    trainer, items = count(model, batches, tmp_path)
    assert items == 3
    parts = [trainer.compute_loss(model, dict(batch), num_items_in_batch=items) for batch in batches]
    together = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    assert sum(parts).item() == pytest.approx(model(**together).loss.item(), rel=1e-5)


@pytest.mark.parametrize(
    ("labels", "items"), [([[-100.0], [3.0]], 2), ([[1, -100], [-100, 0]], 2), ([[0.0, 1.0], [1.0, 1.0]], 4)]
)
def test_ids_are_left_out_by_their_mark_and_numbers_never(tmp_path, labels, items):
    config = RecurrentConfig(vocab_size=5, embedding_size=4, hidden_size=4, num_hidden_layers=1)
    _, found = count(RecurrentForSequenceClassification(config), [{"labels": torch.tensor(labels)}], tmp_path)
    assert found == items
