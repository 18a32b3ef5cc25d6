# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Distil a big model into a small one with `transformers.Trainer`.

    hf-seq distill --teacher runs/big --student bilstm-attention --data path/to/sst2 --output runs/small
    hf-seq distill --recipe sst2-distilled --teacher runs/big --data path/to/sst2

A student is a run like any other (`train/running.py`); here is what comes before its first step: the teacher is
checked, the transfer set made, the student built, the teacher asked about every text once.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase, set_seed

from hf_seq.data import Splits
from hf_seq.distill.answers import ask_teacher, encode_for_student
from hf_seq.distill.augmentation import Augmentation
from hf_seq.distill.embeddings import start_embeddings, static_states
from hf_seq.distill.shards import digest
from hf_seq.distill.similar import SimilarWords
from hf_seq.distill.teacher import Teacher, Text, check_teacher_reads, load_teacher
from hf_seq.distill.trainer import (
    PROJECTION,
    DistilledClassifierTrainer,
    DistilledTaggerTrainer,
    Objective,
)
from hf_seq.distill.transfer import AugmentedSource, FileSource, LabelledSource, Source
from hf_seq.distill.transfer_set import TransferCollator, TransferSet
from hf_seq.distill.vocabulary import prune, student_tokenizer
from hf_seq.errors import InputError
from hf_seq.loops.allocator import keep_freed_memory
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import say_plainly
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.base import Task
from hf_seq.tasks.distilled_recipes import DistillationFields
from hf_seq.tasks.recipe import Recipe, TextRecipe
from hf_seq.tasks.registry import task_of, task_of_saved
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.text.words import word_splitter
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.preparation import Prepared, Say, check_data, check_model_name, make_model, suit_machine
from hf_seq.train.run_folder import has_begun
from hf_seq.train.running import train

TRAINERS = {"classification": DistilledClassifierTrainer, "tagging": DistilledTaggerTrainer}
TEXTS_LOOKED_AT = 500
HALF_WAY = 0.5  # a teacher's middle layers tell words by what they mean, its last one by what it was tuned to say
MOST_AUGMENTED = 100_000  # unless more are asked for: a teacher like DistilBERT answers some hundred a second


def prepare_student(
    recipe: Recipe, arguments: TrainingOptions, say: Say = print, saved_processor: Path | None = None
) -> Prepared:
    """Do everything that comes before the teacher is asked; `Prepared.complete` asks.

    Args:
        recipe: who learns what from whom.
        arguments: the seed of the student's first weights, and how it will be trained.
        say: prints a line for people.
        saved_processor: folder of the tokenizer of an interrupted run.

    Raises:
        InputError: the data, the teacher and the recipe do not fit together; nothing has been done.
    """
    assert isinstance(recipe, TextRecipe)
    assert isinstance(recipe, DistillationFields)
    task = task_of(recipe)
    check_student(task, recipe)
    splits = load_for_training(task, recipe)
    task.check_recipe(recipe, arguments, splits)
    check_losses(recipe, arguments, splits)
    keep_freed_memory()
    teachers = load_teachers(recipe, arguments, splits)
    cache = cache_folder(recipe)
    sources = transfer_sources(recipe, task, splits, teachers[0], cache)
    tokenizer = get_tokenizer(recipe, task, splits, teachers[0], sources, cache, saved_processor)
    notes = check_data(task, recipe, splits, tokenizer, say)
    validation, _ = task.encode(splits.validation, tokenizer, recipe, "validation", sort=True)

    set_seed(arguments.seed)
    model, _ = make_model(task, recipe, splits, tokenizer)
    start_embeddings(model, tokenizer, teachers[0], recipe.student_embeddings)
    if recipe.hidden_share:
        width = teachers[0].model.config.hidden_size
        model.add_module(PROJECTION, nn.Linear(model.config.hidden_size, width))
    suit_machine(model, task, recipe, arguments)
    say(f"transfer set: {', '.join(f'{source.rows:,} {source.name}' for source in sources)}")

    plain = task.collator(tokenizer, splits)
    collator = TransferCollator(plain, tokenizer.pad_token_id, splits.problem_type, splits.num_labels)
    prepared = Prepared(task, splits, tokenizer, validation, validation, collator, model, None, notes)
    prepared.loop = partial(TRAINERS[task.name], objective=objective_of(recipe))
    prepared.distillation = facts_of(recipe, splits, teachers, sources)
    prepared.complete = partial(ask, recipe, arguments, prepared, teachers, sources, cache, say)
    return prepared


def ask(
    recipe: Any,
    arguments: TrainingOptions,
    prepared: Prepared,
    teachers: list[Teacher],
    sources: list[Source],
    cache: Path,
    say: Say,
) -> None:
    """Ask the teachers about every text of the transfer set; what is in the cache is not asked again."""
    with arguments.main_process_first(local=False, desc="the teacher's pass"):
        answers = [ask_teacher(teacher, sources, cache, say) for teacher in teachers]
        tokens = encode_for_student(prepared.processor, recipe.max_length, recipe.task, sources, cache)
    teachers.clear()  # they have said all they know, and take memory
    labels = prepared.splits.train["tags" if recipe.task == "tagging" else "label"][:]
    prepared.train = TransferSet(sources, tokens, answers, labels)
    sources.clear()  # texts to draw from, and the embedding of the teacher that likens words


def check_student(task: Task, recipe: Recipe) -> None:
    """Refuse a student that is none of ours.

    Raises:
        InputError: it is not.
    """
    check_model_name(task, recipe.model)
    if not task.is_from_scratch(recipe.model):
        raise InputError(f"The student {recipe.model} must be one of {', '.join(task.architectures)}.")


def check_losses(recipe: Any, arguments: TrainingOptions, splits: Splits) -> None:
    """Refuse losses that would be dropped or be nothing.

    Raises:
        InputError: labels are to be smoothed, or distributions of single numbers compared.
    """
    if arguments.label_smoothing_factor:
        raise InputError(
            f"label_smoothing_factor={arguments.label_smoothing_factor:g} has no meaning beside a teacher, whose "
            "answers are soft; leave it out."
        )
    if splits.problem_type == "regression" and recipe.soft_loss == "kl":
        raise InputError("soft_loss=kl compares distributions, and these data hold one number a row; use mse.")


def load_teachers(recipe: Any, arguments: TrainingOptions, splits: Splits) -> list[Teacher]:
    """Load the teachers.

    Raises:
        InputError: one does not fit the data.
    """
    teachers = [
        load_teacher(
            name,
            recipe.task,
            splits.label_names,
            splits.problem_type,
            max_length=recipe.max_length,
            bf16=bool(arguments.bf16),
            hidden=recipe.hidden_share > 0,
            device=arguments.device.type,
        )
        for name in recipe.teacher
    ]
    sample = splits.train["tokens" if recipe.task == "tagging" else "text"][:TEXTS_LOOKED_AT]
    for teacher in teachers:
        check_teacher_reads(teacher, sample)
    return teachers


def transfer_sources(recipe: Any, task: Task, splits: Splits, teacher: Teacher, cache: Path) -> list[Source]:
    """The labelled rows, the unlabelled files, and texts made from the labelled ones."""
    texts = task.inputs(splits.train)
    split = word_splitter(texts) if task.name == "tagging" else None
    sources: list[Source] = [LabelledSource(texts)]
    sources += [FileSource(Path(path), split) for path in recipe.unlabelled or []]
    augmented = min(2 * len(texts), MOST_AUGMENTED) if recipe.augmented_rows is None else recipe.augmented_rows
    if augmented:
        names = ("mask", "replace", "similar", "ngram", "splice")
        shares = Augmentation(**{name: getattr(recipe, f"{name}_share") for name in names})
        similar = similar_words(teacher, texts, sources[1:], cache / "similar") if shares.similar else None
        mask, seed = teacher.tokenizer.mask_token, recipe.augmentation_seed
        sources.append(AugmentedSource(texts, augmented, shares, mask, seed, similar))
    return sources


def similar_words(teacher: Teacher, texts: Sequence[Text], files: Sequence[Source], folder: Path) -> SimilarWords:
    """What the teacher finds like the words of the texts, among its own tokens and the words of unlabelled files."""

    def unlabelled() -> Iterator[str]:
        for source in files:
            yield from (text if isinstance(text, str) else " ".join(text) for text in source.read())

    words = (word for text in texts for word in (text.split() if isinstance(text, str) else text))
    table = teacher.model.get_input_embeddings().weight
    if not files:
        return SimilarWords(teacher.tokenizer, table, words, teacher.key)
    key = digest(teacher.key, *(source.key for source in files))

    def describe(pieces: Sequence[Sequence[int]]) -> Tensor:
        return static_states(teacher, pieces, [HALF_WAY])[0]

    return SimilarWords(teacher.tokenizer, table, words, key, describe, unlabelled, folder)


def get_tokenizer(
    recipe: Any,
    task: Task,
    splits: Splits,
    teacher: Teacher,
    sources: Sequence[Source],
    cache: Path,
    saved: Path | None,
) -> PreTrainedTokenizerBase:
    """The tokenizer of an interrupted run, one trained on the data, or the teacher's, whole or pruned."""
    if saved is not None and has_begun(saved):
        return task.load_processor(saved)
    if recipe.student_tokenizer == "own":
        return task.make_processor(recipe, splits)
    whole = student_tokenizer(teacher.tokenizer, recipe.max_length)
    if recipe.student_tokenizer == "teacher":
        return whole
    stores = encode_for_student(whole, recipe.max_length, task.name, sources, cache)
    counts = np.zeros(len(whole), dtype=np.int64)
    for source, store in zip(sources, stores, strict=True):
        for shard, rows in enumerate(source.sizes):
            counts += np.bincount(store.read(shard, rows)["ids"], minlength=len(counts))
    return prune(teacher.tokenizer, counts, recipe.vocab_size, recipe.max_length)


def objective_of(recipe: Any) -> Objective:
    """What the student minimises."""
    kind = recipe.soft_loss
    if kind == "auto":
        kind = "kl" if recipe.task == "tagging" else "mse"
    return Objective(kind, recipe.temperature, recipe.hard_share, recipe.hidden_share)


def cache_folder(recipe: Any) -> Path:
    """Where answers are kept, for all runs."""
    return Path(recipe.teacher_cache or os.environ.get("HF_SEQ_CACHE", "~/.cache/hf_seq")).expanduser()


def facts_of(recipe: Any, splits: Splits, teachers: Sequence[Teacher], sources: Sequence[Source]) -> dict[str, Any]:
    """What a record tells of a distillation."""
    aim, named = objective_of(recipe), names_of(sources)
    return {
        "teachers": [{"name": each.name, "key": each.key, **score_of(each.folder, splits)} for each in teachers],
        "soft_loss": aim.soft_loss,
        "temperature": aim.temperature,
        "hard_share": aim.hard_share,
        "hidden_share": aim.hidden_share,
        "student_tokenizer": recipe.student_tokenizer,
        "student_embeddings": recipe.student_embeddings,
        "transfer_set": {name: source.rows for name, source in named.items()},
        "transfer_keys": {name: source.key for name, source in named.items()},
    }


def names_of(sources: Sequence[Source]) -> dict[str, Source]:
    """Sources by name; files that are named alike, such as `train.parquet`, by as much of their paths as tells them."""
    paths = [source.path.absolute() for source in sources if isinstance(source, FileSource)]
    return {
        tail_of(source.path.absolute(), paths) if isinstance(source, FileSource) else source.name: source
        for source in sources
    }


def tail_of(path: Path, paths: Sequence[Path]) -> str:
    """The least of the end of a path that no other one ends in."""

    def tail(some: Path, depth: int) -> Path:
        return Path(*some.parts[-depth:])

    depth = 1
    while any(tail(other, depth) == tail(path, depth) for other in paths if other != path):
        depth += 1
    return str(tail(path, depth))


def score_of(folder: Path, splits: Splits) -> dict[str, Any]:
    """The score of a teacher on these data, where its own record tells it."""
    if not (folder / RECORD_NAME).is_file():
        return {}
    record = Record.read(folder)
    if record.fingerprint != splits.fingerprint:
        return {}
    return {"label": record.name, "metric": record.metric, "score": record.score, "split": record.split}


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Distil what the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    words = student_flags(sys.argv[1:] if argv is None else argv)
    return distill(*parse_recipe(words, task=task_of_teacher(words), distilled=True))


def distill(recipe: Recipe, arguments: TrainingOptions, say: Say = say_plainly) -> Record | None:
    """Train, save and score a student, as `train` does a model that learns from labels alone."""
    return train(recipe, arguments, say, prepare_student)


def train_or_distill(recipe: Recipe, arguments: TrainingOptions, say: Say = say_plainly) -> Record | None:
    """Train what a recipe says, by a teacher where it names one."""
    run = distill if isinstance(recipe, DistillationFields) else train
    return run(recipe, arguments, say)


def student_flags(argv: Sequence[str]) -> list[str]:
    """`--student` and `--output` are how `hf-seq distill` says `--model` and `--output_dir`."""
    names = {"--student": "--model", "--output": "--output_dir"}
    spelled = []
    for word in argv:
        name, equals, value = word.partition("=")
        spelled.append(f"{names.get(name, name)}{equals}{value}")
    return spelled


def task_of_teacher(words: Sequence[str]) -> str | None:
    """The task that a teacher in a folder does, for a command line that does not name one."""
    place = words.index("--teacher") + 1 if "--teacher" in words else len(words)
    folder = Path(words[place]) if place < len(words) else None
    return task_of_saved(folder).name if folder is not None and folder.is_dir() else None
