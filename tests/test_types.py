# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The type checker sees all of our code: a wrong call planted in any of its folders is refused."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("hf_seq", "training", "benchmarks", "model_cards")
PLANTED = {
    "hf_seq/train/find_threshold.py": ("hf_seq.train.parsing", "parse_recipe(5, nonsense=3)"),
    "training/train_classifier.py": ("hf_seq.train.running", "train('not a recipe', 7)"),
    "benchmarks/speed.py": ("benchmarks.pairs", "time_pairs(1, 2)"),
    "model_cards/make.py": ("training.train_classifier", "main(argv=3)"),
}
"""Files, and a wrong call to plant there: of a function of ours, which mypy only knows if it follows the import."""


def settings() -> dict:
    """The settings of mypy."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]


def plant(path: str, folder: Path) -> tuple[Path, int]:
    """A copy of a file with a wrong call at its end, and the line of that call."""
    module, call = PLANTED[path]
    name = call.split("(")[0]
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    lines += ["", "", "def planted() -> None:", f"    from {module} import {name} as wrong", ""]
    lines.append(f"    {call.replace(name, 'wrong', 1)}")
    copy = folder / Path(path).name
    copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy, len(lines)


def test_a_wrong_call_in_any_folder_is_refused(tmp_path):
    cache = tmp_path / "cache"
    if (ROOT / ".mypy_cache").is_dir():  # `make lint` has filled it
        shutil.copytree(ROOT / ".mypy_cache", cache)
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), "--no-error-summary", "--hide-error-context"]
    expected = set()
    for path in PLANTED:
        copy, line = plant(path, tmp_path)
        command += ["--shadow-file", str(ROOT / path), str(copy)]
        expected.add((path, line))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = re.findall(r"^(\S+?):(\d+): error: ", done.stdout, re.MULTILINE)
    assert {(path, int(line)) for path, line in errors} == expected, done.stdout + done.stderr


def test_all_folders_of_code_are_checked():
    assert set(settings()["files"]) == set(FOLDERS)


def test_only_packages_of_others_may_be_untyped():
    assert "ignore_missing_imports" not in settings()
    assert settings().get("follow_imports", "normal") == "normal"
    names = [name for override in settings()["overrides"] for name in override["module"]]
    assert not [name for name in names if name.split(".")[0] in {*FOLDERS, "tests", "*"}]
