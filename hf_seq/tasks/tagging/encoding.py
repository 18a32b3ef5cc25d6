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
from hf_seq.text.word_habits import learn_habits, sentence_habit
from hf_seq.text.word_patterns import WordHabits, word_pattern

if TYPE_CHECKING:
    from datasets import Dataset


class SentenceEncoding(WordEncoding[TaggingRecipe]):
    """Sentences to token ids."""

    def make_processor(self, recipe: TaggingRecipe, splits: Splits) -> Any:
        """Train a tokenizer that cuts raw text into words and sentences as train is cut, or take a pretrained one."""
        tokens = splits.train["tokens"][:]
        habits, sentences = _cuts(splits)
        borrowed = borrowed_tokenizer(recipe, tokens)
        if borrowed is not None:
            self.learn_cuts(borrowed, splits)
            return borrowed
        return word_tokenizer(recipe, tokens, words="tagging", habits=habits, sentences=sentences)

    def learn_cuts(self, processor: Any, splits: Splits) -> None:
        """Have a pretrained tokenizer remember how raw text is cut into words and sentences in train."""
        habits, sentences = _cuts(splits)
        processor.init_kwargs["word_pattern"] = word_pattern(habits)
        processor.init_kwargs.pop("sentences", None)  # of a tagger that is trained further
        if sentences:
            processor.init_kwargs["sentences"] = sentences

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


def _cuts(splits: Splits) -> tuple[WordHabits, str | None]:
    """Learn from train how raw text is cut into words, and into sentences."""
    train = splits.train
    tokens = train["tokens"][:]
    raw = (train["text"][:], train["places"][:]) if "text" in train.column_names else ()
    return learn_habits(tokens, *raw), sentence_habit(tokens)
