# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables as people keep series in them, long, wide, without names, or one recording, give the series they are of."""

import csv
import gzip
import json
import random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hf_seq.data import load_series_splits
from hf_seq.data.inputs import Source
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.errors import InputError

STEPS = 12


def bumps(count=40, seed=0):
    """Rows of two kinds, slow and fast."""
    draw = np.random.default_rng(seed)
    rows = [np.sin(np.arange(STEPS) / (3 if n % 2 else 1.5)) + draw.normal(0, 0.1, STEPS) for n in range(count)]
    return [row.round(4) for row in rows], [2 if n % 2 else 1 for n in range(count)]


def write_rows(path, rows, header=None, delimiter=","):
    lines = [] if header is None else [delimiter.join(map(str, header))]
    path.write_text("\n".join([*lines, *(delimiter.join(map(str, row)) for row in rows)]) + "\n")
    return path


def first_label(series, labels):
    return [[label, *row] for row, label in zip(series, labels, strict=True)]


def last_label(series, labels):
    return [[*row, label] for row, label in zip(series, labels, strict=True)]


def scientific(series, labels):
    return [[f"  {label:.7e}", *(f" {value:.7e}" for value in row)] for row, label in zip(series, labels, strict=True)]


def arff(folder, series, labels):
    header = ["@relation Bumps", *(f"@attribute att{n} numeric" for n in range(STEPS)), "@attribute target {1,2}"]
    body = [",".join(map(str, row)) for row in last_label(series, labels)]
    (folder / "x.arff").write_text("\n".join(["% UCR", *header, "@data", *body]))
    return folder / "x.arff"


WIDE = {
    "UCR tsv": lambda f, s, y: write_rows(f / "x.tsv", first_label(s, y), delimiter="\t"),
    "UCR txt": lambda f, s, y: write_rows(f / "x.txt", scientific(s, y), delimiter=" "),
    "UCR csv": lambda f, s, y: write_rows(f / "x.csv", first_label(s, y)),
    "no names, label last": lambda f, s, y: write_rows(f / "x.csv", last_label(s, y)),
    "numbered, label last": lambda f, s, y: write_rows(
        f / "x.csv", last_label(s, y), [*(f"t{n}" for n in range(STEPS)), "label"]
    ),
    "numbered, label first": lambda f, s, y: write_rows(
        f / "x.csv", first_label(s, y), ["class", *(f"step_{n}" for n in range(STEPS))]
    ),
    "numbers for names": lambda f, s, y: write_rows(f / "x.csv", last_label(s, y), [*range(STEPS), "y"]),
    "times for names": lambda f, s, y: write_rows(
        f / "x.csv", first_label(s, y), ["label", *(n / 2 for n in range(STEPS))]
    ),
    "an id": lambda f, s, y: write_rows(
        f / "x.csv", [[f"r{n}", *row] for n, row in enumerate(last_label(s, y))],
        ["id", *(f"t{n}" for n in range(STEPS)), "label"],
    ),
    "columns in another order": lambda f, s, y: write_rows(
        f / "x.csv", [[*row[::-1], label] for row, label in zip(s, y, strict=True)],
        [*(f"t{n}" for n in reversed(range(STEPS))), "label"],
    ),
    "arff": arff,
}  # fmt: skip


@pytest.mark.parametrize("kind", WIDE)
def test_a_row_a_series_is_read_from_every_table(tmp_path, kind):
    series, labels = bumps()
    splits = load_series_splits(WIDE[kind](tmp_path, series, labels), seed=1)
    assert splits.label_names == ["1", "2"]
    for part in (splits.train, splits.validation, splits.test):
        for number, array, label in zip(part["row"], series_arrays(part), part["label"], strict=True):
            np.testing.assert_allclose(array[:, 0], series[number - 1], rtol=1e-6)
            assert int(splits.label_names[label]) == labels[number - 1]


def test_channels_of_a_wide_table_are_told_by_the_names_before_the_numbers(tmp_path):
    series, labels = bumps()
    header = [*(f"x_{n}" for n in range(STEPS)), *(f"y_{n}" for n in range(STEPS)), "label"]
    rows = [[*row, *(-row), label] for row, label in zip(series, labels, strict=True)]
    splits = load_series_splits(write_rows(tmp_path / "x.csv", rows, header))
    assert splits.channels == ["x", "y"]
    found = series_arrays(splits.train)[0]
    np.testing.assert_array_equal(found[:, 0], -found[:, 1])


def test_columns_named_by_dates_are_steps_in_the_order_of_the_dates(tmp_path):
    series, labels = bumps()
    days = [f"{1 + step // 4}/{20 + step}/20" for step in range(STEPS)]
    order = sorted(range(STEPS), key=lambda step: days[step])  # as text: another order
    rows = [
        [f"s{n}", label, *(row[step] for step in order)]
        for n, (row, label) in enumerate(zip(series, labels, strict=True))
    ]
    splits = load_series_splits(write_rows(tmp_path / "x.csv", rows, ["id", "label", *(days[s] for s in order)]))
    found = {tuple(map(float, each[:, 0].round(4))) for each in series_arrays(splits.train)}
    assert found <= {tuple(map(float, row)) for row in series}
    assert any("named by times, read as M/D/Y" in note for note in splits.notes)
    twice = [f"{month}/{day}/2020" for month, day in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 1))]
    rows = [[f"s{n}", "ab"[n % 2], *range(5)] for n in range(40)]
    with pytest.raises(InputError, match=r"can be D/M/Y and M/D/Y.*--time_format"):
        load_series_splits(write_rows(tmp_path / "y.csv", rows, ["id", "label", *twice]))


def test_missing_cells_are_missing_values_and_end_a_series_at_its_end(tmp_path):
    series, labels = bumps()
    rows = [[label, *row] for row, label in zip(series, labels, strict=True)]
    rows[0][3], rows[1][-2:] = "NaN", ["NaN", "NaN"]
    splits = load_series_splits(write_rows(tmp_path / "x.tsv", rows, delimiter="\t"), whole=True)
    found = series_arrays(splits.train)
    assert (len(found[0]), np.isnan(found[0][:, 0]).tolist().index(True)) == (STEPS, 2)
    assert len(found[1]) == STEPS - 2
    assert any("1 series without the last columns" in note for note in splits.notes)


def test_relational_arff_has_a_channel_a_line(tmp_path):
    rows = [f"'{n},?,3.5\\n4,5,6',{'Standing' if n % 2 else 'Run fast'!r}" for n in range(20)]
    head = ["@relation M", "@attribute bag relational", "@attribute t0 numeric", "@attribute t1 numeric"]
    head += ["@attribute t2 numeric", "@end bag", "@attribute activity {Standing,'Run fast'}", "@data"]
    (tmp_path / "x.arff").write_text("\n".join([*head, *rows]))
    splits = load_series_splits(tmp_path / "x.arff", whole=True)
    np.testing.assert_array_equal(series_arrays(splits.train)[7], [[7, 4], [np.nan, 5], [3.5, 6]])
    assert splits.label_names == ["Standing", "Run fast"]
    assert splits.train["label"][:2] == [1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@attribute a numeric\n1\n", "no line `@data`"),
        ("@attribute a numeric\n@attribute b numeric\n@data\n1,2\n1\n", "line 5 has 1 values for 2 attributes"),
        (
            "@attribute b relational\n@end b\n@attribute c {a}\n@data\n'1,2\\n3',a\n",
            "line 5 has channels of 2, 1 steps",
        ),
        ("@attribute b relational\n@end b\n@attribute c {a}\n@data\n'1,z\\n3,4',a\n", "line 5 cannot be read.*'z'"),
    ],
)
def test_broken_arff_is_refused_by_its_line(tmp_path, text, message):
    (tmp_path / "x.arff").write_text(text)
    with pytest.raises(InputError, match=message):
        load_series_splits(tmp_path / "x.arff")


def test_rows_without_a_label_keep_their_first_step_for_a_model_whose_label_stood_there(tmp_path):
    series, _ = bumps()
    path = write_rows(tmp_path / "new.tsv", series, delimiter="\t")
    found = series_inputs(Source(str(path), trained_on={"label_column": "1"}), SeriesOptions()).values
    np.testing.assert_array_equal(found[0][:, 0], series[0])


def test_a_folder_of_the_archive_is_read_in_the_kind_that_has_both_splits(tmp_path):
    series, labels = bumps()
    arff(tmp_path, series, labels).rename(tmp_path / "Bumps_TRAIN.arff")
    write_rows(tmp_path / "Bumps_TRAIN.tsv", first_label(series, labels), delimiter="\t")
    write_rows(tmp_path / "Bumps_TEST.tsv", first_label(series[:9], labels[:9]), delimiter="\t")
    splits = load_series_splits(tmp_path)
    assert (len(splits.test), splits.test_split) == (9, "test")
    assert "files left unread: Bumps_TRAIN.arff" in splits.notes
    alone = load_series_splits(tmp_path / "Bumps_TRAIN.tsv")
    assert any("Bumps_TEST.tsv beside it is not read" in note for note in alone.notes)
    write_rows(tmp_path / "Other_TRAIN.tsv", first_label(series, labels), delimiter="\t")
    with pytest.raises(InputError, match="several sets: Bumps, Other"):
        load_series_splits(tmp_path)


def long_rows(count=40):
    series, labels = bumps(count)
    return [
        [f"trial{n}", f"t{step}", value, value * 2, labels[n] + 0.5]
        for n, row in enumerate(series)
        for step, value in reversed(list(enumerate(row)))
    ]


def test_any_names_of_a_long_table_may_be_said(tmp_path):
    path = write_rows(tmp_path / "x.csv", long_rows(), ["trial", "at", "left", "right", "rul"])
    splits = load_series_splits(path, id_column="trial", time_column="at", label_column="rul")
    assert (splits.problem_type, splits.channels) == ("regression", ["left", "right"])
    np.testing.assert_array_equal(series_arrays(splits.train)[0][:, 0], bumps()[0][splits.train["row"][0] - 1])
    with pytest.raises(InputError, match="--id_column run is not there; the columns are trial"):
        load_series_splits(path, id_column="run")
    with pytest.raises(InputError, match=r"no column for the ids.*--id_column.*--window"):
        load_series_splits(path)


def test_a_target_of_another_name_is_no_channel(tmp_path):
    path = write_rows(tmp_path / "x.csv", long_rows(), ["id", "time", "left", "right", "rul"])
    with pytest.raises(InputError, match="no labels"):
        load_series_splits(path)
    assert series_inputs(Source(str(path)), SeriesOptions()).values[0].shape == (STEPS, 2)


def test_the_only_columns_of_times_and_of_names_are_time_and_label(tmp_path):
    rows = [[n, f"{31 - step}.12.2019", n + step, ["auf", "ab"][n % 2]] for n in range(30) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "wann", "wert", "richtung"], ";")
    splits = load_series_splits(path)
    assert (splits.channels, splits.label_names) == (["wert"], ["ab", "auf"])
    first = splits.train["row"][0] - 1
    assert series_arrays(splits.train)[0][:, 0].tolist() == [first + step for step in range(STEPS)][::-1]
    said = " ".join(splits.notes)
    assert "time 'wann', the only column of times; --time_column" in said
    assert "label 'richtung', the only column of names; --label_column" in said


@pytest.mark.parametrize("first", [0, 44_197, 2.5])
def test_what_counts_the_steps_of_each_series_is_the_time_and_no_channel(tmp_path, first):
    """By whatever name, and in whatever order the rows stand: spreadsheets write days as 44197."""
    rows = [[n, first + step, (n + step) ** 2 % 7, n, "ab"[n % 2]] for n in range(30) for step in range(STEPS)]
    random.Random(0).shuffle(rows)
    path = write_rows(tmp_path / "x.csv", rows, ["id", "Schritt", "Wert", "Faktor", "label"])
    splits = load_series_splits(path, whole=True, group_column="none")
    assert splits.channels == ["Wert"]
    found = {tuple(array[:, 0].tolist()) for array in series_arrays(splits.train)}
    assert found == {tuple(float((n + step) ** 2 % 7) for step in range(STEPS)) for n in range(30)}
    assert any("time 'Schritt', which counts the steps of each series; --time_column" in n for n in splits.notes)
    kept = load_series_splits(path, whole=True, group_column="none", channels="Schritt,Wert")
    assert kept.channels == ["Schritt", "Wert"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (lambda n, step: 100 + 5 * n + 0.5 * step, True),  # a meter
        (lambda n, step: 7 * step % STEPS, True),  # a rank
        (lambda n, step: 3 + 0.5 * step, False),  # alike in every series
        (lambda n, step: STEPS - step, False),
        (lambda n, step: 1000 + 3 * n + step, False),  # frames of a film
    ],
)
def test_what_rises_evenly_from_a_value_of_its_own_is_a_channel_beside_the_time(tmp_path, value, kept):
    rows = [[n, step, (n + step) ** 2 % 7, value(n, step), "ab"[n % 2]] for n in range(30) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "time", "Wert", "Stand", "label"])
    splits = load_series_splits(path, whole=True)
    assert splits.channels == (["Wert", "Stand"] if kept else ["Wert"])
    assert kept or any("left out: 'Stand' (counts the steps of each series); --channels" in n for n in splits.notes)
    assert load_series_splits(path, whole=True, channels="Wert,Stand").channels == ["Wert", "Stand"]


def test_an_id_is_the_same_with_a_point_and_zero_as_without(tmp_path):
    rows = [[f"{n}.0", step, (n + step) ** 2 % 7] for n in range(30) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "time", "value"])
    write_rows(tmp_path / "x_labels.csv", [[n, "ab"[n % 2]] for n in range(30)], ["id", "label"])
    splits = load_series_splits(path, whole=True)
    labels = [splits.label_names[label] for label in splits.train["label"]]
    assert labels == ["ab"[n % 2] for n in range(30)]


def test_steps_without_an_id_are_refused_with_the_first_row(tmp_path):
    rows = [[n if step == 0 else "", step, n * step, "ab"[n % 2]] for n in range(5) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "time", "value", "label"])
    with pytest.raises(InputError, match=f"{5 * STEPS - 5} of {5 * STEPS} rows without an id in 'id', .* in row 2;"):
        load_series_splits(path)


def test_times_with_a_unit_in_their_name_are_times_and_a_temperature_is_none(tmp_path):
    rows = [
        [n, STEPS - step, 20.5 + step % 2, (n + step) ** 2, "ab"[n % 2]] for n in range(30) for step in range(STEPS)
    ]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "Time (ms)", "T", "x", "label"])
    splits = load_series_splits(path)
    assert splits.channels == ["T", "x"]
    assert all((np.diff(array[:, 1]) < 0).all() for array in series_arrays(splits.train))
    alone = load_series_splits(write_rows(tmp_path / "y.csv", rows, ["id", "y_axis", "T", "x", "label"]))
    assert "T" in alone.channels


def test_a_comma_that_may_part_thousands_or_decimals_is_refused(tmp_path):
    """987 and 1,234 were 987 and 1.234."""
    columns = ["id", "time", "x", "label"]
    rows = [[n, step, f"{900 + 100 * step + n:,}", "ab"[n % 2]] for n in range(30) for step in range(STEPS)]
    with pytest.raises(InputError, match=r"column 'x' has numbers such as '1,0.*may be 10.*or 1\.0.*decimal point"):
        load_series_splits(write_rows(tmp_path / "x.csv", rows, columns, ";"))
    settled = [[*row[:3], f"0,{row[1]}", row[3]] for row in rows]
    found = load_series_splits(write_rows(tmp_path / "z.csv", settled, [*columns[:3], "y", "label"], ";"), whole=True)
    assert series_arrays(found.train)[3][2].tolist() == [1.103, 0.2]
    for row in rows:
        row[2] = f"{row[1] + row[0] / 8:.3f}".replace(".", ",")
    splits = load_series_splits(write_rows(tmp_path / "y.csv", rows, columns, ";"), whole=True)
    assert series_arrays(splits.train)[3][:, 0].tolist() == [step + 3 / 8 for step in range(STEPS)]


def test_a_label_that_is_numbers_is_asked_for_by_name(tmp_path):
    rows = [[n, step, n + step / 7, n % 3] for n in range(30) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "time", "x", "activity"])
    with pytest.raises(InputError, match=r"--label_column.*left out: 'activity' \(one value in each series\)"):
        load_series_splits(path)
    assert load_series_splits(path, label_column="activity").label_names == ["0", "1", "2"]


def test_tags_where_a_label_a_row_is_learned_are_refused(tmp_path):
    rows = [[n, step, step / 7, "on" if step > 3 else "off"] for n in range(30) for step in range(STEPS)]
    path = write_rows(tmp_path / "x.csv", rows, ["id", "time", "x", "state"])
    with pytest.raises(InputError, match=r"'state' changes inside series.*--task series-tagging"):
        load_series_splits(path)


@pytest.mark.parametrize("targets", [[-3, 4, 5], [7, 7, 12], [0.5, 1.5]])
def test_lists_of_amounts_are_several_targets(tmp_path, targets):
    rows = [{"series": [[n], [n + 1]], "label": [each + n % 5 for each in targets]} for n in range(30)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_series_splits(tmp_path / "x.jsonl")
    assert splits.problem_type == "regression"
    assert splits.train["label"][:] == [list(map(float, rows[n - 1]["label"])) for n in splits.train["row"]]


def test_the_same_long_table_as_parquet_is_the_same(tmp_path):
    path = write_rows(tmp_path / "x.csv", long_rows(), ["id", "time", "left", "right", "label"])
    with path.open() as file:
        records = list(csv.DictReader(file))
    columns = {name: [row[name] for row in records] for name in records[0]}
    for name in ("left", "right", "label"):
        columns[name] = [float(value) for value in columns[name]]
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    prints = {load_series_splits(tmp_path / f"x.{kind}").fingerprint for kind in ("csv", "parquet", "jsonl")}
    assert len(prints) == 1


def test_steps_with_equal_times_stay_in_the_order_of_the_file_and_are_said(tmp_path):
    rows = [[n, time, value, "ab"[n % 2]] for n in range(20) for time, value in ((1, 5), (0, 6 + n), (1, 7))]
    splits = load_series_splits(write_rows(tmp_path / "x.csv", rows, ["id", "time", "value", "label"]), whole=True)
    assert series_arrays(splits.train)[3][:, 0].tolist() == [9, 5, 7]
    assert any("20 steps have the time of the step before" in note for note in splits.notes)


def recording(path, steps=1000, **columns):
    draw = np.random.default_rng(0)
    values = {"date": [f"{n}" for n in range(steps)], "value": draw.normal(size=steps).round(6)} | columns
    return write_rows(path, zip(*values.values(), strict=True), list(values))


def test_a_recording_is_cut_into_windows_and_by_time(tmp_path):
    states = ["calm" if n // 37 % 2 else "storm" for n in range(1000)]
    path = recording(tmp_path / "x.csv", state=states)
    splits = load_series_splits(path, window=20, stride=5)
    values = [float(line.split(",")[1]) for line in path.read_text().splitlines()[1:]]
    seen = {}
    for name in ("train", "validation", "test"):
        rows = [row[:, 0].tolist() for row in series_arrays(splits[name])]
        seen[name] = {value for row in rows for value in row}
        for row, label in zip(rows, splits[name]["label"], strict=True):
            start = values.index(row[0])
            assert values[start : start + 20] == row
            inside = states[start : start + 20]
            assert splits.label_names[label] == max(dict.fromkeys(inside), key=inside.count)
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["validation"]
    assert not seen["validation"] & seen["test"]
    assert max(map(values.index, seen["train"])) < min(map(values.index, seen["validation"]))
    assert max(map(values.index, seen["validation"])) < min(map(values.index, seen["test"]))
    assert splits.test_split == "test (cut from train)"
    assert any("with several labels: the most frequent of them is taken" in note for note in splits.notes)


def test_no_window_runs_from_one_person_into_the_next(tmp_path):
    """A column called like a group is no channel: each of its values is a recording of its own."""
    rows = [[f"{n}", n % 50, n + n % 3 * 1000, n // 100, "ab"[n // 100 % 2]] for n in range(1000)]
    path = write_rows(tmp_path / "x.csv", rows, ["date", "x", "y", "user", "state"])
    splits = load_series_splits(path, window=9)
    assert splits.channels == ["x", "y"]
    first_steps = {int(array[0, 1]) % 1000 for name in ("train", "validation", "test")
                   for array in series_arrays(splits[name])}  # fmt: skip
    assert all(step // 100 == (step + 8) // 100 for step in first_steps)
    assert any("10 recordings by 'user'" in note and "--id_column" in note for note in splits.notes)
    apart = load_series_splits(path, window=9, group_column="user")
    seen = [{int(array[0, 1]) % 1000 // 100 for array in series_arrays(apart[name])}
            for name in ("train", "validation", "test")]  # fmt: skip
    assert sum(map(len, seen)) == len(set.union(*seen)) == 10
    assert load_series_splits(path, window=9, id_column="none").channels == ["x", "y", "user"]


def test_windows_of_amounts_have_the_last_and_tags_stay_tags(tmp_path):
    path = recording(tmp_path / "x.csv", label=[n / 10 for n in range(1000)])
    splits = load_series_splits(path, window=20)
    assert splits.train["label"][:2] == [1.9, 3.9]
    tags = load_series_splits(recording(tmp_path / "y.csv", state=["ab"[n % 2] for n in range(1000)]),
                              window=10, per_step=True)  # fmt: skip
    assert tags.train["tags"][0] == [0, 1] * 5


def test_a_series_that_is_labelled_twice_is_refused_unless_both_say_the_same(tmp_path):
    write_rows(
        tmp_path / "x.csv", [[n, t, (n + t) ** 2 % 7] for n in range(30) for t in range(4)], ["id", "time", "value"]
    )
    labels = [[n, "ab"[n % 2]] for n in range(30)]
    write_rows(tmp_path / "x_labels.csv", [*labels, [3, "b"]], ["id", "label"])
    assert load_series_splits(tmp_path / "x.csv", whole=True).train.num_rows > 0
    write_rows(tmp_path / "x_labels.csv", [*labels, [3, "a"]], ["id", "label"])
    with pytest.raises(InputError, match="labels the series '3' as 'b' and as 'a'"):
        load_series_splits(tmp_path / "x.csv", whole=True)


def test_windows_read_labels_of_some_steps_and_leave_out_windows_without(tmp_path):
    states = ["ab"[n // 50 % 2] if n % 10 == 9 and not 100 <= n < 140 else "" for n in range(1000)]
    path = recording(tmp_path / "x.csv", state=states)
    splits = load_series_splits(path, window=20)
    names = [splits.label_names[label] for label in splits.train["label"]]
    inside = [[state for state in states[at : at + 20] if state] for at in range(0, 800, 20)]
    assert names == [max(dict.fromkeys(each), key=each.count) for each in inside if each]
    assert any("train: 2 windows without a label left out" in note for note in splits.notes)
    tags = load_series_splits(path, window=20, per_step=True)
    assert len(tags.train) == 38
    assert [n for n, tag in enumerate(tags.train["tags"][0]) if tag != -100] == [9, 19]


def test_windows_that_do_not_fit_are_refused(tmp_path):
    path = recording(tmp_path / "x.csv", state=["ab"[n % 2] for n in range(1000)])
    with pytest.raises(InputError, match=r"validation has 100 steps at a stretch, fewer than --window 200"):
        load_series_splits(path, window=200)


def test_compressed_tables_and_said_separators_are_read(tmp_path):
    series, labels = bumps()
    path = write_rows(tmp_path / "x.csv", first_label(series, labels), delimiter="|")
    (tmp_path / "y.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    plain = load_series_splits(write_rows(tmp_path / "x.tsv", first_label(series, labels), delimiter="\t"))
    for name in ("x.csv", "y.csv.gz"):
        assert load_series_splits(tmp_path / name, delimiter="pipe").fingerprint == plain.fingerprint


@pytest.mark.parametrize("names", [("t{}", 5), ("{}_x", 1), ("t{}_x", 1), ("x_{}", 10)])
def test_steps_that_are_numbered_by_fives_or_before_their_channel_are_steps(tmp_path, names):
    series, labels = bumps()
    name, apart = names
    header = ["id", *(name.format(n * apart) for n in range(STEPS)), "kind"]
    rows = [[n, *row, "ab"[label - 1]] for n, (row, label) in enumerate(zip(series, labels, strict=True))]
    splits = load_series_splits(write_rows(tmp_path / "x.csv", rows, header), whole=True)
    assert [array[:, 0].tolist() for array in series_arrays(splits.train)] == [row.tolist() for row in series]


def test_a_table_whose_series_would_all_have_one_step_is_refused(tmp_path):
    rows = [[n, n % 7, n / 3, "ab"[n % 2]] for n in range(20)]
    with pytest.raises(InputError, match=r"'id' is another one in each of the 20 rows.*number the columns"):
        load_series_splits(write_rows(tmp_path / "x.csv", rows, ["id", "alpha", "beta", "label"]))


def test_columns_of_lists_are_channels(tmp_path):
    rows = [{"x": [n, 1.5, 2], "y": [4, n, 6], "z": [7, 8, n], "label": "ab"[n % 2]} for n in range(20)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_series_splits(tmp_path / "x.jsonl", whole=True)
    assert series_arrays(splits.train)[3].tolist() == [[3, 4, 7], [1.5, 3, 8], [2, 6, 3]]
    assert load_series_splits(tmp_path / "x.jsonl", series_column="y", whole=True).train["series"][3] == [[4], [3], [6]]


def test_files_put_together_without_ids_are_no_recording(tmp_path):
    rows = [[step, part + step / 7, "ab"[step // 20 % 2]] for part in range(4) for step in range(40)]
    with pytest.raises(InputError, match=r"times go back, and 120 of 160 occur again.*--id_column"):
        load_series_splits(write_rows(tmp_path / "x.csv", rows, ["time", "x", "label"]), window=10)


def test_one_hot_labels_are_classes_a_column_of_labels_is_no_list_and_channels_first_is_said(tmp_path):
    values, kinds = np.random.default_rng(0).normal(size=(20, 3, 50)), np.arange(20) % 3
    np.savez(tmp_path / "x.npz", X=values, y=np.eye(3)[kinds])
    splits = load_series_splits(tmp_path / "x.npz", whole=True)
    assert splits.train["label"][:] == kinds.tolist()
    assert any("each row has exactly one label" in note for note in splits.notes)
    assert any("3 steps of 50 channels" in note for note in splits.notes)
    np.savez(tmp_path / "y.npz", X=values, y=(np.arange(20) % 2).reshape(-1, 1))
    assert load_series_splits(tmp_path / "y.npz", whole=True).problem_type == "single_label_classification"
    several = load_series_splits(tmp_path / "x.npz", whole=True, problem_type="multi_label_classification")
    assert several.train["label"][1] == [0, 1, 0]


def test_ids_of_several_columns_are_those_of_training_and_another_id_may_be_named(tmp_path):
    rows = [[n // 4, n % 4, step, n + step % 3] for n in range(8) for step in range(5)]
    path = write_rows(tmp_path / "x.csv", rows, ["subject", "trial", "time", "x"])
    trained = {"id_column": "subject,trial", "label_column": "label", "time_column": "time"}
    found = series_inputs(Source(str(path), trained_on=trained), SeriesOptions())
    assert found.table.values("id")[:5] == ["0 0", "0 1", "0 2", "0 3", "1 0"]
    rows = [[4 * row[0] + row[1], *row[2:]] for row in rows]
    other = write_rows(tmp_path / "y.csv", rows, ["who", "time", "x"])
    found = series_inputs(Source(str(other), trained_on=trained), SeriesOptions(id_column="who"))
    assert found.table.values("who")[:3] == ["0", "1", "2"]
