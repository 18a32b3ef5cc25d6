# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts to token ids, as plain lists: what was cut off and what was unknown is counted, never hidden.

Plain Python lists on purpose: decoding rows of a `datasets` table costs more than 5 % of a small model's training step.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice

from transformers import PreTrainedTokenizerBase

from hf_seq.errors import InputError

CHUNK = 8_192  # texts held as `Encoding` objects at a time; their ids are kept, the objects are not


@dataclass(frozen=True)
class Encoded:
    """Token ids of N texts.

    Attributes:
        input_ids: N lists of ids, each of 1 to `max_length`; an empty text is one unknown token.
        full_lengths: N lengths before truncation.
        truncated: how many texts were cut.
        empty: how many texts had no token at all and were given one.
        unknown_rate: share of [UNK] among the tokens of all texts, after truncation; 0.0 to 1.0.
    """

    input_ids: list[list[int]]
    full_lengths: list[int]
    truncated: int
    empty: int
    unknown_rate: float

    @property
    def lengths(self) -> list[int]:
        """N lengths, truncated."""
        return [len(ids) for ids in self.input_ids]

    def __len__(self) -> int:
        return len(self.input_ids)


def encode_texts(
    texts: Iterable[str], tokenizer: PreTrainedTokenizerBase, max_length: int, *, as_target: bool = False
) -> Encoded:
    """Encode texts in batches, on all the threads `tokenizers` uses.

    Args:
        texts: the texts; a generator is fine.
        tokenizer: trained here or pretrained; its special tokens, if it adds any, are inside `max_length`.
        max_length: the most tokens kept of a text, from its start.
        as_target: encode what is to be written; some pretrained tokenizers (Marian, NLLB) do that in another way.

    Returns:
        Ids and what happened to them.

    Raises:
        InputError: `max_length` leaves no room for a token.
    """
    room_for_text(tokenizer, max_length)
    with _target_mode(tokenizer) if as_target else nullcontext():
        return _encode_texts(texts, tokenizer, max_length)


@contextmanager
def _target_mode(tokenizer: PreTrainedTokenizerBase) -> Iterator[None]:
    """Have a tokenizer that tells sources from targets encode targets; others have no such mode."""
    if not hasattr(tokenizer, "_switch_to_target_mode"):
        yield
        return
    tokenizer._switch_to_target_mode()
    try:
        yield
    finally:
        tokenizer._switch_to_input_mode()


def _encode_texts(texts: Iterable[str], tokenizer: PreTrainedTokenizerBase, max_length: int) -> Encoded:
    all_ids: list[list[int]] = []
    full_lengths: list[int] = []
    truncated = empty = unknown = 0
    iterator = iter(texts)
    while chunk := list(islice(iterator, CHUNK)):
        for text, ids in zip(chunk, _encode_whole(chunk, tokenizer), strict=True):
            full_lengths.append(len(ids))
            if len(ids) > max_length:
                all_ids.append(tokenizer(text, truncation=True, max_length=max_length, padding=False)["input_ids"])
                truncated += 1
            else:
                all_ids.append(ids or [unknown_id(tokenizer)])
                empty += not ids
    unknown_token = tokenizer.unk_token_id
    if unknown_token is not None:
        unknown = sum(ids.count(unknown_token) for ids in all_ids)
    total = sum(map(len, all_ids))
    return Encoded(all_ids, full_lengths, truncated, empty, unknown / total if total else 0.0)


def room_for_text(tokenizer: PreTrainedTokenizerBase, max_length: int) -> int:
    """Count the tokens of text that fit into `max_length` beside the special tokens.

    Raises:
        InputError: none does.
    """
    room = max_length - tokenizer.num_special_tokens_to_add(pair=False)
    if room < 1:
        raise InputError(
            f"max_length={max_length} leaves no room for text beside the special tokens; use at least "
            f"{max_length - room + 1}."
        )
    return room


def _encode_whole(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> Iterator[list[int]]:
    """Yield ids of whole texts; restore the tokenizer's truncation and padding afterwards."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:  # a tokenizer written in Python
        yield from tokenizer(list(texts), truncation=False, padding=False, verbose=False)["input_ids"]
        return
    truncation, padding = backend.truncation, backend.padding
    backend.no_truncation()
    backend.no_padding()
    try:
        encodings = backend.encode_batch_fast(texts, add_special_tokens=True)
    finally:
        if truncation is not None:
            backend.enable_truncation(**truncation)
        if padding is not None:
            backend.enable_padding(**padding)
    for encoding in encodings:
        yield encoding.ids


def unknown_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """Return the id that stands for an empty text: unknown, else end or begin of sequence, else 0."""
    for token_id in (tokenizer.unk_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id):
        if token_id is not None:
            return token_id
    return 0
