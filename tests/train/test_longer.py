# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A run that is resumed with more epochs than it was planned for goes on, and says so."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file
from transformers import TrainerCallback

from hf_seq.cli import main
from hf_seq.loops.trainer import SequenceTrainer
from hf_seq.train.parsing import flags


def run(folder: Path, settings: dict, **more: object) -> int:
    return main(["train", *flags({**settings, "output_dir": folder, **more})])


def record_of(folder: Path) -> dict:
    return json.loads((folder / "record.json").read_text())


@pytest.fixture(scope="module")
def settings(reviews, tiny) -> dict:
    return tiny | {"data": reviews, "model": "gru", "num_train_epochs": 1, "bf16": False}


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    assert not run(folder, settings)
    return folder


@pytest.fixture
def again(finished, tmp_path) -> Path:
    return shutil.copytree(finished, tmp_path / "run")


class _Stop(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        raise KeyboardInterrupt


def test_a_finished_run_goes_on(again, settings):
    before = record_of(again)
    assert not run(again, settings, num_train_epochs=3, resume=True)
    record = record_of(again)
    assert "planned for num_train_epochs=1, then num_train_epochs=3" in record["notes"][-1]
    assert [entry["epoch"] for entry in record["curve"] if "eval_loss" in entry] == [1, 2, 3]
    assert record["curve"][: len(before["curve"])] == before["curve"]
    assert record["recipe"]["num_train_epochs"] == 3
    assert not list(again.glob("checkpoint-*"))


def test_it_goes_on_from_the_weights_that_were_there(again, settings, monkeypatch):
    weights = load_file(again / "model.safetensors")
    seen = {}

    class Look(TrainerCallback):
        def on_train_begin(self, args, state, control, model=None, **kwargs):
            seen.update({name: value.clone() for name, value in model.state_dict().items()})

    original = SequenceTrainer.__init__
    monkeypatch.setattr(
        SequenceTrainer, "__init__", lambda self, *a, **k: (original(self, *a, **k), self.add_callback(Look()))[0]
    )
    assert not run(again, settings, num_train_epochs=2, resume=True)
    assert seen.keys() == weights.keys()
    assert all(seen[name].equal(weights[name]) for name in weights)


def test_killed_while_it_is_made_longer_it_can_be_resumed(again, settings, monkeypatch):
    original = SequenceTrainer.__init__
    with monkeypatch.context() as patch:
        patch.setattr(
            SequenceTrainer, "__init__", lambda self, *a, **k: (original(self, *a, **k), self.add_callback(_Stop()))[0]
        )
        assert run(again, settings, num_train_epochs=2, resume=True) == 130
    assert not (again / "record.json").exists()
    assert not main(["train", "--resume", "--output_dir", str(again)])
    record = record_of(again)
    assert "then num_train_epochs=2" in record["notes"][-1]
    assert record["curve"][-1]["epoch"] == 2


def test_kept_checkpoints_are_gone_on_from(settings, tmp_path, capsys):
    assert not run(tmp_path / "run", settings, keep_checkpoints=True)
    assert not run(tmp_path / "run", settings, keep_checkpoints=True, num_train_epochs=2, resume=True)
    assert "Going on from checkpoint-6" in capsys.readouterr().out
    assert record_of(tmp_path / "run")["curve"][-1]["epoch"] == 2


def test_a_stream_goes_on(tmp_path, tiny):
    (tmp_path / "text.txt").write_text("the cat sat on the mat and the dog sat on the cat\n" * 80)
    settings = tiny | {"task": "language-modeling", "data": tmp_path / "text.txt", "model": "lstm-lm", "bf16": False}
    settings |= {"tokenizer_kind": "char", "bptt_steps": 16, "num_train_epochs": 1}
    assert not run(tmp_path / "run", settings)
    first = record_of(tmp_path / "run")["score"]
    assert not run(tmp_path / "run", settings, num_train_epochs=4, resume=True)
    assert record_of(tmp_path / "run")["score"] < first


def test_fewer_epochs_are_refused(again, settings, capsys):
    before = record_of(again)
    assert run(again, settings, num_train_epochs=0.5, resume=True) == 2
    assert "num_train_epochs was 1" in capsys.readouterr().err
    assert record_of(again) == before


def test_an_average_begins_anew_at_the_finished_weights(settings, tmp_path, monkeypatch):
    assert not run(tmp_path / "run", settings, averaging="ema")
    weights, seen = load_file(tmp_path / "run/model.safetensors"), {}

    class Look(TrainerCallback):
        def on_train_begin(self, args, state, control, **kwargs):
            seen.update({name: value.clone() for name, value in self.trainer.average.averages.items()})

    original = SequenceTrainer.__init__

    def with_look(self, *args, **kwargs):
        original(self, *args, **kwargs)
        look = Look()
        look.trainer = self
        self.add_callback(look)

    monkeypatch.setattr(SequenceTrainer, "__init__", with_look)
    assert not run(tmp_path / "run", settings, averaging="ema", num_train_epochs=2, resume=True)
    assert seen.keys() == weights.keys()
    assert all(seen[name].equal(weights[name]) for name in seen)
