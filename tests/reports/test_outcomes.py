# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Differences of models are taken of the same numbers that their records show."""

import pytest
import seqeval.metrics
from seqeval.scheme import IOBES

from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import Record


def test_a_difference_of_taggers_reads_tags_as_their_scores_do():
    """The test has no B-PER, so that its own tags write no scheme; the names that the models know write BIOES."""
    gold = [["S-PER", "O", "S-PER", "O"], ["O", "S-PER", "O", "O"]] * 20
    poor = [["S-PER", "O", "O", "O"], ["O", "B-PER", "O", "O"]] * 20
    names = ["O", *(f"{part}-PER" for part in "BIES")]
    record = Record(
        "token-classification",
        "bilstm-crf",
        "names",
        "test",
        "f1",
        label_names=names,
        problem_type="token_classification",
    )
    good_score, poor_score = (
        seqeval.metrics.f1_score(gold, said, mode="strict", scheme=IOBES) for said in (gold, poor)
    )
    paired = outcomes_of(record).paired("f1", gold, poor, gold)
    assert paired.difference == pytest.approx(good_score - poor_score)
