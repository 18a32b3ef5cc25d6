# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A cold `from_pretrained`: a fresh process, an empty cache, a Hub on this machine; our classes against DistilBERT's.

Both models are of about 5 MB. Ours comes with its code, file by file: hf_seq is not imported.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import FULL, LoadSizes, Sizes

LOAD = """
import sys, time
import torch, transformers
from transformers import AutoModelForSequenceClassification
torch.set_num_threads(1)
start = time.perf_counter()
model = AutoModelForSequenceClassification.from_pretrained(sys.argv[1]{trust})
print(time.perf_counter() - start)
"""


def save_models(folder: Path, sizes: LoadSizes) -> None:
    """Save a BiLSTM of ours and a DistilBERT, each with about 1.3 million parameters."""
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    from hf_seq import RecurrentConfig, RecurrentForSequenceClassification
    from hf_seq.hub.staging import stage

    ours = RecurrentConfig(vocab_size=sizes.vocabulary, embedding_size=sizes.width, hidden_size=2 * sizes.width)
    theirs = DistilBertConfig(
        vocab_size=sizes.vocabulary, dim=sizes.width, hidden_dim=4 * sizes.width, n_layers=2, n_heads=4
    )
    RecurrentForSequenceClassification(ours).save_pretrained(folder / "saved")
    (folder / "ours").mkdir()
    stage(folder / "saved", folder / "ours", "ada/ours")
    DistilBertForSequenceClassification(theirs).save_pretrained(folder / "theirs")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve both on a Hub of this machine, and give its address."""
    from tests.hub.server import Repository, serve

    with serve() as hub:
        for name in ("ours", "theirs"):
            files = {path.name: path.read_bytes() for path in (folder / name).iterdir()}
            hub.repositories["model", f"ada/{name}"] = Repository(private=False)
            large = {each for each in files if each.endswith(".safetensors")}
            hub.repositories["model", f"ada/{name}"].add("main", "weights", files, large)
            hub.blobs |= {hashlib.sha256(files[each]).hexdigest(): files[each] for each in large}
        yield hub.url


def seconds(url: str, name: str) -> float:
    """Time one load in a process and a cache of its own, the modules that only loading imports included."""
    code = LOAD.format(trust=", trust_remote_code=True" if name == "ours" else "")
    with tempfile.TemporaryDirectory() as home:
        settings = {"HF_ENDPOINT": url, "HF_HOME": home, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
        quiet = {
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        command = [sys.executable, "-c", code, f"ada/{name}"]
        environment = {**os.environ, **settings, **quiet}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def cold_load(sizes: Sizes = FULL) -> Speed:
    """Load by remote code, where hf_seq is not imported, against DistilBERT's classes."""
    with tempfile.TemporaryDirectory() as place:
        save_models(Path(place), sizes.load)
        with served(Path(place)) as url:
            return time_pairs(
                "cold-load",
                lambda: seconds(url, "ours"),
                "DistilBERT's classes, equal size",
                lambda: seconds(url, "theirs"),
                "s",
                pairs=sizes.pairs or 5,
                note="from_pretrained of a 5 MB model by remote code: fresh process, empty cache, Hub on this machine",
                warm_up=sizes.warm_up,
            )
