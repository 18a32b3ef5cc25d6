# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Given words to token ids: the label of a word on its first piece, -100 on its other pieces and on special tokens.

Works for the tokenizers trained here and for pretrained ones. No word is lost: one that gives no piece (an odd sign, a
blank) becomes the unknown token. What is cut off is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

from hf_seq.errors import InputError
from hf_seq.text.encoding import CHUNK, room_for_text, unknown_id

IGNORED = -100


@dataclass(frozen=True)
class EncodedWords:
    """Token ids of N sentences, and where their words begin.

    Attributes:
        input_ids: N lists of ids, each of 1 to `max_length`; an empty sentence is one unknown token.
        labels: N lists as long, the tag of a word on its first piece and -100 elsewhere; the number of the word in its
            sentence where no tags were given.
        full_lengths: N lengths before truncation.
        words_kept: N numbers of words whose first piece is inside `max_length`.
        truncated: how many sentences were cut.
        words_lost: how many words were cut off.
        empty: how many sentences had no word.
        unknown_rate: share of words that begin with the unknown token, among those kept.
    """

    input_ids: list[list[int]]
    labels: list[list[int]]
    full_lengths: list[int]
    words_kept: list[int]
    truncated: int
    words_lost: int
    empty: int
    unknown_rate: float

    @property
    def lengths(self) -> list[int]:
        """N lengths, truncated."""
        return [len(ids) for ids in self.input_ids]

    def __len__(self) -> int:
        return len(self.input_ids)


def encode_words(
    tokens: Sequence[Sequence[str]],
    tags: Sequence[Sequence[int]] | None,
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
) -> EncodedWords:
    """Encode sentences that are given as words.

    Args:
        tokens: N sentences, each a list of words.
        tags: a tag id for each word; None labels each word with its number in the sentence.
        tokenizer: trained here or pretrained; its special tokens are inside `max_length`.
        max_length: the most tokens kept of a sentence, from its start.

    Raises:
        InputError: `max_length` leaves no room for a token; or a sentence has not as many tags as words.
    """
    room = room_for_text(tokenizer, max_length)
    input_ids: list[list[int]] = []
    labels: list[list[int]] = []
    full_lengths: list[int] = []
    words_kept: list[int] = []
    unknown = 0
    unknown_token = tokenizer.unk_token_id
    for row, (ids, word_of) in enumerate(_all_pieces(tokens, tokenizer)):
        words = len(tokens[row])
        targets: Sequence[int] = range(words) if tags is None else tags[row]
        if len(targets) != words:
            raise InputError(f"sentence {row} has {words} words but {len(targets)} tags; every word needs one.")
        full_lengths.append(len(ids))
        if len(ids) > max_length:
            ids, word_of = _cut(ids, word_of, room)  # noqa: PLW2901
        sentence, before = [], None
        for position, word in enumerate(word_of):
            begins = word is not None and word != before
            sentence.append(targets[word] if begins and word is not None else IGNORED)
            unknown += begins and ids[position] == unknown_token
            before = word if word is not None else before
        input_ids.append(ids or [unknown_id(tokenizer)])
        labels.append(sentence or [IGNORED])
        words_kept.append(0 if before is None else before + 1)
    kept = sum(words_kept)
    return EncodedWords(
        input_ids=input_ids,
        labels=labels,
        full_lengths=full_lengths,
        words_kept=words_kept,
        truncated=sum(length > max_length for length in full_lengths),
        words_lost=sum(map(len, tokens)) - kept,
        empty=sum(not words for words in tokens),
        unknown_rate=unknown / kept if kept else 0.0,
    )


_Pieces = tuple[list[int], list[int | None]]  # ids, and the number of the word each belongs to (None: special)


def _all_pieces(tokens: Sequence[Sequence[str]], tokenizer: PreTrainedTokenizerBase) -> Iterator[_Pieces]:
    """Yield pieces of whole sentences, special tokens included."""
    for start in range(0, len(tokens), CHUNK):
        chunk = [[str(word) for word in words] for words in tokens[start : start + CHUNK]]
        if not tokenizer.is_fast:
            yield from (_pieces_in_python(words, tokenizer) for words in chunk)
            continue
        for words, pieces in zip(chunk, _fast_pieces(chunk, tokenizer), strict=True):
            silent = set(range(len(words))) - set(pieces[1])
            if silent:  # such a word is said to be unknown
                token = tokenizer.unk_token or tokenizer.eos_token or "?"
                readable = [token if index in silent else word for index, word in enumerate(words)]
                pieces = next(_fast_pieces([readable], tokenizer))  # noqa: PLW2901
            yield pieces


def _fast_pieces(chunk: list[list[str]], tokenizer: Any) -> Iterator[_Pieces]:
    try:
        encoded = tokenizer(chunk, is_split_into_words=True, truncation=False, padding=False, verbose=False)
    except AssertionError as error:  # byte-level tokenizers want a blank before every word
        raise InputError(
            f"{type(tokenizer).__name__} takes given words only when it was loaded with add_prefix_space=True."
        ) from error
    for encoding in encoded.encodings:
        yield encoding.ids, encoding.word_ids


def _pieces_in_python(words: list[str], tokenizer: Any) -> _Pieces:
    """Yield the same from a tokenizer written in Python, word by word."""
    ids: list[int] = []
    word_of: list[int | None] = []
    for index, word in enumerate(words):
        pieces = tokenizer.encode(word, add_special_tokens=False) or [unknown_id(tokenizer)]
        ids += pieces
        word_of += [index] * len(pieces)
    whole = tokenizer.build_inputs_with_special_tokens(ids)
    special = tokenizer.get_special_tokens_mask(ids)
    numbers = iter(word_of)
    return whole, [None if is_special else next(numbers) for is_special in special]


def _cut(ids: list[int], word_of: list[int | None], room: int) -> _Pieces:
    """Keep the first `room` pieces of words, and all special tokens."""
    inside = [index for index, word in enumerate(word_of) if word is not None][:room]
    last = inside[-1]
    keep = [index for index, word in enumerate(word_of) if word is None or index <= last]
    return [ids[index] for index in keep], [word_of[index] for index in keep]


__all__ = ["IGNORED", "EncodedWords", "encode_words"]
