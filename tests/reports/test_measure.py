# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import os
import time

import pytest
import torch
from torch import nn

from hf_seq.reports.measure import (
    BLOCK,
    bytes_on_disk,
    count_parameters,
    measure_latencies,
    measure_throughputs,
    threads_limited,
)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(10, 4)
        self.positions = nn.Embedding(5, 4)
        self.encoder = nn.Linear(4, 3)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.tokens.weight


def test_shared_weights_count_once_and_every_embedding_is_left_out():
    assert count_parameters(Tied()) == (10 * 4 + 5 * 4 + 4 * 3 + 3, 4 * 3 + 3)


def test_a_baseline_has_no_embeddings():
    class Baseline:
        num_parameters = 7

    assert count_parameters(Baseline()) == (7, 7)


def test_size_on_disk_leaves_out_what_the_run_wrote_for_itself(tmp_path):
    for name, size in {"model.safetensors": 100, "config.json": 10, "record.json": 1, "predictions.jsonl": 1}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / ".run.json").write_bytes(b"x")
    (tmp_path / "checkpoint-12").mkdir()
    (tmp_path / "checkpoint-12" / "optimizer.pt").write_bytes(b"x" * 1000)
    assert bytes_on_disk(tmp_path) == 110


def test_latency_is_that_of_one_call_in_milliseconds():
    measured = measure_latencies({"it": lambda _: time.sleep(0.002)}, {"it": ["a"]}, n=15, warmup=1)["it"]
    assert 2.0 <= measured["p50"] < 6.0
    assert measured["p50"] <= measured["p95"]


def test_models_are_timed_in_turns_and_all_on_every_text():
    seen = []
    texts = [str(i) for i in range(2 * BLOCK)]
    calls = {name: (lambda text, name=name: seen.append((name, text))) for name in "ab"}
    measure_latencies(calls, {"a": texts, "b": texts}, n=2 * BLOCK, warmup=0)
    turns = [name for index, (name, _) in enumerate(seen) if index == 0 or seen[index - 1][0] != name]
    assert len(turns) >= 3
    for name in "ab":
        assert {text for who, text in seen if who == name} == set(texts)


def test_threads_are_limited_inside_and_restored_after_an_error(monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with threads_limited(1):
            assert torch.get_num_threads() == 1
            assert os.environ["TOKENIZERS_PARALLELISM"] == "false"
        with pytest.raises(ZeroDivisionError), threads_limited(1):
            1 / 0  # noqa: B018
        assert torch.get_num_threads() == 2
        assert "TOKENIZERS_PARALLELISM" not in os.environ
    finally:
        torch.set_num_threads(before)


def test_throughput_is_texts_per_second():
    calls = {
        "slow": lambda texts: time.sleep(0.001 * len(texts)),
        "fast": lambda texts: time.sleep(0.0001 * len(texts)),
    }
    measured = measure_throughputs(calls, ["t"] * 20, rounds=1)
    assert 500 < measured["slow"] <= 1000 < measured["fast"] <= 10_000


def test_nothing_to_time_on_is_refused():
    with pytest.raises(ValueError, match="at least one text"):
        measure_latencies({"it": len}, {"it": []})
    with pytest.raises(ValueError, match="at least one text"):
        measure_throughputs({"it": len}, [])
