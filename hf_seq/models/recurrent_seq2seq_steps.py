# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One step of a recurrent decoder that looks at a source, as often as `generate()` wants it.

B rows · S source steps · E embedding_size · H hidden_size · V vocabulary
"""

from typing import Any

import torch
from torch import Tensor

from .recurrence import State
from .recurrent_steps import make_first_step, make_step
from .stepping import quick_linear


class RecurrentSeq2SeqSteps:
    """`Steps` of a recurrent encoder-decoder.

    Args:
        model: the encoder-decoder.
        memory: its `EncoderDecoderCache`, put forward when the steps are closed.
        source: what the decoder knows of the source, with the keys of its attention.
        rows: B.
        room: how many tokens may be written.
    """

    def __init__(self, model: Any, memory: Any, source: Any, rows: int, room: int) -> None:
        self.decoder, self.source, self.kept = model.model.decoder, source, memory.self_attention_cache.layers
        self.read, self.whole = 0, True
        self.states: list[State] = [layer.states for layer in self.kept[:-1]]
        (self.seen,) = self.kept[-1].states  # what attention saw, (B, E)
        cells, tokens = [layer.forward_cell for layer in self.decoder.layers], self.decoder.embeddings.tokens
        if self.decoder.config.input_feeding:
            step = make_step(cells[0], rows)
            self.first = lambda ids, state: step(torch.cat([tokens(ids), self.seen], -1), state)
        else:
            self.first = make_first_step(tokens, cells[0], rows, room)
        self.others = [make_step(cell, rows) for cell in cells[1:]]
        self.head = quick_linear(model.lm_head, rows)

    def __call__(self, ids: Tensor) -> Tensor:
        """Read ids (B,) and give scores (B, V)."""
        state = self.states[0] = self.first(ids, self.states[0])
        for depth, step in enumerate(self.others, 1):
            state = self.states[depth] = step(state[0], self.states[depth])
        output, _ = self.decoder.look(state[0].unsqueeze(1), self.source)  # (B, 1, E)
        self.seen = output[:, 0]
        self.read += 1
        return self.head(self.seen)

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows."""
        self.states = [tuple(each[rows] for each in state) for state in self.states]
        self.seen, self.whole = self.seen[rows], False
        self.source = self.source.of_rows(rows)

    def close(self) -> None:
        """Put the state forward; it is forgotten where it is not that of all rows any more."""
        for layer, state in zip(self.kept, [*self.states, (self.seen,)], strict=True):
            layer.update(state, self.read)
            if not self.whole:
                layer.reset()


__all__ = ["RecurrentSeq2SeqSteps"]
