# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files of pairs that go in several directions: refused, or read by their languages; sides in each other's place."""

import csv

import pytest

from hf_seq.data import check_pairs, load_pair_splits
from hf_seq.data.inputs import Source, source_inputs
from hf_seq.data.pairs.closer_look import look_closer_at_pairs
from hf_seq.data.pairs.sides import share_turned
from hf_seq.errors import InputError

NAMES = ("red", "old", "big", "new", "hot", "shy", "odd", "raw")
ENGLISH = [f"the {name} dog runs through the {other} wood" for name in NAMES for other in NAMES[:5]]
GERMAN = [f"ein Hund läuft {name} durch den Wald und {other} zurück" for name in NAMES for other in NAMES[:5]]
PAIRS = list(zip(ENGLISH, GERMAN, strict=True))  # 40


def written(path, header, row):
    """Write the pairs, every second of them from German; `row` makes the fields of one of both codes and texts."""
    both = [("en", "de", *pair) if n % 2 == 0 else ("de", "en", *reversed(pair)) for n, pair in enumerate(PAIRS)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *(row(*each) for each in both)])
    return path


def two_columns(path):
    return written(path, ["source_lang", "target_lang", "source", "target"], lambda a, b, s, t: (a, b, s, t))


def one_column(path, between="-"):
    return written(path, ["direction", "source", "target"], lambda a, b, s, t: (f"{a}{between}{b}", s, t))


def test_both_directions_in_one_file_are_refused_with_their_counts(tmp_path):
    for path in (
        two_columns(tmp_path / "two.csv"),
        one_column(tmp_path / "one.csv"),
        one_column(tmp_path / "b.csv", "2"),
    ):
        with pytest.raises(
            InputError, match=r"several languages.*en to de 20, de to en 20.*--source_column en --target"
        ):
            load_pair_splits(path)


def test_languages_that_are_named_are_read_in_whichever_direction_a_row_goes(tmp_path):
    for path in (two_columns(tmp_path / "two.csv"), one_column(tmp_path / "one.csv", " > ")):
        there = load_pair_splits(path, source_column="en", target_column="de", whole=True)
        assert (there.train["source"][:], there.train["target"][:]) == (ENGLISH, GERMAN)
        back = load_pair_splits(path, source_column="DE", target_column="EN", whole=True)
        assert (back.train["source"][:], back.train["target"][:]) == (GERMAN, ENGLISH)


def test_columns_that_are_named_are_read_as_they_stand(tmp_path):
    splits = load_pair_splits(
        two_columns(tmp_path / "a.csv"), source_column="source", target_column="target", whole=True
    )
    assert splits.train["source"][:2] == [ENGLISH[0], GERMAN[1]]


def test_a_target_that_is_named_leaves_out_rows_of_other_languages_and_keeps_their_numbers(tmp_path):
    path = written(tmp_path / "a.csv", ["src_lang", "tgt_lang", "src", "tgt"], lambda a, b, s, t: (a, b, s, t))
    splits = load_pair_splits(path, target_column="de", whole=True)
    assert splits.train["source"][:] == ENGLISH[::2]
    assert splits.train["row"][:] == list(range(1, 41, 2))
    assert any("20 rows of other languages left out" in note for note in splits.notes)


def test_one_column_of_languages_is_refused_where_the_texts_go_both_ways(tmp_path):
    path = written(tmp_path / "a.csv", ["lang", "source", "target"], lambda a, _, s, t: (a, s, t))
    with pytest.raises(InputError, match=r"50% of the pairs of train go the other way.*'lang' has en 20, de 20"):
        load_pair_splits(path)


def test_sources_in_several_languages_are_said_and_locales_are_no_directions(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        rows = [("de" if n % 2 else "de-AT", "pt-BR", german, english) for n, (english, german) in enumerate(PAIRS)]
        csv.writer(file).writerows([["source_language", "lang", "source", "target"], *rows])
    assert not any("several" in note for note in load_pair_splits(path).notes)
    path.write_text(path.read_text().replace("de-AT,", "nl,"))
    assert any("several languages, as 'source_language' says (nl 20, de 20)" in n for n in load_pair_splits(path).notes)


def test_translate_reads_the_language_of_training_on_either_side(tmp_path):
    source = Source(str(two_columns(tmp_path / "a.csv")), trained_on={"source_column": "en", "target_column": "de"})
    assert source_inputs(source).values == ENGLISH


def test_sides_in_each_others_place_are_counted_and_those_of_one_language_are_not(tmp_path):
    turned = [pair if n % 4 else pair[::-1] for n, pair in enumerate(PAIRS)]  # 10 of 40
    assert share_turned(*zip(*turned, strict=True)) == 0.25
    assert share_turned(ENGLISH, GERMAN) == 0
    assert share_turned(ENGLISH[:20], ENGLISH[20:]) == 0
    path = tmp_path / "a.tsv"
    path.write_text("".join(f"{source}\t{target}\n" for source, target in turned))
    splits = load_pair_splits(path)
    report = check_pairs(splits)
    look_closer_at_pairs(report, splits)
    assert any(finding.code == "directions-mixed" for finding in report.warnings)
