# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How well written texts match their references: sacreBLEU, chrF, TER, exact match, ROUGE; intervals, paired tests.

All scores run from 0 to 100. BLEU (Papineni et al. 2002, doi:10.3115/1073083.1073135), chrF (Popovic 2015,
doi:10.18653/v1/W15-3049) and TER (Snover et al. 2006) are sacrebleu's (Post 2018, doi:10.18653/v1/W18-6319), on
detokenised text, case counted. Corpus scores are no means over sentences, so intervals and paired tests resample
sentences and compute the score of each resample (Koehn 2004, W04-3250).

N texts · S numbers that a text adds to the sums a score is made of
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER

from hf_seq.errors import InputError
from hf_seq.metrics.intervals import Paired, statistic_difference, statistic_interval
from hf_seq.metrics.scores import Array
from hf_seq.metrics.summarization import ROUGE_METRICS, rouge_of_texts, rouge_signature

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


def translation_interval(
    metric: str, written: Sequence[str], references: Sequence[str], *, confidence: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Compute the interval of a score by resampling texts; `metric` is one of `TEXT_METRICS` or `ROUGE_METRICS`."""
    return statistic_interval(_counts(metric, written, references), _function(metric), confidence, seed)


def translation_paired_difference(
    metric: str,
    written_a: Sequence[str],
    written_b: Sequence[str],
    references: Sequence[str],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Paired:
    """Compare two models on the same texts, score of a minus score of b, by the paired bootstrap."""
    a, b = (_counts(metric, written, references) for written in (written_a, written_b))
    return statistic_difference(a, b, _function(metric), confidence=confidence, seed=seed)


def translation_signature(metric: str) -> str:
    """Say exactly what a score is, as sacrebleu does: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`."""
    _check_metric(metric)
    if metric in ROUGE_METRICS:
        return rouge_signature(metric)
    if metric == "exact_match":
        return f"exact_match|case:mixed|strip:yes|hf_seq:{version('hf_seq')}"
    scorer = _SACREBLEU[metric]()
    scorer._extract_corpus_statistics(["."], [["."]])  # the number of references is known only then
    return f"{metric}|{scorer.get_signature()}"


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
        equal = [said.strip() == wanted.strip() for said, wanted in zip(written, references, strict=True)]
        return np.stack([np.array(equal, dtype=np.float64), np.ones(len(equal))], axis=1)
    counts = _SACREBLEU[metric]()._extract_corpus_statistics(list(written), [list(references)])
    return np.asarray(counts, dtype=np.float64)


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
