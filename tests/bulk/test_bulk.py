# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shards in, shards out: pandas writes and reads them, `hf_seq.load` on single rows is what the answers must be."""

import bz2
import gzip
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import hf_seq
from hf_seq.bulk.answering import Job, answer_shard, prepare
from hf_seq.bulk.statistics import Tally
from hf_seq.cli import main
from hf_seq.data.readers.shards import find_shards

pytest.importorskip("datatrove")
FIXTURES = Path(__file__).parents[1] / "fixtures/0.1.0.dev0"
MODEL = str(FIXTURES / "bilstm")
WORDS = ("the", "film", "was", "a", "good", "bad", "long", "short", "plot", "and", "very", "dull")


def frame(rows, start=0):
    rng = random.Random(start)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(0, 12))) for _ in range(rows)]
    return pd.DataFrame({"id": range(start, start + rows), "text": texts, "weight": [n / 7 for n in range(rows)]})


def write(folder, kind, shards=3, rows=40):
    folder.mkdir(parents=True, exist_ok=True)
    whole = []
    for number in range(shards):
        part, path = frame(rows + number, 1000 * number), folder / f"part-{number}{kind}"
        match kind:
            case ".parquet":
                part.to_parquet(path, index=False)
            case ".jsonl" | ".jsonl.gz":
                part.to_json(path, orient="records", lines=True, double_precision=15)
            case ".csv" | ".csv.zip":
                part.to_csv(path, index=False)
            case ".csv.zst":
                with pa.CompressedOutputStream(str(path), "zstd") as file:
                    file.write(part.to_csv(index=False).encode())
            case ".txt.gz":
                path.write_bytes(gzip.compress("".join(f"{text}\n" for text in part.text).encode()))
        whole.append(part)
    return pd.concat(whole, ignore_index=True)


def read(folder):
    readers = {".parquet": pd.read_parquet, ".csv": pd.read_csv}
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    parts = [readers.get(path.suffix, lambda path: pd.read_json(path, lines=True))(path) for path in paths]
    return pd.concat(parts, ignore_index=True)


def bulk(shards, output, *words, model=MODEL):
    return main(["predict", model, "--input", str(shards), "--output", str(output), *map(str, words)])


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    return folder, write(folder, ".parquet")


@pytest.fixture(scope="module")
def answered(parquet, tmp_path_factory):
    output = tmp_path_factory.mktemp("answered") / "out"
    assert bulk(parquet[0] / "*.parquet", output, "--workers", 2) == 0
    return output


def test_every_row_stands_once_with_its_columns_and_the_answer_of_the_model(parquet, answered):
    found, (_, whole) = read(answered), parquet
    pd.testing.assert_frame_equal(found[list(whole.columns)], whole)
    model = hf_seq.load(MODEL)
    single = pd.DataFrame([model(text) for text in whole.text])
    assert list(found.label) == list(single.label)
    assert max(abs(found.score - single.score)) < 1e-6


@pytest.mark.parametrize("kind", [".jsonl", ".jsonl.gz", ".csv", ".csv.zst", ".csv.zip", ".txt.gz"])
def test_shards_of_text_keep_their_kind(kind, tmp_path, parquet, answered):
    whole, shards = write(tmp_path / "in", kind), find_shards(str(tmp_path / "in"))
    job, _ = prepare(Job(MODEL, tmp_path / "out", columns={"text_column": "text"}), shards[0])
    assert sum(answer_shard(job, shard).rows for shard in shards) == len(whole)
    found = read(tmp_path / "out")
    assert list(found.label) == list(read(answered).label)
    assert list(found.text.fillna("")) == list(whole.text)
    if kind != ".txt.gz":
        pd.testing.assert_frame_equal(found[["id", "weight"]], whole[["id", "weight"]])


def test_statistics_are_what_a_count_of_the_output_gives(answered):
    found, statistics = read(answered), json.loads((answered / ".hf_seq/statistics.json").read_text())
    assert statistics["rows"] == len(found) == 123
    assert statistics["labels"] == dict(Counter(found.label).most_common())
    bins = Counter(f"{min(int(score * 20), 19) / 20:.2f}" for score in found.score)
    assert statistics["scores"] == dict(sorted(bins.items()))


def test_what_was_lost_is_done_again_to_the_same_bytes_and_nothing_else_is_touched(parquet, answered, tmp_path):
    output = Path(shutil.copytree(answered, tmp_path / "out"))
    before = bytes_of(output)
    (output / "part-0.parquet").unlink()
    (output / "part-1.parquet").write_bytes(before["part-1.parquet"][:100])
    (output / ".part-1.parquet.123.part").write_bytes(b"half")
    (output / ".hf_seq/completions/00000").unlink()
    kept = (output / "part-2.parquet").stat().st_mtime_ns
    assert bulk(parquet[0] / "*.parquet", output, "--workers", 1) == 0
    assert bytes_of(output) == before
    assert (output / "part-2.parquet").stat().st_mtime_ns == kept


def test_shards_that_came_since_are_answered_too(parquet, answered, tmp_path):
    output, more = shutil.copytree(answered, tmp_path / "out"), shutil.copytree(parquet[0], tmp_path / "in")
    frame(7, 9000).to_parquet(more / "a-first.parquet")
    assert bulk(more, output, "--workers", 1) == 0
    assert sorted(read(output).id) == sorted([*parquet[1].id, *range(9000, 9007)])


def damage(folder):
    (folder / "part-1.parquet").write_bytes(b"PAR1 no more")


def halve(folder):
    packed = folder / "part-1.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-30])


def zip_two(folder):
    with zipfile.ZipFile(folder / "part-1.csv.zip", "a") as archive:
        archive.writestr("more.csv", "text\na\n")


def lock(folder):
    packed = folder / "part-1.csv.zip"
    raw = bytearray(packed.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # what says in the list of files that this one has a password
    packed.write_bytes(raw)


def rename_column(folder):
    frame(5).rename(columns={"weight": "mass"}).to_parquet(folder / "part-1.parquet", index=False)


def change_type(folder):
    frame(5).astype({"id": str}).to_parquet(folder / "part-1.parquet", index=False)


def mix(folder):
    (folder / "part-1.csv").write_text("text\na\n")


@pytest.mark.parametrize(
    ("kind", "spoil", "words"),
    [
        (".parquet", damage, "1 of 3 shards cannot be read: part-1.parquet .*skip_broken.*No row was answered"),
        (".jsonl.gz", halve, "1 of 3 shards cannot be read: part-1.jsonl.gz .*The other 2 are answered"),
        (".csv.zip", zip_two, "1 of 3 shards cannot be read: part-1.csv.zip .*it holds 2 files"),
        (".csv.zip", lock, "1 of 3 shards cannot be read: part-1.csv.zip .*password"),
        (".parquet", rename_column, "part-1.parquet has no 'weight', 'mass' beside them"),
        (".parquet", change_type, "part-1.parquet has 'id' as (large_)?string, not int64"),
        (".parquet", mix, "files ending in .csv, .parquet; give shards of one kind"),
    ],
    ids=["damaged", "half", "two in a zip", "password", "renamed", "type", "mixed"],
)
def test_bad_shards_are_said_in_words(kind, spoil, words, tmp_path, capsys):
    write(tmp_path / "in", kind)
    spoil(tmp_path / "in")
    assert bulk(tmp_path / "in", tmp_path / "out", "--workers", 1) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(words, said), said


def test_broken_shards_can_be_left_out_are_counted_and_once_repaired_answered(tmp_path):
    whole, folder = write(tmp_path / "in", ".jsonl.gz"), tmp_path / "in"
    sound = bytes_of(folder)
    halve(folder)
    (folder / "part-2.jsonl.gz").write_bytes(b"not packed")
    assert bulk(folder, tmp_path / "out", "--workers", 1, "--skip_broken") == 0
    assert len(read(tmp_path / "out")) == 40
    broken = json.loads((tmp_path / "out/.hf_seq/statistics.json").read_text())["broken"]
    assert [*broken] == ["part-1.jsonl.gz", "part-2.jsonl.gz"]
    for name, content in sound.items():
        (folder / name).write_bytes(content)
    assert bulk(folder, tmp_path / "out", "--workers", 1) == 0
    assert sorted(read(tmp_path / "out").id) == sorted(whole.id)


def other_model(folder, output, more):
    return bulk(folder, output, model=str(FIXTURES / "bilstm-letters"))


def other_rows(folder, output, more):
    frame(40, 5).to_parquet(more / "part-0.parquet", index=False)
    return bulk(more, output)


def fewer_shards(folder, output, more):
    (more / "part-2.parquet").unlink()
    return bulk(more, output)


def not_ours(folder, output, more):
    return bulk(folder, more)


def nothing_there(folder, output, more):
    return bulk(folder / "*.csv", output)


def no_worker(folder, output, more):
    return bulk(folder, output, "--workers", 0)


def no_executor(folder, output, more):
    return bulk(folder, output, "--executor", "spark")


def with_a_text(folder, output, more):
    return bulk(folder, output, "a text")


def no_sbatch(folder, output, more):
    return bulk(folder, more / "new", "--executor", "slurm")


def same_output(folder, output, more):
    shutil.copy(more / "part-1.parquet", more / "part-1.PARQUET")
    return bulk(more, more / "new")


def same_output_of_packed(folder, output, more):
    (more / "a.txt").write_text("one\n")
    (more / "a.txt.bz2").write_bytes(bz2.compress(b"two\n"))
    return bulk(more / "a.txt*", more / "new")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (same_output, "part-1.PARQUET and part-1.parquet would both be answered in part-1.parquet; rename one of them"),
        (same_output_of_packed, "a.txt and a.txt.bz2 would both be answered in a.jsonl; rename one of them"),
        (other_model, "holds answers of another run: model was"),
        (other_rows, "holds answers of another run: part-0.parquet changed since"),
        (fewer_shards, "part-2.parquet is not among the shards any more"),
        (not_ours, "holds files, but no prediction of ours"),
        (nothing_there, "names no file that can be read"),
        (no_worker, "workers"),
        (no_executor, "--executor spark is none of local, slurm, ray"),
        (with_a_text, "texts is for inputs that are answered one by one"),
        (no_sbatch, "needs slurm's sbatch"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_is_said_and_nothing_is_lost(call, words, parquet, answered, tmp_path, capsys):
    more, before = Path(shutil.copytree(parquet[0], tmp_path / "more")), bytes_of(answered)
    assert call(parquet[0], answered, more) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert bytes_of(answered) == before


def test_without_datatrove_it_is_said_what_to_install(parquet, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "datatrove.executor", None)
    monkeypatch.delitem(sys.modules, "hf_seq.bulk.pipeline", raising=False)
    assert bulk(parquet[0], tmp_path / "out") == 2
    assert "pip install 'hf_seq[scale]'" in capsys.readouterr().err


def test_a_full_disk_is_said_and_what_is_done_is_kept(parquet, tmp_path, capsys, monkeypatch):
    from hf_seq.bulk import pipeline

    def full(self):
        answer_shard(self.pipeline[0].job, self.pipeline[0].shards[0])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipeline.LocalExecutor, "run", full)
    assert bulk(parquet[0], tmp_path / "out") == 2
    assert "run the same command again to go on" in capsys.readouterr().err
    assert len(read(tmp_path / "out")) == 40


ROWS = {
    "bilstm-crf": ("text", ["the good film", ""]),
    "bilstm-letters": ("text", ["the good film", "x"]),
    "encoder-tagger": ("tokens", [["the", "film"], ["a"]]),
    "gru-series": ("series", [[[0.1] * 3, [0.2] * 3], [[0.3] * 3]]),
    "lstm-lm": ("text", ["the good film was", "a"]),
    "masked-lm": ("text", ["the [MASK]", "a"]),
    "lstm-seq2seq": ("source", ["the good film", ""]),
    "transformer-seq2seq": ("source", ["the good film", "a"]),
}


@pytest.mark.parametrize("kind", ROWS)
def test_every_kind_of_model_answers_shards_as_it_answers_single_rows(kind, tmp_path):
    column, values = ROWS[kind]
    pd.DataFrame({"key": ["p", "q"], column: values}).to_parquet(tmp_path / "rows.parquet")
    (shard,) = find_shards(str(tmp_path / "rows.parquet"))
    job, _ = prepare(Job(str(FIXTURES / kind), tmp_path / "out"), shard)
    assert answer_shard(job, shard).rows == 2
    found = pd.read_parquet(tmp_path / "out/rows.parquet")
    assert list(found.key) == ["p", "q"]
    model = hf_seq.load(FIXTURES / kind)
    expected = [model(value) for value in values]
    found = found.drop(columns=column).rename(columns=lambda name: name.removeprefix("predicted_"))
    assert {*found.columns} - {"key", "truncated"} == {*expected[0]} - {"text", "source"}
    for name in {*expected[0]} - {"text", "source"}:
        for one, other in zip(found[name], expected, strict=True):
            assert plain(one) == plain(other[name])


def plain(value):
    """Round numbers, and make lists of arrays."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(plain, value))
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return pytest.approx(value, rel=1e-4) if isinstance(value, float) else value


def test_tallies_of_answers_are_counts_by_hand():
    tally = Tally()
    tally.add([{"entities": [{"label": "LOC", "score": 0.97}, {"label": "PER", "score": 0.999}]}, {"entities": []}])
    tally.add([{"perplexity": 1234.0}, {"perplexity": None}, {"labels": ["a", "b"], "scores": [1.0, 0.5]}])
    assert tally.rows == 5
    assert tally.labels == {"LOC": 1, "PER": 1, "a": 1, "b": 1}
    assert tally.scores == {"0.95": 3, "1000": 1, "0.50": 1}
    assert Tally.read(json.loads(json.dumps(tally.plain()))) == tally


def test_shards_in_memory_and_in_subfolders_have_names_of_their_own():
    import fsspec

    files = fsspec.filesystem("memory")
    for name in ("/bulk/a/x.txt", "/bulk/b/x.txt", "/bulk/b/_SUCCESS", "/bulk/.hidden/x.txt"):
        files.pipe(name, b"one\n")
    assert [shard.name for shard in find_shards("memory://bulk")] == ["a/x.txt", "b/x.txt"]
    assert [shard.path for shard in find_shards("memory://bulk/b/*.txt")] == ["memory:///bulk/b/x.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "whole"])
def test_killed_at_random_moments_the_output_is_that_of_an_unbroken_run(victim, tmp_path):
    write(tmp_path / "in", ".parquet", shards=6, rows=3000)
    assert bulk(tmp_path / "in", tmp_path / "unbroken", "--workers", 2) == 0
    output, rng = tmp_path / "out", random.Random(0)
    command = [sys.executable, "-m", "hf_seq", "predict", MODEL, "--input", str(tmp_path / "in")]
    command += ["--output", str(output), "--workers", "2"]
    for _ in range(5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            deadline = time.time() + 60
            while not workers_of(process.pid) and process.poll() is None and time.time() < deadline:
                time.sleep(0.05)
            time.sleep(rng.uniform(0, 3))
            found = workers_of(process.pid)
            if victim == "whole":
                process.kill()
            elif found:
                os.kill(rng.choice(found), signal.SIGKILL)
                assert process.wait(300) == 0
    assert bulk(tmp_path / "in", output, "--workers", 1) == 0
    assert bytes_of(output) == bytes_of(tmp_path / "unbroken")


def workers_of(pid):
    """Name the workers of a process: the children of its fork server."""
    children = (
        [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] if alive(pid) else []
    )
    return [int(w) for each in children for w in Path(f"/proc/{each}/task/{each}/children").read_text().split()]


def alive(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").exists()
