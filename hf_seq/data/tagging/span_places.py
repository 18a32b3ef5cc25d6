# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where the spans of a text begin and end, and what their places count: characters, bytes, or what a browser counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

FEWEST = 3  # spans that do not fit, from which on another way of counting is tried
BETTER = 0.1  # share of these that may be left by it


@dataclass(frozen=True)
class Span:
    """Characters `start` up to `end` of a text, and what they are; `text` where the file says it too."""

    start: int
    end: int
    label: str
    text: str | None = None


Moving = Callable[[str, Span], Span]


def fits(text: str, span: Span) -> bool:
    """Check whether a span lies in the text, and holds what the file says."""
    inside = 0 <= span.start < span.end <= len(text)
    return inside and (span.text is None or _plain(text[span.start : span.end]) == _plain(span.text))


def _plain(text: str) -> str:
    return " ".join(text.split())


def find_counting(rows: Sequence[tuple[str, Sequence[Span]]], said: list[str]) -> Moving | None:
    """Find what the places of spans count, where it is clearly not characters from 0 up to the one after the last.

    Args:
        rows: texts and their spans.
        said: what was found is added here.

    Returns:
        What moves a span to its characters; None where it stays.
    """
    kept = [(text, span) for text, spans in rows for span in spans]
    as_written = sum(_is_odd(text, span) for text, span in kept)
    if as_written < FEWEST:
        return None
    odd = {what: sum(_is_odd(text, move(text, span)) for text, span in kept) for what, move in COUNTINGS.items()}
    what = min(odd, key=lambda each: odd[each])
    if odd[what] > BETTER * as_written:
        return None
    said.append(
        f"places of spans are read as {what}: {odd[what]:,} of {len(kept):,} spans then cut a word or miss their text, "
        f"and {as_written:,} as characters from 0"
    )
    return COUNTINGS[what]


def _is_odd(text: str, span: Span) -> bool:
    """Check whether a span is not in its text, begins or ends inside a word, or with a blank."""
    if not fits(text, span):
        return True
    if span.text is not None:
        return False
    edges = ((text[place - 1 : place], text[place : place + 1]) for place in (span.start, span.end))
    return any(before.isalnum() and after.isalnum() for before, after in edges) or (
        text[span.start].isspace() or text[span.end - 1].isspace()
    )


def of_utf16(text: str, span: Span) -> Span:
    """Turn places in UTF-16, as browsers count, into places in characters."""
    return _decoded(text, span, "utf-16-le", 2)


def _of_bytes(text: str, span: Span) -> Span:
    return span if text.isascii() else _decoded(text, span, "utf-8", 1)


def _decoded(text: str, span: Span, encoding: str, width: int) -> Span:
    raw = text.encode(encoding, "surrogatepass")
    start, end = (len(raw[: width * max(0, place)].decode(encoding, "ignore")) for place in (span.start, span.end))
    return replace(span, start=start, end=end)


def _shifted(start: int, end: int) -> Moving:
    return lambda _, span: replace(span, start=span.start + start, end=span.end + end)


COUNTINGS: dict[str, Moving] = {
    "UTF-16 units, as browsers count": of_utf16,
    "bytes of UTF-8": _of_bytes,
    "characters with the last one included": _shifted(0, 1),
    "characters from 1 with the last one included": _shifted(-1, 0),
    "characters from 1": _shifted(-1, -1),
}
"""What places may count beside characters from 0."""
