# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq serve`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.options import Model
from hf_seq.errors import InputError
from hf_seq.files.reading import read_object


def serve(
    model: Model,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 answers other machines, too.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    max_body: Annotated[int, typer.Option("--max_body", min=1, help="Bytes of a request at most.")] = 1_000_000,
    max_inputs: Annotated[int, typer.Option("--max_inputs", min=1, help="Inputs of a request at most.")] = 256,
    max_waiting: Annotated[int, typer.Option("--max_waiting", min=1, help="Inputs that may wait at most.")] = 1024,
    quantized: Annotated[bool, typer.Option("--quantized", help="Of an export: answer by the int8 file.")] = False,
) -> None:
    """Answer over HTTP: POST /predict with {"inputs": "a text"}, or a list of texts.

    /health, /metadata and /openapi.json tell the rest. Inputs that come in
    while others are being answered are answered together.

    Examples:
    hf-seq serve runs/reviews-bilstm

    curl localhost:8000/predict -d '{"inputs": "not bad at all"}'

    hf-seq serve exported --host 0.0.0.0 --port 80 --quantized
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.predictors.door import load

    try:
        from hf_seq.runtime.server import Limits, listen, make_app, run
    except ImportError as error:
        raise InputError(f"serving needs the package {error.name}: pip install 'hf_seq[serve]'.") from error
    disable_progress_bar()
    chosen: dict[str, Any] = {"quantized": True} if quantized else {}  # torch has no such setting
    loaded = load(model, **chosen)
    limits = Limits(body=max_body, inputs=max_inputs, waiting=max_waiting)
    taken = listen(host, port)
    print(f"Listening on http://{host}:{taken.getsockname()[1]}/predict; Ctrl-C stops.", flush=True)
    run(make_app(loaded, describe(model, loaded), limits), taken)


def describe(folder: str, loaded: Any) -> dict[str, Any]:
    """Tell what is known of a model, for /metadata: its class, labels, and score, without folders of this machine."""
    from hf_seq.reports.environment import describe_versions

    path = Path(folder)
    about: dict[str, Any] = {
        "model": type(getattr(loaded, "model", loaded)).__name__,
        "labels": list(getattr(loaded, "label_names", [])),
        "hf_seq": describe_versions()["hf_seq"],
    }
    for name in ("record.json", "certificate.json"):
        if (path / name).is_file():
            facts = read_object(path / name)
            told = facts | (facts.get("scores") or {}) | ((facts.get("scores") or {}).get("fp32") or {})
            names = ("metric", "score", "interval", "n", "parameters", "date")
            about |= {key: told[key] for key in names if key in told}
            about["model"] = facts["model"] if name == "certificate.json" else about["model"]
    return about
