# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which graphs a model is made of, and which models cannot go."""

from typing import Any

from onnx import ModelProto

from hf_seq.errors import InputError
from hf_seq.exporting.forecasting import forecaster
from hf_seq.exporting.graph import OPSETS
from hf_seq.exporting.heads import classifier, language_model, masked_language_model, tagger
from hf_seq.exporting.writing import recurrent_writer, transformer_writer

MODEL = "model"
FAMILIES = {
    *("recurrent", "recurrent_wide", "recurrent_seq2seq"),
    *("transformer_encoder", "transformer_seq2seq", "convolutional"),
    *("recurrent_forecasting", "transformer_forecasting"),
}
SINGLE = {
    "ForSequenceClassification": classifier,
    "ForTokenClassification": tagger,
    "ForMaskedLM": masked_language_model,
    "ForCausalLM": language_model,
    "ForForecasting": forecaster,
}
PAIRS = {"recurrent_seq2seq": recurrent_writer, "transformer_seq2seq": transformer_writer}


def build(model: Any, opset: int) -> dict[str, ModelProto]:
    """Write the graphs of a model of ours.

    Args:
        model: in float32.
        opset: version of ONNX's operators.

    Returns:
        By the names of their files, without suffix: `model`, or `encoder_model` and `decoder_model`.

    Raises:
        InputError: a class or cell that cannot go, or an opset that is not written.
    """
    if opset not in OPSETS:
        raise InputError(f"--opset {opset} is not written; use {OPSETS.start} to {OPSETS.stop - 1}.")
    name = type(model).__name__
    if getattr(model.config, "model_type", None) not in FAMILIES:
        raise InputError(
            f"a {name} is a class of transformers, not of hf_seq, and is not exported here: optimum does that "
            "(`optimum-cli export onnx`); or distil it into a small model of ours first (`hf-seq distill`)."
        )
    if name.endswith("ForConditionalGeneration"):
        return PAIRS[model.config.model_type](model, opset)
    head = next((head for ending, head in SINGLE.items() if name.endswith(ending)), None)
    if head is None:
        raise InputError(
            f"a {name} has no head that answers, so there is nothing to hold its file against; export a model that "
            "was trained for a task."
        )
    return {MODEL: head(model, opset)}
