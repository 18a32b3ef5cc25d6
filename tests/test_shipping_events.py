# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models of events, their feature extractor and pipeline work where only transformers is installed."""

import ast
import contextlib
import io
import json

import numpy as np
import pytest
import torch

import hf_seq
from hf_seq.hub.model_kinds import code_blocks, event_example

from .models.factories import make_config, perturb
from .test_shipping import SOURCES, WITHOUT_HF_SEQ, run

LOAD = """
import transformers
from transformers import AutoFeatureExtractor, pipeline

folder = Path(sys.argv[1])
rows = json.loads((folder / "rows.json").read_text())
extractor = AutoFeatureExtractor.from_pretrained(folder, **trust)
model = getattr(transformers, sys.argv[2]).from_pretrained(folder, **trust).eval()
with torch.no_grad():
    logits = model(**extractor(rows, return_tensors="pt")).logits
classifies = sys.argv[2].endswith("SequenceClassification")
answers = pipeline("sequence-feature-classification", model=str(folder), **trust)(rows) if classifies else []
modules = [type(each).__module__.split(".")[0] for each in (model, extractor)]
print("REPORT" + json.dumps({"logits": logits.tolist(), "answers": answers, "modules": modules}))
"""
ROWS = [
    {"events": ["open", "buy", "steal"], "times": [0.0, 1.0, 8.0], "amount": [None, 2.0, 4.0]},
    {"events": ["buy"], "times": [5.0], "amount": [6.0]},
]


@pytest.mark.parametrize(
    "head", ["SequenceClassification", pytest.param("TokenClassification", marks=pytest.mark.slow)]
)
def test_a_model_of_events_answers_alike_without_hf_seq(tmp_path, head):
    settings = {"vocabulary": ["open", "buy"], "value_names": ["amount"], "timed": "numbers"}
    extractor = hf_seq.EventFeatureExtractor(**settings, missing_indicator=True).fit(ROWS)
    fields = {"num_features": extractor.num_features, "num_events": extractor.num_events, "pad_token_id": None}
    one_way = head.startswith("Token")
    config = make_config(cell_type="gru", bidirectional=not one_way, id2label={0: "open", 1: "buy"}, **fields)
    model, folder = perturb(getattr(hf_seq, f"RecurrentFor{head}")(config)).eval(), tmp_path / "model"
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    (folder / "rows.json").write_text(json.dumps(ROWS))
    predictor = hf_seq.load(folder)
    assert type(predictor).__name__ == ("NextEventPredictor" if one_way else "EventPredictor")
    here = list(predictor.predict(ROWS))
    there = run(WITHOUT_HF_SEQ + LOAD, folder, f"AutoModelFor{head}", home=tmp_path / "home")
    assert there["modules"] == ["transformers_modules"] * 2
    with torch.no_grad():
        expected = model(**extractor(ROWS, return_tensors="pt")).logits
    np.testing.assert_allclose(there["logits"], expected.numpy(), atol=1e-5)
    for answer, mine in zip(there["answers"], here, strict=False):
        assert answer == pytest.approx(mine, abs=1e-5)
    for path in folder.glob("*.py"):
        if not path.name.endswith("_entry.py"):
            assert path.read_bytes() == (SOURCES / path.name).read_bytes()
    assert {"events.py", "feature_extraction_events.py"} <= {each.name for each in folder.iterdir()}


@pytest.mark.parametrize("timed", ["none", "numbers", "dates"])
@pytest.mark.parametrize("head", ["SequenceClassification", "TokenClassification"])
def test_the_code_of_a_card_runs_and_answers_as_the_predictor(tmp_path, head, timed):
    values = [] if timed == "none" else ["amount"]
    extractor = hf_seq.EventFeatureExtractor(vocabulary=["open", 'say "{}"'], value_names=values, timed=timed)
    fields = {"num_features": extractor.num_features, "num_events": extractor.num_events, "pad_token_id": None}
    config = make_config(cell_type="gru", bidirectional=False, id2label={0: "open", 1: "buy"}, **fields)
    perturb(getattr(hf_seq, f"RecurrentFor{head}")(config)).save_pretrained(tmp_path)
    extractor.save_pretrained(tmp_path)
    answer = hf_seq.load(tmp_path)(event_example(extractor.to_dict()))
    piped, direct = code_blocks(tmp_path, str(tmp_path), None)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(piped, {})
        exec(direct, {})
    said = [ast.literal_eval(line) for line in printed.getvalue().splitlines() if line[:1] in "[{"]
    assert said[-1][answer["label"]] == pytest.approx(answer["score"], abs=1e-3)
    last = said[0][-1] if isinstance(said[0], list) else said[0]
    assert last["score"] == pytest.approx(answer["score"], abs=1e-3)


def test_a_model_of_bare_numbers_ships_nothing_of_events(tmp_path):
    model = hf_seq.RecurrentForSequenceClassification(make_config(cell_type="gru", num_features=3))
    model.save_pretrained(tmp_path)
    assert not list(tmp_path.glob("*event*"))
