# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the recurrent models: Elman RNN, GRU, LSTM, and cells registered by `register_cell`."""

from collections.abc import Collection
from typing import Literal

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

from .configuration_sequence import SequenceConfig

CELL_TYPES = {"lstm", "gru", "rnn"}
"""Names that `cell_type` may have; `register_cell` adds to them."""


def check_cell_type(config: PreTrainedConfig, known: Collection[str] = CELL_TYPES) -> None:
    """Refuse a cell that is not known, unless the configuration comes from a file: its model may bring the cell along.

    Raises:
        ValueError: with the cells that are known.
    """
    if config.cell_type not in known and config.transformers_version is None:
        raise ValueError(
            f"cell_type={config.cell_type!r} is not known; use one of {', '.join(sorted(known))}, or make a cell of "
            "your own known by hf_seq.models.recurrence.register_cell first."
        )


@strict
class RecurrentConfig(SequenceConfig):
    """Configuration of `RecurrentModel` and its heads; the fields of `SequenceConfig` and these.

    Args:
        embedding_size: width E of the token embedding, or of the projection of numeric features.
        hidden_size: width H of a layer's states, both directions together: a bidirectional layer has H / 2 units
            each way.
        cell_type: `lstm` (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; forget gate of Gers et al.
            2000, doi:10.1162/089976600300015015), `gru` (Cho et al. 2014, arXiv:1406.1078), `rnn` (Elman 1990,
            doi:10.1207/s15516709cog1402_1), or the name of a cell that was given to `register_cell`.
        bidirectional: read each sequence both ways (Schuster & Paliwal 1997, doi:10.1109/78.650093).
        forget_gate_bias: what the LSTM's forget gate starts from; 1 keeps early gradients alive (Jozefowicz et al.
            2015, ICML).
        variational_dropout: `embedding_dropout`, `hidden_dropout` and `output_dropout` blank the same units at every
            step of a sequence (Gal & Ghahramani 2016, arXiv:1512.05287).
        weight_dropout: share of the recurrent weights dropped in training, anew for every batch (DropConnect; this and
            the next three as in Merity et al. 2018, arXiv:1708.02182).
        output_dropout: language model: dropout on the states that the head reads.
        activation_regularization, temporal_activation_regularization: language model: these times the mean square of
            the states that the head reads, and of the difference between neighbouring ones before dropout, are added to
            the loss in training.
        tie_word_embeddings: language model: the head scores with the token embedding (Press & Wolf 2017,
            arXiv:1608.05859; Inan et al. 2017, arXiv:1611.01462), through a projection where E is not H.
        adaptive_softmax_cutoffs: language model: where clusters of rarer and rarer ids begin (`adaptive_head.py`).
        character_encoder: read each word from its letters, too: `cnn` (Ma & Hovy 2016, arXiv:1603.01354), `lstm`
            (Lample et al. 2016, arXiv:1603.01360) or `none`. The letters come from `model.read_vocabulary(tokenizer)`.
        character_vocab_size: letters told apart, with two places for none and unknown; 256 at most.
        character_embedding_size: width of a letter.
        character_hidden_size: width of what is read from a word's letters, joined to its embedding.
        max_characters: letters of a token that are kept.
        use_cache: language model: give the state in `past_key_values`, so that reading can go on from there.

    Example:
        >>> RecurrentConfig(cell_type="gru", hidden_size=128).cell_type
        'gru'
    """

    model_type = "recurrent"
    keys_to_ignore_at_inference = ["past_key_values", "cache"]

    embedding_size: int = 128
    cell_type: str = "lstm"
    bidirectional: bool = True
    pooling: Literal["first", "last", "mean", "max", "attention"] = "max"
    forget_gate_bias: float | int = 1.0
    variational_dropout: bool = False
    weight_dropout: float | int = 0.0
    output_dropout: float | int = 0.0
    activation_regularization: float | int = 0.0
    temporal_activation_regularization: float | int = 0.0
    adaptive_softmax_cutoffs: list[int] | None = None
    character_encoder: Literal["none", "cnn", "lstm"] = "none"
    character_vocab_size: int = 256
    character_embedding_size: int = 32
    character_hidden_size: int = 64
    max_characters: int = 20
    use_cache: bool = True

    def validate_architecture(self) -> None:
        """Check that the cell is known, and the width splits evenly between the directions."""
        check_cell_type(self)
        if self.bidirectional and self.hidden_size % 2:
            raise ValueError(
                f"hidden_size={self.hidden_size} cannot be split between two directions; "
                f"use {self.hidden_size + 1}, or set bidirectional=False."
            )

    def validate_characters(self) -> None:
        """Sizes that fit a table of bytes, and tokens to read the letters of."""
        for name in ("embedding_size", "character_embedding_size", "character_hidden_size", "max_characters"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} must be 1 or more.")
        if not 3 <= self.character_vocab_size <= 256:
            raise ValueError(f"character_vocab_size={self.character_vocab_size} must lie between 3 and 256.")
        if self.character_encoder == "lstm" and self.character_hidden_size % 2:
            raise ValueError(
                f"character_hidden_size={self.character_hidden_size} cannot be split between two directions; "
                f"use {self.character_hidden_size + 1}."
            )
        if self.character_encoder != "none" and self.num_features is not None:
            raise ValueError(
                f"character_encoder={self.character_encoder!r} reads tokens, but num_features={self.num_features} "
                "makes the model read numbers; leave one of them out."
            )

    def validate_regularization(self) -> None:
        """Regularisation is added to the loss, so neither factor is negative."""
        for name in ("activation_regularization", "temporal_activation_regularization"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)} must be 0 or more.")


__all__ = ["RecurrentConfig"]
