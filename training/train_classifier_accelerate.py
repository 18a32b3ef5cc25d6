# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a classifier or a tagger with a plain loop on Accelerate, to show that the models need no `Trainer`.

    python training/train_classifier_accelerate.py --data builtin:reviews --model bilstm
    accelerate launch --multi_gpu --num_processes 2 training/train_classifier_accelerate.py --recipe sst2-bilstm ...

Same recipes, same data, same order of rows, same output folder as `train_classifier.py`. It does not resume.
"""

import copy
import sys
import time
from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader
from transformers import EvalPrediction, get_scheduler
from transformers.trainer_pt_utils import LabelSmoother, nested_concat, nested_numpify

from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.row_gradients import clip_gradients
from hf_seq.loops.trainer import Divergence, global_batch, make_optimizer, mean_loss
from hf_seq.progress import logger
from hf_seq.reports.record import LOWER_IS_BETTER, Record, quoted_score
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.preparation import Prepared
from hf_seq.train.running import train_plainly


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Train what the command line says; only the first process returns a record."""
    recipe, arguments = parse_recipe(sys.argv[1:] if argv is None else argv)
    parts, precision = arguments.gradient_accumulation_steps, "bf16" if arguments.bf16 else "no"
    accelerator = Accelerator(cpu=arguments.use_cpu, mixed_precision=precision, gradient_accumulation_steps=parts)
    return train_plainly(recipe, arguments, accelerator, fit)


def fit(prepared: Prepared, arguments: TrainingOptions, accelerator: Accelerator) -> tuple[float, list[dict[str, Any]]]:
    """Run the loop; leave the weights of the best epoch in `prepared.model`, and return seconds and learning curve."""
    order = prepared.train.length_sampler(global_batch(arguments), seed=arguments.seed)
    rows: Any = DataLoader(prepared.train, arguments.train_batch_size, sampler=order, collate_fn=prepared.collator)
    validation: Any = DataLoader(prepared.validation, arguments.eval_batch_size, collate_fn=prepared.collator)
    model, rows, validation = accelerator.prepare(prepared.model, rows, validation)
    optimizer = accelerator.prepare(make_optimizer(prepared.model, arguments))
    epochs = max(1, round(arguments.num_train_epochs))
    steps = epochs * -(-len(rows) // arguments.gradient_accumulation_steps)
    scheduler = get_scheduler(arguments.lr_scheduler_type, optimizer, arguments.get_warmup_steps(steps), steps)
    smooth = LabelSmoother(arguments.label_smoothing_factor)

    metric, curve, start, step = prepared.main_metric, [], time.perf_counter(), 0
    sign, best = -1 if metric in LOWER_IS_BETTER else 1, (float("-inf"), prepared.model.state_dict())
    for epoch in range(epochs):
        rows.set_epoch(epoch)
        model.train()
        total = 0.0
        for inputs in rows:
            with accelerator.accumulate(model):
                outputs = model(**inputs)
                loss = smooth(outputs, inputs["labels"]) if smooth.epsilon else outputs.loss
                if not torch.isfinite(loss):
                    raise Divergence(f"the loss is {loss.item()}", step + 1, arguments)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    clip_gradients(model, arguments.max_grad_norm)
                optimizer.step()
                optimizer.zero_grad()
            if accelerator.sync_gradients:
                scheduler.step()
                step += 1
            total += loss.item()
        scores = evaluate(model, validation, prepared, accelerator, arguments.label_smoothing_factor)
        curve.append({"epoch": epoch + 1, "step": step, "loss": total / len(rows), **scores})
        score = scores[f"eval_{metric}"]
        if sign * score > best[0]:
            best = (sign * score, copy.deepcopy(prepared.model.state_dict()))
        shown = f"loss {total / len(rows):.4f}  {metric} {quoted_score(metric, score):.2f}"
        logger.info(f"epoch {epoch + 1}/{epochs}  {shown}")
    prepared.model.load_state_dict(best[1])
    return time.perf_counter() - start, curve


@torch.no_grad()
def evaluate(
    model: torch.nn.Module, rows: DataLoader, prepared: Prepared, accelerator: Accelerator, smoothing: float
) -> dict[str, float]:
    """Compute validation loss and scores, named as `Trainer` names them."""
    model.eval()
    training, pieces, total = prepared.task.training, [], torch.zeros(2)
    for inputs in rows:
        loss, *outputs = model(**inputs).to_tuple()
        piece = (training.logits_for_metrics(tuple(outputs), inputs["labels"]), inputs["labels"])
        pieces.append(accelerator.gather_for_metrics(accelerator.pad_across_processes(piece, dim=1, pad_index=-100)))
        total += torch.tensor([loss.item(), 1]) * (inputs["labels"] != -100).sum().item()
    said, labels = (nested_numpify(each) for each in reduce(nested_concat, pieces))
    scores = prepared.compute_metrics(EvalPrediction(said, labels))
    total, count = accelerator.reduce(total).tolist()
    classifies, config = said.dtype.kind != "i", prepared.model.config
    scores["loss"] = mean_loss(said, labels, config, smoothing) if classifies else total / count
    return {f"eval_{key}": value for key, value in scores.items()}


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
