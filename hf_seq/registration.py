# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Makes our classes known to transformers' Auto classes, without importing torch before it is needed.

Importing a model class takes seconds, all of them torch's and transformers' own. So `import hf_seq` only leaves word:
as soon as transformers' Auto classes have been imported, by whomever, ours are registered. Where they are there
already, that is at once.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from hf_seq.hub import Pushed

CONFIGS = "transformers.models.auto.configuration_auto"
MODELS = "transformers.models.auto.modeling_auto"
LAYERS = "transformers.modeling_layers"  # our models need it, and it imports MODELS itself, half-way through
PIPELINES = "transformers.pipelines"
FEATURES = "transformers.models.auto.feature_extraction_auto"
OURS = "hf_seq.models."  # any of these may be what brings transformers' modules in, and is then half-way through itself

_loading: set[str] = set()  # watched modules that are half-way through their import


def register() -> None:
    """Register what can be registered by now; a second call changes nothing."""
    if CONFIGS in sys.modules and CONFIGS not in _loading and not any(name.startswith(OURS) for name in _loading):
        _register_configurations()
    if MODELS in sys.modules and not _loading:
        _register_models()
    if not _loading and (FEATURES in sys.modules or f"{OURS}feature_extraction_series" in sys.modules):
        _register_feature_extractor()
    if PIPELINES in sys.modules and not _loading:
        _register_pipelines()


def register_when_needed() -> None:
    """Register what transformers has loaded now, and the rest as soon as it does."""
    if not any(isinstance(finder, _Watcher) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher())
    register()


def _register_configurations() -> None:
    from transformers.models.auto.configuration_auto import AutoConfig

    from hf_seq.models.configuration_convolutional import ConvolutionalConfig
    from hf_seq.models.configuration_forecasting import RecurrentForecastingConfig, TransformerForecastingConfig
    from hf_seq.models.configuration_recurrent import RecurrentConfig
    from hf_seq.models.configuration_recurrent_seq2seq import RecurrentSeq2SeqConfig
    from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig
    from hf_seq.models.configuration_transformer_encoder import TransformerEncoderConfig
    from hf_seq.models.configuration_transformer_seq2seq import TransformerSeq2SeqConfig

    ours = (RecurrentConfig, TransformerEncoderConfig, RecurrentSeq2SeqConfig, TransformerSeq2SeqConfig)
    forecasting = (RecurrentForecastingConfig, TransformerForecastingConfig)
    for config in (*ours, RecurrentWideConfig, ConvolutionalConfig, *forecasting):
        AutoConfig.register(config.model_type, config, exist_ok=True)
        config.register_for_auto_class()  # saving copies the code along


def _register_models() -> None:
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        AutoModel,
        AutoModelForAudioClassification,
        AutoModelForCausalLM,
        AutoModelForMaskedLM,
        AutoModelForSeq2SeqLM,
        AutoModelForSequenceClassification,
        AutoModelForTimeSeriesPrediction,
        AutoModelForTokenClassification,
    )

    from hf_seq.models import modeling_convolutional as convolutional
    from hf_seq.models import modeling_recurrent as recurrent
    from hf_seq.models import modeling_recurrent_seq2seq as recurrent_seq2seq
    from hf_seq.models import modeling_recurrent_wide as recurrent_wide
    from hf_seq.models import modeling_transformer_encoder as transformer_encoder
    from hf_seq.models import modeling_transformer_seq2seq as transformer_seq2seq
    from hf_seq.models.modeling_convolutional_tagging import ConvolutionalForTokenClassification
    from hf_seq.models.modeling_recurrent_forecasting import RecurrentForForecasting
    from hf_seq.models.modeling_recurrent_language import RecurrentForCausalLM
    from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
    from hf_seq.models.modeling_transformer_forecasting import TransformerEncoderForForecasting
    from hf_seq.models.modeling_transformer_masked import TransformerEncoderForMaskedLM
    from hf_seq.models.modeling_transformer_tagging import TransformerEncoderForTokenClassification

    heads = {
        AutoModel: (
            convolutional.ConvolutionalModel,
            recurrent.RecurrentModel,
            transformer_encoder.TransformerEncoderModel,
            recurrent_seq2seq.RecurrentSeq2SeqModel,
            recurrent_wide.RecurrentWideModel,
            transformer_seq2seq.TransformerSeq2SeqModel,
            RecurrentForForecasting,
            TransformerEncoderForForecasting,
        ),
        AutoModelForCausalLM: (RecurrentForCausalLM,),
        AutoModelForMaskedLM: (TransformerEncoderForMaskedLM,),
        AutoModelForSeq2SeqLM: (
            recurrent_seq2seq.RecurrentSeq2SeqForConditionalGeneration,
            transformer_seq2seq.TransformerSeq2SeqForConditionalGeneration,
        ),
        AutoModelForSequenceClassification: (
            convolutional.ConvolutionalForSequenceClassification,
            recurrent.RecurrentForSequenceClassification,
            recurrent_wide.RecurrentWideForSequenceClassification,
            transformer_encoder.TransformerEncoderForSequenceClassification,
        ),
        AutoModelForTokenClassification: (
            ConvolutionalForTokenClassification,
            RecurrentForTokenClassification,
            TransformerEncoderForTokenClassification,
        ),
        AutoModelForTimeSeriesPrediction: (RecurrentForForecasting, TransformerEncoderForForecasting),
    }
    moved: dict[ModuleType, tuple[type, ...]] = {recurrent: (RecurrentForCausalLM, RecurrentForTokenClassification)}
    moved[transformer_encoder] = (TransformerEncoderForMaskedLM, TransformerEncoderForTokenClassification)
    for module, classes in moved.items():  # these can be imported from where they stood before, too
        vars(module).update({each.__name__: each for each in classes})
    for auto, models in heads.items():
        for model in models:
            auto.register(model.config_class, model, exist_ok=True)
            model.register_for_auto_class(auto.__name__)
            setattr(model, "push_to_hub", _push_to_hub)  # noqa: B010 - mypy takes no other signature
    for model in heads[AutoModelForSequenceClassification]:  # frames of sound are series; saved code names both
        AutoModelForAudioClassification.register(model.config_class, model, exist_ok=True)
    # Trainer looks class names up here to know whose labels label smoothing must shift
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES["recurrent"] = RecurrentForCausalLM.__name__


def _push_to_hub(self: "PreTrainedModel", repo_id: str, **settings: Any) -> "Pushed":
    """Push to the Hub as `hf_seq.hub.push_model` does; where hf_seq is missing, transformers' own is left."""
    from hf_seq.hub.push_model import push_model

    return push_model(self, repo_id, **settings)


def _register_feature_extractor() -> None:
    from transformers.models.auto.feature_extraction_auto import AutoFeatureExtractor

    from hf_seq.models.configuration_convolutional import ConvolutionalConfig
    from hf_seq.models.configuration_forecasting import RecurrentForecastingConfig, TransformerForecastingConfig
    from hf_seq.models.configuration_recurrent import RecurrentConfig
    from hf_seq.models.configuration_transformer_encoder import TransformerEncoderConfig
    from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor
    from hf_seq.models.feature_extraction_events import EventFeatureExtractor
    from hf_seq.models.feature_extraction_forecasting import ForecastingFeatureExtractor
    from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor

    for config in (RecurrentConfig, TransformerEncoderConfig, ConvolutionalConfig):
        AutoFeatureExtractor.register(config, SeriesFeatureExtractor, exist_ok=True)
    for config in (RecurrentForecastingConfig, TransformerForecastingConfig):
        AutoFeatureExtractor.register(config, ForecastingFeatureExtractor, exist_ok=True)
    # no configuration leads to these, since models of sound and events are models of series; their own names do
    for extractor in (AudioFeatureExtractor, EventFeatureExtractor):
        AutoFeatureExtractor.register(extractor, extractor, exist_ok=True)
        extractor.register_for_auto_class("AutoFeatureExtractor")
    ForecastingFeatureExtractor.register_for_auto_class("AutoFeatureExtractor")
    SeriesFeatureExtractor.register_for_auto_class("AutoFeatureExtractor")


def _register_pipelines() -> None:
    import transformers
    from transformers.pipelines import PIPELINE_REGISTRY

    from hf_seq.models.pipeline_audio import CLASSIFICATION_TASK, ClipClassificationPipeline
    from hf_seq.models.pipeline_forecasting import PIPELINES as OF_FORECASTING
    from hf_seq.models.pipeline_series import PIPELINES as OF_SERIES
    from hf_seq.models.pipeline_tagging import PIPELINES as OF_TAGGING
    from hf_seq.models.pipeline_writing import PIPELINES as OF_WRITING

    PIPELINE_REGISTRY.supported_tasks[CLASSIFICATION_TASK]["impl"] = ClipClassificationPipeline
    ours: list[tuple[str, dict[str, Any]]]
    ours = [("multimodal", OF_SERIES), ("multimodal", OF_FORECASTING), ("text", OF_TAGGING), ("text", OF_WRITING)]
    for kind, pipelines in ours:
        for task, (pipeline, auto) in pipelines.items():
            if task not in PIPELINE_REGISTRY.supported_tasks:
                models = (getattr(transformers, auto),)
                PIPELINE_REGISTRY.register_pipeline(task, pipeline, pt_model=models, type=kind)


class _Watcher(MetaPathFinder):
    """Finds the watched modules as usual, and registers when their import is complete."""

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in (CONFIGS, MODELS, LAYERS, FEATURES, PIPELINES) and not name.startswith(OURS):
            return None
        spec = PathFinder.find_spec(name, path)  # type: ignore[arg-type]
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Announcing(spec.loader.name, spec.loader.path)
        return spec


class _Announcing(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        _loading.add(module.__name__)
        try:
            super().exec_module(module)
        finally:
            _loading.discard(module.__name__)
        register()
