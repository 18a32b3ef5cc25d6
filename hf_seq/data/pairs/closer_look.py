# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check` looks for in pairs and tagged sentences beyond what every training does.

pairs      sources of test that are nearly those of train · targets shifted by a row · sides in each other's place
sentences  of test that are nearly those of train · tags shifted by a word · words and tags in each other's place
both       texts read in a wrong encoding
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log

import numpy as np

from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns, places_of
from hf_seq.data.closer_look import MOST, near_texts, wrong_encoding
from hf_seq.data.findings import Finding
from hf_seq.data.near_duplicates import NearDuplicates
from hf_seq.data.splits import Splits

CLOSER = 0.2  # by which shifted targets, or tags, fit better
FEWEST_ROWS = 30
FEWEST_WORDS, UNLIKE, EXCHANGED = 4, 0.7, 0.005  # of a side; mean log-odds of its words; share of a split's pairs
SAMPLE = 20_000


def look_closer_at_pairs(report: CheckReport, splits: Splits) -> None:
    """Add what is found in pairs to a report."""
    sides = {name: (splits[name]["source"][:], splits[name]["target"][:]) for name in SPLITS}
    places = {name: places_of(splits, name) for name in SPLITS}
    columns = {name: Columns(sides[name][0], [], places[name], "source", "sources") for name in SPLITS}
    near_texts(report, splits, columns, NearDuplicates(columns["train"].texts[:MOST]))
    wrong_encoding(report, columns)
    targets = {name: Columns(sides[name][1], [], places[name], "target", "targets") for name in SPLITS}
    wrong_encoding(report, targets)
    for name in SPLITS:
        report.warnings += _shifted_targets(name, *sides[name], places[name])
    report.warnings += _exchanged_sides(sides, places)


def _shifted_targets(
    name: str, sources: Sequence[str], targets: Sequence[str], places: Sequence[tuple[str, int]]
) -> Iterator[Finding]:
    """Yield a split whose targets are as long as the sources before or after theirs are, not as their own."""
    by_row = {number: place for place, (_, number) in enumerate(places)}
    lengths = [np.log1p([len(text) for text in side]) for side in (sources, targets)]
    fits = {}
    for shift in (-1, 0, 1):
        pairs = [(place, by_row[number + shift]) for number, place in by_row.items() if number + shift in by_row]
        first, second = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
        spread = min(lengths[0][first].std(), lengths[1][second].std()) if len(pairs) >= FEWEST_ROWS else 0.0
        fits[shift] = float(np.corrcoef(lengths[0][first], lengths[1][second])[0, 1]) if spread > 0 else 0.0
    best = max((-1, 1), key=lambda shift: fits[shift])
    if fits[best] > fits[0] + CLOSER:
        yield Finding(
            "targets-shifted",
            f"the targets of {name} are as long as the sources {'after' if best < 0 else 'before'} theirs would have "
            f"them (correlation {fits[best]:.2f}), not as their own ({fits[0]:.2f}); they may be shifted by a row",
        )


def _exchanged_sides(
    sides: Mapping[str, tuple[list[str], list[str]]], places: Mapping[str, Sequence[tuple[str, int]]]
) -> Iterator[Finding]:
    """Yield pairs whose source is written like train's targets, and their target like train's sources."""
    counts = [Counter(word for text in side[:SAMPLE] for word in text.casefold().split()) for side in sides["train"]]
    for name, (sources, targets) in sides.items():
        rows = [
            place
            for source, target, place in zip(sources, targets, places[name], strict=True)
            if _likeness(source, counts) < -UNLIKE and _likeness(target, counts) > UNLIKE
        ]
        if rows and len(rows) >= EXCHANGED * len(sources):
            yield Finding(
                "sides-exchanged",
                f"in {len(rows):,} of {len(sources):,} {name} pairs the source is written like the targets of train, "
                "the target like its sources; they may be in each other's place",
                rows,
            )


def _likeness(text: str, counts: Sequence[Counter[str]]) -> float:
    """Return the mean log-odds of the words to be those of a source; 0 where there are few."""
    words = [word for word in text.casefold().split() if word in counts[0] or word in counts[1]]
    if len(words) < FEWEST_WORDS:
        return 0.0
    return sum(log((counts[0][word] + 1) / (counts[1][word] + 1)) for word in words) / len(words)


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
        if len(sentences) < FEWEST_ROWS:
            continue
        fits = {shift: _tags_fit(sentences, shift) for shift in (-1, 0, 1)}
        best = max((-1, 1), key=lambda shift: fits[shift])
        if fits[best] > fits[0] + CLOSER / 2:
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
