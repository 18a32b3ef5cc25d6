# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which tags may follow which, against every sequence that writing spans down gives."""

from itertools import pairwise, product

import pytest

from hf_seq.models.tag_schemes import forbidden_transitions, scheme_of

LETTERS = {"bio": "BI", "iob1": "BI", "bioes": "BIES"}
LENGTH = 4


def names_of(scheme: str) -> list[str]:
    return ["O", *(f"{letter}-{type_}" for type_ in "XY" for letter in LETTERS[scheme])]


def segmentations(steps: int):
    """Every way to put spans of type X or Y into a number of steps, as (start, end, type)."""
    if steps == 0:
        yield []
        return
    for rest in segmentations(steps - 1):
        yield rest
    for length in range(1, steps + 1):
        for rest, type_ in product([*segmentations(steps - length)], "XY"):
            yield [*rest, (steps - length, steps, type_)]


def written(spans: list[tuple[int, int, str]], steps: int, scheme: str) -> tuple[str, ...]:
    """Write spans down, straight from the definition of each scheme."""
    tags, before = ["O"] * steps, None
    for start, end, type_ in sorted(spans):
        for place in range(start, end):
            tags[place] = f"I-{type_}"
        if scheme == "bio" or (scheme == "iob1" and before == (start, type_)):
            tags[start] = f"B-{type_}"
        if scheme == "bioes":
            tags[start], tags[end - 1] = f"B-{type_}", f"E-{type_}"
            if end - start == 1:
                tags[start] = f"S-{type_}"
        before = (end, type_)
    return tuple(tags)


def legal_sequences(names: list[str], steps: int, scheme: str) -> set[tuple[str, ...]]:
    """Every sequence that the rules let through."""
    start, end, pair = forbidden_transitions(names, scheme)
    found = set()
    for path in product(range(len(names)), repeat=steps):
        moves = pairwise(path)
        if not (start[path[0]] or end[path[-1]] or any(pair[move] for move in moves)):
            found.add(tuple(names[tag] for tag in path))
    return found


@pytest.mark.parametrize("steps", [1, 2, LENGTH])
@pytest.mark.parametrize("scheme", LETTERS)
def test_the_legal_sequences_are_those_that_some_spans_write(scheme, steps):
    expected = {written(spans, steps, scheme) for spans in segmentations(steps)}
    assert legal_sequences(names_of(scheme), steps, scheme) == expected


@pytest.mark.parametrize(
    ("names", "scheme"),
    [
        (["O", "B-X", "I-X"], "bio"),
        (["B-X", "I-X", "B-Y"], "bio"),
        (["O", "B-X", "I-X", "I-Y"], "iob1"),
        (["O", "I-X"], "iob1"),
        (["B", "I", "O"], "bio"),
        (["O", "B-X", "I-X", "E-X", "S-X"], "bioes"),
        (["O", "B-X", "I-X", "L-X", "U-X"], "bioes"),
        (["B", "M", "E", "S"], "bioes"),
        (["O", "B-X", "E-X", "S-Y"], "bioes"),
        (["O", "B-X", "I-X", "E-Y"], "none"),  # X is never closed
        (["B-X", "I-X", "E-X"], "none"),  # one step could not be tagged at all
        (["NOUN", "VERB", "INTJ"], "none"),
        (["LABEL_0", "LABEL_1"], "none"),
        (["O", "PER", "LOC"], "none"),
        (["O", "B-X", "NOUN"], "none"),
        (["O"], "none"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_the_scheme_is_told_from_the_names(names, scheme):
    assert scheme_of(names) == scheme
    assert [part.tolist() for part in forbidden_transitions(names)] == [
        part.tolist() for part in forbidden_transitions(names, scheme)
    ]


def test_nothing_is_forbidden_for_parts_of_speech_or_when_told_so():
    for names, scheme in ((["NOUN", "VERB"], "auto"), (names_of("bio"), "none")):
        assert not any(part.any() for part in forbidden_transitions(names, scheme))


@pytest.mark.parametrize("scheme", LETTERS)
def test_every_label_reaches_every_other_within_three_steps(scheme):
    # what the bound on rescaled sums, chains.MAX_SAFE_SPAN, rests on
    pair = (~forbidden_transitions(names_of(scheme))[2]).float()
    assert (pair @ pair @ pair > 0).all()


def test_a_scheme_that_the_names_do_not_write_is_refused_with_what_they_write():
    with pytest.raises(ValueError, match=r"tag_scheme='bioes' does not fit the labels .* which write 'bio'"):
        forbidden_transitions(["O", "B-X", "I-X"], "bioes")
    with pytest.raises(ValueError, match=r"tag_scheme='bio' does not fit the labels .* which write no scheme"):
        forbidden_transitions(["NOUN", "VERB"], "bio")
