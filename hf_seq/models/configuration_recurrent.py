# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the recurrent models: Elman RNN, GRU and LSTM."""

from typing import Literal

from huggingface_hub.dataclasses import strict

from .configuration_sequence import SequenceConfig


@strict
class RecurrentConfig(SequenceConfig):
    """Configuration of `RecurrentModel` and its heads; the fields of `SequenceConfig` and these.

    Args:
        embedding_size: width E of the token embedding, or of the projection of numeric features.
        hidden_size: width H of a layer's states, both directions together: a bidirectional layer has H / 2 units
            each way.
        cell_type: `lstm` (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; forget gate of Gers et al.
            2000, doi:10.1162/089976600300015015), `gru` (Cho et al. 2014, arXiv:1406.1078) or `rnn` (Elman 1990,
            doi:10.1207/s15516709cog1402_1).
        bidirectional: read each sequence both ways (Schuster & Paliwal 1997, doi:10.1109/78.650093).
        forget_gate_bias: what the LSTM's forget gate starts from; 1 keeps early gradients alive (Jozefowicz et al.
            2015, ICML).

    Example:
        >>> RecurrentConfig(cell_type="gru", hidden_size=128).cell_type
        'gru'
    """

    model_type = "recurrent"

    embedding_size: int = 128
    cell_type: Literal["lstm", "gru", "rnn"] = "lstm"
    bidirectional: bool = True
    pooling: Literal["first", "last", "mean", "max", "attention"] = "max"
    forget_gate_bias: float | int = 1.0

    def validate_architecture(self) -> None:
        """The width splits evenly between the directions."""
        if self.embedding_size < 1:
            raise ValueError(f"embedding_size={self.embedding_size} must be 1 or more.")
        if self.bidirectional and self.hidden_size % 2:
            raise ValueError(
                f"hidden_size={self.hidden_size} cannot be split between two directions; "
                f"use {self.hidden_size + 1}, or set bidirectional=False."
            )


__all__ = ["RecurrentConfig"]
