# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What verbs that answer are called with: words of the command line, stdin, or data as training reads them."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.commands.options import stdin_bytes
from hf_seq.commands.series_input import is_bare_series, read_event_lines, read_series_lines
from hf_seq.data.lines import decoded, has_columns, has_labels, has_tags, read_lines
from hf_seq.errors import InputError

if TYPE_CHECKING:
    from hf_seq.data.inputs import Inputs

READS = ("needs_pairs", "reads_clips", "reads_events")
"""What a predictor says of inputs that are no texts."""
LINES = ("", ".txt")
"""The endings of files with a text a line."""


@dataclass(frozen=True)
class TypedInputs:
    """What the command line gave.

    Attributes:
        arguments: texts, or series as JSON.
        data: a file, or whatever else training reads.
        split: which rows of it.
        task: what the model does, where its folder does not say.
        columns: how the data are read, by flag.
    """

    arguments: list[str] | None = None
    data: str | None = None
    split: str | None = None
    task: str | None = None
    columns: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.arguments and self.data:
            first = self.arguments[0][:40]
            raise InputError(
                f"Inputs were given both as arguments and with --data: {first!r} and {self.data}; give one of them."
            )
        odd = next(iter(self.columns or ()), None) or ("split" if self.split else None)
        if self.data is None and odd:
            raise InputError(f"--{odd} says how data are read, and there are none; give --data, or leave it out.")

    @property
    def waits(self) -> bool:
        """Whether somebody may be writing to stdin, waiting for an answer."""
        return not self.arguments and self.data is None


@dataclass(frozen=True)
class ReadInputs:
    """Inputs, and what stands beside them.

    Attributes:
        values: what the predictor is called with.
        inputs: the table they come from; None for words of the command line and for lines.
        trained_on: the columns that the model was trained on, by flag.
    """

    values: Iterable[Any]
    inputs: "Inputs | None" = None
    trained_on: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reader:
    """The model that is to read, as far as that decides how data are read.

    Attributes:
        model: its folder or Hub id; None where there is no more to know of it.
        reads_numbers: whether it reads series.
        label_names: what it knows.
        predictor: it, loaded.
        reads_pairs: whether it reads two texts at a time.
        reads_clips: whether it reads sound: of the command line, paths.
        reads_events: whether it reads events: of the command line, JSON.
    """

    model: str | None = None
    reads_numbers: bool = False
    label_names: Sequence[str] = ()
    predictor: Any = None
    reads_pairs: bool = False
    reads_clips: bool = False
    reads_events: bool = False

    @classmethod
    def of(cls, model: str, predictor: Any) -> "Reader":
        """Describe the model of a predictor."""
        labels = tuple(getattr(predictor, "label_names", ()))
        pairs, clips, events = (bool(getattr(predictor, what, False)) for what in READS)
        numbers = predictor.reads_numbers and not clips and not events
        return cls(model, numbers, labels, predictor, pairs, clips, events)


def read_inputs(given: TypedInputs, reader: Reader) -> ReadInputs:
    """Read what a model is to answer for; decisions are said on stderr.

    Args:
        given: what the command line gave.
        reader: the model.

    Raises:
        InputError: it cannot be read, or it is not clear which column is meant.
    """
    if given.data is None:
        lines: Iterable[str] = given.arguments or decoded(stdin_bytes(), "stdin")
        name = "argument" if given.arguments else "stdin, line"
        if reader.reads_pairs and given.arguments:
            return ReadInputs(_pairs(given.arguments))
        return ReadInputs(read_texts(lines, reader, name))
    path = Path(given.data).expanduser()
    holds_pairs = given.task == "seq2seq" and path.is_file() and has_columns(path)
    if path.is_file() and not given.columns and not holds_pairs and _holds_lines(path, reader):
        return ReadInputs(read_texts(read_lines(path), reader, f"{path}, line"))
    return _read_data(given, reader)


def read_texts(lines: Iterable[str], reader: Reader, name: str, first: int = 1) -> Iterable[Any]:
    """Read a text, two, or a series from each line, as the model reads.

    Args:
        lines: without their ends.
        reader: the model.
        name: what stands before their number in an error.
        first: number of the first.

    Raises:
        InputError: a line that holds something else, when it is reached.
    """
    if reader.reads_pairs:
        return _parted_lines(lines, name, first)
    if reader.reads_events:
        return read_event_lines(lines, name, first)
    return read_series_lines(lines, name, first) if reader.reads_numbers else lines


def _pairs(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """Take arguments two by two, for a model of two texts."""
    if len(arguments) % 2:
        raise InputError(
            f"This model reads two texts at a time, and there are {len(arguments)}; give them two by two: "
            '"first text" "second text".'
        )
    return list(zip(arguments[::2], arguments[1::2], strict=True))


def _parted_lines(lines: Iterable[str], name: str, first: int) -> Iterator[tuple[str, str]]:
    """Split lines at their tab, for a model of two texts."""
    for number, line in enumerate(lines, first):
        sides = line.split("\t")
        if len(sides) != 2:
            raise InputError(
                f"{name} {number} has {len(sides) - 1} tabs, and this model reads two texts: write first TAB second."
            )
        yield sides[0], sides[1]


def _holds_lines(path: Path, reader: Reader) -> bool:
    """Check whether the lines of a file are inputs, as they are: texts, or series alone."""
    suffix = path.suffix.lower()
    if reader.reads_clips:
        return suffix == ".txt" and not has_labels(path, reader.label_names)
    if reader.reads_events:
        return False
    if reader.reads_numbers:
        return suffix in LINES or (suffix == ".jsonl" and is_bare_series(path))
    labels = reader.label_names
    return suffix in LINES and not (has_labels(path, labels) or has_tags(path, labels))


def _read_data(given: TypedInputs, reader: Reader) -> ReadInputs:
    """Read data as the task of the model does; its record says which columns come first."""
    from hf_seq.tasks.inputs_of_model import DataRequest, InputsOfModel

    assert given.data is not None  # the caller has looked
    request = DataRequest(given.data, given.split, given.task, given.columns or {})
    reading = InputsOfModel.of(reader.model, request, reader.predictor, reader.label_names, reader.reads_numbers)
    inputs = reading.read()
    for note in inputs.notes:
        print(f"hf-seq: {note}", file=sys.stderr)
    return ReadInputs(inputs.values, inputs, reading.source.trained_on)
