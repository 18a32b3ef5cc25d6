# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Each word its most frequent tag; unknown words the most frequent of all; saved and loaded unchanged."""

import pytest

from hf_seq.baselines import MajorityBaseline, MostFrequentTag, load_baseline
from hf_seq.errors import InputError
from hf_seq.predictors.text import Predictor

NAMES = ["NOUN", "VERB", "X"]
TOKENS = [["the", "run"], ["run", "run", "dog"], ["dog"], ["dog", "hm"]]
TAGS = [[2, 1], [1, 0, 0], [0], [0, -100]]


@pytest.fixture
def baseline():
    return MostFrequentTag(NAMES).fit(TOKENS, TAGS)


def test_words_get_their_most_frequent_tag_and_unknown_ones_that_of_all(baseline):
    assert baseline.tag([["run", "dog", "the", "cat"], []]) == [["VERB", "NOUN", "X", "NOUN"], []]


def test_scores_are_shares_of_the_train_rows(baseline):
    ((run, dog, cat),) = baseline.tag_with_scores([["run", "dog", "cat"]])
    assert run == ("VERB", pytest.approx(2 / 3))
    assert dog == ("NOUN", 1.0)
    assert cat == ("NOUN", pytest.approx(4 / 7))


def test_untagged_tokens_are_not_counted(baseline):
    assert baseline.tag([["hm"]]) == [["NOUN"]]
    assert baseline.num_parameters == 4


def test_a_tie_goes_to_the_tag_that_is_more_frequent_in_all():
    tied = MostFrequentTag(NAMES).fit([["run", "run", "go"]], [[0, 1, 1]])
    assert tied.tag([["run"]]) == [["VERB"]]


def test_saving_changes_nothing(baseline, tmp_path):
    loaded = load_baseline(baseline.save(tmp_path))
    sentences = [["run", "dog", "the", "cat"]]
    assert isinstance(loaded, MostFrequentTag)
    assert loaded.tag_with_scores(sentences) == baseline.tag_with_scores(sentences)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["baseline.json", "model.safetensors"]


def test_a_tagger_is_no_classifier(baseline, tmp_path):
    baseline.save(tmp_path)
    with pytest.raises(InputError, match="holds a most-frequent baseline, not majority"):
        MajorityBaseline.load(tmp_path)
    with pytest.raises(InputError, match="holds a most-frequent baseline, which does not classify texts"):
        Predictor.from_pretrained(tmp_path)


def test_a_word_list_that_was_cut_is_refused(baseline, tmp_path):
    path = baseline.save(tmp_path) / "baseline.json"
    path.write_text(path.read_text().replace('"dog",', ""))
    with pytest.raises(InputError, match="is broken"):
        load_baseline(tmp_path)


@pytest.mark.parametrize(
    ("tokens", "tags", "words"),
    [
        ([["a"]], [[0, 1]], "sentence 0 has 1 words but 2 tags"),
        ([["a"]], [[7]], r"tag id 7 has no name; there are 3 \(0 to 2\)"),
        ([["a"]], [[-100]], "fit got no tagged word"),
    ],
)
def test_what_cannot_be_learnt_is_refused(tokens, tags, words):
    with pytest.raises(InputError, match=words):
        MostFrequentTag(NAMES).fit(tokens, tags)


def test_an_unfitted_one_says_so():
    with pytest.raises(InputError, match="has learnt nothing yet"):
        MostFrequentTag(NAMES).tag([["a"]])
