# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recordings that are files of their own: a folder a class, a table of labels beside them, the signals of UCI HAR."""

import numpy as np
import pandas as pd
import pytest

from hf_seq.data import load_series_splits
from hf_seq.data.inputs import Source
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.errors import InputError

COUNT = 12
DRAW = np.random.default_rng(0)
FRAMES = [pd.DataFrame(DRAW.normal(size=(9 + n, 2)).round(3), columns=["x", "y"]) for n in range(2 * COUNT)]
CLASSES = ["walk" if n % 2 else "run" for n in range(2 * COUNT)]


def write_classes(folder, numbers=range(2 * COUNT), **options):
    for n in numbers:
        (folder / CLASSES[n]).mkdir(parents=True, exist_ok=True)
        FRAMES[n].to_csv(folder / CLASSES[n] / f"rec{n:02}.csv", index=False, **options)


def same(splits, split, numbers):
    found = zip(series_arrays(splits[split]), splits[split]["label"], strict=True)
    expected = sorted(numbers, key=lambda n: (CLASSES[n], n))
    for (array, label), n in zip(found, expected, strict=True):
        np.testing.assert_allclose(array, FRAMES[n].to_numpy())
        assert splits.label_names[label] == CLASSES[n]


@pytest.mark.parametrize("header", [True, False])
def test_a_folder_a_class_holds_a_file_a_recording(tmp_path, header):
    write_classes(tmp_path, header=header)
    splits = load_series_splits(tmp_path, whole=True)
    same(splits, "train", range(2 * COUNT))
    assert any(f"a folder a class, a file a recording: run {COUNT}, walk {COUNT}" in note for note in splits.notes)


def test_folders_of_classes_may_stand_in_folders_of_splits(tmp_path):
    write_classes(tmp_path / "train", range(16))
    write_classes(tmp_path / "test", range(16, 2 * COUNT))
    same(load_series_splits(tmp_path), "test", range(16, 2 * COUNT))


@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_a_table_beside_the_recordings_has_their_labels(tmp_path, suffix):
    for n, frame in enumerate(FRAMES):
        frame.to_csv(tmp_path / f"rec{n:02}.csv", index=False)
    labels = pd.DataFrame({"path": [f"rec{n:02}{suffix}" for n in range(2 * COUNT)], "label": CLASSES})
    labels.sample(frac=1, random_state=0).to_csv(tmp_path / "labels.csv", index=False)
    splits = load_series_splits(tmp_path, whole=True)
    assert [splits.label_names[label] for label in splits.train["label"]] == CLASSES
    labels[:-1].to_csv(tmp_path / "labels.csv", index=False)
    with pytest.raises(InputError, match="has no label for rec23"):
        load_series_splits(tmp_path)
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(InputError, match=r"no labels; .*put those of a class in a folder of its name, or add a labels"):
        load_series_splits(tmp_path)


def test_a_model_of_files_reads_a_file_and_a_folder_of_files(tmp_path):
    write_classes(tmp_path)
    trained = load_series_splits(tmp_path).columns
    for path, numbers in ((tmp_path / "run" / "rec02.csv", [2]), (tmp_path / "run", range(0, 2 * COUNT, 2))):
        found = series_inputs(Source(str(path), trained_on=trained), SeriesOptions())
        for array, n in zip(found.values, numbers, strict=True):
            np.testing.assert_allclose(array, FRAMES[n].to_numpy())


def test_recordings_of_other_columns_are_refused_with_both(tmp_path):
    write_classes(tmp_path)
    FRAMES[0].rename(columns={"y": "z"}).to_csv(tmp_path / "walk" / "odd.csv", index=False)
    with pytest.raises(InputError, match=r"odd\.csv has the columns x, z, and rec00\.csv has x, y"):
        load_series_splits(tmp_path)


def test_the_signals_of_uci_har_are_channels_and_its_subjects_groups(tmp_path):
    arrays, labels = {}, {}
    (tmp_path / "activity_labels.txt").write_text("1 WALKING\n2 SITTING\n")
    for split, count in (("train", 20), ("test", 8)):
        (tmp_path / split / "Inertial Signals").mkdir(parents=True)
        arrays[split], labels[split] = DRAW.normal(size=(count, 16, 3)).round(3), 1 + np.arange(count) % 2
        for channel, name in enumerate(("body_acc_x", "body_acc_y", "total_acc_x")):
            path = tmp_path / split / "Inertial Signals" / f"{name}_{split}.txt"
            np.savetxt(path, arrays[split][:, :, channel], fmt="%.7e")
        np.savetxt(tmp_path / split / f"X_{split}.txt", DRAW.normal(size=(count, 5)))
        np.savetxt(tmp_path / split / f"y_{split}.txt", labels[split], fmt="%d")
        np.savetxt(tmp_path / split / f"subject_{split}.txt", np.arange(count) // 4 + 10 * (split == "test"), fmt="%d")
    splits = load_series_splits(tmp_path, group_column="subject")
    np.testing.assert_allclose(series_arrays(splits.test), arrays["test"])
    assert [splits.label_names[label] for label in splits.test["label"]] == ["WALKING", "SITTING"] * 4
    assert not splits.doubts
