# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series that cannot be read, on the real command line, for every family and head: exit code 2, a sentence, no harm.

`{name}` in an argument stands for a path in a folder that holds good series, a text file, and trained models.
"""

import hashlib
import io
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.tasks.registry import task_of_saved
from hf_seq.train import results

NAN = float("nan")

TINY = ["--hidden_size", "8", "--num_train_epochs", "1", "--bf16", "false", "--disable_tqdm", "true"]
MODELS = {
    "recurrent": ["--task", "series", "--model", "bilstm-attention", "--data", "{series.jsonl}"],
    "transformer": [
        "--task",
        "series",
        "--model",
        "transformer",
        "--num_attention_heads",
        "2",
        "--data",
        "{series.jsonl}",
    ],
    "recurrent-tags": ["--task", "series-tagging", "--model", "bilstm-crf", "--data", "{series.jsonl}"],
    "transformer-tags": [
        *("--task", "series-tagging", "--model", "transformer", "--num_attention_heads", "2"),
        *("--data", "{series.jsonl}"),
    ],
    "statistics": ["--task", "series", "--model", "statistics", "--data", "{series.jsonl}"],
    "text": ["--model", "lstm", "--embedding_size", "8", "--data", "{texts.csv}"],
}
NEURAL = [name for name in MODELS if name not in ("statistics", "text")]


def located(arguments, place):
    return [str(place / word[1:-1]) if word.startswith("{") and '"' not in word else word for word in arguments]


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def good_series(count=60):
    draw = np.random.default_rng(0)
    for row in range(count):
        series = draw.normal(size=(4 + row % 3, 2)).round(2)
        yield {"series": series.tolist(), "label": "ab"[row % 2], "tags": ["n" if v > 0 else "y" for v in series[:, 0]]}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Good data, and a model of each kind; `strict` is `recurrent`, told to refuse missing values."""
    folder = tmp_path_factory.mktemp("series")
    write_jsonl(folder / "series.jsonl", good_series())
    texts = [f"a {word} film {n},{label}" for n in range(30) for word, label in (("good", "yes"), ("bad", "no"))]
    (folder / "texts.csv").write_text("\n".join(["text,label", *texts]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 3)
        for name, arguments in MODELS.items():
            assert main(["train", *located(arguments, folder), "--output_dir", str(folder / name), *TINY]) == 0
    shutil.copytree(folder / "recurrent", folder / "strict")
    settings = folder / "strict" / "preprocessor_config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"missing": "error"}))
    return folder


def snapshot(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


def run(arguments, place, capsys):
    """Run a command that must be refused, and give what it says."""
    before = snapshot(place)
    capsys.readouterr()
    code = main(located(arguments, place))
    said = " ".join(capsys.readouterr().err.split())
    assert code == 2, said
    assert "Traceback" not in said
    assert snapshot(place) == before
    return said


BAD_INPUTS = {
    "text": ("not bad at all", "no series of numbers.*write one as JSON"),
    "a text in JSON": ('"hello"', "no series"),
    "wrong number of channels": ("[[1, 2, 3], [4, 5, 6]]", "series 0 has 3 channels a step, but 2 are expected"),
    "one channel": ("[1, 2, 3]", r"series 0 has shape \(3,\); it must be \(steps, channels\)"),
    "ragged": ("[[1, 2], [3]]", "series 0 is ragged: step 0 has 2 channels, step 1 has 1"),
    "empty": ("[]", "series 0 is empty"),
    "no channels": ("[[], []]", "must be"),
    "words": ('[["a", "b"]]', "not a number"),
    "infinite": ("[[1, Infinity]]", "infinite at step 0, channel 1"),
    "an object without series": ('{"text": "hello"}', "no series of numbers"),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_a_model_of_series_refuses(place, capsys, name):
    given, message = BAD_INPUTS[name]
    said = run(["predict", "{recurrent}", given], place, capsys)
    assert re.search(message, said), said


@pytest.fixture(scope="module")
def predictors(place):
    return {name: task_of_saved(place / name).predictor(place / name) for name in [*NEURAL, "statistics", "strict"]}


@pytest.mark.parametrize("model", [*NEURAL, "statistics"])
@pytest.mark.parametrize(
    "name", [name for name in BAD_INPUTS if name not in ("one channel", "an object without series")]
)
def test_every_family_and_head_refuses(predictors, model, name):
    given = BAD_INPUTS[name][0]
    series = json.loads(given) if given.startswith(("[", '"')) else given
    with pytest.raises(InputError, match=r"series|text"):
        predictors[model](series)
    with pytest.raises(InputError, match=r"series|text"):
        list(predictors[model].predict([series]))


@pytest.mark.parametrize("model", [*NEURAL, "statistics"])
def test_a_missing_value_is_answered_unless_the_model_was_told_to_refuse_it(predictors, model):
    given = [[1, None], [NAN, 2]]
    answer = predictors[model](given)
    assert np.isfinite(answer["score"] if "score" in answer else answer["scores"]).all()
    with pytest.raises(InputError, match="series 0 has no value at step 0, channel 1"):
        predictors["strict"](given)


def test_the_row_of_a_bad_series_among_many_is_named(place, capsys, monkeypatch):
    lines = "[[1, 2]]\n\n[[1, 2], [3, 4]]\n[[1, 2], [3]]\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert "series 2 is ragged" in run(["predict", "{recurrent}"], place, capsys)


def test_a_file_of_texts_is_refused_by_its_line(place, capsys):
    said = run(["predict", "{recurrent}", "--file", "{texts.csv}"], place, capsys)
    assert "no column holds series" in said


COMMANDS = {
    "series for a model of text": ("evaluate {text} --data {series.jsonl}", "series|text"),
    "texts for a model of series": ("evaluate {recurrent} --data {texts.csv}", "no column holds series"),
    "texts to train on": ("train --task series --data {texts.csv} --output_dir {out}", "no column holds series"),
    "series to train on as text": ("train --data {series.jsonl} --output_dir {out}", "text"),
    "a fine-tuned text model": (
        "train --task series --data {series.jsonl} --model {text} --output_dir {out}",
        "this task needs a model that reads numbers",
    ),
    "a missing value where there may be none": (
        "train --task series --data {nan.jsonl} --missing error --output_dir {out}",
        "series 0 has no value at step 0, channel 0",
    ),
    "series of other channels": (
        "evaluate {recurrent} --data {three.jsonl}",
        "3 channels a step, but 2 are expected",
    ),
    "ragged series in train": (
        "train --task series --data {ragged.jsonl} --output_dir {out}",
        "row 2 is ragged: step 0 has 2 channels, step 1 has 1",
    ),
    "an unknown policy": ("train --task series --data {series.jsonl} --missing median --output_dir {out}", "median"),
    "a stride without windows": (
        "train --task series --data {series.jsonl} --window_stride 2 --output_dir {out}",
        "window_stride=2 needs --window_length",
    ),
    "windows beyond the length": (
        "train --task series --data {series.jsonl} --window_length 9 --max_length 4 --output_dir {out}",
        "window_length=9 is above max_length=4",
    ),
    "windows for tags": (
        "train --task series-tagging --data {series.jsonl} --window_length 2 --model lstm --output_dir {out}",
        "window_length=2 does not go with a tag for every step",
    ),
    "weights for tags": (
        "train --task series-tagging --data {series.jsonl} --class_weights balanced --model lstm --output_dir {out}",
        "class_weights=balanced weighs the labels of whole series",
    ),
    "statistics for tags": (
        "train --task series-tagging --data {series.jsonl} --statistics true --model conv --output_dir {out}",
        "statistics=True is for one answer a series, and here every step has a tag",
    ),
    "stopping without evaluations": (
        "train --task series --data {series.jsonl} --model lstm --early_stopping_patience 2 --eval_strategy no "
        "--load_best_model_at_end false --output_dir {out}",
        "early_stopping_patience=2 counts evaluations, and --eval_strategy no has none",
    ),
    "tags that are too few": (
        "train --task series-tagging --data {tags.jsonl} --model lstm --output_dir {out}",
        "do not have a tag for every step .the first: 2 steps, 1 tags.*train row 1",
    ),
    "no tags": ("check {notags.jsonl} --task series-tagging", "no column .*of tags"),
}


@pytest.fixture(scope="module")
def spoiled(place):
    """The same folder, with bad data beside the good."""
    rows = [dict(row) for row in good_series()]
    write_jsonl(place / "nan.jsonl", [{**row, "series": [[None, float(n)], [2.0, 3.0]]} for n, row in enumerate(rows)])
    write_jsonl(place / "three.jsonl", [{**row, "series": [[1.0, 2.0, float(n)]]} for n, row in enumerate(rows)])
    write_jsonl(place / "ragged.jsonl", [rows[0], {**rows[1], "series": [[1.0, 2.0], [3.0]]}, *rows[2:]])
    write_jsonl(place / "tags.jsonl", [{**rows[0], "series": [[1, 2], [3, 4]], "tags": ["n"]}, *rows[1:]])
    write_jsonl(place / "notags.jsonl", [{"series": row["series"], "label": row["label"]} for row in rows])
    return place


@pytest.mark.parametrize("name", COMMANDS)
def test_data_that_do_not_fit_are_refused(spoiled, capsys, name):
    command, message = COMMANDS[name]
    extra = TINY if command.startswith("train") else []
    said = run([*command.split(), *extra], spoiled, capsys)
    assert re.search(message, said), said
    assert not Path(spoiled / "out").exists()


def test_a_model_without_its_feature_extractor_is_refused(place, tmp_path, capsys):
    shutil.copytree(place / "recurrent", tmp_path / "model")
    (tmp_path / "model" / "preprocessor_config.json").unlink()
    assert main(["predict", str(tmp_path / "model"), "[[1, 2]]"]) == 2
    assert "no preprocessor_config.json" in capsys.readouterr().err


def test_the_feature_extractor_of_another_model_is_refused(place, tmp_path, capsys):
    shutil.copytree(place / "recurrent", tmp_path / "model")
    path = tmp_path / "model" / "preprocessor_config.json"
    facts = json.loads(path.read_text()) | {"feature_size": 5, "mean": None, "std": None}
    path.write_text(json.dumps(facts))
    assert main(["predict", str(tmp_path / "model"), "[[1, 2]]"]) == 2
    assert "gives 5 features a step, but its model reads 2" in capsys.readouterr().err
