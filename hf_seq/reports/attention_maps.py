# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where writers looked: for chosen sentences, how every token that was written weighs the tokens of the source.

S source tokens · T written tokens
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from hf_seq.metrics.translation import sentence_chrf
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.examples import shorten
from hf_seq.reports.figures import SERIES, figure_style, to_svg
from hf_seq.reports.rows import Row

FEWEST, MOST = 6, 24
"""Tokens of a source that is drawn, if there are any such."""


@dataclass(frozen=True)
class AttentionExample:
    """One sentence, and for each model that attends what it wrote and a map of where it looked."""

    row: int
    source: str
    maps: list[tuple[str, str, Markup]]


def attention_maps(comparison: Comparison, inputs: Sequence[str], rows: Sequence[int]) -> list[AttentionExample]:
    """Draw the worst, the middle and the best sentence, by chrF of the best model, among those that are easy to read.

    Args:
        comparison: finished runs whose answers are texts.
        inputs: N sources.
        rows: N row numbers in the source of the data.

    Returns:
        The sentences, as far as any model whose folder is there attends to its source.
    """
    writers = _writers(comparison)
    if not writers:
        return []
    first = writers[0][1]
    best = comparison.best if comparison.best is not None and comparison.best.done else comparison.done[-1]
    found = []
    for index in _readable(first, inputs, sentence_chrf(best.answers[0], best.gold)):
        maps = []
        for row, writer in writers:
            seen = writer.attention(inputs[index])
            if seen is not None:
                colour = SERIES[comparison.rows.index(row) % len(SERIES)]
                svg = Markup(to_svg(draw_attention(*seen, colour=colour)))  # ours
                maps.append((row.record.name, shorten(writer(inputs[index])["target"]), svg))
        found.append(AttentionExample(rows[index], shorten(inputs[index]), maps))
    return [each for each in found if each.maps]


def _writers(comparison: Comparison) -> list[tuple[Row, Any]]:
    """Return the models of ours whose folders are there, in the order of the table."""
    from hf_seq.predictors.writer import Translator

    found = [(row, row.home) for row in comparison.done if row.small and row.home is not None]
    return [(row, Translator.from_pretrained(home)) for row, home in found if (home / "config.json").is_file()]


def _readable(writer: Any, inputs: Sequence[str], scores: Sequence[float]) -> list[int]:
    """Choose the worst, the middle and the best text of a fitting length; of the three shortest, if none fits."""
    lengths = [len(writer.token_ids(text)) for text in inputs]
    fitting = [index for index, length in enumerate(lengths) if FEWEST <= length <= MOST]
    if not fitting:
        return sorted(range(len(inputs)), key=lengths.__getitem__)[:3]
    ranked = sorted(fitting, key=lambda index: scores[index])
    return list(dict.fromkeys([ranked[0], ranked[len(ranked) // 2], ranked[-1]]))


def draw_attention(source: Sequence[str], written: Sequence[str], weights: np.ndarray, *, colour: str) -> Figure:
    """Draw weights as shades: a row a written token, a column a source token.

    Args:
        source: S tokens.
        written: T tokens.
        weights: (T, S), each row a distribution.
        colour: of a weight of one.
    """
    with figure_style():
        figure = Figure(figsize=(5.4, max(2.0, 1.2 + 0.24 * len(written))), layout="constrained")
        axes = figure.subplots()
        shade = ListedColormap([colour])
        axes.pcolormesh(np.zeros(weights.shape), cmap=shade, alpha=np.clip(weights, 0, 1), linewidth=0)
        slanted: dict[str, Any] = {} if max(map(len, source[:-1]), default=0) <= 1 else {"rotation": 60, "ha": "right"}
        axes.set_xticks(np.arange(len(source)) + 0.5, source, **slanted)
        axes.set_yticks(np.arange(len(written)) + 0.5, written)
        axes.tick_params(labelsize=9, length=0)
        axes.invert_yaxis()
        axes.grid(visible=False)
        return figure
