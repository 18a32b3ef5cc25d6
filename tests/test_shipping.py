# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved model loads anywhere: with hf_seq imported, and by trust_remote_code where hf_seq cannot be imported.

Each load happens in a fresh process without network. Three processes do all of it; the tests read what they report.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import hf_seq
from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig
from hf_seq.models.modeling_recurrent_wide import RecurrentWideForSequenceClassification

SOURCES = Path(hf_seq.__file__).parent / "models"
TEXTS = ["a fine film, truly", "not bad at all", "the plot is thin but the cast is good", "dull"]

SHARED = {"configuration_format.py", "configuration_sequence.py", "dropout.py", "keywords.py", "losses.py"}
SHARED |= {"modeling_sequence.py", "padding.py", "pooling.py", "shipping.py"}
RECURRENT = SHARED | {"configuration_recurrent.py", "modeling_recurrent.py", "recurrence.py"}
TRANSFORMER = SHARED | {
    "attention.py",
    "configuration_transformer_encoder.py",
    "modeling_transformer_encoder.py",
    "positions.py",
}
TAGGING = {"chains.py", "crf.py", "modeling_tagging.py", "pipeline_tagging.py", "spans.py", "tag_schemes.py"}
TAGGING |= {"sentence_places.py", "token_losses.py", "word_starts.py", "word_tagging.py"}
CONVOLUTIONAL = SHARED | {"configuration_convolutional.py", "modeling_convolutional.py", "convolutions.py"}
CONVOLUTIONAL |= {"configuration_recurrent.py", "mixing.py", "recurrence.py"}
FRONT = {"convolutions.py", "modeling_recurrent_entry.py"}
LETTERS = {"characters.py", "modeling_recurrent_entry.py"}
CLUSTERS = {"adaptive_head.py", "modeling_recurrent_entry.py"}
WIDE = {"configuration_recurrent_wide.py", "mixing.py", "modeling_recurrent_wide.py", "ngrams.py", "word_starts.py"}
STATES = {"recurrent_cache.py"}
WORDS = {"head_loss.py", "token_losses.py"}
LANGUAGE = WORDS | STATES | {"modeling_recurrent_language.py", "recurrent_generation.py", "recurrent_steps.py"}
LANGUAGE |= {"stepping.py"}
MODEL = {"config.json", "model.safetensors"}
TOKENIZER = {"tokenizer.json", "tokenizer_config.json"}
SHIPPED = {
    "bilstm": RECURRENT | MODEL | TOKENIZER,
    "gru-numeric": RECURRENT | MODEL,
    "bilstm-wide": RECURRENT | WIDE | MODEL | TOKENIZER,
    "bilstm-front": RECURRENT | FRONT | MODEL | TOKENIZER,
    "conv-lstm": CONVOLUTIONAL | MODEL | TOKENIZER,
    "conv-numeric": CONVOLUTIONAL | MODEL | {"channel_statistics.py", "modeling_convolutional_entry.py"},
    "transformer": TRANSFORMER | MODEL | TOKENIZER,
    "bilstm-crf": RECURRENT | TAGGING | LETTERS | MODEL | TOKENIZER | {"modeling_recurrent_tagging.py"},
    "transformer-crf": TRANSFORMER | TAGGING | MODEL | TOKENIZER | {"modeling_transformer_tagging.py"},
    "lstm-lm": RECURRENT | LANGUAGE | MODEL | TOKENIZER | {"generation_config.json"},
    "adaptive-lm": RECURRENT | LANGUAGE | CLUSTERS | MODEL | TOKENIZER | {"generation_config.json"},
    "transformer-mlm": TRANSFORMER | WORDS | MODEL | TOKENIZER | {"modeling_transformer_masked.py"},
}
ENDINGS = {"crf": "TokenClassification", "lm": "CausalLM", "mlm": "MaskedLM"}
HEADS = {kind: ENDINGS.get(kind.rpartition("-")[2], "SequenceClassification") for kind in SHIPPED}

PRELUDE = """
import json, socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise OSError("this test has no network")

socket.socket.connect = socket.create_connection = refuse
import torch
torch.set_num_threads(1)
"""

WITHOUT_HF_SEQ = """
class NoHfSeq:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "hf_seq":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoHfSeq())
trust = {"trust_remote_code": True}
"""

WITH_HF_SEQ = """
import hf_seq
trust = {}
"""

LOAD = """
import transformers
from transformers import AutoModel, AutoTokenizer, pipeline

folder, report = Path(sys.argv[1]), {}
texts = json.loads((folder / "texts.json").read_text())
for kind, head in json.loads((folder / "heads.json").read_text()).items():
    model = getattr(transformers, "AutoModelFor" + head).from_pretrained(folder / kind, **trust).eval()
    report[kind] = {"class": type(model).__name__, "module": type(model).__module__.split(".")[0]}
    if kind.endswith("-numeric"):
        inputs = {"input_values": torch.arange(30.0).view(2, 5, 3) / 30}
    else:
        tokenizer = AutoTokenizer.from_pretrained(folder / kind, **trust)
        inputs = dict(tokenizer(texts, padding=True, return_tensors="pt"))
        inputs.pop("token_type_ids", None)
    if head == "SequenceClassification" and not kind.endswith("-numeric"):
        classify = pipeline("text-classification", model=str(folder / kind), **trust)
        report[kind]["answers"] = classify(texts, batch_size=len(texts))
    if head == "TokenClassification":
        tag = pipeline("sequence-tagging", model=str(folder / kind), ignore_labels=[], **trust)
        report[kind]["answers"] = tag(texts, aggregation_strategy="word", batch_size=len(texts))
    with torch.no_grad():
        outputs = model(**inputs)
        report[kind]["logits"] = outputs.logits.tolist()
        if head == "TokenClassification":
            report[kind]["best_path"] = outputs.best_path.tolist()
        if head == "CausalLM":
            report[kind]["written"] = model.generate(inputs["input_ids"][:1], max_new_tokens=9, num_beams=3).tolist()
        encoder = AutoModel.from_pretrained(folder / kind, **trust).eval()
        report[kind]["states"] = encoder(**inputs).last_hidden_state.tolist()
    if len(sys.argv) > 2:
        model.save_pretrained(Path(sys.argv[2]) / kind)
        if not kind.endswith("-numeric"):
            tokenizer.save_pretrained(Path(sys.argv[2]) / kind)
report["hf_seq imported"] = "hf_seq" in sys.modules
print("REPORT" + json.dumps(report))
"""


def run(code: str, *arguments: Path, home: Path) -> dict:
    """Run code in a fresh, isolated interpreter that has its own cache, and give its report."""
    environment = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "PATH": "", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-I", "-c", PRELUDE + code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.split("REPORT")[-1])


def models() -> dict[str, torch.nn.Module]:
    """Classifiers of each family and of numbers, and taggers of each family, every weight random."""
    labels = {"id2label": {0: "bad", 1: "good", 2: "mixed"}, "label2id": {"bad": 0, "good": 1, "mixed": 2}}
    tags = {"id2label": {0: "O", 1: "B-X", 2: "I-X"}, "label2id": {"O": 0, "B-X": 1, "I-X": 2}}
    small = {"vocab_size": 60, "hidden_size": 8} | labels
    torch.manual_seed(0)
    made = {
        "bilstm": hf_seq.RecurrentForSequenceClassification(
            hf_seq.RecurrentConfig(**small, embedding_size=6, pooling="attention", class_weights=[1.0, 2.0, 0.5])
        ),
        "gru-numeric": hf_seq.RecurrentForSequenceClassification(
            hf_seq.RecurrentConfig(**small, embedding_size=6, cell_type="gru", num_features=3)
        ),
        "bilstm-wide": RecurrentWideForSequenceClassification(RecurrentWideConfig(**small, embedding_size=6)),
        "bilstm-front": hf_seq.RecurrentForSequenceClassification(
            hf_seq.RecurrentConfig(**small, embedding_size=6, front="conv", front_stride=2)
        ),
        "conv-lstm": hf_seq.ConvolutionalForSequenceClassification(
            hf_seq.ConvolutionalConfig(**small, embedding_size=6, block="inception", recurrent_size=4)
        ),
        "conv-numeric": hf_seq.ConvolutionalForSequenceClassification(
            hf_seq.ConvolutionalConfig(**small, embedding_size=6, num_features=3, statistics=True, deep_share=0.5)
        ),
        "transformer": hf_seq.TransformerEncoderForSequenceClassification(
            hf_seq.TransformerEncoderConfig(**small, num_attention_heads=2, intermediate_size=9)
        ),
        "bilstm-crf": hf_seq.RecurrentForTokenClassification(
            hf_seq.RecurrentConfig(**small | tags, embedding_size=6, use_crf=True, character_encoder="cnn")
        ),
        "transformer-crf": hf_seq.TransformerEncoderForTokenClassification(
            hf_seq.TransformerEncoderConfig(**small | tags, num_attention_heads=2, intermediate_size=9, use_crf=True)
        ),
        "lstm-lm": hf_seq.RecurrentForCausalLM(
            hf_seq.RecurrentConfig(**small, embedding_size=6, bidirectional=False, tie_word_embeddings=True)
        ),
        "adaptive-lm": hf_seq.RecurrentForCausalLM(
            hf_seq.RecurrentConfig(**small, embedding_size=6, bidirectional=False, adaptive_softmax_cutoffs=[8, 20])
        ),
        "transformer-mlm": hf_seq.TransformerEncoderForMaskedLM(
            hf_seq.TransformerEncoderConfig(
                **small, num_attention_heads=2, intermediate_size=9, tie_word_embeddings=True
            )
        ),
    }
    for model in made.values():
        for weight in model.parameters():
            torch.nn.init.normal_(weight.data, std=0.5)
        model.eval()
    return made


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Save the models, with tokenizers, and remember what each answers here."""
    folder, logits, states, paths = tmp_path_factory.mktemp("shipped"), {}, {}, {}
    tokenizer = hf_seq.train_tokenizer(TEXTS, kind="word", vocab_size=60, min_frequency=1)
    describe(folder)
    for kind, model in models().items():
        model.read_vocabulary(tokenizer)
        if kind == "bilstm-wide":
            keys = model.wide.find(tokenizer(TEXTS, padding=True, return_tensors="pt")["input_ids"])[1].unique()
            some = torch.arange(float(len(keys)))
            model.wide.learn(keys, 1 + some, keys % 2 == 0, (some[:, None] * torch.arange(3)).cos(), some[:3])
            model.config.num_ngrams = len(keys)
        model.save_pretrained(folder / kind)
        if kind.endswith("-numeric"):
            inputs = {"input_values": torch.arange(30.0).view(2, 5, 3) / 30}
        else:
            tokenizer.save_pretrained(folder / kind)
            batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
            inputs = {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}
        outputs = model(**inputs)
        logits[kind], paths[kind] = outputs.logits.detach(), getattr(outputs, "best_path", None)
        states[kind] = model.model(**inputs).last_hidden_state.detach()
    return folder, logits, states, paths


def describe(folder: Path) -> None:
    """Write down what the other process is to load, and to read."""
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    (folder / "heads.json").write_text(json.dumps(HEADS))


@pytest.fixture(scope="module")
def with_hf_seq(shipped, tmp_path_factory):
    return run(WITH_HF_SEQ + LOAD, shipped[0], home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def without_hf_seq(shipped, tmp_path_factory):
    again = tmp_path_factory.mktemp("again")
    describe(again)
    return run(WITHOUT_HF_SEQ + LOAD, shipped[0], again, home=tmp_path_factory.mktemp("home")), again


@pytest.fixture(scope="module")
def saved_again(without_hf_seq, tmp_path_factory):
    return run(WITHOUT_HF_SEQ + LOAD, without_hf_seq[1], home=tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_saved_model_is_exactly_these_files(shipped, kind):
    assert {path.name for path in (shipped[0] / kind).iterdir()} == SHIPPED[kind]


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_code_beside_a_model_is_the_code_of_hf_seq(shipped, kind):
    for path in (shipped[0] / kind).glob("*.py"):
        if path.name.endswith("_entry.py"):
            continue  # written for the model
        assert path.read_bytes() == (SOURCES / path.name).read_bytes()


def test_reading_a_plain_bilstm_takes_twelve_files_at_most(shipped):
    files = list((shipped[0] / "bilstm").glob("*.py"))
    assert len(files) <= 12
    assert sum(len(path.read_text().splitlines()) for path in files) <= 1700


@pytest.mark.parametrize("kind", SHIPPED)
def test_auto_classes_load_it_after_import_hf_seq(shipped, with_hf_seq, kind):
    assert with_hf_seq[kind]["module"] == "hf_seq"
    torch.testing.assert_close(torch.tensor(with_hf_seq[kind]["logits"]), shipped[1][kind])


@pytest.mark.parametrize("kind", SHIPPED)
def test_remote_code_loads_it_where_hf_seq_cannot_be_imported(shipped, without_hf_seq, kind):
    report, _ = without_hf_seq
    assert not report["hf_seq imported"]
    assert report[kind]["module"] == "transformers_modules"
    torch.testing.assert_close(torch.tensor(report[kind]["logits"]), shipped[1][kind])


@pytest.mark.parametrize("kind", SHIPPED)
def test_remote_code_saves_the_same_files_again(without_hf_seq, kind):
    assert {path.name for path in (without_hf_seq[1] / kind).iterdir()} == SHIPPED[kind]


@pytest.mark.parametrize("kind", SHIPPED)
def test_what_remote_code_saved_loads_once_more(shipped, saved_again, kind):
    torch.testing.assert_close(torch.tensor(saved_again[kind]["logits"]), shipped[1][kind])


@pytest.mark.parametrize("kind", SHIPPED)
@pytest.mark.parametrize("where", ["with_hf_seq", "without_hf_seq", "saved_again"])
def test_the_encoder_alone_loads_from_a_classifier(shipped, where, kind, request):
    report = request.getfixturevalue(where)
    report = report[0] if isinstance(report, tuple) else report
    torch.testing.assert_close(torch.tensor(report[kind]["states"]), shipped[2][kind])


@pytest.mark.parametrize("where", ["with_hf_seq", "without_hf_seq", "saved_again"])
def test_a_language_model_writes_the_same_wherever_it_is_loaded(shipped, where, request):
    report = request.getfixturevalue(where)
    report = report[0] if isinstance(report, tuple) else report
    prompt = hf_seq.train_tokenizer(TEXTS, kind="word", vocab_size=60, min_frequency=1)(TEXTS, padding=True)
    ids = torch.tensor(prompt["input_ids"][:1])
    assert report["lstm-lm"]["written"] == models()["lstm-lm"].generate(ids, max_new_tokens=9, num_beams=3).tolist()


@pytest.mark.parametrize("kind", [kind for kind in SHIPPED if kind.endswith("crf")])
@pytest.mark.parametrize("where", ["with_hf_seq", "without_hf_seq", "saved_again"])
def test_a_crf_finds_the_same_path_wherever_it_is_loaded(shipped, where, kind, request):
    report = request.getfixturevalue(where)
    report = report[0] if isinstance(report, tuple) else report
    assert report[kind]["best_path"] == shipped[3][kind].tolist()


@pytest.mark.parametrize("kind", [kind for kind in SHIPPED if kind.endswith("crf")])
@pytest.mark.parametrize("where", ["with_hf_seq", "without_hf_seq", "saved_again"])
def test_the_tagging_pipeline_follows_the_path_wherever_it_is_loaded(shipped, where, kind, request):
    report = request.getfixturevalue(where)
    report = report[0] if isinstance(report, tuple) else report
    said = [[answer["entity"] for answer in answers] for answers in report[kind]["answers"]]
    names = ["O", "B-X", "I-X"]
    assert said == [[names[tag] for tag in row[row >= 0].tolist()] for row in shipped[3][kind]]


@pytest.mark.parametrize("kind", ["bilstm", "transformer"])
@pytest.mark.parametrize("where", ["with_hf_seq", "without_hf_seq", "saved_again"])
def test_the_pipeline_names_the_label_of_the_highest_score(shipped, where, kind, request):
    report = request.getfixturevalue(where)
    report = report[0] if isinstance(report, tuple) else report
    scores, best = shipped[1][kind].softmax(-1).max(-1)
    assert [answer["label"] for answer in report[kind]["answers"]] == [["bad", "good", "mixed"][b] for b in best]
    torch.testing.assert_close(torch.tensor([answer["score"] for answer in report[kind]["answers"]]), scores)


def test_a_model_without_its_code_and_without_hf_seq_is_refused_not_guessed(shipped, tmp_path):
    code = WITHOUT_HF_SEQ + (
        "from transformers import AutoConfig\n"
        "try:\n    AutoConfig.from_pretrained(sys.argv[1])\n"
        "except (ValueError, OSError) as error:\n    print('REPORT' + json.dumps({'said': str(error)}))\n"
    )
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "recurrent"}))
    assert "recurrent" in run(code, tmp_path, home=tmp_path)["said"]
