# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A data set of a few dozen rows and a model of a few hundred weights, so that a whole training takes a second."""

import csv
import random
from pathlib import Path

import pytest

GOOD, BAD, FILL = "good fine great".split(), "bad poor awful".split(), "the film was very quite and it plot".split()


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


TINY = {
    "embedding_size": 8,
    "hidden_size": 8,
    "num_train_epochs": 2,
    "per_device_train_batch_size": 16,
    "bf16": False,
    "learning_rate": 0.01,
    "disable_tqdm": True,
}
