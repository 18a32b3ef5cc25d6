# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A small model's token embeddings started from what a pretrained one, a student's teacher for example, knows of each.

table    the teacher's own embedding of the token
static   what the teacher makes of the token standing alone (Tulkens & van Dongen 2024, model2vec), at three depths:
         where it enters, half-way up (layers there tell words by what they mean), and at the top (by what the teacher
         was tuned to say)

Here the pretrained model is the teacher and the small one the student, with labels of the teacher's or without.
A student with another tokenizer gets for each token the mean over the teacher's pieces of it. The
teacher's width becomes the student's by principal components, of variance one. That is much larger than embeddings
made to be trained from nothing, and has to be: the steps of training are then small beside the distances between
tokens, so tokens that training meets and tokens that it does not stay in one space.

V tokens of the student · N words · D width of the teacher · E width of the student
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from hf_seq.data.batching import pad_ids
from hf_seq.models.word_starts import split_tokens

EmbeddingStart = Literal["random", "table", "static"]
DEPTHS = (0.0, 0.5, 1.0)  # of the layers whose states a student starts from
TOKENS_AT_ONCE = 512


class TokenModel(Protocol):
    """A pretrained model of transformers in evaluation mode, and its tokenizer.

    Attributes:
        model: has an embedding and, for `static`, layers.
        tokenizer: its own.
        bf16: run it under bfloat16 autocast.
    """

    model: Any
    tokenizer: Any
    bf16: bool


def autocast(model: Any, bf16: bool) -> AbstractContextManager[Any]:
    """Run a model in bfloat16, if wanted."""
    return torch.autocast(model.device.type, torch.bfloat16) if bf16 else nullcontext()


def start_embeddings(model: Any, tokenizer: PreTrainedTokenizerBase, teacher: TokenModel, kind: EmbeddingStart) -> None:
    """Give a student's token embedding its first values.

    Args:
        model: the student.
        tokenizer: the student's.
        teacher: what knows the tokens.
        kind: `table` or `static`; `random` leaves the embedding as it is.
    """
    if kind != "random":
        place_vectors(model, token_vectors(teacher, tokenizer, kind))


def place_vectors(model: Any, vectors: Tensor) -> None:
    """Give a model's token embedding vectors (V, D) as its first values, cut to its width."""
    embedding = model.get_input_embeddings()
    if not isinstance(embedding, nn.Embedding):
        return
    vectors = principal_components(vectors, embedding.embedding_dim)  # (V, E)
    with torch.no_grad():
        embedding.weight[: len(vectors)] = vectors.to(embedding.weight)
        if embedding.padding_idx is not None:
            embedding.weight[embedding.padding_idx] = 0.0


def token_vectors(teacher: TokenModel, tokenizer: PreTrainedTokenizerBase, kind: EmbeddingStart) -> Tensor:
    """Compute a teacher's vectors of each token of a student: (V, D) float32, or D for each of several layers."""
    pieces = teacher_pieces(teacher.tokenizer, tokenizer)
    if kind == "static":
        states = [each - each.mean(0) for each in static_states(teacher, pieces, DEPTHS)]
        return torch.cat([each / each.square().mean().sqrt().clamp(min=1e-12) for each in states], dim=1)
    table = teacher.model.get_input_embeddings().weight.detach().float().cpu()
    return torch.stack([table[each].mean(0) for each in pieces])


def teacher_pieces(theirs: PreTrainedTokenizerBase, ours: PreTrainedTokenizerBase) -> list[list[int]]:
    """Split each token of a student into the teacher's pieces, at least one.

    A token that the teacher has, too, is itself; special tokens go by their roles.
    """
    known, vocabulary = theirs.get_vocab(), ours.get_vocab()
    roles = {
        getattr(ours, f"{role}_token"): getattr(theirs, f"{role}_token")
        for role in ("pad", "unk", "bos", "eos", "cls", "sep", "mask")
    }
    spelled = split_tokens(ours, len(vocabulary))
    fallback = [theirs.unk_token_id if theirs.unk_token_id is not None else 0]
    pieces = [fallback] * len(vocabulary)
    for token, index in vocabulary.items():
        same = known.get(roles.get(token) or token) if token in roles else known.get(token)
        if same is not None:
            pieces[index] = [same]
        elif token not in roles:
            text = spelled[index][1]
            pieces[index] = theirs(text, add_special_tokens=False)["input_ids"] or fallback
    return pieces


@torch.inference_mode()
def static_states(teacher: TokenModel, pieces: Sequence[Sequence[int]], depths: Sequence[float]) -> list[Tensor]:
    """Compute a teacher's states of words alone: the mean over the pieces of each.

    Args:
        teacher: a model with layers.
        pieces: its tokens of each of N words.
        depths: which layers' states, as shares of its layers: 0 is the embedding, 1 the last layer.

    Returns:
        (N, D) float32 for each depth.
    """
    before, after = _around(teacher.tokenizer)
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    vectors: list[list[Tensor]] = [[torch.empty(0)] * len(pieces) for _ in depths]
    for start in range(0, len(order), TOKENS_AT_ONCE):
        some = order[start : start + TOKENS_AT_ONCE]
        inputs = pad_ids([[*before, *pieces[index], *after] for index in some], teacher.tokenizer.pad_token_id)
        inputs = {name: value.to(teacher.model.device) for name, value in inputs.items()}
        with autocast(teacher.model, teacher.bf16):
            layers = teacher.model(**inputs, output_hidden_states=True).hidden_states
        for found, depth in zip(vectors, depths, strict=True):
            states = layers[round(depth * (len(layers) - 1))].float().cpu()
            for row, index in enumerate(some):
                found[index] = states[row, len(before) : len(before) + len(pieces[index])].mean(0)
    return [torch.stack(found) for found in vectors]


def _around(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """Return the ids that a tokenizer puts before and behind a text."""
    whole, plain = tokenizer("a")["input_ids"], tokenizer("a", add_special_tokens=False)["input_ids"]
    place = next((n for n in range(len(whole)) if whole[n : n + len(plain)] == plain), 0)
    return whole[:place], whole[place + len(plain) :]


def principal_components(vectors: Tensor, width: int) -> Tensor:
    """Reduce vectors to the dimensions they vary most in; numbers of mean zero and overall variance one.

    Args:
        vectors: (V, D).
        width: E; where it is above D the last columns are zero.

    Returns:
        (V, E) float32.
    """
    centred = vectors.double() - vectors.double().mean(0)
    _, basis = torch.linalg.eigh(centred.T @ centred)  # smallest first
    kept = centred @ basis.flip(1)[:, :width]
    kept = kept / kept.square().mean().sqrt().clamp(min=1e-12)
    return nn.functional.pad(kept, (0, width - kept.shape[1])).float()
