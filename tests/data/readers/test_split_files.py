# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which files are which split: shards are all there or refused by name, in every layout that the Hub and people use."""

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from hf_seq.data import load_splits
from hf_seq.errors import InputError

ROWS = {"text": [f"text number {index}" for index in range(40)], "label": ["a", "b"] * 20}


def write(path, rows=ROWS):
    path.parent.mkdir(parents=True, exist_ok=True)
    getattr(Dataset.from_dict(rows), {".csv": "to_csv", ".jsonl": "to_json", ".parquet": "to_parquet"}[path.suffix])(
        path
    )


@pytest.mark.parametrize(
    ("names", "lost"),
    [
        (["train-00000-of-00003.parquet", "train-00002-of-00003.parquet"], "train-00001-of-00003.parquet"),
        (["train-00001-of-00003.csv"], "train-00000-of-00003.csv, train-00002-of-00003.csv"),
        (["train-0-of-2.jsonl"], "train-1-of-2.jsonl"),
        (["train-00000-of-00002-a09b74b3ef9c3b56.parquet"], "train-00001-of-00002.parquet"),
        (["data/train-00000-of-00002.parquet"], "train-00001-of-00002.parquet"),
        (["reviews-train-00001-of-00002.parquet"], "reviews-train-00000-of-00002.parquet"),
    ],
)
def test_a_missing_shard_is_refused_by_its_name(names, lost, tmp_path):
    for name in names:
        write(tmp_path / name)
    with pytest.raises(InputError, match=rf"has {len(names)} of the [23] shards of train, without {lost};"):
        load_splits(tmp_path)


def test_a_missing_shard_of_the_test_is_refused_too(tmp_path):
    write(tmp_path / "train.parquet")
    write(tmp_path / "test-00001-of-00002.parquet")
    with pytest.raises(InputError, match=r"shards of test, without test-00000-of-00002.parquet"):
        load_splits(tmp_path)


def test_shards_of_two_sets_are_not_joined(tmp_path):
    write(tmp_path / "train-00000-of-00002.parquet")
    write(tmp_path / "train-00001-of-00003.parquet")
    with pytest.raises(InputError, match=r"shards of two sets for train: .* there are 2 and 3"):
        load_splits(tmp_path)


def test_ten_shards_are_joined_in_the_order_of_their_numbers(tmp_path):
    for index in range(11):
        rows = {"text": [f"{index} {text}" for text in ROWS["text"][:2]], "label": ["a", "b"]}
        write(tmp_path / f"train-{index}-of-11.jsonl", rows)
    write(tmp_path / "test.jsonl")
    write(tmp_path / "dev.jsonl")
    assert [text.split()[0] for text in load_splits(tmp_path).train["text"][::2]] == [str(n) for n in range(11)]


def test_a_clone_of_the_hub_is_read_from_its_folder_data(tmp_path):
    (tmp_path / "README.md").write_text("a card")
    for split in ("train", "validation", "test"):
        write(tmp_path / f"data/{split}-00000-of-00001.parquet")
    splits = load_splits(tmp_path)
    assert (len(splits.train), len(splits.test), splits.test_split) == (40, 40, "test")


def test_official_names_end_with_their_split(tmp_path):
    for name in ("reviews_train.csv", "reviews_dev.csv", "reviews_test.csv"):
        write(tmp_path / name)
    splits = load_splits(tmp_path)
    assert splits.test_split == "test"
    assert "train: reviews_train.csv; validation: reviews_dev.csv; test: reviews_test.csv" in splits.notes
    write(tmp_path / "books_train.csv")
    with pytest.raises(InputError, match=r"2 files for train: books_train.csv, reviews_train.csv; keep one"):
        load_splits(tmp_path)


def test_what_save_to_disk_wrote_is_read_by_name(tmp_path):
    saved = {}
    for split, names in (("train", ["a", "b"]), ("test", ["b", "a"])):
        features = Features({"text": Value("string"), "label": ClassLabel(names=names)})
        saved[split] = Dataset.from_dict(
            {"text": ROWS["text"], "label": [names.index(label) for label in ROWS["label"]]}, features=features
        )
    DatasetDict(saved).save_to_disk(tmp_path / "both")
    splits = load_splits(tmp_path / "both")
    assert [splits.label_names[label] for label in splits.test["label"]] == ROWS["label"]
    saved["train"].save_to_disk(tmp_path / "one")
    assert load_splits(tmp_path / "one").test_split == "test (cut from train)"
    next((tmp_path / "both/test").glob("*.arrow")).unlink()
    with pytest.raises(InputError, match=r"was written by save_to_disk, but cannot be read"):
        load_splits(tmp_path / "both")
