# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of pairs that say the language of their texts row by row, so that one file may go in several directions.

source_lang,target_lang,source,target    direction,source,target      lang,source,target
en,de,A dog,Ein Hund                     en-de,A dog,Ein Hund         en,A dog,Ein Hund
de,en,Ein Hund,A dog                     de-en,Ein Hund,A dog         de,Ein Hund,A dog

Where two languages are named, as for a column `translation` of objects, the texts stand in a column for each of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from hf_seq.data.findings import counted
from hf_seq.data.pairs.sides import MIXED, share_turned
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError

_SIDES = (
    re.compile(r"(source|src|from|sl|slang)(lang(uage)?|code|locale)?|lang(uage)?(source|src|from|1|a)|l1"),
    re.compile(r"(target|tgt|trg|to|tl|tlang)(lang(uage)?|code|locale)?|lang(uage)?(target|tgt|trg|to|2|b)|l2"),
)
_ONE = re.compile(r"lang(uage)?s?|locale|direction|(lang(uage)?)?pair|langpair|lp|translationdirection")
_CODE = re.compile(r"[a-z]{2,3}([-_][a-z]{2,4})?", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{4,20}")  # English, Deutsch
_LOCALE = re.compile(r"[a-z]{2,3}[-_]([A-Z]{2}|[A-Z][a-z]{3})")  # pt-BR, zh-Hans
_BETWEEN = re.compile(r"\s*(?:-+>|=>|→|>|–|-|_to_|\bto\b|_|/|\|)\s*|(?<=[a-z])2(?=[a-z])", re.IGNORECASE)
SHOWN = 4  # languages in a message


@dataclass(frozen=True)
class Languages:
    """What a table says of the languages of its texts.

    Attributes:
        columns: that say it.
        sources: the language of each source; empty where it is not said.
        targets: likewise.
    """

    columns: list[str]
    sources: list[str]
    targets: list[str]

    @property
    def named(self) -> str:
        """The columns, for messages."""
        return " and ".join(map(repr, self.columns))


def languages_of(table: Table, texts: Sequence[str]) -> Languages | None:
    """Read what a table says of the languages of its texts; None where it says nothing.

    Args:
        table: of pairs.
        texts: the columns of the texts, which are none of languages.
    """
    others = [name for name in table.names if name not in texts]
    sides = [next((n for n in others if side.fullmatch(_plain(n)) and _are_codes(table, n)), None) for side in _SIDES]
    if sides == [None, None] and all(name.isdigit() for name in table.names):  # as Tatoeba exports them
        codes = [name for name in others if _are_codes(table, name)]
        sides = [codes[0], codes[1]] if len(codes) == 2 else sides
    if sides != [None, None]:
        source, target = (_cells(table, name) if name else [] for name in sides)
        return Languages([name for name in sides if name], source, target)
    for name in others:
        pairs = [_pair_of(cell) for cell in _cells(table, name)] if _ONE.fullmatch(_plain(name)) else []
        if pairs and all(pairs):
            return Languages([name], [pair[0] for pair in pairs if pair], [pair[1] for pair in pairs if pair])
    return None


def in_languages(
    table: Table, texts: Sequence[str], source: str | None, target: str | None, *, turned: bool = True
) -> Table | None:
    """Put the texts of languages in a column for each, None in rows that have no text of it.

    Args:
        table: of pairs.
        texts: the columns of the sources and, where there are some, of the targets.
        source: the language that is read; what is None, or the name of a column, is none.
        target: the language that is written, likewise.
        turned: whether rows that go the other way are taken, too.

    Returns:
        The table with these columns in the place of the texts, and a note; None where it does not say which language a
        text is of.
    """
    named = {side: name for side, name in enumerate((source, target)) if name is not None and name not in table.names}
    languages = languages_of(table, texts) if named and texts and set(texts) <= set(table.names) else None
    if languages is None:
        return None
    found = {}
    for side, name in named.items():
        sides = list(zip(texts, (languages.sources, languages.targets), strict=False))
        cells = _texts_in(table, sides if turned else sides[side : side + 1], name)
        if any(cell is not None for cell in cells):
            found[name] = cells
    if not found:
        return None
    left = sum(None in row for row in zip(*found.values(), strict=True))
    note = f"texts by their languages in {languages.named}" + ", in whichever direction a row goes" * turned
    note += f"; {counted(left, 'row')} of other languages left out" if left else ""
    taken = {*languages.columns, *(texts if len(found) == len(texts) else [texts[side] for side in named])}
    others = {name: column for name, column in table.columns.items() if name not in taken}
    return replace(table, columns={**others, **found}, notes=[note])


def refuse_directions(raw: RawData, texts: tuple[str, str], notes: list[str]) -> None:
    """Refuse tables that say that their texts are to be written in several languages, unless their columns are named.

    Raises:
        InputError: they say so.
    """
    for split, table in raw.ordered:
        languages = languages_of(table, texts) if set(texts) <= set(table.names) else None
        if languages is not None and len(set(map(_short, languages.targets))) > 1:
            pairs = Counter(zip(languages.sources or languages.targets, languages.targets, strict=True)).most_common()
            (source, target), _ = pairs[0]
            by_language = f"--source_column {source} " * bool(languages.sources) + f"--target_column {target}"
            raise InputError(
                f"{raw.description}: the targets of {split} are in several languages, as {languages.named} "
                f"{'say' if len(languages.columns) > 1 else 'says'} ({_shown(languages)}); name what is read and what "
                f"is written, such as {by_language}, or the columns, --source_column {texts[0]} --target_column "
                f"{texts[1]}, to take them all as they stand."
            )
        if languages is not None and len(set(map(_short, languages.sources))) > 1:
            notes.append(f"{split}: sources in several languages, as {languages.named} says ({_shown(languages)})")
        _refuse_turned(raw, split, texts)


def _refuse_turned(raw: RawData, split: str, texts: tuple[str, str]) -> None:
    """Refuse pairs many of which go the other way, where a column of languages tells them apart."""
    table = raw.tables[split]
    name = next((n for n in table.names if n not in texts and _ONE.fullmatch(_plain(n)) and _are_codes(table, n)), None)
    if name is None or texts[1] not in table.names or len(set(_cells(table, name))) < 2:
        return
    turned = share_turned(*(["" if value is None else str(value) for value in table.values(text)] for text in texts))
    if turned >= MIXED:
        raise InputError(
            f"{raw.description}: {turned:.0%} of the pairs of {split} go the other way than the others, and {name!r} "
            f"has {_counts(_cells(table, name))}; give a file for each direction, or name the columns, --source_column "
            f"{texts[0]} --target_column {texts[1]}, to take them all as they stand."
        )


def _texts_in(table: Table, sides: Sequence[tuple[str, Sequence[str]]], language: str) -> list[str | None]:
    """Give the text of each row that is in a language; None where none is."""
    found: list[str | None] = [None] * len(table)
    for column, codes in sides:
        exact = language.casefold() in {code.casefold() for code in codes}
        for row, (text, code) in enumerate(zip(table.values(column), codes, strict=False)):
            if (code.casefold() == language.casefold()) if exact else (_short(code) == _short(language)):
                found[row] = "" if text is None else str(text)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _cells(table: Table, name: str) -> list[str]:
    return ["" if value is None else str(value).strip() for value in table.values(name)]


def _are_codes(table: Table, name: str) -> bool:
    """Check whether a column holds languages, as codes or by their names, few of them."""
    cells = set(_cells(table, name))
    return len(cells) <= max(2, len(table) // 4) and all(
        _CODE.fullmatch(cell) or _NAME.fullmatch(cell) for cell in cells
    )


def _pair_of(cell: str) -> tuple[str, str] | None:
    """Part en-de, en2de, English to German; a locale such as pt-BR is no pair."""
    if _LOCALE.fullmatch(cell):
        return None
    parts = _BETWEEN.split(cell)
    known = len(parts) == 2 and all(_CODE.fullmatch(part) or _NAME.fullmatch(part) for part in parts)
    return (parts[0], parts[1]) if known else None


def _short(language: str) -> str:
    """Write en-US and EN as en."""
    return re.split("[-_]", language)[0].casefold()


def _shown(languages: Languages) -> str:
    pairs = [" to ".join(filter(None, pair)) for pair in zip_longest(languages.sources, languages.targets)]
    return _counts(pairs)


def _counts(values: Sequence[str]) -> str:
    """Say how often the commonest values occur."""
    common = Counter(values).most_common()
    shown = [f"{value} {count:,}" for value, count in common[:SHOWN]]
    return ", ".join(shown) + ", ..." * (len(common) > SHOWN)
