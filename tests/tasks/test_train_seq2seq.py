# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task seq2seq from data to score: both families, batches by tokens, what validation says, stock Trainer."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import DataCollatorForSeq2Seq, Seq2SeqTrainer, Seq2SeqTrainingArguments, pipeline

from hf_seq.api.verbs import evaluate
from hf_seq.data import PairCollator, load_pair_splits
from hf_seq.data.pairs.batches import TokenBudgetSampler
from hf_seq.errors import InputError
from hf_seq.predictors.writer import Translator
from hf_seq.reports.record import Record
from hf_seq.tasks.seq2seq.trainer import PairTrainer
from hf_seq.train.parsing import flags, recipe_for
from hf_seq.train.preparation import prepare
from hf_seq.train.running import train
from training import train_seq2seq_accelerate

ROOT = Path(__file__).parents[2]
TINY = {"task": "seq2seq", "tokenizer_kind": "char", "metric": "exact_match", "bf16": False, "use_cpu": True}
SMALL = {"hidden_size": 32, "num_hidden_layers": 1, "num_beams": 2, "num_train_epochs": 2, "max_length": 16}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Words of one letter repeated, to the letter and how often: small enough to be learnt in seconds."""
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    rows = [{"source": letter * count, "target": f"{count}{letter}"} for letter in "abcdefgh" for count in range(1, 10)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows * 3))
    return path


@pytest.mark.parametrize("model", ["lstm-seq2seq", "transformer-seq2seq"])
def test_a_run_leaves_a_model_its_record_and_what_it_wrote(pairs, tmp_path, model):
    recipe, arguments = recipe_for(model, pairs, output_dir=tmp_path / "run", **TINY, **SMALL)
    record = train(recipe, arguments)
    assert record.metric == "exact_match"
    assert {"bleu", "chrf", "ter", "exact_match"} <= set(record.metrics)
    assert record.curve[-1]["eval_loss"] > 0
    rows = [json.loads(line) for line in (tmp_path / "run/predictions.jsonl").read_text().splitlines()]
    right = sum(row["gold"] == row["text"] for row in rows)
    assert record.score == pytest.approx(100 * right / len(rows))
    again = Translator.from_pretrained(tmp_path / "run")
    assert again.translate([row["source"] for row in rows]) == [row["text"] for row in rows]
    assert again.model.generation_config.num_beams == 2


@pytest.mark.parametrize("model", ["lstm-seq2seq", "transformer-seq2seq"])
def test_source_and_target_can_have_a_vocabulary_each(pairs, tmp_path, model):
    settings = SMALL | {"source_vocab_size": 16, "num_train_epochs": 1}
    recipe, arguments = recipe_for(model, pairs, output_dir=tmp_path / "run", **TINY, **settings)
    record = train(recipe, arguments)
    loaded = Translator.from_pretrained(tmp_path / "run")
    assert "a" in loaded.tokenizer.get_vocab()
    assert "1" not in loaded.tokenizer.get_vocab()
    assert "1" in loaded.writes.get_vocab()
    config = loaded.model.config
    assert (config.source_vocab_size, config.vocab_size) == (len(loaded.tokenizer), len(loaded.writes))
    rows = [json.loads(line) for line in (tmp_path / "run/predictions.jsonl").read_text().splitlines()]
    assert loaded.translate([row["source"] for row in rows]) == [row["text"] for row in rows]
    assert record.notes is not None
    write = pipeline("text-to-text", model=loaded.model, tokenizer=loaded.tokenizer)
    assert write(rows[0]["source"])["generated_text"] == rows[0]["text"]
    short = Translator.from_pretrained(tmp_path / "run", min_new_tokens=2, max_new_tokens=2)
    data = tmp_path / "written.jsonl"
    data.write_text("".join(json.dumps({"source": row["source"], "target": row["gold"]}) + "\n" for row in rows))
    assert evaluate(short, str(data)).metrics["unfinished"] == len(rows)
    (tmp_path / "run" / "target_tokenizer.json").unlink()
    with pytest.raises(InputError, match=r"no target_tokenizer.json beside it; copy the folder whole"):
        Translator.from_pretrained(tmp_path / "run")


def test_two_vocabularies_that_share_an_embedding_are_refused(pairs):
    with pytest.raises(InputError, match=r"source_vocab_size=20 makes two vocabularies, which cannot share_embeddings"):
        recipe_for("lstm-seq2seq", pairs, **TINY, source_vocab_size=20, share_embeddings=True)
    with pytest.raises(InputError, match=r"source_vocab_size=3 is too few; use 16 or more"):
        recipe_for("lstm-seq2seq", pairs, **TINY, source_vocab_size=3)


@pytest.mark.parametrize("model", ["copy", "nearest"])
def test_a_baseline_answers_from_its_folder_as_it_did(pairs, tmp_path, model):
    recipe, arguments = recipe_for(model, pairs, output_dir=tmp_path / "run", **TINY)
    record = train(recipe, arguments)
    loaded = Translator.from_pretrained(tmp_path / "run")
    assert loaded("aaa")["target"] == ("aaa" if model == "copy" else "3a")
    rows = [json.loads(line) for line in (tmp_path / "run/predictions.jsonl").read_text().splitlines()]
    assert loaded.translate([row["source"] for row in rows]) == [row["text"] for row in rows]
    assert record.score == pytest.approx(100 * sum(row["gold"] == row["text"] for row in rows) / len(rows))
    assert record.metrics["unfinished"] == 0


def prepared(pairs, tmp_path, **settings):
    recipe, arguments = recipe_for("lstm-seq2seq", pairs, output_dir=tmp_path, **TINY | SMALL | settings)
    arguments.watch("exact_match")
    return recipe, arguments, prepare(recipe, arguments)


def test_batches_by_tokens_hold_every_pair_once_and_no_more_tokens_than_asked(pairs, tmp_path):
    _, arguments, ready = prepared(pairs, tmp_path, batch_tokens=60)
    trainer = PairTrainer(ready.model, arguments, ready.collator, ready.train, ready.validation)
    loader = trainer.get_train_dataloader()
    seen = []
    for batch in loader:
        real = int(batch["attention_mask"].sum() + (batch["labels"] != -100).sum())
        assert real <= 60
        seen += [tuple(row[row > 0].tolist()) for row in batch["input_ids"]]
    assert sorted(seen) == sorted(tuple(row["input_ids"]) for row in ready.train.rows)
    assert len(loader) > 5


def test_the_validation_loss_is_the_mean_over_tokens_whatever_the_batches(pairs, tmp_path):
    _, arguments, ready = prepared(pairs, tmp_path, label_smoothing_factor=0.2)
    losses = []
    for size in (4, 64):
        arguments.per_device_eval_batch_size = size
        trainer = PairTrainer(ready.model, arguments, ready.collator, ready.train, ready.validation)
        losses.append(trainer.evaluate()["eval_loss"])
    batch = PairCollator(0)(ready.validation.rows)
    with torch.no_grad():
        expected = float(ready.model.eval()(**batch).loss)  # not smoothed, so that losses compare
    assert losses == pytest.approx([expected, expected], rel=1e-4)


def test_smoothing_inside_the_model_is_trainers_own(pairs, tmp_path):
    _, arguments, ready = prepared(
        pairs, tmp_path, label_smoothing_factor=0.2, embedding_dropout=0.0, hidden_dropout=0.0
    )
    trainer = PairTrainer(ready.model, arguments, ready.collator, ready.train, ready.validation)
    stock = Seq2SeqTrainer(
        ready.model,
        Seq2SeqTrainingArguments(tmp_path, label_smoothing_factor=0.2, use_cpu=True, report_to="none"),
        data_collator=PairCollator(0, decoder_start_token_id=ready.model.config.decoder_start_token_id),
    )
    rows = list(islice(ready.train.rows, 5))
    ready.model.train()
    ours = trainer.compute_loss(ready.model, ready.collator(rows), num_items_in_batch=30)
    theirs = stock.compute_loss(ready.model, stock.data_collator(rows), num_items_in_batch=30)
    torch.testing.assert_close(ours, theirs)


def test_transformers_own_seq2seq_trainer_trains_and_writes(pairs, tmp_path):
    _, _, ready = prepared(pairs, tmp_path)
    arguments = Seq2SeqTrainingArguments(
        tmp_path,
        max_steps=3,
        predict_with_generate=True,
        generation_max_length=12,
        use_cpu=True,
        report_to="none",
        disable_tqdm=True,
    )
    collator = DataCollatorForSeq2Seq(ready.processor, model=ready.model)
    trainer = Seq2SeqTrainer(
        ready.model, arguments, collator, ready.train, ready.validation, processing_class=ready.processor
    )
    before = trainer.evaluate()["eval_loss"]
    trainer.train()
    assert trainer.evaluate()["eval_loss"] < before
    assert trainer.predict(ready.validation).predictions.ndim == 2


def test_a_text_longer_than_the_model_reads_is_refused_or_split_never_cut(pairs, tmp_path):
    _, _, ready = prepared(pairs, tmp_path, max_length=8)
    long = "aaa. bbb. ccc. ddd."
    with pytest.raises(InputError, match=r"has 20 tokens, but the model reads 8; .*--split"):
        Translator(ready.model, ready.processor)(long)
    split = Translator(ready.model, ready.processor, too_long="split")
    parts = split._parts(long)
    read = [ready.processor.decode(part, skip_special_tokens=True) for part in parts]
    assert read == ["aaa", "bbb", "ccc", "ddd"]  # a full stop is unknown here
    with pytest.raises(InputError, match="the word 'aaaaaaaaaa'"):
        split("aaaaaaaaaa")


def test_test_sources_that_are_too_long_are_scored_as_training_reads_them_cut(pairs, tmp_path):
    folder = tmp_path / "run"
    settings = SMALL | {"max_length": 4, "num_train_epochs": 1}
    assert train(*recipe_for("lstm-seq2seq", pairs, output_dir=folder, **TINY, **settings)).n > 0
    strict, cut = (Translator.from_pretrained(folder, too_long=way) for way in ("error", "truncate"))
    with pytest.raises(InputError, match="the model reads 4"):
        strict("aaaaaa")
    assert cut("aaaaaa")["target"] == strict("aaa")["target"]  # and the end token


def test_texts_come_back_in_their_order_and_empty_ones_stay_empty(pairs, tmp_path):
    _, _, ready = prepared(pairs, tmp_path)
    texts = ["aaaa", "", "b", "ccccccc", " ", "dd"]
    together = Translator(ready.model, ready.processor, batch_size=2).translate(texts)
    alone = [Translator(ready.model, ready.processor)(text)["target"] for text in texts]
    assert together == alone
    assert together[1] == together[4] == ""


def test_more_new_tokens_than_learned_positions_and_wrong_settings_are_refused(pairs, tmp_path):
    settings = TINY | SMALL | {"position_embedding": "learned", "max_length": 16}
    recipe, arguments = recipe_for("transformer-seq2seq", pairs, output_dir=tmp_path, **settings)
    ready = prepare(recipe, arguments)
    with pytest.raises(InputError, match=r"max_new_tokens=17, .* end at 16"):
        Translator(ready.model, ready.processor, max_new_tokens=17)
    with pytest.raises(InputError, match="num_beams=0 must be 1 or more"):
        Translator(ready.model, ready.processor, num_beams=0)
    with pytest.raises(InputError, match="batch_size=0"):
        Translator(ready.model, ready.processor, batch_size=0)


def test_the_tokenizer_of_another_model_is_refused(pairs, tmp_path):
    _, _, ready = prepared(pairs, tmp_path)
    ready.model.save_pretrained(tmp_path / "saved")
    ready.processor.add_tokens(["zz"])
    ready.processor.save_pretrained(tmp_path / "saved")
    with pytest.raises(InputError, match=r"token ids up to \d+, but the model knows \d+; it belongs to another model"):
        Translator.from_pretrained(tmp_path / "saved")


def test_a_budget_below_the_longest_pair_and_two_ways_to_count_a_batch_are_refused(pairs, tmp_path):
    _, arguments, ready = prepared(pairs, tmp_path, batch_tokens=5)
    with pytest.raises(InputError, match=r"batch_tokens=5 is less than the longest pair has \(13\)"):
        PairTrainer(ready.model, arguments, ready.collator, ready.train, ready.validation).get_train_dataloader()
    with pytest.raises(InputError, match="batch_tokens=99 makes batches of similar length"):
        prepared(pairs, tmp_path, batch_tokens=99, train_sampling_strategy="random")


def test_the_built_in_sets_never_show_a_test_pair_in_training():
    for name in ("builtin:dates", "builtin:reverse"):
        splits = load_pair_splits(name)
        assert not set(splits.train["target"]) & set(splits.test["target"])


PLAIN = TINY | SMALL | {"embedding_dropout": 0.0, "hidden_dropout": 0.0}


def final_weights(folder):
    return load_file(folder / "model.safetensors")


@pytest.mark.parametrize(
    "settings",
    [
        {"label_smoothing_factor": 0.1, "batch_tokens": 80, "train_sampling_strategy": "group_by_length"},
        {"per_device_train_batch_size": 8, "gradient_accumulation_steps": 3},
    ],
    ids=["by-tokens", "accumulated"],
)
def test_the_plain_loop_and_trainer_end_alike(pairs, tmp_path, settings):
    values = {**PLAIN, **settings}
    recipe, arguments = recipe_for("lstm-seq2seq", pairs, output_dir=tmp_path / "trainer", **values)
    record = train(recipe, arguments)
    given = values | {"data": str(pairs), "model": "lstm-seq2seq", "output_dir": str(tmp_path / "plain")}
    plain = train_seq2seq_accelerate.main(flags(given))
    a, b = final_weights(tmp_path / "trainer"), final_weights(tmp_path / "plain")
    assert max((a[name] - b[name]).abs().max() for name in a) < 1e-5
    losses = [row["eval_loss"] for row in record.curve if "eval_loss" in row]
    assert [row["eval_loss"] for row in plain.curve] == pytest.approx(losses, abs=1e-5)
    assert plain.metrics == record.metrics


def test_the_plain_loop_is_a_story_and_refuses_what_it_would_have_to_ignore(pairs, tmp_path):
    assert len((ROOT / "training" / "train_seq2seq_accelerate.py").read_text().splitlines()) <= 130
    given = PLAIN | {"data": str(pairs), "model": "lstm-seq2seq", "output_dir": str(tmp_path / "run")}
    with pytest.raises(InputError, match="plain loop has no --averaging"):
        train_seq2seq_accelerate.main(flags(given | {"averaging": "checkpoints"}))
    with pytest.raises(InputError, match="trains models of ours, which copy is not"):
        train_seq2seq_accelerate.main(flags(given | {"model": "copy"}))
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("script", ["train_seq2seq.py", "train_seq2seq_accelerate.py"])
def test_two_processes_with_batches_by_tokens_are_one_that_accumulates_two(pairs, tmp_path, script):
    values = PLAIN | {"batch_tokens": 110, "learning_rate": 0.01}  # ten batches, so none comes twice
    alone = values | {"gradient_accumulation_steps": 2, "max_train_rows": 110}
    recipe, arguments = recipe_for("lstm-seq2seq", pairs, output_dir=tmp_path / "one", **alone)
    one = train(recipe, arguments)
    given = values | {"data": str(pairs), "model": "lstm-seq2seq", "output_dir": str(tmp_path / "two")}
    command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    command += ["--main_process_port", "0", str(ROOT / "training" / script), *flags(given | {"max_train_rows": 110})]
    subprocess.run(command, check=True, timeout=400)
    a, b = final_weights(tmp_path / "one"), final_weights(tmp_path / "two")
    assert (
        max((a[name] - b[name]).abs().max() for name in a) < 1e-3
    )  # Adam makes much of rounding where gradients are 0
    together = Record.read(tmp_path / "two")
    scores = [[row["eval_exact_match"] for row in each.curve if "eval_loss" in row] for each in (one, together)]
    assert scores[0] == scores[1]
    assert json.loads((tmp_path / "two" / ".run.json").read_text())["the number of processes"] == 2


def test_every_process_takes_its_own_batches_and_all_take_as_many():
    lengths = list(range(3, 15))
    whole = TokenBudgetSampler(lengths, 20, seed=1)
    shared = [TokenBudgetSampler(lengths, 20, seed=1, processes=2, process=rank) for rank in range(2)]
    batches = list(whole)
    assert len(batches) % 2 == 1  # they do not go round
    taken = [list(sampler) for sampler in shared]
    assert [len(each) for each in taken] == [len(sampler) for sampler in shared] == [(len(batches) + 1) // 2] * 2
    in_turn = [batch for pair in zip(*taken, strict=True) for batch in pair]
    assert in_turn == [*batches, batches[0]]


def test_the_mean_of_the_last_checkpoints_is_what_is_scored_and_saved(pairs, tmp_path):
    values = PLAIN | {"averaging": "checkpoints", "averaging_checkpoints": 2, "keep_checkpoints": True}
    values |= {"num_train_epochs": 3, "save_total_limit": 9, "load_best_model_at_end": False}
    recipe, arguments = recipe_for("lstm-seq2seq", pairs, output_dir=tmp_path / "run", **values)
    train(recipe, arguments)
    folders = sorted((tmp_path / "run").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    last = [load_file(folder / "model.safetensors") for folder in folders[-2:]]
    for name, weight in final_weights(tmp_path / "run").items():
        torch.testing.assert_close(weight, (last[0][name] + last[1][name]) / 2, atol=1e-5, rtol=1e-4)


RECIPES = {
    "dialogsum-transformer": ("dialogue", "summary", "#Person1#: Is it {0}? #Person2#: Yes, {0}.", "It is {0}."),
    "dolly-lstm": ("instruction", "response", "Say the word {0}!", "{0}"),
    "conala-transformer": ("intent", "snippet", "make a list of {0}", "x = [{0!r}]"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_our_recipes_for_summaries_dialogue_and_code_train_on_a_file_of_their_columns(tmp_path, name):
    source, target, asked, said = RECIPES[name]
    words = [f"{first}{last}" for first in ("red", "old", "big") for last in ("dog", "cat", "owl", "ant", "bee")]
    rows = [{source: asked.format(word), target: said.format(word)} for word in words * 2]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = {"recipe": name, "hidden_size": 16, "max_steps": 2, "bf16": False, "num_beams": 1}
    settings |= {"num_train_epochs": 1, "max_length": 24}
    model = "lstm-seq2seq" if name == "dolly-lstm" else "transformer-seq2seq"
    recipe, arguments = recipe_for(model, tmp_path / "rows.jsonl", output_dir=tmp_path / "run", **settings)
    recipe.config = None  # of the Hub's set
    record = train(recipe, arguments)
    assert record.metric == {"conala-transformer": "bleu", "dolly-lstm": "chrf"}.get(name, "rougeL")
    assert 0 <= record.score <= 100
    two = json.loads((tmp_path / "run" / "config.json").read_text())["source_vocab_size"] is not None
    assert two == (name == "conala-transformer")
