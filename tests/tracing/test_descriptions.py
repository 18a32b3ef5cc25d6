# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every layer of ours has words of its own, a class can bring its words, and what is unknown is called so."""

import pytest
from torch import nn
from transformers import PreTrainedModel

from hf_seq import ConvolutionalConfig, ConvolutionalForSequenceClassification, RecurrentConfig
from hf_seq.models.adaptive_head import AdaptiveHead
from hf_seq.tracing.descriptions import OURS, describe

from .factories import MODELS, NUMERIC


def classes_of_ours():
    models = [make() for make in (*MODELS.values(), *NUMERIC.values())]
    kinds = {type(module) for model in models for module in model.modules()}
    ours = {kind for kind in kinds if kind.__module__.startswith("hf_seq.")}
    of_torch = (PreTrainedModel, nn.Dropout, nn.RNNBase)
    return sorted(kind.__name__ for kind in ours if not issubclass(kind, of_torch))


def test_every_layer_of_ours_has_words_of_its_own():
    assert len(classes_of_ours()) > 10
    assert [name for name in classes_of_ours() if name not in OURS] == []


def test_every_part_of_a_convolutional_classifier_of_numbers_has_words():
    config = ConvolutionalConfig(num_features=2, hidden_size=8, embedding_size=4, recurrent_size=4, statistics=True)
    model = ConvolutionalForSequenceClassification(config)
    parts = {type(each).__name__ for each in model.modules()}
    known = {*OURS, "Convolution", "Dropout", "Dropout1d", "Linear", "LSTM", "ModuleList"}
    assert {name for name in parts if not name.startswith("ConvolutionalM")} - known <= {type(model).__name__}


CLUSTERS = AdaptiveHead(RecurrentConfig(vocab_size=9, adaptive_softmax_cutoffs=[4]), 6)


class Reverb(nn.Module):
    """Rewording this docstring changes no trace."""


class Described(Reverb):
    trace_description = "adds an echo"


@pytest.mark.parametrize(("module", "words"), [
    (Reverb(), "unknown to trace: Reverb"),
    (Described(), "adds an echo"),
    (nn.Softsign(), "applies Softsign to each number"),
    (CLUSTERS, "scores every token: the first 4 ids, and the others within the clusters they are in"),
])  # fmt: skip
def test_a_module_is_described_by_its_class_or_called_unknown(module, words):
    assert describe("model.echo", module, []) == words


def test_an_unknown_module_with_parts_names_them():
    assert describe("model.echo", Reverb(), ["model.echo.delay", "model.echo.mix"]) == "runs delay, mix"
