# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The sequence models that transformers leaves out, as real Hugging Face models.

Importing this package makes every class known to the Auto classes, so `AutoModelForSequenceClassification`
loads what hf_seq saved. Public names are imported when first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from hf_seq.registration import register_when_needed

if TYPE_CHECKING:
    from hf_seq.data import load_splits, load_text_splits
    from hf_seq.errors import InputError
    from hf_seq.models.configuration_recurrent import RecurrentConfig
    from hf_seq.models.configuration_recurrent_seq2seq import RecurrentSeq2SeqConfig
    from hf_seq.models.configuration_transformer_encoder import TransformerEncoderConfig
    from hf_seq.models.configuration_transformer_seq2seq import TransformerSeq2SeqConfig
    from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
    from hf_seq.models.modeling_recurrent import (
        RecurrentForCausalLM,
        RecurrentForSequenceClassification,
        RecurrentForTokenClassification,
        RecurrentModel,
    )
    from hf_seq.models.modeling_recurrent_seq2seq import (
        RecurrentSeq2SeqForConditionalGeneration,
        RecurrentSeq2SeqModel,
    )
    from hf_seq.models.modeling_transformer_encoder import (
        TransformerEncoderForMaskedLM,
        TransformerEncoderForSequenceClassification,
        TransformerEncoderForTokenClassification,
        TransformerEncoderModel,
    )
    from hf_seq.models.modeling_transformer_seq2seq import (
        TransformerSeq2SeqForConditionalGeneration,
        TransformerSeq2SeqModel,
    )
    from hf_seq.predictors.language import LanguageModel
    from hf_seq.predictors.masked_language import MaskedLanguageModel
    from hf_seq.predictors.text import Predictor
    from hf_seq.text import train_tokenizer
    from hf_seq.tracing import trace

__version__ = "0.1.0.dev0"

_HOMES = {
    "InputError": ".errors",
    "LanguageModel": ".language_model",
    "MaskedLanguageModel": ".masked_language_model",
    "Predictor": ".predictor",
    "RecurrentConfig": ".models.configuration_recurrent",
    "RecurrentForCausalLM": ".models.modeling_recurrent",
    "RecurrentForSequenceClassification": ".models.modeling_recurrent",
    "RecurrentForTokenClassification": ".models.modeling_recurrent",
    "RecurrentModel": ".models.modeling_recurrent",
    "RecurrentSeq2SeqConfig": ".models.configuration_recurrent_seq2seq",
    "RecurrentSeq2SeqForConditionalGeneration": ".models.modeling_recurrent_seq2seq",
    "RecurrentSeq2SeqModel": ".models.modeling_recurrent_seq2seq",
    "SeriesFeatureExtractor": ".models.feature_extraction_series",
    "TransformerEncoderConfig": ".models.configuration_transformer_encoder",
    "TransformerEncoderForMaskedLM": ".models.modeling_transformer_encoder",
    "TransformerEncoderForSequenceClassification": ".models.modeling_transformer_encoder",
    "TransformerEncoderForTokenClassification": ".models.modeling_transformer_encoder",
    "TransformerEncoderModel": ".models.modeling_transformer_encoder",
    "TransformerSeq2SeqConfig": ".models.configuration_transformer_seq2seq",
    "TransformerSeq2SeqForConditionalGeneration": ".models.modeling_transformer_seq2seq",
    "TransformerSeq2SeqModel": ".models.modeling_transformer_seq2seq",
    "load_splits": ".data",
    "load_text_splits": ".data",
    "trace": ".tracing",
    "train_tokenizer": ".text",
}

__all__ = [
    "InputError",
    "LanguageModel",
    "MaskedLanguageModel",
    "Predictor",
    "RecurrentConfig",
    "RecurrentForCausalLM",
    "RecurrentForSequenceClassification",
    "RecurrentForTokenClassification",
    "RecurrentModel",
    "RecurrentSeq2SeqConfig",
    "RecurrentSeq2SeqForConditionalGeneration",
    "RecurrentSeq2SeqModel",
    "SeriesFeatureExtractor",
    "TransformerEncoderConfig",
    "TransformerEncoderForMaskedLM",
    "TransformerEncoderForSequenceClassification",
    "TransformerEncoderForTokenClassification",
    "TransformerEncoderModel",
    "TransformerSeq2SeqConfig",
    "TransformerSeq2SeqForConditionalGeneration",
    "TransformerSeq2SeqModel",
    "load_splits",
    "load_text_splits",
    "trace",
    "train_tokenizer",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


register_when_needed()
