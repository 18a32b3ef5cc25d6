# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A model that forecasts, its feature extractor and its pipeline work where only transformers is installed."""

import json

import numpy as np
import pytest

import hf_seq
from hf_seq.cli import main

from .test_shipping import SOURCES, WITHOUT_HF_SEQ, run

LOAD = """
from transformers import AutoFeatureExtractor, AutoModelForTimeSeriesPrediction, pipeline

folder = Path(sys.argv[1])
past = json.loads((folder / "past.json").read_text())
model = AutoModelForTimeSeriesPrediction.from_pretrained(folder, **trust).eval()
extractor = AutoFeatureExtractor.from_pretrained(folder, **trust)
with torch.no_grad():
    outputs = model(**extractor(past, return_tensors="pt"))
answer = pipeline("time-series-forecasting", model=str(folder), **trust)(past)
report = {
    "forecast": extractor.restore(outputs.predictions[0].numpy()).tolist(),
    "pipeline": answer["forecast"],
    "modules": [type(each).__module__.split(".")[0] for each in (model, extractor)],
}
print("REPORT" + json.dumps(report))
"""


@pytest.mark.parametrize("model", ["gru", "transformer"])
def test_a_forecaster_answers_alike_without_hf_seq(model, tmp_path):
    folder = tmp_path / "run"
    small = ["--hidden_size", "8", "--max_steps", "2", "--context_length", "48", "--horizon", "6"]
    command = ["train", "--task", "forecasting", "--data", "builtin:seasons", "--model", model]
    assert main([*command, "--output_dir", str(folder), *small, "--disable_tqdm", "true"]) in (0, None)
    past = [[float(10 + 3 * np.sin(step / 4))] for step in range(48)]
    (folder / "past.json").write_text(json.dumps(past))
    here = hf_seq.load(folder)(past)
    there = run(WITHOUT_HF_SEQ + LOAD, folder, home=tmp_path / "home")
    assert there["modules"] == ["transformers_modules"] * 2
    np.testing.assert_allclose(there["forecast"], here["forecast"], rtol=1e-5)
    np.testing.assert_allclose(there["pipeline"], here["forecast"], rtol=1e-5)
    for path in folder.glob("*.py"):
        assert path.read_bytes() == (SOURCES / path.name).read_bytes()
