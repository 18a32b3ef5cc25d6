# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the tasks over text share: a tokenizer trained on the train split, or the pretrained model's own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from hf_seq.errors import InputError
from hf_seq.tasks.base import Task
from hf_seq.tasks.pretrained_vectors import width_fields, with_file_words
from hf_seq.tasks.recipe import Recipe, TextRecipe
from hf_seq.text import train_tokenizer
from hf_seq.text.tokenizers import WordRule

if TYPE_CHECKING:
    from hf_seq.data import Splits

LONGEST = 20_000  # tokens; a batch of such texts takes gigabytes, and no recurrent model learns across them


class TextTask(Task):
    """A task whose processor is a tokenizer."""

    def make_processor(self, recipe: Recipe, splits: "Splits") -> Any:
        """Train a tokenizer on the texts of the train split."""
        return trained_tokenizer(recipe, splits.train["text"])

    def load_processor(self, path: str | Path) -> Any:
        """The tokenizer saved in a folder or on the Hub."""
        return AutoTokenizer.from_pretrained(path)

    def configuration(self, recipe: Recipe, processor: Any) -> dict[str, Any]:
        """Size of the vocabulary, the padding id, and the reach of learned positions."""
        assert isinstance(recipe, TextRecipe)
        fields = {"vocab_size": len(processor), "pad_token_id": processor.pad_token_id}
        if self.architectures[recipe.model].family.startswith("transformer"):
            fields["max_position_embeddings"] = recipe.max_length
        return fields | width_fields(recipe, self.architectures[recipe.model])

    def check_pretrained_processor(self, processor: Any, recipe: Recipe) -> None:
        """Refuse a tokenizer without padding, and more tokens than the model reads.

        Raises:
            InputError: one of these.
        """
        assert isinstance(recipe, TextRecipe)
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


def trained_tokenizer(recipe: Recipe, texts: Iterable[Any], words: WordRule = "plain") -> "PreTrainedTokenizerFast":
    """Train the tokenizer that a recipe describes on texts, or for tagging on lists of words."""
    assert isinstance(recipe, TextRecipe)
    tokenizer = train_tokenizer(
        texts,
        kind=recipe.tokenizer_kind,
        vocab_size=recipe.vocab_size,
        lowercase=recipe.lowercase,
        model_max_length=recipe.max_length,
        min_frequency=recipe.min_frequency,
        words=words,
    )
    return with_file_words(recipe, tokenizer, texts)


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
    """The note on rows that were cut, if any were."""
    return [f"{cut:,} of {rows:,} {name} texts are cut to {recipe.max_length} tokens"] if cut else []


def longest_first(lengths: Sequence[int]) -> list[int]:
    """Row numbers by falling length, for evaluation: similar lengths share a batch, and memory runs out at once."""
    return sorted(range(len(lengths)), key=lambda row: -lengths[row])
