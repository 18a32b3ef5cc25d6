# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A teacher's tokenizer, whole and pruned, and the vectors a student takes over from it."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from hf_seq.errors import InputError
from hf_seq.tasks.token_states import principal_components, teacher_pieces
from hf_seq.text import train_tokenizer
from hf_seq.text.borrowed_tokenizers import prune, student_tokenizer

SPECIAL = {f"{role}_token": f"[{role.upper()}]" for role in ("pad", "unk", "cls", "sep", "mask")}
LETTERS = "agiklnw"
TOKENS = [*SPECIAL.values(), *LETTERS, *(f"##{each}" for each in LETTERS), "walk", "##ing", "walking", "king", "gin"]


def bert_like(tokens=TOKENS):
    """A WordPiece tokenizer that puts [CLS] and [SEP] around a text, as BERT's."""
    backend = Tokenizer(models.WordPiece({token: index for index, token in enumerate(tokens)}, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.add_special_tokens(list(SPECIAL.values()))
    around = [("[CLS]", tokens.index("[CLS]")), ("[SEP]", tokens.index("[SEP]"))]
    backend.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    return PreTrainedTokenizerFast(tokenizer_object=backend, **SPECIAL)


def counts_of(tokenizer, **seen):
    counts = np.zeros(len(tokenizer), dtype=np.int64)
    for token, count in seen.items():
        counts[tokenizer.convert_tokens_to_ids(token)] = count
    return counts


def test_a_students_tokenizer_is_the_teachers_without_what_stands_around_a_text():
    whole = bert_like()
    plain = student_tokenizer(whole, max_length=64)
    assert plain("Walking king")["input_ids"] == whole("Walking king", add_special_tokens=False)["input_ids"]
    assert plain.get_vocab() == whole.get_vocab()
    assert (plain.pad_token, plain.mask_token, plain.model_max_length) == ("[PAD]", "[MASK]", 64)


def test_a_word_that_is_left_out_falls_into_pieces_that_are_kept(tmp_path):
    whole = bert_like()
    letters = dict.fromkeys([*LETTERS, *(f"##{letter}" for letter in LETTERS)], 1)
    counts = counts_of(whole, **letters, **{"walk": 9, "##ing": 8, "walking": 2, "king": 1})
    pruned = prune(whole, counts, len(SPECIAL) + 2 * len(LETTERS) + 2, max_length=64)
    assert whole.tokenize("walking") == ["walking"]
    assert pruned.tokenize("walking king gin") == ["walk", "##ing", "k", "##ing", "g", "##i", "##n"]
    assert sorted(pruned.get_vocab().values()) == list(range(len(pruned)))
    assert pruned.convert_tokens_to_ids("[MASK]") == pruned.mask_token_id < len(pruned)
    pruned.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again("walking [MASK]")["input_ids"] == pruned("walking [MASK]")["input_ids"]
    assert again.tokenize("walking [MASK]") == ["walk", "##ing", "[MASK]"]


def test_tokens_that_do_not_occur_are_left_out_though_there_is_room():
    whole = bert_like()
    assert "gin" not in prune(whole, counts_of(whole, walk=1), 1_000, max_length=64).get_vocab()


def test_too_small_a_vocabulary_is_refused():
    whole = bert_like()
    with pytest.raises(InputError, match=r"vocab_size=4 leaves no room for the 6 special tokens and characters"):
        prune(whole, counts_of(whole, a=1), 4, max_length=64)


def test_a_unigram_tokenizer_is_pruned_and_bpe_is_refused():
    texts = ["walking the king", "the king was walking", "a walk"] * 5
    whole = train_tokenizer(texts, kind="unigram", vocab_size=60)
    counts = np.bincount([each for text in texts for each in whole(text)["input_ids"]], minlength=len(whole))
    pruned = prune(whole, counts, 45, max_length=64)
    assert len(pruned) <= 45
    assert pruned.decode(pruned("the walking king")["input_ids"]) == whole.decode(
        whole("the walking king")["input_ids"]
    )
    bpe = train_tokenizer(texts, kind="bpe", vocab_size=300)
    with pytest.raises(InputError, match="kind BPE"):
        prune(bpe, np.ones(len(bpe), dtype=np.int64), 280, max_length=64)


def test_pieces_of_a_students_tokens_are_the_same_token_the_teachers_pieces_of_it_or_the_role():
    theirs, ours = bert_like(), train_tokenizer(["walking king walking king gini gini"], kind="word")
    pieces, vocabulary = teacher_pieces(theirs, ours), ours.get_vocab()
    named = {token: theirs.convert_ids_to_tokens(pieces[index]) for token, index in vocabulary.items()}
    assert named["walking"] == ["walking"]
    assert named["gini"] == ["gin", "##i"]
    assert named["[MASK]"] == ["[MASK]"]
    assert named["[UNK]"] == ["[UNK]"]


def test_continuing_pieces_are_not_taken_for_words():
    theirs = bert_like()
    pruned = prune(theirs, np.ones(len(theirs), dtype=np.int64), 1_000, max_length=64)
    pieces = teacher_pieces(theirs, pruned)
    index = pruned.get_vocab()["##ing"]
    assert theirs.convert_ids_to_tokens(pieces[index]) == ["##ing"]


def test_principal_components_keep_distances_as_well_as_sklearns():
    from sklearn.decomposition import PCA

    vectors = torch.randn(50, 12, generator=torch.Generator().manual_seed(0)) @ torch.diag(torch.linspace(3, 0.1, 12))
    ours, theirs = principal_components(vectors, 4), torch.tensor(PCA(4).fit_transform(vectors.numpy()))
    scale = theirs.square().mean().sqrt()
    torch.testing.assert_close(torch.cdist(ours, ours), torch.cdist(theirs, theirs) / scale, atol=2e-3, rtol=1e-3)


def test_a_wider_student_gets_zeros_and_numbers_of_variance_one():
    wide = principal_components(torch.randn(30, 3), 5)
    assert wide.shape == (30, 5)
    assert wide[:, 3:].abs().max() == 0
    assert wide[:, :3].square().mean().item() == pytest.approx(1.0)
