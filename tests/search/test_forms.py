# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Latency of a search is what an answer keeps its thread busy, whoever else is on the machine."""

import time

from hf_seq import train_tokenizer
from hf_seq.search.forms import median_latency, write_exports
from hf_seq.text.two_texts import read_pairs


def test_waiting_for_the_processor_does_not_count_and_work_does():
    def work(_):
        until = time.thread_time_ns() + 2_000_000
        while time.thread_time_ns() < until:
            pass

    assert median_latency(lambda _: time.sleep(0.005), ["a"], calls=5) < 2.0
    assert 2.0 <= median_latency(work, ["a"], calls=5) < 4.0


def test_a_model_of_two_texts_is_deployed_by_torch_alone(tmp_path):
    tokenizer = train_tokenizer(["a b c", "a b c"], vocab_size=20)
    read_pairs(tokenizer)
    assert write_exports(tmp_path, None, tokenizer, "classification") == []
    assert not list(tmp_path.iterdir())
