# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts with spans by characters, as annotation tools save them, to words with tags.

Doccano, Hub    {"text": ..., "label" | "labels" | "entities": [[0, 10, "PER"], ...]}, or objects with start and end
Prodigy         {"text": ..., "tokens": [...], "spans": [{"start": 0, "end": 10, "label": "PER"}], "answer": "accept"}
Label Studio    {"data": {"text": ...}, "annotations": [{"result": [{"value": {"start": ..., "labels": [...]}}]}]}
spaCy           ["text", {"entities": [[0, 10, "PER"]]}], and {"paragraphs": [{"sentences": [{"tokens": [...]}]}]}
brat            `hf_seq.data.readers.brat` makes rows of the first kind

Texts are cut into sentences, and words are those that the tagger will cut raw text into. What does not fit is counted,
with examples: a span that cuts a word takes the whole word, of spans that overlap the longest stays.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.labels.cells import parsed_list
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.tagging.span_places import Span, find_counting, fits, of_utf16
from hf_seq.data.tagging.span_rows import texts_of_span_rows
from hf_seq.models.sentence_places import sentence_places
from hf_seq.text.word_patterns import WordHabits, splitter, word_pattern

TEXTS = ("text", "content", "sentence", "raw", "document", "data")
SPANS = ("spans", "entities", "label", "labels", "annotation", "annotations", "ner", "ents", "completions")
_START = ("start", "start_offset", "begin", "start_char", "from")
_END = ("end", "end_offset", "end_char", "stop", "to")
_LABEL = ("label", "labels", "type", "entity", "entity_group", "tag", "entity_type", "name")
_SPOKEN = ("text", "word", "value", "span_text")
SAMPLE = 200  # rows looked at
EXAMPLES = 3

Place = tuple[int, int]


@dataclass
class _Document:
    text: str
    spans: list[Span]
    words: list[Place] | None = None  # given by the file
    about: dict[str, str] = field(default_factory=dict)  # what else its row says: an author, a patient


@dataclass
class _Misfits:
    """What did not fit, by kind, as examples and counts."""

    seen: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def add(self, noun: str, what: str, example: str) -> None:
        self.seen.setdefault((noun, what), []).append(example)

    def notes(self) -> list[str]:
        return self.said + [
            f"{counted(len(examples), noun)} {what}, such as {'; '.join(map(repr, examples[:EXAMPLES]))}"
            for (noun, what), examples in self.seen.items()
        ]


def with_tags_of_spans(raw: RawData) -> RawData:
    """Return words and tags in the place of texts and spans; data of another shape stay as they are."""
    _put_span_rows_together(raw)
    if not any(_documents(table, _Misfits(), SAMPLE) for table in raw.tables.values()):
        return raw
    tables: dict[str, Table] = {}
    notes = list(raw.notes)
    for split, table in raw.tables.items():
        misfits = _Misfits()
        documents = _documents(table, misfits)
        if not documents:
            tables[split] = table
            continue
        tables[split] = _tagged(split, documents, misfits)
        counts = f"{counted(len(documents), 'text')} with {counted(sum(len(each.spans) for each in documents), 'span')}"
        notes.append(f"{split}: {counts}, read as {counted(len(tables[split]), 'sentence')} of words with tags")
        notes += [f"{split}: {note}" for note in misfits.notes()]
    return RawData(tables, raw.description, raw.class_names, notes)


def _put_span_rows_together(raw: RawData) -> None:
    """Put the spans of each text together where a table has one a row."""
    for split, table in raw.tables.items():
        names = {name.lower(): name for name in table.names}
        known = [next((names[name] for name in kind if name in names), None) for kind in (TEXTS, _START, _END, _LABEL)]
        if None in known or not _is_text(table, known[0] or ""):
            continue
        found = texts_of_span_rows(table, *(name or "" for name in known))
        if found is not None:
            raw.tables[split] = found
            raw.notes.append(f"{split}: {found.notes[-1]}")


def texts_with_spans(table: Table) -> list[str] | None:
    """Return the text of every row of an annotation tool, tagged or not; None where the rows are others."""
    names = {name.lower(): name for name in table.names}
    text = next((names[name] for name in TEXTS if name in names and _is_text(table, names[name])), None)
    spans = next((names[name] for name in SPANS if name in names and _holds_spans(table, names[name])), None)
    if text is None or (spans is None and not any(isinstance(value, Mapping) for value in table.values(text, SAMPLE))):
        return None
    return [_text_of(value) or "" for value in table.values(text)]


# From rows to documents


def _documents(table: Table, misfits: _Misfits, limit: int | None = None) -> list[_Document]:
    """Read texts and their spans; nothing where the rows hold none."""
    names = {name.lower(): name for name in table.names}
    if "paragraphs" in names:
        found = [each for value in table.values(names["paragraphs"], limit) for each in _of_paragraphs(value)]
        return found
    text_name = next((names[name] for name in TEXTS if name in names and _is_text(table, names[name])), None)
    spans_name = next((names[name] for name in SPANS if name in names and _holds_spans(table, names[name])), None)
    if text_name is None or spans_name is None:
        return []
    answers = table.values(names["answer"], limit) if "answer" in names else None
    tokens = table.values(names["tokens"], limit) if "tokens" in names else None
    about = _about(table, {text_name, spans_name}, limit)
    texts = list(map(_text_of, table.values(text_name, limit)))
    listed = [[s for s in map(_span, _listed(value)) if s is not None] for value in table.values(spans_name, limit)]
    rows = [(text, spans) for text, spans in zip(texts, listed, strict=True) if text is not None]
    moved = find_counting(rows, misfits.said)
    found = []
    for row, (text, spans) in enumerate(zip(texts, listed, strict=True)):
        if text is None or (answers is not None and answers[row] not in (None, "accept")):
            misfits.add("row", "left out, rejected or without text", str(text)[:40])
            continue
        spans = spans if moved is None else [moved(text, span) for span in spans]  # noqa: PLW2901
        words = None if tokens is None else _given_words(tokens[row])
        kept = {name: values[row] for name, values in about.items()}
        found.append(_Document(text, _that_fit(text, spans, misfits), words, kept))
    return found


def _about(table: Table, read: set[str], limit: int | None) -> dict[str, list[str]]:
    """Return the other columns that hold a word or a number a row, by which documents may belong together."""
    others = {name: table.values(name, limit) for name in table.names if name not in read | {"document"}}
    return {
        name: ["" if value is None else str(value) for value in values]
        for name, values in others.items()
        if not any(isinstance(value, list | Mapping) for value in values)
    }


def _is_text(table: Table, name: str) -> bool:
    values = [value for value in table.values(name, SAMPLE) if value is not None]
    return bool(values) and all(_text_of(value) is not None for value in values)


def _text_of(value: Any) -> str | None:
    """Return a text, or the longest text of the object that Label Studio puts it into."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        texts = [value["text"]] if isinstance(value.get("text"), str) else list(value.values())
        return max((text for text in texts if isinstance(text, str)), key=len, default=None)
    return None


def _holds_spans(table: Table, name: str) -> bool:
    """Check whether all that a column lists are spans, and there is one."""
    listed = [item for value in table.values(name, SAMPLE) for item in _listed(value)]
    return bool(listed) and all(_span(item) is not None for item in listed)


def _listed(value: Any) -> list[Any]:
    """List what may be spans: the value itself, its `entities`, or the results of Label Studio's annotations."""
    if isinstance(value, Mapping):
        return _listed(value.get("entities") or value.get("spans"))
    if isinstance(value, str):  # the cell of a csv
        return list(parsed_list(value.strip()) or []) if value.strip().startswith("[") else []
    if not isinstance(value, list | tuple):
        return []
    results = [item for item in value if isinstance(item, Mapping) and isinstance(item.get("result"), list)]
    if results:
        kept = [item for item in results if not item.get("was_cancelled")]
        return [result for result in (kept[0]["result"] if kept else []) if "value" in result]
    return list(value)


def _span(item: Any) -> Span | None:
    """Read a span in any of the shapes that tools write; None if it is none."""
    if isinstance(item, list | tuple) and len(item) == 3:
        numbers = [place for value in item if (place := _place(value)) is not None]
        label = next((value for value in item if isinstance(value, str)), None)
        return None if label is None or len(numbers) != 2 else Span(numbers[0], numbers[1], label)
    if not isinstance(item, Mapping):
        return None
    if isinstance(item.get("points"), list) and item["points"]:  # DataTurks, whose end is the last character
        point, label = item["points"][0], _first(item.get("label"))
        return Span(point["start"], point["end"] + 1, str(label), point.get("text")) if label else None
    known = item["value"] if isinstance(item.get("value"), Mapping) else item
    start, end, label, text = (
        next((known[n] for n in names if n in known), None) for names in (_START, _END, _LABEL, _SPOKEN)
    )
    if label is None and isinstance(known.get("labels"), list):
        label = known["labels"]
    label, start, end = _first(label), _place(start), _place(end)
    if start is None or end is None or label is None:
        return None
    return Span(start, end, str(label), text if isinstance(text, str) else None)


def _place(value: Any) -> int | None:
    """Read where a span begins or ends, which pandas writes as 3.0 beside cells that are missing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _given_words(tokens: Any) -> list[Place] | None:
    """Return the places of tokens that a file gives with offsets, as Prodigy does."""
    if isinstance(tokens, list) and tokens and all(isinstance(each, Mapping) and "start" in each for each in tokens):
        return [(each["start"], each["end"]) for each in tokens]
    return None


def _of_paragraphs(paragraphs: Any) -> Iterator[_Document]:
    """Yield the sentences of spaCy's training format, whose tags are BILUO."""
    for paragraph in paragraphs or []:
        for sentence in paragraph.get("sentences", []):
            tokens = [token for token in sentence.get("tokens", []) if token.get("orth", "").strip()]
            text, places, spans = "", [], []
            begun = 0
            for token in tokens:
                start = len(text) + bool(text)
                text = f"{text} {token['orth']}".strip()
                places.append((start, len(text)))
                part, _, label = str(token.get("ner") or "O").partition("-")
                begun = start if part in ("B", "U") else begun
                if part in ("L", "U"):
                    spans.append(Span(begun, len(text), label))
            if tokens:
                yield _Document(text, spans, places)


def _that_fit(text: str, spans: Sequence[Span], misfits: _Misfits) -> list[Span]:
    """Keep the spans that lie in the text and hold what the file says; where it counts UTF-16, count characters."""
    found = [span for span in spans if fits(text, span)]
    if len(found) < len(spans) and any(ord(letter) > 0xFFFF for letter in text):
        moved = [of_utf16(text, span) for span in spans]
        if all(fits(text, span) for span in moved):
            return moved
    for span in spans:
        if span not in found:
            misfits.add("span", "left out, not where its text is", f"{span.label} {span.text or text[:30]}")
    return found


# From documents to sentences of words


def _tagged(part: str, documents: Sequence[_Document], misfits: _Misfits) -> Table:
    split = splitter(word_pattern(WordHabits()))
    columns: dict[str, list[Any]] = {"tokens": [], "tags": [], "text": [], "document": []}
    groups: dict[str, list[str]] = {name: [] for name in documents[0].about}
    for number, document in enumerate(documents, 1):
        words = sorted(document.words or [place for _, place in split.pre_tokenize_str(document.text)])
        spans = _apart(document, misfits)
        tags = _tags(document, words, spans, misfits)
        for start, end in _sentences(document.text, spans):
            inside = range(*(bisect_left(words, edge, key=lambda place: place[0]) for edge in (start, end)))
            if inside:
                columns["tokens"].append([document.text[slice(*words[index])] for index in inside])
                columns["tags"].append([tags[index] for index in inside])
                columns["text"].append(document.text[start:end])
                columns["document"].append(f"{part} {number}")
                for name, owners in groups.items():
                    owners.append(document.about[name])
    return Table(columns, row_groups=groups)


def _apart(document: _Document, misfits: _Misfits) -> list[Span]:
    """Keep of spans that overlap the longest, the first of equal ones; in the order of the text."""
    kept: list[Span] = []
    for span in sorted(set(document.spans), key=lambda each: (each.start - each.end, each.start)):
        other = next((each for each in kept if span.start < each.end and each.start < span.end), None)
        if other is None:
            kept.append(span)
        else:
            pair = f"{document.text[span.start : span.end]} ({span.label}) in {document.text[other.start : other.end]}"
            misfits.add("span", "left out, inside a longer one or across it", f"{pair} ({other.label})")
    return sorted(kept, key=lambda each: each.start)


def _tags(document: _Document, words: Sequence[Place], spans: Sequence[Span], misfits: _Misfits) -> list[str]:
    """Tag the words that spans touch, as BIO."""
    tags = ["O"] * len(words)
    for span in spans:
        touched = [
            n for n, (start, end) in enumerate(words) if start < span.end and span.start < end and tags[n] == "O"
        ]
        if not touched:
            misfits.add("span", "left out, without a word of its own", document.text[span.start : span.end])
            continue
        first, last = words[touched[0]][0], words[touched[-1]][1]
        if first < span.start or last > span.end:
            cut, whole = document.text[span.start : span.end], document.text[first:last]
            misfits.add("span", "with a part of a word, read as the whole", f"{cut} -> {whole}")
        for place, number in enumerate(touched):
            tags[number] = f"{'I' if place else 'B'}-{span.label}"
    return tags


def _sentences(text: str, spans: Sequence[Span]) -> list[Place]:
    """Cut a text into sentences, none of them inside a span."""
    joined: list[Place] = []
    for start, end in sentence_places(text):
        if joined and any(span.start < start < span.end for span in spans):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
