# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A sample of `make kill`: runs killed while they write go on to the bits of a run that nobody killed."""

import random
import sys

import pytest

from .running import CHAINS, KILLED, Killing, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a killed child is a fork")


@pytest.fixture(scope="module")
def killing(tmp_path_factory):
    return Killing(tmp_path_factory.mktemp("kill"))


def test_a_moment_kills(killing, tmp_path):
    assert run(killing.words(CHAINS["classification"], tmp_path / "run"), tmp_path / "log", event=1) == KILLED


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_training_goes_on_to_the_same_bits(killing, seed, in_a_hurry):
    assert killing.kill("classification", random.Random(seed), times=1) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_a_killed_run_goes_on_to_the_same_bits(killing, name):
    assert killing.kill(name, random.Random(f"5 {name}")) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "moment"), [*(("distillation", n) for n in range(10)), *(("search", n) for n in range(5))]
)
def test_killed_at_any_moment_it_goes_on_to_the_same_bits(killing, name, moment):
    assert killing.kill(name, random.Random(moment)) is None


def test_a_run_that_was_killed_before_its_recipe_was_whole_begins_again(killing, tmp_path, in_a_hurry):
    words = killing.words(CHAINS["classification"], tmp_path / "run")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.recipe.yaml.123.part").write_text("model: bi")
    assert run([*words, "--resume"], tmp_path / "log") == 0
    assert (tmp_path / "run/record.json").is_file()
