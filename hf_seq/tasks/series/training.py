# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is learned of series with labels beside the weights: a linear model over the statistics of channels.

It is the baseline `statistics` inside the model: few series teach it as much as they teach convolutions, it errs on
others, and the mean of both is better than either.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from hf_seq.baselines.linear import fit_scaled
from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.series.augmentation import AugmentedSeries
from hf_seq.data.series.batches import SeriesCollator
from hf_seq.loops.options import TrainingOptions
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.models.padding import find_padding
from hf_seq.models.series import pad_rows
from hf_seq.tasks.classification.linear_choice import spread_labels
from hf_seq.tasks.classification.training import LabelTraining
from hf_seq.tasks.classification.wide import ROWS_AT_ONCE, choose_share, labels_of
from hf_seq.tasks.series.augmentation_choice import choose_augmentation
from hf_seq.tasks.series.recipe import NumbersRecipe, SeriesRecipe

N = TypeVar("N", bound=NumbersRecipe)

PARTS = ("the encoder", "the statistics of channels")
FEW_ROWS, NARROW, SMOOTHING = 1000, {"hidden_size": 128, "recurrent_size": 64}, 0.1
"""Train series below which a `conv-lstm` has half its width, and learns from labels that are not quite certain."""


class SeriesTraining(LabelTraining[N]):
    """One answer a series."""

    def check(self, recipe: N, arguments: TrainingOptions, splits: Splits) -> None:
        """Smooth the labels of few series, unless somebody said how much; refuse what all classifiers refuse."""
        if arguments.may_smooth:
            arguments.label_smoothing_factor = SMOOTHING if is_smoothed(recipe, splits) else 0.0
        super().check(recipe, arguments, splits)

    def head_fields(self, recipe: N, splits: Splits) -> dict[str, Any]:
        """List what all classifiers have, and the width that suits few rows."""
        return super().head_fields(recipe, splits) | (NARROW if is_narrow(recipe, splits) else {})

    def fit_parts(
        self, model: PreTrainedModel, recipe: N, splits: Splits, train: EncodedDataset, validation: EncodedDataset
    ) -> list[str]:
        """Fit the linear classifier of a model that has one; choose the augmentation, if the recipe asks for it."""
        notes = self._fit_statistics(model, splits, train)
        if is_narrow(recipe, splits):
            wider = " ".join(f"--{name} {2 * value}" for name, value in NARROW.items())
            notes.append(f"{recipe.model} has half its width, for fewer than {FEW_ROWS:,} train rows ({wider}: all)")
        if isinstance(train, AugmentedSeries) and recipe.chooses_augmentation:
            collator = SeriesCollator(SeriesFeatureExtractor(), splits.problem_type)
            notes.append(choose_augmentation(model, train, validation, collator))
        return notes

    def _fit_statistics(self, model: PreTrainedModel, splits: Splits, train: EncodedDataset) -> list[str]:
        wide: Any = getattr(model, "wide", None)
        if wide is None:
            return []
        config: Any = model.config
        config.deep_share = 1.0  # while it is trained, so that its best checkpoint is chosen by what it says alone
        features = statistics_of(wide, [train.rows[place]["input_values"] for place in range(len(train))])
        learnt = fit_scaled(splits.problem_type, features, labels_of(train, splits))  # as the baseline does
        parts = (learnt["offset"], learnt["scale"], *spread_labels(learnt, splits.num_labels))
        wide.learn(*(torch.from_numpy(np.asarray(each)).float() for each in parts))
        return [
            f"beside the encoder: a linear model over {features.shape[1]:,} statistics of channels (--statistics "
            "false leaves it out)"
        ]

    def finish_weights(self, model: PreTrainedModel, batches: Iterable[dict[str, Tensor]]) -> list[str]:
        """Choose how much the encoder counts beside the statistics, in a model that has both."""
        if getattr(model, "wide", None) is None:
            return []
        return choose_share(model, batches, str(model.config.problem_type), PARTS, even=True)


def is_smoothed(recipe: NumbersRecipe, splits: Splits) -> bool:
    """Say whether labels are smoothed where nobody says how much: few series of one unweighted label each."""
    few = isinstance(recipe, SeriesRecipe) and recipe.model == "conv-lstm" and len(splits.train) < FEW_ROWS
    plain = splits.problem_type == "single_label_classification" and recipe.class_weights == "none"
    return few and plain and recipe.statistics is not False


def is_narrow(recipe: NumbersRecipe, splits: Splits) -> bool:
    """Say whether few rows decide the width, and nobody else does."""
    named = recipe.hidden_size is not None or recipe.recurrent_size is not None
    return recipe.model == "conv-lstm" and not named and len(splits.train) < FEW_ROWS


@torch.inference_mode()
def statistics_of(wide: Any, series: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Summarise encoded series, (T, F) each, as the model will: (N, 7 F + 1)."""
    found = []
    for start in range(0, len(series), ROWS_AT_ONCE):
        values, mask = pad_rows(some := series[start : start + ROWS_AT_ONCE], max(map(len, some)))
        inputs = torch.from_numpy(values)
        found.append(wide.summarise(inputs, find_padding(torch.from_numpy(mask), inputs)).double().numpy())
    return np.concatenate(found)
