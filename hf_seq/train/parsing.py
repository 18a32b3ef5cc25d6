# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a command line and a YAML file to a recipe.

There is one way in: the model's own defaults, then the YAML file, then the command line, each written as flags, the
last word wins. So a value is checked the same way wherever it comes from.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hf_seq.files.reading import object_or_nothing
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.reading import glance, read
from hf_seq.flags.spelling import with_underscores
from hf_seq.loops.options import TrainingOptions
from hf_seq.progress import logger
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.recipe import LONGEST, Recipe, TextRecipe
from hf_seq.tasks.registry import recipe_class, task_named
from hf_seq.train.recipe_files import RECIPE_NAME, read_recipe
from hf_seq.train.updates import LENGTHS

FIRST = (
    *map(Flag, ("recipe", "model", "task", "output_dir")),
    Flag("teacher", many=True),
    Flag("resume", bool),
    Flag("streaming", bool),
    *map(Flag, ("word_vectors", "tokenizer")),
)
"""The flags that decide where the others come from."""


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
    argv: Sequence[str], task: str | None = None, distilled: bool = False, aloud: bool = False
) -> tuple[Recipe, TrainingOptions]:
    """Read a command line.

    Args:
        argv: flags without the program's name; `--recipe FILE` names a YAML file or one of our recipes.
        task: what to learn where neither says; `classification` if None.
        distilled: a student is to be trained; it is anyway where there is a teacher.
        aloud: say which model is trained where none is named.

    Returns:
        The recipe and the training flags, every value checked.

    Raises:
        InputError: an unknown key (with the nearest one that exists), a value of the wrong kind, a file that is no
            recipe.
    """
    first = glance(FIRST, argv)
    written = _written(first)
    chosen = str(first.get("task") or written.get("task") or task or "classification")
    recipe_type = recipe_class(chosen, distilled or bool(first.get("teacher") or written.get("teacher")))
    models, named = task_named(chosen).models, first.get("model") or written.get("model")
    model, reason = (str(named), "") if named else usual_model(recipe_type, models, {**written, **first})
    usual = {**models.training_defaults(model), **saved_length(recipe_type, models, model)}
    weaker = left_open(usual, flags(written), argv)
    tokens = [f"--task={chosen}", f"--model={model}", *weaker, *argv]
    values = read(recipe_flags(recipe_type), tokens)
    values.pop("recipe", None)
    recipe = recipe_type(**{name: values.pop(name) for name in recipe_type.__dataclass_fields__ if name in values})
    arguments = TrainingOptions(**values)
    if arguments.output_dir in (None, "", "trainer_output"):
        arguments.output_dir = str(Path("runs") / f"{slug(recipe.data)}-{slug(recipe.model)}")
    if aloud and reason:
        logger.info(reason)
    return recipe, arguments


CHOSEN_UNLESS_SAID = {"learning_rate": "rate_by_labels", "max_length": "length_by_texts"}
"""Flags, and the recipe fields that change them where nobody gave them."""


def left_open(usual: Mapping[str, Any], written: Sequence[str], argv: Sequence[str]) -> list[str]:
    """List as flags what is usual for a model, without what somebody decided in another way.

    Args:
        usual: recipe fields and training flags.
        written: flags of a recipe: how long to train, or how many updates to make at least; how fast to learn.
        argv: flags of a command line, which are stronger: a rate or a length there is not changed.
    """
    stood, said = names_of(written), names_of([*written, *argv])
    decided = {chosen for flag, chosen in CHOSEN_UNLESS_SAID.items() if flag in said}
    if said & {*LENGTHS, "min_updates", "max_minutes"}:
        decided |= {"min_updates", "max_minutes"}
    overruled = [chosen for flag, chosen in CHOSEN_UNLESS_SAID.items() if flag in names_of(argv) and chosen in stood]
    open_ = flags({name: value for name, value in usual.items() if name not in decided})
    return [*open_, *written, *flags(dict.fromkeys(overruled, False))]


def saved_length(recipe_type: type[Recipe], models: ModelChoice, model: str) -> dict[str, int]:
    """Read as many tokens as a saved model of ours was trained on, not as few as suit a large pretrained one."""
    folder = Path(model)
    if not issubclass(recipe_type, TextRecipe) or models.kind_of(folder) is None:
        return {}
    length = object_or_nothing(folder / "tokenizer_config.json").get("model_max_length")
    return {"max_length": length} if isinstance(length, int) and length <= LONGEST else {}


def names_of(words: Sequence[str]) -> set[str]:
    """List the flags among words, as fields are called."""
    return {word.partition("=")[0][2:] for word in with_underscores(words) if word.startswith("--")}


def usual_model(recipe_type: type[Recipe], models: ModelChoice, first: Mapping[str, Any]) -> tuple[str, str]:
    """Choose the model where none is named.

    Args:
        recipe_type: its default is the usual one.
        models: of the task.
        first: the flags that decide, and whatever else is known of them.

    Returns:
        The model, and a line that says so; empty where the task has one model for everything.
    """
    usual = str(recipe_type.__dataclass_fields__["model"].default)
    if models.plain is None or usual == models.plain:
        return usual, ""
    lacking = next((name for name in models.plain_flags if first.get(name)), None)
    if lacking is not None:
        return models.plain, f"model: {models.plain}, since none was named and --{lacking} is given, else {usual}"
    return usual, f"model: {usual}, since none was named; --model {models.plain} is smaller and faster"


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


def recipe_flags(recipe_type: type[Recipe]) -> tuple[Flag, ...]:
    """List every flag of a recipe: the file it begins with, its fields, and those of `TrainingArguments`."""
    return (Flag("recipe"), *flags_of(recipe_type), *flags_of(TrainingOptions))


def _written(first: Mapping[str, Any]) -> dict[str, Any]:
    """Read the YAML that a command line begins with: the one it names, or that of the run it goes on with."""
    if first.get("recipe"):
        return read_recipe(first["recipe"])
    began = Path(first.get("output_dir") or "") / RECIPE_NAME
    return read_recipe(began) if first.get("resume") and first.get("output_dir") and began.is_file() else {}


def slug(name: str) -> str:
    """Shorten the name of a source: `builtin:reviews` to `reviews`, `data/sst2/` to `sst2`, `org/set` to `set`."""
    return Path(name.rstrip("/")).stem.rpartition(":")[2] or "data"
