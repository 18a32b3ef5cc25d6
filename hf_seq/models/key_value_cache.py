# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Keys and values of earlier steps, kept with room ahead: a step of `generate()` writes its own and copies no others.

B batch · N heads · D width of a head · P steps kept · R steps there is room for
"""

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer

ROOM = 32  # steps


class RoomyLayer(DynamicLayer):
    """`DynamicLayer`, which copies all keys and values for every new one, without that; equal in all else."""

    def __init__(self) -> None:
        super().__init__()
        self.room: tuple[Tensor, Tensor] | None = None  # (B, N, R, D) each; `keys` and `values` are views of them

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object
    ) -> tuple[Tensor, Tensor]:
        """Add the keys and values of new steps, (B, N, T, D) each; all that are kept, (B, N, P + T, D) each."""
        seen = self.get_seq_length()
        if not seen or torch.is_grad_enabled() or torch.compiler.is_compiling():
            self.room = None
            return super().update(key_states, value_states, *args, **kwargs)
        count = seen + key_states.shape[2]
        if self.room is None or self.room[0].shape[2] < count or self.room[0].dtype != key_states.dtype:
            self.room = (_with_room(self.keys, key_states, count), _with_room(self.values, value_states, count))  # type: ignore[arg-type]
        for room, new in zip(self.room, (key_states, value_states), strict=True):
            room[:, :, seen:count] = new
        self.keys, self.values = (room[:, :, :count] for room in self.room)
        return self.keys, self.values

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Repeat every row."""
        super().batch_repeat_interleave(repeats)
        self.room = None

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows, in this order, and the room."""
        seen = self.get_seq_length()
        if self.room is None:
            return super().batch_select_indices(indices)
        self.room = (self.room[0].index_select(0, indices), self.room[1].index_select(0, indices))
        self.keys, self.values = (room[:, :, :seen] for room in self.room)
        return None

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Give each beam what the beam that it continues has."""
        if self.get_seq_length() > 0:
            self.batch_select_indices(beam_idx.to(self.keys.device))  # type: ignore[union-attr]

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the last steps."""
        super().crop(tokens_to_remove)
        self.room = None

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self.room = None


def _with_room(kept: Tensor, new: Tensor, count: int) -> Tensor:
    """(B, N, P, D) copied to where `count` steps and more find room."""
    room = new.new_empty(*kept.shape[:2], count + ROOM, kept.shape[3])
    room[:, :, : kept.shape[2]] = kept
    return room


def make_roomy(cache: object) -> None:
    """Have a new cache of the default kind, as `generate()` makes it, grow without copying."""
    if type(cache) is DynamicCache and not cache.offloading and cache.get_seq_length() == 0:
        if all(type(layer) is DynamicLayer for layer in cache.layers):
            cache.layers = [RoomyLayer() for _ in cache.layers]
        if cache.layer_class_to_replicate is DynamicLayer:
            cache.layer_class_to_replicate = RoomyLayer


__all__ = ["RoomyLayer", "make_roomy"]
