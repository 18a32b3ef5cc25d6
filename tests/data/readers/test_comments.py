# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Comments above a table are no names of columns and no rows; texts that begin with their mark are rows."""

import io

import numpy as np
import pandas as pd
import pytest

from hf_seq.data import load_pair_splits, load_series_splits, load_splits
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.number_files import read_number_table
from hf_seq.errors import InputError

ROWS = [(n, f"text {n}, of it", "ab"[n % 2]) for n in range(40)]
FRAME = pd.DataFrame(ROWS, columns=["id", "text", "label"])


@pytest.mark.parametrize(
    "above", ["# made by x 1.2\n", "# made by x\n# on 2020-01-01, at noon\n\n", "% made\n", "\n// a; b\n"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_below_comments_is_what_pandas_reads_without_them(tmp_path, above, separator):
    suffix = ".tsv" if separator == "\t" else ".csv"
    path = tmp_path / f"a{suffix}"
    path.write_text(above + FRAME.to_csv(index=False, sep=separator))
    table = READERS[suffix](path)
    assert {name: table.values(name) for name in table.names} == FRAME.astype(str).to_dict("list")
    assert any("above the table left out" in note for note in table.notes)
    splits = load_splits(path, whole=True)
    assert splits.train["text"][:] == FRAME.text.tolist()


def test_names_behind_the_mark_of_a_comment_are_names_where_numbers_follow(tmp_path):
    values = np.random.default_rng(0).normal(size=(5, 3))
    for name, delimiter in (("a.csv", ","), ("a.txt", " ")):
        file = io.StringIO()
        np.savetxt(file, values, delimiter=delimiter, header=f"logged\nx{delimiter}y{delimiter}z", fmt="%.6f")
        (tmp_path / name).write_text(file.getvalue())
        table = read_number_table(tmp_path / name)
        assert table.names == ["x", "y", "z"]
        np.testing.assert_allclose(np.array([table.values(n) for n in table.names], float).T, values, atol=1e-6)


def test_comments_above_a_long_table_of_series_are_said(tmp_path):
    steps = [f"{n},{step},{(n * step) % 7},{'ab'[n % 2]}\n" for n in range(20) for step in range(6)]
    (tmp_path / "a.csv").write_text("".join(["# time, x\n", "id,time,x,label\n", *steps]))
    splits = load_series_splits(tmp_path / "a.csv", whole=True)
    assert len(splits.train) == 20
    assert any("1 comment above the table left out (# time, x)" in note for note in splits.notes)


def test_texts_that_begin_with_the_mark_are_rows(tmp_path):
    rows = [f"#{word} is what I say {n},{'ab'[n % 2]}\n" for n in range(20) for word in ("blessed", "sad")]
    (tmp_path / "a.csv").write_text("".join(rows))
    assert len(load_splits(tmp_path / "a.csv", whole=True).train) == 40
    (tmp_path / "b.tsv").write_text("".join(f"#tag {n}\t#Marke {n}\n" for n in range(40)))
    assert load_pair_splits(tmp_path / "b.tsv", whole=True).train["source"][0] == "#tag 0"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "My export\n\nid;text;label\n" + FRAME.to_csv(index=False, header=False, sep=";"),
            "'My export' is a title or a comment, take out",
        ),
        (
            "By,Bob\n\nid,text,label\n" + FRAME.to_csv(index=False, header=False),
            "'By' is a title or a comment, take out",
        ),
        (FRAME.to_csv(index=False) + "# end\n", "line 42 has 1; if these lines are comments, take them out"),
    ],
)
def test_titles_and_comments_elsewhere_are_refused_with_what_to_do(tmp_path, text, words):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        load_splits(tmp_path / "a.csv")
