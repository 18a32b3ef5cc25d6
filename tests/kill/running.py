# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Kills runs at drawn moments, has them go on, and compares the bits with those of a run that nobody killed.

    python -m tests.kill.running --seed 0 --moments 50          (make kill)
    python -m tests.kill.running --seed 0 --start 20 --moments 10

A moment is the n-th time that a run opens a file to write, renames, deletes or makes a folder (Python tells by audit
events), or a share of the time that the whole run took. A run is killed again and again until it ends by itself. A
search has minutes to spare for its two settings: the clock, which a kill starts anew, has no say. What is not at stake
costs little: children find imported what a first run imported, search nothing of it for garbage, and time few calls.
"""

import argparse
import contextlib
import csv
import faulthandler
import gc
import hashlib
import importlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import hf_seq.distill.running  # noqa: F401 - once, here, and not in every child
from hf_seq.cli import main
from hf_seq.train import results

EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")
KILLED = -signal.SIGKILL
LIMIT = 600
"""Seconds after which a run that still goes on says where it stands and ends, which is a finding."""
TINY = ["--hidden_size", "8", "--embedding_size", "8", "--num_train_epochs", "2", "--per_device_train_batch_size", "8"]
TINY += [
    "--bf16",
    "false",
    "--save_strategy",
    "steps",
    "--save_steps",
    "3",
    "--eval_strategy",
    "steps",
    "--eval_steps",
    "3",
]
TINY += ["--learning_rate", "0.01", "--disable_tqdm", "true", "--max_steps", "9"]
CACHED = ["--teacher_cache", "{output}-cache", "--augmented_rows", "40", *TINY]


@dataclass
class Chain:
    """A command that can be killed: its words without the folder, and the flag that names the folder."""

    words: list[str]
    output: str = "--output_dir"
    again: tuple[str, ...] = ("--resume",)


CHAINS = {
    "classification": Chain(["train", "--model", "bilstm", "--data", "{place}/reviews.csv", *TINY]),
    "averaged": Chain(["train", "--model", "gru", "--data", "{place}/reviews.csv", "--averaging", "ema", *TINY]),
    "tagging": Chain(["train", "--task", "tagging", "--model", "bilstm-crf", "--data", "{place}/tagged.conll", *TINY]),
    "language model": Chain(
        ["train", "--task", "language-modeling", "--model", "lstm-lm", "--data", "{place}/lines.txt", *TINY]
    ),
    "seq2seq": Chain(
        ["train", "--task", "seq2seq", "--model", "lstm-seq2seq", "--data", "{place}/pairs.tsv", "--max_length", "16",
         "--num_beams", "2", *TINY]
    ),
    "streamed": Chain(
        ["train", "--streaming", "--model", "bilstm", "--data", "{place}/streamed", "--shuffle_buffer", "32", *TINY]
    ),
    "distillation": Chain(
        ["distill", "--teacher", "{place}/teacher", "--student", "bilstm", "--data", "{place}/reviews.csv", *CACHED],
        output="--output",
    ),
    "streamed student": Chain(
        ["distill", "--streaming", "--teacher", "{place}/teacher", "--student", "gru", "--data", "{place}/streamed",
         *CACHED],
        output="--output",
    ),
    "comparison": Chain(
        ["compare", "--models", "majority,bilstm,gru", "--data", "{place}/reviews.csv", "--calls", "3",
         "--robustness_rows", "5", *TINY],
        output="--output", again=(),
    ),
    "side by side": Chain(
        ["compare", "--models", "bilstm,gru", "--seeds", "0,1", "--jobs", "2", "--data", "{place}/reviews.csv",
         "--calls", "3", "--robustness_rows", "5", *TINY],
        output="--output", again=(),
    ),
    "bulk": Chain(
        ["predict", "{place}/teacher", "--input", "{place}/shards/*.csv", "--text_column", "text", "--workers", "1"],
        output="--output", again=(),
    ),
    "search": Chain(
        ["fit", "--data", "{place}/reviews.csv", "--minutes", "30", "--trials", "2", "--max_size", "300kB",
         *TINY[:10]],
        output="--output", again=(),
    ),
}  # fmt: skip
TAUGHT = ("distillation", "streamed student", "bulk")
"""What needs a model beforehand."""
LEFT = ("model.safetensors", "tokenizer.json", "config.json", "predictions.jsonl", "baseline.json")
"""What a run leaves for others; the names of its files, and those of shards."""


def make_data(place: Path) -> None:
    """Write a little of each kind of data."""
    rng = random.Random(0)
    words = ["the", "film", "was", "very", "quite", "good", "bad", "fine", "poor", "plot", "actor", "scene"]
    texts = [" ".join(rng.choices(words, k=rng.randint(3, 9))) + f" n{row}" for row in range(90)]
    with (place / "reviews.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *((text, ("no", "yes")["good" in text]) for text in texts)])
    (place / "streamed").mkdir()
    for part in range(3):
        rows = [{"text": text, "label": ("no", "yes")["good" in text]} for text in texts[part * 30 : part * 30 + 30]]
        (place / f"streamed/part-{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = ["\n".join(f"{word} {'B-X' if word == 'plot' else 'O'}" for word in text.split()) for text in texts]
    (place / "shards").mkdir()
    for number in range(4):
        part = "".join(f'"{text}"\n' for text in texts[number * 20 : number * 20 + 20])
        (place / f"shards/{number}.csv").write_text(f"text\n{part}")
    (place / "tagged.conll").write_text("\n\n".join(lines) + "\n")
    (place / "lines.txt").write_text("\n".join(texts * 4))
    (place / "pairs.tsv").write_text(
        "source\ttarget\n" + "\n".join(f"{text}\t{' '.join(text.split()[::-1])}" for text in texts) + "\n"
    )


def run(
    words: Sequence[str],
    log: Path,
    *,
    event: int | None = None,
    seconds: float | None = None,
    told: Path | None = None,
) -> int:
    """Run a command in a child of this process that kills itself at a moment; give its exit code or minus a signal.

    Args:
        words: of the command.
        log: where it says what it says.
        event: the number of the event at which it is killed.
        seconds: after which it is killed.
        told: a file for the number of events, and the modules that were imported.
    """
    known = set(sys.modules)
    child = os.fork()
    if not child:
        with log.open("a") as sink:
            os.dup2(sink.fileno(), 1)
            os.dup2(sink.fileno(), 2)
        faulthandler.dump_traceback_later(LIMIT, exit=True, file=2)
        os.environ["HF_SEQ_CACHE"] = str(log.parent / "cache")  # the speed of this machine, for all who search
        results.LATENCY_CALLS = 3
        left = _watched(event or 10**9)
        if seconds is not None:
            threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        code = 1
        try:
            code = main(list(words))
        finally:
            if told is not None:
                told.write_text(json.dumps([10**9 - left[0], [name for name in sys.modules if name not in known]]))
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _watched(number: int) -> list[int]:
    """Kill this process at the event of a number; give how many are left until then."""
    left = [number]

    def watch(event: str, given: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(given[1], str) and any(letter in given[1] for letter in "wax+")
        if writes or event in EVENTS:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    return left


def prepare(modules: Sequence[str]) -> None:
    """Import what a run imported, for the children to find, and leave all that is here out of their garbage."""
    for name in modules:
        with contextlib.suppress(Exception):  # made by others under a name that no file has
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def fingerprint(folder: Path) -> str:
    """Hash what a run leaves for others: weights, tokenizer, predictions."""
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] == ".search":  # the runs of a search, fastText's among them, which differs each time
            continue
        if path.is_file() and (path.name in LEFT or (path.suffix == ".csv" and len(inside.parts) == 1)):
            hashed.update(str(inside).encode() + path.read_bytes())
    return hashed.hexdigest()[:16]


class Killing:
    """Chains in a folder, and what they end in when nobody kills them."""

    def __init__(self, place: Path) -> None:
        self.place, self.whole = place, {}  # type: Path, dict[str, tuple[str, float, int]]
        make_data(place)

    def words(self, chain: Chain, output: Path) -> list[str]:
        spelled = [word.format(place=self.place, output=output) for word in chain.words]
        return [*spelled, chain.output, str(output)]

    def undisturbed(self, name: str) -> tuple[str, float, int]:
        """Give the fingerprint, the seconds and the number of events of a run that nobody kills."""
        if name not in self.whole:
            if name in TAUGHT and not (self.place / "teacher").exists():
                teacher = Chain(["train", "--model", "bilstm", "--data", "{place}/reviews.csv", *TINY])
                assert run(self.words(teacher, self.place / "teacher"), self.place / "teacher.log") == 0
            output, start = self.place / f"whole {name}", time.monotonic()
            log, told = self.place / "log", self.place / "told"
            assert run(self.words(CHAINS[name], output), log, told=told) == 0, log.read_text()[-2_000:]
            seconds = time.monotonic() - start
            events, imported = json.loads(told.read_text())
            prepare(imported)
            self.whole[name] = fingerprint(output), seconds, events
        return self.whole[name]

    def kill(self, name: str, rng: random.Random, times: int = 2) -> str | None:
        """Kill a chain at drawn moments, so often at most, and let it end; give what is wrong with its end."""
        expected, seconds, events = self.undisturbed(name)
        output = self.place / f"killed {name} {rng.randrange(10**9)}"
        log = output.with_suffix(".log")
        words, moments = self.words(CHAINS[name], output), []
        for _ in range(times):
            moment = (
                {"event": rng.randrange(1, events + 1)} if rng.random() < 0.7 else {"seconds": rng.random() * seconds}
            )
            moments.append(moment)
            code = run(words, log, **moment)  # type: ignore[arg-type]
            if code == 0:
                break
            if code != KILLED:
                return f"{moments}: exit code {code}: {log.read_text()[-1_500:]}"
            if output.exists() and any(output.iterdir()):
                words = [*self.words(CHAINS[name], output), *CHAINS[name].again]
        else:
            code = run(words, log)
        if code:
            return f"{moments}: exit code {code}: {log.read_text()[-1_500:]}"
        found = fingerprint(output)
        return None if found == expected else f"{moments}: other bits than without being killed ({found}, {expected})"


def command_line() -> int:
    """Kill as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--chain", choices=list(CHAINS))
    given = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder))
        for number in range(given.start, given.start + given.moments):
            name = given.chain or list(CHAINS)[number % len(CHAINS)]
            trouble = killing.kill(name, random.Random(f"{given.seed} {number}"))
            found += trouble is not None
            print(f"{number:>4}  {name}: {trouble or 'the same bits'}", flush=True)
    print(f"seed {given.seed}: {given.moments} runs killed, {found} findings")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(command_line())
