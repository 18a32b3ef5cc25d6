# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the linear-chain CRF against pytorch-crf, with the same weights over the same scores.

B sentences · T steps · K tags
"""

import time
from collections.abc import Callable

import torch
from pairs import Speed, time_pairs

from hf_seq.models.crf import LinearChainCRF

SENTENCES, STEPS, TAGS = 32, 60, 17
"""A batch of long sentences with the tags of Universal Dependencies."""
CALLS = 50
PEER = "pytorch-crf"
NOTE = "32 sentences x 60 steps x 17 tags, one thread, fp32 scores"


def crf_loss() -> Speed:
    """Negative log-likelihood, forward and backward."""
    ours, theirs, scores, tags, mask = _both()

    def step(crf: Callable[..., torch.Tensor]) -> None:
        given = scores.clone().requires_grad_()
        (-crf(given, tags, mask).sum()).backward()

    return time_pairs(
        "crf-loss",
        lambda: _milliseconds(lambda: step(ours)),
        PEER,
        lambda: _milliseconds(lambda: step(lambda *given: theirs(*given, reduction="none"))),
        "ms",
        pairs=9,
        note=f"{NOTE}, forward and backward",
    )


def crf_decode() -> Speed:
    """The best path."""
    ours, theirs, scores, _, mask = _both()
    with torch.no_grad():
        return time_pairs(
            "crf-decode",
            lambda: _milliseconds(lambda: ours.decode(scores, mask)),
            PEER,
            lambda: _milliseconds(lambda: theirs.decode(scores, mask)),
            "ms",
            pairs=9,
            note=f"{NOTE}, Viterbi",
        )


def _both() -> tuple[LinearChainCRF, torch.nn.Module, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Both fields with the same weights, scores (B, T, K), tags and mask (B, T); the two are checked to agree."""
    from torchcrf import CRF  # of the dev extra

    torch.manual_seed(0)
    ours, theirs = LinearChainCRF([str(tag) for tag in range(TAGS)]), CRF(TAGS, batch_first=True)
    with torch.no_grad():
        ours.start.copy_(theirs.start_transitions)
        ours.end.copy_(theirs.end_transitions)
        ours.pair.copy_(theirs.transitions)
    scores, tags = torch.randn(SENTENCES, STEPS, TAGS), torch.randint(TAGS, (SENTENCES, STEPS))
    mask = torch.ones(SENTENCES, STEPS, dtype=torch.bool)
    torch.testing.assert_close(ours(scores, tags, mask), theirs(scores, tags, mask, reduction="none"))
    assert ours.decode(scores, mask).tolist() == theirs.decode(scores, mask)
    return ours, theirs, scores, tags, mask


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        work()
    return 1000 * (time.perf_counter() - start) / CALLS
