# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which tokens are hidden, how often, and as what."""

import torch
from tokenizers.processors import TemplateProcessing

from hf_seq import train_tokenizer
from hf_seq.data.texts.masking import draw_by_row, hide_tokens, never_hidden

FIRST, SIZE, MASK = 7, 57, 6


def hide(ids, real, share=0.15, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return hide_tokens(ids, real, share, mask_token_id=MASK, first_token_id=FIRST, vocab_size=SIZE, generator=generator)


def test_shares_are_those_of_the_paper():
    ids = torch.randint(FIRST, SIZE, (200, 500), generator=torch.Generator().manual_seed(1))
    shown, truth = hide(ids, torch.ones_like(ids))
    chosen = truth != -100
    assert abs(chosen.float().mean() - 0.15) < 0.005
    assert torch.equal(truth[chosen], ids[chosen])
    as_mask, as_it_is = (shown[chosen] == MASK).float().mean(), (shown[chosen] == ids[chosen]).float().mean()
    assert abs(as_mask - 0.8) < 0.01
    assert abs(as_it_is - 0.1 - 0.1 / 50) < 0.01  # one random token in 50 happens to be the true one
    others = shown[chosen & (shown != MASK) & (shown != ids)]
    assert others.min() == FIRST
    assert others.max() == SIZE - 1


def test_what_is_not_chosen_and_padding_are_left_alone():
    ids = torch.randint(FIRST, SIZE, (30, 40))
    real = (torch.arange(40) < 25).expand(30, 40)
    shown, truth = hide(ids, real, share=0.9)
    assert (truth[:, 25:] == -100).all()
    assert torch.equal(shown[truth == -100], ids[truth == -100])


def test_a_generator_repeats_its_choice():
    ids = torch.randint(FIRST, SIZE, (5, 40))
    first, again, other = (hide(ids, torch.ones_like(ids), seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[1], other[1])


def test_a_row_that_has_a_key_is_hidden_alike_in_any_batch():
    ids = torch.randint(5, 90, (6, 40))
    keys = [[7, 0, row] for row in range(6)]
    settings = {"mask_token_id": 4, "first_token_id": 5, "vocab_size": 90}
    whole, truth = hide_tokens(ids, torch.ones_like(ids), 0.3, drawn=draw_by_row(keys, 40), **settings)
    part, _ = hide_tokens(ids[2:4, :25], torch.ones(2, 25), 0.3, drawn=draw_by_row(keys[2:4], 25), **settings)
    assert torch.equal(part, whole[2:4, :25])
    hidden = truth != -100
    assert 0.2 < hidden.float().mean() < 0.4
    assert 0.6 < (whole[hidden] == 4).float().mean() < 0.95
    assert int(whole.max()) < 90


def test_what_frames_a_text_is_not_hidden_nor_shown_for_a_word():
    tokenizer = train_tokenizer(["a b c d e"] * 3, kind="word", vocab_size=20)
    frame = [(name, tokenizer.convert_tokens_to_ids(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    row = tokenizer("a b zzz c d e")["input_ids"]
    ids, never = torch.tensor([row] * 500), never_hidden(tokenizer)
    generator = torch.Generator().manual_seed(0)
    limits = {"mask_token_id": tokenizer.mask_token_id, "first_token_id": 0, "vocab_size": len(tokenizer)}
    shown, truth = hide_tokens(ids, torch.ones_like(ids), 0.5, never=never, generator=generator, **limits)
    framing = torch.tensor(tokenizer.get_special_tokens_mask(row, already_has_special_tokens=True)).bool()
    framing[row.index(tokenizer.unk_token_id)] = False  # stands for a word
    assert framing.tolist() == [True, *[False] * 6, True]
    assert (truth[:, framing] == -100).all()
    assert abs((truth[:, ~framing] != -100).float().mean() - 0.5) < 0.03
    assert not torch.isin(shown[:, ~framing], torch.tensor([token for _, token in frame])).any()
