# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq export`: graphs written, held against torch, scored, timed, and only then put in place."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.baselines.baseline import is_baseline
from hf_seq.errors import InputError
from hf_seq.exporting.building import build
from hf_seq.exporting.certificate import CERTIFICATE, digest_of, inputs_to_time, list_files, make_certificate, measure
from hf_seq.exporting.comparing import compare_with_torch
from hf_seq.exporting.facts import facts_of
from hf_seq.exporting.folder import new_folder, write_beside, write_graphs
from hf_seq.exporting.graph import DEFAULT_OPSET
from hf_seq.exporting.needs import check_packages
from hf_seq.exporting.pages import check_task, found_libraries, write_page
from hf_seq.exporting.quantization import INT8, SUFFIX, how_quantized
from hf_seq.exporting.quantization import quantize as quantize_graphs
from hf_seq.exporting.scoring import check_scores, score_exports
from hf_seq.exporting.sessions import make_run
from hf_seq.files.writing import check_new_folder, write_json
from hf_seq.predictors.door import load
from hf_seq.predictors.kinds import kind_of_model
from hf_seq.predictors.loading import find_folder
from hf_seq.runtime.runtime import FACTS
from hf_seq.runtime.runtime import load as load_exported

ONNX, PAGE = "onnx", "page"
NO_DATA = "not scored: no record beside the model names data that can be read here; give --data to have it scored"


def _libraries(to: str, node_modules: str | Path | None) -> AbstractContextManager[Path | None]:
    return found_libraries(node_modules) if to == PAGE else nullcontext()


@dataclass(frozen=True)
class Export:
    """Where a model was written to, and its certificate."""

    folder: Path
    certificate: dict[str, Any]

    @property
    def bytes_of(self) -> dict[str, int]:
        """Bytes of the graphs, by precision."""
        files = self.certificate["files"]
        small = {name for name in files if SUFFIX in name}
        sizes = {"fp32": set(files) - small, INT8: small}
        return {name: sum(files[file]["bytes"] for file in chosen) for name, chosen in sizes.items() if chosen}


def export(
    folder_or_id: str | Path,
    output: str | Path,
    *,
    quantize: str | None = None,
    opset: int = DEFAULT_OPSET,
    to: str = ONNX,
    examples: Sequence[str] = (),
    node_modules: str | Path | None = None,
    data: str | None = None,
    trust_remote_code: bool = False,
    revision: str | None = None,
    **columns: Any,
) -> Export:
    """Write a trained model as ONNX files that need no torch, with a certificate of what they were held against.

    Args:
        folder_or_id: folder that `hf-seq train` or `save_pretrained` wrote, or Hub id.
        output: a new folder: `onnx/model.onnx`, tokenizer, configuration, `runtime.py`, `certificate.json`.
        quantize: "int8" writes `onnx/model_quantized.onnx`, too.
        opset: version of ONNX's operators.
        to: "onnx", or "page": a page beside the files that answers in the browser (`index.html`).
        examples: inputs to click on in the page.
        node_modules: where the page's libraries are installed; None installs them by npm for the while.
        data: whose test split is scored, as for training; None takes the data that the model's record names.
        trust_remote_code: allow code that comes with the model to run.
        revision: branch, tag or commit of a Hub repository.
        columns: what else says how the data are read, as for training.

    Returns:
        Where it is, and the certificate.

    Raises:
        InputError: no model, a class that cannot go, an output folder in use, or a comparison that failed; nothing is
            then written.

    Example:
        >>> import hf_seq
        >>> hf_seq.export("runs/reviews", "exported", quantize="int8")  # doctest: +SKIP
    """
    check_packages()
    target = Path(output)
    check_new_folder(target)
    if to not in (ONNX, PAGE):
        raise InputError(f"--to {to} is not known; it can be {ONNX} or {PAGE}.")
    if quantize not in (None, INT8):
        raise InputError(f"--quantize {quantize} is not known; it can be {INT8}.")
    if (Path(folder_or_id) / FACTS).is_file():
        raise InputError(f"{folder_or_id} holds an export already; give the folder of the model that it was made from.")
    if is_baseline(folder_or_id):
        raise InputError(f"{folder_or_id} holds a baseline, which is not a network and has no graph; export a model.")
    source = find_folder(folder_or_id, revision)
    predictor = load(folder_or_id, trust_remote_code=trust_remote_code, revision=revision, backend="torch")
    model, kind = predictor.model, kind_of_model(predictor.model)
    assert kind is not None  # it was loaded by its kind
    if to == PAGE:
        check_task(kind.task)
    graphs = {"fp32": build(model, opset)}
    facts = facts_of(model, predictor.processor, kind.task)
    runs = {"fp32": make_run(graphs["fp32"])}
    comparison = compare_with_torch(model, runs["fp32"])
    notes = []
    if quantize == INT8:
        graphs[INT8] = quantize_graphs(graphs["fp32"])
        runs[INT8] = make_run(graphs[INT8])
        notes.append(f"{INT8}: {how_quantized(graphs['fp32'])}")
    with new_folder(target) as folder, _libraries(to, node_modules) as libraries:
        digests = write_graphs(folder, graphs["fp32"]) | (
            write_graphs(folder, graphs[INT8], SUFFIX) if INT8 in graphs else {}
        )
        write_beside(folder, source, model, predictor.processor, facts | {"files": digests})
        exported = {name: load_exported(folder, quantized=name == INT8) for name in graphs}
        both = {name: (exported[name], runs[name]) for name in graphs}
        scored = score_exports(str(folder_or_id), kind.task, predictor, both, data, columns)
        if scored is None:
            notes.append(NO_DATA)
        else:
            check_scores(scored.fields)
        inputs = inputs_to_time(kind.task, predictor.processor, None if scored is None else scored.inputs)
        speed = measure({"torch": predictor, **exported}, inputs, writes=kind.task == "seq2seq")
        certificate = make_certificate(
            model, opset, comparison, None if scored is None else scored.fields, speed, notes
        )
        certificate["files"] = list_files(folder, digests)
        certificate["weights_sha256"] = digest_of(source / "model.safetensors")
        write_json(folder / CERTIFICATE, certificate)
        if libraries is not None:
            write_page(folder, libraries, kind.task, source.resolve().name, examples)
    return Export(target, certificate)


def describe(found: Export) -> list[str]:
    """Describe an export in lines: where it is, what it was held against, and what each file does."""
    facts = found.certificate
    comparison, scores, speed = facts["comparison"], facts["scores"], facts["speed"]
    lines = [
        f"{found.folder}: {facts['model']}, held against torch at {comparison['shapes']} shapes and masks; greatest "
        f"difference {comparison['greatest_difference']:.1g}."
    ]
    for name in [each for each in speed if each != "how"]:
        line = f"  {name:<6}{speed[name]['latency_ms']['p50']:9.3f} ms, {speed[name]['inputs_per_s']:,.0f} inputs/s"
        if name in found.bytes_of:
            line += f", {found.bytes_of[name] / 1e6:.2f} MB"
        if scores is not None:
            low, high = scores[name]["interval"] or (float("nan"),) * 2
            line += f", {scores['metric']} {_figure(scores[name]['score'])} [{_figure(low)}, {_figure(high)}]"
        lines.append(line)
    return [*lines, *(f"note: {note}" for note in facts["notes"])]


def _figure(value: float) -> str:
    """Write a score: of 100 with two decimals, an error below 1 with three digits."""
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"
