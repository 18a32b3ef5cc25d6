# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq serve` under load: requests at a steady rate from another process, timed from when each was due.

    python benchmarks/speed.py --only serve-p50 serve-p99 serve-int8-p50 serve-int8-p99

A request that had to wait because earlier ones were slow counts with its wait.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.exported import export_model
from benchmarks.pairs import Speed

RATE, SECONDS, CONNECTIONS, WARM_UP = 200, 20.0, 8, 100
ASKED = {
    "serve-p50": (0.50, 1.0),
    "serve-p99": (0.99, 5.0),
    "serve-int8-p50": (0.50, 1.0),
    "serve-int8-p99": (0.99, 5.0),
}
"""Share of the requests, and the milliseconds in which these are to be answered."""


class Connection:
    """A connection to a server that is kept open, and takes one request after another."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")

    def answer(self, body: bytes) -> int:
        """Send a body, read the answer whole, and give its status."""
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        status = int(self.answers.readline().split()[1])
        while (line := self.answers.readline().strip().lower()) != b"":
            if line.startswith(b"content-length"):
                length = int(line.split(b":")[1])
        self.answers.read(length)
        return status

    def close(self) -> None:
        """Close it."""
        self.answers.close()
        self.socket.close()


def send(port: int, texts: Sequence[str], rate: float, seconds: float) -> list[float]:
    """Send requests at a rate, and give the milliseconds of each, from when it was due until it was answered.

    Every connection has a thread that sleeps until its next request is due: a sleeping thread wakes within 0.1 ms,
    where the timers of an event loop are rounded up to whole milliseconds, which would count as the server's.

    Raises:
        RuntimeError: an answer was none.
    """
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    bodies = [json.dumps({"inputs": text}).encode() for text in texts]
    for number in range(WARM_UP):
        connections[number % CONNECTIONS].answer(bodies[number % len(bodies)])
    begun = time.perf_counter() + 0.1

    def turn(first: int) -> list[float]:
        found = []
        for number in range(first, int(rate * seconds), CONNECTIONS):
            due = begun + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            status = connections[first].answer(bodies[number % len(bodies)])
            if status != 200:
                raise RuntimeError(f"request {number} was answered with {status}")
            found.append(1000 * (time.perf_counter() - due))
        return found

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        found = [each for turns in threads.map(turn, range(CONNECTIONS)) for each in turns]
    for connection in connections:
        connection.close()
    return found


def serve_and_send(folder: Path, texts: Sequence[str], seconds: float, flags: Sequence[str] = ()) -> list[float]:
    """Serve an export on one core, and send it requests from this process."""
    command = [sys.executable, "-m", "hf_seq", "serve", str(folder), "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2].partition("/")[0])
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(server.pid, {max(os.sched_getaffinity(0))})
            return send(port, texts, RATE, seconds)
        finally:
            server.terminate()


def serving(id: str, saved: Path, texts: Sequence[str], toy: bool) -> Speed:
    """Measure how long a share of the requests takes, against what is asked."""
    share, asked = ASKED[id]
    seconds = 0.5 if toy else SECONDS
    flags = ["--quantized"] if "int8" in id else []
    found = sorted(serve_and_send(export_model(saved), texts, seconds, flags))
    ours = found[int(share * (len(found) - 1))]
    note = f"{RATE} requests/s, a text each, for {seconds:g} s over {CONNECTIONS} connections; server on one core"
    return Speed(id, round(ours, 3), "what is asked", asked, "ms", round(asked / ours, 2), 1, note)
