# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The CRF against brute force over all paths, against autograd, and at the edges of what floats can hold."""

from itertools import pairwise, product

import pytest
import torch

from hf_seq.models.chains import Chain, expectations, log_partition, log_partition_in_logs
from hf_seq.models.crf import LinearChainCRF

BIO = ["O", "B-X", "I-X"]
NAMES = {"free": ["NOUN", "VERB", "ADJ"], "bio": BIO, "iob1": ["O", "I-X", "I-Y", "B-Y"], "one": ["NOUN"]}
EXACT = {"atol": 1e-9, "rtol": 1e-9}
MASK = torch.tensor([[1, 1, 1, 1], [0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]).bool()


def make_crf(names: list[str], scheme="auto", seed=0) -> LinearChainCRF:
    """A CRF in float64 with random transitions."""
    crf, draw = LinearChainCRF(names, scheme).double(), torch.Generator().manual_seed(seed)
    for parameter in crf.parameters():
        parameter.data = torch.randn(parameter.shape, generator=draw, dtype=torch.float64)
    return crf


def make_emissions(crf: LinearChainCRF, rows=5, steps=4, seed=1) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(rows, steps, len(crf.label_names), generator=draw, dtype=torch.float64)


def is_legal(crf: LinearChainCRF, path: tuple[int, ...]) -> bool:
    pairs = pairwise(path)
    rules = (crf.start_forbidden[path[0]], crf.end_forbidden[path[-1]], *(crf.pair_forbidden[pair] for pair in pairs))
    return not any(rules)


def score_of(crf: LinearChainCRF, emissions: torch.Tensor, path: tuple[int, ...]) -> torch.Tensor:
    """The definition: emissions (N, L) of one row without untagged steps."""
    total = crf.start[path[0]] + crf.end[path[-1]] + sum(emissions[step, tag] for step, tag in enumerate(path))
    return total + sum(crf.pair[pair] for pair in pairwise(path))


def all_paths(crf: LinearChainCRF, emissions: torch.Tensor) -> dict[tuple[int, ...], torch.Tensor]:
    """Score of every legal path of one row."""
    paths = product(range(len(crf.label_names)), repeat=len(emissions))
    return {path: score_of(crf, emissions, path) for path in paths if is_legal(crf, path)}


@pytest.fixture(params=NAMES)
def crf(request):
    return make_crf(NAMES[request.param])


def test_log_partition_is_the_sum_over_all_legal_paths(crf):
    emissions = make_emissions(crf)
    expected = [
        torch.stack([*all_paths(crf, row[kept]).values()]).logsumexp(0)
        for row, kept in zip(emissions, MASK, strict=True)
    ]
    torch.testing.assert_close(crf.log_partition(emissions, MASK), torch.stack(expected), **EXACT)


@pytest.mark.parametrize("recorded", [False, True], ids=["numpy", "torch"])
def test_the_best_path_is_the_best_of_all_legal_paths(crf, recorded, monkeypatch):
    monkeypatch.setattr("hf_seq.models.chains.is_tracing", lambda: recorded)
    emissions = make_emissions(crf)
    for found, row, kept in zip(crf.decode(emissions, MASK), emissions, MASK, strict=True):
        scores = all_paths(crf, row[kept])
        assert tuple(found[kept].tolist()) == max(scores, key=scores.get)
        assert (found[~kept] == -100).all()


def test_n_best_lists_the_paths_by_their_probability(crf):
    emissions = make_emissions(crf)
    paths, logs = crf.decode_n_best(emissions, MASK, count=6)
    for row, kept, found, log in zip(emissions, MASK, paths, logs, strict=True):
        scores = all_paths(crf, row[kept])
        total = torch.stack([*scores.values()]).logsumexp(0)
        ranked = sorted(scores, key=scores.get, reverse=True)[:6]
        assert [tuple(path[kept].tolist()) for path in found[: len(ranked)]] == ranked
        torch.testing.assert_close(log[: len(ranked)], torch.stack([scores[path] - total for path in ranked]), **EXACT)
        assert log[len(ranked) :].isneginf().all()
        assert (found[len(ranked) :] == -100).all()


def test_marginals_sum_the_probabilities_of_the_paths_through_a_label(crf):
    emissions = make_emissions(crf)
    expected = torch.zeros_like(emissions)
    for number, kept in enumerate(MASK):
        scores, places = all_paths(crf, emissions[number, kept]), kept.nonzero().flatten()
        weights = torch.stack([*scores.values()]).softmax(0)
        for path, weight in zip(scores, weights, strict=True):
            expected[number, places, list(path)] += weight
    torch.testing.assert_close(crf.marginals(emissions, MASK), expected, **EXACT)


def test_log_likelihood_is_the_score_of_the_path_less_the_log_partition():
    crf = make_crf(NAMES["free"])
    emissions, tags = make_emissions(crf), torch.arange(20).view(5, 4) % 3
    logs = crf(emissions, tags.masked_fill(~MASK, -100), MASK)
    for log, row, tag, kept in zip(logs, emissions, tags, MASK, strict=True):
        scores = all_paths(crf, row[kept])
        expected = scores[tuple(tag[kept].tolist())] - torch.stack([*scores.values()]).logsumexp(0)
        torch.testing.assert_close(log, expected, **EXACT)


@pytest.mark.parametrize("mask", [None, MASK, MASK.flip(1)], ids=["all", "holes", "flipped"])
def test_gradients_are_those_of_autograd_through_a_plain_loop(mask):
    crf = make_crf(BIO)
    emissions = make_emissions(crf).requires_grad_()
    lengths = torch.full((5,), 4) if mask is None else mask.sum(1)
    packed = emissions
    if mask is not None:  # move what is tagged to the front, by hand
        rows = [torch.cat([row[kept], row[~kept] * 0]) for row, kept in zip(emissions, mask, strict=True)]
        packed = torch.stack(rows)
    weights, inputs = torch.arange(1.0, 6.0, dtype=torch.float64), (emissions, crf.start, crf.end, crf.pair)
    slow = (log_partition_in_logs(packed, crf._chain(), lengths) * weights).sum()
    fast = (crf.log_partition(emissions, mask) * weights).sum()
    torch.testing.assert_close(fast, slow, **EXACT)
    expected = torch.autograd.grad(slow, inputs)
    for found, wanted in zip(torch.autograd.grad(fast, inputs), expected, strict=True):
        torch.testing.assert_close(found, wanted, **EXACT)


def test_gradcheck_of_the_log_likelihood():
    crf, tags = make_crf(NAMES["free"]), torch.arange(20).view(5, 4) % 3
    emissions = make_emissions(crf).requires_grad_()

    def likelihood(emissions, *weights):
        names = ("start", "end", "pair")
        return torch.func.functional_call(crf, dict(zip(names, weights, strict=True)), (emissions, tags, MASK))

    assert torch.autograd.gradcheck(likelihood, (emissions, crf.start, crf.end, crf.pair))


def test_expected_transitions_are_the_gradient_of_the_log_partition():
    crf = make_crf(NAMES["free"])
    emissions, lengths = make_emissions(crf), torch.tensor([4, 3, 2, 1, 0])
    chain = Chain(*(part.detach().clone() for part in crf._chain()))
    chain.pair.requires_grad_()
    log_partition_in_logs(emissions, chain, lengths).sum().backward()
    _, _, edges = expectations(emissions, Chain(*(part.detach() for part in chain)), lengths)
    torch.testing.assert_close(edges.sum(0), chain.pair.grad, **EXACT)


def test_a_second_backward_pass_is_refused_not_wrong():
    crf = make_crf(NAMES["free"])
    emissions = make_emissions(crf).requires_grad_()
    (gradient,) = torch.autograd.grad(crf.log_partition(emissions).square().sum(), emissions, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.square().sum().backward()


@pytest.mark.parametrize("size", [1e-9, 1.0, 3.0, 1e1, 2e1, 1e2, 1e3, 1e5])  # rescaled after 16 steps to each, or never
@pytest.mark.parametrize("names", [NAMES["free"], BIO], ids=["free", "bio"])
def test_emissions_of_any_size_agree_with_sums_of_logarithms(names, size):
    crf = make_crf(names)
    emissions = (make_emissions(crf, rows=5, steps=40) * size).requires_grad_()
    lengths = torch.tensor([40, 33, 17, 16, 1])
    slow = log_partition_in_logs(emissions, crf._chain(), lengths)
    fast = crf.log_partition(emissions, torch.arange(40) < lengths.unsqueeze(1))
    torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-9)
    (expected,) = torch.autograd.grad(slow.sum(), emissions)
    (found,) = torch.autograd.grad(fast.sum(), emissions)
    torch.testing.assert_close(found, expected, **EXACT)
    assert found.isfinite().all()


@pytest.mark.parametrize("apart", [12.0, 25.0, 45.0, 66.0, 99.0])
def test_scores_that_shrink_every_sum_as_far_as_they_may_keep_their_digits(apart):
    chain = Chain(torch.zeros(3), torch.zeros(3), torch.tensor([[-apart, 0.0, -apart], [-apart] * 3, [-apart] * 3]))
    chain = Chain(*(each.double() for each in chain))
    emissions = torch.zeros(2, 50, 3, dtype=torch.float64)
    emissions[:, 1::2, 1] = emissions[:, ::2, [0, 2]] = -apart  # wherever the path went, it pays at the next step
    emissions.requires_grad_()
    lengths = torch.tensor([50, 31])
    slow, fast = log_partition_in_logs(emissions, chain, lengths), log_partition(emissions, chain, lengths)
    torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-9)
    (expected,) = torch.autograd.grad(slow.sum(), emissions)
    (found,) = torch.autograd.grad(fast.sum(), emissions)
    torch.testing.assert_close(found, expected, **EXACT)


def test_two_thousand_steps_keep_their_digits_in_float32():
    crf = make_crf(BIO).float()
    emissions = make_emissions(crf, rows=2, steps=2000).float() * 20
    tags = crf.decode(emissions)
    found = crf(emissions, tags)
    exact = log_partition_in_logs(emissions.double(), crf._chain(), torch.tensor([2000, 2000]))
    path = score_of(crf.double(), emissions[0].double(), tags[0].tolist())
    torch.testing.assert_close(found[0], (path - exact[0]).float(), atol=1e-4, rtol=1e-5)
    assert (crf.marginals(emissions).sum(-1) - 1).abs().max() < 1e-5


@pytest.mark.parametrize("steps", [1, 5])
def test_one_label_has_probability_one(steps):
    crf = make_crf(["NOUN"])
    emissions = make_emissions(crf, rows=2, steps=steps)
    torch.testing.assert_close(crf(emissions, torch.zeros(2, steps, dtype=torch.long)), torch.zeros(2).double())
    assert (crf.decode(emissions) == 0).all()


def test_a_row_without_a_tagged_step_counts_for_nothing():
    crf, tagged = make_crf(BIO), torch.tensor([[True, True], [False, False]])
    emissions = make_emissions(crf, rows=2, steps=2).requires_grad_()
    likelihood = crf(emissions, torch.tensor([[0, 1], [-100, -100]]), tagged)
    likelihood.sum().backward()
    assert likelihood[1] == 0
    assert crf.log_partition(emissions, tagged)[1] == 0
    assert (emissions.grad[1] == 0).all()
    assert emissions.grad.isfinite().all()
    assert crf.pair.grad.isfinite().all()
    assert (crf.decode(emissions, tagged)[1] == -100).all()
    assert (crf.marginals(emissions, tagged)[1] == 0).all()


def test_what_stands_where_nothing_is_tagged_is_not_read():
    crf, tags = make_crf(BIO), torch.zeros(5, 4, dtype=torch.long)
    clean = make_emissions(crf)
    expected = crf(clean, tags, MASK)
    spoilt = clean.masked_fill(~MASK.unsqueeze(-1), torch.nan).requires_grad_()
    found = crf(spoilt, tags.masked_fill(~MASK, 99), MASK)
    found.sum().backward()
    torch.testing.assert_close(found, expected, **EXACT)
    assert spoilt.grad.isfinite().all()
    assert torch.equal(crf.decode(spoilt, MASK), crf.decode(clean, MASK))


def test_huge_scores_where_nothing_is_tagged_do_not_slow_the_sums_down(monkeypatch):
    crf = make_crf(BIO)
    emissions = make_emissions(crf).masked_fill(~MASK.unsqueeze(-1), 1e9)
    emissions[..., 0] = 0
    expected = crf.log_partition(emissions, MASK)
    monkeypatch.setattr("hf_seq.models.chains.log_partition_in_logs", None)
    torch.testing.assert_close(crf.log_partition(emissions, MASK), expected)


def test_no_path_breaks_the_rules_however_much_the_emissions_ask_for_it():
    crf = make_crf(BIO)
    emissions = torch.zeros(1, 6, 3, dtype=torch.float64)
    emissions[..., BIO.index("I-X")] = 1e6
    path = crf.decode(emissions)[0].tolist()
    assert path == [1, 2, 2, 2, 2, 2]
    assert crf.marginals(emissions)[0, 0, 2] == 0


def test_labels_that_break_the_rules_have_a_finite_negative_log_likelihood():
    crf = make_crf(BIO)
    emissions = make_emissions(crf, rows=2, steps=3).requires_grad_()
    tags = torch.tensor([[0, 2, 2], [0, 1, 2]])  # O I I follows no rule, O B I does
    found = crf(emissions, tags)
    free = make_crf(BIO, scheme="none")
    free.load_state_dict(crf.state_dict())
    torch.testing.assert_close(found[0], free(emissions, tags)[0], **EXACT)
    assert found[1] > free(emissions, tags)[1]  # fewer paths to share the probability with
    found.sum().backward()
    assert emissions.grad.isfinite().all()


def test_the_likelihood_of_a_row_does_not_depend_on_its_neighbours():
    crf = make_crf(BIO)
    emissions, tags = make_emissions(crf, rows=2, steps=3), torch.tensor([[0, 2, 2], [0, 1, 2]])
    alone = torch.cat([crf(emissions[i : i + 1], tags[i : i + 1]) for i in range(2)])
    torch.testing.assert_close(crf(emissions, tags), alone, **EXACT)


def test_it_keeps_its_digits_under_autocast_and_from_half_precision():
    crf = make_crf(BIO).float()
    emissions = make_emissions(crf).bfloat16()
    tags = torch.zeros(5, 4, dtype=torch.long)
    expected = crf(emissions.float(), tags, MASK)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = crf(emissions, tags, MASK)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected)


def test_marginals_can_be_had_in_inference_mode():
    crf = make_crf(BIO)
    expected = crf.marginals(make_emissions(crf), MASK)
    with torch.inference_mode():
        torch.testing.assert_close(crf.marginals(make_emissions(crf), MASK.clone()), expected)


def test_asking_for_no_path_is_refused():
    crf = make_crf(BIO)
    with pytest.raises(ValueError, match="count=0 paths were asked for; ask for 1 or more"):
        crf.decode_n_best(make_emissions(crf), count=0)


def test_the_mask_may_stand_anywhere_without_changing_a_row():
    crf, names = make_crf(BIO), ("left", "right", "holes")
    row = make_emissions(crf, rows=1, steps=3)
    tags = torch.tensor([[1, 2, 0]])
    for name, places in zip(names, ([3, 4, 5], [0, 1, 2], [0, 2, 5]), strict=True):
        emissions, labels = torch.randn(1, 6, 3, dtype=torch.float64), torch.full((1, 6), -100)
        emissions[0, places], labels[0, places] = row[0], tags[0]
        torch.testing.assert_close(crf(emissions, labels, labels != -100), crf(row, tags), **EXACT, msg=name)
        assert crf.decode(emissions, labels != -100)[0, places].tolist() == crf.decode(row)[0].tolist()


@pytest.mark.parametrize(
    "names", [["B-X", "I-X"], ["B-X", "I-X", "B-Y", "I-Y"], ["I-X", "B-X", "O"], ["S-X", "B-X", "E-X"]]
)
def test_the_log_likelihood_of_every_path_is_finite_and_not_positive(names):
    """With B and I alone no pair is forbidden, only an I at the start: rules of any kind count."""
    crf = make_crf(names)
    emissions = make_emissions(crf, rows=1, steps=3)
    probabilities = []
    for path in product(range(len(names)), repeat=3):
        found = crf(emissions, torch.tensor([path]))
        assert found.isfinite().all()
        assert found.item() <= 0
        if is_legal(crf, path):
            probabilities.append(found.exp().item())
    assert sum(probabilities) == pytest.approx(1.0)
    assert len(probabilities) < len(names) ** 3  # some path breaks a rule


def test_an_empty_batch_has_empty_paths_and_no_likelihood():
    crf = make_crf(BIO)
    empty, mask = torch.zeros(0, 4, 3, dtype=torch.float64), torch.zeros(0, 4).bool()
    assert crf.decode(empty).shape == crf.decode(empty, mask).shape == (0, 4)
    assert crf(empty, torch.zeros(0, 4).long(), mask).shape == (0,)


E, M, TAGS = torch.zeros(2, 4, 3), torch.ones(2, 4).bool(), torch.zeros(2, 4).long()


@pytest.mark.parametrize(
    ("emissions", "tags", "tagged", "error", "said"),
    [
        (E[..., :1], TAGS, M, ValueError, r"emissions have shape \(2, 4, 1\); they must be \(batch, steps, 3\)"),
        (E[0], TAGS, M, ValueError, r"emissions have shape \(4, 3\)"),
        (E[:, :0], TAGS[:, :0], M[:, :0], ValueError, r"shape \(2, 0, 3\).* one step or more"),
        (E.long(), TAGS, M, ValueError, r"emissions are torch.int64; they must be floats"),
        (E, TAGS, M[:1], ValueError, r"tagged has shape \(1, 4\), the emissions \(2, 4, 3\)"),
        (E, TAGS, M.long(), ValueError, r"tagged is torch.int64; give torch.bool"),
        (E, TAGS[:1], M, ValueError, r"tags have shape \(1, 4\), the emissions \(2, 4, 3\)"),
        (E, TAGS.float(), M, ValueError, r"tags are torch.float32; they must be ids"),
        (E, TAGS + 7, M, IndexError, r"tags\[0, 0\] is 7, but there are 3 labels; give an id from 0 to 2"),
        (E, TAGS - 1, None, IndexError, r"tags\[0, 0\] is -1"),
    ],
)
def test_what_does_not_go_together_is_refused_with_the_value(emissions, tags, tagged, error, said):
    crf = LinearChainCRF(BIO)
    with pytest.raises(error, match=said):
        crf(emissions, tags, tagged)
    if "emissions" in said.split()[0] or "tagged" in said.split()[0]:
        for method in (crf.decode, crf.marginals, crf.log_partition, crf.decode_n_best):
            with pytest.raises(error, match=said):
                method(emissions, tagged)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], r"label_names is empty"),
        (["O", ""], r"label_names\[1\] is ''; every label needs a name"),
        (["O", "B-X", "O"], r"label_names has 'O' twice, at 0 and 2"),
    ],
)
def test_labels_that_cannot_be_told_apart_are_refused(names, said):
    with pytest.raises(ValueError, match=said):
        LinearChainCRF(names)
