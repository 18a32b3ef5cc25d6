# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tagging pipeline: the tags of the best path, as entities, words or pieces, alone, in batches and in windows."""

import pytest
import torch
from transformers import pipeline

from hf_seq import RecurrentConfig
from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
from hf_seq.models.modeling_transformer_tagging import TransformerEncoderForTokenClassification
from hf_seq.models.pipeline_tagging import TASK
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.text import train_tokenizer

SPANS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TAGS = ["NOUN", "VERB", "X"]
TEXTS = ["Ada Byron's dog didn't see New York!!", "Dogs bark.", "", "  Adabyron \U0001f98a unseeable ", "Ada"]


@pytest.fixture(scope="module")
def tokenizer():
    words = ["Ada", "Byron", "'s", "dog", "Dogs", "did", "n't", "bark", "see", "New", "York", "!!", "."]
    return train_tokenizer([words] * 3, kind="wordpiece", words="tagging", vocab_size=200)


def model_of(tokenizer, names=SPANS, kind="crf"):
    shared = {"vocab_size": len(tokenizer), "hidden_size": 16, "id2label": dict(enumerate(names))}
    if kind == "transformer":
        from hf_seq import TransformerEncoderConfig

        config = TransformerEncoderConfig(**shared, num_attention_heads=2, intermediate_size=16, use_crf=True)
        model = TransformerEncoderForTokenClassification(config)
    else:
        model = RecurrentForTokenClassification(RecurrentConfig(**shared, bidirectional=True, use_crf=kind == "crf"))
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter))
    model.read_vocabulary(tokenizer)
    return model.eval()


@pytest.fixture(scope="module", params=["plain", "crf", "transformer"])
def model(request, tokenizer):
    return model_of(tokenizer, kind=request.param)


@pytest.fixture
def tagger(model, tokenizer):
    return pipeline(TASK, model=model, tokenizer=tokenizer)


def as_pipeline(answer):
    """An answer of the predictor in the pipeline's words."""
    names = {"label": "entity_group", "text": "word"}
    found = [{names.get(key, key): value for key, value in entity.items()} for entity in answer["entities"]]
    return [{**entity, "score": pytest.approx(entity["score"], abs=1e-5)} for entity in found]


def test_entities_are_those_of_the_predictor(tagger, model, tokenizer):
    predictor = TaggingPredictor(model, tokenizer)
    for text in TEXTS:
        assert tagger(text) == as_pipeline(predictor(text))


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_a_text_gets_the_same_answer_in_any_batch(batch_size, tagger):
    together = tagger(TEXTS, batch_size=batch_size)
    for text, found in zip(TEXTS, together, strict=True):
        alone = [{**each, "score": pytest.approx(each["score"], abs=1e-5)} for each in tagger(text)]
        assert found == alone
        assert all(text[each["start"] : each["end"]] == each["word"] for each in found)


def test_left_padding_changes_nothing(tagger, tokenizer):
    right = tagger(TEXTS, batch_size=5)
    tagger.tokenizer.padding_side = "left"
    try:
        left = tagger(TEXTS, batch_size=5)
    finally:
        tagger.tokenizer.padding_side = "right"
    assert [[(e["word"], e["entity_group"]) for e in found] for found in left] == [
        [(e["word"], e["entity_group"]) for e in found] for found in right
    ]


def test_words_and_pieces_have_the_tags_of_the_path(tokenizer):
    tagger = pipeline(TASK, model=model_of(tokenizer), tokenizer=tokenizer, ignore_labels=[])
    text = "Adabyron unseeable dog"
    words = tagger(text, aggregation_strategy="word")
    assert [each["word"] for each in words] == text.split()
    pieces = tagger(text, aggregation_strategy="none")
    assert [each["word"] for each in pieces] == tokenizer.tokenize(text)
    tag_of = dict(zip(text.split(), [each["entity"] for each in words], strict=True))
    for piece in pieces:
        word = next(each for each in text.split() if text.index(each) <= piece["start"] < text.index(each) + len(each))
        assert piece["entity"] == tag_of[word]


def test_outside_is_left_out_unless_asked_for(tokenizer):
    model = model_of(tokenizer)
    with torch.no_grad():
        model.classifier.bias[0] += 100
    tagger = pipeline(TASK, model=model, tokenizer=tokenizer)
    assert tagger("Ada see", aggregation_strategy="word") == []
    assert len(tagger("Ada see", aggregation_strategy="word", ignore_labels=[])) == 2


def test_tags_without_spans_are_given_word_by_word(tokenizer):
    tagger = pipeline(TASK, model=model_of(tokenizer, TAGS), tokenizer=tokenizer)
    words = tagger("Ada Byron's dog")
    assert [each["word"] for each in words] == ["Ada", "Byron", "'s", "dog"]
    assert {each["entity"] for each in words} <= set(TAGS)
    assert tagger("Ada Byron's dog", aggregation_strategy="simple") == words


def test_long_texts_are_read_in_windows(tokenizer):
    text = " ".join(["Ada Byron's dog didn't see New York !!"] * 12)
    short = train_tokenizer([text.split()] * 3, kind="wordpiece", words="tagging", model_max_length=20)
    model = model_of(short)
    tagger = pipeline(TASK, model=model, tokenizer=short)
    for batch_size in (1, 3):
        words = tagger(text, aggregation_strategy="word", ignore_labels=[], batch_size=batch_size)
        assert "".join(each["word"] for each in words) == text.replace(" ", "")
        assert all(text[each["start"] : each["end"]] == each["word"] for each in words)
    assert tagger(text) == as_pipeline(TaggingPredictor(model, short)(text))


def test_it_loads_from_a_folder(tokenizer, tmp_path):
    model = model_of(tokenizer)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = pipeline(TASK, model=str(tmp_path))
    assert loaded(TEXTS[0]) == [
        {**each, "score": pytest.approx(each["score"], abs=1e-5)}
        for each in pipeline(TASK, model=model, tokenizer=tokenizer)(TEXTS[0])
    ]


@pytest.mark.parametrize("kind", ["plain", "transformer"])
def test_the_librarys_own_pipeline_runs_our_models(kind, tokenizer):
    model = model_of(tokenizer, kind=kind)
    tagger = pipeline("token-classification", model=model, tokenizer=tokenizer, ignore_labels=[])
    found = tagger("Ada Byron's dog")
    with torch.inference_mode():
        logits = model(**tokenizer("Ada Byron's dog", return_tensors="pt")).logits[0]
    assert [each["entity"] for each in found] == [SPANS[tag] for tag in logits.argmax(-1).tolist()]
    assert tagger(["Ada", "Dogs bark."], aggregation_strategy="first", batch_size=2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda tagger: tagger(["Ada", 3]), "got 3, but this pipeline reads texts"),
        (
            lambda tagger: tagger("Ada", aggregation_strategy="most"),
            "aggregation_strategy='most' is none of none, word",
        ),
        (lambda tagger: tagger("Ada", stride=3), "this pipeline knows no stride"),
    ],
)
def test_what_it_does_not_know_is_refused(call, words, tagger):
    with pytest.raises(ValueError, match=words):
        call(tagger)
