# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What stands in the cells of a label column: a label, several of them, a number.

a;b  a|b  1,2         several labels with a separator between them, where the cells are made of a few common parts
0 27 3                several ids with blanks between them
1,0,0,1  1 0 0 1      0 or 1 for each label
['a', 'b']  ["a"]     a list, as Python or JSON writes it
3,5                   a number with a decimal comma, where every cell is one
__label__a __label__b fastText's labels, in a column of their own as flair writes them
"""

import ast
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hf_seq.data.lines import FASTTEXT

SEPARATORS = (";", "|", "\n", ",")
BLANK = " "  # parts ids and bits alone: most names of two words are one label
IN_NAMES = ("/", "+", "&")  # stand in the names of labels as often as between labels
COMMON = 0.8  # share of the parts of joined cells that stand in another cell, too
JOINED = 0.05  # share of the cells that hold several labels
EXAMPLES = 3
_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\d+)?")


_IDS = re.compile(r"\d+( +\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}( \d{3})*")


def is_missing(label: Any) -> bool:
    """Check whether a value is None, blank or NaN; "none" and "null" are names that classes do have."""
    if label is None or (isinstance(label, float) and math.isnan(label)):
        return True
    return isinstance(label, str) and label.strip().lower() in ("", "nan")


def find_separator(cells: Sequence[Any]) -> str | None:
    """Find what parts several labels in one cell; None where it is not clear that anything does.

    It is clear where the cells that hold it are made of parts that stand in other cells, too, and all cells together
    have no more parts than they are kinds: `food;noise`, `food`, `noise;parking`.
    """
    written = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    for separator in (*SEPARATORS, BLANK):
        if separator == BLANK and (not all(map(_IDS.fullmatch, written)) or all(map(_THOUSANDS.fullmatch, written))):
            continue
        if are_bits(written, separator):
            return separator
        if separator == "," and has_decimal_commas(written):
            continue
        if _is_clear(written, separator):
            return separator
    return None


def _is_clear(written: list[str], separator: str) -> bool:
    kinds = {cell: parted(cell, separator) for cell in set(written)}
    joined = [cell for cell, parts in kinds.items() if len(parts) > 1]
    seen = Counter(part for parts in kinds.values() for part in set(parts))
    inside = {part for cell in joined for part in kinds[cell]}
    common = sum(seen[part] > 1 for part in inside) >= COMMON * len(inside)
    rows = sum(len(kinds[cell]) > 1 for cell in written)
    return len(joined) > 1 and common and len(seen) <= len(kinds) and rows >= JOINED * len(written)


def possible_separator(cells: Sequence[Any]) -> tuple[str, str] | None:
    """Find what may part several labels in a cell, but stands in names, too (C/C++), and a cell that has it."""
    written = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    for separator in IN_NAMES:
        if _is_clear(written, separator):
            return separator, next(cell for cell in written if len(parted(cell, separator)) > 1)
    tagged = all(word.startswith("#") for cell in written for word in cell.split())
    return (BLANK, max(written, key=len)) if tagged and _is_clear(written, BLANK) else None


def any_separator(cells: Sequence[Any]) -> str | None:
    """Name the separator that stands in most cells, for labels that are known to be several; None if there is none."""
    if are_bits(cells, BLANK):
        return BLANK
    counts = {separator: sum(separator in str(cell) for cell in cells) for separator in SEPARATORS}
    return max(SEPARATORS, key=counts.__getitem__) if any(counts.values()) else None


def parted(cell: Any, separator: str) -> Any:
    """Split a cell into its labels; an empty cell has none, and what is no text stays."""
    if not isinstance(cell, str):
        return [] if cell is None else cell
    return [part.strip() for part in cell.split(separator) if part.strip()]


def are_bits(cells: Sequence[Any], separator: str) -> bool:
    """Check whether every cell has 0 or 1 for each label: three or more, or `0,1` may be a number.

    Example:
        >>> are_bits(["1 0 0", "0 0 1"], " "), are_bits(["1,2", "0,1"], ",")
        (True, False)
    """
    rows = [parted(cell, separator) for cell in cells if not is_missing(cell)]
    return (
        bool(rows)
        and all(isinstance(row, list) and len(row) == len(rows[0]) > 2 for row in rows)
        and all(part in ("0", "1") for row in rows for part in row)
    )


def parts_of(train: Sequence[Any], separator: str) -> Callable[[Any], Any]:
    """Choose how cells are split, by those of train: into labels, or into a 0 or 1 for each."""

    def bits(cell: Any) -> Any:
        parts = parted(cell, separator)
        return [int(part) if part in ("0", "1") else part for part in parts] if isinstance(parts, list) else parts

    return bits if are_bits(train, separator) else lambda cell: parted(cell, separator)


def describe_parting(cells: Sequence[Any], separator: str) -> str:
    """Say how cells are parted, with examples."""
    if are_bits(cells, separator):
        width = len(parted(cells[0], separator))
        return (
            f"a row has 0 or 1 for each of {width} labels, separated by {separator!r}, such as {cells[0]!r}; say "
            "--problem_type single_label_classification if each cell is one label"
        )
    kinds = dict.fromkeys(cell for cell in cells if isinstance(cell, str) and separator in cell)
    shown = "; ".join(f"{cell!r} is {' and '.join(map(repr, parted(cell, separator)))}" for cell in [*kinds][:EXAMPLES])
    return (
        f"a row may have several labels, separated by {separator!r}: {shown}; say --label_separator for another sign, "
        "or --problem_type single_label_classification if each cell is one label"
    )


def are_prefixed(cells: Sequence[Any]) -> bool:
    """Check whether every cell, or every label of a list, begins as fastText's labels do."""
    items = [item for cell in cells for item in (cell if isinstance(cell, list | tuple) else [cell])]
    return bool(items) and all(isinstance(item, str) and item.strip().startswith(FASTTEXT) for item in items)


def without_prefix(cell: Any, *, single: bool) -> Any:
    """Take `__label__` off a cell, or off each label of a list.

    Args:
        cell: as it is written.
        single: a cell is one label; otherwise those with the prefix, blanks between them, are a list.

    Example:
        >>> without_prefix("__label__good", single=True), without_prefix("__label__a __label__b", single=False)
        ('good', ['a', 'b'])
    """
    if isinstance(cell, list | tuple):
        return [without_prefix(item, single=True) for item in cell]
    if not isinstance(cell, str):
        return cell
    return cell.strip().removeprefix(FASTTEXT) if single else [word.removeprefix(FASTTEXT) for word in cell.split()]


def has_decimal_commas(cells: Sequence[str]) -> bool:
    """Check whether every cell is a number, most of them with a comma; pairs that all rise are lists of ids."""
    if not cells or not all(map(_COMMA_NUMBER.fullmatch, cells)):
        return False
    pairs = [tuple(map(int, cell.split(","))) for cell in cells if "," in cell]
    return len(pairs) >= 0.9 * len(cells) and not all(first < second for first, second in pairs)


def as_list(label: Any) -> list[Any]:
    """Parse a list as JSON or Python writes it, also without quotes: `['a', 'b']`, `[a, b]`.

    Raises:
        ValueError: it is none.
    """
    value = label
    if isinstance(label, str):
        value = parsed_list(label.strip())
    if not isinstance(value, list):
        raise ValueError(label)
    return value


def parsed_list(text: str) -> Any:
    """Read what JSON, Python or numpy wrote as a list; None where it is none."""
    if not text.startswith(("[", "(", "{")):
        return None
    if re.search(r"""['"]\s+['"]""", text):  # numpy writes ['a' 'b']
        return [first or second for first, second in re.findall(r"'([^']*)'|\"([^\"]*)\"", text)]
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
            return list(value) if isinstance(value, tuple | set) else value
        except (ValueError, SyntaxError):
            continue
    return parted(text[1:-1], ",") if text.startswith("[") and text.endswith("]") else None


def as_whole(label: Any) -> int:
    """Read a whole number; "007" and "1_0" are names.

    Raises:
        ValueError: it is none.
    """
    number = int(label)
    if isinstance(label, bool | float) or str(number) != str(label).strip():
        raise ValueError(label)
    return number


def as_decimal(label: Any) -> float:
    """Read a number; "007" is a name.

    Raises:
        ValueError: it is none.
    """
    text = str(label).strip()
    if isinstance(label, bool) or (text.lstrip("+-").isdigit() and str(int(text)) != text):
        raise ValueError(label)
    return float(text)


def as_comma_decimal(label: Any) -> float:
    """Read a number with a decimal comma.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(label, str) or not _COMMA_NUMBER.fullmatch(label.strip()):
        raise ValueError(label)
    if "," not in label:
        return as_decimal(label)
    return float(label.strip().replace(",", "."))


def converts(kind: Any, label: Any) -> bool:
    """Check whether a label can be read so."""
    try:
        kind(label)
    except (ValueError, TypeError, OverflowError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
