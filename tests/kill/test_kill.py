# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A sample of `make kill`: runs killed while they write go on to the bits of a run that nobody killed.

A killed run is a fork, and a fork of a process in which threads have computed can wait for ever for one of them: each
test forks from a process of its own, in which nothing has run.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from .running import CHAINS

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a killed child is a fork")


def output_of(*words):
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return done.stdout


def killed(chain, moments, seed=5):
    words = ["-m", "tests.kill.running", "--chain", chain, "--moments", str(moments), "--seed", str(seed)]
    return output_of(*words).splitlines()[-1]


def test_killed_trainings_go_on_to_the_same_bits():
    assert killed("classification", 4) == "seed 5: 4 runs killed, 0 findings"


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_a_killed_run_goes_on_to_the_same_bits(name):
    assert killed(name, 1) == "seed 5: 1 runs killed, 0 findings"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "moments"), [("distillation", 10), ("search", 5)])
def test_killed_at_any_moment_it_goes_on_to_the_same_bits(name, moments):
    assert killed(name, moments, seed=0) == f"seed 0: {moments} runs killed, 0 findings"


BY_HAND = """
import sys
from pathlib import Path
from tests.kill.running import CHAINS, KILLED, Killing, run
place = Path(sys.argv[1])
killing = Killing(place)
words = killing.words(CHAINS["classification"], place / "run")
"""


def test_a_moment_kills(tmp_path):
    output_of("-c", f"{BY_HAND}\nassert run(words, place / 'log', event=1) == KILLED", tmp_path)


def test_a_run_that_was_killed_before_its_recipe_was_whole_begins_again(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/.recipe.yaml.123.part").write_text("model: bi")
    output_of("-c", f"{BY_HAND}\nassert run([*words, '--resume'], place / 'log') == 0", tmp_path)
    assert (tmp_path / "run/record.json").is_file()
