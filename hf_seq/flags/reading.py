# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the words of a command line to the values of flags."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag
from hf_seq.flags.spelling import spell

NUMBERS = {int: "a whole number", float: "a number"}


def read(flags: Sequence[Flag], words: Sequence[str], verb: str = "train") -> dict[str, Any]:
    """Read a command line of flags; where one stands twice, the last one counts.

    Args:
        flags: those there are.
        words: the command line.
        verb: whose `--help` an error points to.

    Returns:
        The values that were given, by the names of their flags.

    Raises:
        InputError: an unknown flag (with the nearest one that exists), a word that belongs to none, a wrong value.
    """
    return _values_of(flags, spell(flags, words), verb)


def _values_of(flags: Sequence[Flag], spelled: Iterable[str], verb: str = "train") -> dict[str, Any]:
    known = {name: flag for flag in flags for name in (*flag.spellings, *flag.negations)}
    values: dict[str, Any] = {}
    for word in spelled:
        if not word.startswith("--"):
            raise InputError(f"{word!r} is not a flag; write --name value.")
        name, _, value = word.partition("=")
        flag = known.get(name)
        if flag is None:
            raise InputError(describe_unknown(word, [name.removeprefix("--") for name in known], verb))
        if flag.kind is bool:
            values[flag.name] = value == "true"
        elif flag.many:
            values.setdefault(flag.name, []).append(_value_of(flag, value))
        else:
            values[flag.name] = _value_of(flag, value)
    return values


def glance(flags: Sequence[Flag], words: Sequence[str]) -> dict[str, Any]:
    """Read a few flags that say what the others are, and leave those others alone.

    Raises:
        InputError: a flag lacks its value, or has a wrong one.
    """
    known = {name for flag in flags for name in (*flag.spellings, *flag.negations)}
    return _values_of(flags, [word for word in spell(flags, words) if word.partition("=")[0] in known])


def _value_of(flag: Flag, text: str) -> Any:
    if flag.choices and text not in flag.choices:
        raise InputError(f"--{flag.name} {text!r} is none of {', '.join(flag.choices)}.")
    try:
        return flag.kind(text)
    except ValueError as error:
        raise InputError(f"--{flag.name} {text!r} is not {NUMBERS[flag.kind]}.") from error


def describe_unknown(name: str, known: Iterable[str], verb: str = "train") -> str:
    """Say that a flag does not exist, and which one is nearest."""
    name = name.lstrip("-").partition("=")[0].replace("-", "_")
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]}?" if nearest else f"`hf-seq {verb} --help` lists them all."
    return f"There is no setting {name!r}; {hint}"
