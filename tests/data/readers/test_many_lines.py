# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Many lines of JSON, which another reader takes, give the values that Python's own parser gives."""

import gc
import json

import pyarrow as pa
import pytest

from hf_seq.data.readers.files import no_collection, read_file
from hf_seq.data.readers.json_files import MANY
from hf_seq.errors import InputError

ROWS = [
    {
        "id": n,
        "text": f"“quoted” \\ {n} \n café 👍",
        "when": "2020-01-01",
        "score": n / 7,
        "ok": n % 2 == 0,
        "none": None,
    }
    for n in range(MANY // 100)
]


def with_last(**values):
    return [*ROWS, {**ROWS[0], **values}]


CASES = {
    "flat": ROWS,
    "a key that is missing": [*ROWS, {"text": "alone"}],
    "another key": with_last(more="x"),
    "another type": with_last(id="seven"),
    "a number with a point among whole ones": with_last(id=1.5),
    "a number beyond 64 bits": with_last(id=2**70),
    "null": with_last(text=None),
    "nested": [{**row, "tokens": ["a", "b"]} for row in ROWS],
}


@pytest.mark.parametrize("name", CASES)
def test_many_lines_hold_what_each_line_holds(tmp_path, name):
    rows = [{key: value for key, value in row.items() if key != "none"} for row in CASES[name]]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    assert len(text) > MANY
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    table = read_file(tmp_path / "x.jsonl")
    expected = [json.loads(line) for line in text.split("\n")]
    assert set(table.names) == {key for row in expected for key in row}
    for key in table.names:
        values = table.values(key)
        assert values == [row.get(key) for row in expected]
        assert list(map(type, values)) == [type(row.get(key)) for row in expected]
    if name == "flat":
        assert isinstance(table.columns["text"], pa.ChunkedArray)  # it went the fast way


def test_a_broken_line_among_many_is_refused_by_its_number(tmp_path):
    lines = [json.dumps(row) for row in ROWS]
    lines[-2] = '{"id": 1, "text": '
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match=f"line {len(ROWS) - 1} is not JSON"):
        read_file(tmp_path / "x.jsonl")


def test_garbage_is_looked_for_again_after_reading():
    def fail():
        with no_collection():
            assert not gc.isenabled()
            raise InputError("broken")

    with pytest.raises(InputError, match="broken"):
        fail()
    assert gc.isenabled()
