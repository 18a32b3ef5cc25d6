# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recipes: one flat vocabulary for YAML, command line and Python."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from transformers import TrainingArguments

from hf_seq.errors import InputError
from hf_seq.tasks.architectures import FINE_TUNING, TRANSFORMER_TRAINING, balanced_weights
from hf_seq.tasks.classification.recipe import ClassificationRecipe
from hf_seq.tasks.recipe import RECIPES, TRAINING_HELP, Recipe
from hf_seq.train.parsing import parse_recipe, recipe_for
from hf_seq.train.recipe_files import known_names, read_recipe, recipe_values, write_recipe

OURS = sorted(path.stem for path in RECIPES.glob("*.yaml"))
DATA = ["--data", "builtin:reviews"]


def test_the_last_word_wins_model_then_file_then_command_line(tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text("data: builtin:reviews\nmodel: transformer\nwarmup_steps: 7\nseed: 5\n")
    recipe, arguments = parse_recipe(["--recipe", str(file), "--seed", "6"])
    assert arguments.learning_rate == TRANSFORMER_TRAINING["learning_rate"]
    assert (recipe.model, arguments.warmup_steps, arguments.seed) == ("transformer", 7, 6)


@pytest.mark.parametrize(
    ("flags", "model", "said"),
    [
        ([], "bilstm-wide", "none was named; --model bilstm"),
        (["--hidden_size", "8"], "bilstm-wide", "none was named; --model bilstm"),
        (["--streaming"], "bilstm", "--streaming is given, else bilstm-wide"),
        (["--streaming", "false"], "bilstm-wide", "none was named"),
        (["--word_vectors=glove.txt"], "bilstm", "--word_vectors is given"),
        (["--tokenizer", "folder"], "bilstm", "--tokenizer is given"),
        (["--model", "gru"], "gru", ""),
        (["--teacher", "runs/big"], "bilstm-wide", "none was named; --model bilstm"),
        (["--task", "tagging"], "bilstm-crf", ""),
    ],
)
def test_texts_get_the_model_that_does_best_unless_one_is_named(caplog, flags, model, said):
    caplog.set_level("INFO", logger="hf_seq")
    recipe, _ = parse_recipe([*DATA, *flags], aloud=True)
    assert recipe.model == model
    assert said in caplog.text if said else not caplog.text


def test_a_file_names_the_model_too(tmp_path, caplog):
    caplog.set_level("INFO", logger="hf_seq")
    for written, model in (("model: lstm", "lstm"), ("streaming: true", "bilstm"), ("seed: 3", "bilstm-wide")):
        (tmp_path / "r.yaml").write_text(f"data: builtin:reviews\n{written}\n")
        recipe, arguments = parse_recipe(["--recipe", str(tmp_path / "r.yaml")])
        assert (recipe.model, Path(arguments.output_dir).name) == (model, f"reviews-{model}")
    assert not caplog.text  # whoever reads a recipe for another purpose says nothing


@pytest.mark.parametrize("flag", ["--hidden_size 64", "--hidden-size 64", "--hidden-size=64"])
def test_flags_are_spelt_as_one_likes(flag):
    assert parse_recipe([*DATA, *flag.split()])[0].hidden_size == 64


@pytest.mark.parametrize("written", ["1e-3", "0.001", "'1e-3'"])
def test_yaml_numbers_are_numbers_however_written(tmp_path, written):
    (tmp_path / "r.yaml").write_text(f"data: builtin:reviews\nlearning-rate: {written}\nbf16: yes\nlowercase: false\n")
    recipe, arguments = parse_recipe(["--recipe", str(tmp_path / "r.yaml")])
    assert (arguments.learning_rate, arguments.bf16, recipe.lowercase) == (1e-3, True, False)


@pytest.mark.parametrize(("flags", "value"), [(["--bf16"], True), (["--bf16", "false"], False), (["--bf16=no"], False)])
def test_bf16_is_said_with_or_without_a_value(flags, value):
    assert parse_recipe([*DATA, *flags])[1].bf16 is value


def test_every_training_argument_is_a_flag():
    from dataclasses import fields

    assert {each.name for each in fields(TrainingArguments) if each.init} <= set(known_names(Recipe))


def test_the_flags_shown_in_help_exist():
    assert set(TRAINING_HELP) <= set(known_names(Recipe))


@pytest.mark.parametrize("name", OURS)
def test_our_recipes_are_read_and_open_with_their_command(name):
    first = (RECIPES / f"{name}.yaml").read_text().splitlines()[0]
    verb = "distill" if "teacher" in read_recipe(name) else "train"
    assert first.startswith(f"# hf-seq {verb} --recipe {name}")
    recipe, _ = parse_recipe(first.removeprefix(f"# hf-seq {verb} ").split())
    assert recipe.model == read_recipe(name)["model"]


def test_a_recipe_survives_being_written(tmp_path):
    recipe, arguments = recipe_for(
        "lstm", "builtin:reviews", pooling="mean", weight_decay=0.1, lr_scheduler_type="cosine", label_names=["labels"]
    )
    values = recipe_values(recipe, arguments)
    write_recipe(tmp_path / "recipe.yaml", values, "hf-seq train ...")
    again = parse_recipe(["--recipe", str(tmp_path / "recipe.yaml")])
    assert recipe_values(*again) == values
    assert yaml.safe_load((tmp_path / "recipe.yaml").read_text())["lr_scheduler_type"] == "cosine"


def test_none_leaves_the_default():
    assert (
        recipe_for("lstm", "builtin:reviews", max_length=None)[0].max_length
        == ClassificationRecipe(data="x").max_length
    )


def test_a_pretrained_model_gets_the_usual_recipe():
    recipe, arguments = recipe_for("distilbert", "builtin:reviews")
    assert (arguments.learning_rate, recipe.max_length) == (FINE_TUNING["learning_rate"], FINE_TUNING["max_length"])


@pytest.mark.parametrize(
    ("source", "folder"),
    [("builtin:reviews", "runs/reviews-gru"), ("data/sst2/", "runs/sst2-gru"), ("a/b.csv", "runs/b-gru")],
)
def test_the_output_folder_is_named_after_data_and_model(source, folder):
    assert recipe_for("gru", source)[1].output_dir == folder


def test_the_nearest_name_is_offered():
    with pytest.raises(InputError, match="no setting 'batchsize'; did you mean"):
        parse_recipe([*DATA, "--batchsize", "3"])


def test_balanced_weights_are_those_of_sklearn():
    from sklearn.utils.class_weight import compute_class_weight

    labels = [0, 0, 0, 1, 2, 2]
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert balanced_weights(labels, 3) == pytest.approx(list(expected))
