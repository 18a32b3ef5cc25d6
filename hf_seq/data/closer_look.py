# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check` looks for beyond what every training does: leaks, labels and texts that are off. It takes longer.

near-duplicates   texts of test that are nearly those of train · nearly equal texts under other labels
labels            shifted by a row, or by an id · given away by one word · texts and labels in each other's place
texts             read in a wrong encoding (mojibake) · ids or times in place of texts
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from hf_seq.data.classification.checks import CheckReport, Columns
from hf_seq.data.cutting import text_key
from hf_seq.data.findings import Finding, are, counted, rows_in_words
from hf_seq.data.labels.problem_types import SINGLE
from hf_seq.data.near_duplicates import NearDuplicates
from hf_seq.data.splits import Splits

MOST = 200_000  # rows of a split that are looked at
SAMPLE = 4_000  # rows that tell how things usually are
NEAR, TIMES_USUAL, NEAR_ANYWAY = 0.01, 2, 0.2  # share of test texts near one of train; times as many as inside train
NEIGHBOURS, DOUBTFUL, FEWEST_DOUBTFUL = 2, 0.02, 3  # near texts that agree; share, and number, of rows they outvote
DOUBTFUL_OF_ALL = 0.002  # the same, as a share of all rows
FEW_BROKEN, BROKEN = 3, 0.001  # texts in a wrong encoding, and their share, below which they are no warning
BETTER = 0.1  # by which labels fit better when shifted
SURE = 3.5  # standard errors of the difference by which they must
GIVEN_AWAY, COVERED = 0.99, 0.9  # share of a word's rows with one label; share of all rows with such a word
_BROKEN = re.compile("[\u00c2-\u00c3\u00e2\u00f0][^\\s\x00-\x7f]|\ufffd")
_WORDS = re.compile(r"\w+")
Array = np.ndarray


def look_closer_at_texts(report: CheckReport, splits: Splits, columns: Mapping[str, Columns]) -> None:
    """Add what is found in labelled texts to a report."""
    columns = {name: _no_more(split) for name, split in columns.items()}
    if len(splits.train) > MOST:
        report.facts.append(f"leaks and labels are looked for in the first {MOST:,} rows of each split")
    near = NearDuplicates(columns["train"].texts)
    near_texts(report, splits, columns, near)
    if splits.problem_type == SINGLE:
        _doubtful_labels(report, columns["train"], near)
        report.warnings += shifted_labels(splits, columns, bags_of_words)
        report.warnings += _given_away(splits, columns["train"])
        report.warnings += _exchanged(splits, columns["train"])
    wrong_encoding(report, columns)
    report.warnings += _not_texts(columns["train"])


def _no_more(split: Columns) -> Columns:
    return replace(split, texts=split.texts[:MOST], labels=split.labels[:MOST], places=split.places[:MOST])


def near_texts(report: CheckReport, splits: Splits, columns: Mapping[str, Columns], near: NearDuplicates) -> None:
    """Count the texts of other splits that are nearly those of train; more than inside train are a leak."""
    train = columns["train"]
    exact = {text_key(text) for text in train.texts}
    step = max(1, len(train.texts) // SAMPLE)
    sample = range(0, len(train.texts), step)
    usual = float(np.mean([_has_another(near, train.texts, place) for place in sample])) if sample else 0.0
    for name in ("validation", "test"):
        split = columns[name]
        if splits.test_split == "all" or not split.texts:
            continue
        rows = [
            place
            for text, place in zip(split.texts, split.places, strict=True)
            if text_key(text) not in exact and next(near.of(text), None) is not None
        ]
        share = len(rows) / len(split.texts)
        told = (
            f"{len(rows):,} of {len(split.texts):,} {name} {split.nouns} ({share:.1%}) {are(len(rows))} nearly one of "
            "train"
        )
        cut = name == "validation" and splits.origins.get(name) == "train"
        if not cut and share >= NEAR and (share >= TIMES_USUAL * usual or share >= NEAR_ANYWAY):
            report.warnings.append(
                Finding(
                    "near-duplicates",
                    f"{told} (inside train {usual:.1%} have such a one); scores on {name} will be too good: remove "
                    "them, or cut with --group_column",
                    rows,
                )
            )
        elif rows:
            report.facts.append(told)


def _has_another(near: NearDuplicates, texts: Sequence[str], place: int) -> bool:
    key = text_key(texts[place])
    return any(text_key(texts[other]) != key for other in near.of(texts[place]))


def _doubtful_labels(report: CheckReport, train: Columns, near: NearDuplicates) -> None:
    """Find train rows whose label is another than that of nearly the same texts."""
    doubtful: list[tuple[str, int]] = []
    outvoted: list[tuple[str, int]] = []
    judged = 0
    for place, (text, label) in enumerate(zip(train.texts, train.labels, strict=True)):
        others = Counter(train.labels[other] for other in near.of(text) if other != place)
        if not others or label is None:
            continue
        enough = sum(others.values()) >= NEIGHBOURS
        judged += enough
        if label not in others and len(others) == 1:
            (outvoted if enough else doubtful).append(train.places[place])
    told = "have another label than all rows that are nearly the same"
    fewest = max(FEWEST_DOUBTFUL, DOUBTFUL * judged, DOUBTFUL_OF_ALL * len(train.texts))
    if len(outvoted) >= fewest:
        report.warnings.append(
            Finding("label-doubtful", f"{counted(len(outvoted), 'train row')} {told}; look at them", outvoted)
        )
    else:
        doubtful = sorted([*doubtful, *outvoted])
    if doubtful:
        report.facts.append(f"{counted(len(doubtful), 'train row')} {told} ({rows_in_words(doubtful)})")


class Fit(NamedTuple):
    """How often a quick model's answers agree with labels, and over how many rows."""

    share: float
    rows: int

    @classmethod
    def of(cls, guessed: Array, gold: Array) -> "Fit":
        """Count the answers that agree."""
        return cls(float(np.mean(guessed == gold)) if len(gold) else 0.0, len(gold))

    def is_better_than(self, own: "Fit") -> bool:
        """Tell whether the difference is large, and larger than chance among so few rows makes it."""
        if not self.rows or not own.rows:
            return False
        both = (self.share * self.rows + own.share * own.rows) / (self.rows + own.rows)
        error = (max(both * (1 - both), 0.05) * (1 / self.rows + 1 / own.rows)) ** 0.5
        return self.share > own.share + max(BETTER, SURE * error)


def shifted_labels(
    splits: Splits, columns: Mapping[str, Columns], features: Callable[[Sequence[Any]], Any]
) -> Iterator[Finding]:
    """Yield splits whose labels fit the rows before or after them, or the next label, better than their own.

    Args:
        splits: the data.
        columns: of each split; `texts` are what `features` reads.
        features: makes (N, F) features of inputs.
    """
    train = _consecutive(columns["train"])
    if len(train.labels) < 40 or len(splits.label_names) < 2:
        return
    inputs, labels = features(train.texts), np.array(train.labels)
    fits = {shift: _halves_fit(inputs, labels, train.places, shift) for shift in (-1, 0, 1)}
    yield from _better_shift("train", fits)
    model = _fitted(inputs, labels)
    for name in ("validation", "test"):
        split = _consecutive(columns[name])
        if (name == "validation" and splits.origins.get(name) == "train") or len(split.labels) < 20:
            continue
        guessed, gold = model.predict(features(split.texts)), np.array(split.labels)
        found = {shift: _agreement(guessed, gold, split.places, shift) for shift in (-1, 0, 1)}
        yield from _better_shift(name, found)
        rolled = {roll: Fit.of(guessed, (gold + roll) % len(splits.label_names)) for roll in (-1, 0, 1)}
        best = max(rolled[-1], rolled[1])
        if len(splits.label_names) > 2 and best.is_better_than(rolled[0]):
            yield Finding(
                "labels-renumbered",
                f"the labels of {name} fit its rows better when each is taken for the next one "
                f"({rolled[0].share:.0%} of a quick model's answers agree, {best.share:.0%} then); check how each "
                "file numbers its labels",
            )


def _consecutive(split: Columns) -> Columns:
    """Keep labelled rows in the order of the source, no more than `SAMPLE`."""
    rows = [place for place, label in enumerate(split.labels) if isinstance(label, int) and label >= 0]
    rows = sorted(rows, key=lambda row: split.places[row][1])[:SAMPLE]
    return Columns([split.texts[r] for r in rows], [split.labels[r] for r in rows], [split.places[r] for r in rows])


def _shifted_pairs(places: Sequence[tuple[str, int]], shift: int) -> list[tuple[int, int]]:
    """Pair the places of rows with those of the rows that stand `shift` further in the source."""
    by_row = {number: place for place, (_, number) in enumerate(places)}
    return [(place, by_row[number + shift]) for number, place in by_row.items() if number + shift in by_row]


def _agreement(guessed: Array, gold: Array, places: Sequence[tuple[str, int]], shift: int) -> Fit:
    """Compare answers with the labels of the rows that stand `shift` further in the source."""
    mine, other = np.array(_shifted_pairs(places, shift), dtype=int).reshape(-1, 2).T
    return Fit.of(guessed[mine], gold[other])


def _halves_fit(inputs: Any, labels: Array, places: Sequence[tuple[str, int]], shift: int) -> Fit:
    """Learn shifted labels on every other stretch of rows, and score them on the rest."""
    mine, other = np.array(_shifted_pairs(places, shift), dtype=int).reshape(-1, 2).T
    if len(mine) < 40:
        return Fit(0.0, 0)
    odd = np.arange(len(mine)) // 10 % 2 == 1
    model = _fitted(inputs[mine[~odd]], labels[other[~odd]])
    return Fit.of(model.predict(inputs[mine[odd]]), labels[other[odd]])


def _fitted(inputs: Any, labels: Array) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(solver="sparse_cg" if hasattr(inputs, "tocsr") else "auto").fit(inputs, labels)


def _better_shift(name: str, fits: Mapping[int, Fit]) -> Iterator[Finding]:
    best = max((-1, 1), key=lambda shift: fits[shift])
    if fits[best].is_better_than(fits[0]):
        yield Finding(
            "labels-shifted",
            f"the labels of {name} fit the row {'after' if best < 0 else 'before'} theirs better than their own "
            f"({fits[0].share:.0%} of a quick model's answers agree, {fits[best].share:.0%} then); "
            "labels may be shifted by a row",
        )


def bags_of_words(texts: Sequence[str]) -> Any:
    """Make hashed counts of words, (N, 4096)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(n_features=4096, token_pattern=r"\w+").transform(texts)


def _given_away(splits: Splits, train: Columns) -> Iterator[Finding]:
    """Yield words that tell the label of nearly every row by themselves."""
    by_word: dict[str, Counter[int]] = {}
    for text, label in zip(train.texts, train.labels, strict=True):
        for word in set(_WORDS.findall(text.casefold())):
            by_word.setdefault(word, Counter())[label] += 1
    known = Counter(label for label in train.labels if label is not None)
    told: dict[int, str] = {}
    for word, counts in by_word.items():
        label, count = counts.most_common(1)[0]
        if label is not None and count >= GIVEN_AWAY * sum(counts.values()) and count >= COVERED * known[label]:
            told.setdefault(label, word)
    if len(told) >= 2 and sum(known[label] for label in told) >= COVERED * sum(known.values()):
        shown = ", ".join(f"{word!r} ({splits.label_names[label]})" for label, word in list(told.items())[:4])
        yield Finding(
            "label-given-away",
            f"single words tell the label of nearly every train row: {shown}; a model learns nothing else, and new "
            "texts may lack them",
        )


def _exchanged(splits: Splits, train: Columns) -> Iterator[Finding]:
    """Yield labels that look like the texts, and texts that look like the labels."""
    names, texts = splits.label_names, set(map(text_key, train.texts))
    wordy = sum(len(name.split()) > 3 for name in names) > len(names) / 2
    if wordy and len(names) > len(texts) and len(texts) * 4 <= len(train.texts):
        yield Finding(
            "columns-exchanged",
            f"there are {len(names):,} labels, such as {names[0]!r:.60}, and {len(texts):,} different texts; the "
            "columns may be in each other's place: see --text_column and --label_column",
        )


def wrong_encoding(report: CheckReport, columns: Mapping[str, Columns]) -> None:
    """Find texts whose bytes were read in another encoding than they were written in, such as `cafÃ©`."""
    rows, seen = [], ""
    for split in columns.values():
        for text, place in zip(split.texts, split.places, strict=True):
            found = broken_word(text)
            if found:
                rows.append(place)
                seen = seen or found
    split = columns["train"]
    told = (
        f"{counted(len(rows), split.noun)} read in a wrong encoding, or cut inside a letter ({seen!r}); read the "
        "source again as UTF-8, or repair it (the package ftfy does)"
    )
    if len(rows) >= max(FEW_BROKEN, BROKEN * sum(len(each.texts) for each in columns.values())):
        report.warnings.append(Finding("wrong-encoding", told, rows))
    elif rows:
        report.facts.append(f"{told} ({rows_in_words(rows)})")


def broken_word(text: str) -> str | None:
    """Find a word that is UTF-8 read as another encoding, or holds the sign for bytes that were lost.

    Example:
        >>> broken_word("a cafÃ© in town"), broken_word("a café in town")
        ('cafÃ©', None)
    """
    if not _BROKEN.search(text):
        return None
    return next((word for word in text.split() if "\ufffd" in word or _repaired(word)), None)


def _repaired(word: str) -> bool:
    for encoding in ("cp1252", "latin1"):
        try:
            if word.encode(encoding).decode("utf-8") != word:
                return True
        except UnicodeError:
            continue
    return False


def _not_texts(train: Columns) -> Iterator[Finding]:
    """Yield texts that are all ids, numbers or times."""
    texts = [text.strip() for text in train.texts if text.strip()][:SAMPLE]
    frames = {re.sub(r"\d+", "0", text) for text in texts}
    numbered = sum(any(sign.isdigit() for sign in text) and len(text.split()) <= 2 for text in texts)
    if len(texts) > 10 and numbered == len(texts) and len(frames) <= max(3, len(texts) // 100):
        yield Finding(
            "texts-are-ids",
            f"the texts look like ids, numbers or times ({', '.join(map(repr, texts[:3]))}); name the column of the "
            "texts with --text_column; numbers over time are forecast by --task forecasting",
        )
