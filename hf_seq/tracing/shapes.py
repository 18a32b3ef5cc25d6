# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shapes in letters: (1, 12, 128) reads (B, T, H).

Where two sizes are the same number, the letter is the likelier one for its place; the legend shows that they coincide.
"""

from collections.abc import Sequence
from typing import Any

Letters = dict[str, tuple[int, str]]
_FIELDS = (
    ("H", "hidden_size", "width of a state"),
    ("E", "embedding_size", "width of an embedding"),
    ("L", "num_labels", "labels"),
    ("F", "num_features", "numbers a step"),
    ("V", "vocab_size", "tokens of the vocabulary"),
    ("I", "intermediate_size", "width inside a feed-forward block"),
    ("N", "num_attention_heads", "heads"),
)
_WIDTHS = ("H", "E", "I", "F", "V", "L")


def find_letters(config: Any, rows: int, steps: int, written: int | None = None) -> Letters:
    """Name the sizes of a forward pass.

    Args:
        config: the model's.
        rows: B.
        steps: T, or S where a decoder writes.
        written: T of a decoder.
    """
    letters: Letters = {"B": (rows, "rows of the batch")}
    if written is None:
        letters["T"] = (steps, "steps, padding included")
    else:
        letters |= {"S": (steps, "steps of the source"), "T": (written, "steps of the decoder")}
    for letter, name, meaning in _FIELDS:
        size = getattr(config, name, None)
        if name == "intermediate_size" and size is None:
            size = getattr(config, "hidden_dim", None)  # DistilBERT's name for it
        if isinstance(size, int) and not isinstance(size, bool):
            letters[letter] = (size, meaning)
    if {"N", "H"} <= letters.keys() and letters["H"][0] % letters["N"][0] == 0:
        letters["D"] = (letters["H"][0] // letters["N"][0], "width of a head")
    return letters


def in_letters(shape: Sequence[int], letters: Letters, *, last: str = "", source: bool = False) -> str:
    """Write a shape.

    Args:
        shape: of a tensor.
        letters: of `find_letters`.
        last: what the last axis is likely to be: L behind a classifier, V behind a language model's head, H/2 behind
            one direction of two, T where the tensor holds ids.
        source: whether the tensor belongs to an encoder before a decoder, for whose steps S is tried first.
    """
    steps = [letter for letter in (("S", "T") if source else ("T", "S")) if letter in letters]
    named = [_axis(index, size, shape, letters, steps, last) for index, size in enumerate(shape)]
    return f"({', '.join(named)})"


def _axis(index: int, size: int, shape: Sequence[int], letters: Letters, steps: Sequence[str], last: str) -> str:
    def first(tried: Sequence[str]) -> str | None:
        return next((letter for letter in tried if letter in letters and letters[letter][0] == size), None)

    rows, count = letters["B"][0], len(shape)
    if index == 0 and size == rows:
        return "B"
    if index == 0 and size == rows * letters["T"][0]:
        return f"B·{steps[0]}" if rows > 1 else steps[0]
    if index == 0:  # things of another kind, such as the words of a batch
        return first(steps) or str(size)
    if count == 4:  # heads apart: (B, N, T, D), (B, T, N, D) or (B, N, T, S)
        tried = ([*steps, "D"] if shape[-1] == shape[-2] else ["D", *steps]) if index == 3 else ["N", *steps]
        if index == 2:
            tried = [*steps, "N"]
        return first(tried) or str(size)
    is_last = index == count - 1
    if is_last and last == "H/2" and "H" in letters and size * 2 == letters["H"][0]:
        return last
    along_steps = not is_last or count == 1 or last == "T"
    found = first([*steps, *_WIDTHS]) if along_steps else first([last, *_WIDTHS, *steps])
    return found or _multiple(size, letters)


def _multiple(size: int, letters: Letters) -> str:
    """Return `H/2`, `3H`: what directions and joint projections make of a width."""
    width = letters["H"][0] if "H" in letters else 0
    if width and size * 2 == width:
        return "H/2"
    return f"{size // width}H" if width and size % width == 0 and 2 <= size // width <= 4 else str(size)
