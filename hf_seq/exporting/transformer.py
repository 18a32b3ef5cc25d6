# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Transformer layers in a graph, of the encoder and of a decoder's step.

B batch · T steps · S steps looked at · N heads · D width of a head · H = N x D · P steps read before
"""

import math
from collections.abc import Callable
from typing import Any

import torch

from hf_seq.errors import InputError
from hf_seq.exporting.convolutions import run_front
from hf_seq.exporting.graph import FLOAT, LOWEST, Graph, Name
from hf_seq.exporting.steps import Rows, zero_padding
from hf_seq.models.positions import _frequencies

Turn = Callable[[Name], Name]


def encode_steps(graph: Graph, model: Any, given: Name, rows: Rows) -> Name:
    """Embed, place and read, as `TransformerEncoderModel` does: (B, T) or (B, T, F) to (B, T, H)."""
    config, embeddings = model.config, model.embeddings
    if config.num_features is not None:
        states = graph.embed_numbers(given, embeddings.project)
    else:
        states = look_up(graph, embeddings, given, config.hidden_size)
    states, rows = run_front(graph, model, states, rows)
    states, turn = place(graph, model.positions, states, graph.count(graph.size(states, 1)))
    hidden = hide(graph, graph.unsqueeze(rows.mask, 1, 2))  # (B, 1, 1, T)
    for layer in model.layers:

        def attends(own: Name, attention: Any = layer.attention) -> Name:
            return attend_to_self(graph, attention, own, hidden, turn)

        states = feed_forward(graph, layer, add_to(graph, layer, layer.attention_norm, states, attends))
    return zero_padding(graph, final_norm(graph, model.norm, states), rows)


def look_up(graph: Graph, embeddings: Any, ids: Name, width: int) -> Name:
    """Embed token ids as Vaswani et al. do, section 3.4: (B, T) to (B, T, H)."""
    vectors = graph.op("Gather", graph.weight(embeddings.tokens.weight), ids)
    return graph.op("Mul", vectors, graph.number(math.sqrt(width)))


def place(graph: Graph, positions: Any, states: Name, steps: Name) -> tuple[Name, Turn | None]:
    """Tell states where they stand, as `Positions` does.

    Args:
        graph: to add to.
        positions: the model's.
        states: (B, T, H).
        steps: (T,) the position of each.

    Returns:
        (B, T, H), and for rotary positions what turns queries and keys (B, N, T, D).
    """
    if positions.kind == "none":
        return states, None
    if positions.kind == "learned":
        table = positions.embedding.weight * math.sqrt(positions.width)
        return graph.op("Add", states, graph.op("Gather", graph.weight(table), steps)), None
    width = positions.head_width if positions.kind == "rotary" else positions.width
    angles = graph.op(
        "Mul", graph.cast(graph.unsqueeze(steps, 1), FLOAT), graph.weight(_frequencies(width, torch.device("cpu")))
    )
    sine, cosine = graph.op("Sin", angles), graph.op("Cos", angles)  # (T, width / 2)
    if positions.kind == "rotary":
        return states, lambda heads: _rotate(
            graph, heads, graph.concat(cosine, cosine), graph.concat(sine, sine), width // 2
        )
    pairs = graph.concat(graph.unsqueeze(sine, 2), graph.unsqueeze(cosine, 2))  # (T, width / 2, 2)
    return graph.op("Add", states, graph.reshape(pairs, 0, width)), None


def _rotate(graph: Graph, heads: Name, cosine: Name, sine: Name, half: int) -> Name:
    first, second = graph.ops("Split", 2, heads, graph.ints(half, half), axis=-1)
    swapped = graph.concat(graph.op("Neg", second), first)
    return graph.op("Add", graph.op("Mul", heads, cosine), graph.op("Mul", swapped, sine))


def hide(graph: Graph, mask: Name) -> Name:
    """Turn a mask, true on what may be seen, into what is added to scores."""
    return graph.op("Where", mask, graph.number(0), graph.number(LOWEST))


def attend_to_self(
    graph: Graph, attention: Any, states: Name, hidden: Name, turn: Turn | None, past: list[Name] | None = None
) -> Name:
    """Attend as `SelfAttention` does: (B, T, H) to (B, T, H).

    Args:
        graph: to add to.
        attention: the layer's.
        states: (B, T, H).
        hidden: added to the scores, (B, 1, 1, S); "" where everything may be seen.
        turn: of rotary positions.
        past: keys and values (B, N, P, D) of earlier steps; those of these steps are added to them, in place.
    """
    query, key, value = split_heads(graph, attention, graph.linear(states, attention.qkv), 3)
    if turn is not None:
        query, key = turn(query), turn(key)
    if past is not None:
        past[:] = [graph.concat(old, new, axis=2) for old, new in zip(past, (key, value), strict=True)]
        key, value = past
    return attend(graph, attention, query, key, value, hidden)


def attend(graph: Graph, attention: Any, query: Name, key: Name, value: Name, hidden: Name) -> Name:
    """Scaled dot-product attention and the way out: (B, N, T, D) and twice (B, N, S, D) to (B, T, H)."""
    scores = graph.op("MatMul", query, graph.op("Transpose", key, perm=[0, 1, 3, 2]))  # (B, N, T, S)
    scores = graph.op("Mul", scores, graph.number(attention.scaling))
    if hidden:
        scores = graph.op("Add", scores, hidden)
    seen = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
    seen = graph.reshape(graph.op("Transpose", seen, perm=[0, 2, 1, 3]), 0, 0, attention.config.hidden_size)
    return graph.linear(seen, attention.output)


def split_heads(graph: Graph, attention: Any, projected: Name, parts: int) -> list[Name]:
    """(B, T, parts x H) to one (B, N, T, D) a part."""
    heads = attention.config.num_attention_heads
    split = graph.reshape(projected, 0, 0, parts * heads, attention.head_width)
    split = graph.op("Transpose", split, perm=[0, 2, 1, 3])  # (B, parts x N, T, D)
    return [split] if parts == 1 else graph.ops("Split", parts, split, graph.ints(*[heads] * parts), axis=1)


def add_to(graph: Graph, layer: Any, norm: Any, states: Name, sublayer: Callable[[Name], Name]) -> Name:
    """Add to the states what a sub-layer makes of them, normalised before it or after the sum."""
    added = graph.op("Add", states, sublayer(graph.norm(states, norm) if layer.norm_first else states))
    return added if layer.norm_first else graph.norm(added, norm)


def feed_forward(graph: Graph, layer: Any, states: Name) -> Name:
    """Run the feed-forward sub-layer."""
    return add_to(
        graph,
        layer,
        layer.feed_forward_norm,
        states,
        lambda own: graph.linear(activate(graph, layer.activation, graph.linear(own, layer.widen)), layer.narrow),
    )


def final_norm(graph: Graph, norm: Any, states: Name) -> Name:
    """Normalise what the last layer gives, where the model does."""
    return graph.norm(states, norm) if hasattr(norm, "weight") else states


def activate(graph: Graph, activation: Any, value: Name) -> Name:
    """Apply an activation of transformers.

    Raises:
        InputError: one that is not written here.
    """
    name = type(activation).__name__
    if name not in ACTIVATIONS:
        raise InputError(
            f"the model's hidden_act is of the class {name}, which is not exported; use one of gelu, gelu_new, relu, "
            "silu, tanh."
        )
    return ACTIVATIONS[name](graph, value)


def _gelu(graph: Graph, value: Name) -> Name:
    erf = graph.op("Erf", graph.op("Div", value, graph.number(math.sqrt(2))))
    half = graph.op("Mul", value, graph.op("Add", erf, graph.number(1)))
    return graph.op("Mul", half, graph.number(0.5))


def _gelu_by_tanh(graph: Graph, value: Name) -> Name:
    cube = graph.op("Mul", graph.op("Mul", value, value), value)
    inner = graph.op("Add", value, graph.op("Mul", cube, graph.number(0.044715)))
    tanh = graph.op("Tanh", graph.op("Mul", inner, graph.number(math.sqrt(2 / math.pi))))
    return graph.op("Mul", graph.op("Mul", value, graph.number(0.5)), graph.op("Add", tanh, graph.number(1)))


ACTIVATIONS: dict[str, Callable[[Graph, Name], Name]] = {
    "GELUActivation": _gelu,
    "NewGELUActivation": _gelu_by_tanh,
    "GELUTanh": _gelu_by_tanh,
    "ReLU": lambda graph, value: graph.op("Relu", value),
    "Tanh": lambda graph, value: graph.op("Tanh", value),
    "SiLU": lambda graph, value: graph.op("Mul", value, graph.op("Sigmoid", value)),
    "SiLUActivation": lambda graph, value: graph.op("Mul", value, graph.op("Sigmoid", value)),
}
"""By the name of the class that `hidden_act` stands for."""
