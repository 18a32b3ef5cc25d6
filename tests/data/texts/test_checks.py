# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes training on a text impossible or doubtful is found, each by a planted fault."""

import json

import pytest

from hf_seq import cli
from hf_seq.data.texts.checks import check_texts
from hf_seq.data.texts.loading import load_text_splits
from hf_seq.text import train_tokenizer

LINES = [f"this is line number {number}, and it is not short at all" for number in range(2_000)]


def splits_of(folder, train=LINES[:1000], validation=LINES[1000:1500], test=LINES[1500:]):
    for name, rows in (("train", train), ("validation", validation), ("test", test)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps({"text": row}) for row in rows))
    return load_text_splits(folder, strict=False)


def codes(findings):
    return [finding.code for finding in findings]


def test_a_sound_text_has_no_finding(tmp_path):
    report = check_texts(splits_of(tmp_path), train_tokenizer(LINES[:1000], "char", lowercase=False))
    assert (report.errors, report.warnings) == ([], [])
    assert report.facts[0].startswith("train: 5")


def test_texts_of_train_in_the_test_are_named_with_their_rows(tmp_path):
    report = check_texts(splits_of(tmp_path, test=[*LINES[1500:], LINES[3], "short", "short"]))
    assert codes(report.warnings) == ["text-in-train"]
    assert report.warnings[0].rows == [("test", 501)]


def test_a_short_test_is_doubtful(tmp_path):
    assert codes(check_texts(splits_of(tmp_path, test=LINES[1500:1510])).warnings) == ["test-short"]


def test_a_split_without_a_character_is_an_error(tmp_path):
    report = check_texts(splits_of(tmp_path, validation=["", ""]))
    assert codes(report.errors) == ["split-empty"]


@pytest.mark.parametrize(("letters", "found"), [("abc", "errors"), ("", "warnings")])
def test_unknown_tokens_are_doubtful_and_many_make_it_hopeless(tmp_path, letters, found):
    corpus = [letters] if letters else [line.replace("q", "").replace("b", "") for line in LINES]
    report = check_texts(splits_of(tmp_path), train_tokenizer(corpus, "char", lowercase=False))
    assert set(codes(getattr(report, found))) == {"unknown-tokens"}


def test_the_command_line_checks_text(tmp_path, capsys):
    path = tmp_path / "play.txt"
    path.write_text("\n".join(LINES))
    assert cli.main(["check", str(path), "--task", "language-modeling"]) == 0
    assert "characters in 1 text" in capsys.readouterr().out
    path.write_text("")
    assert cli.main(["check", str(path), "--task", "language-modeling"]) == 2
    assert "play.txt is empty (0 bytes)" in capsys.readouterr().err
