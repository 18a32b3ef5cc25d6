# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a saved tagger is scored, of words or of the steps of series."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.data.tagging.names import gold_tags
from hf_seq.errors import InputError
from hf_seq.metrics.raw_text import f1_on_raw_text
from hf_seq.metrics.tagging import (
    SPAN_METRICS,
    TAG_METRICS,
    compute_tagging_metrics,
    scored_scheme,
    scores_by_type,
    tagging_headline,
    tagging_interval,
    tagging_signature,
)
from hf_seq.reports.predictions import write_tags
from hf_seq.reports.record import RAW_TEXT, quoted_score
from hf_seq.tasks.base import R
from hf_seq.tasks.scored import Scoring

if TYPE_CHECKING:
    from datasets import Dataset

TaggedRow = tuple[list[str], list[float]]
"""The tags of a sentence, and the probability of each."""


class TagScoring(Scoring[R]):
    """Scores of tags, or of the spans that they say."""

    has_probabilities = True

    def main_metric(self, recipe: R, splits: Splits) -> str:
        """Name what the recipe says, else span F1 where the tags say where spans begin, else accuracy.

        Raises:
            InputError: the recipe names a metric that these tags do not have.
        """
        usual = tagging_headline(splits.label_names)
        known = SPAN_METRICS if usual == "f1" else TAG_METRICS
        wanted = (recipe.metric or usual).lower().replace("-", "_")
        wanted = {"macro_f1": "f1_macro", "acc": "accuracy"}.get(wanted, wanted)
        if wanted not in known:
            raise InputError(f"--metric {recipe.metric} does not fit these tags; choose one of {', '.join(known)}.")
        return wanted

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: R, seed: int
    ) -> tuple[dict[str, Any], list[TaggedRow]]:
        """Score the tags; the predictions are the tags of each sentence, with their scores."""
        gold = gold_tags(rows, splits.label_names)
        answers = predictor.tag_with_scores(inputs)
        predicted = [tags for tags, _ in answers]
        metric, scheme = self.main_metric(recipe, splits), scored_scheme(splits.label_names)
        metrics = compute_tagging_metrics(predicted, gold, scheme)
        metrics |= raw_text_metrics(predictor, rows, gold)
        bounds = tagging_interval(metric, predicted, gold, scheme)
        fields = {
            "metric": metric,
            "score": quoted_score(metric, metrics[metric]),
            "interval": [quoted_score(metric, bound) for bound in bounds],
            "n": len(gold),
            "metrics": metrics,
            "by_label": scores_by_type(predicted, gold, scheme),
            "signature": tagging_signature(metric, splits.label_names, splits.tag_scheme),
        }
        return fields, answers

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: list[TaggedRow]) -> None:
        """Keep gold tags and the model's, by name, with their scores."""
        tags = [each for each, _ in predictions]
        scores = [each for _, each in predictions]
        write_tags(folder, gold_tags(rows, splits.label_names), tags, scores)


def raw_text_metrics(predictor: Any, rows: "Dataset", gold: Sequence[Sequence[str | None]]) -> dict[str, float]:
    """Score the tags from the raw texts of the rows, where the data have these: words are then the tagger's own."""
    if "text" not in rows.column_names:
        return {}
    found = [
        (text, tags, places)
        for text, tags, places in zip(rows["text"][:], gold, rows["places"][:], strict=True)
        if text is not None
    ]
    if not found:
        return {}
    texts, tags, places = zip(*found, strict=True)
    return {RAW_TEXT: f1_on_raw_text(list(predictor.predict(texts)), tags, places)}
