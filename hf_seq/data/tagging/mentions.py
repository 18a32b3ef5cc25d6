# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Mention replacement: tagged sentences again, with other names in them.

A tagger learns the names that its training sentences hold, and will meet others. Where a mention gives way to another
of its type, what stays is what a new name will stand in, too: the words around it (Dai & Adel 2020, section 3,
arXiv:2010.11683).
"""

import dataclasses
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset, concatenate_datasets

from hf_seq.data.readers.files import read_text
from hf_seq.data.splits import Splits
from hf_seq.data.tagging.names import IGNORED, gold_tags
from hf_seq.errors import InputError
from hf_seq.models.spans import Span, spans_of
from hf_seq.models.tag_schemes import TagScheme, scheme_of, span_tags

Sentence = tuple[list[str], list[str | None]]
"""Tokens, and a tag for each; None for a word that is not to be tagged."""


def with_mention_copies(
    splits: Splits, times: int, lists: Mapping[str, Sequence[list[str]]] | None = None, seed: int = 0
) -> Splits:
    """Put copies of the train sentences, with other mentions in them, after these.

    Args:
        splits: tagged sentences.
        times: how often every sentence with a mention is copied.
        lists: names that may stand in, beside the mentions of train, by type.
        seed: of what is drawn.

    Raises:
        InputError: the tags mark no spans, or a list is for a type that train does not have.
    """
    train, rows = splits.train, splits.train["row"][:]
    sentences = list(zip(train["tokens"][:], gold_tags(train, splits.label_names), strict=True))
    scheme: TagScheme = "auto" if splits.tag_scheme == "none" else splits.tag_scheme  # rules aside, there are spans
    copies = MentionReplacer(sentences, splits.label_names, lists, scheme).copies(sentences, times, seed)
    number = {None: IGNORED} | splits.label2id
    made: dict[str, list[Any]] = {"tokens": [], "tags": [], "row": []}
    for index, (tokens, tags) in copies:
        made["tokens"].append(tokens)
        made["tags"].append([number[tag] for tag in tags])
        made["row"].append(rows[index])
    made |= {name: [None] * len(made["row"]) for name in train.features if name not in made}
    note = f"train: {len(made['row']):,} copies of its {len(rows):,} sentences, with other mentions, come after them"
    both = concatenate_datasets([train, Dataset.from_dict(made, features=train.features)])
    return dataclasses.replace(splits, train=both, notes=[*splits.notes, note])


def read_mention_lists(given: Sequence[str]) -> dict[str, list[list[str]]]:
    """Read lists of names.

    Args:
        given: `TYPE=FILE` each, e.g. `person=people.txt`; a name a line, which is cut at blanks; one that stands there
            more often is drawn more often.

    Returns:
        The names of each type, as lists of words.

    Raises:
        InputError: not of that form; a file that is not there or holds no name.
    """
    lists: dict[str, list[list[str]]] = {}
    for item in given:
        kind, _, name = item.partition("=")
        path = Path(name).expanduser()
        if not kind or not name:
            raise InputError(f"mention_lists={item!r} is not TYPE=FILE, such as person=people.txt.")
        if not path.is_file():
            raise InputError(f"mention_lists: {path}, the names of {kind}, does not exist. Check the path.")
        names = [line.split() for line in read_text(path).splitlines() if line.strip()]
        if not names:
            raise InputError(f"mention_lists: {path} holds no names; give one a line.")
        lists.setdefault(kind, []).extend(names)
    return lists


class MentionReplacer:
    """Puts other mentions in the places of those that sentences hold.

    Half of the new ones come from the sentences themselves, each as often as it stands there, the other half from the
    lists, where there are any for the type.

    Args:
        sentences: what mentions are collected from.
        label_names: of the tags; they write BIO, IOB1 or BIOES.
        lists: other mentions of each type.
        scheme: what the tags mean; `auto` tells it from their names.

    Raises:
        InputError: the tags mark no spans, or a list is for a type they do not have.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        label_names: Sequence[str],
        lists: Mapping[str, Sequence[list[str]]] | None = None,
        scheme: TagScheme = "auto",
    ) -> None:
        self.scheme = scheme_of(label_names) if scheme == "auto" else scheme
        if scheme_of(label_names) == "none":
            raise InputError(
                f"The tags ({', '.join(label_names[:5])}, ...) mark no spans, so there are no mentions to replace; "
                "leave mention_copies out."
            )
        self.label_names = label_names
        self.mentions: dict[str, list[list[str]]] = {}
        for tokens, tags in sentences:
            for kind, start, end in mentions_of(tags):
                self.mentions.setdefault(kind, []).append(tokens[start:end])
        self.lists = lists or {}
        odd = next((kind for kind in self.lists if kind not in self.mentions), None)
        if odd is not None:
            raise InputError(
                f"mention_lists has names of {odd!r}, but train has no such mentions, only {', '.join(self.mentions)}; "
                "use its names for the types."
            )

    def copies(self, sentences: Sequence[Sentence], times: int, seed: int) -> Iterator[tuple[int, Sentence]]:
        """Yield copies of every sentence with a mention, each with other mentions; and its index."""
        generator = random.Random(seed)
        for _ in range(times):
            for index, (tokens, tags) in enumerate(sentences):
                if mentions_of(tags):
                    yield index, self.replaced(tokens, tags, generator)

    def replaced(self, tokens: Sequence[str], tags: Sequence[str | None], generator: random.Random) -> Sentence:
        """Put a drawn mention in the place of each mention of the sentence."""
        new_tokens, new_tags = list(tokens), list(tags)
        for kind, start, end in reversed(mentions_of(tags)):
            words = self._draw(kind, generator)
            written = span_tags(self.label_names, kind, len(words), self.scheme)
            if written is None:  # the data have no tags for a mention of that length
                continue
            if self.scheme == "iob1":  # a B- stands there between neighbours of one type
                written[0] = tags[start] or written[0]
            new_tokens[start:end] = in_case_of(words, "".join(tokens[start:end]))
            new_tags[start:end] = written
        return new_tokens, new_tags

    def _draw(self, kind: str, generator: random.Random) -> list[str]:
        listed = self.lists.get(kind)
        return generator.choice(listed if listed and generator.random() < 0.5 else self.mentions[kind])


def mentions_of(tags: Sequence[str | None]) -> list[Span]:
    """Find the spans of a sentence; what is not to be tagged counts as outside."""
    return spans_of([tag or "O" for tag in tags])


def in_case_of(words: Sequence[str], model: str) -> list[str]:
    """Write the words in small letters or in capitals where the model is; a single capital says nothing."""
    if model.islower():
        return [word.lower() for word in words]
    if model.isupper() and len(model) > 1:
        return [word.upper() for word in words]
    return list(words)
