# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fitting the bag of n-grams of a wide and deep classifier, and choosing how much its two parts count.

The wide part is logistic (or ridge) regression by scikit-learn over what `BagOfNgrams` finds, so that a saved model
computes what was fitted. Its strength and the share of the deep part are chosen on validation rows.

N rows · F n-grams · L labels
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor

from hf_seq.baselines.linear import fit_linear, linear_scores
from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.batching import pad_ids
from hf_seq.metrics.calibration import log_loss
from hf_seq.metrics.chosen import chosen_score
from hf_seq.metrics.classification import decide
from hf_seq.models.padding import find_padding
from hf_seq.progress import logger
from hf_seq.reports.record import LOWER_IS_BETTER, people_score

STRENGTHS = (1.0, 10.0, 100.0)
"""Values of C that validation chooses from."""
MOST_NGRAMS = 100_000
ROWS_FOR_RARE_WORDS = 1000
"""From so many rows on, words and pairs of a single text are left out, as `tfidf` does; rare letters always are."""
ROWS_TO_CHOOSE_BY = 5000
"""Train rows on which the strength is chosen, where there are more."""
ROWS_AT_ONCE = 256
ABSENT = -30.0
"""Score of a label that no train row has."""
SHARES = np.linspace(0.0, 1.0, 21)


def fit_wide(model: Any, train: EncodedDataset, validation: EncodedDataset, splits: Splits, metric: str) -> list[str]:
    """Fit the wide part of a model on its encoded train rows.

    Args:
        model: has `wide`, a `BagOfNgrams` that has read its vocabulary.
        train: its rows.
        validation: rows that choose the strength.
        splits: the data.
        metric: chooses the strength.

    Returns:
        What a record should tell.

    Raises:
        InputError: all rows have the same label.
    """
    bag, width = model.wide, splits.num_labels
    keys, idf, inside = count_ngrams(bag, train)
    bag.learn(keys, idf, inside, torch.zeros(len(keys), width), torch.zeros(width))
    labels = np.asarray(labels_of(train))
    if splits.problem_type == "regression":
        labels = labels.reshape(len(labels), -1)
    features, seen = features_of(bag, train), features_of(bag, validation)
    some = slice(None) if len(labels) <= ROWS_TO_CHOOSE_BY else _spread(len(labels), ROWS_TO_CHOOSE_BY)
    scores = {}
    for strength in STRENGTHS:
        learnt = fit_linear(splits.problem_type, features[some], labels[some], strength)
        scores[strength] = _score(learnt, seen, labels_of(validation), splits, metric)
    sign = -1 if metric in LOWER_IS_BETTER else 1
    best = max(scores, key=lambda strength: (sign * scores[strength], -strength))
    bag.learn(keys, idf, inside, *spread_labels(fit_linear(splits.problem_type, features, labels, best), width))
    model.config.num_ngrams = len(keys)
    model.config.deep_share = 1.0  # while it is trained, so that its best checkpoint is chosen by what it says alone
    tried = ", ".join(f"C={strength:g}: {people_score(metric, score):.2f}" for strength, score in scores.items())
    return [f"wide part: {len(keys):,} n-grams, settings chosen by {metric} on validation ({tried})"]


def count_ngrams(bag: Any, rows: EncodedDataset) -> tuple[Tensor, Tensor, Tensor]:
    """Count in how many rows each n-gram is, and keep those that are common enough.

    Returns:
        Hashes, rising; inverse document frequencies; whether they are of letters: (F,) each.
    """
    documents: list[NDArray[Any]] = []
    kinds: dict[bool, set[int]] = {True: set(), False: set()}
    for ids, mask, _ in batches_of(rows):
        owners, keys, inside = (each.numpy() for each in bag.find(ids, find_padding(mask, ids)))
        pairs = np.unique(np.stack([owners, keys]), axis=1)
        documents.append(pairs[1])
        for kind in (True, False):
            kinds[kind].update(keys[inside == kind].tolist())
    found, counts = np.unique(np.concatenate(documents), return_counts=True)
    inside = np.isin(found, np.fromiter(kinds[True], np.int64, len(kinds[True])))
    rare = 2 if len(rows) >= ROWS_FOR_RARE_WORDS else 1
    kept = counts >= np.where(inside, 2, rare)
    if kept.sum() > MOST_NGRAMS:
        kept &= counts > np.sort(counts[kept])[-MOST_NGRAMS]
    if not kept.any():
        kept[:] = True
    found, counts, inside = found[kept], counts[kept], inside[kept]
    idf = np.log((1 + len(rows)) / (1 + counts)) + 1
    return torch.from_numpy(found), torch.from_numpy(idf.astype(np.float32)), torch.from_numpy(inside)


def features_of(bag: Any, rows: EncodedDataset) -> csr_matrix:
    """Compute TF-IDF as the model will: (N, F)."""
    parts = []
    for start, (ids, mask, size) in zip(range(0, len(rows), ROWS_AT_ONCE), batches_of(rows), strict=True):
        owners, keys, _ = bag.find(ids, find_padding(mask, ids))
        owners, columns, values = (each.numpy() for each in bag.weigh(owners, keys, size))
        parts.append((owners + start, columns, values))
    owners, columns, values = (np.concatenate(each) for each in zip(*parts, strict=True))
    return csr_matrix((values, (owners, columns)), shape=(len(rows), len(bag.keys)))


def batches_of(rows: EncodedDataset) -> Iterator[tuple[Tensor, Tensor, int]]:
    """Yield ids, mask and number of rows, in order."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = [rows[place]["input_ids"] for place in range(start, min(start + ROWS_AT_ONCE, len(rows)))]
        inputs = pad_ids(some, 0)
        yield inputs["input_ids"], inputs["attention_mask"], len(some)


def labels_of(rows: EncodedDataset) -> list[Any]:
    """List the labels of encoded rows."""
    return [rows[place]["labels"] for place in range(len(rows))]


def spread_labels(learnt: dict[str, Any], num_labels: int) -> tuple[Tensor, Tensor]:
    """Give every label its column: weights (F, L) and biases (L,)."""
    weights, bias = learnt["coefficients"], learnt["intercepts"]
    if "labels" in learnt:
        if weights.shape[1] == 1:  # two labels share one margin
            weights, bias = weights / 2, bias / 2
            weights, bias = np.concatenate([-weights, weights], axis=1), np.concatenate([-bias, bias])
        whole, absent = np.zeros((len(weights), num_labels)), np.full(num_labels, ABSENT)
        whole[:, learnt["labels"]], absent[learnt["labels"]] = weights, bias
        weights, bias = whole, absent
    return torch.from_numpy(np.ascontiguousarray(weights)).float(), torch.from_numpy(bias).float()


def _score(learnt: dict[str, Any], features: csr_matrix, labels: Sequence[Any], splits: Splits, metric: str) -> float:
    sure = linear_scores(splits.problem_type, features, learnt, splits.num_labels)
    said, gold = decide(sure, splits.problem_type), np.asarray(labels)
    return chosen_score(metric, sure, said, gold.reshape(said.shape), splits.label_names)


def _spread(rows: int, wanted: int) -> NDArray[np.int64]:
    """Choose rows evenly."""
    return np.linspace(0, rows - 1, wanted).astype(np.int64)


@torch.inference_mode()
def choose_share(model: Any, batches: Iterable[dict[str, Tensor]], problem_type: str) -> list[str]:
    """Choose how much the deep part counts, by the loss of both together on validation rows.

    Args:
        model: trained.
        batches: of validation rows.
        problem_type: of the labels.

    Returns:
        What a record should tell.
    """
    model.eval()
    parts: dict[float, list[NDArray[Any]]] = {0.0: [], 1.0: []}
    gold = []
    for batch in batches:
        inputs = {name: value.to(model.device) for name, value in batch.items() if name != "labels"}
        for share, found in parts.items():
            model.config.deep_share = share
            found.append(model(**inputs).logits.float().cpu().numpy())
        gold.append(batch["labels"].numpy())
    wide, deep, labels = (np.concatenate(each) for each in (*parts.values(), gold))
    losses = [_loss(share * deep + (1 - share) * wide, labels, problem_type) for share in SHARES]
    best = float(SHARES[int(np.argmin(losses))])
    model.config.deep_share = best
    shares = f"the recurrent part counts {100 * best:.0f} %, n-grams {100 * (1 - best):.0f} %"
    note = f"{shares}: least loss on validation"
    logger.info(note)
    return [note]


def _loss(logits: NDArray[Any], labels: NDArray[Any], problem_type: str) -> float:
    if problem_type == "regression":
        return float(np.square(logits.reshape(len(labels), -1) - labels.reshape(len(labels), -1)).mean())
    return log_loss(logits, labels)
