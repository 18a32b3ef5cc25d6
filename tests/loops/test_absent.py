# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A package that is not there is looked for once, and may be installed later."""

import importlib.util
import sys

import pytest
from accelerate.utils import is_lomo_available

from hf_seq.loops.absent import known_absent


class Searches:
    """A finder that finds nothing and counts how often it is asked for a package."""

    def __init__(self, name):
        self.name, self.count = name, 0

    def find_spec(self, name, path=None, target=None):
        self.count += name == self.name


@pytest.fixture
def searches(monkeypatch):
    found = Searches("lomo_optim")
    monkeypatch.setattr(sys, "meta_path", [found, *sys.meta_path])
    return found


def test_accelerate_asks_without_a_search(searches):
    if importlib.util.find_spec("lomo_optim") is not None:
        pytest.skip("lomo_optim is installed")
    is_lomo_available()
    before = searches.count
    assert before
    with known_absent("lomo_optim"):
        within = searches.count
        assert not is_lomo_available()
        assert searches.count == within
        with pytest.raises(ModuleNotFoundError):
            import lomo_optim  # noqa: F401
    assert "lomo_optim" not in sys.modules
    is_lomo_available()
    assert searches.count > within


def test_it_is_forgotten_after_an_error_too():
    with pytest.raises(ZeroDivisionError), known_absent("no_such_package"):
        raise ZeroDivisionError
    assert "no_such_package" not in sys.modules


def test_a_package_that_is_installed_stays_importable():
    with known_absent("json"):
        import json
    assert json.loads("1") == 1
    with known_absent("torch"):
        assert importlib.util.find_spec("torch") is not None
