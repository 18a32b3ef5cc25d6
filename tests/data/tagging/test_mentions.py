# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Mention replacement: what stays, what changes, in all schemes of tags. The oracle for spans is seqeval."""

import json
import random
from collections import Counter

import pytest
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

from hf_seq.data import load_tagged_splits
from hf_seq.data.tagging.mentions import MentionReplacer, in_case_of, read_mention_lists, with_mention_copies
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import span_tags

SENTENCES = {
    "bio": [
        ("Ann Lee met BOB in New York", "B-PER I-PER O B-PER O B-LOC I-LOC"),
        ("paris is fine", "B-LOC O O"),
        ("nothing here", "O O"),
        ("Cy Di Fu saw Rome", "B-PER I-PER I-PER O B-LOC"),
    ],
    "iob1": [
        ("Ann Lee Bob Ray met", "I-PER I-PER B-PER I-PER O"),
        ("paris is fine", "I-LOC O O"),
        ("New York", "I-LOC I-LOC"),
    ],
    "bioes": [
        ("Ann Lee met BOB in New York", "B-PER E-PER O S-PER O B-LOC E-LOC"),
        ("paris is fine", "S-LOC O O"),
        ("Cy Di Fu saw Rio de Janeiro", "B-PER I-PER E-PER O B-LOC I-LOC E-LOC"),
    ],
}
STRICT = {"bio": IOB2, "iob1": IOB1, "bioes": IOBES}


def split(sentences):
    return [(words.split(), tags.split()) for words, tags in sentences]


def names_of(sentences):
    return sorted({tag for _, tags in sentences for tag in tags} | {"O"})


@pytest.mark.parametrize("scheme", SENTENCES)
def test_the_words_around_stay_and_spans_keep_their_types(scheme):
    sentences = split(SENTENCES[scheme])
    lists = {"LOC": [["San", "Luis", "Obispo"], ["Oslo"]]}
    pool = {kind: {" ".join(words).lower() for words in names} for kind, names in lists.items()}
    for words, tags in sentences:
        for kind, start, end in get_entities(tags):
            pool.setdefault(kind, set()).add(" ".join(words[start : end + 1]).lower())
    replacer, drawn = MentionReplacer(sentences, names_of(sentences), lists), Counter()
    for seed in range(200):
        words, tags = sentences[seed % len(sentences)]
        new_words, new_tags = replacer.replaced(words, tags, random.Random(seed))
        assert len(new_words) == len(new_tags)
        assert [w for w, t in zip(new_words, new_tags, strict=True) if t == "O"] == [
            w for w, t in zip(words, tags, strict=True) if t == "O"
        ]
        spans = Entities([new_tags], STRICT[scheme]).entities[0]
        assert [span.tag for span in spans] == [kind for kind, _, _ in get_entities(tags)]
        for span in spans:
            mention = " ".join(new_words[span.start : span.end]).lower()
            assert mention in pool[span.tag]
            drawn[mention] += 1
    assert set(drawn) == set.union(*pool.values())


def test_half_of_the_new_mentions_come_from_a_list():
    sentences = split(SENTENCES["bio"])
    replacer = MentionReplacer(sentences, names_of(sentences), {"LOC": [["Oslo"]]})
    copies = replacer.copies([(["Rome"], ["B-LOC"])], times=2000, seed=0)
    assert sum(words == ["Oslo"] for _, (words, _) in copies) == pytest.approx(1000, abs=100)


def test_a_mention_that_the_tags_cannot_write_is_left_out():
    sentences = [(["Rome", "met", "Ann", "Lee"], ["B-LOC", "O", "B-PER", "I-PER"])]
    replacer = MentionReplacer(sentences, names_of(sentences), {"LOC": [["New", "York"]]})  # there is no I-LOC
    assert {tuple(words[:2]) for _, (words, _) in replacer.copies(sentences, 50, 0)} == {("Rome", "met")}


@pytest.mark.parametrize(
    ("names", "type_", "length", "tags"),
    [
        (["O", "B-X", "I-X"], "X", 3, ["B-X", "I-X", "I-X"]),
        (["O", "B-X", "M-X", "E-X", "S-X"], "X", 3, ["B-X", "M-X", "E-X"]),
        (["O", "B-X", "I-X", "L-X", "U-X"], "X", 1, ["U-X"]),
        (["O", "I-X"], "X", 2, ["I-X", "I-X"]),
        (["O", "B", "I"], "_", 2, ["B", "I"]),
        (["O", "B-X", "I-X", "B-Y"], "Y", 2, None),
        (["NOUN", "VERB"], "NOUN", 1, None),
    ],
)
def test_spans_are_written_in_the_letters_of_the_labels(names, type_, length, tags):
    assert span_tags(names, type_, length) == tags


@pytest.mark.parametrize(
    ("words", "model", "written"),
    [(["New", "York"], "paris", ["new", "york"]), (["Ann"], "BOB", ["ANN"]), (["Ann"], "B", ["Ann"])],
)
def test_new_mentions_are_written_as_the_old_ones_were(words, model, written):
    assert in_case_of(words, model) == written


def splits_of(tmp_path, rows):
    for part in ("train", "validation", "test"):
        (tmp_path / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load_tagged_splits(tmp_path)


def test_copies_stand_after_the_rows_they_are_made_from(tmp_path):
    rows = [{"tokens": words, "tags": tags} for words, tags in split(SENTENCES["bio"])]
    splits = splits_of(tmp_path, rows)
    more = with_mention_copies(splits, 3, seed=1)
    assert more.train["tokens"][:4] == splits.train["tokens"][:]
    assert more.train["row"][:] == [1, 2, 3, 4, *([1, 2, 4] * 3)]
    assert more.validation["tokens"][:] == splits.validation["tokens"][:]
    assert more.fingerprint == splits.fingerprint
    assert more.train[:] == with_mention_copies(splits, 3, seed=1).train[:]
    assert more.train[:] != with_mention_copies(splits, 3, seed=2).train[:]


def test_what_is_not_to_be_tagged_stays_so(tmp_path):
    splits = splits_of(tmp_path, [{"tokens": ["a", "Ann", "b"], "tags": [-100, "B-PER", "O"]}] * 3)
    made = with_mention_copies(splits, 1).train[3]
    assert splits.train[0]["tags"][0] == made["tags"][0] == -100
    assert made["tokens"] == ["a", "Ann", "b"]


def test_lists_are_read_line_by_line(tmp_path):
    (tmp_path / "people.txt").write_text("Ann Lee\n\nBob\nBob\n")
    assert read_mention_lists([f"PER={tmp_path / 'people.txt'}"]) == {"PER": [["Ann", "Lee"], ["Bob"], ["Bob"]]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("people.txt", r"mention_lists='people.txt' is not TYPE=FILE"),
        ("PER=nowhere.txt", r"nowhere.txt, the names of PER, does not exist"),
        ("PER={}/empty.txt", r"empty.txt holds no names"),
    ],
)
def test_lists_that_cannot_be_read_are_refused(given, words, tmp_path):
    (tmp_path / "empty.txt").write_text("\n \n")
    with pytest.raises(InputError, match=words):
        read_mention_lists([given.format(tmp_path)])


def test_types_and_tags_that_do_not_fit_are_refused():
    sentences = split(SENTENCES["bio"])
    with pytest.raises(InputError, match="names of 'person', but train has no such mentions, only PER, LOC"):
        MentionReplacer(sentences, names_of(sentences), {"person": [["Ann"]]})
    with pytest.raises(InputError, match=r"The tags \(NOUN, VERB, ...\) mark no spans"):
        MentionReplacer([(["a", "b"], ["NOUN", "VERB"])], ["NOUN", "VERB"])


def test_copies_of_iob1_data_are_iob1_where_the_names_could_be_bio(tmp_path):
    """Of both types there is a B-; the names alone would be taken for BIO."""
    sentences = [*split(SENTENCES["iob1"]), (["Rome", "Oslo"], ["I-LOC", "B-LOC"])]
    more = with_mention_copies(splits_of(tmp_path, [{"tokens": words, "tags": tags} for words, tags in sentences]), 20)
    tags = [[more.label_names[tag] for tag in row] for row in more.train["tags"][:]]
    spans = Entities(tags, IOB1).entities
    kinds = [[kind for kind, _, _ in get_entities(row)] for _, row in sentences]
    assert [[span.tag for span in row] for row in spans] == kinds * 21
