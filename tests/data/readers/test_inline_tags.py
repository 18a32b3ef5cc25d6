# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Words that carry their tags are words with tags; texts with such signs in them are texts."""

import pytest

from hf_seq.data import load_tagged_splits
from hf_seq.data.inputs import Source, tagged_inputs
from hf_seq.data.readers.inline_tags import read_inline_tags

SENTENCES = [["Anna", "runs", f"{n}/2" if n % 5 == 0 else f"w{n}", "in", "Berlin"] for n in range(40)]
TAGS = ["B-PER", "O", "O", "O", "B-LOC"]


@pytest.mark.parametrize("sign", ["/", "_", "|"])
def test_a_word_with_its_tag_behind_a_sign_is_both(tmp_path, sign):
    lines = [" ".join(f"{word}{sign}{tag}" for word, tag in zip(each, TAGS, strict=True)) for each in SENTENCES]
    (tmp_path / "a.txt").write_text("\n".join(lines) + "\n")
    splits = load_tagged_splits(tmp_path / "a.txt", whole=True)
    assert splits.train["tokens"][:] == SENTENCES
    assert [[splits.label_names[tag] for tag in row] for row in splits.train["tags"]] == [TAGS] * 40
    source = Source(str(tmp_path / "a.txt"), label_names=splits.label_names)
    assert list(tagged_inputs(source).values) == SENTENCES


@pytest.mark.parametrize("line", ["see 1/2 and 3/4", "a_b c_d e_f g_h", "http://x/y http://z/w", "B-PER O O"])
def test_other_lines_carry_no_tags(line):
    assert read_inline_tags([line.replace("b", f"b{n}") + f" x{n}/y{n}" for n in range(40)]) is None
