# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The command line of `hf-seq compare`, and the runs it asks for.

Beside its own flags it takes every flag of `hf-seq train`. Flags about the data go to every model. All others go to the
models trained from scratch, since a pretrained one has its usual recipe; `--MODEL.flag value` goes to one model:

    hf-seq compare --data builtin:reviews --models lstm,transformer,distilbert --output runs/reviews \
        --num_train_epochs 3 --transformer.learning_rate 1e-3 --distilbert.num_train_epochs 1

`student` is a name of compare's own: a small model that learns from a pretrained one of the list (`students.py`).

This module imports nothing heavy until runs are planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.compare.starts import start_of
from hf_seq.compare.students import (
    STUDENT,
    check_student_row,
    goes_to_student,
    is_small,
    student_flags,
    teacher_folder,
    teacher_of,
)
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.reading import describe_unknown, read
from hf_seq.flags.spelling import with_underscores
from hf_seq.tasks.architectures import ModelChoice, unknown_fields
from hf_seq.tasks.base import Task
from hf_seq.tasks.recipe import STREAMING, Recipe, panels, setting
from hf_seq.tasks.registry import recipe_class, task_named, task_names

if TYPE_CHECKING:
    from hf_seq.loops.options import TrainingOptions

FOR_ONE = {"baseline_path": "distilbert", "static_model": "model2vec"}
"""Flags that mean one model, whichever name they are written under."""
OURS = frozenset({"task", "model", "output_dir", "seed", "resume", "overwrite"}) | STREAMING
"""Flags of `hf-seq train` that compare sets itself."""
NOT_FOR_STARTS = frozenset({"start_from", "word_vectors", "word_vectors_limit"})
"""Flags for all models from scratch that leave those alone whose name says what they start from."""
FOR_ALL = frozenset({"calibrate"})
"""Flags that go to every model, beside those of the data."""


@dataclass
class CompareOptions:
    """What to compare, where to, and how the single models are trained."""

    data: str = setting("", "Hub id, file, folder of splits, or a built-in such as builtin:reviews.")
    task: str = setting("classification", f"What to learn: {', '.join(task_names())}.")
    models: str | None = setting(
        None,
        "With commas: names as for train, Hub ids, folders, and student, who learns from the first pretrained one; "
        "absent: the task's usual ones, or none with --scored.",
    )
    output: str = setting("", "Folder for models, records, table and report; run again to go on with it.")
    scored: str | None = setting(
        None, "Finished runs to take in as they are: FOLDER or NAME=FOLDER with commas, seeds joined by +."
    )
    seeds: str = setting(
        "0", "With commas, such as 0,1,2; scores are means. One cannot tell what another training would score."
    )
    sizes: str | None = setting(
        None, "Numbers of train rows with commas, such as 100,300,1000,all: a learning curve by data size."
    )
    reference: str | None = setting(None, "Model the others are compared with; distilbert if it is there.")
    redo: bool = setting(False, "Train again what the output folder holds from another recipe or other data.")
    calls: int = setting(200, "Timed calls per model for its latency.")
    robustness_rows: int = setting(500, "Test rows on which typos and case are tried; 0 for none.")
    jobs: int | None = setting(None, "Models and seeds that are trained side by side, one thread each.")
    price_per_hour: float | None = setting(
        None, "Price of an hour of one core of this machine; the table then says what a million texts cost."
    )
    groups: list[list[str]] = field(default_factory=list, metadata={"help": "Flags for the models, as typed."})

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError(
                "There is nothing to compare on: give --data, a Hub id, a file, a folder or builtin:reviews."
            )
        if not self.output:
            raise InputError("There is no place for the result: give --output, a folder that is empty or new.")
        if self.robustness_rows < 0:
            raise InputError(f"robustness_rows={self.robustness_rows} must be 0 or more; 500 is usual.")
        if self.price_per_hour is not None and not self.price_per_hour > 0:
            raise InputError(f"price_per_hour={self.price_per_hour} must be above 0; leave it out for seconds alone.")
        if self.jobs is not None and self.jobs < 1:
            raise InputError(f"jobs={self.jobs} trains nothing; use 1 or more, one a core at most.")
        if self.calls < 1:
            raise InputError(f"calls={self.calls} must be 1 or more; 200 is enough for p50 and p95.")

    @property
    def model_names(self) -> list[str]:
        """The models, each once, in the order given.

        Raises:
            InputError: none, or one twice.
        """
        usual = () if self.scored else task_named(self.task).models.default_models
        names = list(usual) if self.models is None else _split(self.models)
        if not names and not self.scored:
            raise InputError(f"--models {self.models!r} names no model; try --models tfidf,bilstm,distilbert.")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"--models names {twice} twice; name it once.")
        return names

    @property
    def seed_numbers(self) -> list[int]:
        """The seeds, each once, in the order given.

        Raises:
            InputError: none, or something that is no whole number.
        """
        written = _split(self.seeds)
        if not written or any(whole_number(each) is None for each in written) or len(set(written)) < len(written):
            raise InputError(f"--seeds {self.seeds!r} must be different whole numbers with commas, such as 0,1,2.")
        return [int(each) for each in written]


@dataclass
class Run:
    """One training: a model with one seed, in its own folder."""

    model: str
    seed: int
    folder: Path
    recipe: Recipe
    arguments: "TrainingOptions"
    values: dict[str, Any]
    teacher: str | None = None
    """Of a student: the model of the comparison that it learns from, whose folder its recipe names."""


def parse_options(argv: Sequence[str]) -> CompareOptions:
    """Read the command line; flags for the models are kept as they are.

    Raises:
        InputError: a value of the wrong kind, or words that belong to no flag.
    """
    own, others = list(own_flags()), []
    names = {name for flag in own for name in (*flag.spellings, *flag.negations)}
    words: list[str] = []
    for group in _groups(with_underscores(argv)):
        if group[0].partition("=")[0] in names:
            words += group
        else:
            others.append(group)
    return CompareOptions(**read(own, words, "compare"), groups=others)


def own_flags() -> list[Flag]:
    """List the flags that compare has beside those of `hf-seq train`."""
    return [each for each in flags_of(CompareOptions, "Compare") if each.name != "groups"]


def plan_runs(options: CompareOptions) -> dict[str, list[Run]]:
    """Resolve the recipe of every model and seed, so that a mistake shows before anything is trained.

    Baselines do not depend on the seed and run once.

    Raises:
        InputError: a flag that is unknown, belongs to no model, or does not fit its model; a model name nearly ours.
    """
    from hf_seq.reports.record import folder_name
    from hf_seq.train.preparation import check_model_name

    models = task_named(options.task).models
    names = options.model_names
    if STUDENT in names:
        check_student_row(task_named(options.task), names, options.groups)
    _check_groups(options, names)
    plan: dict[str, list[Run]] = {}
    for name in names:
        start = start_of(models, name)
        if start is not None and "start_from" not in recipe_class(options.task).__dataclass_fields__:
            raise InputError(f"--models names {name}, but models of {options.task} start from no pretrained one.")
        if name != STUDENT and start is None:
            check_model_name(models, name)
        seeds = options.seed_numbers[:1] if name in models.baselines else options.seed_numbers
        folders = seed_folders(Path(options.output) / "models" / folder_name(name), seeds)
        plan[name] = [plan_run(options, name, seed, folder) for seed, folder in zip(seeds, folders, strict=True)]
    taken = [runs[0].folder for runs in plan.values()]
    twice = next((folder for folder in taken if taken.count(folder) > 1), None)
    if twice is not None:
        raise InputError(f"Two of the models would be written to {twice}; rename one of their folders.")
    return plan


def seed_folders(plain: Path, seeds: Sequence[int]) -> list[Path]:
    """Return the folder of a model for each seed: NAME for the first, then NAME.seedS."""
    return [plain if index == 0 else plain.with_name(f"{plain.name}.seed{seed}") for index, seed in enumerate(seeds)]


def plan_run(options: CompareOptions, name: str, seed: int, folder: Path, flags: Sequence[str] = ()) -> Run:
    """Resolve the recipe of one run.

    Args:
        options: of the comparison.
        name: of the model.
        seed: of its weights and order.
        folder: to write to.
        flags: more of them, stronger than those of the command line.

    Raises:
        InputError: a flag that is unknown or does not fit the model.
    """
    from hf_seq.train.parsing import parse_recipe
    from hf_seq.train.recipe_files import recipe_values

    task = task_named(options.task)
    argv = [token for group in options.groups for token in _flags_for(task, name, group)]
    fixed = [f"--task={options.task}", f"--data={options.data}", f"--output_dir={folder}", f"--seed={seed}"]
    teacher = teacher_of(task.models, options.model_names, options.groups) if name == STUDENT else None
    start = start_of(task.models, name)
    if start is not None:
        fixed += [f"--model={start.model}", f"--start_from={start.source}"]
    elif name != STUDENT:
        fixed.append(f"--model={name}")
    elif teacher is not None:
        fixed.append(f"--teacher={teacher_folder(folder, teacher)}")
    recipe, arguments = parse_recipe([*argv, *flags, *fixed], distilled=name == STUDENT)
    if task.models.is_from_scratch(recipe.model):
        _check_fields(task.models, name, recipe)
    return Run(name, seed, folder, recipe, arguments, recipe_values(recipe, arguments), teacher)


def _flags_for(task: Task[Any], name: str, group: Sequence[str]) -> list[str]:
    """List the tokens of a flag as they go to a model: all, none, or all under the flag's plain name."""
    owner, flag = _owner_and_flag(group[0])
    if owner is not None:
        _, equals, value = group[0].partition("=")
        return [f"--{flag}{equals}{value}", *group[1:]] if owner == name else []
    if flag in FOR_ONE:
        return list(group) if name == FOR_ONE[flag] else []
    shared = flag in FOR_ALL or flag.removeprefix("no_") in _data_flags(task.name)
    if name == STUDENT or flag in student_flags(task):
        return list(group) if name == STUDENT and goes_to_student(flag) else []
    if flag in NOT_FOR_STARTS and start_of(task.models, name) is not None:
        return []
    return list(group) if shared or is_small(task.models, name) else []


def _check_groups(options: CompareOptions, names: Sequence[str]) -> None:
    """Refuse flags that belong to no model, and those that compare sets itself."""
    from hf_seq.train.parsing import recipe_flags

    recipe_type = recipe_class(options.task, distilled=STUDENT in names)
    known = {name for each in recipe_flags(recipe_type) for name in (*each.spellings, *each.negations)}
    for group in options.groups:
        owner, flag = _owner_and_flag(group[0])
        if owner is not None and owner not in names:
            raise InputError(
                f"{group[0].partition('=')[0]} is for {owner}, which --models does not name; it has {', '.join(names)}."
            )
        if flag in STREAMING:
            raise InputError(f"--{flag} is for `hf-seq train` and `distill`; compare reads all rows; leave it out.")
        if flag in OURS and (owner, flag) != (STUDENT, "model"):
            raise InputError(f"--{flag} is set by compare itself; see --models, --output, --seeds and --redo.")
        if f"--{flag}" not in known:
            settings = [*(each.removeprefix("--") for each in known), *(each.name for each in own_flags())]
            raise InputError(describe_unknown(flag, settings, "compare"))


def _check_fields(models: ModelChoice, name: str, recipe: Recipe) -> None:
    """Refuse configuration fields that a model does not have."""
    for key in unknown_fields(models.architectures[recipe.model], models.auto_class_suffix, recipe.model_overrides):
        value = recipe.model_overrides[key]
        raise InputError(
            f"{key}={value} does not apply to {name}; write --MODEL.{key} {value} for the model it is meant for."
        )


def _groups(tokens: Sequence[str]) -> list[list[str]]:
    """Split a command line into flags, each with its values."""
    groups: list[list[str]] = []
    for token in tokens:
        if token.startswith("--"):
            groups.append([token])
        elif groups:
            groups[-1].append(token)
        else:
            raise InputError(f"{token!r} is not a flag; write --name value.")
    return groups


def _owner_and_flag(token: str) -> tuple[str | None, str]:
    """Split `--lstm.hidden-size=64` into ("lstm", "hidden_size"), `--bf16` into (None, "bf16")."""
    owner, _, flag = token[2:].partition("=")[0].rpartition(".")
    return owner or None, flag.replace("-", "_")


def _split(text: str) -> list[str]:
    return [part for part in (each.strip() for each in text.split(",")) if part]


def _data_flags(task: str) -> set[str]:
    """List flags that say what the data are, which all models share."""
    data = panels(recipe_class(task))["Data"]
    return {name for each in data for name in (each.name, *each.metadata.get("aliases", ()))}
