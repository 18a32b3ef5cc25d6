# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved language model at work: what a text costs it, and text of its own.

A model that was trained on streams reads a text as one stream, its state carried from the first token to the last. One
that was trained on separate texts has a begin-of-text token in its configuration, and reads each for itself.

N predicted tokens · B rows · T steps
"""

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from hf_seq.errors import InputError
from hf_seq.metrics.language_modeling import compute_language_metrics
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import batches_by_length, padded
from hf_seq.predictors.encoders import position_limit
from hf_seq.text.continuous import EncodedText, encode_continuous

IGNORED = -100
STEPS = 1024
"""Tokens of a stream that are scored at a time; the state is carried, so no score depends on it."""
TOKENS = 16_384
"""Tokens of separate texts that are scored at a time at most, padding included."""


@dataclass(frozen=True)
class Costs:
    """What texts cost a model.

    Attributes:
        nats: (N,) minus the log probability of each predicted token.
        characters: (N,) how many characters each stands for.
        documents: (N,) which text each belongs to.
        unknown: how many tokens of the texts are the unknown one, which hides what it stands for.
    """

    nats: np.ndarray
    characters: np.ndarray
    documents: np.ndarray
    unknown: int


@torch.inference_mode()
def stream_nats(model: Any, ids: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Compute nats (N,) of a stream of N + 1 tokens, each given all before it; the first is not predicted."""
    tokens = torch.as_tensor(ids, device=model.device)
    costs, state = [], None
    for start in range(0, len(tokens) - 1, steps):
        stop = min(start + steps, len(tokens) - 1)
        outputs = model(input_ids=tokens[None, start:stop], past_key_values=state, use_cache=True)
        state = outputs.past_key_values
        targets = tokens[start + 1 : stop + 1]
        costs.append(F.cross_entropy(outputs.logits[0].float(), targets, reduction="none").cpu().numpy())
    return np.concatenate(costs) if costs else np.zeros(0, np.float32)


@torch.inference_mode()
def row_nats(model: Any, rows: Sequence[list[int]], batch_size: int, pad_token_id: int) -> list[np.ndarray]:
    """Compute nats of each row's tokens but the first, each row by itself."""
    costs: list[np.ndarray] = [np.zeros(0, np.float32)] * len(rows)
    scored = [row for row in range(len(rows)) if len(rows[row]) > 1]
    for numbers in batches_by_length([len(rows[row]) for row in scored], batch_size, TOKENS):
        chosen = [scored[number] for number in numbers]
        shown = [rows[row][:-1] for row in chosen]
        ids = padded(shown, pad_token_id).to(model.device)  # (B, T)
        mask = padded([[1] * len(row) for row in shown], 0).to(model.device)
        targets = padded([rows[row][1:] for row in chosen], IGNORED).to(model.device)
        logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float()  # (B, T, V)
        nats = F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=IGNORED, reduction="none").cpu().numpy()
        for position, row in enumerate(chosen):
            costs[row] = nats[position, : len(rows[row]) - 1]
    return costs


def costs_of(model: Any, text: EncodedText, *, separate: bool, batch_size: int, pad_token_id: int) -> Costs:
    """Compute the nats of encoded texts, token by token: as one stream, or each by itself (`separate`)."""
    if separate:
        per_row = row_nats(model, text.rows(), batch_size, pad_token_id)
        predicted = np.ones(len(text), dtype=bool)
        predicted[text.starts] = False
        nats = np.concatenate(per_row)
    else:
        predicted = np.arange(len(text)) > 0
        nats = stream_nats(model, text.ids)
    return Costs(nats, text.characters[predicted], text.documents[predicted], text.unknown)


class LanguageModel(BasePredictor):
    """A causal language model; called with a text, it says how well it predicts it.

    The answer is `{"text", "nats_per_character", "perplexity", "tokens"}`, the two scores None where the text is too
    short to have any. `generate` goes on from a prompt.

    Args:
        model: any that `generate()`s.
        tokenizer: its own.
        settings: `batch_size` (texts that share a batch, where each is read for itself), `bf16`, `device`; see
            `BasePredictor`.
    """

    def __init__(self, model: Any, tokenizer: Any = None, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        self.separate = getattr(model.config, "bos_token_id", None) is not None
        self._positions = position_limit(model)

    def encode(self, texts: Iterable[str]) -> EncodedText:
        """Encode texts as the model was trained to see them."""
        return encode_continuous(texts, self.tokenizer, begin=self.separate, end=True if self.separate else None)

    def costs(self, texts: Iterable[str]) -> Costs:
        """Compute the nats of texts, token by token; on a stream, the first of all is not predicted."""
        text = self.encode(texts)
        if self.separate:
            self._check_length(int(np.diff([*text.starts, len(text)]).max(initial=0)))
        pad = self.tokenizer.pad_token_id or 0
        with self._engine.precision():
            return costs_of(self.model, text, separate=self.separate, batch_size=self.batch_size, pad_token_id=pad)

    def _answer_all(self, inputs: list[str]) -> Iterator[Answer]:
        """Score texts in batches; of a stream that is longer than `STEPS` each by itself, piece by piece."""
        encoded = [self._encoded(text) for text in inputs]
        rows = [[] if each is None or self._is_long(each) else each.ids.tolist() for each in encoded]
        self._check_length(max(map(len, rows), default=0))
        with self._engine.precision():
            nats = row_nats(self.model, rows, self.batch_size, self.tokenizer.pad_token_id or 0)
        for text, each, costs in zip(inputs, encoded, nats, strict=True):
            apart = each is not None and self._is_long(each)
            yield {"text": text, **_scores_of(self.costs([text]).nats if apart else costs, each)}

    def _encoded(self, text: str) -> EncodedText | None:
        try:
            return self.encode([text])
        except InputError:
            return None  # it has no token

    def _check_length(self, longest: int) -> None:
        """Refuse a text of more tokens than the model has positions for; the last token is not read."""
        if longest - 1 > self._positions:
            raise InputError(
                f"a text has {longest:,} tokens, but the model has {self._positions:,} positions; split the text."
            )

    def _is_long(self, text: EncodedText) -> bool:
        return not self.separate and len(text) > STEPS

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Compute (N,) nats of whole texts, each by itself; 0 for one too short to have any."""
        rows = [self.encode([text]).ids.tolist() if text or self.separate else [] for text in texts]
        self._check_length(max(map(len, rows), default=0))
        with self._engine.precision():
            costs = row_nats(self.model, rows, self.batch_size, self.tokenizer.pad_token_id or 0)
        return np.array([each.sum() for each in costs])

    def generate(
        self,
        prompt: str = "",
        *,
        max_new_tokens: int = 200,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        num_beams: int = 1,
        seed: int | None = None,
        streamer: Any = None,
    ) -> str:
        """Go on from a prompt.

        Args:
            prompt: how the text begins; without one, a new text or a new line.
            max_new_tokens: tokens to write at most.
            temperature: 0 always takes the likeliest token; below 1 is more conservative, above 1 more random.
            top_k: draw among so many of the likeliest tokens.
            top_p: draw among the likeliest that together have this probability.
            num_beams: search for the likeliest text with so many beams, in place of drawing.
            seed: of the drawing.
            streamer: of transformers, gets the tokens as they come.

        Returns:
            The prompt and what follows.

        Raises:
            InputError: a value out of its range, or a prompt that the model cannot read.
        """
        _check_generation(max_new_tokens, temperature, top_k, top_p, num_beams, streamer)
        ids = self.encode_prompt(prompt)
        drawing = num_beams == 1 and temperature > 0
        chosen: dict[str, Any] = {"do_sample": drawing, "num_beams": num_beams, "max_new_tokens": max_new_tokens}
        if drawing:
            chosen |= {"temperature": temperature, "top_k": top_k or 0, "top_p": 1.0 if top_p is None else top_p}
        if len(ids) + max_new_tokens - 1 > self._positions:  # the last token is not read
            raise InputError(
                f"the prompt has {len(ids):,} tokens, and {max_new_tokens:,} more are wanted (max_new_tokens), but the "
                f"model has {self._positions:,} positions; ask for fewer, or shorten the prompt."
            )
        inputs = torch.tensor([ids], device=self.device)
        with torch.random.fork_rng(), torch.inference_mode(), self._engine.precision():
            if seed is not None:
                torch.manual_seed(seed)
            (written,) = self.model.generate(
                input_ids=inputs, attention_mask=torch.ones_like(inputs), streamer=streamer, **chosen
            )
        begun, whole = (self.tokenizer.decode(part, skip_special_tokens=True) for part in (ids, written))
        return prompt + whole[len(begun) :]

    def encode_prompt(self, prompt: str) -> list[int]:
        """Encode a prompt to ids.

        Raises:
            InputError: it has characters that the model never saw.
        """
        if not prompt and not self.separate:
            return self._beginning()
        encoding = self.tokenizer(prompt, add_special_tokens=False, return_offsets_mapping=True)
        pairs = zip(encoding["input_ids"], encoding["offset_mapping"], strict=True)
        unknown = [prompt[a:b] for token, (a, b) in pairs if token == self.tokenizer.unk_token_id]
        if unknown:
            listed = ", ".join(map(repr, dict.fromkeys(unknown)))
            if all(len(each) == 1 for each in unknown):
                raise InputError(f"--prompt has characters that the model never saw: {listed}; leave them out.")
            warnings.warn(f"the model reads these words of the prompt as unknown: {listed}", stacklevel=2)
        return [*([self.model.config.bos_token_id] if self.separate else []), *encoding["input_ids"]]

    def _beginning(self) -> list[int]:
        """Return what a new text on a stream follows: a line feed or, if the model knows none, the end of a text.

        Raises:
            InputError: the tokenizer has neither.
        """
        ids: list[int] = self.tokenizer("\n", add_special_tokens=False)["input_ids"]
        if ids and self.tokenizer.unk_token_id not in ids:
            return ids
        if self.tokenizer.eos_token_id is None:
            raise InputError("--prompt is empty, and this model cannot begin a text by itself; give a word or more.")
        return [self.tokenizer.eos_token_id]


def _scores_of(nats: np.ndarray, text: EncodedText | None) -> dict[str, Any]:
    """Give the scores of a text; None where it is too short to have any."""
    try:
        metrics = compute_language_metrics(nats, np.zeros(0) if text is None else text.characters[1:])
    except InputError:
        return {"nats_per_character": None, "perplexity": None, "tokens": 0}
    return {
        "nats_per_character": metrics["nats_per_character"],
        "perplexity": metrics["perplexity"],
        "tokens": int(metrics["tokens"]),
    }


def _check_generation(
    max_new_tokens: int, temperature: float, top_k: int | None, top_p: float | None, num_beams: int, streamer: Any
) -> None:
    """Refuse what cannot be.

    Raises:
        InputError: a value out of its range, or two that do not go together.
    """
    if max_new_tokens < 1:
        raise InputError(f"max_new_tokens={max_new_tokens} writes nothing; use 1 or more.")
    if not 0 <= temperature < math.inf:
        raise InputError(f"temperature={temperature} must be 0 (the likeliest token, always) or more; 0.8 is usual.")
    if top_k is not None and top_k < 1:
        raise InputError(f"top_k={top_k} leaves no token to draw; use 1 or more, or leave it out.")
    if top_p is not None and not 0 < top_p <= 1:
        raise InputError(f"top_p={top_p} is not a probability above 0; use a number up to 1, or leave it out.")
    if num_beams < 1:
        raise InputError(f"num_beams={num_beams} searches nothing; use 1 (no search) or more.")
    if num_beams > 1 and (temperature != 1 or top_k is not None or top_p is not None):
        raise InputError(
            f"num_beams={num_beams} searches for the likeliest text and draws nothing; leave temperature, top_k and "
            "top_p out."
        )
    if num_beams > 1 and streamer is not None:
        raise InputError(
            f"--stream cannot show a search with num_beams={num_beams}, whose text is known at its end only; leave one "
            "out."
        )
