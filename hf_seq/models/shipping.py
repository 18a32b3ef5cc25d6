# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The code that is saved beside a model: that of its classes, and that of the parts which only some models have.

transformers copies the file of a class and what that file imports by `from .name import ...`. Letters of words, states
that are handed over and cells of your own are imported by name instead, so that a model without them does not carry
their code. A model that has one is saved with one file more, `modeling_*_entry.py`, which imports all of it.
"""

import importlib
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

from transformers import PreTrainedConfig, PreTrainedModel
from transformers.dynamic_module_utils import get_relative_import_files

ENTRY = '''# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Imports the model and the parts of it that are imported by name only: {parts}. Written when it was saved."""
{imports}

{registered}__all__ = {names}
'''


def sibling(name: str) -> ModuleType:
    """Import a file that lies beside this one.

    Raises:
        ValueError: the model was saved without it.
    """
    try:
        return importlib.import_module(f".{name}", __package__)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"the code of this model was saved without {name}.py, since the model did not need it; pip install hf_seq "
            "and load the model without trust_remote_code."
        ) from error


def ship_parts(model: PreTrainedModel, folder: Path) -> None:
    """Save the code of parts that the saved code does not import, and an entry that does; change `auto_map` to it.

    Args:
        model: has been saved to the folder, with its code.
        folder: where.

    Raises:
        ValueError: the file of a part cannot travel.
    """
    own = str(sys.modules[type(model).__module__].__file__)
    imported = {Path(each).stem for each in (own, *get_relative_import_files(own))}
    parts = {type(part) for part in model.modules() if getattr(part, "travels", False)}
    parts = {part for part in parts if _is_foreign(part) or _stem(part) not in imported}
    if not parts:
        return
    for part in parts:
        _copy(part, folder)
    entry, base = f"modeling_{model.config.model_type}_entry", type(model.base_model)
    (folder / f"{entry}.py").write_text(_entry(parts, {type(model), base}, model.config), encoding="utf-8")
    names = {str(model._auto_class): type(model).__name__, "AutoModel": base.__name__}
    model.config.auto_map = (model.config.auto_map or {}) | {auto: f"{entry}.{name}" for auto, name in names.items()}
    model.config.save_pretrained(folder)


def _entry(parts: set[type], classes: set[type], config: PreTrainedConfig) -> str:
    """Write a file that imports parts and classes, and registers cells."""
    cells = [part for part in parts if hasattr(part, "state_tensors")]
    imports = [f"from .{_stem(each)} import {each.__name__}" for each in parts | classes]
    if cells:
        imports.append("from .recurrence import register_cell")
    return ENTRY.format(
        parts=", ".join(sorted(part.__name__ for part in parts)),
        imports="\n".join(sorted(imports)),
        registered="".join(f"register_cell({config.cell_type!r}, {cell.__name__})\n\n" for cell in cells),
        names=sorted(each.__name__ for each in classes),
    )


def _stem(kind: type) -> str:
    return kind.__module__.rpartition(".")[-1]


def _is_foreign(kind: type) -> bool:
    """Tell whether a part was defined outside of hf_seq, and was not loaded as the code of a model either."""
    return kind.__module__.rpartition(".")[0] != __package__


def _copy(kind: type, folder: Path) -> None:
    """Copy the file that defines a part, and what it imports; imports of hf_seq.models become those of siblings."""
    path = getattr(sys.modules[kind.__module__], "__file__", None)
    if kind.__module__ == "__main__" or path is None:
        raise ValueError(
            f"{kind.__name__} is defined in a script or notebook, so its code cannot be saved with the model; put it "
            "in a file of its own and import it."
        )
    if not _is_foreign(kind):
        for each in (path, *get_relative_import_files(path)):
            shutil.copyfile(each, folder / Path(each).name)
        return
    name = f"{_stem(kind)}.py"
    if (Path(__file__).parent / name).is_file():
        raise ValueError(f"{path} has the name of a file of hf_seq ({name}); rename it, so that both can be saved.")
    code = re.sub(r"^(\s*)from hf_seq\.models\.", r"\1from .", Path(path).read_text("utf-8"), flags=re.MULTILINE)
    if foreign := re.search(r"^\s*(?:from|import)\s+hf_seq\b.*", code, flags=re.MULTILINE):
        raise ValueError(
            f"{path} cannot be saved with the model because of the line {foreign[0].strip()!r}; import only "
            "`from hf_seq.models.<file> import <name>`, or from other packages."
        )
    (folder / name).write_text(code, encoding="utf-8")
    for each in get_relative_import_files(folder / name):
        if not Path(each).is_file():
            source = Path(__file__).parent / Path(each).name
            if not source.is_file():
                raise ValueError(f"{path} imports {Path(each).stem!r}, which is not a file of hf_seq.models.")
            shutil.copyfile(source, each)


__all__ = ["ship_parts", "sibling"]
