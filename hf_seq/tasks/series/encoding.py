# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series as rows of standardised numbers.

T steps · C channels
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from transformers import AutoFeatureExtractor, PreTrainedModel

from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.series.augmentation import AugmentedSeries
from hf_seq.data.series.batches import EncodedSeries, SeriesCollator, encode_series
from hf_seq.data.series.loading import series_arrays
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.base import Collator, Encoding
from hf_seq.tasks.saved_model import check_settings
from hf_seq.tasks.series.recipe import NumbersRecipe, SeriesRecipe
from hf_seq.tasks.text_encoding import LONGEST, longest_first

N = TypeVar("N", bound=NumbersRecipe)
S = TypeVar("S", bound=SeriesRecipe)

if TYPE_CHECKING:
    from datasets import Dataset


LONG, FEW = 320, 128
"""Series that are longer than the one are shortened to about the other number of steps, unless the recipe says how."""


def longest_read(processor: Any) -> int:
    """Count the steps of the longest row that a model reads of the training series; 0 if that is not known."""
    return min(filter(None, (processor.window_length, processor.max_length, processor.longest)), default=0)


def shortening(longest: int) -> dict[str, Any]:
    """List the configuration fields of a front that brings long series down to 64 to 128 steps.

    Its first convolution reads all steps and costs the most, so that strides of 4 stand for two of 2 where they can.
    """
    if longest <= LONG:
        return {}
    halvings = math.ceil(math.log2(longest / FEW))
    each = 1 if halvings % 2 else 2
    return {"front": "conv", "front_stride": 2**each, "front_layers": halvings // each}


class NumbersEncoding(Encoding[N]):
    """Inputs that are read as series: (T, C) arrays whose channels have mean 0 and deviation 1.

    Args:
        models: of the task.

    Attributes:
        noun: what inputs are called.
        one: what one of them is called, with its article.
        extractor: what standardises them.
        reads: what it reads, in words.
        remedy: what to do about inputs that are too long.
        may_shorten: whether a model may read fewer steps than there are, made by a front.
        settings: fields of the recipe that the extractor has, too.
    """

    noun, one = "series", "a series"
    extractor: type[SeriesFeatureExtractor] = SeriesFeatureExtractor
    reads = "series of numbers"
    remedy = "set --max_length to cut series, or --window_length to read them piece by piece"
    may_shorten = True
    settings: tuple[str, ...] = (
        *("do_normalize", "missing", "missing_indicator", "max_length", "window_length", "window_stride"),
    )

    def __init__(self, models: ModelChoice) -> None:
        self.models = models

    def arrays(self, rows: "Dataset", processor: Any) -> list[Any]:
        """List the inputs as series, (T, C) each, not standardised yet."""
        raise NotImplementedError

    def load_processor(self, path: str | Path) -> Any:
        """Load the feature extractor saved in a folder or on the Hub."""
        return AutoFeatureExtractor.from_pretrained(path)

    def check_pretrained(self, processor: Any, recipe: N) -> None:
        """Refuse what is no feature extractor of such numbers, and settings that are not its own.

        Raises:
            InputError: it is none, or has another setting.
        """
        if not isinstance(processor, self.extractor):
            raise InputError(
                f"{recipe.model} does not read {self.reads}; train one from scratch: "
                f"{', '.join(self.models.architectures)}."
            )
        check_settings(recipe, processor, self.settings)

    def check_fit(self, model: PreTrainedModel, processor: Any, name: str) -> None:
        """Refuse a model and a feature extractor of different widths.

        Raises:
            InputError: they do not belong together.
        """
        features = getattr(model.config, "num_features", None)
        if features != processor.num_features:
            raise InputError(
                f"{name} reads num_features={features}, but its feature extractor gives {processor.num_features}; they "
                "do not belong together."
            )

    def configuration(self, recipe: N, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the width of a step, and the reach of learned positions."""
        fields = {"num_features": processor.num_features, "vocab_size": 1, "pad_token_id": None}
        reach = processor.window_length or processor.max_length
        if recipe.front is None and self.may_shorten:
            fields |= shortening(longest_read(processor))
        if reach and architecture.family.startswith("transformer"):
            fields["max_position_embeddings"] = reach
        return fields

    def encode(
        self, rows: "Dataset", processor: Any, recipe: N, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Standardise a split once; series that are too long are truncated, and counted, or read in windows."""
        encoded = encode_series(self.arrays(rows, processor), processor)
        if max(encoded.lengths) > LONGEST:
            raise InputError(
                f"{name} holds {self.one} of {max(encoded.lengths):,} steps, and a batch is as wide as its longest; "
                f"{self.remedy}."
            )
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        labels = self.row_labels(rows, encoded)
        values, labels = [encoded.values[row] for row in order], [labels[row] for row in order]
        dataset = EncodedDataset(values, labels, "input_values")
        if recipe.augmentation and name == "train":
            dataset = AugmentedSeries(values, labels, [] if recipe.chooses_augmentation else recipe.augmentation)
        cut = sum(encoded.truncated)
        notes = [f"{cut:,} of {len(rows):,} {name} {self.noun} are cut to {processor.max_length} steps"] if cut else []
        if len(encoded) > len(rows):
            notes.append(f"{len(rows):,} {name} {self.noun} are read as {len(encoded):,} windows")
        return dataset, notes

    def start_weights(self, model: PreTrainedModel, processor: Any, recipe: N, inputs: Sequence[Any]) -> list[str]:
        """Set no weights; say that a front shortens what the model reads, where nobody asked for it."""
        config: Any = model.config
        if getattr(config, "front", "none") == "none" or recipe.front is not None:
            return []
        longest = longest_read(processor)
        steps = -(-longest // config.front_stride**config.front_layers)
        count = config.front_layers
        many = f"{count} convolutions" if count > 1 else "a convolution"
        return [
            f"{self.noun} of up to {longest:,} steps are read as {steps:,}, by {many} of stride {config.front_stride} "
            "in front (--front none reads every step)"
        ]

    def row_labels(self, rows: "Dataset", encoded: EncodedSeries) -> list[Any]:
        """Label each encoded row as its series is."""
        labels = rows["label"][:]
        return [labels[owner] for owner in encoded.owners]

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads encoded rows to tensors."""
        return SeriesCollator(processor, splits.problem_type)


class SeriesEncoding(NumbersEncoding[S]):
    """Series of numbers as they are."""

    def make_processor(self, recipe: S, splits: Splits) -> Any:
        """Learn mean and deviation of the channels on the train split.

        Raises:
            InputError: settings that cannot be, or series that cannot be read.
        """
        arrays = [array for array in series_arrays(splits.train) if len(array)]
        try:
            extractor = SeriesFeatureExtractor(
                feature_size=arrays[0].shape[1] if arrays else 1,
                do_normalize=recipe.do_normalize,
                missing=recipe.missing,
                missing_indicator=recipe.missing_indicator,
                max_length=recipe.max_length,
                window_length=recipe.window_length,
                window_stride=recipe.window_stride,
                channel_names=splits.channels or None,
            )
            return extractor.fit(arrays)
        except ValueError as error:
            raise InputError(str(error)) from error

    def arrays(self, rows: "Dataset", processor: Any) -> list[Any]:
        """List the series, (T, C) each."""
        del processor
        return series_arrays(rows)
