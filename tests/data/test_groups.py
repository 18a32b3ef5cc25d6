# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""No cut parts a group, whatever the task; what looks like one in a table of series is no channel in silence."""

import json
from collections import Counter

import numpy as np
import pytest

from hf_seq.data import load_pair_splits, load_series_splits, load_splits, load_tagged_splits, load_text_splits
from hf_seq.data.cutting import cut_groups
from hf_seq.data.groups import is_group_name
from hf_seq.errors import InputError

PARTS = ("train", "validation", "test")


def write_jsonl(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def sides(splits, owner_of):
    return [{owner_of(number) for number in splits[part]["row"]} for part in PARTS]


def apart(found):
    return not (found[0] & found[1] or found[0] & found[2] or found[1] & found[2]) and all(found)


TASKS = {
    "classification": (load_splits, lambda n: {"text": f"word{n} said once", "label": "ab"[n % 2]}),
    "tagging": (load_tagged_splits, lambda n: {"tokens": [f"w{n}", "x"], "tags": ["A", "B"]}),
    "language-modeling": (load_text_splits, lambda n: {"text": f"word{n} said once"}),
    "seq2seq": (load_pair_splits, lambda n: {"source": f"a b {n}", "target": f"b {n}"}),
    "series": (load_series_splits, lambda n: {"series": [[n], [n + 1]], "label": "ab"[n % 2]}),
}


@pytest.mark.parametrize("task", TASKS)
def test_no_group_stands_on_two_sides_of_a_cut(tmp_path, task):
    load, row = TASKS[task]
    owners = [f"author {n % 23}" for n in range(230)]
    path = write_jsonl(tmp_path / "x.jsonl", [row(n) | {"author": owner} for n, owner in enumerate(owners)])
    together = load(path, group_column="author")
    assert apart(sides(together, lambda number: owners[number - 1]))
    assert not apart(sides(load(path), lambda number: owners[number - 1]))
    assert any("rows with the same 'author' stay together: 23" in note for note in together.notes)
    assert together.groups["test"] == [owners[number - 1] for number in together.test["row"]]
    with pytest.raises(InputError, match="--group_column writer is not there"):
        load(path, group_column="writer")


def test_a_group_is_the_same_with_a_point_and_zero_as_without(tmp_path):
    """As pandas writes whole numbers beside missing ones in one file and not in the other."""
    for split, zero, count in (("train", ".0", 40), ("test", "", 8)):
        rows = [f"{split} word{n} said once,{'ab'[n % 2]},{n // 4}{zero}\n" for n in range(count)]
        (tmp_path / f"{split}.csv").write_text("".join(["text,label,author\n", *rows]))
    splits = load_splits(tmp_path, group_column="author")
    assert len(splits.doubts) == 1
    assert "8 of 8 test rows have a 'author' that train has too" in splits.doubts[0].message


@pytest.mark.parametrize(
    ("name", "mark", "line"),
    [
        ("x.conll", "-DOCSTART- O\n\n", "{word} {tag}\n"),
        ("x.conllu", "# newdoc id = d{number}\n", "1\t{word}\t_\t{tag}\t_\t_\t_\t_\t_\t_\n"),
    ],
)
def test_documents_of_tagged_files_can_be_groups(tmp_path, name, mark, line):
    blocks = []
    for number in range(30):
        blocks.append(mark.format(number=number))
        blocks += [line.format(word=f"w{number}_{n}", tag="AB"[n % 2]) + "\n" for n in range(5)]
    (tmp_path / name).write_text("".join(blocks))
    splits = load_tagged_splits(tmp_path / name, group_column="document")
    owners = [sentence[0].split("_")[0] for part in PARTS for sentence in splits[part]["tokens"]]
    assert len(owners) == 150
    assert apart([{sentence[0].split("_")[0] for sentence in splits[part]["tokens"]} for part in PARTS])
    assert not load_tagged_splits(tmp_path / name).groups


ANNOTATED = {
    "doccano": lambda text, spans: {"text": text, "label": [[*span, "THING"] for span in spans]},
    "label studio": lambda text, spans: {
        "data": {"text": text},
        "annotations": [{"result": [{"value": {"start": a, "end": b, "labels": ["THING"]}} for a, b in spans]}],
    },
    "prodigy": lambda text, spans: {
        "text": text,
        "spans": [{"start": a, "end": b, "label": "THING"} for a, b in spans],
        "answer": "accept",
    },
}


@pytest.mark.parametrize("tool", ANNOTATED)
def test_annotated_documents_are_cut_by_document_and_by_what_their_rows_say(tool, tmp_path):
    rows = []
    for number in range(60):
        text = f"Here is cup{number} . " * 3
        spans = [(at, at + len(f"cup{number}")) for at in (8 + n * len(f"Here is cup{number} . ") for n in range(3))]
        rows.append(ANNOTATED[tool](text, spans) | {"author": f"author {number % 12}"})
    path = write_jsonl(tmp_path / "x.jsonl", rows)
    for column, owner_of in (("document", lambda word: word), ("author", lambda word: int(word[3:]) % 12)):
        splits = load_tagged_splits(path, group_column=column)
        words = [[row[2] for row in splits[part]["tokens"]] for part in PARTS]
        assert sum(map(len, words)) == 180
        assert apart([set(map(owner_of, each)) for each in words])
    path.unlink()
    for n, part in enumerate(PARTS):
        write_jsonl(tmp_path / f"{part}.jsonl", rows[n * 20 : n * 20 + 20])
    given = load_tagged_splits(tmp_path, group_column="document")
    assert not any({*given.groups[part]} & {*given.groups["train"]} for part in PARTS[1:])


def test_whole_groups_are_cut_in_the_proportions_of_the_labels_and_the_same_way_each_time():
    draw = np.random.default_rng(0)
    groups = [f"g{n}" for n in draw.integers(0, 60, 3000)]
    labels = [int(draw.random() < 0.2 + 0.6 * (int(group[1:]) % 2)) for group in groups]
    kept, off = cut_groups(groups, labels, 0.1, 0)
    assert sorted([*kept, *off]) == list(range(3000))
    assert not {groups[i] for i in kept} & {groups[i] for i in off}
    assert 240 <= len(off) <= 360
    assert abs(np.mean([labels[i] for i in off]) - np.mean(labels)) < 0.05
    assert cut_groups(groups, labels, 0.1, 0) == (kept, off)
    assert cut_groups(groups, labels, 0.1, 1) != (kept, off)


def test_few_groups_of_a_label_each_leave_every_label_on_both_sides():
    groups = [f"subject {n // 20}" for n in range(240)]
    labels = [n // 20 % 2 for n in range(240)]
    for seed in range(5):
        kept, off = cut_groups(groups, labels, 0.1, seed)
        assert {labels[i] for i in off} == {labels[i] for i in kept} == {0, 1}
        assert Counter(groups[i] for i in off).keys().isdisjoint(groups[i] for i in kept)


def test_too_few_groups_are_refused(tmp_path):
    rows = [{"text": f"word{n}", "label": n % 2, "author": "ab"[n % 4 // 2]} for n in range(40)]
    with pytest.raises(InputError, match="three or more"):
        load_splits(write_jsonl(tmp_path / "x.jsonl", rows), group_column="author")


def test_names_of_groups():
    assert all(map(is_group_name, ("subject", "Patient_ID", "userId", "speaker", "doc_id", "Participants")))
    assert not any(map(is_group_name, ("text", "label", "x", "acceleration", "value", "id")))


def write_subjects(path, *, extra="", constant=lambda n: n // 10):
    lines = [f"id,subject,t,x,y_axis,label{',' + extra if extra else ''}"]
    draw = np.random.default_rng(0)
    for n in range(120):
        for step in range(5):
            cells = [n, n // 10, step, f"{draw.normal():.3f}", f"{draw.normal():.3f}", "ab"[n // 10 % 2]]
            lines.append(",".join(map(str, [*cells, *([constant(n)] if extra else [])])))
    path.write_text("\n".join(lines))
    return path


def test_a_subject_is_the_group_and_no_channel(tmp_path):
    splits = load_series_splits(write_subjects(tmp_path / "x.csv"))
    assert splits.channels == ["x", "y_axis"]
    assert apart([set(splits.groups[part]) for part in PARTS])
    assert any("--group_column none" in note and "--channels" in note for note in splits.notes)
    alone = load_series_splits(tmp_path / "x.csv", group_column="none")
    assert alone.channels == ["x", "y_axis"]
    assert any("left out: 'subject' (one value in each series)" in note for note in alone.notes)
    wanted = load_series_splits(tmp_path / "x.csv", channels="subject,x")
    assert wanted.channels == ["subject", "x"]
    assert not wanted.groups


@pytest.mark.parametrize("value", [lambda n: n * 7, lambda n: f"site{n}", lambda n: n % 2 + 0.5])
def test_what_has_one_value_in_each_series_is_left_out_and_said(tmp_path, value):
    splits = load_series_splits(write_subjects(tmp_path / "x.csv", extra="code", constant=value))
    assert splits.channels == ["x", "y_axis"]
    assert any("left out: 'code'" in note for note in splits.notes)


def test_a_column_that_counts_the_rows_of_the_file_is_left_out(tmp_path):
    path = write_subjects(tmp_path / "x.csv")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([f",{lines[0]}", *(f"{n},{line}" for n, line in enumerate(lines[1:]))]))
    splits = load_series_splits(path)
    assert splits.channels == ["x", "y_axis"]
    assert any("counts the rows of the file" in note for note in splits.notes)


def test_several_columns_may_name_a_series_together(tmp_path):
    lines = ["subject,trial,t,x,label"]
    for subject in range(12):
        for trial in range(10):
            lines += [
                f"{subject},{trial},{step},{subject * 100 + trial * 10 + step},{'ab'[trial % 2]}" for step in range(4)
            ]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    splits = load_series_splits(tmp_path / "x.csv", id_column="subject,trial")
    assert splits.channels == ["x"]
    assert sum(len(splits[part]) for part in PARTS) == 120
    for part in PARTS:
        for series, owner in zip(splits[part]["series"], splits.groups[part], strict=True):
            assert {int(step[0]) // 100 for step in series} == {int(owner)}
    assert apart([set(splits.groups[part]) for part in PARTS])
    merged = load_series_splits(tmp_path / "x.csv", id_column="trial", channels="x", whole=True)
    assert any("--id_column takes several" in note for note in merged.notes)


def test_a_group_that_changes_inside_a_series_is_refused(tmp_path):
    path = write_subjects(tmp_path / "x.csv")
    with pytest.raises(InputError, match=r"'t' changes inside a series.*--group_column"):
        load_series_splits(path, group_column="t", time_column="none")


def test_a_person_is_the_group_where_sessions_are_numbered_anew_for_each(tmp_path):
    """Three sessions of each of ten people: cut by session, everybody would be on both sides."""
    lines = ["trial,t,x,subject,session,label"]
    for trial in range(60):
        lines += [f"r{trial},{t},{trial * 7 % 11 + t},p{trial // 6},{trial % 3},{'ab'[trial % 2]}" for t in range(4)]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    splits = load_series_splits(tmp_path / "x.csv", id_column="trial")
    assert apart([set(splits.groups[part]) for part in PARTS])
    assert set.union(*(set(splits.groups[part]) for part in PARTS)) == {f"p{n}" for n in range(10)}
    assert any("group 'subject' (one value in each series, 10 over 60 series)" in note for note in splits.notes)
