# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files of word vectors, against numbers written down here."""

import gzip
import tracemalloc

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.text.word_vectors import file_words, read_vectors, vector_width

PLAIN = "The 9 9\nthe 1 2\nLondon 3 4\nlondoN 7 7\ncafé -5e-1 6\n"


def write(folder, text, name="some.vec"):
    (folder / name).write_bytes(text.encode())
    return folder / name


def vectors_of(path, *tokens):
    found = read_vectors(path, tokens, str.lower)
    return dict(zip(found.words, found.vectors.tolist(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"5 2\n{PLAIN}",
        PLAIN.replace("\n", " \n"),
        PLAIN.replace("\n", "\r\n"),
        f"\ufeff{PLAIN}",
        f"{PLAIN}at name@place.com 1 1\n. . . 2 2\n",
    ],
    ids=["glove", "header", "blanks at the end", "CRLF", "byte order mark", "blanks inside words"],
)
def test_every_way_to_write_vectors_is_read_alike(tmp_path, text):
    path = write(tmp_path, text)
    assert vector_width(path) == 2
    assert vectors_of(path, "the", "café", "there") == {"the": [1, 2], "café": [-0.5, 6]}


def test_packed_files_are_told_by_what_is_in_them(tmp_path):
    (tmp_path / "packed.vec").write_bytes(gzip.compress(PLAIN.encode()))
    assert vectors_of(tmp_path / "packed.vec", "London") == {"London": [3, 4]}


def test_a_token_gets_its_own_spelling_then_lower_case_then_the_commonest(tmp_path):
    found = vectors_of(write(tmp_path, PLAIN), "The", "THE", "london", "LONDON", "CAFÉ")
    assert found == {"The": [9, 9], "THE": [1, 2], "london": [3, 4], "LONDON": [3, 4], "CAFÉ": [-0.5, 6]}


def test_the_first_of_two_lines_for_a_word_counts(tmp_path):
    assert vectors_of(write(tmp_path, "a 1 2\na 3 4\n"), "a") == {"a": [1, 2]}


def test_first_words_and_those_that_are_wanted_are_found_in_one_pass(tmp_path):
    first, found = file_words(write(tmp_path, PLAIN), 2, {"london", "there"}, str.lower)
    assert (first, found) == (["The", "the"], {"london"})


def test_scaled_numbers_have_mean_zero_and_variance_one(tmp_path):
    table = np.random.default_rng(0).normal(3.0, 0.2, (50, 8)).astype(np.float32)
    text = "".join(f"w{row} {' '.join(map(repr, map(float, numbers)))}\n" for row, numbers in enumerate(table))
    found = read_vectors(write(tmp_path, text), [f"w{row}" for row in range(50)], str.lower)
    assert np.array_equal(found.vectors, table)
    centred = table.astype(float) - table.astype(float).mean(0)
    np.testing.assert_allclose(found.scaled().vectors, centred / centred.std(), rtol=1e-5)


def test_what_is_not_asked_for_takes_no_memory(tmp_path):
    line = " ".join(["0.12345"] * 100)
    path = write(tmp_path, "".join(f"w{row} {line}\n" for row in range(5_000)))
    tracemalloc.start()
    read_vectors(path, ["w1", "w4999"], str.lower)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 10


def test_a_late_line_of_another_width_is_found_though_nobody_asked_for_it(tmp_path):
    path = write(tmp_path, "".join(f"w{row} 1 2\n" for row in range(999)) + "odd 1\n")
    with pytest.raises(InputError, match=r"line 1000 of .* has 1 numbers behind 'odd', others have 2"):
        read_vectors(path, ["w1"], str.lower)
