# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The predictor against transformers' own pipeline, and what it refuses to load."""

import json
import shutil
import warnings

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    ByT5Tokenizer,
    GPT2Config,
    GPT2ForSequenceClassification,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
    pipeline,
)

from hf_seq import (
    InputError,
    Predictor,
    RecurrentConfig,
    RecurrentForSequenceClassification,
    TransformerEncoderConfig,
    TransformerEncoderForSequenceClassification,
)
from hf_seq.baselines import MajorityBaseline, TfidfBaseline

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "film", "not", "a", "the", "plot", "never"]
RNG = np.random.default_rng(0)
TEXTS = [" ".join(RNG.choice(WORDS[4:], size=RNG.integers(1, 12))) for _ in range(25)] + ["unheard words", "good"]
TINY = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}


def make_tokenizer(words=WORDS, special_tokens=True, **options):
    backend = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    backend.pre_tokenizer = Whitespace()
    if special_tokens:
        backend.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    names |= {"cls_token": "[CLS]", "sep_token": "[SEP]"} if special_tokens else {}
    return PreTrainedTokenizerFast(tokenizer_object=backend, **names, **options)


def make_model(family, labels=3, **options):
    options |= {"id2label": {index: f"label {index}" for index in range(labels)}, "vocab_size": len(WORDS)}
    if family == "bert":
        return BertForSequenceClassification(BertConfig(**TINY, **options))
    if family == "roberta":
        config = RobertaConfig(**TINY, max_position_embeddings=20, pad_token_id=0, **options)
        return RobertaForSequenceClassification(config)
    if family == "gpt2":
        return GPT2ForSequenceClassification(GPT2Config(n_embd=16, n_layer=1, n_head=2, pad_token_id=0, **options))
    if family == "gpt2 without padding":
        return GPT2ForSequenceClassification(GPT2Config(n_embd=16, n_layer=1, n_head=2, **options))
    if family == "transformer":
        return TransformerEncoderForSequenceClassification(TransformerEncoderConfig(**TINY, **options))
    return RecurrentForSequenceClassification(
        RecurrentConfig(embedding_size=8, hidden_size=16, bidirectional=True, pooling="attention", **options)
    )


def saved(folder, family="bert", tokenizer=None, **options):
    torch.manual_seed(0)
    model = make_model(family, **options)
    with torch.no_grad():
        for parameter in model.parameters():  # zero biases would hide mistakes with padding
            parameter.copy_(torch.randn_like(parameter))
    model.save_pretrained(folder)
    (tokenizer or make_tokenizer()).save_pretrained(folder)
    return folder


def check_equal(answers, expected):
    assert [answer["label"] for answer in answers] == [answer["label"] for answer in expected]
    np.testing.assert_allclose([a["score"] for a in answers], [e["score"] for e in expected], atol=1e-5)


@pytest.mark.parametrize(
    "family", ["bert", "roberta", "gpt2", "gpt2 without padding", "recurrent", "transformer"]
)  # fmt: skip
def test_answers_are_those_of_the_pipeline(family, tmp_path):
    saved(tmp_path, family)
    expected = pipeline("text-classification", model=str(tmp_path))(TEXTS)
    predictor = Predictor.from_pretrained(tmp_path, batch_size=4)
    check_equal([predictor(text) for text in TEXTS], expected)
    check_equal(list(predictor.predict(TEXTS)), expected)
    check_equal(list(predictor.predict(iter(TEXTS), window=7)), expected)


@pytest.mark.parametrize("family", ["bert", "recurrent"])
@pytest.mark.parametrize(
    "options",
    [{"padding_side": "left"}, {"special_tokens": False}, {"model_input_names": ["input_ids", "attention_mask"]}],
)
def test_the_tokenizers_own_ways_are_kept(family, options, tmp_path):
    saved(tmp_path, family, make_tokenizer(**options))
    expected = pipeline("text-classification", model=str(tmp_path))(TEXTS)
    predictor = Predictor.from_pretrained(tmp_path, batch_size=4)
    check_equal([predictor(text) for text in TEXTS], expected)
    texts = sorted(
        TEXTS, key=lambda text: len(text.split())
    )  # so that the pipeline's batches are those of the predictor
    expected = pipeline("text-classification", model=str(tmp_path), batch_size=4)(texts)
    check_equal(
        list(predictor.predict(texts, window=len(texts))), expected
    )  # BERT counts positions from left padding: sides must agree


def test_token_types_reach_the_model(tmp_path):
    tokenizer = make_tokenizer(model_input_names=["input_ids", "token_type_ids", "attention_mask"])
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    saved(tmp_path, "bert", tokenizer)
    expected = pipeline("text-classification", model=str(tmp_path))(TEXTS)
    predictor = Predictor.from_pretrained(tmp_path, batch_size=4)
    check_equal([predictor(text) for text in TEXTS], expected)
    check_equal(list(predictor.predict(TEXTS)), expected)


def test_single_logit_is_a_probability_as_in_the_pipeline(tmp_path):
    saved(tmp_path, labels=1)
    expected = pipeline("text-classification", model=str(tmp_path))(TEXTS)
    predictor = Predictor.from_pretrained(tmp_path)
    check_equal([predictor(text) for text in TEXTS], expected)
    check_equal(list(predictor.predict(TEXTS)), expected)


def test_multi_label_gives_the_labels_over_one_half(tmp_path):
    saved(tmp_path, "recurrent", problem_type="multi_label_classification")
    everything = pipeline("text-classification", model=str(tmp_path), top_k=None)(TEXTS)
    predictor = Predictor.from_pretrained(tmp_path)
    for answers in ([predictor(text) for text in TEXTS], list(predictor.predict(TEXTS))):
        for answer, all_labels in zip(answers, everything, strict=True):
            expected = {each["label"]: each["score"] for each in all_labels if each["score"] > 0.5}
            assert dict(zip(answer["labels"], answer["scores"], strict=True)) == pytest.approx(expected, abs=1e-5)


def test_regression_gives_the_value(tmp_path):
    saved(tmp_path, "recurrent", labels=1, problem_type="regression")
    expected = [each["score"] for each in pipeline("text-classification", model=str(tmp_path))(TEXTS)]
    predictor = Predictor.from_pretrained(tmp_path)
    np.testing.assert_allclose([predictor(text)["score"] for text in TEXTS], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(predictor.scores(TEXTS)[:, 0], expected, rtol=1e-4, atol=1e-5)
    assert list(predictor("good")) == ["score"]


def test_scores_are_probabilities_in_the_order_of_the_texts(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path, "recurrent"), batch_size=4)
    scores = predictor.scores(TEXTS)
    assert scores.shape == (len(TEXTS), 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1)
    np.testing.assert_allclose(scores[3], predictor.scores([TEXTS[3]])[0], atol=1e-5)
    assert predictor.scores([]).shape == (0, 3)


@pytest.mark.parametrize("kind", [MajorityBaseline, TfidfBaseline])
def test_saved_baselines_answer_too(kind, tmp_path):
    labels = np.arange(len(TEXTS)) % 2
    baseline = kind(label_names=["no", "yes"]).fit(TEXTS, labels)
    predictor = Predictor.from_pretrained(baseline.save(tmp_path))
    scores = baseline.predict_scores(TEXTS)
    np.testing.assert_array_equal(predictor.scores(TEXTS), scores)
    best = ["no" if row[0] >= row[1] else "yes" for row in scores]
    assert [answer["label"] for answer in predictor.predict(TEXTS)] == best
    assert predictor(TEXTS[0]) == {"label": best[0], "score": pytest.approx(scores[0].max())}


@pytest.mark.parametrize(
    ("family", "length", "limit"),
    [("bert", 6, 6), ("recurrent", 6, 6), ("roberta", None, 19), ("recurrent", None, None)],
)
def test_truncation_is_reported(family, length, limit, tmp_path):
    saved(tmp_path, family, make_tokenizer(**({"model_max_length": length} if length else {})))
    predictor = Predictor.from_pretrained(tmp_path)
    long, short = "good " * 40, "bad film"
    if limit is None:
        assert "truncated" not in predictor(long)
        return
    with pytest.warns(UserWarning, match=f"cut at {limit} tokens"):
        answers = list(predictor.predict([short, long, "bad " + long]))
    assert [answer.get("truncated") for answer in answers] == [None, True, True]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once is enough
        assert predictor(long) == pytest.approx(answers[1], abs=1e-5)
    assert predictor.truncated == 3
    inside = " ".join(["good"] * (limit - 2))
    assert predictor(inside)["score"] == pytest.approx(answers[1]["score"], abs=1e-5)


def test_calls_of_the_tokenizer_leave_the_predictor_as_it_is(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path, "recurrent", make_tokenizer(model_max_length=6)))
    predictor.tokenizer(["good bad", "good"], padding="max_length", max_length=9, truncation=True)
    before = predictor("good")
    predictor.tokenizer("good " * 9)
    assert predictor("good") == before
    with pytest.warns(UserWarning, match="cut at 6 tokens"):
        assert predictor("good " * 9)["truncated"]


def test_model_and_tokenizer_are_there_for_reports(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path / "model", "recurrent"))
    assert isinstance(predictor.model, RecurrentForSequenceClassification)
    assert predictor.tokenizer.pad_token_id == 0
    baseline = Predictor.from_pretrained(MajorityBaseline().fit(["a", "b"], [0, 1]).save(tmp_path / "baseline"))
    assert baseline.model.num_parameters == 2
    assert baseline.tokenizer is None


def test_an_empty_text_is_a_row_without_a_step(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path, "recurrent", make_tokenizer(special_tokens=False)))
    rows = {"input_ids": torch.tensor([[0, 0], [4, 5]]), "attention_mask": torch.tensor([[0, 0], [1, 1]])}
    expected = predictor.model(**rows).logits[0].softmax(-1).max().item()
    alone, *many = predictor(""), *predictor.predict(["", "never-heard-of", "good plot"])
    assert [alone["score"], many[0]["score"]] == pytest.approx([expected, expected], abs=1e-6)
    assert [each["score"] for each in predictor.predict(["", ""])] == pytest.approx([expected, expected], abs=1e-6)


def test_an_empty_text_counts_as_an_unknown_word_for_models_that_read_no_empty_rows(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path, "gpt2", make_tokenizer(special_tokens=False)))
    answers = list(predictor.predict(["", "never-heard-of", "good plot"]))
    assert predictor("") == pytest.approx(predictor("zzz"), abs=1e-6)
    assert answers[0] == pytest.approx(predictor("zzz"), abs=1e-6)


def test_stream_is_read_one_window_ahead(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path))
    read = []
    answers = predictor.predict((read.append(text) or text for text in TEXTS), window=2)
    next(answers)
    assert len(read) == 2


def test_first_text_of_a_slow_stream_is_answered_at_once(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path), batch_size=1)
    read = []
    answers = predictor.predict(read.append(text) or text for text in TEXTS * 4)
    counts = []
    for _ in answers:
        counts.append(len(read))
    assert counts[:4] == [1, 3, 3, 7]
    assert counts[31:63] == [63] * 32
    assert counts[63:95] == [95] * 32  # windows end at 32 batches
    assert len(counts) == len(TEXTS) * 4


def test_tokenizers_written_in_python_work(tmp_path):
    saved(tmp_path, tokenizer=ByT5Tokenizer(model_max_length=30), labels=2)
    config = json.loads((tmp_path / "config.json").read_text())
    torch.manual_seed(0)
    BertForSequenceClassification(BertConfig(**config | {"vocab_size": 400})).save_pretrained(tmp_path)
    texts = [text[:20] for text in TEXTS]
    expected = pipeline("text-classification", model=str(tmp_path))(texts)
    predictor = Predictor.from_pretrained(tmp_path, batch_size=4)
    check_equal(list(predictor.predict(texts)), expected)
    with pytest.warns(UserWarning, match="cut at 30 tokens"):
        assert predictor("x" * 99)["truncated"]


def test_bf16_stays_close(tmp_path):
    saved(tmp_path, "recurrent")
    exact, rough = (Predictor.from_pretrained(tmp_path, bf16=bf16).scores(TEXTS) for bf16 in (False, True))
    assert 0 < np.abs(exact - rough).max() < 0.1


def corrupt(action):
    def prepare(folder):
        action(saved(folder))

    return prepare


def save_headless(folder):
    BertModel(BertConfig(**TINY, vocab_size=len(WORDS))).save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)


def keep_only_pickle(folder):
    torch.save({}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def cut_weights(folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def widen_config(folder):
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"hidden_size": 16', '"hidden_size": 32'))


def drop_tokenizer(folder):
    for path in folder.glob("tokenizer*"):
        path.unlink()


def save_numeric(folder):
    RecurrentForSequenceClassification(RecurrentConfig(num_features=3, hidden_size=8)).save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)


UNLOADABLE = "the model in .* cannot be loaded .* save or train it again"
BAD_FOLDERS = {
    "no folder": (shutil.rmtree, r"there is no folder .*; give one that"),
    "nothing in it": (lambda folder: None, r"holds no config\.json"),
    "config without weights": (corrupt(lambda f: (f / "model.safetensors").unlink()), r"holds no model\.safetensors"),
    "pickle only": (corrupt(keep_only_pickle), r"holds no model\.safetensors; save .* \(pickles are not read"),
    "broken weights": (corrupt(cut_weights), UNLOADABLE),
    "broken config": (
        corrupt(lambda f: (f / "config.json").write_text("{")),
        r"config\.json is not JSON .* save it again",
    ),
    "weights of another size": (
        corrupt(widen_config),
        r"weights and config\.json have different sizes",
    ),
    "no classifier": (save_headless, r"lacks 2 weights of the model \(such as classifier\.bias\)"),
    "no tokenizer": (corrupt(drop_tokenizer), "holds no tokenizer; save the model's own"),
    "half a tokenizer": (corrupt(lambda f: (f / "tokenizer.json").unlink()), "tokenizer in .* cannot be loaded"),
    "broken tokenizer": (corrupt(lambda f: (f / "tokenizer.json").write_text("{}")), "tokenizer in .* cannot be load"),
    "tokenizer of another model": (
        corrupt(lambda f: make_tokenizer([*WORDS, "more", "words"]).save_pretrained(f)),
        "token ids up to 13, but the model knows 12; it belongs to another model",
    ),
    "numeric model": (save_numeric, "reads numbers"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(BAD_FOLDERS))
def test_folder_that_would_answer_nonsense_is_refused(case, tmp_path):
    prepare, words = BAD_FOLDERS[case]
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=words):
        Predictor.from_pretrained(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_texts_that_are_no_strings_are_refused(tmp_path):
    predictor = Predictor.from_pretrained(saved(tmp_path))
    with pytest.raises(InputError, match="text 1 is None, a NoneType"):
        list(predictor.predict(["good", None]))
    with pytest.raises(InputError, match="got one string; call the predictor itself"):
        list(predictor.predict("good"))
    with pytest.raises(InputError, match="must be a string, got list"):
        predictor(["good"])
    with pytest.raises(InputError, match="batch_size=0 must be 1 or more"):
        Predictor.from_pretrained(tmp_path, batch_size=0)
    with pytest.raises(InputError, match=r"is a file; give the folder"):
        Predictor.from_pretrained(tmp_path / "config.json")


def test_model_that_the_hub_cannot_give_is_refused_with_a_way_out(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match=r"nobody/none is not in the local cache.* Give the folder of a model"):
        Predictor.from_pretrained("nobody/none")


@pytest.mark.parametrize("family", ["bert", "recurrent", "transformer"])
def test_beyond_max_length_answers_are_those_of_the_pipeline_that_truncates(family, tmp_path):
    saved(tmp_path, family, make_tokenizer(model_max_length=6))
    texts = [" ".join(RNG.choice(WORDS[4:], size=size)) for size in (40, 3, 12, 5)]
    classify = pipeline("text-classification", model=str(tmp_path), truncation=True)
    predictor = Predictor.from_pretrained(tmp_path)
    with pytest.warns(UserWarning, match="cut at 6 tokens"):
        answers = list(predictor.predict(texts))
    check_equal(answers, classify(texts))
    check_equal([predictor(text) for text in texts], classify(texts))
    assert [answer.get("truncated") for answer in answers] == [True, None, True, True]
