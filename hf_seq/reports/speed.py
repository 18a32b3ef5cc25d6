# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Latency and throughput of several text classifiers, timed against each other on the same real texts."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from hf_seq.reports.measure import BLOCK, measure_latencies, measure_throughputs

if TYPE_CHECKING:
    from hf_seq.predictor import Predictor

CALLS = 200
"""Timed calls per model for latency."""
THROUGHPUT_TEXTS = 512


def measure_speed(
    predictors: Mapping[str, "Predictor"], texts: Sequence[str], *, calls: int = CALLS, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Time every predictor on the same texts, in turns, on one thread.

    Args:
        predictors: per name, a loaded model.
        texts: test texts, from which a seeded sample is drawn.
        calls: timed calls per model for latency.
        seed: of the sample and of the order of turns.

    Returns:
        Per name the fields of a record: `latency_ms`, `model_latency_ms` (None for what has no tokenizer of its own),
        `throughput_per_s`, and `measurement`, which says how.
    """
    rng = random.Random(seed)
    sample = rng.sample(list(texts), min(calls, len(texts)))
    many = rng.sample(list(texts), min(THROUGHPUT_TEXTS, len(texts)))
    calls_of: dict[str, Callable[[Any], object]] = {f"text {name}": each for name, each in predictors.items()}
    inputs: dict[str, Sequence[Any]] = {f"text {name}": sample for name in predictors}
    for name, predictor in predictors.items():
        if predictor.tokenizer is not None:
            calls_of[f"model {name}"] = _model_only(predictor)
            inputs[f"model {name}"] = [_encode(predictor, text) for text in sample]
    latencies = measure_latencies(calls_of, inputs, n=calls, seed=seed)
    throughputs = measure_throughputs({name: each.scores for name, each in predictors.items()}, many)
    how = {
        "how": f"Latency: {calls} calls per model on {len(sample)} test texts, one thread, in turns of {BLOCK} after a "
        f"warm-up. Throughput: {len(many)} test texts, batches of similar length, one thread, median of 3 rounds.",
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


def _encode(predictor: "Predictor", text: str) -> dict[str, torch.Tensor]:
    """What the model alone is called with: (1, T) ids, and what else its tokenizer gives."""
    encoded = predictor.tokenizer(text or " ", truncation=True, return_tensors="pt")
    if encoded["input_ids"].shape[1] == 0:  # a text without a known character still costs one step
        encoded = {"input_ids": torch.ones((1, 1), dtype=torch.long)}
    return dict(encoded)


def _model_only(predictor: "Predictor") -> Callable[[dict[str, torch.Tensor]], object]:
    model = predictor.model

    @torch.inference_mode()
    def call(inputs: dict[str, torch.Tensor]) -> object:
        return model(**inputs).logits

    return call
