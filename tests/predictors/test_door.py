# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf_seq.load` opens whatever was saved: the answers are those of the model called by hand."""

import inspect
import json
import math
from copy import copy
from pathlib import Path

import numpy as np
import pytest
import torch

import hf_seq
from hf_seq import InputError
from hf_seq.baselines import (
    FastTextBaseline,
    MajorityBaseline,
    MostFrequentTag,
    StaticEmbeddingBaseline,
    StatisticsBaseline,
    TfidfBaseline,
)
from hf_seq.baselines.pairs import CopySource, NearestSource
from hf_seq.predictors.kinds import KINDS
from tests.predictors.saved_models import MODELS, SERIES, TEXTS, answer_by_hand, make

FIXTURES = Path(__file__).parents[1] / "fixtures/0.1.0.dev0"
CASES = [(predictor, name) for predictor, models in MODELS.items() for name in models]
KEYWORDS = {"device", "bf16", "batch_size"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Folder, model and processor of each case, made once."""
    made = {}

    def get(predictor, name):
        if (predictor, name) not in made:
            folder = tmp_path_factory.mktemp("models") / f"{predictor}-{name}"
            model, processor = make(predictor, name)
            model.save_pretrained(folder)
            processor.save_pretrained(folder)
            made[predictor, name] = folder, model, processor
        return made[predictor, name]

    return get


def inputs_of(predictor):
    return SERIES if predictor.startswith("Series") else TEXTS


def check_answer(predictor, answer, expected):
    if predictor == "TaggingPredictor":
        assert [token["label"] for token in answer["tokens"]] == expected
    elif predictor == "SeriesTagger":
        assert answer["tags"] == expected
    elif predictor == "LanguageModel":
        assert answer["text"] == expected.pop("text")
        assert {key: answer[key] for key in expected} == pytest.approx(expected, rel=1e-4)
        tokens, letters = answer["tokens"], len(answer["text"])
        assert answer["perplexity"] == pytest.approx(math.exp(answer["nats_per_character"] * letters / tokens))
    else:
        assert answer.keys() == expected.keys()
        for key, value in expected.items():
            assert answer[key] == (pytest.approx(value, abs=1e-5) if "score" in key else value)


@pytest.mark.parametrize(("predictor", "name"), CASES)
def test_answers_are_those_of_the_model_called_by_hand(predictor, name, saved):
    folder, model, processor = saved(predictor, name)
    loaded = hf_seq.load(folder, batch_size=2)
    assert type(loaded) is getattr(hf_seq, predictor)
    inputs = inputs_of(predictor)
    expected = [answer_by_hand(predictor, model, processor, given) for given in inputs]
    for answers in ([loaded(given) for given in inputs], list(loaded.predict(inputs)), loaded.predict(iter(inputs))):
        for answer, wanted in zip(answers, expected, strict=True):
            check_answer(predictor, answer, copy(wanted))


@pytest.mark.parametrize(("predictor", "name"), CASES)
def test_a_model_that_was_just_trained_needs_no_folder(predictor, name, saved):
    folder, model, processor = saved(predictor, name)
    fresh, loaded = getattr(hf_seq, predictor)(model, processor), hf_seq.load(str(folder))
    assert fresh.model is model
    assert fresh.processor is processor
    assert fresh.tokenizer is (None if predictor.startswith("Series") else processor)
    given = inputs_of(predictor)[1]
    check_answer(predictor, fresh(given), answer_by_hand(predictor, model, processor, given))
    assert loaded(given).keys() == fresh(given).keys()


@pytest.mark.parametrize("name", ["transformer", "bert"])
def test_masks_are_filled_by_the_likeliest_tokens(name, saved):
    folder, model, tokenizer = saved("MaskedLanguageModel", name)
    text = f"the {tokenizer.mask_token} sees a dog"
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        chances = model(input_ids=ids).logits[0, ids[0].tolist().index(tokenizer.mask_token_id)].softmax(-1)
    (filled,) = hf_seq.load(folder)(text)["filled"]
    best = chances.topk(5)
    assert [each["token"] for each in filled] == [tokenizer.decode([i]) for i in best.indices]
    assert [each["score"] for each in filled] == pytest.approx(best.values.tolist(), abs=1e-5)


def test_a_mask_behind_what_the_model_reads_is_told(saved):
    folder, model, tokenizer = saved("MaskedLanguageModel", "bert")
    text = f"{'the dog ' * model.config.max_position_embeddings}{tokenizer.mask_token}"
    with pytest.warns(UserWarning, match=f"cut at {model.config.max_position_embeddings} tokens"):
        assert hf_seq.load(folder)(text) == {"text": text, "filled": [], "truncated": True}


def test_more_tokens_than_a_model_has_positions_for_are_refused(saved):
    folder, model, _ = saved("LanguageModel", "gpt2")
    predictor, positions = hf_seq.load(folder), model.config.n_positions
    assert predictor("dog " * (positions - 1))["tokens"] == positions
    with pytest.raises(InputError, match=f"a text has {positions + 2:,} tokens, but the model has {positions:,} pos"):
        predictor("dog " * positions)
    with pytest.raises(InputError, match="the prompt has 2 tokens, and 1,024 more are wanted"):
        predictor.generate("dog", max_new_tokens=positions)
    folder, model, _ = saved("Translator", "marian")
    predictor, positions = hf_seq.load(folder), model.config.max_position_embeddings
    predictor.tokenizer.model_max_length = 10**30  # as where tokenizer_config.json says nothing
    with pytest.raises(InputError, match=f"but the model reads {positions:,}"):
        predictor("dog " * positions)


LABELS = [0, 1, 0]
BASELINES = {
    "majority": lambda: MajorityBaseline(label_names=["no", "yes"]).fit(TEXTS, LABELS),
    "tfidf": lambda: TfidfBaseline(label_names=["no", "yes"]).fit(TEXTS, LABELS),
    "statistics": lambda: StatisticsBaseline(label_names=["no", "yes"]).fit(SERIES, LABELS),
}


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_that_score_are_opened_too(name, tmp_path):
    baseline = BASELINES[name]()
    inputs = SERIES if name == "statistics" else TEXTS
    loaded = hf_seq.load(baseline.save(tmp_path), device="cpu", bf16=True)
    assert type(loaded) is (hf_seq.SeriesPredictor if name == "statistics" else hf_seq.Predictor)
    assert loaded.model.kind == name
    assert (loaded.tokenizer, loaded.processor) == (None, None)
    scores = baseline.predict_scores(inputs)
    best = [["no", "yes"][row] for row in scores.argmax(1)]
    assert [answer["label"] for answer in loaded.predict(inputs)] == best
    assert loaded(inputs[1]) == {"label": best[1], "score": pytest.approx(scores[1].max())}


@pytest.mark.parametrize(("kind", "package"), [(FastTextBaseline, "fasttext"), (StaticEmbeddingBaseline, "model2vec")])
def test_rivals_belong_to_the_predictor_of_texts(kind, package):
    assert kind.kind == package
    assert [name for name, each in KINDS.items() if issubclass(kind, each.predictor_class().baselines)] == ["Predictor"]


def test_the_most_frequent_tag_and_baselines_of_pairs_are_opened_too(tmp_path):
    tagger = MostFrequentTag(["X", "NOUN"]).fit([["cat", "sees"]], [[1, 0]])
    answer = hf_seq.load(tagger.save(tmp_path / "tags"))("cat sees")
    assert [token["label"] for token in answer["tokens"]] == ["NOUN", "X"]
    for baseline, target in ((CopySource(), TEXTS[0]), (NearestSource(), "die Katze")):
        loaded = hf_seq.load(baseline.fit(TEXTS, ["die Katze", "Ada", "b"]).save(tmp_path / baseline.kind))
        assert type(loaded) is hf_seq.Translator
        assert loaded(TEXTS[0]) == {"source": TEXTS[0], "target": target, "finished": True}
        assert loaded.translate([TEXTS[0]]) == [target]


@pytest.mark.parametrize(
    ("name", "predictor"),
    {
        "bilstm": "Predictor",
        "encoder": "Predictor",
        "bilstm-crf": "TaggingPredictor",
        "bilstm-letters": "TaggingPredictor",
        "encoder-tagger": "TaggingPredictor",
        "lstm-lm": "LanguageModel",
        "masked-lm": "MaskedLanguageModel",
        "gru-series": "SeriesPredictor",
        "lstm-seq2seq": "Translator",
        "transformer-seq2seq": "Translator",
    }.items(),
)
def test_models_of_earlier_versions_find_their_predictor_and_no_other(name, predictor):
    folder = FIXTURES / name
    loaded = hf_seq.load(folder)
    assert type(loaded) is getattr(hf_seq, predictor)
    assert isinstance(loaded(np.zeros((4, 3)) if loaded.reads_numbers else TEXTS[0]), dict)
    for other in KINDS.keys() - {predictor}:
        noun = KINDS[predictor].noun
        with pytest.raises(InputError, match=rf"{name} is {noun} \(\w+\).* use hf_seq\.load\(.*\) or {predictor},"):
            getattr(hf_seq, other).from_pretrained(folder)


@pytest.mark.parametrize("predictor", MODELS)
def test_a_model_in_memory_of_another_kind_is_refused_with_the_right_class(predictor, saved):
    _, model, processor = saved(predictor, next(iter(MODELS[predictor])))
    for other in KINDS.keys() - {predictor}:
        with pytest.raises(InputError, match=rf"is {KINDS[predictor].noun}, not .*; use {predictor}\."):
            getattr(hf_seq, other)(model, processor)
    with pytest.raises(InputError, match=rf"{predictor} needs the (tokenizer|feature extractor) of its"):
        getattr(hf_seq, predictor)(model)


@pytest.mark.parametrize("predictor", MODELS)
def test_every_predictor_takes_the_same_keywords_and_no_others(predictor, saved):
    folder, model, processor = saved(predictor, next(iter(MODELS[predictor])))
    made = getattr(hf_seq, predictor)
    settings = {"device": "cpu", "bf16": False, "batch_size": 3}
    for loaded in (
        made(model, processor, **settings),
        made.from_pretrained(folder, trust_remote_code=False, **settings),
    ):
        assert (str(loaded.device), loaded.bf16, loaded.batch_size) == ("cpu", False, 3)
    keywords = set(inspect.signature(made.from_pretrained).parameters)
    assert keywords == set(inspect.signature(hf_seq.load).parameters) - {"backend"}  # which the door alone chooses
    assert keywords - {"settings"} == KEYWORDS | {"folder_or_id", "trust_remote_code", "revision"}
    for call in (lambda **odd: made(model, processor, **odd), lambda **odd: hf_seq.load(folder, **odd)):
        with pytest.raises((TypeError, InputError), match="bach_size"):
            call(bach_size=3)
        with pytest.raises(InputError, match="batch_size=0 must be 1 or more"):
            call(batch_size=0)
        with pytest.raises(InputError, match="device='quantum' cannot be used"):
            call(device="quantum")


def test_a_translator_knows_the_arguments_of_generate(saved):
    folder, *_ = saved("Translator", "transformer")
    loaded = hf_seq.load(folder, num_beams=2, max_new_tokens=3, length_penalty=None)
    assert loaded.generation == {"num_beams": 2, "max_new_tokens": 3}
    with pytest.raises(InputError, match=r"num_beems is not a setting of a Translator.*did you mean num_beams"):
        hf_seq.load(folder, num_beems=2)


def test_a_revision_is_of_the_hub(saved):
    folder, *_ = saved("Predictor", "recurrent")
    with pytest.raises(InputError, match=r"revision='v1' is of a Hub repository, but .* is a folder"):
        hf_seq.load(folder, revision="v1")


def test_what_no_head_answers_for_is_said(saved, tmp_path):
    _, model, tokenizer = saved("Predictor", "recurrent")
    model.base_model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(InputError, match="holds a RecurrentModel, whose head hf_seq does not know"):
        hf_seq.load(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "architectures": None}))
    with pytest.raises(InputError, match=r"config\.json names no class"):
        hf_seq.load(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config\.json is not JSON"):
        hf_seq.load(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        hf_seq.load(tmp_path / "none")


@pytest.mark.parametrize("predictor", MODELS)
def test_what_is_no_input_is_refused_by_every_predictor(predictor, saved):
    loaded = hf_seq.load(saved(predictor, next(iter(MODELS[predictor])))[0])
    for call in (lambda: loaded(None), lambda: list(loaded.predict([None])), lambda: list(loaded.predict("text"))):
        with pytest.raises(InputError):
            call()
    assert list(loaded.predict([])) == []


def test_the_docstring_of_load_names_every_predictor():
    assert [name for name in KINDS if f"`{name}`" not in hf_seq.load.__doc__] == []
