# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is measured of streams, workers, processes and jobs runs at toy size, and the model of more workers is held
against a simulation."""

import heapq
import json
import os

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks import scale
from benchmarks.made_text import bytes_of_row, write_shards
from benchmarks.queueing import Workers, price_of_a_billion


def simulated(model, workers, rows=40_000):
    """Rows per second of workers that compute alone, then wait for what they share; exponential times."""
    random = np.random.default_rng(0)
    alone, shared = random.exponential(model.alone, rows), random.exponential(model.shared, rows)
    asking = [(alone[number], number) for number in range(workers)]
    heapq.heapify(asking)
    free = 0.0
    for row in range(workers, rows):
        asked, _ = heapq.heappop(asking)
        free = max(free, asked) + shared[row]
        heapq.heappush(asking, (free + alone[row], row))
    return (rows - workers) / free


@pytest.mark.parametrize("two", [190.0, 160.0, 110.0])
def test_the_model_gives_what_it_was_fitted_to_and_what_a_simulation_gives(two):
    model = Workers.fitted(100.0, two)
    assert [model.rate(1), model.rate(2)] == pytest.approx([100.0, two])
    for workers in (1, 3, 8):
        assert model.rate(workers) == pytest.approx(simulated(model, workers), rel=0.03)


def test_workers_that_share_nothing_are_as_many_times_as_fast():
    assert Workers.fitted(10.0, 20.5).rate(64) == pytest.approx(640.0)
    assert price_of_a_billion(1e9 / 3600, 2, 0.05) == pytest.approx(0.1)  # an hour of two cores


def test_made_texts_are_as_many_and_as_long_as_is_said(tmp_path):
    size = write_shards(tmp_path / "made", 3_001, 3, words=20)
    tables = [pq.read_table(path) for path in sorted((tmp_path / "made").iterdir())]
    texts = [text for table in tables for text in table.column("text").to_pylist()]
    assert len(texts) == 3_001
    assert size == pytest.approx(sum(map(len, texts)) / 1e9)
    assert bytes_of_row(20) == pytest.approx(1e9 * size / 3_001, rel=0.02)
    assert {text.split()[0] for text in texts} == set(tables[0].column("label").to_pylist())


def test_the_largest_resident_set_of_a_family_is_read():
    assert 20 < scale.largest_resident(os.getpid()) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("name", scale.BENCHMARKS)
def test_a_measurement_runs_and_writes_its_row(name, tmp_path):
    sizes = ["--gigabytes=0.001", "--rows=600", "--shards=2", "--steps=10", "--pairs=1", "--hidden=8"]
    scale.main(["--only", name, *sizes, "--folder", str(tmp_path / "work"), "--output", str(tmp_path / "out")])
    (row,) = [json.loads(line) for line in (tmp_path / "out/speed.jsonl").read_text().splitlines()]
    assert row["id"] == name
    assert min(row["ours"], row["theirs"], row["ratio"]) > 0
    assert (tmp_path / "out/scale.json").exists() == (name == "predict-workers")
