# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Several processes for one training: `--num_processes N` has accelerate's launcher start them.

`accelerate launch --multi_gpu --num_processes N --module hf_seq train ...` and `torchrun` do the same without it.
"""

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag
from hf_seq.flags.reading import glance
from hf_seq.flags.spelling import as_typed, with_underscores
from hf_seq.workers import cores

FLAGS = tuple(
    replace(flag, panel="Training")
    for flag in (
        Flag("num_processes", int, help="Processes that train together, over all hosts; a batch each."),
        Flag("num_machines", int, help="Hosts that train together; start the same command on each."),
        Flag("machine_rank", int, help="Number of this host, from 0."),
        Flag("main_process_ip", help="Address of host 0."),
        Flag("main_process_port", int, help="Port of host 0."),
    )
)
"""Flags that accelerate's launcher takes, under its names."""
NAMES = frozenset(name for flag in FLAGS for name in flag.spellings)
_INTERRUPTED = 130


def launched(verb: str, words: Sequence[str]) -> bool:
    """Start the processes that a command line asks for, and wait for them; leave the process if they failed.

    Returns:
        Whether it asks for several.

    Raises:
        InputError: flags that do not go together.
    """
    given = glance(FLAGS, words)
    if not given:
        return False
    _check(given)
    if given["num_processes"] == 1:
        raise InputError("--num_processes 1 is one process, as without it; leave it and the flags of hosts out.")
    rest = _without(words)
    here = given["num_processes"] // given.get("num_machines", 1)
    threads = os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores() // here)))
    print(
        f"{given['num_processes']} processes, {threads} thread{'s' * (threads != '1')} each (OMP_NUM_THREADS)",
        flush=True,
    )
    _launch([*_arguments(given), "--module", "hf_seq", verb, *rest])
    return True


def _check(given: dict[str, Any]) -> None:
    count, hosts, rank = given.get("num_processes"), given.get("num_machines", 1), given.get("machine_rank", 0)
    if "RANK" in os.environ:
        raise InputError(
            f"accelerate or torchrun has started this process already (RANK={os.environ['RANK']}); "
            f"leave {as_typed(**given)} out."
        )
    if count is None:
        raise InputError(f"{as_typed(**given)}: hosts need --num_processes, the processes of all hosts together.")
    if count < 1 or hosts < 1 or count % hosts:
        raise InputError(
            f"--num_processes {count} cannot be shared by {hosts} hosts; use a multiple of --num_machines."
        )
    if not 0 <= rank < hosts:
        raise InputError(f"--machine_rank {rank} is none of {hosts} hosts, which are numbered from 0.")
    if hosts > 1 and not (given.get("main_process_ip") and given.get("main_process_port")):
        raise InputError(f"{hosts} hosts need --main_process_ip and --main_process_port of host 0 to meet.")


def _without(words: Sequence[str]) -> list[str]:
    kept, skipped = [], False
    for word in with_underscores(words):
        if word.partition("=")[0] in NAMES:
            skipped = "=" not in word
        elif skipped:
            skipped = False
        else:
            kept.append(word)
    return kept


def _arguments(given: dict[str, Any]) -> list[str]:
    several = given.get("num_machines", 1) > 1
    own = {
        "main_process_port": 0,
        "num_machines": 1,
        "machine_rank": 0,
        "mixed_precision": "no",
        "dynamo_backend": "no",
    }
    values = {**own, **given}
    return ["--multi_gpu", *(f"--{name}={value}" for name, value in values.items()), *(["--same_network"] * several)]


def _launch(arguments: list[str]) -> None:
    """Run accelerate's launcher; of processes that failed the exit code is passed on, for each has said why."""
    from accelerate.commands.launch import launch_command, launch_command_parser
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL + 1)
    try:
        launch_command(launch_command_parser().parse_args(arguments))
    except ChildFailedError as error:
        codes = {rank: failure.exitcode for rank, failure in error.failures.items()}
        killed = next((rank for rank, code in codes.items() if code < 0), None)
        if killed is not None and 2 not in codes.values():
            raise InputError(
                f"Process {killed} was killed by signal {-codes[killed]}, so the others were ended; add --resume to go "
                "on from the last checkpoint."
            ) from None
        sys.exit(2 if 2 in codes.values() else max(codes.values()))
    except SignalException:
        sys.exit(_INTERRUPTED)
