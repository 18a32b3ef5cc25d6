# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sentences to the tags of their words: by a token classifier of transformers, or by the most frequent tag.

A word is tagged at its first piece, by the best path where the model has a CRF. Long texts are read in windows that
overlap.

B batch · T steps · L labels
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from hf_seq.baselines import MostFrequentTag
from hf_seq.models.word_tagging import Window, choose_tags, cut_windows
from hf_seq.predictors.batches import batches_by_length, padded
from hf_seq.predictors.encoders import token_limit
from hf_seq.predictors.engine import Engine, can_pad
from hf_seq.predictors.word_reading import NO_LIMIT, Sentence, WordReader, splitter_by

TextOrWords = str | list[str]
Tagged = tuple[list[str], list[float]]  # tags and scores of the words of a sentence


class _Row(NamedTuple):
    """A window of a sentence, as the model reads it."""

    sentence: int
    window: Window
    ids: list[int]
    firsts: list[int]  # of all words in it, special tokens counted
    kept: slice  # which of `firsts` have their tags from here


class WordTagger(Engine):
    """A token classifier of transformers and its tokenizer; see `Engine`."""

    def __init__(self, model: Any, tokenizer: Any, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        if not can_pad(model, tokenizer):
            self.batch_size = 1
        self.label_names = [model.config.id2label[index] for index in range(model.config.num_labels)]
        self._reader = WordReader(tokenizer)
        special = len(self._reader.before) + len(self._reader.after)
        self._room = (token_limit(model, tokenizer) or NO_LIMIT) - special

    def read(self, given: TextOrWords) -> Sentence:
        """Read a text or a list of words as pieces."""
        return self._reader.read_text(given) if isinstance(given, str) else self.read_words([given])[0]

    def read_words(self, sentences: Sequence[Sequence[str]]) -> list[Sentence]:
        """Read lists of words as pieces; no word is without one."""
        return self._reader.read_words(sentences)

    @torch.inference_mode()
    def tag(self, sentences: Sequence[Sentence], *, scores: bool = True) -> list[Tagged]:
        """Tag the words of each sentence, with scores where these are wanted."""
        tagged: list[Tagged] = [([], []) for _ in sentences]
        rows = [row for number, sentence in enumerate(sentences) for row in self._rows(number, sentence)]
        answers: dict[tuple[int, int], Tagged] = {}
        for numbers in batches_by_length([len(row.ids) for row in rows], self.batch_size):
            batch = [rows[number] for number in numbers]
            for row, found in zip(batch, self._tag_batch(batch, scores=scores), strict=True):
                answers[row.sentence, row.window.start] = found
        for row in rows:  # the windows of a sentence in their order
            tags, values = answers[row.sentence, row.window.start]
            tagged[row.sentence][0].extend(tags)
            tagged[row.sentence][1].extend(values)
        return tagged

    def inputs(self, sentence: Sentence) -> dict[str, Tensor]:
        """Return what the model alone is called with for one sentence: ids (1, T) of its first window."""
        rows = self._rows(0, sentence)
        ids = rows[0].ids if rows else [self.processor.unk_token_id or 0]
        return {"input_ids": torch.tensor([ids], device=self.device)}

    def _rows(self, number: int, sentence: Sentence) -> list[_Row]:
        rows = []
        shift = len(self._reader.before)
        for window in cut_windows(sentence.firsts, len(sentence.ids), self._room, sentence.begins):
            if not len(window.words):
                continue
            ids = [*self._reader.before, *sentence.ids[window.start : window.end], *self._reader.after]
            inside = range(*(bisect_left(sentence.firsts, end) for end in (window.start, window.end)))
            firsts = [sentence.firsts[word] - window.start + shift for word in inside]
            kept = slice(window.words.start - inside[0], window.words.stop - inside[0])
            rows.append(_Row(number, window, ids, firsts, kept))
        return rows

    def _tag_batch(self, batch: list[_Row], *, scores: bool) -> Iterator[Tagged]:
        left = self.processor.padding_side == "left"
        longest = len(batch[-1].ids)
        inputs = {"input_ids": padded([row.ids for row in batch], self.processor.pad_token_id or 0, left=left)}
        if len(batch[0].ids) != longest:
            inputs["attention_mask"] = padded([[1] * len(row.ids) for row in batch], 0, left=left)
        shifts = [longest - len(row.ids) if left else 0 for row in batch]
        tagged = torch.zeros(inputs["input_ids"].shape, dtype=torch.bool)
        for index, (row, shift) in enumerate(zip(batch, shifts, strict=True)):
            tagged[index, [first + shift for first in row.firsts]] = True
        outputs = self.run(inputs)
        chosen, values = choose_tags(self.model, outputs, tagged.to(self.device), scores=scores)
        tags = chosen.tolist()
        numbers = None if values is None else values.tolist()
        for index, (row, shift) in enumerate(zip(batch, shifts, strict=True)):
            steps = [first + shift for first in row.firsts[row.kept]]
            given = [] if numbers is None else [numbers[index][step] for step in steps]
            yield [self.label_names[tags[index][step]] for step in steps], given


class FrequencyTagger:
    """The most frequent tag of each word, asked as a `WordTagger` is."""

    def __init__(self, baseline: MostFrequentTag) -> None:
        self.model = baseline
        self.label_names = baseline.label_names
        self._split = splitter_by(baseline.word_pattern)

    def read(self, given: TextOrWords) -> Sentence:
        """Read a text as words, or the words as they are."""
        if not isinstance(given, str):
            return self.read_words([given])[0]
        pairs = self._split.pre_tokenize_str(given)
        return Sentence([], [], [word for word, _ in pairs], [position for _, position in pairs])

    def read_words(self, sentences: Sequence[Sequence[str]]) -> list[Sentence]:
        """Read lists of words as they are."""
        return [Sentence([], [], list(words), [(n, n + 1) for n in range(len(words))]) for words in sentences]

    def tag(self, sentences: Sequence[Sentence], *, scores: bool = True) -> list[Tagged]:
        """Tag the words of each sentence, with how often the words had their tags in train."""
        del scores  # they cost nothing here
        pairs = self.model.tag_with_scores([sentence.words for sentence in sentences])
        return [([tag for tag, _ in words], [score for _, score in words]) for words in pairs]
