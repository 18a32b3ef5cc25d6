# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Words that a teacher embeds alike, so that a student meets what its teacher knows beyond the words of the data.

A student starts from what its teacher knows of every token (`tasks/token_states.py`), but training moves only the
tokens of its data; the others stay where they were, and words of several tokens that it has not seen it has to guess.
So every token of the vocabulary, and every word of unlabelled texts or of a word list that the teacher splits into
several tokens, replaces words of the data that the teacher finds nearest to it. Jiao et al. 2020, arXiv:1909.10351,
replace words by their neighbours, too, and take those of GloVe.

V tokens of the vocabulary · N words · D width of the teacher
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from hf_seq.distill.shards import digest
from hf_seq.files.reading import read_object
from hf_seq.files.writing import write_json
from hf_seq.models.word_starts import split_tokens

HOSTS = 5  # words of the data that a token or a word stands in for
MOST_WORDS = 200_000  # of unlabelled texts
LONGEST_WORD = 30  # letters; longer ones are no words, or a language without spaces
ROWS_AT_ONCE = 512
LETTERS = re.compile(r"[^\W\d_]{2,}")
Name = TypeVar("Name", bound=Hashable)
Describe = Callable[[Sequence[Sequence[int]]], Tensor]


class SimilarWords:
    """Draws what may stand in for a word of the data.

    Args:
        tokenizer: of the teacher.
        table: (V, D), the teacher's embedding.
        words: of the data.
        key: changes when the teacher or the unlabelled texts do.
        describe: what the teacher makes of N words, given the tokens of each: (N, D).
        texts: gives the unlabelled texts, when they are needed.
        folder: keeps the words that are alike for later: sums in another order, as by another number of threads, could
            find others, and texts drawn twice have to be the same.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        table: Tensor,
        words: Iterable[str],
        key: str,
        describe: Describe | None = None,
        texts: Callable[[], Iterable[str]] = tuple,
        folder: Path | None = None,
    ) -> None:
        self.tokenizer, self.table, self.key = tokenizer, table.detach().float().cpu(), key
        self.words = sorted(set(words))
        self._describe, self._texts, self._folder = describe, texts, folder

    def draw(self, word: str, generator: random.Random) -> str:
        """Draw another word, or the word with one of its tokens replaced; the word itself where nothing is similar."""
        pieces = self._pieces.get(word, [])
        places = [place for place, piece in enumerate(pieces) if piece in self._tokens_like]
        place = places[generator.randrange(len(places))] if places else 0
        tokens = self._tokens_like[pieces[place]] if places else []
        words = self._words_like.get(word, [])
        if not tokens and not words:
            return word
        number = generator.randrange(len(tokens) + len(words))
        if number >= len(tokens):
            return words[number - len(tokens)]
        letters = [self._spelled[piece][1] for piece in pieces]
        letters[place] = self._spelled[tokens[number]][1]
        return "".join(letters)

    def count(self, word: str) -> float:
        """Count what can replace a word; where one of its tokens is replaced, the mean over these."""
        tokens = [len(self._tokens_like.get(piece, [])) for piece in self._pieces.get(word, [])]
        return len(self._words_like.get(word, [])) + sum(tokens) / max(1, len(tokens))

    @cached_property
    def _spelled(self) -> dict[int, tuple[bool, str]]:
        """Tokens in the order of their ids: that of a vocabulary is another in each process."""
        return dict(sorted(split_tokens(self.tokenizer, len(self.tokenizer)).items()))

    @cached_property
    def _pieces(self) -> dict[str, list[int]]:
        return self._known(self.words)

    def _known(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Return tokens of the words that the teacher can read."""
        encoded = self.tokenizer(list(words), add_special_tokens=False)["input_ids"] if words else []
        special = set(self.tokenizer.all_special_ids)
        pairs: Iterable[tuple[str, Any]] = zip(words, encoded, strict=True)
        return {word: pieces for word, pieces in pairs if pieces and not special & set(pieces)}

    @cached_property
    def _tokens_like(self) -> dict[int, list[int]]:
        """For each token of the data those that it is among the nearest of; of the same kind, both with letters."""
        used = {piece for pieces in self._pieces.values() for piece in pieces}
        vectors = self.table - self.table.mean(0)
        found: dict[int, list[int]] = defaultdict(list)
        for begins in (True, False):
            tokens = [token for token, (starts, text) in self._spelled.items() if starts == begins and _speaks(text)]
            hosts = [token for token in tokens if token in used]
            for host, some in _hosted(tokens, vectors[tokens], hosts, vectors[hosts]).items():
                found[host] += some
        return dict(found)

    @cached_property
    def _words_like(self) -> dict[str, list[str]]:
        """For each word of the data the words of unlabelled texts that it is among the nearest of."""
        if self._describe is None:
            return {}
        if self._folder is None:
            return self._find_words_like(self._describe)
        kept = self._folder / f"{digest(self.key, self.words)}.json"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_json(kept, self._find_words_like(self._describe))
        return read_object(kept, "delete it")

    def _find_words_like(self, describe: Describe) -> dict[str, list[str]]:
        seen = {tuple(pieces) for pieces in self._pieces.values()}
        count = Counter(chain.from_iterable(map(LETTERS.findall, self._texts())))
        common = [word for word, _ in count.most_common(MOST_WORDS) if len(word) <= LONGEST_WORD]
        spelled = {tuple(pieces): word for word, pieces in reversed(self._known(common).items()) if len(pieces) > 1}
        others = {word: pieces for pieces, word in spelled.items() if pieces not in seen}
        hosts = {word: pieces for word, pieces in self._pieces.items() if _speaks(word)}
        if not others or not hosts:
            return {}
        vectors, host_vectors = describe(list(others.values())), describe(list(hosts.values()))
        centre = host_vectors.mean(0)
        return _hosted(list(others), vectors - centre, list(hosts), host_vectors - centre)


def _hosted(
    names: Sequence[Name], vectors: Tensor, hosts: Sequence[Name], host_vectors: Tensor
) -> dict[Name, list[Name]]:
    """List for each host the words that have it among their `HOSTS` nearest by cosine; no word hosts itself."""
    vectors, host_vectors = nn.functional.normalize(vectors, dim=1), nn.functional.normalize(host_vectors, dim=1)
    number = {host: index for index, host in enumerate(hosts)}
    itself = torch.tensor([number.get(name, -1) for name in names])
    columns = torch.arange(len(hosts))
    found: dict[Name, list[Name]] = defaultdict(list)
    for start in range(0, len(names), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        alike = vectors[rows] @ host_vectors.T
        alike = alike.masked_fill(itself[rows].unsqueeze(1) == columns, -torch.inf)
        nearest = alike.topk(min(HOSTS, len(hosts)))
        for row, place in (nearest.values > -torch.inf).nonzero().tolist():
            found[hosts[int(nearest.indices[row, place])]].append(names[start + row])
    return dict(found)


def _speaks(text: str) -> bool:
    return len(text) > 1 and text.isalpha()
