# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as rows of token ids."""

from typing import TYPE_CHECKING, Any

from transformers import PreTrainedModel

from hf_seq.data import ClassificationCollator, EncodedDataset, Splits
from hf_seq.models.modeling_sequence import SequencePreTrainedModel
from hf_seq.tasks.base import Collator
from hf_seq.tasks.classification.recipe import ClassificationRecipe
from hf_seq.tasks.text_encoding import WordEncoding, check_longest, cut_note, longest_first
from hf_seq.text import encode_texts

if TYPE_CHECKING:
    from datasets import Dataset


class LabelledTextEncoding(WordEncoding[ClassificationRecipe]):
    """Texts to token ids."""

    def encode(
        self, rows: "Dataset", processor: Any, recipe: ClassificationRecipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory; texts that are too long are truncated, and counted."""
        encoded = encode_texts(rows["text"], processor, recipe.max_length)
        ids, labels = encoded.input_ids, rows["label"][:]
        if sort:
            order = longest_first(list(map(len, ids)))
            ids, labels = [ids[row] for row in order], [labels[row] for row in order]
        check_longest(list(map(len, ids)), recipe, name)
        return EncodedDataset(ids, labels), cut_note(encoded.truncated, len(ids), name, recipe)

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: ClassificationRecipe) -> None:
        """Tell a model that reads letters those of its vocabulary."""
        if isinstance(model, SequencePreTrainedModel):
            model.read_vocabulary(processor)

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads encoded rows to tensors."""
        return ClassificationCollator(processor.pad_token_id, splits.problem_type)
