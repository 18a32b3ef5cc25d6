# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every file that docs/data.md shows for series is read by the command below it, and holds the same two series."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.number_columns import is_number
from hf_seq.tasks.registry import reading_recipe, task_named

PAGE = (Path(__file__).parents[3] / "docs/data.md").read_text(encoding="utf-8")
SECTION = re.split(r"^## ", PAGE.split("\n## Series\n")[1], flags=re.MULTILINE)[0]
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^```bash\nhf-seq check (\S+) --task series(.*)\n```$", SECTION, re.MULTILINE)
SERIES = np.array([[[1, 10], [2, np.nan], [3, 30]], [[4, 40], [5, 50], [6, 60]]])


def test_the_page_has_a_command_for_every_file():
    assert {name for name, _ in COMMANDS} == FILES.keys() - {"steps_labels.csv"}
    assert len(COMMANDS) == 10


@pytest.mark.parametrize(("name", "flags"), COMMANDS)
def test_a_file_of_the_page_holds_the_series_that_it_says(tmp_path, name, flags):
    for each, text in FILES.items():
        (tmp_path / each).write_text(text)
    words = shlex.split(flags)
    given = {flag.removeprefix("--"): int(value) if is_number(value) and flag == "--window" else value
             for flag, value in zip(words[::2], words[1::2], strict=True)}  # fmt: skip
    splits = task_named("series").data.load(reading_recipe("series", str(tmp_path / name), given), whole=True)
    found = np.stack(series_arrays(splits.train))
    assert found.shape[2] == (1 if name.startswith("Numbers") else 2)
    np.testing.assert_array_equal(found, SERIES[:, :, : found.shape[2]])
    labels = [splits.label_names[label] for label in splits.train["label"]]
    assert labels in (["slow", "fast"], ["1", "2"])
