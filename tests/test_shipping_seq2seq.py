# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Encoder-decoders write the same texts where hf_seq cannot be imported: by Auto classes and by their own pipeline."""

import json
from pathlib import Path

import pytest
import torch

import hf_seq
from hf_seq.text.pairs import TwoTokenizers, end_texts

from .test_shipping import RECURRENT, SOURCES, STATES, TRANSFORMER, WITH_HF_SEQ, WITHOUT_HF_SEQ, run

TEXTS = ["ein Hund rennt", "", "zwei rote Katzen sitzen auf dem Dach. ein Hund rennt", "Dach"]
WRITING = {
    "configuration_seq2seq.py",
    "head_loss.py",
    "stepping.py",
    "modeling_seq2seq.py",
    "token_losses.py",
    "pipeline_writing.py",
    "target_tokenizer.py",
    "text_parts.py",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
}
OWN = {
    "transformer": {"configuration_transformer_seq2seq.py", "modeling_transformer_seq2seq.py", "transformer_steps.py"},
    "recurrent": {"alignment.py", "configuration_recurrent_seq2seq.py", "modeling_recurrent_seq2seq.py"}
    | {"recurrent_seq2seq_steps.py", "recurrent_steps.py"}
    | STATES,
}
SHIPPED = {
    "transformer": WRITING | TRANSFORMER | OWN["transformer"],
    "recurrent": WRITING | RECURRENT | OWN["recurrent"],
    "apart": WRITING | TRANSFORMER | OWN["transformer"] | {"target_tokenizer.json"},  # a vocabulary for each side
}

WRITE = """
import pickle

from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, pipeline

folder, report = Path(sys.argv[1]), {}
texts = json.loads((folder / "texts.json").read_text())
for kind in ("transformer", "recurrent", "apart"):
    model = AutoModelForSeq2SeqLM.from_pretrained(folder / kind, **trust).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / kind, **trust)
    inputs = tokenizer([text for text in texts if text], padding=True, return_tensors="pt")
    inputs = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    write = pipeline("text-to-text", model=str(folder / kind), trust_remote_code=True)
    copy = pickle.loads(pickle.dumps(model))  # as torch.save and processes that are given a model do
    report[kind] = {
        "copied": type(copy) is type(model),
        "module": type(model).__module__.split(".")[0],
        "ids": model.generate(**inputs, num_beams=3).tolist(),
        "texts": [answer["generated_text"] for answer in write(texts, too_long="split", batch_size=2)],
        "again": write(texts[0])["generated_text"],
    }
print("REPORT" + json.dumps(report))
"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A model of each family with a tokenizer, every weight random; and what each writes here."""
    folder, ids = tmp_path_factory.mktemp("shipped"), {}
    tokenizer = end_texts(
        hf_seq.train_tokenizer(TEXTS, kind="word", vocab_size=60, min_frequency=1, model_max_length=8)
    )
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    small = {"vocab_size": len(tokenizer), "hidden_size": 8, "num_hidden_layers": 1}
    transformer = hf_seq.TransformerSeq2SeqConfig(**small, num_attention_heads=2, intermediate_size=9)
    recurrent = hf_seq.RecurrentSeq2SeqConfig(**small, embedding_size=6)
    letters = end_texts(hf_seq.train_tokenizer(TEXTS, kind="char", vocab_size=60, min_frequency=1))
    sizes = {"source_vocab_size": len(tokenizer), "vocab_size": len(letters), "share_embeddings": False}
    apart = hf_seq.TransformerSeq2SeqConfig(**small | sizes, num_attention_heads=2, intermediate_size=9)
    torch.manual_seed(0)
    models = {
        "transformer": hf_seq.TransformerSeq2SeqForConditionalGeneration(transformer),
        "recurrent": hf_seq.RecurrentSeq2SeqForConditionalGeneration(recurrent),
        "apart": hf_seq.TransformerSeq2SeqForConditionalGeneration(apart),
    }
    for kind, model in models.items():
        for weight in model.parameters():
            torch.nn.init.normal_(weight.data, std=0.5)
        model.generation_config.max_new_tokens, model.generation_config.max_length = 6, None
        model.eval().save_pretrained(folder / kind)
        (TwoTokenizers(tokenizer, letters) if kind == "apart" else tokenizer).save_pretrained(folder / kind)
        batch = tokenizer([text for text in TEXTS if text], padding=True, return_tensors="pt")
        ids[kind] = model.generate(batch["input_ids"], attention_mask=batch["attention_mask"], num_beams=3).tolist()
    return folder, ids


@pytest.fixture(scope="module")
def reports(shipped, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return {name: run(code + WRITE, shipped[0], home=home) for name, code in
            {"with": WITH_HF_SEQ, "without": WITHOUT_HF_SEQ}.items()}  # fmt: skip


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_saved_writer_is_exactly_these_files(shipped, kind):
    files = {path.name for path in (shipped[0] / kind).iterdir()}
    assert files == SHIPPED[kind]
    for name in files:
        if name.endswith(".py"):
            assert (shipped[0] / kind / name).read_bytes() == Path(SOURCES / name).read_bytes()


@pytest.mark.parametrize("kind", SHIPPED)
def test_it_writes_the_same_with_and_without_hf_seq(shipped, reports, kind):
    assert reports["with"][kind]["module"] == "hf_seq"
    assert reports["without"][kind]["module"] == "transformers_modules"
    assert reports["without"][kind]["copied"]
    assert reports["with"][kind]["ids"] == reports["without"][kind]["ids"] == shipped[1][kind]


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_pipeline_keeps_order_splits_what_is_too_long_and_leaves_empty_texts_empty(reports, kind):
    for report in reports.values():
        assert len(report[kind]["texts"]) == len(TEXTS)
        assert report[kind]["texts"][1] == ""
        assert report[kind]["texts"][0] == report[kind]["again"]
    assert reports["with"][kind]["texts"] == reports["without"][kind]["texts"]
