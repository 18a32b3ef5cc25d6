# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How long the Hub may take, and whether what it sent is what it said.

huggingface_hub waits for an answer without end, waits as long as any `Retry-After` says, and compares the size of a
file but not its hash. Here each request has a time-out, a wait of more than seconds is said to the user, and a file
whose bytes are not those of its name in the cache is deleted and refused.
"""

import hashlib
import re
import time
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError

ANSWER_SECONDS = 25.0
"""For one answer, or the next bytes of one; twice that and the pauses between end within a minute."""
COMMIT_SECONDS = 50.0
"""For the answer to a commit, which the Hub checks file by file, and which is asked once."""
GIVE_UP_SECONDS = 30.0
"""After the first attempt at a request no new one starts."""
LONGEST_WAIT = 15.0
"""Seconds that the Hub may ask to wait; whoever is asked for more comes back later."""

_begun: dict[str, float] = {}
_SHA256, _SHA1 = 64, 40  # letters


def guard_client() -> None:
    """Have huggingface_hub use a client with these limits, unless somebody has given it one of their own."""
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    _begun.clear()
    if getattr(_http, "_GLOBAL_CLIENT_FACTORY", None) is _http.default_client_factory:
        set_client_factory(_guarded_client)


def check_bytes(folder: Path) -> None:
    """Compare the files of a downloaded snapshot with the hashes that the Hub gave them.

    The cache keeps a file under its hash: SHA-256 of large ones, git's SHA-1 of the others.

    Raises:
        InputError: a file holds other bytes; it was deleted, so that the next call fetches it again.
    """
    for path in sorted(folder.rglob("*")):
        blob = path.resolve()
        if path.is_symlink() and blob.is_file() and not _is_whole(blob):
            path.unlink()
            blob.unlink()
            raise InputError(
                f"{path.name} arrived with other bytes than the Hub said (its hash is not {blob.name[:12]}...), and "
                "was deleted. Try again; if it happens twice, something between you and the Hub changes files."
            )


def wait_of(headers: Any, otherwise: float) -> float:
    """Return the seconds that an answer asks to wait.

    Raises:
        InputError: they are more than anybody waits for.
    """
    found = re.fullmatch(r"\s*(\d{1,12})(?:\.\d*)?\s*", headers.get("Retry-After", ""))
    wait = float(found[1]) if found else otherwise
    if wait > LONGEST_WAIT:
        raise InputError(f"The Hub asks to wait {wait:,.0f} seconds; run the same command again then.")
    return wait


def _guarded_client() -> Any:
    from huggingface_hub.utils import _http

    client = _http.default_client_factory()
    hooks = client.event_hooks
    client.event_hooks = {
        "request": [*hooks.get("request", []), _before],
        "response": [*hooks.get("response", []), _after],
    }
    return client


def _before(request: Any) -> None:
    key = f"{request.method} {request.url.copy_with(query=None)}"
    now = time.monotonic()
    waited = now - _begun.setdefault(key, now)
    if waited > GIVE_UP_SECONDS:
        _begun.pop(key)
        raise InputError(f"The Hub has given no good answer to {key} for {waited:.0f} seconds; try again in a while.")
    longest = COMMIT_SECONDS if "/commit/" in request.url.path else ANSWER_SECONDS
    asked = request.extensions.get("timeout") or {}
    request.extensions["timeout"] = {
        name: min(asked.get(name) or longest, longest) for name in ("connect", "read", "write", "pool")
    }


def _after(response: Any) -> None:
    if response.status_code < 400:
        request = response.request
        _begun.pop(f"{request.method} {request.url.copy_with(query=None)}", None)
    else:
        wait_of(response.headers, 0)
        reset = re.search(r"t=(\d+)", response.headers.get("ratelimit", ""))
        wait_of({"Retry-After": reset[1] if reset else ""}, 0)


def _is_whole(blob: Path) -> bool:
    """Check a file of the cache against its name; one under another kind of name is let be."""
    if re.fullmatch(rf"[0-9a-f]{{{_SHA256}}}", blob.name):
        hashed = hashlib.sha256()
    elif re.fullmatch(rf"[0-9a-f]{{{_SHA1}}}", blob.name):
        hashed = hashlib.sha1(b"blob %d\0" % blob.stat().st_size, usedforsecurity=False)
    else:
        return True
    with blob.open("rb") as file:
        while block := file.read(1 << 22):
            hashed.update(block)
    return hashed.hexdigest() == blob.name
