# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Imports transformers' modeling for a process that answers and then ends, in half the time.

Of what transformers.modeling_utils imports, most is for training on many machines and for compiling. Here it is told,
while it is imported, what holds of this process: torch was built without `torch.distributed`, accelerate, scipy and
scikit-learn are not installed (states that transformers supports), and nothing will be compiled, so that marks for the
compiler are left off. The names that its files export come from a list of an earlier process (`listing`). Where the
model is of a class of ours, torch's shapes without numbers, as far as they are in Python, are left out. Nothing that
imports make is garbage, so none is looked for meanwhile. Only the command line does that: a process of somebody else
may train or compile later.

`nothing_drawn` is for everybody: torch draws initial weights on the device "meta", where there is nothing to fill, by
code that imports the compiler.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from hf_seq.files.pretrained import is_export
from hf_seq.files.reading import object_or_nothing
from hf_seq.predictors.listing import names_kept

SHAPES = "torch._meta_registrations"
SHAPED = ("torch._decomp", "torch._prims", "torch._refs", "torch.utils._content_store")
"""What it imports and imports it, so that it has to come first."""
OURS = frozenset(
    {
        "convolutional",
        "recurrent",
        "recurrent_forecasting",
        "recurrent_seq2seq",
        "recurrent_wide",
        "transformer_encoder",
        "transformer_forecasting",
        "transformer_seq2seq",
    }
)
"""The model types of our classes, which load without torch's shapes in Python; tests/predictors looks at every one."""
COMPILER = "torch._dynamo"
TRACED = f"{COMPILER}._trace_wrapped_higher_order_op"
MARKS = ("allow_in_graph", "assume_constant_result", "disable")
"""Decorators that tell the compiler how to treat a function, and leave it as it is for everybody else."""
ABSENT = ("accelerate", "scipy", "sklearn")


@contextmanager
def nothing_drawn() -> Iterator[None]:
    """Leave out `torch.nn.init` for tensors without storage."""
    from torch.overrides import TorchFunctionMode

    class NothingDrawn(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            given = [*args, *(kwargs or {}).values()]
            if getattr(func, "__module__", "") == "torch.nn.init" and getattr(given[0], "is_meta", False):
                return given[0]
            return func(*args, **(kwargs or {}))

    with NothingDrawn():
        yield


def start_quickly(folder_or_id: str | Path) -> None:
    """Import what answering by a model needs, if it needs torch, and leave transformers' bars out.

    The bars take longer to read than a small model to load.
    """
    if is_export(folder_or_id):
        return
    kind = object_or_nothing(Path(folder_or_id) / "config.json").get("model_type")
    import_transformers(ours=isinstance(kind, str) and kind in OURS)
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()


def import_transformers(*, ours: bool = False) -> None:
    """Import what our models need of transformers; where it has been imported, that is left as it is.

    Args:
        ours: whether the model that will be loaded is of a class of ours.
    """
    if "transformers.modeling_utils" in sys.modules:
        return
    if ours:
        _import_torch()
    # where a version of transformers cannot be told so, it is imported as usual by whoever needs it
    with suppress(ImportError), names_kept(), _keeping_all(), _not_installed(), _alone(), _uncompiled():
        import transformers.generation
        import transformers.modeling_layers
        import transformers.modeling_utils

        transformers.generation.GenerationMixin  # noqa: B018 - it is imported when it is asked for


def _import_torch() -> None:
    """Import torch without the kernels, written in Python, that tell the shape of a result on the device "meta".

    They are a quarter of `import torch`. Those of C++ are there, and suffice to make our models without weights.
    Whoever imports what needs the others gets them first, the compiler for example.
    """
    if "torch" in sys.modules:
        return
    standing_in = sys.modules[SHAPES] = _StandIn(SHAPES, {})
    try:
        with _keeping_all():
            import torch  # noqa: F401
    finally:
        standing_in.leave(SHAPES)
        sys.meta_path.insert(0, _ShapesFirst())


class _ShapesFirst(MetaPathFinder, Loader):
    """Imports the module that was left out before those that cannot be imported without, once."""

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == SHAPES:
            sys.meta_path.remove(self)
        return ModuleSpec(name, self, is_package=True) if name in SHAPED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python: it will not be used."""

    def exec_module(self, module: ModuleType) -> None:
        """Have the other module import the true one."""
        del sys.modules[module.__name__]
        import_module(SHAPES)


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Look for no garbage."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def _alone() -> Iterator[None]:
    """Say that torch has no torch.distributed."""
    import torch.distributed

    available = torch.distributed.is_available
    torch.distributed.is_available = lambda: False
    try:
        from transformers.utils import is_torch_distributed_available

        is_torch_distributed_available()  # it asks once
        yield
    finally:
        torch.distributed.is_available = available


@contextmanager
def _not_installed() -> Iterator[None]:
    """Have packages not be found that nobody has imported or asked transformers for."""
    hidden = [name for name in ABSENT if name not in sys.modules]
    nothing: dict[str, Any] = dict.fromkeys(hidden)  # None says that there is no such package
    sys.modules.update(nothing)
    try:
        import transformers.utils as asked

        for name in [name for name in hidden if getattr(asked, f"is_{name}_available", lambda: True)()]:
            hidden.remove(name)
            del sys.modules[name]
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _uncompiled() -> Iterator[None]:
    """Stand in for the compiler while marks for it are set; whoever asks it for more gets it."""
    if COMPILER in sys.modules:
        yield
        return
    import torch

    standing_in = {COMPILER: _StandIn(COMPILER, _MARKS), TRACED: _StandIn(TRACED, _TRACED)}
    sys.modules |= standing_in
    torch.__dict__["_dynamo"] = standing_in[COMPILER]
    try:
        yield
    finally:
        for name, module in standing_in.items():
            module.leave(name)


class _StandIn(ModuleType):
    """A module of which only some names are there; for any other it gives way to the real one."""

    def __init__(self, name: str, names: dict[str, Any]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        vars(self).update(names)

    def __getattr__(self, wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        for name in (COMPILER, TRACED, SHAPES):
            _StandIn.leave(self, name)
        return getattr(import_module(self.__name__), wanted)

    def leave(self, name: str) -> None:
        """Give way, if that has not been done."""
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]
        package, _, attribute = name.rpartition(".")
        names = vars(sys.modules[package]) if package in sys.modules else {}
        if isinstance(names.get(attribute), _StandIn):
            del names[attribute]


def _unmarked(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Any:
    return _unmarked if function is None else function


def _traced_indexing(*given: Any, **named: Any) -> Any:
    return import_module(TRACED).TransformGetItemToIndex(*given, **named)


_MARKS: dict[str, Any] = dict.fromkeys(MARKS, _unmarked)
_TRACED: dict[str, Any] = {"TransformGetItemToIndex": _traced_indexing}
