# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which tag may follow which, read off the names of the tags.

scheme   a span of type X is             also written as
bio      B-X I-X I-X                     IOB2
iob1     I-X I-X; B-X after another X    IOB (Ramshaw & Marcus 1995, arXiv:cmp-lg/9505040)
bioes    B-X I-X E-X, or S-X alone       BILOU with L and U, BMES and BMEWO with M and W

L labels
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

TagScheme = Literal["auto", "none", "bio", "iob1", "bioes"]

OUTSIDE = ("O", "")
_PARTS = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S", "M": "I", "W": "S"}
_OPEN, _CLOSED = ("B", "I"), ("O", "E", "S")  # BIOES: does the span go on after this part?


def scheme_of(label_names: Sequence[str]) -> TagScheme:
    """Tell the scheme from the names alone: `bio`, `iob1`, `bioes`, or `none` where they do not mark spans.

    BIO and IOB1 write the same names. They are taken for IOB1 where some type has an `I-` but no `B-`: a `B-` stands
    only between neighbours of one type there, so rare types never show one. For BIOES, a type that can be opened but
    not closed, or closed but not opened, speaks against it; so does a set in which no span can be left out or short.

    Args:
        label_names: L names, such as `B-PER`; the bare letters `B I O` mark spans of one nameless type.
    """
    parts = [split_tag(name) for name in label_names]
    known = [part for part in parts if part is not None]
    kinds = {kind for kind, _ in known}
    if len(known) < len(parts) or not kinds & {"B", "I"}:
        return "none"
    having = {kind: {type_ for other, type_ in known if other == kind} for kind in "BIES"}
    if kinds & {"E", "S"}:
        whole = having["B"] == having["E"] and having["I"] <= having["B"] and kinds & {"O", "S"}
        return "bioes" if whole else "none"
    return "bio" if having["I"] <= having["B"] else "iob1"


def forbidden_transitions(label_names: Sequence[str], scheme: TagScheme = "auto") -> tuple[Tensor, Tensor, Tensor]:
    """Say which tags may not begin a sequence, not end it, and not follow one another.

    Args:
        label_names: L names.
        scheme: what the names mean; `auto` tells it from them, `none` forbids nothing.

    Returns:
        start (L,), end (L,) and pair (L, L) bool, True where forbidden; `pair[i, j]` is j right after i.

    Raises:
        ValueError: a scheme was asked for that the names do not write.
    """
    found = scheme_of(label_names)
    if scheme == "auto":
        scheme = found
    size = len(label_names)
    if scheme == "none":
        return (
            torch.zeros(size, dtype=torch.bool),
            torch.zeros(size, dtype=torch.bool),
            torch.zeros(size, size, dtype=torch.bool),
        )
    if found == "none" or (scheme == "bioes") != (found == "bioes"):
        raise ValueError(
            f"tag_scheme={scheme!r} does not fit the labels {list(label_names)[:9]}, which write "
            f"{'no scheme' if found == 'none' else repr(found)}; use 'auto' or 'none', or rename them."
        )
    legal = {"bio": _legal_bio, "iob1": _legal_iob1, "bioes": _legal_bioes}[scheme]
    parts = [split_tag(name) or OUTSIDE for name in label_names]
    start = torch.tensor([not legal(OUTSIDE, part) for part in parts])
    end = torch.tensor([not legal(part, OUTSIDE) for part in parts])
    pair = torch.tensor([[not legal(before, after) for after in parts] for before in parts])
    return start, end, pair


def split_tag(name: str) -> tuple[str, str] | None:
    """`B-PER` to ("B", "PER"); None for a name that marks no part of a span."""
    if name == "O":
        return OUTSIDE
    part, dash, type_ = name.partition("-")
    return (_PARTS[part], type_) if part in _PARTS and bool(dash) == bool(type_) else None


def span_tags(label_names: Sequence[str], type_: str, length: int, scheme: TagScheme = "auto") -> list[str] | None:
    """Return the tags of a span, in the letters that the names use; None where they have no way to write it.

    Args:
        label_names: L names.
        type_: as `spans_of` gives it, `_` for the nameless type.
        length: tokens of the span, 1 or more.
        scheme: what the names mean; `auto` tells it from them.

    Example:
        >>> span_tags(["O", "B-PER", "L-PER", "U-PER"], "PER", 2)
        ['B-PER', 'L-PER']
    """
    scheme = scheme_of(label_names) if scheme == "auto" else scheme
    names = {split_tag(name): name for name in label_names}
    first, last = {"bio": ("B", "I"), "iob1": ("I", "I"), "bioes": ("B", "E")}.get(scheme, ("", ""))
    alone = "S" if scheme == "bioes" else first
    parts = [alone] if length == 1 else [first, *"I" * (length - 2), last]
    keys = [(part, "" if type_ == "_" else type_) for part in parts]
    return [names[key] for key in keys] if set(keys) <= set(names) else None


def _legal_bio(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Tell whether an I goes on with a span of its own type."""
    return after[0] != "I" or (before[0] != "O" and before[1] == after[1])


def _legal_iob1(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Tell whether a B stands between two spans of its own type only; an I may begin one."""
    return after[0] != "B" or (before[0] != "O" and before[1] == after[1])


def _legal_bioes(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Tell whether what is open goes on with its own type until it is closed."""
    if before[0] in _OPEN:
        return after[0] in ("I", "E") and after[1] == before[1]
    return after[0] not in ("I", "E")


__all__ = ["OUTSIDE", "TagScheme", "forbidden_transitions", "scheme_of", "span_tags", "split_tag"]
