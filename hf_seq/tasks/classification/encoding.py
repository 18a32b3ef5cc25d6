# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as rows of token ids."""

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from transformers import PreTrainedModel

from hf_seq.data import ClassificationCollator, EncodedDataset, Splits
from hf_seq.data.classification.loading import texts_of
from hf_seq.errors import InputError
from hf_seq.models.modeling_sequence import SequencePreTrainedModel
from hf_seq.tasks.base import Collator
from hf_seq.tasks.classification.recipe import ClassificationRecipe
from hf_seq.tasks.pretrained_start import borrowed_tokenizer
from hf_seq.tasks.text_encoding import WordEncoding, check_longest, cut_note, longest_first, with_kind, word_tokenizer
from hf_seq.text import encode_texts
from hf_seq.text.two_texts import are_pairs, can_read_pairs, each_text, parting

if TYPE_CHECKING:
    from datasets import Dataset


TEXTS_MEASURED = 2_000
"""Train texts, at even distances, by whose lengths `suit_length` chooses."""
MOST_TOKENS, MOST_ATTENDED = 1_024, 512
"""Tokens of a text that it chooses at most; of a transformer, whose attention grows with the square."""


class LabelledTextEncoding(WordEncoding[ClassificationRecipe]):
    """Texts, or pairs of texts, to token ids."""

    def make_processor(self, recipe: ClassificationRecipe, splits: Splits) -> Any:
        """Train a tokenizer on the texts of the train split; of pairs it puts [SEP] between them."""
        rows = texts_of(splits.train[:])
        texts = list(each_text(rows))
        pieces = recipe.model.endswith("-wide")  # keep the letters of words that train lacks
        settled = with_kind(recipe, splits, "wordpiece" if pieces else "word")
        tokenizer = borrowed_tokenizer(recipe, texts) or word_tokenizer(settled, texts)
        return parting(tokenizer, are_pairs(rows))

    def given_processor(self, recipe: ClassificationRecipe, splits: Splits) -> Any:
        """Load the tokenizer that the recipe names; of pairs it parts them as it does, else by its separator.

        Raises:
            InputError: it cannot be had, lacks what training needs, or has no separator for pairs.
        """
        processor = super().given_processor(recipe, splits)
        return None if processor is None else parting(processor, "text_pair" in splits.train.column_names)

    def suit_length(self, recipe: ClassificationRecipe, splits: Splits, processor: Any) -> None:
        """Read 99 of 100 train texts whole, up to `MOST_TOKENS`: TF-IDF reads all of a text, too.

        Args:
            recipe: its `max_length` grows where it is too short.
            splits: the texts; a note says what was chosen.
            processor: the tokenizer, whose limit grows, too.
        """
        if not recipe.length_by_texts:
            return
        texts = texts_of(splits.train[:: max(1, len(splits.train) // TEXTS_MEASURED)])
        needed = math.ceil(np.quantile(encode_texts(texts, processor, sys.maxsize).full_lengths, 0.99))
        if needed <= recipe.max_length:
            return
        most = MOST_ATTENDED if recipe.model == "transformer" else MOST_TOKENS
        recipe.max_length = processor.model_max_length = min(needed, most)
        splits.notes.append(
            f"{recipe.max_length:,} tokens of a text are read, since 99 of 100 train texts have {needed:,} or fewer "
            "(--max_length says otherwise)"
        )

    def check_pretrained(self, processor: Any, recipe: ClassificationRecipe) -> None:
        """Refuse a tokenizer without padding, or that parts no pairs, and more tokens than the model reads.

        Raises:
            InputError: one of these.
        """
        super().check_pretrained(processor, recipe)
        if recipe.text_pair_column and not can_read_pairs(processor):
            raise InputError(
                f"The tokenizer of {recipe.model} puts nothing between two texts, so it reads no --text_pair_column; "
                "choose a model that was trained on pairs of texts, or join them: --text_column FIRST SECOND."
            )

    def start_weights(
        self, model: PreTrainedModel, processor: Any, recipe: ClassificationRecipe, inputs: Sequence[Any]
    ) -> list[str]:
        """Start the embedding from a file of vectors, if there is one."""
        return super().start_weights(model, processor, recipe, list(each_text(inputs)))

    def encode(
        self, rows: "Dataset", processor: Any, recipe: ClassificationRecipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory; texts that are too long are truncated, and counted."""
        encoded = encode_texts(texts_of(rows[:]), processor, recipe.max_length)
        ids, labels, types = encoded.input_ids, rows["label"][:], encoded.type_ids
        if sort:
            order = longest_first(list(map(len, ids)))
            ids, labels = [ids[row] for row in order], [labels[row] for row in order]
            types = None if types is None else [types[row] for row in order]
        check_longest(list(map(len, ids)), recipe, name)
        more = {} if types is None else {"token_type_ids": types}
        return EncodedDataset(ids, labels, more=more), cut_note(encoded.truncated, len(ids), name, recipe)

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: ClassificationRecipe) -> None:
        """Tell a model that reads letters those of its vocabulary."""
        if isinstance(model, SequencePreTrainedModel):
            model.read_vocabulary(processor)

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads encoded rows to tensors."""
        return ClassificationCollator(processor.pad_token_id, splits.problem_type)
