# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What docs/trace.md shows, made again: trains a small model on built-in data (a minute) and traces two inputs.

    python benchmarks/trace_example.py

The prose stays; what stands between its markers is what `hf-seq trace` prints.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import io
import shlex
from collections.abc import Sequence

from rich.console import Console

from benchmarks.tables import ROOT, replace
from hf_seq import trace
from hf_seq.cli import main as hf_seq_command
from hf_seq.predictors.loading import load_any
from hf_seq.tracing import Trace

MODEL = Path("runs/trace-example")
EPOCHS = 8
TRAIN = "hf-seq train --data builtin:reviews --model bilstm-attention --num_train_epochs {epochs} --output_dir {model}"
NORMAL = "the soup was dreadful when it came, but in the end the waiter was lovely"
BOUNDARY = ["Жаль, ресторан закрыт", "", "the soup was cold. " * 80]
WIDTH = 132


def shown(seen: Trace) -> str:
    """Write what a terminal would show, as a block of Markdown."""
    printed = io.StringIO()
    seen.print(Console(width=WIDTH, file=printed))
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return "```text\n" + "\n".join(lines).strip() + "\n```"


def main(argv: Sequence[str] | None = None) -> None:
    """Train if need be, trace, and rewrite the page.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="The examples of docs/trace.md.")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "trace.md", help="page to rewrite")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of the model; trained if it is not there")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="epochs of that training")
    options = parser.parse_args(argv)
    command = TRAIN.format(epochs=options.epochs, model=options.model)
    if not (options.model / "model.safetensors").is_file():
        leave_unless_done(hf_seq_command(shlex.split(command)[1:]))
    model, tokenizer = load_any(options.model)
    text = replace(options.page.read_text(encoding="utf-8"), "train", f"```bash\n{command}\n```")
    text = replace(text, "normal", shown(trace(model, tokenizer, NORMAL, label="positive")))
    text = replace(text, "boundary", shown(trace(model, tokenizer, BOUNDARY, label="positiv")))
    options.page.write_text(text, encoding="utf-8")


def leave_unless_done(code: int) -> None:
    """Leave with the exit code of a command that failed."""
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main()
