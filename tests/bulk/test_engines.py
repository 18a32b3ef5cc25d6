# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/scale.md for Ray Data and Spark, run on this machine where they are installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import hf_seq

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "tests/fixtures/0.1.0.dev0/bilstm"
TEXTS = ["a good film", "bad", "not bad at all", "", "ein Film", "good " * 400]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/scale.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["ray", "pyspark"])
def test_the_recipe_of_an_engine_answers_every_row_once(engine, tmp_path):
    pytest.importorskip(engine)
    (code,) = (block for block in BLOCKS if re.search(rf"\b{engine}\b", block))
    shutil.copytree(MODEL, tmp_path / "runs/filter")
    (tmp_path / "shards").mkdir()
    for number in range(3):
        rows = {"id": range(6 * number, 6 * number + 6), "text": TEXTS}
        pd.DataFrame(rows).to_parquet(tmp_path / f"shards/{number}.parquet")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "OMP_NUM_THREADS": "1"}
    environment |= {"RAY_worker_niceness": "0"}  # on a busy machine its workers would not begin
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, timeout=400)
    found = pd.concat(map(pd.read_parquet, (tmp_path / "labelled").glob("*.parquet"))).sort_values("id")
    expected = list(hf_seq.load(str(MODEL)).predict(TEXTS)) * 3
    assert list(found["id"]) == list(range(18))
    assert list(found["text"]) == TEXTS * 3
    assert list(found["label"]) == [answer["label"] for answer in expected]
    assert list(found["score"]) == pytest.approx([answer["score"] for answer in expected], abs=1e-6)
