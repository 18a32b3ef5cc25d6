# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How much of a text is read where nobody said: 99 of 100 train texts whole."""

import numpy as np
import pytest

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.predictors.text import Predictor
from hf_seq.tasks.registry import task_named, task_of
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.running import train

TINY = ["--hidden_size", "8", "--embedding_size", "8", "--max_steps", "2", "--disable_tqdm", "true", "--bf16", "false"]


def write(path, words):
    """Different texts of so many words each, whose label is their last word."""
    names = ("".join("abcdefghij"[int(digit)] for digit in str(n)) for n in range(len(words)))
    middles = (" ".join(["word"] * (count - 2)) for count in words)
    pairs = enumerate(zip(names, middles, strict=True))
    rows = [f"{name} {middle} {'good' if n % 2 else 'bad'},{n % 2}" for n, (name, middle) in pairs]
    path.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("words", "flags", "limit"),
    [
        ([20] * 300, [], 256),
        ([400] * 300, [], 400),
        ([20] * 290 + [400] * 10, [], 400),
        ([20] * 298 + [400] * 2, [], 256),  # fewer than one in a hundred
        ([3_000] * 120, [], 1_024),
        ([3_000] * 120, ["--model", "transformer"], 512),
        ([400] * 300, ["--max_length", "100"], 100),
        ([400] * 300, ["--max-length=300"], 300),
        ([400] * 300, ["--max_seq_length", "200"], 200),
    ],
)
def test_most_texts_are_read_whole_unless_somebody_says_how_much(tmp_path, words, flags, limit):
    data = write(tmp_path / "texts.csv", np.random.default_rng(0).permutation(words))
    recipe, _ = parse_recipe(["--data", data, "--model", "bilstm", *flags])
    task = task_of(recipe)
    splits: Splits = task.data.load(recipe)
    processor = task.encoding.make_processor(recipe, splits)
    task.encoding.suit_length(recipe, splits, processor)
    assert (recipe.max_length, processor.model_max_length) == (limit, limit)
    assert any("tokens of a text are read" in note for note in splits.notes) == (limit > 300)


def test_the_saved_model_reads_the_end_of_long_texts_and_its_recipe_makes_the_same_again(tmp_path):
    data = write(tmp_path / "texts.csv", [400] * 60)
    train(*parse_recipe(["--data", data, "--model", "lstm", "--output_dir", str(tmp_path / "a"), *TINY]))
    predictor = Predictor.from_pretrained(tmp_path / "a")
    assert predictor.tokenizer.model_max_length == 400
    good, bad = (predictor("word " * 399 + each)["score"] for each in ("good", "bad"))
    assert good != bad  # told apart by their last word alone
    train(*parse_recipe(["--recipe", str(tmp_path / "a/recipe.yaml"), "--output_dir", str(tmp_path / "b")]))
    assert Predictor.from_pretrained(tmp_path / "b")("word " * 399 + "good")["score"] == good


def test_a_length_on_the_command_line_is_stronger_than_a_recipe(tmp_path):
    (tmp_path / "r.yaml").write_text("data: d\nmodel: bilstm\nmax_length: 256\nlength_by_texts: true\n")
    written = ["--recipe", str(tmp_path / "r.yaml")]
    assert parse_recipe(written)[0].length_by_texts
    recipe, _ = parse_recipe([*written, "--max_length", "64"])
    assert (recipe.length_by_texts, recipe.max_length) == (False, 64)


@pytest.mark.parametrize("task", ["forecasting", "language-modeling"])
def test_a_limit_is_refused_where_no_input_is_cut(task):
    data = task_named(task).data
    assert data.longest(None, None) is None
    with pytest.raises(InputError, match=r"--max_length 9 has no meaning here, since .* none is cut; leave it out"):
        data.longest(None, 9)
