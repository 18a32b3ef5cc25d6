# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged sentences as rows of token ids, the tag of a word at its first token."""

from typing import TYPE_CHECKING, Any

from transformers import PreTrainedModel

from hf_seq.data import EncodedDataset, Splits, TaggingCollator
from hf_seq.models.modeling_sequence import SequencePreTrainedModel
from hf_seq.tasks.base import Collator
from hf_seq.tasks.pretrained_start import borrowed_tokenizer
from hf_seq.tasks.tagging.recipe import TaggingRecipe
from hf_seq.tasks.text_encoding import WordEncoding, check_longest, longest_first, word_tokenizer
from hf_seq.text import encode_words

if TYPE_CHECKING:
    from datasets import Dataset


class SentenceEncoding(WordEncoding[TaggingRecipe]):
    """Sentences to token ids."""

    def make_processor(self, recipe: TaggingRecipe, splits: Splits) -> Any:
        """Train a tokenizer that keeps whole what is tagged as a word, or take that of a pretrained model."""
        sentences = splits.train["tokens"][:]
        return borrowed_tokenizer(recipe, sentences) or word_tokenizer(recipe, sentences, words="tagging")

    def encode(
        self, rows: "Dataset", processor: Any, recipe: TaggingRecipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory; words that are truncated are counted."""
        encoded = encode_words(rows["tokens"][:], rows["tags"][:], processor, recipe.max_length)
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        check_longest(encoded.lengths, recipe, name)
        dataset = EncodedDataset([encoded.input_ids[row] for row in order], [encoded.labels[row] for row in order])
        lost = f"{encoded.truncated:,} of {len(encoded):,} {name} sentences are cut to {recipe.max_length} tokens"
        return dataset, [f"{lost}, {encoded.words_lost:,} words"] if encoded.truncated else []

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads encoded rows to tensors."""
        return TaggingCollator(processor.pad_token_id)

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: TaggingRecipe) -> None:
        """Tell a tagger of ours the letters of its vocabulary, and which tokens begin a word."""
        if isinstance(model, SequencePreTrainedModel):
            model.read_vocabulary(processor)
