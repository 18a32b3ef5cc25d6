# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the tasks over text share: a tokenizer trained on the train split, or the pretrained model's own."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from hf_seq.errors import InputError
from hf_seq.tasks.architectures import Architecture, ModelChoice, load_or_explain
from hf_seq.tasks.base import Encoding
from hf_seq.tasks.pretrained_start import borrowed_tokenizer, check_start, start_from_pretrained
from hf_seq.tasks.pretrained_vectors import check_word_vectors, start_from_vectors, width_fields, with_file_words
from hf_seq.tasks.recipe import LONGEST, TextRecipe, WordRecipe
from hf_seq.text import train_tokenizer
from hf_seq.text.saved_tokenizers import check_saved_tokenizer
from hf_seq.text.scripts import are_names, why_characters
from hf_seq.text.tokenizers import WordRule
from hf_seq.text.word_patterns import bound

if TYPE_CHECKING:
    from hf_seq.data import Splits

T = TypeVar("T", bound=TextRecipe)
W = TypeVar("W", bound=WordRecipe)


class TextEncoding(Encoding[T]):
    """The encoding of a task whose processor is a tokenizer."""

    def make_processor(self, recipe: T, splits: "Splits") -> Any:
        """Train a tokenizer on the texts of the train split."""
        return trained_tokenizer(with_kind(recipe, splits), splits.train["text"])

    def check_recipe(self, recipe: T, models: ModelChoice) -> None:
        """Refuse a tokenizer for a model that has one, and look for the one that is named.

        Raises:
            InputError: one of these.
        """
        if recipe.tokenizer is None:
            return
        if recipe.model not in models.baselines and not models.is_from_scratch(recipe.model):
            raise InputError(
                f"{recipe.model} has a tokenizer of its own, so --tokenizer {recipe.tokenizer} is for models from "
                f"scratch; leave it out, or use one of {', '.join(models.architectures)}."
            )
        self.named_tokenizer(recipe)

    def named_tokenizer(self, recipe: T) -> Any:
        """Load the tokenizer that a recipe names, and check that the task can use it.

        Raises:
            InputError: it cannot be had, or lacks what training needs.
        """
        name = str(recipe.tokenizer)
        processor = load_or_explain(name, self.load_processor, name)
        processor.model_max_length = recipe.max_length  # the limit is that of the model it was trained for
        self.check_pretrained(processor, dataclasses.replace(recipe, model=name))
        return processor

    def given_processor(self, recipe: T, splits: "Splits") -> Any:
        """Load the tokenizer that the recipe names; None where it names none.

        Raises:
            InputError: it cannot be had, or lacks what training needs.
        """
        return None if recipe.tokenizer is None else self.named_tokenizer(recipe)

    def load_processor(self, path: str | Path) -> Any:
        """Load the tokenizer saved in a folder or on the Hub."""
        tokenizer = AutoTokenizer.from_pretrained(path)
        check_saved_tokenizer(tokenizer, path)
        bound(tokenizer)
        return tokenizer

    def configuration(self, recipe: T, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the size of the vocabulary, the padding id, and the reach of learned positions."""
        fields = {"vocab_size": len(processor), "pad_token_id": processor.pad_token_id}
        if architecture.family.startswith("transformer"):
            fields["max_position_embeddings"] = recipe.max_length
        return fields

    def check_pretrained(self, processor: Any, recipe: T) -> None:
        """Refuse a tokenizer without padding, and more tokens than the model reads.

        Raises:
            InputError: one of these.
        """
        if processor.pad_token_id is None:
            raise InputError(
                f"The tokenizer of {recipe.model} has no padding token; set one and save it, or choose another model."
            )
        if recipe.max_length > processor.model_max_length:
            raise InputError(
                f"max_length={recipe.max_length}, but {recipe.model} reads at most {processor.model_max_length} "
                "tokens; use that."
            )
        processor.model_max_length = recipe.max_length

    def check_fit(self, model: PreTrainedModel, processor: Any, name: str) -> None:
        """Refuse a tokenizer with more entries than the model's embedding.

        Raises:
            InputError: they do not belong together.
        """
        rows: int = model.get_input_embeddings().num_embeddings  # type: ignore[assignment]
        if len(processor) > rows:
            raise InputError(
                f"The tokenizer of {name} has {len(processor)} entries, its model only {rows}: they do not belong "
                "together; give a folder that holds both."
            )


class WordEncoding(TextEncoding[W]):
    """The encoding of a task whose models may start from word vectors."""

    def check_recipe(self, recipe: W, models: ModelChoice) -> None:
        """Look at the file of word vectors, if there is one.

        Raises:
            InputError: it cannot be read, the model takes none, or the recipe asks for another width.
        """
        super().check_recipe(recipe, models)
        check_word_vectors(recipe, models)
        check_start(recipe, models)

    def make_processor(self, recipe: W, splits: "Splits") -> Any:
        """Train a tokenizer on the texts of the train split, or take that of the pretrained model to start from.

        A tokenizer that is trained knows the words of a file of vectors whole.
        """
        texts = splits.train["text"][:]
        return borrowed_tokenizer(recipe, texts) or word_tokenizer(with_kind(recipe, splits), texts)

    def configuration(self, recipe: W, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List what the tokenizer and a file of vectors decide."""
        return super().configuration(recipe, architecture, processor) | width_fields(recipe, architecture)

    def start_weights(self, model: PreTrainedModel, processor: Any, recipe: W, inputs: Sequence[Any]) -> list[str]:
        """Start the embedding from a file of vectors or from a pretrained model, if there is one."""
        started = start_from_pretrained(model, recipe, processor)
        return started or start_from_vectors(model, recipe, processor, inputs)


def with_kind(recipe: T, splits: "Splits", words: Literal["word", "wordpiece"] = "word") -> T:
    """Settle which kind of tokenizer `auto` is for these texts; characters are noted in the splits.

    Args:
        recipe: may say a kind.
        splits: the texts.
        words: the kind where blanks part words.
    """
    if recipe.tokenizer_kind != "auto":
        return recipe
    vectors, texts = getattr(recipe, "word_vectors", None), splits.train["text"][:]
    why = None if vectors or (words == "wordpiece" and are_names(texts)) else why_characters(texts)
    note = f"a token is a character, since {why} (--tokenizer_kind word takes words)"
    if why and note not in splits.notes:
        splits.notes.append(note)
    return dataclasses.replace(recipe, tokenizer_kind="char" if why else words)


def trained_tokenizer(
    recipe: TextRecipe, texts: Iterable[Any], words: WordRule = "plain", **learnt: Any
) -> "PreTrainedTokenizerFast":
    """Train the tokenizer that a recipe describes on texts, or for tagging on lists of words."""
    return train_tokenizer(
        texts,
        kind="word" if recipe.tokenizer_kind == "auto" else recipe.tokenizer_kind,
        vocab_size=recipe.vocab_size,
        lowercase=recipe.lowercase,
        model_max_length=recipe.max_length,
        min_frequency=recipe.min_frequency,
        words=words,
        **learnt,
    )


def word_tokenizer(
    recipe: WordRecipe, texts: Iterable[Any], words: WordRule = "plain", **learnt: Any
) -> "PreTrainedTokenizerFast":
    """Train a tokenizer that knows the words of the recipe's file of vectors, too, where there is one."""
    return with_file_words(recipe, trained_tokenizer(recipe, texts, words, **learnt), texts)


def check_longest(lengths: Sequence[int], recipe: TextRecipe, name: str) -> None:
    """Refuse a row that no batch should be as wide as.

    Raises:
        InputError: there is one.
    """
    longest = max(lengths)
    if longest > LONGEST:
        raise InputError(
            f"{name} holds a text of {longest:,} tokens, and max_length={recipe.max_length} would read it whole: a "
            f"batch is as wide as its longest text. Set --max_length to {LONGEST:,} or less; 256 is usual."
        )


def cut_note(cut: int, rows: int, name: str, recipe: TextRecipe) -> list[str]:
    """Note how many rows were truncated, if any were."""
    return [f"{cut:,} of {rows:,} {name} texts are cut to {recipe.max_length} tokens"] if cut else []


def longest_first(lengths: Sequence[int]) -> list[int]:
    """Order row numbers by falling length, for evaluation: similar lengths share a batch, memory runs out at once."""
    return sorted(range(len(lengths)), key=lambda row: -lengths[row])
