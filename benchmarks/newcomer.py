# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Walk docs/newcomer.md as it is written, from `pip install` to a shared model, and write down how long each step took.

python benchmarks/newcomer.py --folder /tmp/newcomer          a new environment and a wheel in a new folder; 6 minutes
python benchmarks/newcomer.py --folder /tmp/newcomer --small  this environment and tiny models; nothing is written down

Every code block of the page is run, in its order. The Hub is the one of tests/hub, on this machine.
"""

import argparse
import datetime
import importlib
import json
import os
import re
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hf_seq.reports.environment import current_commit, describe_machine

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "newcomer.md"
RESULTS = ROOT / "benchmarks" / "results" / "newcomer.jsonl"
INSTALL = "Install"
SMALL = "--max_train_rows 60 --num_train_epochs 1 --embedding_size 8 --hidden_size 8 --min_updates 1"
"""Flags that make a training a matter of seconds."""


@dataclass(frozen=True)
class Step:
    """A command of the page, or a block of Python.

    Attributes:
        part: the heading above it.
        kind: bash or python.
        code: what is run.
    """

    part: str
    kind: str
    code: str

    @property
    def name(self) -> str:
        """What the table calls it."""
        if re.search(r"/torch\S*\.whl", self.code):
            return "`pip install torch` (the wheel for CPUs)"
        if self.kind == "bash":
            return f"`{self.code}`"
        return {"Data": "the Python that writes reviews.csv", "Load it anywhere": "the Python that loads it"}.get(
            self.part, f"the Python of {self.part}"
        )


def steps_of(page: str) -> Iterator[Step]:
    """Yield the commands and the Python of a page under their headings."""
    for part in page.split("\n## ")[1:]:
        title = part.partition("\n")[0]
        for kind, block in re.findall(r"```(bash|python)\n(.*?)```", part, re.DOTALL):
            codes = block.strip().split("\n") if kind == "bash" else [block]
            yield from (Step(title, kind, code) for code in codes)


def run(step: Step, folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a step; what it prints goes through.

    Returns:
        Seconds on the clock, and seconds of processors.

    Raises:
        RuntimeError: it failed.
    """
    command = ["bash", "-c", step.code] if step.kind == "bash" else ["python", "-c", step.code]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=dict(environment), check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{step.part}: {step.code} ended with {done.returncode}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def walk(steps: Sequence[Step], folder: Path, environment: dict[str, str]) -> Iterator[dict[str, object]]:
    """Run steps one after another; `source .../activate` makes the environment the one of those that follow."""
    for step in steps:
        print(f"$ {step.code.strip()}", flush=True)
        if step.code.startswith("source "):
            place = (folder / step.code.split()[1]).parent
            environment["PATH"] = f"{place}{os.pathsep}{environment['PATH']}"
            continue
        wall, processors = run(step, folder, environment)
        yield {"part": step.part, "step": step.name, "wall_s": round(wall, 1), "cpu_s": round(processors, 1)}


def _from_here(code: str, torch: str | None) -> str:
    """Take torch from a file, where it cannot be had from its index."""
    return f"pip install --quiet {shlex.quote(torch)}" if torch and "--index-url" in code else code


def made_small(step: Step) -> Step:
    """Shorten what trains."""
    trains = step.code.startswith(("hf-seq train", "hf-seq compare"))
    return replace(step, code=f"{step.code} {SMALL}") if trains else step


def own_environment(folder: Path) -> dict[str, str]:
    """Make the commands of this environment those that are found first, hf_seq that of this clone."""
    place = folder / "bin"
    place.mkdir()
    python = shlex.quote(sys.executable)
    for name, words in (("hf-seq", f"{python} -m hf_seq"), ("python", python)):
        (place / name).write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (place / name).chmod(0o755)
    paths = [str(place), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {"PATH": os.pathsep.join(paths), "PYTHONPATH": str(ROOT)}


def main(argv: Sequence[str] | None = None) -> None:
    """Walk the page.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="From pip install to a shared model, as docs/newcomer.md has it.")
    parser.add_argument("--folder", type=Path, required=True, help="A new folder to walk in.")
    parser.add_argument("--torch", help="What is installed where pytorch.org is out of reach: a wheel of torch.")
    parser.add_argument("--small", action="store_true", help="This environment and tiny models.")
    options = parser.parse_args(argv)
    folder = options.folder.resolve()
    folder.mkdir(parents=True)
    steps = list(steps_of(PAGE.read_text(encoding="utf-8")))
    if options.small:
        steps = [made_small(step) for step in steps if step.part != INSTALL]
    else:
        steps = [replace(step, code=_from_here(step.code, options.torch)) for step in steps]
        wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
        subprocess.run(wheel, check=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    with importlib.import_module("tests.hub.server").serve() as hub:
        there = {"HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_aWriteTokenOfAda", "HF_HUB_DISABLE_XET": "1"}
        home = {"HF_HUB_OFFLINE": "0", "HF_HOME": str(folder / "cache"), "HOME": str(folder)}
        home |= {"HF_HUB_DISABLE_UPDATE_CHECK": "1"}
        rows = list(walk(steps, folder, inherited | (own_environment(folder) if options.small else {}) | there | home))
    if options.small:
        return
    common = {"machine": describe_machine(), "commit": current_commit(), "date": datetime.date.today().isoformat()}
    RESULTS.write_text("".join(json.dumps(row | common) + "\n" for row in rows), encoding="utf-8")
    print(f"{sum(float(str(row['wall_s'])) for row in rows):.0f} s; {RESULTS}, then benchmarks/tables.py")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
