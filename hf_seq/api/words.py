# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Errors that name flags, said with keywords: `--resume` is `resume=True`, `--text_column` is `text_column`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from hf_seq.errors import InputError
from hf_seq.flags.flag import flags_of
from hf_seq.tasks.registry import recipe_class, task_names

_FLAG = re.compile(r"--(\w+(?:\.\w+)*)")


@contextmanager
def flags_as_keywords() -> Iterator[None]:
    """Say errors of the inside as someone who wrote Python has to mend them; commands in backticks stay commands."""
    try:
        yield
    except InputError as error:
        error.args = (keywords(str(error)),)
        raise


def keywords(message: str) -> str:
    """Write the flags of a message as keywords.

    Example:
        >>> keywords("--output_dir runs/a is in use; add --resume, or run `hf-seq train --resume --output_dir runs/a`.")
        'output_dir runs/a is in use; add resume=True, or run `hf-seq train --resume --output_dir runs/a`.'
    """
    switches = {flag.name for task in task_names() for flag in flags_of(recipe_class(task)) if flag.kind is bool}

    def keyword(found: re.Match[str]) -> str:
        return f"{found[1]}=True" if found[1] in switches | {"redo"} else found[1]

    parts = re.split(r"(`[^`]*hf-seq [^`]*`)", message)
    return "".join(part if place % 2 else _FLAG.sub(keyword, part) for place, part in enumerate(parts))
