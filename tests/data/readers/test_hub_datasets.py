# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The Hub: what it gives is read like a file, and its silence is short."""

import socket
import time

import datasets
import huggingface_hub
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from hf_seq.data import load_splits
from hf_seq.data.readers import hub_datasets
from hf_seq.errors import InputError


@pytest.fixture
def silent_hub(monkeypatch):
    """A server that takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(hub_datasets, "HfApi", lambda: huggingface_hub.HfApi(endpoint=endpoint))
        monkeypatch.setattr(hub_datasets.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", False)
        monkeypatch.setattr(hub_datasets, "TIMEOUT", 0.5)
        yield


def test_a_hub_that_does_not_answer_is_given_up_soon_with_a_way_on(silent_hub):
    start = time.monotonic()
    with pytest.raises(
        InputError,
        match=r"'nobody/nothing' is not a local file or folder, the Hub is out of reach .*Timeout.*builtin:reviews",
    ):
        load_splits("nobody/nothing")
    assert time.monotonic() - start < 60


def test_offline_mode_is_named(monkeypatch):
    monkeypatch.setattr(hub_datasets.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=r"offline mode is on \(HF_HUB_OFFLINE\)"):
        load_splits("nobody/nothing")


@pytest.fixture
def hub(monkeypatch):
    """A Hub that has whatever is put into `hub["data"]`, or raises it."""
    shelf = {}

    def load(name, config, revision):
        shelf["asked"] = (name, config, revision)
        if isinstance(shelf["data"], Exception):
            raise shelf["data"]
        return shelf["data"]

    monkeypatch.setattr(hub_datasets, "_why_unreachable", lambda name, revision: None)
    monkeypatch.setattr(datasets, "load_dataset", load)
    return shelf


def split_of(labels):
    features = Features({"sentence": Value("string"), "label": ClassLabel(names=["negative", "positive"])})
    return Dataset.from_dict(
        {"sentence": [f"text {i} of {len(labels)}" for i in range(len(labels))], "label": labels}, features=features
    )


def test_glue_form_is_read_with_names_and_without_its_hidden_test(hub):
    hub["data"] = DatasetDict(
        train=split_of([0, 1] * 30), validation=split_of([0, 1]), test=split_of([-1] * 5), unsupervised=split_of([0])
    )
    splits = load_splits("nyu-mll/glue", config="sst2", revision="main")
    assert hub["asked"] == ("nyu-mll/glue", "sst2", "main")
    assert splits.label_names == ["negative", "positive"]
    assert (len(splits.test), splits.test_split) == (2, "validation")
    assert splits.source == "nyu-mll/glue (sst2) at main"
    assert "splits left unread: unsupervised" in splits.notes


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (DatasetDict(test=split_of([0])), r"has no train split; it has test"),
        (
            ValueError("Config name is missing. Please pick one among ['cola', 'sst2']"),
            r"config=None cannot be loaded: .*'cola', 'sst2'",
        ),
        (
            RuntimeError("Dataset scripts are no longer supported"),
            r"loading script, which is not run; try revision='refs/convert/parquet'",
        ),
        (OSError("disk on fire"), r"cannot be loaded \(OSError: disk on fire\)"),
    ],
)
def test_what_the_hub_refuses_becomes_words(data, words, hub):
    hub["data"] = data
    with pytest.raises(InputError, match=words):
        load_splits("some/set")
