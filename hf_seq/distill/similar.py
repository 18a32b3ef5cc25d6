# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Words that a teacher embeds alike, so that a student meets what its teacher knows beyond the words of the data.

A student starts from what its teacher knows of every token (`embeddings.py`), but moves only the tokens that it trains
on; the others stay behind. So each token of the vocabulary stands in for the words of the data that are nearest to it,
by the cosine of the teacher's embeddings. Jiao et al. 2020, arXiv:1909.10351, replace words by their neighbours, too,
and take those of GloVe.

V tokens · D width of the teacher
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from hf_seq.models.word_starts import split_tokens

HOSTS = 5  # words of the data that a token stands in for
TOKENS_AT_ONCE = 2_048


class SimilarWords:
    """Draws what may stand in for a word of the data.

    Args:
        tokenizer: of the teacher.
        table: (V, D), the teacher's embedding.
        words: of the data.
        key: changes when the teacher does.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, table: Tensor, words: Iterable[str], key: str) -> None:
        self.tokenizer, self.table, self.key = tokenizer, table.detach().float().cpu(), key
        self.words = sorted(set(words))

    def draw(self, word: str, generator: random.Random) -> str:
        """The word with one of its tokens replaced by one like it; the word itself where nothing is like it."""
        pieces = self._pieces.get(word, [])
        places = [place for place, piece in enumerate(pieces) if piece in self._stand_ins]
        if not places:
            return word
        place = places[generator.randrange(len(places))]
        found = self._stand_ins[pieces[place]]
        letters = [self._spelled[piece][1] for piece in pieces]
        letters[place] = self._spelled[found[generator.randrange(len(found))]][1]
        return "".join(letters)

    @cached_property
    def _spelled(self) -> dict[int, tuple[bool, str]]:
        return split_tokens(self.tokenizer, len(self.tokenizer))

    @cached_property
    def _pieces(self) -> dict[str, list[int]]:
        encoded = self.tokenizer(self.words, add_special_tokens=False)["input_ids"] if self.words else []
        special = set(self.tokenizer.all_special_ids)
        pairs: Iterable[tuple[str, Any]] = zip(self.words, encoded, strict=True)
        return {word: pieces for word, pieces in pairs if not special & set(pieces)}

    @cached_property
    def _stand_ins(self) -> dict[int, list[int]]:
        """For each token of the data those that it is among the nearest of; of the same kind, both with letters."""
        used = {piece for pieces in self._pieces.values() for piece in pieces}
        vectors = nn.functional.normalize(self.table - self.table.mean(0), dim=1)
        found: dict[int, list[int]] = defaultdict(list)
        for begins in (True, False):
            tokens = [token for token, (starts, text) in self._spelled.items() if starts == begins and _speaks(text)]
            hosts = torch.tensor([token for token in tokens if token in used], dtype=torch.long)
            for start in range(0, len(tokens), TOKENS_AT_ONCE):
                some = torch.tensor(tokens[start : start + TOKENS_AT_ONCE])
                alike = vectors[some] @ vectors[hosts].T
                itself = some.unsqueeze(1) == hosts
                nearest = alike.masked_fill(itself, -torch.inf).topk(min(HOSTS, len(hosts)))
                for token, place in (nearest.values > -torch.inf).nonzero().tolist():
                    found[int(hosts[nearest.indices[token, place]])].append(int(some[token]))
        return dict(found)


def _speaks(text: str) -> bool:
    return len(text) > 1 and text.isalpha()
