# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reading a data set from the Hub, or from its cache when the Hub is out of reach; never a long wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import datasets
import huggingface_hub
from huggingface_hub import HfApi, constants
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.errors import InputError

TIMEOUT = 5.0  # seconds to wait for the Hub's first answer


def read_hub(name: str, config: str | None, revision: str | None) -> dict[str, Table]:
    """Read all splits of a Hub data set, under the Hub's own names.

    Raises:
        InputError: no such data set, revision or config; access not granted; or the Hub out of reach and nothing
            cached.
    """
    unreachable = _why_unreachable(name, revision)
    try:
        if unreachable is None:
            loaded = datasets.load_dataset(name, config, revision=revision)
        else:
            with _offline():
                loaded = datasets.load_dataset(name, config, revision=revision)
    except Exception as error:  # `datasets` raises many kinds; each becomes words for the user, with the cause kept
        raise InputError(_in_words(error, name, config, unreachable)) from error
    return {split: table_from_arrow(_whole(rows), rows.features) for split, rows in loaded.items()}


def _whole(rows: datasets.Dataset) -> Any:
    return rows.with_format("arrow")[:]


def _why_unreachable(name: str, revision: str | None) -> str | None:
    """Ask the Hub once, with a short timeout; None when it answered that the data set is there."""
    if huggingface_hub.is_offline_mode() or datasets.config.HF_DATASETS_OFFLINE:
        return "offline mode is on (HF_HUB_OFFLINE)"
    where = "as a local file or folder, or on the Hub"
    try:
        HfApi().dataset_info(name, revision=revision, timeout=TIMEOUT)
    except RevisionNotFoundError:
        raise InputError(
            f"data set {name!r} has no revision {revision!r}; use a branch, tag or commit of it, or leave it out."
        ) from None
    except GatedRepoError:
        raise InputError(
            f"data set {name!r} needs permission: accept its terms on the Hub, then log in with `hf auth login`."
        ) from None
    except RepositoryNotFoundError:
        raise InputError(
            f"there is no data set {name!r}, {where}; check the name (a private one needs `hf auth login`)."
        ) from None
    except HfHubHTTPError as error:
        return f"it answered {error.response.status_code}" if error.response is not None else str(error)
    except Exception as error:  # whatever the network layer in use raises for: no name, no route, no answer in time
        return f"{type(error).__name__}: {error}"
    return None


@contextmanager
def _offline() -> Iterator[None]:
    """Let `datasets` look in its cache at once instead of retrying for half a minute."""
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _in_words(error: Exception, name: str, config: str | None, unreachable: str | None) -> str:
    if unreachable is not None:
        return (
            f"data set {name!r} is not a local file or folder, the Hub is out of reach ({unreachable}), and it is not "
            "in the cache; give a path to local files, use builtin:reviews, or try again with a network."
        )
    reason = " ".join(str(error).split())[:600]
    if "script" in reason:
        return f"data set {name!r} comes as a loading script, which is not run; try revision='refs/convert/parquet'."
    if "config" in reason.lower():
        return f"data set {name!r} with config={config!r} cannot be loaded: {reason}"
    return f"data set {name!r} cannot be loaded ({type(error).__name__}: {reason}); check name, config and revision."
