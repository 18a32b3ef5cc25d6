# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training, scoring and comparing taggers end to end, on a toy language that only context can tag."""

import json
import random
from functools import partial
from itertools import pairwise

import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.reports.record import Record
from hf_seq.train import evaluate_model
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.running import train
from training import train_classifier_accelerate

main = partial(train_main, task="tagging")
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


def iob1_sentence(random):
    """`call NAME NAME` is one person, `both NAME NAME` two, side by side; only the second of these begins with B-."""
    words, tags = [], []
    for _ in range(random.randint(1, 3)):
        kind = random.choice(["call", "both", "at", "between", "then"])
        label, two = "place" if kind in ("at", "between") else "person", kind in ("both", "between")
        names = 0 if kind == "then" else 2 if two else random.randint(1, 2)
        words += [kind, *random.choices(["Ada", "Bo", "Cleo", "Dov"], k=names)]
        tags += ["O", *(f"{'B' if two and place else 'I'}-{label}" for place in range(names))]
    return {"tokens": words, "tags": tags}


def is_iob1(tags):
    """A B- stands behind a tag of its own type only."""
    return all(b[0] != "B" or a[2:] == b[2:] for a, b in pairwise(["O", *tags]))


def write_sentences(folder, draw):
    folder.mkdir()
    for split, rows in (("train", 300), ("validation", 60), ("test", 80)):
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(draw()) + "\n" for _ in range(rows)))
    return folder


@pytest.fixture(scope="module")
def iob1(tmp_path_factory):
    """Data written in IOB1, and a BiLSTM-CRF trained on them."""
    folder, draw = tmp_path_factory.mktemp("iob1"), random.Random(1)
    data = write_sentences(folder / "data", lambda: iob1_sentence(draw))
    main(["--data", str(data), "--model", "bilstm-crf", "--output_dir", str(folder / "run"), *TINY])
    return data, folder / "run"


def test_a_crf_trained_on_iob1_data_follows_the_rules_of_iob1(iob1):
    _, run = iob1
    record, predictor = Record.read(run), TaggingPredictor.from_pretrained(run)
    assert record.score > 95  # by BIO's rules no span could begin with I-, as nearly all do
    assert "scheme:iob1" in record.signature
    assert AutoModelForTokenClassification.from_pretrained(run).config.tag_scheme == "iob1"
    said = predictor.tag([["both", "Ada", "Bo"], ["Dov", "Dov"], ["Bo", "at", "Ada", "then", "Cleo", "call", "Ada"]])
    assert said[0] == ["O", "I-person", "B-person"]
    with torch.no_grad():
        for parameter in predictor.model.parameters():
            parameter.uniform_(-1, 1)  # a model that has learned nothing obeys, too
    draw = random.Random(2)
    paths = predictor.tag([iob1_sentence(draw)["tokens"] for _ in range(100)])
    assert all(map(is_iob1, paths))
    assert any(tag[0] == "B" for tags in paths for tag in tags)


@pytest.mark.parametrize(
    ("given", "scheme"), [([], "bio"), (["--tag_scheme", "iob1"], "iob1"), (["--tag_scheme", "none"], "none")]
)
def test_a_second_training_takes_the_scheme_of_its_own_data_unless_told(given, scheme, iob1, data, tmp_path):
    short = ["--num_train_epochs", "1", "--bf16", "False", "--output_dir", str(tmp_path / "run")]
    main(["--data", str(data), "--model", str(iob1[1]), *short, *given])
    assert AutoModelForTokenClassification.from_pretrained(tmp_path / "run").config.tag_scheme == scheme


def test_a_scheme_that_the_names_do_not_write_is_refused(data, tmp_path):
    with pytest.raises(InputError, match=r"tag_scheme='bioes' does not fit the labels .* which write 'bio'"):
        main(["--data", str(data), "--output_dir", str(tmp_path / "run"), "--tag_scheme", "bilou"])


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
