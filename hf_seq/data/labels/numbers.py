# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels that are numbers, or lists, written as text: all of train must be written in one way.

3   3.5   3,5                       whole numbers, decimal points, decimal commas
$1,234.50   1.234,50 €   21 %       amounts with a unit or with signs between thousands
['a', 'b']                          lists
"""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from hf_seq.data.labels.cells import (
    EXAMPLES,
    as_comma_decimal,
    as_decimal,
    as_list,
    as_whole,
    converts,
    is_missing,
)
from hf_seq.data.labels.problem_types import REGRESSION, SINGLE
from hf_seq.errors import InputError

MOST_CLASSES, ROWS_A_CLASS = 20, 4  # of whole numbers with a decimal point that are classes
NO_NUMBER = frozenset(["na", "n/a", "n.a.", "#n/a", "<na>", "null", "none", "nat", "?", "-", "--", "."])
"""What says, beside numbers, that there is none; among names these may be names, such as Namibia's NA."""
UNKNOWN = ("?", "-", "--", "n/a", "#n/a", "<na>", "unlabeled", "unlabelled", "not labeled", "not labelled")
"""Names of labels that say that none is known, more often than not."""
FEWEST_NUMBERS = 2  # that differ
_UNITS = "$€£¥₹%‰"
_POINT = re.compile(r"(0|[1-9]\d*)(\.\d+)?|[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_COMMA = re.compile(r"(0|[1-9]\d*)(,\d+)?|[1-9]\d{0,2}([.' \u00a0\u202f]\d{3})+(,\d+)?")


def numbers_from_text(values: Mapping[str, Sequence[Any]], as_text: Collection[str]) -> dict[str, list[Any]]:
    """Read text as lists, whole numbers or amounts where every label of train allows it.

    Args:
        values: the labels of each split.
        as_text: splits whose files know only text.

    Raises:
        InputError: a comma may part thousands or decimals in every label.
    """
    written = [label for label in values["train"] if not is_missing(label)]
    train = [label for label in written if not _says_nothing(label)]
    if len(set(map(str, train))) < FEWEST_NUMBERS:  # `none` beside a single name is another
        train = written
    for kind in (as_list, as_whole, as_decimal, _comma_kind(train), _unit_kind(train)):
        if kind is not None and train and all(converts(kind, label) for label in train):
            texts = as_text if kind in (as_list, as_whole, as_decimal, as_comma_decimal) else values.keys()
            return {
                split: [_converted(kind, label) if split in texts else label for label in labels]
                for split, labels in values.items()
            }
    return {split: list(labels) for split, labels in values.items()}


def are_few(labels: Sequence[Any]) -> bool:
    """Check whether so few labels differ that they may be classes."""
    return len(set(labels)) <= min(MOST_CLASSES, max(2, len(labels) // ROWS_A_CLASS))


def reading_of_numbers(kind: str, train: Sequence[Any], written: Sequence[Any]) -> list[str]:
    """Say how numbers with a decimal point or comma are read, with examples, and how to have them read otherwise.

    Args:
        kind: the problem type.
        train: the labels of train, as read.
        written: the same ones, as written.
    """
    if not any(isinstance(label, float) for label in train):
        return []
    known = [label for label in written if not is_missing(label) and not _says_nothing(label)]
    shown = dict(zip(known, train, strict=True))
    examples = ", ".join(_as_number(label, number) for label, number in [*shown.items()][:EXAMPLES])
    if kind == SINGLE:
        return [f"labels {examples} are whole numbers, read as classes; for amounts say --problem_type {REGRESSION}"]
    return [f"labels {examples} are amounts, so this is regression; for classes say --problem_type {SINGLE}"]


def _as_number(label: Any, number: Any) -> str:
    """Show a label, and which number it is where its signs leave that open."""
    return str(label) if not isinstance(label, str) or converts(as_decimal, label) else f"{label!r} (as {number:.10g})"


def _comma_kind(train: Sequence[Any]) -> Callable[[Any], float] | None:
    """Choose how commas are read: of decimals, unless they may part thousands in every label that has one."""
    texts = [label.strip() for label in train if isinstance(label, str)]
    commas = [text for text in texts if "," in text]
    if commas and len(texts) == len(train) and all(_POINT.fullmatch(text.lstrip("+-")) for text in texts):
        if any("." in text or text.count(",") > 1 for text in texts):
            return _unit_kind(train)
        if all(converts(as_comma_decimal, text) for text in texts):
            first = commas[0]
            raise InputError(
                f"labels such as {first!r} may be {first.replace(',', '')} or {first.replace(',', '.')}, and all of "
                "train can be read in both ways; write them without a sign between thousands, or with a decimal point."
            )
    return as_comma_decimal


def _unit_kind(train: Sequence[Any]) -> Callable[[Any], float] | None:
    """Choose how amounts with a unit, or with signs between thousands, are read; None where few of them differ."""
    if not all(isinstance(label, str) for label in train) or are_few(train):
        return None
    bodies = [_body(label)[1] for label in train]
    for pattern, sign in ((_POINT, ","), (_COMMA, ".' \u00a0\u202f")):
        if all(map(pattern.fullmatch, bodies)):
            return _reader(pattern, sign)
    return None


def _reader(pattern: re.Pattern[str], between: str) -> Callable[[Any], float]:
    """Make what reads amounts that have this form, with such signs between thousands."""

    def read(label: Any) -> float:
        sign, body = _body(label)
        if not pattern.fullmatch(body):
            raise ValueError(label)
        return float(sign + body.translate(str.maketrans("", "", between)).replace(",", "."))

    return read


def _body(label: Any) -> tuple[str, str]:
    """Part an amount into its sign and its digits, without a unit."""
    text = str(label).strip().replace("\u2212", "-")
    text = text.strip(f"{_UNITS} \u00a0")
    sign = text[:1] if text[:1] in ("+", "-") else ""
    return sign, text.removeprefix(sign).strip(f"{_UNITS} \u00a0")


def _says_nothing(label: Any) -> bool:
    """Check whether a label beside numbers says that there is none."""
    return isinstance(label, str) and label.strip().casefold() in NO_NUMBER


def _converted(kind: Callable[[str], Any], label: Any) -> Any:
    """Convert a label to such a number or list; keep it where it is none. 1.0 is 1 where train has whole numbers."""
    if is_missing(label):
        return label
    if _says_nothing(label):
        return math.nan
    if converts(kind, label):
        return kind(label)
    if kind is as_whole and converts(as_decimal, label) and as_decimal(label).is_integer():
        return int(as_decimal(label))
    return label
