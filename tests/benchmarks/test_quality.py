# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs of every kind train at toy size and are summed up; the scores are not looked at, the sums are."""

import json
import shlex
from pathlib import Path

import pytest
import scipy.stats

from benchmarks import quality
from hf_seq.errors import InputError
from hf_seq.reports.record import Record
from hf_seq.train.parsing import parse_recipe

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
TRAINED = sorted(name for name, (_, flags) in quality.RUNS.items() if not flags.startswith("prune "))


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """A folder of runs and sets, shared by the tests of this module: some runs start from others."""
    return tmp_path_factory.mktemp("quality")


@pytest.mark.parametrize("name", quality.TOY)
def test_a_run_trains_and_its_row_is_whole(name, output, capsys):
    quality.main(["--toy", "--only", name, "--output", str(output), "--results", str(output)])
    printed = capsys.readouterr().out.splitlines()[-1]
    if "not run" in printed:
        pytest.skip(printed)
    rows = [json.loads(line) for line in (output / "quality.jsonl").read_text().splitlines()]
    [row] = [row for row in rows if row["recipe"] == name]
    assert row["set"] == quality.RUNS[name][0]
    assert row["interval"][0] <= row["mean"] <= row["interval"][1]
    assert row["n"] > 0
    assert row["seeds"] == [0]


def test_toys_are_of_every_set_and_kind():
    assert set(quality.TOY) <= set(quality.RUNS)
    left_out = {"banking77", "basic_motions"}  # the same kinds as sst2 and japanese_vowels
    left_out |= {"etth1-336", "etth1-ot-96", "etth1-ot-336"}  # likewise as etth1-96
    assert {quality.RUNS[name][0] for name in quality.TOY} == {each for each, _ in quality.RUNS.values()} - left_out


@pytest.mark.parametrize("name", TRAINED)
def test_the_command_of_a_run_is_one_that_is_understood(name, tmp_path):
    words = quality.command(name, "DATA", 1, tmp_path / f"{name}-1")
    recipe, arguments = parse_recipe(words[2:])
    place = "etth1/etth1.csv" if name.startswith("etth1") else quality.RUNS[name][0]
    assert recipe.data == f"DATA/{place}"
    assert arguments.seed == 1
    assert arguments.output_dir == str(tmp_path / f"{name}-1")


def test_every_run_has_a_row_among_the_results_under_its_own_command():
    rows = {row["recipe"]: row for row in map(json.loads, (RESULTS / "quality.jsonl").read_text().splitlines())}
    in_int8 = {name for name in rows if name.endswith("-int8")}  # of benchmarks/int8.py, of a finished run
    assert {name.removesuffix("-int8") for name in rows} <= quality.RUNS.keys()
    assert all(rows[name]["command"].startswith("hf-seq export ") for name in in_int8)
    for name, row in rows.items():
        if name in in_int8:
            continue
        assert row["set"] == quality.RUNS[name][0]
        assert shlex.split(row["command"])[:2] == shlex.split(quality.described(name))[:2]


def record(score: float | None, interval: list[float] | None, **fields) -> Record:
    """A record of a run on 100 rows."""
    return Record("classification", "bilstm", "sst2", "test", "accuracy", score, interval, 100, **fields)


def test_an_interval_holds_rows_and_seeds():
    records = [record(score, [score - 1.96, score + 1.96], seed=seed) for seed, score in enumerate((80, 82, 84))]
    row = quality.summarize("sst2-bilstm", records)
    variance = 1 + 4 / 3  # 1 over rows; over seeds 4, of which three are taken together
    freedom = variance**2 / ((4 / 3) ** 2 / 2)  # Satterthwaite 1946
    half = scipy.stats.t.isf(0.025, freedom) * variance**0.5
    assert row["mean"] == 82
    assert row["interval"] == pytest.approx([82 - half, 82 + half], abs=0.01)
    assert row["scores"] == [80, 82, 84]


def test_a_run_without_a_score_is_refused_by_name():
    with pytest.raises(InputError, match=r"sst2-bilstm: \[80.0, None\]"):
        quality.summarize("sst2-bilstm", [record(80.0, [78.0, 82.0]), record(None, None)])


def test_a_run_that_fails_is_told_with_its_command(output, monkeypatch):
    monkeypatch.setitem(quality.TOY, "sst2-tfidf", "--no_such_flag 3")
    with pytest.raises(InputError, match=r"sst2-tfidf: `.*train --model tfidf .*` ended with exit code 2"):
        quality.main(["--toy", "--only", "sst2-tfidf", "--output", str(output / "other")])


def test_without_data_there_is_a_message(capsys):
    with pytest.raises(SystemExit):
        quality.main([])
    assert "--data is missing" in capsys.readouterr().err
