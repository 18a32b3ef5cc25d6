# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where writers looked: weights of the model itself, and drawings of chosen sentences."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

import hf_seq
from hf_seq.predictors.writer import Translator
from hf_seq.reports.attention_maps import attention_maps, draw_attention
from hf_seq.reports.figures import SERIES, to_svg
from hf_seq.text.pairs import end_texts

TEXTS = ["a red dog sleeps in the sun", "an owl", "the cat sat on a red mat today", "no dog sat on the old cat"]


@pytest.fixture(scope="module")
def writers():
    """A random model of each family, and one that attends to nothing."""
    tokenizer = end_texts(hf_seq.train_tokenizer(TEXTS, kind="word", vocab_size=60, min_frequency=1))
    small = {"vocab_size": len(tokenizer), "hidden_size": 8, "num_hidden_layers": 2}
    torch.manual_seed(0)
    models = {
        "transformer": hf_seq.TransformerSeq2SeqForConditionalGeneration(
            hf_seq.TransformerSeq2SeqConfig(**small, num_attention_heads=2, intermediate_size=9)
        ),
        "recurrent": hf_seq.RecurrentSeq2SeqForConditionalGeneration(
            hf_seq.RecurrentSeq2SeqConfig(**small, embedding_size=6)
        ),
        "blind": hf_seq.RecurrentSeq2SeqForConditionalGeneration(
            hf_seq.RecurrentSeq2SeqConfig(**small, embedding_size=6, attention="none")
        ),
    }
    for model in models.values():
        for weight in model.parameters():
            torch.nn.init.normal_(weight.data, std=0.5)
        model.generation_config.max_new_tokens = 5
    return {name: Translator(model, tokenizer, num_beams=2) for name, model in models.items()}


@pytest.mark.parametrize("kind", ["transformer", "recurrent"])
def test_every_written_token_has_weights_over_the_tokens_of_the_source(writers, kind):
    source, written, weights = writers[kind].attention(TEXTS[0])
    assert source[:3] == ["a", "red", "dog"]
    assert weights.shape == (len(written), len(source))
    np.testing.assert_allclose(weights.sum(1), 1.0, atol=1e-5)
    assert " ".join(written).startswith(writers[kind](TEXTS[0])["target"].split(" ")[0])


def test_weights_are_those_of_the_step_that_wrote_the_token(writers):
    writer = writers["recurrent"]
    _, written, weights = writer.attention(TEXTS[0])
    ids = torch.tensor([writer.token_ids(TEXTS[0])])
    made = writer.model.generate(
        input_ids=ids, num_beams=1, output_attentions=True, return_dict_in_generate=True, max_new_tokens=5
    )
    alone = torch.stack([step[-1][0, 0, 0] for step in made.cross_attentions]).numpy()
    greedy = Translator(writer.model, writer.tokenizer, num_beams=1).attention(TEXTS[0])
    assert len(greedy[1]) == len(alone)
    np.testing.assert_allclose(greedy[2], alone, atol=1e-5)
    assert len(written) == len(weights)


def test_a_model_keeps_its_kernel_and_one_without_attention_has_no_map(writers):
    before = writers["transformer"].model.config._attn_implementation
    writers["transformer"].attention(TEXTS[0])
    assert writers["transformer"].model.config._attn_implementation == before == "sdpa"
    assert writers["blind"].attention(TEXTS[0]) is None


def test_a_drawing_is_shaded_in_the_models_colour_by_the_weights():
    svg = to_svg(draw_attention(["ein", "Hund"], ["a", "dog", "[EOS]"], np.eye(3, 2), colour=SERIES[1]))
    assert "var(--series-1)" in svg
    assert {"ein", "Hund", "dog", "[EOS]"} <= set(svg.replace("<", ">").split(">"))
    assert "image" not in svg


def test_the_worst_the_middle_and_the_best_are_drawn_for_every_model_that_attends(writers, tmp_path):
    rows = []
    for name, writer in writers.items():
        writer.model.save_pretrained(tmp_path / name)
        writer.tokenizer.save_pretrained(tmp_path / name)
        rows.append(SimpleNamespace(record=SimpleNamespace(name=name), small=True, done=True, home=tmp_path / name))
    rows[0].answers, rows[0].gold = [["x", "an owl", "the cat sat", TEXTS[3]]], TEXTS
    comparison = SimpleNamespace(rows=rows, done=rows, best=rows[0])
    found = attention_maps(comparison, TEXTS, [11, 12, 13, 14])
    assert [each.row for each in found] == [11, 13, 14]  # row 12 is too short to show anything
    assert [[name for name, _, _ in each.maps] for each in found] == [["transformer", "recurrent"]] * 3
