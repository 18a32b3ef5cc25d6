# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A flag of the command line, and the flags that the fields of a dataclass make."""

import dataclasses
import enum
import types
from dataclasses import dataclass, fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Kind = type[str] | type[int] | type[float] | type[bool]


@dataclass(frozen=True)
class Flag:
    """A flag: how it is written, what it takes, what its help says.

    Attributes:
        name: of the field it sets, and of the flag: `--name`.
        kind: type of its value, or of each of its values.
        many: whether several values may follow: `--name a b`.
        choices: the values it can have; any if empty.
        help: a sentence.
        default: what the help shows as default; nothing if None, False or empty.
        panel: group of the help.
        aliases: other names.
        hidden: whether the help leaves it to its last paragraph.
    """

    name: str
    kind: Kind = str
    many: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    default: Any = None
    panel: str = ""
    aliases: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way to write it, those that switch it off excepted."""
        return tuple(f"--{name}" for name in (*self.aliases, self.name))

    @property
    def negations(self) -> tuple[str, ...]:
        """How it is switched off: `--no_name`, for what is true or false."""
        return tuple(f"--no_{name}" for name in (*self.aliases, self.name)) if self.kind is bool else ()


def flags_of(definition: type, panel: str = "") -> list[Flag]:
    """Make the flags of a dataclass: one for each field that it is built with.

    Args:
        definition: a dataclass; metadata may hold `help`, `panel` and `aliases`.
        panel: group of the help for fields that name none.
    """
    hints = get_type_hints(definition)
    return [_flag_of(each, hints[each.name], panel) for each in fields(definition) if each.init]


def _flag_of(field: dataclasses.Field, hint: Any, panel: str) -> Flag:
    kind, many, choices = _value_of(hint)
    return Flag(
        field.name,
        kind,
        many,
        choices,
        field.metadata.get("help", ""),
        None if field.default is dataclasses.MISSING else field.default,
        field.metadata.get("panel") or panel,
        tuple(field.metadata.get("aliases", ())),
    )


def _value_of(hint: Any) -> tuple[Kind, bool, tuple[str, ...]]:
    """Tell the kind of a type hint, whether it is a list, and its choices: `list[str] | None` -> (str, True, ())."""
    options = _members(hint)
    if bool in options:
        return bool, False, ()
    if any(get_origin(each) is list for each in options):
        return str, True, ()
    for each in options:
        if get_origin(each) is Literal:
            return str, False, tuple(map(str, get_args(each)))
        if isinstance(each, type) and issubclass(each, enum.Enum):
            return str, False, tuple(str(member.value) for member in each)
    kinds: list[Kind] = [kind for kind in (float, int) if kind in options]
    return kinds[0] if kinds and str not in options else str, False, ()


def _members(hint: Any) -> list[Any]:
    """Split `A | B | None` into A and B; anything else is alone."""
    if get_origin(hint) in (Union, types.UnionType):
        return [each for each in get_args(hint) if each is not type(None)]
    return [hint]
