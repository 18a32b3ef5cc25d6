# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged splits: columns found or asked for, tags named, splits completed, bad rows refused with their numbers."""

import json

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from hf_seq.data import load_tagged_splits
from hf_seq.data.tagging.names import find_scheme
from hf_seq.errors import InputError


def sentence(number):
    return [f"word{number}", "likes", "cake"]


def write_jsonl(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def rows_of(number, **columns):
    columns = columns or {"tags": ["B-PER", "O", "O"]}
    return [{"tokens": sentence(index), **columns} for index in range(number)]


def write_conll(path, sentences):
    path.write_text("\n\n".join("\n".join(" ".join(word) for word in words) for words in sentences), encoding="utf-8")
    return path


def class_label_parquet(path, number=20):
    features = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=["O", "B-X", "I-X"]))})
    data = {"tokens": [sentence(i) for i in range(number)], "ner_tags": [[1, 2, 0]] * number}
    Dataset.from_dict(data, features=features).to_parquet(str(path))
    return path


# Columns and tags


@pytest.mark.parametrize("name", ["tags", "ner_tags", "upos", "pos_tags", "labels", "my_tags"])
def test_the_tags_are_found_under_any_name_when_one_column_fits(name, tmp_path):
    rows = [{"id": str(n), "tokens": sentence(n), name: ["A", "B", "C"], "score": 0.5} for n in range(20)]
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    assert splits.label_names == ["A", "B", "C"]
    assert splits.train[0]["tags"] == [0, 1, 2]
    assert splits.problem_type == "token_classification"


def test_ids_with_stored_names_keep_their_order(tmp_path):
    splits = load_tagged_splits(class_label_parquet(tmp_path / "a.parquet"))
    assert splits.label_names == ["O", "B-X", "I-X"]
    assert splits.train[0]["tags"] == [1, 2, 0]


def test_ids_without_names_are_called_by_number_and_it_is_said(tmp_path):
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows_of(20, tags=[2, 0, 0])))
    assert splits.label_names == ["0", "1", "2"]
    assert "tags are numbers without names; they are called 0 to 2" in splits.notes


def test_names_in_labels_json_serve_ids(tmp_path):
    (tmp_path / "labels.json").write_text('{"tags": ["O", "B-X"]}')
    write_jsonl(tmp_path / "train.jsonl", rows_of(20, tags=[1, 0, 0]))
    assert load_tagged_splits(tmp_path).label_names == ["O", "B-X"]


def test_names_are_sorted_outside_first_and_spans_by_type(tmp_path):
    rows = rows_of(20, tags=["I-B", "B-B", "O"]) + rows_of(20, tags=["B-A", "I-A", "I-A"])
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    assert splits.label_names == ["O", "B-A", "I-A", "B-B", "I-B"]


def test_strings_are_cut_at_blanks(tmp_path):
    rows = [{"sentence": " ".join(sentence(n)), "tags": "B-PER O O"} for n in range(20)]
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    assert splits.train[0]["tokens"][1:] == ["likes", "cake"]


def test_upos_is_taken_from_the_columns_of_a_treebank_and_the_rest_named(tmp_path):
    rows = rows_of(20, upos=["A", "B", "C"], xpos=["D", "E", "F"])
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    assert splits.label_names == ["A", "B", "C"]
    assert "not used as tags: xpos (--tags_column)" in splits.notes
    assert load_tagged_splits(tmp_path / "a.jsonl", tags_column="xpos").label_names == ["D", "E", "F"]


@pytest.mark.parametrize(
    ("options", "columns", "words"),
    [
        (
            {},
            {"ner_tags": ["O"] * 3, "pos_tags": ["A"] * 3},
            r"2 columns could be the tags: 'ner_tags', 'pos_tags'; name one with tags_column. The columns are 'tokens'",
        ),
        ({}, {"tags": 3}, r"no column looks like the tags; name it with tags_column"),
        ({"tags_column": "ner_tag"}, {"ner_tags": ["O"] * 3}, r"tags_column='ner_tag' is not there.*did you mean 'ner"),
        ({"tags_column": "tokens", "tokens_column": "tokens"}, {"tags": ["O"] * 3}, r"are both 'tokens'"),
        ({"tags_column": "id"}, {"tags": ["O"] * 3, "id": 3}, r"column 'id' holds int values like 3, not lists"),
    ],
)
def test_two_ways_or_none_are_asked_for_by_name(options, columns, words, tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", rows_of(20, **columns))
    with pytest.raises(InputError, match=words):
        load_tagged_splits(path, **options)


# Files


def test_a_conll_file_has_its_token_first_and_its_tag_last(tmp_path):
    path = write_conll(tmp_path / "a.conll", [[(f"w{n}", "NN", "O"), ("Bonn", "NNP", "B-LOC")] for n in range(20)])
    splits = load_tagged_splits(path)
    assert splits.train[0]["tokens"][1] == "Bonn"
    assert splits.label_names == ["O", "B-LOC"]


@pytest.mark.parametrize("column", ["2", "-2", 2])
def test_a_column_without_a_name_goes_by_its_number(column, tmp_path):
    path = write_conll(tmp_path / "a.txt", [[(f"w{n}", "NN", "O"), ("Bonn", "NNP", "O")] for n in range(20)])
    assert load_tagged_splits(path, tags_column=column).label_names == ["NN", "NNP"]


@pytest.mark.parametrize(
    ("column", "names"), [(None, ["ADV", "X"]), ("xpos", ["RB"]), ("deprel", ["root"]), ("feats", ["A=b"])]
)
def test_a_treebank_gives_upos_or_the_column_asked_for(column, names, tmp_path):
    lines = [f"1\tw{n}\t_\t{'X' if n % 2 else 'ADV'}\tRB\tA=b\t0\troot\t_\t_\n\n" for n in range(20)]
    (tmp_path / "train.conllu").write_text("".join(lines))
    assert load_tagged_splits(tmp_path, tags_column=column).label_names == names


def test_a_folder_with_a_file_per_split_is_read_whole(tmp_path):
    for split, start in (("train", 0), ("dev", 20), ("test", 40)):
        write_conll(tmp_path / f"{split}.conll", [[(f"w{start + n}", "O"), ("in", "O")] for n in range(5)])
    splits = load_tagged_splits(tmp_path)
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [5, 5, 5]
    assert splits.test_split == "test"


def test_missing_splits_are_cut_from_train_and_equal_sentences_stay_together(tmp_path):
    splits = load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows_of(40) + rows_of(40)))
    seen = [{tuple(row["tokens"]) for row in splits[name]} for name in ("train", "validation", "test")]
    assert sum(map(len, seen)) == 40
    assert not seen[0] & (seen[1] | seen[2])


def test_a_validation_without_a_tagged_test_becomes_the_test(tmp_path):
    write_jsonl(tmp_path / "train.jsonl", rows_of(40))
    write_jsonl(tmp_path / "validation.jsonl", [{"tokens": ["Ada"], "tags": ["B-PER"]}])
    write_jsonl(tmp_path / "test.jsonl", [{"tokens": ["Bo"], "tags": None}])
    splits = load_tagged_splits(tmp_path)
    assert splits.test["tokens"][:] == [["Ada"]]
    assert "test has no tags and is not used" in splits.notes
    assert splits.test_split == "validation"


def test_a_tag_that_only_the_test_has_gets_an_id_after_those_of_train(tmp_path):
    write_jsonl(tmp_path / "train.jsonl", rows_of(40))
    write_jsonl(tmp_path / "test.jsonl", [{"tokens": ["Ada"], "tags": ["A-NEW"]}])
    splits = load_tagged_splits(tmp_path)
    assert splits.label_names == ["O", "B-PER", "A-NEW"]
    assert "not in train, but in another split: the tags A-NEW" in splits.notes


# Bad rows


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ({"tokens": ["a", "b"], "tags": ["O"]}, "lengths-differ", r"the first: 2 tokens, 1 tags.*train row 21"),
        ({"tokens": ["a"], "tags": None}, "tags-missing", r"1 row without tags; give tags.*train row 21"),
        ({"tokens": ["a"], "tags": []}, "tags-missing", r"train row 21"),
        ({"tokens": ["a"], "tags": [""]}, "tag-missing", r"a token without a tag.*train row 21"),
        ({"tokens": ["a"], "tags": [None]}, "tag-missing", r"train row 21"),
    ],
)
def test_rows_that_cannot_be_learned_from_are_refused_or_kept_on_demand(row, code, words, tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [*rows_of(20), row])
    with pytest.raises(InputError, match=words):
        load_tagged_splits(path)
    splits = load_tagged_splits(path, strict=False, whole=True)
    assert [problem.code for problem in splits.problems] == [code]
    assert splits.train[20]["tags"] is None


def test_a_tag_outside_the_stored_names_is_refused_with_its_row(tmp_path):
    (tmp_path / "labels.json").write_text('["O", "B-X"]')
    write_jsonl(tmp_path / "train.jsonl", [*rows_of(20, tags=[1, 0, 0]), {"tokens": ["a"], "tags": [7]}])
    with pytest.raises(InputError, match=r"train row 21 has the tag 7, which is none of the 2 there are: O, B-X"):
        load_tagged_splits(tmp_path)


def test_empty_sentences_are_kept(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [*rows_of(20), {"tokens": [], "tags": []}])
    assert load_tagged_splits(path, whole=True).train[20]["tags"] == []


def test_the_fingerprint_changes_with_a_tag_but_not_with_the_format(tmp_path):
    words = [[(f"w{n}", "O"), ("in", "B-X")] for n in range(20)]
    conll = load_tagged_splits(write_conll(tmp_path / "a.conll", words))
    rows = [{"tokens": [word for word, _ in row], "tags": [tag for _, tag in row]} for row in words]
    assert load_tagged_splits(write_jsonl(tmp_path / "a.jsonl", rows)).fingerprint == conll.fingerprint
    rows[3]["tags"][0] = "B-X"
    assert load_tagged_splits(write_jsonl(tmp_path / "b.jsonl", rows)).fingerprint != conll.fingerprint


# Schemes


@pytest.mark.parametrize(
    ("names", "scheme"),
    [
        (["O", "B-PER", "I-PER"], "bio"),
        (["O", "B-creative-work"], "bio"),
        (["O", "I-PER", "I-LOC"], "iob1"),
        (["O", "B-X", "I-X", "E-X", "S-X"], "bioes"),
        (["O", "B-X", "I-X", "L-X", "U-X"], "bioes"),
        (["B", "I", "O"], "bio"),
        (["NOUN", "VERB", "X"], "none"),
        (["O", "PERSON"], "none"),
        (["O", "P-X"], "none"),
        (["O"], "none"),
        (["I", "NN"], "none"),
    ],
)
def test_the_scheme_is_read_from_the_names(names, scheme):
    assert find_scheme(names) == scheme


def test_sentences_tell_iob1_from_bio():
    names = ["O", "B-X", "I-X"]
    assert find_scheme(names, [["I-X", "I-X", "O", "I-X", "B-X"]]) == "iob1"
    assert find_scheme(names, [["B-X", "I-X", "O", "B-X"], ["O", "I-X"]]) == "bio"


@pytest.mark.parametrize("spelling", ["{part}_PER", "{lower}-PER", "PER-{part}", "PER_{part}"])
@pytest.mark.parametrize("outside", ["O", "_other"])
def test_marks_of_spans_in_other_spellings_are_read_as_bio(spelling, outside, tmp_path):
    outside = outside.removeprefix("_")
    tags = [spelling.format(part=part, lower=part.lower()) for part in "BI"] + [outside]
    lines = ["".join(f"w{n} {tag}\n" for tag in tags) for n in range(40)]
    (tmp_path / "x.conll").write_text("\n".join(lines))
    splits = load_tagged_splits(tmp_path / "x.conll")
    assert splits.label_names == ["O", "B-PER", "I-PER"]
    assert splits.tag_scheme == "bio"
    assert any(f"{tags[0]!r} as 'B-PER'" in note for note in splits.notes)


def test_names_of_spans_without_marks_are_kept_and_said(tmp_path):
    (tmp_path / "x.conll").write_text("\n".join(f"w{n} PER\nleft O\nv{n} LOC\n" for n in range(40)))
    splits = load_tagged_splits(tmp_path / "x.conll")
    assert splits.label_names == ["O", "LOC", "PER"]
    assert any("have no B- and I-" in note for note in splits.notes)


def test_a_webanno_file_is_refused_with_what_to_export(tmp_path):
    (tmp_path / "x.tsv").write_text("#FORMAT=WebAnno TSV 3.2\n\n\n#Text=Ann left.\n1-1\t0-3\tAnn\tPER\t\n")
    with pytest.raises(InputError, match="WebAnno TSV, which is not read; export it"):
        load_tagged_splits(tmp_path / "x.tsv")
