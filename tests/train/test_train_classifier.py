# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training from recipe to folder: what is written, what is equal, what stops it."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from sklearn.metrics import accuracy_score
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.trainer_pt_utils import LabelSmoother

from hf_seq import RecurrentConfig
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.loops.options import has_bf16_units
from hf_seq.loops.trainer import Divergence, mean_loss
from hf_seq.predictors.text import Predictor
from hf_seq.reports.predictions import read_predictions
from hf_seq.reports.record import Record
from hf_seq.train import evaluate_model
from hf_seq.train.parsing import flags
from training import train_classifier_accelerate

NO_DROPOUT = {"embedding_dropout": 0.0, "hidden_dropout": 0.0, "classifier_dropout": 0.0}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def learned(train, tmp_path_factory):
    """A run that has learned its words."""
    folder = tmp_path_factory.mktemp("runs") / "learned"
    train(folder, num_train_epochs=40, learning_rate=0.05, keep_checkpoints=True, early_stopping_patience=15)
    return folder


def test_the_words_are_learned_and_the_record_agrees_with_sklearn(learned):
    record = Record.read(learned)
    gold, scores = read_predictions(learned)
    assert record.score == pytest.approx(100 * accuracy_score(gold, scores.argmax(1)))
    assert record.score > 90
    assert record.interval[0] < record.score <= record.interval[1]
    assert record.n == 24
    assert record.seed == 0


def test_the_best_checkpoint_is_what_is_saved(learned):
    curve = [row["eval_accuracy"] for row in Record.read(learned).curve if "eval_accuracy" in row]
    model = AutoModelForSequenceClassification.from_pretrained(learned)
    best = json.loads(max(learned.glob("checkpoint-*/trainer_state.json"), key=os.path.getmtime).read_text())
    kept = AutoModelForSequenceClassification.from_pretrained(best["best_model_checkpoint"])
    assert best["best_metric"] == max(curve)
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, kept.state_dict()[name])


def test_averaged_weights_are_the_mean_that_the_steps_give(train, weights, tmp_path):
    steps = {"save_strategy": "steps", "eval_strategy": "steps", "save_steps": 1, "eval_steps": 1}
    settings = {**steps, "max_steps": 3, "save_total_limit": 9, "keep_checkpoints": True}
    moving = {"learning_rate": 0.3, "load_best_model_at_end": False}
    train(tmp_path / "run", **settings, **moving, averaging="ema", averaging_decay=0.1)
    saved = weights(tmp_path / "run")
    after = [weights(path) for path in sorted((tmp_path / "run").glob("checkpoint-*"))]
    for name, value in saved.items():
        second = 0.1 * after[0][name] + 0.9 * after[1][name]  # what was before the first step weighs a thousandth
        torch.testing.assert_close(value, 0.1 * second + 0.9 * after[2][name], atol=1e-3, rtol=0)
        assert not torch.equal(value, after[2][name])


def test_early_stopping_ends_a_run_that_gains_nothing(train, tmp_path, capsys):
    train(tmp_path / "run", num_train_epochs=9, learning_rate=1e-9, early_stopping_patience=2)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch")]
    assert len(lines) == 3  # the first is the best, two more are waited for


def test_a_line_per_epoch_says_loss_and_score_and_nothing_more(train, tmp_path, capfd):
    train(tmp_path / "run")
    out, err = capfd.readouterr()
    lines = [line for line in out.splitlines() if line.startswith("epoch")]
    assert lines[0].startswith("epoch 1/2  loss 0.")
    assert "validation loss 0." in lines[1]
    assert "accuracy" in lines[1]
    assert "%|" not in out + err  # no progress bar in a log file


def test_the_folder_holds_no_pickle_and_loads_with_the_auto_classes(train, tmp_path):
    folder = tmp_path / "run"
    train(folder)
    names = {path.name for path in folder.rglob("*")}
    assert {"config.json", "model.safetensors", "tokenizer.json", "recipe.yaml", "record.json", "curves.png"} <= names
    assert not [name for name in names if name.endswith((".pt", ".pth", ".bin", ".pkl"))]
    assert not [name for name in names if name.startswith("checkpoint")]
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSequenceClassification.from_pretrained(folder)
    logits = model(**tokenizer(["t the good film"], return_tensors="pt")).logits
    assert torch.allclose(
        logits.softmax(-1)[0].double(),
        torch.tensor(Predictor.from_pretrained(folder).scores(["t the good film"])[0]).double(),
    )
    assert model.config.id2label == {0: "negative", 1: "positive"}


def test_the_saved_recipe_trains_the_same_model_again(train, tmp_path, weights, same_bits):
    train(tmp_path / "first", pooling="mean", warmup_steps=0.2, label_smoothing_factor=0.1)
    again = ["--recipe", str(tmp_path / "first" / "recipe.yaml"), "--output_dir", str(tmp_path / "again")]
    train_main(again)
    assert same_bits(weights(tmp_path / "first"), weights(tmp_path / "again"))


def test_secrets_and_folders_stay_out_of_the_saved_recipe(train, tmp_path):
    train(tmp_path / "run", hub_token="hf_secret", num_train_epochs=1)
    saved = yaml.safe_load((tmp_path / "run" / "recipe.yaml").read_text())
    assert not {"hub_token", "output_dir", "overwrite", "resume"} & saved.keys()


def test_two_runs_are_equal_to_the_bit_and_two_seeds_are_not(train, tmp_path, weights, same_bits):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train(tmp_path / name, seed=seed)
    assert same_bits(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same_bits(weights(tmp_path / "a"), weights(tmp_path / "c"))


@pytest.mark.parametrize(
    "settings", [{}, {"class_weights": "balanced", "max_train_rows": 70}], ids=["plain", "weighted"]
)
def test_accumulating_four_times_eight_rows_is_one_step_of_32(train, tmp_path, weights, settings):
    settings = {**NO_DROPOUT, "learning_rate": 0.1, "num_train_epochs": 3, **settings}
    train(tmp_path / "a", per_device_train_batch_size=32, **settings)
    train(tmp_path / "b", per_device_train_batch_size=8, gradient_accumulation_steps=4, **settings)
    a, b = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert max((a[name] - b[name]).abs().max() for name in a) < 1e-5


@pytest.mark.parametrize(
    "settings",
    [{}, {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}, {"label_smoothing_factor": 0.1}],
)
def test_the_plain_loop_and_trainer_end_alike(train, tiny, reviews, tmp_path, weights, settings):
    settings = {**NO_DROPOUT, **settings}
    record = train(tmp_path / "trainer", **settings)
    values = tiny | settings | {"data": reviews, "model": "bilstm", "output_dir": str(tmp_path / "plain")}
    plain = train_classifier_accelerate.main(flags(values))
    a, b = weights(tmp_path / "trainer"), weights(tmp_path / "plain")
    assert max((a[name] - b[name]).abs().max() for name in a) < 1e-6
    losses = [row["eval_loss"] for row in record.curve if "eval_loss" in row]
    assert [row["eval_loss"] for row in plain.curve] == pytest.approx(losses, abs=1e-6)


def test_the_validation_loss_is_of_labels_as_smooth_as_those_of_training():
    logits, gold = torch.randn(6, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 2, 1, 1, 0, 2])
    config = RecurrentConfig(num_labels=3, problem_type="single_label_classification")
    smoothed = LabelSmoother(0.2)({"logits": logits}, gold).item()
    assert mean_loss(logits.numpy(), gold.numpy(), config, 0.2) == pytest.approx(smoothed, abs=1e-6)


def test_the_plain_loop_is_a_story_of_at_most_120_lines():
    text = (ROOT / "training" / "train_classifier_accelerate.py").read_text()
    assert len(text.splitlines()) <= 120


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [["--module", "hf_seq.cli", "train"], [str(ROOT / "training/train_classifier_accelerate.py")]],
    ids=["trainer", "plain"],
)
def test_two_processes_give_the_metrics_of_one(train, tiny, reviews, tmp_path, weights, program):
    settings = {**NO_DROPOUT, "max_train_rows": 75}
    alone = train(tmp_path / "one", **settings)
    values = tiny | settings | {"data": reviews, "model": "bilstm", "output_dir": str(tmp_path / "two")}
    command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    command += ["--main_process_port", "0", *program]
    subprocess.run([*command, *flags(values | {"per_device_train_batch_size": 8})], check=True, timeout=300)

    together = Record.read(tmp_path / "two")
    assert json.loads((tmp_path / "two" / ".run.json").read_text())["the number of processes"] == 2
    assert together.metrics == alone.metrics
    a, b = weights(tmp_path / "one"), weights(tmp_path / "two")
    assert max((a[name] - b[name]).abs().max() for name in a) < 1e-5
    losses = [[row["eval_loss"] for row in record.curve if "eval_loss" in row] for record in (alone, together)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


def test_a_launch_that_gave_one_process_for_two_is_refused(train, tmp_path, monkeypatch):
    monkeypatch.setenv("MASTER_PORT", "29500")  # what `accelerate launch --cpu --num_processes 2` leaves behind
    with pytest.raises(InputError, match=r"asked for several processes but started one.*--multi_gpu"):
        train(tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("loop", ["trainer", "plain"])
def test_divergence_names_the_step_and_what_to_try(tiny, reviews, tmp_path, loop):
    wild = {"learning_rate": 1e38, "max_grad_norm": 0.0}
    values = tiny | wild | {"data": reviews, "model": "bilstm", "output_dir": str(tmp_path / "run")}
    main = {"trainer": train_main, "plain": train_classifier_accelerate.main}[loop]
    words = r"diverged: the (validation )?loss is (nan|inf) at step \d.*--learning_rate.*--max_grad_norm 1"
    with pytest.raises(Divergence, match=words):
        main(flags(values))


@pytest.mark.parametrize("units", [True, False])
def test_bfloat16_is_chosen_and_said_only_where_the_processor_has_units_for_it(train, tmp_path, monkeypatch, units):
    monkeypatch.setattr("hf_seq.loops.options.has_bf16_units", lambda: units)
    record = train(tmp_path / "run", bf16=None, num_train_epochs=1)
    assert record.recipe["bf16"] is units
    assert any("--bf16 false" in note for note in record.notes) is units


def test_processors_with_amx_or_bfloat16_dot_products_have_units_for_it(monkeypatch):
    for amx, dot in ((True, False), (False, True), (False, False)):
        monkeypatch.setattr("torch.cpu._is_amx_tile_supported", lambda amx=amx: amx)
        monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda dot=dot: dot)
        assert has_bf16_units() is (amx or dot)


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "bilstm-attention", "transformer"])
def test_every_architecture_trains(train, tmp_path, name):
    sizes = {"embedding_size": None} if name == "transformer" else {}
    record = train(tmp_path / "run", model=name, num_train_epochs=1, **sizes)
    assert record.parameters > record.parameters_without_embeddings > 0


@pytest.mark.parametrize("name", ["majority", "tfidf"])
def test_a_baseline_leaves_the_same_kind_of_folder(train, tmp_path, name):
    record = train(tmp_path / "run", model=name, embedding_size=None, hidden_size=None)
    assert record == Record.read(tmp_path / "run")
    assert record.score == (50 if name == "majority" else pytest.approx(100, abs=20))
    with pytest.raises(InputError, match="in use"):
        train(tmp_path / "run", model=name, embedding_size=None, hidden_size=None)


def test_a_saved_model_is_fine_tuned_further_with_its_own_tokenizer(learned, train, tmp_path):
    clean = {"embedding_size": None, "hidden_size": None}
    record = train(tmp_path / "run", model=str(learned), learning_rate=1e-6, num_train_epochs=1, **clean)
    assert (tmp_path / "run" / "tokenizer.json").read_text() == (learned / "tokenizer.json").read_text()
    assert record.score == Record.read(learned).score


def write_rows(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def test_regression_is_trained_and_scored_by_correlation(train, tmp_path):
    words = np.random.default_rng(0).integers(0, 4, size=(200, 5))
    rows = [
        ["text", "label"],
        *([" ".join("abcd"[w] for w in row) + f" x{i}", f"{row.mean() / 2 + 0.01:.4f}"] for i, row in enumerate(words)),
    ]
    data = write_rows(tmp_path / "stars.csv", rows)
    record = train(tmp_path / "run", data=data, num_train_epochs=25, learning_rate=0.03)
    assert record.problem_type == "regression"
    assert record.metric == "pearson"
    assert record.score > 0.8


def test_several_labels_per_row_are_trained_and_scored_by_f1(train, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "tags.jsonl"
    with path.open("w") as file:
        for row in range(200):
            tags = [name for name in ("red", "round") if rng.random() < 0.5]
            words = [*tags, *rng.choice(["a", "the", "thing"], 3), f"x{row}"]
            file.write(json.dumps({"text": " ".join(rng.permutation(words)), "label": tags}) + "\n")
    record = train(tmp_path / "run", data=str(path), num_train_epochs=15, learning_rate=0.05)
    assert record.problem_type == "multi_label_classification"
    assert record.metric == "f1"
    assert record.score > 90


def test_evaluating_the_folder_repeats_the_score_of_training(learned, tmp_path):
    again = evaluate_model.evaluate(str(learned), output=tmp_path / "again")
    assert (again.score, again.interval, again.n) == (Record.read(learned).score, Record.read(learned).interval, 24)
    assert np.allclose(read_predictions(tmp_path / "again")[1], read_predictions(learned)[1], atol=1e-5)


def test_evaluation_numbers_labels_as_the_model_does(learned, tmp_path):
    rows = [["text", "label"], *([[f"the good film {n}", "positive"] for n in range(12)])]
    data = write_rows(tmp_path / "test.csv", rows)
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("train", "validation", "test"):
        shutil.copy(data, folder / f"{name}.csv")
        with (folder / f"{name}.csv").open("a") as file:
            file.write(f"zz bad {name},negative\n")
    record = evaluate_model.evaluate(str(learned), str(folder))
    assert record.score > 90


def test_every_row_of_a_single_file_is_evaluated(learned, tmp_path):
    rows = [["text", "label"], *([f"the good film {n}", "positive"] for n in range(7)), ["zz bad", "negative"]]
    record = evaluate_model.evaluate(str(learned), str(write_rows(tmp_path / "more.csv", rows)))
    assert (record.n, record.split) == (8, "all")


def test_no_space_left_is_refused_before_training(train, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(InputError, match=r"disk of .* is nearly full.*MB are free"):
        train(tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "flag", ["max_steps=3", "averaging=ema", "early_stopping_patience=2", "optim=sgd", "num_train_epochs=1.5"]
)
def test_the_plain_loop_refuses_flags_it_would_ignore(tiny, reviews, tmp_path, flag):
    name, _, value = flag.partition("=")
    values = tiny | {name: value, "data": reviews, "model": "bilstm", "output_dir": str(tmp_path / "run")}
    with pytest.raises(InputError, match=rf"plain loop has no --{name}.*use `hf-seq train`"):
        train_classifier_accelerate.main(flags(values))
    assert not (tmp_path / "run").exists()
