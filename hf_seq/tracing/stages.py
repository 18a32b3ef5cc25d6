# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the calls that hooks saw to the lines of a trace: shapes in letters, first values, norm, share of padding.

B rows · T steps, padding included · S steps of a source before a decoder · N heads
"""

from typing import Any

import torch
from torch import Tensor

from hf_seq.predictors.step_weights import over_steps
from hf_seq.tracing.capture import CELLS, Call, Recorder, is_finite, mask_of
from hf_seq.tracing.descriptions import PASSES_ON, describe
from hf_seq.tracing.record import Stage, Step
from hf_seq.tracing.shapes import Letters, in_letters

SHOWN_VALUES = 4


class Masks:
    """Which steps are real, on the side that a module reads."""

    def __init__(self, mask: Tensor, decoder_steps: list[list[Step]]) -> None:
        self.main = mask
        written = [[step.kind != "padding" for step in row] for row in decoder_steps]
        self.decoder = torch.tensor(written) if written else None

    def of(self, call: Call, tensor: Tensor) -> Tensor | None:
        """Return the mask of a tensor, (B, T, ...) or ids (B, T); None where it has no axis of steps."""
        if tensor.dim() < 2 or (tensor.dim() == 2 and tensor.is_floating_point()):
            return None  # (B, H), even where H is the same number as T
        ours = [self.main] if self.decoder is None or "encoder" in call.name else [self.decoder, self.main]
        found = next((mask for mask in ours if tensor.shape[:2] == mask.shape), None)
        return None if found is None else mask_of(call, found)


def make_stages(model: Any, recorder: Recorder, letters: Letters, masks: Masks) -> list[Stage]:
    """Return a stage for every call, in the order in which they began."""
    parts: dict[int, list[str]] = {}
    for call in recorder.calls:
        if call.parent is not None:
            parts.setdefault(id(call.parent), []).append(call.name)
    scorer = getattr(model, "get_output_embeddings", lambda: None)()
    return [_stage(call, model, scorer, letters, masks, parts.get(id(call), [])) for call in recorder.calls]


def _stage(call: Call, model: Any, scorer: Any, letters: Letters, masks: Masks, parts: list[str]) -> Stage:
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
        description=describe(call.name, call.module, parts),
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
    """Return the first numbers of the first row, at its first real step."""
    first = tensor[0] if tensor.dim() else tensor
    if mask is not None and bool(mask[0].any()):
        first = first[int(mask[0].int().argmax())]
    return tuple(first.flatten()[:SHOWN_VALUES].tolist())


def mean_length(tensor: Tensor, mask: Tensor | None) -> float | None:
    """Return mean L2 length of the vectors along the last axis, at real steps only; None for ids and single numbers."""
    if not tensor.is_floating_point() or tensor.dim() < 2:
        return None
    vectors = tensor.float()
    if mask is not None and tensor.dim() > 2:
        vectors = vectors[mask.to(tensor.device)]
    return float(vectors.norm(dim=-1).mean()) if vectors.numel() else None


def attention_weights(outputs: Any, steps: int) -> dict[str, Tensor]:
    """Return weights by title: pooling (B, T), layers (B, N, T, S); steps that a front made one share its weight.

    Layers behind such a front attend to fewer states than there are steps, and are left out.
    """
    found: dict[str, Tensor] = {}
    pooled = getattr(outputs, "pooling_weights", None)
    if isinstance(pooled, Tensor):
        found["pooling"] = over_steps(pooled.detach(), steps)
    titles = {
        "attentions": "layer",
        "encoder_attentions": "encoder layer",
        "decoder_attentions": "decoder layer",
        "cross_attentions": "decoder to source, layer",
    }
    for name, title in titles.items():
        for depth, weights in enumerate(getattr(outputs, name, None) or ()):
            if isinstance(weights, Tensor) and (name != "attentions" or weights.shape[-1] >= steps):
                kept = weights.detach()
                found[f"{title} {depth + 1}"] = kept if kept.dim() == 4 else kept.unsqueeze(1)
    return found
