# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Processes side by side: what starts them, and a script that would start itself again in each of them."""

import gc
import multiprocessing
import sys
import time
import types

import pytest

from hf_seq.errors import InputError
from hf_seq.workers import worker_pool

CALL = "import hf_seq\n\nhf_seq.compare('rows.csv', jobs=2)\n"
GUARDED = "import hf_seq\n\nif __name__ == '__main__':\n    hf_seq.compare('rows.csv', jobs=2)\n"


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Have a script be the one that was started."""

    def start(text, spec=None):
        path = tmp_path / "mine.py"
        path.write_text(text)
        main = types.ModuleType("__main__")
        main.__file__, main.__spec__ = str(path), spec
        monkeypatch.setitem(sys.modules, "__main__", main)

    return start


def test_a_script_that_would_start_itself_again_is_refused_in_words(started):
    started(CALL)
    with pytest.raises(InputError, match=r"mine.py, which would start it all again; .*if __name__ == '__main__':"):
        worker_pool(2, []).__enter__()


def test_a_script_that_guards_its_call_has_workers(started):
    started(GUARDED)
    with worker_pool(2, []) as pool:
        assert list(pool.map(len, ["a", "bc", ""])) == [1, 2, 0]


def test_workers_leave_what_was_imported_for_them_in_shared_pages(started):
    started(GUARDED)
    with worker_pool(1, ["json"]) as pool:
        assert pool.submit(gc.get_freeze_count).result() > 1_000


def fail_beside_a_worker():
    with worker_pool(1, []) as pool:
        pool.submit(time.sleep, 60)
        time.sleep(0.2)
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="a fresh process takes seconds")
def test_after_an_error_the_workers_are_ended_and_no_process_of_the_callers_own(started):
    started(GUARDED)
    own = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    own.start()
    try:
        with pytest.raises(ZeroDivisionError):
            fail_beside_a_worker()
        own.join(0.3)  # ended, it would be gone by then
        assert multiprocessing.active_children() == [own]
    finally:
        own.kill()
