# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reads what comes from outside, with limits: JSON and YAML whose size, depth and numbers are sane, text that is UTF-8.

A file of a model's folder, of a run or of data may have been written by anybody. What breaks a limit, or the library
that parses it, is an `InputError` that names the file; who calls these functions has no errors of libraries to catch.
`arrays.py` is the same for arrays.
"""

import json
import re
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError

MAX_DEPTH = 100
"""Lists and objects inside each other. Rows of series nest 4 deep, tokenizers 10; Python gives up near 1,000."""
MAX_DIGITS = 300
"""Digits of an integer: a float holds 308, and Python refuses to read more than 4,300."""
MAX_FACTS = 200_000_000
"""Bytes of a JSON file that describes something (config.json, record.json). Tokenizers of 250,000 words have 34 MB."""
MAX_YAML = 1_000_000
"""Bytes of a YAML file. Ours have 2 kB, and PyYAML needs a second for each 100 kB."""
MAX_NODES = 100_000
"""Values in a YAML file, each alias counted as what it stands for: nine lines of aliases can stand for 10^9 values."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|u[dD][89a-fA-F]\w\w|.)", re.DOTALL)
_LONE = 6  # letters of \ud800, alone


def without_surrogates(text: str) -> str:
    """Replace halves of characters, which no UTF-8 can hold, by the sign for what cannot be read (U+FFFD).

    They come from JSON that was cut inside an emoji, and from bytes of the command line that are not UTF-8.
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def parse_json(text: str, name: str = "the text") -> Any:
    """Parse JSON from outside; halves of characters become U+FFFD.

    Args:
        text: of the JSON.
        name: what to call it in an error.

    Raises:
        json.JSONDecodeError: it is not JSON.
        InputError: it nests too deeply, or holds an integer of too many digits. Both errors are a `ValueError`.
    """
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPE.sub(lambda found: r"\ufffd" if _is_half(found[0]) else found[0], text)
    text = without_surrogates(text)
    try:
        value = _WATCHFUL.decode(text) if _MANY_DIGITS.search(text) else json.loads(text)
    except RecursionError:
        raise InputError(_too_deep(name)) from None
    except _TooLong as error:
        raise InputError(f"{name} holds an integer of {error} digits; numbers have {MAX_DIGITS} at most.") from None
    if text.count("[") + text.count("{") > MAX_DEPTH:  # else nothing nests deeper; most lines of data end here
        _check_nesting(value, name)
    return value


def whole_number(text: str) -> int | None:
    """Read a whole number without a sign; None where a text is none, among them ² and one of more than `MAX_DIGITS`."""
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None


def read_text(path: Path, limit: int = MAX_FACTS) -> str:
    """Read a UTF-8 file that describes something; data are read by `hf_seq.data.readers.text_form`.

    Raises:
        InputError: it is too large, is not UTF-8, or cannot be opened.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise InputError(f"{path} has {size:,} bytes, but such files have {limit:,} at most; get it again.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 ({error.reason} at byte {error.start:,}); get it again.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its name and permissions.") from error


def read_json(path: Path, advice: str = "get it again, or write it anew") -> Any:
    """Read a JSON file that describes something.

    Raises:
        InputError: it cannot be read, is not JSON, or breaks a limit; it says what to do by `advice`.
    """
    try:
        return parse_json(read_text(path), str(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is not JSON ({error}); {advice}.") from None


def read_object(path: Path, advice: str = "get it again, or write it anew") -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises:
        InputError: as `read_json`, or it holds something else.
    """
    value = read_json(path, advice)
    if not isinstance(value, dict):
        raise InputError(f"{path} holds {_kind(value)}, not an object with names; {advice}.")
    return value


def object_or_nothing(path: Path) -> dict[str, Any]:
    """Read a JSON object; an empty one where there is none, or where others say what is wrong with the file."""
    try:
        return read_object(path) if path.is_file() else {}
    except (InputError, OSError):
        return {}


def parse_yaml(text: str, name: str) -> Any:
    """Parse YAML of plain values; nothing in it can name a class.

    Raises:
        InputError: it is not YAML, is too long, nests too deeply, or stands for too many values.
    """
    import yaml

    if len(text) > MAX_YAML:
        raise InputError(f"{name} has {len(text):,} characters, but YAML is read up to {MAX_YAML:,}; shorten it.")
    try:
        value = yaml.safe_load(text)
    except RecursionError:
        raise InputError(_too_deep(name)) from None
    except Exception as error:  # besides YAMLError whatever Python says of a date, a number or a key
        raise InputError(f"{name} is not YAML: {' '.join(str(error).split())}") from None
    _check_nesting(value, name, MAX_NODES)
    return value


def read_yaml(path: Path) -> Any:
    """Read a YAML file.

    Raises:
        InputError: as `read_text` and `parse_yaml`.
    """
    return parse_yaml(read_text(path, MAX_YAML), str(path))


class _TooLong(Exception):  # noqa: N818 - leaves json.loads, no more
    """An integer of so many digits."""


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _TooLong(f"{len(digits):,}")
    return int(digits)


_MANY_DIGITS = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")
_WATCHFUL = json.JSONDecoder(parse_int=_integer)
"""Looks at each integer, which takes several times as long; only text with so many digits in a row needs it."""


def _is_half(escape: str) -> bool:
    return len(escape) == _LONE and escape[2] in "dD"


def _check_nesting(value: Any, name: str, nodes: int | None = None) -> None:
    """Go down level by level, which needs no stack and ends where a value holds itself."""
    level, depth, seen = [value] if isinstance(value, dict | list) else [], 0, 0
    while level:
        depth, seen = depth + 1, seen + len(level)
        if depth > MAX_DEPTH:
            raise InputError(_too_deep(name))
        if nodes is not None and seen > nodes:
            raise InputError(f"{name} stands for more than {nodes:,} values; write it without so many aliases.")
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for values in inner for each in values if isinstance(each, dict | list)]


def _too_deep(name: str) -> str:
    return f"{name} nests more than {MAX_DEPTH} lists or objects inside each other; nothing that is read here does."


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", type(None): "null", bool: "true or false"}.get(type(value), "a number")
