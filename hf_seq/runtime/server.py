# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Answers over HTTP by a model: what `hf-seq serve` runs, and beside an export what a container runs.

    python server.py --host 0.0.0.0 --port 8000  # needs fastapi and uvicorn beside what runtime.py needs

POST /predict {"inputs": one or a list of many} · GET /health · GET /metadata · GET /openapi.json
"""

import argparse
import asyncio
import json
import math
import socket
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

if __package__:
    from .runtime import InputError, load
else:
    from runtime import InputError, load  # type: ignore[no-redef,import-not-found]


QUICK, SMALL = 0.002, 2_000
"""Seconds that nobody notices others wait, and bytes of an input that takes no longer than the one before."""


@dataclass(frozen=True)
class Limits:
    """What a server takes: bytes of a body, inputs of a request, inputs that wait, inputs answered at once."""

    body: int = 1_000_000
    inputs: int = 256
    waiting: int = 1024
    batch: int = 64


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that gets another answer than its own: a status, and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Batcher:
    """Answers inputs in one thread; those that come in meanwhile wait, and are then answered together.

    A model that takes less time than anybody notices answers a lone input where it is, unless others are waiting.
    """

    def __init__(self, model: Any, limits: Limits) -> None:
        self.model, self.limits = model, limits
        self._seconds = math.inf  # that a lone input takes
        self._busy = False
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self._come = asyncio.Event()
        self._thread = ThreadPoolExecutor(1)

    async def answer(self, inputs: list[Any], size: int = 0) -> list[Any]:
        """Answer checked inputs.

        Args:
            inputs: of one request.
            size: bytes of it.

        Raises:
            Refused: too many are waiting, or an input turned out to be none.
        """
        if len(self._waiting) + len(inputs) > self.limits.waiting:
            raise Refused(
                429, f"{len(self._waiting)} inputs are waiting, more than this server keeps; come back later."
            )
        if len(inputs) == 1 and size <= SMALL and self._seconds < QUICK and not self._busy and not self._waiting:
            return [_or_raise(answer) for answer in self._answer(inputs)]
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in inputs]
        self._waiting += zip(inputs, futures, strict=True)
        self._come.set()
        return await asyncio.gather(*futures)

    async def work(self) -> None:
        """Answer what comes in, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._come.wait()
            batch, self._waiting = self._waiting[: self.limits.batch], self._waiting[self.limits.batch :]
            if not self._waiting:
                self._come.clear()
            self._busy = True
            found = await loop.run_in_executor(self._thread, self._answer, [given for given, _ in batch])
            self._busy = False
            for (_, future), answer in zip(batch, found, strict=True):
                if future.done():  # its client has gone
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    def _answer(self, inputs: list[Any]) -> list[Any]:
        """Answer a batch; where one of it cannot be answered, each for itself."""
        begun = time.perf_counter()
        try:
            answers = list(self.model.predict(inputs, window=len(inputs)))
            if len(inputs) == 1:
                self._seconds = time.perf_counter() - begun
            return answers
        except InputError as error:
            if len(inputs) == 1:
                return [Refused(422, str(error))]
            return [each for given in inputs for each in self._answer([given])]
        except Exception as error:  # whoever waits must hear of it; the next batch may well be answered
            return [error] * len(inputs)


def _or_raise(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def make_app(model: Any, about: dict[str, Any], limits: Limits | None = None) -> FastAPI:
    """Make the application.

    Args:
        model: answers by `predict`: an exported one, or a predictor of hf_seq.
        about: what /metadata says.
        limits: what is taken.
    """
    limits = limits or Limits()
    batcher = Batcher(model, limits)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(batcher.work())
        yield
        working.cancel()

    app = FastAPI(
        title=str(about.get("model", "hf_seq")), version="1", lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.add_exception_handler(Refused, lambda _, error: _error(error.status, error.reason))
    app.add_exception_handler(HTTPException, lambda _, error: _error(error.status_code, str(error.detail)))

    @app.post("/predict", openapi_extra=SCHEMA)
    async def predict(request: Request) -> Response:
        """Answer one input, or a list of them."""
        body = await _body(request, limits.body)
        inputs = _inputs(body)
        many = _are_many(inputs, bool(model.reads_numbers) and not getattr(model, "reads_clips", False))
        given = inputs if many else [inputs]
        if len(given) > limits.inputs:
            raise Refused(413, f"{len(given)} inputs in one request; this server takes {limits.inputs} at most.")
        sent = getattr(model, "check_sent", None)  # of sound, where a text must not be taken for a path
        check: Callable[[Any, int], Any] = sent or getattr(model, "check", None) or model._check
        try:
            checked = [check(_clean(each), row) for row, each in enumerate(given)]
        except InputError as error:
            raise Refused(422, str(error)) from error
        answers = await batcher.answer(checked, len(body))
        return _json(answers if many else answers[0])

    @app.get("/health")
    async def health() -> Response:
        """Say that the model is loaded."""
        return _json({"status": "ok"})

    @app.get("/metadata")
    async def metadata() -> Response:
        """Describe the model, and what the server takes."""
        return _json(about | {"limits": vars(limits)})

    return app


SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["inputs"],
                    "properties": {
                        "inputs": {"description": "A text, or several; numbers of series; a file of sound in base64."}
                    },
                },
                "example": {"inputs": "not bad at all"},
            }
        },
    },
    "responses": {
        "200": {"description": "The answer to one input, or a list of answers."},
        "413": {"description": "The body is too large, or holds too many inputs."},
        "422": {"description": "No JSON, or no input of this model."},
        "429": {"description": "Too many inputs are waiting."},
    },
}


async def _body(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise Refused(413, f"the body is larger than {limit:,} bytes; send fewer or shorter inputs.")
    return b"".join(parts)


def _inputs(body: bytes) -> Any:
    """Read `{"inputs": ...}`."""
    try:
        given = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(422, f'the body is not JSON ({str(error)[:80]}); send {{"inputs": "a text"}}.') from error
    if not isinstance(given, dict) or "inputs" not in given:
        raise Refused(422, 'the body must be an object with a field "inputs": one input, or a list of them.')
    if odd := set(given) - {"inputs", "parameters"}:
        raise Refused(422, f'the field {sorted(odd)[0][:40]!r} is not known; send {{"inputs": ...}}.')
    if given.get("parameters"):
        raise Refused(422, "this server takes no parameters; they are set when it is started.")
    return given["inputs"]


def _are_many(inputs: Any, numbers: bool) -> bool:
    """Tell a list of inputs from one; a series is (T,) or (T, C), or a dict with one, so several are a level deeper."""
    if not isinstance(inputs, list):
        return False
    if not numbers or (inputs and isinstance(inputs[0], dict)):
        return True
    depth, level = 0, inputs
    while isinstance(level, list) and level:
        depth, level = depth + 1, level[0]
    return depth > 2


def _clean(given: Any) -> Any:
    """Refuse half a character, which JSON can write and UTF-8 cannot."""
    for text in given if isinstance(given, list) else [given]:
        if isinstance(text, str):
            try:
                text.encode("utf-8")
            except UnicodeEncodeError as error:
                raise InputError(f"the text holds half a character (a lone surrogate) at {error.start}.") from error
    return given


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, headers, "application/json")


def _error(status: int, reason: str) -> Response:
    return _json({"error": reason}, status, {"Retry-After": "1"} if status == 429 else None)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def listen(host: str, port: int) -> socket.socket:
    """Take an address.

    Raises:
        InputError: it cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.socket(family)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(128)  # who comes before the server answers waits, and is not turned away
    except (OSError, OverflowError) as error:
        raise InputError(f"{host}:{port} cannot be listened on ({error}); choose another --port or --host.") from error
    return taken


def run(app: FastAPI, taken: socket.socket, seconds: int = 10) -> None:
    """Answer until told to stop; requests that are under way may take so many seconds more."""
    settings: dict[str, Any] = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": seconds}
    uvicorn.Server(uvicorn.Config(app, **settings)).run(sockets=[taken])


def main() -> None:
    """Serve the export that this file lies beside."""
    parser = argparse.ArgumentParser(description="Answer over HTTP by the model beside this file.")
    parser.add_argument("--folder", default=str(Path(__file__).parent))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--quantized", action="store_true")
    chosen = parser.parse_args()
    model = load(chosen.folder, quantized=chosen.quantized)
    config = json.loads((Path(chosen.folder) / "config.json").read_text(encoding="utf-8"))
    about = {"model": config["architectures"][0], "task": model.facts["kind"], "labels": model.label_names}
    taken = listen(chosen.host, chosen.port)
    print(f"http://{chosen.host}:{taken.getsockname()[1]}/predict", flush=True)
    run(make_app(model, about), taken)


if __name__ == "__main__":
    main()
