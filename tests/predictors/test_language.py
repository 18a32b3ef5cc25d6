# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved language model scores and writes text, and refuses what it cannot read."""

import math

import numpy as np
import pytest
import torch

import hf_seq
from hf_seq import cli
from hf_seq.errors import InputError
from hf_seq.predictors import language
from hf_seq.predictors.language import LanguageModel
from hf_seq.text import train_tokenizer

TEXT = "the dog waits.\na cat sees the dog.\n"


def make(kind="char", *, separate=False, scale=1.0):
    torch.manual_seed(0)
    tokenizer = train_tokenizer([TEXT], kind, lowercase=False, min_frequency=1, vocab_size=300)
    config = hf_seq.RecurrentConfig(
        vocab_size=len(tokenizer),
        embedding_size=8,
        hidden_size=12,
        num_hidden_layers=2,
        bidirectional=False,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id if separate else None,
        eos_token_id=tokenizer.eos_token_id,
    )
    model = hf_seq.RecurrentForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=scale)
    model.generation_config.suppress_tokens = sorted(set(tokenizer.all_special_ids) - {tokenizer.eos_token_id})
    return LanguageModel(model, tokenizer)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "lm"
    made = make()
    made.model.save_pretrained(path)
    made.tokenizer.save_pretrained(path)
    return path


def test_costs_are_minus_the_log_probabilities_of_each_token_given_all_before():
    made = make()
    ids = torch.tensor([made.tokenizer(TEXT)["input_ids"]])
    with torch.no_grad():
        logs = made.model(ids).logits.log_softmax(-1)[0, :-1]
    expected = -logs.gather(1, ids[0, 1:, None])[:, 0]
    costs = made.costs([TEXT])
    assert np.allclose(costs.nats, expected, atol=1e-5)
    assert costs.characters.tolist() == [1] * (len(TEXT) - 1)


@pytest.mark.parametrize(("batch_size", "room"), [(1, 100), (3, 100), (3, 20)])
def test_separate_texts_cost_the_same_alone_and_in_a_batch(batch_size, room, monkeypatch):
    monkeypatch.setattr("hf_seq.predictors.language.TOKENS", room)
    made = make(separate=True)
    made.batch_size = batch_size
    texts = ["the dog", "a", "", "a cat sees."]
    together = made.costs(texts)
    for number, text in enumerate(texts):
        alone = made.costs([text]).nats
        assert np.allclose(together.nats[together.documents == number], alone, atol=1e-5)
        assert len(alone) == len(text) + 1  # the end is predicted, too


def test_probabilities_of_all_short_texts_add_up_to_at_most_one():
    made = make("word", separate=True, scale=0.3)
    words = ["the", "dog", "a", "cat", ".", "sees", "waits"]
    texts = ["", *words, *(f"{a} {b}" for a in words for b in words)]
    costs = made.costs(texts)
    total = sum(math.exp(-costs.nats[costs.documents == n].sum()) for n in range(len(texts)))
    assert 0 < total < 1


@pytest.mark.parametrize("kind", ["char", "bpe", "word"])
def test_greedy_text_takes_the_likeliest_token_each_time(kind):
    made = make(kind)
    ids = made.tokenizer("the dog")["input_ids"]
    for _ in range(12):
        with torch.no_grad():
            scores = made.model(torch.tensor([ids])).logits[0, -1]
        scores[made.model.generation_config.suppress_tokens] = -math.inf
        ids.append(int(scores.argmax()))
        if ids[-1] == made.tokenizer.eos_token_id:
            break
    text = made.generate("the dog", max_new_tokens=12, temperature=0)
    assert text == made.tokenizer.decode(ids, skip_special_tokens=True)


def test_a_seed_repeats_a_text_and_leaves_the_random_state_alone():
    made = make(scale=0.1)
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    texts = [made.generate("the", max_new_tokens=20, seed=seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert torch.equal(before, torch.random.get_rng_state())


def test_text_is_written_with_its_blanks_and_line_feeds_and_no_special_token():
    made = make(scale=0.1)
    made.model.generation_config.suppress_tokens += [made.tokenizer.eos_token_id]
    text = made.generate("the dog\n", max_new_tokens=300, seed=0)
    assert text.startswith("the dog\n")
    assert len(text) == len("the dog\n") + 300
    assert set(text) <= set(TEXT)
    assert {" ", "\n"} <= set(text[8:])


def test_top_k_and_top_p_of_next_to_nothing_are_greedy():
    made = make()
    greedy = made.generate("a", max_new_tokens=8, temperature=0)
    assert made.generate("a", max_new_tokens=8, top_k=1, seed=1) == greedy
    assert made.generate("a", max_new_tokens=8, top_p=1e-6, seed=1) == greedy


@pytest.mark.parametrize("separate", [True, False])
@pytest.mark.parametrize("kind", ["char", "word"])
def test_a_text_may_begin_by_itself(kind, separate):
    made = make(kind, separate=separate)
    assert isinstance(made.generate("", max_new_tokens=3, seed=0), str)


def test_unknown_words_are_told_and_the_prompt_stays_as_it_was():
    with pytest.warns(UserWarning, match=r"reads these words of the prompt as unknown: 'unicorn'"):
        assert make("word").generate("the unicorn", max_new_tokens=2, temperature=0).startswith("the unicorn")


@pytest.mark.parametrize(
    ("prompt", "settings", "words"),
    [
        ("the €", {}, r"--prompt has characters that the model never saw: '€'; leave them out"),
        ("a", {"max_new_tokens": 0}, r"max_new_tokens=0 writes nothing; use 1 or more"),
        ("a", {"temperature": -1.0}, r"temperature=-1.0 must be 0 .* or more"),
        ("a", {"temperature": math.nan}, r"temperature=nan must be 0 .* or more"),
        ("a", {"top_k": 0}, r"top_k=0 leaves no token to draw"),
        ("a", {"top_p": 0.0}, r"top_p=0.0 is not a probability above 0"),
        ("a", {"top_p": 1.5}, r"top_p=1.5 is not a probability above 0"),
        ("a", {"num_beams": 0}, r"num_beams=0 searches nothing"),
        ("a", {"num_beams": 2, "top_k": 3}, r"leave temperature, top_k and top_p out"),
        ("a", {"num_beams": 2, "streamer": print}, r"--stream cannot show a search with num_beams"),
    ],
)
def test_what_cannot_be_written_is_refused(prompt, settings, words):
    with pytest.raises(InputError, match=words):
        make().generate(prompt, **settings)


def test_a_text_is_scored_by_predict_and_one_too_short_has_no_score():
    answers = list(make().predict(["the dog", "a", ""]))
    assert answers[0]["tokens"] == 6
    assert answers[0]["perplexity"] == pytest.approx(math.exp(answers[0]["nats_per_character"]))
    assert [answer["perplexity"] for answer in answers[1:]] == [None, None]


@pytest.mark.parametrize("separate", [True, False])
def test_many_texts_are_scored_in_batches_as_each_alone(separate):
    made = make(separate=separate)
    texts = ["the dog waits.", "a", "a cat sees the dog.", "the"]
    alone = [made.costs([text]).nats.sum() for text in texts]
    assert made.scores(texts) == pytest.approx(np.array(alone), abs=1e-4)
    assert made.scores([""]).shape == (1,)


def test_the_command_line_writes_the_same_with_and_without_stream(folder, capsys):
    command = ["generate", str(folder), "--prompt", "the dog", "--max-new-tokens", "30", "--seed", "3"]
    assert cli.main(command) == 0
    plain = capsys.readouterr().out
    assert plain.startswith("the dog")
    assert cli.main([*command, "--stream"]) == 0
    assert capsys.readouterr().out == plain


def test_the_command_line_says_in_a_sentence_what_is_wrong(folder, capsys):
    assert cli.main(["generate", str(folder), "--prompt", "€"]) == 2
    assert capsys.readouterr().err.startswith("hf-seq: --prompt has characters that the model never saw: '€'")
    assert cli.main(["generate", str(folder), "--seed", "-1"]) == 2
    assert "--seed -1 must lie between" in capsys.readouterr().err


def test_a_model_that_is_no_language_model_is_refused(tmp_path, capsys):
    made = make()
    config = hf_seq.RecurrentConfig(vocab_size=len(made.tokenizer), embedding_size=4, hidden_size=4)
    hf_seq.RecurrentForSequenceClassification(config).save_pretrained(tmp_path)
    made.tokenizer.save_pretrained(tmp_path)
    assert cli.main(["generate", str(tmp_path), "--prompt", "a"]) == 2
    error = capsys.readouterr().err
    assert "is a classifier (RecurrentForSequenceClassification), not a language model; use hf_seq.load(" in error
    assert "hf-seq train --task language-modeling" in error


@pytest.mark.parametrize("separate", [False, True])
def test_answers_in_a_window_are_those_of_each_text_alone(separate, monkeypatch):
    model = make(separate=separate)
    texts = [TEXT * 3, "", "a", "the dog", TEXT, "?", "the cat sees " * 9]
    alone = [model(text) for text in texts]
    calls = []
    monkeypatch.setattr(language, "STEPS", 60)  # two of the texts are longer
    monkeypatch.setattr(model.model, "forward", counted(model.model.forward, calls))
    together = list(model.predict(texts))
    assert len(calls) < 9
    for one, other in zip(together, alone, strict=True):
        assert one.pop("text") == other.pop("text")
        assert one == (other if other["perplexity"] is None else pytest.approx(other, rel=1e-5))


def counted(forward, calls):
    def call(*args, **kwargs):
        calls.append(kwargs["input_ids"].shape)
        return forward(*args, **kwargs)

    return call
