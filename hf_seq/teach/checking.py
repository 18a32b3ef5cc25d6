# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs a learner's function on the cases of an exercise and says in words what is wrong with it."""

import copy
import difflib
import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from hf_seq.errors import InputError
from hf_seq.teach.attention import ATTENTION
from hf_seq.teach.cells import CELLS
from hf_seq.teach.decoding import DECODING
from hf_seq.teach.exercise import Case, Exercise
from hf_seq.teach.padding import PADDING
from hf_seq.teach.scores import SCORES
from hf_seq.teach.tags import TAGS
from hf_seq.teach.text import TEXT

EXERCISES: dict[str, Exercise] = {**TEXT, **CELLS, **PADDING, **ATTENTION, **DECODING, **TAGS, **SCORES}
LONG = 160
"""Characters of a value that are shown."""


@dataclass(frozen=True)
class Feedback:
    """What a check found; true where the function is right.

    Attributes:
        passed: whether it is.
        message: in words: how many cases, or the first that fails, what was expected, what came, and a hint.
    """

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        mark = "✓" if self.passed else "✗"
        return f"<p><strong>{mark}</strong> <span style='white-space: pre-wrap'>{html.escape(self.message)}</span></p>"


def exercises() -> dict[str, str]:
    """Name every exercise with its task.

    Example:
        >>> from hf_seq import teach
        >>> len(teach.exercises()) >= 30
        True
    """
    return {name: each.task for name, each in EXERCISES.items()}


def check(name: str, function: Callable[..., Any]) -> Feedback:
    """Check a function against an exercise.

    Args:
        name: of the exercise, as `exercises()` lists them.
        function: yours.

    Raises:
        InputError: there is no such exercise, or what was given is no function.

    Example:
        >>> from hf_seq import teach
        >>> teach.check("words", str.split)
        words: for a capital letter it gives ['Not', 'BAD'], expected ['not', 'bad'].
        Hint: str.lower() and str.split() without an argument.
    """
    if name not in EXERCISES:
        near = difflib.get_close_matches(name, EXERCISES, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else "."
        raise InputError(f"There is no exercise {name!r}{meant} There are {', '.join(EXERCISES)}.")
    if not callable(function):
        raise InputError(f"check takes the function itself, got {type(function).__name__}; leave the brackets out.")
    exercise = EXERCISES[name]
    for case in exercise.cases:
        wrong = try_case(exercise, case, function)
        if wrong is not None:
            return Feedback(False, f"{name}: for {case.about} {wrong}.\nHint: {exercise.hint}")
    return Feedback(True, f"{name}: right, in all {len(exercise.cases)} cases.")


def try_case(exercise: Exercise, case: Case, function: Callable[..., Any]) -> str | None:
    """Call a function on a case and say what is wrong; None where nothing is."""
    expected = exercise.answer(*copy.deepcopy(case.arguments))
    given = copy.deepcopy(case.arguments)
    try:
        found = function(*given)
    except Exception as error:  # a learner's function may raise anything, and that is the finding
        return f"it raises {type(error).__name__}: {error}"
    if not same(list(given), list(case.arguments)):
        return "it changes what it was given; work on a copy"
    if found is None:
        return "it returns nothing; is there a return?"
    return None if same(found, expected) else f"it gives {shown(found)}, expected {shown(expected)}"


def same(found: Any, expected: Any) -> bool:
    """Compare two values: numbers to five digits, tensors with their shapes, all else as it is."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(found, torch.Tensor) or found.shape != expected.shape:
            return False
        return torch.allclose(found.detach().double(), expected.double(), atol=1e-5, equal_nan=True)
    if isinstance(expected, bool | str) or expected is None:
        return type(found) is type(expected) and found == expected
    if isinstance(expected, int | float):
        value = found.item() if isinstance(found, torch.Tensor) and found.numel() == 1 else found
        return isinstance(value, int | float) and math.isclose(value, expected, rel_tol=1e-5, abs_tol=1e-6)
    if isinstance(expected, list | tuple):
        alike = isinstance(found, list | tuple) and len(found) == len(expected)
        return alike and all(same(one, other) for one, other in zip(found, expected, strict=True))
    if isinstance(expected, dict):
        return isinstance(found, dict) and found == expected
    return bool(found == expected)


def shown(value: Any) -> str:
    """Write a value in short, of a tensor its shape, too."""
    if isinstance(value, torch.Tensor):
        rounded = [round(number, 4) for number in value.detach().double().flatten().tolist()]
        text = f"{rounded} of shape {tuple(value.shape)}"
    else:
        text = repr(value)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
