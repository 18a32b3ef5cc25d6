# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The notebooks run from top to bottom without a network, and the site is built from them."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "docs/notebooks").glob("*.py"))
QUICK = {"museum", "01_sentence_to_tensors", "03_padding"}
"""Those that train nothing; the others are slow."""


def site(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs/site" / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


notebooks = site("notebooks")


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=[] if path.stem in QUICK else pytest.mark.slow) for path in SCRIPTS]
)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = notebooks.run_notebook(path)
    kinds = [cell.kind for cell in done.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("code") >= 3
    assert any(cell.printed or cell.shown for cell in done.cells)


def test_a_cell_that_fails_stops_the_notebook_and_is_named(tmp_path):
    script = tmp_path / "wrong.py"
    script.write_text("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n\n# %%\nassert x == 2\n")
    with pytest.raises(RuntimeError, match=r"wrong.py, cell 3: AssertionError"):
        notebooks.run_notebook(script)


def test_a_page_holds_what_the_cells_printed(tmp_path):
    script = tmp_path / "right.py"
    script.write_text("# %% [markdown]\n# # Title\n#\n# Text.\n\n# %%\nprint(6 * 7)\n'last'\n")
    page = notebooks.to_markdown(notebooks.run_notebook(script))
    assert (
        page == "# Title\n\nText.\n\n```python\nprint(6 * 7)\n'last'\n```\n\n```text\n42\n```\n\n```text\n'last'\n```\n"
    )


def test_every_message_of_an_error_is_on_the_page_of_troubles():
    import ast

    made = site("made_from_code")
    said = list(made.messages_of(ast.parse('raise InputError(f"{name} is in use; choose another " + "folder.")')))
    assert said == ["… is in use; choose another folder."]
    assert made.messages().count("\n- ") > 400


def test_the_list_of_commands_has_every_verb_and_its_flags():
    from hf_seq.commands.verbs import VERBS

    page = site("made_from_code").commands()
    assert re.findall(r"^## hf-seq (\S+)$", page, re.MULTILINE) == list(VERBS)
    assert "| `--num_train_epochs` |" in page
    assert "| `--text_column` |" in page


def test_every_public_name_has_an_example():
    import hf_seq

    shown = site("made_from_code").examples().keys()
    named = [(name, getattr(getattr(hf_seq, name), "__wrapped__", getattr(hf_seq, name))) for name in hf_seq.__all__]
    assert [name for name, each in named if "Example" not in (each.__doc__ or "") and name not in shown] == []


@pytest.mark.slow
def test_the_examples_of_the_reference_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile((ROOT / "docs/site/examples.py").read_text(encoding="utf-8"), "examples.py", "exec"), {})


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_needs_no_network(tmp_path):
    pytest.importorskip("mkdocs", reason="`pip install '.[docs]'` brings it")
    pytest.importorskip("mkdocstrings", reason="`pip install '.[docs]'` brings it")
    environment = {**os.environ, "HF_SEQ_DOCS_RUN": "0", "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = {
        path.relative_to(tmp_path / "site").as_posix(): path.read_text() for path in (tmp_path / "site").rglob("*.html")
    }
    assert {"index.html", "reference.html", "commands.html", "notebooks/museum.html"} <= pages.keys()
    fetched = {name: re.findall(r'(?:src|<link[^>]*href)="(https?://[^"]+)"', page) for name, page in pages.items()}
    assert {name: urls for name, urls in fetched.items() if urls} == {}
    for name in __import__("hf_seq").__all__:
        assert f"{name}" in pages["reference.html"]
