# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Latency and throughput of several models, timed against each other on the same real inputs, from input to answer."""

import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from hf_seq.reports.measure import BLOCK, measure_latencies, measure_throughputs

CALLS = 200
"""Timed calls per model for latency."""
THROUGHPUT_TEXTS = 512


def measure_speed(
    predictors: Mapping[str, Any], inputs: Sequence[Any], *, calls: int = CALLS, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Time every predictor on the same inputs, in turns, on one thread.

    Args:
        predictors: per name, a loaded model: called with one input, `predict` with many; `model` and `processor`.
        inputs: test texts, or lists of words, from which a seeded sample is drawn.
        calls: timed calls per model for latency.
        seed: of the sample and of the order of turns.

    Returns:
        Per name the fields of a record: `latency_ms`, `model_latency_ms` (None for what is no torch model),
        `throughput_per_s`, and `measurement`, which says how.
    """
    rng = random.Random(seed)
    sample = rng.sample(list(inputs), min(calls, len(inputs)))
    many = rng.sample(list(inputs), min(THROUGHPUT_TEXTS, len(inputs)))
    calls_of: dict[str, Callable[[Any], object]] = {f"text {name}": each for name, each in predictors.items()}
    given: dict[str, Sequence[Any]] = {f"text {name}": sample for name in predictors}
    for name, predictor in predictors.items():
        if predictor.processor is not None:
            calls_of[f"model {name}"] = _model_only(predictor)
            given[f"model {name}"] = [_encode(predictor, text) for text in sample]
    latencies = measure_latencies(calls_of, given, n=calls, seed=seed)
    throughputs = measure_throughputs({name: _answer_all(each) for name, each in predictors.items()}, many)
    how = {
        "how": f"Latency: {calls} calls per model on {len(sample)} test inputs, one thread, in turns of {BLOCK} after "
        f"a warm-up. Throughput: {len(many)} test inputs, batches of similar length, one thread, median of 3 rounds.",
        "together": sorted(predictors),
        "calls": calls,
        "threads": 1,
    }
    return {
        name: {
            "latency_ms": latencies[f"text {name}"],
            "model_latency_ms": latencies.get(f"model {name}"),
            "throughput_per_s": throughputs[name],
            "measurement": how,
        }
        for name in predictors
    }


def _answer_all(predictor: Any) -> Callable[[Sequence[Any]], object]:
    return lambda inputs: deque(predictor.predict(inputs), maxlen=0)


def _encode(predictor: Any, given: Any) -> dict[str, torch.Tensor]:
    """Encode a text as the model alone is called with it: (1, T) ids, and what else its tokenizer gives."""
    if hasattr(predictor, "model_inputs"):
        return predictor.model_inputs(given)
    words = isinstance(given, list)
    sides = given if isinstance(given, tuple) else (given or " ",)
    encoded = predictor.processor(*sides, is_split_into_words=words, truncation=True, return_tensors="pt")
    if encoded["input_ids"].shape[1] == 0:  # a text without a known character still costs one step
        encoded = {"input_ids": torch.ones((1, 1), dtype=torch.long)}
    return dict(encoded)


def _model_only(predictor: Any) -> Callable[[dict[str, torch.Tensor]], object]:
    model = predictor.model

    @torch.inference_mode()
    def call(inputs: dict[str, torch.Tensor]) -> object:
        return model(**inputs)

    return call
