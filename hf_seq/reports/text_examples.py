# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the report shows of writers: the texts that the best model wrote worst and best, beside what the others wrote.

N texts
"""

from collections.abc import Sequence

import numpy as np

from hf_seq.metrics.translation import sentence_chrf
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.examples import LONGEST_TEXT, Answer, Example, Group

SHOWN = 6
"""Texts of each kind."""


def written_examples(comparison: Comparison, inputs: Sequence[str], rows: Sequence[int]) -> list[Group]:
    """Return the worst and the best texts by chrF of the best model.

    Args:
        comparison: finished runs whose answers are texts.
        inputs: N sources.
        rows: N row numbers in the source of the data.
    """
    best = comparison.best if comparison.best is not None and comparison.best.done else comparison.done[-1]
    scores = np.array(sentence_chrf(best.answers[0], best.gold))
    order = np.argsort(scores, kind="stable")
    ends = {"worst": order[:SHOWN], "best": order[::-1][:SHOWN]}
    return [
        Group(
            f"{name.capitalize()} of {best.record.name}, by chrF",
            len(chosen),
            [_example(comparison, inputs, rows, int(index)) for index in chosen],
        )
        for name, chosen in ends.items()
    ]


def _example(comparison: Comparison, inputs: Sequence[str], rows: Sequence[int], index: int) -> Example:
    answers = [
        Answer(row.record.name, _short(row.answers[0][index]), row.answers[0][index].strip() == row.gold[index].strip())
        for row in comparison.done
    ]
    return Example(rows[index], _short(inputs[index]), _short(comparison.done[0].gold[index]), answers)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + " …"
