# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The folder of an export: written beside its place and put there whole, or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onnx import ModelProto

from hf_seq import runtime
from hf_seq.files.writing import write_json
from hf_seq.models import audio, sentence_places
from hf_seq.models.target_tokenizer import TARGET_FILE
from hf_seq.runtime.runtime import FACTS, KINDS

GRAPHS = "onnx"
CONTAINER = ("server.py", "Dockerfile")
"""What answers over HTTP, and in what; with every export."""
MORE_FILES = {"series-tagging": ("runtime_tagging",), "forecasting": ("runtime_series",)}
MORE_FILES |= dict.fromkeys(("events", "next-event", "audio"), ("runtime_series",))
"""What else answers for a task."""
STAND_IN, OWN_TYPE = "distilbert", "hf_seq_model_type"
"""transformers.js and optimum refuse a type that they do not know. For them this one is an encoder of texts: it takes
`input_ids` and `attention_mask` and gives `logits`, as ours does; nothing else of it matters to a graph."""
FORGOTTEN = ("auto_map", "custom_pipelines", "_name_or_path")
"""Fields of a configuration that name code or folders, of which an export has none."""


@contextmanager
def new_folder(output: Path) -> Iterator[Path]:
    """Give a folder to write to, which takes the place of `output` when all went well and vanishes when not."""
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        yield folder
        folder.chmod(0o755)
        os.replace(folder, output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_graphs(folder: Path, models: Mapping[str, ModelProto], ending: str = "") -> dict[str, str]:
    """Write graphs under `onnx/`; gives their digests by their names in the folder."""
    digests = {}
    (folder / GRAPHS).mkdir(exist_ok=True)
    for name, model in models.items():
        data = model.SerializeToString()
        place = f"{GRAPHS}/{name}{ending}.onnx"
        (folder / place).write_bytes(data)
        digests[place] = hashlib.sha256(data).hexdigest()
    return digests


def write_beside(folder: Path, source: Path, model: Any, processor: Any, facts: Mapping[str, Any]) -> None:
    """Write what goes with the graphs: configuration, tokenizer or extractor, facts, the runtime."""
    write_json(folder / "config.json", _configuration(model, str(facts["kind"])))
    processor.save_pretrained(folder)
    for path in folder.glob("*.py"):
        path.unlink()  # code of transformers' Auto classes
    if hasattr(processor, "backend_tokenizer"):
        _write_tokenizer(folder, processor)
    for name in (TARGET_FILE, "generation_config.json"):
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    write_json(folder / FACTS, facts)
    for name in runtime_files(str(facts["kind"])):
        shutil.copyfile(Path(runtime.__file__).with_name(name), folder / name)
    if facts["kind"] == "audio":
        shutil.copyfile(audio.__file__, folder / Path(audio.__file__).name)
    if facts.get("sentences"):
        shutil.copyfile(sentence_places.__file__, folder / Path(sentence_places.__file__).name)


def _configuration(model: Any, kind: str) -> dict[str, Any]:
    """Return the configuration, for readers that know graphs and no class of ours."""
    config = {name: each for name, each in model.config.to_dict().items() if name not in FORGOTTEN}
    if kind in ("classification", "tagging"):
        config |= {"model_type": STAND_IN, OWN_TYPE: config["model_type"]}
    return config


def runtime_files(kind: str) -> list[str]:
    """Name the files that answer for a task."""
    beside = {KINDS[kind][0], "runtime", *MORE_FILES.get(kind, ())}
    return [*sorted(f"{name}.py" for name in beside), *CONTAINER]


def _write_tokenizer(folder: Path, processor: Any) -> None:
    """Write the tokenizer as it was loaded, which may differ from its file, without padding and truncation."""
    backend = json.loads(processor.backend_tokenizer.to_str())
    backend["padding"] = backend["truncation"] = None
    (folder / "tokenizer.json").write_text(json.dumps(backend, ensure_ascii=False), encoding="utf-8")
