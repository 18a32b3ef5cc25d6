# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`predictions.jsonl`: what a model predicted for every row of the test split, so that models can be compared in pairs.

One line per row, in the order of the split. Classifiers: `{"row": 0, "gold": 2, "scores": [0.1, 0.2, 0.7]}`; taggers:
`{"row": 0, "gold": ["O", "B-item"], "tags": ["O", "O"], "scores": [0.9, 0.6]}`, gold null where a word is not to be
tagged; writers of texts: `{"row": 0, "source": "ein Hund", "gold": "a dog", "text": "the dog"}`.
N rows · L labels
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json
from hf_seq.files.writing import write_text

PREDICTIONS_NAME = "predictions.jsonl"


def write_predictions(folder: str | Path, gold: Sequence[Any] | np.ndarray, scores: np.ndarray) -> Path:
    """Write `folder/predictions.jsonl` of a classifier.

    Args:
        folder: where; made if it does not exist.
        gold: (N,) label ids or values, or (N, L) for multi-label.
        scores: (N, L) probabilities, or values for regression; six decimals are kept, of what is below 1 six digits: an
            unlikely label keeps its rank, and a value in a large unit is not 0.
    """
    golds = np.asarray(gold).tolist()
    values = np.asarray(scores, dtype=float).reshape(len(golds), -1)
    rounded = np.round(values, 6)
    small = (np.abs(values) < 0.1) & (values != 0)  # above, six decimals are six digits
    rounded[small] = [float(f"{each:.6g}") for each in values[small].tolist()]
    rows = rounded.tolist()
    return write_rows(folder, ({"gold": each, "scores": values} for each, values in zip(golds, rows, strict=True)))


def read_predictions(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Read what `write_predictions` wrote.

    Returns:
        (gold, scores): (N,) or (N, L), and (N, L).

    Raises:
        InputError: the file is missing, or its rows are broken or out of order.
    """
    gold, scores = _read(folder, "scores")
    try:
        return np.asarray(gold), np.asarray(scores, dtype=float)
    except (ValueError, TypeError) as error:  # words for numbers, or rows of different lengths
        raise InputError(f"{predictions_in(folder)} is broken ({error}); train the model again.") from error


def write_tags(
    folder: str | Path,
    gold: Sequence[Sequence[str | None]],
    tags: Sequence[Sequence[str]],
    scores: Sequence[Sequence[float]] | None = None,
) -> Path:
    """Write `folder/predictions.jsonl` of a tagger.

    Args:
        folder: where; made if it does not exist.
        gold: N lists of tag names, None where a word is not to be tagged.
        tags: N lists as long, what the model predicted.
        scores: N lists as long, the probability of each of these tags; four decimals are kept.
    """
    rows: list[dict[str, Any]] = [{"gold": each, "tags": predicted} for each, predicted in zip(gold, tags, strict=True)]
    if scores is not None:
        rows = [row | {"scores": [round(s, 4) for s in sure]} for row, sure in zip(rows, scores, strict=True)]
    return write_rows(folder, rows)


def read_tags(folder: str | Path) -> tuple[list[list[str | None]], list[list[str]]]:
    """Read what `write_tags` wrote: (gold, tags).

    Raises:
        InputError: the file is missing, or its rows are broken or out of order.
    """
    return _read(folder, "tags")


def read_tag_scores(folder: str | Path) -> list[list[float] | None]:
    """Read the probabilities of the tags; None for sentences of runs that kept none.

    Raises:
        InputError: the file is missing, or its rows are broken or out of order.
    """
    return _read(folder, "scores", optional=True)[1]


def write_texts(folder: str | Path, sources: Sequence[str], gold: Sequence[str], written: Sequence[str]) -> Path:
    """Write `folder/predictions.jsonl` of a model that writes texts.

    Args:
        folder: where; made if it does not exist.
        sources: N texts.
        gold: N texts that should be written from them.
        written: N texts that the model wrote.
    """
    rows = zip(sources, gold, written, strict=True)
    return write_rows(folder, ({"source": source, "gold": wanted, "text": text} for source, wanted, text in rows))


def read_texts(folder: str | Path) -> tuple[list[str], list[str]]:
    """Read what `write_texts` wrote: (gold, written).

    Raises:
        InputError: the file is missing, or its rows are broken or out of order.
    """
    return _read(folder, "text")


def predictions_in(folder: str | Path) -> Path:
    """Find the predictions of a run.

    Raises:
        InputError: there are none.
    """
    path = Path(folder) / PREDICTIONS_NAME
    if not path.is_file():
        raise InputError(f"{path} does not exist; train the model again to have its predictions.")
    return path


def write_rows(folder: str | Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write `folder/predictions.jsonl`, each row with its number; the folder is made if it does not exist."""
    path = Path(folder) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"row": row, **values}, ensure_ascii=False) for row, values in enumerate(rows))
    write_text(path, "".join(f"{line}\n" for line in lines))
    return path


def _read(folder: str | Path, field: str, *, optional: bool = False) -> tuple[list[Any], list[Any]]:
    """Read the gold answer and one field of every line; None where a line may lack it."""
    path = predictions_in(folder)
    gold, answers = [], []
    with path.open(encoding="utf-8") as lines:
        for row, line in enumerate(lines):
            try:
                values = parse_json(line)
                if values["row"] != row:
                    raise ValueError(f"row {values['row']} stands where row {row} should")
                gold.append(values["gold"])
                answers.append(values.get(field) if optional else values[field])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}, line {row + 1} is broken ({error}); train the model again.") from error
    return gold, answers
