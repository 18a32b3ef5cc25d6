# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:orders`: synthetic orders in a restaurant with slots to tag (BIO), where the words around decide.

quantity  two, a couple of              size   large, twelve inch          item   mint tea, four cheese pizza
extra     with milk, no onions          time   seven, half past four       place  table two, 14 Elmbrook Lane

The same word has many tags: "four" is a quantity, an hour, a table, a size in inches, part of a pizza's name, or
nothing ("there are four of us"); milk is ordered or goes into the coffee; and what somebody had last week is no order.
So the most frequent tag of a word is not enough. The test has dishes, extras and streets that train lacks.

Made for demonstrations and tests. It says nothing about how people order.
"""

from random import Random
from typing import Any, NamedTuple

from hf_seq.data.builtin.order_words import (
    AROUND,
    CLOSINGS,
    ENDINGS,
    EXTRAS,
    GREETINGS,
    ITEMS,
    NAMES,
    NUMBERS,
    ORDERS,
    QUANTITIES,
    RARE_EXTRAS,
    RARE_ITEMS,
    RARE_ROOMS,
    ROOMS,
    SIZES,
    SYLLABLES,
    TIMES,
    WAYS,
)
from hf_seq.data.readers.tables import Table

SLOTS = ("item", "size", "quantity", "extra", "time", "place")
LABELS = ["O", *(f"{part}-{slot}" for slot in SLOTS for part in "BI")]
SPLIT_ROWS = {"train": 1_400, "validation": 250, "test": 400}
BUILTIN_SEED = 0
RARE_SHARE = 0.35  # of the dishes, extras and rooms in the test


class Order(NamedTuple):
    """A sentence: its words, and a tag for each."""

    tokens: list[str]
    tags: list[str]


class _OrderDrawer:
    """Draws words for the slots of an order; `rare` says whether rare names may come up."""

    def __init__(self, random: Random, *, rare: bool) -> None:
        self.random = random
        self.rare = rare

    def pick(self, choices: list[Any]) -> Any:
        return choices[int(self.random.random() * len(choices))]

    def between(self, low: int, high: int) -> int:
        return low + int(self.random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def fill(self, slot: str) -> str:
        return getattr(self, slot)()

    def item(self) -> str:
        return self._name(ITEMS, RARE_ITEMS)

    def extra(self) -> str:
        return self._name(EXTRAS, RARE_EXTRAS)

    def number(self) -> str:
        return self.pick(NUMBERS)

    def name(self) -> str:
        return self.pick(NAMES)

    def quantity(self) -> str:
        return self.pick(QUANTITIES) if self.chance(0.25) else self._count()

    def size(self) -> str:
        return f"{self.number()} inch" if self.chance(0.25) else self.pick(SIZES)

    def time(self) -> str:
        hour = self.number()
        ways = [hour, hour, f"{hour} o'clock", f"half past {hour}", f"quarter to {hour}", f"{hour} thirty"]
        return self.pick(TIMES) if self.chance(0.3) else self.pick(ways)

    def place(self) -> str:
        if self.chance(0.25):
            return self._name(ROOMS, RARE_ROOMS)
        street = "".join(self.pick(SYLLABLES) for _ in range(2)).capitalize()
        address = f"{self.between(1, 99)} {street} {self.pick(WAYS)}"
        return self.pick([address, f"table {self.number()}", f"room {self._count()}", f"gate {self.number()}"])

    def _count(self) -> str:
        return str(self.between(2, 12)) if self.chance(0.2) else self.number()

    def _name(self, known: list[str], rare: list[str]) -> str:
        return self.pick(rare if self.rare and self.chance(RARE_SHARE) else known)


def make_orders(rows: int, seed: int, *, rare: bool = False) -> list[Order]:
    """Make orders, all different.

    Args:
        rows: how many; up to some hundred thousand.
        seed: the same seed makes the same orders on every machine.
        rare: let names come up that `rare=False` never uses.
    """
    drawer = _OrderDrawer(Random(seed), rare=rare)
    made: dict[tuple[str, ...], Order] = {}
    while len(made) < rows:
        order = _order(drawer)
        made.setdefault(tuple(order.tokens), order)
    return list(made.values())


def read_builtin_orders() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return the splits of `builtin:orders`, and the names of its tags; no sentence is in two splits."""
    tables: dict[str, Table] = {}
    seen: set[tuple[str, ...]] = set()
    for number, (split, rows) in enumerate(SPLIT_ROWS.items()):
        made = make_orders(2 * rows, BUILTIN_SEED + number, rare=split == "test")
        orders = [order for order in made if tuple(order.tokens) not in seen][:rows]
        seen.update(tuple(order.tokens) for order in orders)
        tables[split] = Table({"tokens": [o.tokens for o in orders], "tags": [o.tags for o in orders]})
    return tables, {"tags": LABELS}


def _order(drawer: _OrderDrawer) -> Order:
    """Draw a greeting, something off the topic, the order, when and where, thanks; most of it may be missing."""
    parts = [_filled(drawer, drawer.pick(ORDERS))]
    if drawer.chance(0.7):
        parts[0] = _joined(parts[0], _filled(drawer, drawer.pick(ENDINGS)))
    if drawer.chance(0.45):
        parts.insert(int(drawer.random.random() * 2), _filled(drawer, drawer.pick(AROUND)))
    if drawer.chance(0.3):
        parts.insert(0, _plain(drawer.pick(GREETINGS)))
    if drawer.chance(0.25):
        parts.append(_plain(drawer.pick(CLOSINGS)))
    sentence = parts[0]
    for part in parts[1:]:
        sentence = _joined(_joined(sentence, _plain(drawer.pick([",", ".", "."]))), part)
    tokens = [*sentence.tokens, "."] if drawer.chance(0.6) else sentence.tokens
    if drawer.chance(0.6):
        tokens = [tokens[0][0].upper() + tokens[0][1:], *tokens[1:]]
    return Order(tokens, sentence.tags + ["O"] * (len(tokens) - len(sentence.tags)))


def _filled(drawer: _OrderDrawer, template: str) -> Order:
    tokens: list[str] = []
    tags: list[str] = []
    for piece in template.split():
        slot = piece.strip("{-}")
        words = drawer.fill(slot).split() if piece.startswith("{") else [piece]
        is_tagged = slot in SLOTS and piece.startswith("{") and not piece.startswith("{-")
        tokens += words
        tags += [f"{'I' if place else 'B'}-{slot}" for place in range(len(words))] if is_tagged else ["O"] * len(words)
    return Order(tokens, tags)


def _plain(text: str) -> Order:
    tokens = text.split()
    return Order(tokens, ["O"] * len(tokens))


def _joined(first: Order, second: Order) -> Order:
    return Order(first.tokens + second.tokens, first.tags + second.tags)
