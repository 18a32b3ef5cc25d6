# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows are the same however they are written: compressed, in archives, Excel, other encodings, JSON of every shape.

pandas and the standard library write the files.
"""

import bz2
import gzip
import json
import lzma
import sys
import tarfile
import zipfile

import pandas as pd
import pyarrow as pa
import pytest

from hf_seq.data import load_splits, load_tagged_splits, load_text_splits
from hf_seq.data.readers.conll import TAGGED_READERS
from hf_seq.data.readers.files import read_file
from hf_seq.errors import InputError

ROWS = pd.DataFrame({"text": [f"good soup {n}; naïve, Čapek" for n in range(40)], "label": ["pos", "neg"] * 20})
PLAIN = ROWS.to_csv(index=False).encode()


def zipped(name, raw, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, raw)


def texts_of(source, **options):
    splits = load_splits(source, whole=True, **options)
    return splits.train["text"][:], [splits.label_names[label] for label in splits.train["label"]]


def same(source, **options):
    return texts_of(source, **options) == (ROWS["text"].tolist(), ROWS["label"].tolist())


# Compressed


PACK = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda raw: pa.Codec("zstd").compress(raw, asbytes=True),
}


@pytest.mark.parametrize("packed", PACK)
def test_every_text_format_may_be_compressed(packed, tmp_path):
    """37: reviews.csv.gz; also tsv, jsonl, parquet, txt, CoNLL."""
    ROWS.to_parquet(tmp_path / "rows.parquet")
    forms = {
        "csv": PLAIN,
        "tsv": ROWS.to_csv(index=False, sep="\t").encode(),
        "jsonl": ROWS.to_json(orient="records", lines=True).encode(),
        "json": ROWS.to_json(orient="records").encode(),
        "parquet": (tmp_path / "rows.parquet").read_bytes(),
        "txt": "".join(f"{text}\t{label}\n" for text, label in ROWS.itertuples(index=False)).encode(),
    }
    for suffix, raw in forms.items():
        path = tmp_path / f"rows.{suffix}.{packed}"
        path.write_bytes(PACK[packed](raw))
        assert same(path), suffix
    path = tmp_path / f"train.conll.{packed}"
    path.write_bytes(PACK[packed](b"Ann B-PER\nmet O\n\nBob B-PER\n"))
    assert read_file(path, TAGGED_READERS).values("1") == [["Ann", "met"], ["Bob"]]


def test_archives_are_read_as_the_files_in_them(tmp_path):
    zipped("reviews.csv", PLAIN, tmp_path / "reviews.csv.zip")
    assert same(tmp_path / "reviews.csv.zip")
    with zipfile.ZipFile(tmp_path / "kaggle.zip", "w") as archive:
        archive.writestr("set/train.csv", PLAIN)
        archive.writestr("set/test.csv", PLAIN.replace(b"good", b"bad"))
        archive.writestr("__MACOSX/set/._train.csv", b"\0")
    assert load_splits(tmp_path / "kaggle.zip").test["text"][0] == "bad soup 0; naïve, Čapek"
    (tmp_path / "pos").mkdir()
    (tmp_path / "pos/1.txt").write_text("fine")
    (tmp_path / "neg").mkdir()
    (tmp_path / "neg/1.txt").write_text("awful")
    with tarfile.open(tmp_path / "aclImdb_v1.tar.gz", "w:gz") as archive:
        for name in ("pos", "neg"):
            archive.add(tmp_path / name, f"aclImdb/{name}")
    assert texts_of(tmp_path / "aclImdb_v1.tar.gz") == (["awful", "fine"], ["neg", "pos"])
    (tmp_path / "folder").mkdir()
    for name in ("train", "test"):
        zipped(f"{name}.csv", PLAIN, tmp_path / f"folder/{name}.csv.zip")
    assert load_splits(tmp_path / "folder").test_split == "test"


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip", "a.tar.gz", "a.csv.zst", "a.xlsx"])
def test_what_is_not_compressed_as_it_says_is_refused_in_words(name, tmp_path):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match=r"cannot be (decompressed|unpacked)|not a readable .xlsx"):
        load_splits(tmp_path / name)


# Excel


def test_a_sheet_is_read_and_a_sheet_for_each_split(tmp_path):
    """37: reviews.xlsx."""
    ROWS.to_excel(tmp_path / "reviews.xlsx", index=False)
    assert same(tmp_path / "reviews.xlsx")
    with pd.ExcelWriter(tmp_path / "splits.xlsx") as book:
        ROWS.to_excel(book, sheet_name="Train", index=False)
        ROWS.replace("good", "bad", regex=True).to_excel(book, sheet_name="Test", index=False)
    assert load_splits(tmp_path / "splits.xlsx").test["text"][0] == "bad soup 0; naïve, Čapek"


def test_the_sheet_with_a_table_that_is_shown_is_read(tmp_path):
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        ROWS.assign(text="an older version").to_excel(book, sheet_name="Old", index=False)
        pd.DataFrame({"About this file": ["see the other sheet"]}).to_excel(book, sheet_name="README", index=False)
        ROWS.to_excel(book, sheet_name="Data")  # with pandas' index, which has no name
        book.sheets["Old"].sheet_state = "hidden"
    assert same(tmp_path / "a.xlsx")
    assert any("sheet 'Data' is read, 'README', 'Old' not" in note for note in load_splits(tmp_path / "a.xlsx").notes)


def test_digits_alone_among_texts_of_a_sheet_are_texts(tmp_path):
    texts = [2024 if n == 3 else text for n, text in enumerate(ROWS["text"])]
    ROWS.assign(text=texts).to_excel(tmp_path / "a.xlsx", index=False)
    assert "2024" in load_splits(tmp_path / "a.xlsx", whole=True).train["text"][:]


def test_without_openpyxl_the_extra_is_named(tmp_path, monkeypatch):
    ROWS.to_excel(tmp_path / "reviews.xlsx", index=False)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"needs openpyxl; install it with `pip install 'hf_seq\[excel\]'`"):
        load_splits(tmp_path / "reviews.xlsx")
    (tmp_path / "old.xls").write_bytes(b"x")
    with pytest.raises(InputError, match=r"'.xls' are not read; .*; save it as .xlsx or .csv"):
        load_splits(tmp_path / "old.xls")


# Encodings, separators, headers


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_and_zeros_tell_the_encoding(encoding, tmp_path):
    (tmp_path / "rows.csv").write_bytes(PLAIN.decode().encode(encoding))
    assert same(tmp_path / "rows.csv")


def test_other_encodings_are_said(tmp_path):
    (tmp_path / "rows.csv").write_bytes(
        b"text,label\n" + "".join(f"naïve {n},{n % 2}\n" for n in range(9)).encode("latin1")
    )
    with pytest.raises(InputError, match=r"not UTF-8: byte 0xef in line 2; if it is latin1, say --encoding latin1"):
        load_splits(tmp_path / "rows.csv")
    assert texts_of(tmp_path / "rows.csv", encoding="latin1")[0][0] == "naïve 0"
    with pytest.raises(InputError, match=r"--encoding klingon is not known"):
        load_splits(tmp_path / "rows.csv", encoding="klingon")
    (tmp_path / "poem.txt").write_bytes("Ein schöner Tag. ".encode("latin1") * 9)
    assert load_text_splits(tmp_path / "poem.txt", encoding="latin1").train["text"][0].startswith("Ein schöner")


@pytest.mark.parametrize(("separator", "said"), [("|", None), (";", None), ("\t", None), ("~", "~"), ("\t", "tab")])
def test_separators_are_found_or_said(separator, said, tmp_path):
    rows = ROWS.replace("[;,]", "", regex=True)
    rows.to_csv(tmp_path / "rows.csv", index=False, sep=separator)
    assert texts_of(tmp_path / "rows.csv", delimiter=said)[0] == rows["text"].tolist()


def test_excels_line_sep_is_no_header(tmp_path):
    (tmp_path / "rows.csv").write_text("sep=;\n" + ROWS.to_csv(index=False, sep=";"))
    assert same(tmp_path / "rows.csv")


def test_a_csv_without_header_is_seen_and_columns_are_named(tmp_path):
    """AG News' csv: class, title, description."""
    rows = [(n % 4 + 1, f"Title {n} of day", f'A "long" story {n}, told') for n in range(40)]
    pd.DataFrame(rows).to_csv(tmp_path / "train.csv", index=False, header=False, quoting=1)
    for options in ({}, {"no_header": True}):
        splits = load_splits(tmp_path / "train.csv", whole=True, text_column="3", label_column="1", **options)
        assert splits.train["text"][:] == [story for _, _, story in rows]
        assert splits.label_names == ["1", "2", "3", "4"]
    assert any(
        "no header: the first line (1, Title 0" in note
        for note in load_splits(tmp_path / "train.csv", text_column="3").notes
    )
    named = load_splits(tmp_path / "train.csv", whole=True, columns="class,title,description", text_column="title")
    assert named.train["text"][:] == [title for _, title, _ in rows]
    with pytest.raises(InputError, match=r"--columns names 2 columns, but .*train.csv has 3"):
        load_splits(tmp_path / "train.csv", columns="a,b")


def test_a_header_stays_a_header(tmp_path):
    (tmp_path / "rows.csv").write_text("text,label\n" + "a b,x\nc d,y\n" * 9 + "text,label\n")  # put together
    assert read_file(tmp_path / "rows.csv").names == ["text", "label"]
    (tmp_path / "odd.csv").write_text("satz,gut\n" + "a b,gut\nc d,schlecht\n" * 9)
    assert load_splits(tmp_path / "odd.csv", whole=True, no_header=False, text_column="satz", label_column="gut")


SPREADSHEETS = {
    "a column without a name or a value": lambda: ROWS.assign(**{"": None}).to_csv(index=False),
    "several of them": lambda: ROWS.join(pd.DataFrame("", ROWS.index, ["", " ", "  "])).to_csv(index=False),
    "the header again, of files put together": lambda: ROWS.to_csv(index=False) + "text,label\n",
    "lines of separators": lambda: ROWS.to_csv(index=False).replace("\n", "\n,\n"),
    "a separator at the end of each row": lambda: "text,label\n" + ROWS.assign(x="").to_csv(index=False, header=False),
    "names with signs of no width": lambda: "text\u00a0,\u200blabel\n" + ROWS.to_csv(index=False, header=False),
    "small and capital letters": lambda: ROWS.rename(columns=str.upper).to_csv(index=False, lineterminator="\r\n"),
    "quotes behind a backslash": lambda: ROWS.to_csv(index=False, quoting=1).replace("soup", '\\"soup\\"'),
}


@pytest.mark.parametrize("kind", SPREADSHEETS)
def test_what_spreadsheets_and_databases_add_is_no_column_and_no_row(kind, tmp_path):
    (tmp_path / "a.CSV").write_text("\ufeff" + SPREADSHEETS[kind](), encoding="utf-8")
    table = read_file(tmp_path / "a.CSV")
    texts = [text.replace('"soup"', "soup") for text in table.values(next(iter(table.names)))]
    assert [name.lower() for name in table.names] == ["text", "label"]
    assert (texts, table.values(table.names[1])) == (ROWS["text"].tolist(), ROWS["label"].tolist())


def test_a_column_of_splits_is_said_to_be_unused(tmp_path):
    rows = [f"text {n} here,{'ab'[n % 2]},{'test' if n % 5 == 0 else 'train'}" for n in range(60)]
    (tmp_path / "x.csv").write_text("\n".join(["text,label,split", *rows]))
    note = "column 'split' names test, train, and is not used: give a file for each split (--train_file"
    assert any(note in each for each in load_splits(tmp_path / "x.csv").notes)
    assert not any(note in each for each in load_splits(tmp_path / "x.csv", whole=True).notes)


def test_a_blank_column_between_others_is_left_out_of_a_sheet(tmp_path):
    ROWS.assign(**{"": None})[["text", "", "label"]].to_excel(tmp_path / "a.xlsx", index=False)
    assert same(tmp_path / "a.xlsx")


def test_a_title_above_the_names_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("My export\n\n" + ROWS.to_csv(index=False, sep="|").replace("|", ","))
    with pytest.raises(InputError, match=r"ragged.*if 'My export' is a title or a comment, take out what stands above"):
        read_file(tmp_path / "a.csv")


def test_a_file_without_suffix_is_read_as_txt(tmp_path):
    (tmp_path / "SMSSpamCollection").write_text(
        "".join(f"{label}\t{text}\n" for text, label in ROWS.itertuples(index=False))
    )
    assert same(tmp_path / "SMSSpamCollection")


# JSON


RECORDS = json.loads(ROWS.to_json(orient="records"))
SHAPES = {
    "list": RECORDS,
    "data": {"version": 1, "data": RECORDS},
    "columns": json.loads(ROWS.to_json(orient="columns")),
    "index": json.loads(ROWS.to_json(orient="index")),
    "split": json.loads(ROWS.to_json(orient="split")),
    "table": json.loads(ROWS.to_json(orient="table", index=False)),
    "lists": {"text": ROWS["text"].tolist(), "label": ROWS["label"].tolist()},
    "pairs": ROWS.to_numpy().tolist(),
    "hub rows": {"features": [], "rows": [{"row_idx": n, "row": row} for n, row in enumerate(RECORDS)]},
    "nested": {"rasa_nlu_data": {"common_examples": RECORDS}},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_json_is_read_in_the_shapes_people_save(shape, tmp_path):
    for indent in (None, 1):
        (tmp_path / "rows.json").write_text(json.dumps(SHAPES[shape], indent=indent))
        assert same(tmp_path / "rows.json")


def test_splits_in_one_json_and_lists_of_each_class(tmp_path):
    half = {"train": RECORDS, "val": RECORDS[:4], "test": RECORDS[4:9], "oos": RECORDS[:1]}
    (tmp_path / "all.json").write_text(json.dumps(half))
    splits = load_splits(tmp_path / "all.json")
    assert [len(splits[s]) for s in ("train", "validation", "test")] == [40, 4, 5]
    assert "splits left unread: oos" in splits.notes
    by_class = {label: ROWS["text"][ROWS["label"] == label].tolist() for label in ("pos", "neg")}
    (tmp_path / "classes.json").write_text(json.dumps(by_class))
    assert sorted(zip(*texts_of(tmp_path / "classes.json"), strict=True)) == sorted(
        ROWS.itertuples(index=False, name=None)
    )


def test_intents_of_chat_bots_are_a_row_for_each_pattern(tmp_path):
    intents = [{"tag": tag, "patterns": [f"{tag} {n}" for n in range(9)], "responses": ["ok"]} for tag in ("hi", "bye")]
    (tmp_path / "intents.json").write_text(json.dumps({"intents": intents}))
    assert texts_of(tmp_path / "intents.json") == (
        [f"{tag} {n}" for tag in ("hi", "bye") for n in range(9)],
        ["hi"] * 9 + ["bye"] * 9,
    )
    (tmp_path / "intents.json").write_text(json.dumps({"intents": [{"tag": "hi"}]}))
    with pytest.raises(InputError, match=r'intent 1 is .*; each needs a "tag" and a list of "patterns"'):
        load_splits(tmp_path / "intents.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"a": RECORDS, "b": RECORDS}, r"several lists of rows: a, b"),
        ({"meta": {"x": 1}, "n": [1, 2]}, r"an object with 'meta', 'n', which are not rows"),
        ("words", r"row 1 is 'words', not an object"),
    ],
)
def test_json_of_another_shape_is_refused_in_words(content, words, tmp_path):
    (tmp_path / "odd.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=words):
        load_splits(tmp_path / "odd.json")


def test_tagged_json_takes_the_same_shapes(tmp_path):
    rows = [{"tokens": ["Ann", str(n)], "tags": ["B-PER", "O"]} for n in range(30)]
    (tmp_path / "a.json").write_text(json.dumps({"train": rows, "test": rows[:5]}))
    assert len(load_tagged_splits(tmp_path / "a.json").test) == 5


def test_cells_below_merged_ones_hold_what_these_hold(tmp_path):
    book = pytest.importorskip("openpyxl").Workbook()
    sheet = book.active
    sheet.append(["label", "text"])
    for number in range(40):
        sheet.append(["ab"[number // 5 % 2] if number % 5 == 0 else None, f"text of number {number}"])
    for first in range(2, 42, 5):
        sheet.merge_cells(start_row=first, end_row=first + 4, start_column=1, end_column=1)
    book.save(tmp_path / "a.xlsx")
    splits = load_splits(tmp_path / "a.xlsx", whole=True)
    assert splits.train["label"][:] == [number // 5 % 2 for number in range(40)]
    assert any("32 cells below merged ones hold what these hold" in note for note in splits.notes)
