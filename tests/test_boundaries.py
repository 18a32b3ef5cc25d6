# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Imports point one way, files that ship to the Hub stay shippable, and importing hf_seq stays quick."""

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the bottom up; a file imports from its own part and from those before it, functions and type checking included.
ORDER = [
    "errors",
    "runtime",
    "lazy_names",
    "progress",
    "teach",
    "workers",
    "files",
    "flags",
    "models",
    "text",
    "metrics",
    "data",
    "baselines",
    "predictors",
    "reports",
    "tracing",
    "hub",
    "registration",
    "loops",
    "tasks",
    "train",
    "bulk",
    "distill",
    "exporting",
    "search",
    "compare",
    "api",
    "demo",
    "commands",
    "cli",
    "__main__",
    "hf_seq",  # the front: what `import hf_seq` runs
    "training",
]
RANK = {part: rank for rank, part in enumerate(ORDER)}

MODEL_FILES = sorted(path for path in (ROOT / "hf_seq/models").glob("*.py") if path.name != "__init__.py")
ASKED_FOR = {"audio": {"scipy", "soundfile"}}
"""What a file that ships imports inside `try`, and asks for in words where a clip needs it."""
SOURCES = sorted([*(ROOT / "hf_seq").rglob("*.py"), *(ROOT / "training").rglob("*.py")])


def module_of(path: Path) -> str:
    """Name the module of a file: `hf_seq.data.columns`, or of an `__init__.py` that of its folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in SOURCES}


def part_of(module: str) -> str:
    """Name the part that a module belongs to: `data`, `cli`, ...; `hf_seq` for the front, `training` for scripts."""
    return module.split(".")[1] if module.startswith("hf_seq.") else module.split(".", maxsplit=1)[0]


def imports_of(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    """List every import anywhere in a file, functions included, as (level, module, names)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))
    return found


def modules_imported_by(path: Path) -> set[str]:
    """Name our modules that a file imports; of `from hf_seq.data import columns` that is `hf_seq.data.columns`."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for level, module, names in imports_of(path):
        base = ".".join([*(package[: len(package) - level + 1] if level else []), *filter(None, [module])])
        found |= {f"{base}.{name}" if f"{base}.{name}" in MODULES else base for name in names or ("",)}
    return (found & MODULES.keys()) - {module_of(path)}


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Find every largest set of nodes that all reach each other (Tarjan 1972)."""
    found: list[list[str]] = []
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for following in sorted(edges[node]):
            if following not in order:
                visit(following)
                lowest[node] = min(lowest[node], lowest[following])
            elif following in stack:
                lowest[node] = min(lowest[node], order[following])
        if lowest[node] == order[node]:
            position = stack.index(node)
            if len(stack) - position > 1:
                found.append(sorted(stack[position:]))
            del stack[position:]

    for node in edges:
        if node not in order:
            visit(node)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    part = part_of(module_of(path))
    assert part in RANK, f"{path.name}: give `{part}` its place in the order of tests/test_boundaries.py"
    for imported in map(part_of, modules_imported_by(path)):
        assert RANK[imported] <= RANK[part], f"{path.name} ({part}) imports {imported}, which stands above it"


def test_no_circle_of_files():
    assert circles({module: modules_imported_by(path) for module, path in MODULES.items()}) == []


def test_a_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a", "c"}}) == [["b", "c"]]


def test_the_order_names_every_part_once():
    assert sorted(ORDER) == sorted({part_of(module) for module in MODULES})


def test_the_house_of_the_architecture_page_is_this_order_from_the_top():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    house = page.split("```text\n")[1].split("```")[0].replace(" training/ ", " training ")
    words = [re.findall(r"(?:^ |   )(\w+)(?=  )", line) for line in house.splitlines()]
    lines = [[word for word in line if word in RANK] for line in words]
    assert sorted(name for names in lines for name in names) == sorted({*ORDER} - {"__main__", "hf_seq"})
    ranks = [sorted(RANK[name] for name in names) for names in lines if names]
    assert all(above[0] > below[-1] for above, below in pairwise(ranks))


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
    assert roots <= allowed | ASKED_FOR.get(path.stem, set())


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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
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
