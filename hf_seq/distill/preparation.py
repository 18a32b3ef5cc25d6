# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a recipe with a teacher to what a training loop needs: what comes before the first step of a student.

The teacher is checked, the transfer set made, the student built, the teacher asked about every text once.
"""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase, set_seed

from hf_seq.data import EncodedDataset, Splits
from hf_seq.distill.answers import ask_teacher, encode_for_student
from hf_seq.distill.augmentation import Augmentation
from hf_seq.distill.losses import SoftLoss
from hf_seq.distill.shards import digest, digest_file
from hf_seq.distill.similar import SimilarWords
from hf_seq.distill.streamed import StreamedSource
from hf_seq.distill.teacher import Teacher, Text, check_teacher_reads, load_teacher, weights_key
from hf_seq.distill.tokenizers import get_tokenizer
from hf_seq.distill.trainer import (
    PROJECTION,
    DistilledClassifierTrainer,
    DistilledTaggerTrainer,
    Objective,
)
from hf_seq.distill.transfer import AugmentedSource, FileSource, LabelledSource, Source
from hf_seq.distill.transfer_set import TransferCollator, TransferSet
from hf_seq.errors import InputError
from hf_seq.loops.allocator import keep_freed_memory
from hf_seq.loops.options import TrainingOptions
from hf_seq.progress import logger
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Task
from hf_seq.tasks.distillation import DistilledRecipe, usual_augmented
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.token_states import start_embeddings, static_states
from hf_seq.text.two_texts import are_pairs
from hf_seq.text.words import word_splitter
from hf_seq.train.opening import check_data
from hf_seq.train.preparation import Prepared, check_model_name, choose_fastest_kernels, make_model, read_splits

D = TypeVar("D", bound=DistilledRecipe)
TEXTS_LOOKED_AT = 500
HALF_WAY = 0.5  # a teacher's middle layers tell words by what they mean, its last one by what it was tuned to say
TEACHERS = "the teacher"
"""Key of `.run.json`: whose weights a student learns from; with others it is not gone on with."""
UNLABELLED = "the unlabelled text"
"""Key of `.run.json`: what the files of unlabelled text held; with other text a student is not gone on with."""


def prepare_student(
    recipe: D, arguments: TrainingOptions, saved_processor: Path | None = None, splits: Splits | None = None
) -> Prepared[D]:
    """Do everything that comes before the teacher is run; `Prepared.finish_setup` runs it.

    Args:
        recipe: who learns what from whom.
        arguments: the seed of the student's first weights, and how it will be trained.
        saved_processor: folder of the tokenizer of an interrupted run.
        splits: what the recipe names, where it was read before; None reads it.

    Raises:
        InputError: the data, the teacher and the recipe do not fit together; nothing has been done.
    """
    task = task_of(recipe)
    per_word = answers_per_word(task)
    check_student(task.models, recipe)
    splits, stream = read_splits(task, recipe, splits)
    task.training.check(recipe, arguments, splits)
    check_losses(recipe, arguments, splits)
    keep_freed_memory()
    texts = task.data.inputs(splits.train)
    check_pairs(recipe, texts)
    teachers = load_teachers(recipe, arguments, splits, texts, per_word)
    cache = cache_folder(recipe)
    labelled = LabelledSource(texts) if stream is None else StreamedSource(stream, task)
    sources = [labelled, *other_sources(recipe, texts, per_word, teachers[0], cache)]
    tokenizer = get_tokenizer(recipe, task, splits, teachers[0], sources, cache, saved_processor)
    notes = check_data(task, recipe, splits, tokenizer)
    validation, _ = task.encoding.encode(splits.validation, tokenizer, recipe, "validation", sort=True)
    model = make_student(task, recipe, arguments, splits, tokenizer, teachers[0])
    if hasattr(model, "wide"):  # n-grams learn from the labels
        rows, _ = task.encoding.encode(splits.train, tokenizer, recipe, "train")
        notes += task.training.fit_parts(model, recipe, splits, rows, validation)
    logger.info(f"transfer set: {', '.join(f'{source.rows:,} {source.name}' for source in sources)}")

    plain = task.encoding.collator(tokenizer, splits)
    collator = TransferCollator(plain, tokenizer.pad_token_id, splits.problem_type, splits.num_labels)
    no_rows = EncodedDataset([], [])  # `ask` puts the transfer set in its place
    prepared = Prepared(recipe, task, splits, tokenizer, no_rows, validation, collator, model, None, notes)
    loop = DistilledTaggerTrainer if per_word else DistilledClassifierTrainer
    prepared.trainer_class = partial(loop, objective=objective_of(recipe, per_word))
    prepared.distillation = facts_of(recipe, per_word, splits, teachers, sources)
    prepared.run_facts = {TEACHERS: [weights_key(teacher.folder) for teacher in teachers], **unlabelled_facts(recipe)}
    prepared.finish_setup = partial(ask, arguments, prepared, teachers, sources, cache)
    return prepared


def make_student(
    task: Task[D],
    recipe: D,
    arguments: TrainingOptions,
    splits: Splits,
    tokenizer: PreTrainedTokenizerBase,
    teacher: Teacher,
) -> PreTrainedModel:
    """Build the student, its embedding started from the teacher's where the recipe says so."""
    set_seed(arguments.seed)
    model, _ = make_model(task, recipe, splits, tokenizer)
    start_embeddings(model, tokenizer, teacher, recipe.student_embeddings)
    if recipe.hidden_share:
        width = teacher.model.config.hidden_size
        model.add_module(PROJECTION, nn.Linear(model.config.hidden_size, width))
    choose_fastest_kernels(model, task.models, recipe, arguments)
    return model


def ask(
    arguments: TrainingOptions, prepared: Prepared[D], teachers: list[Teacher], sources: list[Source], cache: Path
) -> None:
    """Ask the teachers about every text of the transfer set; what is in the cache is not asked again.

    Teachers and sources are of no use afterwards and large, so both lists are emptied.
    """
    recipe, task = prepared.recipe, prepared.task
    with arguments.main_process_first(local=False, desc="the teacher's pass"):
        answers = [ask_teacher(teacher, sources, cache) for teacher in teachers]
        tokens = encode_for_student(prepared.processor, recipe.max_length, answers_per_word(task), sources, cache)
    teachers.clear()
    assert task.data.label_column is not None  # every task that is distilled has labels
    in_memory = isinstance(sources[0], LabelledSource)  # a stream's labels stay in their files
    labels = prepared.splits.train[task.data.label_column][:] if in_memory else []
    prepared.train = TransferSet(sources, tokens, answers, labels)
    sources.clear()


def answers_per_word(task: Task[D]) -> bool:
    """Say whether a teacher answers for each word of a text, not for each text.

    Raises:
        InputError: the task has no students.
    """
    if task.distillation is None:
        raise InputError(f"--teacher does not go with --task {task.name}; leave it out.")
    return task.distillation.per_word


def check_student(models: ModelChoice, recipe: DistilledRecipe) -> None:
    """Refuse a student that is none of ours.

    Raises:
        InputError: it is not.
    """
    check_model_name(models, recipe.model)
    if not models.is_from_scratch(recipe.model):
        raise InputError(f"The student {recipe.model} must be one of {', '.join(models.architectures)}.")


def check_pairs(recipe: DistilledRecipe, texts: Sequence[Any]) -> None:
    """Refuse what makes single texts, where a row is two.

    Raises:
        InputError: unlabelled files or augmentation are asked for.
    """
    flag = "--unlabelled" if recipe.unlabelled else "--augmented_rows" if recipe.augmented_rows else None
    if are_pairs(texts) and flag:
        raise InputError(
            f"{flag} gives single texts, and these data have two a row; leave it out, and the student learns from the "
            "teacher's answers to the labelled pairs."
        )


def check_losses(recipe: DistilledRecipe, arguments: TrainingOptions, splits: Splits) -> None:
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


def load_teachers(
    recipe: DistilledRecipe, arguments: TrainingOptions, splits: Splits, texts: Sequence[Text], per_word: bool
) -> list[Teacher]:
    """Load the teachers, who are to read these texts.

    Raises:
        InputError: one does not fit the data.
    """
    teachers = [
        load_teacher(
            name,
            per_word,
            splits.label_names,
            splits.problem_type,
            max_length=recipe.max_length,
            bf16=bool(arguments.bf16),
            hidden=recipe.hidden_share > 0,
            device=arguments.device.type,
        )
        for name in recipe.teacher or []
    ]
    for teacher in teachers:
        check_teacher_reads(teacher, texts[:TEXTS_LOOKED_AT])
    return teachers


def other_sources(
    recipe: DistilledRecipe, texts: Sequence[Any], per_word: bool, teacher: Teacher, cache: Path
) -> list[Source]:
    """List the unlabelled files, and texts made from the labelled ones."""
    split = word_splitter(texts) if per_word else None
    sources: list[Source] = [FileSource(Path(path), split) for path in recipe.unlabelled or []]
    usual = 0 if are_pairs(texts) else usual_augmented(len(texts))
    augmented = usual if recipe.augmented_rows is None else recipe.augmented_rows
    if augmented:
        names = ("mask", "replace", "similar", "ngram", "splice")
        shares = Augmentation(**{name: getattr(recipe, f"{name}_share") for name in names})
        similar = similar_words(teacher, texts, sources[:], cache / "similar") if shares.similar else None
        mask, seed = teacher.tokenizer.mask_token, recipe.augmentation_seed
        sources.append(AugmentedSource(texts, augmented, shares, mask, seed, similar))
    return sources


def similar_words(teacher: Teacher, texts: Sequence[Text], files: Sequence[Source], folder: Path) -> SimilarWords:
    """Find words that the teacher embeds like those of the texts, among its tokens and unlabelled files."""

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


def unlabelled_facts(recipe: DistilledRecipe) -> dict[str, list[str]]:
    """Tell what the files of unlabelled text hold, as `.run.json` keeps it; empty where there are none."""
    return {UNLABELLED: [digest_file(path)[:16] for path in recipe.unlabelled]} if recipe.unlabelled else {}


def objective_of(recipe: DistilledRecipe, per_word: bool) -> Objective:
    """Make what the student minimises: by default logits are matched for texts, distributions for words."""
    usual: SoftLoss = "kl" if per_word else "mse"
    kind = usual if recipe.soft_loss == "auto" else recipe.soft_loss
    return Objective(kind, recipe.temperature, recipe.hard_share, recipe.hidden_share)


def cache_folder(recipe: DistilledRecipe) -> Path:
    """Return the folder of cached predictions, for all runs.

    Raises:
        InputError: it cannot be written to.
    """
    folder = Path(recipe.teacher_cache or os.environ.get("HF_SEQ_CACHE", "~/.cache/hf_seq")).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise InputError(
            f"{folder}, where the teacher's answers are kept, cannot be written to ({error.strerror}); name another "
            "folder with --teacher_cache."
        ) from error


def facts_of(
    recipe: DistilledRecipe,
    per_word: bool,
    splits: Splits,
    teachers: Sequence[Teacher],
    sources: Sequence[Source],
) -> dict[str, Any]:
    """Return what a record tells of a distillation."""
    aim, named = objective_of(recipe, per_word), names_of(sources)
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
    """Name the sources; files with the same name, such as `train.parquet`, by as much of their paths as differs."""
    paths = [source.path.absolute() for source in sources if isinstance(source, FileSource)]
    return {
        shortest_unique_tail(source.path.absolute(), paths) if isinstance(source, FileSource) else source.name: source
        for source in sources
    }


def shortest_unique_tail(path: Path, paths: Sequence[Path]) -> str:
    """Find the shortest end of a path that no other path ends in."""

    def tail(some: Path, depth: int) -> Path:
        return Path(*some.parts[-depth:])

    depth = 1
    while any(tail(other, depth) == tail(path, depth) for other in paths if other != path):
        depth += 1
    return str(tail(path, depth))


def score_of(folder: Path, splits: Splits) -> dict[str, Any]:
    """Return the score of a teacher on these data, where its own record tells it."""
    if not (folder / RECORD_NAME).is_file():
        return {}
    record = Record.read(folder)
    if record.fingerprint != splits.fingerprint:
        return {}
    return {"label": record.name, "metric": record.metric, "score": record.score, "split": record.split}
