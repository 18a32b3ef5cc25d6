# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Language models end to end: streams carry their state, a killed run keeps its losses, scores are exact."""

import json
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from hf_seq.data.builtin.grammar import draw_text, grammar_entropy
from hf_seq.data.texts.streams import TextCollator, TokenStreams
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.weight_average import FILE as AVERAGE_FILE
from hf_seq.predictors.language import LanguageModel, stream_nats
from hf_seq.reports.costs import read_costs
from hf_seq.reports.record import Record
from hf_seq.tasks.language_modeling.trainer import STATE_FILE, LanguageModelTrainer, Reading, TextDataset
from hf_seq.text.continuous import EncodedText
from hf_seq.train import run_folder
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.parsing import flags

main = partial(train_main, task="language-modeling")
TINY = {
    "tokenizer_kind": "char",
    "embedding_size": 12,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_train_epochs": 2,
    "per_device_train_batch_size": 4,
    "bptt_steps": 20,
    "learning_rate": 0.01,
    "bf16": False,
    "disable_tqdm": True,
}
NO_DROPOUT = {
    name: 0.0 for name in ("embedding_dropout", "hidden_dropout", "output_dropout", "weight_dropout", "averaging_decay")
}


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "play.txt"
    path.write_text(draw_text(70, 3))
    return str(path)


@pytest.fixture(scope="module", autouse=True)
def _short_samples():
    from hf_seq.tasks.language_modeling import scoring

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "SAMPLE_TOKENS", 5)
        yield


@pytest.fixture(scope="module")
def train(play):
    return lambda folder, **settings: main(flags({"data": play, **TINY, **settings, "output_dir": str(folder)}))


@pytest.fixture(scope="module")
def learned(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "lm"
    train(folder)
    return folder


@pytest.fixture
def step_losses(monkeypatch):
    """The loss of every training step from now on."""
    losses = []
    original = LanguageModelTrainer.compute_loss

    def recorded(self, model, *args, **kwargs):
        loss = original(self, model, *args, **kwargs)
        losses.append(loss.item())
        return loss

    monkeypatch.setattr(LanguageModelTrainer, "compute_loss", recorded)
    return losses


def test_training_losses_are_those_of_the_streams_read_in_one_go(train, step_losses, tmp_path, play):
    still = {"learning_rate": 1e-30, "weight_decay": 0.0, "num_train_epochs": 1, "seed": 5}
    train(tmp_path / "run", **NO_DROPOUT, **still, load_best_model_at_end=False)
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "run")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "run")
    text = Path(play).read_text()
    ids = tokenizer(text[: round(round(len(text) * 0.9) * (1 - 0.1 / 0.9))])["input_ids"]
    streams = TokenStreams(ids, 4, 20)
    with torch.no_grad():
        inputs, targets = streams.between(0, streams.columns)
        logits = model(inputs).logits
    nats = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="sum")
    assert len(step_losses) == len(streams)
    assert np.mean(step_losses) == pytest.approx(nats.item() / (len(ids) - 1), abs=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"random_bptt": True},
        {"averaging": "none", "gradient_accumulation_steps": 2, "bptt_steps": 10},
        {"optim": "sgd", "learning_rate": 2.0, "averaging": "non-monotonic", "averaging_patience": 1},
    ],
    ids=["averaged", "accumulated", "NT-ASGD"],
)
def test_a_run_resumed_inside_an_epoch_has_the_losses_of_one_undisturbed(
    train, step_losses, tmp_path, cut_power, weights, same_bits, settings
):
    settings = settings | {"eval_strategy": "steps", "eval_steps": 9, "save_strategy": "steps", "save_steps": 9}
    train(tmp_path / "whole", num_train_epochs=3, **settings)
    undisturbed, step_losses[:] = list(step_losses), []
    cut_power(31, lambda: train(tmp_path / "cut", num_train_epochs=3, **settings))
    assert (tmp_path / "cut" / "checkpoint-27" / STATE_FILE).exists()
    step_losses.clear()
    train(tmp_path / "cut", num_train_epochs=3, resume=True, **settings)
    steps = settings.get("gradient_accumulation_steps", 1)
    assert step_losses == undisturbed[27 * steps :]
    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))


def test_a_checkpoint_without_the_state_of_the_streams_is_refused(train, tmp_path):
    settings = {"save_total_limit": 5, "keep_checkpoints": True}
    train(tmp_path / "run", **settings)
    (tmp_path / "run" / "record.json").unlink()
    (run_folder.checkpoints(tmp_path / "run")[-1] / STATE_FILE).unlink()
    with pytest.raises(InputError, match=r"has no state of the streams"):
        train(tmp_path / "run", resume=True, **settings)


def test_the_record_tells_nats_their_unit_and_what_the_model_writes(learned, play):
    record = Record.read(learned)
    metrics = record.metrics
    assert (record.task, record.metric) == ("text-generation", "nats_per_character")
    assert record.score == metrics["nats_per_character"] == metrics["nats_per_token"]  # a token is a character
    assert metrics["perplexity"] == pytest.approx(np.exp(metrics["nats_per_token"]))
    assert record.interval is None  # one block of text says nothing about how sure the score is
    assert record.n == round(len(Path(play).read_text()) * 0.1) - 1
    assert len(record.samples) == 3
    assert all(sample["text"].startswith(sample["prompt"]) for sample in record.samples)
    blocks = read_costs(learned)
    assert blocks.nats.sum() / blocks.characters.sum() == pytest.approx(record.score, abs=1e-5)


def test_the_score_is_the_mean_over_the_text_read_in_one_go(learned, play):
    model, tokenizer = AutoModelForCausalLM.from_pretrained(learned), AutoTokenizer.from_pretrained(learned)
    text = Path(play).read_text()
    ids = torch.tensor([tokenizer(text[round(len(text) * 0.9) :])["input_ids"]])
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:]).item()
    assert Record.read(learned).score == pytest.approx(loss, abs=1e-5)
    for steps in (1, 7, 64):
        assert stream_nats(model, ids[0].numpy(), steps).mean() == pytest.approx(loss, abs=1e-5)


def test_evaluating_the_folder_repeats_the_score_of_training(learned, play, tmp_path):
    record, again = Record.read(learned), evaluate(str(learned), output=tmp_path / "again")
    assert (again.score, again.interval, again.n) == (record.score, record.interval, record.n)
    whole = evaluate(str(learned), play)
    assert whole.n == len(Path(play).read_text()) - 1


def test_the_best_epoch_is_the_one_with_the_lowest_validation_loss(train, tmp_path):
    growing = {"learning_rate": 3.0, "lr_scheduler_type": "constant_with_warmup", "warmup_steps": 1000}
    record = train(tmp_path / "run", num_train_epochs=6, averaging="none", **growing)
    losses = [entry["eval_loss"] for entry in record.curve if "eval_loss" in entry]
    assert losses[-1] > min(losses)  # it got worse again
    predictor = LanguageModel.from_pretrained(tmp_path / "run")
    from hf_seq.data.texts.loading import load_text_splits

    validation = load_text_splits(record.data).validation["text"][:]
    assert predictor.costs(validation).nats.mean() == pytest.approx(min(losses), abs=1e-5)


@pytest.mark.parametrize("best", [True, False])
def test_the_saved_weights_are_the_average_that_was_scored(train, tmp_path, best):
    folder = tmp_path / "run"
    record = train(
        folder,
        averaging="ema",
        averaging_decay=0.9,
        keep_checkpoints=True,
        load_best_model_at_end=best,
        num_train_epochs=1,
    )
    (checkpoint,) = run_folder.checkpoints(folder)
    average, last = load_file(checkpoint / AVERAGE_FILE), load_file(checkpoint / "model.safetensors")
    saved = load_file(folder / "model.safetensors")
    name = "model.layers.0.forward_cell.weight_hh_l0"
    assert torch.equal(saved[name], average[f"weights.{name}"])
    assert not torch.equal(saved[name], last[name])
    assert record.curve


def test_validation_and_test_can_be_scored_as_one_text(train, play, tmp_path):
    record = train(tmp_path / "run", score_on="validation+test", load_best_model_at_end=False, num_train_epochs=1)
    text = Path(play).read_text()
    joined = text[round(round(len(text) * 0.9) * (1 - 0.1 / 0.9)) :]
    assert (record.split, record.n) == ("validation+test (cut from train)", len(joined) - 1)
    costs = LanguageModel.from_pretrained(tmp_path / "run").costs([joined])
    assert record.score == pytest.approx(costs.nats.mean(), abs=1e-6)


def write_rows(path, rows):
    path.write_text("".join(json.dumps({"text": row}) + "\n" for row in rows))
    return str(path)


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("rows") / "lines.jsonl", draw_text(60, 4).splitlines())


def test_separate_texts_begin_and_end_and_are_scored_whole(train, lines, tmp_path):
    record = train(tmp_path / "run", data=lines, reading="texts", num_train_epochs=1, max_length=5)
    predictor = LanguageModel.from_pretrained(tmp_path / "run")
    assert predictor.separate
    assert any(note.startswith("48 of 48 train texts are cut to 5 tokens") for note in record.notes)
    assert record.metrics["characters"] > 6 * 10  # scored whole
    costs = predictor.costs(["the dog waits.", "a cat."])
    alone = [predictor.costs([text]).nats.sum() for text in ("the dog waits.", "a cat.")]
    assert [costs.nats[costs.documents == n].sum() for n in (0, 1)] == pytest.approx(alone, abs=1e-4)
    assert len(costs.nats) == len("the dog waits.") + len("a cat.") + 2  # the ends are predicted, too
    assert record.n > 6


def test_separate_texts_give_the_same_weights_however_a_batch_is_accumulated(train, lines, tmp_path, weights):
    settings = {**NO_DROPOUT, "data": lines, "reading": "texts", "num_train_epochs": 1, "averaging": "none"}
    train(tmp_path / "whole", **settings, per_device_train_batch_size=8)
    train(tmp_path / "parts", **settings, per_device_train_batch_size=2, gradient_accumulation_steps=4)
    a, b = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert max((a[name] - b[name]).abs().max() for name in a) < 1e-5


def test_several_texts_on_a_stream_are_parted_by_the_end_token(train, lines, tmp_path):
    train(tmp_path / "run", data=lines, num_train_epochs=1)
    predictor = LanguageModel.from_pretrained(tmp_path / "run")
    text = predictor.encode(["ab", "c"])
    assert not predictor.separate
    assert (text.ids == predictor.tokenizer.eos_token_id).tolist() == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"bptt_steps": 2000}, r"the train text has .* tokens, but a batch takes 4 streams x 2000 steps"),
        ({"bptt_steps": 0}, r"bptt_steps=0 must be 1 or more"),
        ({"averaging_decay": 1.0}, r"averaging_decay=1.0 must be 0 or more and below 1"),
        ({"label_smoothing_factor": 0.1}, r"label_smoothing_factor=0.1 would change what a nat means"),
        (
            {"score_on": "validation+test"},
            r"scores the text that the checkpoint is chosen by.*load_best_model_at_end false",
        ),
        ({"model": "lstm_lm"}, r"did you mean lstm-lm"),
        ({"model": "bilstm-crf"}, r"bilstm-crf is a model of --task tagging; ours of this task are lstm-lm, gru-lm"),
        ({"model": "lstm-large"}, r"no model 'lstm-large'; ours of this task are lstm-lm, gru-lm"),
        ({"classifier_dropout": 0.1}, r"no setting 'classifier_dropout'"),
        ({"data": "missing.txt"}, r"missing.txt does not exist"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_a_folder_is_made(train, tmp_path, settings, words):
    with pytest.raises(InputError, match=words):
        train(tmp_path / "run", **settings)
    assert not (tmp_path / "run" / "model.safetensors").exists()


def test_a_saved_model_is_trained_further_with_its_own_tokens_and_reading(learned, train, tmp_path):
    sizes = dict.fromkeys(("embedding_size", "hidden_size", "num_hidden_layers"))
    settings = {**sizes, "model": str(learned), "tokenizer_kind": None}
    record = train(tmp_path / "run", **settings)
    assert (tmp_path / "run" / "tokenizer.json").read_text() == (learned / "tokenizer.json").read_text()
    assert record.score < Record.read(learned).score
    with pytest.raises(InputError, match=r"was trained with reading=stream.*use --reading stream"):
        train(tmp_path / "other", **settings, reading="texts")


def test_a_stream_is_not_spread_over_processes(train, tmp_path, monkeypatch):
    monkeypatch.setattr(TrainingOptions, "world_size", property(lambda self: 2))
    with pytest.raises(InputError, match=r"cannot be spread over 2 processes; use one, or --reading texts"):
        train(tmp_path / "run")


def test_a_model_without_a_state_cannot_read_a_stream(train, learned, tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = AutoTokenizer.from_pretrained(learned)
    ends = {"bos_token_id": 2, "eos_token_id": [3, 4]}  # chat models have several
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=8, n_layer=1, n_head=2, **ends)
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt")
    tokenizer.save_pretrained(tmp_path / "gpt")
    sizes = dict.fromkeys(("embedding_size", "hidden_size", "num_hidden_layers", "tokenizer_kind"))
    with pytest.raises(
        InputError, match=r"a GPT2LMHeadModel has no state to carry along a stream; use --reading texts"
    ):
        train(tmp_path / "run", **sizes, model=str(tmp_path / "gpt"))
    assert not (tmp_path / "run").exists()
    told = {"model": str(tmp_path / "gpt"), "reading": "texts", "max_length": 20, "max_steps": 1}
    record = train(tmp_path / "run", **sizes, **told)
    written = GPT2LMHeadModel.from_pretrained(tmp_path / "run").generation_config
    assert math.isfinite(record.score)
    assert not {3, 4} & set(written.suppress_tokens)


def test_models_of_transformers_learn_from_their_own_loss(tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(vocab_size=20, n_embd=8, n_layer=1, n_head=2, bos_token_id=2)).eval()
    rows = [[2, 8, 9, 10, 3], [2, 11, 3]]
    text = EncodedText(np.concatenate(rows), np.ones(8), np.array([0, 5]), 0)
    dataset = TextDataset(text, Reading(separate=True))
    arguments = TrainingOptions(str(tmp_path), use_cpu=True, bf16=False, load_best_model_at_end=False)
    sets = {"train_dataset": dataset, "eval_dataset": dataset, "data_collator": TextCollator(0)}
    trainer = LanguageModelTrainer(model=model, args=arguments, **sets)
    loss = trainer.compute_loss(model, next(iter(trainer.get_train_dataloader())))
    alone = [model(torch.tensor([row]), labels=torch.tensor([row])).loss * (len(row) - 1) for row in rows]
    assert loss.item() == pytest.approx(sum(alone).item() / 6, rel=1e-4)


def test_a_trained_model_comes_within_two_percent_of_the_entropy_of_the_grammar(tmp_path):
    record = main(
        flags(
            {
                "data": "builtin:grammar",
                "tokenizer_kind": "word",
                "embedding_size": 64,
                "hidden_size": 64,
                "num_hidden_layers": 1,
                "num_train_epochs": 1,
                "bptt_steps": 35,
                "learning_rate": 0.01,
                "weight_dropout": 0.0,
                "output_dropout": 0.0,
                "embedding_dropout": 0.0,
                "bf16": False,
                "output_dir": str(tmp_path / "run"),
            }
        )
    )
    limit = grammar_entropy()
    assert record.metrics["nats_per_token"] == pytest.approx(limit.nats_per_token, rel=0.02)
    assert record.metrics["nats_per_character"] == pytest.approx(limit.nats_per_character, rel=0.02)
