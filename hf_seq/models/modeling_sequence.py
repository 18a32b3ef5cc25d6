# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What all sequence encoders do alike: read their inputs, start their weights, save their code.

B batch · T steps, padding included · E width of an input · F features · V vocabulary
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import SequenceClassifierOutput

from .configuration_sequence import SequenceConfig
from .dropout import Dropout, keep_words
from .padding import Padding, zero_padding
from .shipping import ship_parts, sibling

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class InputEmbedding(nn.Module):
    """Token ids to vectors, or numeric features to vectors of the same width.

    Args:
        config: says `pad_token_id`, `num_features` and the dropouts.
        width: E.
        vocab_size: rows of the table; None is the configuration's.
        dropout: on what is given; None is one with a mask for each step.
        characters: reads the letters of words, if the model does so.
    """

    def __init__(
        self,
        config: PreTrainedConfig,
        width: int,
        vocab_size: int | None = None,
        dropout: nn.Module | None = None,
        characters: Any = None,
    ) -> None:
        super().__init__()
        if config.num_features is None:
            self.tokens = nn.Embedding(vocab_size or config.vocab_size, width, padding_idx=config.pad_token_id)
            self.tokens.weight.requires_grad_(not config.freeze_embeddings)
        else:
            events = getattr(config, "num_events", None) is not None
            project: Any = sibling("events").EventEmbedding(config, width) if events else None
            self.project = project or nn.Linear(config.num_features, width)
        self.word_dropout = config.word_dropout
        self.token_dropout = nn.Dropout1d(config.token_dropout)  # over whole steps of (B, T, E)
        self.dropout = Dropout(config.embedding_dropout) if dropout is None else dropout
        self.characters = characters

    def forward(
        self,
        input_ids: Tensor | None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        padding: Padding | None = None,
    ) -> Tensor:
        """Give (B, T, E), from whichever one input is there; numbers at padding, NaN too, are not read.

        What is read from letters is joined to the right of E, and not blanked with the words.
        """
        if self.characters is not None and input_ids is None:
            raise ValueError("a model that reads the letters of its tokens needs the tokens: give input_ids.")
        if inputs_embeds is None:
            if input_ids is not None:
                inputs_embeds = self._look_up(input_ids)
            else:
                assert input_values is not None  # checked where inputs enter the model
                values = zero_padding(input_values, padding)
                inputs_embeds = self.project(values.to(getattr(self.project, "weight", values).dtype))
        states = self.dropout(self.token_dropout(inputs_embeds)) if self.training else inputs_embeds
        return states if self.characters is None else torch.cat([states, self.characters(input_ids, padding)], dim=-1)

    def _look_up(self, input_ids: Tensor) -> Tensor:
        try:
            vectors = self.tokens(input_ids if self.characters is None else self.characters.uncased(input_ids))
        except IndexError as error:
            wrong = int(input_ids.min()) if int(input_ids.min()) < 0 else int(input_ids.max())
            raise IndexError(
                f"token id {wrong} is outside the embedding of {self.tokens.num_embeddings} rows; "
                "was the text encoded by this model's own tokenizer?"
            ) from error
        if self.training and self.word_dropout:
            return vectors * keep_words(input_ids, self.tokens.num_embeddings, self.word_dropout).to(vectors.dtype)
        return vectors


class SequencePreTrainedModel(PreTrainedModel):
    """Base of all encoders and heads: input checks, first weights, word vectors."""

    config: SequenceConfig
    num_labels: Any
    base_model_prefix = "model"
    supports_gradient_checkpointing = True
    embedding_std: float | None = None  # what token embeddings start with; 1 / sqrt(their width) where None

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        if config.num_features is not None:
            self.main_input_name = "input_values"

    def get_input_embeddings(self) -> nn.Module:
        """Return the token embedding, or the projection of numeric features."""
        return getattr(self._embeddings, "tokens" if self.config.num_features is None else "project")

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the token embedding, or the projection of numeric features."""
        setattr(self._embeddings, "tokens" if self.config.num_features is None else "project", value)

    @property
    def _embeddings(self) -> Any:
        return self.base_model.embeddings

    def check_inputs(
        self, input_ids: Tensor | None, inputs_embeds: Tensor | None = None, input_values: Tensor | None = None
    ) -> Tensor:
        """Give the one input there is.

        Raises:
            ValueError: there is none, or more than one, or not the kind or width that the configuration says.
        """
        given = {"input_ids": input_ids, "inputs_embeds": inputs_embeds, "input_values": input_values}
        names = [name for name, value in given.items() if value is not None]
        if len(names) != 1:
            raise ValueError(f"give exactly one of input_ids, inputs_embeds and input_values; got {names or 'none'}.")
        features, name = self.config.num_features, names[0]
        if features is None and name == "input_values":
            raise ValueError(
                "this model reads tokens, but got input_values; give input_ids, or configure num_features."
            )
        if features is not None and name == "input_ids":
            raise ValueError(
                f"this model reads num_features={features} numbers a step; give input_values (B, T, F), not input_ids."
            )
        inputs = given[name]
        assert inputs is not None  # it is the one that is given
        if inputs.dim() != (2 if name == "input_ids" else 3):
            raise ValueError(
                f"{name} has shape {tuple(inputs.shape)}; it must be (batch, steps{', width' * (name != 'input_ids')})."
            )
        if inputs.shape[1] == 0 and (name != "input_ids" or self.config.is_encoder_decoder):
            raise ValueError(
                f"{name} has shape {tuple(inputs.shape)}: no step at all; give at least one, padding if need be."
            )
        if name == "input_values" and inputs.shape[-1] != features:
            raise ValueError(
                f"input_values has {inputs.shape[-1]} features a step, but the model was made for "
                f"num_features={features}."
            )
        return inputs

    @classmethod
    def from_pretrained(cls, *args: Any, **kwargs: Any) -> Any:
        """As in transformers; loading thaws a frozen embedding, so it is frozen again."""
        loaded = super().from_pretrained(*args, **kwargs)
        model = loaded[0] if isinstance(loaded, tuple) else loaded
        if model.config.freeze_embeddings and model.config.num_features is None:
            model.get_input_embeddings().weight.requires_grad_(False)
        return loaded

    def save_pretrained(self, *args: Any, **kwargs: Any) -> None:
        """Save, with its code if the class is registered for an Auto class; a head's code serves `AutoModel`, too."""
        if self._auto_class is not None:
            base = type(self.base_model)
            name = f"{base.__module__.rpartition('.')[-1]}.{base.__name__}"
            self.config.auto_map = (getattr(self.config, "auto_map", None) or {}) | {"AutoModel": name}
        super().save_pretrained(*args, **kwargs)
        if self._auto_class is not None and kwargs.get("is_main_process", True):
            ship_parts(self, Path(args[0] if args else kwargs["save_directory"]))

    def no_states(self, inputs: Tensor) -> Tensor:
        """Give the states of a batch without a step, (B, 0, H), which layers need not read."""
        width: int = self.config.hidden_size
        return torch.zeros(inputs.shape[0], 0, width, dtype=self.dtype, device=inputs.device)

    def padding_of_states(self, padding: Padding | None) -> Padding | None:
        """Give the padding of the states of inputs with this padding: another where a front shortens sequences."""
        front: Any = getattr(self.base_model, "front", None)
        return padding if front is None else front.shorten(padding)

    def read_vocabulary(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        """Learn from the tokenizer which tokens begin a word, and their letters, where the model asks for either.

        Once, when the model is made; what was read is saved with it.

        Raises:
            ValueError: the tokenizer does not fit the model, or marks words in a way that is not known.
        """
        for module in self.modules():
            read: Any = getattr(module, "read_vocabulary", None)
            if read is not None and not isinstance(module, PreTrainedModel):
                read(tokenizer)

    def resize_token_embeddings(self, *args: Any, **kwargs: Any) -> nn.Embedding:
        """As in transformers; what was read of the vocabulary is resized, too."""
        embedding = super().resize_token_embeddings(*args, **kwargs)
        for module in self.modules():
            resize: Any = getattr(module, "resize_vocabulary", None)
            if resize is not None:
                resize(self.config.vocab_size)
        return embedding

    def load_word_vectors(self, vectors: Tensor, words: list[str], vocabulary: Mapping[str, int]) -> int:
        """Start token embeddings from word vectors trained elsewhere (GloVe, fastText, word2vec).

        Set `freeze_embeddings=True` in the configuration to keep them as they are.

        Args:
            vectors: (N, E), a tensor or array, one row a word.
            words: the N words.
            vocabulary: token to id, such as `tokenizer.get_vocab()`; tokens without a vector keep theirs.

        Returns:
            How many tokens got a vector.

        Raises:
            ValueError: the vectors do not fit the words or the embedding.
        """
        table: Any = self.get_input_embeddings().weight
        vectors = torch.as_tensor(vectors, dtype=table.dtype, device=table.device)
        if vectors.shape != (len(words), table.shape[1]):
            raise ValueError(
                f"vectors have shape {tuple(vectors.shape)} for {len(words)} words and an embedding {table.shape[1]} "
                f"wide; they must be ({len(words)}, {table.shape[1]})."
            )
        pairs = [(vocabulary[word], row) for row, word in enumerate(words) if word in vocabulary]
        if pairs:
            ids, rows = (torch.tensor(column, device=table.device) for column in zip(*pairs, strict=True))
            with torch.no_grad():
                table[ids] = vectors[rows]
        return len(pairs)

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Start a module's weights: Glorot for input matrices, orthogonal for recurrent ones, gate by gate.

        Glorot & Bengio 2010; Saxe et al. 2014, arXiv:1312.6120. Weights that were loaded are left alone.
        """
        if isinstance(module, nn.Embedding):
            self._init_embedding(module)
        elif isinstance(module, nn.Linear):
            init.xavier_uniform_(module.weight)
            if module.bias is not None:
                init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            init.ones_(module.weight)
            init.zeros_(module.bias)
        elif isinstance(module, nn.RNNBase):
            self._init_cell(module)
        else:  # a layer of ours may have weights or tables that only it knows
            start: Any = getattr(module, "start_weights", None)
            if start is not None:
                start()

    def _init_embedding(self, embedding: nn.Embedding) -> None:
        width = embedding.embedding_dim
        std = self.embedding_std or width**-0.5
        if self.config.initializer_range is not None:
            std = self.config.initializer_range
        init.normal_(embedding.weight, std=std)
        if embedding.padding_idx is not None and not getattr(embedding.weight, "_is_hf_initialized", False):
            init.zeros_(embedding.weight[embedding.padding_idx])

    def _init_cell(self, cell: nn.RNNBase) -> None:
        for name, parameter in cell.named_parameters():
            if getattr(parameter, "_is_hf_initialized", False):
                continue  # a slice does not carry the mark that protects what was loaded
            if name.startswith("bias"):
                init.zeros_(parameter)
                if name == "bias_ih_l0" and isinstance(cell, nn.LSTM):  # gates in order: input, forget, cell, output
                    init.constant_(parameter.chunk(4)[1], self.config.forget_gate_bias)
                continue
            start = init.orthogonal_ if name.startswith("weight_hh") else init.xavier_uniform_
            for gate in parameter.split(cell.hidden_size):
                start(gate)


@dataclass
class PooledClassifierOutput(SequenceClassifierOutput):
    """`SequenceClassifierOutput` with `pooling_weights` (B, T), of the states, where attention pooling was asked."""

    pooling_weights: Tensor | None = None


__all__ = ["InputEmbedding", "PooledClassifierOutput", "SequencePreTrainedModel"]
