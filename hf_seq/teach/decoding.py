# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on writing: decoders, sampling, beams, and how written text is scored."""

import math
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from hf_seq.teach.exercise import Case, Exercise


def shift_right(labels: Sequence[int], start: int) -> list[int]:
    """Give the decoder's inputs for teacher forcing."""
    return [start, *labels[:-1]] if labels else []


def until_end(ids: Sequence[int], end: int) -> list[int]:
    """Keep what stands before the first end."""
    kept = list(ids)
    return kept[: kept.index(end)] if end in kept else kept


def probabilities(logits: Tensor, temperature: float) -> Tensor:
    """Turn logits (V,) into probabilities at a temperature."""
    return (logits / temperature).softmax(-1)


def best_beams(totals: Tensor, log_probs: Tensor, beams: int) -> list[tuple[int, int]]:
    """Choose the best continuations (beam, token), the best first."""
    scores = (totals[:, None] + log_probs).flatten()
    return [divmod(place, log_probs.shape[1]) for place in scores.topk(beams).indices.tolist()]


def perplexity(nats: Sequence[float]) -> float:
    """Take the exponential of the mean cost of a token."""
    return math.exp(sum(nats) / len(nats))


def clipped_matches(written: Sequence[str], reference: Sequence[str]) -> int:
    """Count the words of a text that a reference has, each at most as often as the reference."""
    return sum((Counter(written) & Counter(reference)).values())


def distillation_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Compare distributions at a temperature: KL from the teacher to the student, times the temperature squared."""
    soft = (teacher / temperature).softmax(-1)
    return F.kl_div((student / temperature).log_softmax(-1), soft, reduction="batchmean") * temperature**2


LOGITS = torch.tensor([2.0, 0.5, -1.0])
TWO = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.0]])
OTHER = torch.tensor([[1.0, 1.0, -1.0], [0.5, 0.0, 2.0]])
DECODING = {
    "shift_right": Exercise(
        "shift_right(labels, start): what a decoder reads to write labels: start first, and every label one "
        "step later.",
        shift_right,
        (Case("four labels", ([5, 6, 7, 2], 1)), Case("one label", ([2], 1)), Case("no labels", ([], 1))),
        "As many inputs as labels: the last label is written, and never read.",
    ),
    "until_end": Exercise(
        "until_end(ids, end): what was written before the first end.",
        until_end,
        (
            Case("an end in the middle", ([5, 6, 2, 7, 2], 2)),
            Case("no end", ([5, 6], 2)),
            Case("an end at once", ([2, 5], 2)),
        ),
        "list.index finds the first, and raises where there is none.",
    ),
    "probabilities": Exercise(
        "probabilities(logits, temperature): (V,) probabilities; above 1 they are more alike.",
        probabilities,
        (Case("a temperature of 2", (LOGITS, 2.0)), Case("a temperature of 0.5", (LOGITS, 0.5))),
        "Divide the logits, before the softmax.",
    ),
    "best_beams": Exercise(
        "best_beams(totals, log_probs, beams): totals (K,) of the beams so far, log_probs (K, V) of their next "
        "tokens. Returns the best "
        "continuations as a list of (beam, token), the best first.",
        best_beams,
        (
            Case("a beam that is behind", (torch.tensor([0.0, -5.0]), TWO.log_softmax(-1), 2)),
            Case("beams that are close", (torch.tensor([-1.0, -1.1]), TWO.log_softmax(-1), 3)),
        ),
        "Add before you choose; all beams compete, so that the best two may come from one.",
    ),
    "perplexity": Exercise(
        "perplexity(nats): from the costs of tokens, in nats, how many tokens the model hesitates between.",
        perplexity,
        (Case("three tokens", ([1.0, 2.0, 3.0],)), Case("a model that is sure", ([0.0, 0.0],))),
        "exp of the mean; 2 to the power of it is for bits.",
    ),
    "clipped_matches": Exercise(
        "clipped_matches(written, reference): how many of the written words the reference has, each counted at "
        "most as often as it "
        "stands there (the numerator of BLEU-1).",
        clipped_matches,
        (
            Case("a word written again and again", (["the", "the", "the"], ["the", "cat"])),
            Case("a word that both have twice", (["a", "b", "a"], ["a", "a", "c"])),
            Case("a word that the reference has more often", (["a"], ["a", "a"])),
            Case("nothing written", ([], ["a"])),
        ),
        "Counters have an &.",
    ),
    "distillation_loss": Exercise(
        "distillation_loss(student, teacher, temperature): logits (B, L) of both. Returns the mean KL "
        "divergence of the student from the "
        "teacher at that temperature, times the temperature squared.",
        distillation_loss,
        (Case("a temperature of 2", (TWO, OTHER, 2.0)), Case("a temperature of 1", (TWO, OTHER, 1.0))),
        "The teacher's distribution weighs; the square keeps gradients as large at every temperature.",
    ),
}
