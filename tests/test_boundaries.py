# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Imports point one way, files that ship to the Hub stay shippable, and importing hf_seq stays quick."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the bottom up; a part imports from those before it.
ORDER = [
    "models",
    "text",
    "metrics",
    "data",
    "baselines",
    "predictors",
    "reports",
    "tracing",
    "hub",
    "loops",
    "tasks",
    "train",
    "distill",
    "compare",
    "demo",
    "commands",
    "cli",
    "training",
]
RANK = {part: rank for rank, part in enumerate(ORDER)}
FRONT = {"", "registration"}  # what `import hf_seq` runs; it names parts of all layers, lazily
ANYWHERE = {"errors"}  # except in models, which import nothing of ours but siblings
UPWARDS = {  # to be taken away
    ("tasks", "train"),
    ("tasks", "distill"),
    ("train", "distill"),
    ("compare", "cli"),
    ("distill", "cli"),
}

MODEL_FILES = sorted(path for path in (ROOT / "hf_seq/models").glob("*.py") if path.name != "__init__.py")
SOURCES = sorted([*(ROOT / "hf_seq").rglob("*.py"), *(ROOT / "training").rglob("*.py")])


def part_of(path: Path) -> str:
    """Name the part of the package that a file belongs to: `data`, `cli`, ... or `` for `hf_seq/__init__.py`."""
    below = path.relative_to(ROOT).with_suffix("").parts
    part = below[0] if below[0] == "training" else below[1]
    return "" if part == "__init__" else part


def imports_of(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    """List every import anywhere in a file, functions included, as (level, module, names)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))
    return found


def parts_imported_by(path: Path) -> set[str]:
    """Name the parts of hf_seq that a file imports from."""
    package = path.relative_to(ROOT).parent.parts
    parts = set()
    for level, module, names in imports_of(path):
        base = package[: len(package) - level + 1] if level else []
        full = [*base, *filter(None, module.split("."))]
        if full[0] == "training":
            parts.add("training")
        if full[0] != "hf_seq":
            continue
        parts |= {full[1]} if len(full) > 1 else {name for name in names if name in RANK or name in ANYWHERE}
    return parts


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    part = part_of(path)
    if part in FRONT | ANYWHERE:
        return
    assert part in RANK, f"{path.name}: put `{part}` into a layer of tests/test_boundaries.py"
    for imported in parts_imported_by(path) - ANYWHERE - {part}:
        allowed = RANK[imported] < RANK[part] or (part, imported) in UPWARDS
        assert allowed, f"{path.name} ({part}) imports {imported}, which stands above it"


def test_no_two_parts_import_each_other():
    edges = {(part_of(path), imported) for path in SOURCES for imported in parts_imported_by(path)}
    both_ways = {tuple(sorted(pair)) for pair in edges if pair[0] != pair[1] and pair[::-1] in edges}
    assert not both_ways - {tuple(sorted(pair)) for pair in UPWARDS}


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_model_files_import_only_named_siblings(path):
    siblings = {each.stem for each in MODEL_FILES}
    for level, module, _ in imports_of(path):
        assert not module.startswith("hf_seq"), f"{path.name}: import the sibling, users may lack hf_seq"
        assert level == 0 or (level == 1 and module in siblings), f"{path.name}: write `from .sibling import name`"


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_model_files_import_only_what_every_user_of_transformers_has(path):
    allowed = {*sys.stdlib_module_names, "torch", "transformers", "huggingface_hub", "numpy"}
    roots = {module.split(".")[0] for level, module, _ in imports_of(path) if level == 0}
    assert roots <= allowed


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_what_transformers_copies_by_regular_expression_is_what_python_imports(path):
    # transformers finds siblings in the text, docstrings included; a match that is no import crashes saving
    found = set(re.findall(r"^\s*from\s+\.(\S+)\s+import", path.read_text(encoding="utf-8"), re.MULTILINE))
    found |= set(re.findall(r"^\s*import\s+\.(\S+)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert found == {module for level, module, _ in imports_of(path) if level == 1}


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_model_files_keep_annotations_as_objects(path):
    # as strings, `config: OurConfig` cannot be read back by transformers and loading fails
    assert (0, "__future__", ("annotations",)) not in imports_of(path)


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_model_files_open_with_a_copyright_line(path):
    # without it upstream's test of missing weights skips itself in silence
    assert re.match(r"# Copyright \d{4} ", path.read_text(encoding="utf-8"))


def test_model_folder_is_flat():
    folders = [path.name for path in (ROOT / "hf_seq/models").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert not folders, "what ships to the Hub lies side by side"


def run_python(code: str) -> str:
    """Run code in a fresh interpreter and give what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_shared_layer_can_be_the_first_import_of_a_process():
    # transformers' modules, once imported, register our classes, while the layer is half-way through its own import
    layers = [path for path in MODEL_FILES if not path.stem.startswith(("configuration_", "modeling_"))]
    names = [path.stem for path in layers if any(m.startswith("transformers") for _, m, _ in imports_of(path))]
    failed = run_python(
        "import importlib, os, torch\n"
        f"for name in {names}:\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        importlib.import_module('hf_seq.models.' + name)\n"
        "        os._exit(0)\n"
        "    if os.waitpid(child, 0)[1]:\n"
        "        print(name)\n"
        "        os._exit(0)\n"
    )
    assert not failed, f"hf_seq.models.{failed} cannot be the first import of a process"


@pytest.mark.parametrize("module", ["torch", "datasets", "sklearn", "matplotlib", "evaluate", "scipy"])
def test_importing_hf_seq_does_not_import(module):
    assert run_python(f"import sys, hf_seq; print({module!r} in sys.modules)") == "False"
