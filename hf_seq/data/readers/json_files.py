# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""JSON in the shapes that people save rows in.

{"text": ..., "label": ...}        an object a line (jsonl), or a list of such
{"data": [...]}                    a list of objects under some name, beside other facts
{"train": [...], "test": [...]}    a list for each split
["...", "..."]                     texts alone
{"text": [...], "label": [...]}    a list for each column; pandas' orients columns, index, split, table, values
{"intents": [{"tag": ..., "patterns": [...]}]}   intents of chat bots; {"greet": [...], "bye": [...]} likewise
"""

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import json as pa_json

from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form, read_text
from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json

MANY = 2_000_000  # letters of a file from which on it is worth another reader
SAMPLE = 1_000  # lines that tell the types of all
_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_TAGS = ("tag", "intent", "name", "label")
_PATTERNS = ("patterns", "utterances", "examples", "texts", "queries")
_COLUMNS = ("text", "label", "sentence", "tokens", "tags", "source", "target", "id", "labels", "review", "series")
SHAPES = 'give a list of objects such as {"text": ..., "label": ...}, or one a line'


def read_jsonl(path: Path) -> Table:
    """Read the rows of a JSON file.

    Raises:
        InputError: it is not JSON, or in no shape that holds rows.
    """
    return _arrow_table(read_text(path)) or table_of_json(path, json_values(path))


def json_values(path: Path) -> Any:
    """Parse a file that holds one JSON value, or one a line; these become a list.

    Raises:
        InputError: it is not JSON; with the line.
    """
    text = read_text(path)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise InputError(f"{path} holds only blank lines; {SHAPES}.")
    one_a_line = suffix_of(path) in (".jsonl", ".ndjson") and text.lstrip()[0] == "{"
    if text.lstrip()[0] not in "[{" or ((len(lines) > 1 or one_a_line) and _is_json(lines[0][1])):
        return [_line(path, number, line) for number, line in lines]
    try:
        return parse_json(text, str(path))
    except json.JSONDecodeError as error:
        if _ends_in_its_line(lines[0][1]):
            raise InputError(
                f"{path}: line {error.lineno} is not JSON ({error.msg} at column {error.colno}); each line is one "
                "object."
            ) from None
        raise InputError(f"{path}: line {error.lineno} is not JSON ({error.msg}); correct it.") from None


def _arrow_table(text: str) -> Table | None:
    """Read many lines of flat objects by pyarrow, which takes a third of the time; None where they are anything else.

    The types are those of the first lines, so that a date stays text; a line of other types or keys gives None, too.
    """
    if len(text) < MANY or not text.startswith("{"):
        return None
    types: dict[str, set[type]] = {}
    for line in text[:MANY].split("\n")[:-1][:SAMPLE]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # the other reader says what is wrong
            return None
        if not isinstance(row, dict):
            return None
        for key, value in row.items():
            types.setdefault(key, set()).add(type(value))
    kinds = {key: found - {type(None)} for key, found in types.items()}
    if not all(len(found) == 1 and found <= _ARROW.keys() for found in kinds.values()):
        return None
    schema = pa.schema([(key, _ARROW[found.pop()]) for key, found in kinds.items()])
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        table = pa_json.read_json(pa.BufferReader(text.encode()), parse_options=options)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return Table({name: table.column(name) for name in table.column_names})


def splits_of_json(path: Path, content: Any) -> dict[str, Table] | None:
    """Return the tables of `{"train": ..., "test": ...}`; None where the content has another shape."""
    if not isinstance(content, Mapping) or not any(canonical_split(str(key)) == "train" for key in content):
        return None
    rows = {str(key): value for key, value in content.items() if isinstance(value, list | dict) and value}
    return {split: table_of_json(path, value) for split, value in rows.items()}


def table_of_json(path: Path, content: Any) -> Table:
    """Make rows of what a JSON file holds.

    Raises:
        InputError: its shape is not known.
    """
    if isinstance(content, list):
        return _of_list(path, content)
    if isinstance(content, Mapping):
        return _of_object(path, content)
    raise InputError(f"{path} holds {content!r:.60}; {SHAPES}.")


def _of_list(path: Path, records: Sequence[Any]) -> Table:
    """Make rows of a list of objects, or of a list of lists with a value a column."""
    if records and all(isinstance(record, list) for record in records):
        widths = {len(record) for record in records}
        if len(widths) == 1 and widths != {0}:
            names = current_form().names or _names_of_pairs(records)
            if len(names) != max(widths):
                raise InputError(
                    f"{path}: --columns names {len(names)} columns, but rows have {max(widths)}; name each."
                )
            note = f"rows are lists; their columns are called {', '.join(names)} (--columns names them)"
            return Table(dict(zip(names, map(list, zip(*records, strict=True)), strict=True)), notes=[note])
    if len(records) > 1 and all(isinstance(record, str) for record in records):
        return Table({"text": list(records)}, notes=["rows are texts"])
    if not all(isinstance(record, dict) for record in records):
        number, record = next((n, each) for n, each in enumerate(records, 1) if not isinstance(each, dict))
        raise InputError(f'{path}: row {number} is {record!r:.60}, not an object like {{"text": ..., "label": ...}}.')
    keys = dict.fromkeys(chain.from_iterable(records))
    rows = records
    if "row_idx" in keys:
        rows = [_inner_row(record) for record in records]
        keys = dict.fromkeys(chain.from_iterable(rows))
    return Table({name: [record.get(name) for record in rows] for name in keys})


def _names_of_pairs(records: Sequence[list[Any]]) -> list[str]:
    """Name the columns of rows that are lists: text and label of pairs, where the second is the rarer value."""
    width = len(records[0])
    if width == 2 and all(isinstance(record[0], str) and isinstance(record[1], dict) for record in records):
        return ["text", "entities"]  # spaCy
    if width == 2 and all(isinstance(value, str) for record in records for value in record):
        first, second = (len({record[column] for record in records}) for column in (0, 1))
        return ["text", "label"] if first >= second else ["label", "text"]
    return [str(column) for column in range(1, width + 1)]


def _inner_row(record: dict[str, Any]) -> dict[str, Any]:
    """Unwrap `{"row_idx": ..., "row": {...}}`, as the data set server of the Hub writes rows."""
    return record["row"] if isinstance(record.get("row"), dict) and "row_idx" in record else record


def _of_object(path: Path, content: Mapping[str, Any]) -> Table:
    if isinstance(content.get("intents"), list):
        return _of_intents(path, content["intents"])
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):  # pandas, orient="split"
        names = [str(name) for name in content["columns"]]
        if all(isinstance(row, list) and len(row) == len(names) for row in content["data"]):
            return Table({name: [row[index] for row in content["data"]] for index, name in enumerate(names)})
    found = _by_values(path, content)
    if found is not None:
        return found
    lists = {key: value for key, value in content.items() if _is_records(value)}
    lists = lists or {key: value for key, value in content.items() if _is_pairs(value)}
    if len(lists) == 1:
        ((key, records),) = lists.items()
        table = _of_list(path, [record for record in records if record is not None])
        table.notes.append(f"rows are the list {key!r}")
        return table
    inner = [value for value in content.values() if isinstance(value, Mapping)]
    if not lists and len(inner) == len(content) == 1:  # {"rasa_nlu_data": {"common_examples": [...]}}
        return _of_object(path, inner[0])
    if lists:
        raise InputError(f"{path} has several lists of rows: {', '.join(lists)}; save the one you mean as a file.")
    if all(not isinstance(value, list | dict) for value in content.values()):
        return _of_list(path, [content])
    raise InputError(
        f"{path} is an object with {', '.join(map(repr, list(content)[:6]))}, which are not rows; {SHAPES}."
    )


def _by_values(path: Path, content: Mapping[str, Any]) -> Table | None:
    """Make rows of a list, or an object, for each column, row or class; None where they are neither."""
    values = list(content.values())
    if content and all(isinstance(value, Mapping) for value in values):
        keys = [set(value) for value in values]
        rows_inside = any(_is_records(item) for value in values for item in value.values())
        if keys[0] and all(each == keys[0] for each in keys) and not rows_inside:
            by_row = not all(key.isdigit() for key in keys[0]) and (
                all(str(key).isdigit() for key in content) or len(content) > len(keys[0])
            )
            if by_row:  # pandas, orient="index"
                return _of_list(path, values)
            return Table({name: list(value.values()) for name, value in content.items()})  # orient="columns"
    if not values or not all(isinstance(value, list) for value in values) or any(map(_is_records, values)):
        return None
    known = len(values) == 1 or any(key.lower() in _COLUMNS for key in content)
    if len({len(value) for value in values}) == 1 and known:
        return Table({str(name): value for name, value in content.items()})
    if all(isinstance(item, str) for value in values for item in value):
        texts = [item for value in values for item in value]
        labels = [key for key, value in content.items() for _ in value]
        return Table({"text": texts, "label": labels}, notes=["a list of texts for each label"])
    if len({len(value) for value in values}) == 1:
        return Table({str(name): value for name, value in content.items()})
    return None


def _of_intents(path: Path, intents: Sequence[Any]) -> Table:
    """Make a row of each pattern of each intent."""
    texts, labels = [], []
    for number, intent in enumerate(intents, 1):
        known = intent if isinstance(intent, Mapping) else {}
        tag = next((known[name] for name in _TAGS if name in known), None)
        patterns = next((known[name] for name in _PATTERNS if isinstance(known.get(name), list)), None)
        if tag is None or patterns is None:
            raise InputError(f'{path}: intent {number} is {intent!r:.60}; each needs a "tag" and a list of "patterns".')
        texts += [str(pattern) for pattern in patterns]
        labels += [str(tag)] * len(patterns)
    return Table({"text": texts, "label": labels}, notes=["intents: a row for each pattern, its tag is the label"])


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _is_pairs(value: Any) -> bool:
    """Check whether a value lists texts with what is known of them, as the NER annotator for spaCy saves it."""
    rows = [row for row in value if row is not None] if isinstance(value, list) else []
    return bool(rows) and all(isinstance(row, list) and len(row) == 2 and isinstance(row[1], dict) for row in rows)


def _is_json(line: str) -> bool:
    try:
        parse_json(line)
    except ValueError:
        return False
    return True


def _ends_in_its_line(line: str) -> bool:
    """Check whether a line looks like a whole object, so that the file has one a line."""
    return line.strip().startswith("{") and line.strip().endswith("}")


def _line(path: Path, number: int, line: str) -> Any:
    try:
        return parse_json(line, f"{path}: line {number}")
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}: line {number} is not JSON ({error.msg} at column {error.colno}); each line is one object."
        ) from None
