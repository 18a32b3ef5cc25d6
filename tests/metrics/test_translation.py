# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of written texts against sacrebleu's own corpus scores and its own paired bootstrap."""

import random
import sys

import numpy as np
import pytest
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER

from hf_seq.errors import InputError
from hf_seq.metrics import summarization
from hf_seq.metrics.translation import (
    bleu_of_sums,
    compute_translation_metrics,
    linearise_texts,
    sentence_chrf,
    text_score,
    translation_interval,
    translation_paired_difference,
    translation_signature,
)

WORDS = [
    "a",
    "the",
    "man",
    "dog",
    "woman",
    "child",
    "sits",
    "runs",
    "in",
    "on",
    "park",
    "red",
    "blue",
    "street",
    "with",
]


def make_texts(rows: int = 60, noise: float = 0.2, seed: int = 0) -> tuple[list[str], list[str]]:
    draw = random.Random(seed)
    references = [" ".join(draw.choices(WORDS, k=draw.randint(4, 12))) + "." for _ in range(rows)]
    noisy = random.Random(seed + 1 + int(noise * 100))
    written = [
        " ".join(noisy.choice(WORDS) if noisy.random() < noise else word for word in text.split())
        for text in references
    ]
    return written, references


def test_scores_are_sacrebleus():
    written, references = make_texts()
    scores = compute_translation_metrics(written, references)
    assert scores["bleu"] == pytest.approx(BLEU().corpus_score(written, [references]).score)
    assert scores["chrf"] == pytest.approx(CHRF().corpus_score(written, [references]).score)
    assert scores["ter"] == pytest.approx(TER().corpus_score(written, [references]).score)
    same = sum(said == wanted for said, wanted in zip(written, references, strict=True))
    assert scores["exact_match"] == pytest.approx(100 * same / 60)


def test_a_single_text_has_the_corpus_score_of_itself():
    written, references = make_texts(5)
    expected = [CHRF().corpus_score([said], [[wanted]]).score for said, wanted in zip(written, references, strict=True)]
    assert sentence_chrf(written, references) == pytest.approx(expected)


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.9, 1.0])
def test_bleu_of_sums_is_sacrebleus(noise):
    """With no right 4-gram it is smoothed; texts of fewer than 4 words have none to be right."""
    for rows in (1, 3, 60):
        written, references = make_texts(rows, noise)
        written[0] = written[0][: len(written[0]) // 2]
        expected = BLEU().corpus_score(written, [references])
        sums = np.array([expected.sys_len, expected.ref_len, *expected.counts, *expected.totals], dtype=float)
        assert bleu_of_sums(sums) == pytest.approx(expected.score)


def test_influence_on_bleu_is_what_leaving_a_text_out_takes_away():
    written, references = make_texts(20)
    without = [
        BLEU().corpus_score(written[:row] + written[row + 1 :], [references[:row] + references[row + 1 :]]).score
        for row in range(20)
    ]
    assert linearise_texts("bleu", written, references).influence == pytest.approx(19 * (np.mean(without) - without))


@pytest.mark.parametrize("metric", ["bleu", "chrf", "ter", "exact_match"])
def test_texts_that_are_all_right_leave_room(metric):
    low, high = translation_interval(metric, ["a b c d e"] * 30, ["a b c d e"] * 30)
    assert high - low > 1
    assert (low if metric == "ter" else high) == pytest.approx(0.0 if metric == "ter" else 100.0)


def test_an_interval_is_near_sacrebleus_own_bootstrap():
    written, references = make_texts()
    low, high = translation_interval("bleu", written, references)
    theirs = BLEU().corpus_score(written, [references], n_bootstrap=2000)
    assert low < theirs.score < high
    assert (high - low) / 2 == pytest.approx(theirs._ci, rel=0.1)


def test_a_paired_test_tells_a_better_model_from_the_same_model():
    good, references = make_texts(noise=0.1)
    bad, _ = make_texts(noise=0.5)
    better = translation_paired_difference("bleu", good, bad, references)
    assert better.difference > 10
    assert better.interval[0] > 0
    assert better.p_value < 0.01
    same = translation_paired_difference("chrf", good, good, references)
    assert same.difference == 0
    assert same.p_value == 1


def test_perfect_texts_score_100_and_empty_ones_0():
    _, references = make_texts()
    assert compute_translation_metrics(references, references)["bleu"] == pytest.approx(100)
    assert compute_translation_metrics([""] * 60, references) == {
        "bleu": 0.0,
        "chrf": 0.0,
        "ter": 100.0,
        "exact_match": 0.0,
        "length_ratio": 0.0,
    }


def test_a_signature_names_tokenizer_case_and_version():
    said = f"bleu|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{sacrebleu.__version__}"
    assert translation_signature("bleu").startswith(f"{said}|interval:")
    assert "strip:yes" in translation_signature("exact_match")


def test_unequal_counts_and_unknown_metrics_are_refused():
    with pytest.raises(InputError, match="1 written texts and 2 references"):
        compute_translation_metrics(["a"], ["a", "b"])
    with pytest.raises(InputError, match="must be one at least"):
        compute_translation_metrics([], [])
    with pytest.raises(InputError, match="'rouge' is none of bleu"):
        translation_signature("rouge")


def f1_of(shared: int, written: int, wanted: int) -> float:
    return 200 * shared / (written + wanted)


def test_rouge_is_the_f1_that_is_counted_by_hand():
    written, wanted = "the fox jumped over", "The quick brown fox jumped!"
    assert text_score("rouge1", [written], [wanted]) == pytest.approx(f1_of(3, 4, 5))
    assert text_score("rouge2", [written], [wanted]) == pytest.approx(f1_of(1, 3, 4))
    assert text_score("rougeL", ["jumped the fox over"], [wanted]) == pytest.approx(f1_of(2, 4, 5))


def test_rouge_is_a_mean_over_texts_with_an_interval_around_it():
    written, wanted = ["a b c", "x"] * 20, ["a b c", "y"] * 20
    low, high = translation_interval("rougeL", written, wanted)
    assert low < text_score("rougeL", written, wanted) == 50.0 < high
    assert compute_translation_metrics(written, wanted, rouge=True)["rouge2"] == 50.0
    assert "rouge1" not in compute_translation_metrics(written, wanted)
    assert "stemmer:no" in translation_signature("rougeL")


def test_rouge_refuses_texts_that_it_cannot_see_and_says_what_to_install(monkeypatch):
    with pytest.raises(InputError, match=r"reference 2, '犬が走る', has no ASCII letter .* --metric chrf"):
        text_score("rougeL", ["a", "b"], ["a", "犬が走る"])
    summarization._scorer.cache_clear()
    monkeypatch.setitem(sys.modules, "rouge_score.rouge_scorer", None)
    with pytest.raises(InputError, match=r"rouge1 needs the library rouge-score, .* pip install 'hf_seq\[rouge\]'"):
        text_score("rouge1", ["a"], ["a"])
