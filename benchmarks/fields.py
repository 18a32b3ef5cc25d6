# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the linear-chain CRF against pytorch-crf, with the same weights over the same scores.

B sentences · T steps · K tags
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import FULL, CRFSizes, Sizes
from hf_seq.models.crf import LinearChainCRF

PEER = "pytorch-crf"


def crf_loss(sizes: Sizes = FULL) -> Speed:
    """Time the negative log-likelihood, forward and backward."""
    ours, theirs, scores, tags, mask = _both(sizes.crf)
    milliseconds = partial(_milliseconds, calls=sizes.crf.calls)

    def step(crf: Callable[..., torch.Tensor]) -> None:
        given = scores.clone().requires_grad_()
        (-crf(given, tags, mask).sum()).backward()

    return time_pairs(
        "crf-loss",
        lambda: milliseconds(lambda: step(ours)),
        PEER,
        lambda: milliseconds(lambda: step(lambda *given: theirs(*given, reduction="none"))),
        "ms",
        pairs=sizes.pairs or 9,
        note=f"{_note(sizes.crf)}, forward and backward",
    )


def crf_decode(sizes: Sizes = FULL) -> Speed:
    """Time the best path."""
    ours, theirs, scores, _, mask = _both(sizes.crf)
    milliseconds = partial(_milliseconds, calls=sizes.crf.calls)
    with torch.no_grad():
        return time_pairs(
            "crf-decode",
            lambda: milliseconds(lambda: ours.decode(scores, mask)),
            PEER,
            lambda: milliseconds(lambda: theirs.decode(scores, mask)),
            "ms",
            pairs=sizes.pairs or 9,
            note=f"{_note(sizes.crf)}, Viterbi",
        )


def _both(sizes: CRFSizes) -> tuple[LinearChainCRF, Any, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Make both fields with the same weights, scores (B, T, K), tags and mask (B, T); the two are checked to agree."""
    from torchcrf import CRF  # of the dev extra

    torch.manual_seed(0)
    ours, theirs = LinearChainCRF([str(tag) for tag in range(sizes.tags)]), CRF(sizes.tags, batch_first=True)
    with torch.no_grad():
        ours.start.copy_(theirs.start_transitions)
        ours.end.copy_(theirs.end_transitions)
        ours.pair.copy_(theirs.transitions)
    shape = (sizes.sentences, sizes.steps)
    scores, tags = torch.randn(*shape, sizes.tags), torch.randint(sizes.tags, shape)
    mask = torch.ones(*shape, dtype=torch.bool)
    torch.testing.assert_close(ours(scores, tags, mask), theirs(scores, tags, mask, reduction="none"))
    assert ours.decode(scores, mask).tolist() == theirs.decode(scores, mask)
    return ours, theirs, scores, tags, mask


def _note(sizes: CRFSizes) -> str:
    return f"{sizes.sentences} sentences x {sizes.steps} steps x {sizes.tags} tags, one thread, fp32 scores"


def _milliseconds(work: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return 1000 * (time.perf_counter() - start) / calls
