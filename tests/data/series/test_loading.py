# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series from every kind of file are the same series; what cannot be learned from is refused by its row."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hf_seq.data import load_series_splits
from hf_seq.data.builtin.waves import ORDERS, TAGS, make_waves
from hf_seq.data.readers.ts_files import read_ts
from hf_seq.data.series.loading import series_arrays
from hf_seq.errors import InputError

NAN = float("nan")


def make_rows(count=40, channels=2, seed=0):
    """Rows of different lengths, no two alike, with one missing value each fifth row."""
    draw = np.random.default_rng(seed)
    series = [draw.normal(size=(3 + row % 4, channels)).round(3) for row in range(count)]
    for row in series[::5]:
        row[1, 0] = NAN
    return series, ["up" if row % 2 else "down" for row in range(count)]


def as_lists(series):
    return [[[None if np.isnan(v) else v for v in step] for step in row.tolist()] for row in series]


def write_jsonl(folder, series, labels):
    lines = [json.dumps({"series": row, "label": label}) for row, label in zip(as_lists(series), labels, strict=True)]
    (folder / "x.jsonl").write_text("\n".join(lines))
    return folder / "x.jsonl"


def write_parquet(folder, series, labels):
    pq.write_table(pa.table({"series": as_lists(series), "label": labels}), folder / "x.parquet")
    return folder / "x.parquet"


def write_ts(folder, series, labels):
    lines = ["# a comment", "@problemName x", "@timeStamps false", "@classLabel true down up", "@data"]
    for row, label in zip(series, labels, strict=True):
        lines.append(":".join([*(",".join("?" if np.isnan(v) else repr(v) for v in c.tolist()) for c in row.T), label]))
    (folder / "x.ts").write_text("\n".join(lines))
    return folder / "x.ts"


def write_long(folder, series, labels, *, shuffled=True, beside=False):
    lines = [
        [f"s{number}", step, *("" if np.isnan(v) else v for v in values), *([] if beside else [label])]
        for number, (row, label) in enumerate(zip(series, labels, strict=True))
        for step, values in enumerate(row.tolist())
    ]
    if shuffled:  # the steps of a series in the wrong order
        lines.sort(key=lambda line: (int(line[0][1:]), -line[1]))
    header = ["id", "time", "a", "b", *([] if beside else ["label"])]
    with (folder / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *lines])
    if beside:
        rows = [[f"s{number}", label] for number, label in reversed(list(enumerate(labels)))]
        with (folder / "x_labels.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["id", "label"], *rows])
    return folder / "x.csv"


def write_npz(folder, series, labels):
    lengths = np.array([len(row) for row in series])
    np.savez(folder / "x.npz", series=np.concatenate(series), lengths=lengths, labels=np.array(labels))
    return folder / "x.npz"


WRITERS = {
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "ts": write_ts,
    "long csv": write_long,
    "long csv, labels beside": lambda *given: write_long(*given, beside=True),
    "npz": write_npz,
}


def all_rows(splits):
    """Series and labels of all splits in the order of the source."""
    rows = [
        (number, array, splits.label_names[label])
        for part in (splits.train, splits.validation, splits.test)
        for number, array, label in zip(part["row"], series_arrays(part), part["label"], strict=True)
    ]
    rows.sort(key=lambda row: row[0])
    return [array for _, array, _ in rows], [label for _, _, label in rows]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_file_gives_the_same_series_and_labels(tmp_path, kind):
    series, labels = make_rows()
    splits = load_series_splits(WRITERS[kind](tmp_path, series, labels))
    found, names = all_rows(splits)
    assert names == labels
    assert splits.problem_type == "single_label_classification"
    assert splits.label_names == ["down", "up"]
    for mine, theirs in zip(found, series, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_rows_of_lists_and_arrays_of_arrow_are_the_same(tmp_path):
    splits = load_series_splits(write_parquet(tmp_path, *make_rows()))
    for row, array in zip(splits.train["series"][:], series_arrays(splits.train), strict=True):
        np.testing.assert_array_equal(np.array(row, dtype=np.float64), array)


def test_channels_times_and_time_stamps_of_a_ts_file(tmp_path):
    (tmp_path / "x.ts").write_text(
        "% comment\n@timeStamps true\n@targetLabel true\n@data\n"
        "(2007-01-01 00:00:00,1.5),(2007-01-01 00:01:00,?):(2007-01-01 00:00:00,3),(2007-01-01 00:01:00,4):0.25\n\n"
    )
    table = read_ts(tmp_path / "x.ts")
    np.testing.assert_array_equal(table.values("series")[0], [[1.5, 3], [NAN, 4]])
    assert table.values("label") == [0.25]
    assert table.values("times")[0].tolist() == [1167609600.0, 1167609660.0]
    assert table.notes == ["time stamps are read as ISO dates, such as '2007-01-01 00:00:00'"]


@pytest.mark.parametrize("name", ["JapaneseVowels", "BasicMotions", "ArrowHead", "Covid3Month"])
def test_archive_files_are_read_as_sktime_reads_them(name):
    datasets = pytest.importorskip("sktime.datasets")
    from pathlib import Path

    folder = Path(datasets.__file__).parent / "data" / name
    frame, labels = datasets.load_from_tsfile_to_dataframe(folder / f"{name}_TRAIN.ts")
    table = read_ts(folder / f"{name}_TRAIN.ts")
    assert [str(label).lower() for label in table.values("label")] == [str(label).lower() for label in labels]
    for row, series in enumerate(table.values("series")):
        np.testing.assert_allclose(series, np.column_stack([cell.to_numpy() for cell in frame.iloc[row]]))


def test_a_folder_of_the_archive_has_a_train_and_a_test(tmp_path):
    series, labels = make_rows()
    write_ts(tmp_path, series, labels).rename(tmp_path / "Name_TRAIN.ts")
    write_ts(tmp_path, series[:6], labels[:6]).rename(tmp_path / "Name_TEST.ts")
    splits = load_series_splits(tmp_path)
    assert (len(splits.train) + len(splits.validation), len(splits.test), splits.test_split) == (40, 6, "test")


def test_one_npz_may_hold_all_splits(tmp_path):
    values, labels = np.arange(120.0).reshape(30, 4), np.arange(30) % 3
    np.savez(tmp_path / "x.npz", X_train=values, y_train=labels, X_test=values[:5] + 0.5, y_test=labels[:5])
    splits = load_series_splits(tmp_path / "x.npz")
    assert series_arrays(splits.test)[1].tolist() == [[4.5], [5.5], [6.5], [7.5]]
    assert splits.test["label"][:] == [0, 1, 2, 0, 1]


def test_labels_that_change_inside_a_series_are_tags(tmp_path):
    lines = [[s, t, s + t / 10, "on" if t > 1 else "off"] for s in range(12) for t in range(4)]
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "time", "value", "state"], *lines])
    splits = load_series_splits(tmp_path / "x.csv", per_step=True)
    assert splits.problem_type == "token_classification"
    assert splits.label_names == ["off", "on"]
    assert splits.train["tags"][:] == [[0, 0, 1, 1]] * len(splits.train)


@pytest.mark.parametrize("nothing", ["", "nan", "-100"])
def test_steps_without_a_tag_are_read_and_have_none(tmp_path, nothing):
    lines = [[s, t, s + t / 10, ("on" if t > 1 else "off") if t % 2 else nothing] for s in range(12) for t in range(4)]
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "time", "value", "state"], *lines])
    splits = load_series_splits(tmp_path / "x.csv", per_step=True)
    assert splits.label_names == ["off", "on"]
    assert splits.train["tags"][:] == [[-100, 0, -100, 1]] * len(splits.train)
    assert {len(array) for array in series_arrays(splits.train)} == {4}
    assert any("train: 24 of 48 steps have a tag" in note for note in splits.notes)


def test_nulls_among_the_tags_of_a_row_are_steps_without_one_and_a_test_of_them_has_no_labels(tmp_path):
    for split, tags in (("train", [7, None, 9]), ("test", [None] * 3)):
        rows = [{"series": [[float(n)], [n + 0.5], [n + 0.7]], "tags": tags} for n in range(20)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{split}.parquet")
    splits = load_series_splits(tmp_path, per_step=True)
    assert splits.train["tags"][0] == splits.test["tags"][0] == [7, -100, 9]
    assert splits.test_split == "test (cut from train)"
    assert "test has no labels and is not used" in splits.notes


def test_a_series_whose_label_stands_in_one_of_its_rows_has_that_label(tmp_path):
    lines = [[s, t, s + t / 10, "ab"[s % 2] if t == 0 else ""] for s in range(12) for t in range(4)]
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "time", "value", "label"], *lines])
    splits = load_series_splits(tmp_path / "x.csv")
    assert splits.label_names == ["a", "b"]
    assert [splits.label_names[label] for label in splits.train["label"]] == [
        "ab"[int(s[0][0]) % 2] for s in series_arrays(splits.train)
    ]


@pytest.mark.parametrize("name", ["labels", "target", "y"])
def test_a_list_of_labels_a_row_is_tags_of_the_steps(tmp_path, name):
    rows = [{"series": [[n, step] for step in range(4)], name: ["low", "high"] * 2} for n in range(20)]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = load_series_splits(tmp_path / "x.jsonl", per_step=True)
    assert splits.label_names == ["high", "low"]
    assert splits.train["tags"][:] == [[1, 0, 1, 0]] * len(splits.train)


def test_several_labels_and_numbers_are_read_as_for_texts(tmp_path):
    series, _ = make_rows(20)
    several = [["a"] if row % 2 else ["a", "b"] for row in range(20)]
    splits = load_series_splits(write_jsonl(tmp_path, series, several))
    assert splits.problem_type == "multi_label_classification"
    assert splits.test["label"][0] in ([1.0, 0.0], [1.0, 1.0])
    numbers = load_series_splits(write_jsonl(tmp_path, series, [row / 7 for row in range(20)]))
    assert numbers.problem_type == "regression"


def test_equal_series_are_never_on_both_sides_of_a_cut(tmp_path):
    series, labels = make_rows(20)
    splits = load_series_splits(write_jsonl(tmp_path, series * 2, labels * 2))
    sides = [{array.tobytes() for array in series_arrays(part)} for part in (splits.train, splits.test)]
    assert not sides[0] & sides[1]


def test_the_same_rows_have_the_same_fingerprint_and_others_another(tmp_path):
    series, labels = make_rows()
    first = load_series_splits(write_jsonl(tmp_path, series, labels)).fingerprint
    assert load_series_splits(write_parquet(tmp_path, series, labels)).fingerprint == first
    series[3][0, 0] += 0.001
    assert load_series_splits(write_jsonl(tmp_path, series, labels)).fingerprint != first


def write_text(name, text):
    return lambda folder: (folder / name).write_text(text)


def json_rows(*rows):
    good = [{"series": [[1.0, row], [2.0, 3.0]], "label": row % 2} for row in range(30)]
    return write_text("x.jsonl", "\n".join(json.dumps(row) for row in [*good, *rows]))


CSV = "id,time,a,label\n"
BAD = {
    "ragged": (json_rows({"series": [[1, 2], [3]], "label": 0}), "x.jsonl", r"row 31 is ragged.*train row 31"),
    "empty": (json_rows({"series": [], "label": 0}), "x.jsonl", "row 31 is empty"),
    "null": (json_rows({"series": None, "label": 0}), "x.jsonl", "row 31 is empty"),
    "other channels": (
        json_rows({"series": [[1, 2, 3]], "label": 0}),
        "x.jsonl",
        r"another number of channels \(3\) than most of train \(2\).*row 31",
    ),
    "words": (json_rows({"series": [["a", "b"]], "label": 0}), "x.jsonl", "row 31.*not a number"),
    "text": (json_rows({"series": "hello", "label": 0}), "x.jsonl", "row 31|got the text 'hello'"),
    "no series": (
        write_text("x.jsonl", '{"text": "a b c", "label": 1}\n{"text": "d e", "label": 0}\n'),
        "x.jsonl",
        r"no column holds series.*'?text'?.*--task classification",
    ),
    "no label": (write_text("x.jsonl", '{"series": [[1.0]]}\n'), "x.jsonl", "series but no labels"),
    "label missing": (json_rows({"series": [[1, 2]], "label": None}), "x.jsonl", "missing.*row 31"),
    "ts without data": (write_text("x.ts", "@classLabel true a\n"), "x.ts", "no line `@data`"),
    "ts, uneven": (write_text("x.ts", "@classLabel true a\n@data\n1,2:3:a\n"), "x.ts", "line 3 has channels of 2, 1"),
    "ts, words": (write_text("x.ts", "@classLabel true a\n@data\n1,z:3,4:a\n"), "x.ts", "line 3 cannot be read.*'z'"),
    "csv without id": (write_text("x.csv", "time,a\n1,2\n"), "x.csv", "no column for the ids"),
    "csv, words": (write_text("x.csv", CSV + "1,0,high,u\n"), "x.csv", "column 'a' holds 'high' in row 1"),
    "csv, label lost": (
        lambda folder: (
            write_text("x.csv", "id,a\n1,2\n")(folder),
            write_text("x_labels.csv", "id,label\n2,u")(folder),
        ),
        "x.csv",
        "no label for 1 of 1 series, such as id '1'",
    ),
    "pickle": (
        lambda folder: np.save(folder / "x.npy", np.array([[1], [2, 3]], dtype=object), allow_pickle=True),
        "x.npy",
        "Python objects are refused",
    ),
    "npz without series": (lambda folder: np.savez(folder / "x.npz", z=np.zeros(3)), "x.npz", "no array `series`.*z"),
    "labels too few": (
        lambda folder: np.savez(folder / "x.npz", X=np.zeros((3, 2)), y=np.zeros(2)),
        "x.npz",
        r"labels have shape \(2,\), but there are 3 series",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_learned_from_is_refused_by_its_place(tmp_path, name):
    write, file, message = BAD[name]
    write(tmp_path)
    with pytest.raises(InputError, match=message):
        load_series_splits(tmp_path / file)


def test_without_strictness_bad_rows_stay_and_are_listed(tmp_path):
    json_rows({"series": [[1, 2], [3]], "label": 0}, {"series": [[1, 2]], "label": None})(tmp_path)
    splits = load_series_splits(tmp_path / "x.jsonl", strict=False, whole=True)
    assert [(problem.code, problem.rows) for problem in splits.problems] == [
        ("series-unreadable", [("train", 31)]),
        ("label-missing", [("train", 32)]),
    ]
    assert len(splits.train) == 32


def test_waves_are_the_same_everywhere_and_say_what_they_are():
    once, again = make_waves(12, 7), make_waves(12, 7)
    for one, two in zip(once, again, strict=True):
        np.testing.assert_array_equal(one["series"], two["series"])
        seen = [TAGS[tag] for tag in dict.fromkeys(one["tags"]) if tag]
        assert "-".join(seen) == ORDERS[one["label"]]
        assert len(one["tags"]) == len(one["series"])


def test_means_and_deviations_of_the_channels_say_nothing_about_waves():
    splits = load_series_splits("builtin:waves")

    def features(rows):
        return [
            np.concatenate([np.nanmean(row, 0), np.nanstd(row, 0), np.nanmax(row, 0)]) for row in series_arrays(rows)
        ]

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features(splits.train), splits.train["label"])
    score = model.score(features(splits.test), splits.test["label"])
    assert score < 0.25  # of six classes
