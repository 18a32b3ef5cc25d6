# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The harness around transformers' suite: what it fetches, what it trusts, which skips it lets pass."""

import io
import subprocess
import tarfile
from fnmatch import fnmatchcase

import pytest
import transformers
from packaging.version import Version

from . import upstream
from .cases import CASES, CELLS, POOLINGS, POSITIONS
from .skips import ALLOWED, complaint

LSTM = next(case for case in CASES if case.name == "bi_lstm_first")
NUMERIC = next(case for case in CASES if case.name == "numeric_lstm_attention")


def test_every_cell_meets_every_pooling_and_every_position_both_norms():
    classified = [case for case in CASES if "ForSequenceClassification" in case.heads]
    settings = [case.settings for case in classified if not case.numeric]
    met = {(each["cell_type"], each["pooling"]) for each in settings if "cell_type" in each}
    assert met == {(cell, pooling) for cell in CELLS for pooling in POOLINGS}
    placed = {(each["position_embedding"], each["norm_first"]) for each in settings if "norm_first" in each}
    assert placed == {(position, first) for position in POSITIONS for first in (True, False)}
    for name, values in (("cell_type", CELLS), ("pooling", POOLINGS)):
        met = {(each[name], each["bidirectional"]) for each in settings if "bidirectional" in each}
        assert met == {(value, both) for value in values for both in (True, False)}
    assert {case.family for case in classified if case.numeric} == {"recurrent", "transformer_encoder", "convolutional"}


def test_a_skip_that_is_not_listed_fails_with_upstream_words():
    assert "too lazy" in complaint(LSTM, "test_save_load", "Skipped: too lazy")
    assert "too lazy" in complaint(LSTM, "test_attention_outputs", "Skipped: too lazy")


def test_a_listed_skip_passes_for_the_models_it_is_about_only():
    assert complaint(NUMERIC, "test_inputs_embeds", "Skipped: numeric input has no token embedding") is None
    assert complaint(LSTM, "test_inputs_embeds", "Skipped: numeric input has no token embedding")


def test_a_listed_test_that_ran_fails_unless_the_machine_decides():
    assert "take the entry out" in complaint(LSTM, "test_attention_outputs", None)
    assert complaint(LSTM, "test_flex_attention_with_grads", None) is None
    assert complaint(LSTM, "test_save_load", None) is None


def test_every_entry_of_the_list_has_a_reason_and_a_case_it_is_about():
    for entry in ALLOWED:
        assert entry.reason
        assert entry.said
        assert any(entry.holds(case) for case in CASES), entry


def test_every_entry_of_the_list_names_a_test_of_the_suite():
    try:
        suite = {
            *vars(upstream.load("test_modeling_common").ModelTesterMixin),
            *vars(upstream.load("test_training_mixin").TrainingTesterMixin),
        }
    except upstream.UpstreamMissingError as missing:
        pytest.skip(f"conformance not checked: {missing}")
    for entry in ALLOWED:
        if Version(entry.since) <= Version(transformers.__version__) < Version(entry.until):
            assert any(fnmatchcase(name, entry.tests) for name in suite), entry.tests


def archive_of(folder, names: list[str]):
    path = folder / "transformers-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            tar.addfile(member, io.BytesIO(name.encode()))
    return path


def test_only_the_three_files_leave_the_archive_whatever_it_claims(tmp_path):
    wanted = [f"transformers-1.0/tests/{name}" for name in upstream.FILES]
    hostile = ["/etc/x.py", "../../evil.py", "transformers-1.0/tests/../../evil.py", "transformers-1.0/setup.py"]
    upstream._extract(archive_of(tmp_path, [*hostile, *wanted]), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*upstream.FILES, "__init__.py"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "transformers-1.0.tar.gz"}


def test_an_archive_that_lacks_a_file_says_which(tmp_path):
    archive = archive_of(tmp_path, [f"transformers-1.0/tests/{name}" for name in upstream.FILES[:2]])
    with pytest.raises(upstream.UpstreamMissingError, match=r"has no tests/test_training_mixin\.py"):
        upstream._extract(archive, tmp_path / "out")


def test_without_pypi_the_reason_is_what_pip_said(tmp_path, monkeypatch):
    refused = subprocess.CompletedProcess([], 1, stderr="warning\nERROR: No matching distribution found\n")
    monkeypatch.setattr(upstream, "CACHE", tmp_path)
    monkeypatch.setattr(upstream.subprocess, "run", lambda *args, **kwargs: refused)
    with pytest.raises(upstream.UpstreamMissingError, match="cannot be had from PyPI: ERROR: No matching distribution"):
        upstream.fetch()


def test_what_is_cached_is_not_fetched_again(tmp_path, monkeypatch):
    version = upstream.importlib.metadata.version("transformers")
    folder = tmp_path / f"transformers-{version}"
    folder.mkdir()
    for name in upstream.FILES:
        (folder / name).touch()
    monkeypatch.setattr(upstream, "CACHE", tmp_path)
    monkeypatch.setattr(upstream.subprocess, "run", None)
    assert upstream.fetch() == folder
