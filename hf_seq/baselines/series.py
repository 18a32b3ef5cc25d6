# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model of series must beat: statistics of the channels, the nearest neighbour, random convolutions.

`statistics`   logistic regression on what each channel does on the whole; blind to order beyond first and last
`dtw`          the nearest training series by dynamic time warping over all channels together (Sakoe & Chiba 1978,
               doi:10.1109/TASSP.1978.1163055; Shokoohi-Yekta et al. 2017, doi:10.1007/s10618-016-0455-0)
`minirocket`   10,000 convolutions and ridge regression (Dempster et al. 2021, arXiv:2012.08791)

The last two are sktime's, of the optional extra `timeseries`. N series · T steps · C channels · L labels
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.linear import fit_scaled, scaled_scores
from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.models.series import pad_rows, read_series

STATISTICS = ("mean", "deviation", "lowest", "highest", "first", "last", "change a step")
SHORTEST = 9  # steps a convolution of MiniROCKET spans
MOST_CELLS = 2e7
"""Pairs of steps that DTW may look at for one answer: about a tenth of a second."""
FEWEST_STEPS = 64
"""Series are not shortened below this; then there are fewer of them."""
MOST_ROCKET_ROWS = 4000
"""Train rows of MiniROCKET, whose ridge regression takes their number squared."""


class NotInstalled(PretrainedUnavailable):
    """The library that a baseline needs is not installed."""


class SeriesBaseline(Baseline):
    """A baseline over series, standardised by train as the models' are, missing values filled by the train mean."""

    task = "series"
    _extractor: SeriesFeatureExtractor

    notes: list[str]
    """What was left out to be fast, for the record."""
    channel_names: list[str] | None = None
    """Of the channels, in their order, where the data name them."""

    def _fit(self, texts: Sequence[Any], labels: Array) -> None:
        self.notes = []
        rows = self._rows(texts)
        self._extractor = SeriesFeatureExtractor(feature_size=rows[0].shape[1]).fit(rows)
        self.arrays = self._learn(self._extractor.standardize(rows), labels)
        self.arrays["mean"], self.arrays["std"] = np.array(self._extractor.mean), np.array(self._extractor.std)

    def _predict_scores(self, texts: Sequence[Any]) -> Array:
        try:
            rows = self._rows(texts, self._extractor.feature_size)
        except ValueError as error:
            raise InputError(str(error)) from error
        return self._answer(self._extractor.standardize(rows))

    def _rows(self, given: Sequence[Any], channels: int | None = None) -> list[Array]:
        """Read what the baseline is called with as series, (T, C) each; C is `channels` where it is known."""
        return [read_series(row, channels, index) for index, row in enumerate(given)]

    def _learn(self, series: list[Array], labels: Array) -> dict[str, Array]:
        """Compute the arrays to keep from standardised series (T, C) and their labels."""
        raise NotImplementedError

    def _answer(self, series: list[Array]) -> Array:
        """Compute scores (N, L) of standardised series."""
        raise NotImplementedError

    def _facts(self) -> dict[str, Any]:
        return {"task": self.task} | ({"channel_names": self.channel_names} if self.channel_names else {})

    def _restore(self, facts: dict[str, Any]) -> None:
        names = facts.get("channel_names")
        self.channel_names = [str(name) for name in names] if isinstance(names, list) else None
        mean, std = self.arrays["mean"].tolist(), self.arrays["std"].tolist()
        self._extractor = SeriesFeatureExtractor(feature_size=len(mean), mean=mean, std=std)


class StatisticsBaseline(SeriesBaseline):
    """A linear model over the statistics of every channel and the length."""

    kind = "statistics"

    def _learn(self, series: list[Array], labels: Array) -> dict[str, Array]:
        return fit_scaled(self.problem_type, statistics(series), labels)

    def _answer(self, series: list[Array]) -> Array:
        return scaled_scores(self.problem_type, statistics(series), self.arrays, self.num_labels)


class DtwBaseline(SeriesBaseline):
    """The label, labels or value of the training series that is nearest by dynamic time warping without a window.

    Where that would take long, means of neighbouring steps stand for them (piecewise aggregates: Keogh et al. 2001,
    doi:10.1007/PL00011669), and then fewer training series are kept, drawn by label; both are said.
    """

    kind = "dtw"

    def _learn(self, series: list[Array], labels: Array) -> dict[str, Array]:
        _distances()
        joined, kept = fast_enough(len(series), max(map(len, series)))
        if joined > 1:
            self.notes.append(f"dtw sees the means of {joined} neighbouring steps, so that an answer takes no seconds")
            series = [means_of_steps(row, joined) for row in series]
        if kept < len(series):
            chosen = _draw(labels, kept, self.problem_type)
            self.notes.append(f"dtw keeps {kept:,} of {len(series):,} train series, so that an answer takes no seconds")
            series, labels = [series[row] for row in chosen], labels[chosen]
        targets = _targets(labels, self.num_labels, self.problem_type)
        return {**_packed(series), "targets": targets, "joined": np.array([joined])}

    def _answer(self, series: list[Array]) -> Array:
        train, joined = _unpacked(self.arrays), int(self.arrays.get("joined", np.ones(1))[0])
        series = [means_of_steps(row, joined) for row in series]
        distance = _compiled_dtw(max(map(len, [*series, *train])), train[0].shape[1])
        nearest = [int(np.argmin([distance(row.T, other.T) for other in train])) for row in map(np.float64, series)]
        return self.arrays["targets"][nearest]


class MiniRocketBaseline(SeriesBaseline):
    """Ridge regression over MiniROCKET's features; series are filled up with the train mean, or cut, to one length.

    The features need no more of train than its series and a seed, so these are what is kept beside the weights. The
    scores are a softmax over distances from the margin, not probabilities.
    """

    kind = "minirocket"
    SEED = 0

    def _learn(self, series: list[Array], labels: Array) -> dict[str, Array]:
        from sklearn.linear_model import RidgeCV
        from sklearn.preprocessing import StandardScaler

        if len(series) > MOST_ROCKET_ROWS:
            self.notes.append(
                f"minirocket learns from {MOST_ROCKET_ROWS:,} of {len(series):,} train series, to be fast"
            )
            chosen = _draw(labels, MOST_ROCKET_ROWS, self.problem_type)
            series, labels = [series[row] for row in chosen], labels[chosen]
        length = max(SHORTEST, *map(len, series))
        self._transform = self._fitted(_one_length(series, length))
        features = self._features(series, length)  # (N, 9996)
        scaler = StandardScaler(with_mean=False).fit(features)
        targets = _targets(labels, self.num_labels, self.problem_type)
        targets = targets if self.problem_type == "regression" else 2 * targets - 1
        model = RidgeCV(alphas=np.logspace(-3, 3, 10)).fit(scaler.transform(features), targets)
        weights = np.reshape(model.coef_, (targets.shape[1], -1)) / np.asarray(scaler.scale_)
        learnt = {"coefficients": weights.T.astype(np.float32), "intercepts": np.reshape(model.intercept_, -1)}
        return {**learnt, **_packed(series), "length": np.array([length])}

    def _answer(self, series: list[Array]) -> Array:
        features = self._features(series, int(self.arrays["length"][0]))
        margins = features @ self.arrays["coefficients"] + self.arrays["intercepts"]
        if self.problem_type == "regression":
            return margins
        from scipy.special import expit, softmax

        return expit(margins) if self.problem_type == "multi_label_classification" else softmax(margins, axis=1)

    def _restore(self, facts: dict[str, Any]) -> None:
        super()._restore(facts)
        self._transform = self._fitted(_one_length(_unpacked(self.arrays), int(self.arrays["length"][0])))

    def _features(self, series: list[Array], length: int) -> Array:
        return np.asarray(self._transform.transform(_one_length(series, length)), dtype=np.float32)

    def _fitted(self, series: Array) -> Any:
        try:
            from sktime.transformations.rocket import MiniRocketMultivariate

            return MiniRocketMultivariate(random_state=self.SEED).fit(series)
        except (ImportError, ModuleNotFoundError) as error:
            raise _not_installed("minirocket") from error


SERIES_BASELINES: dict[str, type[SeriesBaseline]] = {
    each.kind: each for each in (StatisticsBaseline, DtwBaseline, MiniRocketBaseline)
}


def statistics(series: Sequence[Array]) -> Array:
    """Summarise each channel: (N, 7 C + 1), `STATISTICS` channel by channel and the logarithm of T."""
    rows = []
    for row in series:
        steps = np.asarray(row, dtype=np.float64)
        change = np.abs(np.diff(steps, axis=0)).mean(axis=0) if len(steps) > 1 else np.zeros(steps.shape[1])
        found = (steps.mean(0), steps.std(0), steps.min(0), steps.max(0), steps[0], steps[-1], change)
        rows.append(np.concatenate([*found, [np.log(len(steps))]]))
    return np.array(rows)


def fast_enough(rows: int, longest: int) -> tuple[int, int]:
    """Say how many neighbouring steps are to be one, and how many series are to be kept, to stay within `MOST_CELLS`.

    Args:
        rows: train series.
        longest: steps of the longest.
    """
    joined = 1
    while rows * (-(-longest // joined)) ** 2 > MOST_CELLS and -(-longest // (joined + 1)) >= FEWEST_STEPS:
        joined += 1
    return joined, min(rows, max(1, int(MOST_CELLS / (-(-longest // joined)) ** 2)))


def means_of_steps(row: Array, joined: int) -> Array:
    """Average each `joined` neighbouring steps: (T, C) to (ceil(T / joined), C)."""
    if joined == 1:
        return row
    starts = np.arange(0, len(row), joined)
    return np.add.reduceat(row, starts, axis=0) / np.diff(starts, append=len(row))[:, None]


def _draw(labels: Array, count: int, problem_type: str) -> Array:
    """Draw rows in the proportions of their labels, where each has one: numbers of `count` rows, in their order."""
    draw = np.random.default_rng(0)
    if problem_type != "single_label_classification":
        return np.sort(draw.permutation(len(labels))[:count])
    order = draw.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]  # label by label, at random within
    return np.sort(order[np.linspace(0, len(order) - 1, count).round().astype(int)])


def _targets(labels: Array, num_labels: int, problem_type: str) -> Array:
    """Return what is predicted, (N, L): one-hot rows for ids."""
    if problem_type != "single_label_classification":
        return labels.reshape(len(labels), -1).astype(np.float64)
    return np.eye(num_labels)[labels]


def _packed(series: list[Array]) -> dict[str, Array]:
    """Pack series of different lengths into two arrays."""
    return {"steps": np.concatenate(series), "lengths": np.array([len(row) for row in series])}


def _unpacked(arrays: dict[str, Array]) -> list[Array]:
    return np.split(arrays["steps"].astype(np.float64), np.cumsum(arrays["lengths"])[:-1])


def _one_length(series: list[Array], length: int) -> Array:
    """Bring series to one length, (N, C, length), as sktime takes them; added steps are 0, the standardised mean."""
    padded, _ = pad_rows([row[:length].astype(np.float32) for row in series], length)
    return padded.transpose(0, 2, 1).astype(np.float64)


def _distances() -> Any:
    """Load sktime's compiled distances."""
    try:
        import numba  # noqa: F401 - sktime compiles with it, and says so only when it is too late
        from sktime.dists_kernels._numba_distances import distance_factory
    except (ImportError, ModuleNotFoundError) as error:
        raise _not_installed("dtw") from error
    return distance_factory


def _compiled_dtw(longest: int, channels: int) -> Any:
    """Compile a function of two series, (C, T) each, of up to `longest` steps; the area it may search is as large."""
    widest = np.zeros((channels, longest))
    return _distances()(widest, widest, metric="dtw")


def _not_installed(name: str) -> NotInstalled:
    return NotInstalled(f"{name} needs sktime and numba, which are not installed; pip install 'hf_seq[timeseries]'.")
