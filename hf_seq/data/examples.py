# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The first rows as a model will see them, in a line each: what no count shows, the eye sees at once."""

from collections.abc import Iterator
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.labels.problem_types import MULTI, REGRESSION
from hf_seq.data.splits import Splits

ROWS = 3
WIDEST = 150  # characters of a side
TOKENS = 30
LONGEST = 2_000  # characters of a text that are looked at


def first_rows(splits: Splits, tokenizer: Any = None) -> list[str]:
    """Write the first rows of train: what is read, and what is to be answered.

    Args:
        splits: of any loader.
        tokenizer: of the model; texts are shown as its tokens when given.
    """
    count = min(ROWS, len(splits.train))
    return [
        f"row {number}: {shown}" for number, shown in (shown_row(splits, "train", i, tokenizer) for i in range(count))
    ]


def shown_row(splits: Splits, name: str, index: int, tokenizer: Any = None) -> tuple[int, str]:
    """Give the number of a row in its source, and in a line what is read and what is to be answered.

    Args:
        splits: of any loader.
        name: of the split.
        index: of the row, from 0.
        tokenizer: as for `first_rows`.
    """
    row = splits[name][index]
    sides = [_short(side) for side in _sides(row, splits, tokenizer) if side is not None]
    return row.get("row", index + 1), "  ->  ".join(sides)


def _sides(row: dict[str, Any], splits: Splits, tokenizer: Any) -> Iterator[str | None]:
    """Give what is read and what is answered, each as text."""
    if "tokens" in row:
        tagged = zip(row["tokens"], _tag_names(row.get("tags"), splits), strict=False)
        yield " ".join(map("/".join, tagged)) if row.get("tags") else " ".join(row["tokens"])
        return
    if "audio" in row:
        yield f"{len(row['audio']) / (splits.sampling_rate or 1):.2f} s of sound"
        yield _label(row.get("label"), splits)
        return
    if "events" in row:
        yield f"{counted(len(row['events']), 'event')}, {', '.join(row['events'])}"
        yield _label(row["label"], splits) if "label" in row else None
        return
    if "series" in row:
        series = row["series"]
        channels = len(series[0]) if series else 0
        begins = ", ".join(f"{number:.4g}" for number in (series[0] if series else [])[:6])
        yield f"{counted(len(series), 'step')} of {counted(channels, 'number')}, the first {begins}"
        if "tags" in row:
            yield " ".join(_tag_names(row["tags"], splits))
        elif "label" in row:
            yield _label(row["label"], splits)
        return
    if "source" in row:
        yield row["source"]
        yield row["target"]
        return
    yield _read(row.get("text", ""), row.get("text_pair"), tokenizer)
    if "label" in row:
        yield _label(row["label"], splits)


def _read(text: str, pair: str | None, tokenizer: Any) -> str:
    """Show a text as it is, or as the tokens that it becomes."""
    if tokenizer is None or not hasattr(tokenizer, "convert_ids_to_tokens"):
        return text if pair is None else f"{text} | {pair}"
    text = text[:LONGEST]
    ids = tokenizer(text, pair, truncation=False, verbose=False)["input_ids"]
    shown = tokenizer.convert_ids_to_tokens(ids[:TOKENS])
    return " ".join(shown) + (f" ... ({len(ids):,} tokens)" if len(ids) > TOKENS else "")


def _label(label: Any, splits: Splits) -> str:
    if label is None:
        return "no label"
    if splits.problem_type == REGRESSION:
        return (
            ", ".join(f"{name} {value:g}" for name, value in zip(splits.label_names, label, strict=True))
            if isinstance(label, list)
            else f"{label:g}"
        )
    if splits.problem_type == MULTI:
        named = [name for name, holds in zip(splits.label_names, label, strict=True) if holds]
        return ", ".join(named) or "no label of these"
    return splits.label_names[label]


def _tag_names(tags: list[int] | None, splits: Splits) -> list[str]:
    return [splits.label_names[tag] if 0 <= tag < len(splits.label_names) else "-" for tag in tags or []]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[:WIDEST]}..."
