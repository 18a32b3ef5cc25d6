# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A head for large vocabularies: frequent tokens are always scored, rare ones where their cluster is asked for.

Grave et al. 2017, arXiv:1609.04309. The parameters are those of `torch.nn.AdaptiveLogSoftmaxWithLoss`, name by name.

K clusters · H width of a state · V vocabulary · N rows
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from .configuration_recurrent import RecurrentConfig
from .head_loss import head_loss
from .padding import is_tracing
from .token_losses import target_count, token_loss

NARROWER = 4
"""Each cluster is scored from a state so many times narrower than the one before it."""


class AdaptiveHead(nn.Module):
    """Log-probabilities of all tokens, and a loss that does not make them all.

    Args:
        config: says `vocab_size` and `adaptive_softmax_cutoffs`: the ids at which clusters begin.
        width: H.

    Raises:
        ValueError: the cutoffs do not part the vocabulary, or the embedding is to score, too.
    """

    travels = True  # its file is saved with the models that have one

    def __init__(self, config: RecurrentConfig, width: int) -> None:
        super().__init__()
        _check(config)
        self.cutoffs: list[int] = list(config.adaptive_softmax_cutoffs or [])
        sizes = [end - start for start, end in zip(self.cutoffs, [*self.cutoffs[1:], config.vocab_size], strict=True)]
        self.head = nn.Linear(width, self.cutoffs[0] + len(sizes))
        self.tail: Any = nn.ModuleList(
            nn.Sequential(nn.Linear(width, narrow, bias=False), nn.Linear(narrow, size, bias=False))
            for narrow, size in ((max(1, width // NARROWER**depth), size) for depth, size in enumerate(sizes, 1))
        )

    def forward(self, states: Tensor) -> Tensor:
        """Give the log-probability of every token, in float32: (..., H) to (..., V)."""
        sizes = [self.cutoffs[0]] + [1] * len(self.tail)
        shortlist, *clusters = _log_softmax(self.head(states)).split(sizes, -1)  # (..., one or the shortlist)
        inside = [_log_softmax(tail(states)) for tail in self.tail]  # (..., size of the cluster)
        return torch.cat([shortlist, *(each + own for each, own in zip(inside, clusters, strict=True))], -1)

    def loss(self, states: Tensor, targets: Tensor, num_items_in_batch: Tensor | int | None = None) -> Tensor:
        """Give `token_loss` of what `forward` gives, without the scores of clusters that no target is in.

        Args:
            states: (..., H).
            targets: (...) ids, -100 where there is none.
            num_items_in_batch: what to divide the sum by; without it, the targets of this batch.

        Raises:
            IndexError: a target outside the vocabulary, with its range.
        """
        states, targets = states.flatten(0, -2), targets.to(states.device).flatten()  # (N, H), (N,)
        size = self.cutoffs[-1] + self.tail[-1][1].out_features
        if is_tracing() or bool(((targets != -100) & ((targets < 0) | (targets >= size))).any()):
            return token_loss(self(states), targets, num_items_in_batch)
        count = target_count(targets, num_items_in_batch)
        clusters = torch.bucketize(targets, targets.new_tensor(self.cutoffs), right=True)  # 0 is the shortlist
        total = head_loss(self.head, states, targets.where(clusters == 0, self.cutoffs[0] + clusters - 1), count)
        for depth, (start, (narrow, score)) in enumerate(zip(self.cutoffs, self.tail, strict=True), 1):
            rows = (clusters == depth).nonzero()[:, 0]
            total = total + head_loss(score, narrow(states[rows]), targets[rows] - start, count)
        return total

    def resize_vocabulary(self, vocab_size: int) -> None:
        """Add tokens to the last cluster, as likely as its others, or take the last ones away.

        Raises:
            ValueError: nothing of it would be left.
        """
        if vocab_size <= self.cutoffs[-1]:
            raise ValueError(
                f"a vocabulary of {vocab_size} leaves nothing of the cluster that begins at {self.cutoffs[-1]} "
                f"(adaptive_softmax_cutoffs={self.cutoffs}); use {self.cutoffs[-1] + 1} or more."
            )
        last: nn.Linear = self.tail[-1][1]
        old, size = last.weight.detach(), vocab_size - self.cutoffs[-1]
        added = old.mean(0, keepdim=True).expand(max(0, size - len(old)), -1)
        last.weight = nn.Parameter(torch.cat([old[:size], added]), requires_grad=last.weight.requires_grad)
        last.out_features = size


def _log_softmax(scores: Tensor) -> Tensor:
    """In float32 at least: half a precision would round a nat of 10 by 0.03."""
    return scores.log_softmax(-1, dtype=torch.promote_types(scores.dtype, torch.float32))


def _check(config: RecurrentConfig) -> None:
    cutoffs = config.adaptive_softmax_cutoffs or []
    bounds = [0, *cutoffs, config.vocab_size]
    if not cutoffs or any(start >= end for start, end in pairwise(bounds)):
        raise ValueError(
            f"adaptive_softmax_cutoffs={cutoffs} must be ids that grow, above 0 and below "
            f"vocab_size={config.vocab_size}, such as [{max(1, config.vocab_size // 10)}]; or None."
        )
    if config.tie_word_embeddings:
        raise ValueError(
            f"adaptive_softmax_cutoffs={cutoffs} scores rare tokens from narrower states, which the embedding does "
            "not fit; use tie_word_embeddings=False."
        )


__all__ = ["AdaptiveHead"]
