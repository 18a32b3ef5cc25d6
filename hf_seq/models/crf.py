# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Linear-chain conditional random field (Lafferty et al. 2001; over a BiLSTM: Huang et al. 2015, arXiv:1508.01991).

Steps that are not tagged (padding, special tokens, later pieces of a word), wherever they stand, are taken out first:
a transition joins a tagged step with the next one that is tagged. Sums run in float64, also under autocast.

B batch · T steps, padding included · L labels · K paths asked for
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import initialization as init

from .chains import FORBIDDEN, Chain, best_path, best_paths, log_partition, path_score
from .padding import inverse_order, is_tracing, reading_orders, take_steps
from .tag_schemes import TagScheme, forbidden_transitions

UNTAGGED = -100


class LinearChainCRF(nn.Module):
    """Scores whole sequences of labels: emissions, transitions between neighbours, and how a sequence starts and ends.

    Args:
        label_names: L names; a span scheme they write forbids transitions.
        scheme: `bio`, `iob1`, `bioes`, `none`, or `auto` to tell it from the names.

    Raises:
        ValueError: no names, the same one twice, an empty one, or names that do not write the scheme.
    """

    start_forbidden: Tensor
    end_forbidden: Tensor
    pair_forbidden: Tensor

    def __init__(self, label_names: Sequence[str], scheme: TagScheme = "auto") -> None:
        super().__init__()
        _check_names(label_names)
        self.label_names, self.scheme = list(label_names), scheme
        size = len(self.label_names)
        self.start = nn.Parameter(torch.zeros(size))
        self.end = nn.Parameter(torch.zeros(size))
        self.pair = nn.Parameter(torch.zeros(size, size))
        for name, rule in self._rules().items():
            self.register_buffer(name, rule, persistent=False)

    def _rules(self) -> dict[str, Tensor]:
        with torch.device("cpu"):  # the names are here, whatever device the model is being built on
            rules = forbidden_transitions(self.label_names, self.scheme)
        return dict(zip(("start_forbidden", "end_forbidden", "pair_forbidden"), rules, strict=True))

    def start_weights(self) -> None:
        """Start transitions at zero and derive the rules again, which are not saved; what was loaded is left alone."""
        for parameter in (self.start, self.end, self.pair):
            init.zeros_(parameter)
        for name, rule in self._rules().items():
            init.copy_(getattr(self, name), rule)

    def forward(self, emissions: Tensor, tags: Tensor, tagged: Tensor | None = None) -> Tensor:
        """Log-likelihood of one sequence of labels per row.

        A row whose labels break the rules is compared with all paths, not only with the legal ones, so that the
        log-likelihood stays finite and negative.

        Args:
            emissions: (B, T, L).
            tags: (B, T) labels; where a step is not tagged, anything.
            tagged: (B, T) bool; None where all steps are.

        Returns:
            (B,) float32, or float64 for such emissions; 0 for a row without a tagged step. Differentiable once.

        Raises:
            ValueError: shapes or types that do not go together.
            IndexError: a label out of range.
        """
        self._check(emissions, tagged)
        _check_tags(tags, tagged, emissions)
        if not len(emissions):
            return emissions.sum((1, 2)).to(_result_dtype(emissions))  # (0,)
        scores, order = _compact(emissions, tagged)
        lengths = _lengths(emissions, tagged)
        tags = tags if tagged is None else tags.masked_fill(~tagged, 0)
        tags = tags if order is None else tags.gather(1, order)
        ruled, free = self._chain(), self._chain(ruled=False)
        gold = path_score(scores, tags, free, lengths)
        total = log_partition(scores, ruled, lengths)
        if self._has_rules:
            legal = path_score(scores.detach(), tags, ruled, lengths) > FORBIDDEN / 2  # (B,)
            if not bool(legal.all()):
                total = torch.where(legal, total, log_partition(scores, free, lengths))
        return (gold - total).to(_result_dtype(emissions))

    def log_partition(self, emissions: Tensor, tagged: Tensor | None = None) -> Tensor:
        """Log of the summed exponentials of the scores of all legal paths: (B, T, L) to (B,)."""
        self._check(emissions, tagged)
        scores, _ = _compact(emissions, tagged)
        return log_partition(scores, self._chain(), _lengths(emissions, tagged)).to(_result_dtype(emissions))

    def marginals(self, emissions: Tensor, tagged: Tensor | None = None) -> Tensor:
        """Posterior probability of each label at each step, summed over all legal paths.

        Args:
            emissions: (B, T, L).
            tagged: (B, T) bool; None where all steps are.

        Returns:
            (B, T, L), each tagged step summing to 1, zero elsewhere. Takes no gradient.
        """
        self._check(emissions, tagged)
        with torch.inference_mode(False), torch.enable_grad():
            given = emissions.detach().clone().requires_grad_()
            mask = None if tagged is None else tagged.clone()
            scores, _ = _compact(given, mask)
            chain = Chain(*(part.detach().clone() for part in self._chain()))
            total = log_partition(scores, chain, _lengths(given, mask))
            return torch.autograd.grad(total.sum(), given)[0]

    @torch.no_grad()
    def decode(self, emissions: Tensor, tagged: Tensor | None = None) -> Tensor:
        """Labels of the legal path of the highest score: (B, T, L) to (B, T), -100 where a step is not tagged."""
        self._check(emissions, tagged)
        if not len(emissions):
            return torch.full(emissions.shape[:2], UNTAGGED, device=emissions.device)
        scores, order = _compact(emissions, tagged)
        path = best_path(scores, self._chain(), _lengths(emissions, tagged))  # (B, T)
        return _spread(path, order, tagged)

    @torch.no_grad()
    def decode_n_best(self, emissions: Tensor, tagged: Tensor | None = None, count: int = 5) -> tuple[Tensor, Tensor]:
        """Labels and log-probabilities of the best legal paths.

        Args:
            emissions: (B, T, L).
            tagged: (B, T) bool; None where all steps are.
            count: K.

        Returns:
            Paths (B, K, T), best first, -100 where a step is not tagged; log-probabilities (B, K), -inf and a path of
            -100 where a row has fewer than K paths.

        Raises:
            ValueError: count is below 1.
        """
        if count < 1:
            raise ValueError(f"count={count} paths were asked for; ask for 1 or more.")
        self._check(emissions, tagged)
        scores, order = _compact(emissions, tagged)
        chain, lengths = self._chain(), _lengths(emissions, tagged)
        paths, totals = best_paths(scores, chain, lengths, count)
        empty = lengths == 0  # one path, of no step
        totals[empty] = -torch.inf
        totals[empty, 0] = 0.0
        totals = (totals - log_partition(scores, chain, lengths).unsqueeze(1)).to(_result_dtype(emissions))
        spread = [_spread(paths[:, rank], order, tagged) for rank in range(count)]
        return torch.stack(spread, 1).masked_fill(totals.isneginf().unsqueeze(2), UNTAGGED), totals

    @property
    def _has_rules(self) -> bool:
        return any(bool(rule.any()) for rule in (self.start_forbidden, self.end_forbidden, self.pair_forbidden))

    def _check(self, emissions: Tensor, tagged: Tensor | None) -> None:
        """Refuse emissions and masks that torch would broadcast, or fail at further on.

        Raises:
            ValueError: with what was given and what is wanted.
        """
        labels = len(self.label_names)
        if emissions.dim() != 3 or emissions.shape[2] != labels or not emissions.shape[1]:
            raise ValueError(
                f"emissions have shape {tuple(emissions.shape)}; they must be (batch, steps, {labels}), a score for "
                f"each of the labels {self.label_names[:9]}, and one step or more."
            )
        if not emissions.is_floating_point():
            raise ValueError(f"emissions are {emissions.dtype}; they must be floats, such as torch.float32.")
        if tagged is None:
            return
        if tagged.shape != emissions.shape[:2]:
            raise ValueError(
                f"tagged has shape {tuple(tagged.shape)}, the emissions {tuple(emissions.shape)}; give one truth for "
                f"each step, {tuple(emissions.shape[:2])}."
            )
        if tagged.dtype != torch.bool:
            raise ValueError(f"tagged is {tagged.dtype}; give torch.bool, such as mask.bool() or labels != -100.")

    def _chain(self, ruled: bool = True) -> Chain:
        start, end, pair = (_exact(part) for part in (self.start, self.end, self.pair))
        if not ruled:
            return Chain(start, end, pair)
        rules = (self.start_forbidden, self.end_forbidden, self.pair_forbidden)
        return Chain(*(part.masked_fill(rule, FORBIDDEN) for part, rule in zip((start, end, pair), rules, strict=True)))


def _check_names(names: Sequence[str]) -> None:
    """Refuse names of labels that cannot be told apart."""
    if not names:
        raise ValueError("label_names is empty; a CRF needs the names of its labels, one or more.")
    for index, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise ValueError(f"label_names[{index}] is {name!r}; every label needs a name.")
        if name in names[:index]:
            raise ValueError(
                f"label_names has {name!r} twice, at {names.index(name)} and {index}; name each label once."
            )


def _check_tags(tags: Tensor, tagged: Tensor | None, emissions: Tensor) -> None:
    """Refuse labels of another shape or type, or out of range where a step is tagged."""
    if tags.shape != emissions.shape[:2]:
        raise ValueError(
            f"tags have shape {tuple(tags.shape)}, the emissions {tuple(emissions.shape)}; give one label for each "
            f"step, {tuple(emissions.shape[:2])}."
        )
    if tags.is_floating_point() or tags.dtype == torch.bool:
        raise ValueError(f"tags are {tags.dtype}; they must be ids of labels, torch.long.")
    if is_tracing() or not tags.numel():
        return
    wrong = (tags < 0) | (tags >= emissions.shape[2])
    if tagged is not None:
        wrong = wrong & tagged
    if bool(wrong.any()):
        row, step = wrong.nonzero()[0].tolist()
        raise IndexError(
            f"tags[{row}, {step}] is {int(tags[row, step])}, but there are {emissions.shape[2]} labels; give an id "
            f"from 0 to {emissions.shape[2] - 1}, or leave the step out of tagged."
        )


def _compact(emissions: Tensor, tagged: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Exact emissions with the tagged steps in front, zero behind them, and the order to take them in (B, T)."""
    if tagged is None or (not is_tracing() and bool(tagged.all())):
        return _exact(emissions), None
    scores = _exact(emissions.masked_fill(~tagged.unsqueeze(-1), 0.0))
    if not is_tracing() and bool((tagged[:, 1:] <= tagged[:, :-1]).all()):
        return scores, None  # they stand in front already
    order = inverse_order(reading_orders(tagged)[0])
    return take_steps(scores, order), order


def _exact(scores: Tensor) -> Tensor:
    """In float64, or in float32 where the device knows no other."""
    return scores.float() if scores.device.type == "mps" else scores.double()


def _lengths(emissions: Tensor, tagged: Tensor | None) -> Tensor:
    if tagged is None:
        return torch.full(emissions.shape[:1], emissions.shape[1], device=emissions.device)
    return tagged.sum(1)


def _spread(path: Tensor, order: Tensor | None, tagged: Tensor | None) -> Tensor:
    """Put the labels of a compact path (B, T) back where their steps were."""
    if order is not None:
        path = torch.empty_like(path).scatter_(1, order, path)
    return path if tagged is None else path.masked_fill(~tagged, UNTAGGED)


def _result_dtype(emissions: Tensor) -> torch.dtype:
    return torch.float64 if emissions.dtype == torch.float64 else torch.float32


__all__ = ["UNTAGGED", "LinearChainCRF", "forbidden_transitions"]
