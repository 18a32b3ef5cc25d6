# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Compares the words of every line of real data sets with those that an earlier commit found, pattern by pattern.

    python -m tests.text.same_tokens --commit 2b00eda --data path/to/data --every 1

Patterns got bounds, so that text without blanks takes time by its length; words of ordinary text should be as before.
"""

import argparse
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Regex, pre_tokenizers

from hf_seq.data.readers.packed import read_bytes, suffix_of
from hf_seq.text import tokenizers, word_patterns

TEXT = (
    ".txt",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".conll",
    ".conllu",
    ".train",
    ".test",
    ".dev",
    ".en",
    ".de",
    ".fr",
    ".md",
)


def lines_of(folder: Path) -> Iterator[str]:
    """Yield the lines of all files of text under a folder, and the texts of parquet files."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            for name in (field.name for field in table.schema if pa.types.is_string(field.type)):
                yield from filter(None, table.column(name).to_pylist())
        elif path.is_file() and suffix_of(path) in TEXT:
            yield from filter(None, read_bytes(path).decode("utf-8", "replace").split("\n"))


def pairs_of_patterns(commit: str) -> dict[str, tuple[str, str]]:
    """Give the patterns of then and now: of plain words, and of words that people tag under several habits."""
    source = {name: said(commit, name) for name in ("tokenizers", "word_patterns")}
    plain = re.search(r'^_WORD = r"(.*)"$', source["tokenizers"], re.MULTILINE)
    assert plain is not None, f"{commit} has no _WORD"
    then = types.ModuleType("then")
    sys.modules["then"] = then  # dataclasses look their module up
    exec(compile(source["word_patterns"], "word_patterns.py", "exec"), then.__dict__)
    habits = {
        "tagging": {},
        "hyphens part words": {"hyphen": True},
        "clitics joined": dict.fromkeys(("negation", "owner", "verb"), False),
    }
    made = {
        name: (then.word_pattern(then.WordHabits(**each)), word_patterns.word_pattern(word_patterns.WordHabits(**each)))
        for name, each in habits.items()
    }
    return {"plain": (plain[1], tokenizers._WORD), **made}


def said(commit: str, name: str) -> str:
    """Read a file of that commit."""
    command = ["git", "show", f"{commit}:hf_seq/text/{name}.py"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Compare as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="2b00eda")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="one line of so many")
    given = parser.parse_args()
    lines = [line for number, line in enumerate(lines_of(given.data)) if number % given.every == 0]
    print(f"{len(lines):,} lines, {sum(map(len, lines)):,} characters")
    for name, patterns in pairs_of_patterns(given.commit).items():
        then, now = (pre_tokenizers.Split(Regex(each), "removed", invert=True) for each in patterns)
        words = odd = 0
        for line in lines:
            before, after = then.pre_tokenize_str(line), now.pre_tokenize_str(line)
            words += len(before)
            if before != after:
                odd += 1
                shown = next((b, a) for b, a in zip(before, after, strict=False) if b != a)
                print(f"  {shown}") if odd < 4 else None
        print(f"{name}: {words:,} words, {odd} lines with other words than at {given.commit}")


if __name__ == "__main__":
    main()
