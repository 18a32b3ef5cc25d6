# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Trainings on rows that stay in their files, drawn by a seed."""

import random

from .formats import FORMATS
from .rows import task_rows
from .verbs import TINY, Case

SHARDS = (
    ".parquet",
    ".jsonl",
    ".csv",
    ".tsv",
    ".txt",
    ".csv.gz",
    ".csv.bz2",
    ".txt.xz",
    ".jsonl.zst",
    ".conll",
    ".zip",
)
STREAMING = (
    *([[]] * 9), *([["--skip_broken"]] * 4), ["--shuffle_buffer", "0"], ["--shuffle_buffer", "9" * 12],
    ["--sample_rows", "1"], ["--sample_rows", "-3"], ["--max_train_rows", "3"], ["--validation_fraction", "1"],
    ["--eval_strategy", "no", "--load_best_model_at_end", "false"], ["--shuffle_buffer", "2"],
    ["--validation_file", "good.csv"],
)  # fmt: skip
TEACHERS = {"classification": "bilstm", "tagging": "bilstm-crf"}


def streamed(rng: random.Random) -> Case:
    """Draw shards, some of them odd, that stay in their files."""
    task, model = rng.choice(
        (("classification", "bilstm"), ("tagging", "bilstm"), ("masked-language-modeling", "transformer"),
         ("language-modeling", "lstm-lm"), ("seq2seq", "lstm-seq2seq"), ("series", "gru"), ("series-tagging", "gru"))
    )  # fmt: skip
    ending, numbers = rng.choice(SHARDS), range(rng.choice((1, 3)))
    files = {f"in/{n}{ending}": FORMATS[ending](rng) for n in numbers}
    if rng.random() < 0.6:
        ending, files = ".jsonl", {f"in/{n}.jsonl": task_rows(rng, task) for n in numbers}
    words = ["train", "--streaming", "--task", task, "--model", model, "--data", rng.choice((f"in/*{ending}", "in"))]
    if task == "language-modeling" and rng.random() < 0.5:
        words += ["--reading", "texts"]
    size = TINY[:2] + TINY[4:] if model == "transformer" else TINY
    teacher = TEACHERS.get(task)
    if teacher is not None and rng.random() < 0.4:
        words = [
            "distill",
            "--teacher",
            teacher,
            "--student",
            "gru",
            "--teacher_cache",
            "cache",
            *words[1:4],
            *words[6:],
        ]
        words += ["--augmented_rows", rng.choice(("0", "9"))]
    return Case([*words, "--output_dir", "out", *rng.choice(STREAMING), *size], files)
