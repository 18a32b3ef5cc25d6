# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pages as the site shows them: every block of code is one."""

import importlib.util
import re
from pathlib import Path

import pytest

from hf_seq.commands.verbs import VERBS

markdown = pytest.importorskip("markdown", reason="needs the extra docs")
pytest.importorskip("mkdocs", reason="needs the extra docs")
pytest.importorskip("pymdownx", reason="needs the extra docs")

DOCS = Path(__file__).parents[2] / "docs"
EXTENSIONS = ["tables", "pymdownx.highlight", "pymdownx.superfences", "admonition"]


@pytest.fixture(scope="module")
def hooks():
    spec = importlib.util.spec_from_file_location("site_hooks", DOCS / "site" / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_every_block_of_a_page_is_shown_as_code(page, hooks):
    text = (DOCS / page).read_text(encoding="utf-8")
    shown = markdown.markdown(hooks.titled(text), extensions=EXTENSIONS)
    assert "```" not in shown
    fences = len(re.findall(r"^```\w", text, re.MULTILINE))
    assert shown.count('<div class="highlight">') >= fences  # indented blocks are code, too


def test_the_name_of_a_file_stands_above_its_block(hooks):
    shown = markdown.markdown(hooks.titled("```csv wide.csv\na,b\n```\n"), extensions=EXTENSIONS)
    assert '<span class="filename">wide.csv</span>' in shown


def test_the_page_of_commands_has_every_verb_with_its_flags(hooks):
    shown = hooks.MADE["commands.md"]()
    assert set(VERBS) == set(re.findall(r"^## hf-seq (\w[\w-]*)$", shown, re.MULTILINE))
    assert all(flag in shown for flag in ("`--hidden_size`", "`--max_latency`", "`--quantize`", "`--output`"))
