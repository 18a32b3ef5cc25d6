# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips of sound, however they are given, as mono samples at one rate.

N samples · C channels
"""

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

LOUDEST_SILENCE = 1e-5
"""A clip whose samples are all below this, of 1, says nothing: less than half a step of 16 bits."""
MOST_SAMPLES = 2**28
"""Samples of a clip, of all channels: an hour and a half at 48,000 a second. A few bytes of FLAC can claim more."""
RATES = (500, 400_000)
"""Samples a second, at least and at most, of what can be heard and recorded; filters between others are huge."""
Array = np.ndarray[Any, Any]


def read_clip(given: Any, sampling_rate: int) -> tuple[Array, int]:
    """Read a clip as mono samples at one rate.

    Args:
        given: a path, the bytes of a file, samples (N,) or (C, N) at `sampling_rate`, or a dict of `array` (or `raw`)
            and `sampling_rate`, or of `bytes` and `path` as `datasets.Audio` stores it.
        sampling_rate: samples a second that are wanted.

    Returns:
        (N,) float32 from -1 to 1, and the rate that the clip had.

    Raises:
        ValueError: no clip, no file, one that cannot be read, or samples that are no numbers; in words.
    """
    samples, rate = decode(given)
    rate = sampling_rate if rate is None else rate
    return resample(to_mono(samples), rate, sampling_rate), rate


def decode(given: Any) -> tuple[Array, int | None]:
    """Read a clip as its samples, (N,) or (C, N) or (N, C), and its rate; None where nobody says it.

    Raises:
        ValueError: as `read_clip`.
    """
    if hasattr(given, "get_all_samples"):  # an AudioDecoder, as `datasets` gives it where torchcodec is installed
        found = given.get_all_samples()
        return np.asarray(found.data), int(found.sample_rate)
    if isinstance(given, Mapping):
        return _of_mapping(given)
    if isinstance(given, str | Path):
        return _read_file(Path(given).expanduser())
    if isinstance(given, bytes | bytearray):
        return _decoded(io.BytesIO(given), "these bytes")
    if hasattr(given, "detach"):  # a tensor of torch
        given = given.detach().cpu().numpy()
    return np.asarray(given), None


def to_mono(samples: Array) -> Array:
    """Average the channels: (N,), (C, N) or (N, C) of any numbers to (N,) float32; whole numbers are scaled to 1.

    Raises:
        ValueError: no samples, or none that are numbers.
    """
    if samples.dtype.kind not in "fiu":
        raise ValueError(f"samples must be numbers, and these are {samples.dtype}.")
    if samples.dtype.kind == "u":  # 8 bits of a WAV, around 128
        samples = samples / float(np.iinfo(samples.dtype).max // 2 + 1) - 1
    elif samples.dtype.kind == "i":  # plain numbers of Python are mostly those of 16 bits
        samples = samples / float(2 ** (8 * samples.dtype.itemsize - 1) if samples.dtype.itemsize < 8 else 2**15)
    if samples.ndim == 2:
        samples = samples.mean(axis=int(samples.shape[1] <= samples.shape[0]))
    if samples.ndim != 1:
        raise ValueError(f"samples of shape {samples.shape} are not a clip; give (samples,) or (channels, samples).")
    if not len(samples):
        raise ValueError("the clip is empty: it has no samples.")
    samples = samples.astype(np.float32)
    if odd := int((~np.isfinite(samples)).sum()):
        raise ValueError(f"the clip holds {odd:,} samples that are not finite numbers (NaN or infinity).")
    return samples


def resample(samples: Array, rate: int, wanted: int) -> Array:
    """Bring samples (N,) from one rate to another, by a polyphase filter that leaves no echo of higher tones.

    Raises:
        ValueError: a rate that is none, a clip that grows beyond memory, or scipy is not installed.
    """
    if rate == wanted:
        return samples
    if not all(RATES[0] <= each <= RATES[1] for each in (rate, wanted)):
        raise ValueError(
            f"a clip of {rate:.9g} samples a second cannot be brought to {wanted:.9g}: both must lie between "
            f"{RATES[0]} and {RATES[1]:,}."
        )
    _check_size(len(samples) * wanted // rate, f"the clip, brought to {wanted:,} samples a second,")
    try:
        from scipy.signal import resample_poly
    except ImportError as error:
        raise ValueError(
            f"the clip has {rate:,} samples a second and the model reads {wanted:,}; to bring it there install scipy "
            "(pip install scipy)."
        ) from error
    shared = math.gcd(int(rate), wanted)
    return resample_poly(samples, wanted // shared, int(rate) // shared).astype(np.float32)


def is_silent(samples: Array) -> bool:
    """Tell whether nothing can be heard in samples (N,)."""
    return float(np.abs(samples - samples.mean()).max(initial=0.0)) < LOUDEST_SILENCE


def _of_mapping(given: Mapping[str, Any]) -> tuple[Array, int | None]:
    samples = next((given[name] for name in ("array", "raw") if given.get(name) is not None), None)
    if samples is not None:
        rate = given.get("sampling_rate")
        if not isinstance(rate, int | float) or isinstance(rate, bool):
            raise ValueError(f"a clip of samples needs its sampling_rate beside it; got {rate!r}.")
        if not math.isfinite(rate):
            raise ValueError(f"sampling_rate={rate!r} is none; give the samples a second of the clip.")
        return decode(samples)[0], int(rate)
    if given.get("bytes") is not None:
        return _decoded(io.BytesIO(given["bytes"]), str(given.get("path") or "these bytes"))
    if given.get("path"):
        return _read_file(Path(str(given["path"])).expanduser())
    seen = ", ".join(map(str, given))
    raise ValueError(f"a clip is a dict of array and sampling_rate, or of bytes or path; this one has {seen}.")


def _read_file(path: Path) -> tuple[Array, int]:
    if not path.is_file():
        raise ValueError(f"there is no file {path}.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty (0 bytes).")
    return _decoded(path, str(path))


def _decoded(source: Any, name: str) -> tuple[Array, int]:
    try:
        import soundfile
    except (ImportError, OSError) as error:  # the library that it loads may be missing
        raise ValueError(
            "reading sound files needs the package soundfile: pip install 'hf_seq[audio]' (or pip install soundfile)."
        ) from error
    try:
        with soundfile.SoundFile(source if not isinstance(source, Path) else str(source)) as file:
            _check_size(file.frames * file.channels, "it")
            samples, rate = file.read(dtype="float32"), file.samplerate
    except Exception as error:  # whatever libsndfile or its wrapper make of a damaged file
        reason = " ".join(str(error).split()).rstrip(".")[-120:] or type(error).__name__
        raise ValueError(f"{name} cannot be read as sound ({reason}); use WAV, FLAC, OGG or MP3.") from error
    if not len(samples):
        raise ValueError(f"{name} is empty: it has no samples.")
    return samples, int(rate)


def _check_size(samples: int, name: str) -> None:
    if samples > MOST_SAMPLES:
        raise ValueError(f"{name} would have {samples:,} samples, more than {MOST_SAMPLES:,}; cut it into clips.")


__all__ = ["LOUDEST_SILENCE", "decode", "is_silent", "read_clip", "resample", "to_mono"]
