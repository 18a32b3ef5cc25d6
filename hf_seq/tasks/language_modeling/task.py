# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `language-modeling`: the next token of a text, given all before it, by a recurrent model.

hf-seq train --task language-modeling --data play.txt --tokenizer_kind char --model lstm-lm
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from datasets import Dataset
from transformers import EvalPrediction, PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.data.streams import TextCollator
from hf_seq.data.text_checks import check_texts
from hf_seq.data.texts import load_text_splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.language_modeling import (
    HEADLINE,
    SIGNATURE,
    Blocks,
    compute_language_metrics,
    into_blocks,
    language_interval,
)
from hf_seq.reports.costs import write_costs
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.task_recipes import LanguageModelingRecipe
from hf_seq.tasks.text_task import TextTask, cut_note
from hf_seq.text.continuous import encode_continuous

if TYPE_CHECKING:
    from hf_seq.predictors.language import LanguageModel
    from hf_seq.tasks.language_modeling.trainer import LanguageModelTrainer, TextDataset

PIECE = 256  # characters of the pieces whose scoring is timed
SAMPLES, SAMPLE_TOKENS = 3, 300
JOINED = "validation+test"

TRAINING = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "per_device_train_batch_size": 32,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 0.03,
    "weight_decay": 0.01,
    "adam_beta2": 0.99,
    "averaging": "ema",
}
CONFIGURATION = {
    "bidirectional": False,
    "embedding_size": 256,
    "hidden_size": 512,
    "num_hidden_layers": 2,
    "tie_word_embeddings": True,
    "variational_dropout": True,
    "embedding_dropout": 0.1,
    "hidden_dropout": 0.3,
    "output_dropout": 0.3,
    "weight_dropout": 0.2,
}


class LanguageModeling(TextTask):
    """Text to more text."""

    name = "language-modeling"
    hub_name = "text-generation"
    head = "ForCausalLM"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "lstm-lm": Architecture("recurrent", {"cell_type": "lstm", **CONFIGURATION}, TRAINING),
        "gru-lm": Architecture("recurrent", {"cell_type": "gru", **CONFIGURATION}, TRAINING),
        "rnn-lm": Architecture("recurrent", {"cell_type": "rnn", **CONFIGURATION}, TRAINING),
    }
    fine_tuning: ClassVar[Mapping[str, Any]] = {"learning_rate": 1e-4, "num_train_epochs": 3, "warmup_steps": 0.06}
    compared = "lstm-lm,gru-lm"

    @property
    def model_names(self) -> list[str]:
        """Every name of ours that `--model` takes."""
        return list(self.architectures)

    # Data

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names; with `score_on`, validation and test as one text."""
        assert isinstance(recipe, LanguageModelingRecipe)
        splits = load_text_splits(
            text_column=recipe.text_column,
            **recipe.source,
            **options,
        )
        return _joined(splits) if recipe.score_on == JOINED and splits.test_split != "all" else splits

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        del max_length  # texts are read whole
        return check_texts(splits, processor)

    def inputs(self, rows: Dataset) -> list[str]:
        """The texts, in pieces of 256 characters."""
        return [text[start : start + PIECE] for text in rows["text"] for start in range(0, len(text), PIECE)]

    # Preparation

    def check_recipe(self, recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse what has no meaning for a language model, and scores on text that a checkpoint was chosen by.

        Raises:
            InputError: one of these.
        """
        assert isinstance(recipe, LanguageModelingRecipe)
        if arguments.label_smoothing_factor:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would change what a nat means; leave it "
                "out."
            )
        chooses = arguments.load_best_model_at_end or recipe.early_stopping_patience is not None
        if recipe.score_on == JOINED and chooses:
            raise InputError(
                f"score_on={JOINED} scores the text that the checkpoint is chosen by; train to the end: "
                "--load_best_model_at_end false, without --early_stopping_patience."
            )

    def encode(
        self, rows: Dataset, processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple["TextDataset", list[str]]:
        """Encode the texts of a split whole; separate texts are cut for training, but never for a score."""
        from hf_seq.tasks.language_modeling.trainer import Reading, TextDataset

        del sort  # a stream has one order
        assert isinstance(recipe, LanguageModelingRecipe)
        separate = recipe.reading == "texts"
        text = encode_continuous(rows["text"], processor, begin=separate, end=True if separate else None)
        reading = Reading(separate, recipe.bptt_steps, recipe.random_bptt)
        dataset = TextDataset(text, reading, recipe.max_length)
        cut = sum(length > recipe.max_length for length in map(len, text.rows())) if separate else 0
        return dataset, [f"{name}: {len(text):,} tokens", *cut_note(cut, len(text.starts), name, recipe)]

    def collator(self, processor: Any, splits: Splits) -> TextCollator:
        """What makes padded tensors of separate texts."""
        return TextCollator(processor.pad_token_id)

    def head_fields(self, recipe: Recipe, splits: Splits) -> dict[str, Any]:
        """Nothing: a language model has no labels."""
        return {}

    def configuration(self, recipe: Recipe, processor: Any) -> dict[str, Any]:
        """Size of the vocabulary, and the tokens for padding, end and, where each text is read for itself, begin."""
        assert isinstance(recipe, LanguageModelingRecipe)
        separate = recipe.reading == "texts"
        return {
            "vocab_size": len(processor),
            "pad_token_id": processor.pad_token_id,
            "bos_token_id": processor.bos_token_id if separate else None,
            "eos_token_id": processor.eos_token_id,
        }

    def complete(self, model: PreTrainedModel, processor: Any) -> None:
        """Have `generate()` write no token that stands for something else than text."""
        ends = {model.config.eos_token_id}
        special = sorted(set(processor.all_special_ids) - ends)
        model.generation_config.suppress_tokens = special

    # Training and scores

    @property
    def trainer(self) -> type["LanguageModelTrainer"]:
        """The loop that carries the state."""
        from hf_seq.tasks.language_modeling.trainer import LanguageModelTrainer

        return LanguageModelTrainer

    def headline(self, splits: Splits) -> str:
        """Nats per character: it compares models with different tokens."""
        return HEADLINE

    def metrics(self, splits: Splits) -> Callable[[EvalPrediction], dict[str, float]]:
        """Nothing to add: the loop scores the validation text itself."""
        return lambda prediction: {}

    def predictor(self, folder: str | Path, **settings: Any) -> "LanguageModel":
        """A `LanguageModel`."""
        from hf_seq.predictors.language import LanguageModel

        return LanguageModel.from_pretrained(folder, **settings)

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f'hf-seq generate {folder} --prompt "a beginning of yours"'

    def match(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Nothing to number."""
        return splits

    def score(self, predictor: Any, rows: Dataset, splits: Splits, seed: int) -> tuple[dict[str, Any], Blocks]:
        """Score a saved model on a split, and have it write something.

        Returns:
            The fields of a record that a score fills, and the costs of every block of the text.
        """
        texts = rows["text"][:]
        costs = predictor.costs(texts)
        metrics = compute_language_metrics(costs.nats, costs.characters)
        metrics["unknown_rate"] = costs.unknown / max(1, len(costs.nats))
        blocks = into_blocks(costs.nats, costs.characters, costs.documents if predictor.separate else None)
        bounds = language_interval(blocks, seed=seed)
        return {
            "metric": HEADLINE,
            "score": metrics[HEADLINE],
            "interval": None if bounds is None else list(bounds),
            "n": len(costs.nats),
            "metrics": metrics,
            "signature": SIGNATURE + "; perplexity is per token of the model's own tokenizer",
            "samples": _samples(predictor, texts),
        }, blocks

    def write_predictions(self, folder: Path, rows: Dataset, splits: Splits, said: Blocks) -> None:
        """Keep what each block of the text cost, for comparisons in pairs."""
        write_costs(folder, said)


def _joined(splits: Splits) -> Splits:
    """Validation and test as the test: of single texts one text, or all rows of both."""
    texts = [*splits.validation["text"], *splits.test["text"]]
    if len(splits.validation) == len(splits.test) == 1:
        texts = ["".join(texts)]
    numbers = list(range(1, len(texts) + 1))
    return dataclasses.replace(
        splits,
        test=Dataset.from_dict({"text": texts, "row": numbers}, features=splits.test.features),
        test_split=JOINED + "".join(splits.test_split.partition(" (")[1:]),  # with where the test was cut from
        notes=[*splits.notes, "scored on validation and test together"],
    )


def _samples(predictor: "LanguageModel", texts: Sequence[str]) -> list[dict[str, str]]:
    """What the model writes, seeded: by itself, or from the begin of a text of the split."""
    prompt = "" if predictor.separate else (next(filter(None, texts)).split("\n")[0][:40] + "\n")
    found = []
    for seed in range(SAMPLES):
        try:
            text = predictor.generate(prompt, max_new_tokens=SAMPLE_TOKENS, temperature=0.8, seed=seed)
        except InputError:  # the prompt has a character that train has not
            prompt = ""
            text = predictor.generate(prompt, max_new_tokens=SAMPLE_TOKENS, temperature=0.8, seed=seed)
        found.append({"prompt": prompt, "text": text})
    return found
