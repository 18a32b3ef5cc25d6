# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of taggers against seqeval and scikit-learn; their intervals against resampling sentence by sentence."""

import warnings
from itertools import chain, product

import evaluate
import numpy as np
import pytest
import seqeval.metrics
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOBES, Entities
from sklearn.metrics import accuracy_score, f1_score

from hf_seq.errors import InputError
from hf_seq.metrics.differences import PAIRED_ROWS
from hf_seq.metrics.tagging import (
    SpanF1,
    SpanPrecision,
    SpanRecall,
    TokenAccuracy,
    compute_tagging_metrics,
    count_tags,
    scores_by_type,
    tagging_headline,
    tagging_interval,
    tagging_paired_difference,
    tagging_signature,
)
from hf_seq.models.spans import spans_of

BIO = ["O", "B-A", "I-A", "B-B-c", "I-B-c"]
BIOES = ["O", *(f"{part}-{kind}" for kind in "AB" for part in "BIES")]
POS = ["NOUN", "VERB", "X"]


def random_sentences(names, number=40, seed=0):
    random = np.random.default_rng(seed)
    gold = [random.choice(names, random.integers(1, 9)).tolist() for _ in range(number)]
    noise = [[tag if random.random() < 0.6 else str(random.choice(names)) for tag in tags] for tags in gold]
    return noise, gold


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_spans_are_those_of_seqeval_for_every_sequence(length):
    for tags in product(["O", "B-A", "I-A", "I-B", "E-A", "S-A"], repeat=length):
        expected = [(kind, start, end + 1) for kind, start, end in get_entities(list(tags))]
        assert [tuple(span) for span in spans_of(tags)] == expected, tags


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_strict_spans_are_those_of_seqeval_for_every_sequence(length):
    for tags in product(["O", "B-A", "I-A", "I-B", "E-A", "E-B", "S-A"], repeat=length):
        expected = [entity.to_tuple()[1:] for entity in Entities([list(tags)], IOBES).entities[0]]
        assert [tuple(span) for span in spans_of(tags, strict=True)] == expected, tags


def test_bilou_and_bare_letters_are_read_as_what_they_stand_for():
    assert [tuple(span) for span in spans_of(["B-A", "L-A", "U-A"], strict=True)] == [("A", 0, 2), ("A", 2, 3)]
    assert [tuple(span) for span in spans_of(["B", "I", "O", "B"])] == [("_", 0, 2), ("_", 3, 4)]


@pytest.mark.parametrize(("names", "options"), [(BIO, {}), (BIOES, {"mode": "strict", "scheme": IOBES})])
@pytest.mark.parametrize("seed", range(5))
def test_span_scores_are_those_of_seqeval(names, options, seed):
    predicted, gold = random_sentences(names, seed=seed)
    ours = compute_tagging_metrics(predicted, gold)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = seqeval.metrics.classification_report(gold, predicted, output_dict=True, **options)
    micro = report.pop("micro avg")
    for name, theirs in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
        assert ours[name] == pytest.approx(micro[theirs])
    assert ours["f1_macro"] == pytest.approx(report["macro avg"]["f1-score"])
    assert ours["accuracy"] == pytest.approx(seqeval.metrics.accuracy_score(gold, predicted))
    for kind, scores in scores_by_type(predicted, gold).items():
        assert scores["f1"] == pytest.approx(report[kind]["f1-score"])
        assert scores["precision"] == pytest.approx(report[kind]["precision"])
        assert scores["recall"] == pytest.approx(report[kind]["recall"])
        assert scores["support"] == report[kind]["support"]


@pytest.mark.parametrize("seed", range(3))
def test_tag_scores_are_those_of_scikit_learn(seed):
    predicted, gold = random_sentences(POS, seed=seed)
    flat, flat_gold = [*chain(*predicted)], [*chain(*gold)]
    ours = compute_tagging_metrics(predicted, gold)
    assert next(iter(ours)) == "accuracy"
    assert ours["accuracy"] == pytest.approx(accuracy_score(flat_gold, flat))
    assert ours["f1_macro"] == pytest.approx(f1_score(flat_gold, flat, average="macro"))
    assert ours["sentence_accuracy"] == np.mean([a == b for a, b in zip(predicted, gold, strict=True)])
    per_tag = f1_score(flat_gold, flat, average=None, labels=sorted(POS))
    assert [scores["f1"] for scores in scores_by_type(predicted, gold).values()] == pytest.approx(per_tag)


def test_tokens_without_a_gold_tag_are_taken_out():
    scores = compute_tagging_metrics([["B-A", "B-A", "I-A"]], [["B-A", None, "I-A"]])
    assert (scores["f1"], scores["accuracy"]) == (1.0, 1.0)
    assert count_tags([["X", "Y"]], [["X", None]], "none").rows[0, :4].tolist() == [1, 1, 1, 1]


def test_nothing_predicted_scores_zero_without_a_warning():
    assert compute_tagging_metrics([["O", "O"]], [["B-A", "O"]])["f1"] == 0.0
    assert compute_tagging_metrics([["O"]], [["O"]], scheme="bio")["f1"] == 0.0


# Intervals


def one_by_one(metric, gold, *models, seed=0, resamples=2000):
    """Scores of resampled sentences, each resample scored from its sentences again."""
    random = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        chosen = random.integers(0, len(gold), len(gold))
        again = [gold[i] for i in chosen]
        values.append([compute_tagging_metrics([m[i] for i in chosen], again, "bio")[metric] for m in models])
    return np.array(values)


@pytest.mark.parametrize("metric", ["f1", "accuracy", "f1_macro"])
def test_intervals_are_those_of_resampled_sentences(metric):
    predicted, gold = random_sentences(BIO, 30)
    slow = np.quantile(one_by_one(metric, gold, predicted, resamples=400)[:, 0], [0.025, 0.975])
    assert tagging_interval(metric, predicted, gold) == pytest.approx(slow, abs=0.03)


def test_intervals_are_wider_than_tokens_would_make_them_where_errors_come_together():
    gold = [["X"] * 20 for _ in range(50)]
    predicted = [["X"] * 20 for _ in range(40)] + [["Y"] * 20 for _ in range(10)]
    low, high = tagging_interval("accuracy", predicted, gold)
    assert high - low > 4 * 1.96 * (0.8 * 0.2 / 1000) ** 0.5


def test_a_paired_test_sees_a_small_but_steady_difference():
    noise, gold = random_sentences(BIO, 200)
    better = [list(tags) for tags in noise]
    for tags, true in list(zip(better, gold, strict=True))[:60]:
        tags[:] = true
    paired = tagging_paired_difference("f1", better, noise, gold)
    a, b = (compute_tagging_metrics(said, gold)["f1"] for said in (better, noise))
    assert paired.difference == pytest.approx(a - b)
    assert paired.interval[0] < paired.difference < paired.interval[1]
    assert paired.p_value < 0.01
    assert paired.test == PAIRED_ROWS


def test_models_with_other_types_can_be_paired():
    paired = tagging_paired_difference("f1", [["B-Z", "O"]] * 9, [["B-A", "O"]] * 9, [["B-A", "O"]] * 9)
    assert paired.difference == -1.0
    assert paired.p_value < 0.01


def test_a_model_does_not_differ_from_itself():
    predicted, gold = random_sentences(BIO)
    paired = tagging_paired_difference("f1", predicted, predicted, gold)
    assert (paired.difference, paired.p_value) == (0.0, 1.0)
    assert paired.interval[0] == -paired.interval[1]


# The rest


def test_metric_modules_combine():
    predicted, gold = random_sentences(BIO)
    scores = evaluate.combine([SpanF1(), SpanPrecision(), SpanRecall(), TokenAccuracy()]).compute(
        predictions=predicted, references=gold
    )
    ours = compute_tagging_metrics(predicted, gold)
    expected = {"span_f1": "f1", "span_precision": "precision", "span_recall": "recall", "token_accuracy": "accuracy"}
    assert scores == {name: pytest.approx(ours[key]) for name, key in expected.items()}


@pytest.mark.parametrize(("names", "metric"), [(BIO, "f1"), (BIOES, "f1"), (POS, "accuracy")])
def test_spans_are_scored_by_f1_and_tags_by_accuracy(names, metric):
    assert tagging_headline(names) == metric


def test_a_signature_says_how_spans_are_read():
    assert tagging_signature("f1", BIOES).startswith(
        "f1|average:micro|zero_division:0|spans:strict|scheme:bioes|hf_seq:"
    )
    assert "|spans:conlleval|scheme:bio|" in tagging_signature("f1", BIO)
    assert tagging_signature("accuracy", POS).startswith("accuracy|scheme:none|hf_seq:")
    method = "modified Wilson, effective rows by the jackknife, over sentences"
    assert tagging_signature("f1", BIO).endswith(f"|interval:{method}")


@pytest.mark.parametrize(
    ("predicted", "gold", "words"),
    [
        ([["O"]], [["O"], ["O"]], "1 predicted sentences but 2 gold"),
        ([["O", "O"]], [["O"]], "sentence 0 has 2 predicted tags but 1 gold"),
        ([[]], [[]], "no tag to score in 1 sentence"),
    ],
)
def test_what_does_not_fit_is_refused(predicted, gold, words):
    with pytest.raises(InputError, match=words):
        compute_tagging_metrics(predicted, gold)


def test_an_unknown_metric_is_refused():
    with pytest.raises(InputError, match="metric 'bleu' is unknown for tags; choose one of f1"):
        tagging_interval("bleu", [["O"]], [["O"]])
