# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a card tells whom a student learned from, and models of one name apart."""

import shutil

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


def test_models_of_one_name_are_told_apart_by_their_folders(runs, tmp_path):
    for name, seed, epochs, score in (("short", 0, 1, 70.0), ("long-0", 0, 9, 80.0), ("long-1", 1, 9, 90.0)):
        shutil.copytree(runs / "bilstm", tmp_path / name)
        record = Record.read(tmp_path / name)
        record.seed, record.score, record.label = seed, score, "encoder"
        record.recipe = record.recipe | {"num_train_epochs": epochs, "seed": seed}
        if seed:
            record.recipe["setting_of_a_later_version"] = False
        record.write(tmp_path / name)
    folder = tmp_path / "short"
    card = make_card(folder, "ann/short", Record.read(folder), folder, CardOptions())
    rows = [row.split(" | ")[:3] for row in card.splitlines() if row.startswith("| encoder")]
    assert rows == [["| encoder (long-0)", "85.00", "2"], ["| encoder (short)", "70.00", "1"]]
