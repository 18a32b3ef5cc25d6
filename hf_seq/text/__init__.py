# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Text: training tokenizers, and texts to ids."""

from hf_seq.text.encoding import Encoded, encode_texts
from hf_seq.text.tokenizers import SPECIAL_TOKENS, TokenizerKind, train_tokenizer
from hf_seq.text.word_encoding import EncodedWords, encode_words
from hf_seq.text.word_vectors import WordVectors, read_vectors

__all__ = [
    "SPECIAL_TOKENS",
    "Encoded",
    "EncodedWords",
    "TokenizerKind",
    "WordVectors",
    "encode_texts",
    "encode_words",
    "read_vectors",
    "train_tokenizer",
]
