# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The command line: quick help, dashes or underscores, jsonl in order, exit codes."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from hf_seq import cli
from hf_seq.cli import main, with_underscores
from hf_seq.commands import verbs
from hf_seq.errors import InputError
from hf_seq.predictors.text import Predictor
from hf_seq.train import results

VERBS = ("check", "train", "evaluate", "predict", "compare", "trace", "push", "demo")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "good.csv"
    with path.open("w", newline="") as file:
        rows = [
            [f"a {word} film number {n}", label] for n in range(40) for word, label in (("good", "yes"), ("bad", "no"))
        ]
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.fixture(scope="module")
def model(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    flags = [
        "--embedding-size",
        "8",
        "--hidden_size=8",
        "--num-train-epochs",
        "12",
        "--learning_rate",
        "0.05",
        "--bf16",
        "false",
        "--disable_tqdm",
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 5)
        assert main(["train", "--data", str(data), "--output-dir", str(folder), *flags]) == 0
    return str(folder)


def answers(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_page_of_all_verbs_imports_no_verb():
    code = "import sys; from hf_seq.cli import main as m; m(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.splitlines()[-1].split()
    assert {"typer", "pydantic", "numpy", "yaml", "rich.markdown"}.isdisjoint(imported)
    assert [name for name in imported if name.startswith("hf_seq.commands.")] == [
        "hf_seq.commands.own_process",
        "hf_seq.commands.verbs",
        "hf_seq.commands.front",
    ]


def test_help_imports_nothing_heavy():
    heavy = {"torch", "transformers", "datasets", "sklearn"}
    code = f"import sys; from hf_seq.cli import main as m; m(['train', '-h']); print(*{heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_shows_examples(verb, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main([verb, "--help"]) == 0
    assert f"hf-seq {verb}" in capsys.readouterr().out.partition("Examples:")[2]


def test_help_of_train_shows_every_field_of_a_recipe(capsys):
    from dataclasses import fields

    from hf_seq.tasks.recipe import Recipe

    main(["train", "--help"])
    shown = capsys.readouterr().out
    assert not [each.name for each in fields(Recipe) if f"--{each.name}" not in shown]


@pytest.mark.parametrize(("verb", "module"), [("compare", "hf_seq.compare.options"), ("fit", "hf_seq.search.options")])
def test_every_flag_in_the_help_of_a_verb_that_trains_many_is_one_it_takes(verb, module):
    """Of `--name VALUE` a value may be wrong, but not the name."""
    parse = import_module(module).parse_options
    refused = []
    for flag in verbs.VERBS[verb].flags([]):
        try:
            parse(["--data=builtin:reviews", "--output=x", f"--{flag.name}=1"])
        except InputError as error:
            refused += [flag.name] if re.search("no setting|set by|alone|not a flag", str(error)) else []
    assert refused == []


def test_distill_shows_no_flag_and_no_model_that_a_student_cannot_have(tmp_path):
    flags = {flag.name: flag for flag in verbs.VERBS["distill"].flags([])}
    assert flags["model"].spellings[0] == "--student"
    assert not {"distilbert", "tfidf", "majority"} & set(re.split(r"[ ,.:]+", flags["model"].help))
    train = {flag.name for flag in verbs.VERBS["train"].flags([])}
    missing = {"word_vectors": "glove.txt", "start_from": "distilbert", "label_smoothing_factor": "0.1"}
    assert set(missing) <= train - set(flags)
    assert {"streaming", "shuffle_buffer"} <= set(flags)
    for name, value in missing.items():
        words = ["--teacher", str(tmp_path), "--student", "gru", "--data", "builtin:reviews", f"--{name}={value}"]
        assert main(["distill", *words, "--output", str(tmp_path / "run")]) == 2


def test_flags_may_be_written_with_dashes():
    given = ["train", "--max-length=3", "--text-column", "a-b", "-h", "--", "--not-a-flag"]
    assert with_underscores(given) == ["train", "--max_length=3", "--text_column", "a-b", "-h", "--", "--not-a-flag"]
    assert with_underscores(["--bilstm-attention.hidden-size=3"]) == ["--bilstm-attention.hidden_size=3"]


def test_predict_answers_an_argument(model, capsys):
    assert main(["predict", model, "a good film", "a bad film"]) == 0
    assert [answer["label"] for answer in answers(capsys)] == ["yes", "no"]


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_closed_output_is_no_error(model, closed, capsys, monkeypatch, tmp_path):
    """`hf-seq predict ... >&-`, and daemons: Python then has None in its place."""
    monkeypatch.setattr(sys, closed, None)
    assert main(["predict", str(model), "good film"]) == 0
    assert main(["predict", str(tmp_path / "none"), "good film"]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("\n") == (closed == "stderr")  # what is wrong is no answer
    assert ("hf-seq:" in printed.err) == (closed == "stdout")


def test_predict_keeps_the_order_of_a_file_whatever_the_lengths(model, tmp_path, capsys):
    texts = [("a good film " if n % 3 else "a bad film ") * (n % 7 + 1) for n in range(100)]
    (tmp_path / "texts.txt").write_text("\n".join(texts))
    assert main(["predict", model, "--file", str(tmp_path / "texts.txt"), "--batch-size", "8"]) == 0
    expected = [Predictor.from_pretrained(model)(text)["label"] for text in texts]
    assert [answer["label"] for answer in answers(capsys)] == expected


def test_predict_reads_jsonl_and_writes_a_file(model, tmp_path, capsys):
    source, sink = tmp_path / "texts.jsonl", tmp_path / "labels.jsonl"
    source.write_text('{"text": "a good film"}\n{"text": "a bad\\nfilm", "id": 3}\n')
    assert main(["predict", model, "--file", str(source), "--output", str(sink)]) == 0
    assert [json.loads(line)["label"] for line in sink.read_text().splitlines()] == ["yes", "no"]
    assert capsys.readouterr().out == ""


def test_predict_answers_an_empty_line_too(model, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a good film\r\n\na bad film")))
    assert main(["predict", model]) == 0
    labels = [answer["label"] for answer in answers(capsys)]
    assert len(labels) == 3
    assert (labels[0], labels[2]) == ("yes", "no")


def test_predict_without_stdin_says_what_to_give(model, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["predict", model]) == 2
    assert "stdin is closed; give texts as arguments, or --file" in capsys.readouterr().err


def test_predict_from_stdin_answers_before_the_end(model):
    command = [sys.executable, "-m", "hf_seq.cli", "predict", model, "--batch_size", "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write("a good film\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["label"] == "yes"
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(20) == 0


def test_predict_stays_open_for_lines_and_answers_those_that_it_cannot_read(model, capsys, monkeypatch):
    lines = b"a good film\r\n\xff\n\na bad film"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert main(["predict", model, "--serve-stdin"]) == 0
    first, broken, empty, last = answers(capsys)
    assert [first["label"], last["label"]] == ["yes", "no"]
    assert empty == Predictor.from_pretrained(model)("")
    assert "line 2 is not UTF-8" in broken["error"]


def test_a_line_is_answered_before_the_next_is_there(model):
    command = [sys.executable, "-m", "hf_seq.cli", "predict", model, "--serve_stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for text, label in [("a good film", "yes"), ("a bad film", "no"), ("a good film", "yes")]:
            process.stdin.write(text + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["label"] == label
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.parametrize("more", [["a film"], ["--data", "x.csv"], ["--output", "x.jsonl"], ["--split", "test"]])
def test_lines_of_stdin_are_all_that_is_answered(model, more, capsys):
    assert main(["predict", model, "--serve_stdin", *more]) == 2
    assert "--serve_stdin answers lines of stdin on stdout, and" in capsys.readouterr().err


def test_a_text_that_was_cut_is_said_in_a_sentence(model, capsys):
    assert main(["predict", model, "film " * 1000]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["truncated"] is True
    assert printed.err.startswith("hf-seq: A text was cut at 256 tokens")


def test_evaluate_prints_the_score_with_its_interval(model, data, capsys):
    assert main(["evaluate", model, "--data", str(data), "--split", "train"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["interval"][0] < printed["score"] <= printed["interval"][1]
    assert printed["score"] > 95
    assert printed["split"] == "train"


def test_check_ends_with_0_on_good_data_and_2_on_bad(data, tmp_path, capsys):
    assert main(["check", str(data)]) == 0
    assert "0 errors" in capsys.readouterr().out
    (tmp_path / "bad.csv").write_text("text,label\n" + "".join(f"text {n},yes\n" for n in range(40)))
    assert main(["check", str(tmp_path / "bad.csv")]) == 2


def raising(error):
    def action():
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("Give --data."), 2, "hf-seq: Give --data.\n"),
        (OSError(28, "No space left on device"), 2, "The disk is full"),
        (PermissionError(13, "Permission denied", "my.csv"), 2, "my.csv cannot be opened (Permission denied)"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (SystemExit(3), 3, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_user_can_mend_is_said_in_one_line(error, code, message, capsys):
    assert cli.guarded(raising(error)) == code
    assert message in capsys.readouterr().err


def test_a_bug_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        cli.guarded(lambda: 1 // 0)


def test_help_imports_nothing_that_takes_long():
    command = [sys.executable, "-X", "importtime", "-m", "hf_seq.cli", "--help"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stderr.splitlines()
    imported = {line.rsplit("|", 1)[1].split(".")[0].strip() for line in lines if line.startswith("import time:")}
    assert "hf_seq" in imported
    assert not imported & {"torch", "transformers", "datasets", "scipy", "sklearn", "pandas", "matplotlib", "numpy"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch brings another OpenMP than GNU's")
def test_threads_sleep_soon_when_they_wait_and_who_sets_it_otherwise_is_heard():
    def spins(**given: str) -> int:
        code = "import sys; from hf_seq.cli import main; main(['--help']); import torch"
        environment = {name: value for name, value in os.environ.items() if "OMP_W" not in name and "GOMP" not in name}
        environment |= {"OMP_DISPLAY_ENV": "VERBOSE", **given}  # libgomp says on loading what it read
        shown = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        return int(re.search(rb"GOMP_SPINCOUNT = '(\d+)'", shown.stderr)[1])

    assert spins() == 1000
    assert spins(GOMP_SPINCOUNT="7") == 7
    assert spins(OMP_WAIT_POLICY="ACTIVE") > 1000
