# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Demos of models that read series of numbers, one class a head.

T steps of a series · C channels · L labels
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import gradio
import numpy as np
import torch
from transformers import AutoFeatureExtractor

from hf_seq.demo.drawing import COLOURS, draw, runs_of
from hf_seq.demo.model_demo import Answer, ModelDemo, label_output
from hf_seq.files.arrays import read_array
from hf_seq.files.reading import parse_json

STEPS = 5_000
"""Steps of a series that the page takes."""


class SeriesDemo(ModelDemo):
    """A model of series with its feature extractor."""

    input_label = "Series: a JSON list of steps, or a line of numbers a step"
    upload = (".json", ".npy")

    def __init__(self, path: str, *, trust: bool = True) -> None:
        super().__init__(path, trust=trust)
        self.extractor = AutoFeatureExtractor.from_pretrained(path, trust_remote_code=trust)
        self.examples = (self._example(),)
        self(self.examples[0])  # the first call of a model takes longer than all others

    @torch.inference_mode()
    def __call__(self, text: str) -> Answer:
        """Run the model on one series: JSON, or a line of numbers a step."""
        series = read_numbers(text)
        start = time.perf_counter()
        inputs = self.extractor(series, return_tensors="pt")
        windows = inputs.pop("series_index", torch.arange(len(inputs["input_values"])))  # the series of each window
        if int(windows.max()):
            raise ValueError("These are several series; give one, a list of steps.")
        outputs = self.model(**inputs, output_attentions=True)
        milliseconds = 1000 * (time.perf_counter() - start)
        if not outputs.logits.isfinite().all():
            raise ValueError("The model gives no finite number; these values are too far from those it was trained on.")
        values = self._values(series)  # (T, C)
        kept, truncated = self.extractor.cut(np.arange(len(values))), ""  # the steps that were read
        if len(kept) < len(values):
            truncated = f" Only {len(kept):,} of {len(values):,} steps were read."
        values = values[kept]
        answer, tags = self.show(outputs)
        weights = self._weights(outputs, len(values))
        drawn = draw(self._scaled(values), self._channels(), weights, tags, self.label_names)
        return Answer(answer, drawn, f"{milliseconds:.1f} ms for {len(values):,} steps on this machine.{truncated}")

    def _values(self, series: Any) -> np.ndarray:
        """Read a series as the extractor does: where `times` stand beside it, the gaps between them are a channel."""
        read = sys.modules[type(self.extractor).__module__].read_batch
        return read(series, self.extractor.feature_size)[0].astype(np.float64)

    def show(self, outputs: Any) -> tuple[Any, list[int] | None]:
        """Turn outputs into the value of the answer, and the tags (T,) that shade the drawing, if there are any."""
        raise NotImplementedError

    def _weights(self, outputs: Any, length: int) -> np.ndarray | None:
        """Return weights (T,) of the attention pooling, averaged over windows where there are several."""
        found = getattr(outputs, "pooling_weights", None)
        if found is None:
            return None
        weights = np.zeros(length)
        for start, row in zip(self.extractor.window_starts(length), found.float().numpy(), strict=True):
            steps = min(self.extractor.window_length or length, length)
            each = row[np.arange(steps) * len(row) // steps] * (len(row) / steps)  # a front may make several steps one
            weights[start : start + steps] += each[: length - start] / len(found)
        return weights

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        """Express values in deviations from the mean in training."""
        mean, std = self._scale()
        return (values - mean) / std

    def _scale(self) -> tuple[Any, Any]:
        mean = 0.0 if self.extractor.mean is None else np.asarray(self.extractor.mean)
        return mean, 1.0 if self.extractor.std is None else np.asarray(self.extractor.std)

    def _channels(self) -> list[str]:
        return self.extractor.channel_names or [f"channel {index}" for index in range(self.extractor.feature_size)]

    def _example(self) -> str:
        """Make waves around the means of the channels, for want of a series of the data."""
        steps, channels = np.arange(24)[:, None], np.arange(self.extractor.feature_size)[None]
        mean, std = self._scale()
        return json.dumps((mean + np.sin(steps / 3 + channels) * std).round(3).tolist())


class SeriesClassifierDemo(SeriesDemo):
    """Labels with their probabilities, and the series shaded by the attention of the pooling."""

    auto = "AutoModelForSequenceClassification"

    def show(self, outputs: Any) -> tuple[Any, list[int] | None]:
        """Show labels; logits of windows are averaged."""
        return self.show_labels(outputs.logits.mean(0)), None

    def outputs(self) -> list[Any]:
        """Make a list of labels and a drawing."""
        return [label_output(), gradio.HTML(label="Series", elem_id="detail")]


class SeriesTaggerDemo(SeriesDemo):
    """Stretches of steps with their tag, and the series shaded by tags."""

    auto = "AutoModelForTokenClassification"

    def show(self, outputs: Any) -> tuple[Any, list[int] | None]:
        """Show stretches of one tag with its mean probability."""
        path = getattr(outputs, "best_path", None)
        tags = (outputs.logits.argmax(-1) if path is None else path)[0].tolist()
        scores = outputs.logits[0].softmax(-1).numpy()  # (T, L)
        shown = []
        for first, end, tag in runs_of(tags):
            steps = str(first) if end - first == 1 else f"{first} to {end - 1}"
            shown.append((f"{steps} ({scores[first:end, tag].mean():.0%}) ", self.label_names[tag]))
        return shown, tags

    def outputs(self) -> list[Any]:
        """Make a text with marks in the colours of the drawing, and the drawing."""
        colours = {name: COLOURS[tag % len(COLOURS)] for tag, name in self.label_names.items()}
        answer = gradio.HighlightedText(label="Steps", show_legend=True, color_map=colours, elem_id="answer")
        return [answer, gradio.HTML(label="Series", elem_id="detail")]


def read_numbers(text: str) -> Any:
    """Parse what was pasted into nested lists, or a dict of these and their `times`; other text comes back as it is.

    Raises:
        ValueError: broken JSON, a cell that is not a number, or too many steps.
    """
    text = text.strip()
    parsed: Any = text
    times = None
    if text.startswith(("[", "{")):
        try:
            parsed = parse_json(text)
        except ValueError as error:
            raise ValueError(f"This is not JSON: {error}.") from error
        times = parsed.get("times") if isinstance(parsed, dict) else None
        parsed = parsed.get("series") if isinstance(parsed, dict) else parsed
        if not isinstance(parsed, list):
            raise ValueError('There is no list of steps; write [[0.1, 2.0], [0.3, 1.5]] or {"series": [...]}.')
    elif not text or text[0] in "+-.0123456789" or text[:3].lower() == "nan":
        parsed = [_cells(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not isinstance(parsed, str) and len(parsed) > STEPS:
        raise ValueError(f"This series has {len(parsed):,} steps; the page takes {STEPS:,} at most.")
    return {"series": parsed, "times": times} if times is not None else parsed


def _cells(line: str, number: int) -> list[float]:
    cells = line.replace(";", ",").replace("\t", ",").split(",") if set(line) & set(",;\t") else line.split()
    try:
        return [float(cell) if cell.strip() else float("nan") for cell in cells]
    except ValueError as error:
        raise ValueError(f"Line {number} holds something that is not a number: {line[:40]!r}.") from error


def read_upload(path: str) -> str:
    """Read a `.json` or `.npy` file as the text that could have been pasted; nothing is unpickled."""
    try:
        if not path.endswith(".npy"):
            return Path(path).read_text(encoding="utf-8")
        array = read_array(Path(path))
        return json.dumps(array.tolist())
    except (ValueError, EOFError, OSError, MemoryError, TypeError, AttributeError) as error:
        raise ValueError(f"{Path(path).name} is not a .json or .npy file of numbers.") from error
