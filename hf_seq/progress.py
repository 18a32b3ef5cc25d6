# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the engine tells people while it works: lines of the logger `hf_seq`.

The command line prints them. Callers in Python see nothing unless they ask for it, as with any library:

    logging.basicConfig(level=logging.INFO)
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger("hf_seq")
ONCE = ("note:", "warning:", "row ")
"""How lines begin that need saying only once, however many models they are about."""


class LinePrinter(logging.Handler):
    """Prints each line above the progress bar, if there is one, at once also into a pipe; in the first process only."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line."""
        from tqdm.auto import tqdm

        if os.environ.get("RANK", "0") != "0":
            return
        stream = sys.stdout if record.levelno < logging.WARNING else sys.stderr
        tqdm.write(self.format(record), file=stream)
        stream.flush()


def print_progress() -> None:
    """Have the lines printed from now on, as the command line does.

    Example:
        >>> import hf_seq
        >>> hf_seq.print_progress()  # doctest: +SKIP
    """
    logger.setLevel(logging.INFO)
    if not any(isinstance(each, LinePrinter) for each in logger.handlers):
        logger.addHandler(LinePrinter())


@contextmanager
def progress_printed() -> Iterator[None]:
    """Have the lines printed inside; whoever calls the command line from Python hears nothing afterwards."""
    level, handlers = logger.level, list(logger.handlers)
    print_progress()
    try:
        yield
    finally:
        logger.setLevel(level)
        for added in set(logger.handlers) - set(handlers):
            logger.removeHandler(added)


@contextmanager
def indented() -> Iterator[None]:
    """Indent the lines that are logged inside."""

    def indent(record: logging.LogRecord) -> bool:
        record.msg = f"  {record.msg}"
        return True

    with _filtered(indent):
        yield


@contextmanager
def quietly() -> Iterator[None]:
    """Log warnings alone inside: of many trainings nobody reads every line."""
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def notes_once() -> Iterator[None]:
    """Log a note or warning inside only once: what there is to say about the data is the same for every model."""
    seen: set[str] = set()

    def is_new(record: logging.LogRecord) -> bool:
        line = record.getMessage().strip()
        known = line in seen
        if line.startswith(ONCE):
            seen.add(line)
        return not known

    with _filtered(is_new):
        yield


@contextmanager
def _filtered(keep: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    logger.addFilter(keep)
    try:
        yield
    finally:
        logger.removeFilter(keep)
