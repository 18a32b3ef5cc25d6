# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on tags, spans and the CRF. T steps · L tags."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from hf_seq.teach.exercise import Case, Exercise

Span = tuple[str, int, int]


def spans(tags: Sequence[str]) -> list[Span]:
    """Read spans from BIO tags: (type, first word, word behind the last)."""
    found: list[Span] = []
    for place, tag in enumerate(tags):
        kind = tag[2:]
        goes_on = tag.startswith("I-") and found and found[-1][0] == kind and found[-1][2] == place
        if goes_on:
            found[-1] = (kind, found[-1][1], place + 1)
        elif tag != "O":
            found.append((kind, place, place + 1))
    return found


def span_f1(gold: Sequence[Span], predicted: Sequence[Span]) -> float:
    """Compute F1 of spans; 0 where there are none on either side."""
    right = len(set(gold) & set(predicted))
    return 2 * right / (len(gold) + len(predicted)) if gold or predicted else 0.0


def path_score(emissions: Tensor, transitions: Tensor, path: Sequence[int]) -> float:
    """Sum the emissions (T, L) and transitions (from, to) along a path."""
    steps = sum(emissions[step, tag].item() for step, tag in enumerate(path))
    return steps + sum(transitions[one, other].item() for one, other in pairwise(path))


def log_partition(emissions: Tensor, transitions: Tensor) -> float:
    """Compute the logarithm of the summed exponentials of all paths' scores, by the forward algorithm."""
    alpha = emissions[0]
    for emission in emissions[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transitions, 0) + emission
    return torch.logsumexp(alpha, 0).item()


def best_path(emissions: Tensor, transitions: Tensor) -> list[int]:
    """Find the best path by Viterbi's algorithm."""
    score, came_from = emissions[0], []
    for emission in emissions[1:]:
        best = (score[:, None] + transitions).max(0)
        came_from.append(best.indices)
        score = best.values + emission
    path = [int(score.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]


def _random(*shape: int, seed: int = 0) -> Tensor:
    return 2 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


STICKY = torch.tensor([[3.0, -3.0], [-3.0, 3.0]])
WAVERING = torch.tensor([[1.0, 0.0], [0.0, 0.5], [1.0, 0.0]])
ONE_WAY = torch.tensor([[0.0, 4.0], [-4.0, 0.0]])
TAGS = {
    "spans": Exercise(
        "spans(tags): BIO tags to a list of (type, first word, word behind the last). An I- without a "
        "beginning begins a span, as in "
        "CoNLL's own scorer.",
        spans,
        (
            Case("a name of two words", (["B-PER", "I-PER", "O", "B-LOC"],)),
            Case("two names side by side", (["B-PER", "B-PER"],)),
            Case("an I- of another type", (["B-PER", "I-LOC"],)),
            Case("an I- that nothing began", (["O", "I-LOC", "I-LOC"],)),
            Case("a sentence without names", (["O", "O"],)),
        ),
        "Ends are exclusive, as in Python. B- always begins.",
    ),
    "span_f1": Exercise(
        "span_f1(gold, predicted): F1 of two lists of spans; a span is right if type and both ends are. 0 "
        "where both are empty.",
        span_f1,
        (
            Case("one of two found", ([("PER", 0, 2), ("LOC", 3, 4)], [("PER", 0, 2)])),
            Case("a wrong end", ([("PER", 0, 2)], [("PER", 0, 1)])),
            Case("a wrong type", ([("PER", 0, 2)], [("LOC", 0, 2)])),
            Case("nothing on either side", ([], [])),
        ),
        "2 * right / (gold + predicted); mind the division by zero.",
    ),
    "path_score": Exercise(
        "path_score(emissions, transitions, path): emissions (T, L), transitions (L, L) from row to column. "
        "Returns the score of the path.",
        path_score,
        (
            Case("three steps", (_random(3, 2), _random(2, 2, seed=1), [0, 1, 1])),
            Case("a single step", (_random(1, 2), _random(2, 2), [1])),
            Case("transitions that differ by direction", (torch.zeros(2, 2), ONE_WAY, [0, 1])),
        ),
        "T emissions and T - 1 transitions.",
    ),
    "log_partition": Exercise(
        "log_partition(emissions, transitions): the logarithm of the sum over all paths of exp(score).",
        log_partition,
        (
            Case("three steps", (_random(3, 2), _random(2, 2, seed=1))),
            Case("a single step", (_random(1, 3), _random(3, 3))),
            Case("transitions that differ by direction", (WAVERING, ONE_WAY)),
        ),
        "alpha (L,) is the log-sum of all paths that end in a tag; logsumexp over the tag before.",
    ),
    "best_path": Exercise(
        "best_path(emissions, transitions): the tags of the path with the highest score.",
        best_path,
        (
            Case("tags that like to stay", (WAVERING, STICKY)),
            Case("transitions that differ by direction", (WAVERING, ONE_WAY)),
            Case("random scores", (_random(6, 3, seed=3), _random(3, 3, seed=4))),
            Case("a single step", (_random(1, 3), _random(3, 3))),
        ),
        "Keep for each tag where its best path came from, then go back from the best last tag, and turn the "
        "list round.",
    ),
}
