# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables with a token a line: sentences by a column that is filled, or written in their first line only."""

import pytest

from hf_seq.data import load_tagged_splits
from hf_seq.data.readers.conll import TAGGED_READERS
from hf_seq.data.readers.files import read_file
from hf_seq.errors import InputError

FIRST_ONLY = (
    'Sentence #,Word,POS,Tag\nSentence: 1,Ann,NNP,B-PER\n,met,VBD,O\n,"Bo, Jr",NNP,B-PER\nSentence: 2,Go,VB,O\n'
)
EVERY_LINE = "sentence_id\twords\tlabels\n0\tAnn\tB-PER\n0\tmet\tO\n1\tGo\tO\n"


def test_the_number_of_a_sentence_may_stand_in_its_first_line_only(tmp_path):
    (tmp_path / "ner.csv").write_text(FIRST_ONLY)
    table = read_file(tmp_path / "ner.csv", TAGGED_READERS)
    assert table.values("Word") == [["Ann", "met", "Bo, Jr"], ["Go"]]
    assert table.values("Tag") == [["B-PER", "O", "B-PER"], ["O"]]


@pytest.mark.parametrize(("suffix", "sign"), [("tsv", "\t"), ("csv", ",")])
def test_it_may_stand_in_every_line(suffix, sign, tmp_path):
    (tmp_path / f"ner.{suffix}").write_text(EVERY_LINE.replace("\t", sign))
    assert read_file(tmp_path / f"ner.{suffix}", TAGGED_READERS).values("words") == [["Ann", "met"], ["Go"]]


def test_a_tsv_without_such_a_column_is_conll_as_before(tmp_path):
    (tmp_path / "ner.tsv").write_text("Ann\tB-PER\nmet\tO\n\nGo\tO\n")
    assert read_file(tmp_path / "ner.tsv", TAGGED_READERS).values("1") == [["Ann", "met"], ["Go"]]


def test_a_tsv_may_hold_lists_a_sentence_a_line(tmp_path):
    lines = [f'["Ann{n}", "met", "Bo"]\t["B-PER", "O", "B-PER"]' for n in range(30)]
    (tmp_path / "ner.tsv").write_text("\n".join(["tokens\tner_tags", *lines]))
    splits = load_tagged_splits(tmp_path / "ner.tsv")
    assert splits.label_names == ["O", "B-PER"]
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 30


def test_tags_may_stand_before_the_words_and_it_is_said(tmp_path):
    (tmp_path / "ner.txt").write_text("".join(f"B-PER\tAnn{n}\nO\tmet\n\n" for n in range(30)))
    splits = load_tagged_splits(tmp_path / "ner.txt")
    assert splits.label_names == ["O", "B-PER"]
    assert splits.train[0]["tokens"][1] == "met"
    assert any("tags column '1', before the words" in note for note in splits.notes)


def test_a_table_of_tokens_is_loaded_with_its_tags(tmp_path):
    lines = [
        f"Sentence: {n},{word},X,{tag}\n" for n in range(60) for word, tag in ((f"Ann{n}", "B-PER"), ("sees", "O"))
    ]
    (tmp_path / "ner.csv").write_text("Sentence #,Word,POS,Tag\n" + "".join(lines))
    splits = load_tagged_splits(tmp_path / "ner.csv", tags_column="Tag")
    assert (splits.label_names, sum(len(splits[part]) for part in ("train", "validation", "test"))) == (
        ["O", "B-PER"],
        60,
    )


def test_a_table_without_sentences_is_refused(tmp_path):
    (tmp_path / "ner.csv").write_text("word,tag\nAnn,B-PER\n")
    with pytest.raises(InputError, match=r"no column that says which sentence .* only word, tag; call it"):
        load_tagged_splits(tmp_path / "ner.csv")


def test_a_file_without_blank_lines_is_told_to_be_one_sentence(tmp_path):
    (tmp_path / "train.txt").write_text("Ann B-PER\nmet O\n" * 500)
    with pytest.raises(InputError, match=r"is one sentence of 1,000 words; a blank line ends a sentence"):
        load_tagged_splits(tmp_path / "train.txt")


@pytest.mark.parametrize("name", ["Sentence #", "sentence_id", "Sentence_ID", "sent", "sentence_no", "SentIdx"])
def test_sentence_columns_of_many_names_and_numbers_are_known(name, tmp_path):
    """01: sentence_id,words,labels, the number in every line; Kaggle's in the first line of a sentence."""
    (tmp_path / "ner.csv").write_text(f"{name},words,labels\n0,Ann,B-PER\n0,met,O\n1,Go,O\n")
    assert read_file(tmp_path / "ner.csv", TAGGED_READERS).values("words") == [["Ann", "met"], ["Go"]]


def test_kaggles_tags_are_the_column_that_marks_spans(tmp_path):
    """01: Sentence #,Word,POS,Tag."""
    rows = "".join(f"Sentence: {n},Ann,NNP,B-per\n,Lee{n},NNP,I-per\n,met,VBD,O\n" for n in range(30))
    (tmp_path / "ner_dataset.csv").write_text(f"Sentence #,Word,POS,Tag\n{rows}")
    splits = load_tagged_splits(tmp_path / "ner_dataset.csv", whole=True)
    assert splits.label_names == ["O", "B-per", "I-per"]
    assert "not used as tags: POS (--tags_column)" in splits.notes


def test_a_table_of_tokens_is_parted_by_blank_lines_or_lines_of_separators(tmp_path):
    for gap in ("\n", ",\n", "\n\n"):
        (tmp_path / "ner.csv").write_text(f'word,tag\nAnn,B-PER\n",",O\n{gap}Go,O\n')
        assert read_file(tmp_path / "ner.csv", TAGGED_READERS).values("word") == [["Ann", ","], ["Go"]]


def test_a_sentence_a_line_with_its_tags_in_one_cell(tmp_path):
    rows = "".join(f'Ann met Bob{n},"{tags}"\n' for n, tags in enumerate(["B-PER,O,B-PER"] * 9))
    lists = "".join(f"Ann met Bob{n},\"['B-PER', 'O', 'B-PER']\"\n" for n in range(9))
    blanks = "".join(f"Ann met Bob{n},B-PER O B-PER\n" for n in range(9))
    for written in (rows, lists, blanks):
        (tmp_path / "ner.csv").write_text(f"sentence,word_labels\n{written}")
        splits = load_tagged_splits(tmp_path / "ner.csv", whole=True)
        assert splits.train["tokens"][0] == ["Ann", "met", "Bob0"]
        assert [splits.label_names[tag] for tag in splits.train["tags"][0]] == ["B-PER", "O", "B-PER"]


def test_columns_name_a_table_of_tokens_without_header(tmp_path):
    (tmp_path / "ner.csv").write_text("0,Ann,B-PER\n0,met,O\n1,Go,O\n" * 1)
    splits = load_tagged_splits(tmp_path / "ner.csv", whole=True, columns="sentence_id,words,tags")
    assert splits.train["tokens"][:] == [["Ann", "met"], ["Go"]]


def test_without_blank_lines_points_end_sentences_and_it_is_said(tmp_path):
    """38: one sentence of N words, a blank line ends a sentence."""
    (tmp_path / "train.txt").write_text("Ann\tB-PER\nmet\tO\n.\tO\n" * 100)
    splits = load_tagged_splits(tmp_path / "train.txt", whole=True)
    assert splits.train["tokens"][0] == ["Ann", "met", "."]
    assert any("one sentence of 300 words, since a blank line ends a sentence" in note for note in splits.notes)


def test_no_break_spaces_are_parts_of_words(tmp_path):
    (tmp_path / "a.conll").write_text("1\u00a0000 B-N\nEuro O\n\n1\u3000a O\n")
    assert read_file(tmp_path / "a.conll", TAGGED_READERS).values("1") == [["1\u00a0000", "Euro"], ["1\u3000a"]]


def test_a_column_of_numbers_is_not_taken_for_words_nor_the_nested_layer_for_tags(tmp_path):
    """GermEval 2014: number, word, outer and nested layer."""
    sentence = "#\thttp://de.wikipedia.org\n1\tUni\tB-ORG\tO\n2\tBonn\tI-ORG\tB-LOC\n3\tin\tO\tO\n4\tBonn\tB-LOC\tO\n\n"
    (tmp_path / "NER-de-train.tsv").write_text(sentence * 9)
    splits = load_tagged_splits(tmp_path / "NER-de-train.tsv", whole=True)
    assert splits.train["tokens"][0] == ["Uni", "Bonn", "in", "Bonn"]
    assert [splits.label_names[tag] for tag in splits.train["tags"][0]] == ["B-ORG", "I-ORG", "O", "B-LOC"]
    notes = "\n".join(splits.notes)
    assert "column '1' numbers the words and is left out (--tokens_column)" in notes
    assert "column '4' holds spans inside those of '3' and is not used (--tags_column 4)" in notes
    nested = load_tagged_splits(tmp_path / "NER-de-train.tsv", whole=True, tags_column="4")
    assert "B-LOC" in [nested.label_names[tag] for tag in nested.train["tags"][0]]


def test_columns_of_conll_have_names_in_a_header_or_by_flag(tmp_path):
    rows = "".join(f"NNP B-PER Ann{n}\nVBD O left\n\n" for n in range(9))
    (tmp_path / "a.conll").write_text("pos ner token\n\n" + rows)
    (tmp_path / "b.conll").write_text(rows)
    named = load_tagged_splits(tmp_path / "a.conll", whole=True, tags_column="ner")
    by_flag = load_tagged_splits(tmp_path / "b.conll", whole=True, columns="pos,ner,token", tags_column="ner")
    for splits in (named, by_flag):
        assert splits.train["tokens"][0] == ["Ann0", "left"]
    assert "the first line names the columns: pos, ner, token" in named.notes
