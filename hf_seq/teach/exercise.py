# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What an exercise is: a task, an answer, and cases of which each catches a mistake that people make."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """Arguments, and the words for what they try.

    Attributes:
        about: what is special about them, as it follows "for".
        arguments: what the function is called with.
    """

    about: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """A function to be written.

    Attributes:
        task: what it is to do, its arguments with shapes, and what it returns.
        answer: one that is right.
        cases: from the plain to the odd.
        hint: what to think of when a case fails.
    """

    task: str
    answer: Callable[..., Any]
    cases: tuple[Case, ...]
    hint: str
