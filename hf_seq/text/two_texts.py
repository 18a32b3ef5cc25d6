# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Two texts as one input: `(first, second)`, as people have them in NLI, paraphrases and answer selection.

A tokenizer that was trained here reads them as first [SEP] second, and says so by its template; a pretrained one as it
was pretrained. Bags of words read them one behind the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from tokenizers.processors import TemplateProcessing

from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates

TextOrPair: TypeAlias = str | tuple[str, str]


def as_pair(given: Any) -> tuple[str, str] | None:
    """Give two texts as a tuple: of a tuple or a list of two, or `{"text": ..., "text_pair": ...}`; else None."""
    if isinstance(given, Mapping):
        given = [given.get("text"), given.get("text_pair")]
    if isinstance(given, tuple | list) and len(given) == 2 and all(isinstance(each, str) for each in given):
        return without_surrogates(given[0]), without_surrogates(given[1])
    return None


def joined(given: Any, by: str = " ") -> Any:
    """Write two texts one behind the other; any other input stays.

    Example:
        >>> joined(("a man runs", "somebody moves")), joined("a man runs")
        ('a man runs somebody moves', 'a man runs')
    """
    return by.join(given) if isinstance(given, tuple) else given


def each_text(inputs: Iterable[Any]) -> Iterator[Any]:
    """Yield every text of inputs, both of each pair.

    Example:
        >>> list(each_text(["a", ("b", "c")]))
        ['a', 'b', 'c']
    """
    for given in inputs:
        if isinstance(given, tuple):
            yield from given
        else:
            yield given


def read_pairs(tokenizer: Any) -> None:
    """Have a tokenizer that was trained here put [SEP] between two texts."""
    separator = (tokenizer.sep_token, tokenizer.sep_token_id)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="$A", pair=f"$A {separator[0]} $B", special_tokens=[separator]
    )


def are_pairs(texts: Sequence[Any]) -> bool:
    """Check whether a row is two texts."""
    return len(texts) > 0 and isinstance(texts[0], tuple)


def parting(tokenizer: Any, pairs: bool) -> Any:
    """Give the tokenizer, for pairs one that parts two texts.

    Raises:
        InputError: it has no separator.
    """
    if pairs and not can_read_pairs(tokenizer):
        if tokenizer.sep_token is None:
            name = getattr(tokenizer, "name_or_path", "") or "that was given"
            raise InputError(f"The tokenizer {name} has no separator to put between two texts; add one.")
        read_pairs(tokenizer)
    return tokenizer


def reads_pairs_only(tokenizer: Any) -> bool:
    """Check whether a tokenizer was trained here for two texts."""
    return not tokenizer.num_special_tokens_to_add(pair=False) and tokenizer.num_special_tokens_to_add(pair=True) > 0


def can_read_pairs(tokenizer: Any) -> bool:
    """Check whether a tokenizer puts anything between two texts."""
    return tokenizer.num_special_tokens_to_add(pair=True) > 0
