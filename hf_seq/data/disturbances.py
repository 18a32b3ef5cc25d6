# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts as people also write them: with slips of the finger, in capitals, in lower case; seeded.

Slips after Belinkov & Bisk 2018 (arXiv:1711.02173): two neighbouring letters change places, one is left out or
doubled, or a neighbouring key is hit. The first letter of a word stays, as in most slips of people.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from hf_seq.text.scripts import UNSPACED

_UNITS = re.compile(rf" +|[{UNSPACED}]{{1,4}}|[^ {UNSPACED}]+")
"""Words between blanks; of scripts without blanks, four characters; and the blanks."""
SHARE = 0.1
"""Share of the words with three letters or more that get a slip."""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    beside: dict[str, str] = {}
    for number, row in enumerate(ROWS):
        for place, key in enumerate(row):
            others = [row[max(0, place - 1) : place], row[place + 1 : place + 2]]
            if number > 0:  # each row lies half a key to the right of the one above it
                others.append(ROWS[number - 1][place : place + 2])
            if number + 1 < len(ROWS):
                others.append(ROWS[number + 1][max(0, place - 1) : place + 1])
            beside[key] = "".join(others)
    return beside


NEIGHBOURS = _neighbours()
"""Keys beside each key of an English keyboard."""


def slip(word: str, rng: random.Random) -> str:
    """Make one slip of the finger behind the first letter of a word of three letters or more."""
    place = rng.randrange(1, len(word))
    kind = rng.choice(("swap", "drop", "double", "hit"))
    if kind == "swap":
        place = min(place, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[:place] + word[place] + word[place:]
    near = NEIGHBOURS.get(word[place].lower(), word[place])
    key = rng.choice(near)
    return word[:place] + (key.upper() if word[place].isupper() else key) + word[place + 1 :]


def add_typos(words: Sequence[str], rng: random.Random, share: float = SHARE) -> list[str]:
    """Make slips in a share of the words; only words of three letters or more, and of letters alone, can have one."""
    return [slip(w, rng) if len(w) > 2 and w.isalpha() and rng.random() < share else w for w in words]


def _typos(given: Any, rng: random.Random) -> Any:
    if not isinstance(given, str):
        return add_typos(given, rng)
    return "".join(add_typos(_UNITS.findall(given), rng))


def _every_word(change: Callable[[str], str]) -> Callable[[Any, random.Random], Any]:
    return lambda given, rng: change(given) if isinstance(given, str) else [change(word) for word in given]


DISTURBANCES: dict[str, Callable[[Any, random.Random], Any]] = {
    "typos": _typos,
    "capitals": _every_word(str.upper),
    "lower case": _every_word(str.lower),
}
"""Ways to disturb a text, or a list of words; the number of words stays."""


def disturb(inputs: Sequence[Any], kind: str, seed: int = 0) -> list[Any]:
    """Disturb texts, pairs of texts, or lists of words.

    Args:
        inputs: N of them.
        kind: a key of `DISTURBANCES`.
        seed: with the number of a row it decides what happens to that row.

    Example:
        >>> disturb(["Not bad at all"], "capitals")
        ['NOT BAD AT ALL']
    """
    change = DISTURBANCES[kind]

    def changed(given: Any, rng: random.Random) -> Any:
        return tuple(change(each, rng) for each in given) if isinstance(given, tuple) else change(given, rng)

    return [changed(given, random.Random(f"{seed}/{row}")) for row, given in enumerate(inputs)]
