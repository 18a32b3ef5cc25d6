# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Gaps between steps are a channel where they vary, the same one in training, evaluation and prediction."""

import json

import numpy as np
import pytest

from hf_seq.commands.series_input import read_series_lines
from hf_seq.data import load_series_splits
from hf_seq.data.series.loading import series_arrays
from hf_seq.errors import InputError
from hf_seq.predictors.door import load
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.parsing import recipe_for
from hf_seq.train.running import train


def events(path, *, rows=60, steps=8, even=False, seed=0, labelled=True):
    """Events that come fast or slowly; their values say nothing."""
    draw = np.random.default_rng(seed)
    lines = ["id,when,value,kind,label" if labelled else "id,when,value,kind"]
    for row in range(rows):
        gaps = np.ones(steps) if even else draw.exponential(1 if row % 2 else 30, steps)
        for time in np.cumsum(gaps).round(4):
            lines.append(f"{row},{time},{draw.normal():.3f},{draw.normal():.3f}" + f",{'ab'[row % 2]}" * labelled)
    path.write_text("\n".join(lines))
    return path


def test_gaps_that_vary_become_the_last_channel(tmp_path):
    splits = load_series_splits(events(tmp_path / "x.csv"), time_column="when")
    assert splits.channels == ["value", "kind", "time gap"]
    times = [float(line.split(",")[1]) for line in (tmp_path / "x.csv").read_text().splitlines()[1:9]]
    assert splits.train["row"][0] == 1
    first = series_arrays(splits.train)[0][:, 2]
    np.testing.assert_allclose(np.expm1(first[1:]), np.diff(times), atol=1e-9)
    assert first[0] == first[1]
    assert any("varies from" in note and "--time_gaps off" in note for note in splits.notes)


def test_even_gaps_and_those_that_are_not_wanted_are_none(tmp_path):
    even = load_series_splits(events(tmp_path / "even.csv", even=True), time_column="when")
    off = load_series_splits(events(tmp_path / "x.csv"), time_column="when", time_gaps="off")
    assert even.channels == off.channels == ["value", "kind"]
    on = load_series_splits(tmp_path / "even.csv", time_column="when", time_gaps="on")
    assert on.channels[-1] == "time gap"


def test_gaps_without_times_are_refused(tmp_path):
    events(tmp_path / "x.csv")
    with pytest.raises(InputError, match="--time_gaps on needs the time of every step"):
        load_series_splits(tmp_path / "x.csv", time_gaps="on", time_column="none", channels="value")


def test_time_stamps_of_ts_files_and_lists_of_times_give_gaps_too(tmp_path):
    rows = [[(0, 1.0), (2, 2.0), (100, 3.0)], [(0, 1.5), (50, 2.5), (53, 3.5)]] * 10
    lines = [",".join(f"({t},{v + n / 100})" for t, v in row) + f":{n % 2}" for n, row in enumerate(rows)]
    (tmp_path / "x.ts").write_text("\n".join(["@timeStamps true", "@classLabel true 0 1", "@data", *lines]))
    nested = [
        {"series": [[v + n / 100] for _, v in row], "times": [t for t, _ in row], "label": n % 2}
        for n, row in enumerate(rows)
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, nested)))
    from_ts, from_json = (load_series_splits(tmp_path / name) for name in ("x.ts", "x.jsonl"))
    assert from_ts.channels[-1] == from_json.channels[-1] == "time gap"
    for one, two in zip(series_arrays(from_ts.train), series_arrays(from_json.train), strict=True):
        np.testing.assert_allclose(one, two)


def test_a_saved_model_reads_the_gaps_wherever_it_is_asked(tmp_path):
    data = events(tmp_path / "x.csv")
    flags = {"time_column": "when", "hidden_size": 16, "num_train_epochs": 30}
    recipe, options = recipe_for("gru", data=str(data), task="series", output_dir=str(tmp_path / "run"), **flags)
    record = train(recipe, options)
    assert record.score > 80  # nothing but the gaps tells the labels apart
    other = events(tmp_path / "even.csv", rows=20, even=True)
    again = evaluate(str(tmp_path / "run"), str(other), time_column="when")  # even gaps, and yet a channel
    assert again.n == 20
    predictor = load(str(tmp_path / "run"))
    values, times = [[0.1, 0.2]] * 8, np.cumsum([30.0] * 8).tolist()
    slow = predictor({"series": values, "times": times})
    fast = predictor({"series": values, "times": (np.array(times) / 60).tolist()})
    assert (slow["label"], fast["label"]) == ("a", "b")
    given = np.column_stack([values, np.log1p(np.full(8, 30.0))])
    assert predictor(given) == slow
    with pytest.raises(InputError, match=r"time gap.*times"):
        predictor(values)
    text = json.dumps({"series": values, "times": times})
    assert predictor(next(iter(read_series_lines([text], "argument")))) == slow
