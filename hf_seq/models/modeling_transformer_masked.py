# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Masked language model over a transformer encoder, to pretrain it on text (Devlin et al. 2019, arXiv:1810.04805).

B batch · T steps, padding included · H hidden_size · V vocabulary
"""

from torch import Tensor, nn
from transformers.activations import ACT2FN
from transformers.modeling_outputs import MaskedLMOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple

from .configuration_transformer_encoder import TransformerEncoderConfig
from .head_loss import head_loss
from .keywords import PASSED_ON, refuse_unknown
from .modeling_transformer_encoder import TransformerEncoderModel, TransformerEncoderPreTrainedModel
from .token_losses import token_loss


class TransformerEncoderForMaskedLM(TransformerEncoderPreTrainedModel):
    """A transformer encoder that tells which tokens were masked, to pretrain it on text (Devlin et al. 2019).

    The head is BERT's (arXiv:1810.04805): a layer of its own, then a score for every token of the vocabulary, from the
    token embedding itself with `tie_word_embeddings`. Classifiers and taggers load the encoder by `from_pretrained`.

    Raises:
        ValueError: when built with `num_features` or a `front`.
    """

    _tied_weights_keys = {"lm_head.weight": "model.embeddings.tokens.weight"}

    def __init__(self, config: TransformerEncoderConfig) -> None:
        if config.num_features is not None:
            raise ValueError(
                f"num_features={config.num_features}: masked language modelling reads tokens, not numbers; "
                "leave it out."
            )
        if config.front != "none":
            raise ValueError(
                f"front={config.front!r} is for classifiers and taggers, not for language models; leave it out."
            )
        super().__init__(config)
        self.model = TransformerEncoderModel(config)
        # no name of the encoder's own: loading would take the one `norm` for the other
        self.head_dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.head_activation = ACT2FN[config.hidden_act]
        self.head_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        self.post_init()

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        return_logits: bool = False,
        **kwargs: Unpack[TransformersKwargs],
    ) -> MaskedLMOutput:
        """Score every token of the vocabulary for every step.

        Args:
            input_ids: (B, T) token ids, some of them masked.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            position_ids: (B, T); by default real steps are counted from 0.
            inputs_embeds: (B, T, H) in place of `input_ids`.
            labels: (B, T) the true ids where one is to be told, -100 elsewhere.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            return_logits: give logits in training on labels, too.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            logits (B, T, V), but None when training on labels: only their steps are scored, and the head is most of the
            work; loss () in nats when labels were given.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            inputs_embeds=inputs_embeds,
            return_dict=True,
            **kwargs,
        )
        states = outputs.last_hidden_state  # (B, T, H)
        if labels is not None and labels.shape != states.shape[:2]:
            raise ValueError(
                f"labels have shape {tuple(labels.shape)}, the inputs {tuple(states.shape[:2])}; both must be "
                "(batch, steps)."
            )
        loss = logits = None
        if labels is not None and self.training and not return_logits:
            asked = labels != -100  # (B, T)
            loss = head_loss(self.lm_head, self.transform(states[asked]), labels[asked], num_items_in_batch)
        else:
            logits = self.score(states)  # (B, T, V)
            loss = None if labels is None else token_loss(logits, labels, num_items_in_batch)
        return MaskedLMOutput(
            loss=loss, logits=logits, hidden_states=outputs.hidden_states, attentions=outputs.attentions
        )

    def score(self, states: Tensor) -> Tensor:
        """Give the logits (..., V) of states (..., H)."""
        return self.lm_head(self.transform(states))

    def transform(self, states: Tensor) -> Tensor:
        """Give what the last layer of the head reads, (..., H)."""
        return self.head_norm(self.head_activation(self.head_dense(states)))


__all__ = ["TransformerEncoderForMaskedLM"]
