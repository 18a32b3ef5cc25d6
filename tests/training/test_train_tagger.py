# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training, scoring and comparing taggers end to end, on a toy language that only context can tag."""

import json
import random

import pytest
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from hf_seq.errors import InputError
from hf_seq.reports.record import Record
from hf_seq.train import evaluate_model
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.running import train
from training import train_classifier_accelerate
from training.train_tagger import main

TINY = flags({"embedding_size": 24, "hidden_size": 32, "learning_rate": 0.01, "num_train_epochs": 6, "bf16": False})


def sentence(random):
    """`at NAME` is a place of one or two words, `call NAME` a person: the names are the same."""
    words, tags = [], []
    for _ in range(random.randint(1, 3)):
        kind = random.choice(["at", "call", "then"])
        words.append(kind)
        tags.append("O")
        if kind != "then":
            label = "place" if kind == "at" else "person"
            for position in range(random.randint(1, 2)):
                words.append(random.choice(["Ada", "Bo", "Cleo", "Dov"]))
                tags.append(f"{'I' if position else 'B'}-{label}")
    return {"tokens": words, "tags": tags}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    draw = random.Random(0)
    for split, rows in (("train", 300), ("validation", 60), ("test", 80)):
        lines = [json.dumps(sentence(draw)) for _ in range(rows)]
        (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def learned(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("learned") / "bilstm-crf"
    main(["--data", str(data), "--model", "bilstm-crf", "--output_dir", str(folder), *TINY])
    return folder


def test_a_tagger_learns_what_only_context_tells(learned):
    record = Record.read(learned)
    assert (record.task, record.metric, record.n) == ("token-classification", "f1", 80)
    assert record.score > 95  # a word alone tells the tag of less than half of the names
    assert record.interval[0] <= record.score <= record.interval[1]
    assert record.latency_ms["p50"] > 0
    assert record.parameters > record.parameters_without_embeddings


def test_a_trained_folder_loads_as_any_tagger_does(learned):
    model = AutoModelForTokenClassification.from_pretrained(learned)
    assert model.config.id2label[0] in {"O", "B-person", "B-place"}
    found = pipeline("token-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(learned))("call Ada")
    assert found[0]["entity"].endswith("person")  # by the logits alone: of a CRF, this pipeline does not know


def test_evaluating_again_gives_the_score_of_the_record(learned, tmp_path):
    again = evaluate_model.evaluate(str(learned), output=tmp_path / "again")
    assert again.score == Record.read(learned).score
    assert (tmp_path / "again" / "predictions.jsonl").read_text() == (learned / "predictions.jsonl").read_text()


def test_unknown_tags_in_new_data_are_refused(learned, tmp_path):
    (tmp_path / "new.jsonl").write_text('{"tokens": ["eat", "figs"], "tags": ["O", "B-food"]}\n' * 20)
    with pytest.raises(InputError, match=r"tags that the model does not know: B-food"):
        evaluate_model.evaluate(str(learned), str(tmp_path / "new.jsonl"))


def test_the_plain_loop_trains_taggers_too(data, tmp_path):
    command = ["--task", "tagging", "--data", str(data), "--model", "bilstm", "--output_dir", str(tmp_path / "plain")]
    record = train_classifier_accelerate.main([*command, *TINY])
    assert record.score > 90


def test_most_frequent_tag_falls_short(data, tmp_path):
    recipe, arguments = parse_recipe(
        ["--task", "tagging", "--data", str(data), "--model", "most-frequent", "--output_dir", str(tmp_path / "floor")]
    )
    assert train(recipe, arguments).score < 70


def test_label_smoothing_under_a_crf_is_refused(data):
    command = [
        "--data",
        str(data),
        "--model",
        "bilstm-crf",
        "--label_smoothing_factor",
        "0.1",
        "--output_dir",
        "nowhere",
    ]
    with pytest.raises(InputError, match=r"would replace the loss of the CRF.*--model bilstm"):
        main(command)
