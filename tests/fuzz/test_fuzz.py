# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A sample of `make fuzz`: no malformed file, flag or folder of a model ends in anything but an answer or words."""

import json
import shutil
from pathlib import Path

import pytest

from hf_seq.cli import main

from .running import draw, inside, prepare, search

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
    "a million layers": ("bilstm", "config.json", {"num_hidden_layers": 10**6}, ["predict", "model", "a"]),
    "code from the Hub": ("bilstm", "config.json", {"_attn_implementation": "a/kernel"}, ["predict", "model", "a"]),
}


@pytest.mark.parametrize(("sound", "name", "change", "words"), FOLDERS.values(), ids=FOLDERS.keys())
def test_a_folder_that_was_found_to_break_is_refused_in_words(sound, name, change, words, tmp_path, capsys):
    prepare(tmp_path)
    path = Path(shutil.copytree(tmp_path / sound, tmp_path / "model")) / name
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with inside(tmp_path):
        assert main(words) == 2
    assert next(iter(change)) in capsys.readouterr().err


@pytest.mark.parametrize(("words", "code"), NAMED.values(), ids=NAMED.keys())
def test_what_was_found_stays_mended(words, code, tmp_path, capsys):
    prepare(tmp_path)
    with inside(tmp_path):
        assert main(words) == code
    assert "Traceback" not in capsys.readouterr().err


def test_names_without_rows_are_no_table_of_numbers(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("a;b;c;d\n")
    with inside(tmp_path):
        assert main(["check", "a.txt", "--task", "series-tagging", "--delimiter", ";"]) == 2
    assert "no rows below it" in capsys.readouterr().err
