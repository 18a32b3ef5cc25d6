"""The sizes that keep the house readable: modules that fit a sitting, functions that fit a screen."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for part in ("hf_seq", "training") for path in (ROOT / part).rglob("*.py"))
MEDIAN, LONGEST = 130, 400  # lines of a module
SCREEN, ON_ONE_SCREEN = 30, 0.95  # lines of a function without its docstring, and the share that has fewer


def test_modules_are_short():
    lines = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert statistics.median(lines.values()) <= MEDIAN
    assert {path: count for path, count in lines.items() if count > LONGEST} == {}


def test_functions_fit_a_screen():
    lengths = [length for path in FILES for length in function_lengths(path.read_text(encoding="utf-8"))]
    assert sum(length < SCREEN for length in lengths) / len(lengths) >= ON_ONE_SCREEN


@pytest.mark.parametrize(
    ("source", "lengths"),
    [
        ("def one():\n    return 1\n", [2]),
        ('def told():\n    """Say it.\n\n    At length.\n    """\n    return 1\n', [2]),
        ("class A:\n    def inner(self):\n        x = 1\n        return x\n", [3]),
    ],
)
def test_docstrings_do_not_count(source, lengths):
    assert list(function_lengths(source)) == lengths


def function_lengths(source: str) -> Iterator[int]:
    """Count the lines of every function, without its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            told = 0 if docstring is None else docstring.count("\n") + 1
            yield (node.end_lineno or node.lineno) - node.lineno + 1 - told
