# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A training that is out of time validates, saves, stops, and says so; its weights are the best so far."""

import pytest

from hf_seq.errors import InputError
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
