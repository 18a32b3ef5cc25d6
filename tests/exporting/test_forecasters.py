# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models that forecast are exported: torch's numbers at every past, torch's quantiles, and the verb answers by both."""

import csv
import math

import numpy as np
import pytest
import torch

pytest.importorskip("onnxruntime")

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.exporting.building import build
from hf_seq.exporting.comparing import compare_with_torch
from hf_seq.exporting.sessions import make_run
from hf_seq.exporting.shapes import batches
from hf_seq.models import distributions
from hf_seq.runtime import runtime_forecasting
from hf_seq.runtime.runtime import load

from .test_building import OPSET, perturbed

LENGTHS = {"context_length": 28, "patch_length": 5, "horizon": 6, "hidden_size": 8, "embedding_size": 6}
ATTENDING = {"num_attention_heads": 2, "intermediate_size": 9}
MODELS = [
    {"distribution": "quantile", "instance_norm": "std", "cell_type": "gru", "num_known": 1},
    {"distribution": "point", "instance_norm": "last", "cell_type": "lstm", "bidirectional": True, "pooling": "max"},
    {"distribution": "gaussian", "instance_norm": "none", "cell_type": "rnn", "pooling": "mean", "num_known": 2},
    {"distribution": "student_t", "instance_norm": "scale", "cell_type": "gru", "linear_skip": False},
    {"distribution": "negative_binomial", "instance_norm": "scale", "cell_type": "lstm", "pooling": "attention"},
    {"distribution": "quantile", "instance_norm": "last", "position_embedding": "rotary", **ATTENDING},
    {"distribution": "gaussian", "instance_norm": "std", "position_embedding": "learned", "num_known": 2, **ATTENDING},
]


def make_forecaster(**settings):
    family = "TransformerEncoder" if "position_embedding" in settings else "Recurrent"
    fields = {name: value for name, value in LENGTHS.items() if family == "Recurrent" or name != "embedding_size"}
    config = getattr(hf_seq, f"{family.removesuffix('Encoder')}ForecastingConfig")(**fields | settings)
    torch.manual_seed(0)
    return perturbed(getattr(hf_seq, f"{family}ForForecasting")(config))


@pytest.mark.parametrize("settings", MODELS, ids=lambda each: f"{each['distribution']}-{each['instance_norm']}")
def test_every_head_and_norm_gives_the_numbers_of_torch(settings):
    model = make_forecaster(**settings)
    found = compare_with_torch(model, make_run(build(model, OPSET)), batches(1, 3, missing=0.1, count=60))
    assert (found.shapes, found.largest_batch) == (60, 64)


def test_a_graph_that_forgets_what_is_missing_is_refused():
    model = make_forecaster(**MODELS[5])
    run = make_run(build(model, OPSET))
    with pytest.raises(InputError, match="other numbers than torch"):
        compare_with_torch(
            model,
            lambda name, inputs: run(name, inputs | {"input_values": np.nan_to_num(inputs["input_values"])}),
            batches(1, 3, missing=0.1, count=12),
        )


@pytest.mark.parametrize(
    ("kind", "numbers"), [("gaussian", 2), ("student_t", 3), ("negative_binomial", 2), ("quantile", 5)]
)
def test_quantiles_are_those_of_the_model(kind, numbers):
    draw = torch.Generator().manual_seed(0)
    levels = torch.tensor([0.05, 0.1, 0.5, 0.9, 0.99])
    raw = 3 * torch.randn(8, 4, numbers, generator=draw)
    given = distributions.located(kind, raw, torch.zeros(8, 1, 1), torch.full((8, 1, 1), 40.0))
    expected = distributions.quantiles(kind, given, levels).numpy()
    found = runtime_forecasting.quantiles(kind, given.double().numpy(), levels.double().numpy())
    np.testing.assert_allclose(found, expected, rtol=3e-5, atol=1e-4)


@pytest.fixture(scope="module")
def folders(tmp_path_factory, few_calls):
    """A model with two channels and one that is known ahead, saved and exported."""
    place = tmp_path_factory.mktemp("forecaster")
    make_forecaster(**MODELS[2] | {"num_known": 1, "num_channels": 2, "distribution": "student_t"}).save_pretrained(
        place / "model"
    )
    scale = {"mean": [5.0, -1.0], "std": [2.0, 3.0], "channel_names": ["sold", "lost"]}
    columns = {"time_column": "day", "step": 86400.0, "unit": "seconds", "other_columns": []}
    known = {"known_names": ["price"], "known_mean": [1.0], "known_std": [0.5]}
    lengths = {name: LENGTHS[name] for name in ("context_length", "patch_length", "horizon")}
    extractor = hf_seq.ForecastingFeatureExtractor(feature_size=2, **lengths, **scale, **columns, **known)
    extractor.save_pretrained(place / "model")
    return place / "model", hf_seq.export(place / "model", place / "out", quantize="int8").folder


def past(steps, seed=0):
    draw = np.random.default_rng(seed)
    series = draw.normal(size=(steps, 2))
    series[draw.random(series.shape) < 0.2] = np.nan
    series[-1] = 1.0
    return {"series": series, "known": draw.normal(size=(steps + 6, 1))}


def test_forecasts_are_those_of_the_model(folders):
    saved, exported = folders
    model, predictor = load(exported), hf_seq.load(saved)
    pasts = [past(steps, steps) for steps in (3, 28, 1, 90)]
    for found, expected in zip(model.predict(pasts), predictor.predict(pasts), strict=True):
        np.testing.assert_allclose(found["forecast"], expected["forecast"], rtol=1e-5, atol=2e-5)
        assert found["quantiles"].keys() == expected["quantiles"].keys()
        for level, band in expected["quantiles"].items():
            np.testing.assert_allclose(found["quantiles"][level], band, rtol=3e-5, atol=1e-4)
    assert type(load(exported, quantized=True)(pasts[0])["forecast"][0][0]) is float


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([[1.0, 2.0]], r"series 0 needs `known`, price of all its steps and of the 6 to come: \(7, 1\), got None"),
        ({"serie": [[1.0, 2.0]]}, "series 0 has serie; it must have `series`"),
        ({"series": [[math.nan, math.nan]]}, "holds no value at all"),
        ({"series": [[1.0]]}, r"has shape \(1, 1\); it must be \(steps, 2\)"),
        ({"series": "abc"}, "cannot be read as numbers"),
    ],
)
def test_what_is_no_past_is_refused(folders, given, reason):
    with pytest.raises(InputError, match=reason):
        load(folders[1])(given)


def test_the_verb_writes_the_same_table_by_either(folders, tmp_path, capsys):
    lines = [["day", "sold", "lost", "price"]]
    lines += [[f"2024-01-{day:02}", day % 7, "" if day > 20 else day % 3, day % 5] for day in range(1, 27)]
    lines[-6:] = [[day, "", "", price] for day, _, _, price in lines[-6:]]
    with (tmp_path / "sales.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    tables = []
    for folder in folders:
        assert main(["forecast", str(folder), "--data", str(tmp_path / "sales.csv")]) == 0
        tables.append(list(csv.DictReader(capsys.readouterr().out.splitlines())))
    assert [row["day"] for row in tables[0]] == [f"2024-01-{day}" for day in range(21, 27)]
    for row, other in zip(*tables, strict=True):
        assert row.keys() == other.keys()
        assert row.pop("day") == other.pop("day")
        assert [float(each) for each in other.values()] == pytest.approx(
            [float(each) for each in row.values()], rel=1e-4
        )


def test_what_an_export_of_it_cannot_do_is_refused(folders, exported, tmp_path, capsys):
    (tmp_path / "x.csv").write_text("day,sold,lost,price\n2024-01-01,1,2,3\n")
    data = ["--data", str(tmp_path / "x.csv")]
    assert main(["forecast", str(folders[1]), *data, "--samples", "2"]) == 2
    assert "is an export, which draws no futures; leave out --samples" in capsys.readouterr().err
    assert main(["forecast", str(exported("bilstm")), *data]) == 2
    assert "is an export of a model that forecasts nothing" in capsys.readouterr().err
    assert main(["export", str(folders[0]), "--output", str(tmp_path / "page"), "--to", "page"]) == 2
    assert "no page is for forecasting" in capsys.readouterr().err
