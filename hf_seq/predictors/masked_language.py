# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved masked language model at work: what hidden tokens cost it, and what it puts in their place.

N hidden tokens · B rows · T steps · V vocabulary
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hf_seq.data.masking import IGNORED, hide_tokens
from hf_seq.errors import InputError
from hf_seq.predictors.loading import load_any
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
    rows: Sequence[list[int]], share: float, mask_token_id: int, vocab_size: int
) -> list[tuple[Tensor, Tensor]]:
    """Hide tokens of every row by a seed of its own, its number: the same whatever the batches are."""
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
            generator=generator,
        )
        hidden.append((shown[0], truth[0]))
    return hidden


@torch.inference_mode()
def hidden_costs(
    model: Any, hidden: Sequence[tuple[Tensor, Tensor]], batch_size: int, pad_token_id: int
) -> HiddenCosts:
    """What the hidden tokens of rows cost a model."""
    order = sorted(range(len(hidden)), key=lambda row: -len(hidden[row][0]))
    nats, right, rows = [], [], []
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        pad = torch.nn.utils.rnn.pad_sequence
        shown = pad([hidden[row][0] for row in chosen], batch_first=True, padding_value=pad_token_id)  # (B, T)
        truth = pad([hidden[row][1] for row in chosen], batch_first=True, padding_value=IGNORED)  # (B, T)
        lengths = torch.tensor([len(hidden[row][0]) for row in chosen])
        mask = (torch.arange(shown.shape[1]) < lengths[:, None]).long()
        logits = model(input_ids=shown.to(model.device), attention_mask=mask.to(model.device)).logits
        asked = truth != IGNORED
        scores, gold = logits[asked].float().cpu(), truth[asked]  # (N, V), (N,)
        nats.append(F.cross_entropy(scores, gold, reduction="none").numpy())
        right.append((scores.argmax(-1) == gold).numpy())
        rows.append(np.array(chosen)[torch.nonzero(asked)[:, 0].numpy()])
    return HiddenCosts(*(np.concatenate(each) if each else np.zeros(0) for each in (nats, right, rows)))


class MaskedLanguageModel:
    """A masked language model with its tokenizer.

    Args:
        model: any with `logits` (B, T, V).
        tokenizer: its own, with a mask token.
        batch_size: texts that share a batch.
        bf16: compute in bfloat16.
    """

    def __init__(self, model: Any, tokenizer: Any, *, batch_size: int = 64, bf16: bool = False) -> None:
        self.model, self.tokenizer, self.batch_size, self.bf16 = model.eval(), tokenizer, batch_size, bf16

    @classmethod
    def from_pretrained(cls, folder_or_id: str | Path, **settings: Any) -> "MaskedLanguageModel":
        """Load a folder that `hf-seq train --task masked-language-modeling` wrote, or a Hub id.

        Raises:
            InputError: it cannot be loaded, or is no masked language model.
        """
        model, tokenizer = load_any(folder_or_id)
        if not type(model).__name__.endswith("ForMaskedLM") or getattr(tokenizer, "mask_token_id", None) is None:
            raise InputError(
                f"{folder_or_id} holds a {type(model).__name__}, which is no masked language model; train one with "
                "`hf-seq train --task masked-language-modeling`."
            )
        return cls(model, tokenizer, **settings)

    def costs(self, texts: Sequence[str], share: float = SHARE) -> HiddenCosts:
        """Hide a share of the tokens of texts, always the same ones, and see what they cost."""
        rows = encode_texts(texts, self.tokenizer, self.tokenizer.model_max_length).input_ids
        hidden = hide_rows(rows, share, self.tokenizer.mask_token_id, len(self.tokenizer))
        with self._precision():
            return hidden_costs(self.model, hidden, self.batch_size, self.tokenizer.pad_token_id)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """(N,) mean nats of the hidden tokens of each text; 0 where none was hidden."""
        costs = self.costs(texts)
        counts = np.bincount(costs.rows.astype(int), minlength=len(texts))
        return np.bincount(costs.rows.astype(int), weights=costs.nats, minlength=len(texts)) / np.maximum(counts, 1)

    @torch.inference_mode()
    def __call__(self, text: str) -> dict[str, Any]:
        """Fill the `[MASK]`s of a text: the likeliest tokens for each, with their probabilities."""
        ids = self.tokenizer(text, truncation=True, return_tensors="pt")["input_ids"]
        filled: list[list[dict[str, Any]]] = []
        if ids.shape[1]:
            with self._precision():
                chances = self.model(input_ids=ids.to(self.model.device)).logits[0].float().softmax(-1)  # (T, V)
            for place in torch.nonzero(ids[0] == self.tokenizer.mask_token_id)[:, 0]:
                best = chances[place].topk(min(TOP, chances.shape[-1]))
                pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
                filled.append([{"token": self.tokenizer.decode([i]), "score": round(score, 6)} for i, score in pairs])
        return {"text": text, "filled": filled}

    def predict(self, texts: Iterable[str], window: int | None = None) -> Iterator[dict[str, Any]]:
        """Fill the `[MASK]`s of texts, one by one."""
        del window  # each is answered as it comes
        return map(self, texts)

    def _precision(self) -> Any:
        return torch.autocast(self.model.device.type, dtype=torch.bfloat16) if self.bf16 else nullcontext()
