# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Few rows get more passes, unless somebody says how long to train."""

import pytest

from hf_seq.errors import InputError
from hf_seq.train.parsing import parse_recipe, recipe_for
from hf_seq.train.running import train
from hf_seq.train.updates import EVALUATIONS, reach_updates


@pytest.mark.parametrize(
    ("rows", "flags", "passes"),
    [
        (500, [], 63),  # 16 updates each: 63 x 16 = 1,008
        (500, ["--per_device_train_batch_size", "8", "--gradient_accumulation_steps", "2"], 32),
        (320_000, [], 5),
        (500, ["--num_train_epochs", "2"], 2),
        (500, ["--num-train-epochs=2"], 2),
        (500, ["--max_steps", "7"], 5),
        (500, ["--num_train_epochs", "2", "--min_updates", "100"], 7),
        (500, ["--model", "distilbert"], 19),
        (500, ["--task", "series"], 5),
    ],
)
def test_passes_follow_rows_and_what_was_said(rows, flags, passes):
    recipe, arguments = parse_recipe(["--data", "builtin:reviews", *flags])
    usual = arguments.num_train_epochs
    notes = reach_updates(recipe, arguments, rows)
    assert arguments.num_train_epochs == passes or recipe.task == "series"
    assert bool(notes) == (arguments.num_train_epochs != usual)
    assert (arguments.eval_strategy == "steps") == (passes > EVALUATIONS)


def test_the_run_is_as_long_as_it_says_and_its_recipe_makes_the_same_again(reviews, tmp_path):
    tiny = {"embedding_size": 8, "hidden_size": 8, "bf16": False, "disable_tqdm": True}
    first = train(*recipe_for("bilstm", reviews, output_dir=str(tmp_path / "a"), min_updates=90, **tiny))
    assert "30 passes over 96 rows" in " ".join(first.notes)
    assert [entry["epoch"] for entry in first.curve if "eval_loss" in entry][-1] == 30
    again = train(*parse_recipe(["--recipe", str(tmp_path / "a/recipe.yaml"), "--output_dir", str(tmp_path / "b")]))
    assert (again.score, again.curve[-1]["epoch"]) == (first.score, 30)


def test_no_updates_at_all_are_refused():
    with pytest.raises(InputError, match="min_updates=0 must be 1 or more"):
        parse_recipe(["--data", "builtin:reviews", "--min_updates", "0"])
