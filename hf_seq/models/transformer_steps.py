# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One step of a transformer's decoder, as often as `generate()` wants it; keys and values have their room at once.

B rows · S source steps · P steps read · N heads · D width of a head · H = N x D · V vocabulary
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .head_loss import is_plain
from .positions import rotate
from .stepping import quick_linear


class TransformerSteps:
    """`Steps` of a transformer encoder-decoder.

    Args:
        model: the encoder-decoder.
        memory: its `EncoderDecoderCache` after the first step.
        mask: (B, S) bool, true on real source steps; None where nothing is padded.
        rows: B.
        room: how many tokens may be written.
    """

    def __init__(self, model: Any, memory: Any, mask: Tensor | None, rows: int, room: int) -> None:
        self.decoder, self.memory, self.whole = model.model.decoder, memory, True
        self.scale = math.sqrt(self.decoder.config.hidden_size)
        self.read = memory.get_seq_length()
        self.own = [tuple(self._give_room(part, room) for part in pair) for pair in _pairs(memory, "self")]
        self.source = _pairs(memory, "cross")
        self.mask = None if mask is None else mask[:, None, None]  # (B, 1, 1, S)
        self.glances = self._multiply() if rows == 1 and mask is None else []
        self.head = quick_linear(model.lm_head, rows)

    def _multiply(self) -> list["Glance"]:
        """Make the glances of all layers; none where they would cost more than they save, or weights are not plain."""
        heads, steps = self.source[0][0].shape[1:3]
        layers = [layer.cross_attention for layer in self.decoder.layers]
        plain = all(is_plain(each.query) and is_plain(each.output) for each in layers)
        exact = all(keys.dtype.itemsize >= 4 for keys, _ in self.source)
        if not (plain and exact) or heads * steps >= self.decoder.config.hidden_size:
            return []
        return [Glance(layer, *pair) for layer, pair in zip(layers, self.source, strict=True)]

    def _give_room(self, part: Tensor, room: int) -> Tensor:
        """(B, N, P, D) to (B, N, P + room, D)."""
        rows, heads, read, width = part.shape
        wide = part.new_empty(rows, heads, read + room, width)
        wide[:, :, :read] = part
        return wide

    def __call__(self, ids: Tensor) -> Tensor:
        """Read ids (B,) and give scores (B, V)."""
        decoder: Any = self.decoder
        states = decoder.embeddings.tokens(ids.unsqueeze(1)) * self.scale  # (B, 1, H)
        states, *turns = decoder.positions(states, torch.tensor([[self.read]]))
        for depth, layer in enumerate(decoder.layers):
            states = layer.add_to(states, layer.attention_norm, lambda own, i=depth: self._look_back(i, own, turns))
            states = layer.add_to(states, layer.cross_attention_norm, lambda own, i=depth: self._look_over(i, own))
            states = layer.add_to(states, layer.feed_forward_norm, layer.feed_forward)
        self.read += 1
        return self.head(decoder.norm(states)[:, 0])

    def _look_back(self, depth: int, states: Tensor, turns: list[Any]) -> Tensor:
        """Attend to what stands before, and to this step: (B, 1, H) to (B, 1, H)."""
        attention, (keys, values), end = self.decoder.layers[depth].attention, self.own[depth], self.read + 1
        query, key, value = attention.split_heads(attention.qkv(states), 3)  # (B, N, 1, D)
        if turns[0] is not None:
            query, key = rotate(query, *turns), rotate(key, *turns)
        keys[:, :, self.read : end], values[:, :, self.read : end] = key, value
        return attention.attend(query, keys[:, :, :end], values[:, :, :end], None)[0]

    def _look_over(self, depth: int, states: Tensor) -> Tensor:
        """Attend to the source: (B, 1, H) to (B, 1, H)."""
        if self.glances:
            return self.glances[depth](states)
        attention = self.decoder.layers[depth].cross_attention
        (query,) = attention.split_heads(attention.query(states), 1)
        return attention.attend(query, *self.source[depth], self.mask)[0]

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows."""
        self.own = [tuple(part[rows] for part in pair) for pair in self.own]
        self.source = [(keys[rows], values[rows]) for keys, values in self.source]
        self.mask, self.whole = None if self.mask is None else self.mask[rows], False

    def close(self) -> None:
        """Put keys and values back where they were; they are forgotten where they are not those of all rows."""
        if not self.whole:
            self.memory.reset()
            return
        for layer, (keys, values) in zip(self.memory.self_attention_cache.layers, self.own, strict=True):
            layer.keys, layer.values = keys[:, :, : self.read], values[:, :, : self.read]


class Glance:
    """Cross-attention over one short source, whose keys and values are multiplied into the weights around them, once.

    A step then reads two matrices of N x S rows in place of two of H.

    Args:
        attention: the layer.
        keys: (1, N, S, D).
        values: (1, N, S, D).
    """

    def __init__(self, attention: Any, keys: Tensor, values: Tensor) -> None:
        _, self.heads, _, width = keys.shape
        ask, give = attention.query, attention.output
        scaled = keys[0] * attention.scaling  # (N, S, D)
        self.keys = (scaled @ ask.weight.view(self.heads, width, -1)).flatten(0, 1)  # (N x S, H)
        self.bias = (scaled @ ask.bias.view(self.heads, width, 1)).flatten()  # (N x S,)
        parts = give.weight.view(-1, self.heads, width).permute(1, 2, 0)  # (N, D, H)
        self.values = (values[0] @ parts).flatten(0, 1).t()  # (H, N x S)
        self.output_bias = give.bias

    def __call__(self, states: Tensor) -> Tensor:
        """(1, 1, H) to (1, 1, H)."""
        scores = functional.linear(states, self.keys, self.bias)  # (1, 1, N x S)
        weights = scores.view(self.heads, -1).softmax(-1).view_as(scores)
        return functional.linear(weights, self.values, self.output_bias)


def _pairs(memory: Any, side: str) -> list[tuple[Tensor, Tensor]]:
    """Keys and values (B, N, P, D) of each layer."""
    return [(layer.keys, layer.values) for layer in getattr(memory, f"{side}_attention_cache").layers]


__all__ = ["Glance", "TransformerSteps"]
