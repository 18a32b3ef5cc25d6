# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the tags of a sentence to its spans: as conlleval reads them, or strictly.

lenient  a span begins where anything but O follows O, a closed span or another type, so an I- that follows nothing
         begins one (conlleval, Tjong Kim Sang & Buchholz 2000; seqeval's default)
strict   only what is whole counts: B- I- ... E-, or S- (seqeval's mode="strict" with IOBES)
"""

from collections.abc import Sequence
from typing import NamedTuple

from .tag_schemes import OUTSIDE, split_tag


class Span(NamedTuple):
    """A span of one type over the tokens from `start` up to, not including, `end`."""

    type: str
    start: int
    end: int


def spans_of(tags: Sequence[str], *, strict: bool = False) -> list[Span]:
    """Return the spans of one sentence, in order; they never overlap.

    Args:
        tags: one for each token: BIO, IOB1, BIOES, BILOU, BMES; anything else counts as outside.
        strict: leave out spans that are not whole; for BIOES, BILOU and BMES.

    Example:
        >>> spans_of(["B-PER", "I-PER", "O", "I-LOC"])
        [Span(type='PER', start=0, end=2), Span(type='LOC', start=3, end=4)]
    """
    parts = [split_tag(tag) or OUTSIDE for tag in tags]
    return _whole_spans(parts) if strict else _all_spans(parts)


def _all_spans(parts: list[tuple[str, str]]) -> list[Span]:
    spans: list[Span] = []
    start, before = 0, OUTSIDE
    for position, now in enumerate([*parts, OUTSIDE]):
        goes_on = before[0] in ("B", "I") and now[0] in ("I", "E") and before[1] == now[1]
        if not goes_on:
            if before != OUTSIDE:
                spans.append(Span(before[1] or "_", start, position))
            start = position
        before = now
    return spans


def _whole_spans(parts: list[tuple[str, str]]) -> list[Span]:
    spans: list[Span] = []
    start: int | None = None
    for position, (part, kind) in enumerate(parts):
        if part == "S":
            spans.append(Span(kind or "_", position, position + 1))
        if part == "B":
            start = position
        elif part in ("O", "S") or (start is not None and parts[start][1] != kind):
            start = None
        elif part == "E" and start is not None:
            spans.append(Span(kind or "_", start, position + 1))
            start = None
    return spans


__all__ = ["Span", "spans_of"]
