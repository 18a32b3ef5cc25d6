# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Processes of this machine that work side by side, one thread each, and end with the process that started them."""

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache


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
    """
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in kinds else "spawn")
    if "forkserver" in kinds:
        context.set_forkserver_preload(list(preloaded))
    pool = ProcessPoolExecutor(count, context, initializer=_begin)
    try:
        yield pool
    except BaseException:
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Use one thread, and end when the process that started this one does, however that ends."""
    use_one_thread()

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
