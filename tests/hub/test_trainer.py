# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--push_to_hub` and `model.push_to_hub` give the repository that `hf-seq push` gives."""

import csv
import json

import pytest

from . import client
from .server import WRITE

pytestmark = pytest.mark.slow

TRAIN = """
from hf_seq.cli import main
folder, data = sys.argv[1:3]
flags = ["--embedding_size", "4", "--hidden_size", "4", "--num_train_epochs", "2", "--bf16", "false", "--push_to_hub"]
from hf_seq.train import results
results.LATENCY_CALLS = 5
report = {}
for name, more in json.loads(sys.argv[3]).items():
    out = f"{folder}/{name}"
    code = main(["train", "--data", data, "--output_dir", out, "--hub_model_id", f"ada/{name}", *flags, *more])
    report[name] = code
"""
MODEL = """
import torch
from hf_seq.hub import push
from transformers import AutoModelForSequenceClassification, AutoTokenizer
folder = sys.argv[1]
push(folder, "ada/by-push")
model = AutoModelForSequenceClassification.from_pretrained(folder)
model.push_to_hub("by-model", private=True)
torch.nn.init.ones_(model.classifier.bias.data)
model.push_to_hub("ada/changed")
model.push_to_hub("ada/by-push", revision="changed")
again = AutoModelForSequenceClassification.from_pretrained("ada/changed")
report = [again.classifier.bias.tolist(), len(AutoTokenizer.from_pretrained("ada/changed"))]
"""


OWN = """
from transformers import AutoModelForSequenceClassification, AutoTokenizer, TrainingArguments
from hf_seq.hub.trainer import HubTrainer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModelForSequenceClassification.from_pretrained(sys.argv[1])
rows = [{**tokenizer(text), "labels": row % 2} for row, text in enumerate(["a good film", "a bad film"] * 4)]
none = {"report_to": "none"}
arguments = TrainingArguments(
    sys.argv[2], push_to_hub=True, hub_model_id="ada/own", max_steps=2, use_cpu=True, save_strategy="no", **none
)
trainer = HubTrainer(model, arguments, train_dataset=rows, processing_class=tokenizer)
trainer.train()
report = trainer.push_to_hub().commit
"""


@pytest.fixture(scope="module")
def trained(hub, tmp_path_factory):
    """Runs that were pushed while they trained, by strategy."""
    folder = tmp_path_factory.mktemp("trained")
    with (folder / "reviews.csv").open("w", newline="") as file:
        rows = [
            [f"a {word} film number {n}", label] for n in range(30) for word, label in (("fine", "yes"), ("bad", "no"))
        ]
        csv.writer(file).writerows([("text", "label"), *rows])
    runs = {"end": ["--hub_strategy", "end"], "each": [], "checkpoint": ["--hub_strategy", "checkpoint"]}
    code = client.run(
        TRAIN, folder, folder / "reviews.csv", json.dumps(runs), endpoint=hub.url, home=folder / "home", token=WRITE
    )
    assert set(code.values()) == {0}
    return folder


def titles(hub, name):
    return [commit.title for commit in hub.repositories["model", name].commits.values()]


def test_a_training_pushes_what_hf_seq_push_does(hub, trained, tmp_path):
    report = client.run(MODEL, trained / "end", endpoint=hub.url, home=tmp_path, token=WRITE)
    assert report[0] == [1.0, 1.0]
    assert report[1] > 10
    end, pushed, by_model = (hub.files(f"ada/{name}") for name in ("end", "by-push", "by-model"))
    assert end.keys() == pushed.keys() == by_model.keys()
    assert {"README.md", "record.json", "recipe.yaml", "curves.png", "tokenizer.json"} <= end.keys()
    same = [name for name in end if name != "README.md"]
    assert {name: end[name] for name in same} == {name: pushed[name] for name in same}
    assert {name: by_model[name] for name in same} == {name: pushed[name] for name in same}
    assert hub.repositories["model", "ada/by-model"].private
    # a model that is no longer what the run saved has no right to the run's figures
    assert "record.json" not in hub.files("ada/changed")
    assert "Results" not in hub.files("ada/changed")["README.md"].decode()
    # and does not take the card away that is there
    assert hub.files("ada/by-push", "changed")["README.md"] == pushed["README.md"]


def test_a_trainer_of_ones_own_pushes_a_whole_clean_repository(hub, runs, tmp_path):
    client.run(OWN, runs / "bilstm", tmp_path / "out", endpoint=hub.url, home=tmp_path / "home", token=WRITE)
    files = hub.files("ada/own")
    assert {"README.md", "config.json", "model.safetensors", "modeling_recurrent.py", "tokenizer.json"} <= files.keys()
    assert not {"training_args.bin", "record.json"} & files.keys()
    assert "auto_map" in json.loads(files["config.json"])


def test_the_strategy_says_how_often(hub, trained):
    assert titles(hub, "ada/end") == ["initial commit", "End of training"]
    assert "Training in progress, step" in titles(hub, "ada/each")[1]
    assert titles(hub, "ada/each")[-1] == "End of training"


def test_no_pickle_goes_but_the_checkpoint_that_was_asked_for(hub, trained):
    for name in ("end", "each"):
        assert not [path for path in hub.files(f"ada/{name}") if path.endswith((".bin", ".pt", ".pth"))]
    files = hub.files("ada/checkpoint")
    assert "last-checkpoint/optimizer.pt" in files
    assert not [path for path in files if path.endswith("training_args.bin")]


@pytest.mark.parametrize("name", ["end", "each", "checkpoint"])
def test_no_folder_of_the_machine_goes_along(hub, trained, name):
    assert str(trained).encode() not in b"".join(hub.files(f"ada/{name}").values())


def test_training_is_refused_before_it_begins_where_nothing_may_be_pushed(hub, trained, tmp_path):
    done = client.hf_seq(
        *("train", "--data", trained / "reviews.csv", "--output_dir", tmp_path / "run", "--push_to_hub"),
        *("--hub_model_id", "ada/never"),
        endpoint=hub.url, home=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "hf auth login" in done.stderr
    assert not (tmp_path / "run" / "record.json").exists()
