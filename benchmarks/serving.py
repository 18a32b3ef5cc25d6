# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq serve` under load: requests at a steady rate from another process, timed from when each was due.

    python benchmarks/speed.py --only serve-p50 serve-p99

A request that had to wait because earlier ones were slow counts with its wait.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.exported import export_model
from benchmarks.pairs import Speed

RATE, SECONDS, CONNECTIONS, WARM_UP = 200, 20.0, 8, 100
ASKED = {"serve-p50": (0.50, 1.0), "serve-p99": (0.99, 5.0)}
"""Share of the requests, and the milliseconds in which these are to be answered."""


class Connections:
    """Connections to a server that are kept open, each of which takes one request after another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.free: asyncio.Queue[Any] = asyncio.Queue()

    async def open(self, count: int) -> None:
        """Open so many."""
        for _ in range(count):
            self.free.put_nowait(await asyncio.open_connection("127.0.0.1", self.port))

    async def close(self) -> None:
        """Close those that are free."""
        while not self.free.empty():
            _, writer = self.free.get_nowait()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def answer(self, body: bytes) -> int:
        """Send a body, and give the status of the answer."""
        reader, writer = await self.free.get()
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length"))
        await reader.readexactly(length)
        self.free.put_nowait((reader, writer))
        return int(lines[0].split()[1])


async def send(port: int, texts: Sequence[str], rate: float, seconds: float) -> list[float]:
    """Send requests at a rate, and give the milliseconds of each, from when it was due until it was answered.

    Raises:
        RuntimeError: an answer was none.
    """
    connections = Connections(port)
    await connections.open(CONNECTIONS)
    bodies = [json.dumps({"inputs": text}).encode() for text in texts]
    for number in range(WARM_UP):
        await connections.answer(bodies[number % len(bodies)])
    begun = time.perf_counter() + 0.1

    async def one(number: int) -> float:
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status = await connections.answer(bodies[number % len(bodies)])
        if status != 200:
            raise RuntimeError(f"request {number} was answered with {status}")
        return 1000 * (time.perf_counter() - due)

    found = await asyncio.gather(*(one(number) for number in range(int(rate * seconds))))
    await connections.close()
    return found


def serve_and_send(folder: Path, texts: Sequence[str], seconds: float) -> list[float]:
    """Serve an export on one core, and send it requests from this process."""
    command = [sys.executable, "-m", "hf_seq", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2].partition("/")[0])
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(server.pid, {max(os.sched_getaffinity(0))})
            return asyncio.run(send(port, texts, RATE, seconds))
        finally:
            server.terminate()


def serving(id: str, saved: Path, texts: Sequence[str], toy: bool) -> Speed:
    """Measure how long a share of the requests takes, against what is asked."""
    share, asked = ASKED[id]
    seconds = 0.5 if toy else SECONDS
    found = sorted(serve_and_send(export_model(saved), texts, seconds))
    ours = found[int(share * (len(found) - 1))]
    note = f"{RATE} requests/s, a text each, for {seconds:g} s over {CONNECTIONS} connections; server on one core"
    return Speed(id, round(ours, 3), "what is asked", asked, "ms", round(asked / ours, 2), 1, note)
