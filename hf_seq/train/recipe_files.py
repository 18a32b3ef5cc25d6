# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recipes as files: YAML that is read and checked, and what a run writes of the recipe it followed."""

import dataclasses
import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hf_seq.errors import InputError
from hf_seq.files.reading import read_yaml
from hf_seq.files.writing import write_text
from hf_seq.flags.reading import describe_unknown
from hf_seq.loops.options import TrainingOptions
from hf_seq.tasks.recipe import NOT_SAVED, RECIPES, Recipe
from hf_seq.tasks.registry import recipe_class

RECIPE_NAME = "recipe.yaml"
MACHINE_ONLY = frozenset(
    {"output_dir", "disable_tqdm", "use_cpu", "local_rank", "resume_from_checkpoint", "push_to_hub"}
    | {f"hub_{name}" for name in ("token", "model_id", "strategy", "private_repo", "always_push", "revision")}
)
"""Flags that belong to this machine or its user, or are secret: not part of what was done."""

ALWAYS_SAVED = frozenset(
    {
        "per_device_train_batch_size",
        "gradient_accumulation_steps",
        "num_train_epochs",
        "learning_rate",
        "lr_scheduler_type",
    }
    | {"warmup_steps", "weight_decay", "max_grad_norm", "optim", "bf16", "seed", "train_sampling_strategy"}
)
"""Training flags that a reader of a recipe wants to see, changed or not."""

DERIVED = frozenset(
    {
        "do_eval",
        "report_to",
        "accelerator_config",
        "activation_checkpointing",
        "gradient_checkpointing",
        "fsdp",
        "debug",
    }
    | {"include_num_input_tokens_seen"}
)
"""Flags that `TrainingArguments` or the data fill in."""

DISTILLED = frozenset({"teacher", "student_tokenizer", "student_embeddings", "augmented_rows"})
"""Keys that only the recipe of a student has; one of them is enough to tell."""


def read_recipe(path: str | Path) -> dict[str, Any]:
    """Read a YAML recipe: a file, or the name of one of ours (`sst2-bilstm`).

    Raises:
        InputError: no such file, not YAML, not a mapping, or a key that no recipe has.
    """
    file = Path(path)
    if not file.is_file():
        ours = RECIPES / f"{file.name.removesuffix('.yaml')}.yaml"
        if not ours.is_file() or file.parent != Path():
            names = ", ".join(sorted(each.stem for each in RECIPES.glob("*.yaml")))
            raise InputError(f"There is no recipe {path}; give a YAML file, or one of ours: {names}.")
        file = ours
    values = read_yaml(file)
    if not isinstance(values, dict):
        raise InputError(f"{file} holds {type(values).__name__}, not a mapping; write lines like `hidden_size: 256`.")
    recipe_type = recipe_class(str(values.get("task", "classification")), DISTILLED & values.keys() != set())
    known = known_names(recipe_type)
    for key in values:
        if str(key).replace("-", "_") not in known:
            raise InputError(f"{file}: {describe_unknown(str(key), known)}")
    return {str(key).replace("-", "_"): value for key, value in values.items()}


def recipe_values(recipe: Recipe, arguments: TrainingOptions) -> dict[str, Any]:
    """Return the resolved recipe as plain values: fields that are set, training flags that matter or were changed.

    Folders, secrets and what belongs to this machine are left out.
    """
    values = {
        each.name: getattr(recipe, each.name)
        for each in dataclasses.fields(recipe)
        if each.name not in NOT_SAVED and getattr(recipe, each.name) is not None
    }
    for each in dataclasses.fields(arguments):
        value = _plain(getattr(arguments, each.name))
        if each.name == "label_smoothing_factor" and arguments.may_smooth:
            continue  # left to the task, as it was
        changed = each.name in ALWAYS_SAVED or (value != _plain(each.default) and each.name not in DERIVED)
        if changed and each.name not in MACHINE_ONLY and value not in (None, [], {}):
            values[each.name] = value
    return values


def write_recipe(path: Path, values: Mapping[str, Any], command: str) -> None:
    """Write a recipe that opens with the command that runs it."""
    text = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=1000)
    write_text(
        path, f"# Resolved by: {command}\n# Again:       hf-seq train --recipe {path} --output_dir NEW\n\n{text}"
    )


def known_names(recipe_type: type[Recipe]) -> list[str]:
    """List every key that a recipe of this kind may have."""
    return [each.name for each in (*dataclasses.fields(recipe_type), *dataclasses.fields(TrainingOptions)) if each.init]


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value
