# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a search to a model: the choice by validation, measured in a fresh process, scored on the test rows once."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.model_folders import DEPLOY
from hf_seq.files.writing import write_json
from hf_seq.progress import logger
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.reports.speed import measure_speed
from hf_seq.search.candidates import CANDIDATES_NAME, Candidate, best_of
from hf_seq.search.folder import FIT_NAME
from hf_seq.search.forms import FILES, INT8, TORCH, load_form, place_of
from hf_seq.search.remeasure import measure_afresh
from hf_seq.search.runs import Workshop
from hf_seq.search.study import SearchResult, nothing_fits
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.recipe_files import RECIPE_NAME, read_recipe, write_recipe
from hf_seq.train.results import LATENCY_CALLS

NOT_COPIED = frozenset({RECORD_NAME, RECIPE_NAME, CANDIDATES_NAME, ".run.json", "predictions.jsonl"})
ATTEMPTS = 2
"""Fresh processes that a candidate is measured in before it is given up: another program may have been in the way."""


def choose(workshop: Workshop, found: SearchResult, facts: dict[str, Any], sign: int) -> Candidate:
    """Choose the best candidate that keeps the limits in a process of its own, too.

    Args:
        workshop: of the search.
        found: what it found.
        facts: of fit.json, which keeps what was measured, so that the choice stays the same after a kill.
        sign: 1 where a higher score is better, else -1.

    Raises:
        InputError: no candidate keeps them.
    """
    limits, left = workshop.options.limits, list(found.candidates)
    measured = facts.setdefault("measured_again", {})
    while (best := best_of(left, limits, sign)) is not None:
        key = f"{best.run}/{best.form}"
        if key not in measured:
            logger.info(f"Measuring {best.name} in a process of its own ...")
            measured[key] = _measured(workshop, best)
            write_json(Path(workshop.options.output) / FIT_NAME, facts)
        size, latency = measured[key]
        again = dataclasses.replace(best, bytes=int(size), milliseconds=float(latency))
        if again.within(limits):
            return again
        logger.info(f"  {size / 1e6:.2f} MB, {latency:.3g} ms: beyond the limits; the next best is taken")
        left.remove(best)
    raise InputError(nothing_fits(workshop.options, found.candidates))


def _measured(workshop: Workshop, candidate: Candidate) -> tuple[int, float]:
    for _ in range(ATTEMPTS):
        place = place_of(workshop.folder / candidate.run, candidate.form)
        size, latency = measure_afresh(place, candidate.form, workshop.inputs, workshop.folder / "inputs.json")
        if workshop.options.limits.allow(size, latency):
            break
    return size, float(f"{latency:.3g}")


def deployed_at(output: Path, form: str) -> Path:
    """Return the folder of what is deployed: that of the model, or the export in it."""
    return output if form == TORCH else output / DEPLOY


def deploy(workshop: Workshop, chosen: Candidate, recipe: Recipe) -> Record:
    """Put the chosen model into the output folder, and score what is deployed on the test rows.

    Returns:
        The record, not yet written.
    """
    output, source = Path(workshop.options.output), workshop.folder / chosen.run
    place = deployed_at(output, chosen.form)
    for path in source.iterdir():
        if path.is_file() and path.name not in NOT_COPIED:
            shutil.copyfile(path, output / path.name)
    write_recipe(output / RECIPE_NAME, read_recipe(source / RECIPE_NAME), current_command())
    if chosen.form != TORCH:
        shutil.copytree(place_of(source, chosen.form), place, dirs_exist_ok=True)
        _certify(workshop, output, chosen.form)
    predictor = load_form(place, chosen.form, workshop.task.predictor)
    task, splits, rows = workshop.task, workshop.splits, workshop.splits.test
    inputs = task.data.inputs(rows)
    scored, predictions = task.scoring.score(predictor, inputs, rows, splits, recipe, workshop.options.seed)
    task.scoring.write_predictions(output, rows, splits, predictions)
    record = Record.read(source)
    speed = _speed(predictor, inputs) if chosen.form == TORCH else {}
    how = f"bytes of {FILES[chosen.form]}; median latency on validation inputs, one thread, in a process of its own"
    return dataclasses.replace(
        record,
        **scored,
        **speed,
        split=splits.described("test"),
        label=chosen.name if chosen.form != TORCH else record.label,
        bytes=chosen.bytes,
        latency_ms={**(record.latency_ms or {}), "p50": chosen.milliseconds},
        measurement={"how": how, "form": chosen.form, "threads": 1},
        notes=[*record.notes, f"chosen by hf-seq fit on {len(splits.validation):,} validation rows"],
        command=current_command(),
    )


def _speed(predictor: Any, inputs: list[Any]) -> dict[str, Any]:
    found = measure_speed({"it": predictor}, inputs, calls=LATENCY_CALLS)["it"]
    return {name: found[name] for name in ("model_latency_ms", "throughput_per_s")}


def _certify(workshop: Workshop, output: Path, form: str) -> None:
    """Write the certificate of a graph: held against torch in float32, as `hf-seq export` does."""
    from hf_seq.exporting.building import build
    from hf_seq.exporting.certificate import CERTIFICATE, digest_of, list_files, make_certificate
    from hf_seq.exporting.comparing import compare_with_torch
    from hf_seq.exporting.graph import DEFAULT_OPSET
    from hf_seq.exporting.quantization import how_quantized
    from hf_seq.exporting.sessions import make_run

    model = workshop.task.predictor(output).model
    graphs = build(model, DEFAULT_OPSET)
    comparison = compare_with_torch(model, make_run(graphs))
    notes = ["scores and speed stand in fit.json and record.json of the folder above"]
    notes += [f"{INT8}: {how_quantized(graphs)}; the comparison with torch is of the float32 graph"] * (form == INT8)
    certificate = make_certificate(model, DEFAULT_OPSET, comparison, None, {}, notes)
    place = deployed_at(output, form)
    digests = {str(path.relative_to(place)): str(digest_of(path)) for path in sorted(place.rglob("*.onnx"))}
    certificate["files"] = list_files(place, digests)
    certificate["weights_sha256"] = digest_of(output / "model.safetensors")
    write_json(place / CERTIFICATE, certificate)
