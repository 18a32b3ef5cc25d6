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

EXACT, CELLS = 256, 256
"""Counts that a quantile looks at one by one, and cells of several counts above them."""
FAR = 12.0
"""Deviations around the mean that the cells reach."""
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
        (N, T, P): the mean; quantiles, which need not rise; location, scale and degrees of freedom; of counts their
        mean and by how much of its square the variance exceeds it.
    """
    if kind == "negative_binomial":
        mean = (F.softplus(raw[..., :1]) + SMALLEST_SCALE) * spread
        return torch.cat([mean, F.softplus(raw[..., 1:]) + SMALLEST_SCALE], dim=-1)
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
    if kind == "negative_binomial":
        return -count_log_probability(values, location, scale)
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
    """Give one number for each value, (N, T): the mean, or of quantiles, which rise, that nearest to the median."""
    return parameters[..., int((levels - 0.5).abs().argmin()) if kind == "quantile" else 0]


def quantiles(kind: str, parameters: Tensor, levels: Tensor) -> Tensor | None:
    """Give quantiles at levels (Q,) of every value, (N, T, Q), rising; None for `point`, which knows none.

    Of the head `quantile` the levels are those that it has learnt. Other heads take levels (N, T, Q) as well.
    """
    if kind == "point":
        return None
    if kind == "quantile":
        return parameters.sort(-1).values
    location, scale = parameters[..., :1], parameters[..., 1:2]
    if kind == "negative_binomial":
        return count_quantile(levels, location, scale)
    deviations = normal_quantile(levels)
    if kind == "student_t":
        deviations = student_quantile(levels, parameters[..., 2:])
    return location + scale * deviations


def count_log_probability(values: Tensor, mean: Tensor, excess: Tensor) -> Tensor:
    """Give the logarithm of the negative binomial probability of counts.

    Args:
        values: counts.
        mean: above 0.
        excess: above 0; the variance is mean + excess x mean squared.
    """
    values, mean, excess = values.double(), mean.double(), excess.double()  # differences of large logarithms
    size, ratio = 1 / excess, excess * mean
    ways = torch.lgamma(values + size) - torch.lgamma(size) - torch.lgamma(values + 1)
    return (ways - size * torch.log1p(ratio) + values * (torch.log(ratio) - torch.log1p(ratio))).float()


def count_quantile(levels: Tensor, mean: Tensor, excess: Tensor) -> Tensor:
    """Give quantiles of the negative binomial distribution: exact below `EXACT`, nearly so above.

    Args:
        levels: (Q,) or (N, T, Q) between 0 and 1.
        mean: (N, T, 1).
        excess: (N, T, 1), see `count_log_probability`.
    """
    reach = FAR * torch.sqrt(mean + excess * mean.square())
    low = (mean - reach).clamp(min=EXACT).floor()
    high = torch.maximum(mean + reach, low + CELLS)
    shares = torch.arange(CELLS + 1, device=mean.device) / CELLS
    edges = (low * (high / low) ** shares).floor()  # (N, T, CELLS + 1), the wider apart the larger
    single = torch.arange(EXACT, device=mean.device).expand(*mean.shape[:-1], EXACT)
    first = torch.cat([single, edges[..., :-1]], dim=-1)  # (N, T, G) of each cell
    widths = torch.cat([torch.ones_like(single), edges.diff(dim=-1)], dim=-1)
    chance = count_log_probability(first + ((widths - 1) / 2).floor(), mean, excess).exp() * widths
    below = chance.cumsum(-1)
    wanted = levels.expand(*mean.shape[:-1], levels.shape[-1]) * below[..., -1:].clamp(min=1.0)
    positions = torch.searchsorted(below.contiguous(), wanted.contiguous()).clamp(max=EXACT + CELLS - 1)
    inside = 1 - (below.gather(-1, positions) - wanted) / chance.gather(-1, positions).clamp(min=1e-30)  # of its cell
    return first.gather(-1, positions) + (inside.clamp(0, 0.999) * widths.gather(-1, positions)).floor()


def draws(kind: str, parameters: Tensor, levels: Tensor, chances: Tensor) -> Tensor:
    """Turn chances into values that are so distributed.

    Args:
        kind: any but `point`.
        parameters: (N, T, P).
        levels: (Q,) of the head `quantile`; between them, and beyond the outer ones, its quantiles go on straight.
        chances: (N, T, S) drawn evenly between 0 and 1.

    Returns:
        (N, T, S).
    """
    if kind != "quantile":
        found = quantiles(kind, parameters, chances)
        assert found is not None
        return found
    return between(parameters.sort(-1).values, levels, chances)


def between(bands: Tensor, levels: Tensor, chances: Tensor) -> Tensor:
    """Go straight between quantiles (N, T, Q) at levels (Q,), and on beyond the outer ones: (N, T, S)."""
    if len(levels) == 1:
        return bands.expand_as(chances)
    after = torch.searchsorted(levels, chances.contiguous()).clamp(1, len(levels) - 1)  # (N, T, S)
    low, high = bands.gather(-1, after - 1), bands.gather(-1, after)
    share = (chances - levels[after - 1]) / (levels[after] - levels[after - 1])
    return low + share * (high - low)


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


__all__ = [
    "between",
    "count_log_probability",
    "count_quantile",
    "draws",
    "located",
    "losses",
    "normal_quantile",
    "point",
    "quantiles",
    "start_of",
    "student_quantile",
]
