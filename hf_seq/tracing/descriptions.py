# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Say in words what a module does: by its class, else by what its class says of itself, else by the modules it ran.

A class of your own says it in an attribute: `trace_description = "reads both ways with a layer-normed LSTM"`. Of a
module that none of these knows, the words are that it is unknown.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from transformers import PreTrainedModel

PASSES_ON = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Identity)
_POOLINGS = {
    "first": "takes the state of the first real step",
    "last": "takes the state where each direction ends",
    "mean": "averages the states of the real steps",
    "max": "takes the largest value of each unit over the real steps",
    "attention": "weighs the states of the real steps by learned attention and adds them up",
}
_CELLS = {"LSTM": "an LSTM", "GRU": "a GRU", "RNN": "an Elman RNN"}
_LABEL_HEADS = ("classifier", "score", "out_proj")
_TOKEN_HEADS = ("lm_head", "vocab_projector", "decoder")


def describe(name: str, module: nn.Module, parts: Sequence[str]) -> str:
    """Say what a module does.

    Args:
        name: its name inside the model.
        module: the module.
        parts: names of the modules that it called, in order.
    """
    own = getattr(module, "trace_description", None)
    if isinstance(own, str) and own:
        return own
    ours = OURS.get(type(module).__name__)
    if ours is not None:
        return ours(module)
    for classes, describe_class in _OF_TORCH:
        if isinstance(module, classes):
            return describe_class(name, module)
    return _by_parts(module, parts)


def _embedding(name: str, module: Any) -> str:
    what = "position" if "position" in name else "segment" if "type" in name else "id"
    return f"looks up a vector for each {what} in a table of {module.num_embeddings:,} x {module.embedding_dim}"


def _linear(name: str, module: Any) -> str:
    bias = " and adds a bias" if module.bias is not None else ""
    last, goal = name.rpartition(".")[2], ""
    if module.out_features != module.in_features:
        goal = (
            "scores every label: " if last in _LABEL_HEADS else "scores every token: " if last in _TOKEN_HEADS else ""
        )
    return f"{goal}multiplies by a matrix{bias}, {module.in_features} to {module.out_features}"


def _cell(name: str, module: Any) -> str:
    if "backward" in name.rpartition(".")[2]:
        way = "from the last step to the first"
    else:
        way = "both ways" if module.bidirectional else "from the first step to the last"
    layers = f", {module.num_layers} layers" if module.num_layers > 1 else ""
    kind = next(word for base, word in _CELLS.items() if isinstance(module, getattr(nn, base)))
    return f"reads {way} with {kind} of {module.hidden_size} units{layers}"


def _single(name: str, module: Any) -> str:
    return f"moves the state of {module.hidden_size} units on by one step"


def _norm(name: str, module: Any) -> str:
    return "brings each vector to mean 0 and variance 1, then scales and shifts it by learned weights"


def _convolution(name: str, module: Any) -> str:
    return f"looks at windows of {module.kernel_size[0]} steps with {module.out_channels} filters"


def _model(name: str, module: Any) -> str:
    head = type(module).__name__.rpartition("For")[2] if "For" in type(module).__name__ else ""
    goals = {
        "SequenceClassification": "the whole model: scores every label of a sequence",
        "TokenClassification": "the whole model: scores every tag of every step",
        "CausalLM": "the whole model: scores every next token",
        "MaskedLM": "the whole model: scores every token for every step",
        "ConditionalGeneration": "the whole model: reads a source and scores every next token of the target",
    }
    return goals.get(head, "gives a state for every step")


_OF_TORCH: tuple[tuple[type | tuple[type, ...], Callable[[str, Any], str]], ...] = (
    (nn.Identity, lambda name, module: "passes on what it gets"),
    (PASSES_ON, lambda name, module: "passes on what it gets; it only acts in training"),
    (nn.Embedding, _embedding),
    (nn.Linear, _linear),
    ((nn.LSTM, nn.GRU, nn.RNN), _cell),
    ((nn.LSTMCell, nn.GRUCell, nn.RNNCell), _single),
    ((nn.LayerNorm, nn.RMSNorm), _norm),
    (nn.Conv1d, _convolution),
    (PreTrainedModel, _model),
)


OURS: dict[str, Callable[[Any], str]] = {
    "AdaptiveHead": lambda module: (
        f"scores every token: the first {module.cutoffs[0]:,} ids, and the others within the clusters they are in"
    ),
    "Alignment": lambda module: "weighs the states of the source for each step of the target and adds them up",
    "BagOfNgrams": lambda module: "scores every label by the words, pairs of words and letters that are there",
    "Bridge": lambda module: "makes the state that each layer of the decoder starts from, out of the encoder's last",
    "ChannelStatistics": lambda module: "scores every label by mean, deviation, ends and more of each channel",
    "CharacterCNN": lambda module: "reads three neighbouring letters at a time and takes the maximum over the word",
    "CharacterEncoder": lambda module: "makes a vector of the letters of each word and gives it to all of its pieces",
    "CharacterLSTM": lambda module: "reads the letters of each word both ways",
    "ConvolutionUnit": lambda module: "convolution and norm; what is below zero becomes zero",
    "ConvolutionalLayer": lambda module: "convolutions over the real steps, with a way around them in a residual block",
    "CrossAttention": lambda module: "lets every step look at the real steps of the source",
    "InputEmbedding": lambda module: (
        "turns the numbers of each step into a vector" if hasattr(module, "project") else "turns tokens into vectors"
    ),
    "LinearChainCRF": lambda module: "scores whole sequences of labels, which label follows which included",
    "Pooling": lambda module: _POOLINGS.get(getattr(module, "kind", ""), "makes one vector of all real steps"),
    "Positions": lambda module: "tells the layers where each step is",
    "RecurrentLayer": lambda module: (
        "reads the real steps one after another"
        if module.backward_cell is None
        else "reads the real steps both ways and joins the states"
    ),
    "SelfAttention": lambda module: "lets every step look at the real steps of its own sequence",
    "StepBatchNorm": lambda module: "brings each unit to mean 0 and variance 1, as they were in training",
    "StepLayerNorm": lambda module: _norm("", module),
    "TransformerDecoderLayer": lambda module: "self-attention, attention over the source, and a feed-forward network",
    "TransformerEncoderLayer": lambda module: "self-attention and a feed-forward network",
    "WordStarts": lambda module: "marks the tokens that begin a word",
}
"""Layers of ours by the name of their class, which is the same where they were loaded as the code of a model."""


def _by_parts(module: nn.Module, parts: Sequence[str]) -> str:
    kind = type(module).__name__
    if "Attention" in kind:
        return "lets steps look at steps: mixes their values by attention weights"
    if not parts:
        is_function = "Activation" in kind or type(module).__module__.startswith("torch.nn.")
        return f"applies {kind} to each number" if is_function else f"unknown to trace: {kind}"
    inner = [part.rpartition(".")[2] for part in parts]
    if len(inner) > 1 and all(part.isdigit() for part in inner):
        return f"runs {len(inner)} layers one after the other"
    return "runs " + ", ".join(dict.fromkeys(inner))
