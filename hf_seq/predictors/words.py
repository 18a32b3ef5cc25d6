# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The lean road from a sentence to its tags: any token classifier of transformers, and the most frequent tag.

Raw text falls into words as in training (`text/word_patterns.py`), given words stay as they are; a word is tagged at
its first piece, by the best path where the model has a CRF. Long texts are read in windows that overlap.

B batch · T steps · L labels
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Regex, pre_tokenizers
from torch import Tensor

from hf_seq.baselines import MostFrequentTag, is_baseline, load_baseline
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import scheme_of
from hf_seq.models.word_tagging import Window, choose_tags, cut_windows, find_spans, first_pieces, word_places
from hf_seq.predictors.loading import load_any
from hf_seq.predictors.text import BATCHES_IN_WINDOW, Answer, filled, growing_windows, lean_encoder, token_limit
from hf_seq.text.word_encoding import IGNORED, encode_words
from hf_seq.text.word_patterns import WordHabits, word_pattern

NO_LIMIT = 1_000_000_000
Given = str | list[str]
Said = tuple[list[str], list[float]]  # tags and scores of the words of a sentence


@dataclass(frozen=True)
class Sentence:
    """One input as pieces and words.

    Attributes:
        ids: of its pieces, without special tokens.
        firsts: where each word begins among them.
        words: as written.
        places: start and end of each word: characters of a text; numbers of words where these were given.
    """

    ids: list[int]
    firsts: list[int]
    words: list[str]
    places: list[tuple[int, int]]


class _Row(NamedTuple):
    """A window of a sentence, as the model reads it."""

    sentence: int
    window: Window
    ids: list[int]
    firsts: list[int]  # of all words in it, special tokens counted
    kept: slice  # which of `firsts` have their tags from here


class WordTagger:
    """Sentences to tags and scores of their words.

    Args:
        model: a token classifier of transformers.
        tokenizer: the model's own.
        batch_size: B.
        bf16: run under bfloat16 autocast.
    """

    def __init__(self, model: Any, tokenizer: Any, *, batch_size: int = 64, bf16: bool = False) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.bf16 = bf16
        pads = tokenizer.pad_token_id is not None and getattr(model.config, "pad_token_id", None) is not None
        self.batch_size = batch_size if pads else 1
        self.label_names = [model.config.id2label[index] for index in range(model.config.num_labels)]
        self._before, self._after = _special_ids(tokenizer)
        self._room = (token_limit(model, tokenizer) or NO_LIMIT) - len(self._before) - len(self._after)
        self._reader = _TextReader(tokenizer)

    def read(self, given: Given) -> Sentence:
        """A text or a list of words as pieces."""
        return self._reader(given) if isinstance(given, str) else self.read_words([given])[0]

    def read_words(self, sentences: Sequence[Sequence[str]]) -> list[Sentence]:
        """Lists of words as pieces; no word is without one."""
        encoded = encode_words(sentences, None, self.tokenizer, NO_LIMIT)
        first, after = len(self._before), len(self._after)
        read = []
        for words, ids, labels in zip(sentences, encoded.input_ids, encoded.labels, strict=True):
            firsts = [place - first for place, label in enumerate(labels) if label != IGNORED]
            places = [(number, number + 1) for number in range(len(words))]
            read.append(Sentence(ids[first : len(ids) - after], firsts, list(words), places))
        return read

    @torch.inference_mode()
    def tag(self, sentences: Sequence[Sentence], *, scores: bool = True) -> list[Said]:
        """Tags of the words of each sentence, and their scores where these are wanted."""
        said: list[Said] = [([], []) for _ in sentences]
        rows = [row for number, sentence in enumerate(sentences) for row in self._rows(number, sentence)]
        answers: dict[tuple[int, int], Said] = {}
        order = sorted(range(len(rows)), key=lambda index: len(rows[index].ids))
        for start in range(0, len(order), self.batch_size):
            batch = [rows[index] for index in order[start : start + self.batch_size]]
            for row, found in zip(batch, self._tag_batch(batch, scores=scores), strict=True):
                answers[row.sentence, row.window.start] = found
        for row in rows:  # the windows of a sentence in their order
            tags, values = answers[row.sentence, row.window.start]
            said[row.sentence][0].extend(tags)
            said[row.sentence][1].extend(values)
        return said

    def inputs(self, sentence: Sentence) -> dict[str, Tensor]:
        """What the model alone is called with for one sentence: ids (1, T) of its first window."""
        rows = self._rows(0, sentence)
        ids = rows[0].ids if rows else [self.tokenizer.unk_token_id or 0]
        return {"input_ids": torch.tensor([ids], device=self.model.device)}

    def _rows(self, number: int, sentence: Sentence) -> list[_Row]:
        rows = []
        shift = len(self._before)
        for window in cut_windows(sentence.firsts, len(sentence.ids), self._room):
            if not len(window.words):
                continue
            ids = [*self._before, *sentence.ids[window.start : window.end], *self._after]
            inside = [word for word, first in enumerate(sentence.firsts) if window.start <= first < window.end]
            firsts = [sentence.firsts[word] - window.start + shift for word in inside]
            kept = slice(window.words.start - inside[0], window.words.stop - inside[0])
            rows.append(_Row(number, window, ids, firsts, kept))
        return rows

    def _tag_batch(self, batch: list[_Row], *, scores: bool) -> Iterator[Said]:
        left = self.tokenizer.padding_side == "left"
        device = self.model.device
        longest = len(batch[-1].ids)
        inputs = {"input_ids": filled([row.ids for row in batch], self.tokenizer.pad_token_id or 0, left=left)}
        if len(batch[0].ids) != longest:
            inputs["attention_mask"] = filled([[1] * len(row.ids) for row in batch], 0, left=left)
        shifts = [longest - len(row.ids) if left else 0 for row in batch]
        tagged = torch.zeros(inputs["input_ids"].shape, dtype=torch.bool)
        for index, (row, shift) in enumerate(zip(batch, shifts, strict=True)):
            tagged[index, [first + shift for first in row.firsts]] = True
        outputs = self._run({name: value.to(device) for name, value in inputs.items()})
        chosen, values = choose_tags(self.model, outputs, tagged.to(device), scores=scores)
        tags = chosen.tolist()
        numbers = None if values is None else values.tolist()
        for index, (row, shift) in enumerate(zip(batch, shifts, strict=True)):
            steps = [first + shift for first in row.firsts[row.kept]]
            given = [] if numbers is None else [numbers[index][step] for step in steps]
            yield [self.label_names[tags[index][step]] for step in steps], given

    def _run(self, inputs: dict[str, Tensor]) -> Any:
        if not self.bf16:
            return self.model(**inputs)
        with torch.autocast(self.model.device.type, torch.bfloat16):
            return self.model(**inputs)


class FrequencyTagger:
    """The same face for the most frequent tag of each word."""

    tokenizer = None
    batch_size = 64

    def __init__(self, baseline: MostFrequentTag) -> None:
        self.model = baseline
        self.label_names = baseline.label_names
        self._split = _splitter()

    def read(self, given: Given) -> Sentence:
        """A text as words, or the words as they are."""
        if not isinstance(given, str):
            return self.read_words([given])[0]
        pairs = self._split.pre_tokenize_str(given)
        return Sentence([], [], [word for word, _ in pairs], [place for _, place in pairs])

    def read_words(self, sentences: Sequence[Sequence[str]]) -> list[Sentence]:
        """Lists of words as they are."""
        return [Sentence([], [], list(words), [(n, n + 1) for n in range(len(words))]) for words in sentences]

    def tag(self, sentences: Sequence[Sentence], *, scores: bool = True) -> list[Said]:
        """Tags of the words of each sentence, and how often the words had them in train."""
        del scores  # they cost nothing here
        pairs = self.model.tag_with_scores([sentence.words for sentence in sentences])
        return [([tag for tag, _ in words], [score for _, score in words]) for words in pairs]


class TaggingPredictor:
    """Sentence to tags.

    Calling it with a text gives, where the labels mark spans,

        {"entities": [{"label": "person", "score": 0.98, "text": "Ada Byron", "start": 0, "end": 9}]}

    with characters of the text as start and end, else a dict for each word under "tokens". Of a list of words, start
    and end are numbers of words. A score is the probability of a word's tag (its marginal where the model has a CRF),
    for a span the mean over its words.

    Args:
        tagger: model and tokenizer as a `WordTagger`, or a fitted baseline as a `FrequencyTagger`.
    """

    def __init__(self, tagger: WordTagger | FrequencyTagger) -> None:
        self.label_names = list(tagger.label_names)
        self.batch_size = tagger.batch_size
        self.marks_spans = scheme_of(self.label_names) != "none"
        self._tagger = tagger

    @property
    def model(self) -> Any:
        """The torch model, or the fitted baseline."""
        return self._tagger.model

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer; None for a baseline."""
        return self._tagger.tokenizer

    @classmethod
    def from_pretrained(
        cls,
        folder_or_id: str | Path,
        *,
        batch_size: int = 64,
        bf16: bool = False,
        device: str | None = None,
        trust_remote_code: bool = False,
    ) -> "TaggingPredictor":
        """Load a token classifier of ours or of transformers, or a saved baseline.

        Args:
            folder_or_id: folder or Hub id.
            batch_size: sentences in a batch when there are many.
            bf16: run the model under bfloat16 autocast.
            device: "cpu" (default), "cuda", ...
            trust_remote_code: allow code of a Hub repository to run.

        Raises:
            InputError: there is no whole, safe token classifier and tokenizer there; the message says what is missing.
        """
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size} must be 1 or more.")
        if is_baseline(folder_or_id):
            baseline = load_baseline(folder_or_id)
            if not isinstance(baseline, MostFrequentTag):
                raise InputError(f"{folder_or_id} holds a {baseline.kind} baseline, which does not tag words.")
            return cls(FrequencyTagger(baseline))
        model, tokenizer = load_any(folder_or_id, trust_remote_code=trust_remote_code)
        if not type(model).__name__.endswith("ForTokenClassification") or tokenizer is None:
            raise InputError(f"{folder_or_id} holds a {type(model).__name__}, which does not tag the words of a text.")
        return cls(WordTagger(model.to(device or "cpu"), tokenizer, batch_size=batch_size, bf16=bf16))

    def __call__(self, sentence: Given) -> Answer:
        """Answer for one text, or one list of words.

        Raises:
            InputError: it is neither.
        """
        read = self._tagger.read(_checked(sentence))
        (said,) = self._tagger.tag([read])
        return self._answer(sentence, read, said)

    def predict(self, sentences: Iterable[Given], *, window: int | None = None) -> Iterator[Answer]:
        """Answer for each sentence, in order, while sentences still come in.

        Args:
            sentences: texts or lists of words; a generator is read one window ahead.
            window: sentences that are sorted by length and answered together, 32 batches by default; from a stream the
                first is answered at once, and windows double from there.

        Raises:
            InputError: something among them is neither a text nor a list of words.
        """
        if isinstance(sentences, str):
            raise InputError("predict takes many sentences, got one string; call the predictor itself for one.")
        largest = window or self.batch_size * BATCHES_IN_WINDOW
        first = largest if window or isinstance(sentences, Sequence) else 1
        for done, chunk in growing_windows(sentences, first, largest):
            checked = [_checked(given, row) for row, given in enumerate(chunk, start=done)]
            read = [self._tagger.read(given) for given in checked]
            for given, sentence, said in zip(checked, read, self._tagger.tag(read), strict=True):
                yield self._answer(given, sentence, said)

    def tag(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """The tag of every word of every sentence, given as lists of words; none is left out.

        Raises:
            InputError: something among them is no list of words.
        """
        return [tags for tags, _ in self.tag_with_scores(sentences, scores=False)]

    def tag_with_scores(self, sentences: Iterable[Sequence[str]], *, scores: bool = True) -> list[Said]:
        """As `tag`, and beside the tags of each sentence their probabilities.

        Raises:
            InputError: something among them is no list of words.
        """
        said: list[Said] = []
        size = self.batch_size * BATCHES_IN_WINDOW
        for done, chunk in growing_windows(sentences, size, size):
            for row, words in enumerate(chunk, start=done):
                if isinstance(words, str):
                    raise InputError(f"sentence {row} is a string; tag takes lists of words.")
                _checked(words, row)
            said += self._tagger.tag(self._tagger.read_words(chunk), scores=scores)
        return said

    def model_inputs(self, sentence: Given) -> dict[str, Tensor]:
        """What the model alone is called with for one sentence.

        Raises:
            InputError: there is no torch model here.
        """
        if not isinstance(self._tagger, WordTagger):
            raise InputError("a baseline has no tensors to be called with.")
        return self._tagger.inputs(self._tagger.read(_checked(sentence)))

    def _answer(self, given: Given, sentence: Sentence, said: Said) -> Answer:
        tags, scores = said
        if not self.marks_spans:
            facts = zip(sentence.words, tags, scores, sentence.places, strict=True)
            return {
                "tokens": [
                    {"label": tag, "score": score, "text": word, "start": start, "end": end}
                    for word, tag, score, (start, end) in facts
                ]
            }
        entities = []
        for span in find_spans(tags, scores):
            start, end = sentence.places[span.start][0], sentence.places[span.end - 1][1]
            text = given[start:end] if isinstance(given, str) else " ".join(given[start:end])
            entities.append({"label": span.label, "score": span.score, "text": text, "start": start, "end": end})
        return {"entities": entities}


class _TextReader:
    """Raw text to pieces and words.

    Tokenizers trained for tagging say themselves what a word is. Pretrained ones cut finer (don ' t), so the words are
    those of the default pattern, and each takes the pieces that lie in it, as given words do in training.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._backend = lean_encoder(tokenizer, None) if tokenizer.is_fast else None
        self._split = None if self._backend is not None and _has_words(self._backend) else _splitter()

    def __call__(self, text: str) -> Sentence:
        if self._backend is None:
            return self._by_words(text)
        encoding = self._backend.encode(text, add_special_tokens=False)
        if self._split is None:
            firsts = first_pieces(encoding.word_ids)
            places = word_places(encoding.word_ids, encoding.offsets)
        else:
            firsts, places = self._by_places(text, encoding.offsets)
        return Sentence(encoding.ids, firsts, [text[start:end] for start, end in places], places)

    def _by_places(self, text: str, offsets: list[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
        """First pieces of the words that have any, and where these words are."""
        assert self._split is not None  # the caller has looked
        places = [place for _, place in self._split.pre_tokenize_str(text)]
        ends = [end for _, end in places]
        word_of: list[int | None] = []
        for start, end in offsets:
            word = bisect_right(ends, start)  # the first that ends behind the piece's beginning
            inside = word < len(places) and places[word][0] < end
            word_of.append(word if inside else None)
        firsts = first_pieces(word_of)
        return firsts, [places[word_of[first]] for first in firsts]  # type: ignore[index]

    def _by_words(self, text: str) -> Sentence:
        """With a tokenizer written in Python, which gives no offsets: the words, one by one."""
        assert self._split is not None  # it is, without a backend
        pairs = self._split.pre_tokenize_str(text)
        words, places = [word for word, _ in pairs], [place for _, place in pairs]
        encoded = encode_words([words], None, self._tokenizer, NO_LIMIT)
        first, after = map(len, _special_ids(self._tokenizer))
        firsts = [place - first for place, label in enumerate(encoded.labels[0]) if label != IGNORED]
        ids = encoded.input_ids[0]
        return Sentence(ids[first : len(ids) - after], firsts, words, places)


def _splitter() -> Any:
    return pre_tokenizers.Split(Regex(word_pattern(WordHabits())), "removed", invert=True)


def _has_words(backend: Any) -> bool:
    """Whether a tokenizer's own pre-tokenizer says what a word is, as those trained here do."""
    step = json.loads(backend.to_str())["pre_tokenizer"] or {}
    return step.get("type") == "Split" and bool(step.get("invert"))


def _special_ids(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that a tokenizer puts before and behind a text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    extra = len(whole) - len(plain)
    before = next((n for n in range(extra + 1) if whole[n : n + len(plain)] == plain), 0)
    return whole[:before], whole[before + len(plain) :]


def _checked(given: Any, row: int | None = None) -> Given:
    """A text, or a list of words."""
    if isinstance(given, str):
        return given
    if isinstance(given, Sequence) and all(isinstance(word, str) for word in given):
        return list(given)
    which = "a sentence" if row is None else f"sentence {row}"
    raise InputError(f"{which} must be a string or a list of words, but is {given!r:.60}.")


__all__ = ["FrequencyTagger", "Sentence", "TaggingPredictor", "WordTagger"]
