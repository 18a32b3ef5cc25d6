# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq train`, `distill`, `compare` and `fit`: verbs whose flags are the fields of a recipe."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from hf_seq.commands.launching import FLAGS as LAUNCHING
from hf_seq.commands.launching import launched
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.source import training_argument_flags

PANELS = ("Recipe", "Compare", "Fit", "Data", "Text", "Model", "Distillation", "Training", "Run")
"""Groups of the help, in order."""
EPILOG = "Switches: --name, or --name=false and --no_name. Other flags of transformers.TrainingArguments: {names}"


class RecipeCommand(TyperCommand):
    """A command that hands its words on as they are: the file and the model of a recipe say what goes before them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words in `ctx.obj`, unless help or completion is asked for."""
        if not ctx.resilient_parsing and not {"-h", "--help"} & set(args):
            ctx.obj, args = list(args), []
        return super().parse_args(ctx, args)


def train(context: typer.Context, **flags: Any) -> None:
    """Train one model, and write its folder: weights, tokenizer, recipe, record, curves.

    Every flag is also a key of a YAML recipe, and may be written with dashes.

    Examples:
    hf-seq train --data builtin:reviews --model bilstm

    hf-seq train --recipe sst2-bilstm --data path/to/sst2 --hidden_size 128 --output_dir runs/sst2

    hf-seq train --task tagging --data builtin:orders --model bilstm-crf

    hf-seq train --resume --output_dir runs/sst2

    hf-seq train --data builtin:reviews --num_processes 2
    """
    from hf_seq.distill.running import train_main

    if not launched("train", context.obj):
        train_main(context.obj)


def distill(context: typer.Context, **flags: Any) -> None:
    """Train a small model to answer as a big one does, on texts that need no labels.

    The teacher is any classifier or tagger of transformers. It answers every text
    once, and its answers are kept for all later runs.

    Examples:
    hf-seq distill --teacher runs/distilbert --student bilstm-attention --data my.csv --output runs/small

    hf-seq distill --teacher runs/distilbert --data my.csv --unlabelled more.txt --augmented_rows 200000

    hf-seq distill --recipe sst2-distilled --teacher runs/sst2 --data path/to/sst2

    hf-seq distill --resume --output runs/small
    """
    from hf_seq.distill.running import main

    if not launched("distill", context.obj):
        main(context.obj)


def compare(context: typer.Context, **flags: Any) -> None:
    """Train or fit several models on the same rows and put them in one honest table.

    Leaves in the output folder: the table, report.html, and for every model
    a folder that from_pretrained loads, with its record. Run it again to go
    on where it was interrupted.

    Flags of the data go to all models, the other flags of `hf-seq train` to
    those trained from scratch, --MODEL.flag VALUE to one model.

    The model `student` learns from the first pretrained one of the list, as
    `hf-seq distill` would have it, after that was fine-tuned here.

    Examples:
    hf-seq compare --data builtin:reviews --output runs/reviews

    hf-seq compare --data path/to/sst2 --models tfidf,bilstm,distilbert --seeds 0,1,2 --output runs/sst2

    hf-seq compare --data my.csv --output runs/my --num_train_epochs 3 --transformer.learning_rate 1e-3
    """
    from hf_seq.compare.running import main

    main(context.obj)


def fit(context: typer.Context, **flags: Any) -> None:
    """Find the best model under limits of size and latency, and leave it as `hf-seq train` does.

    Families, widths, vocabularies, a teacher's answers and int8 are tried,
    and judged on the validation rows; baselines compete. Limits are hard:
    the answer is measured again in a process of its own. Run it again to go
    on where it was interrupted; it ends with the same answer.

    Flags of `hf-seq train` say how the data are read, and fix what is then
    not searched for.

    Examples:
    hf-seq fit --data builtin:reviews --max_size 1MB --max_latency 1ms --minutes 5

    hf-seq fit --data path/to/sst2 --teacher runs/big --max_size 5MB --output runs/small

    hf-seq fit --task tagging --data my.conll --max_latency 0.5ms --hidden_size 64
    """
    from hf_seq.search.running import main

    main(context.obj)


def train_flags(words: Sequence[str], distilled: bool = False) -> list[Flag]:
    """List the flags of train for the task and the teacher that `words` name.

    Raises:
        InputError: there is no such task.
    """
    from hf_seq.commands.task_at_hand import task_in
    from hf_seq.flags.reading import glance
    from hf_seq.tasks.distillation import NOT_OF_STUDENTS
    from hf_seq.tasks.registry import recipe_class

    taught = distilled or bool(glance([Flag("teacher", many=True)], words))
    recipe = Flag("recipe", help="YAML file, or the name of one of ours, such as sst2-bilstm.", panel="Recipe")
    found = [recipe, *flags_of(recipe_class(task_in(words), taught)), *_training_flags(), *LAUNCHING]
    return _in_panels([each for each in found if not taught or each.name not in NOT_OF_STUDENTS])


def distill_flags(words: Sequence[str]) -> list[Flag]:
    """List the flags of distill, where the model is called the student, and is one that is trained from scratch."""
    from hf_seq.commands.task_at_hand import task_in
    from hf_seq.tasks.registry import task_named

    students = ", ".join(task_named(task_in(words)).models.architectures)
    changes: dict[str, dict[str, Any]] = {
        "model": {"aliases": ("student",), "help": f"The small model: {students}."},
        "output_dir": {"aliases": ("output",)},
    }
    return [dataclasses.replace(each, **changes.get(each.name, {})) for each in train_flags(words, True)]


def compare_flags(words: Sequence[str]) -> list[Flag]:
    """List the flags of compare: its own, and those of train that it does not set itself."""
    from hf_seq.compare.options import OURS, own_flags

    own = own_flags()
    names = {each.name for each in (*own, *LAUNCHING)} | OURS
    return _in_panels([*own, *(each for each in train_flags(words) if each.name not in names)])


def fit_flags(words: Sequence[str]) -> list[Flag]:
    """List the flags of fit: its own, and those of train that it does not set itself."""
    from hf_seq.search.options import OURS, own_flags

    own = own_flags()
    names = {each.name for each in (*own, *LAUNCHING)} | OURS | {"recipe"}
    return _in_panels([*own, *(each for each in train_flags(words) if each.name not in names)])


def _training_flags() -> list[Flag]:
    """Those of `TrainingArguments`: the usual ones in their panel, the others left to the last paragraph."""
    from hf_seq.tasks.recipe import TRAINING_HELP

    known = {each.name: each for each in training_argument_flags()}
    usual = [dataclasses.replace(known[name], help=text, panel="Training") for name, text in TRAINING_HELP.items()]
    others = [dataclasses.replace(each, hidden=True) for each in known.values() if each.name not in TRAINING_HELP]
    return [*usual, *others]


def _in_panels(flags: Sequence[Flag]) -> list[Flag]:
    """Sort flags by the panels of the help, and have a shell complete the tasks."""
    from hf_seq.tasks.registry import TASKS

    flags = [dataclasses.replace(each, choices=tuple(TASKS)) if each.name == "task" else each for each in flags]
    return sorted(flags, key=lambda each: PANELS.index(each.panel) if each.panel in PANELS else len(PANELS))


def epilog_of(flags: Sequence[Flag]) -> str | None:
    """Name the flags that the panels of the help leave out."""
    names = [f"--{each.name}" for each in flags if each.hidden]
    return EPILOG.format(names=" ".join(names)) if names else None
