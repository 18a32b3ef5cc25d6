# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What people call train, validation and test, alone or as a part of a longer name.

train.csv  dev.csv  testing.csv         the whole name
reviews_train.csv  xx-ud-dev.conllu     the last word
train.de-en.de  test_2016_flickr.tsv    any word, where it is the only one; digits behind it do not count (tst2014)
eng.testa  cooking.valid                the suffix
"""

import re
from collections.abc import Callable

SPLIT_NAMES = {
    "train": ("train", "training", "trn"),
    "validation": ("validation", "valid", "dev", "val", "eval", "devel", "development", "testa"),
    "test": ("test", "testing", "testb", "tst"),
}
_PARTS = re.compile(r"[-_. ]+")
_DIGITS = re.compile(r"\d+$")


def canonical_split(name: str) -> str | None:
    """Return `train`, `validation` or `test` for the usual names of these, else None."""
    return next((split for split, names in SPLIT_NAMES.items() if name.lower() in names), None)


def split_in_name(name: str) -> str | None:
    """Name the only split among the words of a name; None where there is none, or two.

    Example:
        >>> split_in_name("train.de-en"), split_in_name("TED.tst2014.de-en"), split_in_name("train_test")
        ('train', 'test', None)
    """
    found = {canonical_split(_DIGITS.sub("", word) or word) for word in _PARTS.split(name)} - {None}
    return found.pop() if len(found) == 1 else None


def _last_word(name: str) -> str | None:
    return canonical_split(_PARTS.split(name)[-1])


WAYS: tuple[Callable[[str], str | None], ...] = (canonical_split, _last_word, split_in_name)
"""How a name is asked for its split, the surest way first; a folder is read in one way."""
