# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models that earlier versions saved (tests/fixtures, see make_fixtures.py) load today and answer as they did."""

import json
from pathlib import Path

import pytest

from .make_fixtures import answers

FIXTURES = Path(__file__).parents[1] / "fixtures"
SAVED = sorted(path.parent for path in FIXTURES.glob("*/*/answers.json"))


@pytest.mark.parametrize("folder", SAVED, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_it_loads_and_answers_as_it_did(folder):
    assert answers(folder) == pytest.approx(json.loads((folder / "answers.json").read_text()), abs=2e-4)


def test_the_fixtures_stay_small():
    assert all(sum(file.stat().st_size for file in folder.iterdir()) < 100_000 for folder in SAVED)
    assert len(SAVED) >= 9
