# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Folders and tokens of a machine are taken out of what is published; words that only look like them stay."""

import pytest

from hf_seq.hub.scrub import find_leaks, scrub, scrub_text

TOKEN = "hf_" + "A1b2" * 8


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/home/ann/data/sst2", "sst2"),
        ("/home/ann/my data/reviews.csv", "reviews.csv"),
        ("../clients/acme/x.csv", "x.csv"),
        ("clients/acme/2024/x", "x"),
        (r"C:\Users\ann\reviews.csv", "reviews.csv"),
        ("~/runs/x", "x"),
        ("hf-seq train --data /a/b --output_dir=/c/d", "hf-seq train --data b --output_dir=d"),
        ("person=/home/ann/my lists/people.txt", "person=people.txt"),
        (
            "hf-seq train --mention_lists who=/a/b.txt where=c/d/e.txt",
            "hf-seq train --mention_lists who=b.txt where=e.txt",
        ),
        ("--output_dir=/home/ann/my data/x", "--output_dir=x"),
        ("read from /home/ann/x, then cut", "read from x, then cut"),
        (f"token {TOKEN}.", "token [token]."),
    ],
)
def test_what_belongs_to_the_machine_goes(given, kept):
    assert scrub_text(given) == kept


@pytest.mark.parametrize(
    "text",
    [
        "stanfordnlp/sst2",
        "builtin:reviews",
        "Sci/Tech",
        "and/or",
        "https://host/a/b",
        "accuracy|hf_seq:0.1|numpy:2.4",
        "5 / 7",
        "a=1 and b = 2",
    ],
)
def test_what_does_not_stays(text):
    assert scrub_text(text) == text


def test_labels_and_samples_are_content_and_stay():
    values = {"label_names": ["/r/funny", "a"], "samples": [{"text": "/home is where"}], "data": "/r/funny"}
    assert scrub(values) == values | {"data": "funny"}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("README.md", "see /home/ann/x", "README.md holds a home folder"),
        ("recipe.yaml", "data: C:\\Users\\ann\\x", "recipe.yaml holds a home folder"),
        ("modeling_x.py", f"# {TOKEN}", "modeling_x.py holds an access token"),
    ],
)
def test_a_leak_is_found_and_the_secret_not_repeated(tmp_path, name, text, found):
    (tmp_path / name).write_text(text)
    assert find_leaks(tmp_path) == [found]


def test_a_clean_folder_has_none(tmp_path):
    (tmp_path / "README.md").write_text("Trained on sst2. See https://huggingface.co/home/of/it")
    (tmp_path / "tokenizer.json").write_text('{"/home/ann/": 3}')
    assert find_leaks(tmp_path) == []
