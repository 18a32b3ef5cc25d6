# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Keywords of `forward`: the two names of the state that is handed over between calls, and refusal of unknown ones.

transformers calls the state `past_key_values` up to 5.23 and `cache` from 5.24 on. Models take both names, and their
outputs answer to both, whatever version is installed.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor
from transformers.cache_utils import Cache
from transformers.modeling_outputs import BaseModelOutputWithPast
from transformers.utils import TransformersKwargs

STATE = "cache" if "cache" in BaseModelOutputWithPast.__dataclass_fields__ else "past_key_values"
"""The name that the installed transformers uses."""

NAMES_OF_STATE = ("cache", "past_key_values")

HARMLESS = frozenset({"token_type_ids", "position_ids", "labels", "num_items_in_batch"})
"""What tokenizers, `generate()` and `Trainer` hand to any model, labels to an encoder too: it may be left unread."""

PASSED_ON = HARMLESS | TransformersKwargs.__optional_keys__
"""What a head may hand on, and what transformers' attention functions read."""


class StateOutput:
    """Let an output class of transformers answer to the other name of the state, too; to be mixed in before it."""

    if TYPE_CHECKING:
        cache: Any
        past_key_values: Any
    elif STATE == "cache":
        past_key_values = property(lambda self: self.cache)
    else:
        cache = property(lambda self: self.past_key_values)


def state_field(state: Any) -> dict[str, Any]:
    """Give the field of an output that holds the state, by the name that the installed transformers uses."""
    return {STATE: state}


def given_state(past_key_values: Any, cache: Any) -> Any:
    """Give the state, which a caller hands over under one of its two names, or None.

    Raises:
        ValueError: both names carry a state.
    """
    if past_key_values is not None and cache is not None and past_key_values is not cache:
        raise ValueError("got past_key_values and cache, two names of the same state; give one of them.")
    return past_key_values if cache is None else cache


def rename_state(keywords: dict[str, Any]) -> None:
    """Hand a state over, in place, by the name that the installed transformers uses."""
    values = [keywords.pop(name, None) for name in NAMES_OF_STATE]
    if (state := given_state(*values)) is not None:
        keywords[STATE] = state


def refuse_unknown(
    keywords: Mapping[str, Any], forward: Callable[..., Any], passed_on: Collection[str] = HARMLESS
) -> None:
    """Refuse a keyword that `forward` does not know and that carries a tensor or a state: dropping it would be silent.

    Args:
        keywords: what `**kwargs` of `forward` caught.
        forward: the method, for the names that it does know.
        passed_on: names that may carry tensors, because they are read further on or mean nothing to the model.

    Raises:
        TypeError: with the keyword and those that are known.
    """
    for name, value in keywords.items():
        if value is None or name in passed_on or not _carries_tensors(value):
            continue
        known = [known for known in inspect.signature(forward).parameters if known not in ("self", "kwargs")]
        raise TypeError(
            f"{forward.__qualname__} does not know the keyword {name!r}, which carries a {type(value).__name__}, and "
            f"does not drop it silently; it knows {', '.join(known)}."
        )


def _carries_tensors(value: Any) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(_carries_tensors(each) for each in value)
    return isinstance(value, Tensor | Cache)


__all__ = ["PASSED_ON", "STATE", "StateOutput", "given_state", "refuse_unknown", "rename_state", "state_field"]
