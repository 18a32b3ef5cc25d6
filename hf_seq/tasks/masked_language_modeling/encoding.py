# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts as rows of token ids, of which some will be hidden."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import ClassificationCollator, EncodedDataset, Splits
from hf_seq.errors import InputError
from hf_seq.tasks.masked_language_modeling.recipe import MaskedLanguageModelingRecipe
from hf_seq.tasks.masked_language_modeling.trainer import HiddenDataset
from hf_seq.tasks.text_encoding import TextEncoding, check_longest, cut_note, longest_first
from hf_seq.text import encode_texts

if TYPE_CHECKING:
    from datasets import Dataset


class HiddenEncoding(TextEncoding[MaskedLanguageModelingRecipe]):
    """Texts to token ids."""

    def encode(
        self, rows: "Dataset", processor: Any, recipe: MaskedLanguageModelingRecipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory, and remember how tokens are to be hidden."""
        encoded = encode_texts(rows["text"], processor, recipe.max_length)
        check_longest(encoded.lengths, recipe, name)
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        dataset = HiddenDataset([encoded.input_ids[row] for row in order], recipe.masked_share, processor)
        return dataset, cut_note(encoded.truncated, len(encoded), name, recipe)

    def collator(self, processor: Any, splits: Splits) -> ClassificationCollator:
        """Make what pads encoded rows to tensors."""
        return ClassificationCollator(processor.pad_token_id)

    def check_pretrained(self, processor: Any, recipe: MaskedLanguageModelingRecipe) -> None:
        """Refuse a tokenizer that cannot hide a token.

        Raises:
            InputError: it has no mask token, or what `TextEncoding` refuses.
        """
        super().check_pretrained(processor, recipe)
        if processor.mask_token_id is None:
            raise InputError(f"The tokenizer of {recipe.model} has no mask token; choose another model.")
