# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What stands in `certificate.json`: what was compared with torch, on which machine, and what it said."""

import datetime
import hashlib
import importlib.metadata
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.exporting.comparing import Comparison
from hf_seq.reports.environment import describe_machine, describe_versions, processor_flags
from hf_seq.reports.measure import count_parameters, measure_latencies, measure_throughputs

CERTIFICATE = "certificate.json"
MATTERING = (
    "sse4_1",
    "avx",
    "avx2",
    "fma",
    "f16c",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "amx_int8",
    "amx_bf16",
    "neon",
)
"""Flags of a processor that decide how fast, and in int8 how exactly, it computes."""
CALLS, WRITING_CALLS = 200, 20
TEXTS, WRITTEN_TEXTS = 512, 32


def make_certificate(
    model: Any,
    opset: int,
    comparison: Comparison,
    scores: dict[str, Any] | None,
    speed: dict[str, Any],
    notes: list[str],
) -> dict[str, Any]:
    """Put together what is known of an export; the files are added when they are written."""
    flags = processor_flags()
    return {
        "model": type(model).__name__,
        "parameters": count_parameters(model)[0],
        "date": datetime.date.today().isoformat(),
        "opset": opset,
        "runtime": f"onnxruntime {importlib.metadata.version('onnxruntime')}",
        "versions": describe_versions() | {"onnx": importlib.metadata.version("onnx")},
        "machine": describe_machine() | {"flags": [flag for flag in MATTERING if flag in flags]},
        "comparison": {
            "with": "torch, float32, every logit of every real step",
            "shapes": comparison.shapes,
            "greatest_difference": comparison.greatest,
            "allowed_difference": comparison.allowed,
            "largest_batch": comparison.largest_batch,
            "longest": comparison.longest,
            "paddings": "none, right, left, holes, one real step, no real step",
        },
        "scores": scores,
        "speed": speed,
        "notes": notes,
    }


def measure(predictors: Mapping[str, Any], inputs: Sequence[Any], *, writes: bool) -> dict[str, Any]:
    """Time models in turns, on one thread, from input to answer."""
    calls, many = (WRITING_CALLS, WRITTEN_TEXTS) if writes else (CALLS, TEXTS)
    rng = random.Random(0)
    sample = rng.sample(list(inputs), min(calls, len(inputs)))
    batch = rng.sample(list(inputs), min(many, len(inputs)))
    latencies = measure_latencies(predictors, dict.fromkeys(predictors, sample), n=calls, warmup=5)
    runs = {name: lambda texts, model=model: list(model.predict(texts)) for name, model in predictors.items()}
    throughputs = measure_throughputs(runs, batch, rounds=1 if writes else 3)
    return {
        "how": f"one thread, in turns, from input to answer: {calls} calls with one input, {len(batch)} inputs at once",
        **{name: {"latency_ms": latencies[name], "inputs_per_s": round(throughputs[name], 1)} for name in predictors},
    }


def inputs_to_time(task: str, processor: Any, scored: Sequence[Any] | None) -> list[Any]:
    """List inputs to time models on: those of the test split, or some that are made up of the vocabulary."""
    if scored:
        shortened = [text[:200] for text in scored] if task == "language-modeling" else list(scored)
        return [each for each in shortened if len(each)]
    rng = np.random.default_rng(0)
    if task == "forecasting":
        return [_past(rng, processor) for _ in range(64)]
    if task.startswith("series"):
        return [rng.normal(size=(50, processor.feature_size)).tolist() for _ in range(64)]
    if task == "audio":
        rate = int(processor.sampling_rate)
        return [rng.normal(scale=0.1, size=rate).astype(np.float32) for _ in range(64)]
    if task in ("events", "next-event"):
        return [_events(rng, processor) for _ in range(64)]
    ids = sorted(set(processor.get_vocab().values()) - set(processor.all_special_ids))
    texts = [processor.decode(rng.choice(ids, 20).tolist()) for _ in range(64)]
    return [text.split() or ["a"] for text in texts] if task == "tagging" else [text or "a" for text in texts]


def _past(rng: np.random.Generator, extractor: Any) -> dict[str, Any]:
    """Make up a past, with what is known ahead of it where the model reads such."""
    steps, known = extractor.context_length, len(extractor.known_names)
    past = {"series": rng.normal(size=(steps, extractor.feature_size)).tolist()}
    return past | ({"known": rng.normal(size=(steps + extractor.horizon, known)).tolist()} if known else {})


def _events(rng: np.random.Generator, extractor: Any) -> dict[str, Any]:
    """Make up a sequence of events that the model knows."""
    values = {name: rng.normal(size=20).tolist() for name in extractor.value_names}
    times = {} if extractor.timed == "none" else {"times": np.arange(20.0).tolist()}
    return {"events": rng.choice(extractor.vocabulary, 20).tolist(), **times, **values}


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None where there is none (weights in several files)."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def list_files(folder: Path, digests: Mapping[str, str]) -> dict[str, Any]:
    """Describe the graphs of a folder: their sizes and digests."""
    return {name: {"bytes": (folder / name).stat().st_size, "sha256": digest} for name, digest in digests.items()}
