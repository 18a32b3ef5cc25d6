# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq push --space` writes a Space that runs on its own: gradio and transformers, no hf_seq."""

import ast
import json

import pytest
import yaml

from . import client
from .card_rules import complaints_about
from .server import WRITE

pytestmark = pytest.mark.slow

PUSH = """
from hf_seq.cli import main
from hf_seq.hub import push
push(sys.argv[1], "ada/shown", say=lambda line: None)
report = main(["push", "ada/shown", "ada/shown-demo", "--space", "--example", "a <b>fine</b> film"])
"""
RUN = """
import os
sys.path.insert(0, sys.argv[1])
import app
settings = json.load(open(os.path.join(sys.argv[1], "demo.json")))
asker = app.Asker(settings["model"])
page = app.build(asker, asker.head, settings["model"], settings["examples"])
answer = asker("the cast is good")
report = [answer.answer, [piece for piece, _ in answer.detail], answer.note, "hf_seq" in sys.modules]
"""


@pytest.fixture(scope="module")
def space(hub, runs, tmp_path_factory):
    pytest.importorskip("gradio")
    home = tmp_path_factory.mktemp("home")
    assert client.run(PUSH, runs / "bilstm", endpoint=hub.url, home=home, token=WRITE) == 0
    return hub.files("ada/shown-demo", kind="space")


def test_it_holds_a_page_its_settings_and_what_it_runs_on(space):
    assert space.keys() == {".gitattributes", "README.md", "app.py", "demo.json", "requirements.txt"}
    assert json.loads(space["demo.json"]) == {"model": "ada/shown", "examples": ["a <b>fine</b> film"]}
    imported = {node.module for node in ast.walk(ast.parse(space["app.py"])) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.startswith("hf_seq")]
    assert {line.partition("==")[0] for line in space["requirements.txt"].decode().split()} >= {"torch", "transformers"}


def test_its_card_is_valid(space):
    card = space["README.md"].decode()
    assert complaints_about(card, "space") == []
    data = yaml.safe_load(card.split("---")[1])
    assert (data["sdk"], data["app_file"], data["models"]) == ("gradio", "app.py", ["ada/shown"])


def test_its_page_answers_where_hf_seq_is_not_installed(hub, space, tmp_path):
    for name, data in space.items():
        (tmp_path / name).write_bytes(data)
    scores, pieces, note, imported = client.run(RUN, tmp_path, endpoint=hub.url, home=tmp_path / "home", hf_seq=False)
    assert sum(scores.values()) == pytest.approx(1, abs=1e-4)
    assert "".join(pieces) == "the cast is good"
    assert " ms for 4 tokens" in note
    assert not imported
