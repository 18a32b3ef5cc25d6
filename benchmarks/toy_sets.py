# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Small made-up sets with the names, files and columns of the public ones, so that `quality.py --toy` needs no data."""

import io
import random
from pathlib import Path
from typing import Any

from datasets import ClassLabel, Dataset, Features, List, Value
from scipy.io import wavfile

from hf_seq.data.builtin.tones import KINDS, make_tones

ROWS = {"train": 40, "validation": 16, "test": 16}
WORDS = {
    "bad": ["awful", "boring", "cold", "dull", "sad"],
    "good": ["bright", "funny", "great", "lovely", "warm"],
    "both": ["a", "actor", "and", "day", "film", "in", "is", "it", "of", "room", "story", "the", "was", "we"],
}
TAGS = ["O", "B-person", "I-person", "B-location", "I-location"]
LABEL = ClassLabel(names=["bad", "good"])


def write_toy_sets(folder: Path) -> None:
    """Write every set that `quality.py` reads to `folder/NAME/SPLIT.parquet`."""
    draw = random.Random(0)
    for number, (split, rows) in enumerate(ROWS.items()):
        draw.seed(number)
        for name, column in (("sst2", "sentence"), ("ag_news", "text"), ("banking77", "text")):
            _write(folder / name / f"{split}.parquet", _sentences(draw, rows, column))
        _write(folder / "ud_ewt" / f"{split}.parquet", _tagged(draw, rows, "upos", ["DET", "NOUN", "VERB"]))
        _write(folder / "wnut17" / f"{split}.parquet", _tagged(draw, rows, "ner_tags", TAGS))
        text = "\n".join(_sentences(draw, 4 * rows, "text")["text"])
        _write(folder / "tiny_shakespeare" / f"{split}.parquet", Dataset.from_dict({"text": [text]}))
        texts = _sentences(draw, rows, "text", words=3)["text"]
        columns = {"de": texts, "en": [" ".join(reversed(text.split())) for text in texts]}
        _write(folder / "multi30k" / f"{split}.parquet", Dataset.from_dict(columns))
        for name in ("japanese_vowels", "basic_motions"):
            _write(folder / name / f"{split}.parquet", _series(draw, rows))
        _write(folder / "spoken_digits" / f"{split}.parquet", _clips(number, rows))
    lines = [f"{4 + step % 24 + draw.random():.3f},{draw.random():.3f}" for step in range(400)]
    (folder / "etth1").mkdir(parents=True, exist_ok=True)
    (folder / "etth1" / "etth1.csv").write_text("\n".join(["OT,HUFL", *lines]) + "\n", encoding="utf-8")


def _clips(seed: int, rows: int) -> Dataset:
    """Tones as files of sound, of four speakers."""
    made = make_tones(rows, seed)
    files = [io.BytesIO() for _ in made]
    for file, row in zip(files, made, strict=True):
        wavfile.write(file, row["audio"]["sampling_rate"], row["audio"]["array"])
    columns = {"audio": [{"bytes": file.getvalue(), "path": None} for file in files]}
    columns["label"] = [KINDS[row["label"]] for row in made]
    return Dataset.from_dict({**columns, "speaker": [f"speaker{row % 4}" for row in range(rows)]})


def _write(path: Path, rows: Dataset) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(path)


def _sentences(draw: random.Random, rows: int, column: str, words: int = 9) -> Dataset:
    """Sentences whose label is that of the words in them."""
    labels = [row % 2 for row in range(rows)]
    texts = [" ".join(draw.choices([*WORDS["both"], *2 * WORDS[LABEL.names[label]]], k=words)) for label in labels]
    return Dataset.from_dict({column: texts, "label": labels}, Features({column: Value("string"), "label": LABEL}))


def _tagged(draw: random.Random, rows: int, column: str, names: list[str]) -> Dataset:
    """Words that each have one tag."""
    words = [word for kind in WORDS.values() for word in kind]
    tags = {word: number % len(names) for number, word in enumerate(words)}
    tokens = [draw.choices(words, k=draw.randint(3, 9)) for _ in range(rows)]
    features = Features({"tokens": List(Value("string")), column: List(ClassLabel(names=names))})
    return Dataset.from_dict({"tokens": tokens, column: [[tags[word] for word in row] for row in tokens]}, features)


def _series(draw: random.Random, rows: int) -> Dataset:
    """Series of two values a step, whose level is that of their label."""
    labels = [row % 2 for row in range(rows)]
    series: list[Any] = [
        [[draw.gauss(label, 0.1) for _ in range(2)] for _ in range(draw.randint(4, 8))] for label in labels
    ]
    features = Features({"series": List(List(Value("float32"))), "label": LABEL})
    return Dataset.from_dict({"series": series, "label": labels}, features)
