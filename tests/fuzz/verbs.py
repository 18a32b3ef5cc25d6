# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Command lines with files that nobody should write, drawn by a seed; a verb joins by one line in `VERBS`."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from hf_seq.tasks.streaming import STREAMED

from .formats import (
    FORMATS,
    NAMES,
    as_json,
    damaged,
    history,
    json_file,
    log,
    noise,
    pack_gzip,
    targets,
    value,
    vectors,
    yaml_file,
)
from .rows import task_rows


@dataclass
class Case:
    """A command line, and the files it needs; what it writes to may change."""

    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""

    @property
    def writes(self) -> tuple[str, ...]:
        """The folders that the verb may change: what its output names, and a model whose threshold is found."""
        flags = ("--output_dir", "--output", "--teacher_cache")
        named = [after for flag, after in zip(self.words, self.words[1:], strict=False) if flag in flags]
        return tuple(
            f"{name}/" for name in [*named, *self.words[1:2]] if name in named or self.words[0] == "find-threshold"
        )


TASKS = (*STREAMED, "forecasting", "audio", "events", "next-event")
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
    ["--label_columns", "quality,speed"],
    ["--label_columns", "quality", "speed"],
    ["--time_column", "date"],
    ["--target_columns", "value"],
    ["--horizon", "9" * 12],
)


def data_file(rng: random.Random) -> tuple[str, bytes]:
    ending = rng.choice(list(FORMATS))
    return f"odd{ending}", FORMATS[ending](rng) if rng.random() < 0.9 else noise(rng)


def check(rng: random.Random) -> Case:
    task = rng.choice(TASKS)
    name, raw = ("odd.jsonl", task_rows(rng, task)) if rng.random() < 0.2 else data_file(rng)
    flags = rng.choice(FLAGS) if rng.random() < 0.3 else []
    files = {name: raw}
    if rng.random() < 0.2:
        files["labels.json"] = rng.choice((json_file(rng), as_json(value(rng)), b"[10000000000]"))
    return Case(["check", name, "--task", task, *flags], files)


def predict(rng: random.Random) -> Case:
    verb, model = (
        rng.choice(("predict", "predict", "trace", "trace", "write", "generate")),
        rng.choice(("bilstm", "bilstm-crf", "gru-series", "lstm-lm", "encoder", "lstm-seq2seq", "exported", "tfidf")),
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
    model = rng.choice(
        ("bilstm", "bilstm-crf", "gru-series", "lstm-lm", "lstm-seq2seq", "forecaster", "exported", "tfidf")
    )
    return Case([rng.choice(("evaluate", "evaluate", "find-threshold")), model, "--data", name], {name: raw})


def forecast(rng: random.Random) -> Case:
    """Draw the past, and what is known ahead."""
    files = {"past.csv": history(rng)} if rng.random() < 0.7 else dict([data_file(rng)])
    words = ["forecast", "forecaster", "--data", next(iter(files))]
    words += rng.choice(([], [], ["--horizon", rng.choice(("1", "9", "0", "9" * 9, "x"))], ["--sort_times"]))
    words += rng.choice(
        ([], [], ["--time_format", rng.choice(("%d.%m.%Y", "%", "%Q", "%Y" * 50))], ["--target_columns", "value,"])
    )
    if rng.random() < 0.3:
        files["ahead.csv"] = history(rng)
        words += ["--future", "ahead.csv"]
    return Case(words, files)


def events(rng: random.Random) -> Case:
    """Draw a log that is checked, learned, or answered about."""
    name, raw = ("odd.csv", log(rng)) if rng.random() < 0.8 else ("odd.jsonl", task_rows(rng, "events"))
    task = rng.choice(("events", "events", "next-event"))
    words = rng.choice(
        (
            ["check", name, "--task", task],
            ["train", "--task", task, "--data", name, "--output_dir", "out", "--model", "gru", *TINY],
            ["predict", "shopper", "--data", name],
            ["evaluate", "shopper", "--data", name],
        )
    )
    odd = ([], ["--id_column", "who"], ["--time_format", "%d.%m.%Y"], ["--time_column", "none"])
    columns = (["--value_columns", "amount,when"], ["--event_column", "amount"], ["--max_length", "1"])
    return Case([*words, *(rng.choice((*odd, *columns)) if rng.random() < 0.4 else [])], {name: raw})


def forecaster(rng: random.Random) -> Case:
    words = [
        "train",
        "--task",
        "forecasting",
        "--data",
        "past.csv",
        "--output_dir",
        "out",
        *TINY,
        "--model",
        rng.choice(("gru", "linear")),
    ]
    words += [
        "--horizon",
        rng.choice(("2", "6")),
        "--context_length",
        "12",
        "--patch_length",
        rng.choice(("3", "12", "99")),
    ]
    return Case(words, {"past.csv": history(rng)})


def several_targets(rng: random.Random) -> Case:
    columns = rng.choice((["quality", "speed"], ["quality", "nope"], ["text", "speed"], ["quality", "quality"]))
    words = rng.choice(
        (["check"], ["check"], ["train", "--output_dir", "out", "--model", rng.choice(("bilstm", "tfidf")), *TINY])
    )
    return Case([*words, "--data" if words[0] == "train" else "odd.csv", *(["odd.csv"] if words[0] == "train" else []),
                 "--label_columns", *columns], {"odd.csv": targets(rng)})  # fmt: skip


def word_vectors(rng: random.Random) -> Case:
    name = rng.choice(("v.txt", "v.vec", "v.txt.gz", "v.bin"))
    raw = vectors(rng)
    words = [
        "train",
        "--model",
        "bilstm",
        "--data",
        "good.csv",
        "--word_vectors",
        name,
        "--output_dir",
        "out",
        *TINY[:2],
        *TINY[4:],
    ]
    return Case(words, {name: pack_gzip(raw) if name.endswith("gz") and rng.random() < 0.8 else raw})


def distill(rng: random.Random) -> Case:
    name, raw = data_file(rng)
    words = ["distill", "--teacher", "bilstm", "--student", "gru", "--data", "good.csv", "--unlabelled", name]
    return Case(
        [*words, "--output", "out", "--augmented_rows", rng.choice(("0", "9")), "--teacher_cache", "cache", *TINY],
        {name: raw},
    )


def bulk(rng: random.Random) -> Case:
    """Draw shards of one kind, some of them odd."""
    ending = rng.choice([each for each in FORMATS if not each.startswith(".n")])
    files = {f"in/{n}{ending}": FORMATS[ending](rng) for n in range(rng.choice((1, 3)))}
    if rng.random() < 0.2:
        files["answers/odd"] = b"?"
    if rng.random() < 0.1:
        files |= {f"answers/.hf_seq/{each}": as_json(value(rng)) for each in ("run.json", "statistics.json")}
    words = [
        "predict",
        rng.choice(("bilstm", "bilstm-crf", "exported")),
        "--input",
        f"in/*{ending}",
        "--output",
        "answers",
    ]
    words += rng.choice(
        ([], ["--text_column", "text"], ["--text_column", "text"], ["--text_column", "text", "--skip_broken"])
    )
    return Case([*words, "--workers", "1"], files)


def lines(rng: random.Random) -> bytes:
    """Draw what somebody writes to a process that answers line by line."""
    odd = (
        b"",
        b" ",
        b"\xff\xfe",
        b"[[1, 2]]",
        b"[[1e999]]",
        b"[" * 3_000,
        b'{"series": [1]}',
        b"a\tb",
        b"a\tb\tc",
        b"\x00",
    )
    return b"\n".join(rng.choice(odd) if rng.random() < 0.5 else b"a good film" for _ in range(rng.randrange(6)))


ANSWERING = (
    *("bilstm", "bilstm-crf", "gru-series", "lstm-lm", "lstm-seq2seq", "exported", "tfidf", "forecaster"),
    *("listener", "shopper"),
)


def served(rng: random.Random) -> Case:
    """Draw bodies of requests, or lines, for a model that stays."""
    model = rng.choice(ANSWERING)
    if rng.random() < 0.4:
        return Case([rng.choice(("predict", "translate")), model, *rng.choice(([], ["--serve_stdin"]))], {}, lines(rng))
    return Case(["serve", model, "--port", "0"], {f"asked/{n}": body(rng) for n in range(rng.randrange(1, 6))})


def body(rng: random.Random) -> bytes:
    """Draw the body of a request."""
    odd = (value(rng), [value(rng), "a"], ["a"] * 300, "a" * 10_000, [[1, 2], [3]], [[[1.0, 2.0]]], [float("nan")])
    inputs: object = "a good film" if rng.random() < 0.1 else rng.choice(odd)
    given = {"inputs": inputs} if rng.random() < 0.8 else {"inputs": inputs, rng.choice(NAMES): value(rng)}
    return (
        json_file(rng) if rng.random() < 0.1 else damaged(rng, as_json(given)) if rng.random() < 0.2 else as_json(given)
    )


FIT = (
    ["--max_size", "-1"], ["--max_size", "1e999MB"], ["--max_size", "nan"], ["--max_size", "5 parsecs"],
    ["--max_size", "0"], ["--max_latency", "1"], ["--max_latency", "0ms"], ["--max_latency", "ms"],
    ["--max_latency", "infs"], ["--minutes", "nan"], ["--minutes", "-3"], ["--minutes", "inf"], ["--trials", "0"],
    ["--trials", "1.5"], ["--teacher", "nope"], ["--teacher", "gru-series"], ["--teacher", "good.csv"],
    ["--task", "series"], ["--output", "good.csv"], ["--output_dir", "x"], ["--seed", "-1"], ["--hidden_size", "x"],
    ["--hidden_size", "-4"], ["--metric", "nope"], ["--redo", "--redo=maybe"],
)  # fmt: skip


def fit(rng: random.Random) -> Case:
    """Draw searches that end before they begin: by their flags, by their data, or by a folder that holds another."""
    name, raw = rng.choice((("good.csv", b""), data_file(rng)))
    given = [word for words in rng.sample(FIT, rng.randrange(1, 4)) for word in words]
    files = {name: raw} if raw else {}
    if rng.random() < 0.2:
        files |= {"found/.search/state.json": json_file(rng), "found/summary.json": as_json(value(rng))}
    return Case(
        ["fit", "--data", name, "--minutes", "0.001", "--trials", "1", "--output", "found", "--max_size", "1", *given],
        files,
    )


def compare(rng: random.Random) -> Case:
    name, raw = data_file(rng)
    files = {name: raw, "out/comparison.json": as_json(value(rng))} if rng.random() < 0.3 else {name: raw}
    sizes = ["--models", "majority", "--sizes", rng.choice(("10,all", "0", "x", "9" * 30))]
    scored = rng.choice((["--scored", "tfidf"], ["--scored", "tfidf,x=bilstm"]))
    words = rng.choice((["--models", "majority,tfidf"], ["--models", ","], scored, sizes))
    given = rng.choice((name, "good.csv"))
    return Case(
        ["compare", "--data", given, *words, "--output", "out", "--calls", "3", "--robustness_rows", "5"], files
    )


VERB_NAMES = (
    "check",
    "predict",
    "trace",
    "evaluate",
    "push",
    "generate",
    "find-threshold",
    "compare",
    "fit",
    "forecast",
)
VERB_NAMES += ("write", "translate", "export", "serve", "demo", "distill")


def flags(rng: random.Random) -> Case:
    """Draw command lines that make no sense, on good data."""
    verb = rng.choice(VERB_NAMES)
    words = [rng.choice(("good.csv", "bilstm", "--data", "nope", "--task", "", "\x00", "a/b/c", "..", "--seed", "-h"))
             for _ in range(rng.randrange(4))]  # fmt: skip
    dry = {
        "push": ["--dry-run"],
        "compare": ["--output", "odd/"],
        "serve": ["--port", "x"],
        "demo": ["--port", "x"],
        "fit": ["--minutes", "0"],
    }
    return Case([verb, *words, *rng.choice(FLAGS), *dry.get(verb, [])])


VERBS: dict[Callable[[random.Random], Case], float] = {
    check: 40,
    predict: 24,
    evaluate: 10,
    flags: 10,
    forecast: 8,
    several_targets: 5,
    bulk: 5,
    served: 5,
    fit: 5,
    events: 5,
    train: 4,
    word_vectors: 2,
    forecaster: 2,
    distill: 2,
    compare: 2,
}
