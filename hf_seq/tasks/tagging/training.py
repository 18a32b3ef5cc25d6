# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop that learns tags, of words and of steps.

B batch · N rows · T steps, padding included
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor
from transformers import EvalPrediction

from hf_seq.data import Splits
from hf_seq.data.tagging.names import IGNORED
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import TaggerTrainer
from hf_seq.metrics.tagging import compute_tagging_metrics, scored_scheme
from hf_seq.tasks import architectures
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import R, Training


class TagTraining(Training[R]):
    """An answer at every word or step.

    Args:
        models: of the task; some have a CRF.
    """

    trainer_class = TaggerTrainer

    def __init__(self, models: ModelChoice) -> None:
        self.models = models

    def check(self, recipe: R, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse smoothing: `Trainer` would put a smoothed cross-entropy in the place of a CRF's loss.

        Raises:
            InputError: labels are smoothed under a CRF.
        """
        architecture = self.models.architectures.get(recipe.model)
        usual = bool(architecture and architecture.configuration.get("use_crf"))
        with_crf = recipe.model_overrides.get("use_crf", usual)
        if arguments.label_smoothing_factor and with_crf:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would replace the loss of the CRF; leave "
                "it out, or use a model without one (--model bilstm)."
            )

    def head_fields(self, recipe: R, splits: Splits) -> dict[str, Any]:
        """List the tags, and the scheme that a CRF follows."""
        return architectures.label_fields(splits.label_names) | {"tag_scheme": splits.tag_scheme}

    def logits_for_metrics(self, outputs: Any, labels: Tensor) -> Tensor:
        """Pick (B, T) ids: the CRF's path where the model gives one, else the tag with the highest score."""
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        paths = [each for each in outputs if isinstance(each, Tensor) and not each.is_floating_point()]
        return paths[0] if paths else outputs[0].argmax(-1)

    def metrics(self, recipe: R, splits: Splits, processor: Any) -> Callable[[EvalPrediction], dict[str, float]]:
        """Make what the loop calls with paths and gold ids, (N, T), -100 where nothing is tagged."""
        names, scheme = np.array(splits.label_names), scored_scheme(splits.label_names)

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            gold, path = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
            path = path.argmax(-1) if path.ndim == 3 else path
            tagged = [row != IGNORED for row in gold]
            predicted, true = (
                [names[row[where]].tolist() for row, where in zip(rows, tagged, strict=True)] for rows in (path, gold)
            )
            return compute_tagging_metrics(predicted, true, scheme)

        return compute

    def metric_names(self, recipe: R, splits: Splits) -> list[str]:
        """List the scores of tags."""
        return list(compute_tagging_metrics([["O"]], [["O"]], scored_scheme(splits.label_names)))
