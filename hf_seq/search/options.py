# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The command line of `hf-seq fit`.

Beside its own flags it takes every flag of `hf-seq train`: those of the data say how they are read, the others are then
fixed where the search would choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag, flags_of
from hf_seq.flags.reading import describe_unknown, glance
from hf_seq.flags.spelling import spell
from hf_seq.search.limits import Limits, read_limits
from hf_seq.tasks.recipe import STREAMING, setting
from hf_seq.tasks.registry import recipe_class, task_named

TASKS = ("classification", "tagging")
OURS = (
    frozenset({"task", "model", "output_dir", "resume", "overwrite", "keep_checkpoints", "max_steps", "num_ngrams"})
    | STREAMING
)
"""Flags of `hf-seq train` that fit sets itself."""


@dataclass
class FitOptions:
    """What the best model is looked for on, and what it may cost."""

    data: str = setting("", "Hub id, file, folder of splits, or a built-in such as builtin:reviews.")
    task: str = setting("classification", f"What to learn: {', '.join(TASKS)}.")
    max_size: str | None = setting(None, "Bytes of what is deployed at most, such as 5MB; absent: any.")
    max_latency: str | None = setting(
        None, "Median time from text to answer at most, one thread of this machine, such as 1ms; absent: any."
    )
    minutes: float = setting(20.0, "How long to search; turned into a number of updates once, see the docs.")
    trials: int | None = setting(None, "Settings to try at most; absent: as many as the minutes allow.")
    teacher: str | None = setting(
        None,
        "Classifier or tagger whose answers small models learn from: folder or Hub id; one that is pretrained only, "
        "such as distilbert, is fine-tuned first.",
    )
    output: str = setting("", "Folder for the model, table and report; runs/DATA-fit if absent; run again to go on.")
    seed: int = setting(0, "Seed of the search and of every model.")
    redo: bool = setting(False, "Search again where the output folder holds another search.")
    extra: list[str] = field(default_factory=list, metadata={"help": "Flags for all models."})

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError("There is nothing to fit: give --data, a Hub id, a file, a folder or builtin:reviews.")
        if self.task not in TASKS:
            raise InputError(f"--task {self.task} is not searched for; it can be {' or '.join(TASKS)}.")
        if not 0 < self.minutes < float("inf"):
            raise InputError(f"--minutes {self.minutes:g} must be above 0; 20 is usual, 5 do for a few thousand rows.")
        if self.trials is not None and self.trials < 1:
            raise InputError(f"--trials {self.trials} must be 1 or more; leave it out to try what the minutes allow.")
        if not 0 <= self.seed < 2**32:
            raise InputError(f"--seed {self.seed} must lie between 0 and {2**32 - 1}.")
        if not self.output:
            from hf_seq.train.parsing import slug

            self.output = str(Path("runs") / f"{slug(self.data)}-fit")
        read_limits(self.max_size, self.max_latency)

    @property
    def limits(self) -> Limits:
        """What the model may cost."""
        return read_limits(self.max_size, self.max_latency)


def own_flags() -> list[Flag]:
    """List the flags that fit has beside those of `hf-seq train`."""
    return [each for each in flags_of(FitOptions, "Fit") if each.name != "extra"]


def parse_options(argv: Sequence[str]) -> FitOptions:
    """Read the command line; flags for the models are kept as they are.

    Raises:
        InputError: a value of the wrong kind, a flag that there is not, or one that fit sets itself.
    """
    from hf_seq.train.parsing import flags, recipe_flags

    own = own_flags()
    named = {name for flag in own for name in (*flag.spellings, *flag.negations)}
    given = glance(own, argv)
    task = str(given.get("task", FitOptions.task))
    others = [each for each in recipe_flags(recipe_class(task)) if f"--{each.name}" not in named]
    known = {name for flag in others for name in (*flag.spellings, *flag.negations)}
    for word in spell([*own, *others], argv):
        name = word.partition("=")[0]
        if name in named:
            continue
        if not word.startswith("--"):
            raise InputError(f"{word!r} is not a flag; write --name value.")
        if name not in known:
            raise InputError(describe_unknown(word, [each.removeprefix("--") for each in known | named], "fit"))
        if name.removeprefix("--") in STREAMING:
            raise InputError(f"{name} is for `hf-seq train` and `distill`; fit reads all rows; leave it out.")
        if name.removeprefix("--") in OURS:
            raise InputError(f"{name} is set by fit itself; see --output, --seed, --minutes, --trials and --redo.")
    return FitOptions(**given, extra=flags(glance(others, argv)))


def families_of(task: str) -> tuple[str, ...]:
    """Name the small models that are tried, the most promising first."""
    known = task_named(task).models.architectures
    return tuple(name for name in FAMILIES[task] if name in known)


FAMILIES = {
    "classification": ("bilstm", "bilstm-wide", "bilstm-attention", "gru"),
    "tagging": ("bilstm-crf", "bilstm", "gru"),
}
