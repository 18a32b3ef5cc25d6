# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent models that forecast: an RNN, GRU or LSTM over patches of the past (Lin et al. 2023, arXiv:2308.11200)."""

from .configuration_forecasting import RecurrentForecastingConfig
from .modeling_forecasting import Forecaster
from .modeling_recurrent import RecurrentModel
from .recurrence import RecurrentLayer


class RecurrentForForecasting(Forecaster):
    """A recurrent encoder over patches, with what comes after them; see `Forecaster.forward`."""

    config: RecurrentForecastingConfig
    _no_split_modules = ["RecurrentLayer"]
    _can_record_outputs = {"hidden_states": RecurrentLayer}

    def make_encoder(self, config: RecurrentForecastingConfig) -> RecurrentModel:
        """Make recurrent layers that read patches."""
        return RecurrentModel(config)


__all__ = ["RecurrentForForecasting"]
