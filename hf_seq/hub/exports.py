# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq export` wrote, on its way to the Hub: beside the weights it was made from, or as a static Space."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.writing import write_json, write_text
from hf_seq.hub.scrub import find_leaks, read_if_there, scrub
from hf_seq.runtime.runtime import FACTS

CERTIFICATE, WEIGHTS = "certificate.json", "model.safetensors"
GRAPHS = "onnx"
NOT_IN_A_SPACE = {"server.py", "Dockerfile"}


def stage_export(export: Path, source: Path, target: Path) -> dict[str, Any]:
    """Copy graphs, runtime and certificate beside a staged model.

    Args:
        export: what `hf-seq export` wrote.
        source: the model's own folder.
        target: the staged repository.

    Returns:
        The certificate, cleaned.

    Raises:
        InputError: nothing was exported there, or it was made of other weights.
    """
    certificate = _check(export)
    made_of = certificate.get("weights_sha256")
    if (source / WEIGHTS).is_file() and hashlib.sha256((source / WEIGHTS).read_bytes()).hexdigest() != made_of:
        raise InputError(f"--onnx {export} was made of other weights than those in {source}; export the model again.")
    shutil.copytree(export / GRAPHS, target / GRAPHS)
    for path in sorted(export.glob("runtime*")):
        shutil.copyfile(path, target / path.name)
    cleaned: dict[str, Any] = scrub(certificate)
    write_json(target / CERTIFICATE, cleaned)
    return cleaned


def stage_page(page: Path, target: Path, title: str) -> None:
    """Lay out a static Space: the page of an export, and the README that says what it is.

    Raises:
        InputError: there is no page, or it would give something away.
    """
    certificate = _check(page)
    if not (page / "index.html").is_file():
        raise InputError(f"{page} holds an export without a page; export with --to page.")
    shutil.copytree(page, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_IN_A_SPACE))
    write_json(target / CERTIFICATE, scrub(certificate))
    write_text(
        target / "README.md",
        f"---\ntitle: {title}\nsdk: static\npinned: false\n---\n\nA model of the package hf_seq that "
        "runs in the browser; what is typed stays there. `certificate.json` says what it was held against.\n",
    )
    leaks = find_leaks(target)
    if leaks:
        raise InputError(f"Nothing was sent: {'; '.join(leaks)}. Take it out of {page} and push again.")


def card_lines(certificate: dict[str, Any], form: str | None = None) -> list[str]:
    """Describe an export for a card.

    Args:
        certificate: of the export.
        form: of the graph that the record is about, where it is about one, such as int8.
    """
    compared, speed, scores = certificate["comparison"], certificate["speed"], certificate["scores"]
    lines = [
        f"`{name}`: {facts['bytes'] / 1e6:.2f} MB, opset {certificate['opset']}"
        for name, facts in certificate["files"].items()
    ]
    lines.append(
        f"held against torch at {compared['shapes']} shapes and masks; greatest difference "
        f"{compared['greatest_difference']:.1g}"
    )
    processor = certificate["machine"]["processor"]
    for name in [each for each in speed if each not in ("how", "torch")]:
        line = f"{name}: {speed[name]['latency_ms']['p50']:.2f} ms an input on one thread of {processor}"
        if scores is not None:
            line += f", {scores['metric']} {scores[name]['score']:.2f} on {scores['split']}"
            line += f", torch {scores['torch']['score']:.2f}"
        lines.append(line)
    if form is not None:
        lines.append(f"score, size and latency of this card are those of the graph ({form})")
    return lines


def _check(export: Path) -> dict[str, Any]:
    certificate = read_if_there(export / CERTIFICATE)
    if not certificate or not (export / FACTS).is_file():
        raise InputError(f"{export} holds nothing that was exported; write it with `hf-seq export`.")
    return certificate
