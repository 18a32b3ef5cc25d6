# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tasks over series of numbers: `series`, one label, several or a number for each; `series-tagging`, a tag a step.

What they learn and how it is scored are those of the tasks over text; what differs is what goes in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from transformers import AutoFeatureExtractor, PreTrainedModel

from hf_seq.data import EncodedDataset, Splits, check_series, load_series_splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.data.series import series_arrays
from hf_seq.data.series_batches import EncodedSeries, SeriesCollator, encode_series
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.base import Collator, Task
from hf_seq.tasks.classification.task import Classification, fit_majority
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.tagging.task import Tagging, with_scheme
from hf_seq.tasks.task_recipes import SeriesRecipe
from hf_seq.tasks.text_task import LONGEST, longest_first

if TYPE_CHECKING:
    from datasets import Dataset

# Sets of series are small: many passes, some decay; a few validation rows tell losses apart where accuracies are equal
COMMON = {"weight_decay": 0.01, "metric_for_best_model": "eval_loss"}
RECURRENT = {"learning_rate": 3e-3, "num_train_epochs": 40, "warmup_steps": 0.05, **COMMON}
TRANSFORMER = {"learning_rate": 1e-3, "num_train_epochs": 60, "warmup_steps": 0.1, **COMMON}


def _recurrent(cell_type: str, bidirectional: bool, **more: Any) -> Architecture:
    return Architecture("recurrent", {"cell_type": cell_type, "bidirectional": bidirectional, **more}, RECURRENT)


def _transformer(**more: Any) -> Architecture:
    return Architecture("transformer_encoder", {"position_embedding": "rotary", **more}, TRANSFORMER)


class ReadsSeries(Task):
    """What both tasks do with series, whatever is learned of them."""

    per_step: ClassVar[bool] = False
    reads_numbers = True
    text_column: ClassVar[str | None] = None

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names."""
        assert isinstance(recipe, SeriesRecipe)
        splits = load_series_splits(
            series_column=recipe.series_column,
            label_column=recipe.label_column,
            per_step=self.per_step,
            problem_type=recipe.problem_type,
            **recipe.source,
            **options,
        )
        return with_scheme(splits, recipe.tag_scheme) if self.per_step else splits

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        return check_series(splits, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """The series, (T, C) arrays."""
        return series_arrays(rows)

    def make_processor(self, recipe: Recipe, splits: Splits) -> Any:
        """Learn mean and deviation of the channels on the train split.

        Raises:
            InputError: settings that cannot be, or series that cannot be read.
        """
        assert isinstance(recipe, SeriesRecipe)
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
            )
            return extractor.fit(arrays)
        except ValueError as error:
            raise InputError(str(error)) from error

    def load_processor(self, path: str | Path) -> Any:
        """The feature extractor saved in a folder or on the Hub."""
        return AutoFeatureExtractor.from_pretrained(path)

    def check_pretrained_processor(self, processor: Any, recipe: Recipe) -> None:
        """Refuse what is no feature extractor of series.

        Raises:
            InputError: it is none.
        """
        if not isinstance(processor, SeriesFeatureExtractor):
            raise InputError(
                f"{recipe.model} does not read series of numbers; train one from scratch: "
                f"{', '.join(self.architectures)}."
            )

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

    def configuration(self, recipe: Recipe, processor: Any) -> dict[str, Any]:
        """Width of a step, and the reach of learned positions."""
        fields = {"num_features": processor.num_features, "vocab_size": 1, "pad_token_id": None}
        reach = processor.window_length or processor.max_length
        if reach and self.architectures[recipe.model].family.startswith("transformer"):
            fields["max_position_embeddings"] = reach
        return fields

    def complete(self, model: PreTrainedModel, processor: Any) -> None:
        """There is no vocabulary to tell the model of."""

    def encode(
        self, rows: "Dataset", processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Standardise a split once; series that are too long are cut, and counted, or read in windows."""
        assert isinstance(recipe, SeriesRecipe)
        encoded = encode_series(series_arrays(rows), processor)
        if max(encoded.lengths) > LONGEST:
            raise InputError(
                f"{name} holds a series of {max(encoded.lengths):,} steps, and a batch is as wide as its longest; set "
                "--max_length to cut series, or --window_length to read them piece by piece."
            )
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        labels = self.row_labels(rows, encoded)
        dataset = EncodedDataset([encoded.values[row] for row in order], [labels[row] for row in order], "input_values")
        cut = sum(encoded.truncated)
        notes = [f"{cut:,} of {len(rows):,} {name} series are cut to {recipe.max_length} steps"] if cut else []
        if len(encoded) > len(rows):
            notes.append(f"{len(rows):,} {name} series are read as {len(encoded):,} windows")
        return dataset, notes

    def row_labels(self, rows: "Dataset", encoded: EncodedSeries) -> list[Any]:
        """The label of each encoded row: that of its series."""
        labels = rows["label"][:]
        return [labels[owner] for owner in encoded.owners]

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """What makes padded tensors of encoded rows."""
        return SeriesCollator(processor, splits.problem_type)

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f"echo '{{\"series\": [[...], ...]}}' | hf-seq predict {folder}"


class Series(ReadsSeries, Classification):
    """Series to label."""

    name = "series"
    hub_name = "sequence-feature-classification"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "rnn": _recurrent("rnn", bidirectional=False),
        "gru": _recurrent("gru", bidirectional=False),
        "lstm": _recurrent("lstm", bidirectional=False),
        "bigru": _recurrent("gru", bidirectional=True),
        "bilstm": _recurrent("lstm", bidirectional=True),
        "bilstm-attention": _recurrent("lstm", bidirectional=True, pooling="attention"),
        "transformer": _transformer(),
    }
    baselines: ClassVar[tuple[str, ...]] = ("majority", "statistics", "dtw", "minirocket")
    compared = "majority,statistics,dtw,minirocket,lstm,bilstm,bilstm-attention,transformer"

    def fit_baseline(self, recipe: Recipe, splits: Splits) -> tuple[Any, list[str]]:
        """Fit `majority`, `statistics`, `dtw` or `minirocket` on the series a model would train on."""
        train, labels = self.inputs(splits.train), splits.train["label"][:]
        if recipe.model == "majority":
            return fit_majority(splits, train)
        from hf_seq.baselines.series import SERIES_BASELINES

        baseline = SERIES_BASELINES[recipe.model](splits.problem_type, splits.label_names)
        return baseline.fit(train, labels), []

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """A `SeriesPredictor`."""
        from hf_seq.predictors.series import SeriesPredictor

        return SeriesPredictor.from_pretrained(folder, **settings)


class SeriesTagging(ReadsSeries, Tagging):
    """Series to tags, one a step."""

    name = "series-tagging"
    hub_name = "sequence-feature-tagging"
    per_step = True
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "rnn": _recurrent("rnn", bidirectional=False),
        "gru": _recurrent("gru", bidirectional=False),
        "lstm": _recurrent("lstm", bidirectional=False),
        "bilstm": _recurrent("lstm", bidirectional=True),
        "bilstm-crf": _recurrent("lstm", bidirectional=True, use_crf=True),
        "transformer": _transformer(),
    }
    baselines: ClassVar[tuple[str, ...]] = ()
    compared = "lstm,bilstm,bilstm-crf,transformer"

    def make_processor(self, recipe: Recipe, splits: Splits) -> Any:
        """As for labels, without windows: a step would get several tags.

        Raises:
            InputError: windows are asked for.
        """
        if getattr(recipe, "window_length", None) is not None:
            raise InputError("window_length does not go with a tag for every step; leave it out.")
        return super().make_processor(recipe, splits)

    def row_labels(self, rows: "Dataset", encoded: EncodedSeries) -> list[Any]:
        """The tags of the steps that are read."""
        tags = rows["tags"][:]
        return [
            tags[owner][start : start + len(values)]
            for owner, start, values in zip(encoded.owners, encoded.starts, encoded.values, strict=True)
        ]

    def fit_baseline(self, recipe: Recipe, splits: Splits) -> tuple[Any, list[str]]:
        """There is none."""
        raise InputError(f"{recipe.model} is no baseline of {self.name}.")

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """A `SeriesTagger`."""
        from hf_seq.predictors.series import SeriesTagger

        return SeriesTagger.from_pretrained(folder, **settings)
