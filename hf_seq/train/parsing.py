# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a command line and a YAML file to a recipe.

There is one way in: the model's own defaults, then the YAML file, then the command line, each written as flags, the
last word wins. So a value is checked the same way wherever it comes from.
"""

import argparse
import copy
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from transformers import HfArgumentParser
from transformers.hf_argparser import string_to_bool

from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.registry import recipe_class, task_named
from hf_seq.train.recipe_files import RECIPE_NAME, describe_unknown, read_recipe


def recipe_for(model: str, data: str, **overrides: Any) -> tuple[Recipe, TrainingOptions]:
    """Make the recipe that `hf-seq train --model MODEL --data DATA` would follow.

    Args:
        model: a model name, Hub id or folder.
        data: as in a recipe.
        **overrides: any field of a recipe or flag of `TrainingArguments`, `task="tagging"` and `recipe="FILE"`
            included; None leaves the default.

    Returns:
        (recipe, arguments), what `running.train` takes.

    Raises:
        InputError: an unknown field or a value that cannot be.
    """
    return parse_recipe(flags({**overrides, "model": model, "data": data}))


def parse_recipe(
    argv: Sequence[str], task: str | None = None, distilled: bool = False
) -> tuple[Recipe, TrainingOptions]:
    """Read a command line.

    Args:
        argv: flags without the program's name; `--recipe FILE` names a YAML file or one of our recipes.
        task: what to learn where neither says; `classification` if None.
        distilled: a student is to be trained; it is anyway where there is a teacher.

    Returns:
        The recipe and the training flags, every value checked.

    Raises:
        InputError: an unknown key (with the nearest one that exists), a value of the wrong kind, a file that is no
            recipe.
    """
    first = _first_look(argv)
    written = read_recipe(first.recipe) if first.recipe else {}
    if not written and first.resume and first.output_dir and (Path(first.output_dir) / RECIPE_NAME).is_file():
        written = read_recipe(Path(first.output_dir) / RECIPE_NAME)
    chosen = str(first.task or written.get("task") or task or "classification")
    recipe_type = recipe_class(chosen, distilled or bool(first.teacher or written.get("teacher")))
    model = first.model or written.get("model") or recipe_type.__dataclass_fields__["model"].default
    parser = RecipeParser(recipe_type)
    tokens = [
        f"--task={chosen}",
        *flags(task_named(chosen).models.training_defaults(str(model))),
        *flags(written),
        *argv,
    ]
    _, unknown = parser.parse_known_args(tokens)
    if unknown and not unknown[0].startswith("-"):
        raise InputError(f"{unknown[0]!r} is not a flag; write --name value.")
    if unknown:
        raise InputError(describe_unknown(unknown[0].lstrip("-").partition("=")[0], recipe_type))
    recipe, arguments, _ = parser.parse_args_into_dataclasses(tokens, look_for_args_file=False)
    if arguments.output_dir in (None, "", "trainer_output"):
        arguments.output_dir = str(Path("runs") / f"{_slug(recipe.data)}-{_slug(recipe.model)}")
    return recipe, arguments


def flags(values: Mapping[str, Any]) -> list[str]:
    """Write values as command-line flags; None is left out, so that the default holds."""
    tokens: list[str] = []
    for name, value in values.items():
        if isinstance(value, list | tuple):
            tokens += [f"--{name}", *map(str, value)]
        elif isinstance(value, dict):
            tokens.append(f"--{name}={json.dumps(value)}")
        elif value is not None:
            tokens.append(f"--{name}={str(value).lower() if isinstance(value, bool) else value}")
    return tokens


_FOR_ARGPARSE = frozenset({"help", "aliases", "choices", "metavar"})


class RecipeParser(HfArgumentParser):
    """`HfArgumentParser` over a recipe and the training flags, whose complaints are `InputError`."""

    def __init__(self, recipe_type: type[Recipe]) -> None:
        super().__init__(
            [recipe_type, TrainingOptions],  # type: ignore[list-item]
            allow_abbrev=False,
            add_help=False,
            prog="hf-seq train",
        )
        self.add_argument("--recipe")
        for action in self._actions:
            if action.type is string_to_bool:
                action.nargs, action.const = "?", True  # `--bf16` alone means true, also where absent means automatic

    @staticmethod
    def _parse_dataclass_field(parser: argparse.ArgumentParser, field: dataclasses.Field) -> None:
        """Hand argparse the help alone: the rest of our metadata is for the help's panels and for models."""
        plain = copy.copy(field)
        plain.metadata = MappingProxyType({key: value for key, value in field.metadata.items() if key in _FOR_ARGPARSE})
        HfArgumentParser._parse_dataclass_field(parser, plain)

    def error(self, message: str) -> NoReturn:
        """Complain as the rest of hf_seq does."""
        raise InputError(f"{message[0].upper()}{message[1:]}; see `hf-seq train --help`.")


def _first_look(argv: Sequence[str]) -> argparse.Namespace:
    """Read the few flags that decide where the others come from."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--recipe", nargs="?")
    parser.add_argument("--model", nargs="?")
    parser.add_argument("--task", nargs="?")
    parser.add_argument("--teacher", nargs="*")
    parser.add_argument("--output_dir", "--output-dir", nargs="?")
    parser.add_argument("--resume", type=string_to_bool, nargs="?", const=True, default=False)
    try:
        return parser.parse_known_args(list(argv))[0]
    except argparse.ArgumentError as error:
        raise InputError(f"{error}; see `hf-seq train --help`.") from error


def _slug(name: str) -> str:
    """Shorten `builtin:reviews` to `reviews`, `data/sst2/` to `sst2`, `org/set` to `set`."""
    return Path(name.rstrip("/")).stem.rpartition(":")[2] or "data"
