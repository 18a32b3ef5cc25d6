# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Transformers' own test suite, run on every class of ours: one test class per configuration in `cases.py`.

Skipped as a whole, with the reason, where PyPI is out of reach and the suite is not cached.
"""

import unittest

import pytest
import torch
from transformers import set_seed
from transformers.models.auto import modeling_auto

from hf_seq.models.configuration_recurrent import RecurrentConfig
from hf_seq.models.configuration_transformer_encoder import TransformerEncoderConfig
from hf_seq.models.modeling_recurrent import RecurrentForSequenceClassification, RecurrentModel
from hf_seq.models.modeling_transformer_encoder import (
    TransformerEncoderForSequenceClassification,
    TransformerEncoderModel,
)

from . import upstream
from .cases import CASES, FEATURES, Case
from .skips import NO_TOKENS

try:
    modeling_common = upstream.load("test_modeling_common")
    configuration_common = upstream.load("test_configuration_common")
    training_mixin = upstream.load("test_training_mixin")
except upstream.UpstreamMissingError as missing:
    pytest.skip(f"conformance not checked: {missing}", allow_module_level=True)

CLASSES = {
    "recurrent": (RecurrentConfig, RecurrentModel, RecurrentForSequenceClassification),
    "transformer_encoder": (
        TransformerEncoderConfig,
        TransformerEncoderModel,
        TransformerEncoderForSequenceClassification,
    ),
}
TINY = {
    "recurrent": {"embedding_size": 32},
    "transformer_encoder": {"num_attention_heads": 4, "intermediate_size": 37, "max_position_embeddings": 64},
}

# The mixins look class names up in these tables; registering with the Auto classes fills others.
for model_type, (_, base, classifier) in CLASSES.items():
    modeling_auto.MODEL_MAPPING_NAMES[model_type] = base.__name__
    modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES[model_type] = classifier.__name__


class ModelTester:
    """The tiny configuration and inputs of one case, in the form that transformers' mixins ask for."""

    batch_size, seq_length, hidden_size, num_hidden_layers, vocab_size = 3, 7, 32, 2, 99
    num_attention_heads, intermediate_size = 4, 37
    is_training = True

    def __init__(self, case: Case):
        self.case = case
        self.config_class, _, self.sequence_classification_class = CLASSES[case.family]

    def settings(self) -> dict:
        common = {
            "vocab_size": self.vocab_size,
            "hidden_size": self.hidden_size,
            "num_hidden_layers": self.num_hidden_layers,
        }
        return common | TINY[self.case.family] | self.case.settings

    def get_config(self):
        return self.config_class(**self.settings(), num_labels=3)

    def prepare_config_and_inputs_for_common(self):
        shape = (self.batch_size, self.seq_length)
        mask = torch.ones(shape, dtype=torch.long)
        mask[-1, -2:] = 0  # one row is padded
        if self.case.numeric:
            return self.get_config(), {"input_values": torch.rand(*shape, FEATURES), "attention_mask": mask}
        return self.get_config(), {"input_ids": torch.randint(1, self.vocab_size, shape), "attention_mask": mask}


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
            config_class=self.model_tester.config_class,
            has_text_modality=not self.case.numeric,
            common_properties=["hidden_size", "num_hidden_layers"],
            **self.model_tester.settings(),
        )

    def test_config(self):
        self.config_tester.run_common_tests()

    # The training mixin knows text with a label for each token; here it is either input, a label for each sequence.
    training_overfit_seq_length = 16

    def _get_model_modality(self):
        return "text"

    def _create_text_training_batch(self, batch_size, seq_length, vocab_size):
        labels = torch.arange(batch_size) % 3
        if self.case.numeric:
            return {"input_values": torch.rand(batch_size, seq_length, FEATURES), "labels": labels}
        return {"input_ids": torch.randint(1, vocab_size, (batch_size, seq_length)), "labels": labels}


class NumericConformance(Conformance):
    """Numeric input has no tokens: the tests about token embeddings have no object."""

    test_resize_embeddings = False

    def skip_for_want_of_tokens(self):
        self.skipTest(NO_TOKENS)

    test_model_get_set_embeddings = skip_for_want_of_tokens
    test_load_with_mismatched_shapes = skip_for_want_of_tokens
    test_inputs_embeds = skip_for_want_of_tokens
    test_inputs_embeds_matches_input_ids = skip_for_want_of_tokens


def suite_for(case: Case) -> type:
    """Make the test class of one case."""
    name = f"Test_{case.family}_{case.name}"
    base = NumericConformance if case.numeric else Conformance
    members = {
        "case": case,
        "all_model_classes": CLASSES[case.family][1:],
        "has_attentions": case.family == "transformer_encoder",
        "__module__": __name__,
    }
    return type(name, (base, unittest.TestCase), members)


for each in CASES:
    suite = suite_for(each)
    globals()[suite.__name__] = suite
del suite
