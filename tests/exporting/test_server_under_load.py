# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq serve` as strangers meet it: many at once, thousands in a row, paths that climb, texts without end."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

import hf_seq

MODEL = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0" / "bilstm"
WATCHED = """
import sys
def watch(event, given):
    if event == "socket.getaddrinfo" and given[0] not in ("127.0.0.1", "localhost", None):
        print("LOOKED UP", given[0], flush=True)
    if event == "socket.connect" and isinstance(given[1], tuple) and given[1][0] not in ("127.0.0.1", "::1"):
        print("CONNECTED TO", given[1], flush=True)
sys.addaudithook(watch)
from hf_seq.cli import main
sys.exit(main(sys.argv[1:]))
"""
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def server():
    """A server in a process of its own whose every look-up and connection is printed: its port, and the process."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-c", WATCHED, "serve", str(MODEL), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    said = []
    while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/", said[-1] if said else "")):
        said.append(process.stdout.readline())
        assert said[-1], said
    process.said = said
    wait_for(int(found[1]))
    yield int(found[1]), process
    process.terminate()
    assert process.communicate(timeout=30)[0] == ""  # it looked up nothing later, either


def wait_for(port):
    """Wait for a port that is taken to be listened on."""
    for _ in range(600):
        with socket.socket() as line:
            if not line.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")


def ask(port, text, connection=None):
    """Send a text; give the status and the answer."""
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/predict", json.dumps({"inputs": text}))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def resident(process):
    """Read the resident set of a process in bytes."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_nothing_is_asked_of_the_network_at_start(server):
    assert len(server[1].said) == 1


def test_two_hundred_at_once_are_all_answered_as_the_model_does(server):
    port, _ = server
    texts = [f"a {'good' if n % 2 else 'bad'} film number {n}" for n in range(200)]
    with ThreadPoolExecutor(200) as pool:
        found = list(pool.map(lambda text: ask(port, text), texts))
    assert {status for status, _ in found} == {200}
    expected = list(hf_seq.load(MODEL).predict(texts))
    assert [answer["label"] for _, answer in found] == [answer["label"] for answer in expected]
    assert [answer["score"] for _, answer in found] == pytest.approx([each["score"] for each in expected], abs=1e-5)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("count", [600, pytest.param(6_000, marks=pytest.mark.slow)])
def test_memory_is_flat_over_many_requests(server, count):
    port, process = server
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    texts = [f"film {n} " * (n % 40 + 1) for n in range(count)]
    for text in texts[: count // 3]:
        assert ask(port, text, connection)[0] == 200
    before = resident(process)
    for text in texts[count // 3 :]:
        assert ask(port, text, connection)[0] == 200
    assert resident(process) - before < 16 * MEGABYTE


@pytest.mark.parametrize("text", ["a" * 900_000, "a." * 50_000, "QUJD" * 25_000, "\u0301" * 100_000, "\x00"], ids=len)
def test_a_text_without_end_is_answered_soon(server, text):
    start = time.monotonic()
    status, answer = ask(server[0], text)
    assert (status, time.monotonic() - start < 120) == (200, True), answer


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/config.json",
        "/file=/etc/passwd",
        "/.env",
    ],
)
def test_no_file_of_the_machine_is_served(server, path):
    with socket.create_connection(("127.0.0.1", server[0]), timeout=20) as line:  # clients tidy paths up
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert b"root:" not in answer
    assert b"vocab_size" not in answer


def test_half_a_request_holds_up_nobody(server):
    port, _ = server
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert ask(port, "a good film")[0] == 200
