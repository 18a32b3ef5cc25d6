# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a tokenizer that others saved must know of its own special tokens."""

from pathlib import Path
from typing import Any

from hf_seq.errors import InputError


def check_unknown_token(tokenizer: Any, place: str | Path) -> None:
    """Refuse a tokenizer whose token for unknown words is unknown itself: asked for its id, it asks without end.

    Args:
        tokenizer: that was loaded.
        place: its folder or name, for the message.

    Raises:
        InputError: it is so.
    """
    token = getattr(tokenizer, "unk_token", None)
    if token is not None and token not in tokenizer.get_vocab():
        raise InputError(
            f"the tokenizer in {place} has unk_token={token!r:.60}, which its vocabulary does not have; save the "
            "model's own beside it again."
        )
