# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `masked-language-modeling`: hidden words from those around them, to pretrain an encoder on one's own text.

hf-seq train --task masked-language-modeling --data texts.csv --output_dir runs/encoder
hf-seq train --data few-labels.csv --model runs/encoder
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor, nn
from transformers import EvalPrediction, TrainerControl

from hf_seq.data import ClassificationCollator, EncodedDataset, Splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.data.masking import hide_tokens
from hf_seq.data.text_checks import check_texts
from hf_seq.data.texts import load_text_splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import SequenceTrainer
from hf_seq.metrics.language_modeling import Blocks, into_blocks, language_interval
from hf_seq.predictors.masked_language import HiddenCosts, MaskedLanguageModel, hidden_costs, hide_rows
from hf_seq.reports.costs import write_costs
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.task_recipes import MaskedLanguageModelingRecipe
from hf_seq.tasks.text_task import TextTask, check_longest, cut_note, longest_first
from hf_seq.text import SPECIAL_TOKENS, encode_texts

if TYPE_CHECKING:
    pass

HEADLINE = "nats_per_masked_token"
TRAINING = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "lr_scheduler_type": "cosine",
    "load_best_model_at_end": False,
}


class MaskedLanguageModeling(TextTask):
    """Text to the words that were hidden in it."""

    name = "masked-language-modeling"
    hub_name = "fill-mask"
    head = "ForMaskedLM"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "transformer": Architecture(
            "transformer_encoder", {"position_embedding": "rotary", "tie_word_embeddings": True}, TRAINING
        )
    }
    fine_tuning: ClassVar[Mapping[str, Any]] = {"learning_rate": 5e-4, "num_train_epochs": 3, "warmup_steps": 0.06}
    compared = "transformer"

    @property
    def model_names(self) -> list[str]:
        """Every name of ours that `--model` takes."""
        return [*self.architectures, "distilbert"]

    # Data

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names."""
        assert isinstance(recipe, MaskedLanguageModelingRecipe)
        return load_text_splits(
            text_column=recipe.text_column,
            **recipe.source,
            **options,
        )

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        return check_texts(splits, processor)

    def inputs(self, rows: Dataset) -> list[str]:
        """The texts."""
        return rows["text"][:]

    # Preparation

    def check_recipe(self, recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse what has no meaning here.

        Raises:
            InputError: labels are to be smoothed, or a single text is to be read in rows.
        """
        if arguments.label_smoothing_factor:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would change what a nat means; leave it "
                "out."
            )
        if len(splits.train) == 1:
            raise InputError(
                f"{splits.source} is one text of {len(splits.train['text'][0]):,} characters, of which only the begin "
                "would be read; give a table with a text in each row."
            )

    def encode(
        self, rows: Dataset, processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory, and remember how tokens are to be hidden."""
        assert isinstance(recipe, MaskedLanguageModelingRecipe)
        encoded = encode_texts(rows["text"], processor, recipe.max_length)
        check_longest(encoded.lengths, recipe, name)
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        dataset = HiddenDataset([encoded.input_ids[row] for row in order], recipe.masked_share, processor)
        return dataset, cut_note(encoded.truncated, len(encoded), name, recipe)

    def collator(self, processor: Any, splits: Splits) -> ClassificationCollator:
        """What makes padded tensors of encoded rows."""
        return ClassificationCollator(processor.pad_token_id)

    def head_fields(self, recipe: Recipe, splits: Splits) -> dict[str, Any]:
        """Nothing: there are no labels."""
        return {}

    def check_pretrained_processor(self, processor: Any, recipe: Recipe) -> None:
        """Refuse a tokenizer that cannot hide a token.

        Raises:
            InputError: it has no mask token, or what `TextTask` refuses.
        """
        super().check_pretrained_processor(processor, recipe)
        if processor.mask_token_id is None:
            raise InputError(f"The tokenizer of {recipe.model} has no mask token; choose another model.")

    # Training and scores

    @property
    def trainer(self) -> type["MaskedTrainer"]:
        """The loop that hides tokens anew in every step."""
        return MaskedTrainer

    def headline(self, splits: Splits) -> str:
        """Nats per hidden token."""
        return HEADLINE

    def metrics(self, splits: Splits) -> Callable[[EvalPrediction], dict[str, float]]:
        """Nothing to add: the loop scores the validation texts itself."""
        return lambda prediction: {}

    def predictor(self, folder: str | Path, **settings: Any) -> MaskedLanguageModel:
        """A `MaskedLanguageModel`."""
        return MaskedLanguageModel.from_pretrained(folder, **settings)

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f"hf-seq train --task classification --data your-labels.csv --model {folder}"

    def match(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Nothing to number."""
        return splits

    def score(self, predictor: Any, rows: Dataset, splits: Splits, seed: int) -> tuple[dict[str, Any], Blocks]:
        """Score a saved model on a split: the same hidden tokens for every model with this tokenizer."""
        costs = predictor.costs(rows["text"][:])
        blocks = into_blocks(costs.nats, np.ones(len(costs.nats)), costs.rows)
        bounds = language_interval(blocks, "nats_per_token", seed=seed)
        metrics = summarize(costs)
        return {
            "metric": HEADLINE,
            "score": metrics[HEADLINE],
            "interval": None if bounds is None else list(bounds),
            "n": len(costs.nats),
            "metrics": metrics,
            "signature": "15 % of the tokens of each text hidden, seeded by its row; natural logarithm; per token of "
            "the model's own tokenizer",
        }, blocks

    def write_predictions(self, folder: Path, rows: Dataset, splits: Splits, said: Blocks) -> None:
        """Keep what the hidden tokens of each text cost."""
        write_costs(folder, said)


def summarize(costs: HiddenCosts) -> dict[str, float]:
    """Scores of hidden tokens.

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


class MaskedTrainer(SequenceTrainer):
    """`Trainer` over a `HiddenDataset`; other tokens are hidden in every step, the same ones in every evaluation."""

    train_dataset: HiddenDataset
    eval_dataset: HiddenDataset
    control: TrainerControl

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Tensor | None:
        """Tokens that will be hidden, on average, in the batches that share an update."""
        real = torch.stack([batch["attention_mask"].sum() for batch in batch_samples]).sum().to(device)
        if self.args.world_size > 1:
            real = self.accelerator.gather(real).sum()
        return real * self.train_dataset.share

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Hide tokens, and see what they cost; drawn here, so that a resumed run draws the same."""
        dataset = self.train_dataset
        shown, truth = hide_tokens(
            inputs["input_ids"],
            inputs["attention_mask"],
            dataset.share,
            mask_token_id=dataset.mask_token_id,
            first_token_id=len(SPECIAL_TOKENS),
            vocab_size=dataset.vocab_size,
        )
        outputs = model(
            input_ids=shown,
            attention_mask=inputs["attention_mask"],
            labels=truth,
            num_items_in_batch=num_items_in_batch,
        )
        loss = outputs.loss
        if self.args.world_size > 1 and num_items_in_batch is not None:
            loss = loss * self.args.world_size  # gradients are averaged over the processes
        return (loss, outputs) if return_outputs else loss

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Score the validation texts."""
        del ignore_keys
        dataset: HiddenDataset = self.eval_dataset if eval_dataset is None else eval_dataset
        model = self.accelerator.unwrap_model(self.model).eval()
        rows = [row["input_ids"] for row in dataset.rows]
        hidden = hide_rows(rows, dataset.share, dataset.mask_token_id, dataset.vocab_size)
        pad = getattr(model.config, "pad_token_id", None) or 0
        with self.averaged(), self.compute_loss_context_manager():
            metrics = summarize(hidden_costs(model, hidden, self.args.per_device_eval_batch_size, pad))
        self.model.train()
        scores = {f"{metric_key_prefix}_{name}": value for name, value in metrics.items()}
        scores[f"{metric_key_prefix}_loss"] = metrics[HEADLINE]
        self.log(scores)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, scores)
        return scores
