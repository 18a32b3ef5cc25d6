# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Splits: columns found or asked for, labels on one scale, missing splits cut fairly, every decision noted."""

import csv
import hashlib
import json
from collections import Counter
from itertools import combinations

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from hf_seq.data import load_splits
from hf_seq.errors import InputError

SINGLE, MULTI, REGRESSION = "single_label_classification", "multi_label_classification", "regression"


def write_csv(path, columns):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return path


def write_jsonl(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def texts(number, start=0):
    return [f"text number {index} of many" for index in range(start, start + number)]


def folder_of(tmp_path, **splits):
    """A csv per split, from lists of labels."""
    start = 0
    for name, labels in splits.items():
        write_csv(tmp_path / f"{name}.csv", {"text": texts(len(labels), start), "label": labels})
        start += len(labels)
    return tmp_path


# Columns


@pytest.mark.parametrize(
    "columns",
    [
        {"text": texts(20), "label": ["a", "b"] * 10},
        {"idx": range(20), "sentence": texts(20), "label": ["a", "b"] * 10},
        {"Review": texts(20), "Sentiment": ["a", "b"] * 10, "date": ["2020-01-01 10:00"] * 20},
        {"said": texts(20), "kind": ["a", "b"] * 10},
        {"category": ["a", "b"] * 10, "what was said": texts(20), "id": [f"x{i}" for i in range(20)]},
    ],
)
def test_columns_are_found_when_there_is_one_way_to_read_the_file(columns, tmp_path):
    splits = load_splits(write_csv(tmp_path / "a.csv", columns))
    assert splits.train["text"][0].startswith("text number")
    assert splits.label_names == ["a", "b"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"title": texts(8), "body": texts(8), "label": ["a", "b"] * 4},
            r"2 columns could be the text: 'title', 'body'; name one with text_column, .* The columns are 'title'",
        ),
        (
            {"text": texts(8), "topic": ["a", "b"] * 4, "stars": ["1", "2"] * 4},
            r"2 columns could be the label: 'topic', 'stars'; name one with label_column",
        ),
        ({"text": texts(8), "id": range(8)}, r"no column looks like the label; name it with label_column\. "),
        (
            {"date": [f"2024-03-{day:02d}" for day in range(1, 9)], "value": [day / 7 for day in range(8)]},
            r"no column looks like the label; .*; numbers over time are forecast by --task forecasting",
        ),
        ({"n": range(8), "label": ["a", "b"] * 4}, r"no column looks like the text|could be the text"),
    ],
)
def test_two_ways_or_none_are_asked_for_by_name(columns, words, tmp_path):
    if "n" in columns:
        path = write_jsonl(
            tmp_path / "a.jsonl", [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        )
    else:
        path = write_csv(tmp_path / "a.csv", columns)
    with pytest.raises(InputError, match=words):
        load_splits(path)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"text_column": "texxt"},
            r"text_column='texxt' is not there; the columns are 'text', 'label'; did you mean 'text'\?",
        ),
        ({"label_column": "y"}, r"label_column='y' is not there; the columns are 'text', 'label'"),
        ({"text_column": "label", "label_column": "label"}, r"are both 'label'"),
        ({"text_column": "label", "label_column": "text"}, r"column 'label' holds int values like 0, not text"),
    ],
)
def test_a_column_that_cannot_be_meant_is_refused(given, words, tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": text, "label": i % 2} for i, text in enumerate(texts(8))])
    with pytest.raises(InputError, match=words):
        load_splits(path, **given)


def test_a_file_without_header_line_is_noticed_and_its_first_line_is_a_row(tmp_path):
    path = write_csv(tmp_path / "a.csv", {"I liked the soup": texts(20), "pos": ["pos", "neg"] * 10})
    splits = load_splits(path)
    assert any("no header: the first line (I liked the soup, pos) is a row" in note for note in splits.notes)
    assert "I liked the soup" in {text for name in ("train", "validation", "test") for text in splits[name]["text"]}
    with pytest.raises(InputError, match=r"since 'pos' is a label further down; put a header"):
        load_splits(path, no_header=False)


def test_named_columns_settle_two_ways(tmp_path):
    path = write_csv(tmp_path / "a.csv", {"title": texts(20), "body": texts(20, 50), "y": ["a", "b"] * 10})
    assert "number 5" in " ".join(load_splits(path, text_column="body").train["text"])


def test_a_split_without_the_column_is_named(tmp_path):
    write_csv(tmp_path / "train.csv", {"text": texts(8), "label": ["a", "b"] * 4})
    write_csv(tmp_path / "test.csv", {"sentence": texts(8), "label": ["a", "b"] * 4})
    with pytest.raises(InputError, match=r"train has a column 'text', but test has only 'sentence', 'label'"):
        load_splits(tmp_path)


# Labels


@pytest.mark.parametrize(
    ("labels", "names", "ids"),
    [
        (["neg", "pos"], ["neg", "pos"], [0, 1]),
        ([" pos ", "neg"], ["neg", "pos"], [1, 0]),
        ([0, 1], ["0", "1"], [0, 1]),
        ([5, 1], ["1", "5"], [1, 0]),
        ([10, 9], ["9", "10"], [1, 0]),
        (["007", "07"], ["007", "07"], [0, 1]),
        ([True, False], ["false", "true"], [1, 0]),
    ],
)
def test_names_and_numbers_become_ids_in_sorted_order(labels, names, ids, tmp_path):
    rows = [{"text": text, "label": labels[i % 2]} for i, text in enumerate(texts(40))]
    splits = load_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    assert (splits.problem_type, splits.label_names, splits.num_labels) == (SINGLE, names, 2)
    found = dict(zip(splits.train["row"], splits.train["label"], strict=True))
    assert all(label == ids[(row - 1) % 2] for row, label in found.items())
    assert splits.id2label == {0: names[0], 1: names[1]}
    assert splits.label2id == {names[0]: 0, names[1]: 1}


def test_numbers_in_a_csv_are_numbers_and_sorted_as_such(tmp_path):
    splits = load_splits(write_csv(tmp_path / "a.csv", {"text": texts(40), "label": [2, 10] * 20}))
    assert splits.label_names == ["2", "10"]
    assert any("became ids 0 to 1" in note for note in splits.notes)


def test_label_names_come_from_the_features_or_from_labels_json(tmp_path):
    names = ["zebra", "ant", "never seen"]
    features = Features({"text": Value("string"), "label": ClassLabel(names=names)})
    (tmp_path / "p").mkdir()
    Dataset.from_dict({"text": texts(40), "label": [0, 1] * 20}, features=features).to_parquet(
        tmp_path / "p/train.parquet"
    )
    (tmp_path / "c").mkdir()
    write_csv(tmp_path / "c/train.csv", {"text": texts(40), "label": [0, 1] * 20})
    (tmp_path / "c/labels.json").write_text(json.dumps({"label": names}))
    (tmp_path / "n").mkdir()
    write_csv(tmp_path / "n/train.csv", {"text": texts(40), "label": ["zebra", "ant"] * 20})
    (tmp_path / "n/labels.json").write_text(json.dumps(names))
    for kind in "pcn":
        splits = load_splits(tmp_path / kind)
        assert splits.label_names == names
        assert splits.train["label"][:2] == [(row - 1) % 2 for row in splits.train["row"][:2]]


def test_numbers_with_a_point_are_regression_in_csv_and_jsonl(tmp_path):
    values = [i / 4 for i in range(40)]
    from_csv = load_splits(write_csv(tmp_path / "a.csv", {"text": texts(40), "score": values}))
    from_json = load_splits(
        write_jsonl(tmp_path / "a.jsonl", [{"text": t, "score": v} for t, v in zip(texts(40), values, strict=True)])
    )
    for splits in (from_csv, from_json):
        assert (splits.problem_type, splits.label_names, splits.num_labels) == (REGRESSION, [], 1)
        assert splits.train["label"][0] == values[splits.train["row"][0] - 1]
        assert any("regression" in note for note in splits.notes)


@pytest.mark.parametrize(
    ("pair", "names", "rows"),
    [
        ([["a", "c"], ["b"]], ["a", "b", "c"], [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
        ([["a"], []], ["a"], [[1.0], [0.0]]),
        ([[0, 2], [1]], ["0", "1", "2"], [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
        ([[1, 0, 1], [0, 1, 0]], ["0", "1", "2"], [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
    ],
)
def test_lists_are_multi_label_by_name_by_id_or_as_zeros_and_ones(pair, names, rows, tmp_path):
    data = [{"text": text, "labels": pair[i % 2]} for i, text in enumerate(texts(40))]
    splits = load_splits(write_jsonl(tmp_path / "a.jsonl", data))
    assert (splits.problem_type, splits.label_names) == (MULTI, names)
    assert splits.train["label"][0] == rows[(splits.train["row"][0] - 1) % 2]


def test_lists_of_class_labels_keep_their_names(tmp_path):
    features = Features({"text": Value("string"), "labels": List(ClassLabel(names=["x", "y", "z"]))})
    Dataset.from_dict({"text": texts(40), "labels": [[0, 2], [1]] * 20}, features=features).to_parquet(
        tmp_path / "a.parquet"
    )
    assert load_splits(tmp_path / "a.parquet").label_names == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        (
            ["a", "b"] * 5 + [""],
            ["a"],
            r"1 label is missing \(seen: ''\); label these rows or remove them \(train row 11\)",
        ),
        (["0", "1"] * 5 + ["NaN"], ["1"], r"1 label is missing \(seen: 'NaN'\).*train row 11"),
        (
            ["a", "b"] * 5,
            ["a", "c", "b", "c"],
            r"label 'c' is not among the 2 labels of train: a, b; .*\(test rows 2, 4\)",
        ),
        ([0, 1] * 5, [0, 7], r"label 7 is not among the 2 labels of train: 0, 1; .*\(test row 2\)"),
        ([0.5, 1.5] * 5, [0.5, "high"], r"label 'high' is not a finite number.*\(test row 2\)"),
        ([0.5, 1.5] * 5, [0.5, "inf"], r"label inf is not a finite number.*\(test row 2\)"),
    ],
)
def test_bad_labels_are_refused_with_their_rows(train, test, words, tmp_path):
    with pytest.raises(InputError, match=words):
        load_splits(folder_of(tmp_path, train=train, test=test))


def test_all_bad_labels_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        load_splits(folder_of(tmp_path, train=["a", "", "b"] * 4, test=["c", "a"]))
    assert "train rows 2, 5, 8, 11" in str(caught.value)
    assert "'c'" in str(caught.value)


def test_an_id_outside_the_declared_names_is_refused(tmp_path):
    (tmp_path / "labels.json").write_text('["no", "yes"]')
    with pytest.raises(InputError, match=r"label 2 is not among the 2 labels of train: no, yes; .*\(train row 3\)"):
        load_splits(folder_of(tmp_path, train=[0, 1, 2, 0, 1, 0, 1, 0]))


def test_texts_in_the_place_of_labels_are_told_once_not_row_by_row(tmp_path):
    write_jsonl(tmp_path / "train.jsonl", [{"text": f"a fine day {n}", "label": "ab"[n % 2]} for n in range(40)])
    write_jsonl(tmp_path / "test.jsonl", [{"text": "ab"[n % 2], "label": f"a dull day {n}"} for n in range(20)])
    with pytest.raises(InputError) as refused:
        load_splits(tmp_path)
    told = str(refused.value)
    assert told.count("are not among the 2 labels of train") == 1
    assert "20 labels of test" in told
    assert "in each other's column, exchange them" in told


def test_a_file_cut_off_inside_a_letter_is_told_from_one_of_another_encoding(tmp_path):
    whole = "text,label\ngood soup,pos\nbad soupé".encode()
    (tmp_path / "x.csv").write_bytes(whole[:-1])
    with pytest.raises(InputError, match=r"line 3, its last, as in a file that was cut off.*--encoding latin1"):
        load_splits(tmp_path / "x.csv")


def test_broken_labels_json_is_refused(tmp_path):
    (tmp_path / "labels.json").write_text('{"label": [1, 2]}')
    with pytest.raises(InputError, match=r"labels.json holds \[1, 2\]; it should hold a list of label names"):
        load_splits(folder_of(tmp_path, train=[0, 1] * 9))


# Missing splits


def test_three_files_are_taken_as_they_are(tmp_path):
    splits = load_splits(folder_of(tmp_path, train=[0, 1] * 6, dev=[0, 1] * 2, test=[0, 1] * 3))
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [12, 4, 6]
    assert splits.train["text"] == texts(12)
    assert splits.test_split == "test"


def test_a_missing_validation_is_cut_from_train_in_the_proportions_of_the_labels(tmp_path):
    labels = ["a"] * 700 + ["b"] * 200 + ["c"] * 100
    splits = load_splits(folder_of(tmp_path, train=labels, test=["a", "b"]), validation_fraction=0.1)
    assert Counter(splits.validation["label"]) == {0: 70, 1: 20, 2: 10}
    assert sorted([*splits.train["row"], *splits.validation["row"]]) == list(range(1, 1001))
    assert any("validation: 100 rows cut from train, stratified, seed 0" in note for note in splits.notes)


def test_without_labelled_test_the_validation_is_the_test(tmp_path):
    splits = load_splits(folder_of(tmp_path, train=[0, 1] * 50, validation=[0, 1] * 4, test=[-1] * 6))
    assert splits.test_split == "validation"
    assert (len(splits.test), len(splits.validation), len(splits.train)) == (8, 10, 90)
    assert "test has no labels and is not used" in splits.notes
    assert "no labelled test: validation is the test" in splits.notes


def test_from_one_file_both_are_cut_and_no_row_is_lost_or_shared(tmp_path):
    splits = load_splits(
        write_csv(tmp_path / "a.csv", {"text": texts(200), "label": ["a", "b"] * 100}), validation_fraction=0.2
    )
    rows = [set(splits[name]["row"]) for name in ("train", "validation", "test")]
    assert [len(part) for part in rows] == [120, 40, 40]
    assert set.union(*rows) == set(range(1, 201))
    assert splits.test_split == "test (cut from train)"
    assert splits.described("validation") == "validation (cut from train)"


def test_the_cut_is_a_function_of_the_seed(tmp_path):
    folder = folder_of(tmp_path, train=["a", "b"] * 50, test=["a", "b"])
    first, again, other = (load_splits(folder, seed=seed) for seed in (0, 0, 1))
    assert first.validation["row"] == again.validation["row"] != other.validation["row"]
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_equal_texts_never_end_up_on_both_sides(tmp_path):
    same = [f"Text  {index // 4}" if index % 2 else f"text {index // 4} " for index in range(400)]
    splits = load_splits(write_csv(tmp_path / "a.csv", {"text": same, "label": ["a", "b"] * 200}))
    keys = [
        {" ".join(text.lower().split()) for text in splits[name]["text"]} for name in ("train", "validation", "test")
    ]
    assert all(one.isdisjoint(other) for one, other in combinations(keys, 2))


def test_a_label_with_one_row_stays_in_train(tmp_path):
    splits = load_splits(folder_of(tmp_path, train=["a", "b"] * 20 + ["rare"], test=["a"]), validation_fraction=0.4)
    assert "rare" in [splits.label_names[label] for label in splits.train["label"]]


@pytest.mark.parametrize("labels", [[i / 100 for i in range(100)], [[1, 0, 0], [0, 1, 1], [0, 0, 1], [0, 0, 0]] * 25])
def test_numbers_and_lists_are_cut_in_proportion_too(labels, tmp_path):
    rows = [{"text": text, "label": label} for text, label in zip(texts(100), labels, strict=True)]
    splits = load_splits(write_jsonl(tmp_path / "a.jsonl", rows), validation_fraction=0.2)
    means = [
        sum(sum(label) if isinstance(label, list) else label for label in splits[name]["label"]) / len(splits[name])
        for name in ("train", "validation")
    ]
    assert means[0] == pytest.approx(means[1], abs=0.15 if isinstance(labels[0], list) else 0.08)


def test_max_train_rows_limits_train_and_leaves_the_test_alone(tmp_path):
    folder = folder_of(tmp_path, train=["a"] * 150 + ["b"] * 50, test=["a", "b"] * 5)
    splits = load_splits(folder, max_train_rows=80)
    assert len(splits.train) == 80
    assert len(splits.test) == 10
    assert Counter(splits.train["label"])[1] == pytest.approx(20, abs=1)
    assert any("train limited to 80 of 200 rows" in note for note in splits.notes)


def test_validation_joins_train_and_a_new_one_is_cut_from_both(tmp_path):
    folder = folder_of(tmp_path, train=["a", "b"] * 70, validation=["a", "b"] * 30, test=["a", "b"] * 5)
    splits = load_splits(folder, train_on_validation=True, validation_fraction=0.25)
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [150, 50, 10]
    assert sorted([*splits.train["row"], *splits.validation["row"]]) == list(range(1, 201))
    both = texts(200)
    assert [both[row - 1] for row in splits.train["row"]] == splits.train["text"][:]
    assert "validation is part of train, as its rows 141 to 200" in splits.notes


@pytest.mark.parametrize("parts", [{"validation": ["a", "b"] * 9}, {"test": ["a", "b"] * 9}])
def test_validation_cannot_join_train_where_it_is_missing_or_the_test(parts, tmp_path):
    with pytest.raises(InputError, match=rf"train_on_validation needs .* here is train and {next(iter(parts))}"):
        load_splits(folder_of(tmp_path, train=["a", "b"] * 20, **parts), train_on_validation=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"validation_fraction": 0.0}, r"validation_fraction=0.0 is not a share"),
        ({"validation_fraction": 1.5}, r"validation_fraction=1.5 is not a share"),
        ({"max_train_rows": 1}, r"max_train_rows=1 leaves nothing to learn from"),
        ({"config": "sst2"}, r"is local, so config='sst2' has no meaning"),
    ],
)
def test_options_without_meaning_are_refused(options, words, tmp_path):
    with pytest.raises(InputError, match=words):
        load_splits(folder_of(tmp_path, train=["a", "b"] * 20), **options)


def test_too_few_rows_to_cut_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"2 rows \(2 different texts\) are too few to cut 10% off"):
        load_splits(folder_of(tmp_path, train=["a", "b"]))


# Where it comes from


def test_other_files_in_a_folder_are_noted_and_left(tmp_path):
    splits = load_splits(folder_of(tmp_path, train=[0, 1] * 20, train_sentences=[0, 1], test=[0, 1]))
    assert "files left unread: train_sentences.csv" in splits.notes


def test_shards_are_joined_in_order(tmp_path):
    for index in range(2):
        write_csv(tmp_path / f"train-0000{index}-of-00002.csv", {"text": texts(20, 20 * index), "label": [0, 1] * 10})
    write_csv(tmp_path / "test.csv", {"text": texts(2, 90), "label": [0, 1]})
    write_csv(tmp_path / "val.csv", {"text": texts(2, 95), "label": [0, 1]})
    assert load_splits(tmp_path).train["text"] == texts(40)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nowhere/data.csv", r"nowhere/data.csv does not exist; neither does the folder nowhere"),
        ("missing.csv", r"missing.csv does not exist; . holds other.csv"),
        ("./missing", r"missing does not exist"),
        ("a/b/c", r"a/b/c does not exist"),
        ("builtin:poems", r"builtin:poems is not built in; there is builtin:reviews"),
        (".", r"has no train file .*; it holds other.csv, third.csv"),
    ],
)
def test_a_source_that_is_not_there_says_what_is(source, words, tmp_path, monkeypatch):
    for name in ("other", "third"):
        (tmp_path / f"{name}.csv").write_text("text,label\na,b\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words):
        load_splits(source)


def test_two_files_for_one_split_are_asked_about(tmp_path):
    folder_of(tmp_path, train=[0, 1], training=[0, 1])
    with pytest.raises(InputError, match=r"2 files for train: train.csv, training.csv; keep one"):
        load_splits(tmp_path)


def test_fingerprint_sees_texts_labels_and_order_and_nothing_else(tmp_path):
    def fingerprint(name, rows, **splits):
        (tmp_path / name).mkdir()
        for split in ("train", "validation", "test"):
            write_jsonl(
                tmp_path / name / f"{split}.jsonl", [{"text": t, "label": y} for t, y in splits.get(split, rows)]
            )
        return load_splits(tmp_path / name).fingerprint

    rows = [("good", "p"), ("bad", "n")]
    first = fingerprint("a", rows)
    by_hand = b'["n", "p"]' + b"".join(
        name + b'["good", 1]' + b'["bad", 0]' for name in (b"train", b"validation", b"test")
    )
    assert first == hashlib.sha256(by_hand).hexdigest()
    assert fingerprint("b", rows) == first
    assert fingerprint("c", rows, test=[("good", "p"), ("bad!", "n")]) != first
    assert fingerprint("d", rows, test=[("good", "n"), ("bad", "n")]) != first
    assert fingerprint("e", rows, test=rows[::-1]) != first


def test_none_and_null_are_names_that_a_class_may_have(tmp_path):
    path = tmp_path / "speech.csv"
    lines = [f"text number {row},{('none', 'hate', 'null')[row % 3]}" for row in range(60)]
    path.write_text("\n".join(["text,label", *lines]) + "\n", encoding="utf-8")
    assert load_splits(path).label_names == ["hate", "none", "null"]
