# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved model trained again: what the second recipe and its data say overrides what the first left behind."""

import csv
import dataclasses
import json
import typing
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForSeq2SeqLM,
    BartConfig,
    BartForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    T5Config,
    T5ForConditionalGeneration,
)

from hf_seq import train_tokenizer
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.tasks.architectures import CHANGEABLE, build_model, load_pretrained
from hf_seq.tasks.registry import recipe_class, task_named

SMALL = ["--hidden_size", "8", "--num_train_epochs", "1", "--bf16", "false", "--use_cpu", "true"]
AGAIN = ["--num_train_epochs", "1", "--bf16", "false", "--use_cpu", "true"]


def write_labels(path: Path, labels: list[str], rows: int = 120) -> str:
    turns = [*labels, labels[0]]  # the first label twice as often, so that balanced weights are not all 1
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for row in range(rows):
            label = turns[row % len(turns)]
            writer.writerow([f"word{label} of n{row % 7} and more", label])
    return str(path)


def config_of(folder: Path) -> dict:
    return json.loads((folder / "config.json").read_text())


@pytest.fixture(scope="module")
def balanced(tmp_path_factory) -> Path:
    """A classifier of three labels, trained with weights."""
    folder = tmp_path_factory.mktemp("balanced")
    data = write_labels(folder / "three.csv", ["a", "b", "c"])
    run = folder / "run"
    assert not main(
        ["train", "--data", data, "--model", "gru", "--class_weights", "balanced", "--output_dir", str(run), *SMALL]
    )
    assert len(config_of(run)["class_weights"]) == 3
    return run


def test_class_weights_end_with_their_training(balanced, tmp_path):
    data = write_labels(tmp_path / "three.csv", ["a", "b", "c"])
    assert not main(["train", "--data", data, "--model", str(balanced), "--output_dir", str(tmp_path / "run"), *AGAIN])
    assert config_of(tmp_path / "run")["class_weights"] is None


@pytest.mark.parametrize("labels", [["a", "b"], ["a", "b", "c", "d"]])
def test_another_number_of_labels_gets_a_new_head(balanced, tmp_path, labels):
    data = write_labels(tmp_path / "data.csv", labels)
    assert not main(["train", "--data", data, "--model", str(balanced), "--output_dir", str(tmp_path / "run"), *AGAIN])
    assert list(config_of(tmp_path / "run")["id2label"].values()) == labels


def test_weights_can_be_asked_for_again(balanced, tmp_path):
    data = write_labels(tmp_path / "two.csv", ["a", "b"])
    run = tmp_path / "run"
    command = ["train", "--data", data, "--model", str(balanced), "--output_dir", str(run), *AGAIN]
    assert not main([*command, "--class_weights", "balanced"])
    weights = config_of(run)["class_weights"]
    assert len(weights) == 2
    assert weights[1] > weights[0]


def test_a_width_that_the_weights_do_not_have_is_refused(balanced, tmp_path, capsys):
    data = write_labels(tmp_path / "two.csv", ["a", "b"])
    run = tmp_path / "run"
    assert (
        main(
            ["train", "--data", data, "--model", str(balanced), "--output_dir", str(run), *AGAIN, "--hidden_size", "16"]
        )
        == 2
    )
    assert "hidden_size=16" in (message := capsys.readouterr().err)
    assert "hidden_size=8" in message
    assert not run.exists()


# Every field that configures a model


def other_value(annotation: object, now: object) -> object:
    """A value of the same kind as the field's that differs from what the model has."""
    choices = [each for each in typing.get_args(annotation) if each is not type(None)]
    for choice in choices:
        if typing.get_origin(choice) is typing.Literal:
            return next(each for each in typing.get_args(choice) if each != now)
    kind = choices[0] if choices else annotation
    if kind is bool:
        return not now
    return (0.37 if now != 0.37 else 0.36) if kind is float else (now or 0) + 2


def configuring_fields(task: str, model: str) -> list[tuple[str, str, str, object]]:
    recipe = recipe_class(task)
    hints = typing.get_type_hints(recipe)
    named = [each.name for each in dataclasses.fields(recipe) if each.metadata.get("configures")]
    return [(task, model, name, hints[name]) for name in named]


MODELS = [
    ("classification", "bilstm"),
    ("classification", "transformer"),
    ("tagging", "bilstm-crf"),
    ("language-modeling", "lstm-lm"),
    ("masked-language-modeling", "transformer"),
    ("seq2seq", "lstm-seq2seq"),
    ("seq2seq", "transformer-seq2seq"),
]
FIELDS = [each for pair in MODELS for each in configuring_fields(*pair)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved model of each kind, with random weights."""
    folders: dict[tuple[str, str], Path] = {}
    for name, model in MODELS:
        task = task_named(name)
        labels = {"id2label": {0: "O", 1: "B-x", 2: "I-x"}} if name in ("classification", "tagging") else {}
        made = build_model(
            model,
            task.models.architectures[model],
            task.models.auto_class_suffix,
            overrides={},
            vocab_size=20,
            pad_token_id=0,
            **labels,
        )
        folders[name, model] = tmp_path_factory.mktemp("saved") / "model"
        made.save_pretrained(folders[name, model])
    return folders


@pytest.mark.parametrize(("task", "model", "name", "annotation"), FIELDS, ids=lambda value: str(value)[:40])
def test_a_field_of_the_recipe_takes_effect_or_is_refused(saved, task, model, name, annotation):
    folder, head = saved[task, model], task_named(task).models.auto_class_suffix
    before = config_of(folder)
    value = other_value(annotation, before.get(name))
    if name in before and name in CHANGEABLE:
        again, _ = load_pretrained(str(folder), head, baseline_path=None, overrides={name: value})
        assert getattr(again.config, name) == value
        return
    with pytest.raises(InputError, match=name):
        load_pretrained(str(folder), head, baseline_path=None, overrides={name: value})


@pytest.mark.parametrize(("task", "model"), MODELS)
def test_what_may_change_leaves_the_encoders_weights_alone(saved, task, model):
    folder, head = saved[task, model], task_named(task).models.auto_class_suffix
    first, _ = load_pretrained(str(folder), head, baseline_path=None, overrides={})
    hints = {name: annotation for each, which, name, annotation in FIELDS if (each, which) == (task, model)}
    changed = {
        name: other_value(hints[name], getattr(first.config, name))
        for name in hints
        if name in CHANGEABLE and hasattr(first.config, name)
    }
    again, _ = load_pretrained(str(folder), head, baseline_path=None, overrides=changed)
    before, after = first.base_model.state_dict(), again.base_model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


# Encoder-decoders, ours and the library's


def write_pairs(path: Path) -> str:
    rows = [{"source": letter * count, "target": f"{count}{letter}"} for letter in "abcd" for count in range(1, 10)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows * 2))
    return str(path)


PAIRS = ["--task", "seq2seq", "--metric", "exact_match", *AGAIN]
SHORT = ["--max_length", "24"]  # a model that knows little writes to the end


@pytest.mark.parametrize("model", ["lstm-seq2seq", "transformer-seq2seq"])
def test_an_encoder_decoder_of_ours_is_trained_further(tmp_path, model):
    data = write_pairs(tmp_path / "pairs.jsonl")
    first = [
        "--model",
        model,
        "--tokenizer_kind",
        "char",
        "--hidden_size",
        "16",
        "--output_dir",
        str(tmp_path / "first"),
    ]
    assert not main(["train", "--data", data, *PAIRS, *SHORT, *first, "--num_beams", "4"])
    command = [
        "train",
        "--data",
        data,
        *PAIRS,
        "--model",
        str(tmp_path / "first"),
        "--output_dir",
        str(tmp_path / "second"),
    ]
    assert not main([*command, "--num_beams", "2", "--max_length", "20", "--learning_rate", "1e-9"])
    again = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "second")
    assert (again.generation_config.num_beams, again.generation_config.max_new_tokens) == (2, 20)
    before = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "first").state_dict()
    assert all(torch.allclose(before[name], value, atol=1e-6) for name, value in again.state_dict().items())


TINY = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
}
TINY |= {"encoder_ffn_dim": 16, "decoder_ffn_dim": 16}


@pytest.mark.parametrize("kind", ["bart", "marian", "t5"])
def test_encoder_decoders_of_transformers_are_fine_tuned(tmp_path, kind):
    data = write_pairs(tmp_path / "pairs.jsonl")
    tokenizer = train_tokenizer(["abcd", "123456789"], kind="char", vocab_size=40)
    ids = {
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": tokenizer.bos_token_id,
    }
    ids |= {"decoder_start_token_id": tokenizer.pad_token_id, "vocab_size": len(tokenizer)}
    if kind == "t5":
        model = T5ForConditionalGeneration(T5Config(d_model=16, d_ff=16, d_kv=8, num_layers=1, num_heads=2, **ids))
    elif kind == "bart":
        model = BartForConditionalGeneration(BartConfig(**TINY, **ids, forced_eos_token_id=None))
    else:
        model = MarianMTModel(MarianConfig(**TINY, **ids, decoder_vocab_size=len(tokenizer), forced_eos_token_id=None))
    model.save_pretrained(tmp_path / "big")
    tokenizer.save_pretrained(tmp_path / "big")
    command = ["train", "--data", data, *PAIRS, "--model", str(tmp_path / "big"), "--output_dir", str(tmp_path / "run")]
    assert not main([*command, "--learning_rate", "1e-2", "--max_length", "12"])
    record = json.loads((tmp_path / "run/record.json").read_text())
    assert record["curve"][-1]["eval_loss"] > 0
    assert type(AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "run")) is type(model)
    assert not main(["translate", str(tmp_path / "run"), "aaa"])
