# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tags as written to tag ids, and which scheme their names follow.

bio     B- begins a span, I- goes on, O is outside (IOB2)
iob1    B- only between two neighbouring spans of one type, I- else (Ramshaw & Marcus 1995, arXiv:cmp-lg/9505040)
bioes   also E- ends and S- is a span of one token (also written BILOU, with L- and U-)
None    no spans: part-of-speech tags and the like
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from hf_seq.errors import InputError

IGNORED = -100  # a token that is not tagged, in transformers' way
OUTSIDE = "O"
Scheme: TypeAlias = Literal["bio", "iob1", "bioes"]
_PREFIX_ORDER = "BIELSU"


def split_tag(tag: str) -> tuple[str, str]:
    """Prefix and type of a tag: `B-person` is ("B", "person"), `O` is ("O", ""), a bare `B` is ("B", "_").

    The type goes from the first `-`, as in seqeval.
    """
    prefix, dash, kind = tag.partition("-")
    return prefix, kind if dash else ("" if tag == OUTSIDE else "_")


def is_span_scheme(names: Iterable[str]) -> bool:
    """Whether tags name spans: every one is O or has a known prefix, and at least one begins or goes on."""
    prefixes = {split_tag(name)[0] for name in names if name != OUTSIDE}
    typed = all("-" in name or name in _PREFIX_ORDER for name in names if name != OUTSIDE)
    return bool(prefixes) and typed and prefixes <= set(_PREFIX_ORDER) and bool(prefixes & {"B", "I"})


def find_scheme(names: Sequence[str], sentences: Iterable[Sequence[str]] = ()) -> Scheme | None:
    """The scheme that tag names follow.

    Args:
        names: all tag names.
        sentences: tags of sentences. Names alone do not tell IOB1 from BIO: spans that begin with `I-` more often than
            not are IOB1; without sentences, names without any `B-` are.
    """
    if not is_span_scheme(names):
        return None
    prefixes = {split_tag(name)[0] for name in names}
    if prefixes & set("ELSU"):
        return "bioes"
    if "B" not in prefixes:
        return "iob1"
    begun = {"B": 0, "I": 0}
    for tags in sentences:
        before = ("O", "")
        for tag in tags:
            now = split_tag(tag)
            if now[0] in begun and (before[0] == "O" or before[1] != now[1]):  # begins a span by either scheme
                begun[now[0]] += 1
            before = now
    return "iob1" if begun["I"] > begun["B"] else "bio"


def name_tags(
    rows: Mapping[str, Sequence[list[Any] | None]], declared: list[str] | None, notes: list[str]
) -> tuple[list[str], dict[str, list[list[int] | None]]]:
    """Names of all tags, and ids of the tags of each split.

    Args:
        rows: tags as written, by split; None for a row without.
        declared: names stored with the data, in id order; else those of train, sorted, then those of the other splits.
        notes: what was decided is added here.

    Raises:
        InputError: a tag that is no name and no id of a declared one.
    """
    seen = {
        split: sorted({_tidy(tag) for row in tags for tag in row or []}, key=_order) for split, tags in rows.items()
    }
    train = [tag for tag in seen["train"] if tag != IGNORED]
    if not train:
        raise InputError("train has no tags; check tags_column.")
    written = [tag for split in seen.values() for tag in split if tag != IGNORED]
    if declared is None and all(isinstance(tag, int) for tag in written):
        declared = [str(index) for index in range(max(written) + 1)]
        notes.append(f"tags are numbers without names; they are called 0 to {len(declared) - 1}")
    names = list(declared or map(str, train))
    late = list(dict.fromkeys(str(tag) for tag in written if str(tag) not in names)) if declared is None else []
    if late:
        notes.append(f"not in train, but in another split: the tags {', '.join(late)}")
        names += sorted(late, key=_order)
    ids: dict[Any, int] = {name: index for index, name in enumerate(names)}
    if declared is not None:
        ids |= {index: index for index in range(len(names))}
    ids[IGNORED] = IGNORED
    return names, {
        split: [_ids(row, ids, names, split, number) for number, row in enumerate(tags, 1)]
        for split, tags in rows.items()
    }


def _ids(row: list[Any] | None, ids: dict[Any, int], names: list[str], split: str, number: int) -> list[int] | None:
    if row is None:
        return None
    try:
        return [ids[_tidy(tag)] for tag in row]
    except (KeyError, TypeError):
        bad = next(tag for tag in row if not isinstance(tag, str | int) or _tidy(tag) not in ids)
        shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
        raise InputError(
            f"{split} row {number} has the tag {bad!r}, which is none of the {len(names)} there are: {shown}; correct "
            "it, or check tags_column and labels.json."
        ) from None


def _tidy(tag: Any) -> Any:
    return tag.strip() if isinstance(tag, str) else tag


def _order(tag: Any) -> tuple[Any, ...]:
    """Outside first, then spans by type, begin before inside; other names by spelling, numbers by size."""
    if not isinstance(tag, str):
        return (0, tag, "")
    prefix, kind = split_tag(tag)
    if tag == OUTSIDE or ("-" in tag and prefix in _PREFIX_ORDER):
        return (1, kind, _PREFIX_ORDER.find(prefix))
    return (2, tag, 0)
