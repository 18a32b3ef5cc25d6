# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables with a span a row, beside the text that it stands in, to a text a row with all of its spans.

id,text,start,end,label
1,Anna lives in Berlin,0,4,PER
1,Anna lives in Berlin,14,20,LOC
"""

from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.groups import id_name
from hf_seq.data.readers.tables import Table


def texts_of_span_rows(table: Table, text: str, start: str, end: str, label: str) -> Table | None:
    """Put the spans of each text together, in the order of the texts; None where a place is no whole number.

    Args:
        table: a span a row; a text without spans has a row without places.
        text: the column of the texts.
        start: the column of the first places.
        end: likewise of the last ones.
        label: the column of the kinds of spans.
    """
    found: dict[str, tuple[int, list[dict[str, Any]]]] = {}
    columns = [table.values(name) for name in (text, start, end, label)]
    for row, (each, *places, kind) in enumerate(zip(*columns, strict=True)):
        names = [id_name(place) for place in places]
        if not all(name.isdigit() for name in names) and any(names):
            return None
        _, spans = found.setdefault(str(each), (row, []))
        if all(names):
            spans.append({"start": int(names[0]), "end": int(names[1]), "label": str(kind)})
    firsts = [row for row, _ in found.values()]
    kept = [name for name in table.names if name not in (start, end, label)]
    others = {name: [values[row] for row in firsts] for name in kept if (values := table.values(name))}
    note = f"a span a row: {counted(len(table), 'row')} are {counted(len(found), 'text')}"
    return Table(
        {**others, "spans": [spans for _, spans in found.values()]}, notes=[*table.notes, note], path=table.path
    )
