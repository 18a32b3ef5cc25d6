# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fitting the bag of n-grams of a wide and deep classifier, and choosing how much its two parts count.

The wide part is logistic (or ridge) regression and naive Bayes by scikit-learn over what `BagOfNgrams` finds, so that a
saved model computes what was fitted; `linear_choice.py` chooses its setting. The share of the deep part is chosen on
validation rows. No seed decides here, so that models one after the other on the same rows share what was fitted.

N rows · F n-grams · L labels
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch import Tensor

from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.batching import pad_ids
from hf_seq.metrics.calibration import fit_temperature, log_losses
from hf_seq.models.padding import find_padding
from hf_seq.progress import logger
from hf_seq.tasks.classification.linear_choice import choose_linear

MOST_NGRAMS = 100_000
ROWS_FOR_RARE_WORDS = 1000
"""From so many rows on, words and pairs of a single text are left out, as `tfidf` does; rare letters always are."""
ROWS_AT_ONCE = 256
SHARES = np.linspace(0.0, 1.0, 21)
COLDEST = 0.2
"""Temperature of a part at least: one that makes no mistake on a few validation rows is no surer for it."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Fitted:
    """What a wide part learned.

    Attributes:
        tensors: as `BagOfNgrams.learn` takes them: hashes, inverse document frequencies, kinds, weights, biases.
        note: what a record should tell.
    """

    tensors: tuple[Tensor, ...]
    note: str


_last: dict[str, Fitted] = {}
"""What was fitted last, by a digest of all that it was fitted on."""


def fit_wide(
    model: Any,
    train: EncodedDataset,
    validation: EncodedDataset,
    splits: Splits,
    metric: str,
    most: int = MOST_NGRAMS,
) -> list[str]:
    """Fit the wide part of a model on its encoded train rows.

    Args:
        model: has `wide`, a `BagOfNgrams` that has read its vocabulary.
        train: its rows.
        validation: rows that choose the setting, where train is too large to be held out in turns.
        splits: the data.
        metric: chooses the setting.
        most: n-grams that are kept; fitted once with all, then with those that say most.

    Returns:
        What a record should tell.

    Raises:
        InputError: all rows have the same label.
    """
    key = _digest(model.wide, train, validation, splits, metric, most)
    if key not in _last:
        fitted = _fit(model.wide, train, validation, splits, metric, most)
        _last.clear()
        _last[key] = fitted
    fitted = _last[key]
    model.wide.learn(*(each.clone() for each in fitted.tensors))  # weights are divided in place later
    model.config.num_ngrams = len(model.wide.keys)
    model.config.deep_share = 1.0  # while it is trained, so that its best checkpoint is chosen by what it says alone
    return [fitted.note]


def _fit(bag: Any, train: EncodedDataset, validation: EncodedDataset, splits: Splits, metric: str, most: int) -> Fitted:
    width = splits.num_labels
    keys, idf, inside = count_ngrams(bag, train)
    bag.learn(keys, idf, inside, torch.zeros(len(keys), width), torch.zeros(width))
    labels, seen = labels_of(train, splits), (features_of(bag, validation), labels_of(validation, splits))
    features = features_of(bag, train)
    best, note = choose_linear(features, labels, seen, splits, metric)
    weight, bias = best.fit(splits.problem_type, features, labels, width)
    count = f"{len(keys):,}"
    if most < len(keys):
        count = f"{most:,} of {count}"
        kept = torch.from_numpy(strongest(features, weight, most))
        keys, idf, inside = keys[kept], idf[kept], inside[kept]
        bag.learn(keys, idf, inside, torch.zeros(len(keys), width), torch.zeros(width))
        weight, bias = best.fit(splits.problem_type, features_of(bag, train), labels, width)
    learnt = keys, idf, inside, torch.from_numpy(weight).float(), torch.from_numpy(bias).float()
    return Fitted(learnt, f"wide part: {count} n-grams, {note}")


def _digest(bag: Any, train: EncodedDataset, validation: EncodedDataset, splits: Splits, *settings: Any) -> str:
    hashed = hashlib.sha256(repr((splits.problem_type, splits.num_labels, settings)).encode())
    for table in (bag.letters, bag.starts.kinds):
        hashed.update(table.cpu().numpy().tobytes())
    for rows in (train, validation):
        for row in rows.rows:
            hashed.update(repr((list(row["input_ids"]), row["labels"])).encode())
    return hashed.hexdigest()


def count_ngrams(bag: Any, rows: EncodedDataset) -> tuple[Tensor, Tensor, Tensor]:
    """Count in how many rows each n-gram is, and keep those that are common enough.

    Returns:
        Hashes, rising; inverse document frequencies; whether they are of letters: (F,) each.
    """
    documents: list[Array] = []
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


def strongest(features: csr_matrix, weight: Array, number: int) -> Array:
    """Find the n-grams that say most about the train rows.

    Args:
        features: (N, F).
        weight: (F, L); what all labels share says nothing.
        number: of n-grams.

    Returns:
        Their places among the F, rising.
    """
    apart = weight - (weight.mean(axis=1, keepdims=True) if weight.shape[1] > 1 else 0)
    squares = np.asarray(features.multiply(features).sum(axis=0)).ravel()
    importance = np.square(apart).sum(axis=1) * np.sqrt(squares)  # between strong in a row and met in many
    return np.sort(np.argsort(-importance, kind="stable")[:number])


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


def labels_of(rows: EncodedDataset, splits: Splits) -> NDArray[Any]:
    """List the labels of encoded rows; of values one column an output."""
    labels = np.asarray([rows[place]["labels"] for place in range(len(rows))])
    return labels.reshape(len(labels), -1) if splits.problem_type == "regression" else labels


@torch.inference_mode()
def choose_share(
    model: Any,
    batches: Iterable[dict[str, Tensor]],
    problem_type: str,
    parts: tuple[str, str] = ("the recurrent part", "n-grams"),
    even: bool = False,
) -> list[str]:
    """Choose how much the deep part counts, by the loss of both together on validation rows.

    Each part is first made as sure of itself as it is right there, since one that is too sure would drown the other.

    Args:
        model: trained.
        batches: of validation rows.
        problem_type: of the labels.
        parts: what the deep and the wide one are called.
        even: for few rows, whose least loss is chance: of the shares within one standard error of it (Breiman et al.
            1984) take that next to a half, and make no part surer than it is.

    Returns:
        What a record should tell.
    """
    model.eval()
    wide, deep, labels = _answers(model, batches)
    if problem_type != "regression":
        coldest = 1.0 if even else COLDEST
        wide /= _make_sure([model.wide.weight, model.wide.bias], wide, labels, coldest)
        deep /= _make_sure(model.classifier.parameters(), deep, labels, coldest)
    losses = np.array([row_losses(share * deep + (1 - share) * wide, labels, problem_type) for share in SHARES])
    best = float(SHARES[_most_even(losses) if even else int(losses.mean(axis=1).argmin())])
    model.config.deep_share = best
    shares = f"{parts[0]} counts {100 * best:.0f} %, {parts[1]} {100 * (1 - best):.0f} %"
    note = f"{shares}: {'chosen by' if even else 'least'} loss on validation"
    logger.info(note)
    return [note]


def _most_even(losses: Array) -> int:
    """Find the share next to a half that is not worse than the best by more than one standard error: (shares, N)."""
    worse = losses - losses[losses.mean(axis=1).argmin()]
    alike = worse.mean(axis=1) <= worse.std(axis=1) / np.sqrt(losses.shape[1])
    return int(np.where(alike, np.abs(SHARES - 0.5), np.inf).argmin())


def _make_sure(weights: Iterable[Tensor], logits: Array, labels: Array, coldest: float) -> float:
    """Divide the weights of a part by the temperature that suits its logits, and return it."""
    temperature = max(coldest, fit_temperature(logits, labels))
    for each in weights:
        each.data.div_(temperature)
    return temperature


def _answers(model: Any, batches: Iterable[dict[str, Tensor]]) -> tuple[Array, Array, Array]:
    """Ask each part alone: logits (N, L) of the wide and of the deep one, and the labels."""
    parts: dict[float, list[Array]] = {0.0: [], 1.0: []}
    gold = []
    for batch in batches:
        inputs = {name: value.to(model.device) for name, value in batch.items() if name != "labels"}
        for share, found in parts.items():
            model.config.deep_share = share
            found.append(model(**inputs).logits.double().cpu().numpy())
        gold.append(batch["labels"].numpy())
    wide, deep, labels = (np.concatenate(each) for each in (*parts.values(), gold))
    return wide, deep, labels


def row_losses(logits: Array, labels: Array, problem_type: str) -> Array:
    """Compute the loss of each row, (N,)."""
    if problem_type == "regression":
        squares: Array = np.square(logits.reshape(len(labels), -1) - labels.reshape(len(labels), -1)).mean(axis=1)
        return squares
    return log_losses(logits, labels)
