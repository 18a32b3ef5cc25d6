# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Few rows get more passes, unless somebody says how long to train."""

import pytest

from hf_seq.errors import InputError
from hf_seq.train.parsing import parse_recipe, recipe_for
from hf_seq.train.running import train
from hf_seq.train.updates import EVALUATIONS, reach_labels, reach_updates


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


class Wide:
    """A stand-in for a pretrained model: all that is looked at is how wide it is."""

    def __init__(self, hidden_size):
        self.config = type("Config", (), {"hidden_size": hidden_size})


@pytest.mark.parametrize(
    ("labels", "width", "flags", "rate"),
    [
        (2, 384, [], 5e-5),  # 300 x 32 / 2 = 4,800 rows a label
        (12, 384, [], 1.3e-4),  # 19 passes over 500 are 792 a label: 2,000 / 792 = 2.53 times
        (77, 384, [], 3e-4),  # 123 a label: six times and no more
        (77, 768, [], 1.1e-4),
        (77, 1024, [], 6.9e-5),
        (77, 384, ["--learning_rate", "3e-5"], 3e-5),
        (77, 384, ["--learning_rate", "3e-5", "--rate_by_labels"], 1.8e-4),
        (77, 384, ["--num_train_epochs", "300"], 5.1e-5),  # 1,948 a label
    ],
)
def test_many_labels_that_are_seen_seldom_are_learnt_faster(labels, width, flags, rate):
    recipe, arguments = parse_recipe(["--data", "builtin:reviews", "--model", "distilbert", *flags])
    reach_updates(recipe, arguments, 500)
    notes = reach_labels(recipe, arguments, Wide(width), 500, labels)
    assert arguments.learning_rate == pytest.approx(rate)
    assert bool(notes) == (rate not in (5e-5, 3e-5))


def test_models_from_scratch_and_taggers_keep_their_rate():
    for words in (["--model", "bilstm"], ["--task", "tagging", "--model", "distilbert"]):
        recipe, arguments = parse_recipe(["--data", "builtin:reviews", *words])
        assert not reach_labels(recipe, arguments, Wide(384), 10, 500)


def test_a_rate_on_the_command_line_is_stronger_than_what_a_recipe_says_of_it(tmp_path):
    (tmp_path / "r.yaml").write_text("data: d\nmodel: distilbert\nlearning_rate: 5.0e-5\nrate_by_labels: true\n")
    written = ["--recipe", str(tmp_path / "r.yaml")]
    assert parse_recipe(written)[0].rate_by_labels
    recipe, arguments = parse_recipe([*written, "--learning_rate", "1e-5"])
    assert (recipe.rate_by_labels, arguments.learning_rate) == (False, 1e-5)
