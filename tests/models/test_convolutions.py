# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Convolutions, in front of any encoder and as models of their own: padding changes nothing, training included."""

import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from torch import nn
from torch.nn import functional as F

from hf_seq import (
    ConvolutionalConfig,
    ConvolutionalForSequenceClassification,
    ConvolutionalForTokenClassification,
    RecurrentConfig,
    RecurrentForCausalLM,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    TransformerEncoderConfig,
    TransformerEncoderForMaskedLM,
    TransformerEncoderForSequenceClassification,
)
from hf_seq.models.convolutions import Convolution, StepBatchNorm

from .factories import FEATURES, LAYOUTS, NO_DROPOUT, make_batch, make_config, make_sequences, name_of, perturb

EXACT = {"atol": 1e-5, "rtol": 1e-5}
FRONT = {"front": "conv", "front_kernel_size": 3}
SHORTENED = FRONT | {"front_stride": 2}
LENGTHS = (1, 9, 4, 13)
MODELS = [
    {"block": "fcn", "pooling": "mean"},
    {"block": "resnet", "norm": "layer", "pooling": "attention"},
    {"block": "inception", "kernel_size": 9, "pooling": "max"},
    {"block": "inception", "causal": True, "norm": "none", "pooling": "last"},
    {"block": "fcn", "recurrent_size": 4, "pooling": "mean", **SHORTENED},
    {"cell_type": "lstm", "bidirectional": True, "pooling": "last", **FRONT},
    {"cell_type": "lstm", "bidirectional": True, "pooling": "last", **SHORTENED},
    {"cell_type": "gru", "bidirectional": False, "pooling": "attention", "front_causal": True, **SHORTENED},
    {"position_embedding": "rotary", "pooling": "mean", **SHORTENED},
    {"position_embedding": "learned", "pooling": "attention", "front_norm": "layer", **FRONT},
]


def make_model(head="ForSequenceClassification", **settings):
    """A tiny model of numbers, all of its weights and running statistics random."""
    if "block" not in settings:
        config = make_config(**settings, num_features=FEATURES)
        kinds = {
            RecurrentConfig: (RecurrentForSequenceClassification, RecurrentForTokenClassification),
            TransformerEncoderConfig: (TransformerEncoderForSequenceClassification,),
        }[type(config)]
    else:
        sizes = {"hidden_size": 12, "embedding_size": 6, "num_hidden_layers": 2, "num_labels": 3}
        config = ConvolutionalConfig(**sizes | NO_DROPOUT | settings, num_features=FEATURES)
        kinds = (ConvolutionalForSequenceClassification, ConvolutionalForTokenClassification)
    kind = next(each for each in kinds if each.__name__.endswith(head))
    model = perturb(kind(config))
    draw = torch.Generator().manual_seed(1)
    for part in model.modules():
        if isinstance(part, StepBatchNorm):
            part.running_mean.copy_(torch.randn(part.running_mean.shape, generator=draw))
            part.running_var.copy_(torch.rand(part.running_var.shape, generator=draw) + 0.5)
    return model.eval()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", MODELS, ids=name_of)
def test_a_series_is_scored_alike_alone_and_in_any_batch(settings, layout):
    model, sequences = make_model(**settings), make_sequences("input_values", LENGTHS)
    batch = make_batch("input_values", sequences, layout)
    batch["input_values"][batch["attention_mask"] == 0] = torch.nan
    with torch.no_grad():
        together = model(**batch).logits
        alone = torch.cat([model(input_values=each.unsqueeze(0)).logits for each in sequences])
    torch.testing.assert_close(together, alone, atol=1e-5 * float(alone.abs().max()), rtol=1e-5)
    assert alone.std(0).min() > 1e-2


@pytest.mark.parametrize("layout", ["left", "holes"])
@pytest.mark.parametrize("settings", MODELS, ids=name_of)
def test_a_training_step_does_not_depend_on_where_padding_stands(settings, layout):
    """Batch norm sees other rows, so rows are compared in the same batch, padded otherwise and more."""
    sequences, seen = make_sequences("input_values", LENGTHS), []
    for each, extra in (("right", 0), (layout, 5)):
        model = make_model(**settings).train()
        batch = make_batch("input_values", sequences, each, extra)
        loss = model(**batch, labels=torch.tensor([0, 1, 2, 1])).loss
        loss.backward()
        gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
        seen.append((loss.detach(), gradients, dict(model.named_buffers())))
    torch.testing.assert_close(seen[0][0], seen[1][0], atol=1e-4, rtol=1e-4)
    assert seen[0][1].keys() == seen[1][1].keys()
    for name, gradient in seen[0][1].items():
        scale = max(1.0, float(gradient.abs().max()))
        torch.testing.assert_close(gradient, seen[1][1][name], atol=1e-4 * scale, rtol=1e-3, msg=name)
    for name, buffer in seen[0][2].items():
        torch.testing.assert_close(buffer, seen[1][2][name], atol=1e-4, rtol=1e-4, msg=name)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", [MODELS[0], MODELS[2] | {"use_crf": True}, MODELS[5]], ids=name_of)
def test_tags_do_not_depend_on_padding(settings, layout):
    model, sequences = make_model("ForTokenClassification", **settings), make_sequences("input_values", LENGTHS)
    batch = make_batch("input_values", sequences, layout)
    with torch.no_grad():
        together = model(**batch).logits
        for row, sequence in enumerate(sequences):
            alone = model(input_values=sequence.unsqueeze(0)).logits[0]
            scale = float(alone.abs().max())
            real = batch["attention_mask"][row].bool()
            torch.testing.assert_close(together[row][real], alone, atol=1e-5 * scale, rtol=1e-5)


def test_batch_norm_equals_that_of_torch_over_the_real_steps():
    ours, theirs = StepBatchNorm(4), nn.BatchNorm1d(4)
    states = torch.randn(3, 6, 4) * 3 + 1
    mask = torch.arange(6) < torch.tensor([[6], [2], [4]])
    expected = theirs(states[mask])
    torch.testing.assert_close(ours(states, mask)[mask], expected)
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.eval()(states, mask)[mask], theirs.eval()(states[mask]))


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (4, 1), (5, 3), (2, 2)])
def test_a_convolution_is_that_of_torch_and_gives_one_of_stride_steps(kernel, stride, causal):
    layer, states = Convolution(3, 5, kernel, stride, causal), torch.randn(2, 11, 3)
    before = kernel - 1 if causal else (kernel - 1) // 2
    wide = F.pad(states.transpose(1, 2), (before, kernel - 1 - before))
    expected = F.conv1d(wide, layer.weight, layer.bias, stride).transpose(1, 2)
    assert expected.shape[1] == -(-11 // stride)
    torch.testing.assert_close(layer(states), expected)


@pytest.mark.parametrize(
    "settings", [{"block": "fcn"}, {"block": "inception"}, FRONT | {"cell_type": "gru"}], ids=name_of
)
def test_a_causal_model_never_looks_ahead(settings):
    causal = {"bidirectional": False, "front_causal": True} if "cell_type" in settings else {"causal": True}
    model = make_model("ForTokenClassification", **settings, **causal)
    series = torch.randn(1, 12, FEATURES)
    changed = series.clone()
    changed[:, 7:] += 1
    with torch.no_grad():
        before, after = model(input_values=series).logits, model(input_values=changed).logits
    torch.testing.assert_close(before[:, :7], after[:, :7])
    assert not torch.allclose(before[:, 7:], after[:, 7:])


def test_a_front_shortens_what_the_encoder_reads():
    model = make_model(**MODELS[6], front_layers=3)
    states = model.model(input_values=torch.randn(2, 41, FEATURES)).last_hidden_state
    assert states.shape[1] == 6  # 41 -> 21 -> 11 -> 6


@pytest.mark.parametrize("settings", MODELS, ids=name_of)
def test_what_was_saved_answers_as_before(settings, tmp_path):
    model, series = make_model(**settings), torch.randn(2, 9, FEATURES)
    model.save_pretrained(tmp_path)
    again = type(model).from_pretrained(tmp_path)
    torch.testing.assert_close(again(input_values=series).logits, model(input_values=series).logits)


REFUSED = {
    "no room for convolutions": (ConvolutionalConfig, {"hidden_size": 8, "recurrent_size": 8}, "leaves 0 of hidden"),
    "odd inception": (ConvolutionalConfig, {"hidden_size": 10, "block": "inception"}, "use hidden_size=12"),
    "causal reading both ways": (ConvolutionalConfig, {"causal": True, "recurrent_size": 8}, "bidirectional=False"),
    "no stride": (RecurrentConfig, {"front_stride": 0}, "front_stride=0 must be 1 or more"),
    "no kernel": (TransformerEncoderConfig, {"front_kernel_size": 0}, "front_kernel_size=0 must be 1 or more"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_configurations_that_cannot_be_are_refused(name):
    config, settings, message = REFUSED[name]
    with pytest.raises(StrictDataclassError, match=message):
        config(**settings)


def test_heads_that_need_every_step_or_no_look_ahead_refuse_a_front():
    with pytest.raises(ValueError, match="a tagger labels all; use front_stride=1"):
        RecurrentForTokenClassification(RecurrentConfig(front="conv", front_stride=2, hidden_size=8))
    with pytest.raises(ValueError, match="not for language models; leave it out"):
        RecurrentForCausalLM(RecurrentConfig(front="conv", bidirectional=False, hidden_size=8))
    with pytest.raises(ValueError, match="not for language models; leave it out"):
        TransformerEncoderForMaskedLM(TransformerEncoderConfig(front="conv", hidden_size=8))
    reader = RecurrentForSequenceClassification(RecurrentConfig(front="conv", bidirectional=False, hidden_size=8)).model
    with pytest.raises(ValueError, match="front of convolutions has no state"):
        reader(torch.ones(1, 3, dtype=torch.long), use_cache=True)
    placed = make_model(**MODELS[8]).model
    with pytest.raises(ValueError, match="position_ids are of the inputs"):
        placed(input_values=torch.randn(1, 4, FEATURES), position_ids=torch.arange(4)[None])
