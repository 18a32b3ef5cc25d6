# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models that forecast: padding, missing values, norms, heads; quantiles and losses against scipy and scikit-learn."""

import numpy as np
import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from scipy import stats
from sklearn.metrics import mean_pinball_loss

from hf_seq.models.configuration_forecasting import RecurrentForecastingConfig, TransformerForecastingConfig
from hf_seq.models.distributions import between, draws, located, losses, quantiles, student_quantile
from hf_seq.models.modeling_forecasting import InstanceNorm, last_steps
from hf_seq.models.modeling_recurrent_forecasting import RecurrentForForecasting
from hf_seq.models.modeling_transformer_forecasting import TransformerEncoderForForecasting
from hf_seq.models.padding import Padding

KINDS = ("point", "quantile", "gaussian", "student_t")
CLASSES = {
    RecurrentForForecasting: RecurrentForecastingConfig,
    TransformerEncoderForForecasting: TransformerForecastingConfig,
}
SMALL = {"context_length": 20, "horizon": 6, "patch_length": 8, "hidden_size": 16}


def model_of(kind, seed=0, **settings):
    """A model whose every weight is random: with biases of zero a wrong one may pass."""
    torch.manual_seed(seed)
    model = kind(CLASSES[kind](**{**SMALL, **settings})).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("known", [0, 2])
@pytest.mark.parametrize("distribution", [*KINDS, "negative_binomial"])
def test_padding_anywhere_changes_nothing(kind, known, distribution):
    counted = {"instance_norm": "scale"} if distribution == "negative_binomial" else {}
    model = model_of(kind, num_known=known, distribution=distribution, **counted)
    past, beside = torch.randn(2, 15, 3), torch.randn(2, 21, known)
    past[0, 3, 1] = torch.nan
    alone = model(past, known_values=beside if known else None)
    mask = torch.zeros(2, 22, dtype=torch.long)
    places = [*range(2, 9), *range(11, 19)]
    mask[:, places] = 1
    padded, ahead = torch.full((2, 22, 3), 7.0), torch.full((2, 28, known), 9.0)
    padded[:, places], ahead[:, [*places, *range(22, 28)]] = past, beside
    other = model(padded, attention_mask=mask, known_values=ahead if known else None)
    torch.testing.assert_close(other.predictions, alone.predictions, atol=1e-5, rtol=1e-5)


def test_every_channel_is_forecast_as_if_it_were_alone():
    model, past = model_of(RecurrentForForecasting), torch.randn(2, 30, 4)
    alone = model(past[..., 2:3]).predictions
    torch.testing.assert_close(model(past).predictions[..., 2:3], alone, atol=1e-5, rtol=1e-5)


def test_only_the_end_of_a_long_past_is_read():
    model, past = model_of(RecurrentForForecasting), torch.randn(1, 50, 1)
    torch.testing.assert_close(model(past).predictions, model(past[:, -20:]).predictions)


@pytest.mark.parametrize("distribution", KINDS)
def test_the_instance_norm_is_put_back_exactly(distribution):
    model, past = model_of(RecurrentForForecasting, distribution=distribution), torch.randn(1, 20, 1)
    moved = model(3 * past + 50).predictions
    torch.testing.assert_close(moved, 3 * model(past).predictions + 50, atol=1e-2, rtol=1e-3)


def test_the_last_value_norm_moves_the_forecast_with_the_past():
    model, past = model_of(RecurrentForForecasting, instance_norm="last"), torch.randn(1, 20, 1)
    torch.testing.assert_close(model(past + 5).predictions, model(past).predictions + 5, atol=1e-4, rtol=1e-4)


def test_a_missing_value_counts_neither_for_mean_nor_deviation():
    past = torch.tensor([[1.0, torch.nan, 5.0, 3.0]])
    norm = InstanceNorm("std", past)
    assert norm.centre.item() == pytest.approx(3.0)
    assert norm.spread.item() == pytest.approx(np.std([1, 5, 3]), abs=1e-4)
    assert norm.filled[0, 1] == norm.standardised[0, 0]


def test_a_missing_value_fades_as_its_formula_says():
    model = model_of(RecurrentForForecasting, missing_decay=True, instance_norm="none", linear_skip=False)
    past = torch.randn(1, 20, 1)
    gappy = past.clone()
    gappy[0, 11:14] = torch.nan
    weight, bias = model.fading.weight.item(), model.fading.bias.item()
    faded = [past[0, 10].item() * np.exp(-np.logaddexp(0, weight * np.log1p(gap) + bias)) for gap in (1, 2, 3)]
    seen = []
    model.model.register_forward_pre_hook(lambda _, __, inputs: seen.append(inputs["input_values"]), with_kwargs=True)
    model(gappy)
    values = seen[0][0, :, :8].flatten()[4:]  # 20 steps in patches of 8, the first filled up
    np.testing.assert_allclose(values[11:14].detach().numpy(), faded, rtol=1e-5)
    assert values[10].item() == pytest.approx(past[0, 10].item())


def test_a_past_without_any_value_and_a_constant_one_are_answered_with_numbers():
    past = torch.zeros(2, 20, 2)
    past[1] = torch.nan
    outputs = model_of(RecurrentForForecasting)(past)
    assert torch.isfinite(outputs.predictions).all()
    assert torch.isfinite(outputs.quantiles).all()


def test_unknown_futures_do_not_count_in_the_loss():
    model, past, labels = model_of(RecurrentForForecasting), torch.randn(1, 20, 1), torch.randn(1, 6, 1)
    first = model(past, labels=labels[:, :6].clone().index_fill(1, torch.tensor([5]), torch.nan)).loss
    levels = torch.tensor(model.config.quantiles)
    each = losses("quantile", model(past).parameters[:, :, 0], labels[..., 0], levels)
    assert first.item() == pytest.approx(each[:, :5].mean().item(), rel=1e-5)


def test_the_summed_loss_is_divided_by_what_trainer_counts():
    model, past, labels = model_of(RecurrentForForecasting), torch.randn(2, 20, 1), torch.randn(2, 6, 1)
    whole, half = model(past, labels=labels).loss, model(past, labels=labels, num_items_in_batch=24).loss
    assert half.item() == pytest.approx(whole.item() / 2, rel=1e-5)


def test_last_steps_equal_a_loop():
    values, mask = torch.randn(5, 9, 2), torch.rand(5, 9) > 0.4
    found = last_steps(values, Padding(mask), 4)
    for row in range(5):
        kept = values[row][mask[row]][-4:]
        wanted = torch.cat([torch.full((4 - len(kept), 2), torch.nan), kept])
        torch.testing.assert_close(found[row], wanted, equal_nan=True)


def test_the_pinball_loss_is_twice_that_of_scikit_learn():
    levels, values, bands = torch.tensor([0.1, 0.5, 0.8]), torch.randn(40, 1), torch.randn(40, 1, 3)
    found = losses("quantile", bands, values, levels).mean().item()
    one_by_one = [
        mean_pinball_loss(values[:, 0].numpy(), bands[:, 0, n].numpy(), alpha=levels[n].item()) for n in range(3)
    ]
    assert found == pytest.approx(2 * np.mean(one_by_one), rel=1e-5)


@pytest.mark.parametrize("freedom", [2.5, 3.0, 5.0, 30.0])
def test_quantiles_of_students_t_are_those_of_scipy(freedom):
    levels = torch.tensor([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99], dtype=torch.float64)
    found = student_quantile(levels, torch.tensor([freedom], dtype=torch.float64))
    np.testing.assert_allclose(found.numpy(), stats.t.ppf(levels.numpy(), freedom), atol=2e-3)


def test_likelihoods_and_quantiles_are_those_of_scipy():
    raw, centre, spread = torch.randn(3, 4, 3), torch.randn(3, 1, 1), torch.rand(3, 1, 1) + 0.5
    values, levels = torch.randn(3, 4), torch.tensor([0.2, 0.9])
    gaussian = located("gaussian", raw[..., :2], centre, spread)
    place, size = gaussian[..., 0].numpy(), gaussian[..., 1].numpy()
    np.testing.assert_allclose(
        losses("gaussian", gaussian, values, levels).numpy(), -stats.norm.logpdf(values.numpy(), place, size), rtol=1e-4
    )
    bands = quantiles("gaussian", gaussian, levels).numpy()
    np.testing.assert_allclose(bands[..., 1], stats.norm.ppf(0.9, place, size), rtol=1e-4, atol=1e-5)
    student = located("student_t", raw, centre, spread)
    wanted = -stats.t.logpdf(values.numpy(), student[..., 2].numpy(), student[..., 0].numpy(), student[..., 1].numpy())
    np.testing.assert_allclose(losses("student_t", student, values, levels).numpy(), wanted, rtol=1e-3, atol=1e-4)


def test_the_scale_of_counts_is_the_mean_size_of_what_is_known():
    norm = InstanceNorm("scale", torch.tensor([[2.0, torch.nan, 4.0]]))
    assert (norm.centre.item(), norm.spread.item()) == (0.0, 4.0)


def test_counts_are_distributed_as_scipy_says():
    raw = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(1)) * 2
    found = located("negative_binomial", raw, torch.zeros(3, 1, 1), torch.tensor([1.0, 9.0, 900.0]).view(3, 1, 1))
    mean, excess = found[..., 0].double().numpy(), found[..., 1].double().numpy()
    wanted = stats.nbinom(1 / excess, 1 / (1 + excess * mean))
    np.testing.assert_allclose(wanted.mean(), mean, rtol=1e-5)
    values, levels = torch.tensor([[0.0, 1.0, 7.0, 40.0]]).expand(3, 4), torch.tensor([0.1, 0.5, 0.93])
    each = losses("negative_binomial", found, values, levels).numpy()
    np.testing.assert_allclose(each, -wanted.logpmf(values.numpy()), rtol=1e-4)
    bands = quantiles("negative_binomial", found, levels).numpy()
    for number, level in enumerate(levels.tolist()):
        exact = wanted.ppf(level)
        assert (np.abs(bands[..., number] - exact) <= 0.06 * wanted.std() * (exact > 255)).all()


@pytest.mark.parametrize("kind", ["quantile", "gaussian", "student_t", "negative_binomial"])
def test_what_is_drawn_has_the_quantiles_of_the_distribution(kind):
    raw = torch.tensor([[[-1.2, -0.8, -0.5, -0.2, 0.0, 0.3, 0.5, 0.9, 1.6]]])
    raw = raw if kind == "quantile" else torch.tensor([[[3.0, 0.3, 2.0]]])[..., : 3 if kind == "student_t" else 2]
    levels = torch.arange(1, 10) / 10
    found = located(kind, raw, torch.zeros(1, 1, 1), torch.full((1, 1, 1), 20.0))
    drawn = draws(kind, found, levels, torch.rand(1, 1, 20_000, generator=torch.Generator().manual_seed(0)))
    bands = quantiles(kind, found, levels)
    share = (drawn.unsqueeze(-1) <= bands.unsqueeze(2)).float().mean(2)
    np.testing.assert_allclose(share[0, 0].numpy(), levels.numpy(), atol=0.015)


def test_between_quantiles_values_go_straight_as_in_numpy():
    bands, levels = torch.tensor([[[0.0, 2.0, 3.0]]]), torch.tensor([0.25, 0.5, 0.75])
    chances = torch.tensor([[[0.25, 0.3, 0.6, 0.75]]])
    wanted = np.interp(chances[0, 0].numpy(), levels.numpy(), bands[0, 0].numpy())
    np.testing.assert_allclose(between(bands, levels, chances)[0, 0].numpy(), wanted, rtol=1e-6)
    beyond = between(bands, levels, torch.tensor([[[0.0, 1.0]]]))[0, 0].tolist()
    assert beyond == pytest.approx([-2.0, 4.0])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"distribution": "negative_binomial"}, "use instance_norm='scale'"),
        ({"patch_length": 99}, "patch_length=99 is above context_length=20"),
        ({"horizon": 0}, "horizon=0 must be 1 or more"),
        ({"quantiles": [0.9, 0.1]}, "must lie between 0 and 1 and rise"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(settings, message):
    with pytest.raises(StrictDataclassError, match=message):
        RecurrentForecastingConfig(**{**SMALL, **settings})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_values": torch.zeros(2, 3)}, "input_values has shape"),
        ({"input_values": torch.zeros(2, 9, 1), "labels": torch.zeros(2, 5, 1)}, "they must be"),
        ({"input_values": torch.zeros(2, 9, 1), "known_values": torch.zeros(2, 15, 1)}, "num_known=0"),
    ],
)
def test_wrong_inputs_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        model_of(RecurrentForForecasting)(**arguments)
