# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What was exported goes to the Hub beside its weights, or as a static Space; nothing of another model goes along."""

import json
import shutil
from dataclasses import dataclass

import pytest

pytest.importorskip("onnxruntime")

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.exporting import certificate as certificates
from hf_seq.hub.card import CardOptions
from hf_seq.hub.staging import stage
from hf_seq.hub.upload import push_space
from hf_seq.runtime.runtime import load

from . import tiny
from .card_rules import complaints_about


@dataclass
class Made:
    run: object
    export: object


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished run of a tiny model, and its export with a page whose libraries are empty files."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "run").mkdir()
    tiny.save("bilstm", folder / "run")
    bare = shutil.copytree(folder / "run", folder / "bare")
    (bare / "record.json").unlink()  # it names data that are nowhere
    from hf_seq.exporting.pages import VENDORED

    for name in VENDORED:
        (folder / "libraries" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "libraries" / name).touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificates, "CALLS", 2)
        patch.setattr(certificates, "TEXTS", 4)
        settings = {"to": "page", "node_modules": folder / "libraries", "quantize": "int8"}
        return Made(folder / "run", hf_seq.export(bare, folder / "export", **settings).folder)


def test_graphs_and_runtime_go_beside_the_weights(made, tmp_path):
    target = tmp_path / "staged"
    target.mkdir()
    stage(made.run, target, "ada/reviews", options=CardOptions(onnx=made.export))
    names = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    sent = {"onnx/model.onnx", "onnx/model_quantized.onnx", "runtime.py", "runtime.json", "certificate.json"}
    assert sent | {"model.safetensors", "tokenizer.json"} <= names
    assert not {"index.html", "server.py", "Dockerfile"} & names
    card = (target / "README.md").read_text()
    assert "## Without torch" in card
    assert "held against torch at 200 shapes and masks" in card
    assert "- onnx" in card
    assert complaints_about(card, "model") == []
    found, expected = load(target)("a fine film"), load(made.export)("a fine film")
    assert found == expected
    assert hf_seq.load(target)("a fine film")["label"] == expected["label"]


def test_an_export_of_other_weights_is_refused(made, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    tiny.save("encoder", other)
    (tmp_path / "staged").mkdir()
    with pytest.raises(InputError, match="was made of other weights than those in"):
        stage(other, tmp_path / "staged", "ada/reviews", options=CardOptions(onnx=made.export))
    with pytest.raises(InputError, match="holds nothing that was exported"):
        stage(made.run, tmp_path / "staged", "ada/reviews", options=CardOptions(onnx=tmp_path))


def test_a_page_goes_as_a_static_space(made, capsys):
    assert main(["push", str(made.export), "ada/reviews-page", "--space", "--static", "--dry-run"]) == 0
    said = capsys.readouterr().out
    for name in ("index.html", "model.js", "vendor/tokenizers.min.mjs", "onnx/model.onnx", "README.md"):
        assert name in said
    assert "Dockerfile" not in said


def test_what_the_space_says_of_itself(made, tmp_path, monkeypatch):
    from hf_seq.hub import upload as uploads

    kept = {}

    def keep(folder, repo_id, kind, **settings):
        kept.update(settings, kind=kind, readme=(folder / "README.md").read_text())
        kept["certificate"] = json.loads((folder / "certificate.json").read_text())

    monkeypatch.setattr(uploads, "upload", keep)
    push_space("ada/reviews-page", made.export, static=True)
    assert (kept["kind"], kept["sdk"]) == ("space", "static")
    assert "sdk: static" in kept["readme"]
    assert kept["certificate"]["comparison"]["shapes"] == 200


def test_flags_that_do_not_go_together_are_refused(made, tmp_path, capsys):
    assert main(["push", str(made.run), "ada/reviews", "--static", "--dry-run"]) == 2
    assert "--static is for a Space; add --space" in capsys.readouterr().err
    assert main(["push", str(made.run), "ada/page", "--space", "--static", "--dry-run"]) == 2
    assert "holds nothing that was exported" in capsys.readouterr().err
    assert main(["push", "ada/model", "ada/page", "--space", "--onnx", str(tmp_path), "--dry-run"]) == 2
    assert "--onnx is for models; leave it out with --space" in capsys.readouterr().err
