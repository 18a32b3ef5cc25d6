# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The many ways to write a flag, brought to one: names with underscores, a value behind `=`, a list as repetitions.

`--max-length 3` becomes `--max_length=3`, `--bf16` becomes `--bf16=true`, `--lowercase false` and `--no_lowercase`
become `--lowercase=false`, `--teacher a b` becomes `--teacher=a --teacher=b`.
"""

from collections.abc import Sequence
from typing import Any

from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag

ALSO = {
    "model_name_or_path": "model",
    "tokenizer_name": "tokenizer",
    "dataset_name": "data",
    "dataset_config_name": "config",
    "text_column_name": "text_column",
    "text_column_names": "text_column",
    "label_column_name": "label_column",
    "max_seq_length": "max_length",
    "max_source_length": "max_length",
    "source_lang": "source_column",
    "target_lang": "target_column",
    "overwrite_output_dir": "overwrite",
}
"""Names of flags in the example scripts of transformers, and ours for the same; a task may have an alias beside."""
TRUE = ("true", "yes", "y", "t", "1")
FALSE = ("false", "no", "n", "f", "0")


def with_underscores(words: Sequence[str]) -> list[str]:
    """Write the names of flags with underscores, and as ours: `--max-seq-length=3` -> `--max_length=3`.

    A lone `--` ends them.
    """
    end = words.index("--") if "--" in words else len(words)
    return [*map(_with_underscores, words[:end]), *words[end:]]


def _with_underscores(word: str) -> str:
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    owner, dot, field = name.rpartition(".")  # of `--bilstm-attention.hidden-size`, the owner is a model's name
    field = field.replace("-", "_")
    return f"--{owner}{dot}{ALSO.get(field, field)}{equals}{value}"


def spell(flags: Sequence[Flag], words: Sequence[str]) -> list[str]:
    """Rewrite the flags among `words` as typer reads them; other words are left as they are.

    Raises:
        InputError: a flag lacks its value, or what follows a switch is neither true nor false.
    """
    known = {name: flag for flag in flags for name in (*flag.spellings, *flag.negations)}
    left = with_underscores(words)
    spelled: list[str] = []
    while left:
        word = left.pop(0)
        if word == "--":
            return [*spelled, word, *left]
        name, equals, value = word.partition("=")
        flag = known.get(name)
        if flag is None:
            spelled.append(word)
            continue
        values = [value] if equals else []
        values += _take_values(flag, left, len(values))
        if flag.many:  # what is given later replaces what was given before
            spelled = [each for each in spelled if each.partition("=")[0] not in flag.spellings]
        spelled += _spell_one(flag, name, values)
    return spelled


def _take_values(flag: Flag, left: list[str], had: int) -> list[str]:
    """Take the values of a flag from the words that follow it, where it had none or takes many."""
    if flag.kind is bool:
        return [left.pop(0)] if not had and left and left[0].lower() in (*TRUE, *FALSE) else []
    values: list[str] = []
    while left and not left[0].startswith("--") and (flag.many or had + len(values) < 1):
        values.append(left.pop(0))
    return values


def _spell_one(flag: Flag, name: str, values: list[str]) -> list[str]:
    if flag.kind is not bool:
        if not values:
            raise InputError(f"{name} needs a value; write {name} VALUE.")
        return [f"{name}={value}" for value in values]
    value = values[0].lower() if values else "true"
    if value not in (*TRUE, *FALSE):
        raise InputError(f"{name}={values[0]} is neither true nor false; write {name} or {name}=false.")
    is_on = (value in TRUE) is (name in flag.spellings)
    return [f"--{flag.name}={str(is_on).lower()}"]


def as_typed(**flags: Any) -> str:
    """Write flags that were given as one would type them, for messages; those without a value are left out."""
    given = {name: value for name, value in flags.items() if value is not None and value is not False and value != ""}
    return " ".join(f"--{name}" if value is True else f"--{name} {value}" for name, value in given.items())
