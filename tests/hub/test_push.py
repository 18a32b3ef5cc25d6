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

ALWAYS = {".gitattributes", "README.md", "config.json", "model.safetensors", "recipe.yaml", "record.json"}
TOKENIZER = {"tokenizer.json", "tokenizer_config.json"}

PUSH = """
from pathlib import Path
from hf_seq.hub import push
report = {"said": []}
runs = Path(sys.argv[1])
for folder in sorted(runs.iterdir()):
    report[folder.name] = push(folder, f"ada/{folder.name}", say=report["said"].append).commit
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
made = push(folder, "ada/encoder", say=lambda line: None)
branch = push(folder, "ada/encoder", revision="v2", say=lambda line: None)
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
    assert hub.asked("PUT", "/lfs/") <= put + 1


def test_the_command_pushes_and_says_what_went(hub, runs, tmp_path):
    done = client.hf_seq(
        *("push", runs / "bilstm", "ada/by-command", "--private", "--no-remote-code", "--license", "mit"),
        *("--dataset", "stanfordnlp/sst2"),
        endpoint=hub.url, home=tmp_path, token=WRITE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "model.safetensors" in done.stdout
    files = hub.files("ada/by-command")
    assert hub.repositories["model", "ada/by-command"].private
    assert not [name for name in files if name.endswith(".py")]
    assert "auto_map" not in json.loads(files["config.json"])
    assert "import hf_seq" in files["README.md"].decode()
    metadata = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert metadata["license"] == "mit"
    assert metadata["datasets"] == ["stanfordnlp/sst2"]
    assert yaml.safe_load(files[".eval_results/stanfordnlp--sst2.yaml"])[0]["value"] == 84.9


@pytest.mark.parametrize(
    ("token", "name", "said"),
    [
        (None, "ada/refused", "hf auth login"),
        ("hf_aTokenThatNobodyGave", "ada/refused", "does not know this token"),
        (READ, "ada/refused", "may not write"),
        (STRANGER, "ada/refused", "may not write"),
        (WRITE, "refused", "write user/name"),
    ],
)
def test_a_push_without_the_right_is_refused_in_a_sentence(hub, runs, tmp_path, token, name, said):
    done = client.hf_seq("push", runs / "bilstm", name, endpoint=hub.url, home=tmp_path, token=token)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert ("model", name) not in hub.repositories


def test_a_dry_run_asks_for_no_token_and_sends_nothing(hub, runs, tmp_path):
    before = len(hub.requests)
    done = client.hf_seq("push", runs / "bilstm", "ada/dry", "--dry-run", endpoint=hub.url, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing was sent" in done.stdout
    assert len(hub.requests) == before


def test_a_push_that_broke_off_is_taken_up_again(runs, tmp_path):
    from .server import serve

    code = """
from hf_seq import InputError
from hf_seq.hub import push
report = []
try:
    push(sys.argv[1], "ada/broken", say=lambda line: None)
except InputError as error:
    report.append(str(error))
if len(sys.argv) > 2:
    report.append(push(sys.argv[1], "ada/broken", say=report.append).commit)
"""
    with serve(lfs_from=3_000) as hub:
        hub.fail("POST", "/commit/", cut=True)
        report = client.run(code, runs / "bilstm", "again", endpoint=hub.url, home=tmp_path, token=WRITE)
        assert "Run the same command again" in report[0]
        sent = hub.asked("PUT", "/lfs/")
        assert sent == len({path for method, path in hub.requests if method == "PUT"}), "nothing was sent twice"
        assert "model.safetensors" in hub.files("ada/broken")


def test_a_busy_hub_is_asked_again(hub, runs, tmp_path):
    hub.fail("POST", "/commit/", status=503, Retry_After="0")
    done = client.hf_seq("push", runs / "bilstm", "ada/busy", endpoint=hub.url, home=tmp_path, token=WRITE)
    assert done.returncode == 0, done.stderr
    assert "answered 503" in done.stdout
    assert "model.safetensors" in hub.files("ada/busy")
