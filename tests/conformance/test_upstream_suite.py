# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Transformers' own test suite, run on every class of ours: one test class per configuration in `cases.py`.

Skipped as a whole, with the reason, where PyPI is out of reach and the suite is not cached.
"""

import unittest
from unittest import mock

import pytest
import torch
from transformers import set_seed

from . import upstream
from .cases import CASES, Case
from .families import FAMILIES, ModelTester, training_batch
from .skips import (
    BOOLEAN_BUFFER,
    BOTH_NAMES,
    CLUSTERS,
    NO_GENERATION_TESTS,
    NO_LETTERS,
    NO_PROMPT,
    NO_TOKENS,
    TWO_PARTS,
    generates,
    in_clusters,
    two_parts,
    wide,
    writes,
)

try:
    modeling_common = upstream.load("test_modeling_common")
    configuration_common = upstream.load("test_configuration_common")
    training_mixin = upstream.load("test_training_mixin")
except upstream.UpstreamMissingError as missing:
    pytest.skip(f"conformance not checked: {missing}", allow_module_level=True)


class Conformance(modeling_common.ModelTesterMixin, training_mixin.TrainingTesterMixin):
    """The suite over one case; a subclass for each case is made below."""

    case: Case
    model_tester = None
    test_resize_embeddings = True

    def setUp(self):
        set_seed(0)
        self.model_tester = ModelTester(self.case)
        self.config_tester = configuration_common.ConfigTester(
            self,
            config_class=self.model_tester.family.config_class,
            has_text_modality=not self.case.numeric,
            common_properties=["hidden_size", "num_hidden_layers"],
            **self.model_tester.settings(),
        )

    def test_config(self):
        self.config_tester.run_common_tests()

    def test_bc_cache_name_forward(self):
        self.skipTest(BOTH_NAMES)

    # The training mixin knows text with a label for each token; ours are of every kind.
    training_overfit_seq_length = 16
    training_overfit_steps = 500

    def _get_model_modality(self):
        return "text"

    def _get_trainable_model_class(self):
        return self.all_model_classes[-1]

    def _create_text_training_batch(self, batch_size, seq_length, vocab_size):
        return training_batch(self.case, batch_size, seq_length, vocab_size)


class GenerativeConformance(Conformance):
    """Upstream holds generate() by a mixin that the source archive leaves out."""

    def test_generation_tester_mixin_inheritance(self):
        self.skipTest(NO_GENERATION_TESTS)


class ClusterConformance(GenerativeConformance):
    """Upstream ties every head to the embedding, asked or not."""

    def test_tied_weights_keys(self):
        self.skipTest(CLUSTERS)


class WriterConformance(GenerativeConformance):
    """Upstream asks a trained model for the rest of a prompt, which is what a decoder alone writes."""

    def test_training_overfit(self):
        self.skipTest(NO_PROMPT)


class LetterConformance(Conformance):
    """Every new model knows the letters of its tokens, as if it had read a vocabulary."""

    def setUp(self):
        super().setUp()
        patched = mock.patch("hf_seq.models.characters.no_letters", some_letters)
        patched.start()
        self.addCleanup(patched.stop)

    def skip_for_want_of_letters(self):
        self.skipTest(NO_LETTERS)

    test_inputs_embeds = skip_for_want_of_letters
    test_inputs_embeds_matches_input_ids = skip_for_want_of_letters


def some_letters(vocab_size: int, width: int) -> torch.Tensor:
    """Letters for every token, other ones for each."""
    table = (7 * torch.arange(vocab_size).unsqueeze(1) + torch.arange(width)) % 200 + 2
    return table.to(torch.uint8)


class WideConformance(Conformance):
    """N-grams are read from tokens, and have weights for every label."""

    def test_inputs_embeds_matches_input_ids(self):
        self.skipTest(NO_LETTERS)

    def test_can_load_ignoring_mismatched_shapes(self):
        self.skipTest(TWO_PARTS)

    def test_torch_save_load(self):
        self.skipTest(BOOLEAN_BUFFER)


class NumericConformance(Conformance):
    """Numeric input has no tokens: the tests about token embeddings have no object."""

    test_resize_embeddings = False

    def skip_for_want_of_tokens(self):
        self.skipTest(NO_TOKENS)

    test_model_get_set_embeddings = skip_for_want_of_tokens
    test_load_with_mismatched_shapes = skip_for_want_of_tokens
    test_inputs_embeds = skip_for_want_of_tokens
    test_inputs_embeds_matches_input_ids = skip_for_want_of_tokens


class StatisticsConformance(NumericConformance):
    """Statistics of channels have weights for every label, too."""

    def test_can_load_ignoring_mismatched_shapes(self):
        self.skipTest(TWO_PARTS)


class ForecastConformance(NumericConformance):
    """What came is (batch, horizon, channels) of numbers, which upstream knows no head to have.

    The gradient of a quantile's loss has one size wherever it is not zero, and that of a density grows as the density
    narrows: the loss falls, as upstream asks, but not the norm of the gradient.
    """

    training_grad_norm_reduction_threshold = float("-inf")

    def _prepare_for_class(self, inputs_dict, model_class, return_labels=False):
        inputs = super()._prepare_for_class(inputs_dict, model_class)
        if return_labels:
            rows, _, channels = inputs["input_values"].shape
            draw = torch.Generator().manual_seed(0)  # two calls are compared with each other
            inputs["labels"] = torch.rand(rows, self.case.settings["horizon"], channels, generator=draw)
        return inputs


def suite_for(case: Case) -> type:
    """Make the test class of one case."""
    name = f"Test_{case.family}_{case.name}"
    bases = {
        ForecastConformance: case.forecasts,
        StatisticsConformance: two_parts(case) and case.numeric,
        NumericConformance: case.numeric,
        LetterConformance: case.letters,
        WideConformance: wide(case),
        WriterConformance: writes(case),
        ClusterConformance: in_clusters(case),
        GenerativeConformance: generates(case),
    }
    base = next((each for each, holds in bases.items() if holds), Conformance)
    members = {
        "case": case,
        "all_model_classes": FAMILIES[case.family].classes(case.heads),
        "has_attentions": FAMILIES[case.family].has_attentions,
        "is_encoder_decoder": FAMILIES[case.family].is_encoder_decoder,
        "__module__": __name__,
    }
    return type(name, (base, unittest.TestCase), members)


for each in CASES:
    suite = pytest.mark.slow(suite_for(each)) if each.repeated else suite_for(each)
    globals()[suite.__name__] = suite
del suite
