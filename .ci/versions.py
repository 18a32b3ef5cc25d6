"""Install hf_seq in a fresh environment with other versions than the pinned ones, and test it.

    python .ci/versions.py lowest                        the suite but for slow tests
    python .ci/versions.py newest
    python .ci/versions.py transformers tests/test_shipping.py   the newest transformers, and the rest as pinned

torch stays the pinned one in both: every other release brings gigabytes of CUDA.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLLOW_TRANSFORMERS = ("transformers==", "tokenizers==", "huggingface_hub==", "safetensors==")
"""Pins that give way when the newest transformers is tried."""
OF_THE_PINNED = (
    "tests/test_types.py",
    "tests/test_public_names.py::test_a_type_checker_knows_each_name_and_refuses_others",
)
"""Tests that ask a type checker, which sees other types in other versions."""


def lowest(python: str, constraints: Path) -> list[str]:
    """Pins of the lowest versions of all that pyproject.toml names, and of what goes with those.

    uv resolves them: it knows "the lowest of what is named, the newest of the rest", and pip took minutes.
    """
    subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    compile = [python, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--extra", "dev"]
    flags = ["--resolution", "lowest-direct", "--constraint", str(constraints), "pyproject.toml"]
    found = subprocess.run([*compile, *flags], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return [line for line in found.stdout.splitlines() if not line.startswith("torch==")]


def main() -> int:
    """Install and test; the exit code of pytest."""
    parser = argparse.ArgumentParser(description="Test hf_seq with other versions than the pinned ones.")
    parser.add_argument("which", choices=("lowest", "newest", "transformers"))
    parser.add_argument("tests", nargs="*", help="what to test; all but slow tests without it")
    parser.add_argument("--environment", type=Path, help="folder of the environment; .venv-WHICH without it")
    options = parser.parse_args()
    environment = options.environment or ROOT / f".venv-{options.which}"
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if options.which == "transformers":
        kept = [line for line in pins if not line.startswith(FOLLOW_TRANSFORMERS)]
    else:
        kept = [line for line in pins if line.startswith(("torch==", "pytest", "ruff==", "mypy=="))]
    with tempfile.TemporaryDirectory() as place:
        constraints = Path(place) / "constraints.txt"
        constraints.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        python = str(environment / "bin" / "python")
        if options.which == "lowest":
            kept += lowest(python, constraints)
            constraints.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        install = [python, "-m", "pip", "install", "--quiet", "--constraint", str(constraints)]
        subprocess.run([*install, "torch"], check=True)
        subprocess.run([*install, "--editable", f"{ROOT}[dev]"], check=True)
    subprocess.run([python, "-m", "pip", "list"], check=True)
    flags = ["-q", "-n", "2", "-m", "not slow", *(f"--deselect={each}" for each in OF_THE_PINNED)]
    return subprocess.call([python, "-m", "pytest", *flags, *options.tests], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
