# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs a model once with hooks on every module, and makes a `Trace` of what they saw.

B rows · T steps, padding included · S steps of a source before a decoder
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from .answers import head_of, read_answer, written_steps
from .capture import CELLS, Call, Recorder, is_finite, mask_of
from .findings import find
from .gates import read_gates
from .inputs import prepare
from .letters import Letters, find_letters, in_letters
from .record import Gates, Stage, Step, Trace
from .words import PASSES_ON, describe

SHOWN_VALUES = 4


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
        tensors = {name: value.to(model.device) for name, value in prepared.tensors.items()}
        written, failure = None, None
        decoder_steps: list[list[Step]] = []
        head = head_of(model)
        if head in ("causal", "seq2seq") and max_new_tokens > 0:
            written, failure = _write(model, tensors, max_new_tokens)
        if head == "seq2seq":
            tensors, decoder_steps = _with_decoder_inputs(model, tokenizer, tensors, written)
        outputs, recorder, stopped = _run(model, tensors)
        failure = stopped or failure
    rows, steps = prepared.mask.shape
    letters = find_letters(model.config, rows, steps, len(decoder_steps[0]) if decoder_steps else None)
    if head not in ("sequence", "token"):
        letters.pop("L", None)  # every configuration says num_labels
    if "F" in letters:
        letters.pop("V", None)
    masks = _Masks(prepared.mask, decoder_steps)
    seen = Trace(
        model=type(model).__name__ + (f" from {model.config._name_or_path}" if model.config._name_or_path else ""),
        raw=prepared.raw,
        inputs=tensors,
        mask=prepared.mask,
        steps=prepared.steps,
        letters=letters,
        stages=_stages(model, recorder, letters, masks),
        gates=[],
        attention=_attention(outputs),
        outputs=outputs,
        answer=[] if outputs is None else read_answer(model, tokenizer, prepared, outputs, written),
        findings=[],
        notes=notes,
        failure=failure,
        decoder_steps=decoder_steps,
    )
    for each in read_gates(recorder.calls, masks.of):
        if isinstance(each, Gates):
            seen.gates.append(each)
        else:
            notes.append(each)
    _note_what_was_left_out(model, recorder, notes)
    seen.findings = find(seen, model, tokenizer, prepared, recorder, label)
    return seen


class _Masks:
    """Which steps are real, on the side that a module reads."""

    def __init__(self, mask: Tensor, decoder_steps: list[list[Step]]) -> None:
        self.main = mask
        written = [[step.kind != "padding" for step in row] for row in decoder_steps]
        self.decoder = torch.tensor(written) if written else None

    def of(self, call: Call, tensor: Tensor) -> Tensor | None:
        """The mask of a tensor, (B, T, ...) or ids (B, T); None where it has no axis of steps."""
        if tensor.dim() < 2 or (tensor.dim() == 2 and tensor.is_floating_point()):
            return None  # (B, H), even where H is the same number as T
        ours = [self.main] if self.decoder is None or "encoder" in call.name else [self.decoder, self.main]
        found = next((mask for mask in ours if tensor.shape[:2] == mask.shape), None)
        return None if found is None else mask_of(call, found)


@contextmanager
def _watchable(model: Any, notes: list[str]) -> Iterator[None]:
    """The model in evaluation, without gradients, with attention that gives its weights; afterwards as it was."""
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


def _run(model: Any, tensors: dict[str, Tensor]) -> tuple[Any, Recorder, str | None]:
    """One forward pass; (outputs or None, what the hooks saw, the error or None)."""
    parameters = inspect.signature(model.forward).parameters
    open_ended = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    wanted = {"output_attentions": True, "return_dict": True, "use_cache": False}
    extra = {
        name: value for name, value in wanted.items() if name in parameters or (open_ended and name != "use_cache")
    }
    recorder = Recorder(model)
    with recorder:
        try:
            return model(**tensors, **extra), recorder, None
        except (RuntimeError, ValueError, IndexError, TypeError, AssertionError) as error:
            return None, recorder, _said(error)


def _write(model: Any, tensors: dict[str, Tensor], count: int) -> tuple[Any, str | None]:
    """Greedy `generate`; (its output or None, the error or None)."""
    try:
        written = model.generate(
            **tensors,
            max_new_tokens=count,
            do_sample=False,
            num_beams=1,
            return_dict_in_generate=True,
            output_scores=True,
        )
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError) as error:
        return None, _said(error)
    return written, None


def _said(error: Exception) -> str:
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
    real = torch.ones_like(ids, dtype=torch.bool)
    if padding is not None:
        real[:, 1:] = ids[:, 1:] != padding  # the first token may be the padding token, as in Marian
    return tensors | {"decoder_input_ids": ids}, written_steps(tokenizer, ids, real)


def _stages(model: Any, recorder: Recorder, letters: Letters, masks: _Masks) -> list[Stage]:
    parts: dict[int, list[str]] = {}
    for call in recorder.calls:
        if call.parent is not None:
            parts.setdefault(id(call.parent), []).append(call.name)
    scorer = getattr(model, "get_output_embeddings", lambda: None)()
    return [_stage(call, model, scorer, letters, masks, parts.get(id(call), [])) for call in recorder.calls]


def _stage(call: Call, model: Any, scorer: Any, letters: Letters, masks: _Masks, parts: list[str]) -> Stage:
    output, source = call.output, "encoder" in call.name and "S" in letters
    last = "V" if call.module is scorer else "L" if call.name in ("classifier", "score") else ""
    if isinstance(call.module, CELLS):
        last = "H/2"
    if output is not None and not output.is_floating_point():
        last = "T"
    if call.module is model:
        last = "V" if scorer is not None else "L"
    mask = None if output is None else masks.of(call, output)
    return Stage(
        name=call.name,
        kind=type(call.module).__name__,
        says=describe(call.name, call.module, parts),
        depth=call.depth,
        call=call.number,
        shape_in=None if call.input_shape is None else _shape_in(call, letters, source),
        shape_out=None if output is None else in_letters(output.shape, letters, last=last, source=source),
        values=() if output is None else first_values(output, mask),
        norm=None if output is None else mean_length(output, mask),
        padding=None if mask is None else int((~mask).sum()) / mask.numel(),
        finite=output is None or is_finite(output),
        passes_on=isinstance(call.module, PASSES_ON),
        output=output,
    )


def _shape_in(call: Call, letters: Letters, source: bool) -> str:
    assert call.input_shape is not None  # the caller has looked
    return in_letters(call.input_shape, letters, last="T" if call.input_is_ids else "", source=source)


def first_values(tensor: Tensor, mask: Tensor | None) -> tuple[float, ...]:
    """The first numbers of the first row, at its first real step."""
    first = tensor[0] if tensor.dim() else tensor
    if mask is not None and bool(mask[0].any()):
        first = first[int(mask[0].int().argmax())]
    return tuple(first.flatten()[:SHOWN_VALUES].tolist())


def mean_length(tensor: Tensor, mask: Tensor | None) -> float | None:
    """Mean L2 length of the vectors along the last axis, at real steps only; None for ids and single numbers."""
    if not tensor.is_floating_point() or tensor.dim() < 2:
        return None
    vectors = tensor.float()
    if mask is not None and tensor.dim() > 2:
        vectors = vectors[mask.to(tensor.device)]
    return float(vectors.norm(dim=-1).mean()) if vectors.numel() else None


def _attention(outputs: Any) -> dict[str, Tensor]:
    """Weights by title: pooling (B, T), layers (B, N, T, S)."""
    found: dict[str, Tensor] = {}
    pooled = getattr(outputs, "pooling_weights", None)
    if isinstance(pooled, Tensor):
        found["pooling"] = pooled.detach()
    titles = {
        "attentions": "layer",
        "encoder_attentions": "encoder layer",
        "decoder_attentions": "decoder layer",
        "cross_attentions": "decoder to source, layer",
    }
    for name, title in titles.items():
        for depth, weights in enumerate(getattr(outputs, name, None) or ()):
            if isinstance(weights, Tensor):
                kept = weights.detach()
                found[f"{title} {depth + 1}"] = kept if kept.dim() == 4 else kept.unsqueeze(1)
    return found


def _note_what_was_left_out(model: Any, recorder: Recorder, notes: list[str]) -> None:
    if recorder.left_out:
        notes.append(f"{recorder.left_out} calls of modules that were called over and over are not shown.")
    called = {call.module for call in recorder.calls}
    silent = [
        name
        for name, module in model.named_modules()
        if name and module not in called and next(module.parameters(recurse=False), None) is not None
    ]
    if silent and recorder.calls and not recorder.open:
        some = ", ".join(silent[:4]) + (f" and {len(silent) - 4} more" if len(silent) > 4 else "")
        notes.append(f"Not called as modules in this pass, so without a line of their own: {some}.")
