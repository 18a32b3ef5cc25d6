# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts as one stream of token ids, or each for itself."""

from typing import Any

from datasets import Dataset
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.texts.streams import TextCollator
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe
from hf_seq.tasks.language_modeling.trainer import Reading, TextDataset
from hf_seq.tasks.text_encoding import TextEncoding, cut_note
from hf_seq.text.continuous import encode_continuous


class ContinuousEncoding(TextEncoding[LanguageModelingRecipe]):
    """Texts to token ids, none of them lost."""

    def encode(
        self, rows: Dataset, processor: Any, recipe: LanguageModelingRecipe, name: str, *, sort: bool = False
    ) -> tuple[TextDataset, list[str]]:
        """Encode the texts of a split whole; separate texts are truncated for training, but never for a score."""
        del sort  # a stream has one order
        separate = recipe.reading == "texts"
        text = encode_continuous(rows["text"], processor, begin=separate, end=True if separate else None)
        reading = Reading(separate, recipe.bptt_steps, recipe.random_bptt)
        dataset = TextDataset(text, reading, recipe.max_length)
        cut = sum(length > recipe.max_length for length in map(len, text.rows())) if separate else 0
        return dataset, [f"{name}: {len(text):,} tokens", *cut_note(cut, len(text.starts), name, recipe)]

    def collator(self, processor: Any, splits: Splits) -> TextCollator:
        """Make what pads separate texts to tensors."""
        return TextCollator(processor.pad_token_id)

    def configuration(
        self, recipe: LanguageModelingRecipe, architecture: Architecture, processor: Any
    ) -> dict[str, Any]:
        """List the size of the vocabulary, and the ids for padding, end and, for separate texts, begin."""
        separate = recipe.reading == "texts"
        return {
            "vocab_size": len(processor),
            "pad_token_id": processor.pad_token_id,
            "bos_token_id": processor.bos_token_id if separate else None,
            "eos_token_id": processor.eos_token_id,
        }

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: LanguageModelingRecipe) -> None:
        """Have `generate()` write no token that stands for something else than text."""
        ends = {model.config.eos_token_id}
        special = sorted(set(processor.all_special_ids) - ends)
        model.generation_config.suppress_tokens = special
