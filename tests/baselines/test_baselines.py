# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Baselines against scikit-learn's own predictions, and through their files."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from hf_seq.baselines import MajorityBaseline, TfidfBaseline, is_baseline, load_baseline
from hf_seq.baselines import baseline as home_of_baselines
from hf_seq.errors import InputError

WORDS = ["fine", "good", "awful", "plot", "actor", "not", "never", "scene", "music", "long"]
RNG = np.random.default_rng(0)
TEXTS = [" ".join(RNG.choice(WORDS, size=RNG.integers(1, 8))) for _ in range(80)]
NEW = ["good plot", "never awful never long", "", "unseen words only"]
LABELS = RNG.integers(0, 3, 80)
SEVERAL = RNG.integers(0, 2, (80, 3))
VALUES = RNG.normal(size=80)
PROBLEMS = [("single_label_classification", LABELS), ("multi_label_classification", SEVERAL), ("regression", VALUES)]


def vectorizer():
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)


@pytest.mark.parametrize("num_labels", [2, 3])
def test_tfidf_gives_the_probabilities_of_scikit_learn(num_labels):
    labels = LABELS % num_labels
    oracle = make_pipeline(vectorizer(), LogisticRegression(max_iter=1000)).fit(TEXTS, labels)
    scores = TfidfBaseline().fit(TEXTS, labels).predict_scores(TEXTS + NEW)
    np.testing.assert_allclose(scores, oracle.predict_proba(TEXTS + NEW), atol=1e-5)


def test_tfidf_gives_the_one_vs_rest_probabilities_of_scikit_learn():
    oracle = make_pipeline(vectorizer(), OneVsRestClassifier(LogisticRegression(max_iter=1000))).fit(TEXTS, SEVERAL)
    scores = TfidfBaseline("multi_label_classification").fit(TEXTS, SEVERAL).predict_scores(NEW)
    np.testing.assert_allclose(scores, oracle.predict_proba(NEW), atol=1e-5)


@pytest.mark.parametrize("values", [VALUES, RNG.normal(size=(80, 2))], ids=["one output", "two outputs"])
def test_tfidf_gives_the_values_of_scikit_learns_ridge(values):
    oracle = make_pipeline(vectorizer(), Ridge()).fit(TEXTS, values)
    scores = TfidfBaseline("regression").fit(TEXTS, values).predict_scores(NEW)
    np.testing.assert_allclose(scores, oracle.predict(NEW).reshape(4, -1), atol=1e-5)


def test_many_rows_leave_out_terms_of_a_single_text():
    texts = [f"common word{row}" for row in range(1000)]
    baseline = TfidfBaseline().fit(texts, np.arange(1000) % 2)
    assert baseline.arrays["idf"].shape == (1,)


def test_majority_gives_label_frequencies():
    oracle = DummyClassifier(strategy="prior").fit(TEXTS, LABELS)
    scores = MajorityBaseline().fit(TEXTS, LABELS).predict_scores(NEW)
    np.testing.assert_allclose(scores, oracle.predict_proba(NEW))
    several = MajorityBaseline("multi_label_classification").fit(TEXTS, SEVERAL).predict_scores(NEW)
    np.testing.assert_allclose(several[0], SEVERAL.mean(axis=0))
    assert MajorityBaseline("regression").fit(TEXTS, VALUES).predict_scores(NEW)[0, 0] == pytest.approx(VALUES.mean())


@pytest.mark.parametrize("kind", [MajorityBaseline, TfidfBaseline])
@pytest.mark.parametrize(("problem_type", "labels"), PROBLEMS)
def test_saved_baseline_gives_the_same_scores_without_a_pickle(kind, problem_type, labels, tmp_path):
    names = [] if problem_type == "regression" else ["zero", "één", "2"]
    baseline = kind(problem_type, names).fit(TEXTS, labels)
    baseline.save(tmp_path / "saved")
    loaded = load_baseline(tmp_path / "saved")
    np.testing.assert_array_equal(loaded.predict_scores(TEXTS + NEW), baseline.predict_scores(TEXTS + NEW))
    assert (type(loaded), loaded.label_names, loaded.problem_type) == (kind, names, problem_type)
    assert loaded.num_parameters == baseline.num_parameters > 0
    assert {path.name for path in (tmp_path / "saved").iterdir()} == {"baseline.json", "model.safetensors"}


def test_labels_without_a_training_row_score_zero():
    for kind in (MajorityBaseline, TfidfBaseline):
        scores = kind(label_names=["a", "b", "c", "d", "e"]).fit(TEXTS, LABELS).predict_scores(NEW)
        assert scores.shape == (4, 5)
        np.testing.assert_array_equal(scores[:, 3:], 0)
        np.testing.assert_allclose(scores.sum(axis=1), 1)


def test_a_column_that_never_varies_gets_its_frequency():
    labels = np.stack([LABELS % 2, np.zeros(80), np.ones(80)], axis=1)
    scores = TfidfBaseline("multi_label_classification").fit(TEXTS, labels).predict_scores(NEW)
    assert (scores[:, 1] < 0.01).all()
    assert (scores[:, 2] > 0.99).all()


def test_number_of_parameters_counts_what_was_learnt():
    baseline = TfidfBaseline().fit(TEXTS, LABELS)
    terms = len(vectorizer().fit(TEXTS).vocabulary_)
    assert baseline.num_parameters == terms * (3 + 1) + 3
    assert MajorityBaseline().fit(TEXTS, LABELS).num_parameters == 3


@pytest.mark.parametrize(
    ("problem_type", "texts", "labels", "words"),
    [
        ("single_label_classification", ["a bad one"], [0, 1], "1 texts and 2 labels"),
        ("single_label_classification", [], [], "0 texts and 0 labels"),
        ("single_label_classification", ["good", "fine"], [0, 0], "all 2 rows have label 0"),
        (
            "single_label_classification",
            ["good", "fine"],
            [0, 9],
            "labels run from 0 to 9; they must be ids from 0 to 1",
        ),
        ("single_label_classification", ["good", "fine"], [0.5, 1], "labels run from 0.5"),
        ("single_label_classification", ["a", "?"], [0, 1], "2 texts hold no word of two letters"),
        ("multi_label_classification", ["good", "fine"], [0, 1], r"shape \(2,\) .* do not fit"),
        ("multi_label_classification", ["good"], [[0, 1, 1]], "3 columns, but there are 2 label names"),
        ("regression", ["good", "fine"], [0.5, float("nan")], r"row 1 is \[nan\]"),
    ],
)
def test_unfit_rows_are_refused_with_the_value_seen(problem_type, texts, labels, words):
    with pytest.raises(InputError, match=words):
        TfidfBaseline(problem_type, ["no", "yes"]).fit(texts, labels)


def test_unfitted_baseline_says_so():
    with pytest.raises(InputError, match="call fit or load first"):
        TfidfBaseline().predict_scores(["good"])


def test_broken_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no baseline\.json"):
        load_baseline(tmp_path)
    assert not is_baseline(tmp_path)
    folder = TfidfBaseline().fit(TEXTS, LABELS).save(tmp_path / "tfidf")
    with pytest.raises(InputError, match="holds a tfidf baseline, not majority"):
        MajorityBaseline.load(folder)
    facts = json.loads((folder / "baseline.json").read_text())
    (folder / "baseline.json").write_text(json.dumps(facts | {"terms": facts["terms"][:-1]}))
    with pytest.raises(InputError, match=r"is broken .* terms, but weights for"):
        load_baseline(folder)
    (folder / "baseline.json").write_text(json.dumps(facts | {"label_names": ["no", {"yes": 1}]}))
    with pytest.raises(InputError, match=r"label_names are not all strings: \['no', {'yes': 1}\]"):
        load_baseline(folder)
    (folder / "baseline.json").write_text("[]")
    with pytest.raises(InputError, match="holds a list, not an object with names"):
        load_baseline(folder)
    (folder / "baseline.json").write_text(json.dumps(facts))
    (folder / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(InputError, match="is broken"):
        load_baseline(folder)


def test_every_kind_of_ours_is_found_by_its_name_in_a_fresh_process():
    homes = {path.stem for path in Path(home_of_baselines.__file__).parent.glob("*.py")} - {"__init__"}
    for home in homes:
        importlib.import_module(f"hf_seq.baselines.{home}")
    ours = {kind: each.__module__ for kind, each in home_of_baselines.SavedBaseline._kinds.items()}
    ours = {kind: module.removeprefix("hf_seq.baselines.") for kind, module in ours.items() if "hf_seq." in module}
    assert ours == home_of_baselines.MODULES
