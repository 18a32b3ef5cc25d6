# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files and flags that nobody should write, drawn by a seed: each format is a function from a generator to bytes.

A format joins by one line in `FORMATS`, a verb by one in `VERBS`.
"""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

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


@dataclass
class Case:
    """A command line, and the files it needs."""

    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)


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
            archive.writestr(f"{name}.npy", npy(rng))
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
            inside.writestr(name, table(rng))
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
    ".csv.gz": noise,
    ".xlsx": archive,
}

TASKS = ("classification", "tagging", "language-modeling", "seq2seq", "series", "series-tagging")
TINY = ["--hidden_size", "4", "--embedding_size", "4", "--num_train_epochs", "1", "--max_steps", "2", "--bf16", "false"]
FLAGS = (
    ["--text_column", "text"],
    ["--label_column", "nope"],
    ["--encoding", "utf-16"],
    ["--encoding", "rot13"],
    ["--encoding", "hex"],
    ["--delimiter", ";"],
    ["--no_header"],
    ["--columns", "a,b"],
    ["--max_length", "-1"],
    ["--max_length", "1e9"],
    ["--max_length", "0"],
    ["--text_column"],
    ["--config", "x"],
    ["--seed", "9" * 40],
    ["--unlabelled", "good.csv"],
    ["--delimiter", ""],
    ["--encoding", ""],
)


def data_file(rng: random.Random) -> tuple[str, bytes]:
    ending = rng.choice(list(FORMATS))
    return f"odd{ending}", FORMATS[ending](rng) if rng.random() < 0.9 else noise(rng)


def check(rng: random.Random) -> Case:
    name, raw = data_file(rng)
    flags = rng.choice(FLAGS) if rng.random() < 0.3 else []
    files = {name: raw}
    if rng.random() < 0.2:
        files["labels.json"] = rng.choice((json_file(rng), as_json(value(rng)), b"[10000000000]"))
    return Case(["check", name, "--task", rng.choice(TASKS), *flags], files)


def predict(rng: random.Random) -> Case:
    verb, model = (
        rng.choice(("predict", "trace")),
        rng.choice(("bilstm", "bilstm-crf", "gru-series", "lstm-lm", "encoder")),
    )
    if rng.random() < 0.3:
        given = rng.choice(
            (
                "",
                " ",
                "a" * 5_000,
                "a.b" * 3_000,
                "[[1]]",
                "[[1e999]]",
                "[" * 5_000,
                '{"series": null}',
                "\udcff",
                "-",
                "--",
            )
        )
        return Case([verb, model, given])
    name, raw = data_file(rng)
    return Case([verb, model, "--data", name], {name: raw})


def train(rng: random.Random) -> Case:
    if rng.random() < 0.4:
        return Case(
            ["train", "--recipe", "odd.yaml", "--data", "good.csv", "--output_dir", "out"], {"odd.yaml": yaml_file(rng)}
        )
    name, raw = data_file(rng)
    task, model = rng.choice((("classification", "bilstm"), ("tagging", "bilstm"), ("language-modeling", "lstm-lm")))
    return Case(["train", "--task", task, "--model", model, "--data", name, "--output_dir", "out", *TINY], {name: raw})


def evaluate(rng: random.Random) -> Case:
    name, raw = data_file(rng)
    return Case(["evaluate", rng.choice(("bilstm", "bilstm-crf", "gru-series")), "--data", name], {name: raw})


def flags(rng: random.Random) -> Case:
    """Draw command lines that make no sense, on good data."""
    verb = rng.choice(("check", "predict", "trace", "evaluate", "push", "generate", "find-threshold", "compare"))
    words = [rng.choice(("good.csv", "bilstm", "--data", "nope", "--task", "", "\x00", "a/b/c", "..", "--seed", "-h"))
             for _ in range(rng.randrange(4))]  # fmt: skip
    dry = ["--dry-run"] if verb == "push" else ["--output", "odd/"] if verb == "compare" else []
    return Case([verb, *words, *rng.choice(FLAGS), *dry])


VERBS: dict[Callable[[random.Random], Case], float] = {check: 10, predict: 6, train: 1, evaluate: 2, flags: 2}
