# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq predict --serve_stdin`: a process that stays, and answers each line of stdin as soon as it is there."""

import json
from collections.abc import Iterable
from typing import IO, Any

from hf_seq.commands.inputs import Reader, read_texts
from hf_seq.errors import InputError


def serve_stdin(lines: Iterable[bytes], predictor: Any, reader: Reader, sink: IO[str]) -> None:
    """Write a line of JSON for each line, in their order, until there are no more.

    Args:
        lines: a text each, two with a tab between, or a series as JSON, as the model reads.
        predictor: answers.
        reader: what the predictor reads.
        sink: is flushed after each answer; a line that cannot be answered gets `{"error": ...}`, and the next is read.
    """
    for number, line in enumerate(lines, start=1):
        try:
            answer = _answer(line, number, predictor, reader)
        except InputError as error:
            answer = {"error": str(error)}
        sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sink.flush()


def _answer(line: bytes, number: int, predictor: Any, reader: Reader) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(f"line {number} is not UTF-8 ({error}); write UTF-8.") from error
    given = list(read_texts([text], reader, "line", first=number))
    if not given:
        raise InputError(f"line {number} is blank, and this model reads series; write one as JSON.")
    answer: dict[str, Any] = next(iter(predictor.predict(given)))
    return answer
