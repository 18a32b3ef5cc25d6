# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at clips of sound before training; the checks of labels, leaks and balance are those of texts and series.

errors    clips that are broken, silent or too short · what makes labels impossible to learn
warnings  clips that are clipped · lengths that differ much · another loudness in validation or test than in train

N samples
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hf_seq.data.audio.loading import clip_arrays
from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns, empty_splits, facts_of
from hf_seq.data.findings import Finding, are
from hf_seq.data.series.checks import LONG_AGAINST_SHORT, check_labels
from hf_seq.data.series.loading import series_key
from hf_seq.data.splits import Splits

Array = np.ndarray[Any, Any]
LIMIT, CLIPPED = 0.999, 0.01  # of full scale, and the share of the samples of a clip that lie there
LOUDER = 12.0  # decibels between the median clips of train and of another split


def check_audio(splits: Splits, most: int | None = None) -> CheckReport:
    """Look at every split.

    Args:
        splits: what `load_audio_splits` gave; with `strict=False` rows that cannot be learned from come here too.
        most: milliseconds of a clip that are read; None reads all.
    """
    clips = {name: clip_arrays(splits[name]) for name in SPLITS}
    columns = {name: _columns(splits, name, clips[name]) for name in SPLITS}
    report = CheckReport(splits.source, errors=list(splits.problems), facts=facts_of(splits))
    report.warnings += splits.doubts
    report.facts.insert(1, _shape(clips, splits.sampling_rate or 1))
    report.errors += empty_splits(columns)
    check_labels(report, splits, columns, columns)
    report.warnings += _clipped(clips, columns)
    report.warnings += _lengths(clips, splits.sampling_rate or 1, columns, most)
    report.warnings += _loudness(clips)
    return report


def _columns(splits: Splits, name: str, clips: Sequence[Array]) -> Columns:
    rows = splits[name].remove_columns("audio")[:]
    places = [(splits.origins.get(name, name), number) for number in rows["row"]]
    return Columns([series_key(each) if len(each) else "" for each in clips], rows["label"], places, "clip", "clips")


def _shape(clips: Mapping[str, Sequence[Array]], rate: int) -> str:
    seconds = [len(each) / rate for split in clips.values() for each in split] or [0.0]
    return (
        f"clips: {min(seconds):.2f} to {max(seconds):.2f} s, median {np.median(seconds):.2f}; {rate:,} samples a second"
    )


def _clipped(clips: Mapping[str, Sequence[Array]], columns: Mapping[str, Columns]) -> Iterator[Finding]:
    rows = [
        place
        for name, split in clips.items()
        for each, place in zip(split, columns[name].places, strict=True)
        if len(each) and (np.abs(each) >= LIMIT).mean() > CLIPPED
    ]
    if rows:
        yield Finding(
            "clip-clipped",
            f"{len(rows):,} clips are recorded too loud: more than {CLIPPED:.0%} of their samples lie at the limit",
            rows,
        )


def _lengths(
    clips: Mapping[str, Sequence[Array]], rate: int, columns: Mapping[str, Columns], most: int | None
) -> Iterator[Finding]:
    seconds = [len(each) / rate for split in clips.values() for each in split if len(each)]
    if most is not None:
        places = [place for name in SPLITS for place in columns[name].places]
        lengths = [len(each) / rate for name in SPLITS for each in clips[name]]
        rows = [place for place, length in zip(places, lengths, strict=True) if length > most / 1000]
        if rows:
            yield Finding(
                "truncated",
                f"{len(rows):,} of {len(places):,} clips {are(len(rows))} longer than max_seconds={most / 1000:g} "
                f"(longest: {max(lengths):.2f} s) and will be cut at the end",
                rows,
            )
        seconds = [min(length, most / 1000) for length in seconds]
    if seconds and max(seconds) >= LONG_AGAINST_SHORT * min(seconds):
        yield Finding(
            "lengths-differ",
            f"clips last {min(seconds):.2f} to {max(seconds):.2f} s; a batch is as wide as its longest, and length "
            "alone may tell classes apart: --max_seconds cuts them",
        )


def _loudness(clips: Mapping[str, Sequence[Array]]) -> Iterator[Finding]:
    levels = {name: [_decibels(each) for each in split if len(each)] for name, split in clips.items()}
    middle = {name: float(np.median(found)) for name, found in levels.items() if found}
    for name in ("validation", "test"):
        change = middle[name] - middle["train"] if {"train", name} <= set(middle) else 0.0
        if abs(change) > LOUDER:
            yield Finding(
                "loudness-shifted",
                f"{name} is {abs(change):.0f} dB {'louder' if change > 0 else 'softer'} than train; if it was recorded "
                "otherwise, --center_frames makes loudness count less",
            )


def _decibels(samples: Array) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64))) + 1e-9))
