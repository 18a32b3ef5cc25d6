# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a recipe to what a training loop needs: checked splits, a processor, encoded rows, a model.

Shared by `running.py` and the plain loop on Accelerate.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic

from transformers import EvalPrediction, PreTrainedModel, Trainer, set_seed
from transformers.utils import logging

from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.readers.files import no_collection
from hf_seq.data.streaming.rows import StreamedRows
from hf_seq.errors import InputError
from hf_seq.loops.allocator import keep_freed_memory
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.row_gradients import use_row_gradients
from hf_seq.predictors.text import ANSWER_THRESHOLD, THRESHOLDS
from hf_seq.progress import logger
from hf_seq.tasks import architectures
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import R, Task
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.registry import task_named, task_names, task_of
from hf_seq.tasks.streaming import Stream, open_stream
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.train.opening import check_data
from hf_seq.train.run_folder import has_begun
from hf_seq.train.saved_reading import check_read_as_saved

TEMPERATURE = "logit_temperature"
"""The field of a configuration that `--calibrate` writes."""


@dataclass
class Prepared(Generic[R]):
    """What a loop trains on.

    Attributes:
        recipe: what to train on what.
        task: what is learned.
        splits: the data, checked.
        processor: tokenizer (or feature extractor); its padding and vocabulary fit the model.
        train: encoded training rows, in the order of the split.
        validation: encoded validation rows, longest first: similar lengths share a batch.
        collator: rows to padded tensors.
        model: weights set by the seed.
        display_name: what people should see, where a model stands in for another.
        notes: decisions a reader of the record should know of.
        finish_setup: the long work that is left before training, such as asking a teacher.
        trainer_class: makes the loop, in place of the task's own.
        distillation: what a record tells of a teacher.
        run_facts: what a run that is gone on with must share, beside the data and the number of processes.
    """

    recipe: R
    task: Task[R]
    splits: Splits
    processor: Any
    train: EncodedDataset | StreamedRows
    validation: EncodedDataset
    collator: Callable[[list[dict[str, Any]]], dict[str, Any]]
    model: PreTrainedModel
    display_name: str | None = None
    notes: list[str] = field(default_factory=list)
    finish_setup: Callable[[], None] | None = None
    trainer_class: Callable[..., Trainer] | None = None
    distillation: dict[str, Any] = field(default_factory=dict)
    run_facts: dict[str, Any] = field(default_factory=dict)

    @property
    def main_metric(self) -> str:
        """The metric that stands for the task on these data."""
        return self.task.scoring.main_metric(self.recipe, self.splits)

    @property
    def compute_metrics(self) -> Callable[[EvalPrediction], dict[str, float]]:
        """What the loop calls with the predictions of the validation rows."""
        return self.task.training.metrics(self.recipe, self.splits, self.processor)


def prepare(
    recipe: R, arguments: TrainingOptions, saved_processor: Path | None = None, splits: Splits | None = None
) -> Prepared[R]:
    """Do everything that comes before the first step.

    Args:
        recipe: what to train on what.
        arguments: the seed of the model's first weights, and how it will be trained.
        saved_processor: folder of the processor of an interrupted run.
        splits: what the recipe names, where it was read before; None reads it.

    Raises:
        InputError: the data make training impossible, or the recipe does not fit them.
        PretrainedUnavailable: the pretrained weights cannot be had.
    """
    task = task_of(recipe)
    check_model_name(task.models, recipe.model)
    encoding = task.encoding
    encoding.check_recipe(recipe, task.models)
    splits, stream = read_splits(task, recipe, splits)
    task.training.check(recipe, arguments, splits)
    processor = get_processor(task, recipe, splits, saved_processor)
    encoding.suit_length(recipe, splits, processor)
    notes = check_data(task, recipe, splits, processor)
    with no_collection():
        train, train_notes = encoding.encode(splits.train, processor, recipe, "train")
        validation, _ = encoding.encode(splits.validation, processor, recipe, "validation", sort=True)
    keep_freed_memory()
    set_seed(arguments.seed)
    model, display_name = make_model(task, recipe, splits, processor)
    start_notes = encoding.start_weights(model, processor, recipe, task.data.inputs(splits.train))
    start_notes += task.training.fit_parts(model, recipe, splits, train, validation)
    for note in start_notes:
        logger.info(f"  {note}")
    choose_fastest_kernels(model, task.models, recipe, arguments)
    prepared = Prepared(
        recipe,
        task,
        splits,
        processor,
        train,
        validation,
        encoding.collator(processor, splits),
        model,
        display_name,
        [*notes, *start_notes, *(note if stream is None else f"{note} (in the sample)" for note in train_notes)],
    )
    if stream is not None:
        prepared.finish_setup = partial(open_rows, prepared, stream, arguments.folder)
    return prepared


def open_rows(prepared: Prepared[R], stream: Stream, folder: Path) -> None:
    """Take the rows of a stream, in place of the sample that stood for them."""
    encoding = prepared.task.encoding
    prepared.train = encoding.stream(stream, prepared.processor, prepared.recipe, prepared.train, folder)


def read_splits(task: Task[R], recipe: R, splits: Splits | None = None) -> tuple[Splits, Stream | None]:
    """Read what a recipe names, unless it was; with `--streaming` the train split stays in its files.

    Raises:
        InputError: it cannot be read.
    """
    if splits is not None:
        return splits, None
    stream = open_stream(task, recipe) if recipe.streaming else None
    return (load_for_training(task, recipe), None) if stream is None else (stream.splits, stream)


def choose_fastest_kernels(
    model: PreTrainedModel, models: ModelChoice, recipe: Recipe, arguments: TrainingOptions
) -> None:
    """Have a model compute its attention and the gradient of its embedding as is fastest on this machine."""
    if arguments.eager_attention and model._supports_sdpa:
        model.set_attn_implementation("eager")
    if recipe.row_updates and arguments.row_updates_pay and models.is_from_scratch(recipe.model):
        use_row_gradients(model)


def check_plain_loop(recipe: Recipe, arguments: TrainingOptions) -> None:
    """Refuse the flags that the plain loop would have to ignore.

    Raises:
        InputError: one was given.
    """
    is_baseline = recipe.model in task_of(recipe).models.baselines
    lacks = {
        f"--model {recipe.model}": is_baseline,
        "--teacher": isinstance(recipe, DistilledRecipe),
        "--resume": recipe.resume,
        "--resume_from_checkpoint": arguments.resume_from_checkpoint is not None,
        "--streaming": recipe.streaming,
        "--averaging": recipe.average is not None,
        "--max_minutes": recipe.max_minutes is not None,
        "--early_stopping_patience": recipe.early_stopping_patience is not None,
        "--max_steps": arguments.max_steps > 0,
        "--num_train_epochs with a fraction": arguments.num_train_epochs % 1 != 0,
        "--optim": arguments.optim != "adamw_torch_fused",
        "--fp16": arguments.fp16,
        "--metric_for_best_model": arguments.metric_for_best_model not in (None, "eval_loss"),  # which it goes by
        "--push_to_hub": arguments.push_to_hub,
    }
    if wrong := [flag for flag, given in lacks.items() if given]:
        raise InputError(f"The plain loop has no {', '.join(wrong)}; use `hf-seq train`, which has.")


def check_model_name(models: ModelChoice, name: str) -> None:
    """Catch a slip of the finger, or a model of another task, before it is taken for a Hub id.

    Raises:
        InputError: the name is nearly one of ours, or one that this task does not have.
    """
    ours = models.names
    if name == "student" and not Path(name).is_dir():
        raise InputError(
            "student is a row of `hf-seq compare`; to make one name a --teacher, and the --model that learns."
        )
    begin, plus, source = name.partition("+")
    if plus and begin in models.architectures and not Path(name).is_dir():
        raise InputError(f"{name} is a row of `hf-seq compare`; here write --model {begin} --start_from {source}.")
    if name in ours or "/" in name or Path(name).is_dir():
        return
    if others := [task for task in task_names() if name in task_named(task).models.names]:
        raise InputError(f"{name} is a model of --task {others[0]}; ours of this task are {', '.join(ours)}.")
    near = difflib.get_close_matches(name, ours, n=1, cutoff=0.75)
    kinds = {each.partition("-")[0] for task in task_names() for each in task_named(task).models.architectures}
    if near or name.partition("-")[0] in kinds:
        offer = f"; did you mean {near[0]}? Ours are" if near else "; ours of this task are"
        raise InputError(f"There is no model {name!r}{offer} {', '.join(ours)}.")


def get_processor(task: Task[R], recipe: R, splits: Splits, saved: Path | None = None) -> Any:
    """Get the processor of an interrupted run, that of the pretrained model, or one made from the train split."""
    if saved is not None and has_begun(saved):
        return task.encoding.load_processor(saved)
    if task.models.is_from_scratch(recipe.model):
        given = task.encoding.given_processor(recipe, splits)
        return task.encoding.make_processor(recipe, splits) if given is None else given
    path, _ = architectures.locate_pretrained(recipe.model, recipe.baseline_path)
    processor = architectures.load_or_explain(recipe.model, task.encoding.load_processor, path)
    task.encoding.check_pretrained(processor, recipe)
    check_read_as_saved(processor, recipe, splits)
    task.encoding.learn_cuts(processor, splits)
    return processor


def make_model(task: Task[R], recipe: R, splits: Splits, processor: Any) -> tuple[PreTrainedModel, str | None]:
    """Build or load the model that a recipe names.

    Returns:
        The model and, if it stands in for another, the name to show.
    """
    fields, models, encoding = task.training.head_fields(recipe, splits), task.models, task.encoding
    suffix = models.auto_class_suffix
    if models.is_from_scratch(recipe.model):
        architecture = models.architectures[recipe.model]
        fields |= encoding.configuration(recipe, architecture, processor)
        model = architectures.build_model(
            recipe.model, architecture, suffix, overrides=recipe.model_overrides, **fields
        )
        encoding.finish_model(model, processor, recipe)
        return model, None
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # that the new head has new weights is the purpose, not news
    try:
        model, label = architectures.load_pretrained(
            recipe.model, suffix, baseline_path=recipe.baseline_path, overrides=recipe.model_overrides, **fields
        )
    finally:
        logging.set_verbosity(verbosity)
    encoding.check_fit(model, processor, recipe.model)
    encoding.finish_model(model, processor, recipe)
    remove_fitted_decisions(model.config)
    return model, label if label != recipe.model else None


def remove_fitted_decisions(config: Any) -> None:
    """Take from a configuration what was fitted to weights that are now trained further."""
    for name in (TEMPERATURE, THRESHOLDS, ANSWER_THRESHOLD):
        if hasattr(config, name):
            delattr(config, name)
