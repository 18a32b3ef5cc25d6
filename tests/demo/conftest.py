# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pages of tiny models, served by one process, and a browser to look at them."""

import json
import os
import subprocess
import sys

import pytest

from ..hub.conftest import runs  # noqa: F401 - a fixture
from .browser import CHROMIUM, Browser

SERVE = """
import json, shutil, sys
from pathlib import Path
runs, place = Path(sys.argv[1]), Path(sys.argv[2])

from hf_seq.baselines import MajorityBaseline
from hf_seq.demo.serve import make_page, serve
from hf_seq.reports.record import Record
for name in json.loads(sys.argv[3]):
    shutil.copytree(runs / name, place / name)
record = Record.read(place / "bilstm")
record.model, record.score = "majority", 50.0
baseline = MajorityBaseline(record.problem_type, label_names=["bad", "good"]).fit(["a", "b"], [1, 1])
baseline.save(place / "floor")
record.write(place / "floor")
shutil.copy(place / "bilstm" / "predictions.jsonl", place / "floor")
import hf_seq, torch
torch.manual_seed(0)
labels = {"id2label": {0: "none", 1: "<b>up</b>"}, "label2id": {"none": 0, "<b>up</b>": 1}}
config = hf_seq.RecurrentConfig(num_features=2, hidden_size=8, embedding_size=6, pooling="attention", **labels)
for name, head in (("series", "ForSequenceClassification"), ("series-steps", "ForTokenClassification")):
    getattr(hf_seq, "Recurrent" + head)(config).save_pretrained(place / name)
    hf_seq.SeriesFeatureExtractor(feature_size=2, channel_names=["<i>x</i>", "y"]).save_pretrained(place / name)
pages = {name: make_page(str(place / name)) for name in [*json.loads(sys.argv[3]), "series", "series-steps"]}
print(json.dumps({name: serve(page, block=False) for name, page in pages.items()}), flush=True)
sys.stdin.read()
"""
SHOWN = ("bilstm", "encoder", "bilstm-crf", "masked-lm", "lstm-lm", "transformer-seq2seq")


@pytest.fixture(scope="module")
def pages(runs, tmp_path_factory):  # noqa: F811
    """Addresses by kind of model."""
    pytest.importorskip("gradio")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    command = [sys.executable, "-c", SERVE, str(runs), str(tmp_path_factory.mktemp("served")), json.dumps(SHOWN)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    lines = iter(process.stdout.readline, "")
    yield json.loads(next(line for line in lines if line.startswith("{")))
    process.stdin.close()
    process.wait(30)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running
