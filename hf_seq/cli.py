# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq VERB`: check, train, evaluate, predict, generate, compare, trace.

Each verb imports what it needs when it runs, so that `hf-seq --help` answers at once. What a user can mend is said in a
sentence on stderr and ends with exit code 2.
"""

import errno
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from hf_seq.commands.check import check
from hf_seq.commands.data_flags import (
    command_with,
    flags_of_model,
    flags_to_check,
    flags_to_choose,
    flags_to_predict,
    flags_to_trace,
    flags_to_write,
)
from hf_seq.commands.demo import demo
from hf_seq.commands.evaluate import evaluate
from hf_seq.commands.export import export
from hf_seq.commands.find_threshold import find_threshold
from hf_seq.commands.forecast import forecast
from hf_seq.commands.generate import generate
from hf_seq.commands.predict import predict
from hf_seq.commands.push import push
from hf_seq.commands.recipe_verbs import (
    RecipeCommand,
    compare,
    compare_flags,
    distill,
    distill_flags,
    epilog_of,
    fit,
    fit_flags,
    train,
    train_flags,
)
from hf_seq.commands.serve import serve
from hf_seq.commands.trace import trace
from hf_seq.commands.translate import translate
from hf_seq.errors import InputError
from hf_seq.flags.command import usage_errors_explained, with_flags
from hf_seq.flags.flag import Flag
from hf_seq.flags.spelling import with_underscores
from hf_seq.progress import progress_printed

COMPLETING = "_HF_SEQ_COMPLETE"
"""The variable that a shell sets when it asks for completions."""


OTHERS_WAIT = 10.0
"""Seconds after which a process that is not the first says itself why it ends."""

UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
)
"""What the system says of a path that a user gave and nobody can read or write."""


@dataclass(frozen=True)
class Verb:
    """A verb of the command line.

    Attributes:
        function: what it runs; typer makes its arguments and options from the signature.
        panel: group of the help of `hf-seq` that shows it.
        flags: lists the flags it takes beside, from the words that follow it.
        reads_words: whether the function takes the words themselves.
    """

    function: Callable[..., None]
    panel: str
    flags: Callable[[Sequence[str]], list[Flag]] | None = None
    reads_words: bool = False


DATA, WORK, SHARE = "Data", "Train and predict", "Look inside and share"
VERBS = {
    "check": Verb(check, DATA, flags_to_check),
    "compare": Verb(compare, WORK, compare_flags, reads_words=True),
    "train": Verb(train, WORK, train_flags, reads_words=True),
    "distill": Verb(distill, WORK, distill_flags, reads_words=True),
    "fit": Verb(fit, WORK, fit_flags, reads_words=True),
    "evaluate": Verb(evaluate, WORK, flags_of_model),
    "find-threshold": Verb(find_threshold, WORK, flags_to_choose),
    "predict": Verb(predict, WORK, flags_to_predict),
    "forecast": Verb(forecast, WORK),
    "generate": Verb(generate, WORK, flags_to_trace),
    "write": Verb(translate, WORK, flags_to_write),
    "translate": Verb(translate, WORK, flags_to_write),
    "trace": Verb(trace, SHARE, flags_to_trace),
    "demo": Verb(demo, SHARE),
    "export": Verb(export, SHARE, flags_of_model),
    "serve": Verb(serve, SHARE),
    "push": Verb(push, SHARE),
}
"""Every verb, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code: 0 done, 2 the user can mend it, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    arguments = [words[0], *with_underscores(words[1:])]
    _quiet_libraries()
    _let_threads_sleep()
    _print_what_can_be()
    return guarded(lambda: _run(arguments))


def _run(arguments: list[str]) -> None:
    if COMPLETING in os.environ:
        _command(_words_to_complete())(prog_name="hf-seq")
        return
    verb = arguments[0] if arguments[0] in VERBS else "VERB"
    with usage_errors_explained(verb):
        try:
            command = _command(arguments)
            with command.make_context("hf-seq", list(arguments)) as context:
                command.invoke(context)
        except typer.Exit as ended:
            sys.exit(ended.exit_code)


def _command(words: Sequence[str]) -> Any:
    """Make the command of a command line: of the verb that it names every flag, of the others what they do."""
    app = typer.Typer(
        name="hf-seq",
        help="Train small sequence models on your own data, compare them honestly, load them anywhere.",
        epilog="Start here:  hf-seq compare --data builtin:reviews --output runs/reviews",
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_shared)
    for name, verb in VERBS.items():
        flags = _flags_of(verb, words[1:]) if words and words[0] == name else []
        kind: type[TyperCommand] = RecipeCommand if verb.reads_words else command_with(flags)
        shown = [replace(each, hidden=False) for each in flags] if COMPLETING in os.environ else flags
        function = with_flags(verb.function, shown)
        app.command(name, cls=kind, rich_help_panel=verb.panel, epilog=epilog_of(flags))(function)
    return typer.main.get_command(app)


def _flags_of(verb: Verb, words: Sequence[str]) -> list[Flag]:
    """List the flags of a verb; of one that reads its words itself only for its help and for completion."""
    shown = COMPLETING in os.environ or not {"-h", "--help"}.isdisjoint(words)
    if not verb.flags or (verb.reads_words and not shown):
        return []
    try:
        return verb.flags(words)
    except InputError:
        if COMPLETING in os.environ:  # a line that is half written may be anything
            return verb.flags([])
        raise


def _words_to_complete() -> list[str]:
    """Split what a shell asks to complete: bash hands it over in one variable, the others in another.

    The word that is being written is left out, and says nothing yet: `--task tag` names no task.
    """
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or ""
    try:
        words = shlex.split(line)[1:]
    except ValueError:  # a quote is still open
        words = line.split()[1:]
    return words if line[-1:].isspace() else words[:-1]


def _show_version(asked: bool) -> None:
    if asked:
        print(f"hf-seq {sys.modules['hf_seq'].__version__}")  # the front of the package, which stands above this file
        raise typer.Exit


def _shared(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Take the options that stand before a verb."""


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


def _print_what_can_be() -> None:
    """Print `?` for a character that the encoding of the output lacks (cp1252 has no minus sign), in place of dying."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and "utf" not in (stream.encoding or "").lower():
            stream.reconfigure(errors="replace")


def run_script(script: Callable[[], Any]) -> None:
    """Run the main function of a script under `training/` as `hf-seq` would, and leave with its exit code."""
    sys.exit(guarded(script))


def guarded(action: Callable[[], Any]) -> int:
    """Call `action`; turn what the user can mend into one message on stderr and exit code 2."""
    from hf_seq.train.disk import is_disk_full

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
