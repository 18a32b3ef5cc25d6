# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files: what is read comes back as it was written; what cannot be read says in which line, and what to do."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, Features, Value

from hf_seq.data.lines import has_labels
from hf_seq.data.readers.files import read_file
from hf_seq.errors import InputError

TEXTS = ['plain "quoted" words', "a, comma", "two\nlines", "tab\there", "Čapek 🍲", ""]
LABELS = ["pos", "neg", "pos", "neg", "pos", "neg"]


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("csv", ";"), ("tsv", "\t")])
def test_quoted_fields_come_back_as_written(suffix, delimiter, tmp_path):
    path = tmp_path / f"data.{suffix}"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([["text", "label"], *zip(TEXTS, LABELS, strict=True)])
    table = read_file(path)
    assert (table.values("text"), table.values("label")) == (TEXTS, LABELS)


def test_a_tsv_may_hold_quotes_as_plain_signs(tmp_path):
    path = write(tmp_path, "glue.tsv", 'sentence\tlabel\n"opened and not closed\t1\nsaid "so"\t0\n"both" ends"\t1\n')
    assert read_file(path).values("sentence") == ['"opened and not closed', 'said "so"', '"both" ends"']


def test_jsonl_keeps_types_and_a_json_array_is_read_too(tmp_path):
    rows = [{"text": text, "label": index} for index, text in enumerate(TEXTS)]
    lines = write(tmp_path, "a.jsonl", "\n".join(json.dumps(row) for row in rows) + "\n")
    array = write(tmp_path, "a.json", json.dumps(rows))
    for path in (lines, array):
        assert read_file(path).values("label") == list(range(6))
        assert read_file(path).values("text") == TEXTS


def test_parquet_brings_its_label_names(tmp_path):
    features = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})
    Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]}, features=features).to_parquet(tmp_path / "a.parquet")
    table = read_file(tmp_path / "a.parquet")
    assert (table.values("label"), table.class_names) == ([1, 0], {"label": ["neg", "pos"]})


def test_txt_is_fasttext_or_text_tab_label_in_either_order(tmp_path):
    assert read_file(write(tmp_path, "a.txt", "__label__pos good soup\n__label__neg bad\n")).values("text") == [
        "good soup",
        "bad",
    ]
    several = read_file(write(tmp_path, "b.txt", "__label__a __label__b x y\n__label__a z\n"))
    assert several.values("label") == [["a", "b"], ["a"]]
    for lines in ("good\tpos\nfine\tpos\nbad\tneg\n", "pos\tgood\npos\tfine\nneg\tbad\n"):
        table = read_file(write(tmp_path, "c.txt", lines))
        assert (table.values("text"), table.values("label")) == (["good", "fine", "bad"], ["pos", "pos", "neg"])


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read_file(write(tmp_path, "a.csv", b"\xef\xbb\xbftext,label\na,1\n")).names == ["text", "label"]


def test_a_field_of_a_million_characters_is_read(tmp_path):
    assert (
        len(read_file(write(tmp_path, "a.csv", f"text,label\n{'word ' * 200_000},1\n")).values("text")[0]) == 1_000_000
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", r"is empty \(0 bytes\); give a file with a header"),
        ("a.csv", "\n\n", r"holds only blank lines"),
        ("a.csv", "text,label\n", r"has no rows \(2 columns: text, label\)"),
        (
            "a.csv",
            "text,label\ngood,1\nbad,0,9\nfine\n",
            r"ragged: the header has 2 fields, but line 3 has 3, line 4 has 1",
        ),
        ("a.csv", "text,text\na,b\n", r"column 'text' occurs twice"),
        ("a.csv", 'text,label\n"never closed,1\n', r"line 2 cannot be read .* a quote that is opened must be closed"),
        (
            "a.csv",
            "text,label\ncafé,1\n".encode("latin1"),
            r"is not UTF-8: byte 0xe9 in line 2; if it is latin1.*iconv -f latin1",
        ),
        ("a.tsv", "text\tlabel\na\t1\t2\n", r"ragged: .* line 2 has 3"),
        ("a.jsonl", '{"text": "a"}\n{"text": \n', r"line 2 is not JSON"),
        ("a.jsonl", '{"text": "a"}\n["b"]\n', r"row 2 is \['b'\], not an object"),
        ("a.json", "[1, 2", r"line 1 is not JSON"),
        ("a.parquet", b"PAR0 not parquet at all", r"is not a readable parquet file"),
        ("a.txt", "just prose\n", r"line 1 has 1 tab-separated fields; .* `text TAB label` or `__label__NAME text`"),
        ("a.docx", "x", r"files ending in '.docx' are not read; use one of .csv .tsv"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(name, content, words, tmp_path):
    with pytest.raises(InputError, match=words):
        read_file(write(tmp_path, name, content))


def test_an_arrow_file_without_features_is_read(tmp_path):
    pq.write_table(pa.table({"text": ["a", "b"], "label": ["x", "y"]}), tmp_path / "a.parquet")
    assert read_file(tmp_path / "a.parquet").values("label") == ["x", "y"]


@pytest.mark.parametrize(
    "lines",
    [
        "__label__pos\tgood soup\n__label__neg\tbad  tea\n",
        "__label__pos good soup\n__label__neg bad  tea\n",
        "good soup __label__pos\nbad  tea __label__neg\n",
        "good __label__pos soup\nbad  __label__neg tea\n",
    ],
)
def test_a_fasttext_label_ends_at_any_blank_and_stands_anywhere(lines, tmp_path):
    table = read_file(write(tmp_path, "a.txt", lines))
    assert (table.values("text"), table.values("label")) == (["good soup", "bad  tea"], ["pos", "neg"])


def test_a_fasttext_label_with_a_comma_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 2 has the label 'bad,the'; .* not a comma"):
        read_file(write(tmp_path, "a.txt", "__label__pos good soup\n__label__bad,the book\n"))


def test_a_long_field_is_read_where_a_c_long_has_32_bits(tmp_path, monkeypatch):
    """As on 64-bit Windows, where the limit of csv is a C long and `sys.maxsize` is more."""
    real = csv.field_size_limit

    def limited(*limit):
        if limit and limit[0] > 2**31 - 1:
            raise OverflowError("Python int too large to convert to C long")
        return real(*limit)

    monkeypatch.setattr(csv, "field_size_limit", limited)
    before = real(131_072)
    try:
        table = read_file(write(tmp_path, "a.csv", f"text,label\n{'long ' * 40_000},a\n"))
        assert len(table.values("text")[0]) == 200_000
    finally:
        real(before)


def test_a_pointer_of_git_lfs_is_called_what_it_is(tmp_path):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    with pytest.raises(InputError, match=r"a.parquet is a pointer of Git LFS.*git lfs pull"):
        read_file(write(tmp_path, "a.parquet", pointer))


def test_a_first_line_of_names_in_a_txt_is_no_row(tmp_path):
    rows = [f"text {n} of it\t{'ab'[n % 2]}\n" for n in range(40)]
    (tmp_path / "a.txt").write_text("".join(["text\tlabel\n", *rows]))
    table = read_file(tmp_path / "a.txt")
    assert (len(table), table.values("label")) == (40, ["a", "b"] * 20)
    assert table.notes == ["the first line (text | label) names the columns"]
    assert has_labels(tmp_path / "a.txt", ["a", "b"])
    (tmp_path / "b.txt").write_text("".join(["title\tclass\n", *rows, "a class\tclass\n"]))
    assert len(read_file(tmp_path / "b.txt")) == 42


def test_a_list_of_texts_in_json_is_a_column_of_texts(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([f"text {n}" for n in range(5)]))
    assert read_file(tmp_path / "a.json").values("text") == [f"text {n}" for n in range(5)]
