# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved model that reads other inputs than the task has is refused by what it reads."""

import pytest
from transformers import AutoFeatureExtractor, AutoModelForCausalLM, AutoTokenizer

from hf_seq import SeriesFeatureExtractor, TransformerEncoderConfig, train_tokenizer
from hf_seq.errors import InputError
from hf_seq.tasks.architectures import load_or_explain


def test_a_model_of_texts_is_refused_for_numbers_in_words(tmp_path):
    train_tokenizer(["a good film"], kind="word", vocab_size=20, min_frequency=1).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"Model mine reads texts .* needs a model that reads numbers\.$"):
        load_or_explain("mine", AutoFeatureExtractor.from_pretrained, str(tmp_path))


def test_a_model_of_numbers_is_refused_for_texts_in_words(tmp_path):
    SeriesFeatureExtractor(feature_size=1).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"Model mine reads numbers .* needs a model that reads texts\.$"):
        load_or_explain("mine", AutoTokenizer.from_pretrained, str(tmp_path))


def test_what_is_broken_is_still_said_as_it_is(tmp_path):
    SeriesFeatureExtractor(feature_size=1).save_pretrained(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text("{")
    with pytest.raises(InputError, match="cannot be loaded from"):
        load_or_explain("mine", AutoFeatureExtractor.from_pretrained, str(tmp_path))


def test_a_model_of_another_kind_is_refused_without_the_list_of_all_kinds(tmp_path):
    TransformerEncoderConfig(vocab_size=9, hidden_size=8, num_attention_heads=2, intermediate_size=8).save_pretrained(
        tmp_path
    )
    words = (
        r"Model mine is of a kind \(TransformerEncoderConfig\) that cannot be loaded for CausalLM; name another.{0,30}$"
    )
    with pytest.raises(InputError, match=words):
        load_or_explain("mine", AutoModelForCausalLM.from_pretrained, str(tmp_path))
