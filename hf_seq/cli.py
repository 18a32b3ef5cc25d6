# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq VERB`: check, train, evaluate, predict, generate, compare, trace.

Each verb imports what it needs when it runs, so that `hf-seq --help` answers at once. What a user can mend is said in a
sentence on stderr and ends with exit code 2.
"""

import codecs
import errno
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from hf_seq.commands import own_process
from hf_seq.commands.verbs import COMPLETING
from hf_seq.errors import InputError
from hf_seq.flags.spelling import with_underscores
from hf_seq.progress import progress_printed

OTHERS_WAIT = 10.0
"""Seconds after which a process that is not the first says itself why it ends."""

UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
)
"""What the system says of a path that a user gave and nobody can read or write."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code: 0 done, 2 the user can mend it, 130 interrupted.

    Args:
        argv: the words after `hf-seq`; without them those of this process, which then is the command line's own.
    """
    if argv is None:
        own_process.claim()
    _open_what_is_closed()
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    arguments = [words[0], *with_underscores(words[1:])]
    _quiet_libraries()
    _let_threads_sleep()
    _print_what_can_be()
    return guarded(lambda: _run(arguments))


def _run(arguments: list[str]) -> None:
    if arguments[0] in ("-h", "--help") and len(arguments) == 1 and COMPLETING not in os.environ:
        from hf_seq.commands.front import show_front

        show_front()
        return
    from hf_seq.commands.application import run

    run(arguments)


def _quiet_libraries() -> None:
    """Keep progress bars of libraries out of log files; those of downloads stay on terminals."""
    if not sys.stderr.isatty():
        for library in ("HF_DATASETS", "HF_HUB"):
            os.environ.setdefault(f"{library}_DISABLE_PROGRESS_BARS", "1")


def _let_threads_sleep() -> None:
    """Have the threads of torch sleep soon when they wait for each other, before torch is there.

    By default they spin for a long time. Where other programs want the same two cores, an epoch of a small model then
    takes 111 s in place of 17; with a short spin it costs a quiet machine a tenth, without any two and a half times.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")


SPELLED = "hf_seq.spelled"
ALIKE = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u2019": "'", "\u00b7": "-", "\u2192": "->"}
"""For signs that hf_seq prints, what a terminal without them shows."""


def _open_what_is_closed() -> None:
    """Let what is printed go nowhere where output or errors are closed (`>&-`, a daemon), as Python's `print` does.

    Until it is taken, the number of a closed output goes to the next file that is opened, and what is printed with it.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 # as long as the process


def _print_what_can_be() -> None:
    """Spell what the encoding of the output lacks (cp1252 has no minus sign) with what it has, in place of dying.

    A `?` would do away with the sign of a difference and with the letters of a label.
    """
    codecs.register_error(SPELLED, _spell)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and "utf" not in (stream.encoding or "").lower():
            stream.reconfigure(errors=SPELLED)


def _spell(error: UnicodeError) -> tuple[str, int]:
    """Give what stands in for characters that could not be encoded: a sign alike, or their numbers as in JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(ALIKE.get(each) or json.dumps(each)[1:-1] for each in lacking), error.end


def run_script(script: Callable[[], Any]) -> None:
    """Run the main function of a script under `training/` as `hf-seq` would, and leave with its exit code."""
    sys.exit(guarded(script))


def guarded(action: Callable[[], Any]) -> int:
    """Call `action`; turn what the user can mend into one message on stderr and exit code 2."""
    try:
        with progress_printed():
            action()
    except InputError as error:
        return _complain(str(error))
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` for example, has had enough
        sys.stderr.close()
        return 0
    except Exception as error:
        from hf_seq.train.disk import is_disk_full

        if is_disk_full(error):
            return _complain(f"The disk is full ({error}). Free some space and try again.")
        if isinstance(error, OSError) and error.errno in UNUSABLE and error.filename:
            return _complain(
                f"{error.filename} cannot be opened ({error.strerror}); change its permissions, or give another name."
            )
        raise
    return 0


def _complain(message: str) -> int:
    """Say what is wrong; of processes that train together, all of which see it, the first says it for all."""
    if os.environ.get("RANK", "0") != "0":
        time.sleep(OTHERS_WAIT)
    print(f"hf-seq: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
