# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`transformers.Trainer` with our order of rows, our guard against divergence and one line per epoch."""

import math
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from accelerate.data_loader import prepare_data_loader
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, Sampler, SequentialSampler
from transformers import (
    PreTrainedConfig,
    PreTrainedModel,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR, EvalLoopOutput

from hf_seq.data.batching import EncodedDataset
from hf_seq.data.streaming.rows import Sharing, StreamedRows
from hf_seq.errors import NotRunError
from hf_seq.hub.trainer import HubTrainer
from hf_seq.loops.absent import known_absent
from hf_seq.loops.label_counts import countable
from hf_seq.loops.row_adamw import RowAdamW
from hf_seq.loops.row_gradients import clip_gradients, has_row_gradients
from hf_seq.loops.weight_average import WeightAverage
from hf_seq.models.losses import classification_loss
from hf_seq.progress import logger
from hf_seq.reports.record import quoted_score

LENGTH_BATCHES = "group_by_length"


class Divergence(NotRunError):  # noqa: N818
    """The loss is not a number any more."""

    def __init__(self, what: str, step: int, arguments: TrainingArguments) -> None:
        remedies = [f"a lower --learning_rate (now {arguments.learning_rate:g}; try {arguments.learning_rate / 10:g})"]
        if not 0 < arguments.max_grad_norm <= 1:
            remedies.append(f"gradient clipping, --max_grad_norm 1 (now {arguments.max_grad_norm:g})")
        if arguments.bf16 or arguments.fp16:
            remedies.append("full precision, --bf16 false --fp16 false")
        if not arguments.warmup_steps:
            remedies.append("warm-up, --warmup_steps 0.1")
        super().__init__(f"Training diverged: {what} at step {step}. Try {', or '.join(remedies)}.")


WEIGHTS_ONLY = "weights_only"
"""File that marks a checkpoint of a finished run's weights: it has no optimizer, schedule or state to take up."""


class SequenceTrainer(HubTrainer):
    """`Trainer` over an `EncodedDataset`; everything else is as the library does it.

    `ClassifierTrainer` and `TaggerTrainer` add the exact validation loss of their tasks.

    Args:
        averaging: what `WeightAverage` is told beside the model; None averages nothing. The average is what is scored,
            what the best checkpoint is chosen by, and what the model holds in the end.
        args, kwargs: as for `transformers.Trainer`.
    """

    model: PreTrainedModel
    control: TrainerControl
    predicting = False

    def __init__(self, *args: Any, averaging: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.average = None if averaging is None else WeightAverage(self.model, **averaging)
        if self.average is not None:
            self.add_callback(self.average)

    # Order of rows

    def get_train_dataloader(self) -> DataLoader:
        """Load batches of similar length; of a stream those of this process."""
        rows, arguments = self.train_dataset, self.args
        if not isinstance(rows, StreamedRows):
            return super().get_train_dataloader()
        accelerator, seed = self.accelerator, arguments.seed if arguments.data_seed is None else arguments.data_seed
        sharing = Sharing(
            arguments.train_batch_size,
            arguments.gradient_accumulation_steps,
            accelerator.num_processes,
            accelerator.process_index,
        )
        by_length = arguments.train_sampling_strategy == LENGTH_BATCHES
        loader = rows.loader(sharing, self.data_collator, seed, by_length, arguments.dataloader_num_workers)
        return prepare_data_loader(loader, accelerator.device, num_processes=1, process_index=0, put_on_device=True)

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler | None:
        """Make batches of similar length, the same however the global batch is spread over processes and steps."""
        dataset = self.train_dataset if train_dataset is None else train_dataset
        if self.args.train_sampling_strategy != LENGTH_BATCHES or not isinstance(dataset, EncodedDataset):
            return super()._get_train_sampler(train_dataset)
        arguments = self.args
        seed = arguments.seed if arguments.data_seed is None else arguments.data_seed
        return dataset.length_sampler(global_batch(arguments), seed=seed)

    def _get_eval_sampler(self, eval_dataset: Dataset) -> Sampler | None:
        """Keep rows as they come: they were sorted by length when they were encoded."""
        return SequentialSampler(eval_dataset) if self.args.world_size <= 1 else None  # type: ignore[arg-type]

    # Steps

    def training_step(
        self, model: nn.Module, inputs: dict[str, Tensor | Any], num_items_in_batch: Tensor | int | None = None
    ) -> Tensor:
        """Run one forward and backward pass.

        Raises:
            Divergence: the loss is not finite.
        """
        loss = super().training_step(model, inputs, num_items_in_batch)
        if not math.isfinite(loss):
            raise Divergence(f"the loss is {loss.item()}", self.state.global_step + 1, self.args)
        return loss

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """Make AdamW by rows for an embedding that gives gradients by rows, else what `--optim` says."""
        assert self.model is not None
        if not has_row_gradients(self.model):
            return super().create_optimizer(model)
        self.optimizer = make_optimizer(self.model, self.args)
        return self.optimizer

    def _clip_grad_norm(self, model: nn.Module) -> Tensor:
        if self.args.device.type != "cpu":
            return super()._clip_grad_norm(model)
        return clip_gradients(model, self.args.max_grad_norm)

    def _get_grad_norm(self, model: nn.Module, grad_norm: Tensor | None = None) -> Tensor:
        if grad_norm is None and self.args.device.type == "cpu":
            return clip_gradients(model, 0.0)
        return super()._get_grad_norm(model, grad_norm)

    def _issue_warnings_after_load(self, load_result: Any) -> None:
        """Warn as the library does, but do not call weights missing that are tied to others."""
        tied = set(getattr(self.model, "all_tied_weights_keys", ()))
        load_result.missing_keys[:] = [key for key in load_result.missing_keys if key not in tied]
        super()._issue_warnings_after_load(load_result)

    def floating_point_ops(self, inputs: dict[str, Tensor | Any]) -> int:
        """Return 0: nothing reads this estimate, and making it walks over all parameters at every step."""
        return 0

    # Evaluation by a task's own measure

    def _tell(self, metrics: dict[str, float], prefix: str) -> dict[str, float]:
        """Log the scores of an evaluation and let the callbacks hear of them, as the library's own `evaluate` does."""
        scores = {f"{prefix}_{name}": value for name, value in metrics.items()}
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, scores)
        return scores

    def without_repeats(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Take the labels from rows that come twice: Accelerate repeats some, so that all processes have as many."""
        ending, labels = self.accelerator.gradient_state, inputs["labels"]
        if self.args.world_size == 1 or not ending.end_of_dataloader or ending.remainder < 1:
            return inputs
        kept = max(0, ending.remainder - self.args.process_index * len(labels))
        again = (torch.arange(len(labels), device=labels.device) >= kept).view(-1, *[1] * (labels.dim() - 1))
        return {**inputs, "labels": labels.masked_fill(again, math.nan if labels.is_floating_point() else -100)}

    def prediction_step(self, *args: Any, **kwargs: Any) -> tuple[Tensor | None, Any, Any]:
        """Predict as the library does, with the mean loss of this process: theirs is divided by the items of all."""
        self.predicting = True
        try:
            return super().prediction_step(*args, **kwargs)
        finally:
            self.predicting = False

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Tensor | int | None:
        batches = [countable(batch) for batch in batch_samples]
        return None if self.predicting else super()._get_num_items_in_batch(batches, device)

    # Averaged weights

    def averaged(self) -> AbstractContextManager[None]:
        """Put the average, where there is one, into the model inside the `with` block."""
        return nullcontext() if self.average is None else self.average.in_place()

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Evaluate as the library does, with the averaged weights where there are some."""
        with self.averaged():
            return super().evaluate(*args, **kwargs)

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train; the model then holds the best weights or, without `load_best_model_at_end`, the last average."""
        with known_absent("lomo_optim"):
            output = super().train(*args, **kwargs)
        if self.average is not None and not self.args.load_best_model_at_end:
            self.average.copy_to_model()
        return output

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        """Write the average first: a checkpoint is whole when the library's part is."""
        if self.average is not None and self.is_world_process_zero():
            self.average.save(self.checkpoint_folder(trial))
        super()._save_checkpoint(model, trial)

    def checkpoint_folder(self, trial: Any) -> Path:
        """Make the folder of this step's checkpoint, for what goes in before the library's part."""
        folder = Path(self._get_output_dir(trial=trial)) / f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """Read the average, too, when a run goes on.

        Raises:
            InputError: the checkpoint has none.
        """
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is not None and self.average is not None:
            self._load_average(Path(checkpoint))

    def _load_average(self, checkpoint: Path) -> None:
        """Take the average up again; a checkpoint of weights alone has none, and its weights are where one begins."""
        assert self.average is not None
        if (checkpoint / WEIGHTS_ONLY).is_file():
            self.average.restart()
        else:
            self.average.load(checkpoint)

    def _load_best_model(self) -> None:
        """Load the best checkpoint's weights, averaged where they were averaged when they were scored."""
        super()._load_best_model()
        if self.average is not None:
            self._load_average(Path(str(self.state.best_model_checkpoint)))
            self.average.copy_to_model()


class ClassifierTrainer(SequenceTrainer):
    """The loop for one answer a row."""

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> EvalLoopOutput:
        """Evaluate as the library does, with the exact mean loss: theirs weighs a short last batch like a full one."""
        output = super().evaluation_loop(*args, **kwargs)
        prefix = kwargs.get("metric_key_prefix", "eval")
        if output.predictions is not None and output.label_ids is not None and output.metrics is not None:
            config = self.accelerator.unwrap_model(self.model).config
            smoothing = self.args.label_smoothing_factor
            output.metrics[f"{prefix}_loss"] = mean_loss(output.predictions, output.label_ids, config, smoothing)
        return output


class TaggerTrainer(SequenceTrainer):
    """The loop for an answer at every step."""

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> EvalLoopOutput:
        """Evaluate as the library does, with the mean loss over all tagged steps: theirs is a mean over batches."""
        self.total = torch.zeros(2, device=self.args.device)  # summed loss, steps
        output = super().evaluation_loop(*args, **kwargs)
        total, steps = self.accelerator.reduce(self.total).tolist()
        if output.metrics is not None and steps:
            output.metrics[f"{kwargs.get('metric_key_prefix', 'eval')}_loss"] = total / steps
        return output

    def prediction_step(self, *args: Any, **kwargs: Any) -> tuple[Tensor | None, Any, Any]:
        """Predict as the library does, and count the loss of the batch by its tagged steps, or known values."""
        model, inputs, *others = args
        loss, logits, labels = super().prediction_step(model, self.without_repeats(inputs), *others, **kwargs)
        if loss is not None and labels is not None and (steps := (~labels.isnan() & (labels != -100)).sum()):
            self.total += torch.stack([loss.float() * steps, steps.float()])
        return loss, logits, labels


def mean_loss(logits: Any, labels: Any, config: PreTrainedConfig, smoothing: float = 0.0) -> float:
    """Compute the mean loss over all rows of a split, whatever batches they were computed in.

    Args:
        logits: (N, L) array, or a tuple that begins with it.
        labels: (N,) or (N, L) array.
        config: of the model.
        smoothing: of the labels, as in training: weights that learn from smoothed labels are less sure the better they
            learn them, and a loss on certain labels would choose a checkpoint from before they did.
    """
    first = logits[0] if isinstance(logits, tuple) else logits
    if smoothing:  # one unweighted label a row
        gold = torch.as_tensor(labels).long()
        return F.cross_entropy(torch.as_tensor(first).float(), gold, label_smoothing=smoothing).item()
    settings = SimpleNamespace(
        problem_type=config.problem_type,
        num_labels=config.num_labels,
        class_weights=getattr(config, "class_weights", None),
    )
    loss = classification_loss(torch.as_tensor(first), torch.as_tensor(labels), settings)  # type: ignore[arg-type]
    return loss.item()


def make_optimizer(model: nn.Module, arguments: TrainingArguments) -> RowAdamW:
    """Make fused AdamW; vectors (biases, norms) do not decay."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    matrices = {"params": [p for p in trained if p.ndim > 1], "weight_decay": arguments.weight_decay}
    vectors = {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0}
    betas = (arguments.adam_beta1, arguments.adam_beta2)
    return RowAdamW(
        [matrices, vectors], lr=arguments.learning_rate, betas=betas, eps=arguments.adam_epsilon, fused=True
    )


def global_batch(arguments: TrainingArguments) -> int:
    """Count rows per optimizer step, over all processes and accumulated steps."""
    return arguments.train_batch_size * arguments.gradient_accumulation_steps * max(1, arguments.world_size)


class EpochLines(TrainerCallback):
    """One plain line per evaluation; the seconds trained so far survive in the checkpoints' log.

    Args:
        metric: name of the headline metric.
    """

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.loss: float | None = None
        self.before = 0.0
        self.start = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock where an interrupted run left it."""
        self.before = seconds_trained(state)
        self.start = time.perf_counter()

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Remember the training loss, and stamp the entry with the seconds trained."""
        latest = state.log_history[-1]
        latest["seconds"] = round(self.before + time.perf_counter() - self.start, 3)
        if "loss" in latest:
            self.loss = latest["loss"]
            if args.eval_strategy == "no" and state.is_world_process_zero:
                logger.info(f"{_where(args, state)}  loss {self.loss:.4f}  {latest['seconds']:.0f} s")

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        """Log how the run stands.

        Raises:
            Divergence: the validation loss is not finite.
        """
        scores = metrics or {}
        if not math.isfinite(scores.get("eval_loss", 0.0)):
            raise Divergence(f"the validation loss is {scores['eval_loss']}", state.global_step, args)
        if not state.is_world_process_zero:
            return
        parts = [_where(args, state)]
        if self.loss is not None:
            parts.append(f"loss {self.loss:.4f}")
        parts.append(f"validation loss {scores.get('eval_loss', math.nan):.4f}")
        if f"eval_{self.metric}" in scores:
            parts.append(f"{self.metric} {quoted_score(self.metric, scores[f'eval_{self.metric}']):.2f}")
        parts.append(f"{seconds_trained(state):.0f} s")
        logger.info("  ".join(parts))


def seconds_trained(state: TrainerState) -> float:
    """Return seconds of training so far, those before an interruption included."""
    return next((entry["seconds"] for entry in reversed(state.log_history) if "seconds" in entry), 0.0)


def _where(args: TrainingArguments, state: TrainerState) -> str:
    epoch = f"epoch {state.epoch or 0:g}" if float(state.epoch or 0).is_integer() else f"epoch {state.epoch:.2f}"
    return f"{epoch}/{args.num_train_epochs:g}" if args.max_steps <= 0 else f"step {state.global_step}/{args.max_steps}"


class Bar(ProgressCallback):
    """The library's progress bar without its dump of every log entry."""

    def on_log(self, *args: Any, **kwargs: Any) -> None:
        """Leave the printing to `EpochLines`."""


def replace_printing(trainer: Trainer) -> None:
    """Put a bare progress bar, on terminals only, in the place of the library's printing."""
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    if not trainer.args.disable_tqdm:
        trainer.add_callback(Bar())
