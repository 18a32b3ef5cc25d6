# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`TrainingArguments` with the defaults that are fast and right for small models on a CPU."""

import sys
from argparse import Namespace
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
from transformers import HfArgumentParser, TrainingArguments, set_seed

from hf_seq.errors import InputError
from hf_seq.loops.support import check_deepspeed, check_support
from hf_seq.reports.record import LOWER_IS_BETTER


def option(default: Any, help: str) -> Any:
    """Declare a field of `TrainingArguments` with another default."""
    return field(default=default, metadata={"help": help})


@dataclass
class TrainingOptions(TrainingArguments):
    """Every flag of `transformers.TrainingArguments`; those below start from another value, for the reason given.

    Raises:
        InputError: flags that contradict each other, or a value out of its range.
    """

    per_device_train_batch_size: int = option(32, "Rows per step and process.")
    per_device_eval_batch_size: int = option(128, "Rows per evaluation step and process.")
    num_train_epochs: float = option(5.0, "Passes over the training rows.")
    learning_rate: float = option(2e-3, "Peak learning rate.")
    max_grad_norm: float = option(1.0, "Clip gradients to this norm.")
    optim: str = option(
        "adamw_torch_fused", "Fused AdamW; on CPUs, for models from scratch, by rows of the embedding (--row_updates)."
    )
    bf16: bool | None = option(None, "Compute in bfloat16; absent: where the processor has units for it.")  # type: ignore[assignment]
    label_smoothing_factor: float = option(
        None, "Share of the probability spread over the other labels; absent: 0.1 for few series, else 0."
    )
    train_sampling_strategy: str = option("group_by_length", "Batches of similar length, in random order.")
    eval_strategy: str = option("epoch", "When to evaluate.")
    save_strategy: str = option("epoch", "When to save a checkpoint.")
    logging_strategy: str = option("epoch", "When to log the loss.")
    load_best_model_at_end: bool = option(True, "Keep the checkpoint with the best validation score.")
    save_total_limit: int | None = option(1, "Checkpoints kept beside the best one.")
    restore_callback_states_from_checkpoint: bool = option(True, "A resumed run remembers its early stopping.")
    logging_nan_inf_filter: bool = option(False, "A loss that is not a number stops the run instead.")
    report_to: str | None = option("none", "Where to report to besides record.json.")
    remove_unused_columns: bool = option(False, "Our rows hold nothing unused.")
    dataloader_pin_memory: bool = option(False, "Pinned memory is for GPUs.")
    ddp_find_unused_parameters: bool | None = option(False, "Our models use every weight in every step.")
    seed: int = option(0, "Seed of weights, order and dropout.")

    def __post_init__(self) -> None:
        self._check_ranges()
        if not torch.accelerator.is_available():
            self.use_cpu = True  # else bf16 is refused on a machine without a GPU
        self.chose_bf16 = False  # whether nobody asked for it
        self.may_smooth = self.label_smoothing_factor is None  # whether a task may choose it
        self.label_smoothing_factor = self.label_smoothing_factor or 0.0
        if self.bf16 is None:
            self.bf16 = self.chose_bf16 = self.use_cpu and not self.fp16 and has_bf16_units()
        if self.disable_tqdm is None:
            self.disable_tqdm = not sys.stderr.isatty()
        check_deepspeed(self.deepspeed)
        best_metric, greater = self.metric_for_best_model, self.greater_is_better
        try:
            super().__post_init__()
        except ValueError as error:
            raise InputError(f"These training flags do not go together: {' '.join(str(error).split())}") from error
        self.metric_for_best_model, self.greater_is_better = best_metric, greater
        check_support(self)

    def _check_ranges(self) -> None:
        for name in ("per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}={getattr(self, name)} must be 1 or more.")
        if not self.learning_rate > 0:
            raise InputError(f"learning_rate={self.learning_rate} must be above 0; 0.001 is a usual start.")
        if self.max_steps <= 0 and not self.num_train_epochs > 0:
            raise InputError(f"num_train_epochs={self.num_train_epochs} must be above 0.")
        smoothing: float | None = self.label_smoothing_factor
        if smoothing is not None and not 0 <= smoothing < 1:
            raise InputError(f"label_smoothing_factor={smoothing} must be 0 or more and below 1; 0.1 is usual.")
        if not 0 <= self.seed < 2**32:
            raise InputError(f"seed={self.seed} must lie between 0 and {2**32 - 1}.")

    @property
    def folder(self) -> Path:
        """Where the run is written."""
        assert self.output_dir is not None  # __post_init__ of the library gives it a default
        return Path(self.output_dir)

    @property
    def eager_attention(self) -> bool:
        """Whether attention trains faster as plain matrix products: in bfloat16 on CPUs, 8 to 15 % against SDPA."""
        return bool(self.bf16) and self.use_cpu

    @property
    def row_updates_pay(self) -> bool:
        """Whether AdamW had better update touched rows of an embedding only: memory traffic is a CPU's bottleneck."""
        return self.use_cpu and self.optim == "adamw_torch_fused"

    def watch(self, metric: str, known: Collection[str] | None = None) -> None:
        """Choose the best checkpoint by `metric`, unless the recipe names another.

        Args:
            metric: the metric that stands for the task.
            known: what an evaluation computes beside the loss; None where that cannot be told before.

        Raises:
            InputError: the recipe names a metric that will not be there.
        """
        if self.metric_for_best_model is None:
            self.metric_for_best_model = metric
        asked, names = (
            self.metric_for_best_model.removeprefix("eval_"),
            ["loss", *dict.fromkeys([*(known or ()), metric])],
        )
        if known is not None and asked not in names:
            words = sorted(asked.split("_"))
            near = [each for each in names if sorted(each.split("_")) == words] or get_close_matches(asked, names, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise InputError(
                f"--metric_for_best_model {asked} is not a metric of these data, they have {', '.join(names)}{hint}"
            )
        if self.greater_is_better is None:
            name = self.metric_for_best_model.removeprefix("eval_")
            self.greater_is_better = not name.endswith("loss") and name not in LOWER_IS_BETTER


def has_bf16_units() -> bool:
    """Check whether this processor has instructions for bfloat16, AMX or AVX512_BF16; without them it is slow."""
    checks = (getattr(torch.cpu, name, None) for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"))
    return any(check is not None and check() for check in checks)


def script_options(argv: Sequence[str] | None, data: str) -> tuple[TrainingOptions, Namespace]:
    """Read the flags of a script, and set its seed.

    Args:
        argv: `--data`, `--max_train_rows` and any flag of `TrainingArguments`; those of this process if None.
        data: what is read without `--data`.

    Returns:
        How to train; and `data` and `max_train_rows`, which is None where all rows are read.
    """
    parser = HfArgumentParser(TrainingOptions)  # type: ignore[arg-type]
    parser.add_argument("--data", default=data)
    parser.add_argument("--max_train_rows", type=int)
    arguments, given = parser.parse_args_into_dataclasses(argv)
    set_seed(arguments.seed)
    return arguments, given
