# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What stands alone as a word, learnt from tagged sentences, in any language.

From the words alone: what ends or begins with an apostrophe (l' été, it 's) or begins with a hyphen (dit -il), and
scripts without blanks whose words are single signs. With the raw text also: words written together (can not), and words
that stand for several (du = de + le).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hf_seq.text.scripts import UNSPACED
from hf_seq.text.word_patterns import WordHabits, count_parting_hyphens, habits_of

MIN_COUNT = 2  # what occurs once may be a slip
MAX_EXPANSIONS = 40  # words; each is looked for in every text
MOST = 0.75  # share of a word's occurrences that stand for several
_PREFIX = re.compile(r"([^\W\d_]+['’])")
_ELIDED = re.compile(r"([^\W\d_]+['’])[^\W\d_].*")
_SUFFIX = re.compile(r"-[^\W\d_]+(?:-[^\W\d_]+)?|['’][^\W\d_]+")
_INNER = re.compile(r"\w((?:-[^\W\d_]+(?:-[^\W\d_]+)?|['’][^\W\d_]+))$")
_SINGLE = re.compile(f"[{UNSPACED}]+")
Rows = Sequence[Sequence[str]]


def learn_habits(rows: Iterable[Sequence[str]], texts: Iterable[Any] = (), places: Iterable[Any] = ()) -> WordHabits:
    """Learn what a word is.

    Args:
        rows: sentences as lists of words.
        texts: their raw texts, None where there is none; may be empty.
        places: start and end of each word in these.

    Returns:
        What `word_pattern` and `train_tokenizer` take.
    """
    sentences = [list(row) for row in rows]
    counts: Counter[str] = Counter(word for row in sentences for word in row)
    hyphens = sum(map(count_parting_hyphens, sentences))
    habits = replace(habits_of(counts, hyphens), **_from_words(counts))
    raw = [each for each in zip(sentences, texts, places, strict=False) if each[1] is not None and each[2] is not None]
    return replace(habits, **_from_texts(raw, counts)) if raw else habits


def _from_words(counts: Counter[str]) -> dict[str, Any]:
    """Find what ends or begins words, from how often they occur alone and inside others."""
    prefixes, elided, suffixes, inner = (Counter[str]() for _ in range(4))
    single = several = 0
    for word, count in counts.items():
        lower = word.lower().replace("’", "'")
        if match := _PREFIX.fullmatch(lower):
            prefixes[match[1]] += count
        elif match := _ELIDED.fullmatch(lower):
            elided[match[1]] += count
        if _SUFFIX.fullmatch(lower):
            suffixes[lower] += count
        elif match := _INNER.search(lower):
            inner[match[1]] += count
        if _SINGLE.fullmatch(word):
            single, several = single + count * (len(word) == 1), several + count * (len(word) > 1)
    rule = prefixes.total() > elided.total()
    alone = tuple(sorted(each for each, n in prefixes.items() if n >= MIN_COUNT and n > elided[each]))
    kept = tuple(sorted(each for each, n in elided.items() if n >= max(MIN_COUNT, prefixes[each])))
    ends = tuple(sorted(each for each, n in suffixes.items() if n >= MIN_COUNT and n > inner[each]))
    return {
        "elision": rule and bool(alone),
        "prefixes": () if rule else alone,
        "kept_prefixes": kept if rule else (),
        "suffixes": tuple(each for each in ends if each.startswith("-")) if ends else (),
        "single": single > 20 and single > 9 * several,
    }


def _from_texts(raw: Sequence[tuple[Sequence[str], str, Any]], counts: Counter[str]) -> dict[str, Any]:
    """Find what is written together, what stands for several words, and words that end with an apostrophe."""
    parted: Counter[tuple[str, str]] = Counter()
    expanded: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    trailing: Counter[str] = Counter()
    for words, text, positions in raw:
        groups: list[tuple[list[int], list[str]]] = []
        for word, position in zip(words, positions, strict=True):
            if groups and list(position) == groups[-1][0]:
                groups[-1][1].append(word)
            else:
                groups.append((list(position), [word]))
        for index, ((start, end), parts) in enumerate(groups):
            if len(parts) > 1:
                expanded[text[start:end].lower()][tuple(part.lower() for part in parts)] += 1
                continue
            following = text[end : end + 1]
            if _PREFIX.fullmatch(parts[0]) and not following.isalpha():
                trailing[parts[0].lower()] += 1
            if (
                following.isalpha()
                and parts[0].isalpha()
                and index + 1 < len(groups)
                and groups[index + 1][1][0].isalpha()
            ):
                parted[parts[0].lower(), groups[index + 1][1][0].lower()] += 1
    lower: Counter[str] = Counter()
    for word, count in counts.items():
        lower[word.lower()] += count
    best = {surface: found.most_common(1)[0] for surface, found in expanded.items()}
    sure = [
        (n, surface, parts)
        for surface, (parts, n) in best.items()
        if n >= MIN_COUNT and n >= MOST * (expanded[surface].total() + lower[surface])
    ]
    chosen = sorted(sure, key=lambda each: (-each[0], each[1]))[:MAX_EXPANSIONS]
    return {
        "trailing": tuple(sorted(each for each, n in trailing.items() if n >= MIN_COUNT)),
        "parted": tuple(sorted(pair for pair, n in parted.items() if n >= MIN_COUNT and n > lower["".join(pair)])),
        "expansions": tuple((surface, parts) for _, surface, parts in chosen),
    }


def sentence_habit(rows: Iterable[Sequence[str]]) -> str | None:
    """Say how raw text is cut into rows as in training: `split`, `split-lower`, or None for not at all.

    Rows that hold several sentences were not cut, so nothing is. Where many begin with a small letter, one may.
    """
    several = lower = total = 0
    for row in rows:
        words = list(row)
        if len(words) < 2:
            continue
        total += 1
        ends = [n for n, word in enumerate(words[:-1]) if word in (".", "!", "?", "。", "！", "？")]
        several += any(words[n + 1][:1].isupper() or words[n + 1][:1].isalpha() for n in ends)
        lower += words[0][:1].islower()
    if not total or several > total * 0.1:
        return None
    return "split-lower" if lower > total * 0.2 else "split"
