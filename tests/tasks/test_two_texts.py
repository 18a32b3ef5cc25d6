# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Two texts, one label: through reading, tokenizer, models, predictor, pipeline, trace and card."""

import json

import pandas as pd
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
    pipeline,
)

import hf_seq
from hf_seq.cli import main
from hf_seq.data import load_splits
from hf_seq.data.disturbances import disturb
from hf_seq.distill.teacher import load_teacher
from hf_seq.errors import InputError
from hf_seq.hub.model_kinds import code_blocks
from hf_seq.reports.record import Record
from hf_seq.text import encode_texts
from hf_seq.tracing import trace

THINGS = ["cup", "book", "chair", "train", "garden", "lamp"]


def frame(first="premise", second="hypothesis", rows=120):
    """Rows whose label says whether both sides name the same thing."""
    pairs = [(THINGS[n % 6], THINGS[(n % 6 + (0 if n % 2 else 1 + n // 6 % 5)) % 6]) for n in range(rows)]
    return pd.DataFrame(
        {
            "id": range(rows),
            first: [f"here is a {a} {n}" for n, (a, _) in enumerate(pairs)],
            second: [f"I see the {b}" for _, b in pairs],
            "label": ["same" if a == b else "other" for a, b in pairs],
        }
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    frame().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def run(data, tiny_flags, tmp_path_factory, in_a_hurry):
    folder = tmp_path_factory.mktemp("run") / "bilstm"
    assert main(["train", "--data", str(data), "--output_dir", str(folder), *tiny_flags]) == 0
    return folder


@pytest.fixture(scope="module")
def tiny_flags():
    return [
        *("--embedding_size", "8", "--hidden_size", "8", "--num_train_epochs", "1"),
        *("--bf16", "false", "--disable_tqdm", "true"),
    ]


def test_usual_names_are_a_pair_and_others_are_named(data, tmp_path):
    splits = load_splits(data)
    assert splits.columns == {"text_column": "premise", "text_pair_column": "hypothesis", "label_column": "label"}
    assert (splits.train["text"][0][:9], splits.train["text_pair"][0][:5]) == ("here is a", "I see")
    frame("lead", "reply").to_csv(tmp_path / "named.csv", index=False)
    named = load_splits(tmp_path / "named.csv", text_column="lead", text_pair_column="reply")
    assert named.train["text_pair"][:] == splits.train["text_pair"][:]
    with pytest.raises(InputError, match=r"text_pair_column='replies' is not there.*did you mean 'reply'"):
        load_splits(tmp_path / "named.csv", text_column="lead", text_pair_column="replies")
    one = load_splits(data, text_column="premise")
    assert "text_pair" not in one.train.column_names


@pytest.mark.parametrize("given", [["premise", "hypothesis"], "premise,hypothesis"])
def test_several_text_columns_are_joined(given, data):
    splits = load_splits(data, text_column=given)
    first, second = splits.train["text"][0].split("\n")
    assert (first[:9], second[:5]) == ("here is a", "I see")
    assert any("joined by a line feed" in note for note in splits.notes)


def test_lists_of_words_are_joined_by_blanks(tmp_path):
    rows = [{"tokens": ["a", "word", str(n)], "label": "yn"[n % 2]} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = load_splits(tmp_path / "a.jsonl")
    assert splits.columns["text_column"] == "tokens"
    assert sorted([*splits.train["text"], *splits.validation["text"], *splits.test["text"]])[0] == "a word 0"


def test_the_tokenizer_puts_one_separator_between(run):
    tokenizer = AutoTokenizer.from_pretrained(run)
    tokens = tokenizer.convert_ids_to_tokens(tokenizer("here is a cup", "I see the cup")["input_ids"])
    assert tokens == ["here", "is", "a", "cup", "[SEP]", "i", "see", "the", "cup"]
    whole = encode_texts([("here is a cup", "I see the cup")], tokenizer, 100)
    assert whole.input_ids == [tokenizer("here is a cup", "I see the cup")["input_ids"]]
    cut = encode_texts([("here is a cup", "see")], tokenizer, 4)
    assert tokenizer.convert_ids_to_tokens(cut.input_ids[0]) == ["here", "is", "[SEP]", "see"]


def test_predictor_and_pipeline_agree_alone_and_in_batches(run):
    predictor = hf_seq.load(run)
    pairs = [("here is a cup", "I see the cup"), ("here is a book 7", "I see the lamp"), ("", "cup")]
    many = list(predictor.predict(pairs))
    theirs = pipeline("text-classification", str(run))
    for pair, answer in zip(pairs[:2], many, strict=False):
        expected = theirs({"text": pair[0], "text_pair": pair[1]})
        assert predictor(pair)["label"] == answer["label"] == expected["label"]
        assert predictor(pair)["score"] == pytest.approx(expected["score"], abs=1e-5)
        assert predictor({"text": pair[0], "text_pair": pair[1]}) == predictor(pair)
    assert [each["score"] for each in many] == pytest.approx([predictor(pair)["score"] for pair in pairs], abs=1e-5)


def test_one_text_for_a_model_of_two_is_refused_and_the_other_way_round(run, data, tiny_flags, tmp_path, in_a_hurry):
    with pytest.raises(InputError, match="is one text, 'a cup', and this model reads two"):
        hf_seq.load(run)("a cup")
    single = ["train", "--data", str(data), "--text_column", "premise", "--output_dir", str(tmp_path / "one")]
    assert main([*single, *tiny_flags]) == 0
    with pytest.raises(InputError, match=r"is two texts, .* and this model reads one at a time"):
        hf_seq.load(tmp_path / "one")(("a", "b"))


def test_verbs_take_pairs(run, data, tmp_path, capsys):
    assert main(["predict", str(run), "here is a cup", "I see the cup"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["predict", str(run), "here is a cup"]) == 2
    assert "give them two by two" in capsys.readouterr().err
    (tmp_path / "lines.txt").write_text("here is a cup\tI see the cup\nhere is a book\tI see the cup\n")
    assert main(["predict", str(run), "--data", str(tmp_path / "lines.txt")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    output = tmp_path / "out.csv"
    assert (
        main(["predict", str(run), "--data", str(data), "--output", str(output), "--output_columns", "id,label"]) == 0
    )
    assert list(pd.read_csv(output)["id"]) == list(range(120))
    assert main(["evaluate", str(run), "--data", str(data)]) == 0
    assert main(["trace", str(run), "here is a cup", "--pair", "I see the cup"]) == 0
    assert "[SEP]" in capsys.readouterr().out


def test_a_trace_shows_both_texts_and_ends_at_the_score_of_the_predictor(run):
    predictor = hf_seq.load(run)
    seen = trace(predictor.model, predictor.tokenizer, [("here is a cup", "I see the cup")])
    assert [step.text for step in seen.steps[0]].count("[SEP]") == 1
    assert seen.failure is None


def test_baselines_read_both(data, tmp_path, in_a_hurry):
    words = ["train", "--data", str(data), "--model", "tfidf", "--output_dir", str(tmp_path / "tfidf")]
    assert main(words) == 0
    assert Record.read(tmp_path / "tfidf").columns["text_pair_column"] == "hypothesis"
    assert hf_seq.load(tmp_path / "tfidf")(("here is a cup", "I see the cup"))["label"] in ("same", "other")


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A BERT with random weights whose tokenizer tells the second text from the first."""
    folder = tmp_path_factory.mktemp("pretrained") / "bert"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "here", "is", "a", "I", "see", "the", *THINGS]
    backend = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, "[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    backend.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=32,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(folder)
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    small |= {"id2label": {0: "same", 1: "other"}, "label2id": {"same": 0, "other": 1}}
    BertForSequenceClassification(BertConfig(vocab_size=len(words), **small)).save_pretrained(folder)
    return folder


def test_pretrained_models_get_their_types(bert, data, tmp_path, in_a_hurry):
    flags = ["--max_length", "32", "--num_train_epochs", "1", "--bf16", "false", "--disable_tqdm", "true"]
    output = tmp_path / "tuned"
    assert main(["train", "--data", str(data), "--model", str(bert), "--output_dir", str(output), *flags]) == 0
    predictor, tokenizer = hf_seq.load(output), AutoTokenizer.from_pretrained(output)
    pair = ("here is a cup", "I see the cup")
    encoded = tokenizer(*pair, return_tensors="pt")
    assert encoded["token_type_ids"].tolist() == [[0] * 6 + [1] * 5]
    with torch.no_grad():
        expected = predictor.model(**encoded).logits.softmax(-1).max().item()
    assert predictor(pair)["score"] == pytest.approx(expected, abs=1e-5)
    assert encode_texts([pair], tokenizer, 32).type_ids == encoded["token_type_ids"].tolist()


def test_disturbances_and_cards_know_pairs(run):
    assert disturb([("one", "two")], "capitals") == [("ONE", "TWO")]
    (by_pipeline, direct) = code_blocks(run, "ada/pairs", None)
    assert 'answer({"text": "A man is running.", "text_pair": "Somebody moves."})' in by_pipeline
    assert '"A man is running.", "Somebody moves."' in direct


def test_compare_runs_on_pairs(data, tmp_path, in_a_hurry):
    flags = ["--models", "majority,tfidf,bilstm", "--calls", "3", "--robustness_rows", "5", "--bilstm.hidden_size", "8"]
    small = ["--num_train_epochs", "1", "--embedding_size", "8", "--bf16", "false", "--disable_tqdm", "true"]
    assert main(["compare", "--data", str(data), "--output", str(tmp_path / "c"), *flags, *small]) == 0
    assert "here is a" in (tmp_path / "c/report.html").read_text()


@pytest.mark.parametrize("tokenizer", ["own", "teacher", "pruned"])
def test_a_student_learns_pairs_from_a_teacher_that_reads_their_token_types(
    tokenizer, bert, data, tiny_flags, tmp_path, in_a_hurry
):
    words = ["distill", "--teacher", str(bert), "--student", "lstm", "--data", str(data), *tiny_flags]
    words += ["--teacher_cache", str(tmp_path / "cache"), "--student_tokenizer", tokenizer]
    assert main([*words, "--output", str(tmp_path / "student")]) == 0
    record = Record.read(tmp_path / "student")
    assert record.distillation["transfer_set"] == {"labelled": 96}
    student = hf_seq.load(tmp_path / "student")
    pair = ("here is a cup 0", "I see the cup")
    assert student(pair)["label"] in ("same", "other")
    teacher = load_teacher(str(bert), False, ["other", "same"], "single_label_classification")
    theirs = AutoModelForSequenceClassification.from_pretrained(bert).eval()
    inputs = AutoTokenizer.from_pretrained(bert)([pair[0]], [pair[1]], return_tensors="pt")
    assert inputs["token_type_ids"].any()
    with torch.no_grad():
        expected = theirs(**inputs).logits[:, teacher.order]
    assert teacher.ask([pair])["logits"] == pytest.approx(expected.numpy(), abs=2e-3)


def test_a_student_of_pairs_refuses_what_makes_single_texts(bert, data, tiny_flags, tmp_path, capsys):
    words = ["distill", "--teacher", str(bert), "--student", "lstm", "--data", str(data), *tiny_flags]
    assert main([*words, "--augmented_rows", "10", "--output", str(tmp_path / "student")]) == 2
    assert "--augmented_rows gives single texts" in capsys.readouterr().err
