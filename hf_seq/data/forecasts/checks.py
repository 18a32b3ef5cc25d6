# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at series before a model learns to forecast them.

errors    a channel without any value in train
warnings  a constant channel · many missing values · a single series that is short · other levels in test than in train
facts     steps, series, channels, the season

T steps · C channels
"""

from collections.abc import Iterator

import numpy as np

from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.findings import Finding, counted
from hf_seq.data.forecasts.splits import ForecastSplits, arrays_of
from hf_seq.data.series.seasonality import find_season
from hf_seq.data.series.sentinels import find_sentinels

Array = np.ndarray
MANY_MISSING = 0.2  # share of the values of a channel
FEW_WINDOWS = 50  # of train
SHIFT = 3.0  # deviations of train between the means of train and test
MOST_LOOKED_AT = 50  # series whose season is looked for
STRONG = 0.5  # autocorrelation of a season that is worth a warning where another one is used
ALIKE = 0.999  # correlation of two channels
TOLD = 0.98  # correlation of what is known ahead with what is forecast


def check_forecast(splits: ForecastSplits) -> CheckReport:
    """Look at every split."""
    series = arrays_of(splits.train, "series")
    steps = [len(values) for values in series]
    many = f"{len(series):,} series of {min(steps):,} to {max(steps):,} steps" if len(series) > 1 else f"{steps[0]:,}"
    report = CheckReport(splits.source, facts=list(splits.notes))
    report.facts.insert(
        0, f"train: {many}{' steps' if len(series) == 1 else ''}, {counted(len(splits.channels), 'channel')}"
    )
    every = np.concatenate(series)
    report.errors += _empty(every, splits)
    report.warnings += [*_constant(series, every, splits), *_missing(every, splits), *_few(series, splits)]
    report.warnings += [*_shifted(every, splits), *find_sentinels(every, splits.channels)]
    return report


def look_closer_at_forecast(report: CheckReport, splits: ForecastSplits) -> None:
    """Add the season of each channel, one that is not the one used, and channels that say the same."""
    series = arrays_of(splits.train, "series")[:MOST_LOOKED_AT]
    for number, name in enumerate(splits.channels):
        found = [find_season(values[:, number]) for values in series]
        seasons = [season for season, _ in found if season > 1]
        if not seasons:
            report.facts.append(f"{name!r}: no season is seen")
            continue
        season = int(np.median(seasons))
        likeness = float(np.median([like for each, like in found if each > 1]))
        report.facts.append(f"{name!r}: a season of {season} steps (autocorrelation {likeness:.2f})")
        if likeness >= STRONG and splits.season % season and season % max(splits.season, 2):
            report.warnings.append(
                Finding(
                    "other-season",
                    f"{name!r} repeats itself every {season} steps, but the season is taken to be {splits.season}; say "
                    f"--season {season} if that is right",
                )
            )
    report.warnings += _alike(np.concatenate(series), splits)
    if splits.known:
        report.warnings += _told(series, arrays_of(splits.train, "known")[:MOST_LOOKED_AT], splits)


def _empty(every: Array, splits: ForecastSplits) -> Iterator[Finding]:
    for number, name in enumerate(splits.channels):
        if np.isnan(every[:, number]).all():
            yield Finding("channel-empty", f"{name!r} has no value in train; leave it out of --target_columns")


def _constant(series: list[Array], every: Array, splits: ForecastSplits) -> Iterator[Finding]:
    with np.errstate(invalid="ignore"):
        for number, name in enumerate(splits.channels):
            known = every[~np.isnan(every[:, number]), number]
            if len(known) and np.ptp(known) == 0:
                yield Finding(
                    "channel-constant",
                    f"{name!r} is {known[0]:g} in all of train, so there is nothing to learn of it; leave it out of "
                    "--target_columns",
                )
    if len(series) > 1:
        names = splits.train["id"][:]
        flat = [row for row, values in enumerate(series) if _is_flat(values)]
        if flat and len(flat) < len(series):
            shown = ", ".join(repr(names[row]) for row in flat[:5])
            yield Finding("series-constant", f"{len(flat):,} series never change in train: {shown}")


def _is_flat(values: Array) -> bool:
    known = values[~np.isnan(values).any(axis=1)]
    return len(known) == 0 or bool((np.ptp(known, axis=0) == 0).all())


def _missing(every: Array, splits: ForecastSplits) -> Iterator[Finding]:
    shares = np.isnan(every).mean(axis=0)
    for name, share in zip(splits.channels, shares.tolist(), strict=True):
        if MANY_MISSING < share < 1:
            yield Finding(
                "many-missing",
                f"{name!r} lacks {100 * share:.0f} % of its values in train; models read them as missing",
            )


def _few(series: list[Array], splits: ForecastSplits) -> Iterator[Finding]:
    windows = sum(max(0, len(values) - splits.horizon) for values in series)
    if windows < FEW_WINDOWS:
        yield Finding(
            "few-windows",
            f"train holds {windows} windows at most, too few for a model to learn much; the baselines seasonal-naive "
            "and linear may do better (hf-seq compare)",
        )


def _shifted(every: Array, splits: ForecastSplits) -> Iterator[Finding]:
    if not len(splits.test):
        return
    futures = np.concatenate(arrays_of(splits.test, "future"))
    mean, spread = np.nanmean(every, axis=0), np.nanstd(every, axis=0)
    later = np.nanmean(futures, axis=0)
    for number, name in enumerate(splits.channels):
        apart = abs(later[number] - mean[number])
        if spread[number] > 0 and apart > SHIFT * spread[number]:
            yield Finding(
                "level-shift",
                f"{name!r} is about {later[number]:.4g} in test and {mean[number]:.4g} in train, "
                f"{apart / spread[number]:.1f} deviations away; the past may say little of the future",
            )


def _alike(every: Array, splits: ForecastSplits) -> Iterator[Finding]:
    known = every[~np.isnan(every).any(axis=1)]
    if len(known) < 3 or len(splits.channels) < 2:
        return
    with np.errstate(invalid="ignore", divide="ignore"):
        likeness = np.abs(np.corrcoef(known.T))
    pairs = np.argwhere(np.triu(likeness, 1) > ALIKE)
    for one, other in pairs[:5].tolist():
        yield Finding(
            "channels-alike",
            f"{splits.channels[one]!r} and {splits.channels[other]!r} say the same (correlation "
            f"{likeness[one, other]:.4f}); one of them may be made from the other",
        )


def _told(series: list[Array], known: list[Array], splits: ForecastSplits) -> Iterator[Finding]:
    """Find what is said to be known ahead, and says what is forecast: nobody will know it in time."""
    values, beside = np.concatenate(series), np.concatenate(known)
    for number, name in enumerate(splits.channels):
        for column, other in enumerate(splits.known):
            both = ~(np.isnan(values[:, number]) | np.isnan(beside[:, column]))
            one, two = values[both, number], beside[both, column]
            if both.sum() < 3 or np.ptp(one) == 0 or np.ptp(two) == 0:
                continue
            likeness = abs(float(np.corrcoef(one, two)[0, 1]))
            if likeness > TOLD:
                yield Finding(
                    "known-tells-target",
                    f"{other!r} is said to be known ahead, and says what {name!r} is (correlation {likeness:.4f}); if "
                    "it is measured when that is, leave it out of --known_columns",
                )
