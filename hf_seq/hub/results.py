# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A record's score as the Hub reads it: `model-index` in the card, and `.eval_results/*.yaml` beside it.

Formats: huggingface/hub-docs, `modelcard.md` and `eval_results.yaml`.
"""

from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import EvalResult

from hf_seq.files.writing import write_text
from hf_seq.hub.known_data import data_facts
from hf_seq.reports.record import Record, folder_name, is_percent

FOLDER = ".eval_results"


def model_index(record: Record, dataset: str | None) -> list[EvalResult]:
    """Return the score for `ModelCardData(eval_results=...)`; empty where there is none."""
    if record.score is None:
        return []
    facts = data_facts(dataset, record.data)
    return [
        EvalResult(
            task_type=record.task,
            dataset_type=facts.id if facts and facts.on_hub else record.data,
            dataset_name=facts.name if facts else record.data,
            dataset_config=facts.config if facts else None,
            dataset_split=record.split,
            metric_type=record.metric,
            metric_value=rounded(record.score),
            metric_name=metric_name(record.metric),
        )
    ]


def write_eval_results(folder: Path, record: Record, repo_id: str, dataset: str | None) -> Path | None:
    """Write `.eval_results/<set>.yaml`, where the data are a set of the Hub, as the format demands.

    Returns:
        The file; None where nothing was written.
    """
    facts = data_facts(dataset, record.data)
    if record.score is None or facts is None or not facts.on_hub:
        return None
    note = f"{metric_name(record.metric)}, {record.scored_rows}"
    if record.interval:
        note += f", 95 % interval {rounded(record.interval[0])} to {rounded(record.interval[1])}"
    entry: dict[str, Any] = {
        "dataset": {"id": facts.id, "task_id": facts.config or "default"},
        "value": rounded(record.score),
        "source": {"url": f"https://huggingface.co/{repo_id}/blob/main/record.json", "name": "record.json"},
        "notes": note,
    }
    path = folder / FOLDER / f"{folder_name(facts.id)}.yaml"
    path.parent.mkdir()
    write_text(path, yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=1000))
    return path


def metric_name(metric: str) -> str:
    """Return a metric with its unit."""
    return f"{metric} (%)" if is_percent(metric) else metric.replace("_", " ")


def rounded(value: float) -> float:
    """Round to two decimals what runs to 100, to three nats and the like."""
    return round(value, 2) if abs(value) >= 10 else round(value, 3)
