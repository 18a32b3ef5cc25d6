# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of language models: how many nats a token or a character costs, and how sure that is.

N predicted tokens · K blocks · R resamples

Perplexity and loss are per token, so they compare models with the same tokenizer only; nats and bits per character
compare all. Neighbouring tokens are no independent draws, so intervals resample blocks of text (Carlstein 1986,
doi:10.1214/aos/1176350057), or whole texts where there are many.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError

BLOCK = 256  # characters of a block: beyond a sentence or two, losses hardly go together
FEWEST_BLOCKS = 8
RESAMPLES = 2000
_CELLS_AT_ONCE = 1_000_000
HEADLINE = "nats_per_character"
SIGNATURE = "all tokens but the first of a text, in order, the state carried; natural logarithm"


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
    costs, widths = np.asarray(nats, dtype=np.float64), np.asarray(characters, dtype=np.float64)
    _check(costs, widths)
    per_token, per_character = costs.mean(), costs.sum() / widths.sum()
    return {
        "perplexity": float(np.exp(per_token)),
        "nats_per_token": float(per_token),
        "nats_per_character": float(per_character),
        "bits_per_character": float(per_character / math.log(2)),
        "tokens": float(len(costs)),
        "characters": float(widths.sum()),
    }


def into_blocks(nats: ArrayLike, characters: ArrayLike, documents: ArrayLike | None = None) -> Blocks:
    """Sum costs over blocks: texts, where there are `documents` (N,), else stretches of `BLOCK` characters.

    Blocks are cut by characters, so that models with different tokenizers have the same ones; a token that crosses an
    edge counts where it ends.
    """
    costs, widths = np.asarray(nats, dtype=np.float64), np.asarray(characters, dtype=np.float64)
    _check(costs, widths)
    if documents is None:
        ends = np.cumsum(widths)
        left = ends[-1] - ends  # counted from the end, since the first token, however long, is not predicted
        which = -(left // BLOCK).astype(np.int64)
    else:
        which = np.asarray(documents, dtype=np.int64)
    _, which = np.unique(which, return_inverse=True)
    sums = [np.bincount(which, weights=each) for each in (costs, widths, np.ones_like(costs))]
    return Blocks(*sums)


def language_interval(
    blocks: Blocks, metric: str = HEADLINE, *, confidence: float = 0.95, seed: int = 0
) -> tuple[float, float] | None:
    """Compute the percentile interval of a score, blocks drawn with replacement; None for too few blocks.

    Args:
        blocks: of the text that was scored.
        metric: a key of `compute_language_metrics` that is a score.
        confidence: between 0 and 1.
        seed: of the resampling.

    Raises:
        InputError: an unknown metric.
    """
    if len(blocks.nats) < FEWEST_BLOCKS:
        return None
    values = np.concatenate([_scores(blocks, metric, draws) for draws in _draws(len(blocks.nats), seed)])
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def language_paired_difference(
    a: Blocks, b: Blocks, *, confidence: float = 0.95, seed: int = 0
) -> tuple[float, tuple[float, float], float]:
    """Compute nats per character of a minus those of b, on the same blocks of the same text.

    Returns:
        The difference, its interval, and a two-sided p-value by paired bootstrap.

    Raises:
        InputError: the blocks are not those of one text.
    """
    if len(a.nats) != len(b.nats):
        raise InputError(
            f"one model was scored on {len(a.nats)} blocks and the other on {len(b.nats)}; score both on one text."
        )
    whole = np.ones((1, len(a.nats)))
    difference = float((_scores(a, HEADLINE, whole) - _scores(b, HEADLINE, whole))[0])
    values = np.concatenate(
        [_scores(a, HEADLINE, draws) - _scores(b, HEADLINE, draws) for draws in _draws(len(a.nats), seed)]
    )
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    one_side = min((values <= 0).sum(), (values >= 0).sum())
    return difference, (float(low), float(high)), float(min(1.0, 2 * (one_side + 1) / (RESAMPLES + 1)))


def _draws(blocks: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each block is drawn in each resample, (R, K) in all, some at a time."""
    generator = np.random.default_rng(seed)
    at_once = max(1, _CELLS_AT_ONCE // blocks)
    for start in range(0, RESAMPLES, at_once):
        size = min(at_once, RESAMPLES - start)
        yield generator.multinomial(blocks, np.full(blocks, 1 / blocks), size=size)


def _scores(blocks: Blocks, metric: str, draws: np.ndarray) -> np.ndarray:
    """Compute (R,) the score of each resample."""
    nats = draws @ blocks.nats
    if metric in ("nats_per_token", "perplexity"):
        per_token = nats / (draws @ blocks.tokens)
        return np.exp(per_token) if metric == "perplexity" else per_token
    if metric in ("nats_per_character", "bits_per_character"):
        per_character = nats / (draws @ blocks.characters)
        return per_character / math.log(2) if metric == "bits_per_character" else per_character
    raise InputError(f"{metric!r} is no score of a language model.")


def _check(costs: np.ndarray, widths: np.ndarray) -> None:
    if costs.shape != widths.shape:
        raise InputError(f"{len(costs)} costs but {len(widths)} widths of tokens; give one each.")
    if not len(costs) or not widths.sum():
        raise InputError("there is no token to score; a text needs two, since the first is not predicted.")
