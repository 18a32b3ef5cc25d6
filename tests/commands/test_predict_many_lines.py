# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A million lines through `hf-seq predict` on stdin: all answered in order, in memory that does not grow."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
MODEL = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0" / "bilstm"
MOST_GROWTH = 64 * 2**20


def resident(process):
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("count", [100_000, 1_000_000])
def test_the_resident_set_is_flat_over_many_lines(count):
    command = [sys.executable, "-m", "hf_seq", "predict", str(MODEL)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def write():
        for start in range(0, count, 1_000):
            process.stdin.write("".join(f"a good film number {n}\n" for n in range(start, start + 1_000)))
        process.stdin.close()

    threading.Thread(target=write, daemon=True).start()
    sizes, answered = [], 0
    for line in process.stdout:
        if answered % (count // 10) == 0:
            assert json.loads(line)["label"]
            sizes.append(resident(process))
        answered += 1
    assert process.wait(60) == 0
    assert answered == count
    assert max(sizes[3:]) - sizes[3] < MOST_GROWTH, sizes
