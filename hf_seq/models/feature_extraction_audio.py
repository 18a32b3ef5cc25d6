# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From clips of sound to frames: logarithms of mel energies, or cepstral coefficients (MFCC), standardised and padded.

What stands in a frame is computed by transformers' own `audio_utils`; from there on a clip is a series of frames.

N samples · T frames, padding included · M mel filters · C numbers of a frame: M, or coefficients
"""

from functools import cached_property
from typing import Any, Literal

import numpy as np
from transformers import BatchFeature
from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

from .audio import RATES, is_silent, read_clip
from .feature_extraction_series import SeriesFeatureExtractor

FRAMES = ("log_mel", "mfcc")
FLOOR = 1e-6
"""Energy that counts as none; far below a whisper, so that silence is no number of its own."""
MOST_FILTERS, LONGEST_FRAME = 1024, 2**16
"""Filters and samples of a frame at most: the filters are a matrix of both, of a quarter of a gigabyte then."""
Array = np.ndarray[Any, Any]


class AudioFeatureExtractor(SeriesFeatureExtractor):
    """Reads clips as series of frames, standardised by the mean and deviation of the training clips.

    Args:
        feature_size: C, numbers of a frame: mel filters, or coefficients.
        sampling_rate: samples a second that the model was trained on; clips in files and dicts are brought to it.
        frames: `log_mel` energies, or `mfcc`: their cosine transform (Davis & Mermelstein 1980).
        num_mel_filters: M; None is C. Of coefficients there are C of M, the lowest.
        frame_ms: milliseconds that a frame sees.
        hop_ms: milliseconds between two frames.
        min_frequency: of the lowest filter, in Hz.
        max_frequency: of the highest; None is half the sampling rate.
        center_frames: subtract from every clip the mean of its own frames, so that loudness and microphone count less.
        allow_silence: answer for clips in which nothing can be heard, in place of refusing them.
        settings: those of `SeriesFeatureExtractor`, in frames.

    Raises:
        ValueError: settings that cannot be.

    Example:
        >>> extractor = AudioFeatureExtractor(feature_size=20, sampling_rate=8_000, do_normalize=False)
        >>> extractor(np.sin(np.arange(4_000)), sampling_rate=8_000)["input_values"].shape
        (1, 51, 20)
    """

    def __init__(
        self,
        feature_size: int = 40,
        sampling_rate: int = 16_000,
        frames: Literal["log_mel", "mfcc"] = "log_mel",
        num_mel_filters: int | None = None,
        frame_ms: float = 25.0,
        hop_ms: float = 10.0,
        min_frequency: float = 20.0,
        max_frequency: float | None = None,
        center_frames: bool = False,
        allow_silence: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(feature_size, sampling_rate=sampling_rate, **settings)
        self.frames = frames
        self.num_mel_filters = num_mel_filters
        self.frame_ms, self.hop_ms = frame_ms, hop_ms
        self.min_frequency, self.max_frequency = min_frequency, max_frequency
        self.center_frames = center_frames
        self.allow_silence = allow_silence
        self._check_frames()

    def _check_frames(self) -> None:
        if self.frames not in FRAMES:
            raise ValueError(f"frames={self.frames!r} is none of {', '.join(FRAMES)}.")
        if not RATES[0] <= self.sampling_rate <= RATES[1]:
            raise ValueError(f"sampling_rate={self.sampling_rate} is not a rate of sound; 8000 to 48000 are usual.")
        if self.filters > MOST_FILTERS:
            raise ValueError(f"num_mel_filters={self.filters:,} is more than {MOST_FILTERS:,}; 40 to 128 are usual.")
        if self.filters < self.feature_size:
            raise ValueError(
                f"feature_size={self.feature_size} coefficients cannot be made of num_mel_filters={self.filters}."
            )
        if not 0 < self.hop_ms <= self.frame_ms or self.samples_of(self.hop_ms) < 1:
            raise ValueError(f"hop_ms={self.hop_ms} must be above 0 and not above frame_ms={self.frame_ms}.")
        if self.samples_of(self.frame_ms) > LONGEST_FRAME:
            raise ValueError(
                f"frame_ms={self.frame_ms:g} makes frames of {self.samples_of(self.frame_ms):,} samples, more than "
                f"{LONGEST_FRAME:,}; 20 to 50 ms are usual."
            )
        if not 0 <= self.min_frequency < self.top <= self.sampling_rate / 2:
            raise ValueError(
                f"min_frequency={self.min_frequency} and max_frequency={self.top} must rise and lie within 0 and "
                f"{self.sampling_rate / 2:g} Hz, half the sampling rate."
            )

    @property
    def filters(self) -> int:
        """M."""
        return self.num_mel_filters or self.feature_size

    @property
    def top(self) -> float:
        """The highest frequency, in Hz."""
        return self.max_frequency or self.sampling_rate / 2

    def samples_of(self, milliseconds: float) -> int:
        """Count the samples of a time."""
        return round(self.sampling_rate * milliseconds / 1000)

    @cached_property
    def _bank(self) -> dict[str, Any]:
        """What `spectrogram` is told, made once."""
        frame = self.samples_of(self.frame_ms)
        bins = 2 ** max(5, (frame - 1).bit_length())
        while bins < 4 * self.filters:  # narrow filters between two bins would hear nothing
            bins *= 2
        mel = mel_filter_bank(
            bins // 2 + 1, self.filters, self.min_frequency, self.top, self.sampling_rate, None, mel_scale="htk"
        )
        return {
            "window": window_function(frame, "hann"),
            "frame_length": frame,
            "hop_length": self.samples_of(self.hop_ms),
            "fft_length": bins,
            "power": 2.0,
            "mel_filters": mel,
            "mel_floor": FLOOR,
            "log_mel": "log",
            "preemphasis": 0.97,
            "remove_dc_offset": True,
        }

    @cached_property
    def _cosines(self) -> Array:
        """The orthonormal cosine transform (M, C)."""
        positions, waves = np.arange(self.filters) + 0.5, np.arange(self.feature_size)
        cosines = np.cos(np.pi / self.filters * positions[:, None] * waves) * np.sqrt(2 / self.filters)
        cosines[:, 0] /= np.sqrt(2)
        return cosines.astype(np.float32)

    def read(self, given: Any, index: int = 0) -> Array:
        """Read a clip, as `read_clip` takes it, as samples (N,) at the model's rate.

        Raises:
            ValueError: it cannot be read, is shorter than a frame, or nothing can be heard in it.
        """
        try:
            return self.checked(read_clip(given, self.sampling_rate)[0])
        except ValueError as error:
            raise ValueError(f"clip {index}: {error}") from error

    def checked(self, samples: Array) -> Array:
        """Give samples (N,) of which frames can be made.

        Raises:
            ValueError: too few of them, or nothing can be heard.
        """
        least = self.samples_of(self.frame_ms)
        if len(samples) < least:
            raise ValueError(
                f"the clip is too short: {len(samples):,} samples, {1000 * len(samples) / self.sampling_rate:.1f} ms, "
                f"where a frame alone has {least:,}."
            )
        if not self.allow_silence and is_silent(samples):
            raise ValueError("the clip is silent: nothing can be heard in it.")
        return samples

    def to_frames(self, samples: Array) -> Array:
        """Compute the frames (T, C) of samples (N,), not standardised yet."""
        found = spectrogram(samples, **self._bank).T  # (T, M)
        if self.frames == "mfcc":
            found = found @ self._cosines  # (T, C)
        return found - found.mean(axis=0) if self.center_frames else found

    def __call__(  # type: ignore[override]  # named as by transformers' own for sound
        self,
        raw_speech: Any,
        sampling_rate: int | None = None,
        **settings: Any,
    ) -> BatchFeature:
        """Read one clip or several.

        Args:
            raw_speech: samples (N,), a path, bytes, or a dict, as `read_clip` takes them; or a list of such.
            sampling_rate: of samples that come alone; another than the model's is refused, as nobody would hear it.
            settings: of `SeriesFeatureExtractor.__call__`: `padding`, `return_tensors`, ...

        Returns:
            `input_values` (B, T, C) float32 and `attention_mask` (B, T) int64.

        Raises:
            ValueError: a clip that cannot be read, or another sampling rate; in words.
        """
        if sampling_rate is not None and sampling_rate != self.sampling_rate:
            raise ValueError(
                f"the model was trained on {self.sampling_rate:,} samples a second, and these have {sampling_rate:,}; "
                'give {"array": samples, "sampling_rate": rate}, which is brought to its rate, or resample it.'
            )
        frames = [self.to_frames(self.read(clip, row)) for row, clip in enumerate(clips_of(raw_speech))]
        return super().__call__(frames, **settings)

    def pipelines(self, config: dict[str, Any]) -> None:
        """Note in the configuration of a model which pipeline is beside it, and the Auto class that it asks for."""
        from .pipeline_audio import PIPELINES  # this line makes transformers save that file beside this one

        config["modality"] = "audio"
        auto_map = config.get("auto_map") or {}
        entry = auto_map.get("AutoModelForSequenceClassification")
        if entry is not None:
            config["auto_map"] = auto_map | {"AutoModelForAudioClassification": entry}
            config["custom_pipelines"] = {
                task: {"impl": f"pipeline_audio.{pipeline.__name__}", "pt": [auto], "type": "audio"}
                for task, (pipeline, auto) in PIPELINES.items()
            }

    def to_dict(self) -> dict[str, Any]:
        """Describe the extractor, without what is made of its settings."""
        return {name: value for name, value in super().to_dict().items() if not name.startswith("_")}


def clips_of(given: Any) -> list[Any]:
    """List one clip or several."""
    if isinstance(given, list | tuple):
        if given and isinstance(given[0], int | float | np.floating | np.integer):
            return [np.asarray(given)]
        return list(given)
    if getattr(given, "ndim", 1) == 2:  # a batch of clips of one length
        return list(given)
    return [given]


__all__ = ["AudioFeatureExtractor", "clips_of"]
