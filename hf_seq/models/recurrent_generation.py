# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How `generate()` of transformers drives a model whose memory is a state: what it reads next, and from where.

B batch · T steps, padding included
"""

import copy
from typing import Any

from torch import Tensor
from transformers.cache_utils import Cache
from transformers.generation import GenerationConfig

from .keywords import STATE, given_state, rename_state
from .recurrent_cache import RecurrentCache
from .recurrent_steps import LanguageSteps, are_layers
from .stepping import StepwiseGenerationMixin


class RecurrentGenerationMixin(StepwiseGenerationMixin):
    """`GenerationMixin` for a language model whose `past_key_values` is a `RecurrentCache`.

    Such a class says `_is_stateful = True` itself: `PreTrainedModel`, its first base, says False.
    """

    @classmethod
    def _supports_default_dynamic_cache(cls) -> bool:
        return False

    def prepare_inputs_for_generation(
        self,
        input_ids: Tensor,
        next_sequence_length: int | None = None,
        past_key_values: Cache | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        is_first_iteration: bool | None = False,
        cache: Cache | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Give `forward` what it has not read yet: all of a prompt or of a piece of it, then the last token.

        Raises:
            ValueError: with a state, nothing is left to read, or only new tokens came without the whole mask.
        """
        kwargs.pop("labels", None)
        state = given_state(past_key_values, cache)
        if next_sequence_length == 1 and state is not None and attention_mask is None and not is_first_iteration:
            return {"input_ids": input_ids[:, -1:], STATE: state, **kwargs}  # by far the most frequent
        embedded = inputs_embeds is not None and is_first_iteration
        inputs = inputs_embeds if embedded else input_ids
        assert inputs is not None  # one of them is there
        if next_sequence_length is not None:
            if next_sequence_length < 1:
                raise ValueError(
                    f"past_key_values has read {inputs.shape[1] - next_sequence_length} steps, but only "
                    f"{inputs.shape[1]} were given; give the whole text with at least one token more than was read, or "
                    "the new tokens alone with an attention_mask of shape (batch, steps read + new)."
                )
            inputs = inputs[:, -next_sequence_length:]
        prepared = {"inputs_embeds" if embedded else "input_ids": inputs, "attention_mask": attention_mask}
        return {**prepared, STATE: state, **kwargs}

    def _update_model_kwargs_for_generation(
        self, outputs: Any, model_kwargs: dict[str, Any], *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Keep the state; what it has read needs no mask any more, so a step costs the same however long the text."""
        state = getattr(outputs, STATE)
        if state is None:
            return super()._update_model_kwargs_for_generation(outputs, model_kwargs, *args, **kwargs)
        model_kwargs[STATE], model_kwargs["attention_mask"] = state, None
        return model_kwargs

    def _prepare_cache_for_generation(  # type: ignore[override]
        self, generation_config: GenerationConfig, model_kwargs: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        """Start from an empty state where none was given."""
        rename_state(model_kwargs)
        super()._prepare_cache_for_generation(generation_config, model_kwargs, *args, **kwargs)  # type: ignore[misc]
        if model_kwargs.get(STATE) is None and generation_config.use_cache is not False:
            model_kwargs[STATE] = RecurrentCache(self.config.num_hidden_layers)  # type: ignore[attr-defined]

    def knows_steps(self) -> bool:
        """Tell whether the layers are ours."""
        return are_layers(self.model.layers)  # type: ignore[attr-defined]

    def make_steps(self, state: Any, keywords: dict[str, Any], rows: int, room: int) -> LanguageSteps:
        """Read on through the cells."""
        return LanguageSteps(self, state, rows, room)

    def _expand_inputs_for_generation(  # type: ignore[override]
        self, expand_size: int = 1, *args: Any, **model_kwargs: Any
    ) -> tuple[Tensor, dict[str, Any]]:
        """Give every beam and every returned sequence the state of its prompt; the state given is left as it was."""
        rename_state(model_kwargs)
        given = model_kwargs.get(STATE)
        if isinstance(given, RecurrentCache) and expand_size > 1:
            model_kwargs[STATE] = copy.deepcopy(given)
            model_kwargs[STATE].batch_repeat_interleave(expand_size)
        return super()._expand_inputs_for_generation(expand_size, *args, **model_kwargs)  # type: ignore[misc]


__all__ = ["RecurrentGenerationMixin"]
