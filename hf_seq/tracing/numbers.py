# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What looks wrong in the numbers of a forward pass: NaN, saturation, dead units.

A threshold is where a sound model, trained or not, does not get by chance; each has its constant here.

B rows · T steps · H units · N heads
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from hf_seq.tracing import answers
from hf_seq.tracing.capture import Call, Recorder, in_order_of_end, is_finite, mask_of
from hf_seq.tracing.record import Finding, Gates, TraceData

SATURATED_GATE = 0.01
"""A gate is shut below this, open above 1 minus this."""
MANY_SATURATED = 0.9
"""Share of saturated values from which on a gate is pointed at."""
SURE = 1e-6
"""A probability within this of 1 carries no doubt at all; in float32 the others are all but gone."""
MANY_SILENT = 0.95
"""Share of zero units behind an activation, where zeros are in order, from which on they are pointed at."""


def find(trace: TraceData, model: Any, recorder: Recorder) -> Iterator[Finding]:
    """Yield findings among the numbers of a trace."""
    yield from _not_finite(trace, recorder)
    yield from _gates(trace)
    yield from _dead(trace, recorder)
    yield from _softmax(trace, model)
    yield from _attention(trace)


def _not_finite(trace: TraceData, recorder: Recorder) -> Iterator[Finding]:
    for name, value in trace.inputs.items():
        if name in ("input_values", "inputs_embeds") and not is_finite(value[trace.mask.to(value.device)]):
            yield Finding(
                "not finite",
                f"The input itself ({name}) holds NaN or infinity at real steps.",
                "Fill missing numbers before the model reads them, as a feature extractor does.",
            )
            return
    first = next((call for call in in_order_of_end(recorder.calls) if _is_bad(call, trace)), None)
    if first is None:
        return
    broken = [name for name, each in first.module.named_parameters() if not is_finite(each)]
    what = "NaN" if bool(torch.isnan(first.output).any()) else "infinity"  # type: ignore[arg-type]
    message = f"{first.name} ({type(first.module).__name__}) is the first module whose output holds {what}"
    if broken:
        message += f"; its weights hold it already ({broken[0]})."
        advice = (
            "The weights are damaged or training diverged: go back to an earlier checkpoint, lower the learning rate."
        )
    elif not first.input_finite:
        message += "; its input held it already, so it arose in the code between two modules."
        advice = f"Look at what {first.parent.name if first.parent else 'the model'} does before it calls {first.name}."
    else:
        message += "; its input and its weights were finite."
        advice = "Look for numbers too large for their type (float16 ends at 65,504), or a division by zero."
    yield Finding("not finite", message, advice)


def _is_bad(call: Call, trace: TraceData) -> bool:
    """Check whether the output is not finite where anything reads it: padding of the input may hold junk."""
    output = call.output
    if output is None or is_finite(output):
        return False
    mask = trace.mask.to(output.device)
    if output.shape[:2] == mask.shape and output.dim() > 2:
        return not is_finite(output[mask_of(call, mask)])
    return True


def _gates(trace: TraceData) -> Iterator[Finding]:
    for each in trace.gates:
        for name, values in each.values.items():
            kept = _unmasked(values, each)
            if name == "state":
                share, words = float((kept.abs() > 1 - SATURATED_GATE).float().mean()), "at -1 or 1"
            elif name == "cell":
                continue  # an amount, not a gate
            else:
                shut = float((kept < SATURATED_GATE).float().mean())
                wide = float((kept > 1 - SATURATED_GATE).float().mean())
                share, words = shut + wide, f"{shut:.0%} of them shut, {wide:.0%} wide open"
            if share >= MANY_SATURATED:
                yield Finding(
                    "saturated gates",
                    f"{each.title}: {share:.0%} of the values of its {name} {'gate' if name != 'state' else ''} are "
                    f"saturated ({words}), so they neither react to the input nor learn.".replace("  ", " "),
                    "Look for inputs on another scale than in training, or too high a learning rate.",
                )


def _unmasked(values: Tensor, gates: Gates) -> Tensor:
    return values if gates.mask is None else values[gates.mask.to(values.device)]


def _dead(trace: TraceData, recorder: Recorder) -> Iterator[Finding]:
    """Yield the first module that makes units zero over all real steps; what comes after it may only hand them on."""
    for call in in_order_of_end(recorder.calls):
        if (
            call.output is None
            or call.output.dim() < 2
            or not call.output.is_floating_point()
            or not call.output.numel()
        ):
            continue
        dead, units = _dead_units(call, trace)
        may = next(call.module.parameters(), None) is None  # ReLU gives zeros by intent, GELU below -10 or so
        if not dead or (may and dead < MANY_SILENT * units):
            continue
        yield Finding(
            "dead units",
            f"{call.name}: {dead:,} of its {units:,} units {'is' if dead == 1 else 'are'} zero over the whole input.",
            "If they are so on every input, look for zeroed or pruned weights, or too high a learning rate.",
        )
        return


def _dead_units(call: Call, trace: TraceData) -> tuple[int, int]:
    """Count units that are zero at every real step of every row that has one, and units in all."""
    output: Tensor = call.output  # type: ignore[assignment]
    mask, live = trace.mask.to(output.device), trace.mask.to(output.device).any(1)
    if output.dim() > 3 or not bool(live.any()):
        return 0, output.shape[-1]
    if output.dim() == 3 and output.shape[:2] == mask.shape:
        vectors = output[mask_of(call, mask)]
    elif output.shape[0] == len(live):
        vectors = output[live].flatten(0, -2)
    else:
        vectors = output.flatten(0, -2)
    return int((vectors == 0).all(0).sum()), output.shape[-1]


def _softmax(trace: TraceData, model: Any) -> Iterator[Finding]:
    logits = getattr(trace.outputs, "logits", None)
    head = answers.head_of(model)
    if logits is None or head not in ("sequence", "token") or not is_finite(logits):
        return
    scores = answers.probabilities(logits.float(), model.config)
    if scores is None or scores.shape[-1] < 2 or model.config.problem_type == "multi_label_classification":
        return
    mask = trace.mask.to(scores.device)
    kept = scores[mask] if head == "token" else scores[mask.any(1)]
    top = kept.amax(-1)
    if top.numel() and bool((top >= 1 - SURE).all()):
        yield Finding(
            "saturated softmax",
            f"Every answer has a probability of 1 to six digits (the smallest is {float(top.min()):.7f}); such scores "
            "rank nothing and hide every doubt.",
            "Do not take them for confidence: smooth labels (label_smoothing_factor), train shorter, or scale logits.",
        )


def _attention(trace: TraceData) -> Iterator[Finding]:
    for title, weights in trace.attention.items():
        mask = trace.mask.to(weights.device)
        if int(mask.sum(1).max()) < 3:
            continue  # among two steps, one may well win
        if weights.dim() == 2:
            kept = weights[mask.sum(1) > 2].amax(-1)
        elif weights.shape[-1] == weights.shape[-2] == mask.shape[1] and "decoder" not in title:
            kept = weights.amax(-1).transpose(1, 2)[mask]  # (steps, N)
        else:
            kept = weights.amax(-1)
        if kept.numel() and bool((kept >= 1 - SURE).all()):
            what = "the pooling sees" if title == "pooling" else "every head at every step sees"
            yield Finding(
                "saturated softmax",
                f"Attention of {title}: {what} a single step (weight 1 to six digits), so the others have no say.",
                "Look for inputs or weights on too large a scale.",
            )
