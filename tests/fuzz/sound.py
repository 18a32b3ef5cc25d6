# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sound models that the cases name: saved ones of each head; a forecaster, an export, a baseline, made when asked."""

import atexit
import contextlib
import io
import shutil
import tempfile
from functools import cache
from pathlib import Path

from hf_seq.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0"
SAVED = ("bilstm", "bilstm-crf", "encoder", "gru-series", "lstm-lm", "lstm-seq2seq", "masked-lm")
GOOD = "text,label\n" + "".join(
    f"a {word} film number {n},{label}\n" for n in range(30) for word, label in (("good", "yes"), ("bad", "no"))
)
MADE = {
    "forecaster": ["train", "--task", "forecasting", "--data", "past.csv", "--output_dir", "forecaster",
                   "--model", "gru", "--horizon", "4", "--context_length", "12", "--patch_length", "3",
                   "--hidden_size", "4", "--embedding_size", "4", "--max_steps", "1", "--disable_tqdm", "true"],
    "listener": ["train", "--task", "audio", "--data", "builtin:tones", "--output_dir", "listener", "--model", "gru",
                 "--max_train_rows", "30", "--hidden_size", "4", "--max_steps", "1", "--disable_tqdm", "true"],
    "shopper": ["train", "--task", "events", "--data", "builtin:visits", "--output_dir", "shopper", "--model", "gru",
                "--max_train_rows", "30", "--hidden_size", "4", "--max_steps", "1", "--disable_tqdm", "true"],
    "tfidf": ["train", "--model", "tfidf", "--data", "good.csv", "--output_dir", "tfidf"],
    "exported": ["export", str(FIXTURES / "bilstm"), "--output", "exported"],
}  # fmt: skip


def sound_model(name: str) -> Path:
    """Give the folder of a sound model."""
    return FIXTURES / name if name in SAVED else _made(name)


def models_named(words: list[str]) -> list[str]:
    """List the sound models that a command line names."""
    said = {part for word in words for part in word.replace("=", ",").split(",")}
    return [name for name in (*SAVED, *MADE) if name in said]


@cache
def _place() -> Path:
    place = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@cache
def _made(name: str) -> Path:
    from .running import inside

    place = _place()
    (place / "good.csv").write_text(GOOD)
    (place / "past.csv").write_text(
        "id,date,value\n" + "".join(f"a,2024-{n // 28 + 1:02}-{n % 28 + 1:02},{n % 7}\n" for n in range(120))
    )
    with inside(place), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert main(MADE[name]) == 0, name
    return place / name
