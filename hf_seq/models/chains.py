# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sums and maxima over all paths through a linear chain: forward-backward, Viterbi, n-best.

Everything here takes chains that stand in front of their row: step t of row b counts where t < N.
B batch · T steps · N steps of a row · L labels
Forward-backward and Viterbi: Rabiner 1989, doi:10.1109/5.18626; with rescaling, section V.A there.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .padding import is_tracing

MAX_SAFE_SPAN = 200.0
"""Largest span of scores, in nats, up to which sums of probabilities stay exact in float64.

The rules of `tag_schemes` let every label reach every other within three steps, so probabilities of one step lie within
e^(3 x 200) of each other, times the number of paths: inside float64's 1e308.
"""
MOST_STEPS = 16
"""Steps after which sums are rescaled however near the scores lie: 10,000 labels grow by e^(9.2 x 2 x 16) at most."""
FORBIDDEN = -1e30
"""Score of a transition that is forbidden: lower than any sum of scores, yet finite, so that gradients are, too."""


class Chain(NamedTuple):
    """What may follow what, and at what score: start (L,), end (L,), pair (L, L), float64, or `FORBIDDEN`."""

    start: Tensor
    end: Tensor
    pair: Tensor


def log_partition(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """Log of the summed exponentials of all paths' scores.

    Args:
        emissions: (B, T, L) float64.
        chain: the scores of transitions.
        lengths: (B,) steps of each row; 0 gives 0.

    Returns:
        (B,) float64. Differentiable once.
    """
    span = _span_of(emissions.detach(), chain)
    if span < MAX_SAFE_SPAN:
        return _LogPartition.apply(emissions, *chain, lengths, span)
    return log_partition_in_logs(emissions, chain, lengths)


def _span_of(emissions: Tensor, chain: Chain) -> float:
    """Measure how far scores of one step lie apart at most, in nats, those of transitions with them."""
    if emissions.device.type == "mps":
        return math.inf  # knows no float64
    span = (emissions.amax(-1) - emissions.amin(-1)).max()
    for scores in (part.detach() for part in chain):
        span = span + scores.max() - torch.where(scores == FORBIDDEN, scores.max(), scores).min()
    return float(span)


class _LogPartition(torch.autograd.Function):
    """The gradient of the log-partition is what the paths are expected to visit: found in one pass with it."""

    @staticmethod
    def forward(
        ctx: Any, emissions: Tensor, start: Tensor, end: Tensor, pair: Tensor, lengths: Tensor, span: float
    ) -> Tensor:
        total, nodes, edges = expectations(emissions, Chain(start, end, pair), lengths, span)
        ctx.save_for_backward(nodes, edges, lengths)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        nodes, edges, lengths = ctx.saved_tensors
        first, last = nodes[:, 0], nodes[torch.arange(len(nodes), device=nodes.device), (lengths - 1).clamp(min=0)]
        pair = (gradient @ edges.flatten(1)).view_as(edges[0])
        return nodes * gradient[:, None, None], gradient @ first, gradient @ last, pair, None, None


def expectations(
    emissions: Tensor, chain: Chain, lengths: Tensor, span: float = MAX_SAFE_SPAN
) -> tuple[Tensor, Tensor, Tensor]:
    """Run forward-backward over probabilities, both directions in one loop.

    The backward direction is the forward one over the reversed row with the transposed matrix.

    Args:
        emissions: (B, T, L) float64, scores that span less than `MAX_SAFE_SPAN`.
        chain: the scores of transitions.
        lengths: (B,).
        span: of the scores; where it is small, sums are rescaled every few steps only.

    Returns:
        Log-partition (B,); probability of each label at each step (B, T, L), zero behind the row; expected count of
        each transition (B, L, L).
    """
    (rows, steps, labels), device = emissions.shape, emissions.device
    positions = torch.arange(steps, device=device).unsqueeze(1)
    mask = positions < lengths  # (T, B)
    reverse = torch.where(mask, lengths - 1 - positions, positions)  # (T, B), its own inverse
    reverse = (reverse * rows + torch.arange(rows, device=device)).view(-1)

    peak = emissions.amax(-1, keepdim=True)
    tops = [scores.max() for scores in chain]
    start, end, pair = ((scores - top).exp_() for scores, top in zip(chain, tops, strict=True))
    factors = emissions.new_empty(2, steps, rows, labels)
    factors[0].copy_(emissions.transpose(0, 1)).sub_(peak.transpose(0, 1))
    torch.index_select(factors[0].exp_().view(-1, labels), 0, reverse, out=factors[1].view(-1, labels))
    sums = _rescaled_products(factors, torch.stack([start, end]), torch.stack([pair, pair.T]), _steps_between(span))

    right = factors[1].view(-1, labels).index_select(0, reverse).view_as(factors[1])  # (T, B, L)
    nodes, edges, ends = _combine_directions(factors[0], right, end, pair, lengths)
    passed = torch.where(mask, sums[0].log() + peak.squeeze(-1).T, 0.0).sum(0)
    fixed = tops[0] + tops[1] + tops[2] * (lengths - 1)
    total = torch.where(lengths > 0, passed + ends.log() + fixed, 0.0)
    return total, nodes, edges


def _combine_directions(
    left: Tensor, right: Tensor, end: Tensor, pair: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Put together what was summed from the left with what was summed from the right.

    Args:
        left: (T, B, L) up to and with a step, at any scale.
        right: (T, B, L) from a step on, at any scale; it is overwritten.
        end: (L,) factor of ending.
        pair: (L, L) factor of going from one label to another.
        lengths: (B,).

    Returns:
        Nodes (B, T, L) and edges (B, L, L) as in `expectations`; the sum over all ways to end (B,).
    """
    steps, rows, labels = left.shape
    last, columns = (lengths - 1).clamp(min=0), torch.arange(rows, device=left.device)
    nodes = torch.empty_like(left)  # first, all that may follow a label
    nodes[:-1] = _product(right[1:].view(-1, labels), pair.T).view_as(right[1:])
    nodes[last, columns] = end
    norms = nodes.mul_(left).sum(-1, keepdim=True)  # (T, B, 1)
    nodes.div_(norms)
    right[1:].div_(norms[:-1])
    if bool((lengths < steps).any()):
        behind = (torch.arange(steps, device=left.device).unsqueeze(1) >= lengths).unsqueeze(-1)  # (T, B, 1)
        nodes.masked_fill_(behind, 0.0)
        right.masked_fill_(behind, 0.0)
    edges = _product(left[:-1].permute(1, 2, 0), right[1:].transpose(0, 1)).mul_(pair)
    return nodes.transpose(0, 1), edges, norms[last, columns, 0]


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Multiply matrices; on CPUs in numpy, which takes a third of the time for small ones in float64."""
    if left.device.type != "cpu":
        return left @ right
    return torch.from_numpy(np.matmul(left.numpy(), right.numpy()))


def _steps_between(span: float) -> int:
    """Tell after how many steps sums need rescaling.

    Without, K steps shrink a state by at most e^(K x span). The two directions are multiplied with each other, and
    within a step labels lie e^(3 x span) apart, so (2 K + 3) x span nats must fit into float64's 708.
    """
    return max(1, min(MOST_STEPS, int((3 * MAX_SAFE_SPAN / max(span, 1e-6) - 3) / 2)))


def _rescaled_products(factors: Tensor, first: Tensor, matrices: Tensor, every: int) -> Tensor:
    """Turn factors into states, in place: each is the state before times the matrix times its factor.

    Args:
        factors: (2, T, B, L).
        first: (2, L) what the factor of step 0 is multiplied with.
        matrices: (2, L, L).
        every: after so many steps a state is brought to sum 1.

    Returns:
        (2, T, B) sums before rescaling; 1 at steps without.
    """
    sums = factors.new_ones(*factors.shape[:-1], 1)
    before, total = factors[:, 0].mul_(first.unsqueeze(1)), sums[:, 0]
    torch.sum(before, -1, keepdim=True, out=total)
    before.div_(total)
    run = _run_in_numpy if factors.device.type == "cpu" else _run
    run(factors, sums, matrices, every)
    return sums.squeeze(-1)


def _run(factors: Tensor, sums: Tensor, matrices: Tensor, every: int) -> None:
    """Go on from the state of step 0, in place."""
    before = factors[:, 0]
    for step, state in enumerate(factors.unbind(1)[1:], start=1):
        before = state.mul_(torch.bmm(before, matrices))
        if step % every == 0:
            torch.sum(before, -1, keepdim=True, out=sums[:, step])
            before.div_(sums[:, step])


def _run_in_numpy(factors: Tensor, sums: Tensor, matrices: Tensor, every: int) -> None:
    """As `_run`; numpy's calls on small arrays cost two thirds of torch's."""
    states, totals, each = factors.numpy(), sums.numpy(), matrices.numpy()
    before, scratch = states[:, 0], np.empty_like(states[:, 0])
    for step in range(1, states.shape[1]):
        state = states[:, step]
        np.multiply(state, np.matmul(before, each, out=scratch), out=state)
        if step % every == 0:
            state /= np.sum(state, -1, keepdims=True, out=totals[:, step])
        before = state


def log_partition_in_logs(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """As `log_partition`, for scores of any size, several times slower."""
    score = chain.start + emissions[:, 0]  # (B, L)
    for step in range(1, emissions.shape[1]):
        following = (score.unsqueeze(2) + chain.pair).logsumexp(1) + emissions[:, step]
        score = torch.where((step < lengths).unsqueeze(1), following, score)
    return torch.where(lengths > 0, (score + chain.end).logsumexp(1), 0.0)


def path_score(emissions: Tensor, tags: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """Score of one path per row: (B, T, L) float64 and tags (B, T) to (B,); 0 for an empty row."""
    mask = torch.arange(emissions.shape[1], device=emissions.device) < lengths.unsqueeze(1)
    emitted = emissions.gather(2, tags.unsqueeze(2)).squeeze(2)  # (B, T)
    moved = chain.pair[tags[:, :-1], tags[:, 1:]]  # (B, T - 1)
    score = torch.where(mask, emitted, 0.0).sum(1) + torch.where(mask[:, 1:], moved, 0.0).sum(1)
    last = tags.gather(1, (lengths - 1).clamp(min=0).unsqueeze(1)).squeeze(1)
    return score + torch.where(lengths > 0, chain.start[tags[:, 0]] + chain.end[last], 0.0)


def best_path(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """Return the path of the highest score (Viterbi 1967, doi:10.1109/TIT.1967.1054010).

    Only the maxima are kept on the way; where each came from is asked for the labels of the best path alone.

    Args:
        emissions: (B, T, L).
        chain: the scores of transitions.
        lengths: (B,).

    Returns:
        (B, T) labels; behind the row, any.
    """
    if emissions.device.type == "cpu" and not is_tracing():
        return _best_path_in_place(emissions, chain, lengths)
    rows = torch.arange(len(emissions), device=emissions.device)
    score = chain.start + emissions[:, 0]
    scores = [score]  # T times (B, L)
    for emission in emissions.unbind(1)[1:]:
        score = (score.T.unsqueeze(2) + chain.pair.unsqueeze(1)).amax(0).add_(emission)  # over (L, B, L)
        scores.append(score)
    last = (lengths - 1).clamp(min=0)
    tag = (torch.stack(scores, 1)[rows, last] + chain.end).argmax(1)  # (B,)
    into = chain.pair.T.contiguous()  # a row for each label: the scores of coming to it
    path = [tag]
    ragged = bool((lengths < emissions.shape[1]).any())
    for step in range(len(scores) - 1, 0, -1):
        before = (scores[step - 1] + into.index_select(0, tag)).argmax(1)
        tag = torch.where(step <= last, before, tag) if ragged else before
        path.append(tag)
    return torch.stack(path[::-1], 1)


def _best_path_in_place(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """As the rest of `best_path`, in numpy, whose calls on small arrays cost half as much as torch's."""
    scores: np.ndarray = emissions.detach().transpose(0, 1).contiguous().numpy()  # (T, B, L)
    if scores.ctypes.data == emissions.data_ptr():
        scores = scores.copy()
    start, end, pair = (part.detach().numpy() for part in chain)
    steps, rows, labels = scores.shape
    sums, tops = np.empty((labels, rows, labels), scores.dtype), np.empty((rows, labels), scores.dtype)
    scores[0] += start
    for step in range(1, steps):
        np.add(scores[step - 1].T[:, :, None], pair[:, None], out=sums)
        scores[step] += np.maximum.reduce(sums, axis=0, out=tops)
    last = np.maximum(lengths.numpy() - 1, 0)
    path = np.empty((steps, rows), np.int64)
    path[-1] = (scores[last, np.arange(rows)] + end).argmax(1)
    into = np.ascontiguousarray(pair.T)
    for step in range(steps - 1, 0, -1):
        before = (into.take(path[step], 0) + scores[step - 1]).argmax(1)
        path[step - 1] = np.where(step <= last, before, path[step])
    return torch.from_numpy(path.T.copy())


def best_paths(emissions: Tensor, chain: Chain, lengths: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the `count` paths of the highest scores, best first.

    Args:
        emissions: (B, T, L).
        chain: the scores of transitions.
        lengths: (B,).
        count: K.

    Returns:
        Paths (B, K, T) and scores (B, K), -inf where a row has fewer paths.
    """
    rows, steps, labels = emissions.shape
    score = torch.full((rows, labels, count), FORBIDDEN * 1e3, dtype=emissions.dtype, device=emissions.device)
    score[:, :, 0] = chain.start + emissions[:, 0]
    same = torch.arange(labels * count, device=emissions.device).view(1, labels, count)
    came_from = []  # T - 1 times (B, L, K): which of the L x K paths of the step before goes on here
    for step in range(1, steps):
        # (B, L before, K, L) to (B, L, L before x K)
        grown = (score.unsqueeze(3) + chain.pair.unsqueeze(1)).permute(0, 3, 1, 2).flatten(2)
        best, source = grown.topk(count, dim=2)
        goes_on = (step < lengths).view(-1, 1, 1)
        score = torch.where(goes_on, best + emissions[:, step].unsqueeze(2), score)
        came_from.append(torch.where(goes_on, source, same))
    top, position = (score + chain.end.unsqueeze(1)).flatten(1).topk(count, dim=1)  # (B, K)
    path = [position // count]
    for source in came_from[::-1]:
        position = source.flatten(1).gather(1, position)
        path.append(position // count)
    return torch.stack(path[::-1], 2), top.masked_fill(top < FORBIDDEN / 2, -torch.inf)
