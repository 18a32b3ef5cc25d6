# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs as two rows of token ids."""

import dataclasses
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import PreTrainedModel

from hf_seq.data import PairCollator, PairDataset, Splits
from hf_seq.errors import InputError
from hf_seq.tasks.architectures import Architecture, load_or_explain
from hf_seq.tasks.base import Collator
from hf_seq.tasks.seq2seq.recipe import Seq2SeqRecipe
from hf_seq.tasks.text_encoding import TextEncoding, check_longest, trained_tokenizer
from hf_seq.text import encode_texts
from hf_seq.text.pairs import TwoTokenizers, end_texts, holds_two_tokenizers

if TYPE_CHECKING:
    from datasets import Dataset


class PairEncoding(TextEncoding[Seq2SeqRecipe]):
    """Sources and targets to token ids, by one tokenizer or by two."""

    def make_processor(self, recipe: Seq2SeqRecipe, splits: Splits) -> Any:
        """Train one tokenizer on both sides of the train split, or one on each; it ends every text."""
        if recipe.source_vocab_size is not None:
            sizes = {"source": recipe.source_vocab_size, "target": recipe.vocab_size}
            made = {
                side: end_texts(trained_tokenizer(dataclasses.replace(recipe, vocab_size=size), splits.train[side][:]))
                for side, size in sizes.items()
            }
            return TwoTokenizers(**made)
        texts = chain(splits.train["source"][:], splits.train["target"][:])
        return end_texts(trained_tokenizer(recipe, texts))

    def named_tokenizer(self, recipe: Seq2SeqRecipe) -> Any:
        """Load the tokenizer that a recipe names, or one for each side, and check that it ends every text.

        Raises:
            InputError: it cannot be had, or does not.
        """
        name = str(recipe.tokenizer)
        processor = load_or_explain(name, self.load_processor, name)
        sides = (processor.source, processor.target) if isinstance(processor, TwoTokenizers) else (processor,)
        for side in sides:
            side.model_max_length = recipe.max_length
            lacking = [kind for kind in ("pad", "bos", "eos") if getattr(side, f"{kind}_token_id") is None]
            if lacking:
                raise InputError(
                    f"--tokenizer {name} has no {lacking[0]}_token, which a writer needs; set it and save it."
                )
            if side("a")["input_ids"][-1:] != [side.eos_token_id]:
                end_texts(side)
        return processor

    def load_processor(self, path: str | Path) -> Any:
        """Load the tokenizer saved in a folder or on the Hub, or both of them."""
        return TwoTokenizers.from_pretrained(path) if holds_two_tokenizers(path) else super().load_processor(path)

    def encode(
        self, rows: "Dataset", processor: Any, recipe: Seq2SeqRecipe, name: str, *, sort: bool = False
    ) -> tuple[PairDataset, list[str]]:
        """Encode both sides of a split; texts that are truncated are counted."""
        sides = [
            encode_texts(
                rows[side][:], getattr(processor, side, processor), recipe.max_length, as_target=side == "target"
            )
            for side in ("source", "target")
        ]
        order: Sequence[int] = range(len(rows))
        if sort:
            order = sorted(order, key=lambda row: -(sides[0].lengths[row] + sides[1].lengths[row]))
        dataset = PairDataset(*([side.input_ids[row] for row in order] for side in sides))
        dataset.batch_tokens = recipe.batch_tokens
        check_longest([max(pair) for pair in zip(*(side.lengths for side in sides), strict=True)], recipe, name)
        notes = [
            f"{side.truncated:,} of {len(rows):,} {name} {what}s are cut to {recipe.max_length} tokens"
            for what, side in zip(("source", "target"), sides, strict=True)
            if side.truncated
        ]
        return dataset, notes

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads encoded pairs to tensors."""
        return PairCollator(processor.pad_token_id)

    def configuration(self, recipe: Seq2SeqRecipe, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the size of the vocabulary, the reach of learned positions, and the ids that begin, end and pad."""
        two = isinstance(processor, TwoTokenizers)
        return {
            **super().configuration(recipe, architecture, processor),
            **({"source_vocab_size": len(processor.source), "share_embeddings": False} if two else {}),
            "bos_token_id": processor.bos_token_id,
            "eos_token_id": processor.eos_token_id,
            "decoder_start_token_id": processor.bos_token_id,
        }

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: Seq2SeqRecipe) -> None:
        """Tell `generate()` how far to write and how wide to search, and to write no token that stands for no text."""
        config = model.generation_config
        config.max_new_tokens, config.max_length = recipe.max_length, None
        config.num_beams, config.length_penalty = recipe.num_beams, float(recipe.length_penalty)
        config.suppress_tokens = sorted(set(processor.all_special_ids) - {processor.eos_token_id})
