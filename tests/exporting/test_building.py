# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Graphs of every class give torch's numbers at every shape; a class that cannot go is refused in words."""

import numpy as np
import pytest
import torch

pytest.importorskip("onnxruntime")

import hf_seq
from hf_seq.errors import InputError
from hf_seq.exporting.building import build
from hf_seq.exporting.comparing import batches_for, compare_with_torch
from hf_seq.exporting.sessions import make_run
from hf_seq.exporting.shapes import batches
from tests.conformance.cases import CASES
from tests.conformance.families import FAMILIES, ModelTester
from tests.models.factories import RECURRENT, TRANSFORMER, make_config, make_model, name_of
from tests.models.layer_norm_lstm import LayerNormLSTM

OPSET = 17
SHORTENED = [
    {"cell_type": "lstm", "bidirectional": True, "pooling": "last"},
    {"position_embedding": "sinusoidal", "pooling": "attention", "front_causal": True},
]
"""Encoders behind a front."""


def perturbed(model):
    """Give every weight and bias a random part: with zero biases a wrong graph passes."""
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=draw))
        for name, buffer in model.named_buffers():
            if "running" in name:
                buffer.copy_(torch.rand(buffer.shape, generator=draw) + 0.5)
    return model.eval()


def random_letters(model):
    """Let tokens begin words, go on with one or be none, and have letters, at random."""
    draw = torch.Generator().manual_seed(2)
    for module in model.modules():
        if hasattr(module, "kinds"):
            module.kinds.copy_(torch.randint(0, 3, module.kinds.shape, generator=draw))
        if hasattr(module, "letters"):
            letters = torch.randint(0, 5, module.letters.shape, generator=draw)
            module.letters.copy_(letters * (torch.rand(letters.shape, generator=draw) < 0.6))
        if hasattr(module, "folded"):
            module.folded.copy_(torch.randint(0, len(module.folded), module.folded.shape, generator=draw))
        if hasattr(module, "keys") and hasattr(module, "idf"):
            random_ngrams(module, draw)
    return model


def random_ngrams(bag, draw):
    """Know every other n-gram of some random texts, each with random weights."""
    ids = torch.randint(0, len(bag.letters), (8, 20), generator=draw)
    _, keys, inside = bag.find(ids)
    known, places = np.unique(keys.numpy(), return_index=True)
    some = torch.rand(len(known), generator=draw) < 0.5
    some[0] = True
    weight = torch.randn(int(some.sum()), bag.weight.shape[1], generator=draw)
    idf = 1 + torch.rand(int(some.sum()), generator=draw)
    bag.learn(torch.from_numpy(known)[some], idf, inside[places][some], weight, torch.randn(weight.shape[1]))


def of_case(case):
    """A model with the head that a case trains, and where it has letters some of random ones."""
    (head,) = FAMILIES[case.family].classes(case.heads[-1:])
    torch.manual_seed(0)
    return random_letters(perturbed(head(ModelTester(case).get_config())))


def hold_against_torch(model, opset=OPSET, **settings):
    """Compare the graphs of a model with it."""
    return compare_with_torch(model, make_run(build(model, opset)), batches_for(model, **settings))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_class_gives_the_numbers_of_torch(case):
    found = hold_against_torch(of_case(case), count=60, seed=1)
    assert found.shapes == 60
    assert found.largest_batch == 64
    assert found.longest >= 64


@pytest.mark.slow
@pytest.mark.parametrize("settings", [*RECURRENT, *TRANSFORMER], ids=name_of)
def test_every_pooling_cell_position_and_norm_gives_the_numbers_of_torch(settings):
    model = make_model(**settings)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(0.5)  # an Elman network with standard normal weights is chaotic: rounding grows with time
    assert hold_against_torch(model).shapes == 200


def wide_model(share=0.4, **settings):
    """A recurrent classifier with n-grams of random letters beside it."""
    from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig
    from hf_seq.models.modeling_recurrent_wide import RecurrentWideForSequenceClassification

    fields = {"vocab_size": 40, "hidden_size": 8, "embedding_size": 4, "num_labels": 3, "deep_share": share}
    torch.manual_seed(0)
    return random_letters(perturbed(RecurrentWideForSequenceClassification(RecurrentWideConfig(**fields | settings))))


@pytest.mark.parametrize(("share", "opset"), [(0.4, 17), (0.0, 21)])
def test_n_grams_beside_a_recurrent_part_give_the_numbers_of_torch(share, opset):
    assert hold_against_torch(wide_model(share), opset=opset).shapes > 50


@pytest.mark.parametrize("opset", [17, 21])
def test_statistics_beside_convolutions_give_the_numbers_of_torch(opset):
    torch.manual_seed(0)
    config = hf_seq.ConvolutionalConfig(
        num_features=3, num_labels=3, hidden_size=8, embedding_size=4, statistics=True, deep_share=0.3
    )
    model = perturbed(hf_seq.ConvolutionalForSequenceClassification(config))
    assert hold_against_torch(model, opset, count=40).shapes == 40
    run = make_run(build(model, opset))
    model.wide.weight.data.neg_()
    with pytest.raises(InputError, match="other numbers than torch"):
        compare_with_torch(model, run, batches(1, 3, count=10))


def test_the_n_grams_count_in_that_comparison():
    model = wide_model()
    run = make_run(build(model, OPSET))
    model.wide.weight.data.neg_()
    with pytest.raises(InputError, match="other numbers than torch"):
        compare_with_torch(model, run)


@pytest.mark.parametrize("opset", [18, 21])
@pytest.mark.parametrize("case", [CASES[3], CASES[20], CASES[-4], CASES[-2]], ids=lambda case: case.name)
def test_newer_operators_give_them_too(case, opset):
    assert hold_against_torch(of_case(case), opset, count=12).shapes == 12


@pytest.mark.parametrize("settings", SHORTENED, ids=name_of)
def test_a_front_that_shortens_gives_them_too(settings):
    model = make_model(**settings, front="conv", front_stride=2, front_kernel_size=4, num_features=3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(0.3)
    assert hold_against_torch(model, count=20).shapes == 20


@pytest.mark.parametrize("act", ["gelu", "gelu_new", "relu", "silu", "tanh", "gelu_pytorch_tanh"])
def test_every_activation_that_is_written_gives_them_too(act):
    model = perturbed(make_model(position_embedding="rotary", pooling="mean", hidden_act=act))
    assert hold_against_torch(model, count=12).shapes == 12


def test_graphs_hold_a_tied_embedding_once():
    tied, untied = (
        hf_seq.RecurrentForCausalLM(
            hf_seq.RecurrentConfig(bidirectional=False, hidden_size=16, embedding_size=16, tie_word_embeddings=tie)
        )
        for tie in (True, False)
    )
    sizes = [len(build(model, OPSET)["model"].SerializeToString()) for model in (tied, untied)]
    assert sizes[1] - sizes[0] == pytest.approx(16_000 * 16 * 4, rel=0.01)


def test_a_graph_reads_no_number_at_padding():
    model = perturbed(make_model(cell_type="lstm", bidirectional=True, pooling="mean", num_features=3))
    values = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]])
    run = make_run(build(model, OPSET))
    expected = run("model", {"input_values": values, "attention_mask": mask})["logits"]
    values[mask == 0] = np.nan
    np.testing.assert_array_equal(run("model", {"input_values": values, "attention_mask": mask})["logits"], expected)


def test_weights_of_attention_pooling_come_along():
    model = perturbed(make_model(cell_type="lstm", bidirectional=True, pooling="attention"))
    ids, mask = torch.tensor([[4, 9, 3, 7]]), torch.tensor([[1, 0, 1, 1]])
    found = make_run(build(model, OPSET))("model", {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    expected = model(input_ids=ids, attention_mask=mask, output_attentions=True).pooling_weights
    np.testing.assert_allclose(found["pooling_weights"], expected.detach().numpy(), atol=1e-6)


def test_a_cell_from_outside_is_refused():
    from hf_seq.models.recurrence import register_cell

    register_cell("layer_norm_lstm", LayerNormLSTM)
    model = make_model(cell_type="layer_norm_lstm", bidirectional=False, pooling="mean")
    with pytest.raises(
        InputError, match=r"class LayerNormLSTM, for which ONNX has no operator: only lstm, gru and rnn"
    ):
        build(model, OPSET)


def test_a_class_of_transformers_is_refused():
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    model = DistilBertForSequenceClassification(DistilBertConfig(vocab_size=9, dim=8, n_heads=2, n_layers=1))
    with pytest.raises(InputError, match=r"DistilBertForSequenceClassification is a class of transformers.*optimum"):
        build(model, OPSET)


def test_a_model_without_a_head_is_refused():
    with pytest.raises(InputError, match="a RecurrentModel has no head that answers"):
        build(hf_seq.RecurrentModel(make_config(cell_type="lstm", bidirectional=True, pooling="mean")), OPSET)


def test_an_activation_that_is_not_written_is_refused():
    model = make_model(position_embedding="none", norm_first=True, pooling="mean", hidden_act="mish")
    with pytest.raises(InputError, match=r"hidden_act is of the class .*; use one of gelu"):
        build(model, OPSET)


@pytest.mark.parametrize("opset", [9, 16, 99])
def test_an_opset_that_is_not_written_is_refused(opset):
    with pytest.raises(InputError, match=f"--opset {opset} is not written; use 17 to 21"):
        build(make_model(cell_type="rnn", bidirectional=True, pooling="max"), opset)
