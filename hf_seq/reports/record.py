# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The run record: what every training and evaluation leaves behind as `record.json`.

Tables, plots and model cards are made from records, never typed by hand. Scores are in the unit people quote
(accuracy and F1 as 0-100); latencies are milliseconds, throughput is texts per second, sizes are bytes.
"""

import dataclasses
import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.fields import first_misfit
from hf_seq.files.reading import read_object
from hf_seq.files.writing import write_json
from hf_seq.reports.environment import current_command, current_commit, describe_machine, describe_versions

RECORD_NAME = "record.json"
CUT_TEST = re.compile(r"test: [\d,]+ rows cut from train")
"""The note of a run whose test was cut from train."""
LOWER_IS_BETTER = frozenset(
    {"nats_per_character", "bits_per_character", "nats_per_token", "nats_per_masked_token", "perplexity"}
    | {"mean_squared_error", "mean_absolute_error", "mse", "mae", "rmse", "mase", "smape", "wql", "crps"}
)
PERCENT_METRICS = frozenset({"accuracy", "balanced_accuracy", "sentence_accuracy"}) | {
    f"{name}{average}" for name in ("f1", "precision", "recall") for average in ("", "_macro", "_micro", "_weighted")
}
"""Computed as fractions, quoted as 0-100, those of one label (`f1:spam`) likewise."""
RAW_TEXT = "f1_on_raw_text"
"""Of taggers: F1 where the words are cut from raw text, beside the score on given words."""
INPUTS = {
    "time-series-forecasting": ("series", "series"),
    "sequence-feature-classification": ("series", "series"),
    "sequence-feature-tagging": ("series", "series"),
    "audio-classification": ("clip", "clips"),
    "event-sequence-classification": ("sequence", "sequences"),
    "next-event-prediction": ("sequence", "sequences"),
}
"""What one and several inputs of a task are called where they are no texts."""
TEXT_METRICS = frozenset({"bleu", "chrf", "ter", "exact_match", "rouge1", "rouge2", "rougeL", "rougeLsum"})
"""Computed as 0-100 in the first place."""
SHOWN = ("model", "task", "data", "split", "metric", "score", "interval", "n", "parameters", "bytes", "train_seconds")
"""Fields that a notebook shows."""


@dataclass
class Record:
    """One model on one test set: score, cost, and everything needed to make it again.

    Attributes:
        task: what was learned, `text-classification`.
        model: short name the user gave (`lstm`, `distilbert`, a Hub id).
        data: the source as the user gave it.
        split: the rows that the score is on: `test`, `validation`, or `test (cut from train)` where the source has
            neither; never `train` for rows that were held out.
        metric: name of the headline metric.
        score: headline score in people's unit (accuracy 0-100); None if not run or undefined.
        interval: 95 % interval of `score`, same unit.
        n: rows scored.
        seed: seed of this run.
        parameters: parameters in all.
        parameters_without_embeddings: parameters outside every embedding table.
        bytes: size on disk of what is needed to load the model.
        latency_ms: `{"p50", "p95"}` for one text, one thread, tokenization included.
        model_latency_ms: the same with tokenization excluded; None where there is no such thing.
        throughput_per_s: texts per second, one thread, sorted batches, tokenization included.
        train_seconds: wall-clock seconds of fitting, evaluation during training included.
        label: how people should see the model, if the short name would mislead.
        status: `done` or `not run`.
        reason: why it was not run.
        fingerprint: content hash of the data rows.
        problem_type: `single_label_classification`, `multi_label_classification` or `regression`.
        label_names: names in the order of the label ids.
        positive: of two labels the one that precision, recall and F1 are of.
        unbalanced: whether a class has so many more train rows than another that accuracy alone misleads.
        columns: names of the columns that were read, by the flags that name them.
        recipe: the resolved recipe.
        metrics: every metric computed on the split, as fractions 0-1 (or their own unit).
        signature: how the headline metric was computed.
        by_label: precision, recall, F1 (0-1), support and how often predicted, of every label, tag or type of span.
        confusion: rows by gold label (down) and predicted label (across), where a row has one label of few.
        curve: one dict per evaluation during training (`epoch`, `loss`, `eval_loss`, the metric, ...).
        notes: decisions a reader should know of (truncated texts, a stand-in model).
        distillation: who taught the model, about which texts and how; empty where nobody did.
        samples: what a generating model wrote, `{"prompt", "text"}` each.
        measurement: how latency and throughput were taken, see `speed.measure_speed`.
        calibration: what was fitted on the validation rows so that the model is as sure as it is right, see
            `train/calibrate.py`; empty where nothing was.
        thresholds: score that each label must exceed, chosen on the validation rows; None where none were chosen.
        robustness: the score on disturbed inputs, by kind of disturbance, see `robustness.measure_robustness`.
        versions: of Python, hf_seq and the libraries that decide a result.
        machine: what it ran on.
        commit: of the checkout of hf_seq, `+` appended if changed; None where there is none.
        command: the command line.
    """

    task: str
    model: str
    data: str
    split: str
    metric: str
    score: float | None = None
    interval: list[float] | None = None
    n: int = 0
    seed: int = 0
    parameters: int | None = None
    parameters_without_embeddings: int | None = None
    bytes: int | None = None
    latency_ms: dict[str, float] | None = None
    model_latency_ms: dict[str, float] | None = None
    throughput_per_s: float | None = None
    train_seconds: float | None = None
    label: str | None = None
    status: str = "done"
    reason: str | None = None
    fingerprint: str = ""
    problem_type: str = "single_label_classification"
    label_names: list[str] = field(default_factory=list)
    positive: str | None = None
    unbalanced: bool = False
    columns: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    signature: str = ""
    by_label: dict[str, dict[str, float]] = field(default_factory=dict)
    confusion: list[list[int]] = field(default_factory=list)
    curve: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    distillation: dict[str, Any] = field(default_factory=dict)
    samples: list[dict[str, str]] = field(default_factory=list)
    measurement: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)
    thresholds: list[float] | None = None
    robustness: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=describe_versions)
    machine: dict[str, Any] = field(default_factory=describe_machine)
    commit: str | None = field(default_factory=current_commit)
    command: str = field(default_factory=current_command)

    @property
    def name(self) -> str:
        """What people should read: `label` if there is one, else the short name."""
        return self.label or self.model

    @property
    def scored_rows(self) -> str:
        """How many rows of what were scored, in words: `300 test rows (cut from train)`."""
        return split_in_words(self.n, self.split)

    @property
    def input_names(self) -> tuple[str, str]:
        """What one input is called, and several: `("text", "texts")`."""
        return INPUTS.get(self.task, ("text", "texts"))

    @property
    def how_prepared(self) -> str:
        """What of an answer's time is spent before the model: `tokenization`."""
        return "features" if self.task in INPUTS else "tokenization"

    @property
    def how_taught(self) -> str:
        """What to say behind the name of a student: `, distilled`, or that it heard nothing from its teacher."""
        if not self.distillation:
            return ""
        only_labels = self.distillation["hard_share"] == 1 and set(self.distillation["transfer_set"]) == {"labelled"}
        return ", labels alone" if only_labels else ", distilled"

    @property
    def short_name(self) -> str:
        """`name` for plots and headings: without the remark in brackets, without the owner of a Hub id."""
        return self.name.split(" (")[0].rstrip("/").split("/")[-1]

    @property
    def percent(self) -> bool:
        """Whether the score runs from 0 to 100."""
        return is_percent(self.metric) or self.metric in TEXT_METRICS

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{name}</th><td>{html.escape(value)}</td></tr>"
            for name, value in ((name, _shown(getattr(self, name))) for name in SHOWN)
            if value
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return f"<table>{cells}</table>" + (f"<ul>{notes}</ul>" if notes else "")

    def write(self, folder: str | Path) -> Path:
        """Write `folder/record.json` in one step: readers see the old file or the new one, never half of one."""
        path = Path(folder) / RECORD_NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, dataclasses.asdict(self))
        return path

    @classmethod
    def read(cls, folder: str | Path) -> "Record":
        """Read `folder/record.json`.

        Raises:
            InputError: the file is missing, not JSON, or has fields that this version does not know.
        """
        path = Path(folder) / RECORD_NAME
        if not path.is_file():
            raise InputError(
                f"{path} does not exist; `hf-seq train` and `hf-seq compare` write it when a run is finished."
            )
        values = read_object(path, "train the model again or delete the file")
        known = {each.name for each in dataclasses.fields(cls)}
        required = {"task", "model", "data", "split", "metric"}
        if not required <= values.keys() or not values.keys() <= known:
            odd = sorted(required - set(values)) or sorted(set(values) - known)
            raise InputError(f"{path} is not a run record of this version (see {odd}); train the model again.")
        misfit = first_misfit(cls, values)
        if misfit is not None:
            raise InputError(
                f"{path} says {misfit}={values[misfit]!r:.60}, which is of another type than a record's; train the "
                "model again or delete the file."
            )
        record = cls(**values)
        if record.split == "train" and any(CUT_TEST.match(note) for note in record.notes):
            record.split = "test (cut from train)"  # as written before these rows had a name of their own
        return record


def _shown(value: Any) -> str:
    """Write a field of a record for people; nothing where it is not known."""
    if isinstance(value, list):
        return " to ".join(f"{each:.4g}" for each in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def split_in_words(number: int, split: str) -> str:
    """Say how many rows of a split there are.

    Example:
        >>> split_in_words(1200, "test (cut from train)")
        '1,200 test rows (cut from train)'
    """
    name, bracket, origin = split.partition(" (")
    return f"{number:,} {name} rows{bracket}{origin}"


def folder_name(model: str) -> str:
    """Name of a model's folder: `lstm`, or `google--electra-small` for the Hub id `google/electra-small`."""
    return re.sub(r"[^\w.-]+", "--", model.strip("/.")) or "model"


def quoted_score(metric: str, value: float) -> float:
    """Turn a score into the unit that it is quoted in: accuracy 0.849 becomes 84.9; a correlation stays as it is."""
    return 100.0 * value if is_percent(metric) else value


def is_percent(metric: str) -> bool:
    """Say whether a metric is computed as a fraction and quoted as 0-100."""
    return metric.partition(":")[0] in PERCENT_METRICS
