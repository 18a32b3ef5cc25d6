# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Choose the score above which a saved classifier says yes; what `hf-seq find-threshold` runs.

The threshold is chosen on the validation rows and written into the model's `config.json` (a baseline's
`baseline.json`), where `predict`, `evaluate` and `compare` find it. The run's record is scored anew with it, from the
predictions that lie beside it. `pipeline` gives the scores themselves, as before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.metrics.classification import decide
from hf_seq.metrics.intervals import wilson
from hf_seq.metrics.scores import score
from hf_seq.metrics.thresholds import Threshold, best_f1, for_precision
from hf_seq.predictors.text import ANSWER_THRESHOLD, THRESHOLDS
from hf_seq.reports.predictions import PREDICTIONS_NAME, read_predictions
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.classification.scoring import score_fields
from hf_seq.tasks.registry import task_named, task_of_saved
from hf_seq.tasks.trained import columns_of, reading, record_of
from hf_seq.train.answer_threshold import choose_answers, count_answered, record_answers, save_decision

NOTE = "thresholds chosen"


@dataclass(frozen=True)
class ThresholdGoal:
    """What a threshold is chosen for.

    Attributes:
        precision: the most positives found at this precision or better; None for the best F1.
        positive: name of the label that is a yes, of two; None takes that of the record, else the rarer.
        per_label: of several labels, a threshold for each in place of one for all.
    """

    precision: float | None = None
    positive: str | None = None
    per_label: bool = False

    def choose(self, scores: np.ndarray, positive: np.ndarray) -> Threshold:
        """Choose the threshold on rows with these scores (N,), of which some are positive (N,)."""
        return best_f1(scores, positive) if self.precision is None else for_precision(scores, positive, self.precision)

    def __str__(self) -> str:
        return "for the best F1" if self.precision is None else f"for a precision of {self.precision:g}"


@dataclass(frozen=True)
class ChosenThresholds:
    """What was chosen, on which rows.

    Attributes:
        names: what each threshold is for: a label, or `all labels`.
        thresholds: one for each name.
        saved: L numbers as the model keeps them.
        before: F1 on those rows without them, 0-100 (micro average of several labels).
        after: and with them.
        rows: how many there were.
        record: the run's record, scored anew; None where there is none beside the model.
        lines: what to tell in place of all this, where a model of many labels answers or hands over.
    """

    names: list[str]
    thresholds: list[Threshold]
    saved: list[float]
    before: float
    after: float
    rows: int
    record: Record | None
    lines: Sequence[str] = ()


def find_threshold(
    model: str,
    data: str | None = None,
    *,
    goal: ThresholdGoal | None = None,
    split: str = "validation",
    task: str | None = None,
    batch_size: int = 64,
    **columns: Any,
) -> ChosenThresholds:
    """Choose thresholds on a split and save them with the model.

    Args:
        model: folder of a saved classifier or baseline; one of many labels is to answer where it is sure enough.
        data: as for `evaluate`; None takes the validation rows that were held out when the model was trained.
        goal: what for; the best F1 if None.
        split: which rows; never those that scores are reported on.
        task: what the model does, where its folder does not say.
        batch_size: inputs that share a batch.
        **columns: what else says how the data are read.

    Raises:
        InputError: a model of another kind, no such label, no folder, or no threshold that does what is wished.
    """
    goal = goal or ThresholdGoal()
    if not Path(model).is_dir():
        raise InputError(f"{model} is not a folder; a threshold is saved in the folder of its model; give that.")
    chosen = task_named(task) if task else task_of_saved(model)
    if not chosen.scoring.has_thresholds:
        raise InputError(f"{model} is made for {chosen.name}; a threshold is for classifiers.")
    predictor = chosen.predictor(model, batch_size=batch_size)
    names, several = predictor.label_names, predictor.problem_type == "multi_label_classification"
    check_kind(predictor.problem_type, names, goal)
    known = record_of(model)
    recipe = chosen.data.as_trained(reading(chosen.name, data, known, columns), predictor)
    labelled = chosen.data.load(recipe, whole=data is not None, **columns_of(known))
    splits = chosen.data.align_labels(labelled, predictor, known.label_names if known else names)
    rows = splits[split]
    scores, gold = predictor.scores(chosen.data.inputs(rows)), np.asarray(rows["label"][:])
    if not several and len(names) > 2:
        return answer_or_hand_over(Path(model), scores, gold, goal, split)
    if several:
        asked, found, saved = choose_for_several(scores, gold, names, goal)
    else:
        positive = goal.positive or splits.positive
        yes = names.index(positive) if positive in names else 1
        asked, found = [names[yes]], [goal.choose(scores[:, yes], gold == yes)]
        saved = [found[0].value if index == yes else 1 - found[0].value for index in range(2)]
    save_decision(Path(model), THRESHOLDS, saved)
    record = rescore(Path(model), saved, f"{NOTE} on {len(gold):,} {split} rows, {goal}")
    before, after = (f1(scores, gold, several, asked, names, with_these) for with_these in (None, saved))
    return ChosenThresholds(asked, found, saved, before, after, len(gold), record)


def check_kind(problem_type: str, names: Sequence[str], goal: ThresholdGoal) -> None:
    """Refuse a model without a yes and a no, and a label that it does not know.

    Raises:
        InputError: one of these.
    """
    several = problem_type == "multi_label_classification"
    if problem_type == "regression" or len(names) < 2:
        kind = "numbers" if problem_type == "regression" else f"one of {len(names)} labels"
        raise InputError(f"The model answers with {kind}; a threshold is for labels, two or more.")
    if not several and len(names) > 2 and goal.precision is None:
        raise InputError(
            f"The model answers with one of {len(names)} labels; say how often it must be right where it answers by "
            "itself, such as --precision 0.95, and it hands the rest over."
        )
    if not several and len(names) > 2 and goal.positive is not None:
        raise InputError(f"--positive is for two labels, and this model knows {len(names)}; leave it out.")
    if goal.positive is not None and (several or goal.positive not in names):
        what = "all labels have a threshold" if several else f"the model knows {names[0]} and {names[1]}"
        raise InputError(f"--positive {goal.positive} does not fit: {what}.")
    if goal.per_label and not several:
        what = f"this model gives one of {len(names)}"
        raise InputError(f"--per_label is for several labels a row; {what}; leave it out.")


def answer_or_hand_over(
    folder: Path, scores: np.ndarray, gold: np.ndarray, goal: ThresholdGoal, split: str
) -> ChosenThresholds:
    """Choose how sure a model of many labels must be to answer by itself, and save it.

    Raises:
        InputError: it is right as often as is wished at no threshold.
    """
    assert goal.precision is not None  # check_kind has looked
    found = choose_answers(scores, gold, goal.precision)
    save_decision(folder, ANSWER_THRESHOLD, found.value)
    told = record_answers(folder, found.value)
    lines = [
        f"answers by itself where it is surer than {found.value:.4g}, {goal}",
        f"On these {len(gold):,} {split} rows: {count_answered(scores, gold, found.value)}",
        *([told] if told else []),
    ]
    right = 100 * float((scores.argmax(axis=1) == gold).mean())
    return ChosenThresholds(["all labels"], [found], [], right, 100 * found.precision, len(gold), None, lines)


def choose_for_several(
    scores: np.ndarray, gold: np.ndarray, names: Sequence[str], goal: ThresholdGoal
) -> tuple[list[str], list[Threshold], list[float]]:
    """Choose one threshold for all labels, or one each: names, thresholds, and L numbers to save.

    Raises:
        InputError: a label without a positive row, or whose precision cannot be had.
    """
    if not goal.per_label:
        one = goal.choose(scores.ravel(), gold.ravel() > 0)
        return ["all labels"], [one], [one.value] * len(names)
    found = []
    for index, name in enumerate(names):
        try:
            found.append(goal.choose(scores[:, index], gold[:, index] > 0))
        except InputError as error:
            raise InputError(f"{name}: {error} Or leave out --per_label, for one threshold for all.") from error
    return list(names), found, [each.value for each in found]


def f1(
    scores: np.ndarray,
    gold: np.ndarray,
    several: bool,
    asked: Sequence[str],
    names: Sequence[str],
    thresholds: Sequence[float] | None,
) -> float:
    """Compute F1 of the label that is a yes, or the micro average over labels, 0-100."""
    if several:
        predicted = decide(scores, "multi_label_classification", thresholds=thresholds)
        return 100 * score("f1_micro", predicted, gold.astype(int))
    yes, predicted = names.index(asked[0]), decide(scores, "single_label_classification", thresholds=thresholds)
    return 100 * score("f1", (predicted == yes).astype(int), (gold == yes).astype(int))


def rescore(folder: Path, thresholds: Sequence[float], note: str) -> Record | None:
    """Score a run's predictions with its new thresholds, and write its record; None where there is no finished run."""
    if not (folder / RECORD_NAME).is_file() or not (folder / PREDICTIONS_NAME).is_file():
        return None
    record = Record.read(folder)
    gold, scores = read_predictions(folder)
    names, kind = record.label_names, record.problem_type
    yes = names.index(record.positive) if record.positive in names else 1
    for name, value in score_fields(scores, gold, kind, thresholds, record.metric, names, yes).items():
        setattr(record, name, value)
    record.notes = [*(each for each in record.notes if not each.startswith(NOTE)), note]
    record.write(folder)
    return record


def describe(chosen: ChosenThresholds) -> list[str]:
    """Describe what was chosen, in lines for people."""
    if chosen.lines:
        return list(chosen.lines)
    lines = []
    for name, each in zip(chosen.names, chosen.thresholds, strict=True):
        low, high = wilson(each.precision * each.yes, each.yes)
        lines.append(
            f"{name}: threshold {each.value:.4g}: precision {100 * each.precision:.1f} (95 % interval "
            f"{100 * low:.1f}–{100 * high:.1f}), recall {100 * each.recall:.1f}, F1 {100 * each.f1:.1f}"
        )
    lines.append(f"F1 on these {chosen.rows:,} rows: {chosen.after:.1f}, with the usual threshold {chosen.before:.1f}")
    if chosen.record is not None and chosen.record.score is not None:
        record = chosen.record
        lines.append(f"On the {record.scored_rows}, which chose nothing: {record.metric} {record.score:.2f}")
    return lines
