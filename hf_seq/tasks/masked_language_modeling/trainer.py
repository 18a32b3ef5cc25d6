# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop that hides other tokens in every step, and the same ones in every evaluation."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from hf_seq.data import EncodedDataset
from hf_seq.data.texts.masking import draw_by_row, hide_tokens, never_hidden
from hf_seq.errors import InputError
from hf_seq.loops.trainer import SequenceTrainer
from hf_seq.predictors.masked_language import HiddenCosts, hidden_costs, hide_rows
from hf_seq.text import SPECIAL_TOKENS

HEADLINE = "nats_per_masked_token"


def summarize(costs: HiddenCosts) -> dict[str, float]:
    """Score hidden tokens.

    Raises:
        InputError: none was hidden.
    """
    if not len(costs.nats):
        raise InputError("no token was hidden, the texts are too few or too short to score; give more.")
    return {HEADLINE: float(costs.nats.mean()), "accuracy": float(costs.right.mean()), "tokens": float(len(costs.nats))}


class HiddenDataset(EncodedDataset):
    """Encoded rows, and how tokens of them are hidden.

    Args:
        input_ids: N lists of token ids.
        share: of the tokens, hidden in training.
        tokenizer: says which token hides, and how many there are.
    """

    def __init__(self, input_ids: Sequence[list[int]], share: float, tokenizer: Any) -> None:
        super().__init__(input_ids)
        self.share, self.mask_token_id, self.vocab_size = share, tokenizer.mask_token_id, len(tokenizer)
        self.never = never_hidden(tokenizer)


class MaskedTrainer(SequenceTrainer):
    """`Trainer` over a `HiddenDataset`; other tokens are hidden in every step, the same ones in every evaluation."""

    train_dataset: HiddenDataset
    eval_dataset: HiddenDataset
    step, piece = -1, 0  # the last update, and how many batches of it were hidden here

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Tensor | None:
        """Count the tokens that will be hidden, on average, in the batches that share an update."""
        never = torch.tensor(self.train_dataset.never, device=batch_samples[0]["input_ids"].device)
        real = [batch["attention_mask"].bool() & ~torch.isin(batch["input_ids"], never) for batch in batch_samples]
        tokens = torch.stack([each.sum() for each in real]).sum().to(device)
        if self.args.world_size > 1:
            tokens = self.accelerator.gather(tokens).sum()
        return tokens * self.train_dataset.share

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Hide tokens, and see what they cost; drawn here, so that a resumed run draws the same."""
        dataset = self.train_dataset
        rows, steps = inputs["input_ids"].shape
        shown, truth = hide_tokens(
            inputs["input_ids"],
            inputs["attention_mask"],
            dataset.share,
            mask_token_id=dataset.mask_token_id,
            first_token_id=len(SPECIAL_TOKENS),
            vocab_size=dataset.vocab_size,
            never=dataset.never,
            drawn=draw_by_row(self._keys(rows), steps),
        )
        hidden = {"input_ids": shown, "attention_mask": inputs["attention_mask"], "labels": truth}
        return super().compute_loss(model, hidden, *args, **kwargs)

    def _keys(self, rows: int) -> list[list[int]]:
        """Key rows by their places in the update: several processes hide what one would."""
        arguments, step = self.args, self.state.global_step
        self.piece = self.piece + 1 if self.step == step else 0
        self.step = step
        first = (self.piece * arguments.world_size + arguments.process_index) * arguments.train_batch_size
        return [[arguments.seed, step, first + row] for row in range(rows)]

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Score the validation texts."""
        del ignore_keys
        dataset: HiddenDataset = self.eval_dataset if eval_dataset is None else eval_dataset
        model = self.accelerator.unwrap_model(self.model).eval()
        rows = [row["input_ids"] for row in dataset.rows]
        hidden = hide_rows(rows, dataset.share, dataset.mask_token_id, dataset.vocab_size, dataset.never)
        pad = getattr(model.config, "pad_token_id", None) or 0
        with self.averaged(), self.compute_loss_context_manager():
            metrics = summarize(hidden_costs(model, hidden, self.args.per_device_eval_batch_size, pad))
        self.model.train()
        return self._tell(metrics | {"loss": metrics[HEADLINE]}, metric_key_prefix)
