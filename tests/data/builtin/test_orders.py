# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:orders`: the same everywhere, well tagged, and out of reach for a tagger that sees one word at a time."""

from collections import Counter, defaultdict

import pytest
import torch

from hf_seq import RecurrentConfig
from hf_seq.baselines import MostFrequentTag
from hf_seq.data import EncodedDataset, TaggingCollator, check_tagged, load_tagged_splits
from hf_seq.data.builtin.orders import LABELS, SLOTS, SPLIT_ROWS, make_orders
from hf_seq.metrics.tagging import compute_tagging_metrics, scores_by_type
from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.text import encode_words, train_tokenizer


@pytest.fixture(scope="module")
def splits():
    return load_tagged_splits("builtin:orders")


@pytest.fixture(scope="module")
def gold(splits):
    return [[LABELS[tag] for tag in tags] for tags in splits.test["tags"][:]]


def test_it_is_the_same_on_every_machine(splits):
    assert {name: len(splits[name]) for name in SPLIT_ROWS} == SPLIT_ROWS
    assert splits.label_names == LABELS
    assert splits.fingerprint.startswith("55e3abba83cc")


def test_its_checks_find_nothing(splits):
    report = check_tagged(splits)
    assert (report.errors, report.warnings) == ([], [])


def test_another_seed_makes_other_orders():
    assert make_orders(20, 1) == make_orders(20, 1)
    assert not {tuple(o.tokens) for o in make_orders(20, 1)} & {tuple(o.tokens) for o in make_orders(20, 2)}


def test_a_word_has_many_tags(splits):
    tags_of = defaultdict(set)
    for words, tags in zip(splits.train["tokens"][:], splits.train["tags"][:], strict=True):
        for word, tag in zip(words, tags, strict=True):
            tags_of[word].add(LABELS[tag].partition("-")[2])
    assert tags_of["four"] == {"", "quantity", "time", "place", "size", "item"}
    assert tags_of["milk"] == {"", "item", "extra"}
    assert tags_of["large"] == {"", "size"}
    assert tags_of["garden"] == {"", "place", "item"}


def test_every_slot_is_in_every_split_and_the_test_has_new_words(splits):
    known = {word for words in splits.train["tokens"] for word in words}
    for name in SPLIT_ROWS:
        seen = Counter(LABELS[tag] for tags in splits[name]["tags"][:] for tag in tags)
        assert all(seen[f"B-{slot}"] >= 60 for slot in SLOTS)
    words = [word for words in splits.test["tokens"][:] for word in words]
    assert 0.03 < sum(word not in known for word in words) / len(words) < 0.08


def test_the_most_frequent_tag_fails_and_a_bilstm_with_a_crf_does_not(splits, gold):
    train, test = splits.train, splits.test["tokens"][:]
    baseline = MostFrequentTag(LABELS).fit(train["tokens"][:], train["tags"][:])
    low = compute_tagging_metrics(baseline.tag(test), gold)["f1"]

    torch.manual_seed(0)
    tokenizer = train_tokenizer(train["tokens"][:], kind="wordpiece", words="tagging", vocab_size=1_500)
    encoded = encode_words(train["tokens"][:], train["tags"][:], tokenizer, 128)
    rows, collate = EncodedDataset(encoded.input_ids, encoded.labels), TaggingCollator(tokenizer.pad_token_id)
    config = RecurrentConfig(
        vocab_size=len(tokenizer), hidden_size=96, bidirectional=True, use_crf=True, id2label=dict(enumerate(LABELS))
    )
    model = RecurrentForTokenClassification(config).train()
    model.read_vocabulary(tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, fused=True)
    order = list(rows.length_sampler(32))
    for start in range(0, len(order), 32):
        model(**collate(rows.__getitems__(order[start : start + 32]))).loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    said = TaggingPredictor(model, tokenizer).tag(test)
    assert low < 0.45
    assert compute_tagging_metrics(said, gold)["f1"] > 0.75
    assert min(scores["f1"] for scores in scores_by_type(said, gold).values()) > 0.6
