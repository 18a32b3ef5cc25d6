# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the models that forecast: an encoder over patches of the past, and how the future is told."""

from typing import Any, Literal

from huggingface_hub.dataclasses import strict

from .configuration_recurrent import RecurrentConfig
from .configuration_sequence import SequenceConfig
from .configuration_transformer_encoder import TransformerEncoderConfig

QUANTILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


@strict
class ForecastingConfig(SequenceConfig):
    """Fields that all models that forecast share, beside those of their encoder.

    Every channel is forecast by itself with the same weights (Nie et al. 2023, arXiv:2211.14730), so that a model takes
    any number of channels.

    Args:
        context_length: steps of the past that are read; of longer pasts the last ones.
        horizon: steps of the future that are forecast, all at once.
        patch_length: steps that the encoder reads as one.
        num_channels: channels that the model was trained on, for those who feed it; None: not known.
        num_known: channels that are known of the future as well (`known_values`), such as prices or holidays.
        instance_norm: what is taken out of every past before it is read, and put back into its forecast: `std` takes
            mean and deviation (Kim et al. 2022, reversible instance normalisation, without its affine weights), `last`
            the last value (Zeng et al. 2023, NLinear), `scale` divides by the mean size (Salinas et al. 2020, for
            counts), `none` nothing.
        missing_decay: read a missing value as the one before it, which fades to the mean of the past the longer it is
            missing, as fast as is learnt (Che et al. 2018, GRU-D, arXiv:1606.01865, with softplus for its maximum with
            0, whose gradient can vanish for good); without it as that mean.
        linear_skip: add a linear map from the past to the future (Zeng et al. 2023, arXiv:2205.13504).
        distribution: what is learnt of every future value: `point` its mean, by squared error; `quantile` the
            `quantiles`, by pinball loss; `gaussian`, `student_t` and `negative_binomial` (counts) the parameters of
            a distribution, by likelihood (Salinas et al. 2020, arXiv:1704.04110).
        quantiles: between 0 and 1, rising; what `quantile` learns and every head but `point` answers with.
        num_features: width of a patch as the encoder reads it; it follows from the other fields.

    Raises:
        StrictDataclassError: a value of the wrong type or out of its range, with what to write instead.
    """

    context_length: int = 96
    horizon: int = 24
    patch_length: int = 24
    num_channels: int | None = None
    num_known: int = 0
    instance_norm: Literal["std", "last", "scale", "none"] = "std"
    missing_decay: bool = False
    linear_skip: bool = True
    distribution: Literal["point", "quantile", "gaussian", "student_t", "negative_binomial"] = "quantile"
    quantiles: list[float] | None = None
    vocab_size: int = 1
    pad_token_id: int | None = None
    embedding_dropout: float | int = 0.0
    classifier_dropout: float | int = 0.2

    def __post_init__(self, **kwargs: Any) -> None:
        """Work out how wide a patch is: its values, which of them are there, and what is known beside them."""
        self.quantiles = list(QUANTILES) if self.quantiles is None else self.quantiles
        self.num_features = self.patch_length * (2 + self.num_known)
        super().__post_init__(**kwargs)

    def validate_lengths(self) -> None:
        """Every length is at least one, and a past holds a patch."""
        for name in ("context_length", "horizon", "patch_length", "num_channels"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}={value} must be 1 or more.")
        if self.num_known < 0:
            raise ValueError(f"num_known={self.num_known} must be 0 or more.")
        if self.patch_length > self.context_length:
            raise ValueError(
                f"patch_length={self.patch_length} is above context_length={self.context_length}; make it smaller."
            )

    def validate_quantiles(self) -> None:
        """Quantiles lie between 0 and 1 and rise."""
        levels = self.quantiles or []
        if not levels or any(not 0 < level < 1 for level in levels) or sorted(set(levels)) != levels:
            raise ValueError(f"quantiles={levels} must lie between 0 and 1 and rise, such as [0.1, 0.5, 0.9].")
        if self.distribution == "negative_binomial" and self.instance_norm not in ("scale", "none"):
            raise ValueError(
                f"distribution='negative_binomial' is of counts, which instance_norm={self.instance_norm!r} would "
                "move; use instance_norm='scale', or 'none'."
            )

    @property
    def num_patches(self) -> int:
        """Patches of a past; the first may be filled up."""
        return -(-self.context_length // self.patch_length)

    @property
    def num_parameters(self) -> int:
        """How many numbers tell what is learnt of one future value."""
        widths = {"point": 1, "gaussian": 2, "student_t": 3, "negative_binomial": 2}
        return widths.get(self.distribution, len(self.quantiles or []))


@strict
class RecurrentForecastingConfig(ForecastingConfig, RecurrentConfig):
    """Configuration of `RecurrentForForecasting`; the fields of `RecurrentConfig` and of `ForecastingConfig`.

    Example:
        >>> RecurrentForecastingConfig(context_length=96, horizon=24).num_patches
        4
    """

    model_type = "recurrent_forecasting"

    cell_type: str = "gru"
    bidirectional: bool = False
    embedding_size: int = 128
    hidden_size: int = 128
    num_hidden_layers: int = 1
    pooling: Literal["first", "last", "mean", "max", "attention"] = "last"


@strict
class TransformerForecastingConfig(ForecastingConfig, TransformerEncoderConfig):
    """Configuration of `TransformerEncoderForForecasting`; of `TransformerEncoderConfig` and `ForecastingConfig`.

    Example:
        >>> TransformerForecastingConfig(patch_length=8, context_length=96).num_patches
        12
    """

    model_type = "transformer_forecasting"

    hidden_size: int = 64
    num_hidden_layers: int = 2
    num_attention_heads: int = 4
    intermediate_size: int = 128
    position_embedding: Literal["sinusoidal", "learned", "rotary", "none"] = "rotary"
    pooling: Literal["first", "last", "mean", "max", "attention"] = "attention"


__all__ = ["ForecastingConfig", "RecurrentForecastingConfig", "TransformerForecastingConfig"]
