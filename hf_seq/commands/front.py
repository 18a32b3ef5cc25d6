# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq --help`: the page of all verbs, as typer would show it, in half of its time.

Typer's own page imports what renders Markdown and tracebacks. A test holds this one against it, word by word.
"""

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hf_seq.commands.verbs import EPILOG, HELP, VERBS

OPTIONS = (
    ("--version", "", "Show the version."),
    ("--install-completion", "", "Install completion for the current shell."),
    ("--show-completion", "", "Show completion for the current shell, to copy it or customize the installation."),
    ("--help", "-h", "Show this message and exit."),
)
"""What typer gives every application, and `--version`."""


def show_front() -> None:
    """Print the page on stdout."""
    console = Console(highlight=False)
    usage = Text.assemble(("Usage: ", "yellow"), ("hf-seq [OPTIONS] COMMAND [ARGS]...", "bold"))
    console.print(Padding(usage, 1))
    console.print(Padding(Text(HELP), (0, 1, 1, 1)))
    options = _table(("bold cyan", "bold green"))
    for long, short, help in OPTIONS:
        options.add_row(long, short, Text(help))
    console.print(_panel(options, "Options"))
    for panel in dict.fromkeys(verb.panel for verb in VERBS.values()):
        verbs = _table(("bold cyan",), max(map(len, VERBS)))
        for name, verb in VERBS.items():
            if verb.panel == panel:
                verbs.add_row(name, Text(verb.summary))
        console.print(_panel(verbs, panel))
    console.print(Padding(Text(EPILOG), 1))


def _table(styles: tuple[str, ...], width: int | None = None) -> Table:
    """Make a table of narrow columns, and of a last one that takes the room that is left."""
    table = Table(show_header=False, expand=True, box=None, pad_edge=False, padding=(0, 1))
    for style in styles:
        table.add_column(style=style, no_wrap=True, width=width)
    table.add_column(ratio=10)
    return table


def _panel(table: Table, title: str) -> Panel:
    return Panel(table, title=title, title_align="left", border_style="dim")
