# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The command line imports half of what transformers would, answers the same, and leaves everything as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedModel

import hf_seq
from hf_seq.predictors.quick_start import OURS, nothing_drawn

FOLDERS = Path(__file__).parents[1] / "fixtures/0.1.0.dev0"
MODEL = Path(__file__).parents[1] / "fixtures/0.1.0.dev0/bilstm"
TEXTS = ["a good film", "a bad film", ""]
PREDICTING = """
import json, sys
from hf_seq.cli import main
sys.argv[1:1] = ["predict"]
code = main()
heavy = ("torch._dynamo", "torch._meta_registrations", "torch._refs",
         "torch.distributed.tensor", "sympy", "scipy", "sklearn", "accelerate", "datasets", "evaluate",
         "matplotlib", "pandas")
print(json.dumps([code, [name for name in heavy if name in sys.modules]]))
import accelerate, scipy.optimize, sklearn, torch
from torch.distributed.tensor import DTensor
from transformers import masking_utils
with masking_utils.TransformGetItemToIndex():
    print(json.dumps(torch.compile(lambda x: x + 1, backend="eager")(torch.ones(2)).tolist()))
print(json.dumps([torch.distributed.is_available(), "site-packages" in torch._dynamo.__file__]))
"""
PROGRAM = """
from hf_seq.cli import main
assert main(["predict", MODEL, "a good film"]) == 0
import accelerate
from transformers import Trainer
from transformers.utils import is_accelerate_available
assert is_accelerate_available() and hasattr(Trainer, "create_accelerator_and_postprocess")
assert main(["train", "--data", "builtin:reviews", "--max_steps", "1", "--output_dir", RUN]) == 0
"""
BEFORE = """
import sys
from transformers.utils import is_scipy_available, is_sklearn_available
assert is_scipy_available() and is_sklearn_available()
from hf_seq.predictors.quick_start import import_transformers
import_transformers()
assert "transformers.modeling_utils" in sys.modules and "scipy.optimize" in sys.modules
assert None not in sys.modules.values()
"""


def run(code, *words):
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_predict_imports_nothing_for_training_or_compiling_and_what_it_hid_is_there_afterwards():
    *answers, (code, heavy), compiled, whole = run(PREDICTING, str(MODEL), *TEXTS)
    assert (code, heavy) == (0, [])
    assert answers == [pytest.approx(answer, abs=1e-6) for answer in hf_seq.load(MODEL).predict(TEXTS)]
    assert compiled == [2.0, 2.0]
    assert whole == [True, True]


def test_a_program_that_runs_the_command_line_has_answers_and_then_trains(tmp_path):
    code = PROGRAM.replace("MODEL", repr(str(MODEL))).replace("RUN", repr(str(tmp_path / "run")))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "model.safetensors").is_file()


def test_what_somebody_asked_for_before_is_not_hidden():
    run(BEFORE)


SHAPELESS = """
import sys
from pathlib import Path
from hf_seq.predictors.quick_start import import_transformers
import_transformers(ours=True)
import torch
import hf_seq
assert "torch._meta_registrations" not in sys.modules
for folder in sorted(Path(sys.argv[1]).iterdir()):
    hf_seq.load(folder)
with torch.device("meta"):
    for module in sorted(Path(hf_seq.__file__).parent.glob("models/modeling_*.py")):
        for kind in vars(__import__(f"hf_seq.models.{module.stem}", fromlist=["models"])).values():
            whole = isinstance(kind, type) and "For" in kind.__name__ and hasattr(hf_seq, kind.__name__)
            if whole and issubclass(kind, torch.nn.Module):
                one_way = {"bidirectional": False} if hasattr(kind.config_class(), "bidirectional") else {}
                kind(kind.config_class(**one_way))
                print(f'"{kind.config_class.model_type}"')
assert "torch._meta_registrations" not in sys.modules
from torch._meta_registrations import meta_sort
assert "site-packages" in meta_sort.__code__.co_filename
"""


def test_every_class_of_ours_is_made_without_shapes_in_python_and_they_are_there_for_who_asks():
    assert set(run(SHAPELESS, str(FOLDERS))) >= OURS


COMPILING = """
import importlib, json, sys
from hf_seq.predictors.quick_start import import_transformers
import_transformers(ours=True)
importlib.import_module(sys.argv[1])
import torch._decomp, torch._meta_registrations, torch._refs
kinds = {type(each.__spec__.loader).__name__ for each in (torch._decomp, torch._meta_registrations, torch._refs)}
print(json.dumps([*kinds, len(torch._decomp.decomposition_table) > 1000]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    ["_decomp", "_refs", "_prims", "utils._content_store", "_meta_registrations", "_dynamo", "distributed.tensor"],
)
def test_whatever_asks_first_for_shapes_in_python_gets_them_whole(first):
    assert run(COMPILING, f"torch.{first}") == [["SourceFileLoader", True]]


def test_nothing_is_drawn_where_there_is_nothing_to_fill():
    with nothing_drawn():
        torch.manual_seed(0)
        inside = torch.nn.Embedding(3, 2).weight
        state = torch.get_rng_state()
        with torch.device("meta"):
            assert torch.nn.Embedding(3, 2, padding_idx=0).weight.is_meta
            assert torch.nn.LSTM(3, 2).weight_hh_l0.is_meta
        assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(0)
    assert torch.equal(inside, torch.nn.Embedding(3, 2).weight)


def test_a_model_loaded_so_has_the_weights_of_transformers():
    loaded = hf_seq.load(MODEL).model
    expected = type(loaded).from_pretrained(MODEL)
    assert isinstance(loaded, PreTrainedModel)
    for name, weight in expected.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], weight), name
