# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The repository of a Space: the page of `hf-seq demo`, which needs no hf_seq, and the versions it runs on."""

import importlib.metadata
from pathlib import Path

from huggingface_hub import SpaceCard, SpaceCardData

from hf_seq.errors import InputError
from hf_seq.files.writing import write_json, write_text

PAGE = Path(__file__).parents[1] / "demo" / "page.py"
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
    write_text(folder / "app.py", PAGE.read_text(encoding="utf-8"))
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
