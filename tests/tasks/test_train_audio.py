# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training, scoring and asking models of sound end to end, on tones whose pitch rises or falls."""

import base64
import json
import re
from functools import partial

import numpy as np
import pytest
import soundfile
from safetensors.torch import load_file

import hf_seq
from hf_seq.cli import main as cli
from hf_seq.data.builtin.tones import KINDS, RATE, make_tones
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.predictors.audio import AudioPredictor
from hf_seq.tasks.registry import task_of_saved
from hf_seq.train.parsing import flags

main = partial(train_main, task="audio")
SMALL = {"hidden_size": 24, "num_mel_filters": 24, "learning_rate": 0.01, "per_device_train_batch_size": 16}
TINY = flags({**SMALL, "num_train_epochs": 10, "min_updates": 1})


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder a class, in train, validation and test."""
    folder = tmp_path_factory.mktemp("tones")
    for seed, (split, rows) in enumerate({"train": 300, "validation": 60, "test": 75}.items()):
        for number, row in enumerate(make_tones(rows, 10 + seed)):
            name = KINDS[row["label"]]
            if name in ("rise", "fall", "pulse"):
                path = folder / split / name / f"{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, row["audio"]["array"], RATE)
    return folder


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "conv"
    record = main(["--data", str(data), "--model", "conv", "--block", "fcn", "--output_dir", str(folder), *TINY])
    return folder, record


def test_it_learns_how_pitch_moves_and_says_so_in_the_record(trained):
    folder, record = trained
    assert (record.task, record.metric) == ("audio-classification", "accuracy")
    assert record.score > 75
    assert task_of_saved(folder).name == "audio"
    saved = json.loads((folder / "config.json").read_text())
    assert list(saved["custom_pipelines"]) == ["audio-classification"]


def test_convolutions_carry_the_statistics_of_frames_unless_told_otherwise(trained, data, tmp_path):
    folder, record = trained
    assert any("the statistics of channels" in note for note in record.notes)
    assert load_file(folder / "model.safetensors")["wide.weight"].shape == (7 * 24 + 1, 3)
    flags = ["--statistics", "false", "--max_steps", "1", "--hidden_size", "8"]
    main(["--data", str(data), "--model", "conv", "--output_dir", str(tmp_path / "plain"), *flags])
    assert not [name for name in load_file(tmp_path / "plain" / "model.safetensors") if name.startswith("wide")]


def test_the_baseline_of_statistics_is_kept_with_its_frames(data, tmp_path):
    record = main(["--data", str(data), "--model", "statistics", "--output_dir", str(tmp_path / "run")])
    assert record.score > 40
    predictor = hf_seq.load(tmp_path / "run")
    clip = next((data / "test/pulse").iterdir())
    assert isinstance(predictor, AudioPredictor)
    assert predictor(str(clip))["label"] in KINDS


def test_majority_answers_for_clips(data, tmp_path):
    record = main(["--data", str(data), "--model", "majority", "--output_dir", str(tmp_path / "run")])
    assert 20 < record.score < 50


def test_a_clip_has_one_answer_alone_in_a_batch_and_as_a_path(trained, data):
    predictor = hf_seq.load(trained[0])
    paths = [str(path) for path in sorted((data / "test/rise").iterdir())]
    alone = [predictor(path) for path in paths]
    together = list(predictor.predict([soundfile.read(path, dtype="float32")[0] for path in paths]))
    for one, other in zip(alone, together, strict=True):
        assert one["label"] == other["label"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-4)


def test_predict_takes_files_folders_and_tables_and_evaluate_scores_them_again(trained, data, tmp_path, capsys):
    folder, record = trained
    clip = next((data / "test/fall").iterdir())
    table = tmp_path / "some.csv"
    table.write_text(f"id,path\n7,{clip}\n9,{clip}\n")
    for given, count in ((["--file", str(clip)], 1), (["--data", str(data / "test")], 45), ([str(clip), str(clip)], 2)):
        cli(["predict", str(folder), *given])
        assert len(capsys.readouterr().out.splitlines()) == count
    cli(["predict", str(folder), "--data", str(table), "--output", str(tmp_path / "answers.csv")])
    lines = (tmp_path / "answers.csv").read_text().splitlines()
    assert lines[0].startswith("id,")
    assert lines[1].startswith("7,")
    assert len(lines) == 3
    cli(["evaluate", str(folder), "--data", str(data)])
    assert json.loads(capsys.readouterr().out)["score"] == pytest.approx(record.score)


def test_another_rate_is_resampled_and_said(trained, data, tmp_path, capsys):
    clip = next((data / "test/rise").iterdir())
    samples, _ = soundfile.read(clip)
    soundfile.write(tmp_path / "fast.flac", np.repeat(samples, 2), 2 * RATE)
    cli(["predict", str(trained[0]), "--file", str(tmp_path / "fast.flac")])
    assert "1 of 1 clips have 16,000 samples a second and are resampled to 8,000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: soundfile.write(path, np.zeros(4_000), RATE), "silent, so nothing can be heard"),
        (lambda path: soundfile.write(path, np.ones(9), RATE), "shorter than a frame"),
        (lambda path: path.write_bytes(b"RIFF nothing"), "cannot be read as sound"),
        (lambda path: path.write_bytes(b""), "empty|no clip|cannot be read"),
    ],
)
def test_bad_clips_are_refused_in_words(trained, tmp_path, make, words, capsys):
    make(tmp_path / "bad.wav")
    assert cli(["predict", str(trained[0]), "--file", str(tmp_path / "bad.wav")]) == 2
    assert re.search(words, capsys.readouterr().err)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["--sampling_rate", "3"], "sampling_rate=3 is not a rate of sound"),
        (["--hop_ms", "40"], "hop_ms=40.0 must be above 0 and not above frame_ms=25.0"),
        (["--augmentation", "echo"], "--augmentation 'echo' is none of"),
        (["--max_seconds", "0"], "max_seconds=0.0 must be above 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(data, tmp_path, settings, words):
    with pytest.raises(InputError, match=words):
        main(["--data", str(data), "--model", "conv", "--output_dir", str(tmp_path / "run"), *TINY, *settings])


def test_long_clips_are_cut_and_counted(data, tmp_path):
    short = ["--data", str(data), "--model", "gru", "--output_dir", str(tmp_path / "run"), "--max_seconds", "0.4"]
    record = main([*short, "--max_steps", "2", "--hidden_size", "8", "--frames", "mfcc", "--augmentation", "none"])
    assert any("clips are cut to 40 steps" in note for note in record.notes)
    assert hf_seq.load(tmp_path / "run").processor.frames == "mfcc"


def test_a_trace_shows_frames(trained, data, capsys):
    clip = next((data / "test/rise").iterdir())
    cli(["trace", str(trained[0]), str(clip)])
    assert "s of sound" in capsys.readouterr().out


def test_an_export_hears_what_torch_does(trained, data, tmp_path, capsys):
    pytest.importorskip("onnxruntime")
    folder, record = trained
    exported = hf_seq.export(folder, tmp_path / "out", data=str(data))
    assert exported.certificate["comparison"]["greatest_difference"] < 1e-5
    assert exported.certificate["scores"]["fp32"]["score"] == pytest.approx(record.score)
    here, there = hf_seq.load(folder), hf_seq.load(tmp_path / "out")
    clips = [str(path) for path in sorted((data / "test/rise").iterdir())[:8]]
    for one, other in zip(here.predict(clips), there.predict(clips), strict=True):
        assert one["label"] == other["label"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-5)
    samples = soundfile.read(clips[0], dtype="float32")[0]
    np.testing.assert_allclose(here.processor.to_frames(samples), there.to_frames(samples), atol=1e-5)
    soundfile.write(tmp_path / "fast.wav", np.repeat(samples, 2), 2 * RATE)
    for model in (folder, tmp_path / "out"):
        cli(["predict", str(model), "--file", str(tmp_path / "fast.wav")])
    one, other = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert one["score"] == pytest.approx(other["score"], abs=1e-5)
    for bad in (np.zeros(4_000, np.float32), np.ones(9, np.float32), str(tmp_path / "none.wav"), b"RIFF"):
        with pytest.raises(InputError, match="clip 0"):
            there(bad)


def test_a_server_takes_base64_and_reads_no_file_of_its_own(trained, data, tmp_path):
    testclient = pytest.importorskip("starlette.testclient")
    from hf_seq.runtime.server import make_app

    path = next((data / "test/rise").iterdir())
    sent = base64.b64encode(path.read_bytes()).decode()
    samples = soundfile.read(path, dtype="float32")[0].tolist()
    predictor = hf_seq.load(trained[0])
    with testclient.TestClient(make_app(predictor, {})) as client:
        for given in (sent, f"data:audio/wav;base64,{sent}", {"array": samples, "sampling_rate": RATE}):
            answer = client.post("/predict", json={"inputs": given}).json()
            assert answer["score"] == pytest.approx(predictor(str(path))["score"], abs=1e-4)
        assert len(client.post("/predict", json={"inputs": [sent, sent]}).json()) == 2
        for bad in (str(path), {"path": str(path)}, 3, None, "AAAA", [[1, 2]]):
            assert client.post("/predict", json={"inputs": bad}).status_code == 422


def test_data_in_memory(tmp_path):
    rows = make_tones(60, 3)
    data = {"audio": [row["audio"] for row in rows], "label": [KINDS[row["label"]] for row in rows]}
    trained = hf_seq.train(data, "gru", task="audio", hidden_size=8, num_train_epochs=1, min_updates=1)
    assert trained(rows[0]["audio"])["label"] in KINDS
