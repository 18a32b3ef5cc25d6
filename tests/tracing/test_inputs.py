# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What goes in: tokens and steps as the model reads them, files of every kind, and what is refused."""

import json

import numpy as np
import pytest
import torch

from hf_seq import InputError, trace
from hf_seq.tracing.inputs import read_input

from .factories import FEATURES, TEXT, make_distilbert, make_recurrent, make_tokenizer


def test_tokens_are_marked_as_what_they_are():
    seen = trace(make_distilbert(), make_tokenizer(special=True), ["Good zyzzyva", TEXT])
    first = [(step.text, step.id, step.kind) for step in seen.steps[0]]
    assert first[:4] == [
        ("[CLS]", 2, "special"),
        ("good", 8, "known"),
        ("[UNK]", 1, "unknown"),
        ("[SEP]", 3, "special"),
    ]
    assert {kind for _, _, kind in first[4:]} == {"padding"}
    assert seen.steps[0][2].source == "zyzzyva"
    assert seen.mask.tolist()[0] == [True] * 4 + [False] * 6


def test_inputs_are_those_of_the_tokenizer():
    tokenizer = make_tokenizer(special=True)
    seen = trace(make_distilbert(), tokenizer, [TEXT, "good"])
    expected = tokenizer([TEXT, "good"], padding=True, return_tensors="pt")
    assert all(torch.equal(seen.inputs[name], expected[name]) for name in ("input_ids", "attention_mask"))


def test_a_text_without_any_token_is_one_unknown_one():
    tokenizer = make_tokenizer()
    tokenizer.backend_tokenizer.normalizer = __import__("tokenizers").normalizers.Replace("~", "")
    seen = trace(make_recurrent(), tokenizer, "~~")
    assert [step.kind for step in seen.steps[0]] == ["unknown"]
    assert "found no token" in seen.notes[0]


def test_a_step_with_a_missing_number_is_marked():
    series = np.zeros((3, FEATURES))
    series[1, 2] = np.nan
    seen = trace(make_recurrent(num_features=FEATURES), None, [series, np.ones((2, FEATURES))])
    assert [step.kind for step in seen.steps[0]] == ["known", "unknown", "known"]
    assert [step.kind for step in seen.steps[1]] == ["known", "known", "padding"]


REFUSED = {
    "empty": ("", make_recurrent, "the text is empty"),
    "blank": ("  ", make_recurrent, "the text is empty"),
    "nothing": ([], make_recurrent, "reads text; got list"),
    "numbers for a model of text": (np.zeros((3, 2)), make_recurrent, "reads text; got ndarray"),
    "no input": ({"labels": [1]}, make_recurrent, r"got the inputs \['labels'\]"),
    "mask": ({"input_ids": [[5, 6]], "attention_mask": [[1]]}, make_recurrent, r"\(1, 1\), the inputs \(1, 2\)"),
}
NUMBERS_REFUSED = {
    "text": (TEXT, "reads 3 numbers a step, not text"),
    "width": (np.zeros((4, 2)), r"shape \(4, 2\), but the model reads \(steps, 3\)"),
    "flat": (np.zeros(4), r"shape \(4,\)"),
    "ragged": ([[1.0, 2.0], [3.0]], "these are no numbers"),
    "no step": (np.zeros((0, 3)), "has no step"),
}


@pytest.mark.parametrize(("given", "make", "says"), REFUSED.values(), ids=REFUSED)
def test_what_a_model_of_text_refuses(given, make, says):
    with pytest.raises(InputError, match=says):
        trace(make(), make_tokenizer(), given)


@pytest.mark.parametrize(("given", "says"), NUMBERS_REFUSED.values(), ids=NUMBERS_REFUSED)
def test_what_a_model_of_numbers_refuses(given, says):
    with pytest.raises(InputError, match=says):
        trace(make_recurrent(num_features=FEATURES), None, given)


def test_a_text_needs_a_tokenizer():
    with pytest.raises(InputError, match="needs the model's tokenizer"):
        trace(make_recurrent(), None, TEXT)


def test_files_are_read_as_their_names_say(tmp_path):
    series = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(tmp_path / "a.npy", series)
    (tmp_path / "a.csv").write_text("x,y,z\n0,1,2\n3,4,5\n")
    (tmp_path / "a.tsv").write_text("0\t1\t2\n3\t\t5\n")
    (tmp_path / "a.txt").write_text("good film\n\nbad plot\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "good film"}) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps({"series": series.tolist()}) + "\n")
    read = {path.name: read_input(str(path), 3) for path in tmp_path.iterdir()}
    np.testing.assert_array_equal(read["a.npy"], series)
    np.testing.assert_array_equal(read["a.csv"], series)
    np.testing.assert_array_equal(read["a.tsv"], [[0, 1, 2], [3, np.nan, 5]])
    np.testing.assert_array_equal(read["b.jsonl"][0], series)
    assert (read["a.txt"], read["a.jsonl"]) == (["good film", "bad plot"], ["good film"])
    assert read_input("not a file. just a text.", None) == "not a file. just a text."


@pytest.mark.parametrize(("name", "content", "says"), [
    ("empty.txt", "", "holds no text"),
    ("a.csv", "1,2\n3,x\n", "cannot be read as .csv"),
    ("a.jsonl", "no json\n", "cannot be read as .jsonl"),
    ("a.jsonl", '{"body": "x"}\n', "cannot be read as .jsonl"),
    ("a.npy", "text", "cannot be read as .npy"),
    ("a.bin", "text", "a .bin file cannot be traced"),
])  # fmt: skip
def test_files_that_cannot_be_read(tmp_path, name, content, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=says):
        read_input(str(tmp_path / name), None)


@pytest.mark.parametrize(("given", "features"), [("reviews.txt", None), ("runs/series.npy", None), ("wave", 3)])
def test_a_file_that_is_not_there(given, features):
    with pytest.raises(InputError, match=f"there is no file {given}"):
        read_input(given, features)
