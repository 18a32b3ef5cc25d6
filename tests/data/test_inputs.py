# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a saved model answers for is read as training reads it, whatever the file."""

import pytest

from hf_seq.data.inputs import Source, source_inputs, tagged_inputs, text_inputs

UNIT = '<tuv xml:lang="{}"><seg>{}</seg></tuv>'
TMX = f'<tmx version="1.4"><body><tu>{UNIT.format("en", "Go on.")}{UNIT.format("de", "Weiter.")}</tu></body></tmx>'
PAIRS = {
    "memory.tmx": TMX,
    "anki.txt": "Go on.\tWeiter.\tCC-BY 2.0\n",
    "tatoeba.tsv": "12\tGo on.\t77\tWeiter.\n",
    "pairs.csv": "en,de\nGo on.,Weiter.\n",
    "lines.txt": "Go on.\n",
    "test.en": "Go on.\n",
}
TAGGED = {
    "lists.csv": "tokens,ner_tags\n\"['Ann', 'met']\",\"['B-PER', 'O']\"\n",
    "lists.tsv": 'tokens\tner_tags\n["Ann", "met"]\t["B-PER", "O"]\n',
    "first.txt": "B-PER\tAnn\nO\tmet\n",
    "last.conll": "Ann B-PER\nmet O\n",
    "numbered.tsv": "1\tAnn\tB-PER\n2\tmet\tO\n\n1\tAnn\tB-PER\n2\tmet\tO\n",
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_translator_reads_sources_alone_from_every_file_of_pairs(name, tmp_path):
    (tmp_path / name).write_text(PAIRS[name])
    source = Source(str(tmp_path / name), trained_on={"source_column": "en", "target_column": "de"})
    assert list(source_inputs(source).values) == ["Go on."]


@pytest.mark.parametrize("name", TAGGED)
def test_a_tagger_reads_words_alone_from_every_tagged_file(name, tmp_path):
    (tmp_path / name).write_text(TAGGED[name])
    source = Source(str(tmp_path / name), label_names=("O", "B-PER", "I-PER"))
    assert next(iter(tagged_inputs(source).values)) == ["Ann", "met"]


@pytest.mark.parametrize(("name", "place"), [("first.txt", "1"), ("last.conll", "2"), ("numbered.tsv", "1")])
def test_a_place_of_training_that_holds_numbers_or_tags_here_is_not_taken_for_the_words(name, place, tmp_path):
    """A column without a name is called by its place, and another file may have another order."""
    (tmp_path / name).write_text(TAGGED[name])
    trained_on = {"tokens_column": place, "tags_column": "3"}
    source = Source(str(tmp_path / name), trained_on=trained_on, label_names=("O", "B-PER", "I-PER"))
    found = tagged_inputs(source)
    assert next(iter(found.values)) == ["Ann", "met"]
    assert "as in training" not in found.notes[0]


def test_a_text_is_read_where_the_place_of_training_holds_labels_or_ids(tmp_path):
    rows = [("pos", "a fine day"), ("neg", "a dull day"), ("pos", "some soup"), ("neg", "no soup"), ("pos", "good tea")]
    for name, first in (("x.csv", [label for label, _ in rows]), ("y.csv", range(101, 106))):
        (tmp_path / name).write_text("\n".join(f"{a},{text}" for a, (_, text) in zip(first, rows, strict=True)))
        source = Source(str(tmp_path / name), trained_on={"text_column": "1"}, label_names=("neg", "pos"))
        assert list(text_inputs(source).values) == [text for _, text in rows]


def test_a_folder_of_texts_is_a_text_a_file_unless_its_files_are_called_like_classes(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"first line {number}\n\nlast line")
    found = text_inputs(Source(str(tmp_path), label_names=("1", "2")))
    assert list(found.values) == [f"first line {number}\n\nlast line" for number in range(3)]
    assert found.table.values("id") == ["0.txt", "1.txt", "2.txt"]
    classes = tmp_path / "classes"
    classes.mkdir()
    for name in ("neg", "pos"):
        (classes / f"{name}.txt").write_text("one\ntwo\n")
    assert list(text_inputs(Source(str(classes), label_names=("neg", "pos"))).values) == ["one", "two"] * 2
