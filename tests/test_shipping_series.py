# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A model of series, its feature extractor and its pipeline work where only transformers is installed."""

import json

import numpy as np
import pytest
import torch

import hf_seq
from hf_seq.predictors.series import SeriesPredictor, SeriesTagger

from .test_shipping import SOURCES, WITH_HF_SEQ, WITHOUT_HF_SEQ, run

OF_SERIES = {"feature_extraction_series.py", "pipeline_series.py", "series.py", "preprocessor_config.json"}
LABELS = {"id2label": {0: "walk", 1: "run", 2: "rest"}, "label2id": {"walk": 0, "run": 1, "rest": 2}}
MODELS = {
    "labels": (hf_seq.RecurrentForSequenceClassification, hf_seq.RecurrentConfig, {"embedding_size": 6}),
    "windows": (hf_seq.TransformerEncoderForSequenceClassification, hf_seq.TransformerEncoderConfig, {}),
    "tags": (hf_seq.RecurrentForTokenClassification, hf_seq.RecurrentConfig, {"embedding_size": 6, "use_crf": True}),
}
TASKS = {"labels": "classification", "windows": "classification", "tags": "tagging"}

LOAD = """
import numpy as np
from transformers import AutoFeatureExtractor, AutoModelForSequenceClassification, AutoModelForTokenClassification
from transformers import pipeline

folder, report = Path(sys.argv[1]), {}
series = [np.array(each, dtype=np.float64) for each in json.loads((folder / "series.json").read_text())]
for kind, task in (("labels", "classification"), ("windows", "classification"), ("tags", "tagging")):
    auto = AutoModelForTokenClassification if task == "tagging" else AutoModelForSequenceClassification
    model = auto.from_pretrained(folder / kind, **trust).eval()
    extractor = AutoFeatureExtractor.from_pretrained(folder / kind, **trust)
    inputs = dict(extractor(series, return_tensors="pt"))
    inputs.pop("series_index", None)
    with torch.no_grad():
        logits = model(**inputs).logits.tolist()
    answer = pipeline(f"sequence-feature-{task}", model=str(folder / kind), **trust)
    report[kind] = {
        "logits": logits,
        "module": type(extractor).__module__.split(".")[0],
        "pipeline": type(answer).__module__.split(".")[0],
        "one": answer(series[0].tolist()),
        "many": answer(series, batch_size=2),
    }
    if len(sys.argv) > 2:
        model.save_pretrained(Path(sys.argv[2]) / kind)
        extractor.save_pretrained(Path(sys.argv[2]) / kind)
print("REPORT" + json.dumps(report))
"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Save a model of each kind, every weight random, and remember what it answers here."""
    folder = tmp_path_factory.mktemp("series")
    draw = np.random.default_rng(0)
    series = [draw.normal(loc=3, scale=[1, 50], size=(length, 2)).round(3) for length in (5, 3, 9)]
    series[1][0, 0] = np.nan
    text = [[[None if np.isnan(v) else v for v in step] for step in each.tolist()] for each in series]
    (folder / "series.json").write_text(json.dumps(text))
    answers = {}
    for number, (kind, (head, config, more)) in enumerate(MODELS.items()):
        torch.manual_seed(number)
        window = {"window_length": 4} if kind == "windows" else {}
        extractor = hf_seq.SeriesFeatureExtractor(feature_size=2, missing_indicator=True, **window).fit(series)
        small = {"hidden_size": 8, "num_features": 4, "problem_type": "single_label_classification"} | LABELS | more
        if kind == "windows":
            small |= {"num_attention_heads": 2, "intermediate_size": 9}
        model = head(config(**small)).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight.data, std=0.5)
        model.save_pretrained(folder / kind)
        extractor.save_pretrained(folder / kind)
        loader = SeriesTagger if kind == "tags" else SeriesPredictor
        answers[kind] = list(loader.from_pretrained(folder / kind, batch_size=2).predict(series))
    return folder, answers


@pytest.fixture(scope="module")
def reports(shipped, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    (again / "series.json").write_text((shipped[0] / "series.json").read_text())
    home = tmp_path_factory.mktemp
    return {
        "with hf_seq": run(WITH_HF_SEQ + LOAD, shipped[0], home=home("home")),
        "without hf_seq": run(WITHOUT_HF_SEQ + LOAD, shipped[0], again, home=home("home")),
        "saved again": run(WITHOUT_HF_SEQ + LOAD, again, home=home("home")),
        "again": again,
    }


WHERE = ["with hf_seq", "without hf_seq", "saved again"]


@pytest.mark.parametrize("kind", MODELS)
def test_code_and_settings_lie_beside_the_model(shipped, reports, kind):
    names = {path.name for path in (shipped[0] / kind).iterdir()}
    assert names >= OF_SERIES
    assert {path.name for path in (reports["again"] / kind).iterdir()} == names
    for path in (shipped[0] / kind).glob("*.py"):
        assert path.read_bytes() == (SOURCES / path.name).read_bytes()


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("where", WHERE)
def test_auto_classes_load_model_and_feature_extractor(reports, where, kind):
    assert reports[where][kind]["module"] == ("hf_seq" if where == "with hf_seq" else "transformers_modules")
    expected = torch.tensor(reports["with hf_seq"][kind]["logits"])
    torch.testing.assert_close(torch.tensor(reports[where][kind]["logits"]), expected)


@pytest.mark.parametrize("kind", ["labels", "windows"])
@pytest.mark.parametrize("where", WHERE)
def test_the_pipeline_answers_as_the_predictor_does(shipped, reports, where, kind):
    report = reports[where][kind]
    assert report["pipeline"] == ("hf_seq" if where == "with hf_seq" else "transformers_modules")
    expected = shipped[1][kind]
    assert [answer["label"] for answer in report["many"]] == [answer["label"] for answer in expected]
    for answer, other in zip([report["one"], *report["many"]], [expected[0], *expected], strict=True):
        assert answer["score"] == pytest.approx(other["score"], abs=1e-5)


@pytest.mark.parametrize("where", WHERE)
def test_the_pipeline_tags_as_the_predictor_does(shipped, reports, where):
    report, expected = reports[where]["tags"], shipped[1]["tags"]
    assert [[step["tag"] for step in answer] for answer in report["many"]] == [answer["tags"] for answer in expected]
    assert [step["step"] for step in report["one"]] == list(range(5))
    for answer, other in zip(report["many"], expected, strict=True):
        assert [step["score"] for step in answer] == pytest.approx(other["scores"], abs=1e-5)


def test_a_text_is_refused_by_the_pipeline(shipped):
    from transformers import pipeline

    classify = pipeline("sequence-feature-classification", model=str(shipped[0] / "labels"))
    with pytest.raises(ValueError, match="got the text 'hello'"):
        classify("hello")
    with pytest.raises(ValueError, match="3 channels a step, but 2 are expected"):
        classify([[1.0, 2.0, 3.0]])
