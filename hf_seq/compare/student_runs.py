# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training the student of a comparison: after its teacher, again where that is another one by now, under its name."""

from pathlib import Path

from hf_seq.compare.options import Run
from hf_seq.compare.students import STUDENT, teacher_folder
from hf_seq.distill.preparation import TEACHERS, unlabelled_facts
from hf_seq.distill.running import train_or_distill
from hf_seq.distill.teacher import weights_key
from hf_seq.errors import NotRunError
from hf_seq.files.pretrained import find_pretrained
from hf_seq.files.reading import read_object
from hf_seq.progress import logger
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.train.recipe_files import RECIPE_NAME, read_recipe, write_recipe
from hf_seq.train.run_folder import RUN_STATE, has_begun


class NoTeacher(NotRunError):  # noqa: N818 - it says what is missing
    """The teacher of a student was not trained, so that there is nobody to learn from."""


def train_run(run: Run) -> None:
    """Train a run of a comparison, unless it is finished.

    Raises:
        NoTeacher: it is a student's, and its teacher was not run.
    """
    if run.model != STUDENT:
        train_or_distill(run.recipe, run.arguments)
        if run.model != run.recipe.model:
            name_started(run)
        return
    if run.teacher is not None:
        follow_teacher(run, teacher_folder(run.folder, run.teacher))
    start_over_for_others(run)
    train_or_distill(run.recipe, run.arguments)
    name_student(run)


def follow_teacher(run: Run, folder: Path) -> None:
    """Check that a teacher of the comparison is there, and tell the student's recipe where, if it was moved.

    Raises:
        NoTeacher: the teacher was not trained.
    """
    if not (folder / RECORD_NAME).is_file():
        raise NoTeacher(f"its teacher {run.teacher} was not run.")
    logger.info(f"learns from {run.teacher}, in {folder}")
    if not has_begun(run.folder):
        return
    recipe, teacher = read_recipe(run.folder / RECIPE_NAME), run.values["teacher"]
    if recipe.get("teacher") != teacher:
        write_recipe(run.folder / RECIPE_NAME, recipe | {"teacher": teacher}, current_command())


def start_over_for_others(run: Run) -> None:
    """Have a student start over where its teachers' weights, or files of unlabelled text, are not what it learned from.

    What is out of reach by now (a model of the Hub, a file that was deleted) is taken to be as it was.
    """
    recipe = run.recipe
    assert isinstance(recipe, DistilledRecipe)  # `plan_run` has made it of a student's flags
    if not has_begun(run.folder):
        return
    learned_from, now = read_object(run.folder / RUN_STATE), {}
    teachers, files = recipe.teacher or [], recipe.unlabelled or []
    if all((Path(each) / "config.json").is_file() for each in teachers):
        now[TEACHERS] = [weights_key(Path(each)) for each in teachers]
    if all(Path(each).is_file() for each in files):
        now |= unlabelled_facts(recipe)
    changed = [name for name, value in now.items() if learned_from.get(name, value) != value]
    if changed:
        logger.info(f"{' and '.join(changed)} changed since: the student starts over")
        recipe.overwrite, recipe.resume = True, False


def name_started(run: Run) -> None:
    """Call a finished model what the comparison calls it: by what it started from, too."""
    record = Record.read(run.folder)
    source = str(run.recipe.start_from)  # type: ignore[attr-defined]
    label = f"{run.recipe.model}+{find_pretrained(source).label.split(' (')[0]}"
    if (record.model, record.label) != (run.model, label):
        record.model, record.label = run.model, label
        record.write(run.folder)


def name_student(run: Run) -> None:
    """Call a finished student what the comparison calls it, and say who taught it and where that one is now."""
    record = Record.read(run.folder)
    before, taught = (record.model, record.label, record.distillation), dict(record.distillation)
    if run.teacher is not None:
        folder = teacher_folder(run.folder, run.teacher)
        teacher = Record.read(folder).short_name
        taught["teachers"] = [{**each, "name": str(folder)} for each in taught["teachers"]]
    else:
        teacher = " and ".join(Path(str(each["name"])).name for each in taught["teachers"])
    now = STUDENT, f"{STUDENT} ({run.recipe.model} of {teacher})", taught
    if now != before:
        record.model, record.label, record.distillation = now
        record.write(run.folder)
