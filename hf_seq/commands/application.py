# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Makes the typer command of a command line, and runs it; of the verbs, only the one at hand is imported."""

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from hf_seq.commands.verbs import COMPLETING, EPILOG, HELP, VERBS, Verb
from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag


def run(arguments: list[str]) -> None:
    """Run a command line, or say what a shell could complete it by."""
    from hf_seq.flags.command import usage_errors_explained

    if COMPLETING in os.environ:
        command_of(_words_to_complete())(prog_name="hf-seq")
        return
    verb = arguments[0] if arguments[0] in VERBS else "VERB"
    with usage_errors_explained(verb):
        try:
            command = command_of(arguments)
            with command.make_context("hf-seq", list(arguments)) as context:
                command.invoke(context)
        except typer.Exit as ended:
            sys.exit(ended.exit_code)


def command_of(words: Sequence[str]) -> Any:
    """Make the command of a command line: of the verb that it names every flag, of the others what they do."""
    app = typer.Typer(
        name="hf-seq",
        help=HELP,
        epilog=EPILOG,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_shared)
    for name, verb in VERBS.items():
        if words and words[0] == name:
            _add(app, name, verb, _flags_of(verb, words[1:]))
        else:
            app.command(name, rich_help_panel=verb.panel, help=verb.summary)(_not_at_hand)
    return typer.main.get_command(app)


def _add(app: typer.Typer, name: str, verb: Verb, flags: list[Flag]) -> None:
    """Add a verb with all its flags."""
    from hf_seq.commands.data_flags import command_with
    from hf_seq.commands.recipe_verbs import RecipeCommand, epilog_of
    from hf_seq.flags.command import with_flags

    kind: type[TyperCommand] = RecipeCommand if verb.reads_words else command_with(flags)
    shown = [replace(each, hidden=False) for each in flags] if COMPLETING in os.environ else flags
    function: Callable[..., None] = with_flags(verb.function, shown)
    app.command(name, cls=kind, rich_help_panel=verb.panel, epilog=epilog_of(flags))(function)


def _not_at_hand() -> None:
    """Stand for a verb that the command line does not name."""


def _flags_of(verb: Verb, words: Sequence[str]) -> list[Flag]:
    """List the flags of a verb, if the words that follow it hold any, or help or completion asks for them.

    One that reads its words itself has them for its help and for completion alone.
    """
    shown = COMPLETING in os.environ or not {"-h", "--help"}.isdisjoint(words)
    given = not verb.reads_words and any(word.startswith("-") for word in words)
    if not (shown or given):
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
