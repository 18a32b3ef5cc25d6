# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of written texts against sacrebleu's own corpus scores and its own paired bootstrap."""

import random

import pytest
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER

from hf_seq.errors import InputError
from hf_seq.metrics.translation import (
    compute_translation_metrics,
    sentence_chrf,
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
    assert translation_signature("bleu") == said
    assert "strip:yes" in translation_signature("exact_match")


def test_unequal_counts_and_unknown_metrics_are_refused():
    with pytest.raises(InputError, match="1 written texts and 2 references"):
        compute_translation_metrics(["a"], ["a", "b"])
    with pytest.raises(InputError, match="must be one at least"):
        compute_translation_metrics([], [])
    with pytest.raises(InputError, match="'rouge' is none of bleu"):
        translation_signature("rouge")
