# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import io
import json
from contextlib import redirect_stdout

import pytest
from rich.console import Console

from hf_seq.compare.options import parse_options
from hf_seq.compare.running import compare
from hf_seq.compare.sizes import FEWEST_UPDATES, plan_sizes
from hf_seq.errors import InputError
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_named
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.train.parsing import recipe_for

SMALL = ["--hidden_size", "8", "--embedding_size=8", "--vocab_size", "200", "--calls", "5", "--robustness_rows", "0"]


def run(data, output, *more):
    argv = ["--data", data, "--models", "majority,lstm", "--output", str(output), *SMALL, *more]
    with redirect_stdout(io.StringIO()) as printed:
        comparison = compare(parse_options(argv), console=Console(file=io.StringIO()))
    return comparison, printed.getvalue()


def planned(data, sizes, *more, models="majority,lstm"):
    options = parse_options(["--data", data, "--models", models, "--output", "out", "--sizes", sizes, *more])
    recipe, _ = recipe_for("lstm", data)
    return plan_sizes(options, task_named("classification").data.load(recipe))


def test_every_model_is_trained_on_every_size_and_scored_on_the_same_rows(reviews, tmp_path):
    comparison, _ = run(reviews, tmp_path, "--sizes", "24,48,all", "--num_train_epochs", "2", "--seeds", "0,1")
    assert [point.rows for point in comparison.sizes["lstm"]] == [24, 48, 96]
    assert comparison.sizes["lstm"][-1].score == comparison.rows[1].score
    records = [Record.read(tmp_path / f"sizes/24/{name}") for name in ("lstm", "lstm.seed1", "majority")]
    assert comparison.sizes["lstm"][0].score == pytest.approx((records[0].score + records[1].score) / 2)
    assert {each.n for each in records} == {comparison.rows[0].record.n}
    assert "trained on 24 of 96 train rows" in records[0].notes[-1] + " ".join(records[0].notes)
    saved = json.loads((tmp_path / "comparison.json").read_text())["sizes"]["lstm"]
    assert [point["rows"] for point in saved] == [24, 48, 96]
    assert "| model | 24 | 48 | 96 |" in (tmp_path / "table.md").read_text()
    assert "How much data it takes" in (tmp_path / "report.html").read_text()
    _, said = run(reviews, tmp_path, "--sizes", "24,48,all", "--num_train_epochs", "2", "--seeds", "0,1")
    assert "epoch" not in said  # all of it was there


def test_a_smaller_size_is_part_of_a_larger_one_and_keeps_the_proportions(reviews):
    task, drawn = task_named("classification"), {}
    for size in (10, 40, None):
        recipe, _ = recipe_for("lstm", reviews, train_rows=size)
        splits = load_for_training(task, recipe)
        drawn[size] = splits.train["row"][:]
        assert sum(splits.train["label"][:]) * 2 == len(splits.train)
    assert set(drawn[10]) < set(drawn[40]) < set(drawn[None])
    assert [len(rows) for rows in drawn.values()] == [10, 40, 96]


def test_test_rows_stay_where_they_are_cut_from_train(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("text,label\n" + "\n".join(f"word{n} and more,{'ab'[n % 2]}" for n in range(100)) + "\n")
    task = task_named("classification")
    found = [load_for_training(task, recipe_for("lstm", str(path), train_rows=n)[0]) for n in (10, 50, None)]
    assert len({tuple(each.test["row"][:]) for each in found}) == 1
    assert len({each.fingerprint for each in found}) == 1


def test_few_rows_are_read_as_long_as_train_reads_them(reviews):
    plan = planned(reviews, "32,64")
    for size, runs in plan["lstm"].items():
        alone, arguments = recipe_for("lstm", reviews, train_rows=size)
        assert (runs[0].recipe.min_updates, runs[0].arguments.num_train_epochs) == (1000, arguments.num_train_epochs)
        assert runs[0].recipe.min_updates == alone.min_updates
    assert plan["majority"][32][0].recipe.train_rows == 32


def test_a_model_without_a_number_of_updates_gets_one():
    argv = [
        "--task",
        "tagging",
        "--data",
        "builtin:orders",
        "--models",
        "bilstm-crf",
        "--output",
        "out",
        "--sizes",
        "10",
    ]
    for more, updates in [([], FEWEST_UPDATES), (["--min_updates", "7"], 7), (["--max_steps", "7"], None)]:
        options = parse_options([*argv, *more])
        recipe, _ = recipe_for("bilstm-crf", "builtin:orders", task="tagging")
        plan = plan_sizes(options, task_named("tagging").data.load(recipe))
        assert plan["bilstm-crf"][10][0].recipe.min_updates == updates


def test_a_length_on_the_command_line_is_kept(reviews):
    for flag in ("--num_train_epochs", "--lstm.num_train_epochs"):
        assert planned(reviews, "32", flag, "3")["lstm"][32][0].arguments.num_train_epochs == 3


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ("32,many", r"--sizes '32,many' must be numbers of rows"),
        ("0", r"--sizes '0' must be numbers"),
        ("32,96", r"--sizes 96 is not a part of 96 train rows"),
    ],
)
def test_sizes_that_cannot_be_are_refused_before_anything_runs(reviews, tmp_path, sizes, words):
    with pytest.raises(InputError, match=words):
        run(reviews, tmp_path / "out", "--sizes", sizes)
    assert not (tmp_path / "out").exists()


def test_a_size_without_every_label_leaves_a_gap_and_says_so(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("text,label\n" + "\n".join(f"word{n % 5} and more {n % 7},l{n % 8}" for n in range(200)) + "\n")
    comparison, said = run(str(path), tmp_path / "out", "--sizes", "4", "--num_train_epochs", "1")
    done = {name: [point.rows for point in points] for name, points in comparison.sizes.items()}
    assert all(rows[-1] > 100 for rows in done.values())
    assert ("not run:" in said) == any(len(rows) == 1 for rows in done.values())
