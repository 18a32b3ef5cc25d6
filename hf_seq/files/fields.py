# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Compares values from a file with the types that a dataclass declares: a record may have been written by anybody."""

import types
from typing import Any, Union, get_args, get_origin, get_type_hints


def first_misfit(kind: type, values: dict[str, Any]) -> str | None:
    """Name the first value that is not of the type that a dataclass declares for it; None where all are.

    Example:
        >>> import dataclasses
        >>> Point = dataclasses.make_dataclass("Point", [("x", float), ("names", list[str])])
        >>> first_misfit(Point, {"x": 1, "names": ["a"]}), first_misfit(Point, {"x": 1, "names": "a"})
        (None, 'names')
    """
    hints = get_type_hints(kind)
    return next((name for name, value in values.items() if name in hints and not fits(value, hints[name])), None)


def fits(value: Any, hint: Any) -> bool:
    """Check whether a value from JSON is of a type; a whole number is a float, too, and so is null."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in inner)
    if origin is list:
        return isinstance(value, list) and all(fits(each, inner[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(each, inner[1]) for each in value.values())
    if isinstance(value, bool):
        return hint is bool
    if hint is float:
        return value is None or isinstance(value, int | float)  # NaN was written as null
    return isinstance(value, origin or hint)
