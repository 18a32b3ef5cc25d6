# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at tagged sentences before training; the checks of leaks and sizes are those of texts (`checks.py`).

errors    rows whose tags are missing or not as many as the tokens · a split without rows, or train without tags · one
          tag only · a tokenizer that knows next to nothing of the words
warnings  tags that break the scheme (an I- that follows nothing, or another type) · tags that train lacks · empty
          sentences and tokens · the same sentence twice, or under other tags · sentences of validation or test that
          are in train · many unknown words · sentences over max_length · a small test

Nothing is dropped: every finding names its rows, and the rows stay.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from transformers import PreTrainedTokenizerBase

from hf_seq.data.classification.checks import (
    SPLITS,
    CheckReport,
    Columns,
    check_unknown,
    counted,
    empty_splits,
    facts_of,
    it,
    long_inputs,
    names_in_words,
    overlaps,
    places_of,
    repeated_inputs,
    similar_names,
    small_test,
)
from hf_seq.data.findings import Finding
from hf_seq.data.splits import Splits
from hf_seq.data.tagging.names import IGNORED
from hf_seq.models.tag_schemes import TagScheme, forbidden_transitions, scheme_of, split_tag
from hf_seq.text.word_encoding import encode_words

FEW_SPANS = 10  # of a tag in train
UNKNOWN_WORDS = 0.3  # share of the words of a split


@dataclass(frozen=True)
class _Sentences:
    """N sentences of words and tag names (None where the row has no usable tags), and where they are from."""

    words: list[list[str]]
    tags: list[list[str] | None]
    places: list[tuple[str, int]]


def check_tagged(
    splits: Splits, tokenizer: PreTrainedTokenizerBase | None = None, max_length: int | None = None
) -> CheckReport:
    """Look at every split.

    Args:
        splits: of `load_tagged_splits`; with `strict=False` rows with bad tags come here, too.
        tokenizer: of the model; unknown words and lengths in tokens are checked when given.
        max_length: tokens the model will see; without a tokenizer, lengths are counted in words.
    """
    sentences = {name: _sentences(splits, name) for name in SPLITS}
    columns = {
        name: Columns([" ".join(words) for words in split.words], split.tags, split.places, "sentence", "sentences")
        for name, split in sentences.items()
    }
    scheme = splits.tag_scheme
    report = CheckReport(splits.source, errors=list(splits.problems), facts=facts_of(splits))
    report.warnings += splits.doubts
    report.facts[2:2] = [_scheme_in_words(splits.label_names, scheme), _unknown_in_words(sentences)]
    report.errors += empty_splits(columns)
    report.errors += _too_few_tags(sentences["train"])
    report.warnings += _scheme_of_names(splits.label_names, scheme)
    report.warnings += _illegal_tags(splits.label_names, scheme, sentences)
    absent = _absent(splits.label_names, sentences)
    report.facts += [f"no row of any split has {names_in_words(absent)}"] if absent else []
    report.warnings += _tag_counts(splits.label_names, sentences)
    report.warnings += similar_names(splits)
    report.warnings += _empty(sentences)
    report.warnings += repeated_inputs(columns)
    report.warnings += overlaps(columns)
    report.warnings += _many_unknown_words(sentences)
    report.warnings += small_test(columns)
    if tokenizer is not None:
        _check_tokens(report, sentences, columns, tokenizer, max_length or tokenizer.model_max_length)
    elif max_length is not None:
        lengths = {name: [len(words) for words in split.words] for name, split in sentences.items()}
        report.warnings += long_inputs(columns, lengths, max_length, "words")
    return report


def _sentences(splits: Splits, name: str) -> _Sentences:
    names = {**splits.id2label, IGNORED: None}
    rows = splits[name]
    tags = [None if row is None else [tag for tag in map(names.get, row) if tag is not None] for row in rows["tags"][:]]
    return _Sentences(rows["tokens"][:], tags, places_of(splits, name))


def _scheme_in_words(names: list[str], scheme: TagScheme) -> str:
    if scheme == "none":
        return "tag scheme: none, each word has a tag of its own"
    kinds = sorted({part[1] for name in names if (part := split_tag(name)) and part[0] != "O"})
    return f"tag scheme: {scheme}, spans of {counted(len(kinds), 'type')}: {', '.join(kinds)}"


def _unknown_in_words(sentences: dict[str, _Sentences]) -> str:
    rates = ", ".join(f"{name} {rate:.1%}" for name, rate in _unknown_rates(sentences).items())
    return f"words that are not in train: {rates}"


def _unknown_rates(sentences: dict[str, _Sentences]) -> dict[str, float]:
    """Share of the words of validation and test that train lacks."""
    known = {word for words in sentences["train"].words for word in words}
    rates = {}
    for name in ("validation", "test"):
        words = [word for sentence in sentences[name].words for word in sentence]
        rates[name] = sum(word not in known for word in words) / max(1, len(words))
    return rates


def _many_unknown_words(sentences: dict[str, _Sentences]) -> Iterator[Finding]:
    for name, rate in _unknown_rates(sentences).items():
        if rate >= UNKNOWN_WORDS:
            yield Finding(
                "unknown-words",
                f"{rate:.1%} of the {name} words are not in train; the splits may come from different places, and a "
                "model that sees letters (character_encoder) or a pretrained one will do better",
            )


def _too_few_tags(train: _Sentences) -> Iterator[Finding]:
    seen = {tag for tags in train.tags for tag in tags or []}
    if not seen and train.words:
        yield Finding("tags-absent", "no train row has a tag; check tags_column")
    elif len(seen) == 1:
        yield Finding("single-class", f"every train word has the tag {seen.pop()!r}; check tags_column")


def _scheme_of_names(names: list[str], scheme: TagScheme) -> Iterator[Finding]:
    marked = [name for name in names if "-" in name and split_tag(name) is not None]
    if scheme == "none" and marked:
        others = [name for name in names if name not in marked and name != "O"]
        which = f"{names_in_words(others)} do not" if others else "they do not make a whole scheme"
        yield Finding(
            "scheme-unknown",
            f"names such as {marked[0]!r} mark spans, but {which}; scored by words. Write all of them as BIO or BIOES",
        )
    if scheme != scheme_of(names):
        yield Finding(
            "scheme-differs",
            f"the names of the tags look like {scheme_of(names)}, but they are read as {scheme}, as the train rows are "
            f"written, or as tag_scheme says: a CRF gets the rules of {scheme}; set tag_scheme if that is wrong",
        )


def _illegal_tags(names: list[str], scheme: TagScheme, sentences: dict[str, _Sentences]) -> Iterator[Finding]:
    """Yield tags that may not follow the one before them, by split."""
    if scheme == "none" or (scheme == "bioes") != (scheme_of(names) == "bioes"):
        return
    start, end, pair = (rule.tolist() for rule in forbidden_transitions(names, scheme))
    number = {name: index for index, name in enumerate(names)}
    for name, split in sentences.items():
        found: Counter[str] = Counter()
        rows = []
        for tags, place in zip(split.tags, split.places, strict=True):
            ids = [number[tag] for tag in tags or []]
            broken = [f"{tags[0]} at the start"] if tags and start[ids[0]] else []
            broken += [f"{names[a]} {names[b]}" for a, b in pairwise(ids) if pair[a][b]]
            broken += [f"{tags[-1]} at the end"] if tags and end[ids[-1]] else []
            found.update(broken)
            rows += [place] * bool(broken)
        if rows:
            total, inside = sum(found.values()), sum(tag != "O" for tags in split.tags for tag in tags or [])
            most = ", ".join(f"{what} ({count}x)" for what, count in found.most_common(3))
            yield Finding(
                "scheme-broken",
                f"{counted(total, 'tag')} of {inside:,} in {name} spans ({total / inside:.1%}) break the {scheme} "
                f"scheme in {counted(len(rows), 'sentence')}: {most}; scores read them as conlleval does, a CRF never "
                "predicts them; correct them",
                rows,
            )


def _tag_counts(names: list[str], sentences: dict[str, _Sentences]) -> Iterator[Finding]:
    counts = {name: Counter(tag for tags in split.tags for tag in tags or []) for name, split in sentences.items()}
    train = counts["train"]
    for name in ("validation", "test"):
        unseen = sorted(tag for tag in counts[name] if tag not in train)
        if unseen:
            rows = _rows_with(set(unseen), sentences[name])
            yield Finding(
                "tag-unseen", f"train lacks {names_in_words(unseen)}, which {name} has; never predicted", rows
            )
    if len(counts["test"]) == 1 < len(train) and sum(counts["test"].values()) >= FEW_SPANS:
        yield Finding("test-constant", f"every test word has the tag {next(iter(counts['test']))!r}; check its tags")
    few = [name for name in names if 0 < train[name] < FEW_SPANS]
    if few:
        yield Finding(
            "class-small",
            f"fewer than {FEW_SPANS} train words have {names_in_words(few)}, too few to learn {it(few)} well",
        )
    untested = [name for name in names if train[name] and not counts["test"][name]]
    if untested:
        yield Finding("class-untested", f"no test word has {names_in_words(untested)}; the scores say nothing of it")


def _absent(names: list[str], sentences: dict[str, _Sentences]) -> list[str]:
    """List tags that have names, and no word anywhere."""
    seen = {tag for split in sentences.values() for tags in split.tags for tag in tags or []}
    return [name for name in names if name not in seen]


def _rows_with(tags: set[str], split: _Sentences) -> list[tuple[str, int]]:
    return [place for row, place in zip(split.tags, split.places, strict=True) if tags & set(row or [])]


def _empty(sentences: dict[str, _Sentences]) -> Iterator[Finding]:
    pairs = [pair for split in sentences.values() for pair in zip(split.words, split.places, strict=True)]
    rows = [place for words, place in pairs if not words]
    if rows:
        yield Finding("sentence-empty", f"no word in {counted(len(rows), 'row')}; kept, and not scored", rows)
    rows = [place for words, place in pairs if any(not word.strip() for word in words)]
    if rows:
        yield Finding(
            "token-empty",
            f"{counted(len(rows), 'row')} with an empty token; kept, and read as an unknown word",
            rows,
        )


def _check_tokens(
    report: CheckReport,
    sentences: dict[str, _Sentences],
    columns: dict[str, Columns],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
) -> None:
    lengths = {}
    for name, split in sentences.items():
        encoded = encode_words(split.words, None, tokenizer, max_length)
        lengths[name] = encoded.full_lengths
        check_unknown(report, name, encoded.unknown_rate, "words", "--tokenizer_kind wordpiece")
    report.warnings += long_inputs(columns, lengths, max_length, "tokens")
