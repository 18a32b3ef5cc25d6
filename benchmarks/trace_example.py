# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What docs/trace.md shows, made again: trains a small model on built-in data (a minute) and traces two inputs.

    python benchmarks/trace_example.py

The prose stays; what stands between its markers is what `hf-seq trace` prints.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import io
import subprocess

from rich.console import Console

from benchmarks.tables import ROOT, replace
from hf_seq import trace
from hf_seq.predictors.loading import load_any
from hf_seq.tracing import Trace

MODEL = Path("runs/trace-example")
TRAIN = f"hf-seq train --data builtin:reviews --model bilstm-attention --num_train_epochs 8 --output_dir {MODEL}"
NORMAL = "the soup was dreadful when it came, but in the end the waiter was lovely"
BOUNDARY = ["Жаль, ресторан закрыт", "", "the soup was cold. " * 80]
WIDTH = 132


def shown(seen: Trace) -> str:
    """Write what a terminal would show, as a block of Markdown."""
    printed = io.StringIO()
    seen.print(Console(width=WIDTH, file=printed))
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return "```text\n" + "\n".join(lines).strip() + "\n```"


def main() -> None:
    """Train if need be, trace, and rewrite the page."""
    if not (MODEL / "model.safetensors").is_file():
        subprocess.run(TRAIN.split(), check=True)
    model, tokenizer = load_any(MODEL)
    page = ROOT / "docs" / "trace.md"
    text = replace(page.read_text(encoding="utf-8"), "train", f"```bash\n{TRAIN}\n```")
    text = replace(text, "normal", shown(trace(model, tokenizer, NORMAL, label="positive")))
    text = replace(text, "boundary", shown(trace(model, tokenizer, BOUNDARY, label="positiv")))
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
