# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The families of models that go through transformers' test suite, and what it must be told of each.

To add a family: an entry of `FAMILIES`. To add a head: its table in `TABLES`, its labels in `training_batch` where
they differ, and cases in `cases.py`.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers.models.auto import modeling_auto

import hf_seq

from .cases import FEATURES, FORECAST, Case

HEAD_OF_SEQUENCE = "ForSequenceClassification"

# The mixins look class names up in these tables; registering with the Auto classes fills others.
TABLES = {
    "Model": modeling_auto.MODEL_MAPPING_NAMES,
    HEAD_OF_SEQUENCE: modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    "ForTokenClassification": modeling_auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES,
    "ForCausalLM": modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    "ForMaskedLM": modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    FORECAST: modeling_auto.MODEL_FOR_TIME_SERIES_PREDICTION_MAPPING_NAMES,
    "ForConditionalGeneration": modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
}


@dataclass(frozen=True)
class Family:
    """How the classes of a family begin, and the fields that make its models tiny.

    `config_name` and `heads` are said where the configuration is not called after the family, or not all heads are.
    """

    prefix: str
    tiny: dict[str, Any] = field(hash=False)
    has_attentions: bool = False
    is_encoder_decoder: bool = False
    config_name: str = ""
    heads: tuple[str, ...] = ()

    @property
    def config_class(self) -> type:
        """Configuration of the family."""
        return getattr(hf_seq, self.config_name or self.prefix + "Config")

    def classes(self, heads: tuple[str, ...]) -> tuple[type, ...]:
        """The model classes that end as `heads` say."""
        return tuple(getattr(hf_seq, self.prefix + head) for head in heads)


FAMILIES = {
    "recurrent": Family("Recurrent", {"embedding_size": 32}),
    "recurrent_wide": Family("RecurrentWide", {"embedding_size": 32, "num_ngrams": 9}),
    "convolutional": Family("Convolutional", {"embedding_size": 32, "kernel_size": 3}),
    "transformer_encoder": Family(
        "TransformerEncoder",
        {"num_attention_heads": 4, "intermediate_size": 37, "max_position_embeddings": 64},
        has_attentions=True,
    ),
    "recurrent_seq2seq": Family("RecurrentSeq2Seq", {"embedding_size": 32}, is_encoder_decoder=True),
    "transformer_seq2seq": Family(
        "TransformerSeq2Seq",
        {"num_attention_heads": 4, "intermediate_size": 37, "max_position_embeddings": 64},
        has_attentions=True,
        is_encoder_decoder=True,
    ),
    "recurrent_forecasting": Family(
        "Recurrent", {"embedding_size": 32}, config_name="RecurrentForecastingConfig", heads=(FORECAST,)
    ),
    "transformer_forecasting": Family(
        "TransformerEncoder",
        {"num_attention_heads": 4, "intermediate_size": 37},
        has_attentions=True,
        config_name="TransformerForecastingConfig",
        heads=(FORECAST,),
    ),
}

for model_type, each in FAMILIES.items():
    for ending, table in TABLES.items():
        if hasattr(hf_seq, each.prefix + ending) and (ending in each.heads or (not each.heads and ending != FORECAST)):
            table[model_type] = each.prefix + ending


class ModelTester:
    """The tiny configuration and inputs of one case, in the form that transformers' mixins ask for."""

    batch_size, seq_length, hidden_size, num_hidden_layers, vocab_size = 3, 7, 32, 2, 99
    num_attention_heads, intermediate_size = 4, 37
    is_training = True

    def __init__(self, case: Case):
        self.case = case
        self.family = FAMILIES[case.family]

    def settings(self) -> dict[str, Any]:
        """Configuration fields of the case."""
        common = {
            "vocab_size": self.vocab_size,
            "hidden_size": self.hidden_size,
            "num_hidden_layers": self.num_hidden_layers,
        }
        return common | self.family.tiny | self.case.settings

    def get_config(self):
        names = dict(enumerate(self.case.label_names))
        return self.family.config_class(
            **self.settings(), id2label=names, label2id={name: index for index, name in names.items()}
        )

    def prepare_config_and_inputs_for_common(self):
        if self.case.forecasts:
            past = self.seq_length * self.case.settings["patch_length"]
            mask = torch.ones(self.batch_size, past, dtype=torch.long)
            mask[-1, :2] = 0
            return self.get_config(), {"input_values": torch.rand(self.batch_size, past, 1), "attention_mask": mask}
        shape = (self.batch_size, self.seq_length)
        mask = torch.ones(shape, dtype=torch.long)
        mask[-1, -2:] = 0  # one row is padded
        if self.case.numeric:
            return self.get_config(), {"input_values": torch.rand(*shape, FEATURES), "attention_mask": mask}
        inputs = {"input_ids": torch.randint(1, self.vocab_size, shape), "attention_mask": mask}
        if self.family.is_encoder_decoder:
            inputs |= {
                "decoder_input_ids": torch.randint(4, self.vocab_size, shape),
                "decoder_attention_mask": mask.clone(),
            }
        return self.get_config(), inputs


def training_batch(case: Case, batch_size: int, seq_length: int, vocab_size: int) -> dict[str, Tensor]:
    """A batch that a model can learn by heart: random inputs, and labels of the kind that its head takes."""
    if case.forecasts:
        past = torch.randn(batch_size, case.settings["context_length"], 1)
        return {"input_values": past, "labels": torch.randn(batch_size, case.settings["horizon"], 1)}
    ids = torch.randint(1, vocab_size, (batch_size, seq_length))
    if case.heads[-1] in ("ForCausalLM", "ForMaskedLM", "ForConditionalGeneration"):
        return {"input_ids": ids, "labels": ids.clone()}
    labels = (torch.arange(batch_size) if HEAD_OF_SEQUENCE in case.heads else ids) % len(case.label_names)
    if not case.numeric:
        return {"input_ids": ids, "labels": labels}
    values = torch.rand(batch_size, seq_length, FEATURES)
    if labels.dim() > 1:
        values += torch.nn.functional.one_hot(labels, FEATURES)  # there is nothing to learn in noise alone
    return {"input_values": values, "labels": labels}
