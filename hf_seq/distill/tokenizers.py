# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which tokens a student reads: those of an interrupted run, of its own, or its teacher's, whole or the commonest.

A teacher knows words that the labelled texts lack, and a student learns of them from texts that are made with them: on
450 labelled sentences of SST-2 a student with a vocabulary of their words stood at 63, with its teacher's at 79.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from hf_seq.data import Splits
from hf_seq.distill.answers import encode_for_student
from hf_seq.distill.teacher import Teacher
from hf_seq.distill.transfer import Source
from hf_seq.progress import logger
from hf_seq.tasks.base import Task
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.text.borrowed_tokenizers import can_be_cut, fewest_tokens, letters_of, prune, student_tokenizer
from hf_seq.text.two_texts import parting
from hf_seq.train.run_folder import has_begun

Choice = Literal["own", "teacher", "pruned", "commonest"]


def get_tokenizer(
    recipe: DistilledRecipe,
    task: Task[Any],
    splits: Splits,
    teacher: Teacher,
    sources: Sequence[Source],
    cache: Path,
    saved: Path | None,
) -> PreTrainedTokenizerBase:
    """Get the tokenizer of an interrupted run, one trained on the data, or the teacher's, whole or cut.

    Raises:
        InputError: the teacher's cannot be had as asked.
    """
    if saved is not None and has_begun(saved):
        return task.encoding.load_processor(saved)
    choice = choose(recipe, teacher.tokenizer)
    pairs = "text_pair" in splits.train.column_names
    if choice != "own":
        whole = parting(student_tokenizer(teacher.tokenizer, recipe.max_length), pairs)
        if choice == "teacher":
            _tell(recipe, len(whole), len(whole))
            return whole
        counts = count_tokens(whole, recipe, task, sources, cache) + (choice == "commonest") * usual_tokens(whole)
        if choice == "pruned" or fewest_tokens(teacher.tokenizer, counts) < recipe.vocab_size:
            cut = parting(prune(teacher.tokenizer, counts, recipe.vocab_size, recipe.max_length), pairs)
            _tell(recipe, len(cut), len(whole))
            return cut
    given = task.encoding.given_processor(recipe, splits)
    return task.encoding.make_processor(recipe, splits) if given is None else given


def _tell(recipe: DistilledRecipe, kept: int, of: int) -> None:
    if recipe.student_tokenizer == "auto":
        which = f"its teacher's {of:,} tokens ("
        if kept < of:
            which = f"the {kept:,} commonest tokens of its teacher's {of:,} (--vocab_size says how many, "
        logger.info(f"  the student reads {which}--student_tokenizer own trains a tokenizer on the data)")


def choose(recipe: DistilledRecipe, tokenizer: PreTrainedTokenizerBase) -> Choice:
    """Choose where nobody did: the teacher's commonest tokens, unless a tokenizer was asked for.

    Tokens that cannot be cut are read whole where they are few enough, else left to the teacher.

    A teacher that folds capitals answers alike with and without them, so its student needs none.
    """
    if recipe.student_tokenizer != "auto":
        return recipe.student_tokenizer
    if recipe.tokenizer is not None or recipe.tokenizer_kind != "auto":
        return "own"
    if can_be_cut(tokenizer):
        return "commonest"
    is_small = hasattr(tokenizer, "backend_tokenizer") and len(tokenizer) <= recipe.vocab_size
    return "teacher" if is_small else "own"


def count_tokens(
    tokenizer: PreTrainedTokenizerBase,
    recipe: DistilledRecipe,
    task: Task[Any],
    sources: Sequence[Source],
    cache: Path,
) -> NDArray[np.int64]:
    """Count how often each token occurs in the texts that a student learns from, (V,)."""
    assert task.distillation is not None  # `answers_per_word` has looked
    stores = encode_for_student(tokenizer, recipe.max_length, task.distillation.per_word, sources, cache)
    counts = np.zeros(len(tokenizer), dtype=np.int64)
    for source, store in zip(sources, stores, strict=True):
        for shard, rows in enumerate(source.sizes):
            counts += np.bincount(store.read(shard, rows)["ids"], minlength=len(counts))
    return counts


def usual_tokens(tokenizer: PreTrainedTokenizerBase) -> NDArray[np.int64]:
    """Mark the tokens worth keeping unseen: letters, digits, and pieces of more than one character, (V,) 0 or 1.

    Vocabularies are made with their commoner tokens first, so `prune` keeps these where it has to choose.
    """
    marks = letters_of(tokenizer)
    for token, index in tokenizer.get_vocab().items():
        if len(token.removeprefix("##").removeprefix("\u2581")) > 1 and not token.startswith("[unused"):
            marks[index] = 1
    return marks
