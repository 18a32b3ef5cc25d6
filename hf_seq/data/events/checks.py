# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at sequences of events before training; the checks of labels, leaks and balance are those of texts and series.

errors    what makes labels impossible to learn · one event over and over, and nothing else
warnings  ids of train in validation or test · events there that train does not know · events that occur once · values
          that are missing · lengths that differ much
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns, empty_splits, facts_of, small_test
from hf_seq.data.events.loading import event_sequences, sequence_key
from hf_seq.data.findings import Finding
from hf_seq.data.series.checks import LONG_AGAINST_SHORT, MANY_MISSING, check_labels
from hf_seq.data.splits import Splits
from hf_seq.models.feature_extraction_events import EVENTS, TIMES, VALUES

UNKNOWN = 0.05  # share of the events of a split that train does not know
RARE = 0.2  # share of the kinds of events that are in one sequence only

Sequences = Sequence[Mapping[str, Any]]


def check_events(splits: Splits, *, max_length: int | None = None) -> CheckReport:
    """Look at every split.

    Args:
        splits: what `load_event_splits` gave; with `strict=False` rows that cannot be learned from come here too.
        max_length: the most events of a sequence that a model will read, the last ones.
    """
    found = {name: event_sequences(splits[name]) for name in SPLITS}
    columns = {name: _columns(splits, name, found[name]) for name in SPLITS}
    facts = [fact.replace("token classification,", "what comes next,") for fact in facts_of(splits)]
    report = CheckReport(splits.source, errors=list(splits.problems), facts=facts)
    report.warnings += splits.doubts
    report.facts.insert(1, _shape(found))
    report.errors += empty_splits(columns)
    if "label" in splits.train.column_names:
        check_labels(report, splits, columns, columns)
    else:
        report.warnings += small_test(columns)
    report.errors += _one_event(found["train"])
    for check in (_unknown, _rare, _missing):
        report.warnings += check(found, splits)
    report.warnings += _lengths(found, columns, max_length)
    return report


def _columns(splits: Splits, name: str, found: Sequences) -> Columns:
    rows = splits[name]
    labels = rows["label"][:] if "label" in rows.column_names else [None] * len(rows)
    places = [(splits.origins.get(name, name), number) for number in rows["row"][:]]
    return Columns([sequence_key(dict(each)) for each in found], labels, places, "sequence", "sequences")


def _shape(found: Mapping[str, Sequences]) -> str:
    lengths = [len(each[EVENTS]) for split in found.values() for each in split] or [0]
    kinds = {name for each in found["train"] for name in each[EVENTS]}
    return (
        f"events a sequence: {min(lengths):,} to {max(lengths):,}, median {int(np.median(lengths)):,}; kinds of events "
        f"in train: {len(kinds):,}"
    )


def _one_event(train: Sequences) -> Iterator[Finding]:
    kinds = {name for each in train for name in each[EVENTS]}
    if len(kinds) == 1 and not any(name in each for each in train[:1] for name in (TIMES, VALUES)):
        yield Finding("events-constant", f"every event of train is {next(iter(kinds))!r}; name another --event_column")


def _unknown(found: Mapping[str, Sequences], splits: Splits) -> Iterator[Finding]:
    known = {name for each in found["train"] for name in each[EVENTS]}
    for split in ("validation", "test"):
        events = [name for each in found[split] for name in each[EVENTS]]
        strange = [name for name in events if name not in known]
        if len(strange) > UNKNOWN * len(events):
            yield Finding(
                "events-unknown",
                f"train does not know {len(strange) / len(events):.0%} of the events of {split}, such as "
                f"{strange[0]!r}; to a model they are all the same",
            )


def _rare(found: Mapping[str, Sequences], splits: Splits) -> Iterator[Finding]:
    counts = Counter(name for each in found["train"] for name in set(each[EVENTS]))
    rare = [name for name, count in counts.items() if count == 1]
    if len(rare) > RARE * len(counts):
        yield Finding(
            "events-rare",
            f"{len(rare):,} of {len(counts):,} kinds of events are in one train sequence only, such as {rare[0]!r}, "
            "and are read as unknown; a coarser name of what happened may say more (--event_column)",
        )


def _missing(found: Mapping[str, Sequences], splits: Splits) -> Iterator[Finding]:
    rows = [each[VALUES] for each in found["train"] if VALUES in each]
    if not rows:
        return
    shares = np.isnan(np.concatenate(rows)).mean(axis=0)
    some = [f"{name} {share:.0%}" for name, share in zip(splits.channels, shares, strict=True) if share > MANY_MISSING]
    if some:
        yield Finding("values-missing", f"values are missing in train: {', '.join(some)}; a model is told where")


def _lengths(found: Mapping[str, Sequences], columns: Mapping[str, Columns], limit: int | None) -> Iterator[Finding]:
    lengths = [len(each[EVENTS]) for split in found.values() for each in split]
    if lengths and max(lengths) >= LONG_AGAINST_SHORT * min(lengths):
        yield Finding(
            "lengths-differ",
            f"sequences have {min(lengths):,} to {max(lengths):,} events; length alone may tell classes apart",
        )
    if limit is not None and max(lengths, default=0) > limit:
        rows = [
            place
            for name, split in found.items()
            for each, place in zip(split, columns[name].places, strict=True)
            if len(each[EVENTS]) > limit
        ]
        yield Finding("truncated", f"{len(rows):,} sequences have more than {limit} events; the last are read", rows)
