# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of taggers: accuracy, and precision, recall and F1 of spans, for `evaluate` and `Trainer`, with intervals.

N sentences · K types of spans, or tags · S sums

The numbers are seqeval's: spans are read as conlleval reads them, those of BIOES strictly (`hf_seq.models.spans`).
Tokens of a sentence are no independent draws, so intervals and tests of differences go by sentences (Berg-Kirkpatrick
et al. 2012, aclanthology.org/D12-1091); a test over tokens would be too sure of itself. A quotient 0 / 0 is 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, ClassVar

import datasets
import evaluate
import numpy as np

from hf_seq.errors import InputError
from hf_seq.metrics.differences import Paired, difference_of
from hf_seq.metrics.intervals import METHODS, interval_of
from hf_seq.metrics.label_scores import linearise_share
from hf_seq.metrics.linearised import Linearised, PseudoRows, linearise
from hf_seq.metrics.offline import OfflineMetric
from hf_seq.metrics.scores import Array
from hf_seq.models.spans import spans_of
from hf_seq.models.tag_schemes import TagScheme, scheme_of

Tags = Sequence[Sequence[str]]

SPAN_METRICS = ("f1", "precision", "recall", "f1_macro", "accuracy", "sentence_accuracy")
TAG_METRICS = ("accuracy", "f1_macro", "sentence_accuracy")
_LEADING = 4  # columns before those by type: right tokens, tokens, right sentences, sentences


@dataclass(frozen=True)
class TaggingCounts:
    """What every sentence adds to a score.

    Attributes:
        kinds: K types of spans in the order of the alphabet; the tags, where they mark no spans.
        rows: (N, 4 + 3 K) right tokens, tokens, 1 if all are right, 1; then by type what was right, predicted, gold.
    """

    kinds: list[str]
    rows: Array

    @property
    def by_kind(self) -> Array:
        """(3, K) right, predicted and gold over all sentences."""
        return self.rows[:, _LEADING:].sum(axis=0).reshape(3, -1)


def count_tags(predicted: Tags, gold: Sequence[Sequence[str | None]], scheme: TagScheme = "auto") -> TaggingCounts:
    """Count what is right, sentence by sentence.

    Args:
        predicted: N sentences of tags.
        gold: as long, with None where a token is not scored; such tokens are taken out.
        scheme: what the tags mean; `auto` reads it from all gold tags.

    Raises:
        InputError: the two have other lengths, or there is no token.
    """
    _check(predicted, gold)
    pairs = [_scored(tags, true) for tags, true in zip(predicted, gold, strict=True)]
    if scheme == "auto":
        scheme = scheme_of(sorted({tag for _, true in pairs for tag in true}))
    read: Callable[[Sequence[str]], Sequence[tuple[Any, ...]]] = (
        _numbered if scheme == "none" else partial(spans_of, strict=scheme == "bioes")
    )
    found = [(read(tags), read(true)) for tags, true in pairs]
    kinds = sorted({item[0] for sides in found for side in sides for item in side})
    column = {kind: index for index, kind in enumerate(kinds)}
    rows = np.zeros((len(pairs), _LEADING + 3 * len(kinds)), dtype=np.int64)
    for row, (tags, true) in enumerate(pairs):
        right = sum(a == b for a, b in zip(tags, true, strict=True))
        rows[row, :_LEADING] = right, len(true), right == len(true), 1
        ours, theirs = found[row]
        for block, some in enumerate((set(ours) & set(theirs), ours, theirs)):
            for item in some:
                rows[row, _LEADING + block * len(kinds) + column[item[0]]] += 1
    return TaggingCounts(kinds, rows)


def compute_tagging_metrics(
    predicted: Tags, gold: Sequence[Sequence[str | None]], scheme: TagScheme = "auto"
) -> dict[str, float]:
    """Score predicted tags with every metric that fits them.

    Args:
        predicted: N sentences of tag names.
        gold: likewise; None where a token is not scored.
        scheme: `bio`, `iob1`, `bioes`, or `none` for part-of-speech tags; `auto` reads it from the gold tags.

    Returns:
        Fractions by name, the headline first: `f1`, `precision`, `recall` (micro averages over spans), `f1_macro`
        (over types) and `accuracy` over tokens; without spans `accuracy` and `f1_macro` over tags. And
        `sentence_accuracy`, the share of sentences that are right in every tag.

    Example:
        >>> round(compute_tagging_metrics([["B-PER", "O"]], [["B-PER", "B-LOC"]])["f1"], 3)
        0.667
    """
    counts = count_tags(predicted, gold, scheme)
    sums = counts.rows.sum(axis=0)
    return {metric: _score(metric, sums) for metric in _metrics_of(gold, scheme)}


def scores_by_type(
    predicted: Tags, gold: Sequence[Sequence[str | None]], scheme: TagScheme = "auto"
) -> dict[str, dict[str, float]]:
    """Compute precision, recall, F1 and support (gold count) of each type of span, or of each tag."""
    counts = count_tags(predicted, gold, scheme)
    scores = {}
    for kind, (right, guessed, true) in zip(counts.kinds, counts.by_kind.T.tolist(), strict=True):
        scores[kind] = {
            "precision": right / guessed if guessed else 0.0,
            "recall": right / true if true else 0.0,
            "f1": 2 * right / (guessed + true) if guessed + true else 0.0,
            "support": true,
        }
    return scores


def scored_scheme(label_names: Sequence[str]) -> TagScheme:
    """Find how scores read the tags of a model, from the names of all of them: `bio`, `iob1`, `bioes` or `none`.

    A test may lack some tags, so those that stand in it cannot tell. Spans of BIO and IOB1 are read alike, so nothing
    hangs on the one being taken for the other.
    """
    return scheme_of(label_names)


def tagging_headline(label_names: Sequence[str]) -> str:
    """Name the main score of a tagger: `f1` where its labels mark spans, else `accuracy`."""
    return "accuracy" if scheme_of(label_names) == "none" else "f1"


def linearise_tags(
    metric: str, predicted: Tags, gold: Sequence[Sequence[str | None]], scheme: TagScheme = "auto"
) -> Linearised:
    """Find out what every sentence adds to a score.

    Args:
        metric: a key of `compute_tagging_metrics`.
        predicted: N sentences of tag names.
        gold: likewise; None where a token is not scored.
        scheme: what the tags mean; `auto` reads it from all gold tags.

    Raises:
        InputError: an unknown metric, or sentences that do not fit each other.
    """
    if metric not in SPAN_METRICS:
        raise InputError(f"metric {metric!r} is unknown for tags; choose one of {', '.join(SPAN_METRICS)}.")
    rows = count_tags(predicted, gold, scheme).rows
    if metric == "sentence_accuracy":
        return linearise_share(rows[:, 2])
    return linearise(rows, partial(_scores, metric), "proportion", pseudo=_pseudo_sentences(rows))


def tagging_interval(
    metric: str,
    predicted: Tags,
    gold: Sequence[Sequence[str | None]],
    scheme: TagScheme = "auto",
    *,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Compute the interval of a score, over the choice of sentences; `metric` is a key of `compute_tagging_metrics`."""
    return interval_of(linearise_tags(metric, predicted, gold, scheme), confidence)


def tagging_paired_difference(
    metric: str,
    predicted_a: Tags,
    predicted_b: Tags,
    gold: Sequence[Sequence[str | None]],
    scheme: TagScheme = "auto",
    *,
    confidence: float = 0.95,
) -> Paired:
    """Compare two trained taggers on the same sentences, score of a minus score of b."""
    a, b = (linearise_tags(metric, predicted, gold, scheme) for predicted in (predicted_a, predicted_b))
    return difference_of([a], [b], confidence)


def tagging_signature(metric: str, label_names: Sequence[str], written: TagScheme = "auto") -> str:
    """Say exactly what a score of these labels is: "f1|average:micro|spans:conlleval|scheme:bio|...".

    Args:
        metric: key of `compute_tagging_metrics`.
        label_names: of all tags.
        written: the scheme the data are written in, where that is known: names alone hardly tell IOB1 from BIO.
    """
    scheme = scored_scheme(label_names)
    name, _, average = metric.partition("_")
    parts = [metric]
    if name in ("f1", "precision", "recall"):
        parts += [f"average:{average or 'micro'}", "zero_division:0"]
        if scheme != "none":
            parts.append("spans:" + ("strict" if scheme == "bioes" else "conlleval"))
    parts += [f"scheme:{written if (scheme, written) == ('bio', 'iob1') else scheme}"]
    parts += [f"{package}:{version(package)}" for package in ("hf_seq", "numpy")]
    method = METHODS["rows" if metric == "sentence_accuracy" else "proportion"]
    return "|".join([*parts, f"interval:{method}, over sentences"])


class _TaggingMetric(OfflineMetric):
    """Sentences of tags; `scheme` as in `compute_tagging_metrics`."""

    key: ClassVar[str]

    def __init__(self, *args: Any, scheme: TagScheme = "auto", **kwargs: Any) -> None:
        self.scheme: TagScheme = scheme
        super().__init__(*args, **kwargs)

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description=type(self).__doc__ or "",
            citation="",
            inputs_description="predictions and references: a list of tag names for each sentence.",
            features=datasets.Features({"predictions": tags, "references": tags}),
        )

    def _compute(self, predictions: Tags, references: Tags) -> dict[str, float]:
        sums = count_tags(predictions, references, self.scheme).rows.sum(axis=0)
        return {self.key: _score(self.key.removeprefix("span_").removeprefix("token_"), sums)}


class SpanF1(_TaggingMetric):
    """Harmonic mean of precision and recall of spans, over all types."""

    key = "span_f1"


class SpanPrecision(_TaggingMetric):
    """Share of predicted spans that are right in type and both ends."""

    key = "span_precision"


class SpanRecall(_TaggingMetric):
    """Share of gold spans that were found."""

    key = "span_recall"


class TokenAccuracy(_TaggingMetric):
    """Share of tokens whose tag is right."""

    key = "token_accuracy"


def _numbered(tags: Sequence[str]) -> list[tuple[str, int]]:
    """Pair each tag with its place, as spans of one token are."""
    return [(tag, position) for position, tag in enumerate(tags)]


def _scored(predicted: Sequence[str], true: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Remove the tokens that are not scored from both."""
    pairs = [(a, b) for a, b in zip(predicted, true, strict=True) if b is not None]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _check(predicted: Tags, gold: Sequence[Sequence[str | None]]) -> None:
    if len(predicted) != len(gold):
        raise InputError(f"there are {len(predicted)} predicted sentences but {len(gold)} gold ones.")
    for number, (tags, true) in enumerate(zip(predicted, gold, strict=True)):
        if len(tags) != len(true):
            raise InputError(f"sentence {number} has {len(tags)} predicted tags but {len(true)} gold ones.")
    if not any(tag is not None for true in gold for tag in true):
        raise InputError(f"there is no tag to score in {len(gold)} sentence{'' if len(gold) == 1 else 's'}.")


def _metrics_of(gold: Sequence[Sequence[str | None]], scheme: TagScheme) -> tuple[str, ...]:
    if scheme == "auto":
        scheme = scheme_of(sorted({tag for tags in gold for tag in tags if tag is not None}))
    return TAG_METRICS if scheme == "none" else SPAN_METRICS


def _score(metric: str, sums: Array) -> float:
    return float(_scores(metric, sums))


def _scores(metric: str, sums: Array) -> Array:
    """Turn sums (..., 4 + 3 K) into scores (...)."""
    sums = np.asarray(sums, dtype=np.float64)
    if metric == "accuracy":
        return _divide(sums[..., 0], sums[..., 1])
    if metric == "sentence_accuracy":
        return _divide(sums[..., 2], sums[..., 3])
    by_kind = sums[..., _LEADING:].reshape(*sums.shape[:-1], 3, -1)  # (..., 3, K)
    if metric == "f1_macro":
        right, predicted, true = (by_kind[..., block, :] for block in range(3))  # (..., K)
        return _divide(_divide(2 * right, predicted + true).sum(axis=-1), (predicted + true > 0).sum(axis=-1))
    right, predicted, true = (by_kind[..., block, :].sum(axis=-1) for block in range(3))
    if metric == "precision":
        return _divide(right, predicted)
    return _divide(right, true) if metric == "recall" else _divide(2 * right, predicted + true)


def _divide(numerator: Array, denominator: Array) -> Array:
    return np.divide(numerator, denominator, out=np.zeros(np.shape(numerator)), where=denominator != 0)


def _pseudo_sentences(rows: Array) -> PseudoRows:
    """Make a sentence of the usual kind, right in all its tags and spans, and one wrong in all."""
    tokens, sentences = rows[:, 1].mean(), 1.0
    kinds = (rows.shape[1] - _LEADING) // 3
    gold = (rows[:, _LEADING + 2 * kinds :].sum(axis=0) + 0.5 / max(kinds, 1)) / (len(rows) + 0.5)
    none = np.zeros_like(gold)
    right = np.concatenate([[tokens, tokens, 1.0, sentences], gold, gold, gold])
    wrong = np.concatenate([[0.0, tokens, 0.0, sentences], none, gold, gold])
    return PseudoRows(right[None], wrong[None], np.ones(1))


__all__ = [
    "SpanF1",
    "SpanPrecision",
    "SpanRecall",
    "TaggingCounts",
    "TokenAccuracy",
    "compute_tagging_metrics",
    "count_tags",
    "linearise_tags",
    "scores_by_type",
    "tagging_headline",
    "tagging_interval",
    "tagging_paired_difference",
    "tagging_signature",
]
