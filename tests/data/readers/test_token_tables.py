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
