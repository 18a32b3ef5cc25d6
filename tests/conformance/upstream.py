# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Transformers' own model tests, taken from the source archive of the installed version.

The wheel leaves them out, so `pip download` fetches the archive from PyPI once; three files of it are kept in `.cache/`
and are imported as the package `transformers_tests`. Nothing else of it is run, and no path in it is trusted.

The archive lacks two mixins that `test_modeling_common` imports (the exporters' and the generation tests) and the list
of common config fields. Our classes do not generate and are no exporter targets: empty classes stand in. The list is
ours.
"""

import importlib
import importlib.metadata
import os
import subprocess
import sys
import tarfile
import tempfile
import types
from pathlib import Path

from filelock import FileLock

PACKAGE = "transformers_tests"
FILES = ("test_modeling_common.py", "test_configuration_common.py", "test_training_mixin.py")
CACHE = Path(__file__).parents[2] / ".cache" / "conformance"
SECONDS_FOR_PIP = 240

# One value other than the default for each field that every config has: ConfigTester checks that none is lost.
COMMON_CONFIG_FIELDS = {
    "architectures": ["SomeModel"],
    "output_hidden_states": True,
    "return_dict": False,
    "dtype": "float16",
    "chunk_size_feed_forward": 5,
    "is_encoder_decoder": True,
    "id2label": {0: "only"},
    "label2id": {"only": 0},
    "problem_type": "regression",
}


class UpstreamMissingError(Exception):
    """The tests of transformers cannot be had here; the message says why."""


class ExportTesterMixin:
    """Stands in for `tests/exporters/test_export.py`, which the source archive leaves out."""


class GenerationTesterMixin:
    """Stands in for `tests/generation/test_utils.py`, which the source archive leaves out."""


def load(name: str) -> types.ModuleType:
    """Import one of `FILES` (without `.py`), fetching the archive when it is not cached yet.

    Raises:
        UpstreamMissingError: PyPI is out of reach and nothing is cached, or a package they import is not installed.
    """
    if PACKAGE not in sys.modules:
        folder = fetch()
        _register_packages(folder)
    try:
        return importlib.import_module(f"{PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        raise UpstreamMissingError(f"transformers' tests import `{error.name}`: pip install {error.name}") from error


def fetch() -> Path:
    """Return the folder that holds `FILES` of the installed version, downloading it when it is not there yet."""
    version = importlib.metadata.version("transformers")
    folder = CACHE / f"transformers-{version}"
    if all((folder / name).is_file() for name in FILES):
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / ".lock"):  # one worker fetches, the others wait and find it
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
                _extract(_download(version, Path(scratch)), Path(scratch) / "tests")
                os.replace(Path(scratch) / "tests", folder)
    return folder


def _download(version: str, into: Path) -> Path:
    """Let pip fetch the source archive, first with the setuptools already here (quick), then in an isolated build."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", ":all:", "--retries", "1", "--timeout", "20", "--dest", str(into)]
    said = ""
    for extra in (["--no-build-isolation"], []):
        try:
            done = subprocess.run(
                [*command, *extra, f"transformers=={version}"],
                capture_output=True,
                text=True,
                timeout=SECONDS_FOR_PIP,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UpstreamMissingError(f"pip did not fetch transformers {version} in {SECONDS_FOR_PIP} s") from None
        # pip writes the archive first and only then builds its metadata, which may fail without harm to us
        if found := sorted(into.glob(f"transformers-{version}.tar.gz")):
            return found[0]
        said = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}"
    raise UpstreamMissingError(f"the source archive of transformers {version} cannot be had from PyPI: {said}")


def _extract(archive: Path, into: Path) -> None:
    """Write `FILES` of the archive, and nothing else, to `into`, whatever paths the archive claims."""
    into.mkdir()
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.split("/")
            if member.isfile() and len(parts) == 3 and parts[1] == "tests" and parts[2] in FILES:
                (into / parts[2]).write_bytes(tar.extractfile(member).read())
    (into / "__init__.py").touch()
    if absent := [name for name in FILES if not (into / name).is_file()]:
        raise UpstreamMissingError(f"{archive.name} has no tests/{absent[0]}")


def _register_packages(folder: Path) -> None:
    """Make `transformers_tests` and the three modules that its files import relatively known to Python."""
    standins = {
        "": {},
        ".exporters": {},
        ".exporters.test_export": {"ExportTesterMixin": ExportTesterMixin},
        ".generation": {},
        ".generation.test_utils": {"GenerationTesterMixin": GenerationTesterMixin},
        ".utils": {},
        ".utils.test_configuration_utils": {"config_common_kwargs": COMMON_CONFIG_FIELDS},
    }
    for suffix, names in standins.items():
        module = types.ModuleType(PACKAGE + suffix)
        module.__path__ = [str(folder)] if not suffix else []
        vars(module).update(names)
        sys.modules[module.__name__] = module
