# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts whose words no blanks part are read by characters, by every model of a table; others are not."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from hf_seq.baselines import TfidfBaseline, load_baseline
from hf_seq.baselines.pairs import NearestSource
from hf_seq.data.disturbances import disturb
from hf_seq.tasks.classification.recipe import ClassificationRecipe
from hf_seq.tasks.recipe import TextRecipe
from hf_seq.tasks.registry import reading_recipe, task_named
from hf_seq.tasks.text_encoding import with_kind
from hf_seq.text.scripts import why_characters

RANDOM = random.Random(0)
GOOD, BAD = "很好満足", "很差失望"
OTHERS = "经市行山场木学国环分地机音司作境书天手人生脑交错老济价服格务食美工金康乐籍火城通品水影年质月师"


def review(label):
    body = [RANDOM.choice(OTHERS) for _ in range(12)]
    body.insert(RANDOM.randrange(12), RANDOM.choice((BAD, GOOD)[label][:3]) * 2)
    return "".join(body) + "。"


LABELS = [n % 2 for n in range(300)]
CHINESE = [review(label) for label in LABELS]
NAMES = ["".join(RANDOM.choice(("ka", "dim", "bel", "ov", "sky")) for _ in range(9)) for _ in range(100)]
DNA = ["".join(RANDOM.choice("ACGT") for _ in range(40)) for _ in range(100)]


@pytest.mark.parametrize(
    "texts",
    [
        CHINESE,
        NAMES,
        DNA,
        ["ฉันชอบหนังเรื่องนี้มาก", "แย่มาก"],
        ["ខ្ញុំចូលចិត្ត"],
        ["この映画はとても良い", "最悪"],
        ["这部 film 很好看"],
    ],
    ids=["Chinese", "names", "DNA", "Thai", "Khmer", "Japanese", "mixed"],
)
def test_scripts_without_blanks_and_single_words_are_read_by_characters(texts):
    """27 and 10: Chinese, Japanese, Thai, Khmer, DNA, names."""
    assert why_characters(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [f"a good film number {n}" for n in range(50)],
        ["영화가 정말 재미있었어요", "별로였다 그냥"],
        ["फ़िल्म बहुत अच्छी थी"],
        ["I love 寿司 and tea very much"],
        ["yes", "no", "maybe"] * 30,
        [],
    ],
    ids=["English", "Korean", "Hindi", "a few signs", "few words", "nothing"],
)
def test_other_texts_are_read_by_words(texts):
    assert why_characters(texts) is None


def test_tfidf_of_characters_is_scikit_learns(tmp_path):
    baseline = TfidfBaseline(label_names=["bad", "good"]).fit(CHINESE[:200], LABELS[:200])
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    model = LogisticRegression(max_iter=1000).fit(vectorizer.fit_transform(CHINESE[:200]), LABELS[:200])
    theirs = model.predict_proba(vectorizer.transform(CHINESE[200:]))
    assert baseline.predict_scores(CHINESE[200:]) == pytest.approx(theirs, abs=1e-3)
    assert (theirs.argmax(1) == LABELS[200:]).mean() > 0.8
    saved = load_baseline(baseline.save(tmp_path))
    assert (saved.predict_scores(CHINESE[200:]) == baseline.predict_scores(CHINESE[200:])).all()


def test_fasttext_reads_characters_too(tmp_path):
    pytest.importorskip("fasttext")
    from hf_seq.baselines.fast_text import FastTextBaseline

    baseline = FastTextBaseline(label_names=["bad", "good"], epoch=25).fit(CHINESE[:200], LABELS[:200])
    right = (load_baseline(baseline.save(tmp_path)).predict_scores(CHINESE[200:]).argmax(1) == LABELS[200:]).mean()
    assert right > 0.8


def test_the_nearest_source_is_found_by_characters():
    nearest = NearestSource().fit(CHINESE[:50], [f"target {n}" for n in range(50)])
    assert nearest.translate([CHINESE[7][:10]]) == ["target 7"]


def test_slips_hit_texts_without_blanks_as_often_as_others():
    moved = [a != b for a, b in zip(CHINESE, disturb(CHINESE, "typos"), strict=True)]
    assert 0.15 < sum(moved) / len(moved) < 0.6
    english = "The  quick brown fox jumps over it"
    assert disturb([english], "typos", seed=3)[0].count(" ") == english.count(" ")


def write_csv(folder):
    rows = "".join(f"{label},{text}\n" for label, text in zip(LABELS, CHINESE, strict=True))
    (folder / "diverse.csv").write_text(f"label,review\n{rows}")
    return str(folder / "diverse.csv")


def test_the_tokenizer_chooses_characters_and_says_how_to_take_words(tmp_path):
    task, recipe = task_named("classification"), reading_recipe("classification", write_csv(tmp_path), {})
    splits = task.data.load(recipe)
    tokenizer = task.encoding.make_processor(recipe, splits)
    assert len(tokenizer(CHINESE[0])["input_ids"]) == len(CHINESE[0])
    assert any("a token is a character" in note and "(--tokenizer_kind word takes" in note for note in splits.notes)
    assert not task.data.check(splits, tokenizer, 256).errors
    by_word = reading_recipe("classification", recipe.data, {"tokenizer_kind": "word"})
    assert len(task.encoding.make_processor(by_word, splits)(CHINESE[0])["input_ids"]) < 5


def test_word_vectors_still_need_whole_words():
    assert TextRecipe(data="x").tokenizer_kind == "auto"


@pytest.mark.parametrize(
    ("texts", "plain", "with_ngrams"),
    [
        (["a good film", "a bad film"] * 20, "word", "wordpiece"),
        (NAMES, "char", "wordpiece"),  # their letters are n-grams
        (CHINESE, "char", "char"),
        (["ฉันชอบหนังเรื่องนี้มาก", "แย่มาก"], "char", "char"),
        ([each * 3 for each in DNA], "char", "char"),  # longer than any word of pieces
    ],
)
def test_auto_is_pieces_for_ngrams_where_there_are_words(texts, plain, with_ngrams):
    recipe = ClassificationRecipe(data="x")
    splits = SimpleNamespace(train={"text": texts}, notes=[])
    assert with_kind(recipe, splits).tokenizer_kind == plain
    assert with_kind(recipe, splits, "wordpiece").tokenizer_kind == with_ngrams
    assert with_kind(replace(recipe, tokenizer_kind="bpe"), splits, "wordpiece").tokenizer_kind == "bpe"
