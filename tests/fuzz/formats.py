# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files that nobody should write, drawn by a seed: each format is a function from a generator to bytes.

A format joins by one line in `FORMATS`.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

WORDS = ("good", "bad", "film", "the", "Ada", "é", "🍲", "我们", "n't", "a.b", "-", "", " ", "\x00", "\u2028", "''")
ODD = (
    None,
    True,
    0,
    -1,
    1e308,
    -0.0,
    10**25,
    10**400,
    "",
    " ",
    "a",
    "a" * 3_000,
    "[]",
    {},
    [],
    {"a": 1},
    [[1]],
    ["a"],
    [None],
    "NaN",
    float("nan"),
    float("inf"),
    "\ud83d",
    "\x00",
    "__label__a",
    "../../etc/passwd",
    "<script>alert(1)</script>",
)
NAMES = ("text", "label", "tokens", "tags", "series", "id", "sentence", "source", "target", "", "labels", "times")


def value(rng: random.Random, depth: int = 0) -> object:
    """Draw a value, mostly odd, with a few lists and objects inside."""
    kind = rng.random()
    if kind < 0.5 or depth > 3:
        return rng.choice(ODD)
    if kind < 0.7:
        return " ".join(rng.choices(WORDS, k=rng.randrange(8)))
    if kind < 0.85:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(NAMES): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def rows(rng: random.Random) -> list[dict[str, object]]:
    """Draw rows that are sound but for some of their values."""
    broken = rng.choice((0.02, 0.3, 1.0))
    good: dict[str, Callable[[int], object]] = {
        "text": lambda n: f"a {WORDS[n % 2]} film number {n}",
        "label": lambda n: ("yes", "no")[n % 2],
    }
    return [
        {name: value(rng) if rng.random() < broken else make(n) for name, make in good.items()}
        for n in range(rng.choice((1, 3, 40)))
    ]


def as_json(given: object) -> bytes:
    return json.dumps(given).encode()


def jsonl(rng: random.Random) -> bytes:
    return b"\n".join(as_json(value(rng) if rng.random() < 0.05 else row) for row in rows(rng))


def json_file(rng: random.Random) -> bytes:
    deep = "[" * rng.choice((90, 400, 20_000))
    return rng.choice(
        (
            as_json(value(rng)),
            as_json(rows(rng)),
            as_json({rng.choice(NAMES): value(rng) for _ in range(3)}),
            as_json({"train": rows(rng), "test": value(rng)}),
            f'{{"text": {deep}'.encode(),
            f"[{deep}]".encode(),
            b'[{"text": ' + b"9" * 6_000 + b', "label": 1}]',
        )
    )


def table(rng: random.Random, separator: str = ",") -> bytes:
    lines = [separator.join(("text", "label"))]
    for row in rows(rng):
        cells = [str(each).encode("utf-8", "replace").decode() for each in row.values()]
        lines.append(separator.join(cells[: rng.choice((2, 2, 2, 1))]))
    raw = "\n".join(lines).encode(rng.choice(("utf-8", "utf-8", "utf-16", "cp1252")), "replace")
    return cut(rng, raw) if rng.random() < 0.3 else raw


def text(rng: random.Random) -> bytes:
    lines = (" ".join(rng.choices(WORDS, k=rng.randrange(6))) for _ in range(rng.choice((0, 1, 30))))
    return rng.choice(("\n", "\r\n", "\t", "\n\n")).join(lines).encode()


def tagged(rng: random.Random) -> bytes:
    cells = ("Ada", "B-PER", "O", "", "I-LOC", "1", "-")

    def line() -> str:
        return rng.choice(("\t", " ")).join(rng.choices(cells, k=rng.randrange(1, 5)))

    return "\n".join(line() if rng.random() < 0.8 else "" for _ in range(40)).encode()


def npy(rng: random.Random) -> bytes:
    shape = rng.choice(((), (0,), (4, 3), (4, 5, 2), (2, 0, 3), (3, 2, 2, 2)))
    dtype = rng.choice(("f8", "f4", "i8", "U3", "c16", "?", "M8[s]"))
    sink = io.BytesIO()
    np.save(sink, np.zeros(shape, dtype))
    raw = sink.getvalue()
    if rng.random() < 0.4:
        raw = raw.replace(str(shape).encode(), str(rng.choice(((10**12,), (-1,), (2**62, 4)))).encode())
    return cut(rng, raw) if rng.random() < 0.3 else raw


def npz(rng: random.Random) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name in rng.sample(("series", "labels", "lengths", "tags", "X_train", "y_train"), rng.randrange(4)):
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), npy(rng))
    return damaged(rng, sink.getvalue())


def parquet(rng: random.Random) -> bytes:
    columns = {
        "text": rng.choice(
            (
                pa.array(["a film", "b film"] * 20),
                pa.array([{"a": 1}] * 40),
                pa.array([[("k", "v")]] * 40, pa.map_(pa.string(), pa.string())),
                pa.array([None] * 40),
                pa.array([b"\xff\xfe"] * 40),
                pa.array([10**18] * 40),
            )
        ),
        "label": rng.choice((pa.array(["x", "y"] * 20), pa.array([1.5, None] * 20), pa.array([["x"], []] * 20))),
    }
    meta = rng.choice((b"null", b"{", b"[]", b'{"info": null}', b'{"info": {"features": {"text": 5}}}', b"\xff"))
    made = pa.table(columns).replace_schema_metadata({b"huggingface": meta})
    if rng.random() < 0.2:
        made = made.rename_columns(["text", "text"])
    sink = io.BytesIO()
    pq.write_table(made, sink)
    return damaged(rng, sink.getvalue())


def ts(rng: random.Random) -> bytes:
    head = rng.sample(("@problemName x", "@univariate true", "@classLabel true a b", "@data", "@timeStamps true"), 3)
    body = [rng.choice(("1,2,3:a", "1,2:1,2,3:b", "1e999:a", "?:a", "x,y:b", ":", "1,2,3")) for _ in range(6)]
    return "\n".join([*head, *body]).encode()


def archive(rng: random.Random) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as inside:
        for name in rng.sample(("train.csv", "../../evil.csv", "/abs.csv", "test.csv", "a/b/c.txt"), rng.randrange(4)):
            inside.writestr(zipfile.ZipInfo(name), table(rng))
    return damaged(rng, sink.getvalue())


def yaml_file(rng: random.Random) -> bytes:
    keys = (
        "task",
        "model",
        "data",
        "hidden_size",
        "learning_rate",
        "label_smoothing_factor",
        "seed",
        "nope",
        "output_dir",
    )
    odd = (
        "classification",
        "[",
        "{}",
        "[1, 2]",
        "1e999",
        "-1",
        "null",
        "2020-13-45",
        "!!python/object:os.system x",
        "*a",
    )
    lines = [f"{rng.choice(keys)}: {rng.choice(odd)}" for _ in range(rng.randrange(1, 5))]
    return ("\n".join(lines) if rng.random() < 0.8 else "[" * 3_000).encode()


ODD_CELLS = (
    "",
    "NaN",
    "inf",
    "1e999",
    "x",
    "-1",
    "9" * 400,
    "2024-13-45",
    "0000-00-00",
    "01/02/2024 25:61",
    "\x00",
    "\u0661",
)


def log(rng: random.Random) -> bytes:
    """Draw a table of events of some ids, whose ids, times, events and values are odd here and there."""
    broken, ids = rng.choice((0.0, 0.01, 0.2, 1.0)), rng.choice((1, 4, 30))
    lines = [
        rng.choice(("user_id,time,event,amount,label", "who,when,action,amount,class", "a,b,c,d,e", "id,time,event"))
    ]
    form = rng.choice(("2024-{d:02}-01 10:{n:02}", "{d:02}.01.2024", "{n}", "{n}.5", "x{n}"))
    for row in range(rng.choice((1, 6, 90))):
        who, when = row % ids, form.format(n=row // ids % 60, d=row // ids % 12 + 1)
        cells = [str(who), when, ("open", "buy", "shut")[row % 3], str(row % 7 + 0.5), "ab"[who % 2]]
        cells = cells[: lines[0].count(",") + 1]
        lines.append(",".join(rng.choice(ODD_CELLS) if rng.random() < broken else cell for cell in cells))
    if rng.random() < 0.3:
        rng.shuffle(lines)
    return damaged(rng, "\n".join(lines).encode()) if rng.random() < 0.3 else "\n".join(lines).encode()


def history(rng: random.Random) -> bytes:
    """Draw a table of values over time, of one series or of two, whose times and values are odd here and there."""
    broken, steps = rng.choice((0.0, 0.01, 0.2, 1.0)), rng.choice((1, 5, 40, 120))
    form = rng.choice(("2024-{m:02}-{d:02}", "{d:02}.{m:02}.2024", "{n}", "2024-{m:02}-{d:02}T00:00:00+0{h}:00"))
    lines = [rng.choice(("id,date,value", "date,value", "value", "id,date,value,value", "when,what,who"))]
    for n in range(steps):
        when = form.format(n=n, d=n % 28 + 1, m=n // 28 + 1, h=n % 9)
        cells = ["ab"[n % 2], when, str(n % 7 + 0.5), "1"][-len(lines[0].split(",")) :]
        lines.append(",".join(rng.choice(ODD_CELLS) if rng.random() < broken else cell for cell in cells))
    if rng.random() < 0.2:
        rng.shuffle(lines)
    return damaged(rng, "\n".join(lines).encode()) if rng.random() < 0.3 else "\n".join(lines).encode()


def targets(rng: random.Random) -> bytes:
    """Draw a table of a text and two amounts."""
    lines = ["text,quality,speed"]
    for n in range(rng.choice((1, 3, 40))):
        cells = [f"a film number {n}", str(n % 5), str(n * 1.5)]
        odd = (str(value(rng)) if rng.random() < 0.2 else cell for cell in cells)
        lines.append(",".join(each.replace(",", ";").replace("\n", " ") for each in odd))
    return "\n".join(lines).encode("utf-8", "replace")


def tmx(rng: random.Random) -> bytes:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head = rng.choice(
        ("", '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>', f'<!DOCTYPE t [<!ENTITY e0 "a">{bomb}]>')
    )
    said = rng.choice(("a film", "&x;", "&e11;", "", "<b>a</b>", "\x00", "]]>"))
    name = rng.choice(("lang", "xml:lang", "l"))
    unit = f'<tu><tuv xml:lang="en"><seg>{said}</seg></tuv><tuv {name}="de"><seg>b</seg></tuv></tu>'
    deep = rng.choice(("", "", "<a>" * 30_000))
    return damaged(
        rng, f'<?xml version="1.0"?>{head}<tmx><body>{deep}{unit * rng.choice((0, 1, 30))}</body></tmx>'.encode()
    )


def workbook(rng: random.Random) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["text", "label"], *(row.values() for row in rows(rng))]:
        cells = (each if isinstance(each, int | float) and abs(each) < 1e300 else str(each)[:30_000] for each in row)
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(each)).encode("utf-8", "replace").decode()
                      for each in cells])  # fmt: skip
    sink = io.BytesIO()
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    book.save(sink)
    return damaged(rng, _undated(sink.getvalue()))


def _undated(raw: bytes) -> bytes:
    """Write a zip file anew without the time of now, so that a case is a function of its number."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(sink, "w") as after:
        for name in before.namelist():
            body = before.read(name)
            after.writestr(zipfile.ZipInfo(name), re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\1", body))
    return sink.getvalue()


pack_gzip = partial(gzip.compress, mtime=0)


def packed(rng: random.Random, pack: Callable[[bytes], bytes]) -> bytes:
    """Pack a table; now and then one of nothing but blanks."""
    inside = rng.choice((table, text, noise))(rng)
    return BOMBS[pack] if rng.random() < 0.05 and pack in BOMBS else damaged(rng, pack(inside))


def tar(rng: random.Random) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as inside:
        for name in rng.sample(("train.csv", "../../evil.csv", "/abs.csv", "link", "device"), rng.randrange(1, 4)):
            entry, raw = tarfile.TarInfo(name), table(rng)
            entry.size = len(raw)
            if name in ("link", "device"):
                entry.type, entry.linkname, entry.size = (
                    (tarfile.SYMTYPE, "/etc/passwd", 0) if name == "link" else (tarfile.CHRTYPE, "", 0)
                )
            inside.addfile(entry, io.BytesIO(raw))
    return damaged(rng, rng.choice((pack_gzip, bytes))(sink.getvalue()))


def vectors(rng: random.Random) -> bytes:
    """Draw a file of word vectors."""
    width = rng.choice((1, 4, 300))
    odd = ("0.5", "-1", "nan", "x", "1e999")
    numbers = (" ".join(rng.choice(odd) if rng.random() < 0.1 else "0.1" for _ in range(width)) for _ in range(20))
    head = rng.choice(("", "20 4\n", f"{10**15} {10**9}\n", "-1 -1\n"))
    return damaged(rng, (head + "\n".join(f"{rng.choice(WORDS)} {each}" for each in numbers)).encode())


def noise(rng: random.Random) -> bytes:
    return rng.choice(
        (b"", b"\x00", rng.randbytes(400), b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b\x08", struct.pack("<Q", 2**60))
    )


def cut(rng: random.Random, raw: bytes) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """Leave half of the files whole; cut or change the others."""
    kind = rng.random()
    if kind < 0.5 or not raw:
        return raw
    if kind < 0.75:
        return cut(rng, raw)
    changed = bytearray(raw)
    for _ in range(rng.randrange(1, 6)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _zst(raw: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as file:
        file.write(raw)
    return sink.getvalue().to_pybytes()


def _bombs() -> dict[Callable[[bytes], bytes], bytes]:
    """Pack 400 MB of blanks, block by block."""
    block, many = b" " * 2**20, 400
    packed_block = bz2.compress(block)
    return {bz2.compress: packed_block * many, pack_gzip: pack_gzip(block) * many}


BOMBS = _bombs()
FORMATS: dict[str, Callable[[random.Random], bytes]] = {
    ".csv": table,
    ".tsv": lambda rng: table(rng, "\t"),
    ".json": json_file,
    ".jsonl": jsonl,
    ".txt": text,
    ".conll": tagged,
    ".conllu": tagged,
    ".npy": npy,
    ".npz": npz,
    ".parquet": parquet,
    ".arrow": lambda rng: damaged(rng, parquet(rng)),
    ".ts": ts,
    ".arff": ts,
    ".zip": archive,
    ".csv.gz": lambda rng: packed(rng, pack_gzip),
    ".csv.bz2": lambda rng: packed(rng, bz2.compress),
    ".txt.xz": lambda rng: packed(rng, lzma.compress),
    ".jsonl.zst": lambda rng: packed(rng, _zst),
    ".tar": tar,
    ".tgz": tar,
    ".xlsx": workbook,
    ".ndjson": jsonl,
    ".feather": lambda rng: damaged(rng, parquet(rng)),
    ".tmx": tmx,
    ".ann": text,
    ".history.csv": history,
    ".targets.csv": targets,
}
