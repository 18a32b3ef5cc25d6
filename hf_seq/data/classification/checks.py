# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at labelled texts before training: what makes it impossible is an error, what makes it doubtful a warning.

errors    a label missing, unknown, or no number · one class only · a split without rows · a constant regression
          target · a tokenizer that knows next to nothing of the text
warnings  empty texts · the same text twice, or under two labels · test or validation texts that are in train ·
          imbalance · classes without train or test rows, or spelt in two ways · texts longer than max_length ·
          unknown tokens · a small test

Nothing is dropped: every finding names its rows, and the rows stay.
"""

import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from hf_seq.data.classification.loading import load_splits, texts_of
from hf_seq.data.cutting import text_key
from hf_seq.data.findings import Finding, are, counted
from hf_seq.data.labels.reading import MULTI, REGRESSION
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.text.encoding import encode_texts
from hf_seq.text.two_texts import joined

SPLITS = ("train", "validation", "test")
IMBALANCE = 10  # times as many rows as the rarest class
SEPARATORS, JOINED_SHARE = (";", "|", ","), 0.3  # what may part labels in a cell; share of the names that hold it
FEW_ROWS = 10  # of a class in train
SMALL_TEST = 100  # rows; the 95 % interval of an accuracy is then about 20 points wide
UNKNOWN_DOUBTFUL, UNKNOWN_HOPELESS = 0.05, 0.5  # share of tokens


@dataclass
class CheckReport:
    """What was found.

    Attributes:
        source: what was looked at.
        errors: training is impossible.
        warnings: training is doubtful.
        facts: sizes and decisions, in words.
        examples: the first rows as the model will see them.
    """

    source: str
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def raise_for_errors(self) -> None:
        """Raise InputError with all errors, if there are any."""
        if self.errors:
            raise InputError(
                f"{self.source} cannot be trained on:\n" + "\n".join(f"- {error}" for error in self.errors)
            )

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.render())}</pre>"

    def render(self) -> str:
        """Write the report as lines of text."""
        lines = [self.source, *(f"  {line}" for line in (*self.facts, *self.examples))]
        lines += [f"error    [{error.code}] {error}" for error in self.errors]
        lines += [f"warning  [{warning.code}] {warning}" for warning in self.warnings]
        counts = f"{counted(len(self.errors), 'error')}, {counted(len(self.warnings), 'warning')}"
        return "\n".join(
            [*lines, f"{counts}; nothing was dropped." if self.errors or self.warnings else "no problem found."]
        )


def check_data(
    source: str | Path,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    max_length: int | None = None,
    **load_options: Any,
) -> CheckReport:
    """Load and check in one step, with every bad row in the report rather than the first kind in an exception.

    Args:
        source: as for `load_splits`.
        tokenizer: as for `check_splits`.
        max_length: as for `check_splits`.
        **load_options: further arguments of `load_splits`.

    Raises:
        InputError: the source cannot be read at all.
    """
    splits = load_splits(source, **{**load_options, "strict": False})
    return check_splits(splits, tokenizer=tokenizer, max_length=max_length)


def check_splits(
    splits: Splits, *, tokenizer: PreTrainedTokenizerBase | None = None, max_length: int | None = None
) -> CheckReport:
    """Look at every split.

    Args:
        splits: what was loaded; `load_splits(strict=False)` lets rows with bad labels through to here.
        tokenizer: of the model; unknown tokens and lengths in tokens are checked when given.
        max_length: tokens the model will see; without a tokenizer, lengths are counted in words.
    """
    report = CheckReport(splits.source, errors=list(splits.problems), facts=facts_of(splits))
    report.warnings += splits.doubts
    columns = {name: Columns.of(splits, name) for name in SPLITS}
    report.errors += empty_splits(columns)
    report.errors += too_few_labels(splits, columns)
    report.warnings += _empty_texts(columns)
    report.warnings += repeated_inputs(columns)
    report.warnings += overlaps(columns)
    if splits.problem_type != REGRESSION:
        report.warnings += class_counts(splits, columns)
        report.warnings += similar_names(splits)
        report.warnings += several_in_a_cell(splits)
    report.warnings += small_test(columns)
    report.warnings += constant_test(columns)
    if tokenizer is not None:
        _check_tokens(report, columns, tokenizer, max_length or tokenizer.model_max_length)
    elif max_length is not None:
        report.warnings += long_inputs(
            columns, {n: [len(t.split()) for t in c.texts] for n, c in columns.items()}, max_length, "words"
        )
    return report


@dataclass(frozen=True)
class Columns:
    """One split as lists: N texts, or keys of other inputs, N labels, where each row came from, a word for an input."""

    texts: list[str]
    labels: list[Any]
    places: list[tuple[str, int]]
    noun: str = "text"
    nouns: str = "texts"

    @classmethod
    def of(cls, splits: Splits, name: str) -> "Columns":
        """Return the lists of a split of texts."""
        rows = splits[name][:]
        texts = [joined(each, "\n") for each in texts_of(rows)]
        return cls(texts, rows["label"], places_of(splits, name))


def places_of(splits: Splits, name: str) -> list[tuple[str, int]]:
    """Find where each row of a split came from: (split of the source, row number from 1)."""
    rows = splits[name]
    numbers = rows["row"][:] if "row" in rows.column_names else range(1, len(rows) + 1)
    return [(splits.origins.get(name, name), number) for number in numbers]


def facts_of(splits: Splits) -> list[str]:
    """Describe sizes, labels and decisions."""
    sizes = ", ".join(f"{name} {len(splits[name]):,}" for name in SPLITS)
    kind = splits.problem_type.replace("_", " ")
    names = splits.label_names
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    labels = f"{kind}, {counted(len(names), 'label')}: {shown}" if names else kind
    return [f"rows: {sizes}", labels, f"scores are given on: {splits.test_split}", *splits.notes]


def empty_splits(columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield splits without rows."""
    for name, split in columns.items():
        if not split.texts:
            yield Finding(
                "split-empty", f"{name} has no rows; give some, or remove the file so that it is cut from train"
            )


def too_few_labels(splits: Splits, columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield one class only, or a constant target."""
    labels = [label for label in columns["train"].labels if label is not None]
    distinct = {tuple(label) if isinstance(label, list) else label for label in labels}
    if len(distinct) != 1:
        return
    seen: Any = next(iter(distinct))
    if splits.problem_type == REGRESSION:
        yield Finding("target-constant", f"every train row has the value {seen}; regression needs values that differ")
    elif splits.problem_type == MULTI:
        yield Finding(
            "single-class", "every train row has the same labels; there is nothing to learn, check the label column"
        )
    else:
        name = splits.label_names[seen]
        yield Finding(
            "single-class",
            f"every train row has the label {name!r}; give rows of two classes or more, or check label_column",
        )


def _empty_texts(columns: dict[str, Columns]) -> Iterator[Finding]:
    rows = [
        place
        for split in columns.values()
        for text, place in zip(split.texts, split.places, strict=True)
        if not text.strip()
    ]
    if rows:
        yield Finding(
            "text-empty", f"no text in {counted(len(rows), 'row')}; kept, and read as one unknown token", rows
        )


def repeated_inputs(columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield inside each split: the same input again, and the same input under another label."""
    repeated, conflicting, noun = [], [], columns["train"].noun
    for split in columns.values():
        first: dict[str, Any] = {}
        for text, label, place in zip(split.texts, split.labels, split.places, strict=True):
            key = text_key(text)
            if not key:
                continue
            if key not in first:
                first[key] = label
            elif first[key] == label:
                repeated.append(place)
            else:
                conflicting.append(place)
    if repeated:
        yield Finding(
            f"{noun}-repeated",
            f"the same {noun} and label again in {counted(len(repeated), 'row')}",
            repeated,
        )
    if conflicting:
        yield Finding(
            "label-conflict",
            f"the same {noun} under another label in {counted(len(conflicting), 'row')}; no model gets them all right",
            conflicting,
        )


def overlaps(columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield inputs of validation and test that a model is trained on."""
    train = {text_key(text) for text in columns["train"].texts} - {""}
    for name in ("validation", "test"):
        split = columns[name]
        rows = [place for text, place in zip(split.texts, split.places, strict=True) if text_key(text) in train]
        if rows:
            share = len(rows) / len(split.texts)
            yield Finding(
                "overlap",
                f"{len(rows):,} of {len(split.texts):,} {name} {split.nouns} ({share:.1%}) {are(len(rows))} in train "
                f"too; scores on {name} will be too good",
                rows,
            )


def class_counts(splits: Splits, columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield classes that train or test lack, that are rare, or far rarer than others."""
    counts = {name: _count_labels(split.labels) for name, split in columns.items()}
    train = [counts["train"][index] for index in range(len(splits.label_names))]
    absent = [name for name, count in zip(splits.label_names, train, strict=True) if count == 0]
    if absent:
        yield Finding("class-absent", f"no train row has {names_in_words(absent)}; a model cannot learn {it(absent)}")
    untested = [name for i, name in enumerate(splits.label_names) if counts["test"][i] == 0]
    if untested:
        yield Finding(
            "class-untested", f"no test row has {names_in_words(untested)}; scores say nothing about {it(untested)}"
        )
    few = [name for name, count in zip(splits.label_names, train, strict=True) if 0 < count < FEW_ROWS]
    if few and (min(filter(None, train)) < FEW_ROWS / 2 or max(train) >= 2 * FEW_ROWS):
        yield Finding(
            "class-small",
            f"fewer than {FEW_ROWS} train rows have {names_in_words(few)}, too few to learn {it(few)} well",
        )
    present = [count for count in train if count]
    if len(present) > 1 and max(present) >= IMBALANCE * min(present):
        most, least = (splits.label_names[train.index(number)] for number in (max(present), min(present)))
        yield Finding(
            "imbalance",
            f"{most!r} has {max(present):,} train rows, {least!r} {min(present):,}; look at macro F1, and consider "
            "class_weights",
        )


def similar_names(splits: Splits) -> Iterator[Finding]:
    """Label names that differ in case only; blanks around them are not counted anyway."""
    by_key: dict[str, list[str]] = {}
    for name in splits.label_names:
        by_key.setdefault(text_key(name), []).append(name)
    for names in by_key.values():
        if len(names) > 1:
            yield Finding(
                "label-spelling", f"{names_in_words(names)} differ in case only; write them alike if they are one class"
            )


def several_in_a_cell(splits: Splits) -> Iterator[Finding]:
    """Yield labels such as `food;noise`, whose parts are fewer than they are themselves."""
    names = splits.label_names
    for separator in SEPARATORS:
        joined = [name for name in names if separator in name]
        parts = {part.strip() for name in names for part in name.split(separator)}
        if len(joined) > 1 and len(joined) >= len(names) * JOINED_SHARE and len(parts) < len(names):
            yield Finding(
                "label-several",
                f"labels such as {joined[0]!r} look like several in one cell: {len(names)} classes for {len(parts)} "
                f"labels; if they are, say --label_separator {separator!r}",
            )


def _count_labels(labels: list[Any]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for label in labels:
        if isinstance(label, list):
            counts.update(index for index, value in enumerate(label) if value)
        elif label is not None:
            counts[label] += 1
    return counts


def constant_test(columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield a test of one label, where train has several."""
    distinct = {name: set(map(str, split.labels)) for name, split in columns.items()}
    if len(distinct["test"]) == 1 < len(distinct["train"]) and len(columns["test"].labels) >= FEW_ROWS:
        yield Finding("test-constant", "every test row has the same label; check the labels of the test")


def small_test(columns: dict[str, Columns]) -> Iterator[Finding]:
    """Yield a test too small to tell models apart."""
    rows = len(columns["test"].texts)
    if 0 < rows < SMALL_TEST:
        yield Finding(
            "test-small",
            f"the test has {rows} rows; a score on it can be off by {100 / rows**0.5:.0f} points either way",
        )


def _check_tokens(
    report: CheckReport, columns: dict[str, Columns], tokenizer: PreTrainedTokenizerBase, max_length: int
) -> None:
    lengths = {}
    for name, split in columns.items():
        encoded = encode_texts(split.texts, tokenizer, max_length)
        lengths[name] = encoded.full_lengths
        check_unknown(report, name, encoded.unknown_rate, "tokens", "--tokenizer_kind bpe")
    report.warnings += long_inputs(columns, lengths, max_length, "tokens")


def check_unknown(report: CheckReport, name: str, rate: float, noun: str, better: str) -> None:
    """Report how much of a split the tokenizer does not know; `better` is the kind of tokenizer that knows more."""
    if rate >= UNKNOWN_HOPELESS:
        told = (
            f"{rate:.0%} of the {name} {noun} are unknown to the tokenizer; train one on this text, as models from "
            f"scratch do (a saved model keeps its own), or say {better}"
        )
        report.errors.append(Finding("unknown-tokens", told))
    elif rate >= UNKNOWN_DOUBTFUL:
        told = (
            f"{rate:.1%} of the {name} {noun} are unknown to the tokenizer; a larger vocab_size, or {better}, has fewer"
        )
        report.warnings.append(Finding("unknown-tokens", told))


def long_inputs(
    columns: dict[str, Columns], lengths: dict[str, list[int]], max_length: int, unit: str
) -> Iterator[Finding]:
    """Yield rows longer than `max_length`; lengths by split, counted in `unit`."""
    rows = [
        place
        for name, split in columns.items()
        for length, place in zip(lengths[name], split.places, strict=True)
        if length > max_length
    ]
    if rows:
        every = [length for numbers in lengths.values() for length in numbers]
        yield Finding(
            "truncated",
            f"{len(rows):,} of {len(every):,} {columns['train'].nouns} are longer than max_length={max_length} {unit} "
            f"(longest: {max(every):,}) and will be cut at the end",
            rows,
        )


def it(names: list[str]) -> str:
    """Point at one name, or at several."""
    return "it" if len(names) == 1 else "them"


def names_in_words(names: list[str]) -> str:
    """Write the first names with their noun: `the labels 'a', 'b'`."""
    shown = ", ".join(repr(name) for name in names[:8])
    return (
        f"the label {shown}"
        if len(names) == 1
        else f"the labels {shown}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    )
