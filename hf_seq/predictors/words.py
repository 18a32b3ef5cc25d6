# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a sentence to its tags, for every token classifier of transformers and the most frequent tag.

Raw text falls into words as in training (`text/word_patterns.py`), given words stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from torch import Tensor

from hf_seq.baselines import MostFrequentTag, SavedBaseline
from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates
from hf_seq.models.tag_schemes import scheme_of
from hf_seq.models.word_tagging import find_spans
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import BATCHES_IN_WINDOW, growing_windows
from hf_seq.predictors.word_engine import FrequencyTagger, Tagged, TextOrWords, WordTagger
from hf_seq.predictors.word_reading import Sentence


class TaggingPredictor(BasePredictor):
    """Sentence to tags.

    Calling it with a text gives, where the labels mark spans,

        {"entities": [{"label": "person", "score": 0.98, "text": "Ada Byron", "start": 0, "end": 9}]}

    with characters of the text as start and end, else a dict for each word under "tokens". Of a list of words, start
    and end are numbers of words. A score is the probability of a word's tag (its marginal where the model has a CRF),
    for a span the mean over its words.

    Args:
        model: a token classifier of ours or of transformers, or a fitted `MostFrequentTag`.
        tokenizer: the model's own; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (MostFrequentTag,)

    def __init__(self, model: Any, tokenizer: Any = None, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        self._tagger: WordTagger | FrequencyTagger = self._engine or FrequencyTagger(model)
        self.label_names = list(self._tagger.label_names)
        self.marks_spans = scheme_of(self.label_names) != "none"

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> WordTagger:
        return WordTagger(model, processor, **settings)

    def tag(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """Tag every word of every sentence, given as lists of words; none is left out.

        Raises:
            InputError: something among them is no list of words.
        """
        return [tags for tags, _ in self.tag_with_scores(sentences, scores=False)]

    def tag_with_scores(self, sentences: Iterable[Sequence[str]], *, scores: bool = True) -> list[Tagged]:
        """Tag as `tag` does, and give the probabilities of the tags of each sentence.

        Raises:
            InputError: something among them is no list of words.
        """
        tagged: list[Tagged] = []
        size = self.batch_size * BATCHES_IN_WINDOW
        for done, chunk in growing_windows(sentences, size, size):
            lists = [self._check_list(words, row) for row, words in enumerate(chunk, start=done)]
            tagged += self._tagger.tag(self._tagger.read_words(lists), scores=scores)
        return tagged

    def tag_words(self, inputs: Iterable[TextOrWords], *, window: int | None = None) -> Iterator[Answer]:
        """Tag each input word by word: `{"words", "tags", "scores"}`, lists of one length, in the order of `inputs`.

        Args:
            inputs: texts or lists of words.
            window: as for `predict`.

        Raises:
            InputError: something among them is no sentence.
        """
        size = window or self.batch_size * BATCHES_IN_WINDOW
        for chunk in self._windows(inputs, size, size):
            read = self._read_all(chunk)
            for sentence, (tags, scores) in zip(read, self._tagger.tag(read), strict=True):
                yield {"words": list(sentence.words), "tags": tags, "scores": scores}

    def model_inputs(self, sentence: TextOrWords) -> dict[str, Tensor]:
        """Return what the model alone is called with for one sentence.

        Raises:
            InputError: there is no torch model here.
        """
        if not isinstance(self._tagger, WordTagger):
            raise InputError("a baseline has no tensors to be called with.")
        return self._tagger.inputs(self._tagger.read(self._check(sentence)))

    def _answer_all(self, inputs: list[TextOrWords]) -> Iterator[Answer]:
        read = self._read_all(inputs)
        for given, sentence, tagged in zip(inputs, read, self._tagger.tag(read), strict=True):
            yield self._answer(given, sentence, tagged)

    def _read_all(self, inputs: Sequence[TextOrWords]) -> list[Sentence]:
        """Read texts as pieces one by one, and lists of words all at once: a tokenizer's call costs more than a row."""
        lists = iter(self._tagger.read_words([given for given in inputs if not isinstance(given, str)]))
        return [self._tagger.read(given) if isinstance(given, str) else next(lists) for given in inputs]

    def _check_list(self, given: Any, row: int) -> TextOrWords:
        if isinstance(given, str):
            raise InputError(f"sentence {row} is a string; tag takes lists of words, such as {given.split()[:3]!r}.")
        return self._check(given, row)

    def _check(self, given: Any, row: int | None = None) -> TextOrWords:
        if isinstance(given, str):
            return without_surrogates(given)
        if isinstance(given, Sequence) and all(isinstance(word, str) for word in given):
            return [without_surrogates(word) for word in given]
        which = "a sentence" if row is None else f"sentence {row}"
        raise InputError(f"{which} must be a string or a list of words, but is {given!r:.60}.")

    def _answer(self, given: TextOrWords, sentence: Sentence, tagged: Tagged) -> Answer:
        tags, scores = tagged
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
