# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""ROUGE of written texts (Lin 2004, W04-1013), by Google's `rouge-score`, the extra `hf_seq[rouge]`.

F1 of shared words (`rouge1`), of pairs of words (`rouge2`) and of the longest common subsequence (`rougeL`), each text
by itself, no stemming. That library drops what is no ASCII letter or digit, so texts in other scripts are refused.

N texts
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.metrics.scores import Array

ROUGE_METRICS = ("rouge1", "rouge2", "rougeL")


def rouge_of_texts(metric: str, written: Sequence[str], references: Sequence[str]) -> Array:
    """Compute F1 of each text, 0 to 1: (N,).

    Args:
        metric: one of `ROUGE_METRICS`.
        written: N texts of a model.
        references: N texts that they should be.

    Raises:
        InputError: `rouge-score` is not installed, or a reference has no word that it knows.
    """
    scorer = _scorer(metric)
    for row, reference in enumerate(references, 1):
        if reference.strip() and not any(each.isascii() and each.isalnum() for each in reference):
            raise InputError(
                f"reference {row}, {reference!r:.40}, has no ASCII letter or digit, and ROUGE sees nothing else; use "
                "--metric chrf."
            )
    pairs = zip(written, references, strict=True)
    return np.array([scorer.score(wanted, text)[metric].fmeasure for text, wanted in pairs], dtype=np.float64)


def rouge_signature(metric: str) -> str:
    """Say exactly what a score is."""
    return f"{metric}|F1|mean over texts|stemmer:no|tok:a-z0-9|case:lower|rouge-score:{version('rouge-score')}"


@cache
def _scorer(metric: str) -> Any:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise InputError(
            f"metric {metric} needs the library rouge-score, which is not installed; pip install 'hf_seq[rouge]'."
        ) from error
    return RougeScorer([metric])
