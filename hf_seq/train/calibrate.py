# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--calibrate`: make a trained classifier or tagger as sure as it is right, by one number fitted on validation.

Logits are divided by a temperature (Guo et al. 2017, arXiv:1706.04599): no answer changes, only how sure the model says
it is. The division goes into the weights of the last layer, and of a CRF into its transitions, too, so that whatever
runs the model gives the same probabilities: the predictor, `pipeline`, an exported file. The temperature itself is kept
in the configuration as `logit_temperature`.

B batch · T steps · L labels
"""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import expit, logit, softmax
from torch import Tensor
from torch.utils.data import DataLoader
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.batching import IGNORED
from hf_seq.errors import InputError
from hf_seq.metrics.calibration import fit_temperature, log_loss, lowest_temperature, reliability
from hf_seq.models.crf import LinearChainCRF
from hf_seq.tasks.architectures import last_layer
from hf_seq.tasks.base import Task
from hf_seq.text.two_texts import joined
from hf_seq.train.preparation import TEMPERATURE, Prepared

TINY = 1e-12
"""Probability below which a baseline's logit is taken to be as low as any."""

Batches = list[tuple[Tensor, Tensor]]


def check_calibration(task: Task[Any], splits: Splits) -> None:
    """Refuse to calibrate answers that have no probability.

    Raises:
        InputError: they have none.
    """
    if not task.scoring.has_probabilities or splits.problem_type == "regression":
        what = "numbers" if splits.problem_type == "regression" else task.name
        raise InputError(f"--calibrate is for labels and tags, which have a probability; leave it out for {what}.")


def check_last_layer(prepared: Prepared, batch_size: int) -> None:
    """Refuse to calibrate a model whose logits are not those of its last layer, before it is trained.

    Args:
        prepared: the model, left as it is, and its encoded validation rows.
        batch_size: rows to try it on.

    Raises:
        InputError: they are not.
    """
    check_calibration(prepared.task, prepared.splits)
    model = prepared.model.eval()
    rows = DataLoader(prepared.validation, batch_size, collate_fn=prepared.collator)
    (before, _) = next(logits_of(model, rows))
    divide_logits(model, 2.0)
    (halves, _) = next(logits_of(model, rows))
    divide_logits(model, 0.5)  # exact, as any power of two is
    if not torch.allclose(2 * halves, before, rtol=1e-3, atol=1e-3):
        raise InputError(f"{type(model).__name__} does more to its logits than its last layer; leave out --calibrate.")


def calibrate(prepared: Prepared, batch_size: int) -> dict[str, Any]:
    """Fit the temperature of a trained model on its validation rows, and divide its logits by it.

    Args:
        prepared: the model, and its encoded validation rows.
        batch_size: rows in a batch.

    Returns:
        What a record tells: `temperature`, `rows`, and log-likelihoods (nats) and calibration errors before and after.
    """
    model = prepared.model.eval()
    rows = DataLoader(prepared.validation, batch_size, collate_fn=prepared.collator)
    batches = list(logits_of(model, rows))
    crf = getattr(model, "crf", None)
    facts = fit_crf(crf, batches) if crf is not None else fit_labels(*flattened(batches))
    divide_logits(model, facts["temperature"])
    setattr(model.config, TEMPERATURE, facts["temperature"])
    return {**facts, "rows": len(prepared.validation)}


def calibrate_baseline(baseline: Any, task: Task[Any], splits: Splits, notes: list[str]) -> dict[str, Any]:
    """Calibrate a fitted baseline that has logits; of others a note says that they have none.

    Raises:
        InputError: its answers have no probability.
    """
    check_calibration(task, splits)
    if not hasattr(baseline, "divide_logits"):
        notes.append(f"{baseline.kind} has no logits to calibrate")
        return {}
    scores = np.clip(baseline.predict_scores([joined(each) for each in task.data.inputs(splits.validation)]), TINY, 1.0)
    several = splits.problem_type == "multi_label_classification"
    logits = logit(np.clip(scores, TINY, 1 - TINY)) if several else np.log(scores)
    facts = fit_labels(logits, np.asarray(splits.validation["label"][:]))
    baseline.divide_logits(facts["temperature"])
    facts = {**facts, "rows": len(splits.validation)}
    notes.append(describe(facts))
    return facts


@torch.inference_mode()
def logits_of(model: PreTrainedModel, rows: DataLoader) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield logits and gold labels of every batch, in float32: (B, L) and (B,) or (B, L), or (B, T, L) and (B, T)."""
    for batch in rows:
        inputs = {name: value.to(model.device) for name, value in batch.items()}
        outputs = model(**{name: value for name, value in inputs.items() if name != "labels"})
        yield outputs.logits.float().cpu(), inputs["labels"].cpu()


def flattened(batches: Batches) -> tuple[np.ndarray, np.ndarray]:
    """Join all logits (N, L) and gold labels of rows, or of the words that are tagged."""
    logits = np.concatenate([each.flatten(0, -2).numpy() for each, _ in batches])
    gold = np.concatenate([(gold if each.dim() == 2 else gold.flatten()).numpy() for each, gold in batches])
    kept = gold != IGNORED if gold.ndim == 1 else np.ones(len(gold), dtype=bool)
    return logits[kept], gold[kept]


def fit_labels(logits: np.ndarray, gold: np.ndarray) -> dict[str, float]:
    """Fit the temperature of independent predictions, and return what it improves."""
    temperature = fit_temperature(logits, gold)
    facts = {"temperature": temperature}
    for when, by in (("before", 1.0), ("after", temperature)):
        facts[f"log_loss_{when}"] = log_loss(logits, gold, by)
        facts[f"error_{when}"] = calibration_error(logits / by, gold)
    return facts


def calibration_error(logits: np.ndarray, gold: np.ndarray) -> float:
    """Compute the expected calibration error (0-1) of the most probable labels, or of every yes and no of several."""
    if gold.ndim == 2:
        yes = expit(logits.astype(np.float64))
        return reliability(np.maximum(yes, 1 - yes).ravel(), ((yes > 0.5) == gold).ravel()).error
    scores = softmax(logits.astype(np.float64), axis=1)
    return reliability(scores.max(axis=1), scores.argmax(axis=1) == gold).error


def fit_crf(crf: LinearChainCRF, batches: Batches) -> dict[str, float]:
    """Fit the temperature of whole sequences under which the gold ones are likeliest."""
    steps = sum(int((gold != IGNORED).sum()) for _, gold in batches)

    @torch.inference_mode()
    def loss(temperature: float) -> float:
        cooled = copy.deepcopy(crf)
        _divide(cooled.parameters(), temperature)
        sums = (cooled(logits / temperature, gold, gold != IGNORED).sum().item() for logits, gold in batches)
        return -sum(sums) / steps

    temperature = lowest_temperature(loss)
    return {"temperature": temperature, "log_loss_before": loss(1.0), "log_loss_after": loss(temperature)}


def divide_logits(model: PreTrainedModel, temperature: float) -> None:
    """Divide the last layer of a model, and its CRF if it has one.

    Raises:
        InputError: there is no such layer.
    """
    own: Any = getattr(model, "divide_logits", None)  # of a model whose logits have several sources
    if own is not None:
        own(temperature)
        return
    last = last_layer(model, model.config.num_labels)
    if last is None:
        raise InputError(
            f"{type(model).__name__} has no last layer with a number for each label; leave out --calibrate."
        )
    _divide(last.parameters(), temperature)
    crf = getattr(model, "crf", None)
    if crf is not None:
        _divide(crf.parameters(), temperature)


def describe(facts: dict[str, Any]) -> str:
    """Describe what calibration did, as a note of the record."""
    error = (
        f"calibration error {100 * facts['error_before']:.1f} before, {100 * facts['error_after']:.1f} after"
        if "error_after" in facts
        else f"log loss {facts['log_loss_before']:.3f} nats a word before, {facts['log_loss_after']:.3f} after"
    )
    fitted = f"logits divided by {facts['temperature']:.3g}, fitted on {facts['rows']:,} validation rows"
    return f"calibrated: {fitted} ({error})"


@torch.no_grad()
def _divide(parameters: Any, temperature: float) -> None:
    for parameter in parameters:
        parameter.div_(temperature)
