# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Transformers that forecast: an encoder over patches of the past (PatchTST, Nie et al. 2023, arXiv:2211.14730)."""

from .configuration_forecasting import TransformerForecastingConfig
from .modeling_forecasting import Forecaster
from .modeling_transformer_encoder import TransformerEncoderModel, TransformerEncoderPreTrainedModel


class TransformerEncoderForForecasting(Forecaster, TransformerEncoderPreTrainedModel):
    """A transformer encoder over patches, with what comes after them; see `Forecaster.forward`."""

    config: TransformerForecastingConfig

    def make_encoder(self, config: TransformerForecastingConfig) -> TransformerEncoderModel:
        """Make transformer layers that read patches."""
        return TransformerEncoderModel(config)


__all__ = ["TransformerEncoderForForecasting"]
