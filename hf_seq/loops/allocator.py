# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Memory that training frees is kept for its next step.

glibc hands blocks above 32 MB, and a free end of its heap, back to the system at once; the next step then pays for
every page of them again. For small models on a CPU that is a large share of a step, in virtual machines the half.
"""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of malloc.h
MOST = 2**31 - 1


def keep_freed_memory() -> bool:
    """Have glibc keep what is freed, for the rest of the process; elsewhere this does nothing.

    Returns:
        Whether it was done. An allocator put in its place (tcmalloc, jemalloc by LD_PRELOAD) keeps memory anyway.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all([mallopt(TRIM_THRESHOLD, MOST), mallopt(MMAP_THRESHOLD, 2**30)])
