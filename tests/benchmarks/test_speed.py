# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every measurement of speed runs to its end, at toy size; its figures say nothing and are not looked at."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import long_series, pairs, scale, speed
from benchmarks.sizes import FULL, TOY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Data and models of toy size, made once."""
    return speed.Bench("builtin:reviews", tmp_path_factory.mktemp("bench"), TOY)


def whole_processes(name):
    """Mark what runs a command several times, or two trainings of ours, which takes seconds at any size."""
    slow = name.startswith("start-up") or name.endswith("same-loop")
    return pytest.param(name, marks=pytest.mark.slow) if slow else name


@pytest.mark.parametrize("name", map(whole_processes, speed.BENCHMARKS))
def test_a_measurement_runs_and_gives_a_whole_row(bench, name, capsys):
    row = speed.measure(name, bench)
    printed = capsys.readouterr().out
    if row is None:
        pytest.skip(printed.strip())  # a peer that is not installed, or a processor without AMX
    assert row.id == name
    assert any(line.startswith(name) for line in printed.splitlines())
    assert row.pairs == 1
    for figure in (row.ours, row.theirs, row.ratio):
        assert math.isfinite(figure)
        assert figure >= 0


def test_a_missing_peer_is_named_with_the_command_that_brings_it(bench, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torchcrf", None)
    assert speed.measure("crf-loss", bench) is None
    assert capsys.readouterr().out == "crf-loss: not run, `pip install pytorch-crf` brings what it needs\n"


def test_a_missing_part_of_ours_is_an_error(bench, monkeypatch):
    def broken(bench):
        raise ModuleNotFoundError("No module named 'hf_seq.moved'", name="hf_seq.moved")

    monkeypatch.setitem(speed.BENCHMARKS, "crf-loss", broken)
    with pytest.raises(ModuleNotFoundError, match=r"hf_seq\.moved"):
        speed.measure("crf-loss", bench)


def test_the_command_writes_its_rows_and_profiles_in_place_of_earlier_ones(tmp_path):
    for _ in range(2):
        speed.main(["--toy", "--only", "crf-decode", "seq2seq-generate-b1", "--output", str(tmp_path)])
    rows = [json.loads(line) for line in (tmp_path / "speed.jsonl").read_text().splitlines()]
    if len(rows) == 2:  # pytorch-crf is installed
        assert rows[0]["id"] == "crf-decode"
    assert rows[-1]["id"] == "seq2seq-generate-b1"
    assert "profile" not in rows[-1]
    [profile] = [json.loads(line) for line in (tmp_path / "generate_profile.jsonl").read_text().splitlines()]
    assert profile["ours"].keys() == profile["marian"].keys()


def test_figures_of_toys_stay_out_of_the_results(monkeypatch, tmp_path):
    monkeypatch.setattr(speed, "RESULTS", tmp_path)
    speed.main(["--toy", "--only", "lm-generate-b1"])
    assert not any(tmp_path.iterdir())


def test_published_rows_are_those_that_can_be_measured():
    published = [json.loads(line)["id"] for line in (ROOT / "benchmarks/results/speed.jsonl").read_text().splitlines()]
    assert set(published) <= {*speed.BENCHMARKS, *scale.BENCHMARKS, long_series.ID}


def test_full_size_repeats_enough_to_take_a_median():
    figures = iter(range(1, 100))
    row = pairs.time_pairs("id", lambda: 2.0 * next(figures), "peer", lambda: 1.0, "texts/s", pairs=FULL.pairs or 5)
    assert (row.ours, row.ratio, row.pairs) == (8.0, 8.0, 5)  # of 4, 6, 8, 10, 12: the first pair warms up


def test_time_is_better_where_it_is_less():
    row = pairs.time_pairs("id", lambda: 2.0, "peer", lambda: 6.0, "ms", pairs=1, warm_up=False)
    assert row.ratio == 3.0


def test_memory_is_written_into_rows_whose_times_stay(tmp_path):
    rows = [pairs.Speed(id, 2.0, "peer", 1.0, "texts/s", 2.0, 5) for id in ("a", "b")]
    pairs.write_speed(rows, tmp_path)
    pairs.write_memory([replace(rows[1], ours=9.0, peak_mb=7.5)], tmp_path)
    found = [json.loads(line) for line in (tmp_path / "speed.jsonl").read_text().splitlines()]
    assert [(row["id"], row["ours"], row["peak_mb"]) for row in found] == [("a", 2.0, None), ("b", 2.0, 7.5)]


FILL = "import time; held = bytearray(60_000_000); held[::4096] = b'1' * len(held[::4096]); time.sleep(0.5)"


def test_memory_is_that_of_this_process_and_of_those_it_starts():
    def alone() -> float:
        return float(len(b"1" * 40_000_000))

    def started() -> float:
        processes = [subprocess.Popen([sys.executable, "-c", FILL]) for _ in range(2)]
        return float(sum(process.wait() for process in processes))

    own, children, again = (pairs.watch_memory(work)[1] for work in (alone, started, alone))
    if own is None:
        pytest.skip("this system does not say how large a process is")
    assert 35 < own < 60
    assert 35 < again < 60  # what was freed is counted anew
    assert 110 < children < 160


@pytest.mark.parametrize("script", ["speed.py", "quality.py"])
def test_a_script_is_found_from_any_folder(script, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--" in done.stdout
