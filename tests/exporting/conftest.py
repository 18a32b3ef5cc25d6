# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A tiny model of every head, and what is exported of it; nothing is timed for long."""

import shutil
from pathlib import Path

import pytest

from tests.hub import tiny


@pytest.fixture(scope="session")
def few_calls():
    """Time a few calls only."""
    pytest.importorskip("onnxruntime")
    from hf_seq.exporting import certificate

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate, "CALLS", 2)
        patch.setattr(certificate, "WRITING_CALLS", 1)
        patch.setattr(certificate, "TEXTS", 4)
        patch.setattr(certificate, "WRITTEN_TEXTS", 2)
        yield


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """Save a tiny model by its name, without a record: `saved("bilstm")` gives its folder."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            folder = made[name] = tmp_path_factory.mktemp("saved") / name
            folder.mkdir()
            tiny.save(name, folder)
            (folder / "record.json").unlink()
        return made[name]

    return make


@pytest.fixture(scope="session")
def exported(saved, few_calls, tmp_path_factory):
    """Export a tiny model by its name, once, int8 too: `exported("bilstm")` gives the folder."""
    from hf_seq import export

    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            made[name] = export(saved(name), tmp_path_factory.mktemp("exported") / name, quantize="int8").folder
        return made[name]

    return make


@pytest.fixture
def copied(exported, tmp_path):
    """A copy of an export that a test may spoil."""

    def make(name: str) -> Path:
        return Path(shutil.copytree(exported(name), tmp_path / "copy"))

    return make
