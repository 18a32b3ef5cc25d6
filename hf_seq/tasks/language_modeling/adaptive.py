# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--adaptive_softmax`: where the clusters of rare words begin, and whether the ids stand in the order that they need.

V entries of the vocabulary
"""

from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe
from hf_seq.text.tokenizers import NUM_SPECIAL

PAYS_FROM = 5_000
"""Words from which `auto` takes clusters: a training is twice as fast there, three times at 10,000, five at 30,000."""
NOT_TAKEN = (
    f"adaptive softmax: none (auto takes it from {PAYS_FROM:,} words of --tokenizer_kind word, without "
    "--tie_word_embeddings; --adaptive_softmax 2000,10000 or the like asks for it)"
)
IN_ORDER = 0.9
"""Share of what the most frequent tokens are of a text that the first ids must be."""


def cutoffs_of(recipe: LanguageModelingRecipe, processor: Any) -> list[int] | None:
    """Return the ids at which clusters begin; None for a score for every token.

    Raises:
        InputError: the tokenizer has fewer entries than that.
    """
    given, size = recipe.softmax_cutoffs, len(processor)
    if recipe.adaptive_softmax == "auto":
        sorted_words = recipe.tokenizer_kind == "word" and recipe.tokenizer is None
        pays = sorted_words and size >= PAYS_FROM and not recipe.tie_word_embeddings
        return [size // 15, size // 3] if pays else None
    if given and given[-1] >= size:
        raise InputError(
            f"adaptive_softmax={recipe.adaptive_softmax}: the tokenizer has {size:,} entries, so no cluster can begin "
            f"at {given[-1]:,}; use smaller numbers, or a larger --vocab_size."
        )
    return given


def note_of(cutoffs: list[int], ids: np.ndarray, size: int) -> str:
    """Say how a vocabulary is parted.

    Args:
        cutoffs: ids at which clusters begin.
        ids: of the train tokens.
        size: V.

    Raises:
        InputError: the first ids are not the most frequent ones.
    """
    counts, words = np.bincount(ids, minlength=size), max(0, cutoffs[0] - NUM_SPECIAL)
    first, most = counts[: cutoffs[0]].sum(), np.sort(counts)[::-1][:words].sum()
    if first < IN_ORDER * most:
        raise InputError(
            f"adaptive_softmax: the first {cutoffs[0]:,} ids of the tokenizer are {first / len(ids):.0%} of the train "
            f"tokens, and the {words:,} most frequent {most / len(ids):.0%}: its ids are not in the order of "
            "frequency that clusters need; use --tokenizer_kind word, or --adaptive_softmax off."
        )
    sizes = ", ".join(f"{end - start:,}" for start, end in zip(cutoffs, [*cutoffs[1:], size], strict=True))
    return (
        f"adaptive softmax: {cutoffs[0]:,} frequent tokens, {first / len(ids):.0%} of the train text, and clusters of "
        f"{sizes} rare ones; the head is not the embedding (--adaptive_softmax off scores every token alike)"
    )
