# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One list of public names: what can be imported, what `dir` shows and what a type checker sees are the same."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import hf_seq
from hf_seq.lazy_names import homes_of_names

ROOT = Path(__file__).parents[1]
NAMES = hf_seq.__all__


CALLABLE = {"train", "compare", "distill"}
"""Packages that answer as functions when they are called."""


def test_every_name_is_what_its_module_holds():
    for name, module in homes_of_names("hf_seq").items():
        found = getattr(hf_seq, name)
        if module == "hf_seq":  # a module of the package
            assert found is importlib.import_module(f"hf_seq.{name}")
            continue
        assert (found.__wrapped__ if name in CALLABLE else found) is getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", sorted(CALLABLE))
def test_a_package_that_is_called_is_still_a_package(name):
    running = importlib.import_module(f"hf_seq.{name}.running")
    assert getattr(hf_seq, name).running is running
    assert "settings" in inspect.signature(getattr(hf_seq, name)).parameters


def test_a_predictor_of_every_kind_is_public():
    kinds = {"Predictor", "TaggingPredictor", "SeriesPredictor", "SeriesTagger", "Translator", "LanguageModel"}
    assert kinds | {"MaskedLanguageModel", "load"} <= set(NAMES)


def test_dir_shows_the_public_names_and_nothing_else():
    assert [name for name in dir(hf_seq) if not name.startswith("_")] == NAMES
    assert "__version__" in dir(hf_seq)


def test_a_star_import_brings_them_all():
    scope = {}
    exec("from hf_seq import *", scope)
    assert set(NAMES) <= scope.keys()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Predicter'"):
        _ = hf_seq.Predicter


def test_a_type_checker_knows_each_name_and_refuses_others(tmp_path):
    pytest.importorskip("mypy")
    code = tmp_path / "uses.py"
    code.write_text("import hf_seq\n" + "\n".join(f"reveal_type(hf_seq.{name})" for name in [*NAMES, "Predicter"]))
    said = subprocess.run(
        [sys.executable, "-m", "mypy", str(code)], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    assert said.count("Revealed type") == len(NAMES) + 1
    assert said.count(" error: ") == 1
    assert 'has no attribute "Predicter"' in said
