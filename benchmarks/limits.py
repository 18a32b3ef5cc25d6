# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How near each row of `speed.jsonl` comes to this machine's kernels alone; writes `results/limits.jsonl`.

    python benchmarks/limits.py            rows that `speed.py` measured on this machine
    python benchmarks/limits.py --toy      everything at toy size; the figures say nothing

A row's limit is the time of its matrix products, its recurrent kernels and the memory its optimizer must move, each
called alone at the row's shapes on one thread. What is missing to 100 % is all else: gates, softmax, dropout, Python.

B rows · T steps · E input width · H units of one direction
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed
os.environ.update(OMP_NUM_THREADS="1")

import argparse
import datetime
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import torch

from benchmarks.pairs import RESULTS, write_rows
from benchmarks.sizes import FULL, TOY, Sizes
from hf_seq.loops.options import has_bf16_units
from hf_seq.reports.environment import current_commit, describe_machine

STEPS = {"phrases": 10, "sentences": 20, "pairs": 15}
"""Mean steps of SST-2's phrases (which are trained on) and sentences (which are answered), and of Multi30k's texts."""
ADAM = 7 * 4
"""Bytes that an optimizer step moves for a weight: weight, gradient and two moments are read, three written."""
ROWS_OF_A_BATCH = 250
"""Different tokens of a batch of phrases: the rows of the embedding that its optimizer step touches."""
REPEATS = 15


@dataclass(frozen=True)
class Gemm:
    """Products (m, k) x (k, n)."""

    m: int
    k: int
    n: int
    dtype: torch.dtype = torch.float32

    kind: ClassVar[str] = "products"

    def prepare(self) -> Callable[[], object]:
        """Give the call that is timed; the weights lie transposed, as those of a linear layer do."""
        left, right = torch.ones(self.m, self.k, dtype=self.dtype), torch.ones(self.n, self.k, dtype=self.dtype)
        return lambda: torch.mm(left, right.t())


@dataclass(frozen=True)
class Lstm:
    """An LSTM of one direction over whole sequences, forward, and backward where it trains."""

    rows: int
    steps: int
    inputs: int
    units: int
    trains: bool = False
    dtype: torch.dtype = torch.float32

    kind: ClassVar[str] = "recurrent"

    def prepare(self) -> Callable[[], object]:
        """Give the call that is timed."""
        lstm = torch.nn.LSTM(self.inputs, self.units, batch_first=True).to(self.dtype)
        given = torch.randn(self.rows, self.steps, self.inputs, dtype=self.dtype, requires_grad=self.trains)
        if not self.trains:
            return torch.no_grad()(lambda: lstm(given)[0])
        return lambda: lstm(given)[0].backward(torch.ones(self.rows, self.steps, self.units, dtype=self.dtype))


@dataclass(frozen=True)
class Memory:
    """Bytes moved."""

    bytes: int

    kind: ClassVar[str] = "memory"

    def prepare(self) -> Callable[[], object]:
        """Give the call that is timed: a copy reads and writes as many."""
        source = torch.ones(max(1, self.bytes // 8))
        target = torch.empty_like(source)
        return lambda: target.copy_(source)


Kernel = Gemm | Lstm | Memory


@dataclass
class Work:
    """What a row cannot do without.

    Attributes:
        units: how many of the row's units the kernels make: tokens, sequences; 1 where the row is in ms.
        kernels: how often each is called.
    """

    units: float
    kernels: list[tuple[int, Kernel]]


@lru_cache(maxsize=256)
def seconds(kernel: Kernel) -> float:
    """Measure the processor time of a kernel alone: the least of several calls, since what disturbs them only adds."""
    call = kernel.prepare()
    call()
    took = []
    for _ in range(REPEATS):
        start = time.process_time()  # what else the machine does counts for nothing
        call()
        took.append(time.process_time() - start)
    return min(took)


def trained(m: int, k: int, n: int, dtype: torch.dtype = torch.float32) -> list[tuple[int, Kernel]]:
    """List the products of a linear layer that trains: the scores, and the gradients by input and by weight."""
    return [(1, Gemm(m, k, n, dtype)), (1, Gemm(m, n, k, dtype)), (1, Gemm(n, m, k, dtype))]


def works(sizes: Sizes = FULL) -> dict[str, Work]:
    """List the rows that have a limit, by id."""
    return {**_classifiers(sizes), **_languages(sizes), **_pairs(sizes), **_chains(sizes)}


def _classifiers(sizes: Sizes) -> dict[str, Work]:
    shape = sizes.classifier
    units, weights = shape.hidden // 2, 8 * (shape.hidden // 2) * (shape.embedding + shape.hidden // 2 + 2)
    moved = Memory(ADAM * (weights + ROWS_OF_A_BATCH * shape.embedding))

    def training(dtype: torch.dtype) -> Work:
        return Work(32, [(2, Lstm(32, STEPS["phrases"], shape.embedding, units, True, dtype)), (1, moved)])

    def answering(rows: int, embedding: int, units: int) -> Work:
        return Work(rows, [(2, Lstm(rows, STEPS["sentences"], embedding, units))])

    student = shape.student[0], shape.student[1] // 2
    return {
        "train-bilstm-sst2": training(torch.float32),
        "train-bilstm-sst2-bf16": training(torch.bfloat16),
        "latency-predictor": answering(1, shape.embedding, units),
        "throughput-sorted": answering(64, shape.embedding, units),
        "student-latency": answering(1, *student),
        "student-throughput": answering(64, *student),
    }


def _languages(sizes: Sizes) -> dict[str, Work]:
    shape = sizes.language
    width, rows = shape.width, shape.streams * shape.steps

    def training(dtype: torch.dtype) -> Work:
        lstm = Lstm(shape.streams, shape.steps, width, width, True, dtype)
        moved = Memory(ADAM * (width * shape.words + 8 * width * width))
        return Work(rows, [(1, lstm), *trained(rows, width, shape.words, dtype), (1, moved)])

    def generating(batch: int) -> Work:
        return Work(batch, [(1, Gemm(batch, width, 4 * width)), (1, Gemm(batch, width, 96))])

    return {
        "lm-train": training(torch.float32),
        "lm-train-bf16": training(torch.bfloat16),
        "lm-generate-b1": generating(1),
        "lm-generate-b16": generating(16),
    }


def _pairs(sizes: Sizes) -> dict[str, Work]:
    shape, steps = sizes.pair, STEPS["pairs"]
    width, rows = shape.width, shape.rows * steps
    adam, best = Memory(ADAM * shape.words * width), torch.bfloat16 if has_bf16_units() else torch.float32

    def recurrent(dtype: torch.dtype) -> Work:
        encoder, decoder = (Lstm(shape.rows, steps, width, units, True, dtype) for units in (width // 2, width))
        linear = [(width, width), (2 * width, width), (width, shape.words)]
        products = [each for k, n in linear for each in trained(rows, k, n, dtype)]
        return Work(rows, [(2, encoder), (1, decoder), *products, (1, adam)])

    layer = [(width, 3 * width), (width, width), (width, 2 * width), (2 * width, width)]
    decoder_layer = [*layer, (width, width), (width, width)]

    def transformer() -> list[tuple[int, Kernel]]:
        products = [*layer, *decoder_layer, (width, 2 * width)]  # the last for keys and values of the source
        each = [(shape.layers * count, call) for k, n in products for count, call in trained(rows, k, n, best)]
        return [*each, *trained(rows, width, shape.words, best), (1, adam)]

    def transformer_step(batch: int) -> list[tuple[int, Kernel]]:
        each: list[tuple[int, Kernel]] = [(shape.layers, Gemm(batch, k, n)) for k, n in decoder_layer]
        return [*each, (1, Gemm(batch, width, shape.words))]

    def recurrent_step(batch: int) -> list[tuple[int, Kernel]]:
        linear = [(width, 4 * width), (width, 4 * width), (2 * width, width), (width, shape.words)]
        return [(1, Gemm(batch, k, n)) for k, n in linear]

    found = {
        "seq2seq-train-recurrent": recurrent(best),
        "seq2seq-train-recurrent-fp32": recurrent(torch.float32),
        "seq2seq-train-transformer": Work(rows, transformer()),
    }
    for batch in (1, 32):
        found[f"seq2seq-generate-b{batch}"] = Work(batch, transformer_step(batch))
        found[f"seq2seq-generate-b{batch}-recurrent"] = Work(batch, recurrent_step(batch))
    return found


def _chains(sizes: Sizes) -> dict[str, Work]:
    shape = sizes.crf
    step = Gemm(shape.sentences, shape.tags, shape.tags, torch.float64)
    return {"crf-loss": Work(1, [(2 * shape.steps, step)])}


def limit(id: str, work: Work, unit: str, ours: float) -> dict:
    """Compare what a row reached with its kernels alone.

    Args:
        id: of the row.
        work: what it cannot do without.
        unit: of `ours`.
        ours: what was measured.
    """
    parts: dict[str, float] = {}
    for count, kernel in work.kernels:
        parts[kernel.kind] = parts.get(kernel.kind, 0.0) + count * seconds(kernel)
    total = sum(parts.values())
    best = 1000 * total / work.units if unit == "ms" else work.units / total
    share = best / ours if unit == "ms" else ours / best
    return {
        "id": id,
        "ours": ours,
        "limit": round(best, 4),
        "unit": unit,
        "share": round(share, 3),
        "kernels_ms": {kind: round(1000 * took, 4) for kind, took in parts.items()},
    }


def rates(sizes: Sizes = FULL) -> list[dict]:
    """Measure what the kernels do a second: GFLOP of products and LSTMs in float32 and bfloat16, GB of memory."""
    shape = sizes.classifier
    size = 4 * shape.hidden
    rows: list[tuple[str, float, Kernel, str]] = []
    for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        rows.append((f"products {name}", 2 * size**3 / 1e9, Gemm(size, size, size, dtype), "GFLOP/s"))
        for trains in (False, True):
            lstm = Lstm(64, 32, shape.embedding, shape.hidden // 2, trains, dtype)
            work = 2 * 64 * 32 * 4 * lstm.units * (lstm.inputs + lstm.units) * (3 if trains else 1) / 1e9
            rows.append((f"LSTM {name}{', forward and backward' if trains else ''}", work, lstm, "GFLOP/s"))
    rows.append(("memory", 64e-3, Memory(64_000_000), "GB/s"))
    found = []
    for name, work, kernel, unit in rows:
        try:
            found.append({"id": name, "limit": round(work / seconds(kernel), 1), "unit": unit})
        except RuntimeError:  # bfloat16 LSTMs on a CPU without the instructions
            print(f"{name}: this processor has no kernel for it")
    return found


def measured_here(path: Path, toy: bool) -> dict[str, dict]:
    """Read the rows of `speed.jsonl` that were measured on this machine; at toy size those of any."""
    here, rows = describe_machine(), [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    same = ("processor", "amx")
    return {row["id"]: row for row in rows if toy or all(row["machine"][name] == here[name] for name in same)}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure the kernels, print the share that each row reaches, and write it down.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="How near each row of speed.jsonl comes to the kernels alone.")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of speed.jsonl and of limits.jsonl")
    parser.add_argument("--toy", action="store_true", help="run everything at toy size; the figures say nothing")
    options = parser.parse_args(argv)
    sizes = TOY if options.toy else FULL
    torch.set_num_threads(1)
    reached = measured_here(options.output / "speed.jsonl", options.toy)
    found = rates(sizes)
    for id, work in works(sizes).items():
        if id in reached:
            found.append(limit(id, work, reached[id]["unit"], reached[id]["ours"]))
        else:
            print(f"{id}: no row of this machine, `python benchmarks/speed.py --only {id}` measures it")
    common = {"machine": describe_machine(), "commit": current_commit(), "date": datetime.date.today().isoformat()}
    for row in found:
        share = f"   {100 * row['share']:.0f} % of it reached" if "share" in row else ""
        print(f"{row['id']:36} {row['limit']:>12,.4g} {row['unit']}{share}", flush=True)
    if not (options.toy and options.output == RESULTS):
        write_rows(options.output / "limits.jsonl", [row | common for row in found], key=("id",))


if __name__ == "__main__":
    main()
