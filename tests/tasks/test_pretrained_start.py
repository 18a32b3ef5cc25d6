# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--start_from`: embeddings are the pretrained model's states of single tokens, the tokenizer is its own, cut."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel, BertTokenizerFast

from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable
from hf_seq.reports.record import Record
from hf_seq.tasks import pretrained_start
from hf_seq.train.parsing import parse_recipe

WORDS = ["good", "bad", "the", "film", "was", "very", "quite", "and", "it", "plot", "fine", "great", "poor", "awful"]
UNUSED = ["zebra", "quark"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A small BERT without a head, uncased, that knows the words of the reviews and two more."""
    folder = tmp_path_factory.mktemp("pretrained") / "bert"
    letters = [chr(97 + place) for place in range(26)] + list("0123456789")
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *WORDS,
        *UNUSED,
        *letters,
        *(f"##{each}" for each in letters),
    ]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(pieces), **sizes)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def started(train, bert, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "bilstm"
    settings = {"embedding_size": 32, "num_train_epochs": 1, "learning_rate": 1e-12}
    return folder, train(folder, "bilstm", start_from=str(bert), **settings)


def test_embeddings_keep_the_distances_of_what_the_pretrained_model_makes_of_single_tokens(started, bert):
    """Wider than all that is known of a token, principal components only turn the space."""
    folder, _ = started
    ours = AutoModelForSequenceClassification.from_pretrained(folder).get_input_embeddings().weight.detach()
    tokenizer, theirs = AutoTokenizer.from_pretrained(bert), BertModel.from_pretrained(bert).eval()
    names = AutoTokenizer.from_pretrained(folder).get_vocab()
    pairs = [(tokenizer.get_vocab()[token], index) for token, index in names.items()]
    with torch.no_grad():
        inputs = torch.tensor([[tokenizer.cls_token_id, token, tokenizer.sep_token_id] for token, _ in pairs])
        layers = theirs(inputs, output_hidden_states=True).hidden_states
    states = [layers[place][:, 1] - layers[place][:, 1].mean(0) for place in (0, 1, 2)]
    known = torch.cat([each / each.square().mean().sqrt() for each in states], dim=1)
    kept = [row for row, (_, index) in enumerate(pairs) if index != names["[PAD]"]]
    mine = ours[[pairs[row][1] for row in kept]]
    distances, expected = torch.cdist(mine, mine), torch.cdist(known[kept], known[kept])
    ratio = (distances / expected)[expected > 0.1]
    assert float(ratio.max() / ratio.min()) == pytest.approx(1.0, abs=1e-3)


def test_the_same_tokens_are_asked_for_once_and_weigh_the_same(train, bert, tmp_path, monkeypatch):
    for name in ("a", "b"):
        train(tmp_path / name, "bilstm", start_from=str(bert), num_train_epochs=1)
        monkeypatch.setattr(pretrained_start, "token_vectors", None)  # whoever asks again fails
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("a", "b"))
    assert all(torch.equal(one[name], two[name]) for name in one)
    with pytest.raises(TypeError, match="NoneType"):
        train(tmp_path / "c", "bilstm", start_from=str(bert), start_tokenizer="whole", num_train_epochs=1)


def test_the_vocabulary_is_what_train_uses_and_letters_for_new_words(started):
    folder, record = started
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert set(WORDS) <= set(tokenizer.get_vocab())
    assert not set(UNUSED) & set(tokenizer.get_vocab())
    assert tokenizer.tokenize("zebra film") == ["z", "##e", "##b", "##r", "##a", "film"]
    assert "no label was read" in " ".join(record.notes)


def test_the_whole_tokenizer_or_one_of_its_own_is_there_for_the_asking(train, bert, tmp_path):
    train(tmp_path / "whole", "bilstm", start_from=str(bert), start_tokenizer="whole", num_train_epochs=1)
    assert set(UNUSED) <= set(AutoTokenizer.from_pretrained(tmp_path / "whole").get_vocab())
    train(tmp_path / "own", "bilstm", start_from=str(bert), start_tokenizer="own", num_train_epochs=1)
    assert "##a" not in AutoTokenizer.from_pretrained(tmp_path / "own").get_vocab()  # whole words, of these data


def test_a_tagger_that_keeps_capitals_keeps_its_own_tokenizer(train, bert, tmp_path):
    record = train(
        tmp_path / "tagger", "bilstm", data="builtin:orders", task="tagging", start_from=str(bert), max_train_rows=60
    )
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "tagger")
    assert tokenizer("The")["input_ids"] != tokenizer("the")["input_ids"]
    assert "start from bert" in " ".join(record.notes)


def test_a_transformer_starts_so_too_and_a_killed_run_goes_on(train, bert, tmp_path):
    sizes = {"embedding_size": None, "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 16}
    train(tmp_path / "t", "transformer", start_from=str(bert), **sizes)
    (tmp_path / "t/record.json").unlink()
    again = train(tmp_path / "t", "transformer", start_from=str(bert), resume=True, **sizes)
    assert again.score == Record.read(tmp_path / "t").score
    assert np.isfinite(again.score)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--start_tokenizer", "own"], "name the model with --start_from"),
        (["--start_from", "x", "--word_vectors", "y.txt"], "give one of them"),
        (["--start_from", "x", "--teacher", "y"], "leave start_from=x out"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(flags, words):
    with pytest.raises(InputError, match=words):
        parse_recipe(["--data", "builtin:reviews", *flags])


def test_what_cannot_be_started_from_is_said_before_any_work(train, bert, tmp_path):
    with pytest.raises(InputError, match=r"start_from starts the embedding of a model trained from scratch"):
        train(tmp_path / "a", str(bert), start_from=str(bert))
    with pytest.raises(PretrainedUnavailable, match="no/such"):
        train(tmp_path / "b", "bilstm", start_from="no/such")
    with pytest.raises(InputError, match=r"--model bilstm --start_from distilbert"):
        train(tmp_path / "c", "bilstm+distilbert")
    assert not any(tmp_path.iterdir())
