# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Folders in the layouts that people's corpora have: which path is which split and which label."""

import pytest
from datasets import Dataset, load_dataset

from hf_seq.data import load_pair_splits, load_splits, load_tagged_splits, load_text_splits
from hf_seq.errors import InputError

WORDS = ("soup", "train", "phone", "hotel")
TEXTS = {label: [f"{label} {word} number {n}" for n in range(10) for word in WORDS] for label in ("neg", "pos")}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def csv(start, rows=40):
    return "text,label\n" + "".join(
        f"number {n} is {'odd' if n % 2 else 'even'},{n % 2}\n" for n in range(start, start + rows)
    )


def conll(start, sentences=40):
    lines = [f"Ann{n}\tB-PER\nmet\tO\nBob\tB-PER\n.\tO\n" for n in range(start, start + sentences)]
    return "\n".join(lines)


def pairs_of(rows, names):
    return [(text, names[label]) for text, label in zip(rows["text"], rows["label"], strict=True)]


# Classes


@pytest.mark.parametrize("suffix", [".txt", "", ".00c53b", ".1999-12-14.farmer.txt"])
def test_a_folder_a_class_in_a_folder_a_split_is_read(suffix, tmp_path):
    """05: aclImdb/train/pos/*.txt; 20 newsgroups has no suffix."""
    for split in ("train", "test"):
        for label, texts in TEXTS.items():
            write(tmp_path, {f"aclImdb/{split}/{label}/{n}_7{suffix}": f"{split} {t}\n" for n, t in enumerate(texts)})
    write(
        tmp_path / "aclImdb", {"README": "about", "train/urls_pos.txt": "http://x", "train/unsup/0_0.txt": "who knows"}
    )
    splits = load_splits(tmp_path / "aclImdb")
    assert splits.label_names == ["neg", "pos"]
    assert sorted(pairs_of(splits.test, splits.label_names)) == sorted(
        (f"test {text}", label) for label, texts in TEXTS.items() for text in texts
    )
    assert len(splits.train) + len(splits.validation) == 80
    assert "train: left unread: unsup (1 file)" in splits.notes


def test_folders_of_splits_may_have_longer_names_and_class_folders_no_split(tmp_path):
    for label, texts in TEXTS.items():
        for split in ("train", "test"):
            write(tmp_path, {f"a/20news-bydate-{split}/{label}.group/{n}": t for n, t in enumerate(texts)})
        write(tmp_path, {f"bbc/{label}/{n:03}.txt": t for n, t in enumerate(texts)})
    assert load_splits(tmp_path / "a").label_names == ["neg.group", "pos.group"]
    assert len(load_splits(tmp_path / "a").test) == 80
    assert load_splits(tmp_path / "bbc").test_split == "test (cut from train)"


def test_a_file_a_class_is_read_a_text_a_line(tmp_path):
    """10: names/Arabic.txt, and rt-polarity.pos, where the suffix is the class."""
    write(tmp_path, {f"names/{label}.txt": "\n".join(texts) + "\n" for label, texts in TEXTS.items()})
    write(tmp_path, {f"rt/rt-polarity.{label}": "\n".join(texts) + "\n" for label, texts in TEXTS.items()})
    for name in ("names", "rt"):
        splits = load_splits(tmp_path / name, validation_fraction=0.2)
        rows = [*pairs_of(splits.train, splits.label_names), *pairs_of(splits.validation, splits.label_names)]
        rows += pairs_of(splits.test, splits.label_names)
        assert sorted(rows) == sorted((text, label) for label, texts in TEXTS.items() for text in texts)


def test_texts_of_a_test_without_classes_have_no_labels_and_files_of_systems_are_no_texts(tmp_path):
    """A competition's test: files with numbers for names beside folders of classes."""
    for number in range(30):
        for place in ("train/pos", "train/neg", "test"):
            (tmp_path / place).mkdir(parents=True, exist_ok=True)
            (tmp_path / place / f"{number}.txt").write_text(f"{place} text {number}")
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini"):
        (tmp_path / "train/pos" / name).write_bytes(b"\x00\xff\xfe")
    splits = load_splits(tmp_path)
    assert splits.label_names == ["neg", "pos"]
    assert sum(len(splits[part]) for part in ("train", "validation", "test")) == 60
    assert "test: a file a text, without a class" in splits.notes
    assert "test has no labels and is not used" in splits.notes


def test_text_files_with_labels_of_their_own_are_no_classes(tmp_path):
    write(tmp_path, {"a.txt": "__label__x good\n", "b.txt": "__label__y bad\n"})
    with pytest.raises(InputError, match=r"no train file .* it holds a.txt, b.txt. Say which .* --train_file"):
        load_splits(tmp_path)


def test_a_language_model_reads_the_texts_of_class_folders(tmp_path):
    write(tmp_path, {f"{label}/{n}.txt": text for label, texts in TEXTS.items() for n, text in enumerate(texts)})
    assert "neg soup number 0" in load_text_splits(tmp_path, whole=True).train["text"]


# Splits


@pytest.mark.parametrize(
    "names",
    [
        ("reviews_train.csv", "reviews_val.csv", "reviews_test.csv"),
        ("train.tok.csv", "dev.tok.csv", "tst2014.tok.csv"),
        ("set-train-v1.csv", "set-devel-v1.csv", "set-test-v1.csv"),
        ("data/Train.csv", "data/Valid.csv", "data/Test.csv"),
        ("train/a.csv", "validation/b.csv", "test/c.csv"),
        ("plain_text/train/0000.csv", "plain_text/validation/0000.csv", "plain_text/test/0000.csv"),
        ("plain_text/train-00000-of-00001.csv", "plain_text/validation-00000-of-00001.csv", "plain_text/test.csv"),
    ],
)
def test_a_split_is_a_part_of_a_name_or_a_folder(names, tmp_path):
    """32: reviews_train.csv, NAME-train-v1, folders; the note says which file is which."""
    write(tmp_path, {**{name: csv(100 * n) for n, name in enumerate(names)}, "README.md": "about"})
    splits = load_splits(tmp_path)
    firsts = [splits[split]["text"][0] for split in ("train", "validation", "test")]
    assert firsts == ["number 0 is even", "number 100 is even", "number 200 is even"]
    assert any(note.startswith("train: ") and "; validation: " in note and "; test: " in note for note in splits.notes)


def test_suffixes_of_conll_2003_and_fasttext_are_splits(tmp_path):
    """32: eng.train, eng.testa (validation), eng.testb (test); cooking.train, cooking.valid."""
    write(tmp_path, {f"ner/eng.{name}": conll(100 * n) for n, name in enumerate(("train", "testa", "testb"))})
    tagged = load_tagged_splits(tmp_path / "ner")
    assert [tagged[split]["tokens"][0][0] for split in ("train", "validation", "test")] == ["Ann0", "Ann100", "Ann200"]
    lines = "".join(f"__label__a how to boil {n}\n__label__b how to bake {n}\n" for n in range(20))
    write(tmp_path, {"c/cooking.train": lines, "c/cooking.valid": lines.replace("how", "where")})
    cooking = load_splits(tmp_path / "c")
    assert (len(cooking.train) + len(cooking.validation), cooking.test["text"][0]) == (40, "where to boil 0")


def test_the_raw_text_of_a_treebank_is_no_second_train_file(tmp_path):
    row = "1\tAnn\tann\tPROPN\t_\t_\t0\troot\t_\t_\n2\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n"
    for split in ("train", "dev", "test"):
        write(tmp_path, {f"xx_own-ud-{split}.conllu": row * 9, f"xx_own-ud-{split}.txt": "Ann.", "LICENSE.txt": "CC"})
    assert len(load_tagged_splits(tmp_path).test) == 9


def test_two_readings_of_a_folder_are_asked_about_by_flag(tmp_path):
    write(tmp_path, {"a_train.csv": csv(0), "b_train.csv": csv(50), "c/train.csv": csv(0), "d/train.csv": csv(0)})
    with pytest.raises(InputError, match=r"2 files for train: a_train.csv, b_train.csv; keep one, or .* --train_file"):
        load_splits(tmp_path)
    (tmp_path / "a_train.csv").unlink()
    (tmp_path / "b_train.csv").unlink()
    with pytest.raises(InputError, match=r"holds several data sets: c, d; name one, such as --data .*/c"):
        load_splits(tmp_path)


def test_the_only_file_of_a_folder_is_train_unless_it_is_called_a_test(tmp_path):
    write(tmp_path, {"a/reviews.csv": csv(0), "a/README.txt": "about", "b/test.csv": csv(0)})
    assert "train: reviews.csv" in load_splits(tmp_path / "a").notes
    with pytest.raises(InputError, match=r"no train file .* it holds test.csv"):
        load_splits(tmp_path / "b")


def test_files_named_for_a_split_take_the_place_of_what_is_found(tmp_path):
    """32: --train_file --validation_file --test_file, as in the scripts of transformers."""
    write(tmp_path, {"one.csv": csv(0), "two.csv": csv(100), "three.csv": csv(200), "set/train.csv": csv(300)})
    files = {
        f"{split}_file": str(tmp_path / name) for split, name in (("validation", "two.csv"), ("test", "three.csv"))
    }
    splits = load_splits(tmp_path / "one.csv", train_file=str(tmp_path / "one.csv"), **files)
    assert [splits[s]["text"][0][:10] for s in ("train", "validation", "test")] == [
        "number 0 i",
        "number 100",
        "number 200",
    ]
    beside = load_splits(tmp_path / "set", test_file=str(tmp_path / "three.csv"))
    assert (beside.test["text"][0], beside.test_split) == ("number 200 is even", "test")
    with pytest.raises(InputError, match=r"--test_file nowhere.csv does not exist"):
        load_splits(tmp_path / "set", test_file="nowhere.csv")


# Clones of the Hub


def test_a_clone_is_read_as_its_readme_says_and_as_datasets_reads_it(tmp_path, monkeypatch):
    """13: README.md with `configs`; `datasets` is the oracle."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    head = (
        "---\nlicense: mit\nconfigs:\n- config_name: small\n  default: true\n  data_files:\n  - split: train\n"
        "    path: files/a-*.csv\n  - split: test\n    path: [files/t.csv]\n- config_name: big\n"
        "  data_files: big.csv\n---\n"
    )
    files = {"files/a-1.csv": csv(0), "files/a-2.csv": csv(40), "files/t.csv": csv(100), "big.csv": csv(200, 80)}
    write(tmp_path / "clone", {"README.md": head, **files})
    splits = load_splits(tmp_path / "clone", validation_fraction=0.1)
    theirs = load_dataset(str(tmp_path / "clone"), "small", cache_dir=str(tmp_path / "cache"))
    assert sorted([*splits.train["text"], *splits.validation["text"]]) == sorted(theirs["train"]["text"])
    assert splits.test["text"] == theirs["test"]["text"]
    assert len(load_splits(tmp_path / "clone", config="big", whole=True).train) == 80
    with pytest.raises(InputError, match=r"no configuration 'huge'; its README.md has small, big"):
        load_splits(tmp_path / "clone", config="huge")


def test_splits_that_the_readme_forgets_are_found_by_their_names(tmp_path):
    head = "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*\n---\n"
    for n, split in enumerate(("train", "validation", "test")):
        write(tmp_path, {"README.md": head, f"data/{split}-00000-of-00001.csv": csv(100 * n)})
    splits = load_splits(tmp_path)
    assert [splits[s]["text"][0][:10] for s in ("validation", "test")] == ["number 100", "number 200"]
    (tmp_path / "data/train-00000-of-00001.csv").unlink()
    with pytest.raises(InputError, match=r"its README.md says that train is data/train-\*, but there is no such file"):
        load_splits(tmp_path)


def test_arrow_files_are_read_alone_and_as_feather(tmp_path):
    rows = Dataset.from_dict({"text": [f"text {n}" for n in range(40)], "label": [0, 1] * 20})
    rows.save_to_disk(tmp_path / "saved")
    arrow = next((tmp_path / "saved").glob("*.arrow"))
    rows.to_pandas().to_feather(tmp_path / "rows.feather")
    for path in (arrow, tmp_path / "rows.feather"):
        assert load_splits(path, whole=True).train["text"] == rows["text"][:]


def test_a_pair_of_split_files_needs_no_folder(tmp_path):
    rows = "".join(f"eins {n}\tone {n}\n" for n in range(40))
    write(tmp_path, {"a.tsv": "source\ttarget\n" + rows, "b.tsv": "source\ttarget\n" + rows.replace("one", "un")})
    splits = load_pair_splits(tmp_path / "a.tsv", test_file=str(tmp_path / "b.tsv"))
    assert splits.test["target"][0] == "un 0"
