# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Raw text into words as people tag them, by the habits of given words."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from hf_seq.text.word_patterns import count_parting_hyphens, habits_of, splitter, word_pattern


def word_splitter(sentences: Iterable[Sequence[str]]) -> Callable[[str], list[str]]:
    """Make a function that splits a text into words as these sentences are split.

    Example:
        >>> word_splitter([["Do", "n't", "go", "."]])("We can't, sir.")
        ['We', 'ca', "n't", ',', 'sir', '.']
    """
    counts: Counter[str] = Counter()
    hyphens = 0
    for words in sentences:
        counts.update(words)
        hyphens += count_parting_hyphens(words)
    split = splitter(word_pattern(habits_of(counts, hyphens)))
    return lambda text: [word for word, _ in split.pre_tokenize_str(text)]
