# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a card tells whom a student learned from."""

import pytest

from hf_seq.hub import CardOptions, make_card
from hf_seq.reports.record import Record

SMALL = {"name": "/home/ann/runs/small-0", "label": "MiniLM-L6 (stands in for distilbert)", "metric": "accuracy"}


@pytest.mark.parametrize(
    ("teachers", "summary", "training"),
    [
        ([SMALL | {"score": 89.9}], "distilled from MiniLM-L6 with", "what MiniLM-L6 (accuracy 89.9) says of"),
        (
            [SMALL | {"score": 89.9}, SMALL | {"score": 89.1}],
            "distilled from 2 MiniLM-L6 with",
            "what the mean of 2 MiniLM-L6 (accuracy 89.9, accuracy 89.1) says of",
        ),
        (
            [SMALL | {"score": 89.9}, {"name": "/home/ann/runs/large"}],
            "distilled from MiniLM-L6 and large with",
            "what the mean of MiniLM-L6 (accuracy 89.9) and large says of",
        ),
    ],
)
def test_teachers_are_named_and_those_of_one_name_counted(runs, teachers, summary, training):
    folder = runs / "bilstm"
    record = Record.read(folder)
    record.distillation = {"teachers": teachers, "transfer_set": {"labelled": 96}}
    card = make_card(folder, "ann/student", record, folder, CardOptions())
    assert summary in card
    assert f"{training} these texts: 96 labelled." in card
    assert "/home/ann/runs" not in card
