# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The docs name what there is: files, commands, make targets, headings."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [path for path in (*sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md") if path.is_file()]
DECISIONS = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
FOLDERS = ("hf_seq", "training", "tests", "docs", "benchmarks", "model_cards", ".ci")


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_index_of_decisions_lists_every_heading_under_its_part():
    index, _, rest = DECISIONS.partition("## Index")[2].partition("\n## ")
    parts = re.split(r"^## ", rest, flags=re.MULTILINE)
    headings = [(part.splitlines()[0], re.findall(r"^### (.+)$", part, re.MULTILINE)) for part in parts]
    listed = re.findall(r"^\*\*(.+)\*\*\n\n((?:- .+\n)+)", index, re.MULTILINE)
    linked = [(part, re.findall(r"^- \[(.+)\]\(#(.+)\)$", lines, re.MULTILINE)) for part, lines in listed]
    assert linked == [(part, [(title, anchor_of(title)) for title in titles]) for part, titles in headings]
    assert sum(len(titles) for _, titles in headings) > 50


@pytest.mark.parametrize("name", ["changelog", "decisions"])
def test_no_heading_stands_twice(name):
    headings = [line for line in (ROOT / f"docs/{name}.md").read_text().splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings)), [each for each in headings if headings.count(each) > 1]


def test_every_decision_has_a_heading():
    assert re.findall(r"^\*\*.+?\.\*\*.*", DECISIONS, re.MULTILINE) == []


def paths_in(text: str) -> set[str]:
    """Files and folders of the repository that a page names in backticks or links."""
    found = set(re.findall(r"`([\w.\-/]+)`", text)) | set(re.findall(r"\]\((?!https?:|#)([^)#]+)", text))
    return {name for name in found if name.split("/")[0] in FOLDERS and ("/" in name or name in FOLDERS)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    assert {name for name in paths_in(text) if not (ROOT / name).exists()} == set()
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page):
    from hf_seq.commands.verbs import VERBS

    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    assert set(re.findall(r"hf-seq ([a-z][a-z-]*)", code)) <= set(VERBS)
    assert set(re.findall(r"\bmake ([a-z][\w-]*)", code)) <= targets
