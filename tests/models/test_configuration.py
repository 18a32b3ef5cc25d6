# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configurations come back as they were saved, and refuse what cannot work in words that say what to do."""

import json
import subprocess
import sys

import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import AutoConfig, AutoModelForSequenceClassification

from hf_seq import (
    RecurrentConfig,
    RecurrentForSequenceClassification,
    TransformerEncoderConfig,
    TransformerSeq2SeqConfig,
)

LABELS = {"id2label": {0: "bad", 1: "good", 2: "mixed"}, "label2id": {"bad": 0, "good": 1, "mixed": 2}}
SHARED = LABELS | {
    "vocab_size": 77,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "pooling": "attention",
    "embedding_dropout": 0.25,
    "hidden_dropout": 0,
    "classifier_dropout": 0.5,
    "freeze_embeddings": True,
    "class_weights": [1.0, 2, 0.5],
    "pad_token_id": 5,
    "problem_type": "single_label_classification",
}
FULL = {
    RecurrentConfig: SHARED
    | {"embedding_size": 12, "cell_type": "gru", "bidirectional": False, "forget_gate_bias": 0, "num_features": 4},
    TransformerEncoderConfig: SHARED
    | {
        "num_attention_heads": 6,
        "intermediate_size": 50,
        "hidden_act": "silu",
        "position_embedding": "rotary",
        "max_position_embeddings": 99,
        "norm_first": False,
        "attention_dropout": 0.3,
        "layer_norm_eps": 1e-6,
    },
}


@pytest.mark.parametrize("made", FULL, ids=lambda made: made.model_type)
def test_every_field_comes_back_from_disk(made, tmp_path):
    config = made(**FULL[made])
    config.save_pretrained(tmp_path)
    loaded = AutoConfig.from_pretrained(tmp_path)
    assert type(loaded) is made
    assert loaded.to_diff_dict() == config.to_diff_dict()
    for name, value in FULL[made].items():
        assert getattr(loaded, name) == value


@pytest.mark.parametrize("made", FULL, ids=lambda made: made.model_type)
def test_a_configuration_without_arguments_is_valid_and_writes_plain_json(made):
    assert json.loads(made().to_json_string())["model_type"] == made.model_type


REFUSED = [
    (RecurrentConfig, {"hidden_size": 7}, r"hidden_size=7 cannot be split between two directions; use 8"),
    (RecurrentConfig, {"hidden_size": 0}, r"hidden_size=0 must be 1 or more"),
    (RecurrentConfig, {"num_hidden_layers": 0}, r"num_hidden_layers=0 must be 1 or more"),
    (RecurrentConfig, {"vocab_size": -3}, r"vocab_size=-3 must be 1 or more"),
    (RecurrentConfig, {"num_features": 0}, r"num_features=0 must be 1 or more"),
    (RecurrentConfig, {"embedding_size": 0}, r"embedding_size=0 must be 1 or more"),
    (
        RecurrentConfig,
        {"cell_type": "lstmm"},
        r"cell_type='lstmm' is not known; use one of .*gru, .*lstm, .*rnn, or make",
    ),
    (RecurrentConfig, {"pooling": "avg"}, r"pooling.*'first', 'last', 'mean', 'max', 'attention'"),
    (RecurrentConfig, {"hidden_size": "64"}, r"hidden_size"),
    (
        RecurrentConfig,
        {"hidden_dropout": 1.0},
        r"hidden_dropout=1.0 is not a dropout probability; use one from 0 up to",
    ),
    (RecurrentConfig, {"token_dropout": 1.5}, r"token_dropout=1.5 is not a dropout probability"),
    (RecurrentConfig, {"embedding_dropout": -0.1}, r"embedding_dropout=-0.1 is not a dropout probability"),
    (RecurrentConfig, {"vocab_size": 10, "pad_token_id": 10}, r"pad_token_id=10 is not a row .* from 0 to 9, or None"),
    (RecurrentConfig, {"class_weights": [1.0], "num_labels": 3}, r"class_weights has 1 entries for 3 labels; give one"),
    (RecurrentConfig, {"class_weights": [1.0, 0.0]}, r"class_weights=\[1.0, 0.0\] must all be above 0"),
    (
        RecurrentConfig,
        {"class_weights": [1.0, 2.0], "problem_type": "regression"},
        r"class_weights do not apply to problem_type='regression'; leave them out",
    ),
    (
        TransformerEncoderConfig,
        {"hidden_size": 30, "num_attention_heads": 4},
        r"=30 does not fit num_attention_heads=4 .* such as 32",
    ),
    (TransformerEncoderConfig, {"num_attention_heads": 0}, r"num_attention_heads=0 must be 1 or more"),
    (TransformerEncoderConfig, {"intermediate_size": 0}, r"intermediate_size=0 must be 1 or more"),
    (TransformerEncoderConfig, {"max_position_embeddings": 0}, r"max_position_embeddings=0 must be 1 or more"),
    (
        TransformerEncoderConfig,
        {"position_embedding": "alibi"},
        r"position_embedding.*'sinusoidal', 'learned', 'rotary'",
    ),
    (TransformerEncoderConfig, {"hidden_act": "geluu"}, r"hidden_act='geluu' is not known; use one of .*gelu"),
    (TransformerEncoderConfig, {"attention_dropout": 2}, r"attention_dropout=2 is not a dropout probability"),
    (
        TransformerEncoderConfig,
        {"position_embedding": "rotary", "hidden_size": 12, "num_attention_heads": 4},
        r"hidden_size=12 does not fit num_attention_heads=4 and position_embedding='rotary'; use a multiple of 8",
    ),
    (
        TransformerEncoderConfig,
        {"position_embedding": "sinusoidal", "hidden_size": 9, "num_attention_heads": 3},
        r"hidden_size=9 does not fit num_attention_heads=3 and position_embedding='sinusoidal'; use a multiple of 6",
    ),
]


def id_of(value: object) -> str | None:
    return (
        "-".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else getattr(value, "model_type", "")
    )


@pytest.mark.parametrize(("made", "settings", "words"), REFUSED, ids=id_of)
def test_what_cannot_work_is_refused_with_a_remedy(made, settings, words):
    with pytest.raises(StrictDataclassError, match=words):
        made(**settings)


@pytest.mark.parametrize(
    ("made", "settings"),
    [
        (RecurrentConfig, {"hidden_size": 7, "bidirectional": False}),
        (RecurrentConfig, {"hidden_dropout": 0, "class_weights": [1, 2]}),
        (RecurrentConfig, {"pad_token_id": None}),
        (TransformerEncoderConfig, {"hidden_size": 9, "num_attention_heads": 3, "position_embedding": "none"}),
    ],
    ids=id_of,
)
def test_what_can_work_is_taken(made, settings):
    for name, value in settings.items():
        assert getattr(made(**settings), name) == value


@pytest.mark.parametrize(
    "settings", [{"hidden_size": 30, "num_attention_heads": 4}, {"hidden_size": 9, "num_attention_heads": 3}]
)
def test_the_remedy_in_the_message_does_work(settings):
    with pytest.raises(StrictDataclassError) as refused:
        TransformerEncoderConfig(**settings)
    remedy = int(str(refused.value).rsplit("such as ", 1)[1].strip(" ."))
    TransformerEncoderConfig(**settings | {"hidden_size": remedy})


@pytest.mark.parametrize(
    ("config_class", "wrong", "right"),
    [
        (RecurrentConfig, "hiden_size", "hidden_size"),
        (RecurrentConfig, "Cell_Type", "cell_type"),
        (TransformerSeq2SeqConfig, "decoder_layer", "decoder_layers"),
        (TransformerEncoderConfig, "hidden_dropout_prob", "hidden_dropout"),
    ],
)
def test_a_misspelt_field_is_refused_with_the_one_that_was_meant(config_class, wrong, right):
    with pytest.raises(ValueError, match=rf"has no field '{wrong}'; did you mean '{right}'\?"):
        config_class(**{wrong: 7})


def test_a_configuration_of_another_version_loads_with_all_its_fields(tmp_path):
    config = RecurrentConfig(num_labels=3, max_length=7, output_attentions=False)
    config.save_pretrained(tmp_path)
    saved = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(saved | {"hiden_size": 7, "to_come": [1]}))
    loaded = RecurrentConfig.from_pretrained(tmp_path)
    assert (loaded.hiden_size, loaded.to_come, loaded.hidden_size) == (7, [1], 256)
    assert RecurrentConfig(**loaded.to_dict()).to_come == [1]


MOVED = {
    "RecurrentForCausalLM": "modeling_recurrent",
    "RecurrentForTokenClassification": "modeling_recurrent",
    "TransformerEncoderForMaskedLM": "modeling_transformer_encoder",
    "TransformerEncoderForTokenClassification": "modeling_transformer_encoder",
}


def test_classes_that_moved_can_be_imported_from_where_they_stood():
    """Each before anything else of ours; the processes have in common what they all import first."""
    code = f"""
import os, sys
import torch, transformers.modeling_utils, transformers.generation
for name, module in {MOVED}.items():
    if not os.fork():
        there = getattr(__import__(f"hf_seq.models.{{module}}", fromlist=[name]), name)
        import hf_seq
        os._exit(0 if there is getattr(hf_seq, name) else 1)
    if os.wait()[1]:
        sys.exit(f"{{name}} cannot be imported from {{module}}")
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=600, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "other",
    [
        {"num_labels": 5},
        {"id2label": dict(enumerate("abcde"))},
        {"num_labels": 5, "problem_type": "multi_label_classification"},
    ],
)
def test_class_weights_do_not_outlive_other_labels(other, tmp_path):
    """They were those of the labels before: nobody could load the model under others, even by class_weights=None."""
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4}
    config = RecurrentConfig(**sizes, class_weights=[1.0, 3.0], problem_type="single_label_classification")
    RecurrentForSequenceClassification(config).save_pretrained(tmp_path)
    load = AutoModelForSequenceClassification.from_pretrained
    model = load(tmp_path, **other, ignore_mismatched_sizes=True)
    assert model.config.class_weights is None
    labels = torch.ones(3, model.num_labels) if "problem_type" in other else torch.full((3,), 4)
    assert torch.isfinite(model(torch.randint(1, 20, (3, 4)), labels=labels).loss)
    assert load(tmp_path, num_labels=2).config.class_weights == [1.0, 3.0]
    weights = [2.0] * model.num_labels
    assert load(tmp_path, **other, ignore_mismatched_sizes=True, class_weights=weights).config.class_weights == weights
