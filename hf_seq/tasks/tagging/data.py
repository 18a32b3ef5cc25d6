# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged sentences: how they are read, checked and augmented, and the baseline that is fitted on them."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hf_seq.baselines import MostFrequentTag
from hf_seq.data import Splits, check_tagged, load_tagged_splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.inputs import Inputs, Source, tagged_inputs
from hf_seq.data.tagging.closer_look import look_closer_at_tagged
from hf_seq.data.tagging.mentions import read_mention_lists, with_mention_copies
from hf_seq.data.tagging.names import IGNORED, chosen_scheme
from hf_seq.errors import InputError
from hf_seq.tasks.base import Data, R
from hf_seq.tasks.tagging.recipe import TaggingRecipe

if TYPE_CHECKING:
    from datasets import Dataset

PARTS = ("train", "validation", "test")


class Tagged(Data[R]):
    """Rows with a tag for every word or step."""

    label_column = "tags"

    def align_labels(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Renumber the tags of the data as the model does.

        Raises:
            InputError: the data have tags that the model does not know.
        """
        names = list(label_names) or list(predictor.label_names)
        if list(splits.label_names) == names:
            return splits
        unknown = [name for name in splits.label_names if name not in names]
        if unknown:
            raise InputError(
                f"The data have tags that the model does not know: {', '.join(unknown[:5])}; it knows "
                f"{', '.join(names[:10])}. Evaluate on data with the same tags."
            )
        number = {index: names.index(name) for index, name in enumerate(splits.label_names)} | {IGNORED: IGNORED}
        parts = {part: splits[part].map(lambda row: {"tags": [number[tag] for tag in row["tags"]]}) for part in PARTS}
        return dataclasses.replace(splits, label_names=names, **parts)


def with_scheme(splits: Splits, wanted: str) -> Splits:
    """Note in the splits the scheme that a recipe wants; for `auto` the one that train is written in.

    Raises:
        InputError: the names of the tags do not write it.
    """
    return dataclasses.replace(splits, tag_scheme=chosen_scheme(splits.label_names, splits.tag_scheme, wanted))


class TaggedSentences(Tagged[TaggingRecipe]):
    """Sentences, as lists of words."""

    text_column = "tokens"

    def load(self, recipe: TaggingRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        splits = load_tagged_splits(
            tokens_column=recipe.tokens_column, tags_column=recipe.tags_column, **recipe.source, **options
        )
        return with_scheme(splits, recipe.tag_scheme)

    def augment(self, splits: Splits, recipe: TaggingRecipe) -> Splits:
        """Add copies of the train rows with other mentions after them."""
        if not recipe.mention_copies:
            return splits
        lists = read_mention_lists(recipe.mention_lists or [])
        return with_mention_copies(splits, recipe.mention_copies, lists, recipe.data_split_seed)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_tagged(splits, tokenizer=processor, max_length=max_length)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add leaks, and what is out of place."""
        look_closer_at_tagged(report, splits)

    def inputs(self, rows: "Dataset") -> list[list[str]]:
        """List the sentences, as lists of words."""
        return rows["tokens"][:]

    def read_inputs(self, recipe: TaggingRecipe, source: Source) -> Inputs:
        """Read sentences, as words where the data have words."""
        return tagged_inputs(source, recipe.tokens_column)


def fit_baseline(recipe: TaggingRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit the most frequent tag of each word."""
    del recipe
    train = splits.train
    return MostFrequentTag(splits.label_names).fit(train["tokens"][:], train["tags"][:]), []
