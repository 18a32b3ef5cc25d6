# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How well written texts match their references: sacreBLEU, chrF, TER, exact match, ROUGE; intervals, paired tests.

All scores run from 0 to 100. BLEU (Papineni et al. 2002, doi:10.3115/1073083.1073135), chrF (Popovic 2015,
doi:10.18653/v1/W15-3049) and TER (Snover et al. 2006) are sacrebleu's (Post 2018, doi:10.18653/v1/W18-6319), on
detokenised text, case counted. Corpus scores are no means over sentences; what leaving one out does to the score says
what each adds (`linearised`), and intervals and tests of differences follow.

N texts · S numbers that a text adds to the sums a score is made of
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER

from hf_seq.errors import InputError
from hf_seq.metrics.differences import Paired, difference_of
from hf_seq.metrics.intervals import METHODS, interval_of
from hf_seq.metrics.label_scores import linearise_share
from hf_seq.metrics.linearised import Linearised, PseudoRows, linearise
from hf_seq.metrics.scores import Array
from hf_seq.metrics.summarization import ROUGE_METRICS, rouge_of_texts, rouge_signature

_MANY_ERRORS = 90.0
"""A TER above may exceed 100, so it has no upper bound."""
TEXT_METRICS = ("bleu", "chrf", "ter", "exact_match")
_SACREBLEU: dict[str, Callable[[], Any]] = {"bleu": BLEU, "chrf": CHRF, "ter": TER}


def compute_translation_metrics(
    written: Sequence[str], references: Sequence[str], rouge: bool = False
) -> dict[str, float]:
    """Compute all scores of a corpus.

    Args:
        written: N texts of a model.
        references: N texts that they should be.
        rouge: give ROUGE, too, as for summaries.

    Returns:
        `bleu`, `chrf`, `exact_match` (higher is better) and `ter` (lower is better), 0 to 100 (`ter` may exceed it);
        `length_ratio`, written over reference tokens as BLEU counts them; with `rouge`, `rouge1`, `rouge2`, `rougeL`.

    Raises:
        InputError: no text, or not as many of one as of the other.

    Example:
        >>> compute_translation_metrics(["a cat", "a dog"], ["a cat", "the dog"])["exact_match"]
        50.0
    """
    wanted = (*TEXT_METRICS, *ROUGE_METRICS) if rouge else TEXT_METRICS
    scores = {metric: text_score(metric, written, references) for metric in wanted}
    sums = _counts("bleu", written, references).sum(axis=0)
    return {**scores, "length_ratio": float(sums[0] / sums[1]) if sums[1] else 0.0}


def text_score(metric: str, written: Sequence[str], references: Sequence[str]) -> float:
    """Compute one score of a corpus, 0 to 100."""
    return float(_function(metric)(_counts(metric, written, references).sum(axis=0)))


def sentence_chrf(written: Sequence[str], references: Sequence[str]) -> list[float]:
    """Compute chrF of each text by itself, to find the best and the worst."""
    counts = _counts("chrf", written, references)
    function = _function("chrf")
    return [float(function(row)) for row in counts]


def linearise_texts(metric: str, written: Sequence[str], references: Sequence[str]) -> Linearised:
    """Find out what every text adds to a score; `metric` is one of `TEXT_METRICS` or `ROUGE_METRICS`.

    Raises:
        InputError: an unknown metric, no text, or not as many of one as of the other.
    """
    counts = _counts(metric, written, references)
    if metric == "exact_match":
        return linearise_share(counts[:, 0], full=100.0)
    function = bleu_of_sums if metric == "bleu" else _function(metric)
    if metric == "ter" and function(counts.sum(axis=0)) > _MANY_ERRORS:
        return linearise(counts, function, "positive")
    right, wrong = _right_and_wrong(metric, counts.mean(axis=0))
    pseudo = PseudoRows(right[None], wrong[None], np.ones(1))
    return linearise(counts, function, "proportion", bounds=(0.0, 100.0), pseudo=pseudo)


def translation_interval(
    metric: str, written: Sequence[str], references: Sequence[str], *, confidence: float = 0.95
) -> tuple[float, float]:
    """Compute the interval of a score over texts; `metric` is one of `TEXT_METRICS` or `ROUGE_METRICS`."""
    return interval_of(linearise_texts(metric, written, references), confidence)


def translation_paired_difference(
    metric: str,
    written_a: Sequence[str],
    written_b: Sequence[str],
    references: Sequence[str],
    *,
    confidence: float = 0.95,
) -> Paired:
    """Compare two trained models on the same texts, score of a minus score of b."""
    a, b = (linearise_texts(metric, written, references) for written in (written_a, written_b))
    return difference_of([a], [b], confidence)


def bleu_of_sums(sums: Array) -> Array:
    """Compute BLEU of sums (..., 10) as sacrebleu does with its defaults, for many sums at once and for fractions.

    The sums are words written, words of the references, right n-grams and written n-grams (n = 1 to 4).
    """
    written, wanted, right, total = sums[..., 0], sums[..., 1], sums[..., 2:6], sums[..., 6:10]
    halvings = np.cumsum((right == 0) & (total > 0), axis=-1)  # exponential smoothing: 1/2, 1/4, ... of one n-gram
    smoothed = np.where(right > 0, right, 0.5**halvings)
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = np.log(np.where(total > 0, smoothed / total, 0.0)).mean(axis=-1)
        penalty = np.where(written < wanted, 1 - wanted / written, 0.0)
    score = 100 * np.exp(logarithms + penalty)
    return np.where((right.sum(axis=-1) > 0) & (written > 0), score, 0.0)


def translation_signature(metric: str) -> str:
    """Say exactly what a score is, as sacrebleu does: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`."""
    _check_metric(metric)
    if metric in ROUGE_METRICS:
        return f"{rouge_signature(metric)}|interval:{METHODS['proportion']}"
    if metric == "exact_match":
        return f"exact_match|case:mixed|strip:yes|hf_seq:{version('hf_seq')}|interval:{METHODS['rows']}"
    scorer = _SACREBLEU[metric]()
    scorer._extract_corpus_statistics(["."], [["."]])  # the number of references is known only then
    return f"{metric}|{scorer.get_signature()}|interval:{METHODS['proportion']}"


def _counts(metric: str, written: Sequence[str], references: Sequence[str]) -> Array:
    """Count (N, S) what each text adds."""
    _check_metric(metric)
    if len(written) != len(references) or not references:
        raise InputError(
            f"there are {len(written)} written texts and {len(references)} references; each text needs one, and there "
            "must be one at least."
        )
    if metric in ROUGE_METRICS:
        return np.stack([rouge_of_texts(metric, written, references), np.ones(len(references))], axis=1)
    if metric == "exact_match":
        equal = [text.strip() == wanted.strip() for text, wanted in zip(written, references, strict=True)]
        return np.stack([np.array(equal, dtype=np.float64), np.ones(len(equal))], axis=1)
    counts = _SACREBLEU[metric]()._extract_corpus_statistics(list(written), [list(references)])
    return np.asarray(counts, dtype=np.float64)


def _right_and_wrong(metric: str, mean: Array) -> tuple[Array, Array]:
    """Make what a text of the usual length adds to the sums (S,) if it is written rightly, and if nothing is right."""
    right, wrong = mean.copy(), mean.copy()
    if metric == "bleu":
        right[0], right[2:6], wrong[2:6] = right[1], mean[6:10], 0.0
    elif metric == "chrf":  # n-grams written, wanted and right, for each n
        right[0::3] = right[2::3] = mean[1::3]
        wrong[2::3] = 0.0
    elif metric == "ter":  # edits, words
        right[0], wrong[0] = 0.0, mean[1]
    else:
        right[0], wrong[0] = 1.0, 0.0
    return right, wrong


def _function(metric: str) -> Callable[[Array], Array]:
    """Make a function from sums (..., S) to scores (...)."""
    if metric in ("exact_match", *ROUGE_METRICS):
        return lambda sums: 100.0 * sums[..., 0] / sums[..., 1]
    scorer = _SACREBLEU[metric]()

    def score(sums: Array) -> Array:
        rows = sums.reshape(-1, sums.shape[-1])
        return np.array([scorer._compute_score_from_stats(row.tolist()).score for row in rows]).reshape(sums.shape[:-1])

    return score


def _check_metric(metric: str) -> None:
    if metric not in (*TEXT_METRICS, *ROUGE_METRICS):
        raise InputError(f"metric {metric!r} is none of {', '.join((*TEXT_METRICS, *ROUGE_METRICS))}.")
