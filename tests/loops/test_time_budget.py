# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A training that is out of time validates, saves, stops, and says so; its weights are the best so far."""

import math
import multiprocessing
import time
from types import SimpleNamespace

import pytest
import torch

from hf_seq.errors import InputError
from hf_seq.loops.time_budget import TimeBudget
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.running import train

TINY = ["--task", "series", "--data", "builtin:waves", "--model", "conv", "--hidden_size", "4", "--embedding_size", "4"]


def test_time_that_is_up_ends_a_training_after_one_update(tmp_path):
    record = train(*parse_recipe([*TINY, "--max_minutes", "1e-9", "--output_dir", str(tmp_path / "run")]))
    assert [entry["eval_loss"] > 0 for entry in record.curve if "eval_loss" in entry] == [True]
    (note,) = [note for note in record.notes if "minutes were up" in note]
    assert "after 1 of " in note
    assert (tmp_path / "run" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("flags", "minutes"),
    [([], 2), (["--num_train_epochs", "3"], None), (["--max_steps", "9"], None), (["--max_minutes", "7"], 7)],
)
def test_models_of_series_have_two_minutes_unless_somebody_says_how_long(flags, minutes):
    assert parse_recipe(["--task", "series", "--data", "builtin:waves", *flags])[0].max_minutes == minutes


def test_no_time_at_all_is_refused():
    with pytest.raises(InputError, match="max_minutes=0 must be above 0"):
        parse_recipe(["--data", "builtin:reviews", "--max_minutes", "0"])


def count_updates(rank, store, found):
    """Count the updates of one of two processes, of which the first has time for three and the other for ever."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    told = SimpleNamespace(world_size=2, device=torch.device("cpu"), eval_strategy="epoch", save_strategy="epoch")
    state, control = SimpleNamespace(global_step=0, max_steps=6), SimpleNamespace(should_training_stop=False)
    budget = TimeBudget(1)
    budget.end = math.inf
    while state.global_step < state.max_steps and not control.should_training_stop:
        state.global_step += 1
        if rank == 0 and state.global_step == 3:
            budget.end = time.perf_counter()
        budget.on_step_end(told, state, control)
    found[rank] = state.global_step


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="a fresh process takes seconds")
def test_all_processes_stop_at_the_update_at_which_the_first_one_is_out_of_time(tmp_path):
    forked = multiprocessing.get_context("fork")
    found = forked.Array("i", 2)
    processes = [forked.Process(target=count_updates, args=(rank, tmp_path / "store", found)) for rank in range(2)]
    for each in processes:
        each.start()
    for each in processes:
        each.join(20)
        each.kill()
    assert list(found) == [3, 3]
