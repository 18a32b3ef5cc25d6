# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A linear classifier over TF-IDF of words, pairs of words and the letters in them, from token ids alone.

Words are put together from all their pieces, so that their letters are known even where the word is not. An n-gram is
known by a hash of its letters; those that training met are kept in order, with their inverse document frequencies.

B batch · T steps, padding included · V vocabulary · C letters of a token · W words of a batch
M letters of the longest · K n-grams of a batch, as often as they occur · U the same, each once a row
F num_ngrams · L labels

TF-IDF: Salton & Buckley 1988, doi:10.1016/0306-4573(88)90021-0. Wide and deep: Cheng et al. 2016, arXiv:1606.07792.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import initialization as init

from .configuration_recurrent_wide import RecurrentWideConfig
from .padding import Padding, is_tracing
from .word_starts import WordStarts, resized_rows, split_tokens, unspoken_ids

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NOTHING, BOUNDARY, UNKNOWN, FIRST = 0, 1, 2, 3
"""Letters: padding, the edge of a word, one that is not told apart, and the first that is."""
MOST_LETTERS = 32_000
LETTERS_OF_A_TOKEN = 20
LONGEST_WORD = 64
LENGTHS = (3, 4, 5)
"""Letters of an n-gram inside a word, its edges included."""
WORD, PAIR = 1, 2
BASE, MIX = 6_364_136_223_846_793_005, 2_862_933_555_777_941_757
"""Odd multipliers of a polynomial hash in 64 bits (Knuth; L'Ecuyer 1999)."""


class BagOfNgrams(nn.Module):
    """Scores of labels from n-grams; nothing here is trained by gradients.

    Args:
        config: says how many n-grams and labels.
    """

    letters: Tensor
    keys: Tensor
    idf: Tensor
    inside: Tensor

    def __init__(self, config: RecurrentWideConfig) -> None:
        super().__init__()
        size: Any = config.vocab_size  # given, since the model reads tokens
        known, labels = int(config.num_ngrams), int(config.num_labels or 0)
        self.starts = WordStarts(size)
        self.register_buffer("letters", torch.zeros(size, LETTERS_OF_A_TOKEN, dtype=torch.int16))
        self.register_buffer("keys", torch.zeros(known, dtype=torch.int64))
        self.register_buffer("idf", torch.ones(known))
        self.register_buffer("inside", torch.zeros(known, dtype=torch.bool))
        self.weight = nn.Parameter(torch.zeros(known, labels), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(labels), requires_grad=False)

    def start_weights(self) -> None:
        """Know nothing, unless it was loaded."""
        for table in (self.letters, self.keys, self.inside, self.weight, self.bias):
            init.zeros_(table)
        init.ones_(self.idf)

    def read_vocabulary(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        """Fill the table of letters from a tokenizer.

        Raises:
            ValueError: the tokenizer does not fit the model, or marks words in a way that is not known.
        """
        size, width = self.letters.shape
        spelled = {token: text for token, (_, text) in split_tokens(tokenizer, size).items()}
        for token in unspoken_ids(tokenizer) | {tokenizer.unk_token_id}:
            spelled.pop(token, None)
        counts = Counter(letter for text in spelled.values() for letter in text)
        known = sorted(counts, key=lambda letter: (-counts[letter], letter))[:MOST_LETTERS]
        ids = {letter: position for position, letter in enumerate(known, FIRST)}
        table = torch.zeros(size, width, dtype=torch.int16)
        for token, text in spelled.items():
            row = [ids.get(letter, UNKNOWN) for letter in text[:width]]
            table[token, : len(row)] = torch.tensor(row, dtype=torch.int16)
        if tokenizer.unk_token_id is not None:
            table[tokenizer.unk_token_id, 0] = UNKNOWN
        self.letters.copy_(table)

    def resize_vocabulary(self, vocab_size: int) -> None:
        """Follow a vocabulary that grew or shrank; new tokens have no letters until they are read."""
        self.letters = resized_rows(self.letters, vocab_size, NOTHING)

    def learn(self, keys: Tensor, idf: Tensor, inside: Tensor, weight: Tensor, bias: Tensor) -> None:
        """Take over what was fitted.

        Args:
            keys: (F,) hashes of the n-grams, rising.
            idf: (F,) inverse document frequencies.
            inside: (F,) bool, whether an n-gram is of letters, not of words.
            weight: (F, L).
            bias: (L,).
        """
        self.keys, self.idf, self.inside = keys, idf.to(self.idf), inside
        self.weight = nn.Parameter(weight.to(self.weight), requires_grad=False)
        self.bias = nn.Parameter(bias.to(self.bias), requires_grad=False)

    def forward(self, input_ids: Tensor, padding: Padding | None = None) -> Tensor:
        """Score: (B, T) to (B, L), in float32 at least, since sums in half precision are off by several percent."""
        rows, columns, values = self.weigh(*self.find(input_ids, padding)[:2], input_ids.shape[0])
        scores = self.bias.to(values.dtype).repeat(input_ids.shape[0], 1)
        return scores.index_add(0, rows, values.unsqueeze(1) * self.weight[columns])

    def weigh(self, rows: Tensor, keys: Tensor, batch: int) -> tuple[Tensor, Tensor, Tensor]:
        """Compute TF-IDF of the n-grams that are known, of length one for words and for letters, row by row.

        Args:
            rows: (K,) which row an n-gram is of.
            keys: (K,) hashes.
            batch: B.

        Returns:
            Rows, numbers of n-grams and values, (U,) each.
        """
        positions = torch.searchsorted(self.keys, keys).clamp(max=len(self.keys) - 1)
        known = self.keys[positions] == keys
        pairs, counts = torch.unique(rows[known] * len(self.keys) + positions[known], return_counts=True)
        rows, columns = pairs // len(self.keys), pairs % len(self.keys)
        exact = torch.promote_types(self.idf.dtype, torch.float32)
        values = (1 + counts.to(exact).log()) * self.idf[columns]
        kinds = 2 * rows + self.inside[columns].long()
        squares = values.new_zeros(2 * batch).index_add(0, kinds, values.square())
        return rows, columns, values / squares[kinds].sqrt()

    def find(self, input_ids: Tensor, padding: Padding | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Find all n-grams of a batch.

        Args:
            input_ids: (B, T).
            padding: None where nothing is padded.

        Returns:
            Rows, hashes, and whether they are of letters, (K,) each.
        """
        grid, counts, rows = self.spell(input_ids, padding)  # (W, M), (W,), (W,)
        powers = _powers(grid.shape[1], grid.device)
        whole = (grid * powers).sum(1)  # (W,)
        beside = rows[1:] == rows[:-1]
        pairs = (whole[:-1] * BASE + whole[1:])[beside]
        found = [(rows, whole, WORD), (rows[:-1][beside], pairs, PAIR)]
        for length in LENGTHS:
            if grid.shape[1] < length:
                continue
            windows = grid.unfold(1, length, 1)  # (W, M - length + 1, length)
            starts = torch.arange(windows.shape[1], device=grid.device)
            word, start = ((starts + length) <= counts.unsqueeze(1)).nonzero(as_tuple=True)
            hashes = (windows * powers[:length]).sum(2)
            found.append((rows[word], hashes[word, start], length))
        kinds = torch.cat([torch.full_like(of, kind) for of, _, kind in found])
        keys = torch.cat([hashes for _, hashes, _ in found]) * MIX + kinds * BASE
        return torch.cat([of for of, _, _ in found]), keys, kinds > PAIR

    def spell(self, input_ids: Tensor, padding: Padding | None) -> tuple[Tensor, Tensor, Tensor]:
        """Put the words of a batch together.

        Returns:
            Their letters with an edge at either end (W, M), how many these are (W,), and the row of each word (W,).
        """
        begins, part = self.starts(input_ids, padding)  # (B, T) bool each
        rows = begins.nonzero(as_tuple=True)[0]  # (W,)
        word = (begins.flatten().long().cumsum(0) - 1).clamp(min=0)  # (B T,)
        letters = self.letters[input_ids].flatten(0, 1) * part.reshape(-1, 1)  # (B T, C)
        step, column = letters.nonzero(as_tuple=True)
        owner = word[step]
        counts = torch.zeros_like(rows).index_add(0, owner, torch.ones_like(owner))
        position = torch.arange(owner.shape[0], device=owner.device) - (counts.cumsum(0) - counts)[owner]
        counts = counts.clamp(max=LONGEST_WORD)
        kept = position < LONGEST_WORD
        longest = LONGEST_WORD  # a traced graph is for other words, too
        if not is_tracing():
            longest = int(counts.max()) if len(counts) else 0
        grid = letters.new_zeros(rows.shape[0], longest + 2, dtype=torch.int64)
        grid[owner[kept], position[kept] + 1] = letters[step[kept], column[kept]].long()
        grid[:, 0] = BOUNDARY
        grid[torch.arange(rows.shape[0], device=rows.device), counts + 1] = BOUNDARY
        return grid, counts + 2, rows


def _powers(number: int, device: torch.device) -> Tensor:
    """Return powers of the base in 64 bits, which wrap around: (number,)."""
    powers, modulus = [1], 1 << 64
    while len(powers) < number:
        powers.append(powers[-1] * BASE % modulus)
    return torch.tensor([each - modulus if each >= modulus // 2 else each for each in powers], device=device)


__all__ = ["BagOfNgrams"]
