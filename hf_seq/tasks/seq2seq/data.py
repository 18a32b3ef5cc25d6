# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts: how they are read and checked, and the baselines that are fitted on them."""

from typing import TYPE_CHECKING, Any

from hf_seq.baselines.pairs import CopySource, NearestSource
from hf_seq.data import Splits, check_pairs, load_pair_splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.inputs import Inputs, Source, source_inputs
from hf_seq.data.pairs.closer_look import look_closer_at_pairs
from hf_seq.tasks.base import Data
from hf_seq.tasks.seq2seq.recipe import Seq2SeqRecipe

if TYPE_CHECKING:
    from datasets import Dataset


class Pairs(Data[Seq2SeqRecipe]):
    """A source and a target each."""

    text_column = "source"

    def load(self, recipe: Seq2SeqRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_pair_splits(
            source_column=recipe.source_column, target_column=recipe.target_column, **recipe.source, **options
        )

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_pairs(splits, tokenizer=processor, max_length=max_length)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add leaks, and what is out of place."""
        look_closer_at_pairs(report, splits)

    def inputs(self, rows: "Dataset") -> list[str]:
        """List the sources."""
        return rows["source"][:]

    def read_inputs(self, recipe: Seq2SeqRecipe, source: Source) -> Inputs:
        """Read sources; data with targets have theirs left alone."""
        return source_inputs(source, recipe.source_column)


def fit_baseline(recipe: Seq2SeqRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `copy` or `nearest`: the source itself, or the target of the nearest source of train."""
    baseline: CopySource | NearestSource = CopySource() if recipe.model == "copy" else NearestSource()
    return baseline.fit(splits.train["source"][:], splits.train["target"][:]), []
