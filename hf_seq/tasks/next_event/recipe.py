# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the next event can say. Imports nothing heavy."""

from dataclasses import dataclass

from hf_seq.errors import InputError
from hf_seq.tasks.events.recipe import EventRecipe
from hf_seq.tasks.recipe import setting
from hf_seq.tasks.registry import task_names


@dataclass
class NextEventRecipe(EventRecipe):
    """The event that comes next, after each event of a sequence; no labels are read."""

    task: str = setting("next-event", f"What to learn: {', '.join(task_names())}.", "Data")
    model: str = setting("gru", "rnn, gru, lstm, conv, conv-lstm; majority, bigrams; or a folder.", "Model")

    def __post_init__(self) -> None:
        super().__post_init__()
        unused = ("label_column", "label_file", "label_separator", "problem_type", "positive")
        option = next((name for name in unused if getattr(self, name) is not None), None)
        if option is not None:
            raise InputError(
                f"{option}={getattr(self, option)}: what comes next is learned without labels; leave it out, or use "
                "--task events."
            )
        if self.pooling is not None:
            raise InputError(
                f"pooling={self.pooling} makes one vector of a sequence, and an event is told after each; leave it out."
            )
        if self.class_weights != "none":
            raise InputError(f"class_weights={self.class_weights} would change what a probability means; leave it out.")
        if self.front not in (None, "none") or self.causal is False:
            flag = "causal=False" if self.causal is False else f"front={self.front}"
            raise InputError(f"{flag} would let a model see the event that it is to tell; leave it out.")
