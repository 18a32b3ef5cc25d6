# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The limits of speed: every kernel runs at toy size, and shares are what a hand count says."""

import json
import mmap

import pytest

from benchmarks import limits, pairs, speed, tables
from benchmarks.sizes import TOY
from hf_seq.reports.environment import describe_machine


def test_only_rows_of_this_machine_get_a_share(tmp_path, capsys, monkeypatch):
    rows = [
        {"id": "lm-train", "ours": 50.0, "unit": "tokens/s", "machine": describe_machine()},
        {"id": "crf-loss", "ours": 9.0, "unit": "ms", "machine": describe_machine() | {"processor": "another"}},
    ]
    (tmp_path / "speed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr(limits, "FULL", TOY)
    for _ in range(2):
        limits.main(["--output", str(tmp_path)])
    found = [json.loads(line) for line in (tmp_path / "limits.jsonl").read_text().splitlines()]
    assert [row["id"] for row in found if "share" in row] == ["lm-train"]
    assert {"products fp32", "memory"} < {row["id"] for row in found}
    assert "crf-loss: no row of this machine" in capsys.readouterr().out
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    assert tables.limits_table().splitlines()[-1].startswith("| lm-train |")


@pytest.mark.parametrize(("unit", "ours", "best", "share"), [("tokens/s", 1.0, 2.0, 0.5), ("ms", 2000.0, 500.0, 0.25)])
def test_a_share_is_the_time_of_the_kernels_in_that_of_the_row(unit, ours, best, share, monkeypatch):
    monkeypatch.setattr(limits, "seconds", lambda kernel: 0.5 if kernel.kind == "memory" else 0.25)
    work = limits.Work(4, [(4, limits.Gemm(1, 1, 1)), (2, limits.Memory(8))])
    row = limits.limit("row", work, unit, ours)
    assert (row["limit"], row["share"]) == (best, share)
    assert row["kernels_ms"] == {"products": 1000.0, "memory": 1000.0}


def test_every_limit_belongs_to_a_row_that_can_be_measured():
    assert set(limits.works(TOY)) <= set(speed.BENCHMARKS)


def test_memory_that_is_taken_and_given_back_is_seen():
    def work():
        with mmap.mmap(-1, 100_000_000) as fresh:  # a tensor might be made of what the process holds already
            fresh.write(b"x" * 100_000_000)
        return 3.0

    figure, peak = pairs.watch_memory(work)
    assert figure == 3.0
    if peak is None:
        pytest.skip("this system does not say how much memory was taken")
    assert 90 < peak < 250
