# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of events as sequences: columns found or named, times sorted, labels of ids, and what is refused in words."""

import json

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.builtin.visits import KINDS, PAGES, chances, make_visits
from hf_seq.data.events.checks import check_events
from hf_seq.data.events.columns import EventOptions
from hf_seq.data.events.loading import event_inputs, event_sequences, load_event_splits, vocabulary_of
from hf_seq.data.inputs import Source
from hf_seq.errors import InputError

NAMES = ["open", "look", "buy", "leave"]


def make_log(ids=40, seed=0):
    """A frame of events in no order, and by id what it holds, in the order of time."""
    draw = np.random.default_rng(seed)
    lines, gold = [], {}
    for number in range(ids):
        count = int(draw.integers(2, 7))
        moments = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.sort(draw.choice(9_000, count, replace=False)), "s")
        events = draw.choice(NAMES, count).tolist()
        amounts = [round(float(draw.random()), 3) if name == "buy" else None for name in events]
        label = "kept" if number % 2 else "gone"
        gold[f"u{number}"] = (events, moments, amounts, label)
        rows = zip(moments, events, amounts, strict=True)
        lines += [(f"u{number}", moment, name, amount, label) for moment, name, amount in rows]
    frame = pd.DataFrame(lines, columns=["user_id", "timestamp", "event", "amount", "label"])
    return frame.sample(frac=1, random_state=seed), gold


def by_first_time(splits):
    return {
        str(each["times"][0]): (each, row["label"])
        for name in ("train", "validation", "test")
        for each, row in zip(event_sequences(splits[name]), splits[name], strict=True)
    }


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".jsonl"])
def test_a_log_in_disorder_is_read_as_pandas_would_sort_it(tmp_path, suffix):
    frame, gold = make_log()
    path = tmp_path / f"log{suffix}"
    writers = {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".tsv": lambda: frame.to_csv(path, index=False, sep="\t"),
        ".parquet": lambda: frame.to_parquet(path),
        ".jsonl": lambda: frame.to_json(path, orient="records", lines=True, date_format="iso"),
    }
    writers[suffix]()
    splits = load_event_splits(path)
    assert splits.columns == {
        "id_column": "user_id",
        "event_column": "event",
        "value_columns": ["amount"],
        "time_column": "timestamp",
        "label_column": "label",
    }
    found = by_first_time(splits)
    for events, moments, amounts, label in gold.values():
        read, label_id = found[str(moments[0].to_datetime64().astype("datetime64[us]"))]
        assert read["events"] == events
        assert (read["times"] == moments.to_numpy().astype("datetime64[us]")).all()
        np.testing.assert_allclose(read["values"][:, 0], np.array(amounts, dtype=float))
        assert splits.label_names[label_id] == label
    assert any("series are not in the order of the times, and sorted" in note for note in splits.notes)


def test_an_id_is_on_one_side_of_a_cut(tmp_path):
    frame, gold = make_log(60)
    frame.to_csv(tmp_path / "log.csv", index=False)
    splits = load_event_splits(tmp_path / "log.csv")
    assert sum(len(splits[name]) for name in ("train", "validation", "test")) == len(gold)


def test_flags_override_what_is_found(tmp_path):
    frame, _ = make_log()
    frame = frame.rename(columns={"user_id": "who", "timestamp": "moment", "event": "done", "label": "fate"})
    frame["user_id"], frame["event"] = "x", "y"
    frame.to_csv(tmp_path / "log.csv", index=False)
    named = {"id_column": "who", "time_column": "moment", "event_column": "done", "label_column": "fate"}
    splits = load_event_splits(tmp_path / "log.csv", **named, value_columns=[])
    assert splits.channels == []
    assert set(splits.label_names) == {"kept", "gone"}
    assert "times" in event_sequences(splits.train)[0]
    without = load_event_splits(tmp_path / "log.csv", **{**named, "time_column": "none"})
    assert "times" not in event_sequences(without.train)[0]


@pytest.mark.parametrize("name", ["log_labels.csv", "labels.csv"])
def test_labels_stand_in_a_file_beside_or_in_one_that_is_named(tmp_path, name):
    frame, gold = make_log()
    frame.drop(columns="label").to_csv(tmp_path / "log.csv", index=False)
    rows = [(key, each[3]) for key, each in gold.items()] + [("nobody", "kept")]
    pd.DataFrame(rows, columns=["user_id", "label"]).to_csv(tmp_path / name, index=False)
    for source in (tmp_path / "log.csv", tmp_path):
        splits = load_event_splits(source)
        assert set(splits.label_names) == {"kept", "gone"}
        assert any("1 of the 41 ids there left out" in note for note in splits.notes)
    (tmp_path / name).rename(tmp_path / "fates.csv")
    splits = load_event_splits(tmp_path / "log.csv", label_file=str(tmp_path / "fates.csv"))
    assert set(splits.label_names) == {"kept", "gone"}


def test_a_sequence_a_row_is_read_as_its_log(tmp_path):
    frame, gold = make_log()
    frame.to_csv(tmp_path / "log.csv", index=False)
    lists, dicts = tmp_path / "lists.jsonl", tmp_path / "dicts.jsonl"
    with lists.open("w") as one, dicts.open("w") as other:
        for key, (events, moments, amounts, label) in gold.items():
            times = [str(each) for each in moments]
            row = {"user_id": key, "events": events, "times": times, "amount": amounts, "label": label}
            one.write(json.dumps(row) + "\n")
            cells = [{"event": e, "time": t, "amount": a} for e, t, a in zip(events, times, amounts, strict=True)]
            other.write(json.dumps({"user_id": key, "log": cells, "label": label}) + "\n")
    expected = by_first_time(load_event_splits(tmp_path / "log.csv"))
    for path in (lists, dicts):
        found = by_first_time(load_event_splits(path))
        assert found.keys() == expected.keys()
        for first, (read, _) in found.items():
            assert read["events"] == expected[first][0]["events"]
            np.testing.assert_array_equal(read["times"], expected[first][0]["times"])
            np.testing.assert_array_equal(read["values"], expected[first][0]["values"])


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda f: f.drop(columns="user_id"), {}, "says whose event a line is"),
        (lambda f: f.drop(columns="event"), {}, "which column says what happened"),
        (lambda f: f.drop(columns="label"), {}, "could be the label; name it with --label_column"),
        (lambda f: f.assign(label=[str(n) for n in range(len(f))]), {"label_column": "label"}, "changes inside"),
        (lambda f: f.assign(amount="much"), {"value_columns": ["amount"]}, "holds 'much' in row 1.*--value_columns"),
        (lambda f: f, {"event_column": "evnt"}, "event_column='evnt' is not there.*did you mean 'event'"),
        (lambda f: f, {"label_file": "nowhere.csv"}, "nowhere.csv"),
        (lambda f: f.assign(timestamp="03/04/2026"), {}, "can be"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path, change, options, words):
    frame, _ = make_log()
    changed = change(frame)
    if words == "can be":
        days = [f"{1 + n % 9:02d}/{1 + n % 7:02d}/2026" for n in range(len(changed))]
        changed = changed.assign(timestamp=days)
    changed.to_csv(tmp_path / "log.csv", index=False)
    with pytest.raises(InputError, match=words):
        load_event_splits(tmp_path / "log.csv", **options)


def test_rows_without_events_and_lists_of_other_lengths_are_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"events": ["a"], "label": 1}\n{"events": [], "label": 0}\n')
    with pytest.raises(InputError, match="row 2 has no events"):
        load_event_splits(path)
    path.write_text('{"events": ["a", "b"], "amount": [1.0], "label": 1}\n' * 3)
    with pytest.raises(InputError, match="row 1 has 2 in 'events' and 1 in 'amount'"):
        load_event_splits(path)


def test_events_without_a_name_are_unknown_and_rare_ones_too(tmp_path):
    frame, _ = make_log()
    frame.loc[frame.index[:3], "event"] = ""
    frame.to_csv(tmp_path / "log.csv", index=False)
    splits = load_event_splits(tmp_path / "log.csv")
    assert any("3 of" in note and "have no name" in note for note in splits.notes)
    rows = [{"events": ["a", "b", "a"]}, {"events": ["a", "", "c"]}, {"events": ["b"]}]
    assert vocabulary_of(rows, 2) == ["a", "b"]
    assert vocabulary_of(rows, 1) == ["a", "b", "c"]
    with pytest.raises(InputError, match="no event occurs in 4 train sequences"):
        vocabulary_of(rows, 4)


def test_the_label_says_which_of_two_ids_a_sequence_has():
    rows = {"session_id": [1, 1, 2, 2, 3, 3, 4, 4] * 2, "user_id": [1, 1, 1, 1, 2, 2, 2, 2] * 2}
    rows |= {"event": list("abab") * 4, "label": ["x", "x", "y", "y"] * 4}
    from hf_seq.data.memory import as_source

    with pytest.raises(InputError):  # too few rows to learn from, but the columns are found
        load_event_splits(as_source(rows), id_column="user_id", label_column="label")
    found = event_inputs(Source(as_source(rows)), EventOptions(id_column="session_id"))
    assert len(list(found.values)) == 4
    assert found.ids == ["session_id"]


def test_what_check_finds(tmp_path):
    frame, _ = make_log(80)
    frame.to_csv(tmp_path / "train.csv", index=False)
    frame.replace({"event": dict(zip(NAMES, "abcd", strict=True))}).to_csv(tmp_path / "test.csv", index=False)
    report = check_events(load_event_splits(tmp_path))
    assert {"ids-shared", "events-unknown", "values-missing"} <= {each.code for each in report.warnings}


def test_visits_are_the_same_everywhere_and_as_the_rules_say():
    assert make_visits(3, 7) == make_visits(3, 7)
    rows = make_visits(300, 5)
    right = 0
    for row in rows:
        gaps = [0.0, *((b - a).total_seconds() for a, b in zip(row["times"], row["times"][1:], strict=False))]
        right += KINDS[chances(row["events"], gaps).argmax()] == row["label"]
    assert 0.84 < right / len(rows) < 0.95
    for page in PAGES:
        shares = [
            np.mean([name == page for row in rows if row["label"] == kind for name in row["events"]]) for kind in KINDS
        ]
        assert max(shares) - min(shares) < 0.05  # counts of events tell nothing


def test_events_called_na_or_null_are_events_and_codes_have_no_point(tmp_path):
    rows = [(f"{n}.0", step, ["NA", "null", "None", "x"][(n + step) % 4]) for n in range(30) for step in range(4)]
    frame = pd.DataFrame(rows, columns=["id", "time", "event"])
    frame.to_csv(tmp_path / "log.csv", index=False)
    pd.DataFrame({"id": range(30), "label": ["ab"[n % 2] for n in range(30)]}).to_csv(tmp_path / "l.csv", index=False)
    splits = load_event_splits(tmp_path / "log.csv", label_file=str(tmp_path / "l.csv"), whole=True)
    assert [each["events"] for each in event_sequences(splits.train)] == frame.groupby("id", sort=False).event.agg(
        list
    ).tolist()
    assert [splits.label_names[label] for label in splits.train["label"]] == ["ab"[n % 2] for n in range(30)]
    frame.assign(event=[float(n % 3) for n in range(120)]).to_csv(tmp_path / "log.csv", index=False)
    splits = load_event_splits(tmp_path / "log.csv", label_file=str(tmp_path / "l.csv"), whole=True)
    assert event_sequences(splits.train)[0]["events"] == ["0", "1", "2", "0"]
