# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Knows whether this process is the command line's own: one that answers and ends may be started quickly.

A process that calls `hf_seq.cli.main([...])` may train next, and needs transformers whole.
"""

import atexit
import gc
from pathlib import Path

_claims: list[bool] = []
LOOKS_AT_OLD = 1_000
"""Collections of young objects before one of old ones; Python's own is 10."""


def claim() -> None:
    """Say that this process was started by `hf-seq VERB`, and ends with that verb.

    What imports make is no garbage. Python looks through all of it again and again while torch and transformers are
    imported, and twice when it ends: a quarter of the time of a short answer. Young objects are looked at as ever.
    """
    _claims.append(True)
    gc.set_threshold(700, 10, LOOKS_AT_OLD)
    atexit.register(gc.freeze)


def start(folder_or_id: str | Path) -> None:
    """Import what answering by a model needs, no more where the process is the command line's own, and show no bars."""
    if _claims:
        from hf_seq.predictors.quick_start import start_quickly

        start_quickly(folder_or_id)
        return
    from hf_seq.files.pretrained import is_export

    if not is_export(folder_or_id):
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
