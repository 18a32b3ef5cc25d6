# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A small model of every kind that `hf_seq.load` opens, ours and transformers', and what each answers by hand."""

import numpy as np
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertForTokenClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertForTokenClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    MarianConfig,
    MarianMTModel,
    T5Config,
    T5ForConditionalGeneration,
)

import hf_seq
from hf_seq.text.pairs import end_texts

TEXTS = ["the cat sees a dog", "Ada meets the old dog in Rome", "cat"]
SERIES = [np.sin(np.arange(steps)[:, None] * [[0.3, 1.1]]).astype(np.float32) for steps in (5, 9, 2)]
SMALL = {"hidden_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
RECURRENT = {"embedding_size": 6, "hidden_size": 12}
DISTIL = {"dim": 12, "n_layers": 1, "n_heads": 2, "hidden_dim": 16}
GPT = {"n_embd": 12, "n_layer": 1, "n_head": 2}
THREE = {"id2label": {0: "bad", 1: "good", 2: "mixed"}}
TAGS = {"id2label": {0: "X", 1: "NOUN", 2: "VERB"}}
PIECES = {"d_model": 12, "d_kv": 6, "d_ff": 16, "num_layers": 1, "num_heads": 2}
MARIAN = {"d_model": 12, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2}
MARIAN |= {"decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}


def _ours(family, head, **fields):
    return lambda tokenizer: getattr(hf_seq, family + head)(
        getattr(hf_seq, family + "Config")(vocab_size=len(tokenizer), **fields)
    )


def _theirs(model, config, **fields):
    return lambda tokenizer: model(config(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **fields))


def _writing(model):
    """Have a sequence-to-sequence model begin and end its texts as the tokenizer does."""

    def make(tokenizer):
        made = model(tokenizer)
        for config in (made.config, made.generation_config):
            config.eos_token_id, config.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
            config.decoder_start_token_id = tokenizer.bos_token_id
        made.generation_config.max_new_tokens = 6
        return made

    return make


MODELS = {
    "Predictor": {
        "recurrent": _ours("Recurrent", "ForSequenceClassification", **RECURRENT, **THREE),
        "multi-label": _ours(
            "Recurrent", "ForSequenceClassification", problem_type="multi_label_classification", **RECURRENT, **THREE
        ),
        "regression": _ours(
            "TransformerEncoder", "ForSequenceClassification", problem_type="regression", num_labels=1, **SMALL
        ),
        "distilbert": _theirs(DistilBertForSequenceClassification, DistilBertConfig, **DISTIL, **THREE),
        "bert": _theirs(BertForSequenceClassification, BertConfig, **SMALL, **THREE),
        "gpt2": _theirs(GPT2ForSequenceClassification, GPT2Config, **GPT, **THREE),
    },
    "TaggingPredictor": {
        "recurrent": _ours("Recurrent", "ForTokenClassification", **RECURRENT, **TAGS),
        "crf": _ours("Recurrent", "ForTokenClassification", use_crf=True, **RECURRENT, **TAGS),
        "transformer": _ours("TransformerEncoder", "ForTokenClassification", **SMALL, **TAGS),
        "distilbert": _theirs(DistilBertForTokenClassification, DistilBertConfig, **DISTIL, **TAGS),
        "bert": _theirs(BertForTokenClassification, BertConfig, **SMALL, **TAGS),
    },
    "SeriesPredictor": {
        "recurrent": _ours("Recurrent", "ForSequenceClassification", num_features=2, **RECURRENT, **THREE),
        "transformer": _ours("TransformerEncoder", "ForSequenceClassification", num_features=2, **SMALL, **THREE),
    },
    "SeriesTagger": {
        "recurrent": _ours("Recurrent", "ForTokenClassification", num_features=2, **RECURRENT, **TAGS),
        "crf": _ours("Recurrent", "ForTokenClassification", num_features=2, use_crf=True, **RECURRENT, **TAGS),
    },
    "LanguageModel": {
        "recurrent": _ours("Recurrent", "ForCausalLM", bidirectional=False, bos_token_id=2, **RECURRENT),
        "gpt2": _theirs(GPT2LMHeadModel, GPT2Config, bos_token_id=2, **GPT),
    },
    "MaskedLanguageModel": {
        "transformer": _ours("TransformerEncoder", "ForMaskedLM", **SMALL),
        "bert": _theirs(BertForMaskedLM, BertConfig, **SMALL),
    },
    "Translator": {
        "recurrent": _writing(_ours("RecurrentSeq2Seq", "ForConditionalGeneration", **RECURRENT)),
        "transformer": _writing(_ours("TransformerSeq2Seq", "ForConditionalGeneration", **SMALL)),
        "t5": _writing(_theirs(T5ForConditionalGeneration, T5Config, **PIECES)),
        "marian": _writing(_theirs(MarianMTModel, MarianConfig, decoder_start_token_id=2, eos_token_id=3, **MARIAN)),
    },
}
"""By predictor and name: from a tokenizer to a model."""


def make(predictor, name):
    """Build a model with random weights everywhere, and what reads its inputs."""
    torch.manual_seed(0)
    words = "tagging" if predictor == "TaggingPredictor" else None
    options = {"words": words} if words else {}
    texts = [text.split() for text in TEXTS] if words else TEXTS
    tokenizer = hf_seq.train_tokenizer(texts, kind="word", vocab_size=60, min_frequency=1, **options)
    if predictor == "Translator":
        tokenizer = end_texts(tokenizer)
    model = MODELS[predictor][name](tokenizer).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight.data, std=0.5)
    if hasattr(model, "read_vocabulary") and "Series" not in predictor:
        model.read_vocabulary(tokenizer)
    if predictor.startswith("Series"):
        return model, hf_seq.SeriesFeatureExtractor(feature_size=2, mean=[0.1, 0.2], std=[1.5, 0.5])
    return model, tokenizer


@torch.no_grad()
def answer_by_hand(predictor, model, processor, given):
    """Call the model of transformers as its documentation says, and make of it what the predictor promises."""
    if predictor == "Translator":
        ids = processor(given, return_tensors="pt")["input_ids"]
        (written,) = model.generate(input_ids=ids)
        text = processor.decode(written, skip_special_tokens=True).strip()
        return {"source": given, "target": text, "finished": processor.eos_token_id in written[1:]}
    if predictor == "LanguageModel":
        ids = torch.tensor([[model.config.bos_token_id, *processor(given)["input_ids"], processor.eos_token_id]])
        nats = model(ids, labels=ids).loss.item() * (ids.shape[1] - 1)
        return {"text": given, "nats_per_character": nats / len(given), "tokens": ids.shape[1] - 1}
    outputs = model(**processor(given, return_tensors="pt"))
    names = model.config.id2label
    if predictor == "MaskedLanguageModel":
        return {"text": given, "filled": []}
    if predictor in ("TaggingPredictor", "SeriesTagger"):
        path = getattr(outputs, "best_path", None)
        return [names[tag] for tag in (outputs.logits.argmax(-1) if path is None else path)[0].tolist()]
    logits = outputs.logits[0]
    if model.config.problem_type == "regression":
        return {"score": logits.item()}
    if model.config.problem_type == "multi_label_classification":
        kept = [(names[i], score) for i, score in enumerate(logits.sigmoid().tolist()) if score > 0.5]
        return {"labels": [name for name, _ in kept], "scores": [score for _, score in kept]}
    score, best = logits.softmax(-1).max(-1)
    return {"label": names[best.item()], "score": score.item()}
