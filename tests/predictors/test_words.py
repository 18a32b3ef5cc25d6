# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sentences to tags: the same alone, in batches, as text and as words; for models of ours and of transformers."""

import pytest
import torch
from transformers import DistilBertConfig, DistilBertForTokenClassification, pipeline

from hf_seq import RecurrentConfig
from hf_seq.baselines import MajorityBaseline, MostFrequentTag
from hf_seq.errors import InputError
from hf_seq.models.modeling_recurrent import RecurrentForSequenceClassification
from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
from hf_seq.models.word_tagging import cut_windows, first_pieces
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.text import encode_words, train_tokenizer

SPANS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TAGS = ["NOUN", "VERB", "X"]
SENTENCES = [
    ["Ada", "Byron", "'s", "dog", "did", "n't", "see", "New", "York", "!!"],
    ["Dogs", "bark", "."],
    ["http://x.org/a", "is", "Adabyron", "unseeable"],
    ["Ada"],
]
# the tokenizer parts these
PARTED = ["Ada...Byron", "dog!?", "York.New", "Ada!Byron", "see", "bark,bark", "New!York", ".dog"]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(SENTENCES * 3, kind="wordpiece", words="tagging", vocab_size=300)


def noisy(model):
    """Every parameter random: with fresh weights many a mistake does not show."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter))
    return model.eval()


def recurrent(tokenizer, names=SPANS, **fields):
    config = RecurrentConfig(
        vocab_size=len(tokenizer), hidden_size=16, bidirectional=True, id2label=dict(enumerate(names)), **fields
    )
    model = noisy(RecurrentForTokenClassification(config))
    model.read_vocabulary(tokenizer)
    return model


def distilbert(tokenizer, names=SPANS):
    sizes = {"dim": 16, "hidden_dim": 32, "n_layers": 1, "n_heads": 2, "max_position_embeddings": 512}
    config = DistilBertConfig(vocab_size=len(tokenizer), id2label=dict(enumerate(names)), **sizes)
    return noisy(DistilBertForTokenClassification(config))


@pytest.fixture(scope="module", params=["plain", "crf", "distilbert"])
def predictor(request, tokenizer):
    models = {"plain": recurrent, "crf": lambda given: recurrent(given, use_crf=True), "distilbert": distilbert}
    return TaggingPredictor(models[request.param](tokenizer), tokenizer, batch_size=2)


def test_given_words_get_the_tags_of_the_model_called_by_hand(predictor):
    model, tokenizer = predictor.model, predictor.tokenizer
    sentences = [*SENTENCES, PARTED]
    for words, tags in zip(sentences, predictor.tag(sentences), strict=True):
        encoded = encode_words([words], [[0] * len(words)], tokenizer, 512)
        outputs = model(torch.tensor(encoded.input_ids), labels=torch.tensor(encoded.labels))
        path = getattr(outputs, "best_path", None)
        steps = (outputs.logits.argmax(-1) if path is None else path)[0]
        first = torch.tensor(encoded.labels[0]) != -100
        assert tags == [SPANS[index] for index in steps[first].tolist()]


def test_a_sentence_gets_the_same_tags_alone_in_any_batch_and_as_text(predictor):
    together = predictor.tag(SENTENCES)
    assert [predictor.tag([words])[0] for words in SENTENCES] == together
    answers = list(predictor.predict(SENTENCES))
    for words, answer in zip(SENTENCES, answers, strict=True):
        assert predictor(words)["entities"] == [
            {**entity, "score": pytest.approx(entity["score"], abs=1e-5)} for entity in answer["entities"]
        ]
        said = predictor(" ".join(words))["entities"]
        assert [(e["label"], e["text"]) for e in said] == [(e["label"], e["text"]) for e in answer["entities"]]


def test_places_are_characters_of_a_text_and_numbers_of_given_words(predictor):
    text = "  \U0001f98aAda\u00a0Byron isn't here.\n"
    for entity in predictor(text)["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    words = SENTENCES[0]
    for entity in predictor(words)["entities"]:
        assert " ".join(words[entity["start"] : entity["end"]]) == entity["text"]


def test_a_stream_is_answered_in_order_and_at_once(predictor):
    seen = []

    def stream():
        for words in SENTENCES * 5:
            seen.append(words)
            yield words

    answers = predictor.predict(stream())
    first = next(answers)
    assert len(seen) == 1
    assert [first, *answers] == [
        {"entities": [{**e, "score": pytest.approx(e["score"], abs=1e-5)} for e in predictor(words)["entities"]]}
        for words in SENTENCES * 5
    ]


@pytest.mark.parametrize("empty", ["", " \n", []])
def test_nothing_has_no_entities(empty, predictor):
    assert predictor(empty) == {"entities": []}
    assert predictor.tag([["Ada"], [], ["Ada"]])[1] == []


def test_tags_without_spans_are_given_word_by_word(tokenizer):
    predictor = TaggingPredictor(recurrent(tokenizer, TAGS), tokenizer)
    tokens = predictor("Ada's dog")["tokens"]
    assert [(t["text"], t["start"], t["end"]) for t in tokens] == [("Ada", 0, 3), ("'s", 3, 5), ("dog", 6, 9)]
    assert [t["label"] for t in tokens] == predictor.tag([["Ada", "'s", "dog"]])[0]
    logits = predictor.model(**predictor.model_inputs("Ada's dog")).logits[0].softmax(-1)
    assert [t["score"] for t in tokens] == pytest.approx(logits.max(-1).values.tolist(), abs=1e-5)


def test_the_scores_of_a_crf_are_marginals(tokenizer):
    model = recurrent(tokenizer, TAGS, use_crf=True)
    tokens = TaggingPredictor(model, tokenizer)(["Ada", "dog"])["tokens"]
    ids = torch.tensor([tokenizer.convert_tokens_to_ids(["Ada", "dog"])])
    marginals = model.crf.marginals(model(ids).logits)[0]
    chosen = [TAGS.index(token["label"]) for token in tokens]
    assert [t["score"] for t in tokens] == pytest.approx(
        [float(marginals[step, tag]) for step, tag in enumerate(chosen)]
    )


def test_words_that_the_tokenizer_parts_have_one_tag_each(tokenizer):
    for model in (recurrent(tokenizer, use_crf=True), distilbert(tokenizer)):
        assert len(TaggingPredictor(model, tokenizer).tag([PARTED])[0]) == len(PARTED)


def test_a_pretrained_tokenizer_that_cuts_finer_gives_one_tag_for_a_word():
    tokenizer = train_tokenizer(["Ada O'Neil didn't go to U.S. e-mail"] * 3, kind="wordpiece", lowercase=False)
    predictor = TaggingPredictor(distilbert(tokenizer, TAGS), tokenizer)
    text = "O'Neil didn't go to U.S."
    tokens = predictor(text)["tokens"]
    assert [t["text"] for t in tokens] == ["O'Neil", "did", "n't", "go", "to", "U.S."]
    assert all(text[t["start"] : t["end"]] == t["text"] for t in tokens)


def test_long_texts_are_read_in_windows_and_no_word_is_lost(tokenizer):
    words = SENTENCES[0] * 30
    short = train_tokenizer(SENTENCES * 3, kind="wordpiece", words="tagging", vocab_size=300, model_max_length=40)
    for fields in ({}, {"use_crf": True}):
        model = recurrent(tokenizer, **fields)
        whole = TaggingPredictor(model, tokenizer).tag([words])[0]
        cut = TaggingPredictor(model, short).tag([words, ["Ada"]])[0]
        assert len(cut) == len(words)
        same = sum(a == b for a, b in zip(whole, cut, strict=True))
        assert same > 0.9 * len(words)


@pytest.mark.parametrize("room", [1, 3, 7, 20, 50])
def test_windows_hold_every_word_once_and_never_too_much(room):
    firsts = [0, 1, 4, 5, 6, 15, 16, 17, 18, 30, 31, 32, 33, 34]
    windows = cut_windows(firsts, 41, room)
    assert [word for window in windows for word in window.words] == list(range(len(firsts)))
    for window in windows:
        assert 0 < window.end - window.start <= room
        assert all(window.start <= firsts[word] < window.end for word in window.words)


def test_first_pieces_are_found_around_special_tokens():
    assert first_pieces([None, 0, 0, 1, 3, 3, None, 4, None]) == [1, 3, 4, 7]


def test_left_padding_changes_nothing(tokenizer):
    model = recurrent(tokenizer, use_crf=True)
    right = TaggingPredictor(model, tokenizer).tag(SENTENCES)
    tokenizer.padding_side = "left"
    try:
        assert TaggingPredictor(model, tokenizer).tag(SENTENCES) == right
    finally:
        tokenizer.padding_side = "right"


# From folders


def test_a_saved_model_answers_as_before(tokenizer, tmp_path):
    model = recurrent(tokenizer, use_crf=True)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = TaggingPredictor.from_pretrained(tmp_path)
    assert loaded.tag(SENTENCES) == TaggingPredictor(model, tokenizer).tag(SENTENCES)
    assert loaded.label_names == SPANS


def test_the_most_frequent_tag_answers_likewise(tmp_path):
    baseline = MostFrequentTag(["O", "B-PER"]).fit([["Ada", "dog", "runs"]], [[1, 0, 0]])
    predictor = TaggingPredictor.from_pretrained(baseline.save(tmp_path))
    assert predictor("Hi, Ada!")["entities"] == [{"label": "PER", "score": 1.0, "text": "Ada", "start": 4, "end": 7}]
    assert predictor.tag([["Ada", "x"]]) == [["B-PER", "O"]]
    assert predictor.tokenizer is None


def test_what_tags_no_words_is_refused(tokenizer, tmp_path):
    MajorityBaseline().fit(["a", "b"], [0, 1]).save(tmp_path / "majority")
    with pytest.raises(InputError, match="holds a majority baseline, which does not tag words"):
        TaggingPredictor.from_pretrained(tmp_path / "majority")
    RecurrentForSequenceClassification(RecurrentConfig(vocab_size=len(tokenizer), hidden_size=8)).save_pretrained(
        tmp_path / "classifier"
    )
    tokenizer.save_pretrained(tmp_path / "classifier")
    with pytest.raises(InputError, match=r"is a classifier \(Recurrent.*\), not a tagger; use hf_seq.load"):
        TaggingPredictor.from_pretrained(tmp_path / "classifier")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: p(3), "a sentence must be a string or a list of words, but is 3"),
        (lambda p: p(["a", 3]), r"a sentence must be .* but is \['a', 3\]"),
        (lambda p: list(p.predict("Ada")), r"got one string; call the predictor itself for one: predictor\('Ada'\)"),
        (lambda p: list(p.predict(["Ada", None])), "sentence 1 must be a string or a list of words, but is None"),
        (lambda p: p.tag(["Ada"]), r"sentence 0 is a string; tag takes lists of words, such as \['Ada'\]"),
    ],
)
def test_other_inputs_are_refused(call, words, predictor):
    with pytest.raises(InputError, match=words):
        call(predictor)


def test_half_a_character_in_a_word_is_read_alike_by_tag_and_by_predict(predictor):
    words = ["Ada", "By\ud800ron"]  # what a broken emoji in JSON becomes
    assert predictor.tag([words]) == [answer["tags"] for answer in predictor.tag_words([words])]


@pytest.mark.parametrize("crf", [False, True])
def test_a_paragraph_is_tagged_sentence_by_sentence_and_offsets_stay(crf):
    """11: a tagger of sentences finds in a paragraph what it finds in its sentences; the pipeline likewise."""
    cutting = train_tokenizer(SENTENCES * 3, kind="wordpiece", words="tagging", vocab_size=300, sentences="split")
    model = recurrent(cutting, use_crf=crf)
    predictor = TaggingPredictor(model, cutting)
    parts = ["Ada Byron did see New York.", "Dogs bark!", "Ada 's dog didn't see."]
    wanted, start = [], 0
    for part in parts:
        for found in predictor(part)["entities"]:
            wanted.append((found["label"], found["start"] + start, found["end"] + start, round(found["score"], 4)))
        start += len(part) + 1
    said = [(e["label"], e["start"], e["end"], round(e["score"], 4)) for e in predictor(" ".join(parts))["entities"]]
    piped = pipeline("sequence-tagging", model=model, tokenizer=cutting)(" ".join(parts))
    assert said == wanted
    assert [(e["entity_group"], e["start"], e["end"], round(e["score"], 4)) for e in piped] == wanted
    whole = TaggingPredictor(model, train_tokenizer(SENTENCES * 3, "wordpiece", words="tagging", vocab_size=300))
    assert whole(" ".join(parts)) != predictor(" ".join(parts))
