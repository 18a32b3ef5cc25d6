# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq fit` against fastText's own search, `-autotune-modelsize`, at the same bytes, minutes and rows.

    python benchmarks/fit_against_fasttext.py --data path/to/sets --only banking77 --minutes 5
    python benchmarks/fit_against_fasttext.py --data path/to/sets --max_size 5MB --max_latency 1ms --minutes 20

Both search on the train and validation rows of the set, cut alike, and answer the test rows once. fastText reads lower
case, punctuation apart from words; it uses every core, `fit` one. A row of `results/fit.jsonl` holds both scores, bytes
and latencies, and the paired difference. A search that was killed goes on; a row that is there is made anew. `--toy`
runs it in seconds on made-up sets, where fastText searches without a size: what it prunes would be too small.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import datetime
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import hf_seq
from benchmarks.pairs import RESULTS, write_rows
from benchmarks.toy_sets import write_toy_sets
from hf_seq.baselines.fast_text import LABEL, THREADS, plain_words
from hf_seq.baselines.rivals import import_rival
from hf_seq.cli import guarded
from hf_seq.metrics.differences import paired_difference
from hf_seq.metrics.scores import score
from hf_seq.reports.environment import current_commit, describe_machine
from hf_seq.reports.predictions import read_predictions
from hf_seq.search.forms import median_latency
from hf_seq.search.limits import Limits, read_limits

SETS = ("sst2", "ag_news", "banking77")
METRIC = "accuracy"
TOY = {"num_train_epochs": 1, "embedding_size": 16, "trials": 1}


def search_fasttext(splits: Any, limits: Limits, minutes: float) -> dict[str, Any]:
    """Have fastText search as its authors mean it, and answer the test rows.

    Args:
        splits: the data.
        limits: of size; latency fastText keeps anyway. None for a model of any size, which it does not prune.
        minutes: how long.

    Returns:
        `said`, an id for each test row; `bytes`; `milliseconds`; `seconds` that it searched.
    """
    library = import_rival("fasttext")
    with tempfile.TemporaryDirectory() as folder:
        train, validation = (
            _write(Path(folder) / f"{name}.txt", getattr(splits, name)) for name in ("train", "validation")
        )
        settings: dict[str, Any] = {"autotuneValidationFile": str(validation), "autotuneDuration": round(60 * minutes)}
        if limits.bytes is not None:
            settings["autotuneModelSize"] = str(limits.bytes)
        started = time.perf_counter()
        model = library.train_supervised(input=str(train), thread=THREADS, verbose=0, **settings)
        seconds = time.perf_counter() - started
        saved = Path(folder) / "model.ftz"
        model.save_model(str(saved))

        def answer(text: str) -> int:
            found = model.f.predict(f"{plain_words(text)}\n", 1, 0.0, "strict")
            return int(found[0][1].removeprefix(LABEL)) if found else 0

        return {
            "said": np.array([answer(text) for text in splits.test["text"][:]]),
            "bytes": saved.stat().st_size,
            "milliseconds": median_latency(answer, splits.validation["text"][:]),
            "seconds": seconds,
        }


def _write(path: Path, rows: Any) -> Path:
    lines = (f"{LABEL}{label} {plain_words(text)}\n" for text, label in zip(rows["text"], rows["label"], strict=True))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def compare_on(
    folder: Path, output: Path, size: str | None, latency: str | None, minutes: float, seed: int, more: dict[str, Any]
) -> dict[str, Any]:
    """Search both ways on one set, and hold their answers to the test rows against each other.

    Args:
        folder: of the set.
        output: for the search of `fit`, which goes on there.
        size: limit of both.
        latency: limit of `fit`.
        minutes: of each.
        seed: of `fit`; fastText's threads do not wait for each other, so that it has none.
        more: flags of `fit`.
    """
    splits = hf_seq.load_splits(str(folder))
    found = hf_seq.fit(
        str(folder), max_size=size, max_latency=latency, minutes=minutes, output=output, seed=seed, **more
    )
    theirs = search_fasttext(splits, read_limits(None if more else size, None), minutes)
    gold, scores = read_predictions(found.folder)
    ours = scores.argmax(1)
    difference = paired_difference(METRIC, ours, theirs["said"], gold)
    chosen = found.summary["chosen"]
    return {
        "n": len(gold),
        "ours": _percent(score(METRIC, ours, gold)),
        "model": chosen["label"],
        "form": chosen["form"],
        "bytes": chosen["bytes"],
        "ms": chosen["milliseconds"],
        "fasttext": _percent(score(METRIC, theirs["said"], gold)),
        "fasttext_bytes": theirs["bytes"],
        "fasttext_ms": round(theirs["milliseconds"], 4),
        "points": _percent(difference.difference),
        "interval": [_percent(each) for each in difference.interval],
        "p": difference.p_value,
        "fasttext_seconds": round(theirs["seconds"]),
        "fit_tried": found.summary["tried"],
    }


def _percent(share: Any) -> float:
    return round(100 * float(share), 2)


def main(argv: Sequence[str] | None = None, compared: Callable[..., dict[str, Any]] = compare_on) -> None:
    """Compare on every set that was asked for, and write a row of `results/fit.jsonl` for each.

    Args:
        argv: flags without the program's name; those of this process if None.
        compared: does the work on one set.
    """
    parser = argparse.ArgumentParser(description="hf-seq fit against fastText's autotune at the same bytes.")
    parser.add_argument("--data", type=Path, help=f"folder that holds {'/, '.join(SETS)}/")
    parser.add_argument("--only", nargs="*", choices=SETS, help="sets to do; all without it")
    parser.add_argument("--max_size", default="1MB")
    parser.add_argument("--max_latency", default="0.3ms", help="of fit alone; fastText is faster anyway")
    parser.add_argument("--minutes", type=float, default=20.0, help="of each search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("runs/fit-against-fasttext"), help="folder of the searches")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of fit.jsonl")
    parser.add_argument("--toy", action="store_true", help="small searches on made-up sets; their scores say nothing")
    options = parser.parse_args(argv)
    if options.data is None and not options.toy:
        parser.error(f"--data is missing: the folder that holds {'/, '.join(SETS)}/")
    sets = options.data or options.output / "toys"
    if options.toy:
        write_toy_sets(sets)
    asked = {name: getattr(options, name) for name in ("max_size", "max_latency", "minutes", "seed")}
    for name in options.only or SETS:
        place = options.output / "-".join([name, *map(str, asked.values())])
        found = compared(sets / name, place, *asked.values(), TOY if options.toy else {})
        row = {"set": name, **asked, **found, "machine": describe_machine(), "commit": current_commit()}
        flags = [f"--{key} {value}" for key, value in asked.items()]
        row["command"] = " ".join(["python benchmarks/fit_against_fasttext.py --data DATA --only", name, *flags])
        row["date"] = datetime.date.today().isoformat()
        if not (options.toy and options.results == RESULTS):
            write_rows(options.results / "fit.jsonl", [row], key=("set", "max_size", "max_latency", "minutes", "seed"))
        print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
