# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a search says: the frontier as a table and a page, and what one more minute, megabyte or millisecond buys."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hf_seq.files.writing import write_text
from hf_seq.reports.frontier import FrontierPage, FrontierPoint, write_frontier
from hf_seq.reports.record import Record
from hf_seq.reports.table import size
from hf_seq.search.budget import in_minutes
from hf_seq.search.candidates import Candidate, best_of, frontier
from hf_seq.search.limits import Limits
from hf_seq.search.options import FitOptions
from hf_seq.search.scouting import MEGABYTE, MILLISECOND, Scouted

HEADINGS = ("model", "validation", "size", "ms a text", "updates", "")
WIDE = 130


def rows_of(candidates: Sequence[Candidate], chosen: Candidate, limits: Limits, sign: int) -> list[tuple[str, ...]]:
    """Write the frontier as lines of a table, the smallest model first."""
    shown: list[tuple[str, ...]] = []
    for each in with_baselines(candidates, sign):
        mark = "chosen" if (each.run, each.form) == (chosen.run, chosen.form) else ""
        beyond = "" if each.within(limits) else "beyond"
        low, high = each.interval or (each.score, each.score)
        score = f"{each.score:.2f} [{low:.2f}, {high:.2f}]"
        updates = f"{each.updates:,}" if each.updates else ""
        shown.append((each.name, score, size(each.bytes), f"{each.milliseconds:.3g}", updates, mark or beyond))
    return shown


def with_baselines(candidates: Sequence[Candidate], sign: int) -> list[Candidate]:
    """Return the frontier, and the baselines whether they are on it or not."""
    kept = frontier(candidates, sign)
    kept += [each for each in candidates if not each.updates and each not in kept]
    return sorted(kept, key=lambda each: (each.bytes, each.milliseconds))


def print_outcome(
    candidates: Sequence[Candidate], chosen: Candidate, options: FitOptions, summary: dict[str, Any], sign: int
) -> None:
    """Print the frontier and what more would buy."""
    import sys

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if 0 < place < len(HEADINGS) - 1 else "left", no_wrap=True)
    for row in rows_of(candidates, chosen, options.limits, sign):
        table.add_row(*map(Text, row))
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    console.print(table)
    for line in summary["more"]:
        console.print(Text(f"- {line}"))


def what_more_buys(
    candidates: Sequence[Candidate], scouted: Sequence[Scouted], chosen: Candidate, limits: Limits, sign: int
) -> list[str]:
    """Say what one more megabyte, millisecond or minute would have bought, from what was trained.

    Args:
        candidates: all of them.
        scouted: what was found beyond the limits.
        chosen: the answer.
        limits: of the search.
        sign: 1 where a higher score is better, else -1.
    """
    seen = {each.unit: each for each in scouted}
    lines = []
    for unit, limit, wider in (
        ("megabyte", limits.bytes, limits.wider(size=MEGABYTE)),
        ("millisecond", limits.milliseconds, limits.wider(milliseconds=MILLISECOND)),
    ):
        if limit is None:
            lines.append(f"One more {unit}: there was no limit to widen.")
            continue
        best = best_of([each for each in candidates if not each.run.startswith("scout")], wider, sign) or chosen
        gain = sign * (best.score - chosen.score)
        found = f"{gain:.2f} points with {_described(best)}" if gain > 0 else "nothing of what was trained"
        lines.append(f"One more {unit} would have bought {found}{_beyond(seen.get(unit))}.")
    return [*lines, _longer(candidates, chosen, limits, sign)]


def _beyond(scouted: Scouted | None) -> str:
    if scouted is None or scouted.candidate is None or scouted.gain is None:
        return ""
    return (
        f"; at a third of the training {_described(scouted.candidate)} had {scouted.gain:+.2f} points against the "
        "best model within the limits"
    )


def _described(candidate: Candidate) -> str:
    return f"{candidate.name}, {size(candidate.bytes)}, {candidate.milliseconds:.3g} ms"


def _longer(candidates: Sequence[Candidate], chosen: Candidate, limits: Limits, sign: int) -> str:
    """Say what the last minute of the search has brought: the next one will hardly bring more."""
    last = max((each.spent for each in candidates), default=0.0)
    before = best_of([each for each in candidates if each.spent <= last - 1 and each.updates], limits, sign)
    if before is None:
        return "One more minute: the search was too short to tell."
    gain = sign * (chosen.score - before.score)
    what = f"brought {gain:.2f} points" if gain > 0 else "brought nothing"
    return (
        f"One more minute: the last of {in_minutes(round(last, 1))} of training {what}; expect no more of the next one."
    )


def write_outcome(
    output: Path,
    record: Record,
    candidates: Sequence[Candidate],
    chosen: Candidate,
    options: FitOptions,
    summary: dict[str, Any],
    sign: int,
) -> None:
    """Write table.md and report.html."""
    rows, limits = rows_of(candidates, chosen, options.limits, sign), options.limits
    low, high = record.interval or (record.score, record.score)
    answer = (
        f"{chosen.name}: {record.metric} {record.score:.2f} [{low:.2f}, {high:.2f}] on {record.scored_rows}, "
        f"{size(chosen.bytes)}, {chosen.milliseconds:.3g} ms a text; the limits were {limits}."
    )
    lines = [f"`{record.data}`: {record.metric}.", "", answer, "", f"| {' | '.join(HEADINGS)} |"]
    lines += ["|---|" + "---:|" * (len(HEADINGS) - 1), *(f"| {' | '.join(row)} |" for row in rows), ""]
    lines += [f"- {line}" for line in summary["more"]]
    write_text(output / "table.md", "\n".join(lines) + "\n")
    kept = {(each.run, each.form) for each in frontier(candidates, sign)}

    def points(cost: Callable[[Candidate], float]) -> list[FrontierPoint]:
        shown = [replace(each, score=each.score) for each in candidates]
        return [
            FrontierPoint(
                each.name,
                each.form,
                cost(each),
                each.score,
                *(each.interval or (each.score, each.score)),
                (each.run, each.form) in kept,
                (each.run, each.form) == (chosen.run, chosen.form),
            )
            for each in shown
        ]

    write_frontier(
        FrontierPage(
            record=record,
            answer=answer,
            headings=HEADINGS,
            rows=rows,
            more=summary["more"],
            by_size=points(lambda each: each.bytes / MEGABYTE),
            by_latency=points(lambda each: each.milliseconds),
            size_limit=None if limits.bytes is None else limits.bytes / MEGABYTE,
            latency_limit=limits.milliseconds,
            facts=_facts(record, options, summary),
        ),
        output / "report.html",
    )


def _facts(record: Record, options: FitOptions, summary: dict[str, Any]) -> list[tuple[str, str]]:
    speed = summary["speed"]
    tried = f"{summary['tried']} settings trained, {len(summary['too_large'])} did not fit; seed {options.seed}"
    cost = f"{1000 * speed['update']:.3g} ms an update, {speed['overhead']:.2g} s beside a training"
    return [
        ("Data", f"{record.data}; fingerprint {record.fingerprint}"),
        ("Score", record.signature or record.metric),
        ("Chosen on", "the validation rows; the test rows were scored once, at the end"),
        ("Search", tried),
        ("Budget", f"{in_minutes(options.minutes)} at {cost}"),
        ("Size", "; ".join(f"{form}: {files}" for form, files in summary["forms"].items())),
        ("Latency", record.measurement.get("how", "")),
        ("Machine", str(record.machine.get("processor", ""))),
        ("Command", record.command),
    ]
