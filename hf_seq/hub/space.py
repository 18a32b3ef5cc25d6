# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The repository of a Space: the page of `hf-seq demo`, which needs no hf_seq, and the versions it runs on."""

import ast
import importlib.metadata
from pathlib import Path

from huggingface_hub import SpaceCard, SpaceCardData

from hf_seq.errors import InputError
from hf_seq.files.writing import write_json, write_text

PACKAGE = Path(__file__).parents[1]
GUARDS = ("errors.py", "files/reading.py", "files/arrays.py")
DEMO_FILES = ("model_demo.py", "text_demo.py", "drawing.py", "series_demo.py", "audio_demo.py", "page.py")
PAGE_FILES = (*GUARDS, *(f"demo/{name}" for name in DEMO_FILES))
"""What `app.py` is joined from, inside the package; each imports only from those before it."""
RUNS_ON = ("torch", "transformers", "safetensors")


def stage_space(folder: Path, model_id: str, examples: list[str]) -> Path:
    """Write `app.py`, `demo.json`, `requirements.txt` and `README.md`.

    Args:
        folder: an empty folder.
        model_id: `user/name` of the model on the Hub.
        examples: inputs offered on the page; the page has its own where there are none.

    Raises:
        InputError: Gradio is not installed, so it is not known which version to ask for.
    """
    try:
        gradio = importlib.metadata.version("gradio")
    except importlib.metadata.PackageNotFoundError as error:
        raise InputError("The demo needs Gradio; install it with `pip install hf_seq[demo]`.") from error
    write_text(folder / "app.py", join_page())
    write_json(folder / "demo.json", {"model": model_id, "examples": examples})
    pinned = [f"{package}=={importlib.metadata.version(package).partition('+')[0]}" for package in RUNS_ON]
    write_text(folder / "requirements.txt", "\n".join(pinned) + "\n")
    data = SpaceCardData(
        title=model_id.rpartition("/")[2],
        sdk="gradio",
        sdk_version=gradio,
        app_file="app.py",
        models=[model_id],
        license="apache-2.0",
        short_description="A small sequence model at work",
    )
    page = f"Shows [{model_id}](https://huggingface.co/{model_id}). The page comes from hf_seq's `hf-seq demo`."
    write_text(folder / "README.md", str(SpaceCard(f"---\n{data.to_yaml()}\n---\n\n{page}\n")))
    return folder


def join_page() -> str:
    """Join the files of the demo that run without hf_seq into one: the imports first, those of each other left out."""
    sources = [(PACKAGE / name).read_text(encoding="utf-8") for name in PAGE_FILES]
    modules, names, bodies = set(), dict[str, set[str]](), []
    for source in sources:
        start = 0
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                modules |= {ast.unparse(alias) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.setdefault(str(node.module), set()).update(map(ast.unparse, node.names))
            elif start:  # behind the docstring and the imports
                break
            start = node.end_lineno or 0
        bodies.append("".join(source.splitlines(keepends=True)[start:]).strip())
    header = sources[-1].partition("\nimport ")[0].strip()
    imports = [f"import {name}" for name in sorted(modules)]
    joined = {f"hf_seq.{name.removesuffix('.py').replace('/', '.')}" for name in PAGE_FILES}
    others = {module: found for module, found in names.items() if module not in joined}
    imports += [f"from {module} import {', '.join(sorted(others[module]))}" for module in sorted(others)]
    return "\n\n\n".join(["\n".join([header, "", *imports]), *bodies]) + "\n"
