# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the report shows of taggers: scores per type, and sentences with the gold and the predicted tags side by side.

N sentences. Everything here is plain data for the template; nothing is escaped yet.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hf_seq.metrics.tagging import scores_by_type
from hf_seq.models.spans import Span, spans_of
from hf_seq.models.tag_schemes import scheme_of
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.figures import SERIES
from hf_seq.reports.record import Record
from hf_seq.reports.rows import Row

SHOWN = 6
"""Sentences of each kind."""
LONGEST = 60
"""Words of a sentence that are shown."""
Tags = Sequence[str | None]


@dataclass(frozen=True)
class Segment:
    """Words that carry one tag or span; `series` is the colour of its type, None for plain words."""

    text: str
    label: str = ""
    series: int | None = None
    right: bool = True


@dataclass(frozen=True)
class TaggedSentence:
    """A test sentence as gold and as every model tags it: lines of (who, segments)."""

    row: int
    lines: list[tuple[str, list[Segment]]]


@dataclass(frozen=True)
class TaggedGroup:
    """Sentences of one kind of disagreement, and how many there are of it."""

    title: str
    count: int
    sentences: list[TaggedSentence]


def scores_of_types(comparison: Comparison) -> list[tuple[str, dict[str, dict[str, float]]]]:
    """Score every type per model: precision, recall, F1 and support, the commonest type in gold first."""
    scheme = scheme_of(comparison.first.label_names)
    found = []
    for row in comparison.done:
        scores = scores_by_type(row.answers[0], row.gold, scheme)
        found.append((row.record.name, dict(sorted(scores.items(), key=lambda item: -item[1]["support"]))))
    return found


def tagged_sentences(
    comparison: Comparison, sentences: Sequence[Sequence[str]], rows: Sequence[int]
) -> list[TaggedGroup]:
    """Pick test sentences on which the best small model and the reference differ; none where one of them is missing.

    Args:
        comparison: the rows.
        sentences: N lists of words.
        rows: (N,) their numbers in the source, which the report shows.
    """
    best, reference = comparison.best, comparison.reference
    if best is None or reference is None:
        return []
    mine, theirs = _errors(best), _errors(reference)
    kinds = [
        (f"{best.record.name} makes fewer errors than {reference.record.name}", lambda n: theirs[n] - mine[n]),
        (f"{reference.record.name} makes fewer errors than {best.record.name}", lambda n: mine[n] - theirs[n]),
        ("Both err most", lambda n: min(mine[n], theirs[n])),
    ]
    groups = []
    for title, gain in kinds:
        chosen = sorted((n for n in range(len(mine)) if gain(n) > 0), key=lambda n: -gain(n) / len(sentences[n]) ** 0.5)
        shown = [_sentence(comparison, sentences[n], n, rows[n]) for n in chosen[:SHOWN]]
        groups.append(TaggedGroup(title, len(chosen), shown))
    return [group for group in groups if group.count]


def _sentence(comparison: Comparison, words: Sequence[str], index: int, number: int) -> TaggedSentence:
    read, colours = _reader(comparison.first), _colours(comparison)
    gold = read(comparison.done[0].gold[index])
    lines = [("gold", _segments(words, gold, gold, colours))]
    lines += [
        (row.record.name, _segments(words, read(row.answers[0][index]), gold, colours)) for row in comparison.done
    ]
    return TaggedSentence(number, lines)


def _segments(words: Sequence[str], spans: list[Span], gold: list[Span], colours: dict[str, int]) -> list[Segment]:
    """Split a sentence into its words and the spans that a model found; right are those that gold has too."""
    starting = {span.start: span for span in spans}
    found, place = [], 0
    while place < min(len(words), LONGEST):
        span = starting.get(place)
        end = span.end if span else place + 1
        text = " ".join(words[place:end])
        found.append(Segment(text, span.type, colours.get(span.type, 0), span in gold) if span else Segment(text))
        place = end
    return found + ([Segment("…")] if len(words) > LONGEST else [])


def _reader(record: Record) -> Callable[[Tags], list[Span]]:
    """Choose what is counted in a sentence: its spans, or where tags mark none, every word with its tag."""
    if scheme_of(record.label_names) != "none":
        return lambda tags: spans_of([tag or "O" for tag in tags])
    return lambda tags: [Span(tag, place, place + 1) for place, tag in enumerate(tags) if tag]


def _errors(row: Row) -> list[int]:
    """Count items per sentence that are missed or made up."""
    read = _reader(row.record)
    return [
        len(set(read(predicted)) ^ set(read(gold))) for predicted, gold in zip(row.answers[0], row.gold, strict=True)
    ]


def _colours(comparison: Comparison) -> dict[str, int]:
    read = _reader(comparison.first)
    labels = Counter(span.type for tags in comparison.done[0].gold for span in read(tags))
    return {label: index % len(SERIES) for index, (label, _) in enumerate(labels.most_common())}
