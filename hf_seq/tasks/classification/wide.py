# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fitting the bag of n-grams of a wide and deep classifier, and choosing how much its two parts count.

The wide part is logistic (or ridge) regression and naive Bayes by scikit-learn over what `BagOfNgrams` finds, so that a
saved model computes what was fitted; `linear_choice.py` chooses its setting. The share of the deep part is chosen on
validation rows. No seed decides here, so that models one after the other on the same rows share what was fitted.

N rows · F n-grams · L labels
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
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
MOST_WEIGHTS = 4_000_000
"""N-grams times labels, so that many labels do not make a model of hundreds of megabytes."""
MOST_TOKENS = 5_000_000
"""Of train rows that n-grams are counted and fitted on; of more, rows at even distances are taken."""
MOST_TOKENS_BY_LABELS = 50_000_000
"""Those tokens times labels, each of which is fitted."""
LABELS_AT_ONCE = 64
ROWS_FOR_RARE_WORDS = 1000
"""From so many rows on, words and pairs of a single text are left out, as `tfidf` does; rare letters always are."""
ROWS_AT_ONCE = 256
SHARES = np.linspace(0.0, 1.0, 21)
COLDEST, COLDEST_OF_FEW = 0.2, 0.5
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
    weights = model.config.class_weights
    key = _digest(model.wide, train, validation, splits, metric, most, weights)
    if key not in _last:
        fitted = _fit(model.wide, train, validation, splits, metric, most, weights)
        _last.clear()
        _last[key] = fitted
    fitted = _last[key]
    model.wide.learn(*(each.clone() for each in fitted.tensors))  # weights are divided in place later
    model.config.num_ngrams = len(model.wide.keys)
    model.config.deep_share = 1.0  # while it is trained, so that its best checkpoint is chosen by what it says alone
    return [fitted.note]


def _fit(
    bag: Any,
    train: EncodedDataset,
    validation: EncodedDataset,
    splits: Splits,
    metric: str,
    most: int,
    label_weights: Sequence[float] | None,
) -> Fitted:
    width, rows = splits.num_labels, len(train)
    train = some_rows(train, splits)
    labels = labels_of(train, splits)
    known = KnownNgrams(bag, width, *count_ngrams(bag, train))
    found, features = len(known.keys), features_of(bag, train)
    if len(known.keys) * width > MOST_WEIGHTS:
        known = known.cut(telling(features, labels, splits, MOST_WEIGHTS // width))
        features = features_of(bag, train)
    seen = features_of(bag, validation), labels_of(validation, splits)
    best, note = choose_linear(features, labels, seen, splits, metric, label_weights)
    weight, bias = best.fit(splits.problem_type, features, labels, width)
    if most < len(known.keys):
        known = known.cut(strongest(features, weight, most))
        weight, bias = best.fit(splits.problem_type, features_of(bag, train), labels, width)
    learnt = known.keys, known.idf, known.inside, torch.from_numpy(weight).float(), torch.from_numpy(bias).float()
    count = f"{len(known.keys):,}" + (f" of {found:,}" if len(known.keys) < found else "")
    some = f" from {len(train):,} of {rows:,} rows" if len(train) < rows else ""
    return Fitted(learnt, f"wide part: {count} n-grams{some}, {note}")


@dataclass(frozen=True)
class KnownNgrams:
    """The n-grams that a bag looks for, before it has weights: (F,) each.

    Attributes:
        bag: is told of them.
        width: L.
        keys: hashes, rising.
        idf: inverse document frequencies.
        inside: whether they are of letters.
    """

    bag: Any
    width: int
    keys: Tensor
    idf: Tensor
    inside: Tensor

    def __post_init__(self) -> None:
        nothing = torch.zeros(len(self.keys), self.width), torch.zeros(self.width)
        self.bag.learn(self.keys, self.idf, self.inside, *nothing)

    def cut(self, places: Array) -> "KnownNgrams":
        """Keep those at some places, rising."""
        kept = torch.from_numpy(places)
        return KnownNgrams(self.bag, self.width, self.keys[kept], self.idf[kept], self.inside[kept])


def some_rows(rows: EncodedDataset, splits: Splits) -> EncodedDataset:
    """Take rows at even distances, and one of each label, where all hold more tokens than are fitted in a minute."""
    tokens, most = sum(rows.lengths), min(MOST_TOKENS, MOST_TOKENS_BY_LABELS // splits.num_labels)
    if tokens <= most:
        return rows
    places = np.linspace(0, len(rows) - 1, max(1, len(rows) * most // tokens)).astype(np.int64)
    labels = [row["labels"] for row in rows.rows]
    if splits.problem_type == "single_label_classification":
        places = np.union1d(places, np.unique(labels, return_index=True)[1])
    return EncodedDataset([rows[place]["input_ids"] for place in places], [labels[place] for place in places])


def telling(features: csr_matrix, labels: Array, splits: Splits, number: int) -> Array:
    """Find, before anything is fitted, the n-grams that go along with labels or values most.

    Args:
        features: (N, F).
        labels: of the rows.
        splits: say what the labels are.
        number: of n-grams.

    Returns:
        Their places among the F, rising.
    """
    gold = np.eye(splits.num_labels, dtype=np.float32)[labels] if labels.ndim == 1 else labels
    apart = gold - gold.mean(axis=0)
    said = np.zeros(features.shape[1])
    for start in range(0, apart.shape[1], LABELS_AT_ONCE):
        said += np.square(features.T @ apart[:, start : start + LABELS_AT_ONCE]).sum(axis=1)
    return np.sort(np.argsort(-said, kind="stable")[:number])


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
    parts: list[tuple[Array, Array, Array]] = []
    for ids, mask, _ in batches_of(rows):
        owners, keys, inside = (each.numpy() for each in bag.find(ids, find_padding(mask, ids)))
        some, first, places = np.unique(keys, return_index=True, return_inverse=True)
        once = np.unique(owners * len(some) + places) % max(1, len(some))  # n-grams of a row, each once
        parts.append((some, np.bincount(once, minlength=len(some)), inside[first]))
    several, numbers, kinds = (np.concatenate(each) for each in zip(*parts, strict=True))
    found, first, places = np.unique(several, return_index=True, return_inverse=True)
    counts, inside = np.bincount(places, weights=numbers).astype(np.int64), kinds[first]
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
            1984) take that next to a half, and make no part more than twice as sure.

    Returns:
        What a record should tell.
    """
    model.eval()
    wide, deep, labels = _answers(model, batches)
    if problem_type != "regression":
        coldest = COLDEST_OF_FEW if even else COLDEST
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
