# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`pipeline` of transformers.js takes an export as it is, under Node, in float32 and int8.

It comes from the folder `HF_SEQ_NODE_MODULES`, or from npm; without either the tests are skipped.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

from hf_seq.runtime.runtime import load
from tests.hub import tiny

PACKAGE = "@huggingface/transformers"
ASK = """
import {{ pipeline, env }} from '{library}';
env.allowRemoteModels = false;
env.localModelPath = {parent};
const answer = await pipeline({task}, {name}, {{ dtype: {dtype} }});
console.log(JSON.stringify(await Promise.all({texts}.map((text) => answer(text)))));
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("node") is None, reason="no node")]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Where the library is, as `import` takes it."""
    folder = Path(os.environ.get("HF_SEQ_NODE_MODULES", "nowhere"))
    if not (folder / PACKAGE).is_dir():
        place = tmp_path_factory.mktemp("npm")
        command = [
            "npm",
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(place),
            f"{PACKAGE}@4",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGE}")
        folder = place / "node_modules"
    return (folder / PACKAGE / "dist/transformers.node.mjs").as_uri()


def asked(library, folder, task, dtype, texts, tmp_path):
    """What the pipeline says of each text."""
    words = {"task": task, "parent": f"{folder.parent}/", "name": folder.name, "dtype": dtype, "texts": texts}
    script = tmp_path / "ask.mjs"
    script.write_text(ASK.format(library=library, **{name: json.dumps(each) for name, each in words.items()}))
    done = subprocess.run(["node", script], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("dtype", ["fp32", "q8"])
@pytest.mark.parametrize("name", ["bilstm", "encoder"])
def test_texts_are_classified_as_by_the_runtime(name, dtype, exported, library, tmp_path):
    found = asked(library, exported(name), "text-classification", dtype, tiny.TEXTS, tmp_path)
    model = load(exported(name), quantized=dtype == "q8")
    for (answer,), expected in zip(found, model.predict(tiny.TEXTS), strict=True):
        assert answer["label"] == expected["label"]
        assert answer["score"] == pytest.approx(expected["score"], abs=1e-5 if dtype == "fp32" else 0.02)


def test_tokens_are_tagged_each_for_itself(exported, library, tmp_path):
    (found,) = asked(library, exported("encoder-tagger"), "token-classification", "fp32", tiny.TEXTS[:1], tmp_path)
    expected = load(exported("encoder-tagger"))(tiny.TEXTS[0])["tokens"]
    assert [each["entity"] for each in found] == [each["label"] for each in expected]
