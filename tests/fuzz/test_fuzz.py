# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A sample of `make fuzz`: no malformed file, flag or folder of a model ends in anything but an answer or words."""

import bz2
import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hf_seq.cli import main

from .running import draw, inside, prepare, search
from .sound import sound_model

SEED, SAMPLE, AT_ONCE = 7, 60, 15


@pytest.mark.parametrize("start", range(0, SAMPLE, AT_ONCE))
def test_drawn_cases_end_in_words_or_work(start, in_a_hurry):
    assert search(SEED, range(start, start + AT_ONCE)) == []


def test_a_case_is_a_function_of_its_seed_and_number():
    assert draw(0, 5) == draw(0, 5)
    assert draw(0, 5) != draw(1, 5)


def test_a_verb_that_breaks_is_found(monkeypatch):
    def broken(words):
        raise KeyError("planted")

    monkeypatch.setattr("tests.fuzz.running.main", broken)
    ((_, said),) = search(0, range(1), say=lambda _: None)
    assert "planted" in said


# What was found, by name

NAMED = {
    "half a character": (["predict", "bilstm", "\udcff ok"], 0),
    "half a character, to a tagger": (["predict", "bilstm-crf", "\udcff ok"], 0),
    "half a character, traced": (["trace", "bilstm", "\udcff ok"], 0),
    "an encoding of no text": (["check", "good.csv", "--encoding", "hex"], 2),
    "an encoding of nothing": (["check", "good.csv", "--encoding", "undefined"], 2),
}


FOLDERS = {
    "classes that are numbers": (
        "bilstm",
        "config.json",
        {"architectures": [1]},
        ["evaluate", "model", "--data", "good.csv"],
    ),
    "a token that is an object": (
        "lstm-lm",
        "generation_config.json",
        {"bos_token_id": {"a": 1}},
        ["generate", "model"],
    ),
    "a billion labels": ("bilstm", "config.json", {"num_labels": 10**9}, ["predict", "model", "a"]),
    "states that are an object": (
        "lstm-seq2seq",
        "generation_config.json",
        {"output_hidden_states": {"a": 1}},
        ["predict", "model", "a"],
    ),
    "a text of no tokens": ("bilstm", "tokenizer_config.json", {"model_max_length": -4}, ["predict", "model", "a"]),
    "a text of no tokens, with a gap": (
        "masked-lm",
        "tokenizer_config.json",
        {"model_max_length": -1},
        ["predict", "model", "a [MASK]"],
    ),
    "a type that is a list": ("bilstm", "config.json", {"model_type": []}, ["predict", "model", "a"]),
    "a million layers": ("bilstm", "config.json", {"num_hidden_layers": 10**6}, ["predict", "model", "a"]),
    "code from the Hub": ("bilstm", "config.json", {"_attn_implementation": "a/kernel"}, ["predict", "model", "a"]),
}


@pytest.mark.parametrize(("sound", "name", "change", "words"), FOLDERS.values(), ids=FOLDERS.keys())
def test_a_folder_that_was_found_to_break_is_refused_in_words(sound, name, change, words, tmp_path, capsys):
    prepare(tmp_path, [sound])
    path = Path(shutil.copytree(tmp_path / sound, tmp_path / "model")) / name
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with inside(tmp_path):
        assert main(words) == 2
    assert next(iter(change)) in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "model", "a good film"],
        ["train", "--start_from", "model", "--model", "bilstm", "--data", "good.csv", "--output_dir", "out"],
        ["train", "--tokenizer", "model", "--model", "bilstm", "--data", "good.csv", "--output_dir", "out"],
    ],
)
def test_a_tokenizer_whose_token_for_unknown_words_is_unknown_is_refused(words, tmp_path, capsys):
    prepare(tmp_path, ["bilstm"])
    folder = Path(shutil.copytree(tmp_path / "bilstm", tmp_path / "model"))
    facts = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(facts | {"unk_token": ""}))
    with inside(tmp_path):
        assert main(words) == 2
    assert "which its vocabulary does not have" in capsys.readouterr().err


def test_an_export_that_was_changed_is_refused_in_words(tmp_path, capsys):
    folder = Path(shutil.copytree(sound_model("exported"), tmp_path / "model"))
    whole = {name: (folder / name).read_text() for name in ("runtime.json", "tokenizer.json")}
    facts = json.loads(whole["runtime.json"])
    files = {"../model.onnx": facts["files"]["onnx/model.onnx"]}
    changed = [("tokenizer.json", whole["tokenizer.json"][:300]), ("runtime.json", "[" * 20_000)]
    changed += [
        ("runtime.json", json.dumps(facts | each)) for each in ({"labels": "ab"}, {"files": files}, {"kind": 1})
    ]
    for name, text in changed:
        (folder / name).write_text(text)
        assert main(["predict", str(folder), "a"]) == 2, text[:99]
        assert "export again" in capsys.readouterr().err
        (folder / name).write_text(whole[name])
    assert main(["predict", str(folder), "a"]) == 0


FILES = {
    "spans without their text": ("a.ann", b"T1\tPER 0 3\tAda\n", ["--task", "tagging"], "its text a.txt is not there"),
    "series of arrays": ("a.npy", b"", ["--task", "forecasting"], "no column holds numbers to forecast"),
    "lists as times": (
        "a.jsonl",
        b'{"text": [1], "label": {"a": 1}}\n' * 3,
        ["--task", "forecasting"],
        "no column holds",
    ),
    "a broken gzip": ("a.csv.gz", gzip.compress(b"text,label\n" * 99)[:30] + b"??", [], "cannot be decompressed"),
    "a bomb": ("a.csv.bz2", bz2.compress(b" " * 2**20) * 400, [], "unpacks to more than 268,435,456"),
    "a number in place of a series": (
        "a.jsonl",
        b"".join(b'{"series": [[1, %d], [3, 4]], "label": "%c"}\n' % (n, 97 + n % 2) for n in range(40))
        + b'{"series": 10000000000000000000000000, "label": "a"}\n',
        ["--task", "series"],
        "cannot be read as numbers",
    ),
    "strokes in place of numbers": ("a.txt", b"- 1 2 x\n1 2 3 4\n", ["--task", "series-tagging"], "a.txt"),
    "a stroke as the name of a step": (
        "a.csv",
        b"label,-,0.5,1.0,1.5,2.0\n" + b"a,1,2,3,4,5\nb,2,3,4,5,6\n" * 9,
        ["--task", "series"],
        "18 rows (2 different texts) are too few to cut",
    ),
    "a list in place of a tag": (
        "a.jsonl",
        b'{"series": [[1, 2], [3, 4]], "tags": [["x"], "O"]}\n' * 20,
        ["--task", "series-tagging"],
        "train row 1 has the tag ['x'], not a name",
    ),
    "a number in place of a list of times": (
        "a.jsonl",
        b'{"events": ["open", "shut"], "times": [1, 2], "label": "yes"}\n' * 20
        + b'{"events": ["open", "shut"], "times": -1, "label": "no"}\n',
        ["--task", "events"],
        "row 21 has -1 in 'times', where other rows have a list",
    ),
    "a list as the label of some events": (
        "a.jsonl",
        b'{"events": ["open", "shut"], "times": [1, 2], "label": "yes"}\n' * 20
        + b'{"events": ["open", "shut"], "times": [1, 2], "label": [""]}\n',
        ["--task", "events"],
        "too few to cut",
    ),
    "a word in place of a series": (
        "a.jsonl",
        b"".join(b'{"series": [[%d, 0.5], [%d, 2]], "label": "%c"}\n' % (n, n % 3, 97 + n % 2) for n in range(60))
        + b'{"series": "a word", "label": "a"}\n',
        ["--task", "series"],
        "got the text 'a word'",
    ),
    "a number in place of tokens": (
        "a.jsonl",
        b'{"tokens": 0.5, "tags": 0.5}\n' + b'{"tokens": ["a", "b"], "tags": ["O", "B-X"]}\n' * 20,
        ["--task", "tagging"],
        "holds float values like 0.5, not lists with an item per token",
    ),
    "a year twice": (
        "a.csv",
        b"date,value\n1,1\n2,2\n",
        ["--task", "forecasting", "--time_format", "%Y%Y"],
        "not a format",
    ),
}


@pytest.mark.parametrize(("name", "raw", "flags", "said"), FILES.values(), ids=FILES.keys())
def test_a_file_that_was_found_to_break_is_refused_in_words(name, raw, flags, said, tmp_path, capsys):
    (tmp_path / name).write_bytes(raw)
    if name.endswith(".npy"):
        np.save(tmp_path / name, np.zeros((4, 3)))
    with inside(tmp_path):
        assert main(["check", name, *flags]) == 2
    printed = capsys.readouterr()
    assert said in printed.err + printed.out


@pytest.mark.parametrize(("words", "code"), NAMED.values(), ids=NAMED.keys())
def test_what_was_found_stays_mended(words, code, tmp_path, capsys):
    prepare(tmp_path, words)
    with inside(tmp_path):
        assert main(words) == code
    assert "Traceback" not in capsys.readouterr().err


def test_names_without_rows_are_no_table_of_numbers(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("a;b;c;d\n")
    with inside(tmp_path):
        assert main(["check", "a.txt", "--task", "series-tagging", "--delimiter", ";"]) == 2
    assert "no rows below it" in capsys.readouterr().err
