# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Processes of this machine that work side by side, one thread each, and end with the process that started them."""

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from hf_seq.errors import InputError


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def use_one_thread() -> None:
    """Have this process use one thread, for other workers use the other cores."""
    import torch
    from threadpoolctl import threadpool_limits

    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    threadpool_limits(1)


@contextmanager
def worker_pool(count: int, preloaded: Sequence[str]) -> Iterator[ProcessPoolExecutor]:
    """Start workers that notice when one of them is killed; after an error, or Ctrl-C, they are ended at once.

    Args:
        count: of workers.
        preloaded: modules that they find imported when they begin, so that one begins at once.

    Raises:
        InputError: the script that was started would start itself again in each of them.
    """
    refuse_endless_starts()
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in kinds else "spawn")
    if "forkserver" in kinds:
        context.set_forkserver_preload(list(preloaded))
    pool = ProcessPoolExecutor(count, context, initializer=_begin)
    others = set(multiprocessing.active_children())  # of whoever calls this from a program of their own
    try:
        yield pool
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def refuse_endless_starts() -> None:
    """Refuse a script that does all it does when it is imported, for a worker imports the script that was started.

    Raises:
        InputError: it is one.
    """
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is None or main.__spec__ is not None or not Path(path).is_file():  # a notebook, `python -m`, an archive
        return
    if "__name__" not in Path(path).read_text(encoding="utf-8", errors="replace"):
        raise InputError(
            f"Every process that works beside this one imports {path}, which would start it all again; put what the "
            "script does under `if __name__ == '__main__':`, or have one process do the work."
        )


def _begin() -> None:
    """Use one thread, and end when the process that started this one does, however that ends.

    What was imported before is looked through for garbage no more: each look would make this process a copy of it.
    """
    gc.freeze()
    use_one_thread()

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
