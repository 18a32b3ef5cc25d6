# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts as one stream of token ids, or each for itself."""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.texts.streams import TextCollator
from hf_seq.errors import InputError
from hf_seq.progress import logger
from hf_seq.reports.table import duration
from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.language_modeling.adaptive import cutoffs_of
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe
from hf_seq.tasks.language_modeling.trainer import Reading, TextDataset
from hf_seq.tasks.streaming import Stream
from hf_seq.tasks.text_encoding import TextEncoding, cut_note
from hf_seq.text.continuous import EncodedText, encode_continuous

ROWS = 8_192  # texts that are encoded at a time


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

    def stream(self, stream: Stream, processor: Any, recipe: LanguageModelingRecipe, sample: Any, folder: Path) -> Any:
        """Give texts that are read for themselves as other tasks do; a text read as one is encoded into a file.

        The file, of four bytes a token, has no name, so that it is gone when this process is.
        """
        if recipe.reading == "texts":
            return super().stream(stream, processor, recipe, sample, folder)
        begin, unknown = time.perf_counter(), 0
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - the array below reads from it
        for rows in stream.in_order(ROWS):
            text = encode_continuous(rows["text"], processor, end=stream.survey.rows > 1)
            unknown += text.unknown
            file.write(text.ids.astype(np.int32).tobytes())
        file.flush()
        ids = np.memmap(file, dtype=np.int32, mode="r")
        took = duration(time.perf_counter() - begin)
        logger.info(f"{len(ids):,} train tokens lie in a file while this runs; encoding them took {took}")
        nothing = np.zeros(0, np.int64)
        return TextDataset(EncodedText(ids, nothing, nothing, unknown), sample.reading, recipe.max_length)

    def collator(self, processor: Any, splits: Splits) -> TextCollator:
        """Make what pads separate texts to tensors."""
        return TextCollator(processor.pad_token_id)

    def configuration(
        self, recipe: LanguageModelingRecipe, architecture: Architecture, processor: Any
    ) -> dict[str, Any]:
        """List the size of the vocabulary, and the ids for padding, end and, for separate texts, begin."""
        separate, cutoffs = recipe.reading == "texts", cutoffs_of(recipe, processor)
        clusters = {"adaptive_softmax_cutoffs": cutoffs, "tie_word_embeddings": False} if cutoffs else {}
        return {
            "vocab_size": len(processor),
            "pad_token_id": processor.pad_token_id,
            "bos_token_id": processor.bos_token_id if separate else None,
            "eos_token_id": processor.eos_token_id,
            **clusters,
        }

    def check_recipe(self, recipe: LanguageModelingRecipe, models: ModelChoice) -> None:
        """Refuse clusters for a model that has a head.

        Raises:
            InputError: that, or what all texts refuse.
        """
        super().check_recipe(recipe, models)
        if recipe.softmax_cutoffs and not models.is_from_scratch(recipe.model):
            raise InputError(
                f"adaptive_softmax={recipe.adaptive_softmax} makes a head anew, and {recipe.model} has one; leave it "
                f"out, or use one of {', '.join(models.architectures)}."
            )

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: LanguageModelingRecipe) -> None:
        """Have `generate()` write no token that stands for something else than text."""
        end = model.config.eos_token_id
        ends = set(end if isinstance(end, list) else [end])
        special = sorted(set(processor.all_special_ids) - ends)
        model.generation_config.suppress_tokens = special
