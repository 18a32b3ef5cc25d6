# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training on rows that stay in their files: what is learned, what is refused, and how a killed run goes on."""

import json
import re
import shutil

import pytest

from hf_seq.cli import main
from hf_seq.distill.running import train_main
from hf_seq.reports.record import Record
from hf_seq.train.parsing import flags

LANGUAGE = {"task": "language-modeling", "model": "lstm-lm", "tokenizer_kind": "char", "bptt_steps": 16}
LANGUAGE |= {"per_device_train_batch_size": 4, "shuffle_buffer": None}


def words(data, output, tiny, **more):
    settings = {"data": str(data), "model": "bilstm", "output_dir": str(output), "streaming": True, **tiny, **more}
    return flags({"shuffle_buffer": 32, **settings})


def test_a_stream_learns_as_rows_in_memory_do(shards, reviews, tmp_path, tiny):
    train_main(words(shards, tmp_path / "run", tiny, num_train_epochs=6))
    record = Record.read(tmp_path / "run")
    assert (record.n, record.split, record.label_names) == (24, "test", ["negative", "positive"])
    assert record.score > 80
    assert any("96 train rows in 3 shards stay in their files" in note for note in record.notes)
    assert json.loads((tmp_path / "run/.run.json").read_text())["rows per update"] == 16
    assert [row["epoch"] for row in record.curve if "eval_loss" in row] == [1, 2, 3, 4, 5, 6]


def test_a_killed_stream_goes_on_to_the_same_bits(shards, tmp_path, tiny, cut_power, weights, same_bits):
    each = {"save_strategy": "steps", "save_steps": 4, "eval_strategy": "steps", "eval_steps": 4}
    train_main(words(shards, tmp_path / "whole", tiny, **each))
    cut_power(10, lambda: train_main(words(shards, tmp_path / "cut", tiny, **each)))
    train_main(["--resume", "--output_dir", str(tmp_path / "cut")])
    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))


def spoil(folder):
    (folder / "train-00001-of-00003.jsonl").write_text('{"text": "half a line", "lab')


def no_label(folder):
    (folder / "train-00002-of-00003.jsonl").write_text('{"text": "a", "label": "negative"}\n{"text": "b"}\n')


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (spoil, {}, r"1 of 3 shards cannot be read: .*00001.* \(line 1 is not JSON.*--skip_broken"),
        (no_label, {}, r"1 row without 'label': train-00002-of-00003.jsonl row 2"),
        (None, {"model": "tfidf"}, "tfidf is fitted on all rows at once"),
        (None, {"class_weights": "balanced"}, "--class_weights balanced needs all rows at once"),
        (None, {"train_rows": 5}, "--train_rows 5 needs all rows at once.*--max_steps"),
        (None, {"task": "forecasting", "model": "lstm"}, "--streaming is for classification.*not for forecasting"),
        (None, {"data": "nothing/*.jsonl"}, "--data nothing/.* names no file that can be read"),
        (None, LANGUAGE | {"shuffle_buffer": 9}, "--shuffle_buffer 9 has no meaning here: a text read as one"),
        (None, {"streaming": False}, "shuffle_buffer=32 is for shards that are streamed; add --streaming"),
    ],
)
def test_what_a_stream_cannot_do_is_said_before_any_work(change, more, said, shards, tmp_path, tiny, capsys):
    folder = shutil.copytree(shards, tmp_path / "in")
    if change:
        change(folder)
    assert main(["train", *words(folder, tmp_path / "out", tiny), *flags(more)]) == 2
    assert re.search(said, " ".join(capsys.readouterr().err.split()))
    assert not (tmp_path / "out").exists()


def test_shards_that_all_break_are_named(tmp_path, tiny, capsys):
    (tmp_path / "in.jsonl").write_text('{"text": "a", "label": "b"}\n{"tex')
    assert main(["train", *words(tmp_path / "in.jsonl", tmp_path / "out", tiny)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "none of the shards (1) has rows; in.jsonl cannot be read (line 2 is not JSON" in said


def test_one_row_leaves_nothing_to_train_on(tmp_path, tiny, capsys):
    (tmp_path / "in.txt").write_text("a good film\n")
    assert main(["train", *words(tmp_path / "in.txt", tmp_path / "out", {**tiny, **LANGUAGE})]) == 2
    assert "hold out all rows that there are (1), and none is left to train on" in capsys.readouterr().err


def test_a_validation_alone_is_what_is_scored(shards, tmp_path, tiny):
    folder = shutil.copytree(shards, tmp_path / "in")
    (folder / "test.jsonl").unlink()
    train_main(words(folder, tmp_path / "run", tiny, max_steps=2))
    record = Record.read(tmp_path / "run")
    assert (record.n, record.split) == (24, "validation")


def test_broken_and_empty_shards_are_left_out_and_counted(shards, tmp_path, tiny):
    folder = shutil.copytree(shards, tmp_path / "in")
    spoil(folder)
    (folder / "train-00002-of-00003.jsonl").write_text("")
    train_main(words(folder, tmp_path / "run", tiny, skip_broken=True, max_steps=2))
    notes = Record.read(tmp_path / "run").notes
    assert any("1 of 3 shards cannot be read and are left out: train-00001-of-00003.jsonl" in note for note in notes)
    assert any("1 shards are empty: train-00002-of-00003.jsonl" in note for note in notes)
    assert any(note.startswith("32 train rows") for note in notes)


WORDS = ["the", "film", "was", "good", "bad", "plot", "and"]
ROWS = {
    "tagging": (
        "bilstm-crf",
        lambda n: {"tokens": [*WORDS[: n % 5 + 1], f"n{n}"], "tags": [*"OOOOO"[: n % 5 + 1], "B-N"]},
    ),
    "language-modeling": ("lstm-lm", lambda n: {"text": " ".join(WORDS[: n % 5 + 2]) + f" n{n}"}),
    "masked-language-modeling": ("transformer", lambda n: {"text": " ".join(WORDS[: n % 5 + 2]) + f" n{n}"}),
    "seq2seq": ("lstm-seq2seq", lambda n: {"source": f"a b {n}", "target": f"{n} b a"}),
    "series": ("gru", lambda n: {"series": [[n % 7 + step / 3] for step in range(n % 4 + 3)], "label": "ab"[n % 2]}),
    "series-tagging": ("gru", lambda n: {"series": [[n % 7], [n % 3 + 0.5]], "tags": ["low", "ab"[n % 2]]}),
}


@pytest.mark.parametrize("task", ROWS)
def test_every_task_learns_from_a_stream(task, tmp_path, tiny):
    model, row_of = ROWS[task]
    folder = tmp_path / "in"
    folder.mkdir()
    for part in range(2):
        lines = [json.dumps(row_of(part * 60 + number)) + "\n" for number in range(60)]
        (folder / f"part-{part}.jsonl").write_text("".join(lines))
    more = {"language-modeling": {"reading": "texts"}, "seq2seq": {"max_length": 16, "num_beams": 1}}.get(task, {})
    small = {} if "lstm" in model else {"embedding_size": None}
    train_main(words(folder, tmp_path / "run", {**tiny, **small}, task=task, model=model, **more, max_steps=4))
    record = Record.read(tmp_path / "run")
    assert record.score is not None
    assert any(note.startswith("96 train rows in 2 shards stay in their files") for note in record.notes)
    assert record.split == "test (cut from train)"


@pytest.fixture
def lines(tmp_path):
    """Texts for a language model, as shards and whole."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, numbers in {
        "train-00000-of-00002": range(60),
        "train-00001-of-00002": range(60, 90),
        "validation": range(9),
        "test": range(9),
    }.items():
        texts = [json.dumps({"text": " ".join(WORDS[n % 3 : n % 5 + 3]) + f" n{n}"}) + "\n" for n in numbers]
        (folder / f"{name}.jsonl").write_text("".join(texts))
    return folder


def test_a_text_read_as_one_from_shards_has_the_bits_of_one_in_memory(lines, tmp_path, tiny, weights, same_bits):
    given = {**tiny, **LANGUAGE}
    train_main(words(lines, tmp_path / "stream", given))
    train_main(words(lines, tmp_path / "memory", given, streaming=False))
    assert same_bits(weights(tmp_path / "stream"), weights(tmp_path / "memory"))
    scores = [Record.read(tmp_path / name).score for name in ("stream", "memory")]
    assert scores[0] == scores[1]
    assert "train: 1,958 tokens (in the sample)" in Record.read(tmp_path / "stream").notes
    assert not [path for path in (tmp_path / "stream").rglob("*") if "tmp" in path.name]


def test_a_killed_text_read_as_one_goes_on_to_the_same_bits(lines, tmp_path, tiny, cut_power, weights, same_bits):
    each = {"save_strategy": "steps", "save_steps": 4, "eval_strategy": "steps", "eval_steps": 4}
    given = {**tiny, **LANGUAGE, **each}
    train_main(words(lines, tmp_path / "whole", given))
    cut_power(10, lambda: train_main(words(lines, tmp_path / "cut", given)))
    train_main(["--resume", "--output_dir", str(tmp_path / "cut")])
    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))
