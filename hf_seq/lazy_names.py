# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Public names of a package, imported when first used, from the one list that editors and type checkers read, too.

A package writes its list as imports under `if TYPE_CHECKING:` and hands its own globals over:

    if TYPE_CHECKING:
        from hf_seq.data.classification.loading import load_splits as load_splits
    if not TYPE_CHECKING:  # a type checker that saw it would believe that every name exists
        __getattr__, __dir__ = public_names(globals())
"""

import sys
import types
from collections.abc import Callable
from functools import cache
from typing import Any


def public_names(package: dict[str, Any]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make a package's `__getattr__` and `__dir__`.

    Args:
        package: its globals.
    """

    def import_name(name: str) -> Any:
        if name == "__all__":
            return sorted(homes_of_names(package["__name__"]))
        if name.startswith("_") or name not in homes_of_names(package["__name__"]):
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        from importlib import import_module

        home = homes_of_names(package["__name__"])[name]
        if home == package["__name__"]:
            return import_module(f"{home}.{name}")  # a module of the package
        found = getattr(import_module(home), name)
        return package.get(name, found)  # a package that can be called, see `callable_package`

    def list_names() -> list[str]:
        return sorted([*homes_of_names(package["__name__"]), *(name for name in package if name.startswith("__"))])

    return import_name, list_names


@cache
def homes_of_names(package: str) -> dict[str, str]:
    """Read the list of a package that is being imported, or was: the module of every public name."""
    import ast

    spec: Any = sys.modules[package].__spec__
    source = spec.loader.get_source(package)
    listed = next(node for node in ast.parse(source).body if isinstance(node, ast.If))
    imports = [node for node in listed.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def callable_package(name: str, module: str, function: str) -> None:
    """Let a package be called as a function of its name that stands elsewhere: `hf_seq.train(...)`.

    Python binds a package to its name in the parent as soon as anything in it is imported, so a function of that name
    would be hidden. The package itself answers instead: it is still what `import hf_seq.train.running` goes through.

    Args:
        name: of the package.
        module: where the function stands; imported when it is first called.
        function: its name there.
    """

    def stand_in() -> Any:
        from importlib import import_module

        return getattr(import_module(module), function)

    class CallablePackage(types.ModuleType):
        @property
        def __signature__(self) -> Any:
            from inspect import signature

            return signature(stand_in())

        @property
        def __wrapped__(self) -> Any:
            return stand_in()

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return stand_in()(*args, **kwargs)

    sys.modules[name].__class__ = CallablePackage
