# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""More rows than memory, more cores than one: streams, workers, processes, jobs; writes rows of `results/speed.jsonl`.

    python benchmarks/scale.py --only streaming-train --gigabytes 5 --steps 2000
    python benchmarks/scale.py --only predict-workers --rows 10000000 --shards 64
    python benchmarks/scale.py --only train-processes-recurrent train-processes-seq2seq compare-jobs

Every run is a process of its own with one thread a worker, ours and theirs in turns. Beside the rates stands the
resident set over the run, and of workers `results/scale.json`: what more of them would give, by a queueing model.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

from benchmarks.made_text import bytes_of_row, write_shards
from benchmarks.pairs import RESULTS, Speed, time_pairs, write_memory, write_speed
from benchmarks.queueing import Workers, price_of_a_billion
from hf_seq.files.writing import write_json

TRAINING = ["--bf16=false", "--disable_tqdm=true", "--eval_strategy=no", "--save_strategy=no"]
TRAINING += ["--load_best_model_at_end=false", "--logging_strategy=steps"]
SIMULATED = (1, 2, 4, 8, 16, 32, 64)
IN_MEMORY_ROWS = 60_000


@dataclass
class Scale:
    """How much is measured.

    Attributes:
        folder: for data and runs.
        gigabytes: of text that is streamed.
        rows: that are labelled.
        shards: that both lie in.
        steps: of a training.
        pairs: turns.
        hidden: width of the models.
        per_hour: price of an hour of one core.
        samples: megabytes of the resident set of the last run, every half second.
    """

    folder: Path
    gigabytes: float = 5.0
    rows: int = 10_000_000
    shards: int = 64
    steps: int = 2_000
    pairs: int = 3
    hidden: int = 256
    per_hour: float = 0.05
    samples: list[float] = field(default_factory=list)

    def texts(self, name: str, rows: int, shards: int, words: int) -> Path:
        """Make texts, once."""
        folder = self.folder / name
        if not folder.exists():
            write_shards(folder, rows, shards, words)
        return folder

    def fresh(self, name: str) -> Path:
        """Name a folder that holds nothing: what an earlier measurement finished would cost nothing."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def hf_seq(self, *words: object) -> float:
        """Run `hf-seq` with one thread a process, watch its resident set, and return its seconds."""
        threads = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        environment = os.environ | threads | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-m", "hf_seq", *map(str, words)]
        start = time.perf_counter()
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.samples = []
        watch = threading.Thread(target=self._watch, args=(child,), daemon=True)
        watch.start()
        said = child.communicate()[0]
        if child.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{said[-2_000:]}")
        return time.perf_counter() - start

    def _watch(self, child: "subprocess.Popen[str]") -> None:
        while child.poll() is None:
            self.samples.append(largest_resident(child.pid))
            time.sleep(0.5)

    def train(self, name: str, *words: object) -> float:
        """Train and return the rows per second after the first tenth of the steps."""
        output, every = self.folder / f"run-{name}", max(1, self.steps // 10)
        flags = [f"--max_steps={self.steps}", f"--logging_steps={every}", "--overwrite", f"--output_dir={output}"]
        self.hf_seq("train", *words, *TRAINING, *flags)
        record = json.loads((output / "record.json").read_text(encoding="utf-8"))
        curve = [row for row in record["curve"] if "loss" in row]
        run = json.loads((output / ".run.json").read_text(encoding="utf-8"))
        update = run.get("rows per update") or 32 * run["the number of processes"]
        return update * (curve[-1]["step"] - curve[0]["step"]) / (curve[-1]["seconds"] - curve[0]["seconds"])


def largest_resident(pid: int) -> float:
    """Return the megabytes of the largest process among one and its descendants."""
    found, family = [0.0], {pid}
    for status in sorted(Path("/proc").glob("[0-9]*/status"), key=lambda path: int(path.parent.name)):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it has ended
        number = int(status.parent.name)
        if number == pid or int(fields["PPid"]) in family:
            family.add(number)
            found.append(int(fields.get("VmRSS", "0 kB").split()[0]) / 1024)
    return max(found)


def resident(samples: Sequence[float]) -> str:
    """Describe a resident set over time, its start left out."""
    steady = samples[len(samples) // 4 :] or [0.0]
    third = max(1, len(steady) // 3)
    early, late = sum(steady[:third]) / third, sum(steady[-third:]) / third
    return f"resident set at most {max(samples or [0]):,.0f} MB, {early:,.0f} then {late:,.0f} MB over the run"


def streaming_train(scale: Scale) -> Speed:
    """Train from shards that are larger than memory should be, against rows in memory."""
    words, shape = 20, [f"--hidden_size={scale.hidden}", "--model=bilstm", "--data"]
    rows = round(scale.gigabytes * 1e9 / bytes_of_row(words))
    large = scale.texts("large", rows, scale.shards, words)
    small = scale.texts("small", min(rows, IN_MEMORY_ROWS), 1, words) / "part-00000.parquet"
    notes: list[str] = []

    def stream() -> float:
        rate = scale.train("stream", *shape, large, "--streaming")
        notes.append(resident(scale.samples))
        return rate

    row = time_pairs(
        "streaming-train", stream, "rows in memory", lambda: scale.train("memory", *shape, small), "texts/s",
        scale.pairs, warm_up=False,
    )  # fmt: skip
    row.note = f"BiLSTM {scale.hidden}, {scale.gigabytes:g} GB of text, one thread; {notes[-1]}"
    return row


def predict_workers(scale: Scale) -> Speed:
    """Label shards by two workers, against one."""
    shards = scale.texts("shards", scale.rows, scale.shards, 8)
    model = scale.folder / "model"
    if not model.exists():
        data = scale.texts("labelled", 4_000, 1, 8) / "part-00000.parquet"
        scale.hf_seq("train", "--data", data, "--model=bilstm", "--max_steps=50", f"--output_dir={model}", *TRAINING)
    turns, notes = iter(range(10**6)), dict[int, str]()

    def label(workers: int) -> float:
        output = scale.fresh(f"labelled-{next(turns)}")
        scale.hf_seq("predict", model, "--input", shards, "--output", output, "--workers", workers)
        notes[workers] = resident(scale.samples)
        return json.loads((output / ".hf_seq/statistics.json").read_text())["last_call"]["rows_per_second"]

    row = time_pairs(
        "predict-workers", lambda: label(2), "one worker", lambda: label(1), "texts/s", scale.pairs, warm_up=False
    )
    simulate(row, scale)
    row.note = f"{scale.rows:,} short texts in {scale.shards} shards of parquet, BiLSTM; one worker: {notes[1]}"
    return row


def simulate(row: Speed, scale: Scale) -> None:
    """Print, and remember, what more workers would give and cost by a model of two."""
    model = Workers.fitted(row.theirs, row.ours)
    rows = [
        {
            "workers": number,
            "texts_per_second": round(model.rate(number)),
            "price_of_a_billion": round(price_of_a_billion(model.rate(number), number, scale.per_hour), 2),
            "how": "measured" if number < 3 else "model",
        }
        for number in SIMULATED
    ]
    facts = {"model": "closed queueing network fitted to 1 and 2 workers (benchmarks/queueing.py)", "rows": rows}
    write_json(scale.folder / "scale.json", facts | {"price_of_a_core_hour": scale.per_hour})
    for each in rows:
        print(
            f"  {each['workers']:>3} workers {each['texts_per_second']:>10,} texts/s, a billion for "
            f"{each['price_of_a_billion']} ({each['how']})"
        )


def train_processes(scale: Scale, id: str, *words: object) -> Speed:
    """Train by two processes, against one; the batch of a process is the same."""
    row = time_pairs(
        id,
        lambda: scale.train("two", *words, "--num_processes=2"),
        "one process",
        lambda: scale.train("one", *words),
        "rows/s",
        scale.pairs,
        warm_up=False,
    )
    row.note = f"hidden size {scale.hidden}, batch 32 a process, one thread each"
    return row


def recurrent(scale: Scale) -> Speed:
    """Train a BiLSTM."""
    data = scale.texts("small", IN_MEMORY_ROWS, 1, 20) / "part-00000.parquet"
    words = ("--model=bilstm", f"--hidden_size={scale.hidden}", "--data", data)
    return train_processes(scale, "train-processes-recurrent", *words)


def seq2seq(scale: Scale) -> Speed:
    """Train an encoder-decoder of LSTMs."""
    words = ("--task=seq2seq", "--model=lstm-seq2seq", f"--hidden_size={scale.hidden}", "--data=builtin:reverse")
    return train_processes(scale, "train-processes-seq2seq", *words, "--per_device_train_batch_size=32")


def compare_jobs(scale: Scale) -> Speed:
    """Compare two models at two seeds, two at a time, against one after another."""
    data = scale.texts("small", IN_MEMORY_ROWS, 1, 20) / "part-00000.parquet"
    turns = iter(range(10**6))

    def rate(jobs: int) -> float:
        output = scale.fresh(f"compared-{next(turns)}")
        words = ["--models=lstm,gru", "--seeds=0,1", f"--hidden_size={scale.hidden}", "--max_train_rows=8000"]
        limits = [f"--max_steps={scale.steps}", "--robustness_rows=0", "--calls=20", f"--logging_steps={scale.steps}"]
        return 4 / scale.hf_seq(
            "compare", "--data", data, "--jobs", jobs, "--output", output, *words, *TRAINING, *limits
        )

    row = time_pairs(
        "compare-jobs", lambda: rate(2), "one job", lambda: rate(1), "trainings/s", scale.pairs, warm_up=False
    )
    row.note = f"two models, two seeds, {scale.steps} steps of 32 rows each; the whole command is timed"
    return row


BENCHMARKS: dict[str, Callable[[Scale], Speed]] = {
    "streaming-train": streaming_train,
    "predict-workers": predict_workers,
    "train-processes-recurrent": recurrent,
    "train-processes-seq2seq": seq2seq,
    "compare-jobs": compare_jobs,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure as the command line says, print, and write down.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="Streams, workers, processes and jobs.")
    parser.add_argument("--only", nargs="*", choices=BENCHMARKS, help="measurements to run; all without it")
    for name, kind in (("gigabytes", float), ("per_hour", float), *((each, int) for each in INTEGERS)):
        parser.add_argument(f"--{name}", type=kind, default=Scale.__dataclass_fields__[name].default)
    parser.add_argument("--folder", type=Path, help="for data and runs, which then stay there")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of speed.jsonl and scale.json")
    parser.add_argument("--memory", action="store_true", help="write the memory alone into rows that were timed before")
    given = parser.parse_args(argv)
    sizes = {name: getattr(given, name) for name in ("gigabytes", "per_hour", *INTEGERS)}
    with tempfile.TemporaryDirectory() as temporary:
        scale = Scale(given.folder or Path(temporary), **sizes)
        for name in given.only or BENCHMARKS:
            row = BENCHMARKS[name](scale)
            figures = f"{row.ours:>10,.2f} against {row.theirs:>10,.2f} {row.unit}, {row.ratio:.2f}x"
            print(f"{row.id:28} {figures}; {row.note}", flush=True)
            (write_memory if given.memory else write_speed)([row], given.output)
            if (scale.folder / "scale.json").exists():
                (given.output / "scale.json").write_bytes((scale.folder / "scale.json").read_bytes())


INTEGERS = ("rows", "shards", "steps", "pairs", "hidden")

if __name__ == "__main__":
    main()
