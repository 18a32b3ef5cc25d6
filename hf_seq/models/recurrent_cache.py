# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The state of a recurrent model between calls, as a `Cache` that `generate()` can repeat, reorder and hand back.

Its size does not depend on how much was read. B batch · H width of a state
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from transformers.cache_utils import Cache, CacheLayerMixin

from .padding import Padding


class RecurrentCacheLayer(CacheLayerMixin):
    """What one layer remembers: tensors with the batch first, such as h (B, H) and c (B, H) of an LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.states: tuple[Tensor, ...] = ()
        self.steps = 0
        self.skipped: Tensor | None = None  # (B,) how many of the steps were padding; None where none was

    def __repr__(self) -> str:
        return f"{type(self).__name__}(shapes={[tuple(state.shape) for state in self.states]}, steps={self.steps})"

    def lazy_initialization(self, *states: Tensor) -> None:
        """Take the first states."""
        self.states, self.is_initialized = states, True

    def update(  # type: ignore[override]
        self, states: tuple[Tensor, ...], steps: int, skipped: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Replace the states by those `steps` steps later, of which (B,) were padding."""
        self.states, self.is_initialized = states, True
        self.steps += steps
        if skipped is not None:
            self.skipped = skipped if self.skipped is None else self.skipped + skipped
        return states

    def get_seq_length(self) -> int:
        """Return the steps read so far, padding included."""
        return self.steps

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length and offset of what an attention mask would cover: all that was read and is read now."""
        return self.steps + query_length, 0

    def get_max_length(self) -> int:
        """No limit."""
        return -1

    @property
    def batch_size(self) -> int:
        """B, or -1 before the first step."""
        return self.states[0].shape[0] if self.states else -1

    def reset(self) -> None:
        """Forget everything."""
        self.states, self.steps, self.skipped, self.is_initialized = (), 0, None, False

    def detach_(self) -> None:
        """Cut the states from the graph that computed them."""
        self.states = tuple(state.detach() for state in self.states)

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Repeat every row in place."""
        self._map(lambda tensor: tensor.repeat_interleave(repeats, dim=0))

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows, in this order."""
        self._map(lambda tensor: tensor.index_select(0, indices.to(tensor.device)))

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Give each beam the state of the beam that it continues."""
        self.batch_select_indices(beam_idx)

    def crop(self, tokens_to_remove: int) -> None:
        """Refuse: a state cannot be taken back.

        Raises:
            ValueError: always, but for 0.
        """
        if tokens_to_remove:
            raise ValueError(
                f"cannot take back {abs(tokens_to_remove)} tokens: a recurrent state is overwritten by each step; "
                "keep a copy.deepcopy of the cache from before, or read the shorter text again."
            )

    def _map(self, change: Callable[[Tensor], Tensor]) -> None:
        """Change everything that has a row for each sequence."""
        self.states = tuple(change(state) for state in self.states)
        self.skipped = None if self.skipped is None else change(self.skipped)

    def offload(self) -> None:
        """Move the states to the CPU."""
        self._map(lambda tensor: tensor.to("cpu", non_blocking=True))

    def prefetch(self) -> None:
        """Do nothing: states come back to the device of the inputs when they are used."""


class RecurrentCache(Cache):
    """The states of all layers of a recurrent model; pass it as `past_key_values` to read on where it stopped.

    Args:
        num_hidden_layers: layers, each with its states.

    Example:
        >>> RecurrentCache(2).get_seq_length()
        0
    """

    layers: list[RecurrentCacheLayer]  # type: ignore[assignment]

    def __init__(self, num_hidden_layers: int) -> None:
        super().__init__(layers=[RecurrentCacheLayer() for _ in range(num_hidden_layers)])

    def detach_(self) -> "RecurrentCache":
        """Cut the states from their graph, in place, for truncated back-propagation; gives itself."""
        for layer in self.layers:
            layer.detach_()
        return self

    def check_batch(self, inputs: Tensor) -> None:
        """Refuse inputs with another number of rows than the states have.

        Raises:
            ValueError: with both numbers.
        """
        rows = self.layers[0].batch_size
        if rows not in (-1, inputs.shape[0]):
            raise ValueError(
                f"past_key_values holds the state of {rows} rows, but {inputs.shape[0]} are to be read; give as many, "
                "or change the state by batch_select_indices or batch_repeat_interleave."
            )

    def new_columns(self, attention_mask: Tensor, inputs: Tensor) -> Tensor:
        """Give the part of a mask that is about the steps to be read now, and hold the rest against what was read.

        Args:
            attention_mask: (B, T) of the steps to be read, or (B, steps read + T).
            inputs: (B, T) or (B, T, E), what is to be read.

        Raises:
            ValueError: the mask has another width, or calls steps padding that were read, or the other way round.
        """
        steps, new = self.get_seq_length(), inputs.shape[1]
        if attention_mask.shape[1] == new or not steps:
            return attention_mask
        if attention_mask.shape[1] != steps + new:
            raise ValueError(
                f"attention_mask has {attention_mask.shape[1]} columns; past_key_values has read {steps} steps and "
                f"{new} are to be read, so it must have {new} or {steps + new}."
            )
        skipped = self.layers[0].skipped
        read = steps - (0 if skipped is None else skipped)
        wrong = (attention_mask[:, :steps] != 0).sum(1) != read
        if bool(wrong.any()):
            raise ValueError(
                f"row {int(wrong.nonzero()[0, 0])}: attention_mask calls steps padding that past_key_values has read, "
                "or the other way round; generate() reads the padding behind a row that has ended, so such a row "
                "cannot be continued from its state: leave out past_key_values, and the text is read again."
            )
        return attention_mask[:, steps:]

    def __deepcopy__(self, memo: dict[int, Any]) -> "RecurrentCache":
        copied = type(self)(len(self.layers))
        for layer, original in zip(copied.layers, self.layers, strict=True):
            layer.states = tuple(torch.clone(state) for state in original.states)
            layer.steps, layer.is_initialized = original.steps, original.is_initialized
            layer.skipped = None if original.skipped is None else torch.clone(original.skipped)
        return copied


def open_state(model: nn.Module, state: Any, inputs: Tensor) -> RecurrentCache:
    """Give the state that a recurrent encoder is to read on from: the given one, or an empty one.

    Args:
        model: the encoder, which knows whether it can read on.
        state: None for an empty one.
        inputs: (B, T) or (B, T, E), what is to be read.

    Raises:
        ValueError: the model reads both ways, words whole, or through convolutions, or the state is of another kind or
            batch.
    """
    encoder: Any = model
    if encoder.config.bidirectional:
        raise ValueError(
            "a model with bidirectional=True has no state to read on from: its backward direction starts at the "
            "end; leave out past_key_values and use_cache, or configure bidirectional=False."
        )
    if encoder.embeddings.characters is not None:
        raise ValueError(
            "a model with a character_encoder reads words whole and has no state to read on from inside one; "
            "leave out past_key_values and use_cache."
        )
    if encoder.front is not None:
        raise ValueError(
            "a model with a front of convolutions has no state to read on from: they see the steps around each; leave "
            "out past_key_values and use_cache, or configure front='none'."
        )
    count = len(encoder.layers)
    if state is None:
        return RecurrentCache(count)
    if not isinstance(state, RecurrentCache) or len(state) != count:
        raise ValueError(
            f"past_key_values is {state!r}, not the state of {count} recurrent layers; give "
            "what this model returned, or leave it out."
        )
    state.check_batch(inputs)
    return state


def read_on(model: Any, states: Tensor, padding: Padding | None, memory: RecurrentCache) -> Tensor:
    """Run the layers of an encoder on from a state, which is moved on: (B, T, E) to (B, T, H)."""
    padding = None if padding is None else padding.ordered()
    steps, skipped = states.shape[1], None if padding is None else (~padding.mask).sum(1)
    for depth, (layer, kept) in enumerate(zip(model.layers, memory.layers, strict=True)):
        if depth:
            states = model.dropout(states)
        start = kept.states or layer.begin(states)
        states, *end = layer(states, padding, *(state.to(states.device) for state in start))
        kept.update(tuple(end), steps, skipped)
    return states


__all__ = ["RecurrentCache", "RecurrentCacheLayer", "open_state", "read_on"]
