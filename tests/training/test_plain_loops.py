# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the plain loops refuse, and which epoch they keep."""

import copy

import pytest
import torch

from hf_seq.errors import InputError
from hf_seq.predictors.loading import load_any
from hf_seq.train.parsing import flags
from training import train_classifier_accelerate


@pytest.fixture
def values(tiny, tmp_path):
    rows = "".join(f"{'good ' * (number % 5)}film {number},{number % 5}.5\n" for number in range(60))
    (tmp_path / "numbers.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    data = str(tmp_path / "numbers.csv")
    return {**tiny, "data": data, "model": "bilstm", "min_updates": 1, "output_dir": str(tmp_path / "run")}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "tfidf"}, "plain loop has no --model tfidf; use `hf-seq train`"),
        ({"teacher": "distilbert"}, "plain loop has no --teacher"),
        ({"resume_from_checkpoint": "nowhere"}, "plain loop has no --resume_from_checkpoint"),
        ({"metric_for_best_model": "loss"}, "plain loop has no --metric_for_best_model"),
        ({"push_to_hub": True}, "plain loop has no --push_to_hub"),
        ({"calibrate": True}, "--calibrate is for labels and tags"),
    ],
)
def test_what_a_plain_loop_cannot_do_is_refused_before_training(values, tmp_path, settings, message):
    with pytest.raises(InputError, match=message):
        train_classifier_accelerate.main(flags(values | settings))
    assert not (tmp_path / "run").exists()


def test_the_epoch_with_the_least_error_is_kept(values, tmp_path, monkeypatch):
    errors, seen = iter([0.5, 0.9]), []

    def evaluate(model, rows, prepared, *_):
        seen.append(copy.deepcopy(prepared.model.state_dict()))
        return {"eval_mean_absolute_error": next(errors), "eval_loss": 1.0}

    monkeypatch.setattr(train_classifier_accelerate, "evaluate", evaluate)
    train_classifier_accelerate.main(flags(values | {"metric": "mae"}))
    kept = load_any(tmp_path / "run")[0].state_dict()
    assert all(torch.equal(kept[name], value) for name, value in seen[0].items())
    assert not all(torch.equal(kept[name], value) for name, value in seen[1].items())
