# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a tokenizer that others saved must know of itself."""

from pathlib import Path
from typing import Any

from hf_seq.errors import InputError


def check_saved_tokenizer(tokenizer: Any, place: str | Path) -> None:
    """Refuse a tokenizer whose token for unknown words is unknown itself, or whose longest text has no length.

    Asked for the id of such a token, it asks without end.

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
    longest = tokenizer.model_max_length
    if isinstance(longest, bool) or not isinstance(longest, int | float) or not longest > 0:
        raise InputError(
            f"the tokenizer in {place} has model_max_length={longest!r:.60}, which is not a number of tokens; save the "
            "model's own beside it again."
        )
