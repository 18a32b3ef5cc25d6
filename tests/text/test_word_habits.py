# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Raw text falls into the words and sentences that the training data show, whatever the language."""

import pytest
from transformers import AutoTokenizer

from hf_seq.data import load_tagged_splits
from hf_seq.data.tagging.raw_texts import find_places
from hf_seq.metrics.raw_text import f1_on_raw_text
from hf_seq.models.sentence_places import sentence_places
from hf_seq.predictors.word_reading import WordReader
from hf_seq.text import train_tokenizer
from hf_seq.text.word_habits import learn_habits, sentence_habit

FRENCH = ["Le chat de l' été dit -il .", "L' enfant d' aujourd'hui voit qu' il aime l' arbre ."] * 5
ITALIAN = ["L' arte dell' Italia , un po' di mare ."] * 5


def sentence(words, ranges=()):
    """Write a sentence of CoNLL-U: `word_` is followed by no blank, and ranges are {first: (last, surface)}."""
    lines = []
    for number, word in enumerate(words.split(), 1):
        if number in dict(ranges):
            last, surface = dict(ranges)[number]
            lines.append(f"{number}-{last}\t{surface}" + "\t_" * 8)
        after = "SpaceAfter=No" if word.endswith("_") and len(word) > 1 else "_"
        form = word[:-1] if after != "_" else word
        lines.append(f"{number}\t{form}\t_\t{'PUNCT' if form == '.' else 'X'}" + "\t_" * 5 + f"\t{after}")
    return "\n".join(lines) + "\n\n"


def reader_of(rows, texts=(), places=()):
    rows = [row.split() if isinstance(row, str) else row for row in rows]
    habits = learn_habits(rows, texts, places)
    return WordReader(train_tokenizer(rows, "wordpiece", 400, words="tagging", habits=habits, min_frequency=1))


@pytest.mark.parametrize(
    ("rows", "text", "words"),
    [
        (FRENCH, "Aujourd'hui l'arbre qu'il voit, dit-il.", "Aujourd'hui l' arbre qu' il voit , dit -il ."),
        (FRENCH, "L’été d’Anne est-il là-bas?", "L’ été d’ Anne est -il là-bas ?"),
        (ITALIAN, "Dell'arte, l'Italia.", "Dell' arte , l' Italia ."),
        (["I do n't like Ann 's car ."] * 5, "It's fine, don't go.", "It 's fine , do n't go ."),
        (["I don't like Ann's car ."] * 5, "It's fine, don't go.", "It's fine , don't go ."),
        ([list("我喜欢北京"), list("他住在上海市中心的地方很好")] * 5, "我住北京 ok", "我 住 北 京 ok"),
    ],
    ids=["French", "typographic", "Italian", "Penn", "tweets", "Chinese characters"],
)
def test_words_part_as_in_the_given_words(rows, text, words):
    """19: l', d', qu' are cut as in training."""
    assert reader_of(rows).read_text(text).words == words.split()


def test_given_words_stay_whole_under_what_was_learnt():
    reader = reader_of(FRENCH)
    (given,) = reader.read_words([["L'", "été", "dit", "-il"]])
    raw = reader.read_text("L'été dit-il")
    assert (raw.words, raw.ids) == (["L'", "été", "dit", "-il"], given.ids)


def write_treebank(folder, count=40):
    text = sentence("L'_ été sort de le parc_ .", {4: (5, "du")}) + sentence("I can_ not say po' a Ann_ .")
    for split in ("train", "dev", "test"):
        (folder / f"xx-ud-{split}.conllu").write_text(text * count)
    return load_tagged_splits(folder)


def test_raw_texts_are_put_together_and_their_words_found(tmp_path):
    splits = write_treebank(tmp_path)
    assert splits.test["text"][:2] == ["L'été sort du parc.", "I cannot say po' a Ann."]
    places = splits.test["places"][0]
    assert [splits.test["text"][0][start:end] for start, end in places] == [
        "L'",
        "été",
        "sort",
        "du",
        "du",
        "parc",
        ".",
    ]


def test_raw_text_of_a_treebank_falls_into_its_words(tmp_path):
    """du = de + le; cannot = can + not; po' keeps its apostrophe; after saving, too."""
    train = write_treebank(tmp_path).train
    habits = learn_habits(train["tokens"][:], train["text"][:], train["places"][:])
    assert habits.expansions == (("du", ("de", "le")),)
    assert habits.parted == (("can", "not"),)
    tokenizer = train_tokenizer(train["tokens"][:], "wordpiece", 400, words="tagging", habits=habits, sentences="split")
    tokenizer.save_pretrained(tmp_path / "saved")
    for each in (tokenizer, AutoTokenizer.from_pretrained(tmp_path / "saved")):
        reader = WordReader(each)
        for text, places, words in zip(train["text"][:2], train["places"][:2], train["tokens"][:2], strict=True):
            read = reader.read_text(text)
            assert [list(place) for place in read.places] == places
            assert read.ids == reader.read_words([words])[0].ids
        assert reader.read_text("Du parc? Durer.").words == ["Du", "Du", "parc", "?", "Durer", "."]


def test_words_and_texts_that_do_not_fit_have_no_places():
    assert find_places("a b", ["a", "c"]) is None
    assert find_places("don't", ["do", "n't"], ["don't", ""]) == [[0, 2], [2, 5]]
    assert find_places("10 000 km", ["10 000", "km"]) == [[0, 6], [7, 9]]


# Sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dr. Ada met Mr. Bob. He left!", ["Dr. Ada met Mr. Bob.", "He left!"]),
        ('She said "no." Then J. R. left... We go.', ['She said "no."', "Then J. R. left...", "We go."]),
        ("我走了。你呢？好", ["我走了。", "你呢？", "好"]),
        ("One line\n\nanother", ["One line", "another"]),
        ("Sana left . yesterday Bob came .", ["Sana left .", "yesterday Bob came ."]),
        ("It cost 3.50 euro e.g. here.", ["It cost 3.50 euro e.g. here."]),
        ("  ", []),
    ],
)
def test_texts_are_cut_into_sentences_with_their_places(text, parts):
    assert [text[start:end] for start, end in sentence_places(text)] == parts


def test_whether_raw_text_is_cut_is_learnt_from_the_rows():
    assert sentence_habit([["Ann", "left", "."], ["Bob", "came", "."]]) == "split"
    assert sentence_habit([["ann", "left", "."], ["bob", "came"]]) == "split-lower"
    assert sentence_habit([["Ann", "left", ".", "Bob", "came", "."]]) is None


def test_scores_on_raw_text_count_places_and_labels():
    answer = {"tokens": [{"start": 0, "end": 2, "label": "A"}, {"start": 0, "end": 2, "label": "B"}]}
    assert f1_on_raw_text([answer], [["A", "B"]], [[[0, 2], [0, 2]]]) == 1.0
    assert f1_on_raw_text([answer], [["B", "A"]], [[[0, 2], [0, 2]]]) == 0.0
    one = {"entities": [{"start": 0, "end": 3, "label": "PER"}, {"start": 4, "end": 8, "label": "LOC"}]}
    assert f1_on_raw_text([one], [["B-PER", "O"]], [[[0, 3], [4, 8]]]) == pytest.approx(2 / 3)
