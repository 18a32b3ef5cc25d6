# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `torch.jit.trace` records, from a batch without padding, is right on batches of other shapes with padding.

The older ONNX exporter records in the same way.
"""

import warnings
from itertools import product

import pytest
import torch
from torch import nn

from hf_seq import train_tokenizer
from hf_seq.data import EncodedDataset
from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig
from hf_seq.models.modeling_recurrent_wide import RecurrentWideForSequenceClassification
from hf_seq.tasks.classification.wide import count_ngrams

from .factories import CELLS, LAYOUTS, POOLINGS, POSITIONS, make_batch, make_model, make_sequences, name_of
from .seq2seq_factories import FAMILIES, START, pad
from .seq2seq_factories import make_model as make_writer
from .seq2seq_factories import name_of as name_of_writer
from .test_characters import make_model as make_reader

RECURRENT = [
    {"cell_type": cell, "bidirectional": both, "pooling": pooling}
    for cell, both, pooling in product(CELLS, (True, False), POOLINGS)
]
TRANSFORMER = [
    {"position_embedding": position, "norm_first": position != "none", "pooling": pooling}
    for position, pooling in zip(POSITIONS * 2, (*POOLINGS, "mean", "max", "last"), strict=True)
]


class Positional(nn.Module):
    """A model whose inputs have places, and which gives one tensor, as an exporter wants it."""

    def __init__(self, model: nn.Module, *names: str, output: str = "logits") -> None:
        super().__init__()
        self.model, self.names, self.output = model, names, output

    def forward(self, *inputs):
        return self.model(**dict(zip(self.names, inputs, strict=True)))[self.output]


def traced(module: nn.Module, *inputs) -> torch.jit.ScriptModule:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        return torch.jit.trace(module, inputs, check_trace=False)


def assert_right_everywhere(module, recorded, kind="input_ids"):
    for lengths, layout in product([(1, 5, 3, 7), (2,), (4, 4, 9, 1, 1, 6)], LAYOUTS):
        batch = make_batch(kind, make_sequences(kind, lengths), layout)
        inputs = (batch[kind], batch["attention_mask"])
        torch.testing.assert_close(recorded(*inputs), module(*inputs), atol=1e-5, rtol=1e-5)
    single = make_sequences(kind, (1,))[0][None]
    torch.testing.assert_close(recorded(single, torch.ones(1, 1).long()), module(single, torch.ones(1, 1).long()))


@pytest.mark.parametrize("settings", [*RECURRENT, *TRANSFORMER], ids=name_of)
@torch.no_grad()
def test_a_classifier_recorded_without_padding_is_right_with_it(settings):
    module = Positional(make_model(**settings, attention="eager"), "input_ids", "attention_mask")
    ids = torch.stack(make_sequences("input_ids", (6, 6, 6)))
    assert_right_everywhere(module, traced(module, ids, torch.ones_like(ids)))


@pytest.mark.parametrize("encoder", ["cnn", "lstm", "n-grams"])
@torch.no_grad()
def test_a_model_that_reads_the_letters_of_words_is_right_on_other_words(encoder):
    texts = ["a cat sat", "the dogs sat on it", "it", "cat " + "abcdefghij" * 9, "on the mat sat " * 4]
    tokenizer = train_tokenizer(texts, kind="wordpiece", vocab_size=60, min_frequency=1)
    model = make_wide(tokenizer, texts) if encoder == "n-grams" else make_reader(encoder, tokenizer)
    module = Positional(model, "input_ids", "attention_mask").eval()
    first = tokenizer(texts[:2], padding=True, return_tensors="pt")
    recorded = traced(module, first["input_ids"], first["attention_mask"])
    for rows in (texts[:2], texts[2:3], texts[::-1], texts[2:4] * 3):
        batch = tokenizer(rows, padding=True, return_tensors="pt")
        inputs = batch["input_ids"], batch["attention_mask"]
        torch.testing.assert_close(recorded(*inputs), module(*inputs), atol=1e-5, rtol=1e-5)
    nothing = torch.full((2, 3), tokenizer.cls_token_id or tokenizer.pad_token_id), torch.ones(2, 3).long()
    torch.testing.assert_close(recorded(*nothing), module(*nothing), atol=1e-5, rtol=1e-5)


def make_wide(tokenizer, texts):
    """A wide model that knows the n-grams of these texts."""
    torch.manual_seed(0)
    model = RecurrentWideForSequenceClassification(
        RecurrentWideConfig(vocab_size=len(tokenizer), hidden_size=8, embedding_size=4)
    )
    model.wide.starts.read_vocabulary(tokenizer)
    model.wide.read_vocabulary(tokenizer)
    rows = EncodedDataset([tokenizer(text)["input_ids"] for text in texts], [0] * len(texts))
    keys, idf, inside = count_ngrams(model.wide, rows)
    model.wide.learn(keys, idf, inside, torch.randn(len(keys), 2), torch.randn(2))
    return model


@pytest.mark.parametrize("settings", [RECURRENT[0], RECURRENT[14], TRANSFORMER[0]], ids=name_of)
@torch.no_grad()
def test_a_model_of_numbers_recorded_without_padding_is_right_with_it(settings):
    module = Positional(make_model(**settings, num_features=3, attention="eager"), "input_values", "attention_mask")
    values = torch.stack(make_sequences("input_values", (6, 6, 6)))
    assert_right_everywhere(module, traced(module, values, torch.ones(3, 6).long()), "input_values")


@pytest.mark.parametrize("settings", [RECURRENT[0], RECURRENT[6], RECURRENT[13], *TRANSFORMER[:4]], ids=name_of)
@torch.no_grad()
def test_what_the_older_exporter_of_onnx_writes_is_right_with_padding(settings, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    module = Positional(make_model(**settings, attention="eager"), "input_ids", "attention_mask").eval()
    ids, path = torch.stack(make_sequences("input_ids", (6, 6, 6))), str(tmp_path / "model.onnx")
    axes = {name: {0: "batch", 1: "steps"} for name in module.names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (ids, torch.ones_like(ids)),
            path,
            input_names=list(module.names),
            output_names=["logits"],
            dynamic_axes=axes | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    session = runtime.InferenceSession(path)

    def recorded(*inputs):
        named = {name: each.numpy() for name, each in zip(module.names, inputs, strict=True)}
        return torch.from_numpy(session.run(["logits"], named)[0])

    assert_right_everywhere(module, recorded)


@pytest.mark.parametrize("settings", FAMILIES, ids=name_of_writer)
@torch.no_grad()
def test_an_encoder_decoder_recorded_without_padding_is_right_with_it(settings):
    model = make_writer(**settings, attention_kernel="eager" if "position_embedding" in settings else None)
    module = Positional(model, "input_ids", "attention_mask", "decoder_input_ids")
    ids, mask = pad([torch.arange(4, 10)] * 3, extra=0)
    target = torch.cat([torch.full((3, 1), START), ids[:, :4]], 1)
    recorded = traced(module, ids, mask, target)
    for lengths, layout in product([(1, 5, 3, 7), (2,), (4, 4, 9, 1, 1, 6)], LAYOUTS):
        ids, mask = pad([torch.arange(4, 4 + length) for length in lengths], layout, extra=1)
        steps = 5 if settings.get("input_feeding") else len(ids[0])  # such a decoder takes a Python step for each token
        target = torch.full((len(lengths), steps), START)
        target[:, 1:] = torch.arange(4, 3 + steps) % 9 + 4
        found, expected = recorded(ids, mask, target), module(ids, mask, target)
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
