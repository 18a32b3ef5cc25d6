# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `seq2seq`: a text written from a text, by a recurrent or a transformer encoder-decoder.

hf-seq train --task seq2seq --data builtin:dates --tokenizer_kind char --model lstm-seq2seq
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from transformers import EvalPrediction, PreTrainedModel

from hf_seq.baselines.pairs import CopySource, NearestSource
from hf_seq.data import PairCollator, PairDataset, Splits, check_pairs, load_pair_splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.translation import (
    compute_translation_metrics,
    text_score,
    translation_interval,
    translation_signature,
)
from hf_seq.reports.predictions import write_texts
from hf_seq.tasks.architectures import FINE_TUNING, Architecture
from hf_seq.tasks.base import Collator
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.seq2seq.trainer import PairTrainer
from hf_seq.tasks.task_recipes import Seq2SeqRecipe
from hf_seq.tasks.text_task import TextTask, check_longest, trained_tokenizer
from hf_seq.text import encode_texts
from hf_seq.text.pairs import TwoTokenizers, end_texts, holds_two_tokenizers

if TYPE_CHECKING:
    from datasets import Dataset

RECURRENT = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 0.03,
    "label_smoothing_factor": 0.1,
}
TRANSFORMER = {**RECURRENT, "learning_rate": 1e-3, "warmup_steps": 0.1, "adam_beta2": 0.98, "num_train_epochs": 20}


class Seq2Seq(TextTask):
    """Text to text.

    One object serves one run: it remembers the recipe that it read data for, and the tokenizer it made batches for.
    """

    name = "seq2seq"
    hub_name = "translation"
    head = "ForConditionalGeneration"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "lstm-seq2seq": Architecture("recurrent_seq2seq", {"cell_type": "lstm"}, RECURRENT),
        "gru-seq2seq": Architecture("recurrent_seq2seq", {"cell_type": "gru"}, RECURRENT),
        "transformer-seq2seq": Architecture("transformer_seq2seq", {"intermediate_size": 512}, TRANSFORMER),
    }
    baselines: ClassVar[tuple[str, ...]] = ("copy", "nearest")
    text_column: ClassVar[str | None] = "source"
    fine_tuning = FINE_TUNING
    compared = "copy,nearest,lstm-seq2seq,transformer-seq2seq"
    recipe: Seq2SeqRecipe
    processor: Any = None

    @property
    def model_names(self) -> list[str]:
        """Every name of ours that `--model` takes."""
        return [*self.architectures, *self.baselines]

    # Data

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names."""
        assert isinstance(recipe, Seq2SeqRecipe)
        self.recipe = recipe
        return load_pair_splits(
            source_column=recipe.source_column,
            target_column=recipe.target_column,
            **recipe.source,
            **options,
        )

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        return check_pairs(splits, tokenizer=processor, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[str]:
        """The sources."""
        return rows["source"][:]

    # Preparation

    def check_recipe(self, recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse batches that are counted both ways.

        Raises:
            InputError: so they are.
        """
        assert isinstance(recipe, Seq2SeqRecipe)
        text_score(recipe.metric, splits.validation["target"][:1], splits.validation["target"][:1])  # can it be had?
        if recipe.batch_tokens is not None and arguments.train_sampling_strategy != "group_by_length":
            raise InputError(
                f"batch_tokens={recipe.batch_tokens} makes batches of similar length, but train_sampling_strategy="
                f"{arguments.train_sampling_strategy} was asked for; give one of them."
            )

    def make_processor(self, recipe: Recipe, splits: Splits) -> Any:
        """Train one tokenizer on both sides of the train split, or one on each; it ends every text."""
        assert isinstance(recipe, Seq2SeqRecipe)
        if recipe.source_vocab_size is not None:
            sizes = {"source": recipe.source_vocab_size, "target": recipe.vocab_size}
            made = {
                side: end_texts(trained_tokenizer(dataclasses.replace(recipe, vocab_size=size), splits.train[side][:]))
                for side, size in sizes.items()
            }
            return TwoTokenizers(**made)
        texts = chain(splits.train["source"][:], splits.train["target"][:])
        return end_texts(trained_tokenizer(recipe, texts))

    def load_processor(self, path: str | Path) -> Any:
        """The tokenizer saved in a folder or on the Hub, or both of them."""
        return TwoTokenizers.from_pretrained(path) if holds_two_tokenizers(path) else super().load_processor(path)

    def encode(
        self, rows: "Dataset", processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple[PairDataset, list[str]]:
        """Encode both sides of a split; texts that are cut are counted."""
        assert isinstance(recipe, Seq2SeqRecipe)
        sides = [
            encode_texts(
                rows[side][:], getattr(processor, side, processor), recipe.max_length, as_target=side == "target"
            )
            for side in ("source", "target")
        ]
        order: Sequence[int] = range(len(rows))
        if sort:
            order = sorted(order, key=lambda row: -(sides[0].lengths[row] + sides[1].lengths[row]))
        dataset = PairDataset(*([side.input_ids[row] for row in order] for side in sides))
        dataset.batch_tokens = recipe.batch_tokens
        check_longest([max(pair) for pair in zip(*(side.lengths for side in sides), strict=True)], recipe, name)
        notes = [
            f"{side.truncated:,} of {len(rows):,} {name} {what}s are cut to {recipe.max_length} tokens"
            for what, side in zip(("source", "target"), sides, strict=True)
            if side.truncated
        ]
        return dataset, notes

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """What makes padded tensors of encoded pairs."""
        self.processor = processor
        return PairCollator(processor.pad_token_id)

    def head_fields(self, recipe: Recipe, splits: Splits) -> dict[str, Any]:
        """Nothing: there are no labels."""
        return {}

    def configuration(self, recipe: Recipe, processor: Any) -> dict[str, Any]:
        """Size of the vocabulary, the reach of learned positions, and the tokens that begin, end and pad."""
        two = isinstance(processor, TwoTokenizers)
        return {
            **super().configuration(recipe, processor),
            **({"source_vocab_size": len(processor.source), "share_embeddings": False} if two else {}),
            "bos_token_id": processor.bos_token_id,
            "eos_token_id": processor.eos_token_id,
            "decoder_start_token_id": processor.bos_token_id,
        }

    def complete(self, model: PreTrainedModel, processor: Any) -> None:
        """Tell `generate()` how far to write and how wide to search, and to write no token that stands for no text."""
        config = model.generation_config
        config.max_new_tokens, config.max_length = self.recipe.max_length, None
        config.num_beams, config.length_penalty = self.recipe.num_beams, float(self.recipe.length_penalty)
        config.suppress_tokens = sorted(set(processor.all_special_ids) - {processor.eos_token_id})

    # Training and scores

    @property
    def trainer(self) -> type[PairTrainer]:
        """The loop."""
        return PairTrainer

    def trainer_options(self) -> dict[str, Any]:
        """Nothing: validation needs no logits."""
        return {}

    def headline(self, splits: Splits) -> str:
        """What the recipe says: BLEU by default."""
        return self.recipe.metric

    def metrics(self, splits: Splits) -> Callable[[EvalPrediction], dict[str, float]]:
        """What the loop calls with the ids written and wanted."""

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            written, wanted = (
                [text.strip() for text in self.processor.batch_decode(ids, skip_special_tokens=True)]
                for ids in (prediction.predictions, prediction.label_ids)
            )
            return {name: text_score(name, written, wanted) for name in {self.headline(splits), "exact_match"}}

        return compute

    def fit_baseline(self, recipe: Recipe, splits: Splits) -> tuple[Any, list[str]]:
        """Copy the source, or find the nearest one of train."""
        baseline: CopySource | NearestSource = CopySource() if recipe.model == "copy" else NearestSource()
        return baseline.fit(splits.train["source"][:], splits.train["target"][:]), []

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """A `Translator`, or a saved baseline."""
        from hf_seq.predictors.writer import Translator

        return Translator.from_pretrained(folder, **settings)

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f'hf-seq translate {folder} "a text of yours"'

    def match(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Nothing to number."""
        return splits

    def score(self, predictor: Any, rows: "Dataset", splits: Splits, seed: int) -> tuple[dict[str, Any], list[str]]:
        """The fields of a record that a score fills, and what the model wrote."""
        wanted = rows["target"][:]
        answers = list(predictor.predict(self.inputs(rows)))
        written = [answer["target"] for answer in answers]
        metric = self.headline(splits)
        metrics = compute_translation_metrics(written, wanted, rouge=metric.startswith("rouge"))
        metrics["unfinished"] = float(sum(not answer["finished"] for answer in answers))
        return {
            "metric": metric,
            "score": metrics[metric],
            "interval": list(translation_interval(metric, written, wanted, seed=seed)),
            "n": len(wanted),
            "metrics": metrics,
            "signature": translation_signature(metric),
        }, written

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, said: list[str]) -> None:
        """Keep what the model wrote beside what it should have."""
        write_texts(folder, rows["source"][:], rows["target"][:], said)
