# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether blanks part the words of texts: not in Chinese, Japanese, Thai or Khmer, nor in DNA, proteins and names.

Where they do not, whole clauses would be words that are hardly met twice, so characters are read instead.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana, Han
    "\U00020000-\U0003ffff"
)
"""Scripts that are written without blanks between words, for a character class."""
SAMPLE = 2_000  # texts looked at
SMALLEST_SAMPLE = 20  # texts; fewer say nothing of how often words come again
LONGEST_NAME = 30  # letters of a word, on average
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LETTER = re.compile(r"[^\W\d_]")


def why_characters(texts: Iterable[str]) -> str | None:
    """Say why characters are to be read in place of words; None where words are.

    Args:
        texts: of train; the first `SAMPLE` are looked at.

    Example:
        >>> why_characters(["这个饭菜我觉得很差", "经市行山场木学国"])
        'the text is written without blanks between words'
        >>> why_characters(["a good film", "a bad film"])
    """
    sample = _sample(texts)
    if _is_unspaced(sample):
        return "the text is written without blanks between words"
    if len(sample) < SMALLEST_SAMPLE:
        return None
    counts: Counter[str] = Counter(word for text in sample for word in text.lower().split())
    alone = sum(len(text.split()) == 1 for text in sample)
    again = sum(count for count in counts.values() if count > 1)
    if alone > len(sample) * 0.8 and again < counts.total() / 2:
        return "most texts are one word, and most words occur once"
    return None


def are_names(texts: Iterable[str]) -> bool:
    """Say whether texts without blanks are short words, whose pieces say as much as their characters.

    Args:
        texts: of train; the first `SAMPLE` are looked at.

    Example:
        >>> are_names(["Oduya", "Kowalska"]), are_names(["这个饭菜我觉得很差"]), are_names(["acgtta" * 40])
        (True, False, False)
    """
    sample = _sample(texts)
    words = [word for text in sample for word in text.split()]
    return bool(words) and not _is_unspaced(sample) and sum(map(len, words)) <= LONGEST_NAME * len(words)


def _sample(texts: Iterable[str]) -> list[str]:
    return list(islice((text for text in texts if text.strip()), SAMPLE))


def _is_unspaced(sample: list[str]) -> bool:
    letters = sum(len(_LETTER.findall(text)) for text in sample)
    unspaced = sum(len(_UNSPACED.findall(text)) for text in sample)
    return letters > 0 and unspaced > letters / 2
