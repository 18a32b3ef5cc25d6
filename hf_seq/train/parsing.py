# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a command line and a YAML file to a recipe, and back to YAML.

There is one way in: the model's own defaults, then the YAML file, then the command line, each written as flags, the
last word wins. So a value is checked the same way wherever it comes from.
"""

import argparse
import copy
import dataclasses
import difflib
import enum
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml
from transformers import HfArgumentParser, TrainingArguments
from transformers.hf_argparser import string_to_bool

from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.tasks.base import task_named
from hf_seq.tasks.recipe import NOT_SAVED, RECIPES, Recipe
from hf_seq.tasks.task_recipes import recipe_class
from hf_seq.train.run_folder import RECIPE_NAME

MACHINE_ONLY = frozenset(
    {"output_dir", "disable_tqdm", "use_cpu", "local_rank", "resume_from_checkpoint", "push_to_hub"}
    | {f"hub_{name}" for name in ("token", "model_id", "strategy", "private_repo", "always_push", "revision")}
)
"""Flags that belong to this machine or its user, or are secret: not part of what was done."""

ALWAYS_SAVED = frozenset(
    {
        "per_device_train_batch_size",
        "gradient_accumulation_steps",
        "num_train_epochs",
        "learning_rate",
        "lr_scheduler_type",
    }
    | {"warmup_steps", "weight_decay", "max_grad_norm", "optim", "bf16", "seed", "train_sampling_strategy"}
)
"""Training flags that a reader of a recipe wants to see, changed or not."""

DERIVED = frozenset(
    {
        "do_eval",
        "report_to",
        "accelerator_config",
        "activation_checkpointing",
        "gradient_checkpointing",
        "fsdp",
        "debug",
    }
    | {"include_num_input_tokens_seen"}
)
"""Flags that `TrainingArguments` or the data fill in."""


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
    tokens = [f"--task={chosen}", *flags(task_named(chosen).training_defaults(str(model))), *flags(written), *argv]
    _, unknown = parser.parse_known_args(tokens)
    if unknown and not unknown[0].startswith("-"):
        raise InputError(f"{unknown[0]!r} is not a flag; write --name value.")
    if unknown:
        raise InputError(describe_unknown(unknown[0].lstrip("-").partition("=")[0], recipe_type))
    recipe, arguments, _ = parser.parse_args_into_dataclasses(tokens, look_for_args_file=False)
    if arguments.output_dir in (None, "", "trainer_output"):
        arguments.output_dir = str(Path("runs") / f"{_slug(recipe.data)}-{_slug(recipe.model)}")
    return recipe, arguments


def read_recipe(path: str | Path) -> dict[str, Any]:
    """Read a YAML recipe: a file, or the name of one of ours (`sst2-bilstm`).

    Raises:
        InputError: no such file, not YAML, not a mapping, or a key that no recipe has.
    """
    file = Path(path)
    if not file.is_file():
        ours = RECIPES / f"{file.name.removesuffix('.yaml')}.yaml"
        if not ours.is_file() or file.parent != Path():
            names = ", ".join(sorted(each.stem for each in RECIPES.glob("*.yaml")))
            raise InputError(f"There is no recipe {path}; give a YAML file, or one of ours: {names}.")
        file = ours
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise InputError(f"{file} holds {type(values).__name__}, not a mapping; write lines like `hidden_size: 256`.")
    recipe_type = recipe_class(str(values.get("task", "classification")), DISTILLED & values.keys() != set())
    known = known_names(recipe_type)
    for key in values:
        if str(key).replace("-", "_") not in known:
            raise InputError(f"{file}: {describe_unknown(str(key), recipe_type)}")
    return {str(key).replace("-", "_"): value for key, value in values.items()}


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


def recipe_values(recipe: Recipe, arguments: TrainingArguments) -> dict[str, Any]:
    """The resolved recipe as plain values: fields that are set, training flags that matter or were changed.

    Folders, secrets and what belongs to this machine are left out.
    """
    values = {
        each.name: getattr(recipe, each.name)
        for each in dataclasses.fields(recipe)
        if each.name not in NOT_SAVED and getattr(recipe, each.name) is not None
    }
    for each in dataclasses.fields(arguments):
        value = _plain(getattr(arguments, each.name))
        changed = each.name in ALWAYS_SAVED or (value != _plain(each.default) and each.name not in DERIVED)
        if changed and each.name not in MACHINE_ONLY and value not in (None, [], {}):
            values[each.name] = value
    return values


def write_recipe(path: Path, values: Mapping[str, Any], command: str) -> None:
    """Write a recipe that opens with the command that runs it."""
    from hf_seq.reports.record import write_text

    text = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=1000)
    write_text(
        path, f"# Resolved by: {command}\n# Again:       hf-seq train --recipe {path} --output_dir NEW\n\n{text}"
    )


def known_names(recipe_type: type[Recipe]) -> list[str]:
    """Every key that a recipe of this kind may have."""
    return [each.name for each in (*dataclasses.fields(recipe_type), *dataclasses.fields(TrainingOptions)) if each.init]


def describe_unknown(name: str, recipe_type: type[Recipe]) -> str:
    """Say that a key does not exist, and which one is nearest."""
    name = name.replace("-", "_")
    nearest = difflib.get_close_matches(name, [*known_names(recipe_type), "recipe"], n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]}?" if nearest else "`hf-seq train --help` lists them all."
    return f"There is no setting {name!r}; {hint}"


DISTILLED = frozenset({"teacher", "student_tokenizer", "student_embeddings", "augmented_rows"})
"""Keys that only the recipe of a student has; one of them is enough to tell."""

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
    """The few flags that decide where the others come from."""
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


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value


def _slug(name: str) -> str:
    """`builtin:reviews` -> `reviews`, `data/sst2/` -> `sst2`, `org/set` -> `set`."""
    return Path(name.rstrip("/")).stem.rpartition(":")[2] or "data"
