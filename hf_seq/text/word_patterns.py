# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a word is when people tag text, as one regular expression, so that raw text falls into the words of the data.

Whole: URLs, addresses, @user, #tag, &amp;, emoticons, U.S., Mr., 1,000, 5:30, PG&E, runs of one sign (..., !!!).
Corpora differ in the rest, so the words of the training data decide it where they are given: whether n't, 's and 'll
stand alone (Penn Treebank, Universal Dependencies) or not (tweets), and whether a hyphen parts two words (Universal
Dependencies) or joins them (CoNLL-2003).

What may repeat and then fail repeats a bounded number of times, so that a text without blanks (base64, a minified file,
one word of megabytes) takes time by its length, not by its square; no word of a language is that long.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tokenizers import Regex, pre_tokenizers

from hf_seq.text.scripts import UNSPACED

_END = r"[^\s.,;:!?'\")\]}>]"  # no URL ends in one of these
_WHOLE = (
    rf"(?:https?://|www\.)\S*{_END}",
    r"[\w.+-]{1,64}@\w[\w-]*(?:\.\w[\w-]*)+",
    rf"\w{{1,63}}(?:\.\w{{1,63}}){{0,8}}\.(?:[a-z]{{2,4}}|[A-Z]{{2,4}})\b(?:/\S*{_END})?",
    r"[@#]\w+",
    r"&\w+;",
    r"(?:\w\.){2,24}(?!\w)",
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Ft|Jr|Sr|Gen|Sen|Rep|Gov|vs|etc|Inc|Corp|Co|Ltd|Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec)\.",
    r"\d+(?:[.,:/-]\d+)+(?!\w)",
    r"\p{Lu}+(?:&\p{Lu}+)+(?!\w)",
    r"[<>]?[:;=][-o^']?[)(\]\[DPpOo/\\|*3]+(?!\w)",
    r"<3|\^_*\^|-_+-|\(:",
)
_BOUNDS = (
    (r"[\w.+-]+@", r"[\w.+-]{1,64}@"),
    (r"\w+(?:\.\w+)*\.(?:[a-z]", r"\w{1,63}(?:\.\w{1,63}){0,8}\.(?:[a-z]"),
    (r"(?:\w\.){2,}(?!", r"(?:\w\.){2,24}(?!"),
    (r"\w+?(?=", r"\w{1,64}?(?="),
)
"""Parts of patterns as they were saved before they had bounds, and as they are now."""
_SIGNS = (r"\.{2,}", r"[!?]{2,}", r"([^\w\s])\1+", r"[^\w\s]")
_NOT = r"n['’]t"
_OWNER = r"['’`]s"
_VERB = r"['’](?:re|ve|ll|d|m)"
_FOLD = "(?i:{})"


@dataclass(frozen=True)
class WordHabits:
    """What stands alone as a word of its own.

    Attributes:
        negation: n't.
        owner: 's.
        verb: 're, 've, 'll, 'd, 'm.
        hyphen: the hyphen between two words.
        elision: what ends with an apostrophe before a letter: l' of l'été.
        kept_prefixes: but not these: aujourd'.
        prefixes: these, where that is not the rule.
        suffixes: these behind a word: -il.
        trailing: words that end with an apostrophe before a blank: po'.
        parted: words that are written together: can, not.
        single: every sign of a script without blanks.
        expansions: words that stand for several: du for de and le; `text/tokenizers.py` writes these in their place.
    """

    negation: bool = True
    owner: bool = True
    verb: bool = True
    hyphen: bool = False
    elision: bool = False
    kept_prefixes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    parted: tuple[tuple[str, str], ...] = ()
    single: bool = False
    expansions: tuple[tuple[str, tuple[str, ...]], ...] = ()


def habits_of(counts: Counter[str], parting_hyphens: int) -> WordHabits:
    """Find the habits of given words: a piece is apart if it is so at least as often as it is part of a word.

    Args:
        counts: how often each word occurs.
        parting_hyphens: how often a lone hyphen stands between two words.
    """

    def alone(pattern: str) -> bool:
        apart = _count(counts, pattern)
        return apart >= _count(counts, rf"\w+{pattern}") if apart else not _count(counts, rf"\w+{pattern}")

    return WordHabits(
        alone(_NOT), alone(_OWNER), alone(_VERB), parting_hyphens > _count(counts, r"[^\W\d]\w*(?:-\w+)+")
    )


def count_parting_hyphens(words: Iterable[str]) -> int:
    """Count how often a lone hyphen is between two words of a sentence."""
    kinds = "".join("-" if word == "-" else "w" if word.isalnum() else " " for word in words)
    return len(re.findall(r"w(?=-w)", kinds))


def word_pattern(habits: WordHabits) -> str:
    """Build the regular expression (Oniguruma) whose matches are the words; what it does not match is blank."""
    clitics = [part for part, apart in ((_NOT, habits.negation), (_OWNER, habits.owner), (_VERB, habits.verb)) if apart]
    clitics += map(_quoted, habits.suffixes)
    joined = "['’]" if habits.hyphen else "[-'’]"
    no_clitic = rf"(?!{_FOLD.format('|'.join(clitics))}\b)" if clitics else ""
    word = rf"\w+(?:{no_clitic}{joined}\w+)*"
    parts = [*_WHOLE]
    parts += [f"[{UNSPACED}]"] if habits.single else []
    parts += [_FOLD.format(rf"(?<!\w){_quoted(each)}(?!\w)") for each in habits.trailing]
    parts += [_FOLD.format(rf"(?<!\w){first}(?={rest}(?!\w))") for first, rest in habits.parted]
    if habits.elision:
        kept = "|".join(map(_quoted, habits.kept_prefixes))
        parts.append((rf"(?!{_FOLD.format(kept)})" if kept else "") + rf"(?<!\w)[^\W\d_]+{no_clitic}['’](?=[^\W\d_]|$)")
    parts += [_FOLD.format(rf"(?<!\w){_quoted(each)}(?=\w|$)") for each in habits.prefixes]
    if habits.negation:
        parts.append(rf"\w{{1,64}}?(?={_FOLD.format(_NOT)}\b)")
    parts += [rf"{_FOLD.format(clitic)}\b" for clitic in clitics]
    return "|".join([*parts, word, *_SIGNS])


def splitter(pattern: str) -> pre_tokenizers.Split:
    """Make what splits a text into the matches of a pattern; one that was saved without bounds gets them."""
    for before, now in _BOUNDS:
        pattern = pattern.replace(before, now)
    return pre_tokenizers.Split(Regex(pattern), "removed", invert=True)


def bound(tokenizer: Any) -> None:
    """Give the pattern of a tokenizer that was saved without bounds its bounds; any other stays as it is."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or not isinstance(backend.pre_tokenizer, pre_tokenizers.Split):
        return
    step = json.loads(backend.to_str())["pre_tokenizer"]
    pattern = step["pattern"].get("Regex", "")
    if step.get("invert") and any(before in pattern for before, _ in _BOUNDS):
        backend.pre_tokenizer = splitter(pattern)


def _quoted(word: str) -> str:
    """Write a word for a regular expression; either apostrophe stands for both."""
    return re.escape(word).replace("'", "['’]")


def _count(counts: Counter[str], pattern: str) -> int:
    match = re.compile(pattern, re.IGNORECASE).fullmatch
    return sum(count for word, count in counts.items() if match(word))
