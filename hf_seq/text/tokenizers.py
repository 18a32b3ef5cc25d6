# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training a tokenizer on your own text: five kinds, one function, any size of corpus.

kind        a token is                  text comes back from ids
word        a word, clitic or sign      words joined by blanks
char        one character               exactly (with lowercase=False, characters seen in training)
bpe         a run of bytes              exactly (with lowercase=False), any text at all
wordpiece   a word or a ##piece of one  up to blanks around signs
unigram     a likely piece of a word    up to runs of blanks (with lowercase=False), characters seen in training

With `words="tagging"` a word is what people tag as one (`word_patterns.py`), given words are kept whole, and a text may
be the list of its words.

Ids 0 and 1 are always [PAD] and [UNK]. Nothing is put around a text, so a text of n tokens has n ids. The same texts
give the same tokenizer, id for id; for unigram the ids, and the scores to about two digits.
BPE: Sennrich et al. 2016, arXiv:1508.07909 · WordPiece: Wu et al. 2016, arXiv:1609.08144 · Unigram: Kudo 2018,
arXiv:1804.10959
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal, get_args

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from hf_seq.errors import InputError
from hf_seq.text.word_patterns import WordHabits, count_parting_hyphens, habits_of, splitter, word_pattern

TokenizerKind = Literal["word", "char", "bpe", "wordpiece", "unigram"]
WordRule = Literal["plain", "tagging"]

SPECIAL_TOKENS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "bos_token": "[BOS]",
    "eos_token": "[EOS]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
NUM_SPECIAL = len(SPECIAL_TOKENS)
NUM_BYTES = 256
WORDS_AT_ONCE = 10_000
MAX_WORD = 200  # characters; a longer word is [UNK]

MAX_BLOB = 20_000  # letters of a run of ASCII without blanks that unigram learns from

_BLOB = re.compile(rf"([!-~]{{{MAX_BLOB}}})[!-~]+")
_LONG_WORD = re.compile(rf"\w{{{MAX_WORD}}}|[^\w\s]{{{MAX_WORD}}}")

# Words; English clitics apart ("do" "n't", "company" "'s"), as in the Penn Treebank and SST-2; other signs alone.
_WORD = r"\w{1,64}?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|\w+|\.\.\.|--|[^\w\s]"


def train_tokenizer(
    texts: Iterable[str] | Iterable[Sequence[str]],
    kind: TokenizerKind = "word",
    vocab_size: int = 16_000,
    lowercase: bool | None = None,
    model_max_length: int = 512,
    min_frequency: int | None = None,
    words: WordRule = "plain",
    habits: WordHabits | None = None,
    sentences: str | None = None,
) -> PreTrainedTokenizerFast:
    """Train a tokenizer in one pass over `texts`; only counts are kept, so the texts may be larger than memory.

    Args:
        texts: any iterable, a generator over a file included; read once. For tagging a text may be a list of words.
        kind: what a token is: `word`, `char`, `bpe`, `wordpiece` or `unigram`.
        vocab_size: entries at most, the 7 special tokens included.
        lowercase: fold case before anything else. Default True, for tagging False.
        model_max_length: number of tokens the saved tokenizer truncates to when asked to truncate.
        min_frequency: how often a word, character or merge must be seen to enter the vocabulary. Default 2 (char: 1),
            so that words seen once train [UNK], which otherwise would be met for the first time in the test. Not used
            by unigram.
        words: "tagging" takes for a word what people tag as one, by the habits of the words given, and goes with kind
            "word" and "wordpiece". Raw text and given words (`is_split_into_words=True`) then meet the same pieces,
            and pieces that go on in a word begin with ##, so the vocabulary says which piece begins one.
        habits: what stands alone as a word, for tagging; learnt from the given words if None.
        sentences: how predictors cut a text into rows, for tagging: `split`, `split-lower` or not; saved with the
            tokenizer.

    Returns:
        A fast tokenizer; after `save_pretrained` plain `AutoTokenizer` loads it.

    Raises:
        InputError: unknown kind, vocabulary too small for the kind, or no text at all.
    """
    if kind not in _TRAINERS:
        raise InputError(f"tokenizer kind {kind!r} is not known; use one of {', '.join(get_args(TokenizerKind))}.")
    _check_vocab_size(kind, vocab_size)
    if min_frequency is None:
        min_frequency = 1 if kind == "char" else 2

    if words == "tagging":
        tokenizer = _train_for_tagging(_non_empty(texts), kind, vocab_size, bool(lowercase), min_frequency, habits)
    else:
        tokenizer = _TRAINERS[kind](_non_empty(texts), vocab_size, lowercase is not False, min_frequency)
    _check_result(tokenizer, kind, min_frequency)
    return _wrapped(tokenizer, model_max_length, **({"sentences": sentences} if sentences else {}))


def with_words(tokenizer: PreTrainedTokenizerFast, words: Iterable[str]) -> PreTrainedTokenizerFast:
    """Add words that a tokenizer knows whole, behind the ids it has.

    Args:
        tokenizer: of kind `word` or `wordpiece`, trained here.
        words: as the tokenizer parts them; those it knows keep their ids.
    """
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    for word in words:
        vocabulary.setdefault(word, len(vocabulary))
    kept = {name: tokenizer.init_kwargs[name] for name in ("sentences",) if name in tokenizer.init_kwargs}
    return _wrapped(Tokenizer.from_str(json.dumps(state)), tokenizer.model_max_length, **kept)


def parted(tokenizer: PreTrainedTokenizerFast, text: str) -> list[str]:
    """Split a text into words as a tokenizer does before it looks into its vocabulary."""
    backend = tokenizer.backend_tokenizer
    return [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]


def _wrapped(tokenizer: Tokenizer, model_max_length: int, **kept: Any) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=model_max_length,
        padding_side="right",
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
        **SPECIAL_TOKENS,
        **kept,
    )


def _train_for_tagging(
    texts: Iterator[str | Sequence[str]],
    kind: str,
    vocab_size: int,
    lowercase: bool,
    min_frequency: int,
    habits: WordHabits | None,
) -> Tokenizer:
    """Train words or pieces of words on raw text or given words; given words decide what a word is."""
    if kind not in ("word", "wordpiece"):
        raise InputError(f"words='tagging' goes with kind 'word' or 'wordpiece', not {kind!r}.")
    normalizer = normalizers.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=lowercase)
    pattern, counts = _tagged_words(texts, normalizer, habits)
    tokenizer = Tokenizer(
        _learned_pieces(counts, vocab_size, min_frequency)
        if kind == "wordpiece"
        else _learned_words(counts, vocab_size, min_frequency)
    )
    tokenizer.normalizer = _expanding(normalizer, habits)
    tokenizer.pre_tokenizer = splitter(pattern)
    if kind == "wordpiece":
        tokenizer.decoder = decoders.WordPiece(cleanup=False)
    return tokenizer


def _expanding(normalizer: normalizers.Normalizer, habits: WordHabits | None) -> normalizers.Normalizer:
    """Have a normalizer write the words that one stands for in its place, in small letters and with a capital."""
    if habits is None or not habits.expansions:
        return normalizer
    steps = [
        normalizers.Replace(Regex(rf"(?<!\w){re.escape(form(surface))}(?!\w)"), form(" ".join(parts)))
        for surface, parts in habits.expansions
        for form in (str, _with_capital)
    ]
    return normalizers.Sequence([*steps, normalizer])


def _with_capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _tagged_words(
    texts: Iterator[str | Sequence[str]], normalizer: normalizers.Normalizer, habits: WordHabits | None
) -> tuple[str, Counter[str]]:
    """Return the pattern of a word, and how often each word occurs."""
    given: Counter[str] = Counter()
    hyphens = 0
    first = next(texts)
    texts = chain([first], texts)
    if isinstance(first, str):
        pattern = word_pattern(WordHabits())
    else:
        for words in texts:
            _check_kind(words, str)
            given.update(words)
            hyphens += count_parting_hyphens(words)
        pattern = word_pattern(habits or habits_of(given, hyphens))
    split = splitter(pattern)
    counts: Counter[str] = Counter()
    counted: Iterable[tuple[Any, int]] = given.items() or ((text, 1) for text in texts)
    for text, count in counted:
        _check_kind(text, list)
        for word, _ in split.pre_tokenize_str(normalizer.normalize_str(text)):
            counts[word] += count
    return pattern, counts


def _check_kind(text: Any, not_this: type) -> None:
    if isinstance(text, not_this):
        raise InputError(f"some texts are strings and others lists of words, such as {text!r:.60}; give one kind.")


def _learned_words(counts: Counter[str], vocab_size: int, min_frequency: int) -> models.WordLevel:
    words = [word for word, count in counts.items() if count >= min_frequency]
    words = sorted(words, key=lambda word: (-counts[word], word))[: vocab_size - NUM_SPECIAL]
    return models.WordLevel({word: index for index, word in enumerate([*SPECIAL_TOKENS.values(), *words])}, "[UNK]")


def _train_word(texts: Iterator[str], vocab_size: int, lowercase: bool, min_frequency: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = _normalizer(normalizers.NFC(), lowercase=lowercase)
    tokenizer.pre_tokenizer = splitter(_WORD)
    tokenizer.train_from_iterator(texts, trainers.WordLevelTrainer(**_limits(vocab_size, min_frequency)))
    return tokenizer


def _train_char(texts: Iterator[str], vocab_size: int, lowercase: bool, min_frequency: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = _normalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.train_from_iterator(texts, trainers.WordLevelTrainer(**_limits(vocab_size, min_frequency)))
    return tokenizer


def _train_bpe(texts: Iterator[str], vocab_size: int, lowercase: bool, min_frequency: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = _normalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(**_limits(vocab_size, min_frequency), initial_alphabet=alphabet)
    tokenizer.train_from_iterator(map(_with_breaks, texts), trainer)
    return tokenizer


def _train_wordpiece(texts: Iterator[str], vocab_size: int, lowercase: bool, min_frequency: int) -> Tokenizer:
    """Train WordPiece by the merges of BPE, as the library does, whose trainer numbers ##pieces in random order.

    So the letters inside words are moved to a private range first, where plain BPE training, which is deterministic,
    tells them from the letters that begin words.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()

    counts: Counter[str] = Counter()
    for text in texts:
        words = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))
        counts.update(word for word, _ in words)
    tokenizer.model = _learned_pieces(counts, vocab_size, min_frequency)
    return tokenizer


def _learned_pieces(counts: Counter[str], vocab_size: int, min_frequency: int) -> models.WordPiece:
    inner = _InnerLetters()
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    marked = (
        " ".join([word[0] + word[1:].translate(inner)] * min(WORDS_AT_ONCE, count - start))
        for word, count in ((word[:MAX_WORD], count) for word, count in counts.items())
        for start in range(0, count, WORDS_AT_ONCE)
    )
    pieces.train_from_iterator(marked, trainers.BpeTrainer(**_limits(vocab_size, min_frequency)))
    vocabulary = {inner.written(token): index for token, index in pieces.get_vocab().items()}
    if len(vocabulary) > vocab_size:
        raise InputError(
            f"vocab_size={vocab_size} is too small for kind='wordpiece': the letters of the texts alone need "
            f"{len(vocabulary)}; use more, or kind='bpe' (--tokenizer_kind bpe)."
        )
    return models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=MAX_WORD)


class _InnerLetters(dict[int, str]):
    """A letter inside a word to a sign of the private range, given out in order of appearance; for `str.translate`."""

    FIRST = 0xF0000

    def __missing__(self, letter: int) -> str:
        self[letter] = chr(self.FIRST + len(self))
        return self[letter]

    def written(self, token: str) -> str:
        """Write a learned token as WordPiece does: `##` where it does not begin a word."""
        letters = {ord(sign): letter for letter, sign in self.items()}
        return ("##" if ord(token[0]) in letters else "") + token.translate(letters)


def _train_unigram(texts: Iterator[str], vocab_size: int, lowercase: bool, min_frequency: int) -> Tokenizer:
    del min_frequency  # the likelihood of a piece decides, not its count
    tokenizer = Tokenizer(models.Unigram())
    blanks = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = _normalizer(normalizers.NFKC(), blanks, normalizers.Strip(), lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    limits = {**_limits(vocab_size, 0), "unk_token": "[UNK]"}
    del limits["min_frequency"]
    try:
        tokenizer.train_from_iterator(map(_without_blobs, texts), trainers.UnigramTrainer(**limits))
    except Exception as error:  # the library knows no narrower kind
        if "not large enough" not in str(error):
            raise
        raise InputError(
            f"vocab_size={vocab_size} is too small for kind='unigram': it does not hold every letter of the texts; "
            f"use more, or kind='bpe' (--tokenizer_kind bpe)."
        ) from error
    return _in_fixed_order(tokenizer)


def _in_fixed_order(tokenizer: Tokenizer) -> Tokenizer:
    """Sort unigram pieces by spelling, with scores to two digits.

    The library walks through its words in random order, which moves a few scores by some 1e-4 from one training to the
    next; rounded, two trainings nearly always agree, but a score at the edge of rounding may still differ by 0.01.
    """
    state = json.loads(tokenizer.to_str())
    pieces = [(piece, round(score, 2)) for piece, score in state["model"]["vocab"]]
    state["model"]["vocab"] = pieces[:NUM_SPECIAL] + sorted(pieces[NUM_SPECIAL:])
    return Tokenizer.from_str(json.dumps(state))


_TRAINERS: dict[str, Callable[[Iterator[str], int, bool, int], Tokenizer]] = {
    "word": _train_word,
    "char": _train_char,
    "bpe": _train_bpe,
    "wordpiece": _train_wordpiece,
    "unigram": _train_unigram,
}


def _limits(vocab_size: int, min_frequency: int) -> dict[str, Any]:
    """Return the settings that all trainers of the library share."""
    return {
        "vocab_size": vocab_size,
        "min_frequency": min_frequency,
        "special_tokens": list(SPECIAL_TOKENS.values()),
        "show_progress": False,
    }


def _normalizer(*steps: normalizers.Normalizer, lowercase: bool) -> normalizers.Normalizer:
    return normalizers.Sequence([*steps, *([normalizers.Lowercase()] if lowercase else [])])


def _with_breaks(text: str) -> str:
    """Part words that are longer than any, which pieces are learned from: each round goes over whole words."""
    return text if len(text) <= MAX_WORD else _LONG_WORD.sub(r"\g<0> ", text)


def _without_blobs(text: str) -> str:
    """Leave the first letters of what is no language (base64, DNA, minified code): likely pieces take long to find."""
    return text if len(text) <= MAX_BLOB else _with_breaks(_BLOB.sub(r"\1", text))


def _non_empty(texts: Iterable[Any]) -> Iterator[Any]:
    """Yield the texts; raise an error when there is none, or when a single string was given for a list."""
    if isinstance(texts, str):
        raise InputError(f"train_tokenizer got one string; give an iterable of texts, e.g. [{texts[:40]!r}].")
    iterator = iter(texts)
    first = next(iterator, None)
    if first is None:
        raise InputError("train_tokenizer got no text; check that the train split has rows.")
    return chain([first], iterator)


def _check_vocab_size(kind: str, vocab_size: int) -> None:
    needed = NUM_SPECIAL + (NUM_BYTES if kind == "bpe" else 1)
    if vocab_size < needed:
        why = f"the {NUM_SPECIAL} special tokens" + (
            f" and the {NUM_BYTES} bytes" if kind == "bpe" else " and one more"
        )
        raise InputError(
            f"vocab_size={vocab_size} is too small for kind={kind!r}: {why} need {needed}; use at least {needed}."
        )


def _check_result(tokenizer: Tokenizer, kind: str, min_frequency: int) -> None:
    if tokenizer.get_vocab_size() <= NUM_SPECIAL:
        raise InputError(
            f"the {kind} tokenizer learned no token: nothing in the texts occurs {min_frequency} times; "
            f"use min_frequency=1, kind='char' or 'bpe' (--tokenizer_kind char), or more text."
        )
