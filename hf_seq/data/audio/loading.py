# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips of sound as train, validation and test: mono samples at one rate, and a label a clip.

N samples
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pyarrow as pa
from datasets import Dataset, List, Value

from hf_seq.data.audio.tables import AUDIO_FOLDERS, AUDIO_READERS, find_audio, is_sound, one_clip
from hf_seq.data.columns import find_label_column
from hf_seq.data.findings import Finding
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.labels.reading import ProblemType, read_labels, written_labels
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.series.loading import series_key
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.models.audio import decode, is_silent, resample, to_mono

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class ClipOptions:
    """What a user can say of clips.

    Attributes:
        audio_column: their column; None finds it.
        sampling_rate: samples a second that they are brought to; None takes the commonest of train.
        keep_silent: keep clips in which nothing can be heard.
        shortest_ms: a clip that is shorter is none.
    """

    audio_column: str | None = None
    sampling_rate: int | None = None
    keep_silent: bool = False
    shortest_ms: float = 25.0


@dataclass
class Clips:
    """The clips of a source.

    Attributes:
        column: of the source that holds them.
        samples: (N,) float32 each, by split; none where a row holds no clip.
        sampling_rate: of all of them.
        problems: rows that hold no clip that can be learned from, by split.
        notes: what was decided, in words.
    """

    column: str
    samples: dict[str, list[Array]]
    sampling_rate: int
    problems: dict[str, list[Finding]]
    notes: list[str] = field(default_factory=list)


def load_audio_splits(
    source: str | Path,
    *,
    audio_column: str | None = None,
    label_column: str | None = None,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    sampling_rate: int | None = None,
    keep_silent: bool = False,
    shortest_ms: float = 25.0,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read labelled clips from anywhere.

    Args:
        source: folder with a folder of clips a class, csv, jsonl or parquet of paths or bytes, Hub id, `builtin:tones`.
        audio_column: of the clips; None finds it.
        label_column: of the label; None finds it.
        label_separator: what stands between several labels in one cell; None finds it where it is clear.
        problem_type: what the labels are, where it is not what their writing says.
        sampling_rate: samples a second that all clips are brought to; None takes the commonest of train.
        keep_silent: keep clips in which nothing can be heard, in place of refusing them.
        shortest_ms: a clip that is shorter is refused.
        **options: which data, and how they are cut: the fields of `ReadingOptions`.

    Returns:
        Splits with a column `audio`, samples of each clip (`clip_arrays` gives arrays), and `label`.

    Raises:
        InputError: cannot be read; columns not found; clips that are broken, silent or too short, or labels that are
            missing (with row numbers); too few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = _read(reading)
    train, notes = raw.tables["train"], list(raw.notes)
    named = reading.known(train, audio_column=audio_column, label_column=label_column)
    wanted = ClipOptions(named["audio_column"], sampling_rate, keep_silent, shortest_ms)
    clips = read_clips(raw, wanted)
    label = _find_label(raw, clips.column, named["label_column"])
    notes = [f"audio column {clips.column!r}, label column {label!r}", *notes, *clips.notes]
    written = written_labels(raw, label, notes, label_separator, problem_type)
    labels = read_labels(written, problem_type, reading.trained_on.get("problem_type"))
    rows = {
        split: SplitRows(
            raw.origins.get(split, split),
            {"audio": clips.samples[split], "label": values},
            range(1, len(values) + 1),
            [series_key(each) for each in clips.samples[split]],
            values,
        )
        for split, values in labels.values.items()
    }
    features = {"audio": List(Value("float32")), "label": labels.feature}
    loaded = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes + labels.notes)
    loaded.problems = [each for split in rows for each in clips.problems[split]] + labels.problems
    loaded.columns = {"audio_column": clips.column, "label_column": label}
    return replace(loaded.completed(reading), sampling_rate=clips.sampling_rate)


def read_clips(raw: RawData, options: ClipOptions) -> Clips:
    """Read the clips of all splits.

    Raises:
        InputError: no column holds clips, or nobody says the rate of samples.
    """
    column = find_audio(raw.tables["train"], options.audio_column)
    problems: dict[str, list[Finding]] = {split: [] for split in raw.tables}
    found = {}
    for split, table in raw.tables.items():
        raw.require_column(split, column)
        found[split] = _decode_all(table.values(column), split, problems[split])
    known = [rate for samples, rate in found["train"] if len(samples) and rate is not None]
    rate = options.sampling_rate or next((each for each, _ in Counter(known).most_common(1)), None)
    alone = any(len(samples) and own is None for samples, own in found["train"])
    if rate is None and alone:
        raise InputError(f"column {column!r} holds samples, and nobody says how many a second; give --sampling_rate.")
    clips = Clips(column, {}, rate or 16_000, problems)
    for split, each in found.items():
        clips.samples[split] = [_at_rate(samples, own, clips.sampling_rate) for samples, own in each]
        clips.notes += _said(split, each, clips.sampling_rate)
        _judge(clips, split, options)
    return clips


def clip_arrays(rows: Dataset) -> list[Array]:
    """Return the column `audio` of a split as arrays (N,), without a detour over Python lists."""
    column = rows.with_format("arrow")["audio"][:]
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    ends = np.cumsum(np.diff(flat.offsets.to_numpy()))[:-1]
    return np.split(flat.flatten().to_numpy(), ends) if len(flat) else []


def audio_inputs(source: Source, options: ClipOptions) -> Inputs:
    """Read clips, with labels or without: a file of sound, a folder of them, or a table.

    Raises:
        InputError: the source cannot be read, or a clip of it; with its row.
    """
    path = Path(source.path).expanduser()
    if source.given is None and is_sound(path) and not path.is_dir():
        if not path.is_file():
            raise InputError(f"there is no file {path}; check its name.")
        source = replace(source, given=one_clip(path))
    table, notes = source.table(AUDIO_READERS, AUDIO_FOLDERS)
    raw = RawData({"train": table}, source.path)
    column = source.known(table, audio_column=options.audio_column)["audio_column"]
    clips = read_clips(raw, replace(options, audio_column=column))
    if clips.problems["train"]:
        raise InputError(f"{source.path}: " + "\n".join(map(str, clips.problems["train"])))
    of_clips = [each.replace("train clips", "clips") for each in clips.notes[1:]]
    answered = _with_paths(table, clips.column)
    return Inputs(clips.samples["train"], answered, {"audio_column": clips.column}, [*of_clips, *notes])


def _with_paths(table: Table, column: str) -> Table:
    """Put the paths of clips in the place of their bytes, as what comes through beside an answer."""
    cells = [each.get("path") if isinstance(each, dict) else each for each in table.values(column)]
    named = [each if isinstance(each, str) else None for each in cells]
    return Table({**table.columns, column: named}, table.class_names, table.all_strings, table.notes, table.path)


def _read(reading: ReadingOptions) -> RawData:
    path = Path(str(reading.source)).expanduser()
    if is_sound(path) and not path.is_dir():
        raise InputError(f"{path} is one clip; training needs many: a folder of clips a class, or a table of paths.")
    return reading.read(AUDIO_READERS, AUDIO_FOLDERS)


def _find_label(raw: RawData, audio: str, given: str | None) -> str:
    table = raw.tables["train"]
    if given is None and set(table.names) <= {audio}:
        raise InputError(
            f"{raw.description} has clips but no labels; put them into a folder a class, or add a column `label`."
        )
    return find_label_column(table, given, {audio})


def _decode_all(values: Sequence[Any], split: str, problems: list[Finding]) -> list[tuple[Array, int | None]]:
    """Decode each clip of a split; of one that cannot be, no samples are left, and `problems` says why."""
    found: list[tuple[Array, int | None]] = []
    bad = []
    for row, value in enumerate(values, 1):
        try:
            if value is None or value == "":
                raise ValueError("there is no clip in this row.")
            samples, rate = decode(value)
            found.append((to_mono(samples), rate))
        except (ValueError, TypeError) as error:
            found.append((np.zeros(0, dtype=np.float32), None))
            bad.append((row, str(error)))
    if bad:
        some = f"{len(bad):,} clips cannot be read; the first" if len(bad) > 1 else "a clip cannot be read"
        problems.append(
            Finding("clip-unreadable", f"{some}: {bad[0][1].rstrip('.')}", [(split, row) for row, _ in bad])
        )
    return found


def _at_rate(samples: Array, rate: int | None, wanted: int) -> Array:
    try:
        return samples if rate is None or not len(samples) else resample(samples, rate, wanted)
    except ValueError as error:
        raise InputError(str(error)) from error


def _said(split: str, clips: Sequence[tuple[Array, int | None]], rate: int) -> list[str]:
    """Say the rate once, and which clips had another."""
    others = Counter(own for samples, own in clips if len(samples) and own not in (None, rate))
    notes = [f"{rate:,} samples a second (--sampling_rate)"] if split == "train" else []
    return notes + [
        f"{count:,} of {len(clips):,} {split} clips have {own:,} samples a second and are resampled to {rate:,}"
        for own, count in others.most_common()
    ]


def _judge(clips: Clips, split: str, options: ClipOptions) -> None:
    """Find clips that are too short, or in which nothing can be heard."""
    least = round(options.shortest_ms * clips.sampling_rate / 1000)
    rows = [(row, each) for row, each in enumerate(clips.samples[split], 1) if len(each)]
    short = [(split, row) for row, each in rows if len(each) < least]
    silent = [(split, row) for row, each in rows if len(each) >= least and is_silent(each)]
    if short:
        clips.problems[split].append(
            Finding("clip-short", f"{_clips(short)} shorter than a frame ({options.shortest_ms:g} ms)", short)
        )
    if silent and not options.keep_silent:
        message = f"{_clips(silent)} silent, so nothing can be heard there; leave such out, or say --silent keep"
        clips.problems[split].append(Finding("clip-silent", message, silent))


def _clips(places: Sequence[tuple[str, int]]) -> str:
    return "1 clip is" if len(places) == 1 else f"{len(places):,} clips are"
