# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The stages of a trace are what hooks that the test sets see in a forward pass of its own."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedConfig, PreTrainedModel

from hf_seq import (
    RecurrentConfig,
    RecurrentForSequenceClassification,
    SeriesFeatureExtractor,
    TransformerEncoderConfig,
    TransformerEncoderForSequenceClassification,
    trace,
)
from hf_seq.predictors.step_weights import over_steps

from .factories import (
    FEATURES,
    MODELS,
    NUMERIC,
    TEXT,
    make_distilbert,
    make_recurrent,
    make_seq2seq,
    make_tokenizer,
    perturb,
)

TEXTS = [TEXT, "not good zyzzyva"]


def first_tensor(value):
    if isinstance(value, torch.Tensor):
        return value
    values = [value.get("logits"), value.get("last_hidden_state"), *value.values()] if hasattr(value, "get") else value
    return next((each for each in map(first_tensor, values) if each is not None), None) if values is not None else None


def run_with_own_hooks(model, inputs):
    """Names in the order in which modules begin, and every output in that order."""
    begun, outputs, handles = [], {}, []
    for name, module in model.named_modules():
        shown = name or type(model).__name__
        handles.append(module.register_forward_pre_hook(lambda *_, shown=shown: begun.append(shown)))
        keep = lambda _m, _i, out, shown=shown: outputs.setdefault(shown, []).append(first_tensor(out).clone())  # noqa: E731
        handles.append(module.register_forward_hook(keep))
    extra = {"use_cache": False} if "LM" in type(model).__name__ or "Generation" in type(model).__name__ else {}
    extra = {} if "Masked" in type(model).__name__ else extra
    with torch.no_grad():
        model(**inputs, **extra)
    for handle in handles:
        handle.remove()
    return begun, outputs


def traced(name):
    if name in MODELS:
        model = MODELS[name]()
        return model, trace(model, make_tokenizer(), TEXTS, max_new_tokens=4)
    draw = np.random.default_rng(0)
    model = NUMERIC[name]()
    return model, trace(model, None, [draw.normal(size=(5, FEATURES)), draw.normal(size=(3, FEATURES))])


@pytest.mark.parametrize("name", [*MODELS, *NUMERIC])
def test_stages_are_what_hooks_of_the_test_see(name):
    model, seen = traced(name)
    assert seen.failure is None
    begun, outputs = run_with_own_hooks(model, seen.inputs)
    assert [stage.name for stage in seen.stages] == begun
    for stage in seen.stages:
        torch.testing.assert_close(stage.output, outputs[stage.name][stage.call - 1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [*MODELS, *NUMERIC])
def test_sound_models_raise_no_suspicion(name):
    model = {**MODELS, **NUMERIC}[name]()
    if name in NUMERIC:
        seen = trace(model, None, np.random.default_rng(0).normal(size=(6, FEATURES)))
    else:
        seen = trace(model, make_tokenizer(), [TEXT, "the plot was fine"], max_new_tokens=4)
    assert seen.findings == []


@pytest.mark.parametrize("name", ["lstm-attention", "transformer-learned", "distilbert", "lstm-numbers"])
def test_norm_values_and_padding_are_those_of_the_real_steps(name):
    _, seen = traced(name)
    mask = seen.mask.numpy()
    checked = 0
    for stage in seen.stages:
        if stage.output is None or stage.output.dim() != 3 or stage.output.shape[:2] != mask.shape:
            continue
        output = stage.output.numpy()
        lengths = [
            sum(float(number) ** 2 for number in output[row, step]) ** 0.5
            for row in range(mask.shape[0])
            for step in range(mask.shape[1])
            if mask[row, step]
        ]
        assert stage.norm == pytest.approx(sum(lengths) / len(lengths), rel=1e-4)
        assert stage.values == pytest.approx(output[0, 0, :4].tolist())
        assert stage.padding == pytest.approx(1 - mask.sum() / mask.size)
        checked += 1
    assert checked > 4


def test_norm_leaves_padding_out_where_it_stands_on_the_left():
    model = make_recurrent(bidirectional=True)
    ids, mask = torch.tensor([[0, 0, 5, 6, 7], [8, 9, 10, 11, 5]]), torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
    alone = [trace(model, None, {"input_ids": each}) for each in ([[5, 6, 7]], [[8, 9, 10, 11, 5]])]
    both = trace(model, None, {"input_ids": ids, "attention_mask": mask})
    for first, second, together in zip(alone[0].stages, alone[1].stages, both.stages, strict=True):
        if together.padding is not None and together.norm is not None:
            assert together.norm == pytest.approx((3 * first.norm + 5 * second.norm) / 8, rel=1e-4), together.name


def test_a_summary_as_wide_as_the_sequence_is_long_has_no_steps():
    model = make_recurrent(hidden_size=8, pooling="attention")
    seen = trace(model, make_tokenizer(), [TEXT, "good"])  # 8 steps
    pooled = next(stage for stage in seen.stages if stage.name == "pooling")
    assert (pooled.shape_out, pooled.padding) == ("(B, H)", None)
    assert pooled.values == pytest.approx(pooled.output[0, :4].tolist())
    assert pooled.norm == pytest.approx(pooled.output.norm(dim=-1).mean().item())


def shapes(seen):
    return {stage.name: (stage.shape_in, stage.shape_out) for stage in seen.stages}


def test_the_encoder_of_a_padded_series_is_shown_with_the_series_and_not_the_mask():
    inputs = {"input_values": torch.randn(2, 5, FEATURES), "attention_mask": torch.tensor([[1] * 5, [1, 1, 1, 0, 0]])}
    found = shapes(trace(make_recurrent(num_features=FEATURES), None, inputs))
    assert found["model"][0] == found["RecurrentForSequenceClassification"][0] == "(B, T, F)"


def test_shapes_are_in_letters():
    found = shapes(trace(make_recurrent(pooling="attention"), make_tokenizer(), TEXTS))
    assert found["model.embeddings.tokens"] == ("(B, T)", "(B, T, E)")
    assert found["model.layers.0.backward_cell"] == ("(B, T, E)", "(B, T, H/2)")
    assert found["model.layers.1"] == ("(B, T, H)", "(B, T, H)")
    assert found["pooling"] == ("(B, T, H)", "(B, H)")
    assert found["RecurrentForSequenceClassification"] == ("(B, T)", "(B, L)")


def test_shapes_of_distilbert_are_in_letters():
    found = shapes(trace(make_distilbert(), make_tokenizer(), TEXTS))
    assert found["distilbert.transformer.layer.0.ffn.lin1"] == ("(B, T, H)", "(B, T, I)")
    assert found["classifier"] == ("(B, H)", "(B, L)")


def test_a_source_has_letters_of_its_own():
    seen = trace(make_seq2seq("Transformer"), make_tokenizer(), TEXT, max_new_tokens=3)
    found = shapes(seen)
    assert seen.letters["S"][0] == 8
    assert seen.letters["T"][0] == len(seen.decoder_steps[0])
    assert found["model.encoder.embeddings.tokens"] == ("(B, S)", "(B, S, H)")
    assert found["model.decoder.embeddings.tokens"] == ("(B, T)", "(B, T, H)")
    assert found["lm_head"] == ("(B, T, H)", "(B, T, V)")


def test_a_module_that_is_called_twice_has_two_stages():
    model = MODELS["transformer-learned"]()
    layer = model.model.layers[0]
    layer.feed_forward_norm = layer.attention_norm
    stages = trace(model, make_tokenizer(), TEXT).stages
    assert [stage.call for stage in stages if stage.name == "model.layers.0.attention_norm"] == [1, 2]


def hooks_of_ours(model):  # transformers leaves some of its own where attention was asked for
    kept = [
        hook for each in model.modules() for hook in (*each._forward_hooks.values(), *each._forward_pre_hooks.values())
    ]
    return [hook for hook in kept if hook.__module__.startswith("hf_seq.")]


def test_the_model_is_left_as_it_was():
    model = MODELS["transformer-learned"]().train()
    before = model.config._attn_implementation, {name: each.clone() for name, each in model.state_dict().items()}
    trace(model, make_tokenizer(), TEXT)
    assert model.training
    assert model.config._attn_implementation == before[0] == "sdpa"
    assert all(torch.equal(each, before[1][name]) for name, each in model.state_dict().items())
    assert not hooks_of_ours(model)


def test_hooks_are_gone_after_an_error_too():
    model = make_distilbert()
    assert trace(model, None, {"input_ids": torch.full((1, 40), 5)}).failure
    assert not hooks_of_ours(model)
    assert model.config._attn_implementation == "sdpa"


def test_a_model_without_a_head_is_traced_to_its_states():
    model = BertModel(
        BertConfig(
            vocab_size=18,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=14,
            max_position_embeddings=16,
        )
    ).eval()
    seen = trace(model, make_tokenizer(), TEXT)
    assert seen.answer == []
    assert seen.stages[0].shape_out == "(B, T, H)"
    torch.testing.assert_close(seen.stages[0].output, model(**seen.inputs).last_hidden_state)


class InPlaceConfig(PreTrainedConfig):
    model_type = "in_place"


class InPlace(PreTrainedModel):
    """A model whose activation writes into the tensor that the layer before it gave."""

    config_class = InPlaceConfig

    def __init__(self, config):
        super().__init__(config)
        self.table, self.widen, self.bend = nn.Embedding(9, 4), nn.Linear(4, 6), nn.ReLU(inplace=True)
        self.post_init()

    def forward(self, input_ids, attention_mask=None):
        return self.bend(self.widen(self.table(input_ids)))


def test_what_comes_next_does_not_write_into_a_stage():
    model = perturb(InPlace(InPlaceConfig()))
    stages = {stage.name: stage.output for stage in trace(model, None, {"input_ids": [[1, 2, 3]]}).stages}
    assert bool((stages["widen"] < 0).any())
    torch.testing.assert_close(stages["widen"].relu(), stages["bend"])


def test_weights_behind_a_front_are_shared_by_the_steps_of_a_state():
    torch.testing.assert_close(
        over_steps(torch.tensor([[0.5, 0.3, 0.2]]), 6), torch.tensor([[0.25, 0.25, 0.15, 0.15, 0.1, 0.1]])
    )
    whole = torch.rand(2, 5)
    assert over_steps(whole, 5) is whole


@pytest.mark.parametrize("kind", [{"pooling": "attention"}, {"position_embedding": "rotary", "pooling": "attention"}])
def test_a_model_behind_a_front_that_shortens_is_traced_and_printed(kind, capsys):
    family = "position_embedding" in kind
    config = TransformerEncoderConfig if family else RecurrentConfig
    head = TransformerEncoderForSequenceClassification if family else RecurrentForSequenceClassification
    model = head(config(**kind, hidden_size=8, num_features=2, front="conv", front_stride=2)).eval()
    seen = trace(model, SeriesFeatureExtractor(feature_size=2), [[[0.0, 1.0]] * 9])
    assert seen.attention["pooling"].shape == (1, 9)
    seen.print()
    assert "pooling" in capsys.readouterr().out
