# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Letters of words: what is read off each kind of tokenizer, how words are spelled; padding changes nothing."""

import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import nn
from transformers import AutoModelForTokenClassification, PreTrainedTokenizerFast

from hf_seq import (
    RecurrentConfig,
    RecurrentForCausalLM,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    RecurrentModel,
    train_tokenizer,
)
from hf_seq.models.characters import LONGEST_WORD, CharacterCNN, CharacterLSTM, Spelling
from hf_seq.models.padding import Padding
from hf_seq.models.word_starts import WordStarts

from .factories import LAYOUTS, gradients, make_batch, make_sequences, perturb

TEXTS = ["the walking dog walked in Århus", "a dog walks, a cat talks"]
ENCODERS = ["cnn", "lstm"]
SMALL = {"hidden_size": 8, "embedding_size": 6, "embedding_dropout": 0.0, "hidden_dropout": 0.0, "num_labels": 3}
LETTERS = {"character_embedding_size": 5, "character_hidden_size": 4, "max_characters": 8}


def make_tokenizer(kind: str, **options) -> PreTrainedTokenizerFast:
    size = 340 if kind == "bpe" else 60
    return train_tokenizer(TEXTS * 3, kind=kind, vocab_size=size, lowercase=False, min_frequency=1, **options)


def make_model(encoder: str, tokenizer=None, head=RecurrentForTokenClassification, **settings) -> nn.Module:
    """A model in evaluation mode, its parameters random, that has read a vocabulary or got a random one."""
    size = 23 if tokenizer is None else len(tokenizer)
    config = RecurrentConfig(vocab_size=size, character_encoder=encoder, **SMALL | LETTERS | settings)
    model = perturb(head(config)).eval()
    if tokenizer is not None:
        model.read_vocabulary(tokenizer)
        return model
    draw, characters = torch.Generator().manual_seed(3), characters_of(model)
    characters.starts.kinds.copy_(torch.randint(0, 3, (size,), generator=draw))
    lengths = torch.randint(1, 9, (size, 1), generator=draw)
    letters = torch.randint(1, 256, (size, 8), generator=draw)
    characters.letters.copy_(letters * (torch.arange(8) < lengths))
    return model


def characters_of(model: nn.Module) -> nn.Module:
    return model.base_model.embeddings.characters


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("word", "the dog talked", ["the", "dog", "?"]),
        ("wordpiece", "the walked dogs talking", ["the", "walked", "dogs", "talking"]),
        ("wordpiece", "unheard-of", ["?", "-", "?"]),
        ("char", "cat", ["c", "a", "t"]),
        ("bpe", "the walked dogs", ["the", "walked", "dogs"]),
        ("bpe", "in Århus", ["in", "Ãħrhus"]),  # bytes
        ("unigram", "the walked dogs", ["the", "walked", "dogs"]),
    ],
)
def test_words_are_spelled_by_the_letters_of_all_their_pieces(kind, text, words):
    tokenizer = make_tokenizer(kind)
    characters = characters_of(make_model("cnn", tokenizer, max_characters=20))
    ids = torch.tensor([tokenizer(text)["input_ids"]])
    spelled = {}  # number of each letter, from tokens of one piece
    for token, row in zip(tokenizer.convert_ids_to_tokens(range(len(tokenizer))), characters.letters, strict=True):
        clean = token.removeprefix("##").removeprefix("Ġ" if kind == "bpe" else "▁")
        if token not in tokenizer.all_special_tokens:
            spelled |= dict(zip(clean, row.tolist(), strict=False))
    expected = [[spelled.get(letter, 1) if word != "?" else 1 for letter in word] for word in words]
    begins, part = characters.starts(ids, None)
    found = characters.spell(
        ids, part, (begins.view(-1).cumsum(0) - 1).clamp(min=0), torch.zeros_like(begins[begins].long())
    )
    assert [row.tolist() for row in found.letters.split(found.counts.tolist())] == expected
    assert found.position.tolist() == [place for word in expected for place in range(len(word))]
    assert len(set(spelled.values())) == len(spelled)


@pytest.mark.parametrize(
    ("kind", "text", "begins"),
    [
        ("wordpiece", "the dogs", [1, 1, 0]),
        ("bpe", "the dogs", [1, 1, 0]),  # the first of a text has no mark
        ("word", "the dogs", [1, 1]),
        ("char", "a cat", [1, 1, 1, 1, 1]),
    ],
)
def test_the_vocabulary_tells_which_pieces_begin_a_word(kind, text, begins):
    tokenizer = make_tokenizer(kind)
    starts = WordStarts(len(tokenizer))
    starts.read_vocabulary(tokenizer)
    ids = tokenizer(text)["input_ids"]
    padded = torch.tensor([[0, 0, *ids], [*ids, 0, 0]])
    mask = torch.tensor([[0, 0, *[1] * len(ids)], [*[1] * len(ids), 0, 0]]).bool()
    found, part = starts(padded, Padding(mask))
    assert found[0, 2:].int().tolist() == begins
    assert found[1, :-2].int().tolist() == begins
    assert torch.equal(part, mask)


def test_special_tokens_begin_no_word_and_have_no_letters_and_the_unknown_token_does():
    tokenizer = make_tokenizer("wordpiece")
    model = make_model("cnn", tokenizer)
    ids = torch.tensor([tokenizer.convert_tokens_to_ids(["[CLS]", "[UNK]", "dog", "[SEP]", "[PAD]"])])
    begins, part = characters_of(model).starts(ids, None)
    assert begins.tolist() == part.tolist() == [[False, True, True, False, False]]
    read = characters_of(model)(ids, None)[0]
    assert (read[[0, 3, 4]] == 0).all()
    assert (read[[1, 2]] != 0).any(-1).all()


def spelling_of(words: list[list[int]]) -> Spelling:
    """Words as lists of letters, put behind each other."""
    counts = torch.tensor([len(word) for word in words])
    owner = torch.arange(len(words)).repeat_interleave(counts)
    place = torch.cat([torch.arange(len(word)) for word in words])
    return Spelling(torch.tensor([letter for word in words for letter in word]), owner, place, counts)


WORDS = [[3, 4, 5, 6, 3, 4, 4], [2], [7, 7, 3, 8], [9, 2], [3, 5, 8, 2, 9] * 4, [4]]


def test_a_convolution_of_torch_with_the_same_weights_agrees_word_by_word():
    reader, convolution = perturb(CharacterCNN(10, 5, 4)), nn.Conv1d(5, 4, 3, padding=1)
    convolution.weight.data = reader.window.weight.data.view(4, 3, 5).transpose(1, 2)
    convolution.bias.data = reader.window.bias.data
    found = reader(spelling_of(WORDS))
    for row, word in zip(found, WORDS, strict=True):
        letters = reader.embedding(torch.tensor(word))
        torch.testing.assert_close(row, convolution(letters.T).relu().amax(-1))


def test_a_two_way_lstm_of_torch_with_the_same_weights_agrees_word_by_word():
    reader, both = perturb(CharacterLSTM(10, 5, 4)), nn.LSTM(5, 2, batch_first=True, bidirectional=True)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    for name in names:
        getattr(both, name).data = getattr(reader.forward_cell, name).data
        getattr(both, name + "_reverse").data = getattr(reader.backward_cell, name).data
    found = reader(spelling_of(WORDS))
    for row, word in zip(found, WORDS, strict=True):
        _, (last, _) = both(reader.embedding(torch.tensor([word])))
        torch.testing.assert_close(row, last.flatten())


@pytest.mark.parametrize("kind", [CharacterCNN, CharacterLSTM])
def test_a_word_without_letters_reads_as_zero(kind):
    found = perturb(kind(10, 5, 4))(spelling_of([[3, 4], [], [5]]))
    assert (found[1] == 0).all()
    assert (found[[0, 2]] != 0).any(-1).all()


@pytest.mark.parametrize("encoder", ENCODERS)
def test_padding_changes_nothing_with_letters_read(encoder):
    model, sequences = make_model(encoder, use_crf=True), make_sequences("input_ids")
    model.word_starts.kinds.copy_(characters_of(model).starts.kinds)
    with torch.no_grad():
        alone = [model(input_ids=sequence.unsqueeze(0)) for sequence in sequences]
        for layout in LAYOUTS:
            batch = make_batch("input_ids", sequences, layout)
            together = model(**batch)
            for row, (single, mask) in enumerate(zip(alone, batch["attention_mask"].bool(), strict=True)):
                torch.testing.assert_close(together.logits[row, mask], single.logits[0], atol=1e-5, rtol=1e-5)
                assert torch.equal(together.best_path[row, mask], single.best_path[0])


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_word_reads_the_same_however_it_is_cut_into_pieces(encoder):
    tokenizer = make_tokenizer("wordpiece")
    model = make_model(encoder, tokenizer)
    cuts = (["walking"], ["w", "##a", "##l", "##k", "##i", "##n", "##g"])
    ids = [torch.tensor([tokenizer.convert_tokens_to_ids(cut)]) for cut in cuts]
    assert tokenizer.unk_token_id not in torch.cat(ids, 1)
    whole, cut = (characters_of(model)(each, None)[0] for each in ids)
    torch.testing.assert_close(cut, whole.expand(7, -1))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_unknown_words_of_other_letters_are_told_apart(encoder):
    tokenizer = make_tokenizer("wordpiece")
    model = make_model(encoder, tokenizer)
    read = [
        characters_of(model)(torch.tensor([tokenizer(word)["input_ids"]]), None)[0, 0] for word in ("walkn", "walki")
    ]
    assert (read[0] - read[1]).abs().max() > 1e-3


@pytest.mark.parametrize("encoder", ENCODERS)
def test_blanked_words_keep_their_letters(encoder):
    model = make_model(encoder, token_dropout=0.9).train()
    read = model.model.embeddings
    ids = torch.randint(1, 23, (4, 30))
    states = read(ids, None, None, None)
    torch.testing.assert_close(states[..., 6:], characters_of(model)(ids, None))
    assert (states[..., :6] == 0).all(-1).float().mean() > 0.7


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_parameter_learns(encoder):
    model = make_model(encoder).train()
    ids = torch.randint(1, 23, (4, 9))
    found = gradients(model, model(input_ids=ids, labels=ids % 3).loss)
    assert {name for name, _ in model.named_parameters() if name not in found or not found[name].any()} == set()


@pytest.mark.parametrize("encoder", ENCODERS)
def test_bfloat16_is_close_to_float32_under_autocast_and_as_a_model(encoder):
    model, ids = make_model(encoder), torch.randint(1, 23, (4, 9))
    for parameter in model.parameters():
        parameter.data.mul_(0.3)
    exact = model(input_ids=ids, labels=ids % 3)
    wanted = gradients(model, exact.loss)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = model(input_ids=ids, labels=ids % 3)
    found = gradients(model, rough.loss)
    torch.testing.assert_close(rough.logits.float(), exact.logits, atol=0.03, rtol=0.03)
    for name, gradient in wanted.items():
        assert (found[name] - gradient).norm() < 0.1 * (gradient.norm() + 1e-2), name
    half = model.to(torch.bfloat16)(input_ids=ids).logits
    torch.testing.assert_close(half.float(), exact.logits, atol=0.03, rtol=0.03)


def test_a_very_long_word_is_read_up_to_its_limit():
    model = make_model("cnn")
    characters = characters_of(model)
    characters.starts.kinds[:] = torch.tensor([1] + [0] * 22)
    characters.letters[:] = 7
    begins, part = characters.starts(torch.tensor([[0] + [1] * 40]), None)
    found = characters.spell(torch.tensor([[0] + [1] * 40]), part, begins.view(-1).cumsum(0) - 1, torch.tensor([0]))
    assert found.letters.tolist() == [7] * LONGEST_WORD
    assert found.counts.tolist() == [LONGEST_WORD]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_what_was_read_is_loaded_with_the_model(encoder, tmp_path):
    tokenizer = make_tokenizer("wordpiece")
    model = make_model(encoder, tokenizer, use_crf=True)
    model.save_pretrained(tmp_path)
    loaded = AutoModelForTokenClassification.from_pretrained(tmp_path).eval()
    batch = tokenizer(["the dogs", "unheard walks"], padding=True, return_tensors="pt")
    given = {name: batch[name] for name in ("input_ids", "attention_mask")}
    assert torch.equal(loaded(**given).logits, model(**given).logits)
    assert torch.equal(loaded(**given).best_path, model(**given).best_path)


@pytest.mark.parametrize("head", [RecurrentModel, RecurrentForSequenceClassification])
def test_the_encoder_and_the_classifier_read_letters_too(head):
    tokenizer = make_tokenizer("wordpiece")
    model = make_model("cnn", tokenizer, head=head)
    ids = torch.tensor([tokenizer("the dogs")["input_ids"]])
    before = model(input_ids=ids)[0]
    characters_of(model).letters[:] = 3
    assert (model(input_ids=ids)[0] - before).abs().max() > 1e-3


def test_letters_follow_a_vocabulary_that_is_resized():
    tokenizer = make_tokenizer("wordpiece")
    model = make_model("cnn", tokenizer, use_crf=True)
    kept = characters_of(model).letters.clone()
    tokenizer.add_tokens(["zebra"])
    model.resize_token_embeddings(len(tokenizer))
    assert torch.equal(characters_of(model).letters[:-1], kept)
    model.read_vocabulary(tokenizer)
    assert (characters_of(model).letters[-1] > 0).sum() == 5
    assert model(input_ids=torch.tensor([[len(tokenizer) - 1, 8]])).logits.isfinite().all()


def test_a_model_that_has_read_no_vocabulary_says_what_to_do():
    model = RecurrentForTokenClassification(RecurrentConfig(vocab_size=9, character_encoder="cnn", **SMALL))
    with pytest.raises(ValueError, match=r"does not know the letters .* call model\.read_vocabulary\(tokenizer\) once"):
        model(input_ids=torch.tensor([[1, 2]]))


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused():
    tokenizer = make_tokenizer("wordpiece")
    model = RecurrentForTokenClassification(RecurrentConfig(vocab_size=9, character_encoder="cnn", **SMALL))
    with pytest.raises(ValueError, match=r"ids up to \d+, but the model has vocab_size=9; give the model's own"):
        model.read_vocabulary(tokenizer)


def test_a_tokenizer_that_marks_the_ends_of_words_is_refused():
    backend = Tokenizer(models.BPE({"a</w>": 0, "a": 1}, [], end_of_word_suffix="</w>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    with pytest.raises(ValueError, match=r"marks the end of words with '</w>'; use one that marks"):
        WordStarts(9).read_vocabulary(PreTrainedTokenizerFast(tokenizer_object=backend))


def test_embeddings_in_place_of_tokens_are_refused():
    with pytest.raises(ValueError, match="needs the tokens: give input_ids"):
        make_model("cnn")(inputs_embeds=torch.zeros(1, 2, 6))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"character_encoder": "cnn", "num_features": 3}, r"reads tokens, but num_features=3"),
        ({"character_encoder": "lstm", "character_hidden_size": 5}, r"character_hidden_size=5 cannot .* use 6"),
        ({"character_vocab_size": 300}, r"character_vocab_size=300 must lie between 3 and 256"),
        ({"max_characters": 0}, r"max_characters=0 must be 1 or more"),
    ],
)
def test_sizes_that_cannot_be_are_refused(settings, words):
    with pytest.raises(StrictDataclassError, match=words):
        RecurrentConfig(**settings)


def test_a_language_model_and_a_carried_state_refuse_letters():
    config = RecurrentConfig(vocab_size=23, bidirectional=False, character_encoder="cnn", **SMALL)
    with pytest.raises(ValueError, match=r"character_encoder='cnn' reads a word whole, and so lets a language model"):
        RecurrentForCausalLM(config)
    with pytest.raises(ValueError, match=r"has no state to read on from inside one; leave out past_key_values"):
        RecurrentModel(config)(input_ids=torch.tensor([[1]]), use_cache=True)


@pytest.mark.parametrize("kind", ["cnn", "lstm"])
def test_a_word_has_one_embedding_however_it_is_cased(kind):
    tokenizer = train_tokenizer([["PARIS", "paris", "sleeps"]] * 5, kind="wordpiece", vocab_size=64, words="tagging")
    model = make_model(kind, tokenizer)
    upper, lower = (tokenizer.convert_tokens_to_ids(word) for word in ("PARIS", "paris"))
    assert upper != lower
    embeddings = model.model.embeddings
    vectors = embeddings(torch.tensor([[upper, lower]]), None, None, None)[0]
    width = model.config.embedding_size
    assert torch.equal(vectors[0, :width], vectors[1, :width])
    assert not torch.allclose(vectors[0, width:], vectors[1, width:])  # the letters tell them apart


def test_the_pieces_of_a_word_are_one_step_and_share_its_state():
    tokenizer = train_tokenizer([["ab", "abc", "x", "xb", "xc"]] * 5, kind="wordpiece", vocab_size=64, words="tagging")
    model = make_model("cnn", tokenizer)
    pieces = tokenizer(["ab", "abcbc", "x"], is_split_into_words=True, return_tensors="pt")
    words = pieces.word_ids()
    assert words.count(1) > 1
    with torch.no_grad():
        states = model.model(pieces.input_ids).last_hidden_state[0]
    for step, word in enumerate(words):
        assert torch.equal(states[step], states[words.index(word)])
    assert not torch.allclose(states[words.index(0)], states[words.index(1)])
