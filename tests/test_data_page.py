# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""docs/data.md: every example is made and read, and its first train row is the one that the page shows."""

import json
import re
import shlex
from pathlib import Path

import pytest

from hf_seq.data.readers.conll import TAGGED_READERS
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.pair_files import PAIR_READERS
from hf_seq.tasks.registry import reading_recipe, task_named

PAGE = (Path(__file__).parents[1] / "docs/data.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]}
FILE = re.compile(r"^```text (\S+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^```bash\nhf-seq check (.*?)\n```$", re.MULTILINE)
ROW = re.compile(r"^```json\n(.*?)\n```$", re.MULTILINE)
EXAMPLES = [name for name, text in SECTIONS.items() if ROW.search(text) and FILE.search(text)]


def words_of(command):
    """Part a command into the source, the task and the other flags."""
    words, source, flags = shlex.split(command), "", {}
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            flags[word[2:]] = words.pop(0)
        else:
            source = word
    return source, flags.pop("task", "classification"), flags


def shown(splits, row):
    """Write a row of train as the page does: labels by name."""
    found = dict(splits.train[0])
    name = splits.label_names.__getitem__
    if "label" in found:
        label = found["label"]
        several = isinstance(label, list)
        found["label"] = [name(at) for at, held in enumerate(label) if held] if several else name(label)
    if "tags" in found:
        found["tags"] = list(map(name, found["tags"]))
    return {key: found[key] for key in row}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_read_as_the_page_says(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in FILE.findall(SECTIONS[example]):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content, encoding="utf-8")
    source, task, flags = words_of(COMMAND.search(SECTIONS[example])[1])
    recipe = reading_recipe(task, source, flags)
    splits = task_named(task).data.load(recipe, whole=True)
    row = json.loads(ROW.search(SECTIONS[example])[1])
    assert shown(splits, row) == row


def test_the_page_has_an_example_of_each_kind():
    assert len(EXAMPLES) >= 20


def test_the_page_names_every_suffix_that_is_read():
    for suffix in {*READERS, *TAGGED_READERS, *PAIR_READERS} - {".iob2", ".bioes", ".ndjson"}:
        assert suffix[1:] in PAGE, suffix
