# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a student is taught with: its answers against the teacher's, each answer counting once.

N answers: one a text, or one a word · L labels · H width of the teacher's states
B batch · W words of the longest row
Temperature: Hinton et al. 2015, arXiv:1503.02531. Logits: Ba & Caruana 2014, arXiv:1312.6184; Tang et al. 2019,
arXiv:1903.12136.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from hf_seq.models.chains import FORBIDDEN, Chain, expectations, log_partition
from hf_seq.models.crf import LinearChainCRF

SoftLoss = Literal["mse", "kl"]
LEAST = -60.0  # log-probabilities below this are as good as zero


def soft_losses(
    student: Tensor, teacher: Tensor, kind: SoftLoss, temperature: float = 1.0, several: bool = False
) -> Tensor:
    """Measure how far the student's predictions are from the teacher's.

    Args:
        student: (N, L) logits.
        teacher: (N, L) logits.
        kind: `mse` between logits, averaged over the labels; `kl`, the divergence between distributions.
        temperature: of `kl`: both distributions are flattened by it, and the loss is multiplied by its square, so that
            gradients keep their size.
        several: labels do not exclude each other; `kl` is then between L coins, averaged over them.

    Returns:
        (N,) float32.
    """
    student, teacher = student.float(), teacher.float()
    if kind == "mse":
        return (student - teacher).square().mean(-1)
    cold, warm = student / temperature, teacher / temperature
    if several:
        true = warm.sigmoid()
        chance = F.binary_cross_entropy_with_logits(warm, true, reduction="none")  # its entropy
        losses = (F.binary_cross_entropy_with_logits(cold, true, reduction="none") - chance).mean(-1)
    else:
        losses = F.kl_div(cold.log_softmax(-1), warm.log_softmax(-1), reduction="none", log_target=True).sum(-1)
    return losses * temperature**2


def chain_losses(
    crf: LinearChainCRF, emissions: Tensor, teacher: Tensor, lengths: Tensor, temperature: float = 1.0
) -> Tensor:
    """Measure how far a CRF's distribution over whole paths is from a teacher that tags each word by itself.

    The teacher's words are independent, so it gives probability to paths that the tag scheme forbids. It is therefore
    conditioned on legal paths, which makes it a chain, too: emissions log q, and transitions that only forbid. Between
    two chains the divergence is exact,

        KL(q || p) = <s, theta_q> - log Z_q - <s, theta_p> + log Z_p

    with s the labels and transitions that q expects to visit. Its gradient is the difference of posterior marginals,
    the CRF's minus the teacher's, for labels and transitions alike; forward-backward gives it in one pass, where the
    gradient through marginals would need a second.

    Args:
        crf: of the student.
        emissions: (B, W, L) of the student, words in front.
        teacher: (B, W, L) logits.
        lengths: (B,) words of each row.
        temperature: flattens both, emissions and transitions; the loss is multiplied by its square.

    Returns:
        (B,) float64, at least 0, summed over the words of a row.
    """
    rules = (crf.start_forbidden, crf.end_forbidden, crf.pair_forbidden)
    scores = [part.double() / temperature for part in (crf.start, crf.end, crf.pair)]
    ours = Chain(*(part.masked_fill(rule, FORBIDDEN) for part, rule in zip(scores, rules, strict=True)))
    theirs = Chain(
        *(torch.zeros_like(part).masked_fill(rule, FORBIDDEN) for part, rule in zip(scores, rules, strict=True))
    )
    mask = (torch.arange(emissions.shape[1], device=emissions.device) < lengths.unsqueeze(1)).unsqueeze(-1)  # (B, W, 1)
    emitted = (emissions.double() / temperature).masked_fill(~mask, 0.0)
    with torch.no_grad():
        believed = (teacher.double() / temperature).log_softmax(-1).clamp(min=LEAST).masked_fill(~mask, 0.0)
        total, nodes, edges = expectations(believed, theirs, lengths)
        known = _score(believed, theirs, nodes, edges, lengths) - total
    divergence = known - _score(emitted, ours, nodes, edges, lengths) + log_partition(emitted, ours, lengths)
    return divergence.clamp(min=0.0) * temperature**2  # rounding may take it below


def _score(emissions: Tensor, chain: Chain, nodes: Tensor, edges: Tensor, lengths: Tensor) -> Tensor:
    """Compute the expected score (B,) of the labels and transitions, by how often each is expected."""
    rows = torch.arange(len(lengths), device=lengths.device)
    first, last = nodes[:, 0], nodes[rows, (lengths - 1).clamp(min=0)]
    start, end, pair = (torch.where(part == FORBIDDEN, 0.0, part) for part in chain)
    return (nodes * emissions).sum((1, 2)) + first @ start + last @ end + (edges * pair).sum((1, 2))


def hidden_losses(student: Tensor, teacher: Tensor) -> Tensor:
    """Compute the mean squared difference between projected states and the teacher's: two (N, H) to (N,) float32."""
    return (student.float() - teacher.float()).square().mean(-1)
