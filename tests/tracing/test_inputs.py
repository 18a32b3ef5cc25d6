# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What goes in: tokens and steps as the model reads them, files of every kind, and what is refused."""

import json

import numpy as np
import pytest
import torch

from hf_seq import InputError, Predictor, SeriesFeatureExtractor, trace
from hf_seq.commands.inputs import Reader, TypedInputs
from hf_seq.commands.trace import first_inputs, is_file

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


def test_a_text_without_any_token_is_a_row_of_padding_as_for_a_predictor():
    tokenizer = make_tokenizer()
    tokenizer.backend_tokenizer.normalizer = __import__("tokenizers").normalizers.Replace("~", "")
    model = make_recurrent()
    seen = trace(model, tokenizer, "~~")
    assert [step.kind for step in seen.steps[0]] == ["padding"]
    assert "found no token" in seen.notes[0]
    expected = Predictor(model, tokenizer).scores(["~~"])[0]
    np.testing.assert_allclose(seen.outputs.logits.softmax(-1)[0].numpy(), expected, atol=1e-6)


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
    "ragged": ([[1.0, 2.0], [3.0]], "these are not numbers"),
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


def test_an_extractor_reads_the_series(tmp_path):
    extractor = SeriesFeatureExtractor(feature_size=2, missing_indicator=True, padding_side="left", max_length=4).fit(
        [[[1.0, 2.0], [3.0, 8.0]]]
    )
    series = [np.array([[1, 2], [np.nan, 8], [1, 2]]), np.arange(12.0).reshape(6, 2)]
    model = make_recurrent(num_features=4)
    seen = trace(model, extractor, series)
    torch.testing.assert_close(seen.inputs["input_values"], extractor(series, return_tensors="pt")["input_values"])
    assert [(step.text, step.kind) for step in seen.steps[0]] == [
        ("", "padding"), ("t0", "known"), ("t1", "unknown"), ("t2", "known"),
    ]  # fmt: skip
    assert [finding.kind for finding in seen.findings] == ["truncated"]
    assert seen.findings[0].message == "Row 2 has 6 steps, but the model read 4: 2 were cut."
    assert trace(model, extractor, series, truncation=False).findings == []
    with pytest.raises(InputError, match=r"shape \(2, 3\), but the model reads \(steps, 2\)"):
        trace(model, extractor, np.zeros((2, 3)))
    with pytest.raises(InputError, match="infinite"):
        trace(model, extractor, np.full((2, 2), np.inf))


def test_a_series_cut_at_its_beginning_keeps_the_numbers_of_its_steps():
    extractor = SeriesFeatureExtractor(feature_size=3, max_length=2, truncation_side="left")
    series = np.zeros((5, 3))
    series[4, 0] = np.nan
    seen = trace(make_recurrent(num_features=3), extractor, series)
    assert [(step.text, step.kind) for step in seen.steps[0]] == [("t3", "known"), ("t4", "unknown")]


def test_windows_are_rows_of_their_own():
    extractor = SeriesFeatureExtractor(feature_size=3, window_length=4)
    seen = trace(make_recurrent(num_features=3), extractor, np.random.default_rng(0).normal(size=(8, 3)))
    assert seen.raw == [f"window {row}, of 8 steps of 3 numbers" for row in (1, 2, 3)]
    assert "series_index" not in seen.inputs
    assert seen.findings == []


def test_files_are_read_as_their_names_say(tmp_path):
    series = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(tmp_path / "one.npy", series)
    np.save(tmp_path / "many.npy", series[None].repeat(9, 0))
    (tmp_path / "a.txt").write_text("good film\n\nbad plot\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "good film"}) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps({"series": series.tolist()}) + "\n")
    np.testing.assert_array_equal(read_first(tmp_path / "one.npy", 3), [series])
    np.testing.assert_array_equal(read_first(tmp_path / "many.npy", 3), [series] * 8)
    np.testing.assert_array_equal(read_first(tmp_path / "b.jsonl", 3), [series])
    np.testing.assert_array_equal(read_first("[[0, 1, 2], [3, 4, 5]]", 3), [series])
    assert read_first(tmp_path / "a.txt") == ["good film", "bad plot"]
    assert read_first(tmp_path / "a.jsonl") == ["good film"]
    assert read_first("not a file. just a text.") == "not a file. just a text."


def read_first(given, channels=None):
    """What `hf-seq trace` reads of its argument."""
    named = is_file(str(given))
    reader = Reader(reads_numbers=channels is not None)
    return first_inputs(TypedInputs(None if named else [given], str(given) if named else None), reader, channels)


UNREADABLE = {
    "empty": ("empty.txt", "", None, "holds no text"),
    "no json": ("a.jsonl", "no json\n", None, "line 1 is not JSON"),
    "no field": ("a.jsonl", '{"count": 3}\n', None, "no column looks like the text"),
    "numbers for a model of text": ("a.npy", "text", None, "files ending in '.npy' are not read"),
    "no array": ("a.npy", "text", 3, "cannot be read as arrays"),
    "a text for a model of series": ("a.jsonl", "good film\n", 3, "line 1 is not JSON"),
}


@pytest.mark.parametrize(("name", "content", "channels", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_files_that_cannot_be_read(tmp_path, name, content, channels, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=says):
        read_first(tmp_path / name, channels)


@pytest.mark.parametrize(("given", "channels"), [("reviews.txt", None), ("runs/series.npy", None), ("wave.npy", 3)])
def test_a_file_that_is_not_there(given, channels):
    with pytest.raises(InputError, match=f"there is no file {given}"):
        read_first(given, channels)
