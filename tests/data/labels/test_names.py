# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels are matched by name, whatever each file calls, orders or numbers them; the oracle is what was written."""

import csv
import json

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from hf_seq.data import check_data, load_splits, load_tagged_splits
from hf_seq.errors import InputError

WRITTEN = ["neg", "pos", "pos", "neu"] * 10


def texts(split, number):
    return [f"{split} text number {index}" for index in range(number)]


def write_parquet(path, order, labels=WRITTEN, *, column="label"):
    """Class ids beside names in an order of the file's own."""
    several = isinstance(labels[0], list)
    ids = [[order.index(name) for name in label] if several else order.index(label) for label in labels]
    kind = ClassLabel(names=order)
    features = Features({"text": Value("string"), column: List(kind) if several else kind})
    rows = {"text": texts(path.stem, len(labels)), column: ids}
    Dataset.from_dict(rows, features=features).to_parquet(path)


def write_csv(path, labels):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "label"], *zip(texts(path.stem, len(labels)), labels, strict=True)])


def write_json(path, labels, column="label"):
    rows = [{"text": t, column: label} for t, label in zip(texts(path.stem, len(labels)), labels, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def names_of(splits, part):
    return [splits.label_names[label] for label in splits[part]["label"]]


@pytest.mark.parametrize("order", [["pos", "neu", "neg"], ["neu", "neg", "pos"]])
def test_class_labels_of_a_test_in_another_order_keep_their_names(order, tmp_path):
    write_parquet(tmp_path / "train.parquet", ["neg", "neu", "pos"])
    write_parquet(tmp_path / "validation.parquet", ["neg", "neu", "pos"])
    write_parquet(tmp_path / "test.parquet", order)
    splits = load_splits(tmp_path)
    assert splits.label_names == ["neg", "neu", "pos"]
    assert names_of(splits, "train") == names_of(splits, "validation") == names_of(splits, "test") == WRITTEN
    said = f"test stores its label names in another order ({', '.join(order)}); labels are matched by name"
    assert said in check_data(tmp_path).render()


def test_class_labels_of_a_test_with_fewer_names_keep_them(tmp_path):
    write_parquet(tmp_path / "train.parquet", ["neg", "neu", "pos"])
    write_parquet(tmp_path / "test.parquet", ["pos", "neg"], ["neg", "pos", "pos"])
    assert names_of(load_splits(tmp_path), "test") == ["neg", "pos", "pos"]


def test_a_class_that_only_the_test_knows_is_refused_by_its_name(tmp_path):
    write_parquet(tmp_path / "train.parquet", ["neg", "neu", "pos"])
    write_parquet(tmp_path / "test.parquet", ["odd", "neg"], ["neg", "odd"])
    with pytest.raises(InputError, match=r"label 'odd' is not among the 3 labels of train: neg, neu, pos.*test row 2"):
        load_splits(tmp_path)


def test_several_labels_a_row_are_matched_by_name_too(tmp_path):
    written = [["neg"], ["pos", "neu"], [], ["neu"]] * 10
    write_parquet(tmp_path / "train.parquet", ["neg", "neu", "pos"], written, column="labels")
    write_parquet(tmp_path / "test.parquet", ["pos", "neg", "neu"], written, column="labels")
    splits = load_splits(tmp_path)
    rows = splits.test["label"][:]
    found = [[name for name, held in zip(splits.label_names, row, strict=True) if held] for row in rows]
    assert [sorted(names) for names in found] == [sorted(names) for names in written]


def test_shards_of_one_split_may_store_their_names_in_other_orders(tmp_path):
    for index, order in enumerate((["neg", "neu", "pos"], ["pos", "neg", "neu"])):
        write_parquet(tmp_path / f"train-0000{index}-of-00002.parquet", order)
    write_csv(tmp_path / "test.csv", WRITTEN[:4])
    write_csv(tmp_path / "validation.csv", WRITTEN[:4])
    splits = load_splits(tmp_path)
    assert names_of(splits, "train") == WRITTEN * 2
    assert names_of(splits, "test") == WRITTEN[:4]


def test_tags_are_matched_by_name_and_new_ones_come_after_those_of_train(tmp_path):
    written = [["O", "B-PER"], ["B-LOC", "O"]] * 20
    for split, order in {"train": ["O", "B-PER", "B-LOC"], "test": ["B-LOC", "B-ORG", "O", "B-PER"]}.items():
        rows = [*written, ["B-ORG", "O"]] if split == "test" else written
        features = Features({"tokens": List(Value("string")), "tags": List(ClassLabel(names=order))})
        tokens = [[f"{split}{index}", "x"] for index in range(len(rows))]
        ids = [[order.index(tag) for tag in tags] for tags in rows]
        Dataset.from_dict({"tokens": tokens, "tags": ids}, features=features).to_parquet(tmp_path / f"{split}.parquet")
    splits = load_tagged_splits(tmp_path)
    assert splits.label_names == ["O", "B-PER", "B-LOC", "B-ORG"]
    assert [[splits.label_names[tag] for tag in tags] for tags in splits.test["tags"]] == [*written, ["B-ORG", "O"]]


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ([0, "0", 1, "1"], ["1", 0]),
        (["0", "1", "1", "0"], [1, 0]),
        ([0, 1, 1, 0], [1.0, 0.0]),
        ([0, 1, 1, 0], ["1", "0"]),
        ([0, 1, 1, 0], [" 1", "0 "]),
    ],
)
def test_one_and_the_string_1_are_one_class(train, test, tmp_path):
    write_json(tmp_path / "train.jsonl", train * 10)
    write_json(tmp_path / "test.jsonl", test)
    splits = load_splits(tmp_path)
    assert splits.label_names == ["0", "1"]
    assert splits.test["label"][:] == [1, 0]


@pytest.mark.parametrize(
    ("train", "test", "names"),
    [
        (["0", "1"], [1, 0], ["0", "1"]),
        (["0", "1"], [1.0, 0.0], ["0", "1"]),
        (["True", "False"], [False, True], ["False", "True"]),
        (["a", "b"], ["b ", " a"], ["a", "b"]),
    ],
)
def test_train_as_csv_goes_with_a_test_as_parquet(train, test, names, tmp_path):
    write_csv(tmp_path / "train.csv", train * 20)
    Dataset.from_dict({"text": ["one", "two"], "label": test}).to_parquet(tmp_path / "test.parquet")
    splits = load_splits(tmp_path)
    assert splits.label_names == names
    assert names_of(splits, "test") == [str(label).strip().removesuffix(".0") for label in test]


def test_train_as_parquet_goes_with_a_test_as_csv(tmp_path):
    Dataset.from_dict({"text": texts("train", 40), "label": [0, 1] * 20}).to_parquet(tmp_path / "train.parquet")
    write_csv(tmp_path / "test.csv", ["1", "0.0", "1.0"])
    assert load_splits(tmp_path).test["label"][:] == [1, 0, 1]


def test_numbers_beside_a_train_with_names_are_its_ids_and_check_says_so(tmp_path):
    write_parquet(tmp_path / "train.parquet", ["neg", "neu", "pos"])
    write_json(tmp_path / "test.jsonl", [2, 0])
    assert names_of(load_splits(tmp_path), "test") == ["pos", "neg"]
    assert "test stores no label names; numbers in it are read as ids of those of train" in check_data(tmp_path).facts


def test_numbers_that_are_names_of_train_are_names(tmp_path):
    write_parquet(tmp_path / "train.parquet", ["5", "1", "3"], ["1", "3", "5", "5"] * 10)
    write_json(tmp_path / "test.jsonl", [5, 1, 3])
    assert names_of(load_splits(tmp_path), "test") == ["5", "1", "3"]


def test_few_whole_floats_are_classes_unless_the_user_says_that_they_are_amounts(tmp_path):
    write_csv(tmp_path / "train.csv", ["0.0", "1.0"] * 20)
    splits = load_splits(tmp_path)
    assert (splits.problem_type, splits.label_names) == ("single_label_classification", ["0", "1"])
    assert (
        "labels 0.0, 1.0 are whole numbers, read as classes; for amounts say --problem_type regression" in splits.notes
    )
    assert load_splits(tmp_path, problem_type="regression").train["label"][0] in (0.0, 1.0)
    write_csv(tmp_path / "train.csv", ["0.0", "1.5"] * 20)
    assert load_splits(tmp_path).problem_type == "regression"
    write_csv(tmp_path / "train.csv", [f"{n}.0" for n in range(40)])
    assert load_splits(tmp_path).problem_type == "regression"
    write_csv(tmp_path / "train.csv", ["1", "2", "3", "4"] * 10)
    assert sorted(set(load_splits(tmp_path, problem_type="regression").train["label"])) == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(InputError, match=r"problem_type=multi_label_classification does not fit labels such as 1"):
        load_splits(tmp_path, problem_type="multi_label_classification")


@pytest.mark.parametrize(
    ("separator", "cells"), [(";", ["a;b", "b", "a ; c", "c;b"]), ("|", ["a|b", "b", "a|c", "c|b"])]
)
def test_several_labels_in_a_cell_are_parted_where_it_is_clear(separator, cells, tmp_path):
    write_csv(tmp_path / "train.csv", cells * 10)
    splits = load_splits(tmp_path)
    found = {tuple(n for n, held in zip("abc", row, strict=True) if held) for row in splits.train["label"]}
    assert (splits.label_names, found) == (["a", "b", "c"], {("a", "b"), ("b",), ("a", "c"), ("b", "c")})
    (said,) = (note for note in splits.notes if "separated by" in note)
    assert f"separated by {separator!r}: {cells[0]!r} is 'a' and 'b'" in said
    assert splits.columns["label_separator"] == separator
    assert len(load_splits(tmp_path, problem_type="single_label_classification").label_names) == 4


def test_names_that_hold_a_sign_are_not_taken_for_several(tmp_path):
    write_csv(tmp_path / "train.csv", ["C/C++", "a|b", "Sci-Fi, Fantasy", "New York, NY", "x;y", "plain"] * 10)
    assert "label-several" not in {warning.code for warning in check_data(tmp_path).warnings}


def test_lists_as_python_writes_them_are_lists(tmp_path):
    write_csv(tmp_path / "train.csv", ["['a', 'b']", "['b']", "[]", '["a"]'] * 10)
    assert load_splits(tmp_path).label_names == ["a", "b"]


def test_a_column_of_0_and_1_for_each_label(tmp_path):
    rows = [["text", "toxic", "threat"], *([f"text number {n}", n % 2, int(n % 3 == 0)] for n in range(40))]
    with (tmp_path / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    splits = load_splits(tmp_path, label_columns=["toxic", "threat"])
    assert splits.label_names == ["toxic", "threat"]
    numbers = [int(text.split()[-1]) for text in splits.train["text"]]
    assert splits.train["label"][:] == [[float(n % 2), float(n % 3 == 0)] for n in numbers]
    rows[3][1] = 2
    with (tmp_path / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(InputError, match=r"train row 3 has '2' in column 'toxic', and columns of labels hold 0 and 1"):
        load_splits(tmp_path, label_column="toxic,threat")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["caf\u00e9", "cafe\u0301", "tea", "tea\u200b"], ["caf\u00e9", "tea"]),
        (["TRUE", "True", "true", "False"], ["False", "TRUE"]),
        (["007", "010", "100"], ["007", "010", "100"]),
        (["01234", "00501", "90210"], ["00501", "01234", "90210"]),
    ],
)
def test_what_looks_alike_is_one_class_and_codes_keep_their_zeros(written, names, tmp_path):
    write_csv(tmp_path / "train.csv", written * 20)
    splits = load_splits(tmp_path / "train.csv")
    assert splits.problem_type == "single_label_classification"
    assert splits.label_names == names


def test_a_class_that_says_that_none_is_known_is_said(tmp_path):
    write_csv(tmp_path / "train.csv", ["a", "b", "?"] * 20)
    assert any("'?' is a class of its own" in note for note in load_splits(tmp_path / "train.csv").notes)


@pytest.mark.parametrize(("names", "positive"), [(["ja", "nein"], "ja"), (["no", "yes"], "yes"), (["a", "b"], "b")])
def test_of_two_labels_as_frequent_the_yes_is_positive(names, positive, tmp_path):
    write_csv(tmp_path / "train.csv", names * 30)
    assert load_splits(tmp_path / "train.csv").positive == positive


def test_lists_of_one_label_each_are_classes_unless_the_user_says_otherwise(tmp_path):
    write_json(tmp_path / "ids.jsonl", [[0], [3]] * 20)
    assert load_splits(tmp_path / "ids.jsonl").label_names == ["0", "3"]
    write_json(tmp_path / "train.jsonl", [["a"], ["b"]] * 20)
    splits = load_splits(tmp_path / "train.jsonl")
    assert splits.problem_type == "single_label_classification"
    assert any("each row has exactly one label" in note for note in splits.notes)
    several = load_splits(tmp_path / "train.jsonl", problem_type="multi_label_classification")
    assert several.train["label"][0] in ([0, 1], [1, 0])


def test_labels_that_are_objects_are_refused(tmp_path):
    write_json(tmp_path / "train.jsonl", [{"name": "a"}, {"name": "b"}] * 20)
    with pytest.raises(InputError, match=r"train row 1 has the label \{'name': 'a'\}, an object"):
        load_splits(tmp_path / "train.jsonl")


def test_prodigys_answers_say_what_became_of_a_label(tmp_path):
    rows = [{"text": f"t{n}", "accept": ["ab"[n % 2]], "answer": "accept"} for n in range(30)]
    rows += [{"text": f"r{n}", "accept": [], "answer": "reject"} for n in range(5)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_splits(tmp_path / "x.jsonl", whole=True)
    assert splits.label_names == ["a", "b"]
    assert splits.train["text"][:] == [row["text"] for row in rows[:30]]
    assert "train: 5 rows left out, not accepted" in splits.notes
    rows = [{"text": f"t{n}", "label": "SPAM", "answer": ["accept", "reject", "ignore"][n % 3]} for n in range(30)]
    (tmp_path / "y.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_splits(tmp_path / "y.jsonl", whole=True)
    assert [splits.label_names[label] for label in splits.train["label"][:4]] == ["SPAM", "not SPAM"] * 2


def test_blanks_behind_separators_belong_to_no_field_and_texts_that_are_not_read_are_said(tmp_path):
    lines = "".join(f'"one, two {n}", "{"ab"[n % 2]}", "a note of {n} words"\n' for n in range(30))
    (tmp_path / "x.csv").write_text(f"text, label, remark\n{lines}")
    splits = load_splits(tmp_path / "x.csv", whole=True)
    assert splits.label_names == ["a", "b"]
    assert splits.train["text"][0] == "one, two 0"
    assert "texts not read: 'remark' (--text_column takes several)" in splits.notes
