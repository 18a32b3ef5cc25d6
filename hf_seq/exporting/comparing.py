# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Holds graphs against the model that they were written from, at every shape that people meet.

B batch · T steps · L labels
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.errors import InputError
from hf_seq.exporting.shapes import Batch, batches
from hf_seq.exporting.writing import DECODER, ENCODER

LIMIT = 1e-5
"""The most that a number may differ from torch's, for numbers up to 1; in proportion above."""
ROUNDING = 4
"""Or so many times what torch's own float32 differs from float64: long sums differ by their order."""
TARGET_STEPS = 4

Run = Callable[[str, dict[str, np.ndarray]], dict[str, np.ndarray]]
"""Runs a graph by its name: inputs to outputs."""


@dataclass(frozen=True)
class Comparison:
    """How far graphs were from their model.

    Attributes:
        shapes: how many batches were compared.
        greatest: the greatest difference of any number.
        allowed: the difference that was allowed there.
        largest_batch: rows of the largest.
        longest: steps of the longest.
    """

    shapes: int
    greatest: float
    allowed: float
    largest_batch: int
    longest: int


def compare_with_torch(model: Any, run: Run, batches_of: Iterator[Batch] | None = None) -> Comparison:
    """Run batches through a model and its graphs.

    Args:
        model: of torch, in evaluation mode and float32.
        run: runs its graphs.
        batches_of: what to ask; by default `batches`.

    Raises:
        InputError: a difference above what is allowed, with the shape at which it showed.
    """
    numbers = _answers(model)
    exact = None
    worst, allowed_there, shapes, rows, steps = 0.0, LIMIT, 0, 0, 0
    for batch in batches_of or batches_for(model):
        expected, found = numbers(model, batch), _found(model, run, batch)
        difference, allowed = _distance(expected, found), LIMIT * max(1.0, float(np.abs(expected).max(initial=0.0)))
        if not difference <= allowed and np.isfinite(difference):
            exact = exact or _in_double(model)
            allowed = max(allowed, ROUNDING * _distance(numbers(exact, batch), expected))
        if not difference <= allowed:  # NaN, too
            raise InputError(
                f"the graph gives other numbers than torch: a difference of {difference:.2g} where {allowed:.2g} is "
                f"allowed, for {batch}. Nothing was written."
            )
        if difference >= worst:
            worst, allowed_there = difference, allowed
        shapes, rows, steps = shapes + 1, max(rows, len(batch.mask)), max(steps, batch.mask.shape[1])
    return Comparison(shapes, worst, allowed_there, rows, steps)


def _in_double(model: Any) -> Any:
    from copy import deepcopy

    return deepcopy(model).double()


def batches_for(model: Any, **settings: Any) -> Iterator[Batch]:
    """Draw what a model can read.

    Args:
        model: whose configuration says it.
        settings: more of `batches`, such as how many.
    """
    config = model.config
    if forecasts(model):
        return batches(1, config.num_channels or 2, missing=0.1, **settings)
    limit = config.max_position_embeddings if getattr(config, "position_embedding", None) == "learned" else None
    size = getattr(config, "source_vocab_size", None) or config.vocab_size
    drawn = batches(size, config.num_features, longest=limit, empty=not config.is_encoder_decoder, **settings)
    events = getattr(config, "num_events", None)
    return drawn if events is None else (_with_events(batch, events) for batch in drawn)


def _with_events(batch: Batch, events: int) -> Batch:
    """Put ids of events in the place of the first number of each step."""
    numbers = batch.inputs.copy()
    numbers[..., 0] = np.random.default_rng(batch.mask.size).integers(0, events, batch.mask.shape)
    return Batch(numbers, batch.mask, batch.padding)


def _distance(expected: np.ndarray, found: np.ndarray) -> float:
    if expected.shape != found.shape:
        return float("inf")
    return float(np.abs(expected - found).max(initial=0.0))


def forecasts(model: Any) -> bool:
    """Tell whether a model forecasts: it reads pasts of channels, not of features."""
    return type(model).__name__.endswith("ForForecasting")


def _answers(model: Any) -> Callable[[Any, Batch], np.ndarray]:
    if forecasts(model):
        return _forecasts_by_torch
    return _writes_by_torch if model.config.is_encoder_decoder else _reads_by_torch


@torch.inference_mode()
def _reads_by_torch(model: Any, batch: Batch) -> np.ndarray:
    """Give logits (B, L), or (N, L) of the real steps."""
    seeks, model.seeks_path = getattr(model, "seeks_path", None), False
    inputs = torch.from_numpy(batch.inputs)
    if inputs.is_floating_point():
        inputs = inputs.to(model.dtype)
    logits: Tensor = model(**{model.main_input_name: inputs}, attention_mask=torch.from_numpy(batch.mask)).logits
    if seeks is not None:
        model.seeks_path = seeks
    return _real(logits.numpy(), batch.mask)


@torch.inference_mode()
def _forecasts_by_torch(model: Any, batch: Batch) -> np.ndarray:
    """Give parameters (B, F, C, P)."""
    given = {name: torch.from_numpy(each) for name, each in _pasts(model, batch).items()}
    given = {name: each.to(model.dtype) if each.is_floating_point() else each for name, each in given.items()}
    parameters: Tensor = model(**given).parameters
    return parameters.numpy()


def _pasts(model: Any, batch: Batch) -> dict[str, np.ndarray]:
    """Give what a model that forecasts is called with; what is known ahead depends on the batch alone."""
    inputs = {"input_values": batch.inputs, "attention_mask": batch.mask}
    if not model.config.num_known:
        return inputs
    shape = len(batch.mask), batch.mask.shape[1] + model.config.horizon, model.config.num_known
    return inputs | {"known_values": np.random.default_rng(batch.mask.size).normal(size=shape).astype(np.float32)}


@torch.inference_mode()
def _writes_by_torch(model: Any, batch: Batch) -> np.ndarray:
    """Give logits (B, T, V) of some target steps."""
    outputs = model(
        input_ids=torch.from_numpy(batch.inputs),
        attention_mask=torch.from_numpy(batch.mask),
        decoder_input_ids=torch.from_numpy(_targets(model, batch)),
        use_cache=False,
    )
    return outputs.logits.numpy()


def _targets(model: Any, batch: Batch) -> np.ndarray:
    """Give target ids (B, T) that depend on the batch alone."""
    rng = np.random.default_rng(batch.mask.size)
    return rng.integers(0, model.config.vocab_size, (len(batch.mask), TARGET_STEPS))


def _found(model: Any, run: Run, batch: Batch) -> np.ndarray:
    """Give by the graphs what `_answers` gives by torch."""
    if forecasts(model):
        return run("model", _pasts(model, batch))["parameters"]
    if model.config.is_encoder_decoder:
        return _written(run, batch, _targets(model, batch))
    inputs = {model.main_input_name: batch.inputs, "attention_mask": batch.mask}
    if not type(model).__name__.endswith("ForCausalLM"):
        return _real(run("model", inputs)["logits"], batch.mask)
    return _read_in_two_parts(model, run, batch)


def _read_in_two_parts(model: Any, run: Run, batch: Batch) -> np.ndarray:
    """Read the second half of a batch on from the state after the first."""
    layers = model.model.layers
    zeros = np.zeros((len(batch.mask), model.config.hidden_size), dtype=np.float32)
    state = {f"past.{i}.{k}": zeros for i, layer in enumerate(layers) for k in range(layer.state_tensors)}
    logits = []
    middle = batch.mask.shape[1] // 2
    for part in (slice(0, middle), slice(middle, None)):
        ids, mask = batch.inputs[:, part], batch.mask[:, part]
        if ids.shape[1]:
            outputs = run("model", {"input_ids": ids, "attention_mask": mask, **state})
            logits.append(outputs["logits"])
            state = carried(outputs)
    return _real(np.concatenate(logits, 1), batch.mask)


def _written(run: Run, batch: Batch, targets: np.ndarray) -> np.ndarray:
    encoded = run(ENCODER, {"input_ids": batch.inputs, "attention_mask": batch.mask})
    context = {name: value for name, value in encoded.items() if name.startswith("context.")}
    state = {name.replace("start.", "past."): value for name, value in encoded.items() if name.startswith("start.")}
    logits = []
    for step in range(targets.shape[1]):
        outputs = run(DECODER, {"input_ids": targets[:, step : step + 1], **context, **state})
        logits.append(outputs["logits"])
        state = carried(outputs)
    return np.concatenate(logits, 1)


def carried(outputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turn the state that a graph gives into what it takes at the next step."""
    return {name.replace("present.", "past."): value for name, value in outputs.items() if name.startswith("present.")}


def _real(logits: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Keep the logits of real steps, (N, L); all (B, L) where a row has one set of them."""
    return logits[mask.astype(bool)] if logits.ndim == 3 else logits
