# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A run that is killed goes on from its last complete checkpoint and ends with the same bits."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.hub.trainer import HubTrainer
from hf_seq.train import run_folder
from hf_seq.train.parsing import flags, recipe_for
from hf_seq.train.running import train as train_recipe


@pytest.mark.parametrize(
    ("saving", "cut"),
    [
        ({}, 8),
        ({"eval_strategy": "steps", "save_strategy": "steps", "eval_steps": 4, "save_steps": 4}, 9),
        ({"gradient_accumulation_steps": 2, "per_device_train_batch_size": 8, "early_stopping_patience": 2}, 8),
        ({"averaging": "ema", "averaging_decay": 0.8}, 8),
    ],
    ids=["saved each epoch", "saved inside an epoch", "accumulated, early stopping", "averaged"],
)
def test_a_resumed_run_ends_with_the_same_bits(train, weights, same_bits, tmp_path, cut_power, saving, cut):
    undisturbed = train(tmp_path / "whole", num_train_epochs=3, **saving)
    cut_power(cut, lambda: train(tmp_path / "cut", num_train_epochs=3, **saving))

    resumed = train(tmp_path / "cut", num_train_epochs=3, resume=True, **saving)

    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))
    assert resumed.score == undisturbed.score
    assert [row.get("eval_loss") for row in resumed.curve] == [row.get("eval_loss") for row in undisturbed.curve]
    assert not list((tmp_path / "cut").glob("checkpoint-*"))


def test_a_resumed_run_changes_its_series_as_the_run_would_have(weights, same_bits, tmp_path, cut_power):
    draw = random.Random(0)
    rows = [{"series": [[draw.gauss(row % 2, 1)] for _ in range(6)], "label": f"l{row % 2}"} for row in range(60)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    settings = {"task": "series", "augmentation": ["jitter"], "hidden_size": 8, "num_train_epochs": 3, "bf16": False}

    def run(name, **more):
        return train_recipe(*recipe_for("gru", str(tmp_path / "rows.jsonl"), output_dir=name, **settings, **more))

    run(tmp_path / "whole")
    cut_power(5, lambda: run(tmp_path / "cut"))  # 2 updates an epoch
    run(tmp_path / "cut", resume=True)
    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))


@pytest.fixture(scope="module")
def interrupted(train, tmp_path_factory):
    """A run folder with three checkpoints, as a kill leaves it."""
    folder = tmp_path_factory.mktemp("runs") / "interrupted"
    train(folder, num_train_epochs=3, save_total_limit=5, keep_checkpoints=True)
    (folder / "record.json").unlink()
    return folder


@pytest.mark.parametrize("file", ["trainer_state.json", "model.safetensors", "optimizer.pt", "rng_state.pth"])
@pytest.mark.parametrize("how", ["missing", "cut off"])
def test_a_half_written_checkpoint_is_skipped(interrupted, tmp_path, file, how):
    folder = shutil.copytree(interrupted, tmp_path / "run")
    steps = [path.name for path in run_folder.checkpoints(folder)]
    assert run_folder.last_complete_checkpoint(folder).name == steps[-1]

    broken = folder / steps[-1] / file
    if how == "missing":
        broken.unlink()
    else:
        broken.write_bytes(broken.read_bytes()[:-20])

    assert run_folder.last_complete_checkpoint(folder).name == steps[-2]


def test_resuming_says_which_checkpoint_was_skipped(interrupted, train, tmp_path, capsys):
    folder = shutil.copytree(interrupted, tmp_path / "run")
    (folder / "checkpoint-18" / "trainer_state.json").write_text('{"half')
    train(folder, num_train_epochs=3, save_total_limit=5, resume=True)
    printed = capsys.readouterr().out
    assert "checkpoint-18 was not written to its end; it is skipped." in printed
    assert "Going on from checkpoint-12." in printed


def test_resume_alone_takes_the_recipe_from_the_folder(interrupted, tiny, weights, same_bits, tmp_path):
    folder = shutil.copytree(interrupted, tmp_path / "run")
    record = train_main(["--resume", "--output_dir", str(folder)])
    assert record.recipe["hidden_size"] == tiny["hidden_size"]
    assert same_bits(weights(folder), weights(interrupted))


def test_resume_refuses_another_recipe(interrupted, train):
    with pytest.raises(InputError, match=r"learning_rate was 0.01, now 0.02"):
        train(interrupted, num_train_epochs=3, save_total_limit=5, resume=True, learning_rate=0.02)


def test_resume_refuses_other_data(interrupted, reviews, tmp_path):
    folder, data = shutil.copytree(interrupted, tmp_path / "run"), shutil.copytree(reviews, tmp_path / "data")
    (data / "train.csv").write_text((data / "train.csv").read_text() + "t a new row that is good,positive\n")
    recipe = (folder / "recipe.yaml").read_text().replace(str(reviews), str(data))
    (folder / "recipe.yaml").write_text(recipe)
    with pytest.raises(InputError, match=r"the data changed since the run .* began"):
        train_main(["--resume", "--output_dir", str(folder)])


def test_resuming_a_finished_run_returns_its_record(train, tmp_path):
    first = train(tmp_path / "run")
    before = (tmp_path / "run" / "model.safetensors").stat().st_mtime_ns
    assert train(tmp_path / "run", resume=True) == first
    assert (tmp_path / "run" / "model.safetensors").stat().st_mtime_ns == before


def test_what_the_loop_refuses_overwrites_nothing(train, tmp_path, monkeypatch):
    train(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()}

    def refused(self, **_):
        raise InputError("the Hub cannot be reached.")

    monkeypatch.setattr(HubTrainer, "init_hf_repo", refused)
    wanted = {"push_to_hub": True, "hub_model_id": "ada/new", "hidden_size": 4}
    for folder in ("run", "new"):
        with pytest.raises(InputError, match="the Hub cannot be reached"):
            train(tmp_path / folder, overwrite=folder == "run", **wanted)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()}
    assert not (tmp_path / "new").exists()


def test_resume_without_a_run_begins_one(train, tmp_path):
    assert train(tmp_path / "new", resume=True).n == 24


@pytest.mark.slow
def test_sigkill_at_any_moment_changes_no_bit(reviews, tiny, weights, same_bits, tmp_path):
    settings = tiny | {"num_train_epochs": 30, "data": reviews, "model": "bilstm"}
    command = [sys.executable, "-m", "hf_seq.cli", "train", "--resume"]
    subprocess.run([*command, *flags(settings | {"output_dir": str(tmp_path / "whole")})], check=True)

    rng, kills = random.Random(time.time_ns()), 0
    killed = tmp_path / "killed"
    while not (killed / "record.json").exists():
        process = subprocess.Popen(
            [*command, *flags(settings | {"output_dir": str(killed)})], stdout=subprocess.PIPE, text=True
        )
        if kills < 4:
            next((line for line in process.stdout if line.startswith("epoch")), None)
            time.sleep(rng.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            kills += 1
        else:
            process.communicate()
        process.wait()

    assert kills >= 1
    assert same_bits(weights(tmp_path / "whole"), weights(killed))
    whole, resumed = (json.loads((path / "record.json").read_text()) for path in (tmp_path / "whole", killed))
    assert whole["metrics"] == resumed["metrics"]
