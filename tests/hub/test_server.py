# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The Hub of our tests answers the real client as the Hub does, in fair weather and in foul."""

import pytest

from .client import run
from .server import READ, STRANGER, WRITE

API = """
import os
from huggingface_hub import HfApi, hf_hub_download, errors
api, report, file = HfApi(), {}, {"small.txt": b"few bytes", "big.bin": bytes(range(256)) * 200}

def upload(name, **files):
    from huggingface_hub import CommitOperationAdd as Add
    adds = [Add(path_in_repo=path, path_or_fileobj=data) for path, data in (files or file).items()]
    return api.create_commit(name, adds, commit_message="all of it").oid

def says(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__, getattr(getattr(error, "response", None), "status_code", None)
"""


@pytest.fixture
def client(hub, tmp_path):
    hub.faults.clear()
    hub.requests.clear()

    def call(code, **settings):
        return run(API + code, endpoint=hub.url, home=tmp_path, **({"token": WRITE} | settings))

    return call


def test_what_was_uploaded_comes_back_by_revision(hub, client):
    report = client("""
api.create_repo("ada/back", private=True)
first = upload("ada/back")
upload("ada/back", **{"small.txt": b"other bytes"})
report["files"] = sorted(api.list_repo_files("ada/back"))
report["big"] = open(hf_hub_download("ada/back", "big.bin"), "rb").read() == file["big.bin"]
report["now"] = open(hf_hub_download("ada/back", "small.txt")).read()
report["before"] = open(hf_hub_download("ada/back", "small.txt", revision=first)).read()
report["titles"] = [commit.title for commit in api.list_repo_commits("ada/back")]
""")
    assert report["files"] == [".gitattributes", "big.bin", "small.txt"]
    assert report["big"]
    assert (report["now"], report["before"]) == ("other bytes", "few bytes")
    assert report["titles"] == ["all of it", "all of it", "initial commit"]
    assert hub.asked("PUT", "/lfs/") == 1


def test_what_is_there_already_is_not_sent_again(hub, client):
    client(
        'own = {"a": b"a", "b": os.urandom(30_000)}\n'
        'api.create_repo("ada/twice"); upload("ada/twice", **own); upload("ada/twice", **own)'
    )
    assert hub.asked("PUT", "/lfs/") == 1
    assert hub.asked("POST", "/commit/") == 1


@pytest.mark.parametrize(
    ("code", "token", "said"),
    [
        ('api.create_repo("ada/mistakes")', None, ("HfHubHTTPError", 401)),
        ('api.create_repo("ada/mistakes")', READ, ("HfHubHTTPError", 403)),
        ('api.create_repo("ada/mistakes")', STRANGER, ("HfHubHTTPError", 403)),
        ('api.create_repo("ada/mistakes") and api.create_repo("ada/mistakes")', WRITE, ("HfHubHTTPError", 409)),
        ('api.model_info("ada/none")', WRITE, ("RepositoryNotFoundError", 404)),
        ('hf_hub_download("ada/there", "none.txt")', WRITE, ("RemoteEntryNotFoundError", 404)),
        ('api.model_info("ada/there", revision="none")', WRITE, ("RevisionNotFoundError", 404)),
        ('upload("ada/there")', STRANGER, ("HfHubHTTPError", 403)),
        ("api.whoami()", "hf_aTokenOfNobody", ("HfHubHTTPError", 401)),
    ],
)
def test_a_mistake_is_answered_as_the_hub_does(client, code, token, said):
    if "ada/there" in code:  # a case of its own, whichever cases ran before
        client('report = str(api.create_repo("ada/there", exist_ok=True))', token=WRITE)
    assert client(f"report = says(lambda: {code})", token=token) == list(said)


def test_a_range_beyond_the_end_is_416_and_one_within_is_a_part(client):
    report = client("""
api.create_repo("ada/range"); upload("ada/range")
import urllib.request, urllib.error
def part(asked):
    url = os.environ["HF_ENDPOINT"] + "/ada/range/resolve/main/small.txt"
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers={"Range": asked})).read().decode()
    except urllib.error.HTTPError as error:
        return error.code
report = [part("bytes=4-"), part("bytes=0-2"), part("bytes=99-")]
""")
    assert report == ["bytes", "few", 416]


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("GET", "/resolve/.*small", {"cut": True}),
        ("HEAD", "/resolve/.*small", {"status": 429, "Retry_After": "0"}),
        ("GET", "/lfs/", {"cut": True}),
        ("PUT", "/lfs/", {"cut": True}),
        ("PUT", "/lfs/", {"status": 500}),
        ("POST", "/preupload/", {"status": 429, "Retry_After": "0"}),
    ],
)
def test_the_client_tries_again_after(hub, client, method, path, fault):
    hub.fail(method, path, **fault)
    name = f"ada/again{len(hub.repositories)}"
    report = client(f"""
data = {{"small.txt": b"few", "big.bin": os.urandom(60_000)}}
api.create_repo("{name}")
upload("{name}", **data)
report = [open(hf_hub_download("{name}", each), "rb").read() == data[each] for each in data]
""")
    assert report == [True, True]
    assert hub.faults[0].left == 0
