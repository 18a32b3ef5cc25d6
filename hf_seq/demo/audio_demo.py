# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The demo of models that read sound: a file or the microphone in, labels and the frames that the model read out.

T frames · C numbers of a frame
"""

import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import gradio
import numpy as np
import torch
from transformers import AutoFeatureExtractor

from hf_seq.demo.model_demo import Answer, ModelDemo, label_output

SHADES = np.array([[13, 8, 60], [126, 3, 168], [240, 100, 60], [250, 240, 130]], dtype=float)
"""From the least to the most energy, as red, green, blue."""
TALL = 6
"""Points of the picture that a number of a frame is high, and a frame wide at most."""
MOST_WIDE = 1_500
"""Points that all frames together are wide, about."""


class ClipDemo(ModelDemo):
    """Labels of a clip with their probabilities, and a picture of its frames."""

    auto = "AutoModelForSequenceClassification"
    input_label = "Clip: a file of sound, or the microphone"

    def __init__(self, path: str, *, trust: bool = True) -> None:
        super().__init__(path, trust=trust)
        self.extractor = AutoFeatureExtractor.from_pretrained(path, trust_remote_code=trust)
        self.examples = (self._example(),)
        self(self.examples[0])  # the first call of a model takes longer than all others

    def field(self) -> Any:
        """Make the component that takes a clip."""
        sources: Any = ["upload", "microphone"]
        return gradio.Audio(label=self.input_label, sources=sources, type="filepath", elem_id="clip")

    def asks(self, field: Any) -> list[Any]:
        """Ask when a recording ends."""
        return [field.stop_recording]

    @torch.inference_mode()
    def __call__(self, text: str | None) -> Answer:
        """Run the model on the file of a clip."""
        if not text:
            raise ValueError("There is no clip yet; choose a file of sound, or record one.")
        start = time.perf_counter()
        inputs = self.extractor([text], return_tensors="pt")
        logits = self.model(**inputs).logits[0]
        milliseconds = 1000 * (time.perf_counter() - start)
        values = inputs["input_values"][0].numpy()  # (T, C)
        note = f"{milliseconds:.1f} ms for {len(values):,} frames of {self.extractor.hop_ms:g} ms on this machine."
        return Answer(self.show_labels(logits), picture(values), note)

    def outputs(self) -> list[Any]:
        """Make a list of labels and a picture."""
        return [label_output(), gradio.Image(label="What the model read: low tones below", elem_id="detail")]

    def _example(self) -> str:
        """Write a tone that rises as a file, for want of a clip of the data."""
        rate = self.extractor.sampling_rate
        pitch = np.linspace(200, 600, rate)  # Hz, in a second
        samples = (0.3 * np.sin(2 * np.pi * np.cumsum(pitch) / rate) * 32767).astype("<i2")
        path = Path(tempfile.mkdtemp(prefix="hf_seq-")) / "rising.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(samples.tobytes())
        return str(path)


def picture(values: np.ndarray) -> np.ndarray:
    """Draw frames (T, C) as points of colour, low tones below: (height, width, 3) of 0 to 255."""
    scaled = (np.clip(values, -2.5, 2.5).T[::-1] + 2.5) / 5  # (C, T) from 0 to 1
    places = np.linspace(0, 1, len(SHADES))
    colours = np.stack([np.interp(scaled, places, SHADES[:, each]) for each in range(3)], axis=-1)
    wide = max(1, MOST_WIDE // (2 * len(values)))
    return colours.round().astype(np.uint8).repeat(TALL, axis=0).repeat(min(wide, TALL), axis=1)
