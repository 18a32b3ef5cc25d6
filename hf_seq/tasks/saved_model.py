# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Going on from a saved model that reads numbers: other data are read as those that it was trained on.

Channels in another order or clips at another rate would train without a word, on numbers that mean something else to
the weights.
"""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hf_seq.errors import InputError
from hf_seq.tasks import architectures
from hf_seq.tasks.base import R, Task

if TYPE_CHECKING:
    from hf_seq.data import Splits


def read_as_saved(task: Task[R], recipe: R) -> R:
    """Say that data be read as the saved model reads them that a recipe goes on from: its channels, its rate.

    Raises:
        InputError: the model cannot be loaded, or reads something else.
        PretrainedUnavailable: the pretrained weights cannot be had.
    """
    if not task.reads_numbers or recipe.model in task.models.names:
        return recipe
    path, _ = architectures.locate_pretrained(recipe.model, recipe.baseline_path)
    processor = architectures.load_or_explain(recipe.model, task.encoding.load_processor, path)
    task.encoding.check_pretrained(processor, recipe)
    return task.data.as_read_by(recipe, processor)


def check_settings(recipe: R, processor: Any, names: Sequence[str]) -> None:
    """Refuse settings of a recipe that a saved feature extractor has otherwise.

    Args:
        recipe: what somebody said differs from the defaults.
        processor: of the saved model.
        names: of fields that both may have.

    Raises:
        InputError: one differs.
    """
    usual = {each.name: each.default for each in dataclasses.fields(recipe)}
    for name in names:
        said, has = getattr(recipe, name, None), getattr(processor, name, None)
        if said != usual.get(name) and said != has:
            raise InputError(
                f"{name}={said} does not go with {recipe.model}, which was trained with {name}={has}; leave it out, or "
                "train from scratch."
            )


def check_channels(processor: Any, splits: "Splits", model: str) -> None:
    """Refuse data whose channels are not those of a saved model, where both have names.

    Raises:
        InputError: they are not.
    """
    known = getattr(processor, "value_names" if hasattr(processor, "value_names") else "channel_names", None) or []
    if known and splits.channels and list(known) != list(splits.channels):
        raise InputError(
            f"{model} was trained on {', '.join(map(str, known))}, in this order, and {splits.source} is read as "
            f"{', '.join(map(str, splits.channels))}; leave out the flags that name columns, or rename them in the "
            "data."
        )
