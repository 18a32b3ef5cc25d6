# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a word is made of: a vector for each word, read from its letters, so that unknown words are not all alike.

The letters of a word are those of all its pieces, in order. Which letters a token has is looked up in a table that is
read off the tokenizer once and saved with the model, so token ids are all that a model needs.

B batch · T steps, padding included · V vocabulary · C letters of a token · W words of a batch · M letters of the
longest of them · E character_embedding_size · H character_hidden_size
CNN: Ma & Hovy 2016, arXiv:1603.01354. LSTM: Lample et al. 2016, arXiv:1603.01360.
"""

from collections import Counter
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import initialization as init

from .configuration_recurrent import RecurrentConfig
from .pooling import Pooling
from .recurrence import LSTM
from .word_starts import WordStarts, resized_rows, split_tokens, unspoken_ids

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NO_LETTER, UNKNOWN = 0, 1
LONGEST_WORD = 64
"""Letters of a word that are read: what is longer is an address or noise, and would make all others wait."""


class CharacterCNN(nn.Module):
    """Three neighbouring letters at a time, and the maximum over the word."""

    def __init__(self, embedding_size: int, hidden_size: int) -> None:
        super().__init__()
        self.window = nn.Linear(3 * embedding_size, hidden_size)
        self.pooling = Pooling("max", hidden_size)

    def forward(self, letters: Tensor, counts: Tensor) -> Tensor:
        """(W, M, E), zero behind a word, and its letters (W,) to (W, H)."""
        around = F.pad(letters, (0, 0, 1, 1))  # (W, M + 2, E)
        windows = torch.cat([around[:, :-2], letters, around[:, 2:]], dim=-1)  # (W, M, 3 E)
        real = torch.arange(letters.shape[1], device=letters.device) < counts.unsqueeze(1)
        return self.pooling(torch.relu(self.window(windows)), real)[0]


class CharacterLSTM(nn.Module):
    """Read both ways; the state after the last letter and, from behind, the one after the first."""

    def __init__(self, embedding_size: int, hidden_size: int) -> None:
        super().__init__()
        self.forward_cell = LSTM(embedding_size, hidden_size // 2, batch_first=True)
        self.backward_cell = LSTM(embedding_size, hidden_size // 2, batch_first=True)

    def forward(self, letters: Tensor, counts: Tensor) -> Tensor:
        """(W, M, E) and the letters of each word (W,) to (W, H)."""
        places = torch.arange(letters.shape[1], device=letters.device)
        mirrored = (counts.unsqueeze(1) - 1 - places).clamp(min=0)  # (W, M)
        backwards = letters.gather(1, mirrored.unsqueeze(-1).expand_as(letters))
        words, last = torch.arange(len(letters), device=letters.device), (counts - 1).clamp(min=0)
        states = (self.forward_cell(letters)[words, last], self.backward_cell(backwards)[words, last])
        return torch.cat(states, dim=-1).masked_fill((counts == 0).unsqueeze(1), 0.0)


class CharacterEncoder(nn.Module):
    """A vector for each word, given to all of its pieces; zero for special tokens and padding.

    Args:
        config: says which kind, and the sizes.
    """

    letters: Tensor

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.starts = WordStarts(config.vocab_size)
        self.register_buffer("letters", no_letters(config.vocab_size, config.max_characters))
        self.embedding = nn.Embedding(config.character_vocab_size, config.character_embedding_size)
        kind = CharacterCNN if config.character_encoder == "cnn" else CharacterLSTM
        self.reader = kind(config.character_embedding_size, config.character_hidden_size)
        self.width = config.character_hidden_size
        self.dropout = nn.Dropout(config.embedding_dropout)

    def start_weights(self) -> None:
        """Know no letters, unless a table was loaded."""
        with torch.device("cpu"):
            init.copy_(self.letters, no_letters(*self.letters.shape))

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
        ids = {letter: place for place, letter in enumerate(known[: self.embedding.num_embeddings - 2], UNKNOWN + 1)}
        table = no_letters(size, width)
        for token, text in spelled.items():
            row = [ids.get(letter, UNKNOWN) for letter in text[:width]]
            table[token, : len(row)] = torch.tensor(row, dtype=torch.uint8)
        if tokenizer.unk_token_id is not None:
            table[tokenizer.unk_token_id, 0] = UNKNOWN
        self.letters.copy_(table)

    def resize_vocabulary(self, vocab_size: int) -> None:
        """Follow a vocabulary that grew or shrank; new tokens have no letters until they are read."""
        self.letters = resized_rows(self.letters, vocab_size, NO_LETTER)

    def forward(self, input_ids: Tensor, real: Tensor | None) -> Tensor:
        """Read the words.

        Args:
            input_ids: (B, T).
            real: (B, T) bool, or None where nothing is padded.

        Returns:
            (B, T, H).

        Raises:
            ValueError: no vocabulary has been read.
        """
        begins, part = self.starts(input_ids, real)
        words = int(begins.sum())
        if not words:
            return self.embedding.weight.new_zeros(*input_ids.shape, self.width)
        word = (begins.view(-1).cumsum(0) - 1).clamp(min=0)  # (B T,) which word a step is part of
        spelled, counts = self._spell(input_ids, part, word, words)
        places = torch.arange(spelled.shape[1], device=spelled.device)
        vectors = self.embedding(spelled).masked_fill((places >= counts.unsqueeze(1)).unsqueeze(-1), 0.0)  # (W, M, E)
        read = self.dropout(self.reader(vectors, counts))  # (W, H)
        return read.index_select(0, word).view(*input_ids.shape, -1).masked_fill(~part.unsqueeze(-1), 0.0)

    def _spell(self, input_ids: Tensor, part: Tensor, word: Tensor, words: int) -> tuple[Tensor, Tensor]:
        """Letters of each word (W, M) and how many they are (W,)."""
        letters = self.letters[input_ids] * part.unsqueeze(-1)  # (B, T, C)
        steps, places = letters.flatten(0, 1).nonzero(as_tuple=True)  # of all letters, in order
        owner = word[steps]
        counts = torch.bincount(owner, minlength=words)
        if not len(owner):
            raise ValueError(
                "the model does not know the letters of its tokens; call model.read_vocabulary(tokenizer) once when it "
                "is made. They are saved with it."
            )
        place = torch.arange(len(owner), device=owner.device) - (counts.cumsum(0) - counts)[owner]
        counts = counts.clamp(max=LONGEST_WORD)
        spelled = owner.new_zeros(words, int(counts.max()))
        short = place < LONGEST_WORD
        spelled[owner[short], place[short]] = letters.flatten(0, 1)[steps, places].long()[short]
        return spelled, counts


def no_letters(vocab_size: int, width: int) -> Tensor:
    """The table of a model that has read no vocabulary, (V, C)."""
    return torch.full((vocab_size, width), NO_LETTER, dtype=torch.uint8)


__all__ = ["CharacterEncoder"]
