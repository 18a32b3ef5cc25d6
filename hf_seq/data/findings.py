# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a look at the data found: one finding, and words for its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_SHOWN = 8


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or doubtful.

    Attributes:
        code: stable name for scripts, e.g. `label-missing`.
        message: what is wrong, the value seen, what to do.
        rows: the rows meant, as (split, row); row 1 is the first record of the file or split the row came from.
    """

    code: str
    message: str
    rows: list[tuple[str, int]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.message} ({rows_in_words(self.rows)})" if self.rows else self.message


def rows_in_words(rows: Sequence[tuple[str, int]]) -> str:
    """Write the first rows by split: `train rows 3, 17 and 40 more; test row 5`."""
    by_split: dict[str, list[int]] = {}
    for split, row in rows:
        by_split.setdefault(split, []).append(row)
    parts = []
    for split, numbers in by_split.items():
        shown = ", ".join(map(str, numbers[:MAX_SHOWN]))
        more = f" and {len(numbers) - MAX_SHOWN:,} more" if len(numbers) > MAX_SHOWN else ""
        parts.append(f"{split} {'row' if len(numbers) == 1 else 'rows'} {shown}{more}")
    return "; ".join(parts)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun.

    Example:
        >>> counted(1, "row"), counted(2_000, "row"), counted(1, "series")
        ('1 row', '2,000 rows', '1 series')
    """
    return f"{number:,} {noun}{'' if number == 1 or noun.endswith('series') else 's'}"


def are(number: int) -> str:
    """Say `is` of one thing, `are` of several."""
    return "is" if number == 1 else "are"


def have(number: int) -> str:
    """Say `has` of one thing, `have` of several."""
    return "has" if number == 1 else "have"
