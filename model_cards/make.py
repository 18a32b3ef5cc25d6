# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The cards of our recipes, made from finished runs as `hf-seq push` makes them.

    python model_cards/make.py --runs runs/quality              every card whose run is there
    python model_cards/make.py --runs runs/quality --only sst2-bilstm

`cards.yaml` says which run and which data set belong to a card; the rest is read from the run's record. Weights stay
out of this folder.
"""

import argparse
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml
from transformers.utils.logging import disable_progress_bar

from hf_seq.hub import CardOptions
from hf_seq.hub.example_answers import answers_of
from hf_seq.hub.staging import CARD, stage

HERE = Path(__file__).parent
OWNER = "hf-seq"


def make(name: str, settings: dict[str, Any], runs: Path) -> str | None:
    """Write the text of a card; None where its run is missing."""
    folder = runs / settings["run"]
    if not (folder / "record.json").is_file():
        return None
    options = CardOptions(dataset=settings["dataset"], remarks=settings.get("remarks", []), answers=answers_of(folder))
    with tempfile.TemporaryDirectory() as place:
        stage(folder, Path(place), f"{OWNER}/{name}", options=options)
        card = (Path(place) / CARD).read_text(encoding="utf-8")
    return re.sub(r"!\[Learning curves\].*\n\n", "", card)  # the picture goes to the Hub, not into this folder


def main() -> None:
    """Write the cards and say which are missing."""
    parser = argparse.ArgumentParser(description="Model cards of our recipes, from finished runs.")
    cards = yaml.safe_load((HERE / "cards.yaml").read_text(encoding="utf-8"))
    parser.add_argument("--runs", type=Path, default=Path("runs/quality"), help="folder of the runs")
    parser.add_argument("--only", nargs="*", choices=cards, help="cards to make; all without it")
    options = parser.parse_args()
    disable_progress_bar()
    for name in options.only or cards:
        card = make(name, cards[name], options.runs)
        if card is None:
            print(f"{name}: there is no finished run {options.runs / cards[name]['run']}")
            continue
        (HERE / f"{name}.md").write_text(card, encoding="utf-8")
        print(f"{name}: written")


if __name__ == "__main__":
    main()
