# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The linear skip in closed form, against scikit-learn and numpy."""

import numpy as np
import pytest
import torch
from scipy.special import softplus
from sklearn.linear_model import Ridge

from hf_seq.data import EncodedDataset
from hf_seq.models.configuration_forecasting import RecurrentForecastingConfig
from hf_seq.models.distributions import start_of
from hf_seq.models.modeling_recurrent_forecasting import RecurrentForForecasting
from hf_seq.tasks.forecasting.linear_start import STRENGTHS, ridge_maps, standardised, start_linear


def windows(count, seed=0):
    """Windows of two noisy waves, 16 steps of the past and 4 of the future."""
    draw = np.random.default_rng(seed)
    steps = np.arange(count + 20)[:, None]
    values = np.concatenate([np.sin(steps / 3), 5 + 2 * np.cos(steps / 5)], axis=1) + 0.1 * draw.normal(
        size=(count + 20, 2)
    )
    values = values.astype(np.float32)
    pasts = [values[at : at + 16] for at in range(count)]
    return EncodedDataset(pasts, [values[at + 16 : at + 20] for at in range(count)], "input_values")


def model_of(**settings):
    return RecurrentForForecasting(
        RecurrentForecastingConfig(
            **{"context_length": 16, "horizon": 4, "patch_length": 4, "hidden_size": 8, "embedding_size": 8} | settings
        )
    ).eval()


def test_the_maps_are_the_ridge_regressions_of_scikit_learn():
    draw = torch.Generator().manual_seed(0)
    pasts, futures = torch.randn(200, 6, generator=draw), torch.randn(200, 3, generator=draw)
    size = (pasts.square().sum(0)).mean().item()
    for strength, found in zip(STRENGTHS, ridge_maps(pasts, futures), strict=True):
        wanted = Ridge(alpha=strength * size, fit_intercept=False).fit(pasts.numpy(), futures.numpy()).coef_.T
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("norm", ["std", "last", "none"])
def test_a_model_begins_as_the_best_of_the_maps_with_the_quantiles_of_its_errors(norm):
    model, train, validation = model_of(instance_norm=norm), windows(120), windows(40, seed=1)
    notes = start_linear(model, train, validation)
    assert "ridge regression" in notes[0]
    pasts, futures, spread = standardised(model.config, train)
    errors = futures - pasts @ model.head.skip.weight.T
    past = torch.from_numpy(np.stack([row["input_values"] for row in train.rows]))
    gold = torch.from_numpy(np.stack([row["labels"] for row in train.rows]))
    with torch.no_grad():
        bands = model(past).quantiles  # (N, 4, 2, Q)
    share = (gold.unsqueeze(-1) <= bands + 1e-5).float().mean((0, 1, 2))
    np.testing.assert_allclose(share.numpy(), model.config.quantiles, atol=0.02)
    held_out = standardised(model.config, validation)
    scores = [
        (((held_out[0] @ each - held_out[1]) * held_out[2]) ** 2).mean().item()
        for each in ridge_maps(pasts * spread, futures * spread)
    ]
    mine = (((held_out[0] @ model.head.skip.weight.T - held_out[1]) * held_out[2]) ** 2).mean().item()
    assert mine == pytest.approx(min(scores), rel=1e-4)
    assert not model.head.skip.weight.requires_grad
    assert errors.shape == (240, 4)


def test_the_parameters_of_the_start_tell_of_the_errors_what_numpy_does():
    errors = 3 + 2 * torch.randn(5000, 2, generator=torch.Generator().manual_seed(0))
    levels = [0.1, 0.5, 0.9]
    wanted = np.quantile(errors.numpy(), levels, axis=0).T
    np.testing.assert_allclose(start_of("quantile", errors, levels).numpy(), wanted, rtol=1e-4)
    gaussian = start_of("gaussian", errors, levels).numpy()
    np.testing.assert_allclose(gaussian[:, 0], errors.numpy().mean(0), rtol=1e-4)
    np.testing.assert_allclose(softplus(gaussian[:, 1]), errors.numpy().std(0), rtol=1e-2)
    assert start_of("student_t", errors, levels).shape == (2, 3)
    assert start_of("point", errors, levels).shape == (2, 1)


def test_where_every_window_lacks_a_value_the_map_begins_at_random():
    model, train = model_of(), windows(40)
    for row in train.rows:
        row["labels"] = np.full_like(row["labels"], np.nan)
    assert "begins at random" in start_linear(model, train, train)[0]
    assert model.head.skip.weight.requires_grad
