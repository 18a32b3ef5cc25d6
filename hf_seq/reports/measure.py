# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Size and speed of a model, measured the same way for every model.

Speed is measured on one thread, on real texts, after a warm-up. Several models are timed in turns, in small blocks and
in a new order each round, so that whatever else the machine does hits all of them alike.
"""

import fnmatch
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

BLOCK = 20
"""Texts a model is timed on before the next one has its turn."""

RUN_FILES = (
    "record.json",
    "recipe.yaml",
    "curves.png",
    "predictions.jsonl",
    "trainer_state.json",
    "training_args.*",
    "README.md",
    *("fit.json", "report.html", "table.md", "deploy"),
    ".*",
    "checkpoint-*",
)
"""What a run leaves in a model's folder and nobody needs to load the model."""


def count_parameters(model: Any) -> tuple[int, int]:
    """Count parameters in all, and without those of embedding tables (tokens, positions, segments).

    Args:
        model: a torch module, or a baseline with `num_parameters`, and `num_parameters_without_embeddings` if it has
            embeddings.

    Returns:
        (all, without_embeddings); a tensor shared by two modules counts once.
    """
    if not isinstance(model, torch.nn.Module):
        every = int(model.num_parameters)
        return every, int(getattr(model, "num_parameters_without_embeddings", every))
    embedded = {
        id(module.weight)
        for module in model.modules()
        if isinstance(module, torch.nn.Embedding | torch.nn.EmbeddingBag)
    }
    sizes = {id(parameter): parameter.numel() for parameter in model.parameters()}
    return sum(sizes.values()), sum(size for key, size in sizes.items() if key not in embedded)


def bytes_on_disk(folder: str | Path) -> int:
    """Sum the bytes of the files needed to load a model: weights, config, tokenizer; no run files or checkpoints."""
    root = Path(folder)
    total = 0
    for path in root.rglob("*"):
        top = path.relative_to(root).parts[0]
        if path.is_file() and not any(fnmatch.fnmatch(top, pattern) for pattern in RUN_FILES):
            total += path.stat().st_size
    return total


@contextmanager
def threads_limited(threads: int) -> Iterator[None]:
    """Hold torch, BLAS and tokenizers to `threads` threads inside the block; restore what was there afterwards."""
    before_torch = torch.get_num_threads()
    before_tokenizers = os.environ.get("TOKENIZERS_PARALLELISM")
    torch.set_num_threads(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    try:
        with threadpool_limits(limits=threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before_torch)
        if before_tokenizers is None:
            del os.environ["TOKENIZERS_PARALLELISM"]
        else:
            os.environ["TOKENIZERS_PARALLELISM"] = before_tokenizers


def measure_latencies(
    predict_one: Mapping[str, Callable[[Any], object]],
    inputs: Mapping[str, Sequence[Any]],
    *,
    threads: int = 1,
    n: int = 300,
    warmup: int = 20,
    seed: int = 0,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> dict[str, dict[str, float]]:
    """Time several models in turns: blocks of `BLOCK` inputs each, in a new order every round.

    The first call of a block is repeated untimed, since the model before has taken the processor's caches.

    Args:
        predict_one: per name, the call to time.
        inputs: per name, what to call it with, in the same order for every name.
        threads: threads torch and BLAS may use.
        n: timed calls per name.
        warmup: untimed calls per name at the start.
        seed: of the order of turns.
        clock: nanoseconds; `time.thread_time_ns` leaves out what other programs take, of calls that stay in a thread.

    Returns:
        Per name `{"p50", "p95"}` in milliseconds.

    Raises:
        ValueError: there is nothing to time on.
    """
    if not all(len(items) for items in inputs.values()) or n < 1:
        raise ValueError(
            f"Latency needs at least one text and n >= 1; got n={n}, texts={ {k: len(v) for k, v in inputs.items()} }."
        )
    times: dict[str, list[float]] = {name: [] for name in predict_one}
    order, rng = list(predict_one), random.Random(seed)
    with threads_limited(threads):
        for name in order:
            for index in range(warmup):
                predict_one[name](inputs[name][index % len(inputs[name])])
        for start in range(0, n, BLOCK):
            rng.shuffle(order)
            for name in order:
                items = [inputs[name][index % len(inputs[name])] for index in range(start, min(start + BLOCK, n))]
                times[name] += _time_each(predict_one[name], items, clock)
    return {name: _percentiles(values) for name, values in times.items()}


def measure_throughputs(
    predict_many: Mapping[str, Callable[[Sequence[str]], object]],
    texts: Sequence[str],
    *,
    threads: int = 1,
    rounds: int = 3,
) -> dict[str, float]:
    """Measure texts per second of batched calls in turns, tokenization included: medians of `rounds` after a warm-up.

    Raises:
        ValueError: there are no texts.
    """
    if not texts:
        raise ValueError("Throughput needs at least one text; got none.")
    seconds: dict[str, list[float]] = {name: [] for name in predict_many}
    with threads_limited(threads):
        for call in predict_many.values():
            call(texts[: min(len(texts), 64)])
        for _ in range(rounds):
            for name, call in predict_many.items():
                start = time.perf_counter()
                call(texts)
                seconds[name].append(time.perf_counter() - start)
    return {name: len(texts) / float(np.median(values)) for name, values in seconds.items()}


def _time_each(call: Callable[[Any], object], items: Sequence[Any], clock: Callable[[], int]) -> list[float]:
    """Time each call in milliseconds."""
    call(items[0])
    times = []
    for item in items:
        start = clock()
        call(item)
        times.append((clock() - start) / 1e6)
    return times


def _percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return {"p50": float(p50), "p95": float(p95)}
