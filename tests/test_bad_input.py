# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Everything a user can get wrong ends with exit code 2 and a message that says what to do: no traceback, nothing
overwritten.

Each case goes through the real command line, in this process. `{name}` in an argument stands for a path in a folder
that holds good data, a trained model, and whatever the case breaks.
"""

import csv
import gc
import hashlib
import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import torch

from hf_seq.cli import main
from hf_seq.train import results

TINY = [
    "--embedding_size",
    "8",
    "--hidden_size",
    "8",
    "--num_train_epochs",
    "1",
    "--bf16",
    "false",
    "--disable_tqdm",
    "true",
]


def write_csv(path, rows, header=("text", "label"), encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([header, *rows])
    return path


def good_rows(count=60):
    return [
        [f"a {word} film number {n}", label]
        for n in range(count // 2)
        for word, label in (("good", "yes"), ("bad", "no"))
    ]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder with good data (good.csv) and a trained model (model/), with its checkpoint kept."""
    folder = tmp_path_factory.mktemp("bad")
    write_csv(folder / "good.csv", good_rows())
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 5)
        argv = ["train", "--data", str(folder / "good.csv"), "--output_dir", str(folder / "model"), *TINY]
        assert main([*argv, "--keep_checkpoints"]) == 0
    yield folder
    gc.unfreeze()


@pytest.fixture
def place(original, tmp_path):
    return Path(shutil.copytree(original, tmp_path / "place"))


def snapshot(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


# Each `break_*` below spoils one thing in the folder.


def cut_weights(place):
    weights = place / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def only_pickled_weights(place):
    (place / "model" / "model.safetensors").unlink()
    (place / "model" / "pytorch_model.bin").write_bytes(b"\x80\x04.")


def no_tokenizer(place):
    (place / "model" / "tokenizer.json").unlink()


def tokenizer_of_another_model(place):
    path = place / "model" / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary.update({f"more{n}": len(vocabulary) + n for n in range(50)})
    path.write_text(json.dumps(tokenizer))


def cut_checkpoint(place):
    state = next((place / "model").glob("checkpoint-*")) / "optimizer.pt"
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])


def unfinished_run(place):
    (place / "model" / "record.json").unlink()


def lacking_labels_in(place):
    write_csv(place / "other.csv", [[f"a film {n}", "maybe" if n % 2 else "yes"] for n in range(60)])


def long_text(place):
    write_csv(place / "long.csv", [*good_rows(), ["word " * 100_000, "yes"]])


def folder_of_numbers(place):
    rows = [{"series": [[0.1, float(n)], [0.2, float("nan")]], "label": n % 2} for n in range(30)]
    (place / "series.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def text_file(name, content, encoding="utf-8"):
    return lambda place: (place / name).write_bytes(content.encode(encoding) if isinstance(content, str) else content)


def table(name, rows, header=("text", "label"), encoding="utf-8"):
    return lambda place: write_csv(place / name, rows, header, encoding)


def nothing(place):
    pass


TRAIN_GOOD = "train --data {good.csv} --output_dir {out}"
CASES = {
    # data that cannot be learned from
    "no data named": (nothing, "train --output_dir {out}", "nothing to train on: give --data"),
    "no such file": (nothing, "train --data {none.csv} --output_dir {out}", r"none\.csv does not exist"),
    "empty file": (text_file("x.csv", ""), "train --data {x.csv} --output_dir {out}", r"x\.csv.* empty"),
    "header only": (table("x.csv", []), "train --data {x.csv} --output_dir {out}", r"no rows|empty"),
    "no such column": (nothing, TRAIN_GOOD + " --text_column body", "body.*text"),
    "two columns could be the text": (
        table("x.csv", [[f"one text {n}", f"another text {n}", n % 2] for n in range(30)], ("title", "body", "label")),
        "train --data {x.csv} --output_dir {out}",
        "text_column",
    ),
    "one class": (
        table("x.csv", [[f"text {n}", "yes"] for n in range(60)]),
        "train --data {x.csv} --output_dir {out}",
        "every train row has the label .yes.; give rows of two classes",
    ),
    "label out of range": (
        lambda place: (
            write_csv(place / "train.csv", [[f"text {n}", 7 if n == 5 else n % 2] for n in range(60)]),
            (place / "labels.json").write_text('["no", "yes"]'),
            (place / "good.csv").unlink(),
            shutil.rmtree(place / "model"),
        ),
        "train --data {} --output_dir {out}",
        "7",
    ),
    "label missing": (
        table("x.csv", [[f"text {n}", "" if n == 5 else f"c{n % 2}"] for n in range(60)]),
        "train --data {x.csv} --output_dir {out}",
        "label.*row",
    ),
    "label is not a number": (
        table("x.csv", [[f"text {n}", "nan" if n == 5 else f"{n / 7:.3f}"] for n in range(60)]),
        "train --data {x.csv} --output_dir {out}",
        r"nan|number|label",
    ),
    "wrong encoding": (
        table("x.csv", [[f"caf\u00e9 {n}", n % 2] for n in range(60)], encoding="latin-1"),
        "train --data {x.csv} --output_dir {out}",
        "UTF-8",
    ),
    "ragged file": (
        text_file("x.csv", "text,label\n" + "".join(f"text {n},{n % 2}\n" for n in range(40)) + "a,b,c,1\n"),
        "train --data {x.csv} --output_dir {out}",
        r"x\.csv",
    ),
    "broken jsonl": (
        text_file("x.jsonl", '{"text": "a", "label": 1}\n{"text": "b", \n'),
        "train --data {x.jsonl} --output_dir {out}",
        r"x\.jsonl",
    ),
    "unknown kind of file": (text_file("x.docx", b"PK"), "train --data {x.docx} --output_dir {out}", r"x\.docx"),
    "a text of 100,000 words, read whole": (
        long_text,
        "train --data {long.csv} --output_dir {out} --max_length 200000",
        r"a text of 100,000 tokens.* Set --max_length",
    ),
    "numbers where text should be": (folder_of_numbers, "train --data {series.jsonl} --output_dir {out}", "text"),
    # recipes and flags
    "unknown flag": (nothing, TRAIN_GOOD + " --hiden_size 8", "no setting 'hiden_size'; did you mean hidden_size"),
    "unknown key in a recipe": (
        text_file("r.yaml", "data: builtin:reviews\nlerning_rate: 1\n"),
        "train --recipe {r.yaml} --output_dir {out}",
        r"r\.yaml.*'lerning_rate'; did you mean learning_rate",
    ),
    "a recipe that is no YAML": (text_file("r.yaml", "a: [1"), "train --recipe {r.yaml}", r"r\.yaml is not YAML"),
    "a recipe that is a list": (text_file("r.yaml", "- a\n"), "train --recipe {r.yaml}", "list, not a mapping"),
    "no such recipe": (nothing, "train --recipe sst2-blstm", "no recipe sst2-blstm.*sst2-bilstm"),
    "a word where a number should be": (
        nothing,
        TRAIN_GOOD + " --hidden_size big",
        "hidden_size 'big' is not a whole number",
    ),
    "a choice that does not exist": (nothing, TRAIN_GOOD + " --pooling sum", "'sum'.*attention"),
    "flags that contradict each other": (nothing, TRAIN_GOOD + " --eval_strategy no", "do not go together"),
    "resume and overwrite": (nothing, TRAIN_GOOD + " --resume --overwrite", "give one of them"),
    "learning rate of zero": (nothing, TRAIN_GOOD + " --learning_rate 0", "learning_rate=0.0 must be above 0"),
    "no rows in a batch": (nothing, TRAIN_GOOD + " --per_device_train_batch_size 0", "must be 1 or more"),
    "unknown verb": (nothing, "tarin --data x", "tarin"),
    # models
    "a slip in the model's name": (nothing, TRAIN_GOOD + " --model bilsmt", "no model 'bilsmt'; did you mean bilstm"),
    "vocabulary too small": (nothing, TRAIN_GOOD + " --vocab_size 3", "vocab_size=3 .*use at least"),
    "vocabulary too small for bytes": (
        nothing,
        TRAIN_GOOD + " --vocab_size 50 --tokenizer_kind bpe",
        "use at least 263",
    ),
    "num_features with text": (nothing, TRAIN_GOOD + " --num_features 4", "no setting 'num_features'"),
    "odd width for two directions": (nothing, TRAIN_GOOD + " --hidden_size 7", "hidden_size=7 .*use 8"),
    "dropout above one": (nothing, TRAIN_GOOD + " --hidden_dropout 1.5", "hidden_dropout=1.5"),
    "a field of another architecture": (
        nothing,
        TRAIN_GOOD + " --model lstm --num_attention_heads 2",
        "num_attention_heads=2 does not apply to model lstm",
    ),
    "labels smoothed away": (
        nothing,
        TRAIN_GOOD + " --label_smoothing_factor 1.5",
        "label_smoothing_factor=1.5 must be 0 or more and below 1; 0.1 is usual",
    ),
    "smoothed labels with weights": (
        nothing,
        TRAIN_GOOD + " --label_smoothing_factor 0.1 --class_weights balanced",
        "label_smoothing_factor=0.1 and class_weights=balanced do not go together",
    ),
    "smoothed numbers": (
        table("x.csv", [[f"text {n}", f"{n}.5"] for n in range(60)]),
        "train --data {x.csv} --output_dir {out} --label_smoothing_factor 0.1",
        "label_smoothing_factor=0.1 needs one label per row, this is regression; leave it out",
    ),
    "our fields on a pretrained model": (
        nothing,
        TRAIN_GOOD + " --model {model} --hidden_size 16",
        "hidden_size=16 does not go with the pretrained",
    ),
    "Hub out of reach for a model": (
        nothing,
        TRAIN_GOOD + " --model nobody/nothing --max_length 64",
        "nobody/nothing.*(Hub|offline|HF_HUB_OFFLINE)",
    ),
    "Hub out of reach for data": (nothing, "train --data nobody/nothing --output_dir {out}", "nobody/nothing"),
    "divergence": (
        nothing,
        TRAIN_GOOD + " --learning_rate 1e38 --max_grad_norm 0 --num_train_epochs 3",
        "diverged: .* at step .*lower --learning_rate",
    ),
    # folders
    "output folder in use": (nothing, "train --data {good.csv} --output_dir {model}", "in use.*--resume.*--overwrite"),
    "output folder is a file": (nothing, "train --data {good.csv} --output_dir {good.csv}", "is a file; name a folder"),
    "overwriting what is no run": (
        lambda place: (place / "photos").mkdir() or (place / "photos" / "cat.jpg").write_text("meow"),
        "train --data {good.csv} --output_dir {photos} --overwrite",
        "holds files but no run",
    ),
    "overwriting, but the data are bad": (
        table("x.csv", [[f"text {n}", "yes"] for n in range(60)]),
        "train --data {x.csv} --output_dir {model} --overwrite",
        "every train row has the label .yes.; give rows of two classes",
    ),
    "resuming with another recipe": (
        unfinished_run,
        "train --data {good.csv} --output_dir {model} --resume --hidden_size 16",
        "hidden_size was 8, now 16",
    ),
    "broken checkpoint": (
        cut_checkpoint,
        TRAIN_GOOD + " --resume_from_checkpoint {model/checkpoint-2}",
        "not a complete checkpoint",
    ),
    # using a model
    "no such model": (nothing, "predict {nowhere/model} hello", "no folder .*nowhere"),
    "weights cut off": (cut_weights, "predict {model} hello", "model.* cannot be loaded"),
    "weights in a pickle": (only_pickled_weights, "predict {model} hello", "safetensors"),
    "no tokenizer": (no_tokenizer, "predict {model} hello", "tokenizer"),
    "tokenizer of another model": (tokenizer_of_another_model, "predict {model} hello", "belongs to another model"),
    "texts twice": (
        nothing,
        "predict {model} hello --file {good.csv}",
        "--data: .hello. and .*good.csv; give one of them",
    ),
    "no such file of texts": (nothing, "predict {model} --file {none.txt}", "does not exist"),
    "output in no folder": (
        nothing,
        "predict {model} hello --output {nowhere/x.jsonl}",
        "there is no folder .*nowhere",
    ),
    "output that exists": (nothing, "predict {model} hello --output {good.csv}", "exists; choose another name"),
    "texts that are not UTF-8": (
        text_file("x.txt", b"fine\ncaf\xe9\n"),
        "predict {model} --file {x.txt}",
        r"x\.txt, line 2 is not UTF-8",
    ),
    "jsonl without text": (
        text_file("x.jsonl", '{"count": 1}\n'),
        "predict {model} --file {x.jsonl}",
        "no column looks like the text.*text_column",
    ),
    "labels that the model does not know": (
        lacking_labels_in,
        "evaluate {model} --data {other.csv}",
        "labels that the model does not know: maybe",
    ),
    "labels of another kind than the model's": (
        table("x.csv", [[f"a film {n}", f"{n}.5"] for n in range(60)]),
        "evaluate {model} --data {x.csv}",
        "trained for single_label_classification, but the labels of .*x.csv are read as regression",
    ),
    "no such split": (nothing, "evaluate {model} --split dev", "--split dev is none of"),
    "evaluating into a folder in use": (nothing, "evaluate {model} --output {model}", "in use; choose another"),
    "a model without a record": (unfinished_run, "evaluate {model}", "give --data"),
}


def test_at_least_twenty_kinds_are_listed():
    assert len(CASES) >= 20


@pytest.mark.parametrize("name", CASES)
def test_bad_input_ends_with_a_message_and_changes_nothing(place, capsys, name):
    spoil, command, message = CASES[name]
    spoil(place)
    before = snapshot(place)
    argv = [str(place / word[1:-1]) if word.startswith("{") else word for word in command.split()]
    argv += ["--bf16=false", "--disable_tqdm=true"] if argv[0] == "train" and "resum" not in name else []

    code = main(argv)

    err = " ".join(capsys.readouterr().err.split())
    assert code == 2, err
    assert "Traceback" not in err
    assert re.search(message, err), err
    after = {path: digest for path, digest in snapshot(place).items() if "/out/" not in str(path)}
    assert after == before
    assert name == "divergence" or not (place / "out").exists()


def test_full_disk_while_saving_says_how_to_go_on(place, capsys, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    code = main(["train", "--data", str(place / "good.csv"), "--output_dir", str(place / "out"), *TINY])
    assert code == 2
    assert "The disk is full" in (err := capsys.readouterr().err)
    assert "--resume" in err


def test_full_disk_while_predicting(place, capsys, monkeypatch):
    full = open("/dev/full", "w")  # noqa: SIM115
    monkeypatch.setattr(sys, "stdout", full)
    code = main(["predict", str(place / "model"), "hello"])
    monkeypatch.undo()
    with pytest.raises(OSError, match="No space left"):
        full.close()
    assert code == 2
    assert "The disk is full" in capsys.readouterr().err


def test_a_text_of_100_000_words_is_cut_and_counted_where_max_length_says_so(place, capsys, monkeypatch):
    long_text(place)
    monkeypatch.setattr(results, "LATENCY_CALLS", 5)
    code = main(["train", "--data", str(place / "long.csv"), "--output_dir", str(place / "out"), *TINY])
    assert code == 0
    notes = json.loads((place / "out" / "record.json").read_text())["notes"]
    assert any("cut" in note or "longer" in note for note in notes)
    assert main(["predict", str(place / "model"), "word " * 100_000]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["truncated"] is True


def test_texts_from_a_broken_pipe_of_bytes(place, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"fine\n\xff\xfe\n")))
    assert main(["predict", str(place / "model"), "--batch_size", "1"]) == 2
    assert "stdin, line 2 is not UTF-8" in capsys.readouterr().err
