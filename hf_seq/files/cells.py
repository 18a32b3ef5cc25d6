# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a cell of a csv can hold."""

import json
from typing import Any

SEPARATOR = ";"
"""Stands between several labels in one cell."""


def cell_of(value: Any) -> Any:
    """Write what a cell can hold: several values with `;` between them, objects as JSON."""
    if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
        return SEPARATOR.join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple | dict) else value
