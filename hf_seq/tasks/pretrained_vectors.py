# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Models from scratch that start from word vectors (`--word_vectors FILE`).

The vocabulary then holds, whole, every word of train that the file has, however rare, and the file's first
`word_vectors_limit` words, since words that train lacks are what a file of vectors is for. The saved model needs
nothing of the file.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.errors import InputError
from hf_seq.models.word_starts import split_tokens
from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.recipe import WordRecipe
from hf_seq.text.tokenizers import parted, with_words
from hf_seq.text.word_vectors import Fold, file_words, read_vectors, vector_width

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

USUAL_LIMIT = 50_000  # words of a file that join the vocabulary
SHOWN = 5  # words that an error quotes
HEADS = (4, 2, 1)
CONTINUING = "##"
"""What begins a piece inside a word; a word that begins so would be taken for one."""


def check_word_vectors(recipe: WordRecipe, models: ModelChoice) -> None:
    """Look at the file before anything else is done.

    Raises:
        InputError: the file cannot be read, the model takes none, or the recipe asks for another width.
    """
    path = recipe.word_vectors
    if path is None:
        return
    if not models.is_from_scratch(recipe.model):
        raise InputError(
            f"word_vectors starts the embedding of a model trained from scratch, and {recipe.model} is none; leave it "
            f"out, or use one of {', '.join(models.architectures)}."
        )
    width_fields(recipe, models.architectures[recipe.model])


def width_fields(recipe: WordRecipe, architecture: Architecture) -> dict[str, Any]:
    """Return the configuration fields that a file of vectors decides: its width, and heads that divide it.

    Raises:
        InputError: the recipe says another width.
    """
    path = recipe.word_vectors
    if path is None:
        return {}
    width = vector_width(path)
    name = "embedding_size" if architecture.family.startswith("recurrent") else "hidden_size"
    asked = getattr(recipe, name)
    if asked not in (None, width):
        raise InputError(
            f"{name}={asked}, but the word vectors in {path} are {width} wide; use --{name} {width}, or a file of "
            f"width {asked}."
        )
    if name == "embedding_size" or recipe.num_attention_heads is not None:
        return {name: width}
    heads = next((heads for heads in HEADS if width % (2 * heads) == 0), 1)
    return {name: width, "num_attention_heads": heads}


def with_file_words(
    recipe: WordRecipe, tokenizer: "PreTrainedTokenizerFast", texts: Iterable[str | Sequence[str]]
) -> "PreTrainedTokenizerFast":
    """Add the words of the recipe's file to a tokenizer, where there is one.

    A file in lower case serves a tokenizer that keeps capitals: its words are known capitalised, too.

    Args:
        recipe: names the file.
        tokenizer: trained on train.
        texts: of train, strings or lists of words.

    Raises:
        InputError: the file cannot be read, or has no word of train.
    """
    path = recipe.word_vectors
    if path is None:
        return tokenizer
    fold, counts = folding(tokenizer), count_words(tokenizer, texts)
    limit = USUAL_LIMIT if recipe.word_vectors_limit is None else recipe.word_vectors_limit
    first, found = file_words(path, max(limit, SHOWN), {fold(word) for word in counts}, fold)
    if not found:
        raise InputError(
            f"None of the {len(counts):,} words of train, such as {_some(counts)}, is in {path}, which begins with "
            f"{_some(first)}; use vectors of the language of the data."
        )
    first = first[:limit]
    if all(word == word.lower() for word in first):
        first += [word.capitalize() for word in first]
    known = [word for word, _ in counts.most_common() if fold(word) in found]
    new = [parts[0] for word in first if len(parts := parted(tokenizer, word)) == 1 and fold(parts[0]) == fold(word)]
    return with_words(tokenizer, [word for word in (*known, *new) if not word.startswith(CONTINUING)])


def start_from_vectors(
    model: "PreTrainedModel",
    recipe: WordRecipe,
    tokenizer: "PreTrainedTokenizerFast",
    texts: Iterable[str | Sequence[str]],
) -> list[str]:
    """Give the tokens of a new model the vectors of the recipe's file, where there is one.

    Args:
        model: from scratch.
        recipe: names the file.
        tokenizer: the model's.
        texts: of train.

    Returns:
        What a record should tell: how many tokens got a vector, and how much of train they are.

    Raises:
        InputError: the file cannot be read.
    """
    path = recipe.word_vectors
    if path is None:
        return []
    begins = split_tokens(tokenizer, len(tokenizer))
    special = set(tokenizer.all_special_ids)
    words = [text for index, (begin, text) in sorted(begins.items()) if begin and index not in special]
    found = read_vectors(path, words, folding(tokenizer)).scaled()
    model.load_word_vectors(found.vectors, found.words, tokenizer.get_vocab())  # type: ignore[operator]
    counts, known = count_words(tokenizer, texts), set(found.words)
    share = sum(count for word, count in counts.items() if word in known) / counts.total()
    return [
        f"word vectors: {len(known):,} of {len(tokenizer):,} tokens start from {Path(path).name} "
        f"({found.vectors.shape[1]} wide); they are {100 * share:.1f} % of the words of train"
    ]


def count_words(tokenizer: "PreTrainedTokenizerFast", texts: Iterable[str | Sequence[str]]) -> Counter[str]:
    """Count how often each word occurs in texts, as a tokenizer splits them."""
    whole: Counter[str] = Counter()
    for text in texts:
        whole.update([text] if isinstance(text, str) else text)
    counts: Counter[str] = Counter()
    for text, count in whole.items():
        for word in parted(tokenizer, text):
            counts[word] += count
    return counts


def folding(tokenizer: "PreTrainedTokenizerFast") -> Fold:
    """Make a function that makes spellings alike: lower case of what the tokenizer's own rules leave."""
    normalizer = tokenizer.backend_tokenizer.normalizer

    def fold(word: str) -> str:
        return (word if word.isascii() else normalizer.normalize_str(word)).lower()

    return fold


def _some(words: Iterable[str]) -> str:
    return " ".join(word for word, _ in zip(words, range(SHOWN), strict=False))
