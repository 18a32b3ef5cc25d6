# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A text as sentences, by their places in it, so that offsets stay those of the text.

A sentence ends at . ! ? … with the quotes and brackets that close behind it, before a blank and what may begin the
next; at 。！？ anywhere; at an empty line. Abbreviations, initials and numbers (Dr. A. Byron, No. 5) end none.
"""

import re

_END = re.compile(
    r"(?P<wide>[。！？｡]+[」』”’)）]*)\s*"
    r"|(?P<end>[.!?…]+[\"'”’»)\]]*)(?P<gap>\s+)"
    r"|[^\S\n]*\n\s*\n\s*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘«])(?:\w|(?:\w\.)+\w|mr|mrs|ms|dr|prof|st|ft|jr|sr|gen|sen|rep|gov|vs|etc|inc|corp|co|ltd|no|nr|vol|fig|pp|p|"
    r"jan|feb|mar|apr|aug|sept|sep|oct|nov|dec|bzw|ca|usw|sog|evtl|mme|mlle|cf|sig|av|e\.g|i\.e|al|approx|dept|est)$",
    re.IGNORECASE,
)


def sentence_places(text: str, lower_starts: bool = False) -> list[tuple[int, int]]:
    """Return start and end of each sentence of a text, blanks around it left out.

    Args:
        text: any.
        lower_starts: whether a sentence may begin with a small letter, as in tweets.

    Example:
        >>> sentence_places("Dr. Ada met Bob. He left! 他走了。好")
        [(0, 16), (17, 25), (26, 30), (30, 31)]
    """
    positions: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match["end"] and not _ends(text, start, match, lower_starts):
            continue
        _add(text, start, match.end(), positions)
        start = match.end()
    _add(text, start, len(text), positions)
    return positions


def _add(text: str, start: int, end: int, places: list[tuple[int, int]]) -> None:
    part = text[start:end]
    if part.strip():
        places.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))


def _ends(text: str, start: int, match: re.Match[str], lower_starts: bool) -> bool:
    """Check whether a sign ends the sentence that began at `start`."""
    following = text[match.end() : match.end() + 2].lstrip("\"'“‘«([—-–¿¡")[:1]
    before = text[max(start, match.start() - 24) : match.start()]
    if before[-1:].isspace() or not before:  # words are apart already: the sign stands alone
        return bool(before.strip())
    if following.islower() and not lower_starts:
        return "\n" in match["gap"] and match["end"][:1] in "!?"
    return not (match["end"] == "." and _ABBREVIATION.search(before) and not _is_word(before))


def _is_word(before: str) -> bool:
    """Check whether what stands before a point is a whole word although it may be an abbreviation: the I of "am I."."""
    return before[-2:] == " I"


__all__ = ["sentence_places"]
