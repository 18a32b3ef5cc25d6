# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq VERB`: check, train, evaluate, predict, generate, compare, trace.

Each verb imports what it needs when it runs, so that `hf-seq --help` answers at once. What a user can mend is said in a
sentence on stderr and ends with exit code 2.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from hf_seq.commands.check import check
from hf_seq.commands.demo import demo
from hf_seq.commands.evaluate import evaluate
from hf_seq.commands.find_threshold import find_threshold
from hf_seq.commands.generate import generate
from hf_seq.commands.predict import predict
from hf_seq.commands.push import push
from hf_seq.commands.recipe_help import compare_help, distill_help, train_help
from hf_seq.commands.trace import trace
from hf_seq.commands.translate import translate
from hf_seq.errors import InputError
from hf_seq.progress import print_progress

app = typer.Typer(
    name="hf-seq",
    help="Train small sequence models on your own data, compare them honestly, load them anywhere.",
    epilog="Start here:  hf-seq compare --data builtin:reviews --output runs/reviews",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
RECIPE_VERBS = ("train", "distill", "compare")
"""Verbs whose flags are the fields of a recipe; `HfArgumentParser` reads them, typer only shows the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code: 0 done, 2 the user can mend it, 130 interrupted."""
    arguments = with_underscores(sys.argv[1:] if argv is None else argv)
    _quiet_libraries()
    return guarded(lambda: _dispatch(arguments))


def _quiet_libraries() -> None:
    """Keep progress bars of libraries out of log files; those of downloads stay on terminals."""
    if not sys.stderr.isatty():
        for library in ("HF_DATASETS", "HF_HUB"):
            os.environ.setdefault(f"{library}_DISABLE_PROGRESS_BARS", "1")


def run_script(script: Callable[[], Any]) -> None:
    """Run the main function of a script under `training/` as `hf-seq` would, and leave with its exit code."""
    sys.exit(guarded(script))


def guarded(action: Callable[[], Any]) -> int:
    """Call `action`; turn what the user can mend into one message on stderr and exit code 2."""
    from hf_seq.train.disk import is_disk_full

    print_progress()
    try:
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
        if isinstance(error, PermissionError) and error.filename:
            return _complain(
                f"{error.filename} cannot be opened ({error.strerror}); change its permissions or its name."
            )
        raise
    return 0


def _complain(message: str) -> int:
    print(f"hf-seq: {message}", file=sys.stderr)
    return 2


def _dispatch(arguments: list[str]) -> None:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in RECIPE_VERBS and not {"-h", "--help"} & set(rest):
        _recipe_verb(verb)(rest)
        return
    if verb == "train":
        _show_flags_of(_task_in(rest))
    app(arguments)


def _show_flags_of(task: str) -> None:
    """Let the help of `train` list the flags of a task."""
    app.registered_commands = [each for each in app.registered_commands if each.name != "train"]
    app.command("train", rich_help_panel="Work")(train_help(task))


def _recipe_verb(verb: str) -> Callable[[list[str]], Any]:
    if verb == "compare":
        from hf_seq.compare.running import main as compare_main

        return compare_main
    if verb == "distill":
        from hf_seq.distill.running import main as distill_main

        return distill_main
    from hf_seq.distill.running import train_main

    return train_main


def _task_in(arguments: Sequence[str]) -> str:
    """Return what `--task` says, for the help that shows the flags of that task."""
    words = " ".join(arguments).replace("=", " ").split()
    return words[words.index("--task") + 1] if "--task" in words[:-1] else "classification"


def with_underscores(arguments: Sequence[str]) -> list[str]:
    """Rewrite `--max-length=3` to `--max_length=3`: both are accepted; what follows a lone `--` is left alone."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*map(_one_spelling, arguments[:end]), *arguments[end:]]


def _one_spelling(word: str) -> str:
    if not word.startswith("--"):
        return word
    name, equals, value = word[2:].partition("=")
    owner, dot, field = name.rpartition(".")  # of `--bilstm-attention.hidden-size`, the owner is a model's name
    return f"--{owner}{dot}{field.replace('-', '_')}{equals}{value}"


app.command(rich_help_panel="Before")(check)
app.command("compare", rich_help_panel="Work")(compare_help())
app.command("distill", rich_help_panel="Work")(distill_help())
app.command(rich_help_panel="Work")(evaluate)
app.command("find-threshold", rich_help_panel="Work")(find_threshold)
app.command(rich_help_panel="Work")(predict)
app.command(rich_help_panel="Work")(generate)
app.command(rich_help_panel="Work")(translate)
app.command(rich_help_panel="After")(trace)
app.command(rich_help_panel="After")(push)
app.command(rich_help_panel="After")(demo)
_show_flags_of("classification")

if __name__ == "__main__":
    sys.exit(main())
