# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `classification`: one label, several labels or a number for a text."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from transformers import EvalPrediction

from hf_seq.baselines import Baseline, MajorityBaseline, TfidfBaseline
from hf_seq.data import ClassificationCollator, EncodedDataset, Splits, check_splits, load_splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import ClassifierTrainer
from hf_seq.metrics.classification import compute_classification_metrics, decide, headline_metric, metric_signature
from hf_seq.metrics.intervals import interval
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import people_score
from hf_seq.tasks import architectures
from hf_seq.tasks.architectures import FINE_TUNING, RECURRENT_TRAINING, TRANSFORMER_TRAINING, Architecture
from hf_seq.tasks.base import Collator
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.task_recipes import ClassificationRecipe
from hf_seq.tasks.text_task import TextTask, check_longest, cut_note, longest_first
from hf_seq.text import encode_texts

if TYPE_CHECKING:
    from datasets import Dataset

PARTS = ("train", "validation", "test")
STRENGTHS = (1.0, 10.0)
"""Values of C that `tfidf` chooses from; `model2vec` has one more."""


class Classification(TextTask):
    """Text to label."""

    name = "classification"
    hub_name = "text-classification"
    head = "ForSequenceClassification"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "rnn": Architecture("recurrent", {"cell_type": "rnn", "bidirectional": False}, RECURRENT_TRAINING),
        "gru": Architecture("recurrent", {"cell_type": "gru", "bidirectional": False}, RECURRENT_TRAINING),
        "lstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": False}, RECURRENT_TRAINING),
        "bilstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": True}, RECURRENT_TRAINING),
        "bilstm-attention": Architecture(
            "recurrent", {"cell_type": "lstm", "bidirectional": True, "pooling": "attention"}, RECURRENT_TRAINING
        ),
        "transformer": Architecture("transformer_encoder", {"position_embedding": "rotary"}, TRANSFORMER_TRAINING),
    }
    baselines: ClassVar[tuple[str, ...]] = ("majority", "tfidf", "fasttext", "model2vec")
    text_column: ClassVar[str | None] = "text"
    fine_tuning = FINE_TUNING
    compared = "majority,tfidf,fasttext,model2vec,lstm,bilstm,bilstm-attention,transformer,distilbert"

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names."""
        assert isinstance(recipe, ClassificationRecipe)
        return load_splits(
            text_column=recipe.text_column,
            label_column=recipe.label_column,
            problem_type=recipe.problem_type,
            **recipe.source,
            **options,
        )

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        return check_splits(splits, tokenizer=processor, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[str]:
        """The texts."""
        return rows["text"][:]

    def check_recipe(self, recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse smoothing where it would break, or drop the class weights: it takes the place of the model's loss.

        Raises:
            InputError: labels are smoothed, and there are several per row, or numbers, or weights.
        """
        if not arguments.label_smoothing_factor:
            return
        given = f"label_smoothing_factor={arguments.label_smoothing_factor:g}"
        if splits.problem_type != "single_label_classification":
            raise InputError(f"{given} needs one label per row, this is {splits.problem_type}; leave it out.")
        weights = getattr(recipe, "class_weights", "none")
        if weights != "none":
            raise InputError(f"{given} and class_weights={weights} do not go together; leave one of them out.")

    def encode(
        self, rows: "Dataset", processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory; texts that are too long are cut, and counted."""
        assert isinstance(recipe, ClassificationRecipe)
        encoded = encode_texts(rows["text"], processor, recipe.max_length)
        ids, labels = encoded.input_ids, rows["label"][:]
        if sort:
            order = longest_first(list(map(len, ids)))
            ids, labels = [ids[row] for row in order], [labels[row] for row in order]
        check_longest(list(map(len, ids)), recipe, name)
        return EncodedDataset(ids, labels), cut_note(encoded.truncated, len(ids), name, recipe)

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """What makes padded tensors of encoded rows."""
        return ClassificationCollator(processor.pad_token_id, splits.problem_type)

    def head_fields(self, recipe: Recipe, splits: Splits) -> dict[str, Any]:
        """Labels, the kind of problem, class weights."""
        fields = architectures.label_fields(splits.label_names)
        return fields | {"problem_type": splits.problem_type, "class_weights": class_weights(recipe, splits)}

    @property
    def trainer(self) -> type[ClassifierTrainer]:
        """The loop."""
        return ClassifierTrainer

    def headline(self, splits: Splits) -> str:
        """Accuracy, micro F1 or Pearson's correlation, after the problem."""
        return headline_metric(splits.problem_type)

    def metrics(self, splits: Splits) -> Callable[[EvalPrediction], dict[str, float]]:
        """What the loop calls with the logits of the validation rows."""

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            logits = prediction.predictions[0] if isinstance(prediction.predictions, tuple) else prediction.predictions
            return compute_classification_metrics(
                logits, prediction.label_ids, problem_type=splits.problem_type, num_labels=splits.num_labels
            )

        return compute

    def fit_baseline(self, recipe: Recipe, splits: Splits) -> tuple[Any, list[str]]:
        """Fit `majority`, `tfidf`, `fasttext` or `model2vec` on the rows a model would train on."""
        if recipe.model == "majority":
            return fit_majority(splits, self.inputs(splits.train))
        return fit_best(splits, *candidates_of(recipe, splits))

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """A `Predictor`."""
        from hf_seq.predictors.text import Predictor

        return Predictor.from_pretrained(folder, **settings)

    def match(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Number the labels of the data as the model does."""
        check_problem_type(splits, predictor.problem_type)
        config = getattr(predictor.model, "config", None)
        id2label = getattr(config, "id2label", None) or {}
        return match_labels(splits, list(label_names) or [id2label[index] for index in sorted(id2label)])

    def score(self, predictor: Any, rows: "Dataset", splits: Splits, seed: int) -> tuple[dict[str, Any], np.ndarray]:
        """The fields of a record that a score fills, and the model's (N, L) scores, row for row."""
        scores = predictor.scores(self.inputs(rows))
        gold = np.asarray(rows["label"][:])
        return score_fields(scores, gold, splits.problem_type, predictor.thresholds, seed), scores

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, said: Any) -> None:
        """Keep gold labels and scores."""
        write_predictions(folder, rows["label"][:], said)


def score_fields(
    scores: np.ndarray, gold: np.ndarray, problem_type: str, thresholds: Sequence[float] | None = None, seed: int = 0
) -> dict[str, Any]:
    """The fields of a record that scores (N, L) and gold labels fill."""
    predicted = decide(scores, problem_type, thresholds=thresholds)
    metric = headline_metric(problem_type)
    metrics = compute_classification_metrics(
        predicted, gold, problem_type=problem_type, num_labels=scores.shape[1] if scores.ndim == 2 else 1
    )
    return {
        "metric": metric,
        "score": people_score(metric, metrics[metric]),
        "interval": [people_score(metric, bound) for bound in interval(metric, predicted, gold, seed=seed)],
        "n": len(gold),
        "metrics": metrics,
        "signature": metric_signature(metric, problem_type, thresholds),
        "thresholds": None if thresholds is None else list(thresholds),
    }


def class_weights(recipe: Recipe, splits: Splits) -> list[float] | None:
    """Weights of the labels in the loss, or None.

    Raises:
        InputError: weights are asked for where rows do not have one label each.
    """
    if getattr(recipe, "class_weights", "none") == "none":
        return None
    if splits.problem_type != "single_label_classification":
        raise InputError(f"class_weights=balanced needs one label per row, this is {splits.problem_type}; use none.")
    return architectures.balanced_weights(splits.train["label"][:], len(splits.label_names))


def fit_majority(splits: Splits, inputs: Sequence[Any]) -> tuple[MajorityBaseline, list[str]]:
    """Fit the label that train has most of; `inputs` are its rows, which nobody looks at."""
    baseline = MajorityBaseline(splits.problem_type, splits.label_names)
    return baseline.fit(inputs, splits.train["label"][:]), []


def candidates_of(recipe: Recipe, splits: Splits) -> tuple[list[tuple[str, Baseline]], list[str]]:
    """The settings of a baseline that validation chooses from, each with its name, and notes.

    Raises:
        PretrainedUnavailable: a package is not installed, or static vectors cannot be had.
    """
    about: dict[str, Any] = {"problem_type": splits.problem_type, "label_names": splits.label_names}
    if recipe.model == "fasttext":
        from hf_seq.baselines.fast_text import SETTINGS, FastTextBaseline

        return [
            (f"lr={each['lr']:g} epoch={each['epoch']}", FastTextBaseline(**about, **each)) for each in SETTINGS
        ], []
    if recipe.model == "model2vec":
        from hf_seq.baselines.static_embeddings import StaticEmbeddingBaseline
        from hf_seq.baselines.static_vectors import find_static_vectors

        vectors = find_static_vectors(getattr(recipe, "static_model", None))
        made = [(f"C={C:g}", StaticEmbeddingBaseline(**about, vectors=vectors, C=C)) for C in (*STRENGTHS, 100.0)]
        return list(made), [f"static vectors of {vectors.source}, {vectors.vectors.shape[1]} wide"]
    return [(f"C={C:g}", TfidfBaseline(**about, C=C)) for C in STRENGTHS], []


def fit_best(
    splits: Splits, candidates: Sequence[tuple[str, Baseline]], notes: Sequence[str] = ()
) -> tuple[Baseline, list[str]]:
    """Fit a baseline with each of its settings, and keep what does best on validation: a rival gets its chance, too."""
    metric, gold = headline_metric(splits.problem_type), np.asarray(splits.validation["label"][:])
    texts, labels = splits.train["text"][:], splits.train["label"][:]
    tried = []
    for setting, baseline in candidates:
        baseline.fit(texts, labels)
        predicted = decide(baseline.predict_scores(splits.validation["text"][:]), splits.problem_type)
        scores = compute_classification_metrics(
            predicted, gold, problem_type=splits.problem_type, num_labels=splits.num_labels
        )
        tried.append((scores[metric], setting, baseline))
    best = max(tried, key=lambda each: each[0])
    shown = ", ".join(f"{setting}: {people_score(metric, score):.2f}" for score, setting, _ in tried)
    return best[2], [*notes, f"settings chosen by {metric} on validation ({shown})"]


def check_problem_type(splits: Splits, problem_type: str) -> None:
    """Refuse labels of another kind than the model's answers; a score over them would mean nothing.

    Raises:
        InputError: they are.
    """
    if splits.problem_type != problem_type:
        raise InputError(
            f"The model was trained for {problem_type}, but the labels of {splits.source} are read as "
            f"{splits.problem_type}. Write whole numbers or names for one label a row, lists for several, numbers with "
            "a decimal point for regression; or name another --label_column."
        )


def match_labels(splits: Splits, names: list[str]) -> Splits:
    """Number the labels of the data as the model does.

    Args:
        splits: data with label names of their own.
        names: the model's, in the order of its ids; empty when unknown.

    Raises:
        InputError: the data have labels that the model does not know.
    """
    if not names or splits.problem_type == "regression" or list(splits.label_names) == names:
        return splits
    unknown = [name for name in splits.label_names if name not in names]
    if unknown:
        raise InputError(
            f"The data have labels that the model does not know: {', '.join(unknown[:5])}; it knows "
            f"{', '.join(names[:10])}. Evaluate on data with the same labels."
        )
    order = np.array([names.index(name) for name in splits.label_names])
    several = splits.problem_type == "multi_label_classification"

    def renumber(row: dict[str, Any]) -> dict[str, Any]:
        if not several:
            return {"label": int(order[row["label"]])}
        spread = np.zeros(len(names))
        spread[order] = row["label"]
        return {"label": spread.tolist()}

    parts = {part: splits[part].map(renumber) for part in PARTS}
    return dataclasses.replace(splits, label_names=names, **parts)
