# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Forecasting from the command line: train, evaluate, forecast, load, and what goes wrong, in words."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from transformers import pipeline

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.reports.record import Record

FLAGS = ["--task", "forecasting", "--horizon", "6", "--context_length", "24", "--patch_length", "6"]
TINY = ["--hidden_size", "8", "--max_steps", "4"]
RUNS = {
    "plain": [*TINY, "--embedding_size", "8"],
    "known": [*TINY, "--embedding_size", "8", "--known_columns", "promotion"],
    "transformer": [*TINY, "--model", "transformer", "--num_attention_heads", "2"],
    "linear": ["--model", "linear"],
    "counts": [*TINY, "--embedding_size", "8", "--distribution", "negative_binomial"],
    "static": [*TINY, "--embedding_size", "8", "--static_columns", "region,area"],
    "point": [*TINY, "--embedding_size", "8", "--distribution", "point", "--linear_start", "false"],
}


def sales(steps=200, shops=("north", "south")):
    """A frame of daily sales of some shops, more on days with a promotion."""
    draw, frames = np.random.default_rng(0), []
    for number, shop in enumerate(shops):
        promotion = (draw.random(steps) < 0.2).astype(int)
        sold = (
            20 * (number + 1) + 5 * np.sin(np.arange(steps) * 2 * np.pi / 7) + 8 * promotion + draw.normal(size=steps)
        )
        dates = pd.date_range("2024-01-01", periods=steps).strftime("%Y-%m-%d")
        frames.append(pd.DataFrame({"shop": shop, "date": dates, "sold": sold.round(3), "promotion": promotion}))
    return pd.concat(frames)


def placed(frame, region="harbour"):
    """The shops with a region and an area each."""
    north = frame["shop"] == "north"
    return frame.assign(region=np.where(north, "hill", region), area=np.where(north, 50, 80))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Models with and without what is known ahead, a baseline, and the data of all."""
    folder = tmp_path_factory.mktemp("forecasting")
    sales().to_csv(folder / "sales.csv", index=False)
    placed(sales()).to_csv(folder / "placed.csv", index=False)
    for name, flags in RUNS.items():
        shared = [*FLAGS, "--data", str(folder / ("placed.csv" if name == "static" else "sales.csv"))]
        target = ["--target_columns", "promotion" if name == "counts" else "sold"]
        assert main(["train", *shared, *target, *flags, "--output_dir", str(folder / name)]) == 0, name
    return folder


@pytest.mark.parametrize("name", ["plain", "known", "transformer", "linear"])
def test_a_record_tells_the_usual_scores_with_an_interval(runs, name):
    record = Record.read(runs / name)
    assert record.metric == "mse"
    assert record.task == "time-series-forecasting"
    assert {"mse", "mae", "mase", "smape", "wql", "crps", "coverage_80"} <= record.metrics.keys()
    assert record.interval[0] < record.score < record.interval[1]


def test_evaluating_again_gives_the_score_of_the_record(runs, capsys):
    capsys.readouterr()
    assert main(["evaluate", str(runs / "plain")]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == pytest.approx(Record.read(runs / "plain").score)


def test_forecasts_go_on_from_the_end_of_each_series(runs, tmp_path):
    output = tmp_path / "next.csv"
    arguments = ["forecast", str(runs / "plain"), "--data", str(runs / "sales.csv"), "--output", str(output)]
    assert main(arguments) == 0
    found = pd.read_csv(output)
    assert found["shop"].tolist() == ["north"] * 6 + ["south"] * 6
    assert found["date"].tolist()[:6] == [f"2024-07-{day}" for day in range(19, 25)]
    bands = found[[name for name in found if name.startswith("sold_q")]].to_numpy()
    assert (np.diff(bands, axis=1) >= 0).all()
    assert main(arguments) == 2  # the file is there
    assert main([*arguments, "--overwrite", "--horizon", "9"]) == 0
    assert pd.read_csv(output)["shop"].tolist() == ["north"] * 9 + ["south"] * 9


def test_pasts_in_other_layouts_have_the_same_forecast_and_other_steps_are_said(runs, tmp_path, capsys):
    frame = sales()
    days = pd.to_datetime(frame["date"])
    parts = frame.assign(year=days.dt.year, month=days.dt.month, day=days.dt.day).drop(columns=["date", "promotion"])
    wide = frame.pivot(index="shop", columns="date", values="sold").reset_index()
    weekly = frame.assign(date=days + 6 * (days - days.min())).drop(columns="promotion")
    found = {}
    for name, table in {"long": frame, "parts": parts, "wide": wide, "weekly": weekly}.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        capsys.readouterr()
        assert main(["forecast", str(runs / "plain"), "--data", str(tmp_path / f"{name}.csv")]) == 0
        shown = capsys.readouterr()
        found[name] = pd.read_csv(io.StringIO(shown.out))
        assert ("trained on steps of day, and here they are week" in shown.err) == (name == "weekly")
    for name, column in (("parts", "sold"), ("wide", "value"), ("weekly", "sold")):
        np.testing.assert_allclose(found[name][column], found["long"]["sold"], rtol=1e-4)
    assert list(found["parts"]["year,month,day"]) == list(found["wide"]["time"]) == list(found["long"]["date"])


def test_a_horizon_without_end_is_refused_in_words(runs, capsys):
    words = ["forecast", str(runs / "plain"), "--data", str(runs / "sales.csv"), "--horizon"]
    assert main([*words, "999999999"]) == 2
    assert "ask for 6,000 at most" in capsys.readouterr().err


def test_the_forecast_of_the_command_is_that_of_predictor_and_pipeline(runs, tmp_path):
    output = tmp_path / "next.csv"
    assert main(["forecast", str(runs / "plain"), "--data", str(runs / "sales.csv"), "--output", str(output)]) == 0
    wanted = pd.read_csv(output)["sold"].to_numpy()[:6]
    past = sales()[:200]["sold"].to_numpy()[:, None]
    answer = hf_seq.load(runs / "plain")(past)
    np.testing.assert_allclose(np.array(answer["forecast"])[:, 0], wanted, rtol=1e-4)
    piped = pipeline("time-series-forecasting", model=str(runs / "plain"))(past)
    np.testing.assert_allclose(np.array(piped["forecast"])[:, 0], wanted, rtol=1e-4)
    np.testing.assert_allclose(piped["quantiles"]["0.9"], answer["quantiles"]["0.9"], rtol=1e-4)


def test_a_model_begins_at_ridge_regression_unless_it_is_told_not_to(runs):
    begun = {name: any("ridge regression" in note for note in Record.read(runs / name).notes) for name in RUNS}
    assert [name for name, begins in begun.items() if begins] == ["plain", "known", "transformer", "static"]


@pytest.mark.parametrize("name", ["plain", "linear"])
def test_samples_go_on_from_themselves_and_are_spread_as_the_quantiles_say(runs, tmp_path, name):
    output, quantiles = tmp_path / "futures.csv", tmp_path / "next.csv"
    arguments = ["forecast", str(runs / name), "--data", str(runs / "sales.csv")]
    assert main([*arguments, "--samples", "400", "--horizon", "8", "--output", str(output)]) == 0
    found = pd.read_csv(output)
    assert len(found) == 2 * 400 * 8
    assert list(found.columns) == ["shop", "date", "sample", "sold"]
    assert main([*arguments, "--output", str(quantiles)]) == 0
    told = pd.read_csv(quantiles).merge(found, on=["shop", "date"], suffixes=("", "_drawn"))
    share = (told["sold_drawn"] <= told["sold_q0.1"]).groupby([told["shop"], told["date"]]).mean()
    assert share.between(0.04, 0.17).all()
    assert main([*arguments, "--samples", "400", "--horizon", "8", "--output", str(output), "--overwrite"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv(output), found)  # of the same seed


def test_samples_of_counts_are_counts_and_a_point_has_none(runs, tmp_path, capsys):
    output, data = tmp_path / "futures.csv", ["--data", str(runs / "sales.csv"), "--samples", "5"]
    assert main(["forecast", str(runs / "counts"), *data, "--output", str(output)]) == 0
    counts = pd.read_csv(output)["promotion"]
    assert ((counts >= 0) & (counts % 1 == 0)).all()
    assert main(["forecast", str(runs / "point"), *data]) == 2
    assert "knows nothing of what else may come" in capsys.readouterr().err


def test_what_is_no_count_is_refused_before_it_is_counted(runs, tmp_path, capsys):
    arguments = ["train", *FLAGS, "--data", str(runs / "sales.csv"), "--target_columns", "sold", *TINY]
    assert main([*arguments, "--distribution", "negative_binomial", "--output_dir", str(tmp_path / "run")]) == 2
    assert "is of counts, and 'sold' holds" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_is_drawn(runs):
    from matplotlib.image import imread

    assert imread(runs / "plain" / "forecasts.png").shape[1] > 1000


def test_what_is_known_ahead_is_read_from_a_file_of_its_own_or_from_rows_below(runs, tmp_path, capsys):
    model, data = str(runs / "known"), str(runs / "sales.csv")
    assert main(["forecast", model, "--data", data]) == 2
    assert "must be known of the 6 steps after the past" in capsys.readouterr().err
    dates = pd.date_range("2024-07-19", periods=6).strftime("%Y-%m-%d")
    ahead = pd.concat([pd.DataFrame({"shop": shop, "date": dates, "promotion": 1}) for shop in ("north", "south")])
    ahead.to_csv(tmp_path / "ahead.csv", index=False)
    pd.concat([sales(), ahead]).to_csv(tmp_path / "both.csv", index=False)
    outputs = [tmp_path / "one.csv", tmp_path / "other.csv"]
    below = ["--data", str(tmp_path / "both.csv"), "--output", str(outputs[1])]
    beside = ["--data", data, "--future", str(tmp_path / "ahead.csv"), "--output", str(outputs[0])]
    assert main(["forecast", model, *beside]) == 0
    assert main(["forecast", model, *below]) == 0
    one, other = map(pd.read_csv, outputs)
    pd.testing.assert_frame_equal(one, other)
    ahead["promotion"] = 0
    ahead.to_csv(tmp_path / "ahead.csv", index=False)
    assert main(["forecast", model, *beside, "--overwrite"]) == 0
    assert not np.allclose(pd.read_csv(outputs[0])["sold"], other["sold"])


def test_what_never_changes_is_read_beside_the_past(runs, tmp_path, capsys):
    model, outputs = str(runs / "static"), [tmp_path / "one.csv", tmp_path / "other.csv", tmp_path / "odd.csv"]
    capsys.readouterr()
    assert main(["evaluate", model]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == pytest.approx(Record.read(model).score)
    for region, output in zip(["harbour", "hill", "island"], outputs, strict=True):
        placed(sales(), region).to_csv(tmp_path / "placed.csv", index=False)
        assert main(["forecast", model, "--data", str(tmp_path / "placed.csv"), "--output", str(output)]) == 0
    assert "'region' holds 'island', which training did not" in capsys.readouterr().err
    found = [pd.read_csv(output).set_index("shop")["sold"] for output in outputs]
    np.testing.assert_array_equal(found[0]["north"], found[1]["north"])
    assert not np.array_equal(found[0]["south"], found[1]["south"])
    moved = placed(sales())
    moved.iloc[-1, moved.columns.get_loc("region")] = "hill"
    moved.to_csv(tmp_path / "placed.csv", index=False)
    assert main(["forecast", model, "--data", str(tmp_path / "placed.csv")]) == 2
    assert "'region', which changes inside series 'south' ('harbour', then 'hill'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="sold"), "has no column 'sold'"),
        (lambda frame: frame.assign(visitors=1.5), "a channel 'visitors' that the model was not trained on"),
        (lambda frame: frame.assign(sold=None), "no row of series 'north' holds a value"),
        (lambda frame: frame.iloc[::-1], "go back"),
        (lambda frame: frame.assign(sold="many"), "holds no numbers|holds 'many'"),
    ],
)
def test_a_past_that_does_not_fit_is_refused_in_words(runs, tmp_path, capsys, change, message):
    path = tmp_path / "odd.csv"
    change(sales(60)).to_csv(path, index=False)
    capsys.readouterr()
    assert main(["forecast", str(runs / "plain"), "--data", str(path)]) == 2
    assert pd.Series([capsys.readouterr().err]).str.contains(message).all()


@pytest.mark.parametrize("name", ["plain", "linear"])
def test_ten_channels_where_one_was_trained_are_refused(runs, name):
    with pytest.raises(InputError, match="channels"):
        hf_seq.load(runs / name)(np.zeros((30, 10)))


def test_check_tells_seasons_and_constants(tmp_path, capsys):
    frame = sales(shops=("north",)).assign(broken=4.0)
    frame.to_csv(tmp_path / "one.csv", index=False)
    assert main(["check", str(tmp_path / "one.csv"), "--task", "forecasting", "--horizon", "6"]) == 0
    said = capsys.readouterr().out
    assert "'sold': a season of 7 steps" in said
    assert "[channel-constant] 'broken' is 4 in all of train" in said


def test_check_tells_of_a_known_column_that_is_the_target(tmp_path, capsys):
    frame = sales(shops=("north",)).assign(invoiced=lambda each: 3 * each["sold"] + 0.1)
    frame.to_csv(tmp_path / "one.csv", index=False)
    known = ["--target_columns", "sold", "--known_columns", "promotion,invoiced"]
    assert main(["check", str(tmp_path / "one.csv"), "--task", "forecasting", "--horizon", "6", *known]) == 0
    said = capsys.readouterr().out
    assert "[known-tells-target] 'invoiced' is said to be known ahead, and says what 'sold' is" in said
    assert "'promotion' is said" not in said


def test_a_horizon_longer_than_the_history_ends_with_words(tmp_path, capsys):
    sales(30).to_csv(tmp_path / "short.csv", index=False)
    arguments = ["train", "--task", "forecasting", "--data", str(tmp_path / "short.csv"), "--horizon", "24"]
    assert main([*arguments, "--output_dir", str(tmp_path / "run")]) == 2
    assert "--horizon 24 is too long: the longest series has 30 steps" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
