# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What pages take from the code: every public name, every command with its flags, every message of an error."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GROUPS = (
    ("Verbs", ("api.",)),
    ("Predictors", ("predictors.",)),
    ("Models", ("models.modeling",)),
    ("Configurations and processors", ("models.configuration", "models.feature")),
    ("Data and text", ("data", "text")),
    ("Results", ("reports.",)),
)
ERRORS = ("InputError", "PretrainedUnavailable", "Divergence", "NoTeacher")
LABELS = {
    "api": "Python",
    "baselines": "Baselines",
    "commands": "Commands",
    "compare": "Comparing",
    "data": "Data",
    "distill": "Distilling",
    "exporting": "Exporting",
    "files": "Files and folders",
    "flags": "Flags",
    "hub": "The Hub",
    "loops": "Training loops",
    "models": "Models",
    "predictors": "Predicting",
    "reports": "Records and reports",
    "runtime": "Exported models",
    "tasks": "Tasks and recipes",
    "text": "Tokenizers and vectors",
    "train": "Training",
}


def reference() -> str:
    """List every public name for mkdocstrings, in groups."""
    from hf_seq.lazy_names import homes_of_names

    left, shown = dict(homes_of_names("hf_seq")), examples()
    lines = []
    for title, starts in GROUPS:
        names = {name: home for name, home in left.items() if home.removeprefix("hf_seq.").startswith(starts)}
        lines += [f"## {title}", "", *(entry(name, home, shown) for name, home in names.items())]
        left = {name: home for name, home in left.items() if name not in names}
    modules = {name: home for name, home in left.items() if home == "hf_seq"}
    others = {name: home for name, home in left.items() if name not in modules}
    lines += ["## Others", "", *(entry(name, home, shown) for name, home in others.items())]
    for name in modules:
        lines += [f"::: hf_seq.{name}\n", shown.get(name, "")]
    return "\n".join(lines)


def entry(name: str, home: str, shown: dict[str, str]) -> str:
    """Name an object for mkdocstrings, and its example where there is one."""
    return f"::: {real_home(name, home)}.{name}\n\n{shown.get(name, '')}\n"


def examples() -> dict[str, str]:
    """Read the examples by the names they show."""
    text = (Path(__file__).parent / "examples.py").read_text(encoding="utf-8")
    parts = re.split(r"^# %% (\w+)$", text, flags=re.MULTILINE)
    return {name: f"```python\n{code.strip()}\n```" for name, code in zip(parts[1::2], parts[2::2], strict=True)}


def real_home(name: str, home: str) -> str:
    """Find the module that defines a name which a package hands on."""
    import importlib

    return getattr(getattr(importlib.import_module(home), name), "__module__", home)


def commands() -> str:
    """Write every verb with its flags, as its help has them."""
    from hf_seq.commands.application import command_of
    from hf_seq.commands.verbs import VERBS

    lines = []
    for verb, entry in VERBS.items():
        command: Any = command_of([verb, *(["--help"] if entry.lister else [])]).commands[verb]
        about, _, examples = (command.help or "").partition("Examples:")
        lines += [f"## hf-seq {verb}", "", " ".join(about.split()), ""]
        if examples.strip():
            lines += ["```bash", *(" ".join(each.split()) for each in examples.strip().split("\n\n")), "```", ""]
        rows = [parameter_row(each) for each in command.params if not getattr(each, "hidden", False)]
        lines += ["| | default | |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def parameter_row(parameter: Any) -> str:
    """Write a flag or an argument as a row of a table."""
    names = (
        ", ".join(f"`{each}`" for each in parameter.opts)
        if parameter.param_type_name == "option"
        else f"`{parameter.name}`"
    )
    default = parameter.default
    plain = (
        ""
        if default in (None, False, "", ()) or callable(default) or not isinstance(default, str | int | float | bool)
        else f"`{default}`"
    )
    text = re.sub(r"\s+", " ", getattr(parameter, "help", None) or "")
    return f"| {names} | {plain} | {escape(text)} |"


def messages() -> str:
    """Write every message of an error, under the part that says it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "hf_seq").rglob("*.py")):
        part = path.relative_to(ROOT / "hf_seq").parts[0].removesuffix(".py")
        for message in messages_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(part, []).append(message)
    lines = []
    for part, said in sorted(found.items()):
        lines += [f"### {LABELS.get(part, part)}", "", *(f"- {escape(each)}" for each in sorted(set(said))), ""]
    return "\n".join(lines)


def messages_of(tree: ast.AST) -> Iterator[str]:
    """Yield the messages that are raised, what varies written as ..."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
            text = "".join(template(node.args[0])).strip()
            if len(text) > 20 and " " in text:
                yield " ".join(text.split())


def template(node: ast.expr) -> Iterator[str]:
    """Yield the fixed parts of a message."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield str(part.value) if isinstance(part, ast.Constant) else "…"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from template(node.left)
        yield from template(node.right)
    else:
        yield "…"


def escape(text: str) -> str:
    """Write text so that Markdown takes none of it for markup."""
    return re.sub(r"([\\`*_\[\]|<>#~])", r"\\\1", text)
