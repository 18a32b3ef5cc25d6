# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The rows of int8 come from finished runs; a run that is not there is left out, none at all is said."""

import json

import pytest

pytest.importorskip("onnxruntime")

from benchmarks import int8
from hf_seq.errors import InputError


def test_a_finished_run_gives_a_row(tmp_path, train, in_a_hurry, capsys):
    for seed in (0, 1):
        train(tmp_path / f"runs/sst2-bilstm-{seed}", seed=seed)
    int8.main(
        [
            "--runs",
            str(tmp_path / "runs"),
            "--only",
            "sst2-bilstm",
            "wnut17-bilstm-crf",
            "--results",
            str(tmp_path / "out"),
        ]
    )
    (row,) = map(json.loads, (tmp_path / "out/quality.jsonl").read_text().splitlines())
    assert (row["set"], row["recipe"], row["model"], row["seeds"]) == (
        "sst2",
        "sst2-bilstm-int8",
        "bilstm, int8",
        [0, 1],
    )
    assert row["mean"] == pytest.approx(sum(row["scores"]) / 2, abs=0.01)
    assert row["differences"] == pytest.approx(
        [a - b for a, b in zip(row["scores"], row["fp32"], strict=True)], abs=0.02
    )
    assert row["interval"][0] <= row["mean"] <= row["interval"][1]
    assert "wnut17-bilstm-crf: no finished run" in capsys.readouterr().out


def test_no_run_at_all_is_said(tmp_path):
    with pytest.raises(InputError, match="holds no finished run of sst2-bilstm"):
        int8.main(["--runs", str(tmp_path), "--only", "sst2-bilstm"])
