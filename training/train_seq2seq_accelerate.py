# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a writer of texts from texts with a plain loop on Accelerate, to show that the models need no `Trainer`.

    python training/train_seq2seq_accelerate.py --data builtin:dates --tokenizer_kind char --model lstm-seq2seq
    accelerate launch --multi_gpu --num_processes 2 training/train_seq2seq_accelerate.py --recipe multi30k-lstm ...

Same recipes, same data, same batches, same output folder as `train_seq2seq.py`. It does not resume.
"""

import copy
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from types import SimpleNamespace
from typing import Any

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader
from transformers import get_scheduler

from hf_seq.data.pairs.batches import PairDataset
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.row_gradients import clip_gradients
from hf_seq.loops.trainer import Divergence, global_batch, make_optimizer
from hf_seq.progress import logger
from hf_seq.reports.record import LOWER_IS_BETTER, Record, quoted_score
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.seq2seq.trainer import budget_loader, write_batches
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.preparation import Prepared
from hf_seq.train.running import train_plainly

Batch = dict[str, torch.Tensor]


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Train what the command line says; only the first process returns a record."""
    recipe, arguments = parse_recipe(sys.argv[1:] if argv is None else argv, task="seq2seq")
    if not task_of(recipe).models.is_from_scratch(recipe.model):
        raise InputError(f"The plain loop trains models of ours, which {recipe.model} is not; use `hf-seq train`.")
    accelerator = Accelerator(cpu=arguments.use_cpu, mixed_precision="bf16" if arguments.bf16 else "no")
    return train_plainly(recipe, arguments, accelerator, fit)


def fit(prepared: Prepared, arguments: TrainingOptions, accelerator: Accelerator) -> tuple[float, list[dict[str, Any]]]:
    """Run the loop; leave the weights of the best epoch in `prepared.model`, and return seconds and learning curve."""
    rows, parts = train_batches(prepared, arguments, accelerator), arguments.gradient_accumulation_steps
    validation: Any = DataLoader(prepared.validation, arguments.eval_batch_size, collate_fn=prepared.collator)
    model, validation = accelerator.prepare(prepared.model, validation)
    optimizer = accelerator.prepare(make_optimizer(prepared.model, arguments))
    epochs = max(1, round(arguments.num_train_epochs))
    steps = epochs * -(-len(rows) // parts)
    scheduler = get_scheduler(arguments.lr_scheduler_type, optimizer, arguments.get_warmup_steps(steps), steps)

    metric, curve, start, step = prepared.main_metric, [], time.perf_counter(), 0
    sign, best = -1 if metric in LOWER_IS_BETTER else 1, (float("-inf"), prepared.model.state_dict())
    for epoch in range(epochs):
        rows.set_epoch(epoch)
        model.train()
        total = 0.0
        for batches in groups(rows, parts):
            tokens = accelerator.reduce(sum((batch["labels"] != -100).sum() for batch in batches))  # of all processes
            for part, batch in enumerate(batches, 1):
                with accelerator.no_sync(model) if part < len(batches) else nullcontext():
                    loss = model(**batch, num_items_in_batch=tokens, smoothing=arguments.label_smoothing_factor).loss
                    accelerator.backward(loss * accelerator.num_processes)  # whose gradients are averaged
                total += loss.item() * accelerator.num_processes
                if not torch.isfinite(loss):
                    raise Divergence(f"the loss is {loss.item()}", step + 1, arguments)
            clip_gradients(model, arguments.max_grad_norm)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            step += 1
        scores = evaluate(model, validation, prepared, accelerator)
        curve.append({"epoch": epoch + 1, "step": step, "loss": total * epochs / steps, **scores})
        score = scores[f"eval_{metric}"]
        if sign * score > best[0]:
            best = (sign * score, copy.deepcopy(prepared.model.state_dict()))
        shown = f"validation loss {scores['eval_loss']:.4f}  {metric} {quoted_score(metric, score):.2f}"
        logger.info(f"epoch {epoch + 1}/{epochs}  {shown}")
    prepared.model.load_state_dict(best[1])
    return time.perf_counter() - start, curve


def train_batches(prepared: Prepared, arguments: TrainingOptions, accelerator: Accelerator) -> Any:
    """Make batches of similar length, counted in pairs or in tokens; every process has its own."""
    rows = prepared.train
    if isinstance(rows, PairDataset) and rows.batch_tokens is not None:
        return budget_loader(rows, rows.batch_tokens, arguments.seed, prepared.collator, accelerator)
    order = rows.length_sampler(global_batch(arguments), seed=arguments.seed)
    return accelerator.prepare(
        DataLoader(rows, arguments.train_batch_size, sampler=order, collate_fn=prepared.collator)
    )


def groups(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """Yield the batches of each update: `size` of them, in the last one what is left."""
    iterator = iter(batches)
    while group := list(islice(iterator, size)):
        yield group


@torch.no_grad()
def evaluate(
    model: torch.nn.Module, rows: DataLoader, prepared: Prepared, accelerator: Accelerator
) -> dict[str, float]:
    """Compute the mean loss over all target tokens, and scores of what the model writes greedily."""
    model.eval()
    total = torch.zeros(2, device=accelerator.device)  # summed loss, tokens
    for batch in rows:
        tokens = (batch["labels"] != -100).sum()
        total += torch.stack([model(**batch).loss * tokens, tokens.float()])
    written, wanted = write_batches(accelerator.unwrap_model(model), rows, accelerator)
    prediction: Any = SimpleNamespace(predictions=written, label_ids=wanted)  # rows of unequal length
    scores = prepared.compute_metrics(prediction)
    summed, count = accelerator.reduce(total).tolist()
    return {"eval_loss": summed / count, **{f"eval_{name}": value for name, value in scores.items()}}


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
