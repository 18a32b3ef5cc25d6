# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tagger that looks at one word at a time: its most frequent tag in train.

N sentences · W known words · L tags
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.errors import InputError
from hf_seq.text.word_habits import learn_habits
from hf_seq.text.word_patterns import WordHabits, word_pattern

IGNORED = -100


class MostFrequentTag(SavedBaseline):
    """Gives each word its most frequent tag in train, and an unknown word the most frequent tag of all.

    Of two tags that are as frequent with a word, the one more frequent in train wins. Case counts.

    Args:
        label_names: L tag names in id order.
    """

    kind = "most-frequent"
    problem_type = "token_classification"
    word_pattern = word_pattern(WordHabits())
    """What a word of raw text is; learnt in `fit`."""

    def fit(self, tokens: Sequence[Sequence[str]], tags: Sequence[Sequence[int]]) -> "MostFrequentTag":
        """Count the tags of every word.

        Args:
            tokens: N sentences of words.
            tags: an id for each word; -100 is not counted.

        Raises:
            InputError: no tagged word, as many sentences or words as tags are not there, or an id without a name.
        """
        counts: dict[str, Counter[int]] = {}
        overall: Counter[int] = Counter()
        for row, (words, ids) in enumerate(zip(tokens, tags, strict=True)):
            if len(words) != len(ids):
                raise InputError(f"sentence {row} has {len(words)} words but {len(ids)} tags; every word needs one.")
            for word, tag in zip(words, ids, strict=True):
                if tag != IGNORED:
                    counts.setdefault(word, Counter())[tag] += 1
                    overall[tag] += 1
        self._check(overall)
        best = {word: max(of, key=lambda tag: (of[tag], overall[tag], -tag)) for word, of in counts.items()}
        self._words = sorted(best)
        self.word_pattern = word_pattern(learn_habits(tokens))
        self.arrays = {
            "tags": np.array([best[word] for word in self._words], dtype=np.int32),  # (W,)
            "shares": np.array([counts[w][best[w]] / counts[w].total() for w in self._words], dtype=np.float32),  # (W,)
            "frequencies": np.array([overall[tag] for tag in range(self.num_labels)], dtype=np.int64),  # (L,)
        }
        self._index()
        return self

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """Tag each word of each sentence."""
        return [[tag for tag, _ in words] for words in self.tag_with_scores(sentences)]

    def tag_with_scores(self, sentences: Sequence[Sequence[str]]) -> list[list[tuple[str, float]]]:
        """Tag each word, with how often the word (or any, for an unknown one) had that tag in train, 0 to 1.

        Raises:
            InputError: the baseline was not fitted.
        """
        if not self.arrays:
            raise InputError(f"this {self.kind} baseline has learnt nothing yet; call fit or load first.")
        return [[self._known.get(word, self._unknown) for word in words] for words in sentences]

    @property
    def num_parameters(self) -> int:
        """A tag for each known word, and one for the others."""
        return len(self._words) + 1

    def _check(self, overall: Counter[int]) -> None:
        if not overall:
            raise InputError("fit got no tagged word; it needs at least one.")
        outside = sorted(tag for tag in overall if not 0 <= tag < self.num_labels)
        if outside:
            raise InputError(
                f"tag id {outside[0]} has no name; there are {self.num_labels} (0 to {self.num_labels - 1})."
            )

    def _facts(self) -> dict[str, Any]:
        return {"words": self._words, "word_pattern": self.word_pattern}

    def _restore(self, facts: dict[str, Any]) -> None:
        self._words = list(facts["words"])
        self.word_pattern = facts.get("word_pattern", self.word_pattern)
        if not len(self._words) == len(self.arrays["tags"]) == len(self.arrays["shares"]):
            raise ValueError(f"{len(self._words)} words, but {len(self.arrays['tags'])} tags")
        self._index()

    def _index(self) -> None:
        names, frequencies = self.label_names, self.arrays["frequencies"]
        pairs = zip(self._words, self.arrays["tags"].tolist(), self.arrays["shares"].tolist(), strict=True)
        self._known = {word: (names[tag], share) for word, tag, share in pairs}
        best = int(frequencies.argmax())
        self._unknown = (names[best], float(frequencies[best] / frequencies.sum()))
