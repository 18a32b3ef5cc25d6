# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Names in transformers' files come from the cache as from the files, and a spoilt cache is done without."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import transformers
from transformers.utils import import_utils

from hf_seq.predictors.listing import kept, parse

MODELS = Path(transformers.__file__).parent / "models"
ASKING = """
import json, sys
from hf_seq.predictors.listing import names_kept
with names_kept():
    import transformers
    import transformers.models
made = transformers.utils.import_utils.define_import_structure.__module__
print(json.dumps([made, sorted(map(str, transformers.__all__)), transformers.BertConfig.model_type]))
"""


def ask(folder, home):
    """Import transformers with a cache, and give what it says it holds."""
    environment = os.environ | {"HF_SEQ_CACHE": str(folder), "HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", ASKING], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_names_are_those_of_the_files_and_the_second_process_reads_the_list(tmp_path):
    first = ask(tmp_path / "cache", tmp_path)
    (written,) = [path for path in (tmp_path / "cache").iterdir() if path.stat().st_size > 50_000]
    assert first == [import_utils.__name__, sorted(map(str, transformers.__all__)), "bert"]
    rows = json.loads(written.read_text(encoding="utf-8"))
    next(each for needs, each in rows if not needs)["bert.configuration_bert"].append("Planted")
    written.write_text(json.dumps(rows), encoding="utf-8")
    assert sorted({*ask(tmp_path / "cache", tmp_path)[1]} - {*first[1]}) == ["Planted"]


@pytest.mark.parametrize("spoilt", ["", "[", "{}", "[[1, 2]]", "[[[], 3]]", '[[["torch"], {"a": ["B"]}]]', "null"])
def test_a_spoilt_list_is_made_anew(tmp_path, monkeypatch, spoilt):
    monkeypatch.setenv("HF_SEQ_CACHE", str(tmp_path))
    expected = {frozenset(): {"a": {"B"}}, frozenset({"torch"}): {"c.d": {"E", "F"}}}
    assert kept(lambda _: expected, "1")(MODELS) == expected
    (written,) = tmp_path.iterdir()
    written.write_text(spoilt, encoding="utf-8")
    with pytest.raises((ValueError, TypeError)):
        parse(spoilt)
    assert kept(lambda _: expected, "1")(MODELS, "models") == {
        frozenset(): {"models.a": {"B"}},
        frozenset({"torch"}): {"models.c.d": {"E", "F"}},
    }
    assert parse(written.read_text(encoding="utf-8")) == expected


def test_another_version_and_a_cache_that_cannot_be_written_read_the_files(tmp_path, monkeypatch):
    read = []
    for version, home in (("1", tmp_path), ("1", tmp_path), ("2", tmp_path), ("1", Path("/dev/null/none"))):
        monkeypatch.setenv("HF_SEQ_CACHE", str(home))
        kept(lambda folder: read.append(folder) or {frozenset(): {}}, version)(MODELS)
    assert read == [str(MODELS)] * 3
