# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a task is made of. The engine (`hf_seq.train`, `hf_seq.compare`, `hf_seq.distill`) knows nothing else of tasks.

A `Task` says in a few light facts what it is called, what its recipe can say and which models it has; its parts, which
import torch and data sets, are made when they are first asked for. Each part can serve several tasks: series of
numbers are labelled and scored by the parts of `classification`, and only read and encoded by their own.

"Processor" is what turns raw inputs into the model's: a tokenizer, or a feature extractor for numeric sequences.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from hf_seq.errors import InputError
from hf_seq.files.reading import object_or_nothing
from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.scored import R, Scoring

if TYPE_CHECKING:
    from datasets import Dataset
    from torch import Tensor
    from transformers import EvalPrediction, PreTrainedModel

    from hf_seq.data import Splits
    from hf_seq.data.batching import EncodedDataset
    from hf_seq.data.classification.checks import CheckReport
    from hf_seq.data.inputs import Inputs, Source
    from hf_seq.loops.options import TrainingOptions
    from hf_seq.loops.trainer import SequenceTrainer
    from hf_seq.tasks.distillation import DistilledRecipe

Collator: TypeAlias = "Callable[[Sequence[dict[str, Any]]], dict[str, Tensor]]"
"""What makes padded tensors of encoded rows."""


def processor_of(predictor: Any) -> Any:
    """Find what reads the inputs of a loaded model: its processor, of an export what its folder says of that."""
    found, folder = getattr(predictor, "processor", None), getattr(predictor, "folder", None)
    if found is not None or not isinstance(folder, Path):
        return found
    return SimpleNamespace(**object_or_nothing(folder / "preprocessor_config.json"))


class Data(ABC, Generic[R]):
    """How the data of a task are read and checked.

    Attributes:
        text_column: the column of the rows that holds what a predictor reads, where that is text or words.
        label_column: the column of the labels or tags, where there are some.
        uncut: why no input is cut; None where inputs are, after so many tokens, steps or milliseconds.
    """

    text_column: str | None = None
    label_column: str | None = None
    uncut: str | None = None

    @abstractmethod
    def load(self, recipe: R, **options: Any) -> "Splits":
        """Read the splits that a recipe names; `options` go to the loader (`whole=True`, `strict=False`)."""

    def augment(self, splits: "Splits", recipe: R) -> "Splits":
        """Add to the train rows what the recipe asks for; by default nothing.

        Raises:
            InputError: nothing can be made of these data.
        """
        del recipe
        return splits

    @abstractmethod
    def check(self, splits: "Splits", processor: Any = None, max_length: int | None = None) -> "CheckReport":
        """Find what makes training on the splits impossible, and what makes it doubtful."""

    def longest(self, recipe: R, max_length: int | None) -> int | None:
        """Say how many tokens, steps or milliseconds of an input `hf-seq check` takes to be read, or refuse a limit."""
        if self.uncut is not None and max_length is not None:
            raise InputError(
                f"--max_length {max_length} has no meaning here, since {self.uncut}, and none is cut; leave it out."
            )
        return max_length

    def look_closer(self, report: "CheckReport", splits: "Splits") -> None:
        """Add to a report what takes longer to find; `hf-seq check` does, training does not. By default nothing."""

    @abstractmethod
    def inputs(self, rows: "Dataset") -> list[Any]:
        """List what a predictor is called with, row for row."""

    def shown(self, rows: "Dataset") -> list[Any]:
        """List the inputs as reports show them, row for row; by default as they are."""
        return self.inputs(rows)

    def as_trained(self, recipe: R, predictor: Any) -> R:
        """Say that data be read as those that a saved model was trained on."""
        return self.as_read_by(recipe, processor_of(predictor))

    def as_read_by(self, recipe: R, processor: Any) -> R:
        """Say that data be read as those that a saved processor was made of; by default the recipe says all of it."""
        del processor
        return recipe

    def known_to(self, processor: Any, splits: "Splits") -> "Splits":
        """Give the splits the labels that a processor decides; by default they have theirs."""
        del processor
        return splits

    def read_inputs(self, recipe: R, source: "Source") -> "Inputs":
        """Read what a predictor is called with from data that need no labels, as a recipe says; by default texts.

        Raises:
            InputError: the data cannot be read, or it is not clear which column is meant.
        """
        from hf_seq.data.inputs import text_inputs

        return text_inputs(source, getattr(recipe, "text_column", None), getattr(recipe, "text_pair_column", None))

    def align_labels(self, splits: "Splits", predictor: Any, label_names: Sequence[str]) -> "Splits":
        """Renumber the labels of the data as a saved model does; by default there are none.

        Args:
            splits: the data.
            predictor: the loaded model.
            label_names: the labels that its record names, in their order; empty if unknown.

        Raises:
            InputError: the data do not fit the model.
        """
        del predictor, label_names
        return splits


class Encoding(ABC, Generic[R]):
    """How rows become batches: the processor, the encoded rows, and what the model must know of both."""

    def check_recipe(self, recipe: R, models: ModelChoice) -> None:
        """Refuse settings that cannot work, before the data are read.

        Raises:
            InputError: a setting does not go with the model, or names a file that cannot be read.
        """

    @abstractmethod
    def make_processor(self, recipe: R, splits: "Splits") -> Any:
        """Train the processor of a model from scratch on the train split."""

    def given_processor(self, recipe: R, splits: "Splits") -> Any:
        """Load the processor that the recipe names for a model from scratch; None where it names none.

        Raises:
            InputError: it cannot be had, or lacks what the task needs.
        """
        del recipe, splits

    @abstractmethod
    def load_processor(self, path: str | Path) -> Any:
        """Load the processor saved in a folder or on the Hub."""

    def check_pretrained(self, processor: Any, recipe: R) -> None:
        """Refuse a pretrained model's processor that the recipe asks too much of.

        Raises:
            InputError: it lacks what training needs.
        """

    def suit_length(self, recipe: R, splits: "Splits", processor: Any) -> None:
        """Set how much of an input is read where nobody said; by default what the recipe has, whatever the inputs."""

    def learn_cuts(self, processor: Any, splits: "Splits") -> None:
        """Have a pretrained processor remember how the train split cuts raw inputs; by default there is nothing to."""

    def check_fit(self, model: "PreTrainedModel", processor: Any, name: str) -> None:
        """Refuse a pretrained model and a processor that do not belong together.

        Raises:
            InputError: they do not.
        """

    @abstractmethod
    def encode(
        self, rows: "Dataset", processor: Any, recipe: R, name: str, *, sort: bool = False
    ) -> tuple["EncodedDataset", list[str]]:
        """Encode a split into rows in memory; `name` is the split's, for notes, and `sort` puts the longest first.

        Returns:
            The rows, and notes such as how many were truncated.
        """

    def stream(self, stream: Any, processor: Any, recipe: R, sample: Any, folder: Path) -> Any:
        """Give the rows of a `Stream`, encoded when they are read; `folder`, the run's, is for what helps with that."""
        return stream.rows(processor, sample)

    @abstractmethod
    def collator(self, processor: Any, splits: "Splits") -> Collator:
        """Make what pads encoded rows to tensors."""

    @abstractmethod
    def configuration(self, recipe: R, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the configuration fields of a model from scratch that its processor decides."""

    def finish_model(self, model: "PreTrainedModel", processor: Any, recipe: R) -> None:
        """Give a model what it must know of its processor."""

    def start_weights(self, model: "PreTrainedModel", processor: Any, recipe: R, inputs: Sequence[Any]) -> list[str]:
        """Set weights of a model from scratch that the recipe takes from elsewhere; returns notes for the record."""
        return []


class Training(ABC, Generic[R]):
    """The loop, and what it needs to know.

    Attributes:
        trainer_class: the loop.
        needs_logits: whether the metrics are made of the model's outputs.
    """

    trainer_class: "type[SequenceTrainer]"
    needs_logits: bool = True

    def check(self, recipe: R, arguments: "TrainingOptions", splits: "Splits") -> None:
        """Refuse what the data or the task do not allow.

        Raises:
            InputError: a setting that would be dropped or would break.
        """

    def head_fields(self, recipe: R, splits: "Splits") -> dict[str, Any]:
        """List the configuration fields that the data decide, such as labels; by default none."""
        del recipe, splits
        return {}

    def fit_parts(
        self,
        model: "PreTrainedModel",
        recipe: R,
        splits: "Splits",
        train: "EncodedDataset",
        validation: "EncodedDataset",
    ) -> list[str]:
        """Fit what a model has that no gradient trains, before the first step; returns notes for the record."""
        del model, recipe, splits, train, validation
        return []

    def finish_weights(self, model: "PreTrainedModel", batches: "Iterable[dict[str, Tensor]]") -> list[str]:
        """Set what is chosen when a model is trained, by batches of its validation rows; returns notes."""
        del model, batches
        return []

    def logits_for_metrics(self, outputs: Any, labels: "Tensor") -> "Tensor":
        """Pick from a model's outputs, without the loss, what an evaluation keeps for the metrics."""
        del labels
        return (outputs[0] if isinstance(outputs, tuple) else outputs).float()

    def metrics(self, recipe: R, splits: "Splits", processor: Any) -> "Callable[[EvalPrediction], dict[str, float]]":
        """Make what the loop calls with the predictions of the validation rows; nothing where it scores them itself."""
        del recipe, splits, processor
        return lambda prediction: {}

    def metric_names(self, recipe: R, splits: "Splits") -> Collection[str] | None:
        """List what an evaluation during training computes beside the loss; None where nobody can tell before."""
        del recipe, splits
        return None


@dataclass(frozen=True)
class Parts(Generic[R]):
    """The parts of a task that import what they need.

    Attributes:
        data: reads and checks.
        encoding: rows to batches.
        training: the loop.
        scoring: a saved model to scores.
        predictor: loads a saved model: `predictor(folder, **settings)` is callable on one input and has
            `predict(inputs)`, `model` and `tokenizer`.
        fit_baseline: fits the baseline that a recipe names; returns it, and notes. None where there is none.
    """

    data: Data[R]
    encoding: Encoding[R]
    training: Training[R]
    scoring: Scoring[R]
    predictor: Callable[..., Any]
    fit_baseline: "Callable[[R, Splits], tuple[Any, list[str]]] | None" = None


@dataclass(frozen=True)
class Distillation:
    """How a task learns from a teacher.

    Attributes:
        recipe: what a student's recipe can say.
        per_word: whether a teacher answers for each word, not for each text.
    """

    recipe: "type[DistilledRecipe]"
    per_word: bool


@dataclass(frozen=True)
class Task(Generic[R]):
    """One kind of learning, from data to score.

    Attributes:
        name: what `--task` says.
        hub_name: the Hub's name of the task, which records and cards carry.
        recipe: what its recipe can say.
        models: which models and baselines it has.
        make_parts: makes the parts when they are first asked for.
        distillation: how students learn from a teacher; None where they cannot.
        reads_numbers: whether its models read series of numbers, made with `num_features`, in place of text.
        next_command: the command that a user may want to run next, with `{folder}` for that of the model.
    """

    name: str
    hub_name: str
    recipe: type[R]
    models: ModelChoice
    make_parts: Callable[[], Parts[R]]
    distillation: Distillation | None = None
    reads_numbers: bool = False
    next_command: str = 'hf-seq predict {folder} "a text of yours"'

    @cached_property
    def parts(self) -> Parts[R]:
        """The parts, made once."""
        return self.make_parts()

    @property
    def data(self) -> Data[R]:
        """Reads and checks."""
        return self.parts.data

    @property
    def encoding(self) -> Encoding[R]:
        """Rows to batches."""
        return self.parts.encoding

    @property
    def training(self) -> Training[R]:
        """The loop."""
        return self.parts.training

    @property
    def scoring(self) -> Scoring[R]:
        """A saved model to scores."""
        return self.parts.scoring

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """Load a saved model for answers."""
        return self.parts.predictor(folder, **settings)
