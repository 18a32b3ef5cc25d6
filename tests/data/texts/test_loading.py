# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Unlabelled text from every kind of source, cut by the rules, not a character lost."""

import csv
import json

import pytest

from hf_seq.data.builtin.grammar import draw_text
from hf_seq.data.texts.loading import load_text_splits
from hf_seq.errors import InputError
from hf_seq.tasks.registry import reading_recipe, task_of
from hf_seq.tasks.train_rows import load_for_training

TEXT = "Before we proceed,\n\n  hear me\tspeak.\r\n" * 50


def texts(splits):
    return {name: splits[name]["text"][:] for name in ("train", "validation", "test")}


def write_bytes(path, text):
    path.write_bytes(text.encode())
    return path


def test_a_txt_file_is_one_text_whose_end_is_validation_and_test(tmp_path):
    splits = load_text_splits(write_bytes(tmp_path / "play.txt", TEXT))
    (train,), (validation,), (test,) = texts(splits).values()
    assert train + validation + test == TEXT
    assert len(test) == round(len(TEXT) * 0.1)
    assert abs(len(validation) - len(test)) <= 1
    assert (splits.problem_type, splits.label_names, splits.test_split) == (
        "language_modeling",
        [],
        "test (cut from train)",
    )


def test_lines_of_a_txt_file_are_texts(tmp_path):
    path = write_bytes(tmp_path / "texts.txt", "a fine soup\r\n\r\n  \nno soup\tat all\r\nlast")
    assert texts(load_text_splits(path, lines=True, whole=True))["train"] == ["a fine soup", "no soup\tat all", "last"]
    with pytest.raises(InputError, match="only blanks"):
        load_text_splits(write_bytes(tmp_path / "blank.txt", "\n \n"), lines=True)


def test_whole_keeps_the_text_in_one_piece(tmp_path):
    splits = load_text_splits(write_bytes(tmp_path / "play.txt", TEXT), whole=True)
    assert set(map(tuple, texts(splits).values())) == {(TEXT,)}


def test_a_folder_of_txt_files_is_a_text_per_split(tmp_path):
    for name in ("train", "valid", "test"):
        write_bytes(tmp_path / f"{name}.txt", f"{name}\n{TEXT}")
    assert texts(load_text_splits(tmp_path)) == {
        "train": [f"train\n{TEXT}"],
        "validation": [f"valid\n{TEXT}"],
        "test": [f"test\n{TEXT}"],
    }


def test_validation_without_a_test_becomes_the_test_and_train_gives_its_end(tmp_path):
    write_bytes(tmp_path / "train.txt", TEXT)
    write_bytes(tmp_path / "valid.txt", "another text")
    splits = load_text_splits(tmp_path)
    (train,), (validation,), (test,) = texts(splits).values()
    assert (train + validation, test, splits.test_split) == (TEXT, "another text", "validation")


def test_a_validation_text_goes_on_where_train_ends_when_it_joins_it(tmp_path):
    for split, text in (("train", "abc\n" * 30), ("validation", "xyz\n" * 10), ("test", "end")):
        (tmp_path / f"{split}.txt").write_text(text)
    splits = load_text_splits(tmp_path, train_on_validation=True, validation_fraction=0.2)
    assert splits.train["text"][:] == ["abc\n" * 30 + "xyz\n" * 2]
    assert splits.validation["text"][:] == ["xyz\n" * 8]
    assert splits.test["text"][:] == ["end"]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_rows_are_texts_and_go_to_one_split_each(tmp_path, kind):
    rows = [f"text {n} of\nseveral lines " for n in range(40)]
    path = tmp_path / f"rows.{kind}"
    with path.open("w", newline="") as file:
        if kind == "csv":
            csv.writer(file).writerows([["id", "text"], *enumerate(rows)])
        else:
            file.writelines(json.dumps({"id": n, "text": row}) + "\n" for n, row in enumerate(rows))
    splits = load_text_splits(path, seed=3)
    assert sorted(text for part in texts(splits).values() for text in part) == sorted(rows)
    assert [len(part) for part in texts(splits).values()] == [32, 4, 4]
    assert [rows[number - 1] for number in splits.test["row"]] == splits.test["text"][:]


def test_the_built_in_text_is_what_the_grammar_draws():
    splits = load_text_splits("builtin:grammar")
    assert splits.test["text"][0] == draw_text(4_000, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"play.txt is empty \(0 bytes\)"),
        (" \n\n ", r"play.txt holds only blanks; give a file with text"),
        ("abc", r"a text of 3 characters is too short to cut 10% off"),
        ("Öl".encode("latin1"), r"play.txt is not UTF-8: byte 0xd6 in line 1; if it is latin1"),
    ],
    ids=["empty", "blank", "too short", "not UTF-8"],
)
def test_a_file_that_holds_no_text_is_refused(tmp_path, text, words):
    path = tmp_path / "play.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=words):
        load_text_splits(path)


def test_rows_that_are_all_empty_are_refused(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"text": ""}\n{"text": null}\n')
    with pytest.raises(InputError, match=r"train has no text, all its rows are empty"):
        load_text_splits(tmp_path / "rows.jsonl")


def test_a_text_column_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"text": "a b"}\n{"text": "c d"}\n')
    with pytest.raises(InputError, match=r"text_column='txt' is not there.*did you mean 'text'"):
        load_text_splits(tmp_path / "rows.jsonl", text_column="txt")


def test_a_column_of_numbers_is_no_text(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"n": 1}\n{"n": 2}\n')
    with pytest.raises(InputError, match=r"no column looks like the text"):
        load_text_splits(tmp_path / "rows.jsonl")


def test_rows_of_a_single_text_cannot_be_limited(tmp_path):
    path = write_bytes(tmp_path / "play.txt", TEXT)
    with pytest.raises(InputError, match=r"max_train_rows=100 limits the number of texts, and .*play.txt is one text"):
        load_text_splits(path, max_train_rows=100)
    recipe = reading_recipe("language-modeling", str(path), {"train_rows": 100})
    with pytest.raises(InputError, match=r"train_rows=100 counts texts, and .*play.txt is one text"):
        load_for_training(task_of(recipe), recipe)
    (tmp_path / "many.jsonl").write_text("".join(f'{{"text": "line {index}"}}\n' for index in range(200)))
    assert len(load_text_splits(tmp_path / "many.jsonl", max_train_rows=100).train) == 100
