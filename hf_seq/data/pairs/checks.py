# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at pairs of texts before a model learns to write the one from the other.

errors    an empty side · a split without rows · every target alike · a tokenizer that knows next to nothing of a side
warnings  pairs that occur twice · test or validation sources that are in train · pairs of very unlike length · targets
          that are copies of their sources · texts longer than max_length · unknown tokens · a small test

Nothing is dropped: every finding names its rows, and the rows stay.
"""

from collections.abc import Iterator

from transformers import PreTrainedTokenizerBase

from hf_seq.data.classification.checks import SMALL_TEST, SPLITS, UNKNOWN_DOUBTFUL, UNKNOWN_HOPELESS, CheckReport
from hf_seq.data.cutting import text_key
from hf_seq.data.findings import Finding, are, counted
from hf_seq.data.splits import Splits
from hf_seq.text.encoding import encode_texts

UNLIKE, WORDS = 4, 12  # times as long as the usual ratio says, from this many words on
COPIES = 0.02  # share of targets that are their sources


def check_pairs(
    splits: Splits, *, tokenizer: PreTrainedTokenizerBase | None = None, max_length: int | None = None
) -> CheckReport:
    """Look at every split.

    Args:
        splits: of `load_pair_splits`; `strict=False` lets rows with an empty side through to here.
        tokenizer: of the model; unknown tokens and lengths in tokens are checked when given.
        max_length: tokens of a text that the model will see.
    """
    sizes = ", ".join(f"{name} {len(splits[name]):,}" for name in SPLITS)
    report = CheckReport(splits.source, errors=list(splits.problems), facts=[f"pairs: {sizes}", *splits.notes])
    report.warnings += splits.doubts
    pairs = {name: (splits[name]["source"][:], splits[name]["target"][:]) for name in SPLITS}
    places = {name: [(splits.origins.get(name, name), row) for row in splits[name]["row"]] for name in SPLITS}
    report.errors += [
        Finding("split-empty", f"{name} has no pairs; give some") for name in SPLITS if not len(splits[name])
    ]
    if len(set(pairs["train"][1])) == 1:
        report.errors.append(Finding("targets-alike", f"every train target is {pairs['train'][1][0]!r:.60}"))
    report.warnings += _repeated(pairs, places)
    if splits.test_split != "all":
        report.warnings += _overlaps(pairs, places)
    report.warnings += _unlike(pairs["train"], places["train"])
    report.warnings += _copies(pairs["train"], places["train"])
    if 0 < len(splits.test) < SMALL_TEST:
        report.warnings.append(
            Finding(
                "test-small",
                f"the test has {counted(len(splits.test), 'pair')}; its scores are rough, see their intervals",
            )
        )
    if tokenizer is not None:
        _check_tokens(report, pairs, places, tokenizer, max_length or tokenizer.model_max_length)
    return report


Sides = tuple[list[str], list[str]]
Places = list[tuple[str, int]]


def _repeated(pairs: dict[str, Sides], places: dict[str, Places]) -> Iterator[Finding]:
    rows = []
    for name, sides in pairs.items():
        seen: set[tuple[str, ...]] = set()
        for pair, place in zip(zip(*sides, strict=True), places[name], strict=True):
            if pair in seen:
                rows.append(place)
            seen.add(pair)
    if rows:
        yield Finding("pair-repeated", f"{counted(len(rows), 'pair')} more than once in a split", rows)


def _overlaps(pairs: dict[str, Sides], places: dict[str, Places]) -> Iterator[Finding]:
    train = {text_key(text) for text in pairs["train"][0]} - {""}
    for name in ("validation", "test"):
        rows = [place for text, place in zip(pairs[name][0], places[name], strict=True) if text_key(text) in train]
        if rows:
            share = len(rows) / len(pairs[name][0])
            yield Finding(
                "overlap",
                f"{len(rows):,} of {len(pairs[name][0]):,} {name} sources ({share:.1%}) {are(len(rows))} in train too; "
                f"scores on {name} will be too good",
                rows,
            )


def _unlike(sides: Sides, places: Places) -> Iterator[Finding]:
    """Yield pairs whose lengths in words are far from the usual ratio: often not translations of each other."""
    lengths = [(len(source.split()), len(target.split())) for source, target in zip(*sides, strict=True)]
    usual = sum(second for _, second in lengths) / max(1, sum(first for first, _ in lengths))
    rows = [
        place
        for (first, second), place in zip(lengths, places, strict=True)
        if max(first * usual, second) >= WORDS and max(first * usual, second) > UNLIKE * min(first * usual, second)
    ]
    if rows:
        yield Finding(
            "lengths-unlike",
            f"{len(rows):,} train pairs are {UNLIKE} times longer on one side than usual; they may not belong together",
            rows,
        )


def _copies(sides: Sides, places: Places) -> Iterator[Finding]:
    rows = [
        place
        for source, target, place in zip(*sides, places, strict=True)
        if text_key(source) == text_key(target) != ""
    ]
    if len(rows) > COPIES * len(places):
        yield Finding("copies", f"{len(rows):,} train targets are their sources; a model learns to copy", rows)


def _check_tokens(
    report: CheckReport,
    pairs: dict[str, Sides],
    places: dict[str, Places],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
) -> None:
    long, longest, total = [], 0, 0
    for name, sides in pairs.items():
        for side, texts in zip(("sources", "targets"), sides, strict=True):
            encoded = encode_texts(texts, getattr(tokenizer, side[:-1], tokenizer), max_length)
            for length, place in zip(encoded.full_lengths, places[name], strict=True):
                longest, total = max(longest, length), total + 1
                if length > max_length:
                    long.append(place)
            if encoded.unknown_rate >= UNKNOWN_DOUBTFUL:
                finding = Finding(
                    "unknown-tokens",
                    f"{encoded.unknown_rate:.1%} of the tokens of the {name} {side} are unknown to the tokenizer; use "
                    "tokenizer_kind=bpe, which knows every text",
                )
                (report.errors if encoded.unknown_rate >= UNKNOWN_HOPELESS else report.warnings).append(finding)
    if long:
        report.warnings.append(
            Finding(
                "truncated",
                f"{len(long):,} of {total:,} texts are longer than max_length={max_length} tokens (longest: "
                f"{longest:,}) and will be cut at the end",
                long,
            )
        )
