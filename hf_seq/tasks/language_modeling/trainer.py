# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop of language models: `Trainer` whose recurrent state goes on from batch to batch, and exact evaluation.

B streams or texts · T steps of a chunk
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, SequentialSampler

from hf_seq.data.batching import EncodedDataset
from hf_seq.data.texts.streams import TokenStreams, only_item
from hf_seq.errors import InputError
from hf_seq.loops.trainer import WEIGHTS_ONLY, SequenceTrainer
from hf_seq.metrics.language_modeling import compute_language_metrics
from hf_seq.predictors.language import Costs, costs_of
from hf_seq.text.continuous import EncodedText

STATE_FILE = "stream_state.safetensors"


@dataclass(frozen=True)
class Reading:
    """How a language model is trained.

    Attributes:
        separate: each text for itself, in place of one stream.
        steps: T that gradients flow back through.
        random_steps: draw the length of each chunk.
    """

    separate: bool = False
    steps: int = 128
    random_steps: bool = False


class TextDataset(EncodedDataset):
    """Texts for a language model: rows of ids, what they were made of, and how they are to be read.

    Args:
        text: the encoded texts.
        reading: how.
        max_length: tokens of a row at most, where each text is a row; `text` stays whole.
    """

    def __init__(self, text: EncodedText, reading: Reading, max_length: int | None = None) -> None:
        super().__init__([row[:max_length] for row in text.rows()] if reading.separate else [])
        self.text, self.reading = text, reading


class LanguageModelTrainer(SequenceTrainer):
    """`Trainer` over a `TextDataset`; streams keep their state between batches, and a resumed run finds it again.

    Args:
        **kwargs: as for `transformers.Trainer`; `train_dataset` and `eval_dataset` are `TextDataset`.

    Raises:
        InputError: streams and several processes.
    """

    train_dataset: TextDataset
    eval_dataset: TextDataset

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reading = reading = self.train_dataset.reading
        self.carried: Any = None
        check_reading(self.model, reading, self.args.world_size)

    # Batches

    def get_train_dataloader(self) -> DataLoader:
        """Load the chunks of the streams in order; separate texts as in `SequenceTrainer`."""
        if self.reading.separate:
            return super().get_train_dataloader()
        arguments = self.args
        streams = TokenStreams(
            self.train_dataset.text.ids,
            arguments.per_device_train_batch_size,
            self.reading.steps,
            random_steps=self.reading.random_steps,
            seed=arguments.seed if arguments.data_seed is None else arguments.data_seed,
        )
        self.tokens_per_chunk = streams.tokens_per_chunk
        loader = DataLoader(streams, batch_size=1, sampler=SequentialSampler(streams), collate_fn=only_item)
        return self.accelerator.prepare(loader)

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Tensor | None:
        """Count predicted tokens of the batches that share an update; for streams their mean: tokens weigh alike.

        A chunk that was drawn short then takes a short step, as in Merity et al. 2018, section 4.1.
        """
        if not self.reading.separate:
            return torch.tensor(self.tokens_per_chunk * len(batch_samples), device=device)
        counts = torch.stack([(batch["shift_labels"] != -100).sum() for batch in batch_samples]).sum().to(device)
        return self.accelerator.gather(counts).sum() if self.args.world_size > 1 else counts

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, *args: Any, **kwargs: Any
    ) -> Any:
        """Compute the model's own loss; on a stream from the state that the batch before left."""
        if self.reading.separate:
            targets = inputs["shift_labels"].contiguous()
            inputs = {**inputs, "shift_labels": targets, "labels": targets, "use_cache": False}  # theirs want both
            return super().compute_loss(model, inputs, return_outputs, *args, **kwargs)
        inputs = dict(inputs)
        if inputs.pop("begins"):
            self.carried = None
        state = {"past_key_values": self.carried, "use_cache": True}
        loss, outputs = super().compute_loss(model, inputs | state, True, *args, **kwargs)
        self.carried = outputs.past_key_values.detach_()
        return (loss, outputs) if return_outputs else loss

    # Evaluation

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Score the validation text, every token of it, by the averaged weights where there are some."""
        del ignore_keys
        dataset = self.eval_dataset if eval_dataset is None else eval_dataset
        assert isinstance(dataset, TextDataset)
        self.model.eval()
        with self.averaged(), self.compute_loss_context_manager():
            costs = self.costs(dataset.text)
        self.model.train()
        metrics = compute_language_metrics(costs.nats, costs.characters)
        metrics["loss"] = metrics["nats_per_token"]
        return self._tell(metrics, metric_key_prefix)

    def costs(self, text: EncodedText) -> Costs:
        """Return what a text costs the model as it is."""
        model = self.accelerator.unwrap_model(self.model)
        pad = getattr(model.config, "pad_token_id", None) or 0
        batch = self.args.per_device_eval_batch_size
        return costs_of(model, text, separate=self.reading.separate, batch_size=batch, pad_token_id=pad)

    # Checkpoints

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        """Write the state of the streams first: a checkpoint is whole when the library's part is."""
        folder = self.checkpoint_folder(trial)
        if self.carried is not None:
            tensors = {
                f"{depth}.{place}": state.contiguous()
                for depth, layer in enumerate(self.carried.layers)
                for place, state in enumerate(layer.states)
            }
            save_file(tensors | {"steps": torch.tensor(self.carried.get_seq_length())}, folder / STATE_FILE)
        super()._save_checkpoint(model, trial)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """Read the state of the streams, too, when a run goes on.

        Raises:
            InputError: the checkpoint has none.
        """
        super()._load_optimizer_and_scheduler(checkpoint)
        whole = checkpoint is not None and not (Path(checkpoint) / WEIGHTS_ONLY).is_file()
        if checkpoint is not None and whole and not self.reading.separate:
            self.carried = self._load_state(Path(checkpoint))

    def _load_state(self, folder: Path) -> Any:
        from hf_seq.models.recurrent_cache import RecurrentCache

        if not (folder / STATE_FILE).is_file():
            raise InputError(f"{folder} has no state of the streams ({STATE_FILE}); go on from another checkpoint.")
        saved = load_file(folder / STATE_FILE, device=str(self.args.device))
        steps = int(saved.pop("steps"))
        cache = RecurrentCache(len({name.partition(".")[0] for name in saved}))
        for depth, layer in enumerate(cache.layers):
            places = sum(name.startswith(f"{depth}.") for name in saved)
            layer.update(tuple(saved[f"{depth}.{place}"] for place in range(places)), steps)
        return cache


def check_processes(processes: int, *, separate: bool) -> None:
    """Refuse to part one stream of text.

    Raises:
        InputError: several processes would have to.
    """
    if not separate and processes > 1:
        raise InputError(
            f"one stream of text cannot be spread over {processes} processes; use one, or --reading texts."
        )


def check_reading(model: nn.Module, reading: Reading, processes: int) -> None:
    """Refuse to read text otherwise than the model can, or was made for.

    Raises:
        InputError: a stream for several processes or a model without a state, or another reading than before.
    """
    config, kind = model.config, type(model).__name__
    if not reading.separate and not getattr(model, "_is_stateful", False):
        raise InputError(f"a {kind} has no state to carry along a stream; use --reading texts.")
    check_processes(processes, separate=reading.separate)
    if reading.separate != (getattr(config, "bos_token_id", None) is not None):
        before, now = ("stream", "texts") if reading.separate else ("texts", "stream")
        raise InputError(
            f"the model was trained with reading={before}, which it cannot change to {now}; use --reading {before}."
        )
