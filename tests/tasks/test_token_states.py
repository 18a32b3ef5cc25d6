# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a student's embedding starts from: a teacher's states of single tokens, against the teacher asked by hand."""

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from hf_seq.distill.teacher import Teacher
from hf_seq.tasks.token_states import start_embeddings, static_states, token_vectors
from hf_seq.text import train_tokenizer
from hf_seq.text.borrowed_tokenizers import student_tokenizer
from tests.text.test_borrowed_tokenizers import bert_like


@pytest.fixture(scope="module")
def teacher():
    torch.manual_seed(0)
    tokenizer = bert_like()
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=4, num_attention_heads=2, intermediate_size=16
    )
    config.initializer_range = 1.0
    model = BertForSequenceClassification(config).eval()
    return Teacher("big", Path("big"), model, tokenizer, False, [0, 1], max_length=16)


def by_hand(teacher, text, layer):
    """(D,): mean of the states of a layer over all but [CLS] and [SEP]."""
    with torch.no_grad():
        states = teacher.model(**teacher.tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
    return states[layer][0, 1:-1].mean(0)


@pytest.mark.parametrize(("depth", "layer"), [(0.0, 0), (0.5, 2), (1.0, 4)])
def test_words_standing_alone_have_the_states_that_the_teacher_gives_them(teacher, depth, layer):
    words = ["walk", "walking", "gnaw", "king"]
    pieces = teacher.tokenizer(words, add_special_tokens=False)["input_ids"]
    expected = torch.stack([by_hand(teacher, word, layer) for word in words])
    torch.testing.assert_close(static_states(teacher, pieces, [depth])[0], expected, rtol=1e-4, atol=1e-5)


def test_a_token_starts_from_three_layers_that_count_alike(teacher):
    vectors = token_vectors(teacher, student_tokenizer(teacher.tokenizer, 16), "static")
    parts = vectors.view(len(vectors), 3, 8)
    torch.testing.assert_close(parts.mean(0), torch.zeros(3, 8), atol=1e-5, rtol=0)
    torch.testing.assert_close(parts.square().mean((0, 2)), torch.ones(3))

    walk, king = (teacher.tokenizer.convert_tokens_to_ids(token) for token in ("walk", "king"))
    for part, layer in enumerate((0, 2, 4)):  # one centre and one scale for all tokens leave directions between them
        expected = by_hand(teacher, "walk", layer) - by_hand(teacher, "king", layer)
        between = parts[walk, part] - parts[king, part]
        assert torch.cosine_similarity(between, expected, dim=0) == pytest.approx(1, abs=1e-4)


def test_a_student_with_tokens_of_its_own_starts_from_the_teachers_pieces_of_them(teacher):
    own = train_tokenizer(["gnaw gnaw king king"], kind="word", vocab_size=16)
    vectors = token_vectors(teacher, own, "table")
    table, pieces = teacher.model.get_input_embeddings().weight, teacher.tokenizer("gnaw", add_special_tokens=False)
    expected = table[pieces["input_ids"]].mean(0)
    torch.testing.assert_close(vectors[own.convert_tokens_to_ids("gnaw")], expected.detach())


@pytest.mark.parametrize("kind", ["table", "static"])
def test_the_embedding_keeps_the_distances_of_the_vectors_and_padding_is_zero(teacher, kind):
    tokenizer = student_tokenizer(teacher.tokenizer, 16)
    student = torch.nn.Module()
    student.table = torch.nn.Embedding(len(tokenizer), 24, padding_idx=tokenizer.pad_token_id)
    student.get_input_embeddings = lambda: student.table
    start_embeddings(student, tokenizer, teacher, kind)
    rows = [index for index in range(len(tokenizer)) if index != tokenizer.pad_token_id]
    ours = torch.cdist(student.table.weight[rows], student.table.weight[rows]).flatten().detach()
    vectors = token_vectors(teacher, tokenizer, kind)
    theirs = torch.cdist(vectors[rows], vectors[rows]).flatten()
    assert torch.corrcoef(torch.stack([ours, theirs]))[0, 1] == pytest.approx(1, abs=1e-4)
    assert not student.table.weight[tokenizer.pad_token_id].any()
