# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Settings of the whole test run: nothing is fetched from the Hub. Data and a model that train in a second."""

import csv
import gc
import json
import os
import random
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

GOOD, BAD, FILL = (
    ["good", "fine", "great"],
    ["bad", "poor", "awful"],
    ["the", "film", "was", "very", "quite", "and", "it", "plot"],
)


def write_reviews(folder: Path, train: int = 96, test: int = 24) -> Path:
    """A folder with train, validation and test of short reviews whose label is said by one word."""
    rng = random.Random(0)
    for name, rows in (("train", train), ("validation", 24), ("test", test)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            for row in range(rows):
                label = ("negative", "positive")[row % 2]
                words = [rng.choice(FILL) for _ in range(rng.randint(2, 9))] + [f"n{row}"]
                words.insert(rng.randint(0, len(words)), rng.choice(GOOD if label == "positive" else BAD))
                writer.writerow([f"{name[0]} " + " ".join(words), label])
    return folder


@pytest.fixture(scope="session")
def reviews(tmp_path_factory) -> str:
    return str(write_reviews(tmp_path_factory.mktemp("reviews")))


@pytest.fixture(scope="session")
def shards(reviews, tmp_path_factory) -> Path:
    """The reviews as a folder of shards, a validation and a test among them."""
    folder = tmp_path_factory.mktemp("shards")
    for split in ("train", "validation", "test"):
        with open(f"{reviews}/{split}.csv", encoding="utf-8", newline="") as file:
            lines = [json.dumps(row) + "\n" for row in csv.DictReader(file)]
        for part in range(3 if split == "train" else 0):
            name = f"train-{part:05d}-of-00003.jsonl"
            (folder / name).write_text("".join(lines[part * 32 : part * 32 + 32]), encoding="utf-8")
        if split != "train":
            (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def in_a_hurry():
    """Few timed calls, and no search for garbage among everything that torch and transformers ever imported."""
    import hf_seq.distill.running  # noqa: F401
    from hf_seq.progress import print_progress
    from hf_seq.train import results

    print_progress()  # as the command line does

    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 5)
        yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def tiny() -> dict:
    """Settings of a model that trains in a moment."""
    return {
        "embedding_size": 8,
        "hidden_size": 8,
        "num_train_epochs": 2,
        "per_device_train_batch_size": 16,
        "bf16": False,
        "learning_rate": 0.01,
        "disable_tqdm": True,
    }


@pytest.fixture(scope="session")
def train(reviews, tiny):
    """Train a tiny model on the reviews: `train(folder, **settings)` gives the record."""
    from hf_seq.train.parsing import recipe_for
    from hf_seq.train.running import train as train_recipe

    def run(folder, model="bilstm", data=reviews, **settings):
        recipe, arguments = recipe_for(model, data, output_dir=str(folder), **(tiny | settings))
        return train_recipe(recipe, arguments)

    return run


@pytest.fixture(scope="session")
def weights():
    """Read the weights of a run: `weights(folder)`."""
    from safetensors.torch import load_file

    return lambda folder: load_file(Path(folder) / "model.safetensors")


@pytest.fixture(scope="session")
def same_bits():
    """Whether two sets of weights are equal to the bit."""
    import torch

    return lambda a, b: a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def cut_power(monkeypatch):
    """Run something whose training raises after a step, as abruptly as one can inside a process."""
    from transformers import TrainerCallback

    from hf_seq.loops.trainer import SequenceTrainer

    class PowerCut(Exception):  # noqa: N818
        pass

    class CutPower(TrainerCallback):
        def __init__(self, step):
            self.step = step

        def on_step_end(self, args, state, control, **kwargs):
            if state.global_step == self.step:
                raise PowerCut

    def at(step, run):
        original = SequenceTrainer.__init__

        def with_cut(self, *args, **kwargs):
            original(self, *args, **kwargs)
            self.add_callback(CutPower(step))

        with monkeypatch.context() as patch:
            patch.setattr(SequenceTrainer, "__init__", with_cut)
            with pytest.raises(PowerCut):
                run()

    return at
