# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Give a finished run a smaller vocabulary, without training, and score what is left.

    python training/prune_vocabulary.py runs/student --vocab_size 9500 --output runs/student-small

Tokens are kept by how often they occur in the train split; a word whose token goes falls into its pieces.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hf_seq.distill.pruning import prune_model
from hf_seq.files.writing import check_new_folder
from hf_seq.predictors.loading import load_any
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.results import Run, describe, write_results


def prune_run(folder: Path, output: Path, vocab_size: int) -> Record:
    """Prune, save and score.

    Args:
        folder: of a finished run of ours.
        output: folder to write, new or empty.
        vocab_size: tokens to keep.

    Returns:
        The record written to `output`.

    Raises:
        InputError: there is no finished run, the output is in use, or the model cannot be pruned.
    """
    before = Record.read(folder)
    check_new_folder(output)
    recipe, _ = parse_recipe(flags(before.recipe))
    task = task_of(recipe)
    splits = load_for_training(task, recipe)
    model, tokenizer = load_any(folder)
    rows, _ = task.encoding.encode(splits.train, tokenizer, recipe, "train")
    ids = np.concatenate([np.asarray(row["input_ids"]) for row in rows.rows])
    counts = np.bincount(ids, minlength=len(tokenizer))
    pruned, smaller = prune_model(model, tokenizer, counts, vocab_size)
    pruned.save_pretrained(output)
    smaller.save_pretrained(output)
    note = f"vocabulary pruned after training, from {len(tokenizer):,} tokens to {len(smaller):,}"
    run = Run(
        before.model,
        before.label,
        before.recipe,
        before.seed,
        before.train_seconds,
        notes=[*before.notes, note],
        distillation=before.distillation,
    )
    return write_results(output, task, recipe, splits, run)


def main(argv: Sequence[str] | None = None) -> Record:
    """Prune what the command line says."""
    parser = argparse.ArgumentParser(description="Give a finished run a smaller vocabulary.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vocab_size", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args(sys.argv[1:] if argv is None else argv)
    record = prune_run(given.folder, given.output, given.vocab_size)
    print(describe(record))
    return record
