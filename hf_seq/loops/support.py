# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a training flag needs beside itself: a package, or a machine with accelerators; looked up before any work."""

from collections.abc import Iterable
from importlib.util import find_spec

import torch
from transformers import TrainingArguments
from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK, get_available_reporting_integrations

from hf_seq.errors import InputError

OPTIMIZERS = {
    "galore": ("galore_torch", "galore-torch"),
    "apollo": ("apollo_torch", "apollo-torch"),
    "lomo": ("lomo_optim", "lomo-optim"),
    "grokadamw": ("grokadamw", "grokadamw"),
    "schedule_free": ("schedulefree", "schedulefree"),
    "stable_adamw": ("optimi", "torch-optimi"),
    "apex": ("apex", "apex"),
    "anyprecision": ("torchdistx", "torchdistx"),
    "npu": ("torch_npu", "torch-npu"),
    "adamw_torch_4bit": ("torchao", "torchao"),
    "adamw_torch_8bit": ("torchao", "torchao"),
    "8bit": ("bitsandbytes", "bitsandbytes"),
    "paged": ("bitsandbytes", "bitsandbytes"),
    "bnb": ("bitsandbytes", "bitsandbytes"),
}
"""Part of an optimizer's name, the module it needs, and the package that brings it; the first that fits counts."""
BY_LAYERS = ("galore", "apollo")
"""Optimizers that are made for some layers of a model, which `optim_target_modules` names."""


def check_support(arguments: TrainingArguments) -> None:
    """Refuse flags whose package is not installed or whose machine this is not.

    Raises:
        InputError: one of them was given.
    """
    _check_reports(arguments.report_to)
    _check_optimizer(str(getattr(arguments.optim, "value", arguments.optim)), arguments.optim_target_modules)
    if arguments.use_liger_kernel:
        _need("--use_liger_kernel", "liger_kernel", "liger-kernel")
    if arguments.fsdp and not torch.accelerator.is_available():
        raise InputError(f"--fsdp {arguments.fsdp} splits a model over accelerators, and this machine has none.")


def check_deepspeed(path: object) -> None:
    """Refuse `--deepspeed` where it is not installed; the library asks for it while its flags are read.

    Raises:
        InputError: it was given, and is not installed.
    """
    if path:
        _need(f"--deepspeed {path}", "deepspeed", "deepspeed")


def _check_reports(names: str | Iterable[str] | None) -> None:
    installed = get_available_reporting_integrations()
    for name in [names] if isinstance(names, str) else names or ():
        if name in ("none", "all", *installed):
            continue
        if name not in INTEGRATION_TO_CALLBACK:
            raise InputError(f"--report_to {name} is none of none, all, {', '.join(sorted(INTEGRATION_TO_CALLBACK))}.")
        raise InputError(f"--report_to {name} needs the package of {name}, which is not installed; install it first.")


def _check_optimizer(name: str, targets: object) -> None:
    for part, (module, package) in OPTIMIZERS.items():
        if part in name:
            _need(f"--optim {name}", module, package)
            break
    if targets is None and any(part in name for part in BY_LAYERS):
        raise InputError(f"--optim {name} needs --optim_target_modules, the layers it is for, such as all-linear.")


def _need(flag: str, module: str, package: str) -> None:
    if find_spec(module) is None:
        raise InputError(f"{flag} needs a package that is not installed: `pip install {package}`.")
