# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tiny finished runs, as `train` would leave them."""

from pathlib import Path

import numpy as np

from hf_seq.metrics.classification import decide, headline_metric
from hf_seq.metrics.intervals import interval
from hf_seq.metrics.scores import score
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import Record, quoted_score

LABELS = ["bad", "mixed", "good"]


def one_hot(answers, labels=3):
    return np.eye(labels)[np.asarray(answers)]


def finished_run(folder: Path, gold, scores, *, model="lstm", problem_type="single_label_classification", **fields):
    """Write record and predictions for `scores` (N, L) and give the folder."""
    gold, scores = np.asarray(gold), np.asarray(scores, dtype=float)
    metric = headline_metric(problem_type)
    answers = decide(scores, problem_type)
    low, high = interval(metric, answers, gold)
    values = {
        "score": quoted_score(metric, score(metric, answers, gold)),
        "interval": [quoted_score(metric, low), quoted_score(metric, high)],
        "n": len(gold),
        "fingerprint": "f" * 8,
        "problem_type": problem_type,
        "label_names": [] if problem_type == "regression" else LABELS[: scores.shape[1]],
        "parameters": 1000,
        "parameters_without_embeddings": 400,
        "bytes": 4000,
        "latency_ms": {"p50": 0.5, "p95": 0.75},
        "model_latency_ms": {"p50": 0.4, "p95": 0.6},
        "throughput_per_s": 12345.0,
        "train_seconds": 3.21,
        "versions": {"torch": "2"},
        "machine": {"processor": "test", "cores": 2},
        "commit": None,
        "command": "hf-seq compare",
    } | fields
    write_predictions(folder, gold, scores)
    Record("text-classification", model, "builtin:reviews", "test", metric, **values).write(folder)
    return folder


def not_run(folder: Path, model="distilbert", reason="the Hub is out of reach"):
    record = Record(
        "text-classification", model, "builtin:reviews", "test", "accuracy", status="not run", reason=reason
    )
    record.write(folder)
    return folder


def flipped(gold, wrong, labels=3):
    """Gold labels with those of the rows `wrong` moved on by one."""
    answers = np.array(gold).copy()
    answers[list(wrong)] = (answers[list(wrong)] + 1) % labels
    return answers
