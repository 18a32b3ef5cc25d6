# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What differs between tasks: recipe, data, encoding, scores. One folder a task; `register` enters one from outside."""

from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.base import Data, Distillation, Encoding, Parts, Task, Training
from hf_seq.tasks.recipe import Recipe, TextRecipe, WordRecipe, configures, setting
from hf_seq.tasks.registry import register, task_named, task_names
from hf_seq.tasks.scored import Scoring

__all__ = [
    "Architecture",
    "Data",
    "Distillation",
    "Encoding",
    "ModelChoice",
    "Parts",
    "Recipe",
    "Scoring",
    "Task",
    "TextRecipe",
    "Training",
    "WordRecipe",
    "configures",
    "register",
    "setting",
    "task_named",
    "task_names",
]
