# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The forms in which a trained model can be deployed: its folder for torch, or a graph of ONNX, in float32 or int8.

Which files count is said here and nowhere else: of a folder for torch those that `from_pretrained` reads, of an export
all but the server and its image, which nobody needs to get an answer.
"""

import importlib.util
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hf_seq.reports.measure import bytes_on_disk, measure_latencies

TORCH, ONNX, INT8 = "torch", "onnx", "int8"
FILES = {
    TORCH: "weights, configuration and tokenizer",
    ONNX: "the graph, tokenizer, configuration, facts and runtime.py",
    INT8: "the graph of int8, tokenizer, configuration, facts and runtime.py",
}
"""What counts, in words."""
NOT_COUNTED = frozenset({"server.py", "Dockerfile", "certificate.json"})
CALLS = 300
TEXTS = 200
"""Validation inputs that latency is measured on, at most."""


def forms_at_hand() -> tuple[str, ...]:
    """Name the forms that this installation can make."""
    found = all(importlib.util.find_spec(name) is not None for name in ("onnx", "onnxruntime"))
    return (TORCH, ONNX, INT8) if found else (TORCH,)


def write_exports(folder: Path, model: Any, processor: Any, task: str) -> list[str]:
    """Write the exported forms of a model into folders beside its weights.

    Args:
        folder: of the model.
        model: of torch.
        processor: its tokenizer.
        task: name of it.

    Returns:
        The forms that were written: none of a model that reads two texts, which the runtime does not.

    Raises:
        InputError: a model that cannot go.
    """
    from hf_seq.exporting.building import build
    from hf_seq.exporting.facts import facts_of, is_read
    from hf_seq.exporting.folder import write_beside, write_graphs
    from hf_seq.exporting.graph import DEFAULT_OPSET
    from hf_seq.exporting.quantization import quantize

    if not is_read(processor, task):
        return []
    graphs = {ONNX: build(model, DEFAULT_OPSET)}
    graphs[INT8] = quantize(graphs[ONNX])
    facts = facts_of(model, processor, task)
    for form, graph in graphs.items():
        place = place_of(folder, form)
        place.mkdir(parents=True, exist_ok=True)
        digests = write_graphs(place, graph)
        write_beside(place, folder, model, processor, facts | {"files": digests})
    return list(graphs)


def place_of(folder: Path, form: str) -> Path:
    """Return where a form of a model is: in its folder, or in one inside, which readers of the model do not count."""
    return folder if form == TORCH else folder / f".{form}"


def bytes_of(place: Path, form: str) -> int:
    """Sum the bytes of what is deployed."""
    if form == TORCH:
        return bytes_on_disk(place)
    files = [path for path in place.rglob("*") if path.is_file() and path.name not in NOT_COUNTED]
    return sum(path.stat().st_size for path in files if "__pycache__" not in path.parts)


def load_form(place: Path, form: str, predictor: Callable[[Path], Any]) -> Any:
    """Load a form for answers.

    Args:
        place: its folder.
        form: what is there.
        predictor: loads a folder for torch.
    """
    if form == TORCH:
        return predictor(place)
    from hf_seq.runtime.runtime import load

    return load(place)


def median_latency(predictor: Callable[[Any], Any], inputs: Sequence[Any], calls: int = CALLS) -> float:
    """Measure the median milliseconds from input to answer that one thread is busy, after a warm-up.

    What other programs take from this thread does not count: a busy minute would refuse what fits, and be remembered.
    """
    some = list(inputs)[:TEXTS]
    found = measure_latencies({"it": predictor}, {"it": some}, threads=1, n=calls, clock=time.thread_time_ns)
    return found["it"]["p50"]
