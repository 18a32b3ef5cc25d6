# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What both sequence-to-sequence families configure: vocabularies, depth, the tokens that begin and end a target."""

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

from .configuration_format import FORMAT, CheckedFormat
from .configuration_sequence import SequenceConfig


@strict
class Seq2SeqConfig(CheckedFormat, PreTrainedConfig):
    """Fields that both encoder-decoders share.

    Args:
        vocab_size: rows of the target's embedding, and of the source's where they share a vocabulary.
        source_vocab_size: rows of the source's embedding where it has a vocabulary of its own; None where shared.
        hidden_size: width H of the states.
        num_hidden_layers: layers of the encoder.
        decoder_layers: layers of the decoder; None is as many as the encoder has.
        share_embeddings: source and target look up one embedding; needs one vocabulary.
        tie_word_embeddings: the target's embedding is the output matrix, too; with `share_embeddings` all three are one
            (Press & Wolf 2017, arXiv:1608.05859).
        token_dropout: share of source and target steps that are blanked in training.
        word_dropout: share of the vocabulary that is blanked in training, every place of a word in a batch alike (Gal &
            Ghahramani 2016, arXiv:1512.05287).
        embedding_dropout: dropout on what enters the first layers.
        hidden_dropout: dropout between layers.
        scheduled_sampling: share of target steps that see the model's own last prediction in training in place of the
            true token (Bengio et al. 2015, arXiv:1506.03099), predicted for all steps at once by a first pass
            (Mihaylova & Martins 2019, arXiv:1906.07651). 0 is teacher forcing.
        initializer_range: standard deviation of the embeddings at the start; None is 1 / sqrt(their width).
        pad_token_id: padding, in both vocabularies.
        bos_token_id: not used by the models themselves.
        eos_token_id: ends a target.
        decoder_start_token_id: what the decoder reads before the first target token.
        use_cache: keep keys, values and states while generating.
        format_version: of what is saved; an hf_seq that knows only older ones refuses to read it.

    Raises:
        StrictDataclassError: a value of the wrong type or out of its range, with what to write instead.
    """

    keys_to_ignore_at_inference = ["past_key_values", "cache"]
    num_features = None  # text only; the encoders of the other families ask
    freeze_embeddings = False
    front = "none"

    vocab_size: int = 8_000
    source_vocab_size: int | None = None
    hidden_size: int = 256
    num_hidden_layers: int = 3
    decoder_layers: int | None = None
    share_embeddings: bool = True
    tie_word_embeddings: bool = True
    token_dropout: float | int = 0.0
    word_dropout: float | int = 0.0
    embedding_dropout: float | int = 0.1
    hidden_dropout: float | int = 0.1
    scheduled_sampling: float | int = 0.0
    initializer_range: float | int | None = None
    pad_token_id: int | None = 0
    bos_token_id: int | None = 2
    eos_token_id: int | list[int] | None = 3
    decoder_start_token_id: int | None = 2
    is_encoder_decoder: bool = True
    use_cache: bool = True
    format_version: int = FORMAT

    validate_sizes = SequenceConfig.validate_sizes
    validate_dropouts = SequenceConfig.validate_dropouts

    def __post_init__(self, **kwargs: object) -> None:
        if self.decoder_layers is None:
            self.decoder_layers = self.num_hidden_layers
        super().__post_init__(**kwargs)

    def validate_vocabularies(self) -> None:
        """One vocabulary where the embedding is shared; the special tokens are rows of it."""
        if self.decoder_layers is not None and self.decoder_layers < 1:
            raise ValueError(f"decoder_layers={self.decoder_layers} must be 1 or more.")
        if self.source_vocab_size is not None:
            if self.source_vocab_size < 1:
                raise ValueError(f"source_vocab_size={self.source_vocab_size} must be 1 or more.")
            if self.share_embeddings:
                raise ValueError(
                    f"source_vocab_size={self.source_vocab_size} is a vocabulary of its own, so the embedding cannot "
                    "be shared; set share_embeddings=False, or leave source_vocab_size out."
                )
        eos = self.eos_token_id if isinstance(self.eos_token_id, list) else [self.eos_token_id]
        for name, token in [
            ("decoder_start_token_id", self.decoder_start_token_id),
            *(("eos_token_id", e) for e in eos),
        ]:
            if token is not None and not 0 <= token < self.vocab_size:
                raise ValueError(
                    f"{name}={token} is not a row of an embedding with vocab_size={self.vocab_size}; "
                    f"use an id from 0 to {self.vocab_size - 1}."
                )

    def validate_scheduled_sampling(self) -> None:
        """Check that `scheduled_sampling` is a share of the steps."""
        if not 0 <= self.scheduled_sampling <= 1:
            raise ValueError(f"scheduled_sampling={self.scheduled_sampling} is not a share; use a number from 0 to 1.")


__all__ = ["Seq2SeqConfig"]
