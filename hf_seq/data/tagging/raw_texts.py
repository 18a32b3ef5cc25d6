# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where the words of a tagged sentence stand in its raw text, for data that have both.

From it a tagger learns how to cut raw text (`hf_seq.text.word_habits`), and it is scored on raw text, too.
"""

from collections.abc import Sequence

Places = list[list[int]]
"""Start and end of each word in characters; words that stand for one word of the text share its place (du = de + le).
"""


def find_places(text: str, words: Sequence[str], surfaces: Sequence[str] | None = None) -> Places | None:
    """Find each word in a text, from left to right; None where they do not fit.

    Args:
        text: the raw sentence.
        words: of the sentence.
        surfaces: how each word is written in the text, "" where it belongs to the one before; as the words if None.

    Example:
        >>> find_places("Il sort du parc", ["Il", "sort", "de", "le", "parc"], ["Il", "sort", "du", "", "parc"])
        [[0, 2], [3, 7], [8, 10], [8, 10], [11, 15]]
    """
    places: Places = []
    position = 0
    written = list(words if surfaces is None else surfaces)
    for index, surface in enumerate(written):
        if not surface:
            if not places:
                return None
            places.append(list(places[-1]))
            continue
        start = text.find(surface, position)
        if start < 0 or text[position:start].strip():
            return None
        count = next((n for n in range(index + 1, len(written)) if written[n]), len(written)) - index
        position = start + len(surface)
        places.append([start, position])
        if count > 1 and "".join(words[index : index + count]) == surface:  # don't = do + n't: each has its own
            written[index : index + count] = words[index : index + count]
            position = start + len(words[index])
            places[-1] = [start, position]
    return places
