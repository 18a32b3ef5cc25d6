# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Data in memory are read as the same data in a file are, whatever form they have."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from hf_seq.data import load_series_splits, load_splits, load_tagged_splits, load_text_splits
from hf_seq.data.memory import _SETS, KEPT, as_source, is_gone, read_memory
from hf_seq.errors import InputError

TEXTS = [f"{a} {b} {c}" for a in ("a", "my") for b in ("good", "bad") for c in ("film", "book", "song", "game", "tea")]
LABELS = ["praise" if "good" in text else "blame" for text in TEXTS]
COLUMNS = {"text": TEXTS, "label": LABELS}
ROWS = [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]
FORMS = {
    "columns": COLUMNS,
    "rows": ROWS,
    "pairs": list(zip(TEXTS, LABELS, strict=True)),
    "two lists": (TEXTS, LABELS),
    "two arrays": (np.array(TEXTS), np.array(LABELS)),
    "values of pandas": (pd.DataFrame(COLUMNS).text.values, pd.Categorical(LABELS)),
    "columns of datasets": (Dataset.from_dict(COLUMNS)["text"], Dataset.from_dict(COLUMNS)["label"]),
    "columns of pyarrow": {"text": pa.table(COLUMNS)["text"], "label": pa.array(LABELS)},
    "pandas": pd.DataFrame(COLUMNS),
    "pandas with an index": pd.DataFrame(COLUMNS, index=range(100, 100 + len(TEXTS))),
    "pandas with categories": pd.DataFrame(COLUMNS).astype({"label": "category"}),
    "pyarrow": pa.table(COLUMNS),
    "datasets": Dataset.from_dict(COLUMNS),
}


@pytest.fixture(scope="module")
def from_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return load_splits(path)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_splits_of_the_file(form, from_file):
    splits = load_splits(as_source(FORMS[form]))
    assert splits.fingerprint == from_file.fingerprint
    assert splits.label_names == from_file.label_names
    for split in ("train", "validation", "test"):
        assert splits[split].to_dict() == from_file[split].to_dict()


@pytest.mark.parametrize("form", ["columns", "rows", "pairs", "two lists", "pandas", "datasets"])
def test_tables_by_split_are_splits(form):
    splits = load_splits(as_source({"train": FORMS[form], "dev": ROWS[:4], "test": ROWS[4:10]}))
    assert [len(splits[split]) for split in ("train", "validation", "test")] == [20, 4, 6]


def test_lists_of_texts_by_split_are_texts():
    splits = load_text_splits(as_source({"train": ["one text", "two texts"], "test": ["three"], "dev": ["four"]}))
    assert [splits[split]["text"][:] for split in ("train", "validation", "test")] == [
        ["one text", "two texts"],
        ["four"],
        ["three"],
    ]


def test_a_dataset_dict_keeps_the_names_of_its_labels():
    features = Features({"text": Value("string"), "label": ClassLabel(names=["blame", "praise"])})
    ids = [int(label == "praise") for label in LABELS]
    rows = Dataset.from_dict({"text": TEXTS, "label": ids}, features=features)
    splits = load_splits(as_source(DatasetDict(train=rows, test=rows)))
    assert splits.label_names == ["blame", "praise"]
    assert splits.test["label"][:] == ids


def test_the_name_is_a_digest_of_the_content():
    assert as_source(COLUMNS) == as_source(pd.DataFrame(COLUMNS)) == as_source({"train": ROWS})
    assert as_source(COLUMNS) != as_source({**COLUMNS, "label": LABELS[::-1]})


def test_a_missing_value_is_missing_however_it_is_written():
    frame = pd.DataFrame({"text": ["a", None, float("nan"), pd.NA], "label": [1.0, float("nan"), 2.0, pd.NaT]})
    table = read_memory(as_source(frame)).tables["train"]
    assert table.values("text") == ["a", None, None, None]
    assert table.values("label") == [1.0, None, 2.0, None]


def test_arrays_of_series_keep_their_numbers():
    series = np.random.default_rng(0).normal(size=(20, 6, 2))
    splits = load_series_splits(as_source({"train": (series, ["up", "down"] * 10), "test": (series, ["up"] * 20)}))
    assert np.allclose(np.array(splits.test["series"][:]), series)


@pytest.mark.parametrize("whole", [True, False])
def test_tensors_of_torch_are_read_as_arrays_of_numpy_are(whole):
    series, labels = np.random.default_rng(0).normal(size=(20, 6, 2)), np.arange(20) % 2
    tensors = torch.tensor(series) if whole else [torch.tensor(each) for each in series]
    assert as_source((tensors, torch.tensor(labels))) == as_source((series, labels))


def test_lists_of_words_with_lists_of_tags_are_tagged_sentences():
    words = [["two", "teas"], *([number, "flat", "white"] for number in ("one", "two", "three", "four", "five", "six"))]
    tags = [["N", "B"], *[["N", "B", "I"]] * 6]
    splits = load_tagged_splits(as_source({"train": (words, tags), "test": (words, tags)}))
    assert splits.test["tokens"][1] == ["one", "flat", "white"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "no rows"),
        (pd.DataFrame(), "no rows"),
        ({}, "it is empty"),
        ({"text": ["a"], "label": [1, 0]}, r"'text' 1, 'label' 2"),
        ({"text": "a", "label": [1]}, r"column 'text' is str"),
        (7, "are int, which cannot be read"),
        (np.array(7), "are ndarray, which cannot be read"),
        ([1, 2], "a list of int"),
        ([{"text": "a"}, "b"], "a list of dict, str"),
        ({"first": ROWS, "second": ROWS}, "tables called first, second, none of them train"),
        ({"test": ROWS}, "have splits but no train"),
        ({"train": []}, "no rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, words):
    with pytest.raises(InputError, match=words):
        as_source(data)


def test_data_of_another_program_are_asked_for():
    with pytest.raises(InputError, match="this one does not hold them; give the data again"):
        load_splits("memory:000000000000")


def test_what_is_gone_is_known_before_it_is_read():
    assert is_gone("memory:000000000000")
    assert not is_gone(as_source(COLUMNS))
    assert not is_gone("builtin:reviews")


def test_the_last_sets_are_held_and_no_more():
    first = as_source({"text": ["first"]})
    for number in range(KEPT):
        as_source({"text": [str(number)]})
    assert len(_SETS) == KEPT
    assert first not in _SETS
