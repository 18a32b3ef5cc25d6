# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A page that answers in the browser: an export, our page, and the two libraries that it runs, all in one folder.

Nothing is loaded from elsewhere, and what is typed stays in the browser.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.writing import write_json

PAGE = ("index.html", "page.js", "model.js")
PACKAGES = {"onnxruntime-web": "1.30.0", "@huggingface/tokenizers": "0.2.0"}
"""What is installed from npm where no folder is given: the versions that are tested."""
VENDORED = (
    "onnxruntime-web/dist/ort.wasm.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "@huggingface/tokenizers/dist/tokenizers.min.mjs",
)
ABOUT = {
    "classification": "Says what a text is about.",
    "tagging": "Finds what is named in a text.",
    "series": "Says what a series of numbers is: JSON, a list of steps.",
    "series-tagging": "Tags every step of a series of numbers: JSON, a list of steps.",
    "language-modeling": "Goes on with a text.",
    "masked-language-modeling": "Fills [MASK] in a text.",
    "seq2seq": "Writes a text from a text.",
}


@contextmanager
def found_libraries(node_modules: str | Path | None) -> Iterator[Path]:
    """Find the libraries of the page in a folder, or install them for a while.

    Raises:
        InputError: the folder lacks one, or npm is not there or cannot install them.
    """
    if node_modules is not None:
        folder = Path(node_modules)
        missing = next((name for name in VENDORED if not (folder / name).is_file()), None)
        if missing is not None:
            raise InputError(
                f"--node-modules {folder} holds no {missing}; give the folder node_modules in which you ran "
                f"`npm install {' '.join(PACKAGES)}`."
            )
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        _install(Path(made))
        with found_libraries(Path(made) / "node_modules") as folder:
            yield folder


def _install(folder: Path) -> None:
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        reason = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["npm failed"])[-1]
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = str(error)
    if reason:
        raise InputError(
            f"the libraries of the page cannot be installed by npm ({reason:.120}); install them elsewhere "
            f"(`npm install {' '.join(wanted)}`) and give the folder with --node-modules."
        )


def check_task(task: str) -> None:
    """Refuse a task that no page is for.

    Raises:
        InputError: with what answers instead.
    """
    if task not in ABOUT:
        raise InputError(
            f"--to page: no page is for {task}; export with --to onnx, and answer by runtime.py or a server."
        )


def write_page(folder: Path, libraries: Path, task: str, title: str, examples: Sequence[str]) -> None:
    """Write the page beside an export.

    Args:
        folder: of the export.
        libraries: a folder `node_modules`.
        task: what the model does.
        title: of the page.
        examples: inputs to click on.
    """
    for name in PAGE:
        shutil.copyfile(Path(__file__).with_name("page") / name, folder / name)
    (folder / "vendor").mkdir()
    for name in VENDORED:
        shutil.copyfile(libraries / name, folder / "vendor" / Path(name).name)
    about: dict[str, Any] = {"title": title, "about": ABOUT[task], "examples": list(examples)}
    write_json(folder / "page.json", about)
