# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A pretrained model's tokenizer for a small one, such as a teacher's for its student, whole or cut to common tokens.

It puts no special tokens around a text: for a small model they are two steps without a word.

A word whose token is left out falls into smaller pieces that are kept: single characters are, so nothing that the
whole tokenizer knew becomes unknown.
"""

import copy
import json
import string
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from hf_seq.errors import InputError

ROLES = ("pad", "unk", "bos", "eos", "cls", "sep", "mask")
PRUNED_KINDS = ("WordPiece", "Unigram", "WordLevel")
CASED = "The Quick"
"""A text by which a tokenizer shows whether it tells capitals from small letters."""


STUDENTS_CHOICE = "use --student_tokenizer {others}."
"""What to do where a teacher's tokenizer cannot be had as it was asked for."""


def student_tokenizer(
    tokenizer: PreTrainedTokenizerBase, max_length: int, remedy: str = STUDENTS_CHOICE
) -> PreTrainedTokenizerFast:
    """Copy a teacher's tokenizer without special tokens around a text: they are two steps without a word.

    Args:
        tokenizer: a fast one.
        max_length: that the new one cuts to when asked to.
        remedy: what an error says to do, with `{others}` for the other choices.

    Raises:
        InputError: it is written in Python.
    """
    return _wrapped(_state(tokenizer, remedy), tokenizer, max_length)


def prune(
    tokenizer: PreTrainedTokenizerBase,
    counts: NDArray[np.int64],
    vocab_size: int,
    max_length: int,
    remedy: str = STUDENTS_CHOICE,
) -> PreTrainedTokenizerFast:
    """Cut a teacher's tokenizer to its commonest tokens, special ones and single characters, with new ids.

    Args:
        tokenizer: a fast one, WordPiece, Unigram or whole words.
        counts: (V,) how often each token occurs in text like what the student will read.
        vocab_size: tokens to keep; tokens that do not occur are left out even where there is room.
        max_length: that the new one cuts to when asked to.
        remedy: what an error says to do, with `{others}` for the other choices.

    Raises:
        InputError: another kind of tokenizer, or no room for its characters.
    """
    state = _state(tokenizer, remedy)
    kind = state["model"]["type"]
    if kind not in PRUNED_KINDS:
        raise InputError(
            f"The pretrained tokenizer is of the kind {kind}, whose tokens build on each other and cannot be left out "
            f"one by one; {remedy.format(others='teacher or own')}"
        )
    forced = _kept_always(state, tokenizer, counts)
    if vocab_size < len(forced):
        raise InputError(
            f"vocab_size={vocab_size} leaves no room for the {len(forced)} special tokens and characters of the "
            "pretrained tokenizer; use more."
        )
    common = [int(index) for index in np.argsort(-counts, kind="stable") if counts[index] and int(index) not in forced]
    kept = sorted(forced | set(common[: vocab_size - len(forced)]))
    return _wrapped(_renumbered(state, kept), tokenizer, max_length)


def can_be_cut(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Say whether single tokens of a tokenizer can be left out."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return backend is not None and type(backend.model).__name__ in PRUNED_KINDS


def fewest_tokens(tokenizer: PreTrainedTokenizerBase, counts: NDArray[np.int64]) -> int:
    """Count the tokens that `prune` cannot leave out of a tokenizer that can be cut."""
    return len(_kept_always(_state(tokenizer, ""), tokenizer, counts))


def _kept_always(state: dict[str, Any], tokenizer: PreTrainedTokenizerBase, counts: NDArray[np.int64]) -> set[int]:
    """List the ids of special tokens and of single characters that occur."""
    mark = state["model"].get("continuing_subword_prefix") or ""
    characters = (index for index, token in enumerate(_tokens(state)) if len(token.removeprefix(mark)) == 1)
    return {index for index in characters if counts[index]} | set(tokenizer.all_special_ids)


def folds_case(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Say whether a tokenizer reads capitals as small letters."""
    return tokenizer(CASED)["input_ids"] == tokenizer(CASED.lower())["input_ids"]


def letters_of(tokenizer: PreTrainedTokenizerBase) -> NDArray[np.int64]:
    """Mark the pieces that are one letter or digit, with or without the mark of a piece that goes on: (V,) 0 or 1."""
    marks = np.zeros(len(tokenizer), dtype=np.int64)
    known = tokenizer.get_vocab()
    for letter in string.ascii_letters + string.digits:
        for piece in (letter, f"##{letter}", f"\u2581{letter}"):
            if piece in known:
                marks[known[piece]] = 1
    return marks


def _state(tokenizer: PreTrainedTokenizerBase, remedy: str) -> dict[str, Any]:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        name = type(tokenizer).__name__
        raise InputError(f"The pretrained {name} is not a fast tokenizer; {remedy.format(others='own')}")
    state = json.loads(backend.to_str())
    return state | {"post_processor": None, "truncation": None, "padding": None}


def _tokens(state: dict[str, Any]) -> list[str]:
    """List tokens in the order of their ids."""
    vocabulary = state["model"]["vocab"]
    if isinstance(vocabulary, dict):
        return [token for token, _ in sorted(vocabulary.items(), key=lambda item: item[1])]
    return [token for token, _ in vocabulary]


def _renumbered(state: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """Rewrite the state for the tokens `kept`, in their order."""
    state = copy.deepcopy(state)
    model, tokens = state["model"], _tokens(state)
    names = {token: index for index, token in enumerate(tokens[old] for old in kept if old < len(tokens))}
    if isinstance(model["vocab"], dict):
        model["vocab"] = names
    else:
        model["vocab"] = [model["vocab"][old] for old in kept if old < len(tokens)]
        if model.get("unk_id") is not None:
            model["unk_id"] = names[tokens[model["unk_id"]]]
    added = []
    for each in state["added_tokens"]:
        number = names.setdefault(each["content"], len(names))
        added.append(each | {"id": number})
    return state | {"added_tokens": sorted(added, key=lambda each: each["id"])}


def _wrapped(state: dict[str, Any], tokenizer: PreTrainedTokenizerBase, max_length: int) -> PreTrainedTokenizerFast:
    special = {f"{role}_token": getattr(tokenizer, f"{role}_token", None) for role in ROLES}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(state)),
        model_max_length=max_length,
        **{name: token for name, token in special.items() if token is not None},
    )
