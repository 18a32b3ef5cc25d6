# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A Hub that lies, stalls and cuts: whatever it does ends in words, soon, and nothing is half-written."""

import shutil
import time
from pathlib import Path

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.files import hub_client
from hf_seq.files.pretrained import fetch_from_hub
from hf_seq.hub.upload import upload

from .server import WRITE, serve

SAVED = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0" / "bilstm"
PAGE = b"<html><body>Please log in to this network.</body></html>"
SOON = 120  # seconds; the limits below make most of them two, a server that is waited for takes longer


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A Hub that holds a model, met by the client of this process with patience for a second."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    for name, value in {"HF_HUB_OFFLINE": False, "HF_HUB_DISABLE_XET": True}.items():
        monkeypatch.setattr(constants, name, value)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    for name, value in {"ANSWER_SECONDS": 1.0, "COMMIT_SECONDS": 1.0, "GIVE_UP_SECONDS": 1.5}.items():
        monkeypatch.setattr(hub_client, name, value)
    with serve(lfs_from=3_000) as running:
        monkeypatch.setattr(constants, "ENDPOINT", running.url)
        files = f"{running.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
        close_session()
        push(running, tmp_path)
        yield running
    close_session()


def push(hub, tmp_path):
    folder = tmp_path / "staged"
    if not folder.exists():
        shutil.copytree(SAVED, folder)
    return upload(folder, "ada/model", "model", message="m", token=WRITE)


def in_words(action, *arguments):
    """Call, and give the words it ends in, which come soon; None where it works."""
    start, said = time.monotonic(), None
    try:
        action(*arguments)
    except InputError as error:
        said = str(error)
    assert time.monotonic() - start < SOON
    return said


READING = {
    "page for info": ({"method": "GET", "path": "/api/models", "status": 200, "data": PAGE}, "could not be fetched"),
    "null for info": ({"method": "GET", "path": "/api/models", "status": 200, "data": b"null"}, "could not be fetched"),
    "list for info": ({"method": "GET", "path": "/api/models", "status": 200, "data": b"[]"}, "could not be fetched"),
    "no answer for info": ({"method": "GET", "path": "/api/models", "seconds": 4}, "could not be fetched"),
    "a day": ({"method": "GET", "path": "/api/models", "status": 429, "Retry_After": "86400"}, "86,400 seconds"),
    "an age": ({"method": "GET", "path": "/lfs/", "status": 503, "Retry_After": "1000000000"}, "1,000,000,000 seconds"),
    "rate limit": ({"method": "GET", "path": "/lfs/", "status": 429, "ratelimit": '"api";r=0;t=9999'}, "9,999 seconds"),
    "gone": ({"method": "GET", "path": "/api/models", "status": 410}, "could not be fetched"),
    "weights that stall": ({"method": "GET", "path": "/lfs/", "seconds": 4}, "no good answer|could not be fetched"),
}


@pytest.mark.parametrize(("fault", "words"), READING.values(), ids=READING.keys())
def test_reading_ends_in_words(hub, fault, words):
    hub.fail(times=99, **fault)
    said = in_words(fetch_from_hub, "ada/model")
    assert said is not None
    assert any(each in said for each in words.split("|")), said


def test_weights_of_other_bytes_are_refused_and_fetched_again(hub):
    (oid,) = hub.blobs
    whole = hub.blobs[oid]
    hub.blobs[oid] = whole[:-1] + bytes([whole[-1] ^ 1])
    said = in_words(fetch_from_hub, "ada/model")
    assert "arrived with other bytes than the Hub said" in said
    hub.blobs[oid] = whole
    folder = fetch_from_hub("ada/model")
    assert (folder / "model.safetensors").read_bytes() == whole


def test_a_configuration_of_other_bytes_is_refused(hub):
    commit = hub.repositories["model", "ada/model"].at("main")
    size = len(commit.files["config.json"])
    page, lie = b"{" + b" " * (size - 2) + b"}", {"X_Repo_Commit": commit.id, "ETag": '"' + "0" * 40 + '"'}
    hub.fail("GET", "/config.json", status=200, data=page, times=9, **lie)
    hub.fail("HEAD", "/config.json", status=200, data=page, times=9, **lie)
    assert "config.json arrived with other bytes" in in_words(fetch_from_hub, "ada/model")
    hub.faults.clear()
    assert (fetch_from_hub("ada/model") / "config.json").read_bytes() == commit.files["config.json"]


WRITING = {
    "exists, without its address": ({"method": "POST", "path": "/create", "status": 409}, None),
    "page for create": ({"method": "POST", "path": "/create", "status": 200, "data": PAGE}, "none of its answers"),
    "page for commit": ({"method": "POST", "path": "/commit/", "status": 200, "data": PAGE}, "none of its answers"),
    "a day": ({"method": "POST", "path": "/commit/", "status": 429, "Retry_After": "86400"}, "86,400 seconds"),
    "no answer to create": ({"method": "POST", "path": "/create", "seconds": 4}, "connection to the Hub broke"),
    "no answer to commit": ({"method": "POST", "path": "/commit/", "seconds": 4}, "connection to the Hub broke"),
    "cut commit": ({"method": "POST", "path": "/commit/", "cut": True}, "connection to the Hub broke"),
    "refused": ({"method": "POST", "path": "/preupload/", "status": 403}, "may not write"),
}


@pytest.mark.parametrize(("fault", "words"), WRITING.values(), ids=WRITING.keys())
def test_pushing_ends_in_words_and_a_second_push_works(hub, tmp_path, fault, words):
    before = hub.files("ada/model")
    (tmp_path / "staged" / "README.md").write_text("# new\n")
    hub.fail(times=99, **fault)
    said = in_words(push, hub, tmp_path)
    assert (said is None) == (words is None), said
    if words is not None:
        assert words in said
        assert hub.files("ada/model") == before
    hub.faults.clear()
    push(hub, tmp_path)
    assert hub.files("ada/model")["README.md"] == b"# new\n"


TINY = ["--max_steps", "1", "--bf16", "false"]
VERBS = {
    "push": ["push", "{folder}", "ada/model", "--no-remote-code"],
    "predict": ["predict", "ada/model", "a good film"],
    "trace": ["trace", "ada/model", "a good film"],
    "evaluate": ["evaluate", "ada/model", "--data", "{data}"],
    "find-threshold": ["find-threshold", "ada/model", "--data", "{data}"],
    "generate": ["generate", "ada/model", "--max_new_tokens", "1"],
    "forecast": ["forecast", "ada/model", "--data", "{data}"],
    "train on its model": ["train", "--model", "ada/model", "--data", "{data}", "--output_dir", "{output}", *TINY],
    "train from its states": [
        "train",
        "--start_from",
        "ada/model",
        "--data",
        "{data}",
        "--output_dir",
        "{output}",
        *TINY,
    ],
    "train on its data": ["train", "--data", "ada/data", "--output_dir", "{output}", *TINY],
    "check its data": ["check", "ada/data"],
    "distill": [
        "distill",
        "--teacher",
        "ada/model",
        "--student",
        "gru",
        "--data",
        "{data}",
        "--output",
        "{output}",
        *TINY,
    ],
    "compare": ["compare", "--models", "majority,ada/model", "--data", "{data}", "--output", "{output}", *TINY],
    "fit": ["fit", "--teacher", "ada/model", "--data", "{data}", "--output", "{output}", "--minutes", "0.01"],
    "export": ["export", "ada/model", "--output", "{output}"],
    "serve": ["serve", "ada/model", "--port", "0"],
    "demo": ["demo", "ada/model", "--port", "0"],
}
EVERYWHERE = {
    "a day": {"path": "", "status": 429, "Retry_After": "86400"},
    "a page": {"path": "", "status": 200, "data": PAGE},
    "out of order": {"path": "", "status": 503},
    "nothing there": {"path": "", "status": 404},
    "not allowed": {"path": "", "status": 403},
    "no answer": {"path": "", "seconds": 4},
    "cut": {"path": "", "cut": True},
    "weights cut": {"path": "/lfs/", "cut": True},
    "weights of other bytes": {"path": "/lfs/", "status": 200, "data": b"x" * 5_000},
}
QUICK = {("a day", verb) for verb in ("predict", "train on its data", "distill", "compare", "serve")}


@pytest.mark.parametrize(
    ("fault", "verb"),
    [
        pytest.param(fault, verb, marks=[] if (fault, verb) in QUICK else pytest.mark.slow)
        for verb in VERBS
        for fault in EVERYWHERE
    ],
)
def test_every_verb_ends_in_words(hub, fault, verb, tmp_path, capsys, monkeypatch):
    if fault.startswith("weights") and ("data" in verb or verb == "push"):
        pytest.skip("it reads no weights of the Hub")
    monkeypatch.setenv("HF_TOKEN", WRITE)
    data = tmp_path / "good.csv"
    data.write_text("text,label\n" + "a good film,good\na bad film,bad\n" * 30)
    (tmp_path / "staged" / "README.md").write_text("# new\n")
    before, start = hub.files("ada/model"), time.monotonic()
    for method in ("GET", "HEAD", "POST", "PUT"):
        hub.fail(method, times=999, **EVERYWHERE[fault])
    names = {"folder": tmp_path / "staged", "data": data, "output": tmp_path / "out"}
    capsys.readouterr()
    assert main([word.format(**names) for word in VERBS[verb]]) == 2
    assert time.monotonic() - start < 60
    said = capsys.readouterr().err
    assert said.strip()
    assert "Traceback" not in said
    assert hub.files("ada/model") == before
    assert not any(path.suffix == ".safetensors" for path in (tmp_path / "out").rglob("*"))
