# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Limits as people write them, and what is refused in words."""

import pytest

from hf_seq.errors import InputError
from hf_seq.search.limits import HEADROOM, Limits, read_limits
from hf_seq.search.options import parse_options
from hf_seq.train.parsing import flags, parse_recipe


@pytest.mark.parametrize(
    ("size", "expected"),
    [("5MB", 5_000_000), ("800 kB", 800_000), ("5mib", 5 * 2**20), ("1.5MB", 1_500_000), ("1GB", 10**9), ("900b", 900)],
)
def test_sizes(size, expected):
    assert read_limits(size, None) == Limits(expected, None)


@pytest.mark.parametrize(("latency", "expected"), [("1ms", 1.0), ("0.3 ms", 0.3), ("500us", 0.5), ("2s", 2000.0)])
def test_times(latency, expected):
    assert read_limits(None, latency).milliseconds == pytest.approx(expected)


@pytest.mark.parametrize(
    ("size", "latency", "words"),
    [
        ("5XB", None, r"--max_size '5XB' is none that is known; write a number and a unit, such as 5MB"),
        ("5", None, r"--max_size '5' has no unit"),
        ("-5MB", None, r"--max_size '-5MB' must be above 0"),
        ("0MB", None, r"must be above 0"),
        ("much", None, r"--max_size 'much'"),
        ("1.2.3MB", None, r"holds no number"),
        (None, "1MB", r"--max_latency '1MB' is none that is known; .* 1ms"),
        (None, "-1ms", r"--max_latency '-1ms' must be above 0"),
    ],
)
def test_what_is_no_limit_is_refused_in_words(size, latency, words):
    with pytest.raises(InputError, match=words):
        read_limits(size, latency)


def test_a_tenth_of_the_latency_is_kept_back():
    limits = Limits(100, 1.0)
    assert limits.allow(100, HEADROOM)
    assert not limits.allow(100, 0.95)
    assert not limits.allow(101, 0.1)
    assert Limits().allow(10**12, 10**6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--minutes", "0"], r"--minutes 0 must be above 0"),
        (["--minutes", "-3"], r"--minutes -3 must be above 0"),
        (["--trials", "0"], r"--trials 0 must be 1 or more"),
        (["--task", "translation"], r"--task"),
        (["--max_size", "5XB"], r"5XB"),
        (["--seed", "-1"], r"--seed -1 must lie between"),
        (["--hiden_size", "3"], r"did you mean hidden_size"),
        (["--resume"], r"--resume is set by fit itself"),
        (["--model", "lstm"], r"--model is set by fit itself"),
        (["oops"], r"'oops' is not a flag"),
    ],
)
def test_a_command_line_that_cannot_work_is_refused_in_words(words, message):
    with pytest.raises(InputError, match=message):
        parse_options(["--data", "builtin:reviews", *words])


def test_without_data_nothing_is_fitted():
    with pytest.raises(InputError, match="give --data"):
        parse_options(["--max_size", "1MB"])


def test_flags_of_train_are_kept_for_every_model():
    options = parse_options(["--data", "x.csv", "--text_column", "body", "--minutes", "3", "--lowercase", "false"])
    assert options.extra == ["--text_column", "body", "--lowercase=false"]
    assert options.output == "runs/x-fit"
    assert options.minutes == 3


def test_two_columns_of_text_are_two_for_every_model():
    options = parse_options(["--data", "x.csv", "--text_column", "question", "answer", "--hidden_size", "8"])
    recipe, _ = parse_recipe([*flags({"data": options.data}), *options.extra])
    assert recipe.text_column == ["question", "answer"]
