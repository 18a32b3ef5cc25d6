# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a forecast knows of every future value: its mean, some quantiles, or the parameters of a distribution.

N series · T future steps · P numbers that tell what is learnt of a value · Q quantiles

A head gives P raw numbers. `located` puts them into the units of the series, `losses` holds them against what came,
`point` and `quantiles` read them.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

SMALLEST_SCALE = 1e-4
"""Of a standardised series."""
LEAST_FREEDOM = 2.1
"""Degrees of freedom of Student's t, so that it has a variance."""


def located(kind: str, raw: Tensor, centre: Tensor, spread: Tensor) -> Tensor:
    """Turn what a head gave into parameters in the units of the series.

    Args:
        kind: `distribution` of the configuration.
        raw: (N, T, P).
        centre: (N, 1, 1), added.
        spread: (N, 1, 1), multiplied.

    Returns:
        (N, T, P): the mean; quantiles, which need not rise; location, scale and degrees of freedom.
    """
    if kind in ("point", "quantile"):
        return raw * spread + centre
    location = raw[..., :1] * spread + centre
    scale = (F.softplus(raw[..., 1:2]) + SMALLEST_SCALE) * spread
    return torch.cat([location, scale, LEAST_FREEDOM + F.softplus(raw[..., 2:])], dim=-1)


def losses(kind: str, parameters: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    """Hold parameters (N, T, P) against what came, (N, T): the loss of each value, (N, T)."""
    if kind == "point":
        return (parameters[..., 0] - values).square()
    if kind == "quantile":  # the pinball loss, twice, so that the median's is the absolute error
        errors = values.unsqueeze(-1) - parameters  # (N, T, Q)
        return 2 * torch.maximum(levels * errors, (levels - 1) * errors).mean(-1)
    location, scale = parameters[..., 0], parameters[..., 1]
    if kind == "gaussian":
        return -torch.distributions.Normal(location, scale, validate_args=False).log_prob(values)
    return -torch.distributions.StudentT(parameters[..., 2], location, scale, validate_args=False).log_prob(values)


def start_of(kind: str, errors: Tensor, levels: list[float]) -> Tensor:
    """Find the raw numbers that tell of errors (N, T) what there is to know, step by step: (T, P).

    For a head to begin with, where something else makes the forecast.
    """
    if kind == "quantile":
        return torch.quantile(errors.double(), torch.tensor(levels, dtype=torch.float64), dim=0).T.float()
    mean, scale = errors.mean(0), errors.std(0).clamp(min=10 * SMALLEST_SCALE)
    if kind == "point":
        return mean.unsqueeze(-1)
    raw_scale = torch.log(torch.expm1(scale))  # what softplus turns into the scale
    return torch.stack([mean, raw_scale, torch.full_like(mean, 1.0)][: 2 if kind == "gaussian" else 3], dim=-1)


def point(kind: str, parameters: Tensor, levels: Tensor) -> Tensor:
    """Give one number for each value, (N, T): the mean, or of quantiles that nearest to the median."""
    if kind != "quantile":
        return parameters[..., 0]
    ordered = parameters.sort(-1).values
    return ordered[..., int((levels - 0.5).abs().argmin())]


def quantiles(kind: str, parameters: Tensor, levels: Tensor) -> Tensor | None:
    """Give quantiles at levels (Q,) of every value, (N, T, Q), rising; None for `point`, which knows none.

    Of the head `quantile` the levels are those that it has learnt.
    """
    if kind == "point":
        return None
    if kind == "quantile":
        return parameters.sort(-1).values
    location, scale = parameters[..., :1], parameters[..., 1:2]
    deviations = normal_quantile(levels)
    if kind == "student_t":
        deviations = student_quantile(levels, parameters[..., 2:])
    return location + scale * deviations


def normal_quantile(levels: Tensor) -> Tensor:
    """Give the quantiles of the standard normal distribution.

    Example:
        >>> [round(each, 2) for each in normal_quantile(torch.tensor([0.5, 0.975])).tolist()]
        [0.0, 1.96]
    """
    return math.sqrt(2) * torch.erfinv(2 * levels - 1)


def student_quantile(levels: Tensor, freedom: Tensor) -> Tensor:
    """Give the quantiles of Student's t by the approximation of Hill (1970, doi:10.1145/355598.355599).

    Args:
        levels: (Q,) between 0 and 1.
        freedom: (..., 1) degrees of freedom, above 2.

    Example:
        >>> round(student_quantile(torch.tensor([0.975]), torch.tensor([[5.0]])).item(), 2)
        2.57
    """
    tails = 2 * torch.minimum(levels, 1 - levels)  # the probability of both tails
    a = 1 / (freedom - 0.5)
    b = 48 / a.square()
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * torch.sqrt(a * math.pi / 2) * freedom
    far = (d * tails) ** (2 / freedom)
    x = normal_quantile(tails / 2)
    bent = torch.where(freedom < 5, c + 0.3 * (freedom - 4.5) * (x + 0.6), c)
    bent = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + bent
    y = x.square()
    near = torch.expm1(a * ((((((0.4 * y + 6.3) * y + 36) * y + 94.5) / bent - y - 3) / b + 1) * x).square())
    beyond = 1 / (((freedom + 6) / (freedom * far) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)
    beyond = (beyond * far - 1) * (freedom + 1) / (freedom + 2) + 1 / far
    sizes = torch.sqrt(freedom * torch.where(far > 0.05 + a, near, beyond))
    return torch.where(levels == 0.5, torch.zeros_like(sizes), torch.sign(levels - 0.5) * sizes)


__all__ = ["located", "losses", "normal_quantile", "point", "quantiles", "start_of", "student_quantile"]
