# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the convolutional models."""

from typing import Literal

from huggingface_hub.dataclasses import strict

from .configuration_sequence import SequenceConfig


@strict
class ConvolutionalConfig(SequenceConfig):
    """Configuration of `ConvolutionalModel` and its heads; the fields of `SequenceConfig` and these.

    Args:
        embedding_size: width E of the token embedding, or of the projection of numeric features.
        hidden_size: width H of the states; with a recurrent branch both parts together.
        block: what a layer is: one convolution (`fcn`), three with a residual connection (`resnet`; both Wang et al.
            2017, arXiv:1611.06455), or three of the modules of InceptionTime (`inception`; Fawaz et al. 2020,
            arXiv:1909.04939). All layers have one width.
        kernel_size: steps that a convolution sees; the longest of an inception module, whose others see a half and a
            quarter of them.
        causal: see no step after the one that a state stands for.
        norm: `batch`, over the real steps of a batch; `layer`, of each step; or `none`.
        recurrent_size: width of an LSTM beside the convolutions, both directions together, whose states are joined to
            theirs (LSTM-FCN: Karim et al. 2018, arXiv:1709.05206); 0 has none.
        bidirectional: that LSTM reads both ways; not where `causal`.
        forget_gate_bias: what its forget gate starts from.
        statistics: a classifier of numbers has a linear one beside it, over mean, deviation, lowest, highest, first,
            last and change a step of every channel; it is fitted, not trained, and joins in evaluation.
        deep_share: weight of the scores of the convolutions, from 0 to 1; with `statistics`, these have the rest.

    Example:
        >>> ConvolutionalConfig(block="inception").num_hidden_layers
        3
    """

    model_type = "convolutional"

    embedding_size: int = 64
    hidden_size: int = 128
    num_hidden_layers: int = 3
    block: Literal["fcn", "resnet", "inception"] = "fcn"
    kernel_size: int = 7
    causal: bool = False
    norm: Literal["batch", "layer", "none"] = "batch"
    recurrent_size: int = 0
    bidirectional: bool = True
    forget_gate_bias: float | int = 1.0
    statistics: bool = False
    deep_share: float | int = 1.0

    def validate_architecture(self) -> None:
        """Check that there are widths for all parts, and that nothing looks ahead where it must not."""
        for name in ("embedding_size", "kernel_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} must be 1 or more.")
        width = self.hidden_size - self.recurrent_size
        if self.recurrent_size < 0 or width < 1:
            raise ValueError(
                f"recurrent_size={self.recurrent_size} leaves {width} of hidden_size={self.hidden_size} for the "
                "convolutions; use 0, or less than hidden_size."
            )
        if self.block == "inception" and width % 4:
            raise ValueError(
                f"an inception module has four parts of one width, and hidden_size - recurrent_size = {width} is no "
                f"multiple of 4; use hidden_size={self.hidden_size + 4 - width % 4}."
            )
        if self.causal and self.recurrent_size and self.bidirectional:
            raise ValueError("causal=True and a bidirectional LSTM do not go together; set bidirectional=False.")
        if self.bidirectional and self.recurrent_size % 2:
            raise ValueError(
                f"recurrent_size={self.recurrent_size} cannot be split between two directions; "
                f"use {self.recurrent_size + 1}, or set bidirectional=False."
            )

    def validate_statistics(self) -> None:
        """Check that there are numbers to summarise, and a share that is one."""
        if self.statistics and self.num_features is None:
            raise ValueError("statistics=True summarises numbers, and num_features=None reads tokens; set it to False.")
        if not 0 <= self.deep_share <= 1:
            raise ValueError(f"deep_share={self.deep_share} must lie between 0 and 1.")


__all__ = ["ConvolutionalConfig"]
