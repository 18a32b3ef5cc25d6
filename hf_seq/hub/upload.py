# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a finished run to a repository on the Hub that anyone can load."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hf_seq.errors import InputError
from hf_seq.files.hub_client import guard_client, wait_of
from hf_seq.hub.card import CardOptions
from hf_seq.hub.example_answers import answers_of
from hf_seq.hub.exports import stage_page
from hf_seq.hub.space import stage_space
from hf_seq.hub.staging import CARD, listing, stage
from hf_seq.progress import logger

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

Result = TypeVar("Result")
ATTEMPTS = 4
WAIT = 1.0
"""Seconds before the second attempt at a commit; doubled for each one after it."""
PASSING = (429, 500, 502, 503, 504)
"""Answers that may be others a moment later."""


@dataclass(frozen=True)
class Pushed:
    """What is on the Hub now.

    Attributes:
        url: of the repository.
        commit: its id; None for a dry run.
        files: names and sizes.
    """

    url: str
    commit: str | None
    files: list[tuple[str, int]]


def push(
    folder: str | Path,
    repo_id: str,
    *,
    private: bool | None = None,
    revision: str | None = None,
    remote_code: bool = True,
    dry_run: bool = False,
    options: CardOptions | None = None,
    message: str = "Upload model",
    token: str | None = None,
    create_pr: bool = False,
    keep_card: bool = False,
) -> Pushed:
    """Put a trained model on the Hub: weights, tokenizer, code, card, record, curves.

    Args:
        folder: what `hf-seq train` or `save_pretrained` wrote.
        repo_id: `user/name`; made if it is not there.
        private: visibility of a new repository; None is the account's default.
        revision: branch, made if it is not there; None is main.
        remote_code: ship the model's code, so that readers need not install hf_seq.
        dry_run: only say what would go.
        options: what the card can say beyond the record.
        message: of the commit.
        token: of a user who may write; by default the one that `hf auth login` stored, or HF_TOKEN.
        create_pr: offer it as a pull request.
        keep_card: leave the card alone that the repository has.

    Raises:
        InputError: the folder holds no model that may go, there is no token, the Hub refuses or cannot be reached. A
            push that broke off is repeated as it is: what has arrived is not sent again.
    """
    _check_name(repo_id)
    given = options or CardOptions()
    with tempfile.TemporaryDirectory() as place:
        given = replace(given, answers=given.answers or answers_of(folder))
        stage(folder, Path(place), repo_id, remote_code=remote_code, options=given)
        return upload(
            Path(place), repo_id, "model", private=private, revision=revision, dry_run=dry_run, message=message,
            token=token, create_pr=create_pr, keep_card=keep_card,
        )  # fmt: skip


def push_space(
    repo_id: str,
    shown: str | Path,
    *,
    static: bool = False,
    examples: list[str] | None = None,
    private: bool | None = None,
    dry_run: bool = False,
    token: str | None = None,
) -> Pushed:
    """Put the demo of a model on the Hub, as a Space.

    Args:
        repo_id: `user/name` of the Space.
        shown: `user/name` of the model it shows; where static, the folder that `hf-seq export --to page` wrote.
        static: a page that runs the model in the reader's browser, in place of one that a server runs with Gradio.
        examples: inputs offered on the page of Gradio.
        private: visibility of a new Space.
        dry_run: only say what would go.
        token: as for `push`.

    Raises:
        InputError: as `push`, or there is no page.
    """
    _check_name(repo_id)
    with tempfile.TemporaryDirectory() as place:
        if static:
            stage_page(Path(shown), Path(place), repo_id.rpartition("/")[2])
        else:
            stage_space(Path(place), str(shown), examples or [])
        sdk, message = ("static", "Upload page") if static else ("gradio", "Upload demo")
        return upload(
            Path(place), repo_id, "space", sdk=sdk, private=private, dry_run=dry_run, message=message, token=token
        )


def upload(
    folder: Path,
    repo_id: str,
    kind: str,
    *,
    sdk: str = "gradio",
    private: bool | None = None,
    revision: str | None = None,
    dry_run: bool = False,
    message: str,
    token: str | None = None,
    create_pr: bool = False,
    keep_card: bool = False,
) -> Pushed:
    """Send a staged folder as one commit, or only say what would go.

    Args:
        folder: what goes.
        repo_id: `user/name`.
        kind: "model" or "space".
        sdk: what a new Space runs on.
        private: visibility of a new repository.
        revision: branch.
        dry_run: send nothing.
        message: of the commit.
        token: of a user who may write.
        create_pr: offer it as a pull request.
        keep_card: leave the card alone that the repository has.

    Raises:
        InputError: as `push`.
    """
    from huggingface_hub import HfApi, constants

    files = listing(folder)
    prefix = "" if kind == "model" else f"{kind}s/"
    url = f"{constants.ENDPOINT}/{prefix}{repo_id}"
    for name, bytes_ in files:
        logger.info(f"{bytes_:>12,}  {name}")
    if dry_run:
        logger.info(f"{sum(size for _, size in files):>12,}  bytes in all would go to {url}; nothing was sent.")
        return Pushed(url, None, files)
    guard_client()
    api = HfApi(token=token)
    with hub_errors_explained(repo_id):
        on = sdk if kind == "space" else None
        _create(api, repo_id, kind, private, on)
        if keep_card and api.file_exists(repo_id, CARD, repo_type=kind):
            (folder / CARD).unlink()
        if revision is not None and not create_pr:
            api.create_branch(repo_id, repo_type=kind, branch=revision, exist_ok=True)
        commit = send_folder(api, folder, repo_id, kind=kind, revision=revision, message=message, create_pr=create_pr)
    logger.info(f"{url} holds it now, commit {commit.oid[:12]}")
    return Pushed(commit.pr_url or url, commit.oid, files)


def _create(api: "HfApi", repo_id: str, kind: str, private: bool | None, sdk: str | None) -> None:
    """Make a repository where there is none."""
    try:
        api.create_repo(repo_id, repo_type=kind, private=private, exist_ok=True, space_sdk=sdk)
    except KeyError:  # the client wants the address of what is there already, and a Hub in trouble leaves it out
        api.repo_info(repo_id, repo_type=kind)


def send_folder(
    api: "HfApi",
    folder: Path,
    repo_id: str,
    *,
    kind: str = "model",
    path_in_repo: str = "",
    revision: str | None = None,
    message: str,
    create_pr: bool = False,
) -> "CommitInfo":
    """Send a folder as one commit, and again where the Hub was busy; huggingface_hub's own errors come through."""
    from huggingface_hub import CommitOperationAdd

    def send() -> "CommitInfo":
        names = [name for name, _ in listing(folder)]
        files = [
            CommitOperationAdd(path_in_repo=(Path(path_in_repo) / name).as_posix(), path_or_fileobj=folder / name)
            for name in names
        ]
        return api.create_commit(
            repo_id, files, repo_type=kind, revision=revision, commit_message=message, create_pr=create_pr
        )

    return _patiently(send)


def _patiently(send: Callable[[], Result]) -> Result:
    """Try again after answers that pass: the client itself repeats uploads, but not the commit that ends them."""
    from huggingface_hub.errors import HfHubHTTPError

    for attempt in range(1, ATTEMPTS):
        try:
            return send()
        except HfHubHTTPError as error:
            if error.response.status_code not in PASSING:
                raise
            wait = wait_of(error.response.headers, WAIT * 2 ** (attempt - 1))
            logger.info(f"The Hub answered {error.response.status_code}; trying again in {wait:g} s.")
            time.sleep(wait)
    return send()


def _check_name(repo_id: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise InputError(f"{repo_id!r} is not a name of a repository ({error}); write user/name.") from error
    if repo_id.count("/") != 1:
        raise InputError(f"{repo_id!r} does not say whose it is; write user/name.")


@contextmanager
def hub_errors_explained(repo_id: str) -> Iterator[None]:
    """Turn what the Hub or the way to it refuses into a message.

    Raises:
        InputError: no token, no rights, a metadata error, no Hub in reach, a connection that broke.
    """
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled

    try:
        yield
    except LocalTokenNotFoundError as error:
        raise InputError(_NO_TOKEN) from error
    except OfflineModeIsEnabled as error:
        raise InputError("HF_HUB_OFFLINE keeps hf_seq from the Hub; unset it to push.") from error
    except HfHubHTTPError as error:
        raise InputError(_refusal(error, repo_id)) from error
    except InputError:
        raise
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"The Hub, or something between you and it, answered what is none of its answers ({_first_cause(error)}). "
            "Run the same command again in a while: what has arrived is not sent twice."
        ) from error
    except ValueError as error:  # of the card's metadata
        raise InputError(f"The Hub does not take this repository: {' '.join(str(error).split())}") from error
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"The connection to the Hub broke ({_first_cause(error)}). Run the same command again: what has arrived "
            "is not sent twice."
        ) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("httpx", "httpx2", "httpcore"):
            raise
        raise InputError(
            f"The connection to the Hub broke ({_first_cause(error)}). Run the same command again: what has arrived "
            "is not sent twice."
        ) from error


_NO_TOKEN = (
    "There is no token to push with; run `hf auth login`, or set HF_TOKEN to one with write access "
    "(https://huggingface.co/settings/tokens)."
)


def _refusal(error: Any, repo_id: str) -> str:
    status = error.response.status_code
    answer = (error.server_message or str(error).splitlines()[0]).strip()
    if status == 401:
        return f"The Hub does not know this token, or there is none ({answer}). {_NO_TOKEN}"
    if status == 403:
        return f"This token may not write to {repo_id} ({answer}); use one with write access, or a name of your own."
    if status == 404:
        return f"The Hub finds no {repo_id} ({answer}); check the name and --revision."
    if status in PASSING:
        return f"The Hub is busy or out of order ({status}: {answer}); run the same command again in a while."
    return f"The Hub refused ({status}: {answer})."


def _first_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
