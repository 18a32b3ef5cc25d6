# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sources in shards, a teacher's answers in the cache, and the rows that a student trains on."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification

from hf_seq.distill import shards, transfer
from hf_seq.distill.answers import ask_teacher, encode_for_student
from hf_seq.distill.augmentation import Augmentation
from hf_seq.distill.shards import ShardStore
from hf_seq.distill.teacher import Teacher, check_teacher_reads, load_teacher, match_teacher_labels
from hf_seq.distill.transfer import AugmentedSource, FileSource, LabelledSource
from hf_seq.distill.transfer_set import TransferCollator, TransferSet
from hf_seq.errors import InputError
from hf_seq.text import train_tokenizer

TEXTS = [f"film {'good ' * (row % 4)}number {row}" for row in range(23)]
WORDS = [text.split() for text in TEXTS]


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch):
    monkeypatch.setattr(shards, "SHARD_ROWS", 8)
    monkeypatch.setattr(transfer, "SHARD_ROWS", 8)


def bert(folder, kind=BertForSequenceClassification, names=("no", "yes"), seed=0, tokenizer=None):
    """A saved BERT of random weights; returns its folder."""
    torch.manual_seed(seed)
    tokenizer = tokenizer or train_tokenizer(TEXTS, kind="wordpiece", vocab_size=120, min_frequency=1)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        pad_token_id=tokenizer.pad_token_id,
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
    )
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def teacher_of(folder, task="classification", names=("no", "yes"), **settings):
    problem = "single_label_classification" if task == "classification" else "token_classification"
    return load_teacher(folder, task == "tagging", names, problem, max_length=32, **settings)


@torch.no_grad()
def logits_alone(teacher, text, split=False):
    inputs = teacher.tokenizer(text, return_tensors="pt", is_split_into_words=split)
    return teacher.model(**inputs).logits[0]


# Sources


def test_shards_of_a_source_are_its_texts_whatever_order_they_are_asked_in():
    source = LabelledSource(TEXTS)
    assert source.sizes == [8, 8, 7]
    assert source.shard(2) + source.shard(0) == TEXTS[16:] + TEXTS[:8]


def test_more_augmented_texts_begin_with_the_same_ones():
    few = AugmentedSource(TEXTS, 12, Augmentation(), "[MASK]", seed=3)
    many = AugmentedSource(TEXTS, 30, Augmentation(), "[MASK]", seed=3)
    assert few.key == many.key
    assert few.shard(0) == many.shard(0)
    assert few.shard(1) == many.shard(1)[:4]
    assert AugmentedSource(TEXTS, 12, Augmentation(), "[MASK]", seed=4).key != few.key


@pytest.mark.parametrize("suffix", ["txt", "jsonl", "csv", "parquet"])
def test_unlabelled_files_of_every_kind_give_their_texts(tmp_path, suffix):
    path = tmp_path / f"more.{suffix}"
    if suffix == "txt":
        path.write_text("\n".join([*TEXTS, "", " "]), encoding="utf-8")
    elif suffix == "jsonl":
        path.write_text("\n".join(json.dumps({"text": text, "n": 1}) for text in TEXTS), encoding="utf-8")
    elif suffix == "csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([["text", "n"], *([text, "1"] for text in TEXTS)])
    else:
        pq.write_table(pa.table({"text": TEXTS, "n": [1] * len(TEXTS)}), path)
    source = FileSource(path)
    assert source.rows == len(TEXTS)
    assert source.shard(1) == TEXTS[8:16]
    assert [*source.shard(0), *source.shard(1), *source.shard(2)] == TEXTS  # back to the beginning, too


def test_a_word_list_without_a_suffix_is_text(tmp_path):
    (tmp_path / "words").write_text("vibe\nvibes\n", encoding="utf-8")
    assert FileSource(tmp_path / "words").shard(0) == ["vibe", "vibes"]


def test_unlabelled_text_becomes_words_for_a_tagger_and_lists_of_words_stay(tmp_path):
    (tmp_path / "more.txt").write_text("Hello there, you\n", encoding="utf-8")
    source = FileSource(tmp_path / "more.txt", split=lambda text: text.replace(",", " ,").split())
    assert source.shard(0) == [["Hello", "there", ",", "you"]]
    pq.write_table(pa.table({"tokens": WORDS, "text": TEXTS}), tmp_path / "more.parquet")
    assert FileSource(tmp_path / "more.parquet", split=str.split).shard(0) == WORDS[:8]


def test_texts_that_are_parted_otherwise_are_other_texts(tmp_path):
    """Answers are kept by the key of their texts: those about other words would be given to the wrong ones."""
    plain, lists = tmp_path / "a.txt", tmp_path / "a.jsonl"
    plain.write_text("well-known, isn't it\n")
    lists.write_text(json.dumps({"tokens": ["well-known", "isn't"]}) + "\n")
    ways = [str.split, lambda text: text.replace("-", " - ").split(), lambda text: [*text.replace("-", " - ").split()]]
    one, other, same = (FileSource(plain, way) for way in ways)
    assert one.shard(0) != other.shard(0)
    assert one.key != other.key == same.key
    assert FileSource(lists, ways[0]).key == FileSource(lists, ways[1]).key


@pytest.mark.parametrize(("suffix", "line"), [("jsonl", '{"text": "%s", "n": 1}'), ("csv", "%s,a note")])
def test_the_same_bytes_read_in_another_way_are_other_texts(tmp_path, suffix, line):
    one, other = tmp_path / "more.txt", tmp_path / f"more.{suffix}"
    for path in (one, other):
        path.write_text("".join(f"{line % text}\n" for text in ["text", *TEXTS]).replace("a note", "note", 1))
    assert FileSource(one).shard(0)[-1] != FileSource(other).shard(0)[-1]
    assert FileSource(one).key != FileSource(other).key


def test_a_file_of_words_becomes_texts_for_a_classifier_and_not_its_numbers(tmp_path):
    pq.write_table(pa.table({"id": ["0", "1"], "tokens": [["Hello", "there"], ["you"]]}), tmp_path / "more.parquet")
    assert FileSource(tmp_path / "more.parquet").shard(0) == ["Hello there", "you"]


@pytest.mark.parametrize(
    ("name", "content", "said"), [("more.txt", "\n\n", "no text"), ("gone.txt", None, "not a file")]
)
def test_files_without_text_are_refused(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=said):
        FileSource(tmp_path / name)


# The teacher


def test_a_teacher_answers_in_batches_as_it_does_alone(tmp_path):
    teacher = teacher_of(bert(tmp_path))
    said = teacher.ask(TEXTS)
    alone = torch.stack([logits_alone(teacher, text) for text in TEXTS])
    assert said["counts"].tolist() == [1] * len(TEXTS)
    np.testing.assert_allclose(said["logits"].astype(np.float32), alone, atol=2e-3)


def test_a_tagging_teacher_answers_for_the_first_piece_of_each_word(tmp_path):
    names = ("O", "B-x", "I-x")
    teacher = teacher_of(bert(tmp_path, BertForTokenClassification, names), "tagging", names)
    said = teacher.ask(WORDS)
    assert said["counts"].tolist() == list(map(len, WORDS))
    word_of = teacher.tokenizer(WORDS[3], is_split_into_words=True).word_ids()
    firsts = [place for place, word in enumerate(word_of) if word not in word_of[:place]]
    start = sum(map(len, WORDS[:3]))
    ours = said["logits"][start : start + len(WORDS[3])].astype(np.float32)
    np.testing.assert_allclose(ours, logits_alone(teacher, WORDS[3], split=True)[firsts], atol=2e-3)


def test_hidden_states_are_means_over_the_tokens(tmp_path):
    teacher = teacher_of(bert(tmp_path), hidden=True)
    inputs = teacher.tokenizer(TEXTS[5], return_tensors="pt")
    with torch.no_grad():
        expected = teacher.model(**inputs, output_hidden_states=True).hidden_states[-1][0].mean(0)
    np.testing.assert_allclose(teacher.ask(TEXTS)["hidden"][5].astype(np.float32), expected, atol=5e-3)


def test_labels_in_another_order_are_put_into_that_of_the_data(tmp_path):
    folder = bert(tmp_path)
    plain, turned = teacher_of(folder).ask(TEXTS), teacher_of(folder, names=("YES", "No")).ask(TEXTS)
    np.testing.assert_array_equal(turned["logits"], plain["logits"][:, ::-1])


@pytest.mark.parametrize(
    ("theirs", "ours", "order"),
    [
        (["us", "US", "No"], ["US", "no", "us"], [1, 2, 0]),  # two labels that differ by their case alone
        (["Us", "uS"], ["us", "US"], None),  # nobody knows which is which
        (["a", "A", "b"], ["A", "B"], None),  # one of theirs is left
    ],
)
def test_labels_that_differ_by_case_alone_are_never_taken_for_each_other(theirs, ours, order):
    config = BertConfig(id2label=dict(enumerate(theirs)), label2id={name: id for id, name in enumerate(theirs)})
    if order is not None:
        assert match_teacher_labels("big", config, ours, "single_label_classification") == order
        return
    with pytest.raises(InputError, match="does not know the labels of the data: only the"):
        match_teacher_labels("big", config, ours, "single_label_classification")


@pytest.mark.parametrize("value", [2026.25, 123_456.0])
def test_numbers_are_kept_as_the_teacher_said_them(tmp_path, value):
    folder = bert(tmp_path, names=("year",))
    model = BertForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.fill_(value)
    model.save_pretrained(folder)
    teacher = load_teacher(folder, False, ["year"], "regression", bf16=True)
    (rows,) = [store.read(0, 8) for store in ask_teacher(teacher, [LabelledSource(TEXTS[:8])], tmp_path / "cache")]
    assert rows["logits"].ravel().tolist() == [value] * 8  # half precision says 2026 and infinity
    assert rows["logits"].dtype == np.float32
    assert teacher_of(bert(tmp_path / "labels")).ask(TEXTS[:2])["logits"].dtype == np.float16


def test_labels_that_differ_are_named(tmp_path):
    config = BertConfig(id2label={0: "no", 1: "maybe", 2: "yes"}, label2id={"no": 0, "maybe": 1, "yes": 2})
    with pytest.raises(InputError, match=r"only the data have perhaps; only the teacher has maybe"):
        match_teacher_labels("big", config, ["no", "perhaps", "yes"], "single_label_classification")
    assert match_teacher_labels("big", BertConfig(num_labels=2), ["a", "b"], "single_label_classification") == [0, 1]
    config.problem_type = "multi_label_classification"
    with pytest.raises(InputError, match="trained for multi_label_classification"):
        match_teacher_labels("big", config, ["no", "maybe", "yes"], "single_label_classification")


def test_a_teacher_with_another_head_or_for_another_writing_is_refused(tmp_path):
    folder = bert(tmp_path)
    with pytest.raises(InputError, match=r"BertForSequenceClassification; for tagging it must be one that tags words"):
        teacher_of(folder, "tagging")
    with pytest.raises(InputError, match=r"does not know 100% of the tokens"):
        check_teacher_reads(teacher_of(folder), ["фильм хороший", "плохо"])


# The cache


class Interrupted(Exception):  # noqa: N818
    pass


def test_an_interrupted_pass_goes_on_at_the_first_missing_shard(tmp_path, monkeypatch):
    teacher, sources = teacher_of(bert(tmp_path / "big")), [LabelledSource(TEXTS), LabelledSource(TEXTS[:5])]
    whole = ask_teacher(teacher, sources, tmp_path / "whole")
    asked = []
    original = Teacher.ask

    def failing(self, texts):
        if len(asked) == 2:
            raise Interrupted
        asked.append(len(texts))
        return original(self, texts)

    monkeypatch.setattr(Teacher, "ask", failing)
    with pytest.raises(Interrupted):
        ask_teacher(teacher, sources, tmp_path / "cut")
    monkeypatch.setattr(Teacher, "ask", lambda self, texts: asked.append(len(texts)) or original(self, texts))
    again = ask_teacher(teacher, sources, tmp_path / "cut")
    assert asked == [8, 8, 7, 5]
    for one, other, rows in zip(whole, again, (8, 5), strict=True):
        np.testing.assert_array_equal(one.read(0, rows)["logits"], other.read(0, rows)["logits"])
    ask_teacher(teacher, sources, tmp_path / "cut")
    assert len(asked) == 4


def test_a_shard_that_was_not_written_to_its_end_is_not_there(tmp_path, monkeypatch):
    store = ShardStore(tmp_path / "store", {})

    def full_disk(*args):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", full_disk)
        with pytest.raises(OSError, match="No space"):
            store.write(0, 8, {"logits": np.zeros(3)})
    assert not store.has(0, 8)
    store.write(0, 8, {"logits": np.ones(3)})
    store.write(0, 8, {"logits": np.zeros(3)})  # another process was as quick
    assert store.read(0, 8)["logits"].tolist() == [1, 1, 1]


def test_other_weights_or_another_tokenizer_have_another_key(tmp_path):
    tokenizer = train_tokenizer(TEXTS, kind="wordpiece", vocab_size=120, min_frequency=1)
    one, same = bert(tmp_path / "a", tokenizer=tokenizer), bert(tmp_path / "b", tokenizer=tokenizer)
    other = bert(tmp_path / "c", seed=1, tokenizer=tokenizer)
    cased = train_tokenizer(TEXTS, kind="wordpiece", vocab_size=120, min_frequency=1, lowercase=False)
    more = bert(tmp_path / "d", tokenizer=tokenizer)
    cased.save_pretrained(more)
    keys = [teacher_of(str(folder)).key for folder in (one, same, other, more)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert teacher_of(one, hidden=True).key != keys[0]


# What the student trains on


def transfer_set(tmp_path, tokenizer, teachers, sources, labels, task="classification"):
    answers = [ask_teacher(teacher, sources, tmp_path) for teacher in teachers]
    return TransferSet(
        sources, encode_for_student(tokenizer, 32, task == "tagging", sources, tmp_path), answers, labels
    )


def test_rows_hold_the_students_ids_the_mean_of_the_teachers_and_labels_where_there_are_any(tmp_path):
    teachers = [teacher_of(bert(tmp_path / str(seed), seed=seed)) for seed in (0, 1)]
    sources = [LabelledSource(TEXTS), LabelledSource(["film good", "number"])]
    tokenizer = train_tokenizer(TEXTS, min_frequency=1)
    rows = transfer_set(tmp_path, tokenizer, teachers, sources, list(range(23)))
    assert len(rows) == 25
    for index, text in [(0, TEXTS[0]), (11, TEXTS[11]), (22, TEXTS[22]), (23, "film good")]:
        expected = torch.stack([logits_alone(teacher, text) for teacher in teachers]).mean(0)
        np.testing.assert_allclose(rows[index]["teacher_logits"][0], expected, atol=2e-3)
        assert rows[index]["input_ids"].tolist() == tokenizer(text)["input_ids"]
        assert rows.lengths[index] == len(tokenizer(text)["input_ids"])
        assert rows[index].get("labels") == (index if index < 23 else None)
    batch = TransferCollator(list, tokenizer.pad_token_id, "single_label_classification", 2)(rows.__getitems__([3, 24]))
    assert batch["labels"].tolist() == [3, -100]
    assert batch["input_ids"][1].tolist()[:2] == [*tokenizer("number")["input_ids"], tokenizer.pad_token_id]
    assert batch["attention_mask"].sum(1).tolist() == [rows.lengths[3], 1]


def test_words_carry_the_teachers_answers_to_where_the_student_reads_them(tmp_path):
    names = ("O", "B-x", "I-x")
    teacher = teacher_of(bert(tmp_path / "big", BertForTokenClassification, names), "tagging", names)
    tokenizer = train_tokenizer(WORDS, kind="wordpiece", vocab_size=40, min_frequency=1, words="tagging")
    tags = [[(row + place) % 3 for place in range(len(words))] for row, words in enumerate(WORDS)]
    rows = transfer_set(tmp_path, tokenizer, [teacher], [LabelledSource(WORDS)], tags, "tagging")
    batch = TransferCollator(list, tokenizer.pad_token_id, "token_classification", 3)([rows[3], rows[4]])
    assert batch["counts"].tolist() == [len(WORDS[3]), len(WORDS[4])]
    for row, number in enumerate((3, 4)):
        count, word_of = len(WORDS[number]), tokenizer(WORDS[number], is_split_into_words=True).word_ids()
        places = batch["places"][row, :count].tolist()
        assert [word_of[place] for place in places] == list(range(count))
        assert batch["labels"][row, places].tolist() == tags[number]
        assert int((batch["labels"][row] != -100).sum()) == count
        start = sum(map(len, WORDS[:number]))
        said = teacher.ask(WORDS)["logits"][start : start + count].astype(np.float32)
        np.testing.assert_array_equal(batch["teacher_logits"][row, :count], said)
