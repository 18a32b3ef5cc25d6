# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether a saved model of numbers, trained further, is given what it reads: its feature extractor stays as it is.

A flag that it would have to ignore is refused, and so are channels that stand at the places of others: a mean, a
deviation and a weight belong to a place, not to a name.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP
from hf_seq.tasks.recipe import Recipe

READING = (
    *("missing", "missing_indicator", "do_normalize", "max_length", "window_length", "window_stride"),
    *("context_length", "patch_length"),
    *("sampling_rate", "frames", "num_mel_filters", "frame_ms", "hop_ms", "center_frames"),
)
"""Fields of recipes that a feature extractor has, too, by the same name."""
CHANNELS = ("target_columns", "value_columns", "channels")
"""Fields of recipes that name the channels in their order; a task has one of them at most."""


def check_read_as_saved(processor: Any, recipe: Recipe, splits: Splits) -> None:
    """Refuse flags and data that the feature extractor of a saved model does not go by.

    Raises:
        InputError: there are some.
    """
    if not hasattr(processor, "feature_size"):
        return  # a tokenizer reads any text
    for each in fields(recipe):
        asked, saved = getattr(recipe, each.name), getattr(processor, each.name, None)
        if each.name in READING and asked not in (each.default, saved):
            raise InputError(
                f"--{each.name} {asked}: {recipe.model} was trained with {saved} and keeps it; leave --{each.name} "
                "out, or train a model from scratch."
            )
    flag = next((f"--{name}" for name in CHANNELS if hasattr(recipe, name)), "")
    names = getattr(processor, "value_names", getattr(processor, "channel_names", None)) or []
    check_places(recipe.model, flag, names, getattr(splits, "channels", None) or [])
    known = getattr(processor, "known_names", None)
    if known is not None:
        check_places(recipe.model, "--known_columns", known, getattr(splits, "known", []), may_be_none=False)


def check_places(
    model: str, flag: str, saved: Sequence[str], found: Sequence[str], *, may_be_none: bool = True
) -> None:
    """Refuse channels of another number than a model reads, or whose names it knows at another place.

    Args:
        model: its name.
        flag: that names channels in their order.
        saved: names of the channels that the model reads; empty where they have none.
        found: those of the data.
        may_be_none: whether channels without names are left to whoever reads them.

    Raises:
        InputError: they do not fit.

    Example:
        >>> check_places("runs/mine", "--channels", ["speed", "height"], ["height", "speed"])
        Traceback (most recent call last):
        hf_seq.errors.InputError: runs/mine reads the channels speed, height in this order, and the data have them as \
height, speed; say --channels speed,height.
    """
    if may_be_none and not (saved and found):
        return
    ours, theirs = ", ".join(saved) or "none", ", ".join(found) or "none"
    if len(saved) != len(found):
        gaps = (TIME_GAP in saved) - (TIME_GAP in found)
        more = (
            f" Say --time_gaps {'on' if gaps > 0 else 'off'}." if gaps else f" {flag} names those that it is to read."
        )
        raise InputError(
            f"{model} reads {len(saved)} channels ({ours}), and the data have {len(found)} ({theirs}).{more}"
        )
    if any(name in saved and saved.index(name) != place for place, name in enumerate(found)):
        raise InputError(
            f"{model} reads the channels {ours} in this order, and the data have them as {theirs}; say "
            f"{flag} {','.join(saved)}."
        )


__all__ = ["check_places", "check_read_as_saved"]
