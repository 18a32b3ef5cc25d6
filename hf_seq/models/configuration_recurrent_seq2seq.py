# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the recurrent encoder-decoders."""

from typing import Literal

from huggingface_hub.dataclasses import strict

from .configuration_recurrent import CELL_TYPES, check_cell_type
from .configuration_seq2seq import Seq2SeqConfig


@strict
class RecurrentSeq2SeqConfig(Seq2SeqConfig):
    """Configuration of `RecurrentSeq2SeqModel` and its head; the fields of `Seq2SeqConfig` and these.

    Args:
        embedding_size: width E of the embeddings, and of what the output matrix reads.
        hidden_size: width H of a layer's states; in a bidirectional encoder of both directions together.
        cell_type: `lstm` (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735) or `gru` (Cho et al. 2014,
            arXiv:1406.1078), or the name of a cell that was given to `register_cell`.
        bidirectional: the encoder reads both ways.
        attention: how the decoder looks at the source: `additive` (Bahdanau et al. 2015, arXiv:1409.0473), `general` or
            `dot` (Luong et al. 2015, arXiv:1508.04025), or `none`: the source is the decoder's first state alone
            (Sutskever et al. 2014, arXiv:1409.3215).
        input_feeding: the decoder reads what it saw last beside the token (Luong et al., section 3.3); training then
            takes a Python step for each token.
        forget_gate_bias: what an LSTM's forget gates start from.
        variational_dropout: dropouts blank the same units at every step (Gal & Ghahramani 2016, arXiv:1512.05287).
        weight_dropout: share of the recurrent weights dropped in training (Merity et al. 2018, arXiv:1708.02182).

    Example:
        >>> RecurrentSeq2SeqConfig(attention="additive").hidden_size
        256
    """

    model_type = "recurrent_seq2seq"
    character_encoder = "none"  # `RecurrentModel`, which is the encoder, asks

    num_hidden_layers: int = 1
    embedding_size: int = 256
    cell_type: str = "lstm"
    bidirectional: bool = True
    attention: Literal["additive", "general", "dot", "none"] = "general"
    input_feeding: bool = False
    forget_gate_bias: float | int = 1.0
    variational_dropout: bool = False
    weight_dropout: float | int = 0.0

    def validate_architecture(self) -> None:
        """Check that the cell is known, the width splits evenly between the directions, and what is fed back exists."""
        check_cell_type(self, CELL_TYPES - {"rnn"})
        if self.embedding_size < 1:
            raise ValueError(f"embedding_size={self.embedding_size} must be 1 or more.")
        if self.bidirectional and self.hidden_size % 2:
            raise ValueError(
                f"hidden_size={self.hidden_size} cannot be split between two directions; "
                f"use {self.hidden_size + 1}, or set bidirectional=False."
            )
        if self.input_feeding and self.attention == "none":
            raise ValueError("input_feeding=True feeds back what attention saw, but attention='none'; choose one.")
        if self.input_feeding and (self.variational_dropout or self.weight_dropout):
            raise ValueError(
                "input_feeding=True runs step by step, where one mask for all steps (variational_dropout, "
                "weight_dropout) is not drawn; leave it out, or input_feeding."
            )


__all__ = ["RecurrentSeq2SeqConfig"]
