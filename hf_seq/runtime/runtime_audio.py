# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels of clips of sound by an exported model: frames are made here, as transformers' `audio_utils` makes them.

    model("clip.wav")                                                   # files need soundfile beside numpy
    model({"array": samples, "sampling_rate": 16_000})                  # another rate than the model's needs scipy

N samples · T frames · M mel filters · C numbers of a frame
"""

import base64
import binascii
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

if __package__:
    from .runtime import InputError
    from .runtime_series import SeriesClassifier
else:
    from runtime import InputError  # type: ignore[no-redef,import-not-found]
    from runtime_series import SeriesClassifier  # type: ignore[no-redef,import-not-found]

PREEMPHASIS, FLOOR = 0.97, 1e-6


class AudioClassifier(SeriesClassifier):
    """Clips to label: a path, the bytes of a file, samples at the model's rate, or a dict of array and rate."""

    reads_clips: ClassVar[bool] = True
    longest_note: ClassVar[str] = "A clip was cut at {limit} frames"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        facts = self.facts["audio"]
        self._sound = _read_sound()
        self._window = np.hanning(facts["frame"] + 1)[:-1]
        self._filters = mel_filters(facts)
        self._cosines = cosines(facts["filters"], self.facts["series"]["feature_size"])

    @property
    def extractor(self) -> Any:
        """What whoever reads clips for the model must know: samples a second, and milliseconds of a frame."""
        facts = self.facts["audio"]
        rate = facts["sampling_rate"]
        return SimpleNamespace(sampling_rate=rate, frame_ms=1000 * facts["frame"] / rate)

    def check(self, given: Any, row: int) -> Any:
        """Give a clip as samples (N,) at the model's rate."""
        facts = self.facts["audio"]
        try:
            samples = self._sound.read_clip(given, facts["sampling_rate"])[0]
        except (ValueError, TypeError) as error:
            raise InputError(f"clip {row}: {error}") from error
        if len(samples) < facts["frame"]:
            raise InputError(f"clip {row}: {len(samples):,} samples are too short; a frame has {facts['frame']:,}.")
        if not facts["allow_silence"] and self._sound.is_silent(samples):
            raise InputError(f"clip {row}: the clip is silent: nothing can be heard in it.")
        return samples

    def check_sent(self, given: Any, row: int) -> Any:
        """Give a clip that came over the wire; names of files are not read."""
        return self.check(sent_clip(given, row), row)

    def encode(self, inputs: list[Any]) -> tuple[list[Any], list[int], list[bool]]:
        """Make frames, cut and scale them."""
        return super().encode([self.to_frames(samples) for samples in inputs])

    def to_frames(self, samples: Any) -> Any:
        """Compute frames (T, C) of samples (N,)."""
        facts = self.facts["audio"]
        frame, half = facts["frame"], facts["frame"] // 2
        padded = np.pad(samples, (half, half), mode="reflect").astype(np.float64)
        starts = np.arange(1 + (len(padded) - frame) // facts["hop"]) * facts["hop"]
        steps = padded[starts[:, None] + np.arange(frame)]  # (T, frame)
        steps -= steps.mean(1, keepdims=True)
        steps[:, 1:] -= PREEMPHASIS * steps[:, :-1]
        steps[:, 0] *= 1 - PREEMPHASIS
        waves = np.fft.rfft(steps * self._window, facts["fft"]).astype(np.complex64)
        energy = np.abs(waves.astype(np.complex128)) ** 2 @ self._filters  # (T, M)
        found = np.log(np.maximum(energy, FLOOR)).astype(np.float32)
        if facts["frames"] == "mfcc":
            found = found @ self._cosines
        return found - found.mean(axis=0) if facts["center_frames"] else found


def mel_filters(facts: dict[str, Any]) -> Any:
    """Make triangles (bins, M) that are evenly wide in mel (HTK's)."""
    lowest, highest = (2595 * np.log10(1 + hertz / 700) for hertz in (facts["low"], facts["high"]))
    corners = 700 * (10 ** (np.linspace(lowest, highest, facts["filters"] + 2) / 2595) - 1)
    bins = np.linspace(0, facts["sampling_rate"] // 2, facts["fft"] // 2 + 1)
    slopes, widths = corners[None] - bins[:, None], np.diff(corners)
    return np.maximum(0, np.minimum(-slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]))


def cosines(filters: int, width: int) -> Any:
    """Make the orthonormal cosine transform (M, C) of coefficients."""
    found = np.cos(np.pi / filters * (np.arange(filters) + 0.5)[:, None] * np.arange(width)) * np.sqrt(2 / filters)
    found[:, 0] /= np.sqrt(2)
    return found.astype(np.float32)


def sent_clip(given: Any, row: int) -> Any:
    """Give what `read_clip` takes of what JSON can hold: base64 of a file, or a dict of `array` and `sampling_rate`."""
    if isinstance(given, str):
        try:
            return base64.b64decode(given.partition(",")[2] if given.startswith("data:") else given, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InputError(f"clip {row} is {given[:30]!r}, no base64; send the bytes of a file as base64.") from error
    if isinstance(given, dict) and given.get("array") is not None:
        return {"array": given["array"], "sampling_rate": given.get("sampling_rate")}
    if isinstance(given, np.ndarray):
        return given
    raise InputError(
        f"clip {row} is {given!r:.40}; send the bytes of a file as base64, or a dict of array and sampling_rate."
    )


def _read_sound() -> Any:
    """Get what reads clips: the file beside this one, or hf_seq's own; never one of the model's."""
    beside, here = Path(__file__).with_name("audio.py"), Path(__file__)
    place = beside if beside.is_file() else here.parents[1] / "models" / beside.name
    spec: Any = spec_from_file_location("audio_beside", place)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
