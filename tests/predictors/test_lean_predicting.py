# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Who predicts waits for no trainer: what training alone needs is not imported."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures/0.1.0.dev0"
FOR_TRAINING = {
    "datasets",
    "pandas",
    "pyarrow",
    "evaluate",
    "sklearn",
    "scipy.stats",
    "seqeval",
    "sacrebleu",
    "matplotlib",
    "transformers.trainer",
    "hf_seq.train.running",
    "hf_seq.loops",
}
COMMANDS = {
    "bilstm": ("predict", "the cat"),
    "bilstm-crf": ("predict", "the cat"),
    "gru-series": ("predict", "[[0.1, 2, 3], [1, 2, 3]]"),
    "masked-lm": ("predict", "the cat"),
    "lstm-lm": ("generate", "--max_new_tokens", "2", "--prompt", "the"),
    "lstm-seq2seq": ("translate", "the cat"),
}


@pytest.fixture(scope="module")
def imported_by_transformers():
    """What transformers imports for any model that generates; releases before the pinned one import scikit-learn."""
    code = (
        "import json, sys\n"
        "from transformers import GenerationMixin, PreTrainedModel\n"
        "print(json.dumps(list(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_answers_imports_nothing_for_training(name, imported_by_transformers):
    verb, *rest = COMMANDS[name]
    code = (
        "import json, sys\n"
        "from hf_seq.cli import main\n"
        f"sys.argv[1:] = {[verb, str(FIXTURES / name), *rest]!r}\n"
        "code = main()\n"
        "print(json.dumps([code, list(sys.modules)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert "hf_seq.predictors.base" in modules
    assert not (FOR_TRAINING - imported_by_transformers) & set(modules)
