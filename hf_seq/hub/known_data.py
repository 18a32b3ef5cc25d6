# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Public data sets: their names, languages, licences and limits, from `known_data.yaml`."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from hf_seq.errors import InputError


@dataclass(frozen=True)
class DataFacts:
    """What a card may say about a data set.

    Attributes:
        id: on the Hub; `builtin:...` or `uci:...` for sets that are not there.
        name: for people.
        config: of the data set on the Hub.
        language: ISO 639 codes.
        license: of the data, a Hub licence id; None where there is none to name.
        license_note: what is known where `license` is None.
        weights_license: Hub licence id for a model trained on the data.
        weights_license_name: its name where the id is `other`.
        about: one sentence.
        limits: what a model trained on it cannot do.
        examples: inputs of our own, not of the set.
        citation: BibTeX.
    """

    id: str
    name: str
    config: str | None = None
    language: list[str] = field(default_factory=list)
    license: str | None = None
    license_note: str | None = None
    weights_license: str | None = None
    weights_license_name: str | None = None
    about: str | None = None
    limits: str | None = None
    examples: list[str] = field(default_factory=list)
    citation: str | None = None

    @property
    def on_hub(self) -> bool:
        """Whether `id` is a data set of the Hub."""
        return "/" in self.id


def data_facts(dataset: str | None, data: str) -> DataFacts | None:
    """Return facts about the data of a run.

    Args:
        dataset: what the user says it is; must be a data set of the Hub, known here or not.
        data: the record's source; only a Hub id or a built-in says anything certain.

    Returns:
        None where nothing is known for sure: a folder that is called `sst2` may hold anything.

    Raises:
        InputError: `dataset` is no Hub id.
    """
    known = _known()
    if dataset is not None:
        if dataset.count("/") != 1 and dataset not in known:
            raise InputError(f"--dataset {dataset} is not a Hub id of a data set; write owner/name.")
        return known.get(dataset) or DataFacts(dataset, dataset.rpartition("/")[2])
    return known.get(data)


@cache
def _known() -> dict[str, DataFacts]:
    text = (Path(__file__).parent / "known_data.yaml").read_text(encoding="utf-8")
    return {id: DataFacts(id, **facts) for id, facts in yaml.safe_load(text).items()}
