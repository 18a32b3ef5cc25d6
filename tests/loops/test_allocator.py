# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Freed memory stays with the process, as glibc's own counters tell."""

import platform
import subprocess
import sys

import pytest

FREED = """
import ctypes, sys
from hf_seq.loops.allocator import keep_freed_memory

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

class Counters(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks".split()]
    _fields_ += [(name, ctypes.c_size_t) for name in "fsmblks uordblks fordblks keepcost".split()]

libc.mallinfo2.restype = Counters
if sys.argv[1] == "keep":
    assert keep_freed_memory()
libc.free(libc.malloc(100_000_000))
print(libc.mallinfo2().arena)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is one of glibc")
def test_a_large_block_that_is_freed_stays_in_the_heap_only_when_asked():
    heap = {
        how: int(subprocess.run([sys.executable, "-c", FREED, how], capture_output=True, text=True, check=True).stdout)
        for how in ("keep", "leave")
    }
    assert heap["keep"] >= 100_000_000
    assert heap["leave"] < 50_000_000
