# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The flags that say how data are read: the fields of a task's recipe, the same for every verb that reads data."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

from hf_seq.commands.task_at_hand import task_of_record
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.reading import glance
from hf_seq.flags.spelling import spell

OWN = frozenset({"task", "data"})
"""Flags that verbs have with a meaning or a help of their own."""


SPLIT_FILES = ("train_file", "validation_file", "test_file")
WHERE = frozenset({"config", "revision"})
OUTPUT = (
    Flag(
        "id_column",
        many=True,
        help="Columns of the input to repeat beside each answer; absent: those that look like ids.",
        panel="Data",
    ),
    Flag(
        "output_columns",
        many=True,
        help="Columns of the output, in order: of the input, of the answer, a label for its probability; NEW=OLD "
        "renames.",
        panel="Data",
    ),
)
"""What comes through from the input of predict to its output."""


def data_flags(task: str | None, panel: str = "Data") -> list[Flag]:
    """List the data flags of a task, or those of another panel; of all tasks if None.

    Raises:
        InputError: there is no such task.
    """
    from hf_seq.tasks.registry import recipe_class, task_names

    recipes = map(recipe_class, [task] if task else task_names())
    found: dict[str, Flag] = {}
    for each in (flag for recipe in recipes for flag in flags_of(recipe) if flag.panel == panel):
        help_of = found.get(each.name, each).help  # that of the first task, classification, where there are several
        found[each.name] = dataclasses.replace(each, help=help_of)
    return [
        dataclasses.replace(each, default=None, aliases=tuple(alias for alias in each.aliases if alias not in found))
        for name, each in found.items()
        if name not in OWN
    ]


def flags_to_check(words: Sequence[str]) -> list[Flag]:
    """List the data flags of check: those of `--task`, or of classification."""
    task = str(glance([Flag("task")], words).get("task") or "classification")
    flags = [*data_flags(task), *data_flags(task, "Text")]
    return [each for each in flags if each.name not in ("max_length", "tokenizer")]  # check has them for every task


def flags_of_model(words: Sequence[str]) -> list[Flag]:
    """List the data flags of a verb that reads a model: those of `--task` or of the model's record; else all."""
    task = glance([Flag("task")], words).get("task")
    return data_flags(task or next(filter(None, map(task_of_record, words)), None))


def flags_to_choose(words: Sequence[str]) -> list[Flag]:
    """List the data flags of find-threshold, which has `--positive` itself."""
    return [each for each in flags_of_model(words) if each.name != "positive"]


def flags_to_predict(words: Sequence[str]) -> list[Flag]:
    """List the flags of a verb that answers for data: how they are read, not how they would be cut."""
    kept = _to_answer(flags_of_model(words))
    return [*(each for each in kept if each.name not in {own.name for own in OUTPUT}), *OUTPUT]


def flags_to_write(words: Sequence[str]) -> list[Flag]:
    """List the flags of translate: those of data with sources."""
    del words
    return [*_to_answer(data_flags("seq2seq")), *OUTPUT]


def flags_to_trace(words: Sequence[str]) -> list[Flag]:
    """List the flags of a verb that shows what happens to data: how they are read."""
    return _to_answer(flags_of_model(words))


def _to_answer(flags: Sequence[Flag]) -> list[Flag]:
    from hf_seq.tasks.trained import OF_ONE_SOURCE

    return [each for each in flags if each.name in WHERE or each.name not in {*OF_ONE_SOURCE, *SPLIT_FILES, "positive"}]


def command_with(flags: Sequence[Flag]) -> type[TyperCommand]:
    """Make the class of a command whose generated flags may be written in every way that those of train may."""

    class DataCommand(TyperCommand):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            return super().parse_args(ctx, spell(flags, args))

    return DataCommand
