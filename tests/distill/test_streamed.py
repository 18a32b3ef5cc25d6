# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A student of rows that stay in their files: the same one as of rows in memory."""

import json
import re

import pytest

from hf_seq.cli import main
from hf_seq.distill.running import main as distill
from hf_seq.distill.streamed import StreamedSource
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.streaming import open_stream
from hf_seq.train.parsing import flags, parse_recipe


@pytest.fixture(scope="module")
def teacher(train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("teacher") / "run"
    train(folder, hidden_size=16, num_train_epochs=1)
    return str(folder)


def words(data, output, teacher, cache, tiny, **more):
    given = {"teacher": [teacher], "data": str(data), "model": "lstm", "teacher_cache": str(cache)}
    given |= {"augmented_rows": 0, "student_tokenizer": "teacher", "output_dir": str(output)}
    return flags(given | tiny | more)


def test_a_student_of_a_stream_has_the_bits_of_one_of_rows_in_memory(
    shards, reviews, teacher, tmp_path, tiny, weights, same_bits
):
    distill(words(shards, tmp_path / "memory", teacher, tmp_path / "cache", tiny))
    distill(words(shards, tmp_path / "stream", teacher, tmp_path / "cache", tiny, streaming=True, sample_rows=20))
    assert same_bits(weights(tmp_path / "memory"), weights(tmp_path / "stream"))
    record = Record.read(tmp_path / "stream")
    assert record.distillation["transfer_set"] == {"labelled": 96}
    assert any("96 train rows in 3 shards stay in their files" in note for note in record.notes)
    assert any("a sample of 22 of them" in note for note in record.notes)  # and one row for each label


def source(recipe_words):
    recipe, _ = parse_recipe(recipe_words)
    return StreamedSource(open_stream(task_of(recipe), recipe), task_of(recipe))


def test_rows_that_are_held_out_are_no_texts_to_learn_from(tmp_path, monkeypatch):
    rows = [{"tokens": [f"word{n}", "b"], "tags": ["B-X", "O"]} for n in range(100)]
    for part in range(2):
        lines = [json.dumps(row) + "\n" for row in rows[part * 50 : part * 50 + 50]]
        (tmp_path / f"part-{part}.jsonl").write_text("".join(lines))
    monkeypatch.setattr("hf_seq.distill.shards.SHARD_ROWS", 32)
    monkeypatch.setattr("hf_seq.distill.streamed.SHARD_ROWS", 32)
    given = ["--task", "tagging", "--model", "bilstm", "--streaming", "--data", str(tmp_path), "--output_dir", "out"]
    found = source(given)
    texts = list(found.read())
    held = {words[0] for rows in found.stream.survey.held_out.values() for words, _ in rows}
    assert texts == [row["tokens"] for row in rows if row["tokens"][0] not in held]
    assert len(texts) == found.rows == 80
    assert [found.shard(number) for number in (2, 0)] == [texts[64:], texts[:32]]
    assert source([*given, "--data_split_seed", "5"]).key != found.key == source(given).key
    changed = (tmp_path / "part-1.jsonl").read_text().replace("word70", "WORD70")
    (tmp_path / "part-1.jsonl").write_text(changed)
    assert source(given).key != found.key


def test_labels_of_a_stream_stay_in_their_files(shards, teacher, tmp_path, tiny, capsys):
    given = words(shards, tmp_path / "out", teacher, tmp_path / "cache", tiny, streaming=True, hard_share=0.3)
    assert main(["train", *given]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(r"--hard_share 0.3 needs all rows at once.*leave it out", said)
    assert not (tmp_path / "out").exists()
