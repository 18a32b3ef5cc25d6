# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sentences a line whose words carry their tags, as in the Brown and Penn corpora.

The/DT dog/NN ran/VBD     Anna_B-PER lives_O in_O Berlin_B-LOC
"""

import re
from collections.abc import Sequence

from hf_seq.data.readers.tables import Table

SIGNS = ("/", "_", "|")
SAMPLE = 2_000  # words that are looked at
FEWEST_WORDS = 2  # of a sentence, on average
MOST_TAGS = 60
_TAG = re.compile(r"[A-Z]\S*|[^\w\s]+")  # NN, B-PER, and signs, which stand for themselves
WORDS_EACH = 2  # words that a tag has on average


def read_inline_tags(lines: Sequence[str]) -> Table | None:
    """Read lines of words with tags behind them; None where the lines are others."""
    sentences = [line.split() for line in lines if line.strip()]
    words = [word for sentence in sentences for word in sentence]
    sign = next((each for each in SIGNS if words and all(each in word[1:-1] for word in words[:SAMPLE])), None)
    if sign is None or len(words) < FEWEST_WORDS * len(sentences) or not all(sign in word[1:-1] for word in words):
        return None
    parted = [[word.rpartition(sign)[::2] for word in sentence] for sentence in sentences]
    tags = [[tag for _, tag in sentence] for sentence in parted]
    kinds = {tag for sentence in tags for tag in sentence}
    if len(kinds) > MOST_TAGS or len(kinds) * WORDS_EACH > len(words) or not all(map(_TAG.fullmatch, kinds)):
        return None
    columns = {"tokens": [[word for word, _ in sentence] for sentence in parted], "tags": tags}
    note = f"a sentence a line, each word with its tag behind {sign!r}, such as {words[0]!r:.40}"
    return Table(columns, all_strings=True, notes=[note])
