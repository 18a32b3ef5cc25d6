# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The cards in model_cards/ are valid, say what the results file says, and give nothing away."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from hf_seq.hub.scrub import HOME, TOKEN

from ..hub.card_rules import complaints_about

ROOT = Path(__file__).parents[2]
SETTINGS = yaml.safe_load((ROOT / "model_cards" / "cards.yaml").read_text(encoding="utf-8"))
CARDS = sorted(path for path in (ROOT / "model_cards").glob("*.md") if path.name != "README.md")
RESULTS = [json.loads(line) for line in (ROOT / "benchmarks/results/quality.jsonl").read_text().splitlines()]

each_card = pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)


@each_card
def test_the_metadata_is_valid(path):
    card = path.read_text(encoding="utf-8")
    assert complaints_about(card, "model") == []
    data = yaml.safe_load(card.split("---")[1])
    assert {"license", "library_name", "tags", "model-index"} <= data.keys()
    if "/" in SETTINGS[path.stem]["dataset"]:
        assert data["datasets"] == [SETTINGS[path.stem]["dataset"]]
        assert {"language", "pipeline_tag"} <= data.keys()


@each_card
def test_the_score_is_that_of_the_results_file(path):
    card = path.read_text(encoding="utf-8")
    run, _, seed = SETTINGS[path.stem]["run"].rpartition("-")
    [row] = [row for row in RESULTS if row["recipe"] == run]
    score = row["scores"][row["seeds"].index(int(seed))]
    [metric] = yaml.safe_load(card.split("---")[1])["model-index"][0]["results"][0]["metrics"]
    assert metric["value"] == pytest.approx(score, abs=0.011)
    assert f"{row['parameters']:,} parameters, {row['parameters_without_embeddings']:,} without embeddings" in card
    if len(row["seeds"]) > 1:
        mean = float(re.search(r"mean ([\d.]+)", card)[1])
        assert mean == pytest.approx(row["mean"], abs=0.011)


@each_card
def test_the_code_is_python_that_names_the_repository_of_the_card(path):
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        ast.parse(block)
        assert f'"hf-seq/{path.stem}"' in block


@each_card
def test_nothing_is_left_to_be_filled_in_and_nothing_given_away(path):
    card = path.read_text(encoding="utf-8")
    assert "More information needed" not in card
    prose = re.sub(r"```python\n.*?```", "", card, flags=re.DOTALL)
    assert not re.search(r"\bNone\b|\bnan\b|Undefined", prose)
    assert not HOME.search(card)
    assert not TOKEN.search(card)
    assert not re.search(r"(?<![\w:/.<])/\w+/\w", card), "a path of the machine"


@each_card
def test_every_section_that_a_reader_looks_for_is_there(path):
    headings = re.findall(r"^## (.*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = ["How to use it", "Results", "Size and speed", "Training data", "Training", "Samples"]
    if "vowels" in path.stem:
        wanted.remove("Samples")  # numbers say nothing to a reader
    assert headings == [*wanted, "Limits and biases", "Not to be used for", "Citation"]


def test_there_are_cards_and_each_is_announced():
    assert {path.stem for path in CARDS} <= SETTINGS.keys()
    assert CARDS
