# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Two ways of doing the same work, timed in turns, so that what disturbs the machine disturbs both alike."""

import ctypes
import datetime
import gc
import json
import statistics
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from hf_seq.reports.environment import current_commit, describe_machine

RESULTS = Path(__file__).parent / "results"
LOOK_EVERY = 0.1
"""Seconds between two looks at the processes that were started; a look at one takes about a millisecond."""


@dataclass
class Speed:
    """A row of `results/speed.jsonl`; `ratio` above 1 means that ours is better.

    Attributes:
        id: name of the measurement.
        ours: median over the pairs.
        peer: what ours is compared with.
        theirs: median over the pairs.
        unit: of `ours` and `theirs`.
        ratio: median of the ratios within each pair.
        pairs: how many.
        note: what a reader must know to read the figure.
        peak_mb: what ours added to memory at its highest, in the first turn, the processes that it started included;
            None where the system does not say.
        profile: milliseconds by kind of work, of ours and of theirs; kept in `results/generate_profile.jsonl`.
    """

    id: str
    ours: float
    peer: str
    theirs: float
    unit: str
    ratio: float
    pairs: int
    note: str = ""
    peak_mb: float | None = None
    profile: dict[str, dict[str, float]] | None = None


def time_pairs(
    id: str,
    ours: Callable[[], float],
    peer: str,
    theirs: Callable[[], float],
    unit: str,
    pairs: int = 5,
    note: str = "",
    warm_up: bool = True,
) -> Speed:
    """Measure both in turns.

    Args:
        id: name of the measurement.
        ours: does the work once and returns its figure: a speed, or a time or size where `unit` is "ms", "s" or "MB".
        peer: name of the other way.
        theirs: as `ours`.
        unit: "sequences/s" or the like (more is better), "ms", "s" or "MB" (less is better).
        pairs: how often.
        note: for the reader.
        warm_up: run one more pair first, which is not counted.
    """
    first, peak = watch_memory(ours)
    figures = [(first, theirs()), *((ours(), theirs()) for _ in range(pairs + warm_up - 1))][int(warm_up) :]
    less_is_better = unit in {"ms", "s", "MB"}
    ratios = [theirs / ours if less_is_better else ours / theirs for ours, theirs in figures]
    ours_median, theirs_median = (statistics.median(column) for column in zip(*figures, strict=True))
    ratio = round(statistics.median(ratios), 2)
    return Speed(id, round(ours_median, 3), peer, round(theirs_median, 3), unit, ratio, pairs, note, peak)


def watch_memory(work: Callable[[], float]) -> tuple[float, float | None]:
    """Do some work, and say how many MB it added at their highest to the resident sizes of this process and its own.

    None where the system does not say, as outside Linux. Memory that the process held already is not counted again;
    what it had freed and kept goes back first, or work that follows other work would seem to need none.
    """
    give_back: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if give_back is not None:
        gc.collect()
        give_back(0)
    try:
        before = _resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the highest so far
    except OSError:
        return work(), None
    with Descendants() as started:
        figure = work()
    return figure, round(max(0.0, _resident("VmHWM") - before) + started.largest, 1)


class Descendants:
    """Watches the memory of the processes that this one starts: `largest` is the most MB that they had together.

    Pages that several processes share count in parts, as Linux's PSS does. Those that ran before are not counted.
    """

    def __init__(self) -> None:
        self.largest = 0.0
        self._before = {process.pid for process in self._running()}
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Descendants":
        self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._watch.join()

    def _running(self) -> list[psutil.Process]:
        return psutil.Process().children(recursive=True)

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            sizes = [_shared_size(process) for process in self._running() if process.pid not in self._before]
            self.largest = max(self.largest, sum(sizes))


def _shared_size(process: psutil.Process) -> float:
    """Read the size of a process in MB, its share of what it shares; 0 where it has ended."""
    try:
        return process.memory_full_info().pss / 1e6
    except psutil.Error:
        return 0.0


def _resident(name: str) -> float:
    """Read a size of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(f"{name}:"))


def write_rows(path: Path, rows: list[dict], key: tuple[str, ...]) -> None:
    """Put rows into a jsonl file in the place of earlier rows with the same key.

    Args:
        path: the file; made if absent.
        rows: new rows.
        key: the fields that identify a row.
    """
    old = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    new = {tuple(row[name] for name in key) for row in rows}
    kept = [row for row in old if tuple(row[name] for name in key) not in new]
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*kept, *rows]), encoding="utf-8")


def write_speed(rows: list[Speed], folder: Path = RESULTS) -> None:
    """Write measurements to `speed.jsonl`, their profiles to `generate_profile.jsonl`."""
    common = {"machine": describe_machine(), "commit": current_commit(), "date": datetime.date.today().isoformat()}
    profiles = [{"id": row.id, "unit": "ms", **row.profile} for row in rows if row.profile]
    figures = [{key: value for key, value in asdict(row).items() if key != "profile"} | common for row in rows]
    write_rows(folder / "speed.jsonl", figures, key=("id",))
    if profiles:
        write_rows(folder / "generate_profile.jsonl", profiles, key=("id",))


def write_memory(rows: list[Speed], folder: Path = RESULTS) -> None:
    """Put the memory of measurements into the rows that `speed.jsonl` has of them, whose times stay."""
    peaks = {row.id: row.peak_mb for row in rows}
    written = [json.loads(line) for line in (folder / "speed.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = [row | {"peak_mb": peaks.get(row["id"], row.get("peak_mb"))} for row in written]
    write_rows(folder / "speed.jsonl", kept, key=("id",))
