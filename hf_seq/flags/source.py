# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The flags of a dataclass that takes seconds to import, read from its source: enough for help and completion."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hf_seq.flags.flag import Flag


@cache
def training_argument_flags() -> tuple[Flag, ...]:
    """Read the flags of `transformers.TrainingArguments`: name, switch or not, first line of help."""
    package = find_spec("transformers")
    if package is None or package.origin is None:
        return ()
    source = Path(package.origin).with_name("training_args.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == "TrainingArguments":
            return tuple(_flag_of(each) for each in node.body if _is_field(each))
    return ()


def _is_field(node: ast.stmt) -> bool:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        return False
    init = _keywords(node.value).get("init")
    return not isinstance(init, ast.Constant) or init.value is not False


def _flag_of(node: Any) -> Flag:
    kind = bool if "bool" in ast.unparse(node.annotation).split(" | ") else str
    metadata = _keywords(node.value).get("metadata")
    entries = zip(metadata.keys, metadata.values, strict=True) if isinstance(metadata, ast.Dict) else ()
    helps = [
        value.value for key, value in entries if getattr(key, "value", "") == "help" and isinstance(value, ast.Constant)
    ]
    first = str(helps[0]).split(". ")[0].rstrip(".") + "." if helps else ""
    return Flag(node.target.id, kind, help=first)


def _keywords(call: ast.expr | None) -> dict[str | None, ast.expr]:
    return {each.arg: each.value for each in call.keywords} if isinstance(call, ast.Call) else {}
