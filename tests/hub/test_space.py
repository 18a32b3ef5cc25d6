# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq push --space` writes a Space that runs on its own: gradio and transformers, no hf_seq."""

import ast
import json
from collections import Counter

import pytest
import yaml

from hf_seq.hub.space import DEMO_FILES, PACKAGE, join_page

from . import client
from .card_rules import complaints_about
from .server import WRITE

PUSH = """
from hf_seq.cli import main
from hf_seq.hub import push
push(sys.argv[1], "ada/shown")
report = main(["push", "ada/shown", "ada/shown-demo", "--space", "--example", "a <b>fine</b> film"])
"""
RUN = """
import os
sys.path.insert(0, sys.argv[1])
import app
settings = json.load(open(os.path.join(sys.argv[1], "demo.json")))
demo = app.load_demo(settings["model"])
page = app.build(demo, settings["model"], settings["examples"])
answer = demo("the cast is good")
report = [answer.answer, [piece for piece, _ in answer.detail], answer.note, "hf_seq" in sys.modules]
"""


def test_the_files_of_the_page_join_into_one_that_defines_every_name_once():
    source = join_page()
    defined = [name for node in ast.parse(source).body for name in names_of(node)]
    assert [name for name, count in Counter(defined).items() if count > 1] == []
    assert {"DEMOS", "load_demo", "TextTaggerDemo", "SeriesClassifierDemo", "draw", "main"} <= set(defined)
    assert source.rstrip().endswith('if __name__ == "__main__":\n    main()')
    demos = (PACKAGE / "demo").glob("*.py")
    files = sorted(path.name for path in demos if "import gradio" in path.read_text(encoding="utf-8"))
    assert set(files) <= set(DEMO_FILES)
    assert imports_of_hf_seq(source) == []


def imports_of_hf_seq(source):
    imported = [node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return [name for name in imported if name.partition(".")[0] == "hf_seq"]


def names_of(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets]


@pytest.fixture(scope="module")
def space(hub, runs, tmp_path_factory):
    pytest.importorskip("gradio")
    home = tmp_path_factory.mktemp("home")
    assert client.run(PUSH, runs / "bilstm", endpoint=hub.url, home=home, token=WRITE) == 0
    return hub.files("ada/shown-demo", kind="space")


@pytest.mark.slow
def test_it_holds_a_page_its_settings_and_what_it_runs_on(space):
    assert space.keys() == {".gitattributes", "README.md", "app.py", "demo.json", "requirements.txt"}
    assert json.loads(space["demo.json"]) == {"model": "ada/shown", "examples": ["a <b>fine</b> film"]}
    assert imports_of_hf_seq(space["app.py"]) == []
    assert {line.partition("==")[0] for line in space["requirements.txt"].decode().split()} >= {"torch", "transformers"}


@pytest.mark.slow
def test_its_card_is_valid(space):
    card = space["README.md"].decode()
    assert complaints_about(card, "space") == []
    data = yaml.safe_load(card.split("---")[1])
    assert (data["sdk"], data["app_file"], data["models"]) == ("gradio", "app.py", ["ada/shown"])


@pytest.mark.slow
def test_its_page_answers_where_hf_seq_is_not_installed(hub, space, tmp_path):
    for name, data in space.items():
        (tmp_path / name).write_bytes(data)
    scores, pieces, note, imported = client.run(RUN, tmp_path, endpoint=hub.url, home=tmp_path / "home", hf_seq=False)
    assert sum(scores.values()) == pytest.approx(1, abs=1e-4)
    assert "".join(pieces) == "the cast is good"
    assert " ms for 4 tokens" in note
    assert not imported
