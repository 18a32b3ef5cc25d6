# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of language models: how many nats a token or a character costs, and how sure that is.

N predicted tokens · K blocks

Perplexity and loss are per token, so they compare models with the same tokenizer only; nats and bits per character
compare all. Neighbouring tokens are no independent draws, so intervals go by blocks of text (Carlstein 1986,
doi:10.1214/aos/1176350057), or by whole texts where there are many.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError
from hf_seq.metrics.differences import Paired, difference_of
from hf_seq.metrics.intervals import METHODS, interval_of
from hf_seq.metrics.linearised import Linearised, linearise
from hf_seq.metrics.scores import Array

BLOCK = 256  # characters of a block: beyond a sentence or two, losses hardly go together
FEWEST_BLOCKS = 8
HEADLINE = "nats_per_character"
SIGNATURE = (
    "all tokens but the first of a text, in order, the state carried; natural logarithm; interval over blocks: "
    + METHODS["positive"]
)


@dataclass(frozen=True)
class Blocks:
    """Costs summed over blocks of text.

    Attributes:
        nats: (K,) minus the log probability of a block's tokens.
        characters: (K,) how many characters it has.
        tokens: (K,) how many predicted tokens.
    """

    nats: np.ndarray
    characters: np.ndarray
    tokens: np.ndarray


def compute_language_metrics(nats: ArrayLike, characters: ArrayLike) -> dict[str, float]:
    """Score what every predicted token cost.

    Args:
        nats: (N,) minus the natural log of the probability of each token.
        characters: (N,) the characters each token stands for; 0 for the end of a text.

    Returns:
        `nats_per_token`; `perplexity`, its exponential; `nats_per_character` and `bits_per_character`: all nats, those
        for the ends of texts included, divided by the characters; `tokens` and `characters`, the counts.

    Raises:
        InputError: there is no token, no character, or not as many of the one as of the other.
    """
    nll, widths = np.asarray(nats, dtype=np.float64), np.asarray(characters, dtype=np.float64)
    _check(nll, widths)
    per_token, per_character = nll.mean(), nll.sum() / widths.sum()
    return {
        "perplexity": float(np.exp(per_token)),
        "nats_per_token": float(per_token),
        "nats_per_character": float(per_character),
        "bits_per_character": float(per_character / math.log(2)),
        "tokens": float(len(nll)),
        "characters": float(widths.sum()),
    }


def into_blocks(nats: ArrayLike, characters: ArrayLike, documents: ArrayLike | None = None) -> Blocks:
    """Sum costs over blocks: texts, where there are `documents` (N,), else stretches of `BLOCK` characters.

    Blocks are cut by characters, so that models with different tokenizers have the same ones; a token that crosses an
    edge counts where it ends.
    """
    nll, widths = np.asarray(nats, dtype=np.float64), np.asarray(characters, dtype=np.float64)
    _check(nll, widths)
    if documents is None:
        ends = np.cumsum(widths)
        left = ends[-1] - ends  # counted from the end, since the first token, however long, is not predicted
        which = -(left // BLOCK).astype(np.int64)
    else:
        which = np.asarray(documents, dtype=np.int64)
    _, which = np.unique(which, return_inverse=True)
    sums = [np.bincount(which, weights=each) for each in (nll, widths, np.ones_like(nll))]
    return Blocks(*sums)


def linearise_blocks(blocks: Blocks, metric: str = HEADLINE) -> Linearised:
    """Find out what every block adds to a score; `metric` is a key of `compute_language_metrics` that is a score.

    Raises:
        InputError: an unknown metric.
    """
    functions: dict[str, Callable[[Array], Array]] = {
        "nats_per_token": lambda sums: sums[..., 0] / sums[..., 2],
        "perplexity": lambda sums: np.exp(sums[..., 0] / sums[..., 2]),
        "nats_per_character": lambda sums: sums[..., 0] / sums[..., 1],
        "bits_per_character": lambda sums: sums[..., 0] / sums[..., 1] / math.log(2),
    }
    if metric not in functions:
        raise InputError(f"{metric!r} is not a score of a language model.")
    counts = np.stack([blocks.nats, blocks.characters, blocks.tokens], axis=1)
    return linearise(counts, functions[metric], "positive")


def language_interval(
    blocks: Blocks, metric: str = HEADLINE, *, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Compute the interval of a score, over the choice of blocks; None for fewer blocks than say anything.

    Args:
        blocks: of the text that was scored.
        metric: a key of `compute_language_metrics` that is a score.
        confidence: between 0 and 1.

    Raises:
        InputError: an unknown metric.
    """
    score = linearise_blocks(blocks, "nats_per_token" if metric == "perplexity" else metric)
    if len(blocks.nats) < FEWEST_BLOCKS:
        return None
    low, high = interval_of(score, confidence)
    return (math.exp(low), math.exp(high)) if metric == "perplexity" else (low, high)


def language_paired_difference(a: Blocks, b: Blocks, metric: str = HEADLINE, *, confidence: float = 0.95) -> Paired:
    """Compare the score of a with that of b, on the same blocks of the same text.

    Raises:
        InputError: the blocks are not those of one text.
    """
    if len(a.nats) != len(b.nats):
        raise InputError(
            f"one model was scored on {len(a.nats)} blocks and the other on {len(b.nats)}; score both on one text."
        )
    return difference_of([linearise_blocks(a, metric)], [linearise_blocks(b, metric)], confidence)


def _check(nll: np.ndarray, widths: np.ndarray) -> None:
    if nll.shape != widths.shape:
        raise InputError(f"{len(nll)} costs but {len(widths)} widths of tokens; give one each.")
    if not len(nll) or not widths.sum():
        raise InputError("there is no token to score; a text needs two, since the first is not predicted.")
