# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What comes from outside is read as written, or refused in words, whatever is in it."""

import io
import json
import os
import zipfile

import numpy as np
import pytest
import yaml

from hf_seq.errors import InputError
from hf_seq.files.arrays import read_array, read_arrays
from hf_seq.files.reading import (
    MAX_DEPTH,
    MAX_DIGITS,
    object_or_nothing,
    parse_json,
    parse_yaml,
    read_json,
    read_object,
    read_text,
    without_surrogates,
)

NINE = ", ".join(["*{0}"] * 9)
LAUGHS = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{NINE.format(before)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, -2.5, None, True, "x"], "é": "\n\\ud800 🍲"},
        [[[0.1]], 2**63, 10**250],
        "a backslash before u: \\ud83d",
        "[" * 5_000,
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_comes_back_as_it_was_written(value, ascii_only):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only)) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"\ud83d"', "�"),
        (r'"\ude00 \ud83d\ude00 \uD83D"', "� 😀 �"),
        (r'"\\ud83d \u0041"', r"\ud83d A"),
        ('"\ud83d"', "�"),
    ],
)
def test_halves_of_characters_become_the_sign_for_what_cannot_be_read(text, expected):
    assert parse_json(text) == expected
    expected.encode()


def test_texts_without_halves_of_characters_stay():
    text = "plain é 🍲 \x00 \uffff"
    assert without_surrogates(text) == text
    assert without_surrogates("a\udcffb") == "a�b"


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 100_000])
@pytest.mark.parametrize("parse", [parse_json, parse_yaml])
def test_lists_inside_each_other_are_refused(depth, parse):
    with pytest.raises(InputError, match=f"f nests more than {MAX_DEPTH} lists or objects"):
        parse("[" * depth + "]" * depth, "f")
    assert parse("[" * 50 + "]" * 50, "f") == json.loads("[" * 50 + "]" * 50)


def test_integers_have_so_many_digits_at_most():
    assert parse_json("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    for digits in (MAX_DIGITS + 1, 5_000):
        with pytest.raises(InputError, match=f"an integer of {digits:,} digits"):
            parse_json("9" * digits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "more than 100,000 values"),
        ("a: &a [*a]", "nests more than"),
        ("d: 2020-13-45", "is not YAML: month must be"),
        ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("? [a]\n: b", "is not YAML"),
        ("a: [", "is not YAML"),
        ("a: \x00", "is not YAML"),
        ("a" * 1_000_001, "YAML is read up to"),
    ],
)
def test_yaml_that_is_none_or_stands_for_too_much_is_refused(text, words):
    with pytest.raises(InputError, match=words):
        parse_yaml(text, "f.yaml")


def test_aliases_that_stand_for_little_are_read_as_pyyaml_reads_them():
    text = "a: &a {x: 1}\nb: [*a, *a]\nc: 2020-01-02\n"
    assert parse_yaml(text, "f") == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", r"f.json is not JSON .*; mend it\."),
        (b"[1]", "holds a list, not an object"),
        (b"null", "holds null, not an object"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (b"<html>", "is not JSON"),
        (b"", "is not JSON"),
    ],
)
def test_a_file_that_holds_no_object_says_what_it_holds(tmp_path, content, words):
    path = tmp_path / "f.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_object(path, "mend it")
    assert object_or_nothing(path) == {}


def test_a_byte_order_mark_is_no_error_and_what_cannot_be_opened_is_one(tmp_path):
    path = tmp_path / "f.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json(path) == {"a": 1}
    with pytest.raises(InputError, match="No such file"):
        read_json(tmp_path / "g.json")
    with pytest.raises(InputError, match="Is a directory"):
        read_json(tmp_path)
    with pytest.raises(InputError, match="has 11 bytes, but such files have 5 at most"):
        read_text(path, limit=5)


def packed(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in members.items():
            archive.writestr(f"{name}.npy", raw)
    return path


def npy(array, shape=None):
    """Write an array as numpy does, with a header that may lie."""
    sink = io.BytesIO()
    np.save(sink, array)
    raw = sink.getvalue()
    if shape is not None:
        old = f"'shape': {array.shape}, ".encode()
        new = f"'shape': {shape}, ".encode()
        start = raw.index(old)
        raw = raw[:start] + new + raw[start + len(old) :].replace(b" " * (len(new) - len(old)), b"", 1)
    return raw


def test_arrays_come_back_as_numpy_reads_them(tmp_path):
    given = {"series": np.arange(12.0).reshape(3, 4), "labels": np.array(["a", "b", "c"]), "none": np.zeros((0, 3))}
    np.savez_compressed(tmp_path / "a.npz", **given)
    found = read_arrays(tmp_path / "a.npz")
    assert found.keys() == given.keys()
    assert all(np.array_equal(found[name], given[name]) for name in given)
    np.save(tmp_path / "a.npy", given["series"])
    assert np.array_equal(read_array(tmp_path / "a.npy"), given["series"])


def test_a_shape_that_its_file_cannot_hold_costs_no_memory(tmp_path):
    lie = npy(np.zeros(8), (10**12,))
    assert np.lib.format.read_magic(io.BytesIO(lie)) == (1, 0)
    (tmp_path / "a.npy").write_bytes(lie)
    with pytest.raises(InputError, match="8,000,000,000,000 bytes, but has"):
        read_array(tmp_path / "a.npy")
    with pytest.raises(InputError, match=r"series\.npy says that it holds"):
        read_arrays(packed(tmp_path / "a.npz", series=lie))


def test_what_is_no_array_of_numbers_is_refused(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}]), allow_pickle=True)
    (tmp_path / "text.npy").write_text("no array")
    (tmp_path / "empty.npy").write_bytes(b"")
    whole = npy(np.arange(100.0))
    (tmp_path / "cut.npy").write_bytes(whole[:200])
    for name in ("objects", "text", "empty", "cut"):
        with pytest.raises(InputError, match=f"{name}.npy"):
            read_array(tmp_path / f"{name}.npy")
    damaged = bytearray(packed(tmp_path / "b.npz", series=whole).read_bytes())
    damaged[300] ^= 1
    (tmp_path / "b.npz").write_bytes(damaged)
    with pytest.raises(InputError, match="Bad CRC-32"):
        read_arrays(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", a=np.zeros(1))
    with pytest.raises(InputError, match=r"is a \.npz file; rename it"):
        read_array(os.rename(tmp_path / "c.npz", tmp_path / "c.npy") or tmp_path / "c.npy")
    (tmp_path / "d.npz").write_bytes(whole)
    with pytest.raises(InputError, match=r"is a \.npy file; rename it"):
        read_arrays(tmp_path / "d.npz")
