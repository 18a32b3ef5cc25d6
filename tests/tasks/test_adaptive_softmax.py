# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--adaptive_softmax`: trained, scored and loaded as any language model; cutoffs that mean nothing are refused."""

from functools import partial
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer

from hf_seq.data.builtin.grammar import draw_text
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.predictors.language import LanguageModel
from hf_seq.reports.record import Record
from hf_seq.tasks.language_modeling.adaptive import cutoffs_of
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe
from hf_seq.train.parsing import flags, parse_recipe

main = partial(train_main, task="language-modeling")
TINY = {
    "tokenizer_kind": "word",
    "min_frequency": 1,
    "embedding_size": 12,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_train_epochs": 1,
    "per_device_train_batch_size": 4,
    "bptt_steps": 20,
    "bf16": False,
    "disable_tqdm": True,
}


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "play.txt"
    path.write_text(draw_text(150, 3))
    return str(path)


@pytest.fixture(scope="module")
def train(play):
    return lambda folder, **settings: main(flags({"data": play, **TINY, **settings, "output_dir": str(folder)}))


@pytest.fixture(scope="module", autouse=True)
def _short_samples():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hf_seq.tasks.language_modeling.scoring.SAMPLE_TOKENS", 5)
        yield


@pytest.fixture(scope="module")
def learned(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "lm"
    train(folder, adaptive_softmax="12,20")
    return folder


def test_the_score_is_that_of_the_saved_models_probabilities(learned, play):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(learned), AutoTokenizer.from_pretrained(learned)
    assert model.config.adaptive_softmax_cutoffs == [12, 20]
    assert not model.config.tie_word_embeddings
    text = Path(play).read_text()
    ids = torch.tensor([tokenizer(text[round(len(text) * 0.9) :])["input_ids"]])
    with torch.no_grad():
        scores = model(ids).logits[0]
    assert torch.allclose(scores.exp().sum(-1), torch.ones(len(scores)))
    record = Record.read(learned)
    assert record.metrics["nats_per_token"] == pytest.approx(F.nll_loss(scores[:-1], ids[0, 1:]).item(), abs=1e-5)
    assert len(record.samples) == 3
    (note,) = (note for note in record.notes if note.startswith("adaptive softmax"))
    assert "12 frequent tokens" in note
    assert f"clusters of 8, {len(tokenizer) - 20}" in note


def test_a_predictor_scores_and_writes(learned):
    predictor = LanguageModel.from_pretrained(learned)
    costs = predictor.costs(["the dog waits."]).nats
    assert predictor("the dog waits.")["tokens"] == len(costs)
    first = predictor.generate("the dog", max_new_tokens=5, temperature=0)
    assert first == predictor.generate("the dog", max_new_tokens=5, temperature=0)
    assert first.startswith("the dog")


def test_a_saved_head_is_trained_further_but_not_made_anew(learned, train, tmp_path):
    given = dict.fromkeys(("embedding_size", "hidden_size", "num_hidden_layers", "tokenizer_kind", "min_frequency"))
    train(tmp_path / "run", **given, model=str(learned))
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "run").config.adaptive_softmax_cutoffs == [12, 20]
    with pytest.raises(InputError, match=r"adaptive_softmax=5 makes a head anew, and .* has one; leave it out"):
        train(tmp_path / "other", **given, model=str(learned), adaptive_softmax="5")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"adaptive_softmax": "yes"}, r"adaptive_softmax=yes must be off, auto, or ids that grow"),
        ({"adaptive_softmax": "20,12"}, r"adaptive_softmax=20,12 must be"),
        ({"adaptive_softmax": "0,12"}, r"adaptive_softmax=0,12 must be"),
        ({"adaptive_softmax": "12", "tie_word_embeddings": True}, r"leave --tie_word_embeddings or"),
        ({"adaptive_softmax": "12,5000"}, r"the tokenizer has \d+ entries, so no cluster can begin at 5,000"),
        (
            {"adaptive_softmax": "250", "tokenizer_kind": "bpe", "vocab_size": 300},
            r"the first 250 ids of the tokenizer are \d+% of the train tokens, and the 243 most frequent 100%.*"
            r"use --tokenizer_kind word, or --adaptive_softmax off",
        ),
    ],
)
def test_clusters_that_mean_nothing_are_refused(train, tmp_path, settings, words):
    with pytest.raises(InputError, match=words):
        train(tmp_path / "run", **settings)
    assert not (tmp_path / "run" / "model.safetensors").exists()


def test_off_is_off_in_yaml_too_where_it_is_no_word(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("task: language-modeling\ndata: builtin:grammar\nadaptive_softmax: off\n")
    assert parse_recipe(["--recipe", str(path)])[0].adaptive_softmax == "off"
    assert parse_recipe(["--recipe", str(path), "--adaptive_softmax=auto"])[0].adaptive_softmax == "auto"


def test_auto_says_why_it_takes_none(train, tmp_path):
    notes = train(tmp_path / "run", adaptive_softmax="auto", max_steps=1).notes
    assert any(note.startswith("adaptive softmax: none (auto takes it from 5,000 words") for note in notes)


@pytest.mark.parametrize(
    ("size", "settings", "cutoffs"),
    [
        (30_000, {"tokenizer_kind": "word"}, [2_000, 10_000]),
        (30_000, {"tokenizer_kind": "word", "tie_word_embeddings": True}, None),
        (30_000, {"tokenizer_kind": "bpe"}, None),
        (4_000, {"tokenizer_kind": "word"}, None),
    ],
)
def test_auto_takes_clusters_of_many_words_in_order_of_frequency(size, settings, cutoffs):
    assert cutoffs_of(LanguageModelingRecipe(data="x", adaptive_softmax="auto", **settings), range(size)) == cutoffs
