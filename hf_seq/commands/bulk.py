# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq predict --input`: what the command line says of shards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.commands.rows import take_output_columns
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number

BULK = "Bulk prediction"
"""The panel of the help that shows the options."""


@dataclass(frozen=True)
class Bulk:
    """The options of a bulk prediction as they were typed; see `hf_seq.bulk.running.BulkOptions`."""

    model: str
    input: str
    output: Path | None
    workers: int | None = None
    executor: str = "local"
    executor_options: str | None = None
    skip_broken: bool = False
    task: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    probabilities: bool = False


def run_bulk(bulk: Bulk, columns: dict[str, Any], refused: Mapping[str, Any]) -> None:
    """Answer shards.

    Args:
        bulk: the options.
        columns: how the shards are read, by flag.
        refused: options that go with single inputs only, and their values.

    Raises:
        InputError: options that do not go together, or whatever the prediction refuses.
    """
    odd = next((name for name, value in refused.items() if value), None)
    if odd is not None:
        raise InputError(f"{odd} is for inputs that are answered one by one; with --input leave it out.")
    if bulk.output is None:
        raise InputError("--input needs a folder for the answered shards; give --output DIR.")
    asked = take_output_columns(columns)
    if asked.typed:
        raise InputError(f"With --input every column is kept; leave {asked.typed} out.")
    from hf_seq.bulk.running import BulkOptions, label_shards

    label_shards(
        BulkOptions(
            bulk.model,
            bulk.input,
            bulk.output,
            bulk.workers,
            bulk.executor,
            _options(bulk.executor_options),
            bulk.skip_broken,
            bulk.task,
            bulk.settings,
            bulk.probabilities,
            columns,
        )
    )


def _options(written: str | None) -> dict[str, Any]:
    """Read `partition=cpu,mem_per_cpu_gb=4`.

    Raises:
        InputError: a part without a name.
    """
    found: dict[str, Any] = {}
    for part in filter(None, (written or "").split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name.strip().isidentifier():
            raise InputError(f"--executor_options {part!r} must be NAME=VALUE, such as partition=cpu,time=04:00:00.")
        number = whole_number(value.strip())
        found[name.strip()] = value.strip() if number is None else number
    return found
