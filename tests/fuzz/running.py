# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs drawn cases through the real command line in this process, each with a limit of time and memory.

    python -m tests.fuzz.running --seed 0 --count 2000          (make fuzz)
    python -m tests.fuzz.running --seed 0 --count 1000 --only folders

A finding is an exit code other than 0 and 2, a code of 2 without words, a run over a limit, a file that was there and
is changed, or anything of the case that was run.
"""

import argparse
import contextlib
import hashlib
import io
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hf_seq.cli import main

from .clips import audio
from .folders import hostile
from .shards import streamed
from .sound import GOOD, models_named, sound_model
from .verbs import VERBS as TEXT_VERBS
from .verbs import Case

VERBS = TEXT_VERBS | {audio: 12, streamed: 8}
SECONDS, BYTES = 20, 2 * 2**30
SHARE_OF_FOLDERS = 0.35


class TooLong(BaseException):
    """A case took more than its time."""


def draw(seed: int, number: int, only: str | None = None) -> Case:
    """Draw a case, by its number, so that one can be run alone."""
    rng = random.Random(f"{seed} {number}")
    if rng.random() < {None: SHARE_OF_FOLDERS, "folders": 1, "inputs": 0}[only]:
        return hostile(rng)
    (verb,) = rng.choices(list(VERBS), list(VERBS.values()))
    return verb(rng)


def run(case: Case, place: Path) -> str | None:
    """Run a case in a folder; give what is wrong with how it ended."""
    for name, raw in case.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(raw)
    before = state(place)
    out, said = io.StringIO(), io.StringIO()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with limited(), inside(place, case.stdin), contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            code = main(case.words)
    except TooLong:
        return f"more than {SECONDS} s: {frame()}"
    except BaseException:
        return traceback.format_exc(limit=-4)
    if code not in (0, 2):
        return f"exit code {code}: {said.getvalue()[-300:]}"
    if code == 2 and not (said.getvalue() + out.getvalue()).strip():
        return "exit code 2 without a word"
    if "Traceback (most recent call last)" in said.getvalue():
        return f"a traceback on stderr: {said.getvalue()[-600:]}"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) * 1024
    if grown > BYTES:
        return f"{grown:,} bytes of memory"
    after = state(place)
    changed = [name for name, each in before.items() if after.get(name) != each and not name.startswith(case.writes)]
    ran = [name for name in after if Path(name).name == "ran"]
    return f"changed {changed}" if changed else f"something of the case was run: {ran}" if ran else None


_LAST: list[str] = []


def frame() -> str:
    return _LAST[-1] if _LAST else "?"


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Raise `TooLong` when the processor time is over; what hangs in a library is ended by the alarm after it."""

    def stop(number: int, at: object) -> None:
        _LAST.append("".join(traceback.format_stack(at)[-4:]))  # type: ignore[arg-type]
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def inside(place: Path, said: bytes = b"") -> Iterator[None]:
    """Stand in a folder, with something on stdin."""
    home, stdin = Path.cwd(), sys.stdin
    os.chdir(place)
    sys.stdin = io.TextIOWrapper(io.BytesIO(said))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(home)
        sys.stdin = stdin


def state(place: Path) -> dict[str, str]:
    """Hash every file that was there before a case."""
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def prepare(place: Path, words: list[str]) -> None:
    """Write good data, and the sound models that a command line names, beside what a case brings."""
    (place / "good.csv").write_text(GOOD)
    for name in models_named(words):
        shutil.copytree(sound_model(name), place / name)


def ask(app: Any, taken: Any, seconds: int = 10) -> None:
    """Ask a server; what it cannot answer it has to refuse."""
    from starlette.testclient import TestClient

    taken.close()
    with TestClient(app) as client:
        for path in sorted(Path("asked").glob("*")):
            answer = client.post("/predict", content=path.read_bytes())
            assert answer.status_code in (200, 413, 422), f"{answer.status_code}: {answer.text[:300]}"
            answer.json()
        assert client.get("/metadata").json()


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    """Time few calls, answer shards in this process, and ask a server what lies in `asked/` in place of listening."""
    from hf_seq.bulk.pipeline import LocalExecutor
    from hf_seq.runtime import server
    from hf_seq.train import results

    def here(self: LocalExecutor, ranks: Sequence[int]) -> None:
        for rank in ranks:
            self.run_quietly(rank)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 3)
        patch.setattr(LocalExecutor, "_run_pool", here)
        patch.setattr(server, "run", ask)
        yield


def search(
    seed: int,
    numbers: range,
    say: Callable[[str], None] = print,
    only: str | None = None,
    times: list[Any] | None = None,
) -> list[tuple[int, str]]:
    """Run cases of a seed, and list those that ended badly."""
    found = []
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            place, case, start = Path(folder), draw(seed, number, only), time.process_time()
            prepare(place, case.words)
            with hurried():
                trouble = run(case, place)
        if times is not None:
            times.append((time.process_time() - start, number, case.words))
        if trouble:
            say(f"--- seed {seed} case {number}: {' '.join(case.words)[:200]}  {list(case.files)}\n{trouble}")
            found.append((number, trouble))
    return found


def command_line() -> int:
    """Search as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--only", choices=["folders", "inputs"])
    given = parser.parse_args()
    start, times = time.process_time(), []  # type: float, list[Any]
    found = search(
        given.seed, range(given.start, given.start + given.count), partial(print, flush=True), given.only, times
    )
    kinds = Counter(trouble.strip().splitlines()[-1][:80] for _, trouble in found)
    spent = time.process_time() - start
    print(f"seed {given.seed}: {given.count:,} cases, {len(found)} findings, {spent:.0f} s of processor time")
    for seconds, number, words in sorted(times, reverse=True)[:5]:
        print(f"{seconds:>6.1f} s  case {number}: {' '.join(words)[:90]!r}")
    for kind, count in kinds.most_common():
        print(f"{count:>6}  {kind}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(command_line())
