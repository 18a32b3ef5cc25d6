# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models from scratch that start from a pretrained transformer's token states (`--start_from MODEL`).

No labels, no teacher's answers: what the transformer makes of each token standing alone becomes the embedding of that
token (`token_states.py`), which takes seconds, and its tokenizer, cut to the tokens that train uses, is the model's.
Letters and digits stay, so that new words fall into pieces and are not unknown. The saved model needs nothing of the
transformer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.errors import InputError
from hf_seq.files.pretrained import find_pretrained
from hf_seq.predictors.loading import load_any
from hf_seq.tasks.architectures import ModelChoice, load_or_explain
from hf_seq.tasks.recipe import WordRecipe
from hf_seq.tasks.token_states import place_vectors, token_vectors
from hf_seq.text import encode_texts, encode_words
from hf_seq.text.borrowed_tokenizers import folds_case, letters_of, prune, student_tokenizer
from hf_seq.text.saved_tokenizers import check_saved_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

REMEDY = "use --start_tokenizer whole or own."

_last: dict[tuple[Any, ...], Tensor] = {}
"""The vectors that were computed last, by model and vocabulary."""


@dataclass
class Source:
    """What a model starts from, as `token_states.TokenModel` wants it."""

    model: Any
    tokenizer: Any
    bf16: bool = False


def check_start(recipe: WordRecipe, models: ModelChoice) -> None:
    """Look for the pretrained model before anything else is done.

    Raises:
        InputError: the model of the recipe is pretrained itself.
        PretrainedUnavailable: the one to start from cannot be had, and why.
    """
    if recipe.start_from is None:
        return
    if not models.is_from_scratch(recipe.model):
        raise InputError(
            f"start_from starts the embedding of a model trained from scratch, and {recipe.model} is none; leave it "
            f"out, or use one of {', '.join(models.architectures)}."
        )
    find_pretrained(recipe.start_from)


def borrowed_tokenizer(recipe: WordRecipe, texts: Sequence[str] | Sequence[Sequence[str]]) -> Any:
    """Take the tokenizer of the pretrained model that a recipe starts from; None where it has one of its own.

    Args:
        recipe: says which, and how much of it.
        texts: of train, strings or lists of words.

    Raises:
        InputError: it cannot be had as asked.
    """
    if recipe.start_from is None or recipe.start_tokenizer == "own":
        return None
    tokenizer = _tokenizer_of(recipe.start_from)
    if recipe.start_tokenizer == "auto" and not recipe.lowercase and folds_case(tokenizer):
        return None
    whole = student_tokenizer(tokenizer, recipe.max_length, REMEDY)
    if recipe.start_tokenizer == "whole":
        return whole
    counts = np.maximum(count_tokens(whole, texts, recipe.max_length), letters_of(whole))
    return prune(tokenizer, counts, recipe.vocab_size, recipe.max_length, REMEDY)


def count_tokens(
    tokenizer: "PreTrainedTokenizerFast", texts: Sequence[str] | Sequence[Sequence[str]], max_length: int
) -> np.ndarray:
    """Count how often each token occurs in texts or sentences, (V,)."""
    if texts and isinstance(texts[0], str):
        rows = encode_texts(texts, tokenizer, max_length).input_ids  # type: ignore[arg-type]
    else:
        rows = encode_words(texts, None, tokenizer, max_length).input_ids
    ids = np.fromiter((token for row in rows for token in row), np.int64)
    return np.bincount(ids, minlength=len(tokenizer))


def start_from_pretrained(model: "PreTrainedModel", recipe: WordRecipe, tokenizer: Any) -> list[str]:
    """Give the tokens of a new model the states of a pretrained one, where the recipe names one.

    Returns:
        What a record should tell.

    Raises:
        InputError: the pretrained model cannot be loaded, or has no layers of states.
    """
    if recipe.start_from is None:
        return []
    found = find_pretrained(recipe.start_from)
    place_vectors(model, _vectors(recipe.start_from, found.path, tokenizer))
    name = found.label.split(" (")[0]
    return [f"embedding: {len(tokenizer):,} tokens start from {name}'s states of single tokens; no label was read"]


def _vectors(name: str, folder: Path, tokenizer: Any) -> Tensor:
    """Compute what a pretrained model makes of each token, unless that was asked for last: other seeds ask alike."""
    written = max(each.stat().st_mtime_ns for each in folder.glob("*.safetensors"))
    key = folder.resolve(), written, tuple(sorted(tokenizer.get_vocab().items()))
    if key not in _last:
        with torch.random.fork_rng(devices=[]):  # weights that the folder lacks are drawn
            source = Source(*load_any(folder))
        if getattr(source.model.config, "is_encoder_decoder", False):
            raise InputError(
                f"start_from {name} writes a text for a text, so its states of a token hang on what it has "
                "written; name a model that reads only, such as distilbert."
            )
        _last.clear()
        _last[key] = token_vectors(source, tokenizer, "static")
    return _last[key]


def _tokenizer_of(name: str) -> Any:
    from transformers import AutoTokenizer

    tokenizer = load_or_explain(name, AutoTokenizer.from_pretrained, str(find_pretrained(name).path))
    check_saved_tokenizer(tokenizer, name)
    return tokenizer
