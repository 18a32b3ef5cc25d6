# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent language model: a score for every word as the next one, and `generate()`.

B batch · T steps, padding included · E embedding_size · H hidden_size · V vocabulary
Merity et al. 2018, arXiv:1708.02182.
"""

from dataclasses import dataclass, make_dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from transformers.cache_utils import Cache
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.utils import ModelOutput
from transformers.utils.generic import can_return_tuple

from .configuration_recurrent import RecurrentConfig
from .dropout import make_dropout
from .head_loss import head_loss
from .keywords import STATE, StateOutput, given_state, refuse_unknown, state_field
from .modeling_recurrent import RecurrentModel, RecurrentPreTrainedModel
from .recurrent_cache import RecurrentCache
from .recurrent_generation import RecurrentGenerationMixin
from .shipping import sibling
from .token_losses import target_count, token_loss


@dataclass
class RecurrentCausalLMOutput(StateOutput, CausalLMOutputWithPast):
    """`CausalLMOutputWithPast` with `regularization` (): what activation regularisation added to the training loss."""

    regularization: Tensor | None = None


StepOutput = make_dataclass(
    "StepOutput",
    [("logits", Tensor | None, None), (STATE, Cache | None, None)],
    bases=(StateOutput, ModelOutput),
    namespace=dict.fromkeys(("loss", "hidden_states", "attentions", "regularization")),
)
"""What `RecurrentCausalLMOutput` holds of one token in `generate()`; its empty fields would take 2 % of a step."""


class RecurrentForCausalLM(RecurrentPreTrainedModel, RecurrentGenerationMixin):
    """A recurrent encoder of one direction that scores every word as the next one, and generates.

    Raises:
        ValueError: when built with `bidirectional=True`, `num_features` or a `front`.
    """

    _tied_weights_keys = {"lm_head.weight": "model.embeddings.tokens.weight"}
    _is_stateful = True

    def __init__(self, config: RecurrentConfig) -> None:
        _check_causal(config)
        super().__init__(config)
        # wide starts learn fastest; a tied head takes the table for its weights, and must not start too sure of itself
        std = 3 * config.embedding_size**-0.5 if config.tie_word_embeddings else 1.0
        self.model = RecurrentModel(config, embedding_std=std)
        self.dropout = make_dropout(config.output_dropout, config.variational_dropout)
        width = config.embedding_size if config.tie_word_embeddings else config.hidden_size
        self.projection = nn.Linear(config.hidden_size, width) if width != config.hidden_size else nn.Identity()
        self.lm_head: Any = (
            nn.Linear(width, config.vocab_size)
            if config.adaptive_softmax_cutoffs is None
            else sibling("adaptive_head").AdaptiveHead(config, width)
        )
        self.post_init()

    def get_output_embeddings(self) -> Any:
        """Return the layer with a row for each token; None where the head scores in clusters."""
        return self.lm_head if self.config.adaptive_softmax_cutoffs is None else None

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int | Tensor = 0,
        num_items_in_batch: Tensor | int | None = None,
        cache: Cache | None = None,
        return_logits: bool = False,
        **kwargs: Any,
    ) -> RecurrentCausalLMOutput:
        """Score every token of the vocabulary as the next one.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which leaves the state alone wherever it stands.
                Columns of what `past_key_values` has read may stand in front.
            past_key_values: the `RecurrentCache` to read on from; it is moved on in place. For truncated
                back-propagation, call its `detach_()` between steps.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            labels: (B, T) the input ids themselves: they are shifted here, so the last of a row predicts nothing; -100
                where nothing is to be predicted.
            use_cache: give the state; by default as the configuration says in evaluation, and not in training.
            logits_to_keep: score only the last so many steps, or the steps with these indices; 0 is all.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            cache: the name of `past_key_values` since transformers 5.24.
            return_logits: give logits in training on labels, too, which takes half as long again.
            kwargs: `output_hidden_states`, `return_dict`, and `shift_labels` (B, T) in place of `labels`: what follows
                each step, shifted already. It has no place of its own, or `Trainer` would take it for a second column
                of labels and evaluate nothing.

        Returns:
            logits (B, T, V), but None when training on labels, which saves a third of the step; loss () in nats when
            labels were given, with `regularization` as part of it in training; past_key_values where a state was given
            or asked for.

        Raises:
            ValueError: inputs, mask, labels or state of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        shift_labels: Tensor | None = kwargs.pop("shift_labels", None)
        refuse_unknown(kwargs, self.forward)
        past_key_values = given_state(past_key_values, cache)
        targets = _targets(labels, shift_labels)
        wants_states = kwargs.get("output_hidden_states") or self.config.output_hidden_states
        if targets is None and not wants_states and self._is_one_token(input_ids, attention_mask, past_key_values):
            scores = self.score(_read_step(self.model, input_ids, past_key_values))  # (B, 1, V)
            return StepOutput(logits=scores, **state_field(past_key_values))
        if use_cache is None:
            use_cache = self.config.use_cache and not self.training
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            past_key_values=past_key_values,
            use_cache=use_cache,
            return_dict=True,
            **kwargs,
        )
        states = outputs.last_hidden_state  # (B, T, H)
        read = self.dropout(states)
        kept = slice(-logits_to_keep, None) if isinstance(logits_to_keep, int) else logits_to_keep
        loss: Tensor | None = None
        logits: Tensor | None = None
        penalty: Tensor | None = None
        if targets is None or return_logits or not self.training:
            logits = self.score(read[:, kept])  # (B, T, V)
            loss = None if targets is None else token_loss(logits, targets, num_items_in_batch)
        else:
            loss = self._loss(self.projection(read), targets, num_items_in_batch)
        if targets is not None and loss is not None:
            penalty = self._penalty(states, read, targets, num_items_in_batch)
            loss = loss if penalty is None else loss + penalty
        return RecurrentCausalLMOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
            regularization=penalty,
            **state_field(outputs.past_key_values),
        )

    def _is_one_token(self, input_ids: Tensor | None, attention_mask: Tensor | None, state: Any) -> bool:
        """Tell whether this is what `generate()` asks for, token by token, of a model that nobody watches."""
        return (
            input_ids is not None
            and input_ids.dim() == 2
            and input_ids.shape[1] == 1
            and attention_mask is None
            and isinstance(state, RecurrentCache)
            and state.batch_size == input_ids.shape[0]
            and not self.training
            and not _is_watched(self.model)
        )

    def score(self, states: Tensor) -> Tensor:
        """Give the logits (..., V) of states (..., H)."""
        return self.lm_head(self.projection(states))

    def _loss(self, read: Tensor, targets: Tensor, num_items_in_batch: Tensor | int | None) -> Tensor:
        """Give the loss in training, without the logits."""
        if self.config.adaptive_softmax_cutoffs is None:
            return head_loss(self.lm_head, read, targets, num_items_in_batch)
        return self.lm_head.loss(read, targets, num_items_in_batch)

    def _penalty(
        self, states: Tensor, read: Tensor, targets: Tensor, num_items_in_batch: Tensor | int | None
    ) -> Tensor | None:
        """Activation regularisation in training: a mean over the steps that have a target, divided as the loss is."""
        activation, temporal = self.config.activation_regularization, self.config.temporal_activation_regularization
        if not self.training or not (activation or temporal):
            return None
        counted = targets != -100  # (B, T)
        penalty = activation * read.float().square().mean(-1)[counted].sum()
        if temporal:
            changes = (states[:, 1:] - states[:, :-1]).float().square().mean(-1)  # (B, T - 1)
            penalty = penalty + temporal * changes[counted[:, 1:] & counted[:, :-1]].sum()
        return penalty / target_count(targets, num_items_in_batch)


def _read_step(model: RecurrentModel, input_ids: Tensor | None, memory: Any) -> Tensor:
    """Encode one token a row on from a state, which is moved on, in evaluation: (B, 1) to (B, 1, H).

    As the model's `forward`, without its checks and output objects, which would be a fifth of a small model's time;
    embedding and layers are called as modules, so their hooks, adapters and offloaded weights are used.
    """
    states = model.embeddings(input_ids)  # (B, 1, E)
    for layer, kept in zip(model.layers, memory.layers, strict=True):
        states, *end = layer(states, None, *kept.states)
        kept.update(tuple(end), 1)
    return states


def _is_watched(model: nn.Module) -> bool:
    """Tell whether a model has hooks, or a `forward` that was put in the place of its own, as `accelerate` does."""
    return bool(model._forward_hooks or model._forward_pre_hooks or "forward" in vars(model))


def _check_causal(config: RecurrentConfig) -> None:
    """Refuse what cannot be a language model."""
    if config.bidirectional:
        raise ValueError(
            "bidirectional=True lets a language model see the word it is to predict; "
            "use RecurrentConfig(bidirectional=False)."
        )
    if config.character_encoder != "none":
        raise ValueError(
            f"character_encoder={config.character_encoder!r} reads a word whole, and so lets a language model see the "
            "pieces it is to predict; leave it out."
        )
    if config.front != "none":
        raise ValueError(
            f"front={config.front!r} is for classifiers and taggers, not for language models; leave it out."
        )
    if config.num_features is not None:
        raise ValueError(
            f"num_features={config.num_features}: a language model reads and writes tokens, not numbers; leave it out."
        )


def _targets(labels: Tensor | None, shift_labels: Tensor | None) -> Tensor | None:
    """Return what each step is to predict, (B, T), -100 where nothing."""
    if shift_labels is not None or labels is None:
        return shift_labels
    return F.pad(labels[:, 1:], (0, 1), value=-100)


__all__ = ["RecurrentCausalLMOutput", "RecurrentForCausalLM"]
