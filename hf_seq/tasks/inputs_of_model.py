# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How data become what a saved model is called with: by its task, and by the columns that its record names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import TextForm
from hf_seq.predictors.loading import find_folder
from hf_seq.tasks.base import Task
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.registry import task_named, task_of_saved
from hf_seq.tasks.trained import reading, record_of


@dataclass(frozen=True)
class DataRequest:
    """What a user says of data.

    Attributes:
        path: a file, or whatever else training reads.
        split: which rows of it.
        task: what the model does, where its folder does not say.
        columns: how the data are read, by flag.
    """

    path: str
    split: str | None = None
    task: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InputsOfModel:
    """A way of reading, decided once.

    Attributes:
        task: of the model.
        recipe: says which columns, and how they are read.
        source: where from, and what is known of it.
    """

    task: Task[Any]
    recipe: Recipe
    source: Source

    @classmethod
    def of(
        cls,
        model: str | None,
        request: DataRequest,
        predictor: Any = None,
        label_names: Sequence[str] = (),
        reads_numbers: bool = False,
    ) -> "InputsOfModel":
        """Decide how data are read for a model.

        Args:
            model: its folder or Hub id; None where there is no more to know of it.
            request: what the user says.
            predictor: the model, loaded.
            label_names: what it knows.
            reads_numbers: whether it reads series.

        Raises:
            InputError: there is no such task or option.
        """
        folder = model if model is None or Path(model).is_dir() else find_folder(model)
        known = record_of(folder) if folder is not None else None
        if request.task or folder is None:
            task = task_named(request.task or ("series" if reads_numbers else "classification"))
        else:
            task = task_of_saved(folder)
        columns = dict(request.columns)
        form = TextForm(*(columns.get(name) for name in ("encoding", "delimiter", "no_header", "columns")))
        trained_on = known.columns if known else {}
        where = (request.path, request.split, columns.get("config"), columns.get("revision"))
        recipe = reading(task.name, request.path, known, columns)
        if predictor is not None:
            recipe = task.data.as_trained(recipe, predictor)
        return cls(task, recipe, Source(*where, trained_on, label_names, form))

    def read(self, given: Table | None = None) -> Inputs:
        """Read what the model is called with from the source, or from rows that are at hand.

        Raises:
            InputError: it cannot be read, or it is not clear which column is meant.
        """
        source = self.source if given is None else replace(self.source, given=given)
        return self.task.data.read_inputs(self.recipe, source)

    def naming(self, columns: Mapping[str, Any]) -> "InputsOfModel":
        """Read these columns from now on, by flag, without looking for them."""
        names = {name: value for name, value in columns.items() if hasattr(self.recipe, name)}
        return replace(self, recipe=replace(self.recipe, **names))
