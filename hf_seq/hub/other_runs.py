# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The other finished runs beside a run: seeds of the same recipe, and models scored on the same rows."""

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json
from hf_seq.reports.record import LOWER_IS_BETTER, RECORD_NAME, Record


@dataclass(frozen=True)
class ComparedModel:
    """A model in the table of a card: its first seed's record and folder, and the scores of all seeds."""

    record: Record
    folder: Path
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean score over the seeds."""
        return statistics.fmean(self.scores)


def runs_beside(folder: Path) -> list[tuple[Path, Record]]:
    """Return finished runs in neighbouring folders that were scored on the same test rows, this one first."""
    own = Record.read(folder)
    found = [(folder, own)]
    for path in sorted(folder.resolve().parent.glob(f"*/{RECORD_NAME}")):
        if path.parent == folder.resolve():
            continue
        try:
            record = Record.read(path.parent)
        except InputError:
            continue  # a record of another version says nothing that could be compared
        if record.status == "done" and record.score is not None and _same_rows(folder, own, path.parent, record):
            found.append((path.parent, record))
    return found


def compared_models(folder: Path) -> list[ComparedModel]:
    """Return the run itself and the models beside it, best first; runs that differ by their seed alone are one."""
    groups: dict[str, list[tuple[Path, Record]]] = {}
    for path, record in runs_beside(folder):
        groups.setdefault(_all_but_the_seed(record), []).append((path, record))
    models = [
        ComparedModel(runs[0][1], runs[0][0], tuple(run.score for _, run in runs if run.score is not None))
        for runs in groups.values()
    ]
    lower_is_better = bool(models) and models[0].record.metric in LOWER_IS_BETTER
    return sorted(
        (model for model in models if model.scores), key=lambda model: model.mean, reverse=not lower_is_better
    )


def seeds_of(folder: Path) -> list[Record]:
    """Return the runs that differ from this one by their seed alone, itself included, in order of seed."""
    runs = [record for _, record in runs_beside(folder)]
    same = [record for record in runs if _all_but_the_seed(record) == _all_but_the_seed(runs[0])]
    return sorted(same, key=lambda record: record.seed)


def _all_but_the_seed(record: Record) -> str:
    """Describe all that makes a run but its seed; a setting that is off equals one that its version lacks."""
    recipe = {key: value for key, value in record.recipe.items() if value and key not in ("seed", "data_seed")}
    return json.dumps([record.model, record.label, record.parameters, recipe], sort_keys=True, default=str)


def _same_rows(folder: Path, own: Record, other_folder: Path, other: Record) -> bool:
    """Check whether two runs were scored on the same rows: the same data, or the same gold labels in the same order."""
    if (own.metric, own.split, own.n) != (other.metric, other.split, other.n):
        return False
    return (own.fingerprint != "" and own.fingerprint == other.fingerprint) or (
        own.data == other.data and _gold(folder) is not None and _gold(folder) == _gold(other_folder)
    )


def _gold(folder: Path) -> list[object] | None:
    path = folder / "predictions.jsonl"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as lines:
        return [parse_json(line).get("gold") for line in lines]
