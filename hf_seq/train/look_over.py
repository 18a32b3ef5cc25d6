# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Look a data set over before training: what `hf-seq check` and `hf_seq.check` do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.examples import first_rows
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.progress import logger
from hf_seq.tasks.architectures import load_or_explain
from hf_seq.tasks.registry import reading_recipe, task_named

LENGTH = 256


@dataclass(frozen=True)
class Inspection:
    """What a look at data gave.

    Attributes:
        report: what was found.
        splits: the data.
        processor: the tokenizer that lengths were counted by; None of series, and where there can be none.
        max_length: tokens or steps that are read; None reads all.
    """

    report: CheckReport
    splits: Splits
    processor: Any
    max_length: int | None

    def write_page(self, path: Path) -> Path:
        """Write the report as a page with rows, lengths and labels."""
        from hf_seq.reports.check_page import write_check_page  # it draws, which takes long to import

        return write_check_page(self.report, self.splits, path, processor=self.processor, max_length=self.max_length)


def look_over(
    data: str, task: str, columns: Mapping[str, Any], max_length: int | None = None, tokenizer: str | None = None
) -> Inspection:
    """Load and check, also with what takes seconds.

    Args:
        data: as in a recipe.
        task: what is to be learned.
        columns: what else says how the data are read.
        max_length: tokens of a text (256 if None) or steps of a series to be read.
        tokenizer: folder or Hub id; None trains one on the train split.

    Raises:
        InputError: the data cannot be read at all.
    """
    chosen = task_named(task)
    recipe = reading_recipe(task, data, columns)
    longest = chosen.data.longest(recipe, max_length)
    splits = chosen.data.load(recipe, strict=False)
    processor: Any = None
    if tokenizer is not None:
        processor = load_or_explain(tokenizer, chosen.encoding.load_processor, tokenizer)
    elif not chosen.reads_numbers:
        try:
            processor = chosen.encoding.make_processor(recipe, splits)
        except InputError as error:
            logger.info(f"lengths are counted in words: {error}")
    limit = longest or (None if chosen.reads_numbers else LENGTH)
    report = chosen.data.check(splits, processor, limit)
    report.examples = first_rows(splits, processor)
    if not any(error.code == "split-empty" for error in report.errors):
        chosen.data.look_closer(report, splits)
    return Inspection(report, splits, processor, limit)
