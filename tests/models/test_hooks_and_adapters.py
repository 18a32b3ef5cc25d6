# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Hooks, LoRA and offloading see every use of a weight, while generating, too."""

import copy

import pytest
import torch
from accelerate import cpu_offload, disk_offload

from .language_models import make_ids, make_language_model
from .seq2seq_factories import RECURRENT, make_model, make_sources, name_of, pad

BEAMS = {"do_sample": False, "num_beams": 3, "max_new_tokens": 6, "pad_token_id": 0}
SPEAKERS = [{"cell_type": cell} for cell in ("lstm", "gru", "rnn")]


def speaker(settings):
    """A model that generates, and what it reads."""
    if "attention" in settings:
        ids, mask = pad(make_sources())
        return make_model(**settings), {"input_ids": ids, "attention_mask": mask}
    return make_language_model(recurrence=2.0, **settings), {"input_ids": make_ids()}


every_speaker = pytest.mark.parametrize("settings", [*SPEAKERS, *RECURRENT], ids=name_of)


def cells_of(model) -> list[str]:
    return [name for name, _ in model.named_modules() if name.endswith("forward_cell")]


@every_speaker
def test_a_hook_on_a_cell_sees_every_token(settings):
    model, inputs = speaker(settings)
    model.generation_config.eos_token_id = None
    seen = dict.fromkeys(cells_of(model), 0)
    for name in seen:
        hook = lambda module, given, output, name=name: seen.__setitem__(name, seen[name] + given[0].shape[1])  # noqa: E731
        model.get_submodule(name).register_forward_hook(hook)
    model.generate(**inputs, do_sample=False, max_new_tokens=10, pad_token_id=0)
    decoder = {name: count for name, count in seen.items() if "encoder." not in name}
    prompt = 0 if model.config.is_encoder_decoder else inputs["input_ids"].shape[1] - 1
    assert decoder
    assert set(decoder.values()) == {prompt + 10}


def test_a_hook_on_the_encoder_of_a_language_model_sees_every_token_and_may_change_it():
    model, ids = make_language_model(recurrence=2.0), make_ids()
    model.model.register_forward_hook(
        lambda module, given, output: type(output)(**{**output, "last_hidden_state": -output.last_hidden_state})
    )
    assert torch.equal(model.generate(ids, **BEAMS), model.generate(ids, use_cache=False, **BEAMS))
    plain = make_language_model(recurrence=2.0)
    assert not torch.equal(model.generate(ids, **BEAMS), plain.generate(ids, **BEAMS))


@every_speaker
@pytest.mark.parametrize("where", ["cpu", "disk"])
def test_weights_that_lie_elsewhere_are_fetched_for_every_token(settings, where, tmp_path):
    model, inputs = speaker(settings)
    expected = model.generate(**inputs, **BEAMS)
    if where == "cpu":
        cpu_offload(model, execution_device="cpu")
    else:
        disk_offload(model, str(tmp_path), execution_device="cpu")
    assert model.get_submodule(cells_of(model)[0]).weight_hh_l0.device.type == "meta"
    assert torch.equal(model.generate(**inputs, **BEAMS), expected)


@every_speaker
def test_lora_on_recurrent_weights_trains_and_generates_as_the_merged_model_does(settings):
    peft = pytest.importorskip("peft")
    model, inputs = speaker(settings)
    before = model.generate(**inputs, **BEAMS)
    targets = ["forward_cell.weight_ih_l0", "forward_cell.weight_hh_l0"]
    adapted = peft.get_peft_model(copy.deepcopy(model), peft.LoraConfig(r=2, target_parameters=targets))
    labels = inputs["input_ids"]
    adapted.train()(**inputs, labels=labels).loss.backward()
    trained = {name: weight for name, weight in adapted.named_parameters() if weight.requires_grad}
    assert any(weight.grad.abs().sum() > 0 for weight in trained.values())
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in trained.values():
            weight.copy_(torch.randn_like(weight))
    adapted.eval()
    found = adapted.generate(**inputs, **BEAMS)
    assert torch.equal(found, adapted.generate(**inputs, use_cache=False, **BEAMS))
    assert torch.equal(found, adapted.merge_and_unload().generate(**inputs, **BEAMS))
    assert not torch.equal(found, before)
