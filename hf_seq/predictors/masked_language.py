# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved masked language model at work: what hidden tokens cost it, and what it puts in their place.

N hidden tokens · B rows · T steps · V vocabulary
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hf_seq.data.texts.masking import IGNORED, hide_tokens, never_hidden
from hf_seq.errors import InputError
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import batches_by_length, padded
from hf_seq.predictors.encoders import lean_encoder, token_limit
from hf_seq.text import SPECIAL_TOKENS, encode_texts

SHARE = 0.15
TOP = 5


@dataclass(frozen=True)
class HiddenCosts:
    """What hidden tokens cost.

    Attributes:
        nats: (N,) minus the log probability of each true token.
        right: (N,) whether it was the likeliest.
        rows: (N,) which text it is of.
    """

    nats: np.ndarray
    right: np.ndarray
    rows: np.ndarray


def hide_rows(
    rows: Sequence[list[int]], share: float, mask_token_id: int, vocab_size: int, never: Sequence[int] = ()
) -> list[tuple[Tensor, Tensor]]:
    """Hide tokens of every row, none of `never`, by a seed of its own, its number: whatever the batches are."""
    hidden = []
    for number, row in enumerate(rows):
        ids = torch.tensor([row])
        generator = torch.Generator().manual_seed(number)
        shown, truth = hide_tokens(
            ids,
            torch.ones_like(ids),
            share,
            mask_token_id=mask_token_id,
            first_token_id=min(len(SPECIAL_TOKENS), vocab_size - 1),
            vocab_size=vocab_size,
            never=never,
            generator=generator,
        )
        hidden.append((shown[0], truth[0]))
    return hidden


@torch.inference_mode()
def hidden_costs(
    model: Any, hidden: Sequence[tuple[Tensor, Tensor]], batch_size: int, pad_token_id: int
) -> HiddenCosts:
    """Compute the nats of the hidden tokens of rows."""
    nats, right, rows = [], [], []
    for chosen in batches_by_length([len(shown) for shown, _ in hidden], batch_size):
        ids = [hidden[row][0].tolist() for row in chosen]
        shown = padded(ids, pad_token_id).to(model.device)  # (B, T)
        mask = padded([[1] * len(row) for row in ids], 0).to(model.device)
        truth = padded([hidden[row][1].tolist() for row in chosen], IGNORED)  # (B, T)
        logits = model(input_ids=shown, attention_mask=mask).logits
        asked = truth != IGNORED
        scores, gold = logits[asked].float().cpu(), truth[asked]  # (N, V), (N,)
        nats.append(F.cross_entropy(scores, gold, reduction="none").numpy())
        right.append((scores.argmax(-1) == gold).numpy())
        rows.append(np.array(chosen)[torch.nonzero(asked)[:, 0].numpy()])
    return HiddenCosts(*(np.concatenate(each) if each else np.zeros(0) for each in (nats, right, rows)))


class MaskedLanguageModel(BasePredictor):
    """A masked language model; called with a text, it gives the likeliest tokens for each `[MASK]` in it.

    The answer is `{"text", "filled"}`: for each mask a list of `{"token", "score"}`, with their probabilities. Where
    the text was longer than the model can read, it also has `"truncated": True`: masks behind that are not filled.

    Args:
        model: any with `logits` (B, T, V).
        tokenizer: its own, with a mask token.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.

    Raises:
        InputError: the tokenizer has no mask token.
    """

    one_by_one: ClassVar[bool] = True

    def __init__(self, model: Any, tokenizer: Any = None, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        if tokenizer.mask_token_id is None:
            raise InputError(
                f"the tokenizer of this {type(model).__name__} has no mask token, so it is no masked language "
                "model; train one with `hf-seq train --task masked-language-modeling`."
            )
        self.limit = token_limit(model, tokenizer)
        self._encoder = lean_encoder(tokenizer, self.limit)

    def costs(self, texts: Sequence[str], share: float = SHARE) -> HiddenCosts:
        """Hide a share of the tokens of texts, always the same ones, and see what they cost."""
        rows = encode_texts(texts, self.tokenizer, self.limit or self.tokenizer.model_max_length).input_ids
        hidden = hide_rows(rows, share, self.tokenizer.mask_token_id, len(self.tokenizer), never_hidden(self.tokenizer))
        with self._engine.precision():
            return hidden_costs(self.model, hidden, self.batch_size, self.tokenizer.pad_token_id)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Compute (N,) mean nats of the hidden tokens of each text; 0 where none was hidden."""
        costs = self.costs(texts)
        counts = np.bincount(costs.rows.astype(int), minlength=len(texts))
        return np.bincount(costs.rows.astype(int), weights=costs.nats, minlength=len(texts)) / np.maximum(counts, 1)

    def _answer_all(self, inputs: list[str]) -> Iterator[Answer]:
        """Fill the masks of each text for itself."""
        return map(self._fill, inputs)

    @torch.inference_mode()
    def _fill(self, text: str) -> Answer:
        encoding = self._encoder.encode(text)
        ids = torch.tensor([encoding.ids])  # (1, T)
        filled: list[list[dict[str, Any]]] = []
        positions = torch.nonzero(ids[0] == self.tokenizer.mask_token_id)[:, 0]
        if len(positions):
            chances = self._engine.run({"input_ids": ids}).logits[0].float().softmax(-1)  # (T, V)
            for position in positions:
                best = chances[position].topk(min(TOP, chances.shape[-1]))
                pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
                filled.append([{"token": self.tokenizer.decode([i]), "score": round(score, 6)} for i, score in pairs])
        answer: Answer = {"text": text, "filled": filled}
        if encoding.overflowing:
            self._note_truncation(f"A text was cut at {self.limit} tokens")
            answer["truncated"] = True
        return answer
