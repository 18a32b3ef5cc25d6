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
from hf_seq.text.two_texts import TextOrPair

CHUNK = 8_192  # texts held as `Encoding` objects at a time; their ids are kept, the objects are not


@dataclass(frozen=True)
class Encoded:
    """Token ids of N texts, or pairs of texts.

    Attributes:
        input_ids: N lists of ids, each of 1 to `max_length`; an empty text is one unknown token.
        full_lengths: N lengths before truncation.
        truncated: how many texts were cut.
        empty: how many texts had no token at all and were given one.
        unknown_rate: share of [UNK] among the tokens of all texts, after truncation; 0.0 to 1.0.
        type_ids: N lists that tell the second of two texts from the first; None where the model has no such input.
    """

    input_ids: list[list[int]]
    full_lengths: list[int]
    truncated: int
    empty: int
    unknown_rate: float
    type_ids: list[list[int]] | None = None

    @property
    def lengths(self) -> list[int]:
        """N lengths, truncated."""
        return [len(ids) for ids in self.input_ids]

    def __len__(self) -> int:
        return len(self.input_ids)


def encode_texts(
    texts: Iterable[TextOrPair], tokenizer: PreTrainedTokenizerBase, max_length: int, *, as_target: bool = False
) -> Encoded:
    """Encode texts in batches, on all the threads `tokenizers` uses.

    Args:
        texts: the texts, or tuples of two; a generator is fine.
        tokenizer: trained here or pretrained; its special tokens, if it adds any, are inside `max_length`.
        max_length: the most tokens kept of a text, from its start; of two texts the longer one is cut first.
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


def _encode_texts(texts: Iterable[TextOrPair], tokenizer: PreTrainedTokenizerBase, max_length: int) -> Encoded:
    all_ids: list[list[int]] = []
    all_types: list[list[int]] = []
    full_lengths: list[int] = []
    truncated = empty = unknown = 0
    iterator = iter(texts)
    typed = False
    while chunk := list(islice(iterator, CHUNK)):
        typed = typed or (isinstance(chunk[0], tuple) and "token_type_ids" in tokenizer.model_input_names)
        for text, (ids, types) in zip(chunk, _encode_whole(chunk, tokenizer, typed=typed), strict=True):
            full_lengths.append(len(ids))
            kept, kinds = ids, types
            if len(ids) > max_length:
                cut = tokenizer(*_sides(text), truncation=True, max_length=max_length, padding=False)
                kept, kinds = cut["input_ids"], cut.get("token_type_ids", types)
                truncated += 1
            all_ids.append(kept or [unknown_id(tokenizer)])
            empty += not kept
            if typed:
                all_types.append(kinds or [0])
    unknown_token = tokenizer.unk_token_id
    if unknown_token is not None:
        unknown = sum(ids.count(unknown_token) for ids in all_ids)
    total = sum(map(len, all_ids))
    rate = unknown / total if total else 0.0
    return Encoded(all_ids, full_lengths, truncated, empty, rate, all_types if typed else None)


def _sides(text: TextOrPair) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


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


def _encode_whole(
    texts: Sequence[TextOrPair], tokenizer: PreTrainedTokenizerBase, *, typed: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield ids and, where asked for, type ids of whole texts; restore the tokenizer's truncation and padding."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:  # a tokenizer written in Python
        for text in texts:
            whole = tokenizer(*_sides(text), truncation=False, padding=False, verbose=False)
            yield whole["input_ids"], whole.get("token_type_ids", [])
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
        yield encoding.ids, encoding.type_ids if typed else []


def unknown_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """Return the id that stands for an empty text: unknown, else end or begin of sequence, else 0."""
    for token_id in (tokenizer.unk_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id):
        if token_id is not None:
            return token_id
    return 0
