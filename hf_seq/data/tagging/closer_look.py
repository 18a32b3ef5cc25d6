# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check` looks for in tagged sentences beyond what every training does.

Sentences of test that are nearly those of train, tags shifted by a word, words and tags in each other's place, texts
read in a wrong encoding.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns, places_of
from hf_seq.data.closer_look import MOST, near_texts, wrong_encoding
from hf_seq.data.findings import Finding
from hf_seq.data.near_duplicates import NearDuplicates
from hf_seq.data.splits import Splits

CLOSER = 0.1  # by which shifted tags fit better
FEWEST_SENTENCES = 30
SAMPLE = 20_000


def look_closer_at_tagged(report: CheckReport, splits: Splits) -> None:
    """Add what is found in tagged sentences to a report."""
    columns = {
        name: Columns(
            [" ".join(words) for words in splits[name]["tokens"][:]],
            [],
            places_of(splits, name),
            "sentence",
            "sentences",
        )
        for name in SPLITS
    }
    near_texts(report, splits, columns, NearDuplicates(columns["train"].texts[:MOST]))
    wrong_encoding(report, columns)
    distinct = len({word for sentence in splits.train["tokens"][:] for word in sentence})
    if len(splits.label_names) > max(50, distinct):
        report.warnings.append(
            Finding(
                "columns-exchanged",
                f"there are {len(splits.label_names):,} tags for {distinct:,} different words; the columns may be in "
                "each other's place: see --tokens_column and --tags_column",
            )
        )
    report.warnings += _shifted_tags(splits)


def _shifted_tags(splits: Splits) -> Iterator[Finding]:
    """Yield splits whose tags fit the words before or after theirs better than their own."""
    for name in SPLITS:
        rows = splits[name]
        sentences = [
            (words, tags)
            for words, tags in zip(rows["tokens"][:SAMPLE], rows["tags"][:SAMPLE], strict=True)
            if tags is not None and len(words) > 2
        ]
        if len(sentences) < FEWEST_SENTENCES:
            continue
        fits = {shift: _tags_fit(sentences, shift) for shift in (-1, 0, 1)}
        best = max((-1, 1), key=lambda shift: fits[shift])
        if fits[best] > fits[0] + CLOSER:
            yield Finding(
                "tags-shifted",
                f"the tags of {name} fit the word {'after' if best < 0 else 'before'} theirs better than their own "
                f"({fits[best]:.0%} against {fits[0]:.0%} told by the word alone); they may be shifted by a word",
            )


def _tags_fit(sentences: Sequence[tuple[list[str], list[int]]], shift: int) -> float:
    """Return how far the usual tag of each word tells tags that stand `shift` further, beyond the most frequent tag."""
    learnt, asked = (
        [
            (word.casefold(), tags[place + shift])
            for words, tags in half
            for place, word in enumerate(words)
            if 0 <= place + shift < len(tags)
        ]
        for half in (sentences[::2], sentences[1::2])
    )
    by_word: dict[str, Counter[int]] = {}
    for word, tag in learnt:
        by_word.setdefault(word, Counter())[tag] += 1
    usual = Counter(tag for _, tag in [*learnt, *asked]).most_common(1)[0][0]
    told = [by_word[word].most_common(1)[0][0] == tag for word, tag in asked if word in by_word]
    base = [tag == usual for word, tag in asked if word in by_word]
    if not told or np.mean(base) == 1:
        return 0.0
    return float((np.mean(told) - np.mean(base)) / (1 - np.mean(base)))
