# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tags of words by an exported model: which words there are, the best path of a CRF, spans with their places.

B sentences · S steps, padding included · T words · L labels
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

if __package__:
    from .runtime import InputError, Model, whole_characters
else:
    from runtime import InputError, Model, whole_characters  # type: ignore[no-redef,import-not-found]

OVERLAP = 4  # the share of a window that overlaps with the next is 1 / OVERLAP
PARTS = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S", "M": "I", "W": "S"}
OUTSIDE = ("O", "")


class Sentence(NamedTuple):
    """Ids of its pieces, where each word begins among them, the words, and where they stand."""

    ids: list[int]
    firsts: list[int]
    words: list[str]
    places: list[tuple[int, int]]
    begins: Sequence[int] = (0,)  # the words that begin a sentence


class Tagger(Model):
    """Sentence, as a text or a list of words, to entities, or to a tag for each word."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        pattern, chain = self.facts["word_pattern"], self.facts["crf"]
        self._split = None
        if pattern is not None:
            from tokenizers import Regex, pre_tokenizers

            self._split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
        self._sentence_places = self._read_sentence_places() if self.facts.get("sentences") else None
        self._chain = None if chain is None else [np.array(chain[name]) for name in ("start", "end", "pair")]

    def _read_sentence_places(self) -> Any:
        """Get what cuts a text into sentences: the file beside this one, or hf_seq's own; never one of the model's."""
        beside, here = Path(__file__).with_name("sentence_places.py"), Path(__file__)
        file = beside if beside.is_file() else here.parents[1] / "models" / beside.name
        spec: Any = spec_from_file_location("sentence_places", file)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.sentence_places

    def check(self, given: Any, row: int) -> Any:
        """Give a text, or a list of words."""
        if isinstance(given, str):
            return whole_characters(given)
        if isinstance(given, Sequence) and all(isinstance(word, str) for word in given):
            return [whole_characters(word) for word in given]
        raise InputError(f"sentence {row} must be a string or a list of words, but is {given!r:.60}.")

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Tag each, with its words or spans."""
        read = [self._read_text(each) if isinstance(each, str) else self._read_words(each) for each in inputs]
        found = zip(inputs, read, self._tag(read), strict=True)
        return [self._answer(given, sentence, *tagged) for given, sentence, tagged in found]

    def tag_with_scores(self, sentences: Iterable[Sequence[str]]) -> list[tuple[list[str], list[float]]]:
        """Tag every word of sentences that are given as words, and give the probabilities of the tags."""
        return self._tag([self._read_words(list(words)) for words in sentences])

    def _read_text(self, text: str) -> Sentence:
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        if self._split is None:
            firsts = first_pieces(encoding.word_ids)
            ends = [*firsts[1:], len(encoding.ids)][: len(firsts)]
            offsets = encoding.offsets
            positions = [(offsets[first][0], offsets[end - 1][1]) for first, end in zip(firsts, ends, strict=True)]
            positions = whole_places(positions, text)
        else:  # pretrained tokenizers cut finer than words
            spans = [position for _, position in self._split.pre_tokenize_str(text)]
            ends = [end for _, end in spans]
            word_of: list[int | None] = []
            for start, end in encoding.offsets:
                word = bisect_right(ends, start)
                word_of.append(word if word < len(spans) and spans[word][0] < end else None)
            firsts = first_pieces(word_of)
            positions = [spans[word_of[first]] for first in firsts]  # type: ignore[index]
        words = [text[start:end] for start, end in positions]
        return Sentence(encoding.ids, firsts, words, positions, self._begins(text, positions))

    def _begins(self, text: str, positions: list[tuple[int, int]]) -> Sequence[int]:
        """Find the words that begin a sentence of a text."""
        if self._sentence_places is None or not positions:
            return (0,)
        cut = self._sentence_places(text, lower_starts=self.facts["sentences"] == "split-lower")
        firsts = [bisect_left(positions, (start, -1)) for start, _ in cut]
        return sorted({0, *(first for first in firsts if first < len(positions))})

    def _read_words(self, words: list[str]) -> Sentence:
        encoding = self.tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        silent = set(range(len(words))) - set(encoding.word_ids)
        if silent:  # a word without a piece is said to be unknown
            readable = [self.facts["unknown"] if number in silent else word for number, word in enumerate(words)]
            encoding = self.tokenizer.encode(readable, is_pretokenized=True, add_special_tokens=False)
        positions = [(number, number + 1) for number in range(len(words))]
        return Sentence(encoding.ids, first_pieces(encoding.word_ids), words, positions)

    def _tag(self, sentences: list[Sentence]) -> list[tuple[list[str], list[float]]]:
        before, after = self.facts["before"], self.facts["after"]
        room = (self.facts["limit"] or 1_000_000_000) - len(before) - len(after)
        rows, facts = [], []
        for number, sentence in enumerate(sentences):
            for start, end, words in cut_sentences(sentence, room):
                first, last = (bisect_left(sentence.firsts, position) for position in (start, end))
                inside, skipped = sentence.firsts[first:last], words.start - first
                rows.append([*before, *sentence.ids[start:end], *after])
                facts.append((number, [position - start + len(before) for position in inside], skipped, len(words)))
        found: list[Any] = [None] * len(rows)
        for chosen, logits in self.run_rows(rows):
            begins = [facts[row][1] for row in chosen]
            for row, choice in zip(chosen, self._choose(logits, begins), strict=True):
                found[row] = choice
        tagged: list[tuple[list[str], list[float]]] = [([], []) for _ in sentences]
        for (number, _, skipped, count), (tags, scores) in zip(facts, found, strict=True):
            tagged[number][0].extend(self.label_names[tag] for tag in tags[skipped : skipped + count])
            tagged[number][1].extend(scores[skipped : skipped + count])
        return tagged

    def _choose(self, logits: Any, words: list[list[int]]) -> list[tuple[list[int], list[float]]]:
        """Choose the labels of words, and how probable they are, by the logits (B, S, L) of the steps they begin at."""
        lengths = np.array([len(each) for each in words])
        scores = np.zeros((len(words), lengths.max(), logits.shape[2]))  # (B, T, L)
        for row, steps in enumerate(words):
            scores[row, : len(steps)] = logits[row, steps]
        if self._chain is None:
            chances = np.exp(scores - scores.max(2, keepdims=True))
            chances /= chances.sum(2, keepdims=True)
            path = chances.argmax(2)
        else:
            path, chances = best_path(scores, lengths, *self._chain), marginals(scores, lengths, *self._chain)
        values = np.take_along_axis(chances, path[:, :, None], 2)[:, :, 0]
        return [(path[row, :size].tolist(), values[row, :size].tolist()) for row, size in enumerate(lengths)]

    def _answer(self, given: Any, sentence: Sentence, tags: list[str], scores: list[float]) -> dict[str, Any]:
        if not self.facts["marks_spans"]:
            parts = zip(tags, scores, sentence.words, sentence.places, strict=True)
            names = ("label", "score", "text", "start", "end")
            return {"tokens": [dict(zip(names, (*part[:3], *part[3]), strict=True)) for part in parts]}
        entities = []
        for label, first, last in spans_of(tags):
            start, end = sentence.places[first][0], sentence.places[last - 1][1]
            text = given[start:end] if isinstance(given, str) else " ".join(given[start:end])
            score = sum(scores[first:last]) / (last - first)
            entities.append({"label": label, "score": score, "text": text, "start": start, "end": end})
        return {"entities": entities}


def first_pieces(word_of: Sequence[int | None]) -> list[int]:
    """Find where each word begins, by the number of the word that each piece belongs to."""
    seen, firsts = None, []
    for position, word in enumerate(word_of):
        if word is not None and word != seen:
            firsts.append(position)
            seen = word
    return firsts


def whole_places(positions: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Give words that stand for one word of the text together (du = de + le) its place, of which they have the end."""
    whole: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(positions):
        if number and positions[number - 1] == (start, end):
            whole.append(whole[-1])
            continue
        if positions[number + 1 : number + 2] == [(start, end)]:
            while start > (whole[-1][1] if whole else 0) and text[start - 1].isalnum():
                start -= 1  # noqa: PLW2901
        whole.append((start, end))
    return whole


def cut_sentences(sentence: Sentence, room: int) -> Iterator[tuple[int, int, range]]:
    """Cut what was read into windows, none of which goes over the begin of a sentence."""
    firsts = sentence.firsts
    for word, after in zip(sentence.begins, [*sentence.begins[1:], len(firsts)], strict=True):
        start = firsts[word] if len(sentence.begins) > 1 else 0
        end = firsts[after] if after < len(firsts) else len(sentence.ids)
        for first, last, words in cut_windows([each - start for each in firsts[word:after]], end - start, room):
            yield first + start, last + start, range(words.start + word, words.stop + word)


def cut_windows(firsts: Sequence[int], length: int, room: int) -> list[tuple[int, int, range]]:
    """Cut a sentence into windows of at most `room` pieces: start, end, and the words whose tags are taken from it."""
    if length <= room:
        return [(0, length, range(len(firsts)))] if firsts else []
    windows: list[tuple[int, int, range]] = []
    word = done = 0  # the first word of the window, and how many words have a tag
    while done < len(firsts):
        start = firsts[word]
        end = min(start + room, length)
        following = bisect_left(firsts, end)
        back = bisect_left(firsts, end - room // OVERLAP, word + 1, following)
        last = len(firsts) if end == length else max(done + 1, (back + following + 1) // 2)
        windows.append((start, end, range(done, last)))
        done = last
        while back < last < len(firsts) and firsts[last] >= firsts[back] + room:
            back += 1  # a long word would keep the next one out
        word = min(back, last)
    return windows


def best_path(scores: Any, lengths: Any, start: Any, end: Any, pair: Any) -> Any:
    """Find the labels of the highest score (Viterbi 1967): (B, T, L) and lengths (B,) to (B, T)."""
    total, came_from = start + scores[:, 0], []
    for step in range(1, scores.shape[1]):
        ways = total[:, :, None] + pair
        goes_on = (step < lengths)[:, None]
        came_from.append(np.where(goes_on, ways.argmax(1), np.arange(len(start))))
        total = np.where(goes_on, ways.max(1) + scores[:, step], total)
    path = [(total + end).argmax(1)]
    for sources in came_from[::-1]:
        path.append(np.take_along_axis(sources, path[-1][:, None], 1)[:, 0])
    return np.stack(path[::-1], 1)


def marginals(scores: Any, lengths: Any, start: Any, end: Any, pair: Any) -> Any:
    """Compute the probability of each label at each step, over all paths: (B, T, L) and (B,) to (B, T, L)."""
    steps = range(1, scores.shape[1])
    ahead, behind = [start + scores[:, 0]], [np.broadcast_to(end, scores[:, 0].shape)]
    for step in steps:
        ahead.append(_log_sum(ahead[-1][:, :, None] + pair, 1) + scores[:, step])
    for step in steps[::-1]:
        before = _log_sum(pair + (scores[:, step] + behind[-1])[:, None], 2)
        behind.append(np.where((step < lengths)[:, None], before, end))
    both = np.stack(ahead, 1) + np.stack(behind[::-1], 1)
    return np.exp(both - _log_sum(both, 2)[:, :, None])


def _log_sum(values: Any, axis: int) -> Any:
    highest = values.max(axis, keepdims=True)
    return np.log(np.exp(values - highest).sum(axis)) + highest.squeeze(axis)


def spans_of(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Read spans as conlleval does: type, first word, and the word behind the last."""
    spans: list[tuple[str, int, int]] = []
    start, before = 0, OUTSIDE
    for position, now in enumerate([*map(_split_tag, tags), OUTSIDE]):
        if not (before[0] in ("B", "I") and now[0] in ("I", "E") and before[1] == now[1]):
            if before != OUTSIDE:
                spans.append((before[1] or "_", start, position))
            start = position
        before = now
    return spans


def _split_tag(name: str) -> tuple[str, str]:
    part, dash, kind = name.partition("-")
    return (PARTS[part], kind) if part in PARTS and bool(dash) == bool(kind) else OUTSIDE
