# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs a model once with hooks on every module, and makes a `Trace` of what they saw.

B rows · T steps, padding included · S steps of a source before a decoder
"""

import html
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from hf_seq.tracing.answers import head_of, read_answer, written_steps
from hf_seq.tracing.capture import Recorder
from hf_seq.tracing.findings import find
from hf_seq.tracing.gates import read_gates
from hf_seq.tracing.inputs import TraceInput, prepare
from hf_seq.tracing.record import Gates, Step, TraceData
from hf_seq.tracing.shapes import Letters, find_letters
from hf_seq.tracing.stages import Masks, attention_weights, make_stages

if TYPE_CHECKING:
    from rich.console import Console

ERRORS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError)
"""What a model raises over its input; the trace shows how far it came."""


@dataclass
class Trace(TraceData):
    """What happened to an input, and the two ways to look at it."""

    def print(self, console: "Console | None" = None, *, depth: int | None = None) -> None:
        """Show it as tables on a terminal; `depth` hides modules that were called deeper than that."""
        from rich.console import Console

        from hf_seq.tracing.terminal import print_trace

        print_trace(self, console or Console(), depth)

    def write_html(self, path: str | Path) -> Path:
        """Write a self-contained page with heat maps, and give its path.

        Raises:
            InputError: there is no such folder.
        """
        from hf_seq.tracing.page import write_page

        return write_page(self, Path(path))

    def _repr_html_(self) -> str:
        from hf_seq.tracing.page import render_page

        page = html.escape(render_page(self), quote=True)
        return f'<iframe title="Trace" srcdoc="{page}" style="width: 100%; height: 40rem; border: 0"></iframe>'


@dataclass
class Pass:
    """What one forward pass took, gave and showed; `written` is what `generate` gave before it."""

    tensors: dict[str, Tensor]
    recorder: Recorder
    outputs: Any = None
    written: Any = None
    decoder_steps: list[list[Step]] = field(default_factory=list)
    failure: str | None = None


def trace(
    model: Any,
    processor: Any,
    inputs: Any,
    *,
    label: Any = None,
    truncation: bool = True,
    max_new_tokens: int = 20,
) -> Trace:
    """Run a model on an input and tell what happens to it, stage by stage.

    It is the model's own forward pass, in evaluation mode, watched by hooks; nothing is implemented twice. Afterwards
    the model is as it was.

    Args:
        model: any `PreTrainedModel`.
        processor: its tokenizer or feature extractor; None for arrays and ready tensors.
        inputs: a text, a list of texts, an array (T, F), a list of them, or the model's inputs by name, as tensors.
        label: gold label to compare with: a name or id, a list for several labels or for tags, a number for regression.
        truncation: cut texts at what the model can read; False shows what happens beyond.
        max_new_tokens: how much a language model or a decoder writes.

    Raises:
        InputError: the input or the label is not what this model takes.

    Example:
        >>> from hf_seq import RecurrentConfig, RecurrentForSequenceClassification
        >>> model = RecurrentForSequenceClassification(RecurrentConfig(vocab_size=9, hidden_size=4, embedding_size=3))
        >>> seen = trace(model, None, {"input_ids": [[5, 3, 8]]})
        >>> [stage.shape_out for stage in seen.stages if stage.name in ("model.layers.0", "pooling", "classifier")]
        ['(B, T, H)', '(B, H)', '(B, L)']
    """
    prepared = prepare(model, processor, inputs, truncation=truncation)
    tokenizer = processor if hasattr(processor, "convert_ids_to_tokens") else None
    notes = list(prepared.notes)
    with _watchable(model, notes):
        passed = _run(model, tokenizer, prepared, max_new_tokens)
    letters, masks = _letters(model, prepared, passed), Masks(prepared.mask, passed.decoder_steps)
    gates = list(read_gates(passed.recorder.calls, masks.of))
    notes += [each for each in gates if isinstance(each, str)]
    notes += _left_out(model, passed.recorder)
    seen = Trace(
        model=type(model).__name__ + (f" from {model.config._name_or_path}" if model.config._name_or_path else ""),
        raw=prepared.raw,
        inputs=passed.tensors,
        mask=prepared.mask,
        steps=prepared.steps,
        letters=letters,
        stages=make_stages(model, passed.recorder, letters, masks),
        gates=[each for each in gates if isinstance(each, Gates)],
        attention=attention_weights(passed.outputs, prepared.mask.shape[1]),
        outputs=passed.outputs,
        answer=read_answer(model, tokenizer, prepared, passed.outputs, passed.written),
        findings=[],
        notes=notes,
        failure=passed.failure,
        decoder_steps=passed.decoder_steps,
    )
    seen.findings = find(seen, model, tokenizer, prepared, passed.recorder, label)
    return seen


@contextmanager
def _watchable(model: Any, notes: list[str]) -> Iterator[None]:
    """Put the model into evaluation without gradients, with attention that gives its weights; restore it afterwards."""
    training = model.training
    attention = getattr(model.config, "_attn_implementation", None)
    switch = attention not in (None, "eager") and getattr(model, "_supports_sdpa", False)
    model.eval()
    try:
        if switch:
            model.set_attn_implementation("eager")
            notes.append(f"Attention ran as plain matrix products in place of {attention}, which gives no weights.")
        with torch.no_grad():
            yield
    finally:
        if switch:
            model.set_attn_implementation(attention)
        model.train(training)


def _run(model: Any, tokenizer: Any, prepared: TraceInput, max_new_tokens: int) -> Pass:
    """Let the model write, if it does, then run it once with hooks; a decoder reads what it wrote."""
    passed = Pass({name: value.to(model.device) for name, value in prepared.tensors.items()}, Recorder(model))
    head = head_of(model)
    if head in ("causal", "seq2seq") and max_new_tokens > 0:
        passed.written, passed.failure = _write(model, passed.tensors, max_new_tokens)
    if head == "seq2seq":
        passed.tensors, passed.decoder_steps = _with_decoder_inputs(model, tokenizer, passed.tensors, passed.written)
    parameters = inspect.signature(model.forward).parameters
    open_ended = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    wanted = {"output_attentions": True, "return_dict": True, "use_cache": False}
    extra = {
        name: value for name, value in wanted.items() if name in parameters or (open_ended and name != "use_cache")
    }
    with passed.recorder:
        try:
            passed.outputs = model(**passed.tensors, **extra)
        except ERRORS as error:
            passed.failure = _first_line(error)
    return passed


def _write(model: Any, tensors: dict[str, Tensor], count: int) -> tuple[Any, str | None]:
    """Return greedy `generate`; (its output or None, the error or None)."""
    try:
        written = model.generate(
            **tensors,
            max_new_tokens=count,
            do_sample=False,
            num_beams=1,
            return_dict_in_generate=True,
            output_scores=True,
        )
    except ERRORS as error:
        return None, _first_line(error)
    return written, None


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__


def _with_decoder_inputs(
    model: Any, tokenizer: Any, tensors: dict[str, Tensor], written: Any
) -> tuple[dict[str, Tensor], list[list[Step]]]:
    """Give the decoder what it wrote to read, so that one pass shows every step; without it, its first token."""
    if "decoder_input_ids" in tensors:
        ids = tensors["decoder_input_ids"]
    elif written is not None:
        ids = written.sequences[:, :-1]
    else:
        start = model.generation_config.decoder_start_token_id
        rows = next(iter(tensors.values())).shape[0]
        ids = torch.full((rows, 1), start if start is not None else model.config.decoder_start_token_id or 0)
    ids = ids.to(model.device)
    padding = getattr(model.config, "pad_token_id", None)
    mask = torch.ones_like(ids, dtype=torch.bool)
    if padding is not None:
        mask[:, 1:] = ids[:, 1:] != padding  # the first token may be the padding token, as in Marian
    return tensors | {"decoder_input_ids": ids}, written_steps(tokenizer, ids, mask)


def _letters(model: Any, prepared: TraceInput, passed: Pass) -> Letters:
    rows, steps = prepared.mask.shape
    letters = find_letters(model.config, rows, steps, len(passed.decoder_steps[0]) if passed.decoder_steps else None)
    if head_of(model) not in ("sequence", "token"):
        letters.pop("L", None)  # every configuration says num_labels
    if "F" in letters:
        letters.pop("V", None)
    return letters


def _left_out(model: Any, recorder: Recorder) -> Iterator[str]:
    """Yield what has no line in the trace, in a sentence each."""
    if recorder.left_out:
        yield f"{recorder.left_out} calls of modules that were called over and over are not shown."
    called = {call.module for call in recorder.calls}
    silent = [
        name
        for name, module in model.named_modules()
        if name and module not in called and next(module.parameters(recurse=False), None) is not None
    ]
    if silent and recorder.calls and not recorder.open:
        some = ", ".join(silent[:4]) + (f" and {len(silent) - 4} more" if len(silent) > 4 else "")
        yield f"Not called as modules in this pass, so without a line of their own: {some}."
