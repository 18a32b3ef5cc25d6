# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One run, whatever the task: claim the output folder, prepare data and model, train, save, score what was saved."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from torch.utils.data import DataLoader
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments
from transformers.utils.logging import disable_progress_bar

from hf_seq.errors import InputError
from hf_seq.loops.epoch_begins import EpochBegins
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.time_budget import TimeBudget
from hf_seq.loops.trainer import EpochLines, global_batch, replace_printing, seconds_trained
from hf_seq.progress import logger
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.base import R
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.streaming import check_streaming
from hf_seq.train import run_folder
from hf_seq.train.calibrate import calibrate, check_last_layer
from hf_seq.train.calibrate import describe as describe_calibration
from hf_seq.train.disk import check_free_space, disk_errors_explained
from hf_seq.train.fit_baseline import fit_baseline
from hf_seq.train.holding import held
from hf_seq.train.longer import describe_longer, start_from_finished
from hf_seq.train.other_processes import UPDATE, keep_update
from hf_seq.train.preparation import Prepared, check_plain_loop, prepare
from hf_seq.train.recipe_files import recipe_values, write_recipe
from hf_seq.train.results import Run, curve_of, describe, write_results
from hf_seq.train.updates import reach_labels, reach_updates

Fit = Callable[[Prepared[Any], TrainingOptions, Accelerator], tuple[float, list[dict[str, Any]]]]


Preparation = Callable[[R, TrainingOptions, Path | None], Prepared[R]]
"""What comes before the first step: recipe, training flags, and the folder of an interrupted run's processor."""


def train(
    recipe: R, arguments: TrainingOptions, *, preparation: Preparation[R] | None = None, part: str = "test"
) -> Record | None:
    """Train, save and score one model.

    Args:
        recipe: what to train on what.
        arguments: how long, how fast, and where to write.
        preparation: makes data, model and loop ready; if None a baseline is fitted, and a model prepared by `prepare`.
        part: the split that the saved model is scored on; a search leaves the test rows alone.

    Returns:
        The record that was written to `output_dir`; None in every process but the first.

    Raises:
        InputError: the user can mend it; nothing was overwritten.
    """
    is_first = arguments.process_index == 0
    check_world_size(arguments)
    if recipe.streaming:
        check_streaming(task_of(recipe), recipe)
    if arguments.resume_from_checkpoint:
        check_checkpoint(Path(arguments.resume_from_checkpoint), arguments.world_size)
    check_stopping(recipe, arguments)
    disable_progress_bar()  # of reading and writing weights, which takes less time than to read
    folder, values = arguments.folder, recipe_values(recipe, arguments)
    claim = partial(run_folder.claim_folder, folder, values, resume=recipe.resume, overwrite=recipe.overwrite)
    state: run_folder.State = claim() if is_first or recipe.resume else "new"
    if state == "finished":
        logger.info(f"The run in {folder} is finished; nothing to resume.")
        if is_first and not recipe.keep_checkpoints:
            run_folder.delete_checkpoints(folder)  # a kill can have left some
        return Record.read(folder)
    keep_update(recipe, arguments, folder)
    if preparation is None and isinstance(recipe, DistilledRecipe):
        raise InputError("The recipe names a teacher; `hf_seq.distill.running.distill` trains by it.")
    if preparation is None and recipe.model in task_of(recipe).models.baselines:
        return fit_baseline(recipe, arguments, values, part) if is_first else None

    prepared = (preparation or prepare)(recipe, arguments, None if state == "new" else folder)
    if recipe.calibrate:
        check_last_layer(prepared, arguments.per_device_eval_batch_size)
    arguments.watch(prepared.main_metric, prepared.task.training.metric_names(recipe, prepared.splits))
    with disk_errors_explained(folder), held(folder, claim) if is_first else nullcontext():
        trainer = set_up(state, values, prepared, arguments)
        trainer.train(resume_from_checkpoint=find_checkpoint(recipe, arguments))
        if not is_first:
            return None
        prepared.notes += budget_notes(trainer)
        seconds, curve = seconds_trained(trainer.state), curve_of(trainer.state.log_history)
        record = finish(arguments, values, prepared, seconds, curve, part)
        if arguments.push_to_hub:
            trainer.push_to_hub()
            logger.info(f"It is on the Hub as {trainer.hub_model_id}")
        return record


def train_plainly(recipe: R, arguments: TrainingOptions, accelerator: Accelerator, fit: Fit) -> Record | None:
    """Train with a plain loop, and save and score as `train` does.

    Args:
        recipe: what to train on what.
        arguments: how long, how fast, and where to write.
        accelerator: of this process.
        fit: the loop: leaves the best weights in the model, and gives its seconds and its learning curve.

    Returns:
        The record; None in every process but the first.

    Raises:
        InputError: a flag that such loops do not have, or what `train` would refuse.
    """
    check_plain_loop(recipe, arguments)
    check_world_size(arguments)
    folder, values, is_first = arguments.folder, recipe_values(recipe, arguments), accelerator.is_main_process
    claim = partial(run_folder.claim_folder, folder, values, resume=False, overwrite=recipe.overwrite)
    if is_first:
        claim()
    prepared = prepare(recipe, arguments)
    if recipe.calibrate:
        check_last_layer(prepared, arguments.per_device_eval_batch_size)
    with disk_errors_explained(folder), held(folder, claim) if is_first else nullcontext():
        if is_first:
            start_folder("new", values, prepared, arguments)
        prepared.notes += choose_course(prepared, arguments)
        seconds, curve = fit(prepared, arguments, accelerator)
        return finish(arguments, values, prepared, seconds, curve) if is_first else None


def choose_course(prepared: Prepared[Any], arguments: TrainingOptions) -> list[str]:
    """Choose how long and how fast to train where nobody said, and say what was chosen."""
    recipe, rows, splits = prepared.recipe, len(prepared.train), prepared.splits
    notes = [*describe_choices(arguments), *reach_updates(recipe, arguments, rows)]
    return [*notes, *reach_labels(recipe, arguments, prepared.model, rows, splits.num_labels)]


def describe_choices(arguments: TrainingOptions) -> list[str]:
    """Say which training flags the processor and the data have chosen."""
    notes = []
    if arguments.chose_bf16:
        notes.append("computes in bfloat16, for which this processor has instructions (--bf16 false: float32)")
    if arguments.may_smooth and arguments.label_smoothing_factor:
        share = f"{arguments.label_smoothing_factor:g}"
        notes.append(f"labels are smoothed by {share}, as suits few rows (--label_smoothing_factor 0: not)")
    for note in notes:
        logger.info(f"  {note}")
    return notes


def check_world_size(arguments: TrainingArguments) -> None:
    """Refuse a launch that was asked for several processes and started one.

    `accelerate launch --cpu --num_processes 2` runs the script once, without a word (accelerate 1.15); it then leaves
    a port to meet on in the environment, but nobody to meet.

    Raises:
        InputError: that is what happened.
    """
    if "MASTER_PORT" in os.environ and "WORLD_SIZE" not in os.environ and arguments.world_size == 1:
        raise InputError(
            "accelerate launch was asked for several processes but started one: with --cpu it always does. "
            "Launch with `accelerate launch --multi_gpu --num_processes N`, or `torchrun --nproc_per_node N`; both "
            "work on CPUs."
        )


def start_folder(
    state: run_folder.State, values: dict[str, Any], prepared: Prepared[R], arguments: TrainingOptions
) -> None:
    """Write what a run begins with: the recipe and the tokenizer (or feature extractor)."""
    folder, kept = arguments.folder, arguments.save_total_limit or 1
    check_free_space(folder, prepared.model.num_parameters(), kept)

    def write_start() -> None:
        if state == "longer" and not run_folder.last_complete_checkpoint(folder, arguments.world_size):
            start_from_finished(folder, arguments, stopping(prepared.recipe))
        (folder / RECORD_NAME).unlink(missing_ok=True)
        write_recipe(folder / run_folder.RECIPE_NAME, values, current_command())
        prepared.processor.save_pretrained(folder)

    run = {"the data": prepared.splits.fingerprint, "the number of processes": arguments.world_size}
    if prepared.recipe.streaming:
        run = {"the data": prepared.splits.fingerprint, UPDATE: global_batch(arguments)}
    run |= prepared.run_facts
    run_folder.begin(folder, state, run, values, write_start)


def set_up(
    state: run_folder.State, values: dict[str, Any], prepared: Prepared[R], arguments: TrainingOptions
) -> Trainer:
    """Begin the folder and make the loop; what the loop refuses is refused before an earlier run is deleted.

    Only where long work is left, which may write into the folder, that is begun first.
    """
    is_first, work = arguments.process_index == 0, prepared.finish_setup
    if work is not None:
        if is_first:
            start_folder(state, values, prepared, arguments)
        work()
    prepared.notes += choose_course(prepared, arguments)
    trainer = make_trainer(arguments, prepared)
    if work is None and is_first:
        start_folder(state, values, prepared, arguments)
    return trainer


def make_trainer(arguments: TrainingOptions, prepared: Prepared[R]) -> Trainer:
    """Put model, rows and callbacks together."""
    training = prepared.task.training
    callbacks: list[Any] = [EpochLines(prepared.main_metric), *stopping(prepared.recipe)]
    if hasattr(prepared.train, "begin_epoch"):
        callbacks.append(EpochBegins(prepared.train))
    if prepared.recipe.max_minutes is not None:
        callbacks.append(TimeBudget(prepared.recipe.max_minutes))
    trainer = (prepared.trainer_class or training.trainer_class)(
        model=prepared.model,
        args=arguments,
        train_dataset=prepared.train,
        eval_dataset=prepared.validation,
        data_collator=prepared.collator,
        compute_metrics=prepared.compute_metrics,
        preprocess_logits_for_metrics=training.logits_for_metrics if training.needs_logits else None,
        callbacks=callbacks,
        averaging=prepared.recipe.average,
    )
    replace_printing(trainer)
    return trainer


def check_stopping(recipe: Recipe, arguments: TrainingOptions) -> None:
    """Refuse to stop by scores that nobody computes.

    Raises:
        InputError: there are no evaluations.
    """
    if recipe.early_stopping_patience is not None and arguments.eval_strategy == "no":
        raise InputError(
            f"early_stopping_patience={recipe.early_stopping_patience} counts evaluations, and --eval_strategy no has "
            "none; leave one of them out."
        )


def stopping(recipe: Recipe) -> list[EarlyStoppingCallback]:
    """Give the callback that ends a training early, if the recipe asks for it."""
    return [] if recipe.early_stopping_patience is None else [EarlyStoppingCallback(recipe.early_stopping_patience)]


def budget_notes(trainer: Trainer) -> list[str]:
    """Say whether time was up before a training was through."""
    callbacks = trainer.callback_handler.callbacks
    return [each.note for each in callbacks if isinstance(each, TimeBudget) and each.note is not None]


def find_checkpoint(recipe: Recipe, arguments: TrainingArguments) -> str | None:
    """Find the checkpoint to continue from; None means to start from the beginning."""
    if arguments.resume_from_checkpoint:
        return arguments.resume_from_checkpoint
    if not recipe.resume:
        return None
    folder = Path(str(arguments.output_dir))
    processes = None if recipe.streaming else arguments.world_size
    found = run_folder.last_complete_checkpoint(folder, processes)
    for path in run_folder.checkpoints(folder):
        if not run_folder.is_complete(path, processes):
            logger.info(f"{path.name} was not written to its end; it is skipped.")
    if found is None:
        logger.info("There is no complete checkpoint; beginning at the beginning.")
        return None
    logger.info(f"Going on from {found.name}.")
    return str(found)


def check_checkpoint(path: Path, processes: int) -> None:
    """Refuse what is no whole checkpoint.

    Raises:
        InputError: it is broken or no checkpoint at all.
    """
    if not run_folder.is_complete(path, processes):
        raise InputError(
            f"{path} is not a complete checkpoint of {processes} process(es): files are missing or cut off; "
            "choose another, or use --resume, which finds the last complete one."
        )


def finish(
    arguments: TrainingOptions,
    values: dict[str, Any],
    prepared: Prepared[R],
    seconds: float,
    curve: list[dict[str, Any]],
    part: str = "test",
) -> Record:
    """Save the best model, score what was saved, and clear the checkpoints away."""
    folder, recipe = arguments.folder, prepared.recipe
    lengths = run_folder.planned_lengths(folder)
    run = Run(
        recipe.model,
        prepared.display_name,
        values,
        arguments.seed,
        seconds,
        curve,
        [*prepared.notes, *([describe_longer(lengths)] if lengths else [])],
        prepared.distillation,
    )
    vars(prepared.model).pop("forward", None)  # accelerate's, in bfloat16; what is fitted now is of the saved model
    rows = DataLoader(prepared.validation, arguments.per_device_eval_batch_size, collate_fn=prepared.collator)
    run.notes += prepared.task.training.finish_weights(prepared.model, rows)
    if recipe.calibrate:
        run.calibration = calibrate(prepared, arguments.per_device_eval_batch_size)
        run.notes = [*run.notes, describe_calibration(run.calibration)]
        logger.info(run.notes[-1])
    prepared.model.save_pretrained(folder)
    prepared.processor.save_pretrained(folder)
    record = write_results(folder, prepared.task, recipe, prepared.splits, run, part)
    if not recipe.keep_checkpoints:
        run_folder.delete_checkpoints(folder)
    logger.info(describe(record))
    logger.info(f"Saved in {folder}; try it: {prepared.task.next_command.format(folder=folder)}")
    return record
