# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts to token ids for language models: all of a text, each token with the characters it stands for.

N tokens
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedTokenizerBase

from hf_seq.errors import InputError

PIECE = 1_000_000  # characters encoded at a time: the library holds some 100 bytes for each
_LINE_END = re.compile(
    r"(?<=\S)\n(?=\S)"
)  # a line feed between two signs is a token of its own, whatever the tokenizer


@dataclass(frozen=True)
class EncodedText:
    """Tokens of one or more texts, one after the other.

    Attributes:
        ids: (N,) token ids.
        characters: (N,) how many characters of the text each token stands for, blanks before it included; their sum is
            the length of the texts, but for what stands behind the last token.
        starts: (D,) where each of the texts begins.
        unknown: how many tokens are the unknown one.
    """

    ids: np.ndarray
    characters: np.ndarray
    starts: np.ndarray
    unknown: int

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def documents(self) -> np.ndarray:
        """(N,) which text each token belongs to."""
        return np.searchsorted(self.starts, np.arange(len(self.ids)), side="right") - 1

    def rows(self) -> list[list[int]]:
        """Return the token ids of each text as a list."""
        return [part.tolist() for part in np.split(self.ids, self.starts[1:])]


def encode_continuous(
    texts: Iterable[str], tokenizer: PreTrainedTokenizerBase, *, begin: bool = False, end: bool | None = None
) -> EncodedText:
    """Encode every text whole, and mark where they end.

    Args:
        texts: the texts.
        tokenizer: a fast one; its own special tokens are not added.
        begin: put the token for the begin of a sequence before each text.
        end: put the token for the end of a sequence behind each text; None does where there are several.

    Raises:
        InputError: the tokenizer has no such token, is written in Python, or finds nothing in the texts.
    """
    texts = list(texts)
    end = len(texts) > 1 if end is None else end
    before = [_special(tokenizer, "bos_token")] if begin else []
    behind = [_special(tokenizer, "eos_token")] if end else []
    ids, characters, starts, length = [], [], [], 0
    for text in texts:
        text_ids, text_characters = _encode(text, tokenizer)
        starts.append(length)
        ids += [np.array(before, dtype=np.int64), text_ids, np.array(behind, dtype=np.int64)]
        characters += [np.zeros(len(before), np.int64), text_characters, np.zeros(len(behind), np.int64)]
        length += len(before) + len(text_ids) + len(behind)
    joined = np.concatenate(ids) if ids else np.zeros(0, np.int64)
    if not len(joined):
        raise InputError("the texts hold no token; give text.")
    unknown = 0 if tokenizer.unk_token_id is None else int((joined == tokenizer.unk_token_id).sum())
    return EncodedText(joined, np.concatenate(characters), np.array(starts), unknown)


def _special(tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    value = getattr(tokenizer, f"{name}_id")
    if value is None:
        raise InputError(f"the tokenizer has no {name}, which marks where a text begins or ends; set one and save it.")
    return value


def _encode(text: str, tokenizer: PreTrainedTokenizerBase) -> tuple[np.ndarray, np.ndarray]:
    """Return ids (N,) of a text and the characters (N,) from the end of the token before to the end of each."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise InputError("the tokenizer is written in Python and does not say where its tokens stand; use a fast one.")
    ids, ends, shift = [], [], 0
    backend.no_truncation()
    backend.no_padding()
    for piece in _pieces(text):
        encoding = backend.encode(piece, add_special_tokens=False)
        ids.append(np.array(encoding.ids, dtype=np.int64))
        offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        ends.append(offsets[:, 1] + shift)
        shift += len(piece)
    joined = np.concatenate(ids) if ids else np.zeros(0, np.int64)
    return joined, np.diff(np.concatenate(ends), prepend=0) if ends else joined


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces of about `PIECE` characters, cut behind line feeds."""
    start = 0
    while start < len(text):
        cut = _LINE_END.search(text, start + PIECE) if len(text) - start > PIECE else None
        stop = cut.end() if cut else len(text)
        yield text[start:stop]
        start = stop
