# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq serve`: answers, together where they wait; limits in words; no malformed request is a 500; it can stop."""

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("fastapi")

from starlette.testclient import TestClient

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.runtime import server
from hf_seq.runtime.runtime import load
from hf_seq.runtime.server import Batcher, Limits, Refused, listen, make_app

TEXTS = ["a fine film", "not bad at all", ""]


@pytest.fixture(scope="module")
def model(exported):
    return load(exported("bilstm"))


@pytest.fixture
def client(model):
    limits = Limits(body=2_000, inputs=5, waiting=5)
    with TestClient(make_app(model, {"model": "ours"}, limits), raise_server_exceptions=False) as client:
        yield client


def test_one_input_and_many_are_answered_as_by_the_model(client, model):
    assert client.post("/predict", json={"inputs": TEXTS[0]}).json() == model(TEXTS[0])
    found = client.post("/predict", json={"inputs": TEXTS}).json()
    assert [each["label"] for each in found] == [each["label"] for each in model.predict(TEXTS)]
    assert client.post("/predict", json={"inputs": []}).json() == []
    assert client.post("/predict", json={"inputs": "a", "parameters": {}}).status_code == 200


@pytest.mark.parametrize("name", ["bilstm-crf", "gru-series", "lstm-lm", "lstm-seq2seq"])
def test_every_kind_answers(name, exported):
    model = load(exported(name))
    given = [[1.0, 2.0, None]] * 3 if name == "gru-series" else "Maria lives in Lisbon"
    with TestClient(make_app(model, {})) as client:
        one = client.post("/predict", json={"inputs": given})
        assert one.status_code == 200
        assert client.post("/predict", json={"inputs": [given, given]}).json() == [one.json()] * 2


def test_a_model_of_torch_answers_too(saved):
    predictor = hf_seq.load(saved("bilstm"))
    with TestClient(make_app(predictor, {})) as client:
        assert client.post("/predict", json={"inputs": TEXTS}).json() == list(predictor.predict(TEXTS))
        assert "must be a string" in client.post("/predict", json={"inputs": 7}).json()["error"]


def test_health_metadata_and_a_description_are_there(client):
    assert client.get("/health").json() == {"status": "ok"}
    facts = client.get("/metadata").json()
    assert facts["model"] == "ours"
    assert facts["limits"]["inputs"] == 5
    described = client.get("/openapi.json").json()["paths"]["/predict"]["post"]
    assert described["requestBody"]["content"]["application/json"]["schema"]["required"] == ["inputs"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"inputs": "' + b"a" * 2_000 + b'"}', 413, "larger than 2,000 bytes"),
        (json.dumps({"inputs": ["a"] * 6}).encode(), 413, "6 inputs in one request; this server takes 5"),
        (b"", 422, "is not JSON"),
        (b"{", 422, "is not JSON"),
        (b"\xff\xfe", 422, "is not JSON"),
        (b"[" * 1_900, 422, "is not JSON"),
        (b'"inputs"', 422, 'with a field "inputs"'),
        (b'{"input": "a"}', 422, 'with a field "inputs"'),
        (b'{"inputs": "a", "top": 3}', 422, "the field 'top' is not known"),
        (b'{"inputs": "a", "parameters": {"top_k": 3}}', 422, "takes no parameters"),
        (b'{"inputs": 3}', 422, "text 0 is 3"),
        (b'{"inputs": ["a", null]}', 422, "text 1 is None"),
        (b'{"inputs": NaN}', 422, "text 0 is nan"),
        (rb'{"inputs": "\ud800"}', 422, "half a character"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(client, body, status, words):
    answer = client.post("/predict", content=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_other_ways_and_methods_are_refused_in_words(client):
    assert client.get("/predict").status_code == 405
    assert client.get("/nowhere").json() == {"error": "Not Found"}


def malformed(rng):
    """A body that somebody may send: a sound one with bytes changed, cut off, doubled, or any JSON at all."""
    anything = [None, True, -1, 1e308, "\ud83d", "", [], {}, [[]], [["a", 1]], {"inputs": {}}, ["a"] * 300, "\x00"]
    body = json.dumps({rng.choice(["inputs", "input", ""]): rng.choice(anything), "parameters": rng.choice(anything)})
    data = bytearray(body.encode("utf-8", "surrogatepass"))
    for _ in range(rng.randint(0, 4)):
        place = rng.randrange(len(data) + 1)
        data[place : place + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    return bytes(data)


@pytest.mark.parametrize("name", ["bilstm", "bilstm-crf", "gru-series", "lstm-seq2seq"])
@pytest.mark.parametrize("count", [250, pytest.param(10_000, marks=pytest.mark.slow)])
def test_nothing_malformed_is_a_500(name, count, exported):
    rng = random.Random(count)
    found = set()
    with TestClient(make_app(load(exported(name)), {}), raise_server_exceptions=False) as client:
        for _ in range(count):
            answer = client.post("/predict", content=malformed(rng))
            found.add(answer.status_code)
            assert answer.json() is not None or answer.status_code == 200
    assert found <= {200, 413, 422}
    assert 422 in found


class Slow:
    """A model that shows how many inputs it is asked together."""

    reads_numbers = False

    def __init__(self):
        self.asked = []
        self.go = threading.Event()

    def predict(self, inputs, window):
        self.go.wait(10)
        self.asked.append(list(inputs))
        if "boom" in inputs:
            raise InputError("boom is no text.")
        return [{"text": text} for text in inputs]


def answered(model, limits, *requests):
    """Ask a batcher, each request in a task of its own; the model is let go when all wait."""

    async def ask():
        batcher = Batcher(model, limits)
        working = asyncio.create_task(batcher.work())
        tasks = []
        for request in requests:
            tasks.append(asyncio.create_task(batcher.answer(request)))
            await asyncio.sleep(0.05)
        model.go.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        working.cancel()
        return found

    return asyncio.run(ask())


def test_inputs_that_wait_are_answered_together():
    model = Slow()
    found = answered(model, Limits(), ["a"], ["b"], ["c", "d"])
    assert found == [[{"text": "a"}], [{"text": "b"}], [{"text": "c"}, {"text": "d"}]]
    assert model.asked == [["a"], ["b", "c", "d"]]


class Counting:
    """A model that says in which thread it was asked."""

    def __init__(self, seconds):
        self.seconds, self.threads = seconds, []

    def predict(self, inputs, window):
        self.threads.append(threading.current_thread() is threading.main_thread())
        time.sleep(self.seconds)
        if "boom" in inputs:
            raise InputError("boom is no text.")
        return [{"text": text} for text in inputs]


@pytest.mark.parametrize(("seconds", "here"), [(0, [False, True, True, False, False]), (0.01, [False] * 5)])
def test_a_quick_model_answers_a_lone_input_where_it_is(seconds, here, monkeypatch):
    monkeypatch.setattr(server, "QUICK", 0.005)
    model = Counting(seconds)

    async def ask():
        batcher = Batcher(model, Limits())
        working = asyncio.create_task(batcher.work())
        found = [await batcher.answer(["a"]), await batcher.answer(["b"])]
        with pytest.raises(Refused, match="boom is no text"):
            await batcher.answer(["boom"])
        found.append(await batcher.answer(["c", "d"]))
        found.append(await batcher.answer(["e" * server.SMALL], server.SMALL + 1))
        working.cancel()
        return found

    *answers, last = asyncio.run(ask())
    assert answers == [[{"text": "a"}], [{"text": "b"}], [{"text": "c"}, {"text": "d"}]]
    assert last == [{"text": "e" * server.SMALL}]
    assert model.threads == here


def test_who_connects_before_the_server_answers_waits():
    taken = listen("127.0.0.1", 0)
    with socket.create_connection(taken.getsockname(), timeout=5):
        taken.close()


def test_a_batch_has_a_limit_and_so_has_the_queue():
    model = Slow()
    found = answered(model, Limits(batch=2, waiting=3), ["a"], ["b", "c", "d"], ["e"])
    assert [type(each) for each in found] == [list, list, Refused]
    assert (found[2].status, str(found[2])[:21]) == (429, "3 inputs are waiting,")
    assert model.asked == [["a"], ["b", "c"], ["d"]]


def test_a_bad_input_spoils_no_answer_but_its_own():
    model = Slow()
    found = answered(model, Limits(), ["a"], ["b"], ["boom"], ["c"])
    assert found[:2] + found[3:] == [[{"text": "a"}], [{"text": "b"}], [{"text": "c"}]]
    assert (found[2].status, str(found[2])) == (422, "boom is no text.")


def test_an_address_in_use_is_refused_in_words(exported, capsys):
    taken = listen("127.0.0.1", 0)
    taken.listen()
    port = str(taken.getsockname()[1])
    assert main(["serve", str(exported("bilstm")), "--port", port]) == 2
    assert f"127.0.0.1:{port} cannot be listened on" in capsys.readouterr().err
    assert main(["serve", str(exported("bilstm")), "--host", "no.such.host.invalid"]) == 2
    assert "no.such.host.invalid:8000 cannot be listened on" in capsys.readouterr().err
    taken.close()


def ask(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("alone", [False, True], ids=["hf-seq serve", "server.py"])
def test_it_listens_on_this_machine_alone_and_stops_when_told(alone, exported):
    folder = exported("bilstm")
    command = [str(folder / "server.py")] if alone else ["-m", "hf_seq", "serve", str(folder)]
    environment = os.environ | {"PYTHONPATH": "" if alone else os.environ.get("PYTHONPATH", os.getcwd())}
    server = subprocess.Popen(
        [sys.executable, *command, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        line = server.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/predict", line).group()
        for _ in range(100):
            try:
                found = ask(url, json.dumps({"inputs": "a fine film"}).encode())
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        assert found["label"] == load(folder)("a fine film")["label"]
        facts = ask(url.replace("predict", "metadata"))
        assert facts["model"] == "RecurrentForSequenceClassification"
        assert str(folder) not in json.dumps(facts)
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=20)
    assert "Traceback" not in errors
    assert server.returncode in (0, -signal.SIGTERM)
