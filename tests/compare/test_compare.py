# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.console import Console

from hf_seq.compare import measures as compare_measures
from hf_seq.compare.entries import named_folders
from hf_seq.compare.options import CompareOptions, parse_options, plan_runs
from hf_seq.compare.running import compare
from hf_seq.data import check_data
from hf_seq.errors import InputError
from hf_seq.hub.card import CardOptions, make_card
from hf_seq.hub.results import model_index
from hf_seq.predictors.text import Predictor
from hf_seq.reports.record import Record
from hf_seq.reports.table import print_table
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.results import describe

SMALL = [
    *("--hidden_size", "8", "--embedding_size=8", "--num_train_epochs", "1", "--max_train_rows", "60"),
    *("--vocab_size", "200", "--calls", "5"),
]
WORDS = {"good": ["great", "lovely", "fine"], "bad": ["awful", "poor", "sad"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    rows = [
        f"{label},the {thing} was {word} {number}"
        for number, thing in enumerate(["food", "film", "book", "hotel", "band", "play", "lamp", "desk"] * 3)
        for label, words in WORDS.items()
        for word in words
    ]
    path.write_text("label,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def run(data, output, models="majority,lstm", *more):
    options = parse_options(["--data", str(data), "--models", models, "--output", str(output), *SMALL, *more])
    with redirect_stdout(io.StringIO()) as printed:
        comparison = compare(options, console=Console(file=io.StringIO()))
    return comparison, printed.getvalue()


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    output = tmp_path_factory.mktemp("out") / "cmp"
    comparison, said = run(data, output)
    return output, comparison, said


def test_everything_promised_is_there(finished):
    output, comparison, said = finished
    assert {"table.md", "report.html", "comparison.json", "models"} <= {path.name for path in output.iterdir()}
    summary = json.loads((output / "comparison.json").read_text())
    assert summary["finished"]
    assert summary["verdict"] == comparison.verdict
    assert [row["model"] for row in summary["rows"]] == ["majority", "lstm"]
    assert "report.html" in said


def test_rows_that_were_cut_from_train_are_the_test_wherever_they_are_named(finished, data):
    """A reader must not conclude that a model was tested on what it learned."""
    output, comparison, _ = finished
    folder, words = output / "models/lstm", f"{comparison.first.n} test rows (cut from train)"
    record = Record.read(folder)
    assert record.split == json.loads((output / "comparison.json").read_text())["split"] == "test (cut from train)"
    assert words in (output / "table.md").read_text()
    assert words in (output / "report.html").read_text()
    assert words in describe(record)
    table = io.StringIO()
    print_table(comparison, Console(file=table, width=200))
    assert words in table.getvalue()
    assert model_index(record, None)[0].dataset_split == "test (cut from train)"
    assert words in make_card(folder, "user/model", record, folder, CardOptions())
    assert "scores are given on: test (cut from train)" in check_data(data).facts
    assert evaluate(str(folder), split="validation").split == "validation (cut from train)"
    assert evaluate(str(folder), split="train").split == "train"


def test_all_models_are_scored_on_the_same_rows_and_timed_together(finished):
    output, comparison, _ = finished
    records = [Record.read(output / "models" / name) for name in ("majority", "lstm")]
    assert records[0].n == records[1].n == len(comparison.rows[0].gold)
    assert records[0].fingerprint == records[1].fingerprint
    for record in records:
        assert record.measurement["together"] == ["lstm", "majority"]
        assert record.latency_ms["p50"] > 0
    assert records[1].model_latency_ms["p50"] > 0
    assert records[0].model_latency_ms is None


def test_each_model_folder_answers_texts(finished):
    output, _, _ = finished
    for name in ("majority", "lstm"):
        assert Predictor.from_pretrained(output / "models" / name)("the film was great")["label"] in WORDS


def test_run_again_it_trains_nothing_and_says_the_same(finished, data, monkeypatch):
    output, comparison, _ = finished
    before = (output / "models" / "lstm" / "model.safetensors").stat().st_mtime_ns
    monkeypatch.setattr(compare_measures, "measure_speed", lambda *_, **__: pytest.fail("was timed again"))
    again, said = run(data, output)
    assert again.verdict == comparison.verdict
    assert "epoch" not in said
    assert (output / "models" / "lstm" / "model.safetensors").stat().st_mtime_ns == before


def test_a_model_more_is_added_to_what_is_there(data, tmp_path):
    run(data, tmp_path, "majority")
    before = (tmp_path / "models" / "majority" / "baseline.json").stat().st_mtime_ns
    comparison, _ = run(data, tmp_path, "majority,tfidf")
    assert [row.record.model for row in comparison.rows] == ["majority", "tfidf"]
    assert (tmp_path / "models" / "majority" / "baseline.json").stat().st_mtime_ns == before


def test_another_recipe_is_refused_and_redone_only_when_asked(data, tmp_path):
    run(data, tmp_path, "lstm,majority")
    with pytest.raises(InputError, match=r"trained in another way \(num_train_epochs was 1.*--redo"):
        run(data, tmp_path, "lstm,majority", "--lstm.num_train_epochs", "2")
    assert Record.read(tmp_path / "models" / "lstm").recipe["num_train_epochs"] == 1
    run(data, tmp_path, "lstm,majority", "--lstm.num_train_epochs", "2", "--redo")
    assert Record.read(tmp_path / "models" / "lstm").recipe["num_train_epochs"] == 2


def test_other_data_in_the_same_folder_are_refused(finished, data, tmp_path):
    output, _, _ = finished
    other = tmp_path / "other.csv"
    other.write_text(data.read_text().replace("lamp", "bulb"))
    with pytest.raises(InputError, match="compares models on other data"):
        run(other, output)


def test_a_folder_of_something_else_is_refused_and_left_alone(data, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="is in use: it holds files, but no comparison"):
        run(data, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_second_comparison_in_the_same_folder_is_refused(data, tmp_path):
    code = (
        "import sys, time; from hf_seq.compare.folder import locked_output; from pathlib import Path\n"
        f"with locked_output(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(InputError, match="Another comparison is running"):
                run(data, tmp_path, "majority")
        finally:
            holder.kill()
    run(data, tmp_path, "majority")  # the lock went with its process


def test_what_was_finished_survives_a_kill(data, tmp_path):
    command = [sys.executable, "-m", "hf_seq.cli", "compare", "--data", str(data), "--models", "majority,lstm"]
    command += ["--output", str(tmp_path / "cmp"), *SMALL, "--lstm.num_train_epochs=40"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    record, checkpoints = tmp_path / "cmp/models/majority/record.json", tmp_path / "cmp/models/lstm"
    deadline = time.monotonic() + 90
    while not list(checkpoints.glob("checkpoint-*/trainer_state.json")) and time.monotonic() < deadline:
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    before = record.stat().st_mtime_ns
    comparison, said = run(data, tmp_path / "cmp", "majority,lstm", "--lstm.num_train_epochs=40", "--lstm.max_steps=-1")
    assert "Going on from checkpoint-" in said
    assert comparison.rows[1].done
    assert record.stat().st_mtime_ns >= before


def test_a_pretrained_model_out_of_reach_is_a_row_that_says_why(data, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    comparison, said = run(data, tmp_path, "majority,nobody/no-such-model")
    row = comparison.rows[1]
    assert not row.done
    assert "nobody/no-such-model" in row.record.reason
    assert "not run:" in said
    assert "was not run" in comparison.verdict
    assert not (tmp_path / "models" / "nobody--no-such-model").exists()
    assert "not run" in (tmp_path / "table.md").read_text()


def test_a_rival_that_is_not_installed_is_a_row_that_says_so_and_no_word_in_the_verdict(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fasttext", None)
    comparison, _ = run(data, tmp_path, "majority,fasttext,lstm")
    assert comparison.rows[1].record.reason.startswith("not installed; `pip install")
    assert "fasttext" not in comparison.verdict
    assert "fasttext" in (tmp_path / "table.md").read_text()


def test_nothing_run_at_all_is_an_error(data, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match="No model could be run"):
        run(data, tmp_path, "nobody/no-such-model")


def test_several_seeds_train_several_models_and_baselines_once(data, tmp_path):
    comparison, _ = run(data, tmp_path, "majority,lstm", "--seeds", "0,1")
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["lstm", "lstm.seed1", "majority"]
    assert len(comparison.rows[1].seeds) == 2
    assert comparison.rows[1].spread is not None


def test_finished_runs_join_the_table_as_they_are(finished, data, tmp_path):
    output, _, _ = finished
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    scored = f"old={output / 'models/lstm'},{output / 'models/majority'}"
    comparison, _ = run(data, tmp_path, "tfidf", "--scored", scored)
    assert [row.record.model for row in comparison.rows] == ["tfidf", "old", "majority"]
    old = comparison.rows[1]
    assert (old.score, old.small) == (Record.read(output / "models/lstm").score, True)
    assert old.record.measurement["together"] == ["majority", "old", "tfidf"]
    assert {path: path.read_bytes() for path in before} == before
    again, said = run(data, tmp_path, "tfidf", "--scored", scored)
    assert "Timing" not in said
    assert again.verdict == comparison.verdict


def test_finished_runs_alone_are_compared_without_any_training(finished, data, tmp_path):
    output, _, _ = finished
    flags = ["--scored", f"{output / 'models/lstm'},{output / 'models/majority'}", "--max_train_rows", "60"]
    argv = ["--data", str(data), "--output", str(tmp_path), "--calls", "5", *flags]
    comparison = compare(parse_options(argv), console=Console(file=io.StringIO()))
    assert [row.record.model for row in comparison.rows] == ["lstm", "majority"]
    assert not (tmp_path / "models").exists()


def test_seeds_of_a_finished_model_are_joined(data, tmp_path):
    run(data, tmp_path / "one", "lstm", "--seeds", "0,1")
    folders = "+".join(str(tmp_path / "one/models" / name) for name in ("lstm", "lstm.seed1"))
    comparison, _ = run(data, tmp_path / "two", "majority", "--scored", f"seeds={folders}")
    assert len(comparison.rows[1].seeds) == 2
    assert comparison.rows[1].spread is not None


def test_a_run_on_other_rows_is_refused_before_anything_is_trained(finished, data, tmp_path):
    output, _, _ = finished
    record = Record.read(output / "models/lstm")
    record.n += 1
    record.write(tmp_path / "other")
    (tmp_path / "other/predictions.jsonl").write_bytes((output / "models/lstm/predictions.jsonl").read_bytes())
    with pytest.raises(InputError, match=r"on 9 test rows \(cut from train\), this comparison accuracy on 8 test rows"):
        run(data, tmp_path / "out", "majority", "--scored", str(tmp_path / "other"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match=r"record\.json does not exist"):
        run(data, tmp_path / "out", "majority", "--scored", str(tmp_path))
    with pytest.raises(InputError, match="names lstm a second time"):
        run(data, tmp_path / "out", "lstm", "--scored", str(output / "models/lstm"))
    with pytest.raises(InputError, match="reference='tree' is not among the models; choose one of majority, lstm"):
        run(data, tmp_path / "out", "majority", "--scored", str(output / "models/lstm"), "--reference", "tree")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("scored", ["a=", "=runs/a", "+", "runs/a,b=+"])
def test_a_finished_run_has_a_name_and_a_folder(scored):
    with pytest.raises(InputError, match=r"--scored '.*' names no run; write FOLDER or NAME=FOLDER"):
        named_folders(scored)


def test_typos_and_case_are_measured_once_and_shown(finished, data):
    output, comparison, _ = finished
    found = Record.read(output / "models/lstm").robustness
    assert found["rows"] == comparison.rows[1].record.n
    assert found["capitals"]["difference"] == 0  # its tokenizer lower-cases
    typos = Record.read(output / "models/majority").robustness["typos"]  # it reads no letter; few rows prove little
    assert typos["difference"] == 0
    assert typos["interval"][0] == pytest.approx(-typos["interval"][1])
    assert f"{found['rows']} test rows are disturbed" in (output / "report.html").read_text()
    _, said = run(data, output)
    assert "Typos" not in said
    _, said = run(data, output, "majority,lstm", "--robustness_rows", "5")
    assert "Typos and case on 5 test rows" in said


def test_a_million_texts_cost_time_and_with_a_price_money(data, tmp_path):
    comparison, _ = run(data, tmp_path, "majority,tfidf", "--price_per_hour", "0.5", "--robustness_rows", "0")
    row = comparison.rows[1]
    assert row.million_seconds == pytest.approx(1e6 / row.record.throughput_per_s)
    assert comparison.million_cost(row) == pytest.approx(0.5 * row.million_seconds / 3600)
    summary = json.loads((tmp_path / "comparison.json").read_text())["rows"][1]
    assert summary["million_cost"] == pytest.approx(comparison.million_cost(row))
    assert summary["robustness"] == {}
    assert "| cost |" in (tmp_path / "table.md").read_text()


# What the command line means


def planned(*argv, models="lstm,transformer,distilbert"):
    argv = ["--data", "builtin:reviews", "--models", models, "--output", "out", *argv]
    return {name: runs[0] for name, runs in plan_runs(parse_options(argv)).items()}


def test_flags_go_to_the_models_they_are_meant_for():
    plan = planned(
        *("--num_train_epochs", "2", "--max_train_rows", "50", "--bf16", "false"),
        *("--transformer.learning-rate=0.01", "--distilbert.num_train_epochs", "1"),
    )
    assert [plan[name].arguments.num_train_epochs for name in plan] == [2, 2, 1]
    assert [plan[name].recipe.max_train_rows for name in plan] == [50, 50, 50]
    assert plan["transformer"].arguments.learning_rate == 0.01
    assert plan["lstm"].arguments.learning_rate != 0.01
    usual = planned()["distilbert"]
    assert plan["distilbert"].arguments.learning_rate == usual.arguments.learning_rate


def test_a_flag_of_one_model_goes_to_no_other():
    plan = planned("--static_model", "folder", models="lstm,model2vec,tfidf")
    assert [run.recipe.static_model for run in plan.values()] == [None, "folder", None]


def test_training_flags_for_all_leave_the_pretrained_model_its_usual_recipe():
    assert planned("--learning_rate", "0.02")["distilbert"].arguments.learning_rate < 1e-3


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--gru.hidden_size", "8"], r"is for gru, which --models does not name"),
        (["--hiden_size", "8"], r"did you mean hidden_size"),
        (["--seed", "3"], r"--seed is set by compare itself; see .*--seeds"),
        (["--seeds", "0,0"], r"--seeds '0,0' must be different whole numbers"),
        (["--seeds", "a"], r"--seeds 'a' must be"),
        (["--calls", "0"], r"calls=0 must be 1 or more"),
        (["--robustness_rows", "-1"], r"robustness_rows=-1 must be 0 or more"),
        (["--price_per_hour", "0"], r"price_per_hour=0.0 must be above 0"),
        (["--calls", "many"], r"'many' is not a whole number"),
        (["stray"], r"'stray' is not a flag"),
        (["--num_attention_heads", "2"], r"num_attention_heads=2 does not apply to lstm; write --MODEL.num_attention"),
    ],
)
def test_a_slip_on_the_command_line_is_named_before_anything_runs(argv, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words):
        planned(*argv)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("models", "words"), [("", "names no model"), ("lstm,lstm", "names lstm twice"), ("bilstn", "did you mean bilstm")]
)
def test_models_are_named_once_and_rightly(models, words):
    with pytest.raises(InputError, match=words):
        planned(models=models)


def test_data_and_output_are_asked_for():
    with pytest.raises(InputError, match="give --data"):
        CompareOptions(output="out")
    with pytest.raises(InputError, match="give --output"):
        CompareOptions(data="builtin:reviews")


def test_two_folders_of_one_name_cannot_share_an_output(tmp_path):
    paths = [Path("a") / "x", Path("a--x")]
    with pytest.raises(InputError, match="would be written to"):
        planned(models=",".join(map(str, paths)))
