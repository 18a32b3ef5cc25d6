# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as Prodigy saves them, whose `answer` says what became of the label that stands beside it.

{"text": ..., "accept": ["pos"], "answer": "accept"}     a choice among options; rejected and ignored rows hold none
{"text": ..., "label": "SPAM", "answer": "reject"}       yes or no to one label
"""

from dataclasses import replace
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.readers.tables import RawData, Table

ANSWER, CHOSEN, LABEL = "answer", "accept", "label"
ANSWERS = {"accept", "reject", "ignore"}


def with_answers(raw: RawData) -> RawData:
    """Put labels that were accepted, or refused, in the place of answers; data of another shape stay as they are."""
    train = raw.tables["train"]
    if ANSWER not in train.names or not {str(value) for value in train.values(ANSWER)} <= ANSWERS:
        return raw
    kinds = {str(value) for value in train.values(LABEL)} if LABEL in train.names else set()
    if CHOSEN not in train.names and not kinds:
        return raw
    found = {split: _answered(table, kinds) for split, table in raw.tables.items() if ANSWER in table.names}
    left = [
        f"{split}: {counted(len(raw.tables[split]) - len(table), 'row')} left out, not accepted"
        for split, table in found.items()
        if len(table) < len(raw.tables[split])
    ]
    return replace(raw, tables={**raw.tables, **found}, notes=[*raw.notes, "labels by Prodigy's answers", *left])


def _answered(table: Table, kinds: set[str]) -> Table:
    """Keep the rows whose answers tell a label: chosen ones, or of a single label yes and no."""
    answers = table.values(ANSWER)
    if CHOSEN in table.names:
        labels: list[Any] = table.values(CHOSEN)
        kept = [row for row, answer in enumerate(answers) if answer == "accept" and labels[row]]
    else:
        pairs = zip(table.values(LABEL), answers, strict=True)
        labels = [label if answer == "accept" else f"not {label}" for label, answer in pairs]
        known = ("accept", "reject") if len(kinds) == 1 else ("accept",)
        kept = [row for row, answer in enumerate(answers) if answer in known]
    others = [name for name in table.names if name not in (ANSWER, CHOSEN, LABEL, "options")]
    columns = {
        name: [values[row] for row in kept] for name, values in zip(others, map(table.values, others), strict=True)
    }
    return replace(table, columns={**columns, LABEL: [labels[row] for row in kept]})
