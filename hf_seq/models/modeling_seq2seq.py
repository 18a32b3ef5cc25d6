# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What both sequence-to-sequence families do alike: encode, shift the target, decode, score, hand over to generate().

B batch · S source steps · T target steps, padding included · E width of an input · H width of a decoder's output
V vocabulary of the target
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import EncoderDecoderCache
from transformers.modeling_outputs import (
    BaseModelOutput,
    BaseModelOutputWithPastAndCrossAttentions,
    Seq2SeqLMOutput,
    Seq2SeqModelOutput,
)
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple

from .configuration_seq2seq import Seq2SeqConfig
from .head_loss import head_loss, step_scores
from .keywords import PASSED_ON, STATE, StateOutput, given_state, refuse_unknown, rename_state, state_field
from .modeling_sequence import SequencePreTrainedModel
from .stepping import StepwiseGenerationMixin
from .token_losses import token_loss


@dataclass
class DecoderOutput(StateOutput, BaseModelOutputWithPastAndCrossAttentions):
    """`BaseModelOutputWithPastAndCrossAttentions` whose state answers to both of its names."""


@dataclass
class EncoderDecoderOutput(StateOutput, Seq2SeqModelOutput):
    """`Seq2SeqModelOutput` whose state answers to both of its names."""


@dataclass
class ConditionalGenerationOutput(StateOutput, Seq2SeqLMOutput):
    """`Seq2SeqLMOutput` whose state answers to both of its names."""


def shift_right(labels: Tensor, start_token_id: int | None, pad_token_id: int | None) -> Tensor:
    """Return what the decoder reads to predict the labels: the start token, then the labels but for the last; (B, T).

    Args:
        labels: (B, T), -100 where there is none.
        start_token_id: `decoder_start_token_id`.
        pad_token_id: stands where the labels have -100.

    Raises:
        ValueError: the configuration names no start token.
    """
    if start_token_id is None:
        raise ValueError("decoder_start_token_id is None; set it in the configuration, [BOS] is usual.")
    shifted = labels.new_empty(labels.shape)
    shifted[:, 0] = start_token_id
    shifted[:, 1:] = labels[:, :-1]
    return shifted.masked_fill_(shifted == -100, 0 if pad_token_id is None else pad_token_id)


class Seq2SeqPreTrainedModel(SequencePreTrainedModel):
    """Base of the encoder-decoders: which embeddings are one."""

    config: Any

    @property
    def _embeddings(self) -> Any:
        return getattr(self.base_model, "encoder", self.base_model).embeddings

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the source's embedding, and the target's where they are one."""
        super().set_input_embeddings(value)
        decoder: Any = getattr(self.base_model, "decoder", None)
        if self.config.share_embeddings and decoder is not None:
            decoder.embeddings.tokens = value

    def get_expanded_tied_weights_keys(self, all_submodels: bool = False) -> dict:
        """As in transformers; a shared embedding is one whether or not the output matrix is tied to it."""
        return super().get_expanded_tied_weights_keys(True) if all_submodels else dict(self._tied_weights_keys or {})

    def resize_token_embeddings(self, *args: Any, **kwargs: Any) -> nn.Embedding:
        """As in transformers, for models whose source and target share one embedding.

        Raises:
            ValueError: the model has two embeddings.
        """
        if not self.config.share_embeddings and (args or kwargs):
            raise ValueError(
                "source and target have embeddings of their own (share_embeddings=False), so there is no one size to "
                "change; make a model of the new sizes and copy the weights."
            )
        return super().resize_token_embeddings(*args, **kwargs)


class EncoderDecoder(Seq2SeqPreTrainedModel):
    """Base of the models of an encoder and a decoder; a family's class makes both."""

    encoder: nn.Module
    decoder: nn.Module

    def tie_parts(self, config: Seq2SeqConfig) -> None:
        """Say which embeddings are one, and start the weights."""
        if config.share_embeddings:
            self._tied_weights_keys = {"decoder.embeddings.tokens.weight": "encoder.embeddings.tokens.weight"}
        self.post_init()

    def encode(
        self,
        input_ids: Tensor | None,
        attention_mask: Tensor | None,
        inputs_embeds: Tensor | None,
        encoder_outputs: Any,
        **kwargs: Any,
    ) -> BaseModelOutput:
        """Give the encoder's output, computed now or before (then as an output object or a tuple)."""
        if encoder_outputs is None:
            inputs = {"input_ids": input_ids, "attention_mask": attention_mask, "inputs_embeds": inputs_embeds}
            return self.encoder(**inputs, return_dict=True, **kwargs)
        return BaseModelOutput(*encoder_outputs) if isinstance(encoder_outputs, tuple | list) else encoder_outputs

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: BaseModelOutput | tuple[Tensor, ...] | None = None,
        past_key_values: EncoderDecoderCache | None = None,
        inputs_embeds: Tensor | None = None,
        decoder_inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        cache: EncoderDecoderCache | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> EncoderDecoderOutput:
        """Read a source and the target so far.

        Args:
            input_ids: (B, S) source ids.
            attention_mask: (B, S) 1 on real source steps, 0 on padding, which may stand anywhere; all ones if absent.
            decoder_input_ids: (B, T) target ids, shifted: the start token first.
            decoder_attention_mask: (B, P + T) likewise for the target, P steps being in `past_key_values`.
            encoder_outputs: what the encoder gave before, in place of `input_ids`.
            past_key_values: what was kept of P earlier target steps and of the source.
            inputs_embeds: (B, S, E) in place of `input_ids`.
            decoder_inputs_embeds: (B, T, E) in place of `decoder_input_ids`.
            use_cache: give `past_key_values`.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `output_attentions` (self- and cross-attention), `return_dict`.

        Returns:
            last_hidden_state (B, T, H), and the encoder's outputs.

        Raises:
            ValueError: inputs or masks of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        past_key_values = given_state(past_key_values, cache)
        if decoder_input_ids is None and decoder_inputs_embeds is None:
            raise ValueError("give decoder_input_ids (B, T), the start token first; a head makes them from labels.")
        encoded = self.encode(input_ids, attention_mask, inputs_embeds, encoder_outputs, **kwargs)
        decoded = self.decoder(
            input_ids=decoder_input_ids,
            attention_mask=decoder_attention_mask,
            encoder_hidden_states=encoded.last_hidden_state,
            encoder_attention_mask=attention_mask,
            past_key_values=past_key_values,
            inputs_embeds=decoder_inputs_embeds,
            use_cache=use_cache,
            return_dict=True,
            **kwargs,
        )
        return EncoderDecoderOutput(
            last_hidden_state=decoded.last_hidden_state,
            decoder_hidden_states=decoded.hidden_states,
            decoder_attentions=decoded.attentions,
            cross_attentions=decoded.cross_attentions,
            encoder_last_hidden_state=encoded.last_hidden_state,
            encoder_hidden_states=encoded.hidden_states,
            encoder_attentions=encoded.attentions,
            **state_field(decoded.past_key_values),
        )


_NOT_FORWARDED = frozenset({"labels", "next_sequence_length", "is_first_iteration", "inputs_embeds"})


class ConditionalGeneration(Seq2SeqPreTrainedModel, StepwiseGenerationMixin):
    """Base of the models that score every token of the target's vocabulary at every target step, and write."""

    model: Any

    def make_head(self, config: Seq2SeqConfig, width: int) -> None:
        """Make the output matrix over what the decoder gives, and start the weights."""
        self.lm_head = nn.Linear(width, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            side = "encoder" if config.share_embeddings else "decoder"
            self._tied_weights_keys = {"lm_head.weight": f"model.{side}.embeddings.tokens.weight"}
        self.post_init()

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: BaseModelOutput | tuple[Tensor, ...] | None = None,
        past_key_values: EncoderDecoderCache | None = None,
        inputs_embeds: Tensor | None = None,
        decoder_inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        num_items_in_batch: Tensor | int | None = None,
        smoothing: float = 0.0,
        cache: EncoderDecoderCache | None = None,
        logits_to_keep: int | Tensor = 0,
        return_logits: bool = False,
        **kwargs: Unpack[TransformersKwargs],
    ) -> ConditionalGenerationOutput:
        """Score every token of the vocabulary as the next one.

        In training with labels the output matrix is multiplied at labelled steps only, and `logits` is None.

        Args:
            input_ids: (B, S) source ids.
            attention_mask: (B, S) 1 on real source steps, 0 on padding, which may stand anywhere; all ones if absent.
            decoder_input_ids: (B, T) target ids, the start token first; made from `labels` where those are given alone.
            decoder_attention_mask: (B, P + T) likewise for the target, P steps being in `past_key_values`.
            encoder_outputs: what the encoder gave before, in place of `input_ids`.
            past_key_values: what was kept of P earlier target steps and of the source.
            inputs_embeds: (B, S, E) in place of `input_ids`.
            decoder_inputs_embeds: (B, T, E) in place of `decoder_input_ids`.
            labels: (B, T) target ids, the end token last, -100 on padding; not shifted.
            use_cache: give `past_key_values`.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            logits_to_keep: score only the last so many steps, or the steps with these indices; 0 is all. With labels
                all are scored.
            return_logits: give logits in training on labels, too.
            smoothing: of the labels in the loss; `Trainer`'s `label_smoothing_factor` gives the same, but slower.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            logits (B, T, V); loss () when labels were given.

        Raises:
            ValueError: inputs, masks or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        if labels is not None:
            use_cache = False
            if decoder_input_ids is None and decoder_inputs_embeds is None:
                decoder_input_ids = self.prepare_decoder_input_ids_from_labels(labels)
                if self.training and self.config.scheduled_sampling:
                    encoder_outputs = self.model.encode(
                        input_ids, attention_mask, inputs_embeds, encoder_outputs, **kwargs
                    )
                    decoder_input_ids = self._mix_in_predictions(decoder_input_ids, attention_mask, encoder_outputs)
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            decoder_input_ids=decoder_input_ids,
            decoder_attention_mask=decoder_attention_mask,
            encoder_outputs=encoder_outputs,
            past_key_values=given_state(past_key_values, cache),
            inputs_embeds=inputs_embeds,
            decoder_inputs_embeds=decoder_inputs_embeds,
            use_cache=use_cache,
            return_dict=True,
            **kwargs,
        )
        states = outputs.last_hidden_state  # (B, T, H)
        loss: Tensor | None = None
        logits: Tensor | None
        if labels is None:
            kept = slice(-logits_to_keep, None) if isinstance(logits_to_keep, int) else logits_to_keep
            logits = step_scores(self.lm_head, states[:, kept])
        else:
            wanted = return_logits or not self.training
            loss, logits = self._score(states, labels, num_items_in_batch, smoothing, wanted)
        return ConditionalGenerationOutput(
            loss=loss,
            logits=logits,
            decoder_hidden_states=outputs.decoder_hidden_states,
            decoder_attentions=outputs.decoder_attentions,
            cross_attentions=outputs.cross_attentions,
            encoder_last_hidden_state=outputs.encoder_last_hidden_state,
            encoder_hidden_states=outputs.encoder_hidden_states,
            encoder_attentions=outputs.encoder_attentions,
            **state_field(outputs.past_key_values),
        )

    def save_pretrained(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the code of the pipeline that writes, if the code of the model is saved."""
        from .pipeline_writing import shipped_pipelines  # this line makes transformers save that file beside this one

        if self._auto_class is not None:
            self.config.custom_pipelines = shipped_pipelines()
        super().save_pretrained(*args, **kwargs)

    def prepare_inputs_for_generation(self, input_ids: Tensor, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what `generate()` calls the model with, as in transformers, which takes 50 µs longer for a step."""
        rename_state(kwargs)
        cache, steps = kwargs.get(STATE), kwargs.get("next_sequence_length")
        library: Any = super()
        usual = not (args or kwargs.get("is_first_iteration") or cache is None or cache.is_compileable)
        if not usual or steps is None or input_ids.device != self.lm_head.weight.device:
            return library.prepare_inputs_for_generation(input_ids, *args, **kwargs)
        kept = {name: value for name, value in kwargs.items() if name not in _NOT_FORWARDED}
        return {"decoder_input_ids": input_ids[:, -steps:].contiguous(), **kept}

    def _prepare_cache_for_generation(
        self, generation_config: Any, model_kwargs: dict, *args: Any, **kwargs: Any
    ) -> Any:
        """As in transformers; a state that was given is taken by either of its names."""
        library: Any = super()
        own: Any = type(self)
        if "static" in str(generation_config.cache_implementation) and own._supports_default_dynamic_cache():
            raise ValueError(
                f"cache_implementation={generation_config.cache_implementation!r} is not supported by this model; "
                "leave it out, or use 'dynamic'."
            )
        rename_state(model_kwargs)
        return library._prepare_cache_for_generation(generation_config, model_kwargs, *args, **kwargs)

    def prepare_decoder_input_ids_from_labels(self, labels: Tensor) -> Tensor:
        """Return what the decoder reads to predict the labels (B, T), by the name that collators ask for."""
        return shift_right(labels, self.config.decoder_start_token_id, self.config.pad_token_id)

    def _score(
        self, states: Tensor, labels: Tensor, num_items_in_batch: Tensor | int | None, smoothing: float, wanted: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Give the loss, and the logits (B, T, V) where they are wanted."""
        if labels.shape != states.shape[:2]:
            raise ValueError(
                f"labels have shape {tuple(labels.shape)}, the decoder read {tuple(states.shape[:2])} steps; "
                "both must be (batch, target steps)."
            )
        if wanted:
            logits = self.lm_head(states)
            return token_loss(logits, labels, num_items_in_batch, smoothing), logits
        return head_loss(self.lm_head, states, labels, num_items_in_batch, smoothing), None

    @torch.no_grad()
    def _mix_in_predictions(self, decoder_input_ids: Tensor, attention_mask: Tensor | None, encoded: Any) -> Tensor:
        """Put the model's own prediction in the place of a share of the true tokens, (B, T); the start token stays."""
        states = self.model(
            attention_mask=attention_mask,
            decoder_input_ids=decoder_input_ids,
            encoder_outputs=encoded,
            use_cache=False,
            return_dict=True,
        ).last_hidden_state
        predicted = self.lm_head(states).argmax(-1)[:, :-1]  # (B, T - 1) what stands one step later
        mixed = decoder_input_ids.clone()
        chosen = torch.rand(predicted.shape, device=predicted.device) < self.config.scheduled_sampling
        mixed[:, 1:] = torch.where(chosen, predicted, mixed[:, 1:])
        return mixed


__all__ = ["ConditionalGeneration", "EncoderDecoder", "Seq2SeqPreTrainedModel", "shift_right"]
