# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop for pairs of texts: batches by tokens, smoothing inside the model, validation by what the model writes."""

import inspect
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.data_loader import prepare_data_loader
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers import EvalPrediction
from transformers.trainer_utils import EvalLoopOutput

from hf_seq.data.pairs.batches import PairDataset
from hf_seq.loops.trainer import SequenceTrainer


def budget_loader(
    rows: PairDataset, tokens: int, seed: int, collator: Callable[..., Any], accelerator: Accelerator
) -> DataLoader:
    """Load batches of about as many tokens each, on the device of this process; every process takes its own.

    Accelerate shares batches of one size only, so they are shared here, and the loader is not to be prepared again.
    """
    sampler = rows.budget_sampler(
        tokens, seed=seed, processes=accelerator.num_processes, process=accelerator.process_index
    )
    loader = DataLoader(rows, batch_sampler=sampler, collate_fn=collator)
    return prepare_data_loader(loader, accelerator.device, num_processes=1, process_index=0, put_on_device=True)


@torch.inference_mode()
def write_batches(
    model: Any,
    batches: Iterable[dict[str, Any]],
    accelerator: Accelerator,
    precision: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> tuple[list[list[int]], list[list[int]]]:
    """Write greedily from every source of a split.

    Args:
        model: not wrapped.
        batches: of a loader that Accelerate prepared.
        accelerator: brings together what the processes wrote, rows that came twice but once.
        precision: what to compute in.

    Returns:
        Ids that the model writes for each row, and those it should have.
    """
    model.eval()
    written: list[list[int]] = []
    wanted: list[list[int]] = []
    for batch in batches:
        inputs = {name: batch[name].to(model.device) for name in ("input_ids", "attention_mask")}
        longest = max(8, 2 * batch["labels"].shape[1])  # rows of similar length share a batch; what runs on is wrong
        with precision():
            made = model.generate(**inputs, num_beams=1, do_sample=False, max_new_tokens=longest)
        rows = [row[row != -100].tolist() for row in batch["labels"]]
        pairs = accelerator.gather_for_metrics(list(zip(made.tolist(), rows, strict=True)), use_gather_object=True)
        written += [ids for ids, _ in pairs]
        wanted += [ids for _, ids in pairs]
    return written, wanted


class PairTrainer(SequenceTrainer):
    """`SequenceTrainer` that counts batches in tokens where the rows say so, and writes the validation texts.

    Validation is greedy, whatever the model's generation configuration says: beams cost several times as much and
    rank checkpoints alike. Label smoothing is left to models that compute it where there are labels only.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        takes = inspect.signature(self.accelerator.unwrap_model(self.model).forward).parameters
        self.smoothing = self.args.label_smoothing_factor if "smoothing" in takes else 0.0
        if self.smoothing:
            self.label_smoother = None

    def get_train_dataloader(self) -> DataLoader:
        """Load batches of about as many tokens each where the rows have a budget, else as for other tasks."""
        rows = self.train_dataset
        if not isinstance(rows, PairDataset) or rows.batch_tokens is None:
            return super().get_train_dataloader()
        seed = self.args.seed if self.args.data_seed is None else self.args.data_seed
        return budget_loader(rows, rows.batch_tokens, seed, self.data_collator, self.accelerator)

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Compute the loss as the library does; smoothed in training only, so that validation losses compare."""
        if self.smoothing and model.training:
            inputs = {**inputs, "smoothing": self.smoothing}
        elif self.label_smoother is not None and "decoder_input_ids" not in inputs:
            whole = self.accelerator.unwrap_model(model)
            shifted = whole.prepare_decoder_input_ids_from_labels(labels=inputs["labels"])
            inputs = {**inputs, "decoder_input_ids": shifted}
        return super().compute_loss(model, inputs, *args, **kwargs)

    def evaluation_loop(self, dataloader: DataLoader, description: str, *args: Any, **kwargs: Any) -> EvalLoopOutput:
        """Compute the mean loss of all target tokens, and the metrics of what the model writes greedily."""
        prefix = kwargs.get("metric_key_prefix", "eval")
        self.total = torch.zeros(2, device=self.args.device)  # summed loss, labelled tokens
        kwargs["prediction_loss_only"] = True
        output = super().evaluation_loop(dataloader, description, **kwargs)
        total, tokens = self.accelerator.reduce(self.total).tolist()
        assert output.metrics is not None
        output.metrics[f"{prefix}_loss"] = total / max(1.0, tokens)
        if self.compute_metrics is not None:
            model: Any = self.accelerator.unwrap_model(self.model)
            written, labels = write_batches(model, dataloader, self.accelerator, self.compute_loss_context_manager)
            scores = self.compute_metrics(EvalPrediction(predictions=written, label_ids=labels))  # type: ignore[arg-type]
            output.metrics.update({f"{prefix}_{name}": value for name, value in scores.items()})
        return output

    def prediction_step(self, *args: Any, **kwargs: Any) -> tuple[Tensor | None, Any, Any]:
        """Predict as the library does, and count the loss of the batch by its labelled tokens."""
        model, whole, *others = args
        inputs = self.without_repeats(whole)
        loss, logits, labels = super().prediction_step(model, inputs, *others, **kwargs)
        if loss is not None and (tokens := (inputs["labels"] != -100).sum()):
            self.total += torch.stack([loss.float() * tokens, tokens.float()]).to(self.total.device)
        return loss, logits, labels
