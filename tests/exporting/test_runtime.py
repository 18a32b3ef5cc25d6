# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The runtime beside an export answers as `hf_seq.load` does, for every task, and needs no torch."""

import json
import math
import shutil
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from tokenizers import Regex, normalizers
from transformers import AutoTokenizer

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.runtime.runtime import load
from hf_seq.text.two_texts import read_pairs
from tests.hub import tiny

TEXTS = [
    *tiny.TEXTS,
    "",
    "   ",
    "unheard of",
    "a",
    "Maria doesn't live in St. Lisbon, she's 1,000 km away :-)",
    "ﬁne 東京 👍🏽 <b>film</b>",
    "fine film " * 300,
]
SERIES = [[[1.0, 2.0, 3.0]] * 4, [[0.5, None, -1.0], [2, 2, 2]], np.random.default_rng(0).normal(size=(30, 3))]
READERS = ["bilstm", "encoder", "bilstm-crf", "bilstm-letters", "encoder-tagger", "gru-series", "masked-lm"]


def alike(found, expected):
    """Compare two answers: numbers to 1e-5, all else exactly."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(alike(found[name], expected[name]) for name in expected)
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(expected, float):
        return math.isclose(found, expected, abs_tol=2e-5, rel_tol=1e-5)
    return found == expected


def inputs_of(name):
    return SERIES if name == "gru-series" else TEXTS


@pytest.mark.filterwarnings("ignore:A text was cut")
@pytest.mark.parametrize("name", READERS)
def test_answers_are_those_of_the_model(name, saved, exported):
    model, predictor, inputs = load(exported(name)), hf_seq.load(saved(name)), inputs_of(name)
    for found, expected in zip(model.predict(inputs), predictor.predict(inputs), strict=True):
        assert alike(found, expected), (found, expected)
    assert alike(model(inputs[0]), predictor(inputs[0]))
    assert list(model.predict(each for each in inputs)) == list(model.predict(inputs))


def test_the_command_line_answers_by_an_export_without_torch(exported):
    code = 'import sys; from hf_seq.cli import main; main(["predict", sys.argv[1], "a fine film"]); print(sys.modules)'
    command = [sys.executable, "-c", code, str(exported("bilstm"))]
    answer, modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert json.loads(answer) == load(exported("bilstm"))("a fine film")
    assert not {"'torch'", "'transformers'", "'scipy'", "'pandas'"} & {
        each.split(":")[0] for each in modules.split(", ")
    }


@pytest.mark.parametrize("name", ["bilstm-crf", "encoder-tagger"])
def test_words_are_tagged_as_they_are_given(name, saved, exported):
    model, predictor = load(exported(name)), hf_seq.load(saved(name))
    sentences = [["Maria", "lives", "in", "Lisbon"], ["a"], [], ["\u200b", "fine", " "], ["word"] * 700]
    for found, expected in zip(model.predict(sentences), predictor.predict(sentences), strict=True):
        assert alike(found, expected)
    tags, scores = zip(*predictor.tag_with_scores(sentences), strict=True)
    assert alike(list(zip(*model.tag_with_scores(sentences), strict=True)), [tags, scores])


def test_sentences_and_words_that_stand_for_several_are_those_of_the_tokenizer(saved, few_calls, tmp_path):
    folder = shutil.copytree(saved("bilstm-crf"), tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    backend = tokenizer.backend_tokenizer
    backend.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r"(?<!\w)du(?!\w)"), "de le"), backend.normalizer]
    )
    tokenizer.init_kwargs["sentences"] = "split"
    tokenizer.save_pretrained(folder)
    model, predictor = load(hf_seq.export(folder, tmp_path / "export").folder), hf_seq.load(folder)
    texts = ["Maria lives. A fine film of St. Lisbon! Du nord, du sud.", *TEXTS]
    for found, expected in zip(model.predict(texts), predictor.predict(texts), strict=True):
        assert alike(found, expected), (found, expected)
    whole = hf_seq.load(saved("bilstm-crf"))
    assert not alike(whole(texts[0]), predictor(texts[0]))


def test_a_language_model_scores_and_continues(saved, exported):
    model, predictor = load(exported("lstm-lm")), hf_seq.load(saved("lstm-lm"))
    for text in TEXTS:
        assert alike(model(text), predictor(text))
    for prompt in ("", "a fine", "the plot is thin"):
        for chosen in ({"temperature": 0.0}, {"num_beams": 3}):
            chosen |= {"max_new_tokens": 12}
            assert model.generate(prompt, **chosen) == predictor.generate(prompt, **chosen)


def test_what_is_drawn_follows_the_probabilities(exported):
    model = load(exported("lstm-lm"))
    drawn = [model.generate("a fine", max_new_tokens=1, seed=seed, top_k=3) for seed in range(60)]
    assert 1 < len(set(drawn)) <= 3
    assert model.generate("a", seed=4) == model.generate("a", seed=4)
    assert len({model.generate("a fine", max_new_tokens=1, seed=seed, top_p=1e-6) for seed in range(9)}) == 1


@pytest.mark.parametrize("name", ["lstm-seq2seq", "transformer-seq2seq"])
@pytest.mark.parametrize(
    "how",
    [
        {"num_beams": 1},
        {"num_beams": 4},
        {"num_beams": 3, "length_penalty": 0.2},
        {"num_beams": 2, "early_stopping": True},
    ],
)
def test_a_writer_finds_the_same_texts(name, how, saved, exported):
    how = how | {"max_new_tokens": 10}
    model, predictor = load(exported(name), **how), hf_seq.load(saved(name), batch_size=1, **how)
    texts = [text for text in TEXTS if len(text) < 100]
    assert list(model.predict(texts)) == list(predictor.predict(texts))


@pytest.mark.parametrize("name", READERS)
def test_the_int8_file_answers_nearly_alike(name, exported):
    first = inputs_of(name)[0]
    assert load(exported(name), quantized=True)(first).keys() == load(exported(name))(first).keys()


def test_thresholds_and_several_labels_are_followed(saved, few_calls, tmp_path):
    predictor = hf_seq.load(saved("bilstm"))
    config = predictor.model.config
    for number, settings in enumerate(
        (
            {"problem_type": "multi_label_classification", "decision_thresholds": [0.9, 0.1, 0.4]},
            {"problem_type": "single_label_classification", "decision_thresholds": [0.9, 0.1, 0.1]},
            {"problem_type": "regression", "decision_thresholds": None},
            {"problem_type": "single_label_classification", "answer_threshold": 1},
        )
    ):
        folder = tmp_path / str(number)
        for name, value in settings.items():
            setattr(config, name, value)
        predictor.model.save_pretrained(folder)
        predictor.tokenizer.save_pretrained(folder)
        model = load(hf_seq.export(folder, tmp_path / f"{number}-onnx").folder)
        for found, expected in zip(model.predict(tiny.TEXTS), hf_seq.load(folder).predict(tiny.TEXTS), strict=True):
            assert alike(found, expected)


def test_the_folder_alone_answers_without_torch(exported):
    code = (
        "import sys, json; sys.path.insert(0, '.'); from runtime import load; model = load('.');"
        "print(json.dumps([model(each) for each in json.loads(sys.argv[1])]));"
        "print(sorted({'torch', 'transformers', 'hf_seq', 'scipy'} & set(sys.modules)))"
    )
    for name in ("bilstm", "bilstm-crf", "gru-series", "lstm-seq2seq"):
        given = json.dumps(SERIES[:1] if name == "gru-series" else tiny.TEXTS)
        command = [sys.executable, "-c", code, given]
        done = subprocess.run(command, cwd=exported(name), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answers, foreign = done.stdout.splitlines()
        assert foreign == "[]"
        model = load(exported(name))
        assert json.loads(answers) == [model(each) for each in json.loads(given)]


def test_every_file_of_the_runtime_is_short_and_needs_little():
    from ast import Import, ImportFrom, parse, walk
    from pathlib import Path

    from hf_seq import runtime

    allowed = {*sys.stdlib_module_names, "numpy", "onnxruntime", "tokenizers", "hf_seq", "runtime", "runtime_series"}
    for path in Path(runtime.__file__).parent.glob("runtime*.py"):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 300, path.name
        nodes = list(walk(parse(source)))
        roots = {alias.name.split(".")[0] for node in nodes if isinstance(node, Import) for alias in node.names}
        roots |= {
            (node.module or "").split(".")[0] for node in nodes if isinstance(node, ImportFrom) and not node.level
        }
        assert roots <= allowed, path.name


def test_a_text_that_is_cut_says_so(exported):
    with pytest.warns(UserWarning, match=r"A text was cut at \d+ tokens, the most this model reads"):
        answer = load(exported("bilstm"))("fine film " * 600)
    assert answer["truncated"] is True


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("bilstm", 3, "text 0 is 3, a int; every text must be a string"),
        ("bilstm-crf", 3, "sentence 0 must be a string or a list of words"),
        ("gru-series", "text", "series 0 cannot be read as numbers"),
        ("gru-series", [[1.0]], r"series 0 has shape \(1, 1\); it must be \(steps, 3\)"),
        ("gru-series", [], r"has shape \(0,\)"),
        ("gru-series", [[1.0, float("inf"), 2.0]], "series 0 is infinite at step 0"),
        ("lstm-seq2seq", "fine " * 700, "tokens, but the model reads"),
    ],
)
def test_what_is_no_input_is_refused(name, given, message, exported):
    with pytest.raises(InputError, match=message):
        load(exported(name))(given)


@pytest.mark.parametrize("times", [[0, 1.5, 40], ["2024-03-01", "2024-03-01T12:00", "2024-05-01"]])
def test_the_time_between_steps_is_read_as_the_predictor_reads_it(saved, exported, times):
    model, predictor = load(exported("gru-series")), hf_seq.load(saved("gru-series"))
    given = {"series": [[1.0, None], [0.5, 2.0], [3.0, 1.0]], "times": times}
    assert alike(model(given), predictor(given))
    assert model(given) != model({**given, "times": [0, 1, 2]})
    with pytest.raises(InputError, match="series 0: 3 steps need as many times, in their order"):
        model({**given, "times": [2, 1, 0]})


def test_data_for_an_export_are_read_in_the_order_of_its_channels(saved, few_calls, tmp_path, capsys):
    shutil.copytree(saved("gru-series"), tmp_path / "model")
    hf_seq.SeriesFeatureExtractor(feature_size=3, channel_names=["a", "b", "c"]).save_pretrained(tmp_path / "model")
    hf_seq.export(tmp_path / "model", tmp_path / "out")
    rows = [f"{series},{step},{3 - step},{step},{series}" for series in range(4) for step in range(3)]
    (tmp_path / "data.csv").write_text("\n".join(["id,t,c,b,a", *rows]))
    said = []
    for folder in ("model", "out"):
        assert not main(["predict", str(tmp_path / folder), "--data", str(tmp_path / "data.csv"), "--task", "series"])
        said.append([json.loads(line) for line in capsys.readouterr().out.splitlines()])
    assert len(said[0]) == 4
    assert alike(said[1], said[0])


def test_a_model_of_two_texts_is_not_exported(saved, few_calls, tmp_path):
    shutil.copytree(saved("bilstm"), tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    read_pairs(tokenizer)
    tokenizer.save_pretrained(tmp_path / "model")
    assert hf_seq.load(tmp_path / "model").needs_pairs
    with pytest.raises(InputError, match="the model reads two texts at a time, and what answers without torch reads"):
        hf_seq.export(tmp_path / "model", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_many_are_no_string(exported):
    with pytest.raises(InputError, match=r"got one string; call the model itself for one: model\('a text'\)"):
        list(load(exported("bilstm")).predict("a text"))


def test_a_folder_without_an_export_is_refused(saved, tmp_path):
    for folder in (saved("bilstm"), tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"holds no exported model \(runtime.json is missing\)"):
            load(folder)


def test_a_changed_file_is_refused(copied):
    folder = copied("bilstm")
    path = folder / "onnx/model.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="not the file that was exported and certified"):
        load(folder)
    path.unlink()
    with pytest.raises(InputError, match=r"model.onnx is missing; copy the folder whole"):
        load(folder)


def test_a_file_that_this_onnxruntime_cannot_load_is_refused(copied):
    import hashlib

    folder = copied("bilstm")
    (folder / "onnx/model.onnx").write_bytes(b"of a format to come")
    facts = json.loads((folder / "runtime.json").read_text())
    facts["files"]["onnx/model.onnx"] = hashlib.sha256(b"of a format to come").hexdigest()
    (folder / "runtime.json").write_text(json.dumps(facts))
    with pytest.raises(InputError, match=r"onnxruntime .* cannot load .*; upgrade it, or export with a lower --opset"):
        load(folder)


def test_int8_that_was_not_exported_is_refused(saved, few_calls, tmp_path):
    folder = hf_seq.export(saved("bilstm"), tmp_path / "plain").folder
    with pytest.raises(InputError, match="holds no int8 file; export with --quantize int8"):
        load(folder, quantized=True)


@pytest.mark.parametrize("name", ["bilstm", "bilstm-crf"])
def test_half_a_character_is_read_as_the_predictor_reads_it(name, saved, exported):
    model, predictor = load(exported(name)), hf_seq.load(saved(name))
    for broken in ("the \ud83d cat", ["the", "\ud83d", "cat"])[: 2 if name == "bilstm-crf" else 1]:
        assert alike(model(broken), predictor(broken))
        assert alike(list(model.predict([broken])), list(predictor.predict([broken])))
