# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The test split answered by torch and by what is exported: scores with intervals, and whether they differ."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from hf_seq.data.memory import is_gone
from hf_seq.errors import InputError
from hf_seq.exporting.comparing import Run, carried
from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import RECORD_NAME, Record, quoted_score
from hf_seq.tasks.registry import task_named
from hf_seq.train.evaluate_model import reading
from hf_seq.train.results import Run as Training
from hf_seq.train.results import score_saved


class Scored:
    """What a split says of a model and of its exports.

    Attributes:
        inputs: of the split, as predictors take them.
        fields: for a certificate.
    """

    def __init__(self, inputs: list[Any], fields: dict[str, Any]) -> None:
        self.inputs, self.fields = inputs, fields


def score_exports(
    folder: str,
    task: str,
    predictor: Any,
    exports: Mapping[str, tuple[Any, Run]],
    data: str | None,
    columns: dict[str, Any],
) -> Scored | None:
    """Score a model and its exports on the test split; None where nobody knows the data.

    Args:
        folder: of the model.
        task: what it does.
        predictor: the model itself, as `hf_seq.load` gives it.
        exports: by name, what the runtime loads, and what runs its graphs.
        data: as for training; None takes what the model's record names.
        columns: how the data are read.

    Raises:
        InputError: the data cannot be read, or do not fit the model.
    """
    known = Record.read(folder) if (Path(folder) / RECORD_NAME).is_file() else None
    if data is None and (known is None or is_gone(str(known.recipe.get("data", known.data)))):
        return None
    chosen = task_named(task)
    recipe = reading(task, data, known, columns)
    splits = chosen.data.load(recipe, whole=data is not None)
    splits = chosen.data.align_labels(splits, predictor, known.label_names if known else [])
    rows = splits["test"]
    inputs = chosen.data.inputs(rows)
    run = Training(known.model, known.label, known.recipe, known.seed) if known else Training(folder, None, {}, 0)
    record, answers = score_saved(folder, chosen, recipe, splits, "test", run, predictor)
    outcomes = outcomes_of(record)

    def read(predictions: Any) -> tuple[Any, Any]:
        with tempfile.TemporaryDirectory() as kept:
            chosen.scoring.write_predictions(Path(kept), rows, splits, predictions)
            gold, _, predicted = outcomes.read(kept, record)
        return gold, predicted

    gold, predicted = read(answers)
    fields: dict[str, Any] = {"data": splits.source, "split": record.split, "n": record.n, "metric": record.metric}
    fields["torch"] = {"score": record.score, "interval": record.interval}
    for name, (model, graphs) in exports.items():
        asked = _asked(task, model, predictor, graphs)
        scored, answers = chosen.scoring.score(asked, inputs, rows, splits, recipe, run.seed)
        paired = outcomes.paired(record.metric, read(answers)[1], predicted, gold)
        fields[name] = {
            "score": scored["score"],
            "interval": scored["interval"],
            "difference": quoted_score(record.metric, paired.difference),
            "difference_interval": [quoted_score(record.metric, bound) for bound in paired.interval],
            "p_value": paired.p_value,
            "test": paired.test,
        }
    return Scored(inputs, fields)


def _asked(task: str, model: Any, predictor: Any, run: Run) -> Any:
    """Give what a scorer asks: the runtime itself or, for nats, the predictor of torch with a graph for its model."""
    if task not in ("language-modeling", "masked-language-modeling"):
        return model
    answering = type(predictor)(predictor.model, predictor.processor, batch_size=predictor.batch_size)
    answering._engine.model = GraphModel(predictor.model, run)
    return answering


class GraphModel:
    """A graph of a language model with the face of the model of torch; it writes by the latter."""

    def __init__(self, model: Any, run: Run) -> None:
        self.config, self.device = model.config, model.device
        self.generate = getattr(model, "generate", None)
        self._run = run
        layers = enumerate(model.model.layers) if type(model).__name__.endswith("ForCausalLM") else ()
        self._state = [f"past.{depth}.{place}" for depth, layer in layers for place in range(layer.state_tensors)]

    def __call__(
        self, input_ids: Any, attention_mask: Any = None, past_key_values: Any = None, use_cache: bool = False
    ) -> Any:
        """Score token ids (B, T), reading on from a state where one is given."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        zeros = torch.zeros(len(input_ids), self.config.hidden_size).numpy()
        state = past_key_values or dict.fromkeys(self._state, zeros)
        outputs = self._run("model", {"input_ids": input_ids.numpy(), "attention_mask": mask.numpy(), **state})
        return SimpleNamespace(logits=torch.from_numpy(outputs["logits"]), past_key_values=carried(outputs))


def check_scores(fields: Mapping[str, Any], limit: float = 0.01) -> None:
    """Refuse a float32 graph whose score is another than torch's.

    Raises:
        InputError: with both scores.
    """
    found, wanted = fields["fp32"]["score"], fields["torch"]["score"]
    if not abs(found - wanted) <= limit * max(1.0, abs(wanted)):
        raise InputError(
            f"on {fields['split']} of {fields['data']} the exported model has {fields['metric']} {found:.2f}, torch "
            f"has {wanted:.2f}. Nothing was written."
        )
