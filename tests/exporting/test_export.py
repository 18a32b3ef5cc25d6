# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq export`: what it writes, what the certificate says, and that nothing is written where something is wrong."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import onnx

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.exporting import running
from hf_seq.exporting.folder import runtime_files
from hf_seq.exporting.quantization import quantize
from hf_seq.exporting.sessions import make_run
from tests.hub import tiny

from .test_building import OPSET, build, make_model, perturbed


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", tiny.KINDS)
def test_every_head_is_written_with_a_certificate(name, exported):
    folder = exported(name)
    graphs = ["encoder_model", "decoder_model"] if "seq2seq" in name else ["model"]
    expected = {f"onnx/{graph}{ending}.onnx" for graph in graphs for ending in ("", "_quantized")}
    certificate = json.loads((folder / "certificate.json").read_text())
    assert set(certificate["files"]) == expected
    assert expected | {"config.json", "runtime.json", "runtime.py", "certificate.json"} <= set(files_in(folder))
    assert not [file for file in files_in(folder) if file.endswith((".safetensors", ".bin", ".pt"))]
    comparison = certificate["comparison"]
    assert comparison["shapes"] >= 200
    assert comparison["greatest_difference"] <= comparison["allowed_difference"]
    assert (comparison["largest_batch"], comparison["longest"]) == (64, 160)
    assert certificate["opset"] == OPSET
    assert certificate["machine"]["processor"]
    assert certificate["scores"] is None
    assert any("give --data" in note for note in certificate["notes"])
    assert {"torch", "fp32", "int8"} < set(certificate["speed"])
    for file in expected:
        model = onnx.load(folder / file)
        assert {opset.version for opset in model.opset_import if opset.domain in ("", "ai.onnx")} == {OPSET}
    config = json.loads((folder / "config.json").read_text())
    assert "auto_map" not in config
    assert str(Path.home()) not in json.dumps(config)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, train, in_a_hurry):
    folder = tmp_path_factory.mktemp("trained") / "bilstm"
    train(folder, num_train_epochs=6)
    return folder


def test_scores_of_the_test_split_are_those_of_the_record(trained, few_calls, tmp_path, capsys):
    assert main(["export", str(trained), "--output", str(tmp_path / "out"), "--quantize", "int8"]) == 0
    printed = capsys.readouterr().out
    record = json.loads((trained / "record.json").read_text())
    scores = json.loads((tmp_path / "out/certificate.json").read_text())["scores"]
    assert (scores["n"], scores["metric"]) == (record["n"], record["metric"])
    assert scores["torch"]["score"] == scores["fp32"]["score"] == record["score"]
    assert scores["torch"]["interval"] == record["interval"]
    assert scores["fp32"]["p_value"] == 1
    assert scores["int8"]["difference"] == pytest.approx(scores["int8"]["score"] - record["score"])
    assert "held against torch at 200 shapes and masks" in printed
    assert f"accuracy {record['score']:.2f}" in printed


def test_other_data_are_scored_where_they_are_named(trained, few_calls, reviews, tmp_path):
    bare = shutil.copytree(trained, tmp_path / "bare")
    (bare / "record.json").unlink()
    certificate = hf_seq.export(bare, tmp_path / "out", data=f"{reviews}/validation.csv").certificate
    assert certificate["scores"]["n"] == 24
    assert certificate["notes"] == []


@pytest.mark.parametrize("name", ["bilstm-crf", "gru-series", "lstm-lm", "masked-lm", "lstm-seq2seq"])
def test_every_task_is_scored(name, saved, few_calls, tmp_path, monkeypatch):
    """By a metric of its own, which is as high for the graph as for the model."""
    data = tmp_path / "data"
    data.mkdir()
    rng = np.random.default_rng(0)
    settings = {}
    if name == "bilstm-crf":
        (data / "test.conll").write_text("a bad\nfine good\nfilm bad\n\nplot good\nthin bad\n\n" * 4)
    elif name == "gru-series":
        rows = [{"series": rng.normal(size=(5, 3)).tolist(), "label": label} for label in ("bad", "good") * 6]
        (data / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))
    elif name == "lstm-seq2seq":
        rows = [f"{text}\t{text}" for text in tiny.TEXTS]
        (data / "test.tsv").write_text("\n".join(["source\ttarget", *rows]))
    else:
        (data / "test.txt").write_text("\n".join(tiny.TEXTS * 3))
    certificate = hf_seq.export(saved(name), tmp_path / "out", data=str(next(data.iterdir())), **settings).certificate
    scores = certificate["scores"]
    assert scores["fp32"]["score"] == pytest.approx(scores["torch"]["score"], abs=1e-4)


def assert_nothing_written(folder: Path):
    assert list(folder.iterdir()) == []


def test_a_comparison_that_fails_writes_nothing(saved, few_calls, tmp_path, monkeypatch, capsys):
    def wrong(model, opset):
        other = hf_seq.load(saved("bilstm")).model
        other.classifier.bias.data += 1e-3
        return build(other, opset)

    monkeypatch.setattr(running, "build", wrong)
    assert main(["export", str(saved("bilstm")), "--output", str(tmp_path / "out")]) == 2
    assert "other numbers than torch: a difference of 0.001" in capsys.readouterr().err
    assert_nothing_written(tmp_path)


def test_a_score_that_is_another_writes_nothing(trained, few_calls, tmp_path, monkeypatch):
    load = running.load_exported

    def swapped(folder, **settings):
        model = load(folder, **settings)
        model.scores = lambda inputs: 1 - type(model).scores(model, inputs)
        return model

    monkeypatch.setattr(running, "load_exported", swapped)
    with pytest.raises(InputError, match=r"the exported model has accuracy .*, torch has .*\. Nothing was written"):
        hf_seq.export(trained, tmp_path / "out")
    assert_nothing_written(tmp_path)


def test_an_interrupted_export_leaves_nothing(saved, few_calls, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        hf_seq.export(saved("bilstm"), tmp_path / "out")
    assert_nothing_written(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--quantize", "int4"], "--quantize int4 is not known; it can be int8"),
        (["--opset", "9"], "--opset 9 is not written; use 17 to 21"),
    ],
)
def test_settings_that_there_are_not_are_refused(change, words, saved, tmp_path, capsys):
    assert main(["export", str(saved("bilstm")), "--output", str(tmp_path / "out"), *change]) == 2
    assert words in capsys.readouterr().err
    assert_nothing_written(tmp_path)


def test_a_folder_in_use_is_left_as_it_is(saved, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/letter.txt").write_text("dear")
    (tmp_path / "file").write_text("")
    for output, words in (("out", "is in use"), ("file", "is a file"), ("file/out", "is a file")):
        assert main(["export", str(saved("bilstm")), "--output", str(tmp_path / output)]) == 2
        assert words in capsys.readouterr().err
    assert files_in(tmp_path) == ["file", "out/letter.txt"]


def test_an_empty_folder_is_taken(saved, few_calls, tmp_path):
    (tmp_path / "out").mkdir()
    assert (hf_seq.export(saved("bilstm"), tmp_path / "out").folder / "onnx/model.onnx").is_file()


def test_a_folder_without_a_model_is_refused(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["export", str(tmp_path / "empty"), "--output", str(tmp_path / "out")]) == 2
    assert str(tmp_path / "empty") in capsys.readouterr().err
    assert main(["export", str(tmp_path / "nowhere"), "--output", str(tmp_path / "out")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_a_baseline_is_refused(tmp_path, train, reviews, in_a_hurry, capsys):
    train(tmp_path / "majority", model="majority")
    assert main(["export", str(tmp_path / "majority"), "--output", str(tmp_path / "out")]) == 2
    assert "holds a baseline, which is not a network" in capsys.readouterr().err


def test_an_old_onnxruntime_is_refused(saved, tmp_path, monkeypatch):
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "__version__", "1.9.0")
    with pytest.raises(InputError, match=r"onnxruntime 1.9.0 is too old .* use 1.18 or newer"):
        hf_seq.export(saved("bilstm"), tmp_path / "out")


def test_an_export_is_no_model_to_export_again(exported, tmp_path, capsys):
    assert main(["export", str(exported("bilstm")), "--output", str(tmp_path / "out")]) == 2
    assert "holds an export already" in capsys.readouterr().err


def test_load_finds_the_backend(exported, saved):
    text = "a fine film"
    expected = hf_seq.load(saved("bilstm"))(text)
    for found in (hf_seq.load(exported("bilstm"))(text), hf_seq.load(exported("bilstm"), backend="onnx")(text)):
        assert found["label"] == expected["label"]
        assert found["score"] == pytest.approx(expected["score"], abs=1e-6)
    assert hf_seq.load(exported("bilstm"), quantized=True)(text)["label"] in ("bad", "good", "<b>mixed</b>")


def test_load_refuses_backends_that_cannot_be(exported, saved):
    with pytest.raises(InputError, match="backend='jax' is none of 'torch', 'onnx'"):
        hf_seq.load(saved("bilstm"), backend="jax")
    with pytest.raises(InputError, match=r"holds no exported model \(runtime.json is missing\)"):
        hf_seq.load(saved("bilstm"), backend="onnx")
    with pytest.raises(InputError, match="bf16=True is for models of torch"):
        hf_seq.load(exported("bilstm"), bf16=True)


def test_predict_takes_an_export(exported, capsys):
    assert main(["predict", str(exported("bilstm")), "a fine film"]) == 0
    assert json.loads(capsys.readouterr().out)["label"]


def test_generate_and_translate_take_an_export(exported, saved, capsys):
    for verb, name, words in (
        ("generate", "lstm-lm", ["--prompt", "a fine", "--temperature", "0", "--max-new-tokens", "5"]),
        ("translate", "lstm-seq2seq", ["a fine film", "--max-new-tokens", "5"]),
    ):
        said = []
        for folder in (exported(name), saved(name)):
            assert main([verb, str(folder), *words]) == 0
            said.append(capsys.readouterr().out)
        assert said[0] == said[1] != ""
    assert main(["generate", str(exported("lstm-lm")), "--stream"]) == 2
    assert "is an export, which shows no text while it is written" in capsys.readouterr().err
    assert main(["generate", str(exported("bilstm"))]) == 2
    assert "is an export, which continues no texts" in capsys.readouterr().err
    assert main(["translate", str(exported("bilstm")), "a"]) == 2
    assert "does not take" in capsys.readouterr().err


def test_what_needs_weights_says_that_an_export_has_none(exported, capsys):
    assert main(["trace", str(exported("bilstm")), "a"]) == 2
    assert "holds what `hf-seq export` wrote, which answers" in capsys.readouterr().err


def test_the_folder_one_stands_in_can_be_written_to(saved, few_calls, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    hf_seq.export(saved("bilstm"), ".")
    assert (tmp_path / "here/onnx/model.onnx").is_file()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_int8_is_small_and_near(cell):
    settings = {"vocab_size": 2000, "hidden_size": 64, "embedding_size": 64}
    model = perturbed(make_model(cell_type=cell, bidirectional=True, pooling="max", **settings))
    model.load_state_dict({name: each * 0.2 for name, each in model.state_dict().items()})
    graphs = build(model, OPSET)
    small = quantize(graphs)
    sizes = [len(each["model"].SerializeToString()) for each in (graphs, small)]
    assert sizes[1] < 0.33 * sizes[0]
    rng = np.random.default_rng(0)
    inputs = {"input_ids": rng.integers(0, 2000, (8, 20)), "attention_mask": np.ones((8, 20), np.int64)}
    exact, near = (make_run(each)("model", inputs)["logits"] for each in (graphs, small))
    assert 0 < np.abs(exact - near).max() < 0.05 * np.abs(exact).max()


def test_runtime_files_are_those_that_a_task_needs():
    server = ["server.py", "Dockerfile"]
    assert runtime_files("classification") == ["runtime.py", *server]
    assert runtime_files("series-tagging") == ["runtime.py", "runtime_series.py", "runtime_tagging.py", *server]


def test_without_its_packages_the_command_says_what_to_install(saved, tmp_path):
    code = (
        "import sys; sys.modules['onnxruntime'] = None; from hf_seq.cli import main;"
        "sys.exit(main(['export', sys.argv[1], '--output', sys.argv[2]]))"
    )
    command = [sys.executable, "-c", code, str(saved("bilstm")), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "exporting needs the package onnxruntime: pip install 'hf_seq[onnx]'" in done.stderr
