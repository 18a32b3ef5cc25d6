# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Hiding tokens, for models that learn to tell them (Devlin et al. 2019, arXiv:1810.04805, section 3.1).

B rows · T steps, padding included
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

IGNORED = -100
SHOWN_AS_MASK, SHOWN_AS_ANOTHER = 0.8, 0.1  # of the tokens to be told; the rest is shown as it is


def hide_tokens(
    input_ids: Tensor,
    mask: Tensor,
    share: float,
    *,
    mask_token_id: int,
    first_token_id: int,
    vocab_size: int,
    never: Sequence[int] = (),
    generator: torch.Generator | None = None,
    drawn: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Choose tokens to be told, and hide most of them.

    Args:
        input_ids: (B, T).
        mask: (B, T) nonzero where a token may be chosen.
        share: of those tokens, on average.
        mask_token_id: what 80 % of the chosen ones are shown as.
        first_token_id: 10 % are shown as a random token from this id on, so that special tokens are never shown.
        vocab_size: ends the range of random tokens.
        never: ids that are not chosen, and not shown for another: [CLS] stands where everybody knows.
        generator: of the choice; torch's own where absent.
        drawn: (B, T, 3) numbers from 0 to 1 that make the choice, in place of a generator.

    Returns:
        What is shown (B, T), and the true ids (B, T) of the chosen tokens, -100 elsewhere.
    """
    shape, device = input_ids.shape, input_ids.device
    if drawn is None:
        choice = torch.rand(shape, generator=generator, device=device)
        how = torch.rand(shape, generator=generator, device=device)
        others = torch.randint(first_token_id, vocab_size, shape, generator=generator, device=device)
    else:
        choice, how, which = drawn.to(device).unbind(-1)
        others = first_token_id + (which * (vocab_size - first_token_id)).long()
    odd = torch.tensor(never, dtype=input_ids.dtype, device=device)
    chosen = (choice < share) & mask.bool() & ~torch.isin(input_ids, odd)
    shown = torch.where(chosen & (how < SHOWN_AS_MASK), mask_token_id, input_ids)
    swapped = chosen & (how >= SHOWN_AS_MASK) & (how < SHOWN_AS_MASK + SHOWN_AS_ANOTHER)
    shown = torch.where(swapped & ~torch.isin(others, odd), others, shown)
    return shown, input_ids.masked_fill(~chosen, IGNORED)


def never_hidden(tokenizer: Any) -> list[int]:
    """List the special tokens of a tokenizer, which say nothing to be told; the unknown one stands for a word."""
    return sorted(set(tokenizer.all_special_ids) - {tokenizer.unk_token_id})


def draw_by_row(keys: Sequence[Sequence[int]], steps: int) -> Tensor:
    """Draw (B, T, 3) numbers for `hide_tokens`, each row by a key of its own: a row is hidden alike in any batch.

    Args:
        keys: B lists of numbers.
        steps: T; the numbers of a row begin alike for every T.
    """
    return torch.from_numpy(np.stack([np.random.default_rng(key).random((steps, 3), np.float32) for key in keys]))
