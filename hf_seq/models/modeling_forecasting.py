# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
r"""From the past of series to their future, all steps at once, whatever encoder reads the past.

B batch · T steps of the past, padding included · C channels · K channels known of the future · L context_length ·
F horizon · N = B x C series of one channel · P numbers a value · Q quantiles · H hidden_size

    past (B, T, C) -> the last L real steps (N, L) -> instance norm -> patches -> encoder -> (N, H) -> (N, F, P)
                                                   \-> linear skip ------------------------------->  +

Every channel is a series of its own under shared weights (Nie et al. 2023, arXiv:2211.14730). What is missing is NaN.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.processing_utils import Unpack
from transformers.utils import ModelOutput, TransformersKwargs
from transformers.utils.generic import can_return_tuple

from .configuration_forecasting import ForecastingConfig
from .distributions import located, losses, point, quantiles
from .dropout import Dropout
from .keywords import PASSED_ON, refuse_unknown
from .modeling_sequence import SequencePreTrainedModel
from .padding import Padding, find_padding
from .pooling import Pooling

SMALLEST_VARIANCE = 1e-5
"""Added to the variance of a past, so that a constant one is not divided by nothing."""


@dataclass
class ForecastingOutput(ModelOutput):
    """What a forecast gives.

    Attributes:
        loss: () where labels were given.
        predictions: (B, F, C) one number for every future value.
        quantiles: (B, F, C, Q) at the configuration's `quantiles`, rising; None for the head `point`.
        parameters: (B, F, C, P) of the distribution, see `distributions.located`.
        hidden_states: of the encoder, (N, patches, H) each.
        attentions: of the encoder.
    """

    loss: Tensor | None = None
    predictions: Tensor | None = None
    quantiles: Tensor | None = None
    parameters: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


class Forecaster(SequencePreTrainedModel):
    """Base of the models that forecast: everything but the encoder, which a subclass makes in `make_encoder`."""

    config: ForecastingConfig
    base_model_prefix = ""  # it is what `AutoModel` loads, too: its encoder alone reads patches and answers nothing
    main_input_name = "input_values"

    def __init__(self, config: ForecastingConfig) -> None:
        super().__init__(config)
        self.model = self.make_encoder(config)
        bidirectional = getattr(config, "bidirectional", False)
        self.pooling = Pooling(config.pooling, config.hidden_size, bidirectional)
        self.head = ForecastingHead(config)
        self.fading = nn.Linear(1, 1) if config.missing_decay else None
        self.post_init()

    def make_encoder(self, config: Any) -> nn.Module:
        """Make what reads patches, (N, patches, width) to (N, patches, H)."""
        raise NotImplementedError

    @property
    def _embeddings(self) -> Any:
        return self.model.embeddings

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_values: Tensor | None = None,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        known_values: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> ForecastingOutput:
        """Forecast every channel of every series.

        Args:
            input_values: (B, T, C) the past, its end last; NaN where a value is missing.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            labels: (B, F, C) what came; NaN where nobody knows.
            known_values: (B, T + F, K) what is known of past and future, for models made with `num_known`.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            predictions (B, F, C), quantiles (B, F, C, Q), parameters (B, F, C, P); loss () when labels were given.

        Raises:
            ValueError: inputs, mask or labels of the wrong shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        past, known, future = self._read(input_values, attention_mask, known_values)  # (N, L), (N, L, K), (N, F, K)
        scaled = InstanceNorm(self.config.instance_norm, past)
        steps, observed = scaled.standardised, scaled.observed  # (N, L)
        if self.fading is not None:
            kept = torch.exp(-F.softplus(self.fading(scaled.missed.unsqueeze(-1)))).squeeze(-1)
            steps = torch.where(observed, steps, scaled.filled * kept)
        patches, padding = into_patches(self.config, steps, observed, known)
        outputs = self.model(input_values=patches, attention_mask=padding, return_dict=True, **kwargs)
        summary, _ = self.pooling(outputs.last_hidden_state, padding)  # (N, H)
        raw = self.head(summary, scaled.filled, future)  # (N, F, P)
        found = located(self.config.distribution, raw.float(), scaled.centre, scaled.spread)
        return self._answer(found, input_values, labels, num_items_in_batch, outputs)

    def _read(
        self, values: Tensor | None, attention_mask: Tensor | None, known_values: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Check the inputs, and cut them to the last L real steps of each channel."""
        config = self.config
        if values is None or values.dim() != 3 or values.shape[1] == 0:
            shape = None if values is None else tuple(values.shape)
            raise ValueError(f"input_values has shape {shape}; it must be (batch, steps, channels), a step at least.")
        batch, steps, channels = values.shape
        if (known_values is None) != (config.num_known == 0):
            raise ValueError(
                f"this model was made with num_known={config.num_known}; give known_values (B, T + {config.horizon}, "
                "K) if and only if that is above 0."
            )
        padding = find_padding(attention_mask, values)
        past = last_steps(values, padding, config.context_length).transpose(1, 2).flatten(0, 1)  # (N, L)
        if known_values is None:
            nothing = values.new_zeros(batch * channels, 0)
            return past, nothing.view(len(past), 0, 0), nothing.view(len(past), 0, 0)
        wanted = (batch, steps + config.horizon, config.num_known)
        if known_values.shape != wanted:
            raise ValueError(f"known_values has shape {tuple(known_values.shape)}; it must be {wanted}.")
        before, future = known_values[:, :steps].nan_to_num(), known_values[:, steps:].nan_to_num()
        before = last_steps(before, padding, config.context_length).nan_to_num()  # (B, L, K)
        return past, before.repeat_interleave(channels, 0), future.repeat_interleave(channels, 0)

    def _answer(
        self, found: Tensor, values: Any, labels: Tensor | None, items: Tensor | int | None, outputs: Any
    ) -> ForecastingOutput:
        """Put the channels back together, and take the loss."""
        config, (batch, _, channels) = self.config, values.shape
        levels, kind = torch.tensor(config.quantiles, device=found.device), config.distribution
        slow = self.training and kind == "negative_binomial"
        bands = None if slow else quantiles(kind, found, levels)  # (N, F, Q)

        def together(each: Tensor | None) -> Tensor | None:
            return None if each is None else each.unflatten(0, (batch, channels)).transpose(1, 2)  # (B, F, C, ...)

        loss = None
        if labels is not None:
            wanted = (batch, config.horizon, channels)
            if labels.shape != wanted:
                raise ValueError(f"labels have shape {tuple(labels.shape)}; they must be {wanted}, NaN where unknown.")
            flat = labels.float().transpose(1, 2).flatten(0, 1)  # (N, F)
            there = ~flat.isnan()
            each = losses(kind, found, flat.nan_to_num(), levels)
            loss = each.masked_fill(~there, 0.0).sum() / (there.sum().clamp(min=1) if items is None else items)
        return ForecastingOutput(
            loss=loss,
            predictions=together(point(kind, bands if bands is not None and kind == "quantile" else found, levels)),
            quantiles=together(bands),
            parameters=together(found),
            hidden_states=outputs.hidden_states,
            attentions=getattr(outputs, "attentions", None),
        )


class ForecastingHead(nn.Module):
    """From what the encoder made of the past to P numbers for every future step, and the linear skip beside it.

    Args:
        config: says the widths.
    """

    def __init__(self, config: ForecastingConfig) -> None:
        super().__init__()
        self.numbers = config.num_parameters
        self.moved = self.numbers if config.distribution == "quantile" else 1  # numbers that are a place
        self.dropout = Dropout(config.classifier_dropout)
        self.future = nn.Linear(config.hidden_size, config.horizon * self.numbers)
        self.skip = nn.Linear(config.context_length, config.horizon) if config.linear_skip else None
        self.known: nn.Module | None = None
        if config.num_known:
            self.known = nn.Sequential(
                nn.Linear(config.hidden_size + config.num_known, config.hidden_size),
                nn.ReLU(),
                nn.Linear(config.hidden_size, self.numbers),
            )

    def forward(self, summary: Tensor, past: Tensor, known: Tensor) -> Tensor:
        """Give raw numbers (N, F, P) from a summary (N, H), the past (N, L) and what is known ahead (N, F, K)."""
        summary = self.dropout(summary)
        raw = self.future(summary).unflatten(-1, (-1, self.numbers))  # (N, F, P)
        if self.known is not None:
            beside = summary.unsqueeze(1).expand(-1, known.shape[1], -1)
            raw = raw + self.known(torch.cat([beside, known.to(summary.dtype)], dim=-1))
        if self.skip is None:
            return raw
        line = self.skip(past.to(summary.dtype)).unsqueeze(-1)  # (N, F, 1)
        return raw + F.pad(line.expand(-1, -1, self.moved), (0, self.numbers - self.moved))


class InstanceNorm:
    """What is taken out of each past, and put back into its forecast.

    Args:
        kind: `instance_norm` of the configuration.
        past: (N, L), NaN where nothing is known.

    Attributes:
        observed: (N, L) bool, where a value is there.
        centre: (N, 1, 1) float32, 0 where nothing was observed.
        spread: (N, 1, 1) float32.
        standardised: (N, L), 0 where a value is missing.
        filled: (N, L), a missing value is the one before it, or 0 where there is none.
        missed: (N, L), the logarithm of 1 + the steps since a value was there, 0 where one is.
    """

    def __init__(self, kind: str, past: Tensor) -> None:
        self.observed = ~past.isnan()
        values = past.float().nan_to_num()
        steps = torch.arange(past.shape[1], device=past.device).expand_as(past)
        latest = torch.where(self.observed, steps, 0).cummax(1).values  # (N, L) where the last value stands
        centre, spread = values.new_zeros(len(values), 1), values.new_ones(len(values), 1)
        if kind == "last":
            centre = values.gather(1, latest[:, -1:])
        elif kind == "std":
            count = self.observed.sum(1, keepdim=True).clamp(min=1)
            centre = values.sum(1, keepdim=True) / count
            apart = torch.where(self.observed, values - centre, 0.0)
            spread = torch.sqrt(apart.square().sum(1, keepdim=True) / count + SMALLEST_VARIANCE)
        elif kind == "scale":
            count = self.observed.sum(1, keepdim=True).clamp(min=1)
            spread = 1 + values.abs().sum(1, keepdim=True) / count
        self.standardised = torch.where(self.observed, (values - centre) / spread, 0.0)
        self.filled = self.standardised.gather(1, latest)
        self.missed = torch.log1p((steps - latest).to(past.dtype))
        self.centre, self.spread = centre.unsqueeze(-1), spread.unsqueeze(-1)


def last_steps(values: Tensor, padding: Padding | None, length: int) -> Tensor:
    """Put the last real steps of each row at the end of `length` steps: (B, T, C) to (B, L, C), NaN before them."""
    if padding is None:
        kept = values[:, -length:]
        return F.pad(kept, (0, 0, length - kept.shape[1], 0), value=torch.nan)
    after = padding.mask.long().flip(1).cumsum(1).flip(1)  # (B, T) real steps from this one on
    positions = torch.where(padding.mask & (after <= length), length - after, length)  # (B, T); L is dropped
    found = values.new_full((values.shape[0], length + 1, values.shape[2]), torch.nan)
    found = found.scatter(1, positions.unsqueeze(-1).expand_as(values), values)
    return found[:, :length]


def into_patches(
    config: ForecastingConfig, steps: Tensor, observed: Tensor, known: Tensor
) -> tuple[Tensor, Padding | None]:
    """Cut pasts into patches, the first of which may be filled up.

    Args:
        config: says how long they are.
        steps: (N, L) standardised.
        observed: (N, L).
        known: (N, L, K), or without a width.

    Returns:
        (N, patches, width): values, which of them are there, and what is known beside them; and which patches hold
        something. The last one always counts, so that there is something to read.
    """
    missing = config.num_patches * config.patch_length - steps.shape[1]
    there = F.pad(observed.to(steps.dtype), (missing, 0)).unflatten(1, (config.num_patches, -1))  # (N, patches, length)
    parts = [F.pad(steps, (missing, 0)).unflatten(1, (config.num_patches, -1)), there]
    if known.shape[-1]:
        beside = F.pad(known.to(steps.dtype), (0, 0, missing, 0)).unflatten(1, (config.num_patches, -1))
        parts.append(beside.flatten(2))  # (N, patches, length x K)
    mask = there.any(-1)
    mask = torch.cat([mask[:, :-1], torch.ones_like(mask[:, -1:])], dim=1)
    return torch.cat(parts, dim=-1), find_padding(mask, steps[:, : config.num_patches])


__all__ = ["Forecaster", "ForecastingHead", "ForecastingOutput", "InstanceNorm", "into_patches", "last_steps"]
