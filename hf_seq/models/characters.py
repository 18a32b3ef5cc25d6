# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A vector for each word, read from its letters, so that unknown words are not all alike.

The letters of a word are those of all its pieces, in order. Which letters a token has is looked up in a table that is
read off the tokenizer once and saved with the model, so token ids are all that a model needs.

B batch · T steps, padding included · V vocabulary · C letters of a token · A letters told apart
W words of a batch · K letters of all of them · M letters of the longest · E character_embedding_size
H character_hidden_size
CNN: Ma & Hovy 2016, arXiv:1603.01354. LSTM: Lample et al. 2016, arXiv:1603.01360.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import initialization as init

from .configuration_recurrent import RecurrentConfig
from .dropout import Dropout
from .padding import Padding, find_padding, is_tracing, take_steps, zero_padding
from .recurrence import LSTM
from .word_starts import WordStarts, resized_rows, split_tokens, unspoken_ids

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NO_LETTER, UNKNOWN = 0, 1
LONGEST_WORD = 64
"""Letters of a word that are read: what is longer is an address or noise, and would make all others wait."""


SIMILAR = [4, 8, 16]
"""Words of up to so many letters are read together by an LSTM."""


class Spelling(NamedTuple):
    """The letters of all words of a batch, in order: letter, its word, its position there (K,); their number (W,)."""

    letters: Tensor
    owner: Tensor
    position: Tensor
    counts: Tensor


class CharacterCNN(nn.Module):
    """Three neighbouring letters at a time, and the maximum over the word.

    A window's score is a sum over its letters, so each letter is projected once for each place, not once for each time
    it is met, and words are not padded.
    """

    def __init__(self, alphabet: int, embedding_size: int, hidden_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(alphabet, embedding_size)
        self.window = nn.Linear(3 * embedding_size, hidden_size)

    def forward(self, words: Spelling) -> Tensor:
        """Read: (W, H)."""
        alphabet, width = self.embedding.weight.shape
        vectors = self.embedding.weight * (torch.arange(alphabet, device=words.letters.device) != NO_LETTER).unsqueeze(
            1
        )
        weight = self.window.weight.view(-1, 3, width)  # (H, 3, E)
        scores = torch.einsum("ae,hpe->pah", vectors, weight).flatten(0, 1)  # (3 A, H)
        before = F.pad(words.letters, (1, 0))[:-1].masked_fill(words.position == 0, NO_LETTER)
        after = F.pad(words.letters, (0, 1))[1:].masked_fill(words.position == words.counts[words.owner] - 1, NO_LETTER)
        around = torch.stack([before, words.letters + alphabet, after + 2 * alphabet], dim=1)  # (K, 3)
        seen = torch.relu(F.embedding_bag(around, scores, mode="sum") + self.window.bias)  # (K, H)
        start = seen.new_zeros(words.counts.shape[0], seen.shape[1])
        return start.scatter_reduce(0, words.owner.unsqueeze(1).expand_as(seen), seen, "amax")


class CharacterLSTM(nn.Module):
    """Read both ways; the state after the last letter and, from behind, the one after the first.

    Words of similar length are read together, so that one address does not make every word as long as itself.
    """

    def __init__(self, alphabet: int, embedding_size: int, hidden_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(alphabet, embedding_size)
        self.forward_cell = LSTM(embedding_size, hidden_size // 2)
        self.backward_cell = LSTM(embedding_size, hidden_size // 2)

    def forward(self, words: Spelling) -> Tensor:
        """Read: (W, H)."""
        counts, letters, owner, position = words.counts, words.letters, words.owner, words.position
        longest = LONGEST_WORD if is_tracing() else int(counts.max())  # a traced graph is for other words, too
        forwards = letters.new_zeros(counts.shape[0], longest)  # (W, M)
        backwards = torch.zeros_like(forwards)
        forwards[owner, position] = letters
        backwards[owner, counts[owner] - 1 - position] = letters
        lengths, order = counts.sort()
        read = [self._read(forwards, backwards, counts, rows) for rows in _of_similar_length(lengths, order)]
        return torch.cat(read)[order.argsort()].masked_fill((counts == 0).unsqueeze(1), 0.0)

    def _read(self, forwards: Tensor, backwards: Tensor, counts: Tensor, rows: Tensor) -> Tensor:
        """Read some words: rows (R,) of all of them to (R, H)."""
        counts, positions = counts[rows], torch.arange(rows.shape[0], device=rows.device)
        longest, last = forwards.shape[1], (counts - 1).clamp(min=0)
        if not is_tracing():
            longest = max(1, int(counts.max()))
        ahead = self.forward_cell(self.embedding(forwards[rows, :longest]))[0]
        behind = self.backward_cell(self.embedding(backwards[rows, :longest]))[0]
        return torch.cat([ahead[positions, last], behind[positions, last]], dim=-1)


def _of_similar_length(lengths: Tensor, order: Tensor) -> Sequence[Tensor]:
    """Part words, shortest first, into those that are read together; a traced graph reads all together."""
    if is_tracing():
        return [order]
    groups = torch.bucketize(lengths, lengths.new_tensor(SIMILAR)).bincount(minlength=len(SIMILAR) + 1).tolist()
    return [rows for rows in order.split(groups) if len(rows)]


class CharacterEncoder(nn.Module):
    """A vector for each word, given to all of its pieces; zero for special tokens and padding.

    Args:
        config: says which kind, and the sizes.
    """

    letters: Tensor
    folded: Tensor
    travels = True  # this file is saved with the code of a model that reads letters

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.starts = WordStarts(config.vocab_size)
        self.register_buffer("folded", torch.arange(config.vocab_size, dtype=torch.int32))
        self.register_buffer("letters", no_letters(config.vocab_size, config.max_characters))
        kind = CharacterCNN if config.character_encoder == "cnn" else CharacterLSTM
        sizes = (config.character_vocab_size, config.character_embedding_size, config.character_hidden_size)
        self.reader = kind(*sizes)
        self.width = config.character_hidden_size
        self.dropout = Dropout(config.embedding_dropout)

    def start_weights(self) -> None:
        """Know no letters, unless a table was loaded."""
        with torch.device("cpu"):
            init.copy_(self.letters, no_letters(*self.letters.shape))
            init.copy_(self.folded, torch.arange(len(self.folded), dtype=torch.int32))

    def read_vocabulary(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        """Fill the table: the commonest letters of the vocabulary are told apart, the others are alike.

        Raises:
            ValueError: the tokenizer does not fit the model, or marks words in a way that is not known.
        """
        size, width = self.letters.shape
        without = unspoken_ids(tokenizer) | {tokenizer.unk_token_id}
        spelled = {token: text for token, (_, text) in split_tokens(tokenizer, size).items() if token not in without}
        counts = Counter(letter for text in spelled.values() for letter in set(text))
        known = sorted(counts, key=lambda letter: (-counts[letter], letter))
        most = self.reader.embedding.num_embeddings - 2
        ids = {letter: number for number, letter in enumerate(known[:most], UNKNOWN + 1)}
        table = no_letters(size, width)
        for token, text in spelled.items():
            row = [ids.get(letter, UNKNOWN) for letter in text[:width]]
            table[token, : len(row)] = torch.tensor(row, dtype=torch.uint8)
        if tokenizer.unk_token_id is not None:
            table[tokenizer.unk_token_id, 0] = UNKNOWN
        self.letters.copy_(table)
        self.folded.copy_(fold_case(tokenizer, size))

    def resize_vocabulary(self, vocab_size: int) -> None:
        """Follow a vocabulary that grew or shrank; new tokens have no letters until they are read."""
        self.letters = resized_rows(self.letters, vocab_size, NO_LETTER)
        known = len(self.folded)
        self.folded = resized_rows(self.folded, vocab_size, 0)
        self.folded[known:] = torch.arange(known, max(known, vocab_size), dtype=torch.int32)[: len(self.folded) - known]

    def uncased(self, input_ids: Tensor) -> Tensor:
        """Return the tokens in lower case, where the vocabulary has them: letters tell the case, embeddings do not."""
        return self.folded[input_ids].long()

    def read_by_word(
        self,
        read: Callable[[Tensor, Padding | None], Tensor],
        states: Tensor,
        input_ids: Tensor,
        padding: Padding | None,
    ) -> Tensor:
        """Let layers read words as one step each, and give the state of a word to all of its pieces.

        Args:
            read: the layers, (B, T, E) and padding to (B, T, H).
            states: (B, T, E) embedded inputs.
            input_ids: (B, T).
            padding: None where nothing is padded.

        Returns:
            (B, T, H), zero at what is no part of a word.
        """
        begins, part = self.starts(input_ids, padding)  # (B, T) bool each
        steps = torch.arange(input_ids.shape[1], device=input_ids.device).expand_as(input_ids)
        position = torch.where(begins, steps, 0).cummax(1).values  # (B, T) where the word of each step begins
        return zero_padding(take_steps(read(states, find_padding(begins, input_ids)), position), Padding(part))

    def forward(self, input_ids: Tensor, padding: Padding | None) -> Tensor:
        """Read the words.

        Args:
            input_ids: (B, T).
            padding: None where nothing is padded.

        Returns:
            (B, T, H).

        Raises:
            ValueError: no vocabulary has been read.
        """
        begins, part = self.starts(input_ids, padding)
        word = (begins.view(-1).cumsum(0) - 1).clamp(min=0)  # (B T,) which word a step is part of
        words = torch.zeros_like(begins.view(-1).nonzero()[:, 0])  # (W,)
        if not is_tracing() and not len(words):
            return self.reader.embedding.weight.new_zeros(*input_ids.shape, self.width)
        read = self.dropout(self.reader(self.spell(input_ids, part, word, words)))  # (W, H)
        if is_tracing():
            read = F.pad(read, (0, 0, 0, 1))  # what a batch without any word looks up
        return read.index_select(0, word).view(*input_ids.shape, -1).masked_fill(~part.unsqueeze(-1), 0.0)

    def spell(self, input_ids: Tensor, part: Tensor, word: Tensor, words: Tensor) -> Spelling:
        """Look up the letters of the words, and join those of all pieces.

        Args:
            input_ids: (B, T).
            part: (B, T) bool, which steps are part of a word.
            word: (B T,) of which.
            words: (W,) zeros, one for each word.

        Raises:
            ValueError: no vocabulary has been read.
        """
        letters = self.letters[input_ids].flatten(0, 1) * part.view(-1, 1)  # (B T, C)
        step, column = letters.nonzero(as_tuple=True)  # of all letters, in order
        if not len(step):
            raise ValueError(
                "the model does not know the letters of its tokens; call model.read_vocabulary(tokenizer) once when it "
                "is made. They are saved with it."
            )
        owner = word[step]
        counts = words.index_add(0, owner, torch.ones_like(owner))
        position = torch.arange(owner.shape[0], device=owner.device) - (counts.cumsum(0) - counts)[owner]
        spelling = Spelling(letters[step, column].long(), owner, position, counts.clamp(max=LONGEST_WORD))
        if not is_tracing() and int(counts.max()) <= LONGEST_WORD:
            return spelling
        kept = position < LONGEST_WORD
        return Spelling(spelling.letters[kept], owner[kept], position[kept], spelling.counts)


def fold_case(tokenizer: "PreTrainedTokenizerBase", vocab_size: int) -> Tensor:
    """For each token its lower-case form, (V,) ids; itself where the vocabulary has none."""
    vocabulary = tokenizer.get_vocab()
    folded = torch.arange(vocab_size, dtype=torch.int32)
    special = set(tokenizer.all_special_tokens)
    for token, index in vocabulary.items():
        if token not in special:
            folded[index] = vocabulary.get(token.lower(), index)
    return folded


def no_letters(vocab_size: int, width: int) -> Tensor:
    """Return the table of a model that has read no vocabulary, (V, C)."""
    return torch.full((vocab_size, width), NO_LETTER, dtype=torch.uint8)


__all__ = ["CharacterEncoder"]
