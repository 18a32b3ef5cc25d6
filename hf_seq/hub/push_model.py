# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`model.push_to_hub`: as in transformers, and where the model comes from a finished run, all of that run."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from hf_seq.hub.card import CardOptions
from hf_seq.hub.staging import TOKENIZER, copy_matching
from hf_seq.hub.upload import Pushed, hub_errors_explained, push
from hf_seq.reports.record import RECORD_NAME

READERS = (*TOKENIZER, "tokenizer_config.json", "preprocessor_config.json")


def push_model(
    model: Any,
    repo_id: str,
    *,
    commit_message: str | None = None,
    private: bool | None = None,
    token: bool | str | None = None,
    revision: str | None = None,
    create_pr: bool = False,
    max_shard_size: int | str = "50GB",
    tags: list[str] | None = None,
    **unused: Any,
) -> Pushed:
    """Push a model that is in memory.

    If it is still what a finished run saved, the whole run goes, card and record included. Else weights, code and
    the tokenizer of the folder it was loaded from go, and a card that names no results; a card that the repository
    has already stays.

    Args:
        model: of ours.
        repo_id: `user/name`, or a name of one's own.
        commit_message: of the commit.
        private: visibility of a new repository.
        token: of a user who may write.
        revision: branch.
        create_pr: offer it as a pull request.
        max_shard_size: of a weights file.
        tags: for the card.
        unused: `commit_description` of transformers, which commits of ours do not have.

    Raises:
        InputError: as `hf_seq.hub.upload`.
    """
    origin = Path(model.name_or_path) if model.name_or_path else None
    settings: dict[str, Any] = {
        "private": private,
        "revision": revision,
        "create_pr": create_pr,
        "message": commit_message or "Upload model",
        "token": token if isinstance(token, str) else None,
        "options": CardOptions(tags=tags or []),
    }
    name = _full_name(repo_id, settings["token"])
    if origin is not None and (origin / RECORD_NAME).is_file() and _is_saved_in(model, origin):
        return push(origin, name, **settings)
    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place, max_shard_size=max_shard_size)
        if origin is not None and origin.is_dir():
            copy_matching(origin, Path(place), READERS)
        return push(place, name, keep_card=True, **settings)


def _is_saved_in(model: Any, folder: Path) -> bool:
    """Check whether a folder holds this model to the bit, its configuration included."""
    try:
        saved = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError):
        return False
    state = {name: value.cpu() for name, value in model.state_dict().items()}
    same = all(name in state and torch.equal(state[name], value) for name, value in saved.items())
    return same and _settings(model.config) == _settings(type(model.config).from_pretrained(folder))


def _settings(config: Any) -> dict[str, Any]:
    """Return what a configuration says of the model, without how it was saved."""
    about_saving = ("_name_or_path", "auto_map", "architectures", "transformers_version", "dtype")
    return {key: value for key, value in config.to_dict().items() if key not in about_saving}


def _full_name(repo_id: str, token: str | None) -> str:
    """Complete `name` to `user/name`, as transformers allows."""
    if "/" in repo_id:
        return repo_id
    from huggingface_hub import HfApi

    with hub_errors_explained(repo_id):
        return f"{HfApi(token=token).whoami()['name']}/{repo_id}"
