# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every family and head goes to the Hub whole and clean, and comes back where hf_seq is not installed."""

import json
import re

import pytest
import yaml

from . import client
from .card_rules import complaints_about
from .server import READ, STRANGER, WRITE
from .tiny import KINDS, SECRET

pytestmark = pytest.mark.slow

ALWAYS = {".gitattributes", "README.md", "config.json", "model.safetensors", "recipe.yaml", "record.json"}
TOKENIZER = {"tokenizer.json", "tokenizer_config.json"}

PUSH = """
from pathlib import Path
from hf_seq.hub import push
report = {}
runs = Path(sys.argv[1])
for folder in sorted(runs.iterdir()):
    report[folder.name] = push(folder, f"ada/{folder.name}").commit
"""

ASK = """
import torch
from transformers import AutoConfig, AutoFeatureExtractor, AutoTokenizer
import transformers

HEADS = {"ForConditionalGeneration": "AutoModelForSeq2SeqLM"}

def answer(place, name, **settings):
    config = AutoConfig.from_pretrained(place, **settings)
    head = "For" + config.architectures[0].partition("For")[2]
    model = getattr(transformers, HEADS.get(head, "AutoModel" + head)).from_pretrained(place, **settings).eval()
    if config.model_type == "recurrent" and config.num_features:
        extract = AutoFeatureExtractor.from_pretrained(place, **settings)
        inputs = dict(extract([[0.5, -1.0, 2.0]] * 4, return_tensors="pt"))
    else:
        inputs = dict(AutoTokenizer.from_pretrained(place, **settings)("the cast is good", return_tensors="pt"))
    if "Seq2Seq" in config.architectures[0]:
        inputs["decoder_input_ids"] = inputs["input_ids"]
    inputs.pop("token_type_ids", None)
    with torch.inference_mode():
        return type(model).__module__.split(".")[0], model(**inputs).logits.flatten().tolist()
"""

LOAD = (
    ASK
    + """
import contextlib, io
report = {}
cards = json.load(open(sys.argv[1]))
for name, blocks in cards.items():
    home, logits = answer(f"ada/{name}", name, trust_remote_code=True)
    report[name] = {"home": home, "logits": logits, "printed": []}
    for block in blocks:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block, {})
        report[name]["printed"].append(printed.getvalue())
report["hf_seq"] = "hf_seq" in sys.modules
"""
)


def blocks_of(card):
    return re.findall(r"```python\n(.*?)```", card, re.DOTALL)


@pytest.fixture(scope="module")
def pushed(hub, runs, tmp_path_factory):
    return client.run(PUSH, runs, endpoint=hub.url, home=tmp_path_factory.mktemp("home"), token=WRITE)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("stranger")


@pytest.fixture(scope="module")
def loaded(hub, pushed, cache, tmp_path_factory):
    """What a process without hf_seq and without a token reports of every repository."""
    cards = tmp_path_factory.mktemp("cards") / "cards.json"
    names = [name for name in KINDS if name in pushed]
    cards.write_text(json.dumps({n: blocks_of(hub.files(f"ada/{n}")["README.md"].decode()) for n in names}))
    return client.run(LOAD, cards, endpoint=hub.url, home=cache, hf_seq=False)


@pytest.fixture(scope="module")
def here(runs, tmp_path_factory):
    """Logits of the same models where they were saved."""
    code = "import hf_seq\n" + ASK + "\nfrom pathlib import Path\n"
    code += "report = {f.name: answer(f, f.name)[1] for f in Path(sys.argv[1]).iterdir()}"
    return client.run(code, runs, endpoint="http://127.0.0.1:9", home=tmp_path_factory.mktemp("home"), offline=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_repository_holds_exactly_what_one_needs(hub, runs, pushed, kind):
    expected = ALWAYS | {path.name for path in (runs / kind).glob("*.py")}
    expected |= {"preprocessor_config.json", "pipeline_series.py"} if "series" in kind else TOKENIZER
    expected |= {path.name for path in (runs / kind).glob("generation_config.json")}
    pipelines = {name for name in hub.files(f"ada/{kind}") if name.startswith("pipeline_")}
    assert hub.files(f"ada/{kind}").keys() == expected | pipelines


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_machine_goes_along(hub, runs, pushed, kind):
    everything = b"\n".join(hub.files(f"ada/{kind}").values())
    for secret in (b"/home/", b"secret-client", SECRET.encode(), str(runs).encode(), b"private text", b"~/runs"):
        assert secret not in everything


@pytest.mark.parametrize("kind", KINDS)
def test_code_says_its_licence_and_where_it_comes_from(hub, pushed, kind):
    code = {name: text.decode() for name, text in hub.files(f"ada/{kind}").items() if name.endswith(".py")}
    assert code
    for text in code.values():
        assert text.startswith("# Copyright 2026 The hf_seq authors.\n# SPDX-License-Identifier: Apache-2.0\n")
        assert text.splitlines()[2].startswith("# From hf_seq ")


@pytest.mark.parametrize("kind", KINDS)
def test_anyone_loads_it_without_hf_seq_and_gets_the_same_answers(loaded, here, kind):
    assert loaded["hf_seq"] is False
    assert loaded[kind]["home"] == "transformers_modules"
    assert loaded[kind]["logits"] == pytest.approx(here[kind], abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_in_the_card_runs(loaded, kind):
    assert len(loaded[kind]["printed"]) >= 1
    assert all(loaded[kind]["printed"]), "each block prints an answer"


@pytest.mark.parametrize("kind", KINDS)
def test_the_metadata_of_the_card_is_valid(hub, pushed, kind):
    card = hub.files(f"ada/{kind}")["README.md"].decode()
    assert complaints_about(card, "model") == []
    assert yaml.safe_load(card.split("---")[1])["library_name"] == "transformers"
    assert "<script>" not in card
    assert "<b>" not in card


def test_it_works_offline_from_the_cache(hub, loaded, cache, here):
    before = len(hub.requests)
    code = ASK + "report = answer('ada/bilstm', 'bilstm', trust_remote_code=True)[1]"
    logits = client.run(code, endpoint=hub.url, home=cache, hf_seq=False, offline=True)
    assert logits == pytest.approx(here["bilstm"], abs=1e-5)
    assert len(hub.requests) == before


def test_an_update_is_a_commit_and_the_old_revision_stays(hub, runs, pushed, here, tmp_path):
    code = (
        """
import torch, hf_seq
from pathlib import Path
from transformers import AutoModelForSequenceClassification
from hf_seq.hub import push
folder = Path(sys.argv[2])
import shutil; shutil.copytree(Path(sys.argv[1]) / "encoder", folder)
model = AutoModelForSequenceClassification.from_pretrained(folder)
torch.nn.init.zeros_(model.classifier.weight.data)
model.save_pretrained(folder)
made = push(folder, "ada/encoder")
branch = push(folder, "ada/encoder", revision="v2")
"""
        + ASK
        + """
report = {"new": answer("ada/encoder", "encoder", trust_remote_code=True)[1], "branch": branch.commit,
          "old": answer("ada/encoder", "encoder", revision=sys.argv[3], trust_remote_code=True)[1]}
"""
    )
    old = pushed["encoder"]
    put = hub.asked("PUT", "/lfs/")
    report = client.run(code, runs, tmp_path / "encoder", old, endpoint=hub.url, home=tmp_path, token=WRITE)
    assert report["old"] == pytest.approx(here["encoder"], abs=1e-5)
    assert report["new"] != pytest.approx(here["encoder"], abs=1e-2)
    assert hub.files("ada/encoder", "v2") == hub.files("ada/encoder")
    repository = hub.repositories["model", "ada/encoder"]
    before, after = repository.at(old).files, repository.at("main").files
    assert hub.asked("PUT", "/lfs/") - put <= sum(before.get(name) != after[name] for name in after)


COMMANDS = """
import contextlib, io, os
from hf_seq.cli import main
report = {}
for name, (token, argv) in json.loads(sys.argv[1]).items():
    os.environ.pop("HF_TOKEN", None)
    os.environ.update({"HF_TOKEN": token} if token else {})
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(argv)
    report[name] = {"code": code, "out": out.getvalue(), "err": err.getvalue()}
"""
REFUSED = {
    "without a token": (None, "ada/refused", "hf auth login"),
    "unknown token": ("hf_aTokenThatNobodyGave", "ada/refused", "does not know this token"),
    "read token": (READ, "ada/refused", "may not write"),
    "stranger": (STRANGER, "ada/refused", "may not write"),
    "no owner": (WRITE, "refused", "write user/name"),
    "leaky": (WRITE, "ada/refused", "README.md holds a home folder"),
    "no model": (WRITE, "ada/refused", "holds no config.json"),
    "pickle": (WRITE, "ada/refused", "pickles are not read"),
}
WHOLE = ["--private", "--no-remote-code", "--license", "mit", "--dataset", "stanfordnlp/sst2"]


@pytest.fixture(scope="module")
def commands(hub, runs, tmp_path_factory):
    """What `hf-seq push` does, by name, all in one process."""
    folders = dict.fromkeys(REFUSED, runs / "bilstm")
    for name in ("leaky", "no model", "pickle"):
        folders[name] = tmp_path_factory.mktemp("bad")
    for path in [path for path in (runs / "bilstm").iterdir() if path.is_file()]:
        (folders["leaky"] / path.name).write_bytes(path.read_bytes())
    (folders["leaky"] / "README.md").write_text("Trained by me in /home/ann/work.")
    (folders["pickle"] / "config.json").write_text("{}")
    (folders["pickle"] / "pytorch_model.bin").write_bytes(b"pickle")
    asked = {name: (token, ["push", str(folders[name]), repo]) for name, (token, repo, _) in REFUSED.items()}
    asked["whole"] = (WRITE, ["push", str(runs / "bilstm"), "ada/by-command", *WHOLE])
    asked["dry"] = (None, ["push", str(runs / "bilstm"), "ada/dry", "--dry-run"])
    asked["busy"] = (WRITE, ["push", str(runs / "bilstm"), "ada/busy"])
    asked["broken"] = asked["again"] = (WRITE, ["push", str(runs / "bilstm"), "ada/broken"])
    hub.fail("POST", "/ada/busy/commit/", status=503, Retry_After="0")
    hub.fail("POST", "/ada/broken/commit/", cut=True)
    home = tmp_path_factory.mktemp("home")
    return client.run(COMMANDS, json.dumps(asked), endpoint=hub.url, home=home)


@pytest.mark.parametrize("case", REFUSED)
def test_a_push_that_cannot_be_is_refused_in_a_sentence(hub, commands, case):
    assert commands[case]["code"] == 2
    assert REFUSED[case][2] in commands[case]["err"]
    assert ("model", "ada/refused") not in hub.repositories


def test_the_command_pushes_what_its_flags_say(hub, commands):
    assert commands["whole"]["code"] == 0, commands["whole"]
    assert "model.safetensors" in commands["whole"]["out"]
    files = hub.files("ada/by-command")
    assert hub.repositories["model", "ada/by-command"].private
    assert not [name for name in files if name.endswith(".py")]
    assert "auto_map" not in json.loads(files["config.json"])
    assert "import hf_seq" in files["README.md"].decode()
    metadata = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert metadata["license"] == "mit"
    assert metadata["datasets"] == ["stanfordnlp/sst2"]


def test_results_are_written_as_the_hub_reads_them(hub, commands):
    from huggingface_hub import ModelCard, parse_eval_result_entries

    files = hub.files("ada/by-command")
    [entry] = parse_eval_result_entries(yaml.safe_load(files[".eval_results/stanfordnlp--sst2.yaml"]))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("stanfordnlp/sst2", "default", 84.9)
    [result] = ModelCard(files["README.md"].decode()).data.eval_results
    assert (result.dataset_type, result.metric_type, result.metric_value) == ("stanfordnlp/sst2", "accuracy", 84.9)


def test_a_dry_run_asks_for_no_token_and_sends_nothing(hub, commands):
    assert commands["dry"]["code"] == 0
    assert "nothing was sent" in commands["dry"]["out"]
    assert not hub.asked("POST", "/ada/dry")
    assert ("model", "ada/dry") not in hub.repositories


def test_a_push_that_broke_off_is_taken_up_again(hub, commands):
    assert commands["broken"]["code"] == 2
    assert "Run the same command again: what has arrived is not sent twice" in commands["broken"]["err"]
    assert commands["again"]["code"] == 0
    sent = [path for method, path in hub.requests if method == "PUT"]
    assert len(sent) == len(set(sent)), "nothing was sent twice"
    assert "model.safetensors" in hub.files("ada/broken")


def test_a_busy_hub_is_asked_again(hub, commands):
    assert commands["busy"]["code"] == 0
    assert "answered 503; trying again" in commands["busy"]["out"]
    assert "model.safetensors" in hub.files("ada/busy")
