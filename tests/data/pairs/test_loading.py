# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts from every kind of source, and what is refused with words; batches; checks by planted faults."""

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hf_seq.data import PairCollator, PairDataset, TokenBudgetSampler, check_pairs, load_pair_splits
from hf_seq.errors import InputError
from hf_seq.text import train_tokenizer

ROWS = 40


def german(row: int) -> str:
    return f"Hund {row} rennt"


def english(row: int) -> str:
    return f"dog {row} runs"


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_texts(folder, split, rows=ROWS, more=0):
    (folder / f"{split}.de").write_text("".join(german(row) + "\n" for row in range(rows)))
    (folder / f"{split}.en").write_text("".join(english(row) + "\n" for row in range(rows + more)))


def test_columns_that_say_themselves_which_is_which_need_no_names(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"source": german(i), "target": english(i)} for i in range(ROWS)])
    splits = load_pair_splits(path)
    assert splits.problem_type == "sequence_to_sequence"
    assert len(splits.train) + len(splits.validation) + len(splits.test) == ROWS
    assert all(row["target"] == row["source"].replace("Hund", "dog").replace("rennt", "runs") for row in splits.train)


def test_columns_and_translation_objects_are_taken_by_name_in_either_direction(tmp_path):
    pairs = [{"de": german(i), "en": english(i)} for i in range(ROWS)]
    flat = write_jsonl(tmp_path / "flat.jsonl", pairs)
    pq.write_table(pa.table({"id": list(range(ROWS)), "translation": pairs}), tmp_path / "nested.parquet")
    for path in (flat, tmp_path / "nested.parquet"):
        there = load_pair_splits(path, source_column="de", target_column="en", whole=True)
        back = load_pair_splits(path, source_column="en", target_column="de", whole=True)
        assert there.train["source"][:] == back.train["target"][:] == [german(i) for i in range(ROWS)]
        assert there.fingerprint != back.fingerprint


def test_two_aligned_text_files_are_one_source(tmp_path):
    write_texts(tmp_path, "corpus")
    splits = load_pair_splits(tmp_path / "corpus", source_column="de", target_column="en", whole=True)
    assert splits.train["source"][:] == [german(i) for i in range(ROWS)]
    assert splits.train["target"][:] == [english(i) for i in range(ROWS)]


def test_a_folder_of_aligned_files_gives_its_splits(tmp_path):
    for split, rows in {"train": ROWS, "valid": 5, "test": 7}.items():
        write_texts(tmp_path, split, rows)
    splits = load_pair_splits(tmp_path, source_column="de", target_column="en")
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [ROWS, 5, 7]


def test_unequal_line_counts_are_refused_with_both_numbers(tmp_path):
    write_texts(tmp_path, "train", more=2)
    with pytest.raises(InputError, match=r"train\.de has 40 lines, .*train\.en has 42"):
        load_pair_splits(tmp_path, source_column="de", target_column="en")


def test_one_file_of_two_is_refused_with_the_name_of_the_other(tmp_path):
    write_texts(tmp_path, "corpus")
    (tmp_path / "corpus.en").unlink()
    with pytest.raises(InputError, match=r"there is .*corpus\.de, but no .*corpus\.en"):
        load_pair_splits(tmp_path / "corpus", source_column="de", target_column="en")


def test_a_folder_of_text_files_without_columns_says_how_to_name_them(tmp_path):
    write_texts(tmp_path, "train")
    with pytest.raises(InputError, match="--source-column de --target-column en"):
        load_pair_splits(tmp_path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "which is written from which|which column is written"),
        ({"source_column": "fr"}, r"source_column='fr' is not there; .* 'de', 'en'"),
        ({"source_column": "de", "target_column": "de"}, "both 'de'"),
        ({"source_column": "de", "target_column": "n"}, "column 'n' holds int values like 0"),
    ],
)
def test_missing_doubtful_and_wrong_columns_are_refused_with_the_columns(tmp_path, columns, said):
    rows = [{"de": german(i), "en": english(i), "n": i} for i in range(ROWS)]
    with pytest.raises(InputError, match=said):
        load_pair_splits(write_jsonl(tmp_path / "a.jsonl", rows), **columns)


def test_an_empty_side_is_refused_with_its_rows_or_kept_and_listed(tmp_path):
    rows = [{"source": german(i), "target": english(i)} for i in range(ROWS)]
    rows[3]["target"], rows[7]["source"] = " ", None
    path = write_jsonl(tmp_path / "a.jsonl", rows)
    with pytest.raises(InputError, match=r"1 train rows have no source.*train row 8\)(.|\n)*no target.*train row 4\)"):
        load_pair_splits(path)
    kept = load_pair_splits(path, strict=False, whole=True)
    assert len(kept.train) == ROWS
    assert {finding.code for finding in kept.problems} == {"source-empty", "target-empty"}
    assert check_pairs(kept).errors == kept.problems


def test_pairs_of_one_source_are_never_parted(tmp_path):
    rows = [{"source": german(i // 4), "target": f"{english(i // 4)} {i}"} for i in range(ROWS)]
    splits = load_pair_splits(write_jsonl(tmp_path / "a.jsonl", rows))
    sources = [set(splits[name]["source"]) for name in ("train", "validation", "test")]
    assert not (sources[0] & sources[1] | sources[0] & sources[2] | sources[1] & sources[2])


def checked(tmp_path, train, test, **options):
    for split, rows in (("train", train), ("validation", train[:3]), ("test", test)):
        write_jsonl(tmp_path / f"{split}.jsonl", [{"source": a, "target": b} for a, b in rows])
    report = check_pairs(load_pair_splits(tmp_path), **options)
    return {finding.code: finding for finding in [*report.errors, *report.warnings]}


def test_checks_find_repeats_leaks_unlike_lengths_copies_and_unknown_tokens(tmp_path):
    good = [(german(i), english(i)) for i in range(ROWS)]
    train = [*good, good[5], (german(90), "dog " * 30), *((f"same {i} here", f"same {i} here") for i in range(5))]
    tokenizer = train_tokenizer([german(i) for i in range(ROWS)], kind="word", min_frequency=1)
    found = checked(tmp_path, train, [good[2], (german(99), english(99))], tokenizer=tokenizer, max_length=20)
    assert found["pair-repeated"].rows == [("train", 41)]
    assert found["overlap"].rows == [("test", 1)]
    assert found["lengths-unlike"].rows == [("train", 42)]
    assert len(found["copies"].rows) == 5
    assert "unknown-tokens" in found
    assert "max_length=20" in found["truncated"].message


def test_targets_that_are_all_alike_cannot_be_trained_on(tmp_path):
    assert "targets-alike" in checked(tmp_path, [(german(i), "yes") for i in range(9)], [(german(11), "no")])


def test_the_collator_pads_sources_with_padding_and_targets_with_minus_100():
    rows = [{"input_ids": [5, 6, 7], "labels": [8]}, {"input_ids": [9], "labels": [4, 3]}]
    batch = PairCollator(0, decoder_start_token_id=2)(rows)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [9, 0, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].tolist() == [[8, -100], [4, 3]]
    assert batch["decoder_input_ids"].tolist() == [[2, 8], [2, 4]]


def test_token_batches_hold_every_row_once_within_the_budget_and_change_with_the_epoch():
    lengths = np.random.default_rng(0).integers(2, 30, 500).tolist()
    sampler = TokenBudgetSampler(lengths, 120, seed=1)
    epochs = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        batches = list(sampler)
        assert len(batches) == len(sampler)
        assert sorted(row for batch in batches for row in batch) == list(range(500))
        assert max(sum(lengths[row] for row in batch) for batch in batches) <= 120
        padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
        assert padded < 1.05 * sum(lengths)  # rows of similar length share a batch
        epochs.append(batches)
    assert epochs[0] != epochs[1]
    assert epochs[0] == list(TokenBudgetSampler(lengths, 120, seed=1))
    with pytest.raises(InputError, match=r"batch_tokens=9 is less than the longest pair has \(29\)"):
        TokenBudgetSampler(lengths, 9)


def test_a_data_set_tells_its_samplers_of_the_epoch():
    rows = PairDataset([[1] * n for n in range(1, 40)], [[2]] * 39)
    sampler = rows.budget_sampler(60)
    rows.set_epoch(3)
    assert sampler.epoch == 3


# Formats


def sides(splits, split="train"):
    return list(zip(splits[split]["source"][:], splits[split]["target"][:], strict=True))


PAIRS_OF = [(german(i), english(i)) for i in range(ROWS)]


@pytest.mark.parametrize("name", ["deu.txt", "deu-eng.tsv"])
def test_tatoebas_tables_have_no_header_and_more_columns(name, tmp_path):
    """manythings.org/anki: text, translation, licence; Tatoeba's export: id, text, id, text; with languages."""
    anki = "".join(
        f"{d}.\t{e}.\tCC-BY 2.0 (France) Attribution: tatoeba.org #{i} (CM)\n" for i, (d, e) in enumerate(PAIRS_OF)
    )
    links = "".join(f"{i}\t{d}.\t{1000 + i}\t{e}.\n" for i, (d, e) in enumerate(PAIRS_OF))
    languages = "".join(f"{i}\tdeu\t{d}.\t{1000 + i}\teng\t{e}.\n" for i, (d, e) in enumerate(PAIRS_OF))
    two = "".join(f"{d}.\t{e}.\n" for d, e in PAIRS_OF)
    for text in (anki, links, languages, two):
        (tmp_path / name).write_text(text)
        splits = load_pair_splits(tmp_path / name, whole=True)
        assert sides(splits) == [(f"{d}.", f"{e}.") for d, e in PAIRS_OF]
        assert any("no header: the first line (" in note for note in splits.notes)
    back = load_pair_splits(tmp_path / name, source_column="2", target_column="1", whole=True)
    assert back.train["source"][0] == "dog 0 runs."


def test_a_column_without_a_name_does_not_make_a_row_of_the_header(tmp_path):
    (tmp_path / "a.TSV").write_text("en\tfr\t\n" + "".join(f"go {n}\tva {n}\t\n" for n in range(40)))
    splits = load_pair_splits(str(tmp_path / "a.TSV"), source_column="en", target_column="fr")
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 40


def test_a_header_of_pairs_is_known_by_its_names(tmp_path):
    (tmp_path / "a.tsv").write_text("de\ten\n" + "".join(f"{d}\t{e}\n" for d, e in PAIRS_OF))
    assert sides(load_pair_splits(tmp_path / "a.tsv", source_column="de", target_column="en", whole=True)) == PAIRS_OF


def test_texts_that_are_not_read_are_said(tmp_path):
    rows = [{"instruction": "Say it in German.", "input": e, "output": d, "id": "7"} for d, e in PAIRS_OF]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_pair_splits(tmp_path / "a.jsonl", whole=True)
    assert "texts not read: 'instruction' (--source_column, --target_column)" in splits.notes


def test_a_translation_memory_has_a_column_for_each_language(tmp_path):
    units = "".join(
        f'<tu tuid="{i}"><tuv xml:lang="de-DE"><seg>{d} <bpt i="1">&lt;b&gt;</bpt><hi>&amp;</hi>'
        '<ept i="1">&lt;/b&gt;</ept> so</seg></tuv>'
        f'<tuv xml:lang="en-US"><seg>{e}</seg></tuv></tu>'
        for i, (d, e) in enumerate(PAIRS_OF)
    )
    (tmp_path / "a.tmx").write_text(f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{units}</body></tmx>')
    splits = load_pair_splits(tmp_path / "a.tmx", source_column="en", target_column="de", whole=True)
    assert sides(splits) == [(e, f"{d} & so") for d, e in PAIRS_OF]
    with pytest.raises(InputError, match=r"which column is written from which is not clear; .* has 'de', 'en'"):
        load_pair_splits(tmp_path / "a.tmx")
    mixed = units.replace('"en-US"', '"EN"', 1).replace('"de-DE"', '"de"', 2)
    (tmp_path / "c.tmx").write_text(f'<tmx xmlns="http://www.lisa.org/tmx14"><body>{mixed}</body></tmx>')
    again = load_pair_splits(tmp_path / "c.tmx", source_column="en", target_column="de", whole=True)
    assert sides(again) == sides(splits)
    (tmp_path / "b.tmx").write_text("<tmx><body>")
    with pytest.raises(InputError, match=r"b.tmx is not a readable .tmx file"):
        load_pair_splits(tmp_path / "b.tmx")


def write_aligned(folder, stem, start=0, packed=False):
    for side, suffix in enumerate(("de", "en")):
        raw = "".join(f"{(german, english)[side](row + start)}\n" for row in range(ROWS)).encode()
        name = f"{stem}.{suffix}"
        folder.mkdir(exist_ok=True)
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(raw) if packed else raw)


@pytest.mark.parametrize("packed", [False, True])
def test_official_names_of_aligned_files_are_splits(packed, tmp_path):
    """32: train.de-en.de, dev.de-en.de, test.de-en.de of IWSLT."""
    for start, split in enumerate(("train", "dev", "test")):
        write_aligned(tmp_path / "iwslt", f"{split}.de-en", 100 * start, packed)
    splits = load_pair_splits(tmp_path / "iwslt", source_column="de", target_column="en")
    assert [splits[s]["source"][0] for s in ("train", "validation", "test")] == [german(0), german(100), german(200)]
    with pytest.raises(InputError, match=r"say which is written from which: --source-column de --target-column en"):
        load_pair_splits(tmp_path / "iwslt")


def test_a_moses_corpus_is_a_folder_or_a_common_name(tmp_path):
    write_aligned(tmp_path / "opus", "Europarl.de-en")
    (tmp_path / "opus/Europarl.de-en.ids").write_text("x")
    (tmp_path / "opus/README").write_text("about")
    for source in ("opus", "opus/Europarl.de-en"):
        splits = load_pair_splits(tmp_path / source, source_column="en", target_column="de", whole=True)
        assert sides(splits) == [(e, d) for d, e in PAIRS_OF]
    assert load_pair_splits(tmp_path / "opus", source_column="en", whole=True).train["target"][0] == german(0)
    write_aligned(tmp_path / "opus", "News.de-en")
    with pytest.raises(InputError, match=r"several pairs of text files: Europarl.de-en, News.de-en; name one, such as"):
        load_pair_splits(tmp_path / "opus", source_column="en", target_column="de")


def test_split_files_may_be_pairs_of_files(tmp_path):
    write_aligned(tmp_path, "one")
    write_aligned(tmp_path, "two", 100)
    columns = {"source_column": "de", "target_column": "en"}
    files = {"train_file": str(tmp_path / "one"), "test_file": str(tmp_path / "two")}
    splits = load_pair_splits(tmp_path / "one", **files, **columns)
    assert splits.test["source"][0] == german(100)
    assert len(splits.train) + len(splits.validation) == ROWS
