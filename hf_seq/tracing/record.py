# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a trace holds: the input step by step, the stages of the forward pass, the answer, and what looks wrong.

B rows · T steps, padding included · H width of a state · N heads
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor

StepKind = Literal["known", "unknown", "special", "padding"]


@dataclass(frozen=True)
class Step:
    """One step of a row as the model reads it.

    Attributes:
        text: the token; `t0`, `t1`, ... in a numeric sequence.
        id: the token's id; None in a numeric sequence.
        kind: `unknown` is a token that the tokenizer does not know, or a step with a missing number; `special` a token
            that the tokenizer added; `padding` what the mask hides.
        source: the piece of the raw text that the token stands for, where the tokenizer tells.
    """

    text: str
    id: int | None
    kind: StepKind
    source: str | None = None


@dataclass(frozen=True)
class Stage:
    """One call of one module in the real forward pass.

    Attributes:
        name: as in `model.named_modules()`; the class of the model for the model itself.
        kind: class of the module.
        description: what it does, in words.
        depth: how many modules it was called within.
        call: 1 for the first call of this module in the pass, 2 for the second, ...
        shape_in: of the first tensor that went in, in letters; None where none did.
        shape_out: of the first tensor that came out, in letters; None where none did.
        values: its first numbers, at the first real step of the first row.
        norm: mean length (L2) of its vectors along the last axis, at real steps only; None for ids.
        padding: share of its steps that are padding; None where it has no axis of steps.
        finite: whether it holds neither NaN nor infinity.
        passes_on: a dropout or an identity, which in evaluation changes nothing.
        output: the tensor itself, detached.
    """

    name: str
    kind: str
    description: str
    depth: int
    call: int
    shape_in: str | None
    shape_out: str | None
    values: tuple[float, ...]
    norm: float | None
    padding: float | None
    finite: bool
    passes_on: bool
    output: Tensor | None = field(repr=False)


@dataclass(frozen=True)
class Gates:
    """The gates of a recurrent cell over time.

    No hook can see them inside torch's fused kernels. They are computed from the cell's own weights and from the input
    that the hook caught, and kept only where the states that follow from them are those that the cell gave.

    Attributes:
        stage: name of the cell's module.
        title: the stage, with the layer and direction where the module has several.
        values: by name of the gate, (B, T, H), in the order in which the cell read the steps.
        mask: (B, T) bool, True on the steps that are not padding, in that order; None where that is not known.
        backwards: whether the cell read the last step first.
        error: largest difference between the states that follow from the gates and those of the cell.
    """

    stage: str
    title: str
    values: dict[str, Tensor] = field(repr=False)
    mask: Tensor | None = field(repr=False)
    backwards: bool
    error: float


@dataclass(frozen=True)
class Finding:
    """Something suspicious: its kind in a word, a message in a sentence, and advice on what to do about it."""

    kind: str
    message: str
    advice: str


@dataclass(frozen=True)
class Table:
    """A part of the answer: heading, column names, rows of text, and a sentence on how to read it."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


@dataclass
class TraceData:
    """What happened to an input; `hf_seq.tracing.Trace` is the same with methods that print it and write its page.

    Attributes:
        model: class of the model, and where it came from.
        raw: the rows as they were given, in short.
        inputs: the tensors that went into the model.
        mask: (B, T) bool, True on real steps.
        steps: for every row its T steps.
        letters: letter to (size, meaning) for the shapes.
        stages: the calls of modules in the order in which they began.
        gates: of the recurrent cells among them.
        attention: title to weights, (B, T) of a pooling or (B, N, T, S) of a layer.
        outputs: what the model returned; None if it stopped with an error.
        answer: what the outputs mean.
        findings: what looks wrong.
        notes: how the trace was made.
        failure: the error that stopped the model, if one did.
        decoder_steps: for every row the tokens that a decoder wrote and read back; empty for other models.
    """

    model: str
    raw: list[str]
    inputs: dict[str, Tensor] = field(repr=False)
    mask: Tensor = field(repr=False)
    steps: list[list[Step]] = field(repr=False)
    letters: dict[str, tuple[int, str]]
    stages: list[Stage] = field(repr=False)
    gates: list[Gates] = field(repr=False)
    attention: dict[str, Tensor] = field(repr=False)
    outputs: Any = field(repr=False)
    answer: list[Table] = field(repr=False)
    findings: list[Finding]
    notes: list[str]
    failure: str | None = None
    decoder_steps: list[list[Step]] = field(default_factory=list, repr=False)
