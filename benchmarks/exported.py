# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq export` writes, against DistilBERT: the time of a text, of many, of a cold start, and the memory."""

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.pairs import Speed, time_pairs

EXPORTED = """
import sys; sys.path.insert(0, sys.argv[1])
from runtime import load
answer = load(sys.argv[1])
"""
PIPELINE = """
import sys, hf_seq, torch; torch.set_num_threads(1)
from transformers import pipeline
answer = pipeline("text-classification", model=sys.argv[1], device="cpu")
"""
MEASURED = """
import time; start = time.perf_counter()
{load}
answer("not bad at all")
print(time.perf_counter() - start)
print(next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def export_model(saved: Path) -> Path:
    """Export a saved model, once, int8 too."""
    from hf_seq import export

    folder = saved.with_name(f"{saved.name}-exported")
    return folder if folder.is_dir() else export(saved, folder, quantize="int8").folder


def cold_start(saved: Path, peer: Path, pairs: int, warm_up: bool) -> Speed:
    """Time imports, loading and the first answer, each in a process of its own."""
    folder = export_model(saved)
    return time_pairs(
        "onnx-cold-start",
        lambda: _fresh(EXPORTED, folder)[0],
        "the same model in transformers' pipeline",
        lambda: _fresh(PIPELINE, peer)[0],
        "s",
        pairs,
        note="a new process: imports, loading, first answer",
        warm_up=warm_up,
    )


def memory(saved: Path, peer: Path, pairs: int, warm_up: bool) -> Speed:
    """Measure the most memory that a process took until its first answer."""
    folder = export_model(saved)
    return time_pairs(
        "onnx-memory",
        lambda: _fresh(EXPORTED, folder)[1],
        "the same model in transformers' pipeline",
        lambda: _fresh(PIPELINE, peer)[1],
        "MB",
        pairs,
        note="largest resident size of a process that answered one text",
        warm_up=warm_up,
    )


def _fresh(load: str, folder: Path) -> tuple[float, float]:
    """Load a model in a new process: seconds to its first answer, and megabytes.

    The peak is read from /proc, as `getrusage` begins with that of the process that started this one.
    """
    command = [sys.executable, "-c", MEASURED.format(load=load), str(folder)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(printed[-2]), float(printed[-1])


def load_exported(saved: Path, *, quantized: bool = False) -> Callable[[str], object]:
    """Load the export of a model."""
    from hf_seq.runtime.runtime import load

    return load(export_model(saved), quantized=quantized)


def start_up(id: str, folder: Path, saved: Path, pairs: int, warm_up: bool) -> Speed:
    """Measure what a process takes from the processor that answers one text and ends."""
    verb = [sys.executable, "-m", "hf_seq", "predict", str(folder), "not bad at all"]
    peer = [sys.executable, "-c", f"{PIPELINE}answer('not bad at all')", str(saved)]
    return time_pairs(
        id,
        lambda: _processor_seconds(verb),
        "the same model in transformers' pipeline",
        lambda: _processor_seconds(peer),
        "s",
        pairs,
        note="user time of a process that answers one text and ends",
        warm_up=warm_up,
    )


def _processor_seconds(command: list[str]) -> float:
    """Run a command, and give the seconds of a processor that it took for itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, capture_output=True, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def answer_many(saved: Path, *, quantized: bool = False) -> Callable[[Sequence[str]], object]:
    """Make a function that answers many texts by the export of a model."""
    from hf_seq.runtime.runtime import load

    model = load(export_model(saved), quantized=quantized)
    return lambda texts: list(model.predict(texts))
