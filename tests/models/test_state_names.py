# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""transformers 5.24 hands the state over as `cache`, earlier versions as `past_key_values`: both work, none is dropped.

The oracle writes every text by hand: it reads all of it again for each token, without any state.
"""

import warnings
from functools import partial

import pytest
import torch
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.utils import logging

from hf_seq.models.keywords import NAMES_OF_STATE, STATE

from .factories import make_sequences
from .language_models import LANGUAGE_MODELS, make_ids, make_language_model
from .seq2seq_factories import FAMILIES, START, make_model, make_sources, name_of, pad

STEPS, BEAMS = 6, 4
every_language_model = pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=lambda each: each["cell_type"])
every_writer = pytest.mark.parametrize("settings", FAMILIES, ids=name_of)


def next_scores(model, source):
    """A function from texts (B, T) to the log-probabilities of what follows (B, V), read from scratch each time."""
    if source is None:
        return lambda texts: model(texts, use_cache=False).logits[:, -1].log_softmax(-1)

    def score(texts):
        sources = source.repeat_interleave(len(texts) // len(source), dim=0)
        return model(input_ids=sources, decoder_input_ids=texts, use_cache=False).logits[:, -1].log_softmax(-1)

    return score


def beams_by_hand(score, prompt):
    """The BEAMS likeliest continuations that a search over one prompt (1, T) keeps, and their log-likelihoods."""
    texts, totals = prompt, torch.zeros(1)
    for _ in range(STEPS):
        sums = totals[:, None] + score(texts)
        totals, places = sums.flatten().topk(BEAMS)
        rows, tokens = places // sums.shape[1], places % sums.shape[1]
        texts = torch.cat([texts[rows], tokens[:, None]], dim=1)
    return texts, totals


def by_hand(score, prompt, sampled):
    texts = prompt
    torch.manual_seed(3)
    for _ in range(STEPS):
        scores = score(texts)
        chosen = torch.multinomial(scores.softmax(-1), 1) if sampled else scores.argmax(-1, keepdim=True)
        texts = torch.cat([texts, chosen], dim=1)
    return texts


def written(model, ids, **options):
    torch.manual_seed(3)
    model.generation_config.eos_token_id = None  # nothing ends before its time
    plain = {"max_new_tokens": STEPS, "pad_token_id": 0, "top_k": 0}
    return model.generate(ids, **plain | options)


def a_writer(settings):
    """A model, what generate() reads, what a text begins with, and the scores of what follows."""
    if "position_embedding" in settings or "attention" in settings:
        model, (ids, _) = make_model(**settings), pad(make_sources((5, 5, 5)), extra=0)
        return model, ids, torch.full((3, 1), START), next_scores(model, ids)
    model, ids = make_language_model(recurrence=2.0, **settings), make_ids()
    return model, ids, ids, next_scores(model, None)


@pytest.fixture(params=[*LANGUAGE_MODELS, *FAMILIES], ids=name_of)
def writer(request):
    return a_writer(request.param)


@pytest.mark.parametrize("sampled", [False, True], ids=["greedy", "sampled"])
@torch.no_grad()
def test_generate_writes_what_reading_everything_again_for_each_token_writes(writer, sampled):
    model, ids, prompt, score = writer
    assert torch.equal(written(model, ids, do_sample=sampled), by_hand(score, prompt, sampled))


@torch.no_grad()
def test_beams_and_their_scores_are_those_of_a_search_that_reads_everything_again(writer):
    model, ids, prompt, _ = writer
    asked = {"num_beams": BEAMS, "num_return_sequences": BEAMS, "length_penalty": 0.0, "do_sample": False}
    found = written(model, ids, **asked, return_dict_in_generate=True, output_scores=True)
    for row in range(3):
        score = next_scores(model, ids[row : row + 1] if prompt is not ids else None)
        texts, totals = beams_by_hand(score, prompt[row : row + 1])
        own = slice(row * BEAMS, (row + 1) * BEAMS)
        torch.testing.assert_close(found.sequences_scores[own], totals, atol=1e-4, rtol=0)
        if totals.diff().abs().min() > 1e-4:  # without positions the same tokens in another order score the same
            assert found.sequences[own].tolist() == texts.tolist()


@pytest.mark.parametrize("name", NAMES_OF_STATE)
@every_language_model
def test_a_language_model_takes_and_gives_the_state_by_either_name(settings, name):
    model, ids = make_language_model(**settings), make_ids()
    whole = model(ids).logits
    first = model(ids[:, :4], use_cache=True)
    second = model(ids[:, 4:], **{name: getattr(first, name)})
    torch.testing.assert_close(torch.cat([first.logits, second.logits], 1), whole)
    assert getattr(second, name) is getattr(first, name)
    encoded = model.model(ids[:, :4], use_cache=True)
    states = model.model(ids[:, 4:], **{name: getattr(encoded, name)}).last_hidden_state
    torch.testing.assert_close(states, model.model(ids).last_hidden_state[:, 4:])


@pytest.mark.parametrize("name", NAMES_OF_STATE)
@every_writer
def test_an_encoder_decoder_takes_and_gives_the_state_by_either_name(settings, name):
    model, (ids, mask) = make_model(**settings), pad(make_sources())
    target = torch.cat([torch.full((3, 1), START), ids[:, :4]], 1)
    for reader, states in ((model, "logits"), (model.model, "last_hidden_state")):
        whole = reader(input_ids=ids, attention_mask=mask, decoder_input_ids=target)[states]
        first = reader(input_ids=ids, attention_mask=mask, decoder_input_ids=target[:, :3], use_cache=True)
        second = reader(
            input_ids=ids, attention_mask=mask, decoder_input_ids=target[:, 3:], **{name: getattr(first, name)}
        )
        torch.testing.assert_close(torch.cat([first[states], second[states]], 1), whole, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", NAMES_OF_STATE)
def test_generate_goes_on_from_a_state_by_either_name(name):
    model, ids = make_language_model(recurrence=2.0), make_ids()
    expected = written(model, ids)
    state = model(ids[:, :5]).past_key_values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # transformers' own, of the name that its user chose
        assert torch.equal(written(model, ids, **{name: state}), expected)


def test_two_states_at_once_are_refused():
    model, ids = make_language_model(), make_ids()
    states = {name: model(ids[:, :4]).past_key_values for name in NAMES_OF_STATE}
    with pytest.raises(ValueError, match="two names of the same state"):
        model(ids[:, 4:], **states)


def test_nobody_is_told_of_a_deprecated_name_that_he_did_not_write(writer, caplog):
    logging.get_logger("transformers").addHandler(caplog.handler)
    model, ids, *_ = writer
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outputs = written(model, ids, num_beams=2, do_sample=False)
        if not model.config.is_encoder_decoder:
            outputs = model(outputs, use_cache=True)
            assert outputs.past_key_values is outputs.cache
    logging.get_logger("transformers").removeHandler(caplog.handler)
    assert "deprecated" not in caplog.text


MODELS = {
    "language model": partial(make_language_model),
    "its encoder": lambda: make_language_model().model,
    "recurrent writer": lambda: make_model(**FAMILIES[4]),
    "transformer writer": lambda: make_model(**FAMILIES[0]),
}


@pytest.mark.parametrize("made", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("name", ["state", "mems", "attention_masks"])
def test_a_keyword_that_nobody_reads_and_that_carries_a_tensor_or_a_state_is_refused_by_name(made, name):
    model, ids = made(), make_ids() % 13
    carried = {
        "state": EncoderDecoderCache(DynamicCache(), DynamicCache()),
        "mems": [torch.zeros(3)],
        "attention_masks": torch.ones(3, 9),
    }
    inputs = {"input_ids": ids} | ({"decoder_input_ids": ids} if model.config.is_encoder_decoder else {})
    with pytest.raises(TypeError, match=rf"does not know the keyword '{name}', .* it knows input_ids, attention_mask"):
        model(**inputs, **{name: carried[name]})
    model(**inputs, token_type_ids=torch.zeros_like(ids), output_hidden_states=True, anything=None)


@pytest.mark.parametrize("chunk", [1, 2, 5])
def test_every_token_of_a_chunk_is_read_whatever_transformers_says_of_the_first_iteration(chunk):
    """5.20.0 to 5.22.2 ask for a chunk without saying that it is part of the prompt."""
    model, prompt = make_language_model(recurrence=2.0), make_sequences("input_ids", (7,))[0][None]
    state = model(prompt[:, :1]).past_key_values
    for start in range(1, 7, chunk):
        piece = prompt[:, start : start + chunk]
        outputs = model(**model.prepare_inputs_for_generation(piece, **{STATE: state}))
    torch.testing.assert_close(outputs.logits[:, -1], model(prompt).logits[:, -1])
