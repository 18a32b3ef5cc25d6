# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tags as written to tag ids, and which scheme they follow (`hf_seq.models.tag_schemes`)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from hf_seq.data.labels.names import StoredNames
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import OUTSIDE, TagScheme, forbidden_transitions, scheme_of, split_tag

if TYPE_CHECKING:
    from datasets import Dataset

SPELLINGS = {"bilou": "bioes"}
IGNORED = -100  # a token that is not tagged, in transformers' way
_PART_ORDER = "OBIES"
_OUTSIDE = ("o", "_", "-", "0", "out", "outside", "other", "none", "null")
_SPELLINGS = (
    re.compile(r"(?P<part>[BIESLUbieslu])[-_](?P<type>.+)"),  # B_PER, b-per
    re.compile(r"(?P<type>.+)[-_](?P<part>[BIESLU])"),  # PER-B
)


def find_scheme(names: Sequence[str], sentences: Iterable[Sequence[str]] = ()) -> TagScheme:
    """Find the scheme that tags follow: `bio`, `iob1`, `bioes`, or `none` where they mark no spans.

    Args:
        names: all tag names.
        sentences: tags of sentences. Names alone hardly tell IOB1 from BIO; where spans begin with `I-` more often
            than not, it is IOB1.
    """
    scheme = scheme_of(names)
    if scheme not in ("bio", "iob1"):
        return scheme
    begun = {"B": 0, "I": 0}
    for tags in sentences:
        before = OUTSIDE
        for tag in tags:
            now = split_tag(tag) or OUTSIDE
            if now != OUTSIDE and (before == OUTSIDE or before[1] != now[1]):  # begins a span by either scheme
                begun[now[0]] += 1
            before = now
    if not sum(begun.values()):
        return scheme
    return "iob1" if begun["I"] > begun["B"] else "bio"


def chosen_scheme(names: Sequence[str], found: TagScheme, wanted: str) -> TagScheme:
    """Choose the scheme that a user wants (`bilou` is `bioes` in other letters), or under `auto` the one found.

    Raises:
        InputError: the names do not write the scheme that is wanted.
    """
    if wanted == "auto":
        return found
    scheme = cast(TagScheme, SPELLINGS.get(wanted, wanted))
    try:
        forbidden_transitions(names, scheme)
    except ValueError as error:
        raise InputError(str(error)) from None
    return scheme


def named_tags(rows: Iterable[Sequence[int] | None], names: Sequence[str]) -> Iterator[list[str]]:
    """Yield the tags of each row by name; rows without, and tokens that are not tagged, are left out."""
    return ([names[tag] for tag in row if tag != IGNORED] for row in rows if row)


def name_tags(
    rows: Mapping[str, Sequence[list[Any] | None]], stored: StoredNames, notes: list[str]
) -> tuple[list[str], dict[str, list[list[int] | None]]]:
    """Name all tags, and number the tags of each split.

    Args:
        rows: tags as written, by split; None for a row without.
        stored: names stored with the data, in the order of their ids; tags are matched by name, since each file
            has an order of its own. Where train stores none, the names are those it has, sorted, then those of the
            other splits.
        notes: what was decided is added here.

    Raises:
        InputError: a tag that is no name and no id of a stored one.
    """
    _refuse_nested(rows)
    named = {
        split: [None if row is None else _named(stored, split, row) for row in tags] for split, tags in rows.items()
    }
    if stored.names is None:
        named = _spelt(named, notes)
    seen = {split: sorted({tag for row in tags for tag in row or []}, key=_order) for split, tags in named.items()}
    train = [tag for tag in seen["train"] if tag != IGNORED]
    if not train:
        raise InputError("train has no tags; check tags_column.")
    written = [tag for split in seen.values() for tag in split if tag != IGNORED]
    if stored.names is not None:
        names = list(stored.names)
        late = [tag for tag in stored.known if tag not in names and tag in written]
    elif all(isinstance(tag, int) for tag in written):
        names, late = [str(index) for index in range(max(written) + 1)], []
        notes.append(f"tags are numbers without names; they are called 0 to {len(names) - 1}")
    else:
        names = list(dict.fromkeys(map(str, train)))
        late = list(dict.fromkeys(str(tag) for tag in written if str(tag) not in names))
    if late:
        notes.append(f"not in train, but in another split: the tags {', '.join(late)}")
        names += sorted(late, key=_order)
    ids: dict[Any, int] = {name: index for index, name in enumerate(names)}
    return names, {
        split: [_ids(row, ids, names, split, number) for number, row in enumerate(tags, 1)]
        for split, tags in named.items()
    }


def _spelt(named: dict[str, list[list[Any] | None]], notes: list[str]) -> dict[str, list[list[Any] | None]]:
    """Write tags of spans as B-PER and O where all of train are B_PER, b-per or PER-B, and `_` or `other`."""
    train = dict.fromkeys(tag for row in named["train"] for tag in row or [] if isinstance(tag, str))
    if not train or scheme_of(list(train)) != "none":
        return named
    for pattern in _SPELLINGS:
        found = {tag: pattern.fullmatch(tag) for tag in train}
        outside = [tag for tag, match in found.items() if match is None]
        marked = {tag: f"{match['part'].upper()}-{match['type']}" for tag, match in found.items() if match}
        fits = len(outside) <= 1 and all(tag.lower() in _OUTSIDE for tag in outside)
        if not marked or not fits or scheme_of([*marked.values(), "O"]) == "none":
            continue
        changed = [tag for tag in marked if tag != marked[tag]] + [tag for tag in outside if tag != "O"]
        words = marked | dict.fromkeys(outside, "O")
        shown = ", ".join(f"{tag!r} as {words[tag]!r}" for tag in changed[:3])
        notes.append(f"tags are read as marks of spans: {shown}")
        return {
            split: [None if row is None else [words.get(tag, tag) for tag in row] for row in rows]
            for split, rows in named.items()
        }
    if "O" in train and len(train) > 1 and not any(tag.isdigit() for tag in train):
        notes.append(
            "tags have no B- and I-, so spans are not told from each other, and words are scored one by one; write "
            "B-PER, I-PER, ... for scores of spans"
        )
    return named


def _refuse_nested(rows: Mapping[str, Sequence[list[Any] | None]]) -> None:
    """Refuse tags that are lists or objects.

    Raises:
        InputError: the first of them.
    """
    for split, tags in rows.items():
        for number, row in enumerate(tags, 1):
            odd = next((tag for tag in row or [] if isinstance(tag, list | dict)), None)
            if odd is not None:
                raise InputError(f"{split} row {number} has the tag {str(odd)[:60]}, not a name; write one word.")


def _named(stored: StoredNames, split: str, row: list[Any]) -> list[Any]:
    """Name the tags of a row where names are stored; -100 stays."""
    return [_tidy(tag) for tag in stored.named(split, row)]


def _ids(row: list[Any] | None, ids: dict[str, int], names: list[str], split: str, number: int) -> list[int] | None:
    if row is None:
        return None
    bad = next((tag for tag in row if tag != IGNORED and str(tag) not in ids), None)
    if bad is not None:
        shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
        raise InputError(
            f"{split} row {number} has the tag {bad!r}, which is none of the {len(names)} there are: {shown}; correct "
            "it, or check tags_column and labels.json."
        )
    return [IGNORED if tag == IGNORED else ids[str(tag)] for tag in row]


def _tidy(tag: Any) -> Any:
    if isinstance(tag, bool):
        return str(tag).lower()
    if isinstance(tag, float) and tag.is_integer():
        return int(tag)
    if not isinstance(tag, str):
        return tag
    return IGNORED if tag.strip() == str(IGNORED) else tag.strip()


def _order(tag: Any) -> tuple[Any, ...]:
    """Sort outside first, then spans by type, begin before inside; other names by spelling, numbers by size."""
    if not isinstance(tag, str):
        return (0, tag, 0)
    part = split_tag(tag)
    if part is None or (part != OUTSIDE and not part[1]):  # a bare B may also be a name
        return (2, tag, 0)
    return (1, part[1], _PART_ORDER.index(part[0]))


def gold_tags(rows: "Dataset", label_names: Sequence[str]) -> list[list[str | None]]:
    """Return names of the gold tags of each sentence; None where the data say that a word is not to be tagged."""
    return [[None if tag == IGNORED else label_names[tag] for tag in tags] for tags in rows["tags"][:]]
