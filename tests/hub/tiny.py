# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A tiny model of every family and head there is, saved as a finished run would leave it.

As a script: `python tiny.py FOLDER`, so that tests need not import torch themselves. A new head joins by a line here.
"""

import sys
from pathlib import Path

SECRET = "hf_" + "S" * 34
LABELS = {"id2label": {0: "bad", 1: "good", 2: "<b>mixed</b>"}, "label2id": {"bad": 0, "good": 1, "<b>mixed</b>": 2}}
RECURRENT = {"embedding_size": 6}
LETTERS = {"use_crf": True, "character_encoder": "cnn", "character_embedding_size": 3, "character_hidden_size": 4}
SERIES = {"cell_type": "gru", "num_features": 3}
TRANSFORMER = {"num_attention_heads": 2, "intermediate_size": 9}
KINDS = {
    "bilstm": ("Recurrent", "ForSequenceClassification", RECURRENT | LABELS | {"pooling": "attention"}),
    "encoder": ("TransformerEncoder", "ForSequenceClassification", TRANSFORMER | LABELS),
    "bilstm-crf": ("Recurrent", "ForTokenClassification", RECURRENT | LABELS | {"use_crf": True}),
    "bilstm-letters": ("Recurrent", "ForTokenClassification", RECURRENT | LABELS | LETTERS),
    "encoder-tagger": ("TransformerEncoder", "ForTokenClassification", TRANSFORMER | LABELS),
    "lstm-lm": ("Recurrent", "ForCausalLM", RECURRENT | {"bidirectional": False}),
    "masked-lm": ("TransformerEncoder", "ForMaskedLM", TRANSFORMER),
    "lstm-seq2seq": ("RecurrentSeq2Seq", "ForConditionalGeneration", RECURRENT | {"num_hidden_layers": 1}),
    "transformer-seq2seq": ("TransformerSeq2Seq", "ForConditionalGeneration", TRANSFORMER),
    "gru-series": ("Recurrent", "ForSequenceClassification", RECURRENT | LABELS | SERIES),
}
"""Name: family, head, configuration fields."""
TASKS = {
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForCausalLM": "text-generation",
    "ForMaskedLM": "fill-mask",
    "ForConditionalGeneration": "translation",
}
TEXTS = ["a fine film , truly", "not bad at all", "the plot is thin but the cast is good", "Maria lives in Lisbon ."]


def save(name: str, folder: Path) -> None:
    """Write one model with its tokenizer (or feature extractor), and beside it what must never leave the machine."""
    import torch

    import hf_seq

    family, head, fields = KINDS[name]
    tokenizer = hf_seq.train_tokenizer(TEXTS, kind="word", vocab_size=60, min_frequency=1)
    special = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": tokenizer.bos_token_id}
    special |= {"decoder_start_token_id": tokenizer.bos_token_id} if "Seq2Seq" in family else {}
    config = getattr(hf_seq, family + "Config")(vocab_size=len(tokenizer), hidden_size=8, **special, **fields)
    torch.manual_seed(0)
    model = getattr(hf_seq, family + head)(config)
    for weight in model.parameters():
        torch.nn.init.normal_(weight.data, std=0.5)
    if hasattr(model, "read_vocabulary") and "num_features" not in fields:
        model.read_vocabulary(tokenizer)
    model.save_pretrained(folder)
    if "num_features" in fields:
        hf_seq.SeriesFeatureExtractor(feature_size=3).save_pretrained(folder)
    else:
        tokenizer.save_pretrained(folder)
    write_record(name, folder)
    (folder / "optimizer.pt").write_bytes(b"state")
    (folder / "training_args.bin").write_bytes(b"pickle")
    (folder / "train.csv").write_text("text,label\na private text,good\n")
    (folder / "predictions.jsonl").write_text('{"row": 0, "gold": 1, "scores": [0.1, 0.9, 0.0]}\n')
    (folder / "checkpoint-3").mkdir()
    (folder / "checkpoint-3" / "model.safetensors").write_bytes(b"weights")


def write_record(name: str, folder: Path) -> None:
    """A record as `hf-seq train` writes it on somebody's machine."""
    from hf_seq.reports.record import Record

    _, head, _ = KINDS[name]
    Record(
        task=TASKS[head],
        model=name.partition("-")[0],
        data="/home/ann/secret-client/reviews.csv",
        split="test",
        metric="accuracy",
        score=84.9,
        interval=[82.0, 87.1],
        n=872,
        seed=0,
        parameters=1234,
        parameters_without_embeddings=234,
        bytes=5678,
        latency_ms={"p50": 0.61, "p95": 0.92},
        throughput_per_s=7000.0,
        train_seconds=12.5,
        label_names=["bad", "good", "<b>mixed</b>"],
        recipe={"data": "/home/ann/secret-client/reviews.csv", "model": name, "learning_rate": 0.001},
        notes=["read from /home/ann/secret-client/reviews", "a|pipe and <script>alert(1)</script>"],
        command=f"hf-seq train --data /home/ann/secret-client/reviews.csv --hub_token {SECRET} --output_dir ~/runs/x",
    ).write(folder)


def main(folder: Path) -> None:
    """Save every kind there is."""
    import hf_seq

    for name, (family, head, _) in KINDS.items():
        if hasattr(hf_seq, family + head):
            save(name, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
