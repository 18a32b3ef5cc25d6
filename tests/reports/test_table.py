# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import io

import numpy as np
import pytest
from rich.console import Console

from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.table import WIDE, cells, columns, count, print_table, significant, size, to_markdown, trust_columns
from tests.reports.factories import finished_run, flipped, not_run, one_hot

GOLD = np.arange(200) % 3


@pytest.fixture
def comparison(tmp_path):
    runs = {
        "lstm": [finished_run(tmp_path / "b", GOLD, one_hot(flipped(GOLD, range(20))))],
        "distilbert": [
            finished_run(tmp_path / "c", GOLD, one_hot(GOLD), model="distilbert", label="MiniLM-L6 (stands in)")
        ],
        "a|b": [not_run(tmp_path / "d", "a|b", "no [bold]weights[/bold]")],
    }
    return compare_runs(runs, small=["lstm"], notes=["2 texts [cut]"])


def printed(comparison, width):
    stream = io.StringIO()
    print_table(comparison, Console(file=stream, width=width, force_terminal=False))
    return stream.getvalue()


def test_a_row_shows_every_figure_in_peoples_units(comparison):
    shown = dict(
        zip(
            [each.heading for each in columns(comparison)],
            cells(columns(comparison), comparison.rows[0]),
            strict=True,
        )
    )
    assert shown["accuracy"] == "90.0"
    assert shown["to MiniLM-L6"] == "−10.0"
    assert shown["p"] == "< 0.001"
    assert shown["parameters"] == "1.0 k"
    assert shown["w/o emb."] == "400"
    assert shown["on disk"] == "4.0 kB"
    assert shown["ms p50/p95"] == "0.50/0.75"
    assert shown["model only"] == "0.40/0.60"
    assert shown["texts/s"] == "12,345"
    assert shown["train s"] == "3.21"


@pytest.mark.parametrize("width", [80, WIDE])
def test_the_terminal_shows_all_columns_whatever_its_width(comparison, width):
    text = printed(comparison, width)
    assert all(len(line) <= width for line in text.splitlines())
    for heading in (each.heading for each in (*columns(comparison), *trust_columns(comparison))):
        assert heading in text


def test_what_was_not_run_and_what_was_noted_is_printed_to_the_letter(comparison):
    text = printed(comparison, WIDE)
    assert "not run: a|b: no [bold]weights[/bold]" in text
    assert "note: 2 texts [cut]" in text


def test_markdown_has_one_line_per_model_and_escapes_its_bars(comparison):
    lines = [line for line in to_markdown(comparison).splitlines() if line.startswith("| ")]
    assert len(lines) == 2 * (1 + 3)
    assert len({line.replace(r"\|", "").count("|") for line in lines[:4]}) == 1
    assert len({line.replace(r"\|", "").count("|") for line in lines[4:]}) == 1


def test_the_worst_and_the_best_seed_are_shown_only_when_there_are_several(comparison, tmp_path):
    assert "seeds" not in [each.heading for each in columns(comparison)]
    seeds = [finished_run(tmp_path / f"s{k}", GOLD, one_hot(flipped(GOLD, range(k))), seed=k) for k in (0, 20)]
    several = compare_runs({"lstm": seeds}, small=["lstm"])
    shown = dict(zip([c.heading for c in columns(several)], cells(columns(several), several.rows[0]), strict=True))
    assert (shown["accuracy"], shown["seeds"]) == ("95.0", "90.0–100.0 (2)")


def test_p_is_shown_corrected_only_where_several_models_are_tested(comparison, tmp_path):
    assert "p (Holm)" not in [each.heading for each in columns(comparison)]
    wrong = {"lstm": 6, "gru": 7, "distilbert": 0}
    runs = {m: [finished_run(tmp_path / m, GOLD, one_hot(flipped(GOLD, range(k))), model=m)] for m, k in wrong.items()}
    several = compare_runs(runs, small=["lstm", "gru"])
    shown = dict(zip([c.heading for c in columns(several)], cells(columns(several), several.rows[0]), strict=True))
    assert (shown["p"], shown["p (Holm)"]) == ("0.023", "0.026")  # twice the smaller of the two
    gru = dict(zip([c.heading for c in columns(several)], cells(columns(several), several.rows[1]), strict=True))
    assert (gru["p"], gru["p (Holm)"]) == ("0.013", "0.026")


def test_agreement_with_the_teacher_and_calibration_stand_in_the_second_table(comparison):
    shown = trust_columns(comparison)
    assert [each.heading for each in shown] == ["as MiniLM-L6", "ECE"]
    assert cells(shown, comparison.rows[0]) == ["90.0", "10.0"]  # sure of everything, wrong in a tenth
    assert cells(shown, comparison.rows[1]) == ["itself", "0.00"]


@pytest.mark.parametrize(
    ("value", "as_count", "as_size"),
    [
        (None, "–", "–"),
        (3, "3", "3 B"),
        (999_999, "1.0 M", "1.0 MB"),
        (66_362_880, "66.4 M", "66.4 MB"),
        (267_000_000, "267 M", "267 MB"),
    ],
)
def test_counts_and_sizes_are_rounded_for_people(value, as_count, as_size):
    assert count(value) == as_count
    assert size(value) == as_size


@pytest.mark.parametrize(
    ("value", "said"), [(0.0012, "0.001"), (0.123, "0.12"), (12.34, "12.3"), (99.97, "100"), (12345.6, "12,346")]
)
def test_numbers_keep_the_digits_that_mean_something(value, said):
    assert significant(value) == said
