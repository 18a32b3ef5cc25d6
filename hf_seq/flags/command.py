# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Flags as parameters of a typer command: for its help, its completion and its own reading of them."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from hf_seq.errors import InputError
from hf_seq.flags.flag import Flag

UsageError: Any = typer.BadParameter.__mro__[1]
"""What typer raises at a command line that it cannot read; newer versions of it bring a click of their own."""


def with_flags(function: Callable[..., Any], flags: Iterable[Flag]) -> Callable[..., Any]:
    """Give a function the parameters that typer makes options from.

    Args:
        function: its own parameters stay, and `**values` stands for the flags; of these it gets those that were given.
        flags: what to add.
    """
    own = [each for each in inspect.signature(function).parameters.values() if each.kind is not each.VAR_KEYWORD]
    flags = list(flags)
    kinds = {each.name: each.kind for each in flags}

    def call(**values: Any) -> Any:
        for name, kind in kinds.items():
            if values[name] in (None, []):
                del values[name]
            elif kind is bool:
                values[name] = values[name] == "true"
        return function(**values)

    parameters = [*own, *map(_parameter, flags)]
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    )
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    call.__doc__, call.__name__ = function.__doc__, function.__name__
    return call


def _parameter(flag: Flag) -> inspect.Parameter:
    choices = ("true", "false") if flag.kind is bool else flag.choices
    option = typer.Option(
        *flag.spellings,
        help=_help(flag),
        rich_help_panel=flag.panel or None,
        hidden=flag.hidden,
        metavar="" if flag.kind is bool else "VALUE" if not flag.many else "VALUE ...",
        autocompletion=_completion(choices) if choices else None,
    )
    kind: Any = str if flag.kind is bool else flag.kind  # `spell` writes true or false behind a switch
    kind = list[kind] if flag.many else kind
    return inspect.Parameter(
        flag.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _help(flag: Flag) -> str:
    """Add the default to the help; the command itself leaves it to the dataclass."""
    default = flag.default
    shown = "" if default is None or default is False or default == "" else str(default).lower()
    return f"{flag.help} [dim]\\[default: {shown}][/dim]" if shown else flag.help


def _completion(choices: Sequence[str]) -> Callable[[str], list[str]]:
    return lambda incomplete: [each for each in choices if each.startswith(incomplete)]


@contextmanager
def usage_errors_explained(verb: str) -> Iterator[None]:
    """Turn what typer complains of into an `InputError` that names the help to read."""
    try:
        yield
    except UsageError as error:
        message = error.format_message().rstrip(".?")
        raise InputError(f"{message}; see `hf-seq {verb} --help`.") from error
