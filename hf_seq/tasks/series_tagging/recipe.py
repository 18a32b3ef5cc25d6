# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of tags for every step can say. Imports nothing heavy."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import setting
from hf_seq.tasks.registry import task_names
from hf_seq.tasks.series.recipe import SeriesRecipe
from hf_seq.tasks.tagging.recipe import TAG_SCHEME_HELP

PER_STEP = "token_classification"
"""The kind of problem that this is, which a stream settles in its recipe."""


@dataclass
class SeriesTaggingRecipe(SeriesRecipe):
    """A tag for every step of a series of numbers."""

    task: str = setting("series-tagging", f"What to learn: {', '.join(task_names())}.", "Data")
    model: str = setting(
        "bilstm-crf", "rnn, gru, lstm, bilstm, bilstm-crf, conv, conv-lstm, transformer; or a folder.", "Model"
    )
    tag_scheme: Literal["auto", "bio", "iob1", "bioes", "bilou", "none"] = setting("auto", TAG_SCHEME_HELP, "Data")

    MAY_CHOOSE: ClassVar[bool] = False
    AUGMENTATIONS: ClassVar[tuple[str, ...]] = (
        "jitter",
        "scaling",
        "time_mask",
        "channel_mask",
    )  # the others move steps away from their tags

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.window_length is not None:
            raise InputError(f"window_length={self.window_length} does not go with a tag for every step; leave it out.")
        whole = ("problem_type", "label_separator", "positive", "statistics", "pooling")
        option = next((name for name in whole if getattr(self, name) not in (None, False, PER_STEP)), None)
        if option is not None:
            raise InputError(
                f"{option}={getattr(self, option)} is for one answer a series, and here every step has a tag; leave it "
                "out, or use --task series."
            )
        if self.class_weights != "none":
            raise InputError(
                f"class_weights={self.class_weights} weighs the labels of whole series, and a tagger has no such loss; "
                "leave it out."
            )
