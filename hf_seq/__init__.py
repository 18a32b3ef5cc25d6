# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The sequence models that transformers leaves out, as real Hugging Face models.

Importing this package makes every class known to the Auto classes, so `AutoModelForSequenceClassification`
loads what hf_seq saved. Public names are imported when first used.
"""

from typing import TYPE_CHECKING

from hf_seq.lazy_names import public_names
from hf_seq.registration import register_when_needed

if TYPE_CHECKING:  # the one list of public names: editors and type checkers read it, and so does `public_names`
    from hf_seq import teach as teach
    from hf_seq.api.trained import TrainedModel as TrainedModel
    from hf_seq.api.verbs import check as check
    from hf_seq.api.verbs import compare as compare
    from hf_seq.api.verbs import distill as distill
    from hf_seq.api.verbs import evaluate as evaluate
    from hf_seq.api.verbs import train as train
    from hf_seq.data import CheckReport as CheckReport
    from hf_seq.data import Splits as Splits
    from hf_seq.data import load_splits as load_splits
    from hf_seq.data import load_text_splits as load_text_splits
    from hf_seq.errors import InputError as InputError
    from hf_seq.exporting.running import export as export
    from hf_seq.models.configuration_convolutional import ConvolutionalConfig as ConvolutionalConfig
    from hf_seq.models.configuration_forecasting import RecurrentForecastingConfig as RecurrentForecastingConfig
    from hf_seq.models.configuration_forecasting import TransformerForecastingConfig as TransformerForecastingConfig
    from hf_seq.models.configuration_recurrent import RecurrentConfig as RecurrentConfig
    from hf_seq.models.configuration_recurrent_seq2seq import RecurrentSeq2SeqConfig as RecurrentSeq2SeqConfig
    from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig as RecurrentWideConfig
    from hf_seq.models.configuration_transformer_encoder import TransformerEncoderConfig as TransformerEncoderConfig
    from hf_seq.models.configuration_transformer_seq2seq import TransformerSeq2SeqConfig as TransformerSeq2SeqConfig
    from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor as AudioFeatureExtractor
    from hf_seq.models.feature_extraction_events import EventFeatureExtractor as EventFeatureExtractor
    from hf_seq.models.feature_extraction_forecasting import ForecastingFeatureExtractor as ForecastingFeatureExtractor
    from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor as SeriesFeatureExtractor
    from hf_seq.models.modeling_convolutional import (
        ConvolutionalForSequenceClassification as ConvolutionalForSequenceClassification,
    )
    from hf_seq.models.modeling_convolutional import ConvolutionalModel as ConvolutionalModel
    from hf_seq.models.modeling_convolutional_tagging import (
        ConvolutionalForTokenClassification as ConvolutionalForTokenClassification,
    )
    from hf_seq.models.modeling_recurrent import (
        RecurrentForSequenceClassification as RecurrentForSequenceClassification,
    )
    from hf_seq.models.modeling_recurrent import RecurrentModel as RecurrentModel
    from hf_seq.models.modeling_recurrent_forecasting import RecurrentForForecasting as RecurrentForForecasting
    from hf_seq.models.modeling_recurrent_language import RecurrentForCausalLM as RecurrentForCausalLM
    from hf_seq.models.modeling_recurrent_seq2seq import (
        RecurrentSeq2SeqForConditionalGeneration as RecurrentSeq2SeqForConditionalGeneration,
    )
    from hf_seq.models.modeling_recurrent_seq2seq import RecurrentSeq2SeqModel as RecurrentSeq2SeqModel
    from hf_seq.models.modeling_recurrent_tagging import (
        RecurrentForTokenClassification as RecurrentForTokenClassification,
    )
    from hf_seq.models.modeling_recurrent_wide import (
        RecurrentWideForSequenceClassification as RecurrentWideForSequenceClassification,
    )
    from hf_seq.models.modeling_recurrent_wide import RecurrentWideModel as RecurrentWideModel
    from hf_seq.models.modeling_transformer_encoder import (
        TransformerEncoderForSequenceClassification as TransformerEncoderForSequenceClassification,
    )
    from hf_seq.models.modeling_transformer_encoder import TransformerEncoderModel as TransformerEncoderModel
    from hf_seq.models.modeling_transformer_forecasting import (
        TransformerEncoderForForecasting as TransformerEncoderForForecasting,
    )
    from hf_seq.models.modeling_transformer_masked import (
        TransformerEncoderForMaskedLM as TransformerEncoderForMaskedLM,
    )
    from hf_seq.models.modeling_transformer_seq2seq import (
        TransformerSeq2SeqForConditionalGeneration as TransformerSeq2SeqForConditionalGeneration,
    )
    from hf_seq.models.modeling_transformer_seq2seq import TransformerSeq2SeqModel as TransformerSeq2SeqModel
    from hf_seq.models.modeling_transformer_tagging import (
        TransformerEncoderForTokenClassification as TransformerEncoderForTokenClassification,
    )
    from hf_seq.predictors.audio import AudioPredictor as AudioPredictor
    from hf_seq.predictors.door import load as load
    from hf_seq.predictors.events import EventPredictor as EventPredictor
    from hf_seq.predictors.events import NextEventPredictor as NextEventPredictor
    from hf_seq.predictors.forecasting import ForecastPredictor as ForecastPredictor
    from hf_seq.predictors.language import LanguageModel as LanguageModel
    from hf_seq.predictors.masked_language import MaskedLanguageModel as MaskedLanguageModel
    from hf_seq.predictors.series import SeriesPredictor as SeriesPredictor
    from hf_seq.predictors.series import SeriesTagger as SeriesTagger
    from hf_seq.predictors.text import Predictor as Predictor
    from hf_seq.predictors.words import TaggingPredictor as TaggingPredictor
    from hf_seq.predictors.writer import Translator as Translator
    from hf_seq.progress import print_progress as print_progress
    from hf_seq.reports.comparison import Comparison as Comparison
    from hf_seq.reports.record import Record as Record
    from hf_seq.search.running import fit as fit
    from hf_seq.text import train_tokenizer as train_tokenizer
    from hf_seq.tracing import trace as trace

__version__ = "0.2.0"


if not TYPE_CHECKING:  # a type checker that saw it would believe that every name exists
    __getattr__, __dir__ = public_names(globals())

register_when_needed()
