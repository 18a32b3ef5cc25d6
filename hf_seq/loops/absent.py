# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Packages that are not installed, and are asked for at every step."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def known_absent(name: str) -> Iterator[None]:
    """Have Python answer at once, inside the block, that a package which is not installed is not there.

    accelerate asks twice a step whether `lomo_optim` is installed, and Python then looks through every folder of
    `sys.path`: a tenth of the step of a small model. None in `sys.modules` is how Python notes what cannot be imported.

    Args:
        name: of the package; one that is installed is left alone.
    """
    if name in sys.modules or importlib.util.find_spec(name) is not None:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.modules.pop(name, None)
