# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is tampered with, of another kind or newer is refused in a sentence that says what to do; nothing is guessed."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForSequenceClassification

from hf_seq import InputError, RecurrentForSequenceClassification, TransformerEncoderForSequenceClassification
from hf_seq.hub.card import text
from hf_seq.predictors.loading import load_any

SAVED = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0" / "bilstm"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SAVED, tmp_path / "model"))


def change_config(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def change_weights(folder, change):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def lose(weights):
    del weights["classifier.weight"]


def grow(weights):
    weights["classifier.weight"] = torch.zeros(7, 8)


def add(weights):
    weights["model.backdoor.weight"] = torch.zeros(2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lose, r"lacks 1 weights of the model \(such as classifier.weight\).*train it first"),
        (grow, r"weights and config.json have different sizes"),
        (add, r"holds 1 weights that its model does not have \(such as model.backdoor.weight\).*get both again"),
    ],
)
def test_tampered_weights_are_refused(folder, change, said):
    change_weights(folder, change)
    with pytest.raises(InputError, match=said):
        load_any(folder)


def test_a_broken_weights_file_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="damaged"):
        load_any(folder)


def test_a_newer_format_is_refused_with_the_two_ways_out(folder):
    change_config(folder, format_version=2)
    with pytest.raises(InputError, match=r"newer hf_seq \(format_version=2.*pip install --upgrade.*trust_remote_code"):
        load_any(folder)


@pytest.mark.parametrize(
    ("auto_map", "said"),
    [({}, "quantum_lstm"), ({"AutoConfig": "other.Config"}, "read that code, and if you trust it")],
)
def test_a_model_type_that_nobody_knows_is_refused(folder, auto_map, said):
    change_config(folder, model_type="quantum_lstm", auto_map=auto_map)
    with pytest.raises(InputError, match=said):
        load_any(folder)


@pytest.mark.parametrize("ours", [RecurrentForSequenceClassification, TransformerEncoderForSequenceClassification])
def test_another_models_repository_gives_no_random_weights(tmp_path, ours):
    config = BertConfig(vocab_size=9, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4)
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"type 'bert', not .*load it with the Auto classes"):
        ours.from_pretrained(tmp_path)


def test_a_configuration_that_cannot_be_is_refused_with_the_remedy(folder):
    change_config(folder, hidden_size=7)
    with pytest.raises(InputError, match=r"hidden_size=7 .* use 8"):
        load_any(folder)


def test_pickles_are_not_read(folder):
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"holds no model.safetensors.*pickles are not read"):
        load_any(folder)


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", "a|b", "*bold*", "[x](javascript:alert(1))", "a\nb # c", "`"]
)
def test_words_of_others_mean_nothing_in_a_card(label):
    import re

    shown = text(label)
    assert "<" not in shown
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)[|*\[\]`#]", shown)
