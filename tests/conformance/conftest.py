# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Turns a skip of transformers' suite that is not on our list into a failure, and a listed one that ran as well."""

import pytest

UPSTREAM_MARKS = ("is_training_test", "accelerate_tests", "torch_compile_test", "flash_attn_test", "flash_attn_3_test")
SKIPPED = pytest.StashKey[bool]()


def pytest_configure(config):
    """Register the marks that the upstream files use."""
    for mark in (*UPSTREAM_MARKS, "flash_attn_4_test", "generate", "order"):
        config.addinivalue_line("markers", f"{mark}: a mark of transformers' own tests")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Hold every outcome of an upstream test against `skips.ALLOWED`."""
    report = yield
    case = getattr(item.cls, "case", None)
    if case is not None and (report.when == "call" or (report.when == "setup" and report.skipped)):
        from .skips import complaint

        said = report.longrepr[2] if report.skipped else None
        if report.skipped:
            item.stash[SKIPPED] = (
                True  # a skip inside `with self.subTest()` is reported before the test, which then passes
            )
        hidden = said is None and item.stash.get(SKIPPED, False)
        if not (report.failed or hidden) and (words := complaint(case, item.originalname or item.name, said)):
            report.outcome, report.longrepr = "failed", words
    return report
