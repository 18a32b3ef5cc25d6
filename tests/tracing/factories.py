# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tiny models of every family and head, all parameters random, and a tokenizer of a few words for them."""

from functools import partial

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import (
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertForSequenceClassification,
    DistilBertForTokenClassification,
    PreTrainedTokenizerFast,
)

import hf_seq
from hf_seq import RecurrentConfig, TransformerEncoderConfig

WORDS = ["the", "film", "was", "good", "bad", "not", "at", "all", "very", "plot", "fine", "dull", "."]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = len(SPECIAL) + len(WORDS)
LABELS = {0: "negative", 1: "neutral", 2: "positive"}
TAGS = {0: "O", 1: "B-PER", 2: "I-PER"}
TEXT = "the film was not bad at all ."
FEATURES = 3


def make_tokenizer(
    *, lowercase: bool = True, special: bool = False, limit: int | None = None
) -> PreTrainedTokenizerFast:
    """Words apart at blanks; what is not in `WORDS` is unknown."""
    backend = Tokenizer(models.WordLevel({word: i for i, word in enumerate(SPECIAL + WORDS)}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if lowercase:
        backend.normalizer = normalizers.Lowercase()
    if special:
        backend.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    length = {} if limit is None else {"model_max_length": limit}
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="[SEP]", **names, **length)


def perturb(model: nn.Module, seed: int = 0, scale: float = 0.5) -> nn.Module:
    """Draw every parameter from a normal distribution; biases and padding vectors, too."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(scale * torch.randn(parameter.shape, generator=draw))
    return model.eval()


def make_recurrent(head: str = "SequenceClassification", **settings) -> nn.Module:
    """E 6, H 10, I is not there, V 18."""
    sizes = {"vocab_size": VOCABULARY, "embedding_size": 6, "hidden_size": 10, "num_hidden_layers": 2}
    names = {"id2label": TAGS if head == "TokenClassification" else LABELS} if head != "CausalLM" else {}
    config = RecurrentConfig(**sizes | names | {"eos_token_id": 3} | settings)
    return perturb(getattr(hf_seq, f"RecurrentFor{head}")(config))


def make_speller(characters: str) -> nn.Module:
    """A tagger that reads letters, too, and knows those of `make_tokenizer`."""
    model = make_recurrent("TokenClassification", use_crf=True, character_encoder=characters, character_hidden_size=4)
    model.read_vocabulary(make_tokenizer())
    return model


def make_transformer(head: str = "SequenceClassification", **settings) -> nn.Module:
    """H 8, N 2, I 14, V 18; 16 positions where they are learned."""
    sizes = {"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2}
    more = {"intermediate_size": 14, "max_position_embeddings": 16}
    names = {"id2label": TAGS if head == "TokenClassification" else LABELS}
    config = TransformerEncoderConfig(**sizes | more | names | settings)
    return perturb(getattr(hf_seq, f"TransformerEncoderFor{head}")(config))


def make_seq2seq(family: str, **settings) -> nn.Module:
    """H 8, V 18, two layers on each side."""
    sizes = {"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 2, "decoder_start_token_id": 2}
    more = {"embedding_size": 6} if family == "Recurrent" else {"num_attention_heads": 2, "intermediate_size": 14}
    config = getattr(hf_seq, f"{family}Seq2SeqConfig")(**sizes | more | settings)
    return perturb(getattr(hf_seq, f"{family}Seq2SeqForConditionalGeneration")(config))


def make_distilbert(head: type = DistilBertForSequenceClassification, **settings) -> nn.Module:
    """H 8, N 2, I 14, V 18, 16 positions."""
    sizes = {"dim": 8, "hidden_dim": 14, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 16}
    names = {"id2label": TAGS if head is DistilBertForTokenClassification else LABELS}
    return perturb(head(DistilBertConfig(vocab_size=VOCABULARY, **sizes | names | settings)))


MODELS = {
    "lstm-attention": partial(make_recurrent, pooling="attention"),
    "gru-last": partial(make_recurrent, cell_type="gru", bidirectional=False, pooling="last"),
    "rnn-max": partial(make_recurrent, cell_type="rnn"),
    "lstm-tags": partial(make_recurrent, "TokenClassification"),
    "lstm-crf": partial(make_recurrent, "TokenClassification", use_crf=True),
    "lstm-letters": partial(make_speller, "cnn"),
    "lstm-spelling": partial(make_speller, "lstm"),
    "lstm-lm": partial(make_recurrent, "CausalLM", bidirectional=False),
    "gru-lm": partial(make_recurrent, "CausalLM", cell_type="gru", bidirectional=False),
    "transformer-learned": partial(make_transformer, position_embedding="learned"),
    "transformer-rotary": partial(make_transformer, position_embedding="rotary", norm_first=False, pooling="attention"),
    "transformer-crf": partial(make_transformer, "TokenClassification", use_crf=True),
    "transformer-masked": partial(make_transformer, "MaskedLM"),
    "lstm-seq2seq": partial(make_seq2seq, "Recurrent"),
    "gru-seq2seq": partial(make_seq2seq, "Recurrent", cell_type="gru", attention="additive"),
    "transformer-seq2seq": partial(make_seq2seq, "Transformer"),
    "distilbert": make_distilbert,
    "distilbert-tags": partial(make_distilbert, DistilBertForTokenClassification),
    "distilbert-masked": partial(make_distilbert, DistilBertForMaskedLM),
}
NUMERIC = {
    "lstm-numbers": partial(make_recurrent, num_features=FEATURES, pooling="attention"),
    "transformer-numbers": partial(make_transformer, num_features=FEATURES),
    "lstm-number-tags": partial(make_recurrent, "TokenClassification", num_features=FEATURES),
}
