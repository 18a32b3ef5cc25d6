# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The help of the verbs whose flags are the fields of a recipe (train, distill, compare), made from those fields."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer


def _train(**flags: Any) -> None:
    """Train one model, and write its folder: weights, tokenizer, recipe, record, curves.

    Every flag is also a key of a YAML recipe, and may be written with dashes.
    Every other flag of transformers.TrainingArguments works too.

    Examples:
    hf-seq train --data builtin:reviews --model bilstm

    hf-seq train --recipe sst2-bilstm --data path/to/sst2 --hidden_size 128 --output_dir runs/sst2

    hf-seq train --task tagging --data builtin:orders --model bilstm-crf

    hf-seq train --resume --output_dir runs/sst2
    """
    raise AssertionError("main() sends `train` to training/running.py; typer only shows this help")


def _distill(**flags: Any) -> None:
    """Train a small model to answer as a big one does, on texts that need no labels.

    The teacher is any classifier or tagger of transformers; it is asked about
    every text once, and its answers are kept for all later runs. --student and
    --output are other names of --model and --output_dir; every flag of
    `hf-seq train` works too.

    Examples:
    hf-seq distill --teacher runs/distilbert --student bilstm-attention --data my.csv --output runs/small

    hf-seq distill --teacher runs/distilbert --data my.csv --unlabelled more.txt --augmented_rows 200000

    hf-seq distill --recipe sst2-distilled --teacher runs/sst2 --data path/to/sst2

    hf-seq distill --resume --output runs/small
    """
    raise AssertionError("main() sends `distill` to training/distill.py; typer only shows this help")


def _recipe_parameters(task: str, distilled: bool = False) -> list[inspect.Parameter]:
    """Return the flags of a recipe as typer shows them, made from the recipe's own fields."""
    from hf_seq.tasks.recipe import TRAINING_HELP, panels
    from hf_seq.tasks.registry import recipe_class

    shown = [_shown_flag("recipe", "Recipe", "YAML file, or the name of one of ours, such as sst2-bilstm.", None)]
    by_panel = panels(recipe_class(task, distilled))
    run = by_panel.pop("Run")
    for panel, members in by_panel.items():
        shown += [_shown_flag(each.name, panel, each.metadata["help"], each.default) for each in members]
    shown += [_shown_flag(name, "Training", text, None) for name, text in TRAINING_HELP.items()]
    return shown + [_shown_flag(each.name, "Run", each.metadata["help"], each.default) for each in run]


def _shown_flag(name: str, panel: str, help_text: str, default: Any) -> inspect.Parameter:
    shown = None if default is None or default is False or default == "" else str(default).lower()
    option = typer.Option(
        f"--{name}", help=help_text, rich_help_panel=panel, metavar="" if default is False else "VALUE"
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=Annotated[str | None, option]
    )


def _compare(**flags: Any) -> None:
    """Train or fit several models on the same rows and put them in one honest table.

    Leaves in the output folder: the table, report.html, and for every model
    a folder that from_pretrained loads, with its record. Run it again to go
    on where it was interrupted.

    Every flag of `hf-seq train` works too: those of the data go to all models,
    the others to those trained from scratch, --MODEL.flag VALUE to one model.

    Examples:
    hf-seq compare --data builtin:reviews --output runs/reviews

    hf-seq compare --data path/to/sst2 --models tfidf,bilstm,distilbert --seeds 0,1,2 --output runs/sst2

    hf-seq compare --data my.csv --output runs/my --num_train_epochs 3 --transformer.learning_rate 1e-3
    """
    raise AssertionError("main() sends `compare` to training/compare.py; typer only shows this help")


def _compare_parameters() -> list[inspect.Parameter]:
    from dataclasses import fields

    from hf_seq.compare.options import CompareOptions

    shown = (each for each in fields(CompareOptions) if each.name != "groups")
    return [_shown_flag(each.name, "Compare", each.metadata["help"], each.default) for each in shown]


def _show_flags(verb: Callable[..., None], parameters: list[inspect.Parameter]) -> Callable[..., None]:
    """Give a function the signature that typer makes its help from."""
    verb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {each.name: each.annotation for each in parameters}
    return verb


def train_help(task: str) -> Callable[..., None]:
    """Return `hf-seq train` as typer shows it: the flags of a task.

    Raises:
        InputError: there is no such task.
    """
    return _show_flags(_train, _recipe_parameters(task))


def distill_help() -> Callable[..., None]:
    """Return `hf-seq distill` as typer shows it."""
    return _show_flags(_distill, _recipe_parameters("classification", distilled=True))


def compare_help() -> Callable[..., None]:
    """Return `hf-seq compare` as typer shows it."""
    return _show_flags(_compare, _compare_parameters())
