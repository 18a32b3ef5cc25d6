# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A process of the command line's own spares Python the search for garbage in what imports made; others do not."""

import subprocess
import sys

import pytest

LOOKS = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_freeze_count() > 0))  # registered first, called last
from hf_seq.commands import own_process
if sys.argv[1] == "own":
    own_process.claim()
looks = []
gc.callbacks.append(lambda phase, info: looks.append(info["generation"]) if phase == "stop" else None)
kept = [[number] for number in range(200_000)]
print(looks.count(0) > 100, looks.count(2) > 0)
"""


@pytest.mark.parametrize(("whose", "said"), [("own", ["True False", "True"]), ("a caller's", ["True True", "False"])])
def test_old_objects_are_left_alone_where_the_process_is_the_command_lines_own(whose, said):
    done = subprocess.run([sys.executable, "-c", LOOKS, whose], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == said
