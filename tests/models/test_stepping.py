# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""generate() by steps writes what transformers' own loop writes, token for token, and leaves the rest to it."""

import pytest
import torch
from transformers import TextStreamer
from transformers.generation import GenerationMixin, LogitsProcessor, LogitsProcessorList

from hf_seq.models import recurrent_steps, stepping

from .language_models import LANGUAGE_MODELS, make_language_model
from .seq2seq_factories import END, FAMILIES, make_model, make_sources, name_of, pad

WAYS = [
    {"do_sample": False},
    {"do_sample": True, "top_k": 0},
    {"do_sample": True, "temperature": 0.7, "repetition_penalty": 1.3},
]
OPTIONS = {"max_new_tokens": 7, "pad_token_id": 0}


@pytest.fixture
def library(monkeypatch):
    """How often transformers' own loop ran."""
    calls = []
    theirs = GenerationMixin._sample

    def counted(*args, **kwargs):
        calls.append(1)
        return theirs(*args, **kwargs)

    monkeypatch.setattr(GenerationMixin, "_sample", counted)
    return calls


def both_ways(model, library, monkeypatch, **options):
    """Give what is written by steps, and by transformers, from the same random numbers."""
    torch.manual_seed(5)
    ours = model.generate(**options)
    assert not library
    with monkeypatch.context() as patch:
        patch.setattr(type(model), "knows_steps", lambda self: False)
        torch.manual_seed(5)
        theirs = model.generate(**options)
    assert library.pop()
    return ours, theirs


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=["greedy", "sampled", "processed"])
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_a_language_model_writes_the_same(settings, way, packed, library, monkeypatch):
    if packed:
        monkeypatch.setattr(stepping, "LARGE", 1)
        monkeypatch.setattr(recurrent_steps, "MANY", 1)
    model = make_language_model(**settings)
    prompt, mask = pad(make_sources(), "left")
    given = {"input_ids": prompt % model.config.vocab_size, "attention_mask": mask}
    ours, theirs = both_ways(model, library, monkeypatch, **given, **way, **OPTIONS)
    assert torch.equal(ours, theirs)
    end = int(ours[1, -3])  # a row ends early
    ours, theirs = both_ways(model, library, monkeypatch, **given, **way, **OPTIONS, eos_token_id=end)
    assert torch.equal(ours, theirs)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
def test_an_encoder_decoder_writes_the_same(settings, packed, library, monkeypatch):
    if packed:
        monkeypatch.setattr(stepping, "LARGE", 1)
        monkeypatch.setattr(recurrent_steps, "MANY", 1)
    model = make_model(**settings)
    sources, mask = pad(make_sources((4, 1, 6, 2, 5)), "holes")
    given = {"input_ids": sources, "attention_mask": mask, "decoder_start_token_id": 2, **OPTIONS}
    for way in WAYS:
        ours, theirs = both_ways(model, library, monkeypatch, **given, **way, eos_token_id=None)
        assert torch.equal(ours, theirs)
    ends = [*ours[:3, 3].tolist(), END]  # rows end at different steps, and are taken out one by one
    for way in WAYS:
        ours, theirs = both_ways(model, library, monkeypatch, **given, **way, eos_token_id=ends)
        assert torch.equal(ours, theirs)


class Script:
    """Steps that write what stands in a table, (B, T), and remember what they read."""

    def __init__(self, table):
        self.table, self.read = torch.tensor(table), []

    def __call__(self, ids):
        self.read.append(ids.tolist())
        return torch.nn.functional.one_hot(self.table[:, len(self.read)], 10).float()

    def keep(self, rows):
        self.table = self.table[rows]


def test_rows_that_ended_are_not_read_any_more():
    steps = Script([[4, 9, 5, 5, 5], [4, 4, 4, 9, 5], [9, 7, 7, 7, 7], [4, 5, 6, 7, 9]])
    limits = stepping.Limits(longest=7, ends=torch.tensor([9]), pad=0)
    pages = stepping._Pages(torch.tensor([[1], [1], [2], [1]]), limits, None, drops=True)
    first = torch.nn.functional.one_hot(steps.table[:, 0], 10).float()
    written = pages.fill(first, steps, None, stepping._best)
    assert written.tolist() == [
        [1, 4, 9, 0, 0, 0],
        [1, 4, 4, 4, 9, 0],
        [2, 9, 0, 0, 0, 0],
        [1, 4, 5, 6, 7, 9],
    ]
    assert steps.read == [[4, 4, 4], [4, 5], [4, 6], [7]]


def test_a_state_that_was_given_is_moved_on_as_by_transformers(library, monkeypatch):
    from hf_seq.models.recurrent_cache import RecurrentCache

    model = make_language_model(cell_type="lstm", num_hidden_layers=2)
    prompt = torch.tensor([[4, 5, 6], [7, 8, 9]])
    states = []
    for knows in (True, False):
        monkeypatch.setattr(type(model), "knows_steps", lambda self, knows=knows: knows)
        memory = RecurrentCache(2)
        model.generate(prompt, past_key_values=memory, do_sample=False, **OPTIONS)
        states.append([each for layer in memory.layers for each in layer.states])
        assert memory.get_seq_length() == 3 + 6
    assert len(library) == 1
    torch.testing.assert_close(*states)


def test_a_streamer_hears_every_token(library):
    class Heard(TextStreamer):
        def __init__(self):
            self.ids, self.ended = [], False

        def put(self, value):
            self.ids.extend(value.flatten().tolist())

        def end(self):
            self.ended = True

    model, heard = make_language_model(cell_type="gru"), Heard()
    written = model.generate(torch.tensor([[4, 5, 6]]), do_sample=False, streamer=heard, **OPTIONS)
    assert heard.ids == written[0].tolist()
    assert heard.ended
    assert not library


class Nothing(LogitsProcessor):
    """Changes no score."""

    def __call__(self, input_ids, scores):
        return scores


@pytest.mark.parametrize(
    "options",
    [
        {"return_dict_in_generate": True, "output_scores": True},
        {"max_time": 60.0},
        {"use_cache": False},
        {"prefill_chunk_size": 2},
    ],
    ids="-".join,
)
def test_what_asks_for_more_than_ids_is_left_to_transformers(options, library):
    model = make_language_model(cell_type="lstm")
    model.generate(torch.tensor([[4, 5, 6, 7]]), do_sample=False, **OPTIONS, **options)
    assert len(library) == 1


def test_a_model_that_is_watched_is_left_to_transformers(library):
    model = make_language_model(cell_type="lstm")
    calls = []
    model.model.layers[0].register_forward_hook(lambda *args: calls.append(1))
    model.generate(torch.tensor([[4, 5, 6, 7]]), do_sample=False, **OPTIONS)
    assert len(library) == 1
    assert len(calls) == 7


def test_a_subclass_with_a_forward_of_its_own_is_left_to_transformers(library):
    model = make_language_model()
    heard = []

    class Heeded(type(model)):
        def forward(self, *args, **kwargs):
            heard.append(1)
            return super().forward(*args, **kwargs)

    model.__class__ = Heeded
    written = model.generate(torch.ones(1, 2, dtype=torch.long), do_sample=False, **OPTIONS)
    assert len(heard) == written.shape[1] - 2 > 1
    assert library


def test_processors_of_ones_own_see_what_was_written(library, monkeypatch):
    model = make_model(cell_type="lstm", attention="general")
    given = {"inputs": torch.stack(make_sources((5, 5))), "logits_processor": LogitsProcessorList([Nothing()])}
    ours, theirs = both_ways(model, library, monkeypatch, do_sample=False, **given, **OPTIONS)
    assert torch.equal(ours, theirs)
