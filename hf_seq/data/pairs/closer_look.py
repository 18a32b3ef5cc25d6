# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check` looks for in pairs beyond what every training does.

Sources of test that are nearly those of train, targets shifted by a row, sides in each other's place, texts read in a
wrong encoding.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log

import numpy as np

from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns, places_of
from hf_seq.data.closer_look import MOST, near_texts, wrong_encoding
from hf_seq.data.findings import Finding
from hf_seq.data.near_duplicates import NearDuplicates
from hf_seq.data.pairs.sides import MIXED, share_turned
from hf_seq.data.splits import Splits

CLOSER = 0.2  # by which shifted targets fit better
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
    mixed = share_turned(*sides["train"])
    if mixed >= MIXED:
        report.warnings.append(
            Finding(
                "directions-mixed",
                f"{mixed:.0%} of the train pairs go the other way than the others, as where a file holds both "
                "directions; give one of them (where columns say the languages, --source_column and --target_column "
                "take languages)",
            )
        )
    else:
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
