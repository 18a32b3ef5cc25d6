# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What differs between tasks; everything else (`running.py`, `compare.py`, `evaluate_model.py`) is the same for all.

A task says how its data are read and checked, how rows become batches, which models and baselines it has, and how a
saved model is scored. `classification/` and `tagging/` hold such tasks; `registry.py` finds them by `--task`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from hf_seq.errors import InputError
from hf_seq.tasks.architectures import Architecture

if TYPE_CHECKING:
    from datasets import Dataset
    from torch import Tensor
    from transformers import EvalPrediction, PreTrainedModel

    from hf_seq.data import Splits
    from hf_seq.data.batching import EncodedDataset
    from hf_seq.data.classification_checks import CheckReport
    from hf_seq.loops.options import TrainingOptions
    from hf_seq.loops.trainer import SequenceTrainer
    from hf_seq.tasks.recipe import Recipe

Collator: TypeAlias = "Callable[[Sequence[dict[str, Any]]], dict[str, Tensor]]"
"""What makes padded tensors of encoded rows."""


class Task(ABC):
    """One kind of learning, from data to score.

    "Processor" is what turns raw inputs into the model's: a tokenizer, or a feature extractor for numeric sequences.

    Attributes:
        name: what `--task` says.
        hub_name: the Hub's name of the task, which records and cards carry.
        head: what follows the family in the name of a model class; `AutoModel` + head is the Auto class.
        architectures: models trained from scratch, by the names that `--model` takes.
        baselines: models without gradients, by name.
        fine_tuning: recipe fields and training flags that suit a pretrained model.
        reads_numbers: whether its models read series of numbers, made with `num_features`, in place of text.
        text_column: the column of the rows that holds what a predictor reads, where that is text or words.
        compared: the models that `hf-seq compare` runs when none are named.
    """

    name: ClassVar[str]
    hub_name: ClassVar[str]
    head: ClassVar[str]
    architectures: ClassVar[Mapping[str, Architecture]]
    baselines: ClassVar[tuple[str, ...]] = ()
    fine_tuning: ClassVar[Mapping[str, Any]] = {}
    reads_numbers: ClassVar[bool] = False
    text_column: ClassVar[str | None] = None
    compared: ClassVar[str]

    def training_defaults(self, model: str) -> Mapping[str, Any]:
        """Recipe fields and training flags that suit a model, weaker than what a recipe says."""
        if model in self.baselines:
            return {}
        return self.architectures[model].training if model in self.architectures else self.fine_tuning

    def is_from_scratch(self, model: str) -> bool:
        """Whether the name stands for random weights and a tokenizer trained on the data."""
        return model in self.architectures

    @property
    def model_names(self) -> list[str]:
        """Every name of ours that `--model` takes."""
        return [*self.architectures, *self.baselines, "distilbert"]

    # Data

    @abstractmethod
    def load(self, recipe: "Recipe", **options: Any) -> "Splits":
        """Read the splits a recipe names; `options` go to the loader (`whole=True`, `strict=False`)."""

    def augmented(self, splits: "Splits", recipe: "Recipe") -> "Splits":
        """The splits with what a recipe has made of the train rows, after them.

        Raises:
            InputError: nothing can be made of these data.
        """
        return splits

    @abstractmethod
    def check(self, splits: "Splits", processor: Any = None, max_length: int | None = None) -> "CheckReport":
        """What makes training on the splits impossible, and what makes it doubtful."""

    @abstractmethod
    def inputs(self, rows: "Dataset") -> list[Any]:
        """What a predictor is called with, row for row."""

    # Preparation

    def check_recipe(self, recipe: "Recipe", arguments: "TrainingOptions", splits: "Splits") -> None:  # noqa: B027
        """Refuse what the data or the task do not allow.

        Raises:
            InputError: a setting that would be dropped or would break.
        """

    @abstractmethod
    def make_processor(self, recipe: "Recipe", splits: "Splits") -> Any:
        """Train the processor of a model from scratch on the train split."""

    @abstractmethod
    def encode(
        self, rows: "Dataset", processor: Any, recipe: "Recipe", name: str, *, sort: bool = False
    ) -> tuple["EncodedDataset", list[str]]:
        """Encode a split into rows in memory.

        Args:
            rows: of a split.
            processor: of the model.
            recipe: says how long a row may be.
            name: of the split, for notes.
            sort: longest first, in place of the order of the split.

        Returns:
            The rows, and notes such as how many were cut.
        """

    @abstractmethod
    def collator(self, processor: Any, splits: "Splits") -> "Collator":
        """What makes padded tensors of encoded rows."""

    @abstractmethod
    def head_fields(self, recipe: "Recipe", splits: "Splits") -> dict[str, Any]:
        """Configuration fields that the data decide: labels, the kind of problem, class weights."""

    @abstractmethod
    def configuration(self, recipe: "Recipe", processor: Any) -> dict[str, Any]:
        """Configuration fields of a model from scratch that its processor decides."""

    @abstractmethod
    def load_processor(self, path: str | Path) -> Any:
        """The processor saved in a folder or on the Hub."""

    def check_pretrained_processor(self, processor: Any, recipe: "Recipe") -> None:  # noqa: B027
        """Refuse a pretrained model's processor that the recipe asks too much of.

        Raises:
            InputError: it lacks what training needs.
        """

    def check_fit(self, model: "PreTrainedModel", processor: Any, name: str) -> None:  # noqa: B027
        """Refuse a pretrained model and a processor that do not belong together.

        Raises:
            InputError: they do not.
        """

    def complete(self, model: "PreTrainedModel", processor: Any) -> None:  # noqa: B027
        """Give a new model what it must know of its processor."""

    # Training and scores

    @property
    @abstractmethod
    def trainer(self) -> type["SequenceTrainer"]:
        """The loop."""

    def kept(self, outputs: Any, labels: "Tensor") -> "Tensor":
        """What of a model's outputs, without the loss, an evaluation keeps for the metrics."""
        return (outputs[0] if isinstance(outputs, tuple) else outputs).float()

    def trainer_options(self) -> dict[str, Any]:
        """More arguments for the loop."""
        return {"preprocess_logits_for_metrics": self.kept}

    @abstractmethod
    def headline(self, splits: "Splits") -> str:
        """Name of the metric that stands for the task on these data; higher is better unless it ends in "loss"."""

    @abstractmethod
    def metrics(self, splits: "Splits") -> Callable[["EvalPrediction"], dict[str, float]]:
        """What the loop calls with the predictions of the validation rows."""

    def fit_baseline(self, recipe: "Recipe", splits: "Splits") -> tuple[Any, list[str]]:
        """Fit the baseline that the recipe names; returns it, and notes."""
        raise InputError(f"{recipe.model} is no baseline of {self.name}.")

    @abstractmethod
    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """Load a saved model for answers: callable on one input, with `predict(inputs)`, `model` and `tokenizer`."""

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f'hf-seq predict {folder} "a text of yours"'

    @abstractmethod
    def match(self, splits: "Splits", predictor: Any, label_names: Sequence[str]) -> "Splits":
        """Give data the label numbers of a model.

        Args:
            splits: data with label names of their own.
            predictor: of the model.
            label_names: of its record; empty where there is none.

        Raises:
            InputError: the data have labels that the model does not know, or are of another kind.
        """

    @abstractmethod
    def score(self, predictor: Any, rows: "Dataset", splits: "Splits", seed: int) -> tuple[dict[str, Any], Any]:
        """Score a saved model on a split.

        Returns:
            The fields of a record that a score fills, and what the model said, row for row.
        """

    @abstractmethod
    def write_predictions(self, folder: Path, rows: "Dataset", splits: "Splits", said: Any) -> None:
        """Keep what the model said beside the gold, for comparisons in pairs."""
