# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Notebooks as scripts in percent format (`# %%`): read, run cell by cell, written as a page with what they printed.

Jupyter opens such a script by jupytext; Python runs it as it is.
"""

import ast
import contextlib
import io
import re
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Cell:
    """A cell: its text, and what running it gave."""

    kind: str
    source: str
    printed: str = ""
    shown: str = ""


@dataclass
class Notebook:
    """A script in percent format."""

    path: Path
    cells: list[Cell] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first heading."""
        return next(line[2:] for cell in self.cells for line in cell.source.splitlines() if line.startswith("# "))


def read_notebook(path: Path) -> Notebook:
    """Cut a script into its cells."""
    parts = re.split(r"^# %%(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    cells = []
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        if "[markdown]" in head:
            cells.append(
                Cell(
                    "markdown", "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.split("\n")).strip()
                )
            )
        else:
            cells.append(Cell("code", body.strip()))
    return Notebook(path, cells)


def run_notebook(path: Path) -> Notebook:
    """Run every cell in one namespace, in a folder of its own; an error ends it, as in Jupyter.

    Raises:
        RuntimeError: a cell failed; the message names it.
    """
    notebook = read_notebook(path)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        _run_cells(notebook)
    return notebook


def _run_cells(notebook: Notebook) -> None:
    scope: dict[str, Any] = {"__name__": "__notebook__"}
    path = notebook.path
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.kind == "code":
            try:
                cell.printed, cell.shown = run_cell(cell.source, scope, f"{path.name}[{number}]")
            except Exception as error:
                raise RuntimeError(
                    f"{path.name}, cell {number}: {type(error).__name__}: {error}\n{cell.source}"
                ) from error


def run_cell(source: str, scope: dict[str, Any], name: str) -> tuple[str, str]:
    """Run a cell and give what it printed and, of its last expression, HTML or text."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, shown = io.StringIO(), ""
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(tree, name, "exec"), scope)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), scope)
            shown = in_page(value)
    return printed.getvalue().rstrip(), shown


def in_page(value: Any) -> str:
    """Write a value as Jupyter would show it."""
    if value is None:
        return ""
    if hasattr(value, "_repr_html_"):
        return re.sub(r"\n\s*\n", "\n", value._repr_html_())
    return f"```text\n{value!r}\n```"


def to_markdown(notebook: Notebook) -> str:
    """Write a notebook that was run as a page."""
    parts = []
    for cell in notebook.cells:
        if cell.kind == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        if cell.printed:
            parts.append(f"```text\n{cell.printed}\n```")
        if cell.shown:
            parts.append(cell.shown)
    return "\n\n".join(parts) + "\n"
