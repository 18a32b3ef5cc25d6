# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq forecast`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands import own_process
from hf_seq.commands.answers import OF_WORDS, format_of, write_answers
from hf_seq.commands.options import Backend, Model, Overwrite
from hf_seq.errors import InputError

MOST_TURNS = 1_000
"""Times that forecasts are read as if they had come: seconds of work, and far beyond what they could still mean."""


def forecast(
    model: Model,
    data: Annotated[str, typer.Option("--data", help="The past: a table as train reads it; only its end counts.")],
    horizon: Annotated[
        int | None, typer.Option("--horizon", min=1, help="Steps to forecast; absent: as many as in training.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write there instead of stdout: .csv, .tsv, .jsonl, .json or .parquet.")
    ] = None,
    overwrite: Overwrite = False,
    future: Annotated[
        str | None, typer.Option("--future", help="Table of what is known ahead, for a model that reads it.")
    ] = None,
    id_column: Annotated[
        str | None, typer.Option("--id_column", help="Column of the names of series; absent: as in training.")
    ] = None,
    time_column: Annotated[
        str | None, typer.Option("--time_column", help="Column of the times; absent: as in training.")
    ] = None,
    time_format: Annotated[
        str | None, typer.Option("--time_format", help="How times are written, such as %d.%m.%Y; found if absent.")
    ] = None,
    target_columns: Annotated[
        str | None, typer.Option("--target_columns", help="Columns that stand for those of training, with commas.")
    ] = None,
    sort_times: Annotated[bool, typer.Option("--sort_times", help="Sort the rows of each series by time.")] = False,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="Draw so many futures, a row a step of each; no quantiles.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the samples.")] = 0,
    batch_size: Annotated[int, typer.Option("--batch_size", min=1, help="Series that share a batch.")] = 64,
    backend: Backend = None,
) -> None:
    """Write what comes after the end of each series: a row a step, with quantiles beside each forecast.

    The past is read as in training: the same columns, of one series or of many.

    Examples:
    hf-seq forecast runs/etth1-gru --data history.csv --horizon 24 --output next-day.csv

    hf-seq forecast runs/sales-gru --data sales.csv --samples 100 --output futures.csv

    hf-seq forecast runs/sales-gru --data sales.csv --future promotions.csv --output next-month.csv
    """
    from hf_seq.data.forecasts.columns import ForecastColumns
    from hf_seq.data.reading import ReadingOptions

    kind = format_of(output, None if output else "csv", overwrite=overwrite)
    if kind in OF_WORDS:
        raise InputError(f"--output {output}: forecasts are tables; use .csv, .tsv, .jsonl, .json or .parquet.")
    own_process.start(model)
    from hf_seq.predictors.histories import forecast_rows, read_histories, sample_rows

    predictor = _load(model, backend, batch_size, samples is not None)
    beyond = _check_horizon(horizon, predictor.horizon, samples is not None)
    columns = ForecastColumns(id_column, time_column, target_columns, None, time_format, sort_times)
    ahead = ReadingOptions(future) if future is not None else None
    histories = read_histories(predictor, ReadingOptions(data), columns, ahead)
    for note in (*histories.notes, *beyond):
        print(f"hf-seq: {note}", file=sys.stderr)
    rows = (
        forecast_rows(predictor, histories, horizon)
        if samples is None
        else sample_rows(predictor, histories, horizon, samples, seed)
    )
    write_answers(rows, output, kind)


def _check_horizon(horizon: int | None, at_once: int, draws: bool) -> list[str]:
    """Say what a horizon beyond the steps that the model forecasts at once costs.

    Raises:
        InputError: it is out of reach.
    """
    if horizon is not None and horizon > MOST_TURNS * at_once:
        raise InputError(
            f"--horizon {horizon:,} is more than {MOST_TURNS:,} times the {at_once} steps that the model forecasts at "
            f"once; ask for {MOST_TURNS * at_once:,} at most, or train with a larger --horizon."
        )
    if draws or horizon is None or horizon <= at_once:
        return []
    return [
        f"the model forecasts {at_once} steps at once; the others are made by reading its forecasts as if they had "
        "come, and their quantiles are too narrow. Train with --horizon to have them at once, or draw --samples, each "
        "of which goes on from itself"
    ]


def _load(model: str, backend: str | None, batch_size: int, draws: bool) -> Any:
    """Load a model that forecasts, or its export.

    Raises:
        InputError: it does something else, or futures are to be drawn by an export.
    """
    from hf_seq.predictors.door import answers_by_onnx, load

    if not answers_by_onnx(model, backend):
        from hf_seq.predictors.forecasting import ForecastPredictor

        return ForecastPredictor.from_pretrained(model, batch_size=batch_size)
    loaded = load(model, backend="onnx")
    if not hasattr(loaded, "forecast"):
        raise InputError(f"{model} is an export of a model that forecasts nothing; answer by `hf-seq predict`.")
    if draws:
        raise InputError(
            f"{model} is an export, which draws no futures; leave out --samples, or give the model's own folder."
        )
    return loaded
