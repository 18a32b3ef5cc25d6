# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips are found wherever people keep them, and what is no clip is said with its row."""

import csv
import shutil

import datasets
import numpy as np
import pytest
import soundfile

from hf_seq.data.audio.checks import check_audio
from hf_seq.data.audio.loading import ClipOptions, audio_inputs, clip_arrays, load_audio_splits
from hf_seq.data.builtin.tones import make_tones
from hf_seq.data.classification.loading import load_splits
from hf_seq.data.inputs import Source
from hf_seq.data.memory import as_source
from hf_seq.errors import InputError
from hf_seq.train.look_over import look_over

RATE = 8_000


def write_clips(folder, rows=24, rate=RATE, suffix=".wav"):
    """Write tones into a folder each of two classes; returns (path, label) of each."""
    written = []
    for number in range(rows):
        label = ["low", "high"][number % 2]
        samples = np.sin(np.arange(2_000 + 10 * number) * (0.1 if label == "low" else 0.6)) * 0.5
        path = folder / label / f"{number}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate)
        written.append((path, label))
    return written


def labels_of(splits):
    return sorted(splits.label_names[row["label"]] for name in ("train", "validation", "test") for row in splits[name])


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_folder_a_class(tmp_path, suffix):
    write_clips(tmp_path, suffix=suffix)
    splits = load_audio_splits(tmp_path)
    assert labels_of(splits) == ["high"] * 12 + ["low"] * 12
    assert splits.sampling_rate == RATE
    assert any("a folder a class, a file a clip: high 12, low 12" in note for note in splits.notes)


def test_official_splits_are_kept(tmp_path):
    write_clips(tmp_path / "train")
    write_clips(tmp_path / "test", rows=6)
    splits = load_audio_splits(tmp_path)
    assert len(splits.test) == 6
    assert splits.test_split == "test"


@pytest.mark.parametrize("place", ["beside", "clips", "above"])
def test_a_csv_of_paths_seen_from_itself(tmp_path, place):
    written = write_clips(tmp_path / ("clips" if place == "clips" else "."))
    table = tmp_path / ("meta/train.csv" if place == "above" else "train.csv")
    table.parent.mkdir(exist_ok=True)
    base = tmp_path / "clips" if place == "clips" else tmp_path
    with table.open("w") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "speaker"])
        rows.writerows([path.relative_to(base), label, number % 6] for number, (path, label) in enumerate(written))
    splits = load_audio_splits(table, group_column="speaker")
    assert labels_of(splits) == ["high"] * 12 + ["low"] * 12
    assert splits.columns["audio_column"] == "path"
    sides = [set(splits.groups[name]) for name in ("train", "validation", "test")]
    assert not (sides[0] & sides[1])
    assert not (sides[0] & sides[2])
    assert not (sides[1] & sides[2])


def test_columns_of_datasets_audio(tmp_path):
    written = write_clips(tmp_path / "clips")
    rows = {"audio": [{"bytes": path.read_bytes(), "path": path.name} for path, _ in written]}
    made = datasets.Dataset.from_dict({**rows, "label": [label for _, label in written]})
    made.to_parquet(tmp_path / "rows.parquet")
    made.save_to_disk(tmp_path / "saved")
    found = [load_audio_splits(each) for each in (tmp_path / "rows.parquet", tmp_path / "saved", as_source(made))]
    for splits in found:
        assert labels_of(splits) == ["high"] * 12 + ["low"] * 12
        assert sorted(map(len, clip_arrays(splits.train))) == sorted(map(len, clip_arrays(found[0].train)))


def test_samples_in_memory_need_their_rate():
    clips = [row["audio"]["array"] for row in make_tones(30, 0)]
    data = as_source((clips, [str(number % 2) for number in range(30)]))
    with pytest.raises(InputError, match="nobody says how many a second; give --sampling_rate"):
        load_audio_splits(data)
    assert load_audio_splits(data, sampling_rate=RATE).sampling_rate == RATE


def test_metadata_of_an_audio_folder(tmp_path):
    written = write_clips(tmp_path / "train")
    lines = [f"{path.relative_to(tmp_path / 'train')},{label}" for path, label in written]
    (tmp_path / "train/metadata.csv").write_text("\n".join(["file_name,kind", *lines]) + "\n")
    assert labels_of(load_audio_splits(tmp_path, label_column="kind")) == ["high"] * 12 + ["low"] * 12


def test_an_archive_is_read_before_it_is_gone(tmp_path):
    write_clips(tmp_path / "set")
    packed = shutil.make_archive(str(tmp_path / "set"), "zip", tmp_path / "set")
    assert labels_of(load_audio_splits(packed)) == ["high"] * 12 + ["low"] * 12


def test_the_commonest_rate_is_taken_and_others_are_resampled_and_said(tmp_path):
    write_clips(tmp_path)
    soundfile.write(tmp_path / "low/other.wav", np.sin(np.arange(8_000) * 0.05), 2 * RATE)
    splits = load_audio_splits(tmp_path)
    assert splits.sampling_rate == RATE
    assert any("1 of 25 train clips have 16,000 samples a second and are resampled" in note for note in splits.notes)
    assert 4_000 in {len(each) for name in ("train", "validation", "test") for each in clip_arrays(splits[name])}


def test_broken_silent_and_short_clips_are_named_by_their_rows(tmp_path):
    write_clips(tmp_path)
    (tmp_path / "high/98.wav").write_bytes(b"RIFF but no sound")
    (tmp_path / "high/99.wav").write_bytes(b"")
    soundfile.write(tmp_path / "low/97.wav", np.zeros(4_000), RATE)
    soundfile.write(tmp_path / "low/98.wav", np.ones(20), RATE)
    with pytest.raises(InputError) as caught:
        load_audio_splits(tmp_path)
    said = str(caught.value)
    assert "2 clips cannot be read; the first:" in said
    assert "98.wav" in said
    assert "1 clip is shorter than a frame" in said
    assert "1 clip is silent, so nothing can be heard" in said
    report = check_audio(load_audio_splits(tmp_path, strict=False))
    assert {each.code for each in report.errors} >= {"clip-unreadable", "clip-silent", "clip-short"}


def test_silence_is_kept_where_it_is_wanted(tmp_path):
    write_clips(tmp_path)
    soundfile.write(tmp_path / "low/97.wav", np.zeros(4_000), RATE)
    assert len(labels_of(load_audio_splits(tmp_path, keep_silent=True))) == 25


@pytest.mark.parametrize("what", ["file", "folder", "table"])
def test_clips_without_labels_are_read_to_be_answered(tmp_path, what):
    written = [path for path, _ in write_clips(tmp_path / "clips", rows=4)]
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in written:
        shutil.copy(path, flat / path.name)
    (tmp_path / "list.csv").write_text("file\n" + "\n".join(f"flat/{path.name}" for path in written) + "\n")
    source = {"file": written[0], "folder": flat, "table": tmp_path / "list.csv"}[what]
    found = audio_inputs(Source(str(source)), ClipOptions(sampling_rate=RATE))
    assert len(list(found.values)) == (1 if what == "file" else 4)
    assert all(isinstance(each, str) for each in found.table.values(found.columns["audio_column"]))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: write_clips(folder / "a")[0][0], "is one clip; training needs many"),
        (lambda folder: write_text(folder / "x.csv", "text,label\n" + "good,1\nbad,0\n" * 20), "no column holds clips"),
        (lambda folder: write_text(folder / "x.csv", "path,label\n" + "a.wav,1\nb.wav,0\n" * 20), "there is no file"),
    ],
)
def test_what_holds_no_clips_is_refused_in_words(tmp_path, make, words):
    with pytest.raises(InputError, match=words):
        load_audio_splits(make(tmp_path))


def test_a_clip_that_is_not_there_is_looked_for_nowhere_else():
    with pytest.raises(InputError, match=r"there is no file nowhere\.wav"):
        audio_inputs(Source("nowhere.wav"), ClipOptions())


def test_the_task_of_texts_says_which_task_reads_sound(tmp_path):
    write_clips(tmp_path)
    with pytest.raises(InputError, match=r"clips of sound, such as high/1\.wav; say --task audio"):
        load_splits(tmp_path)


def write_text(path, text):
    path.write_text(text)
    return path


def test_what_check_finds_in_sound(tmp_path):
    written = write_clips(tmp_path / "train", rows=40)
    shutil.copytree(tmp_path / "train", tmp_path / "test")
    for path, _ in written[:3]:
        soundfile.write(path, np.sign(np.sin(np.arange(3_000) * 0.3)), RATE)
    soundfile.write(written[4][0], np.sin(np.arange(90_000) * 0.2), RATE)
    for path in (tmp_path / "test").rglob("*.wav"):
        samples, _ = soundfile.read(path)
        soundfile.write(path, samples * 0.05, RATE)
    found = {each.code for each in check_audio(load_audio_splits(tmp_path)).warnings}
    assert {"clip-clipped", "lengths-differ", "loudness-shifted"} <= found


def test_check_counts_the_clips_that_max_seconds_cuts(tmp_path):
    written = write_clips(tmp_path / "train", rows=40)
    seconds = [len(soundfile.read(path)[0]) / RATE for path, _ in written]
    limit = sorted(seconds)[30] + 1e-4
    seen = look_over(str(tmp_path / "train"), "audio", {"max_seconds": limit})
    found = [each for each in seen.report.warnings if each.code == "truncated"]
    expected = sum(each > round(1000 * limit) / 1000 for each in seconds)
    assert [len(each.rows) for each in found] == ([expected] if expected else [])
    assert expected
    assert f"{expected} of 40 clips" in found[0].message
    with pytest.raises(InputError, match=r"--max_length 9 counts tokens or steps; clips are cut by --max_seconds"):
        look_over(str(tmp_path / "train"), "audio", {}, max_length=9)
