# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which rows a stream gives, in which order: counted, and compared between processes, files and beginnings."""

import gzip
import json
from collections import Counter
from itertools import chain, islice

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hf_seq.data.batching import EncodedDataset
from hf_seq.data.readers.shards import find_shards, read_chunks, schema_of
from hf_seq.data.readers.text_form import TextForm
from hf_seq.data.streaming import survey
from hf_seq.data.streaming.blocks import BlockReader, windows
from hf_seq.data.streaming.rows import Sharing, StreamedRows
from hf_seq.data.streaming.survey import SurveyRequest, look_over

SIZES = (400, 0, 37, 211)


def write(folder, kind):
    """Shards of rows whose number is their text; label a for the first half, b for the second."""
    folder.mkdir()
    number = 0
    for part, size in enumerate(SIZES):
        rows = [{"n": str(number + row), "label": "ab"[number + row >= 324]} for row in range(size)]
        path, number = folder / f"part-{part}{kind}", number + size
        if kind == ".parquet":
            table = pa.Table.from_pylist(rows, pa.schema([("n", "string"), ("label", "string")]))
            pq.write_table(table, path, row_group_size=70)
        elif kind == ".csv":
            lines = ["n,label", *(f'"{row["n"]}",{row["label"]}' for row in rows)]
            path.write_text("\n".join(lines) + "\n")
        else:
            text = "".join(json.dumps(row) + "\n" for row in rows)
            path.write_bytes(gzip.compress(text.encode()) if kind.endswith(".gz") else text.encode())
    return str(folder)


def flat(lists):
    return list(chain.from_iterable(lists))


def wanted(splits=(), sample=50):
    return SurveyRequest(["n", "label"], "label", None, sample, 0.1, splits, 0, TextForm())


def streamed(found, buffer=64):
    def encode(rows):
        return EncodedDataset([[int(n)] * (int(n) % 7 + 1) for n, _ in rows])

    reader = BlockReader(found.blocks, ["n", "label"], TextForm())
    return StreamedRows(found.blocks, reader, encode, EncodedDataset([[0]]), buffer)


def updates(rows, epoch, batch=8, accumulated=1, processes=1):
    """The sorted numbers of the rows of each update of an epoch, from what all processes are given."""
    rows.set_epoch(epoch)
    steps = []
    for process in range(processes):
        loader = rows.loader(Sharing(batch, accumulated, processes, process), collator=list, seed=3)
        steps.append([[row["input_ids"][0] for row in batch] for batch in loader])
    assert len({len(each) for each in steps}) == 1
    each = [flat(step) for step in zip(*steps, strict=True)]
    return [sorted(flat(each[start : start + accumulated])) for start in range(0, len(each), accumulated)]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(survey, "BLOCK", 50)


@pytest.mark.parametrize("kind", [".jsonl", ".jsonl.gz", ".csv", ".parquet"])
def test_every_row_comes_once_an_epoch(kind, tmp_path):
    rows = streamed(look_over(find_shards(write(tmp_path / "in", kind)), wanted()))
    for epoch in (0, 1, 0):
        seen = [number for update in updates(rows, epoch) for number in update]
        assert sorted(seen) == list(range(sum(SIZES)))


def test_epochs_and_windows_are_in_another_order_and_labels_are_mixed(tmp_path):
    rows = streamed(look_over(find_shards(write(tmp_path / "in", ".jsonl")), wanted()))
    first, second = updates(rows, 0), updates(rows, 1)
    assert first != second
    assert first == updates(rows, 0)
    windows_of_labels = [flat(first[start : start + 8]) for start in range(0, len(first) - 8, 8)]
    assert all(0 < sum(number >= 324 for number in window) < len(window) for window in windows_of_labels)


@pytest.mark.parametrize("shared", [(4, 1, 2), (4, 2, 1), (2, 2, 2), (1, 1, 8)])
def test_processes_and_accumulated_steps_share_the_updates_of_one(shared, tmp_path):
    found = look_over(find_shards(write(tmp_path / "in", ".jsonl")), wanted())
    assert updates(streamed(found), 2, *shared) == updates(streamed(found), 2)


def test_one_process_then_two_then_one_lose_and_double_nothing(tmp_path):
    found = look_over(find_shards(write(tmp_path / "in", ".parquet")), wanted())
    parts = [updates(streamed(found), 0, batch, 1, count) for batch, count in ((8, 1), (4, 2), (8, 1))]
    spliced = [*parts[0][:20], *parts[1][20:50], *parts[2][50:]]
    assert Counter(flat(spliced)) == Counter(range(sum(SIZES)))


def test_a_stream_begins_anywhere(tmp_path):
    found = look_over(find_shards(write(tmp_path / "in", ".jsonl")), wanted())
    whole, cold = streamed(found), streamed(found)
    for each in (whole, cold):
        each.loader(Sharing(8), list, seed=3)
    in_order = [whole[position] for position in range(len(whole))]
    assert [cold[position] for position in (640, 5, 300)] == [in_order[position] for position in (640, 5, 300)]


def test_rows_held_out_are_not_trained_on(tmp_path):
    found = look_over(find_shards(write(tmp_path / "in", ".csv")), wanted(("validation", "test")))
    held = [int(n) for rows in found.held_out.values() for n, _ in rows]
    assert len(held) == len(set(held)) == 2 * 65  # a tenth of 648 rows each
    assert sorted([*held, *flat(updates(streamed(found), 0))]) == list(range(sum(SIZES)))
    assert {label for _, label in found.examples} == {"a", "b"}
    assert found.empty == ["part-1.csv"]


def test_the_sample_is_drawn_from_everywhere(tmp_path):
    found = look_over(find_shards(write(tmp_path / "in", ".jsonl")), wanted(sample=100))
    numbers = [int(n) for n, _ in found.sample]
    assert len(numbers) == 100
    assert numbers == sorted(numbers)
    assert [sum(low <= number < low + 216 for number in numbers) > 15 for low in (0, 216, 432)] == [True] * 3


@pytest.mark.parametrize("kind", [".jsonl", ".csv", ".parquet"])
def test_reading_begins_where_a_chunk_does(kind, tmp_path):
    shard = find_shards(write(tmp_path / "in", kind))[0]
    chunks = list(read_chunks(shard, 64, TextForm()))
    found = [chunk for chunk in chunks if chunk.begin]
    assert found
    for chunk in found:
        again = next(read_chunks(shard, 64, TextForm(), chunk.begin))
        assert again.table.values("n") == chunk.table.values("n")


def test_blank_lines_of_a_csv_do_not_end_it(tmp_path):
    (tmp_path / "rows.csv").write_text("n,label\n\n\n0,a\n\n\n1,b\n")
    (shard,) = find_shards(str(tmp_path / "rows.csv"))
    assert schema_of(shard, TextForm()) == ["n", "label"]
    assert [chunk.table.values("n") for chunk in read_chunks(shard, 1, TextForm())] == [["0"], ["1"]]


def test_windows_hold_every_row_of_every_block_in_order():
    sizes = [5, 0, 17, 3, 90, 1, 1, 1, 40, 22]
    pieces = [piece for window in windows(sizes, 32, 5, seed=1, epoch=0) for piece in window]
    for block, size in enumerate(sizes):
        seen = [row for p in pieces if p.block == block for row in range(p.start, p.start + p.rows)]
        assert seen == list(range(size))
    rows = [sum(piece.rows for piece in window) for window in islice(windows(sizes, 32, 5, seed=1, epoch=0), 4)]
    assert rows == [32] * 4
