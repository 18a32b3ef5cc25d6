# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `tagging`: a tag for every word of a sentence, alone or as spans (BIO, BIOES, IOB1).

N sentences · T steps, padding included · L tags
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from torch import Tensor
from transformers import EvalPrediction, PreTrainedModel

from hf_seq.baselines import MostFrequentTag
from hf_seq.data import EncodedDataset, Splits, TaggingCollator, check_tagged, load_tagged_splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.data.mentions import read_mention_lists, with_mention_copies
from hf_seq.data.tag_names import IGNORED, chosen_scheme, gold_tags
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import TaggerTrainer
from hf_seq.metrics.tagging import (
    compute_tagging_metrics,
    scored_scheme,
    tagging_headline,
    tagging_interval,
    tagging_signature,
)
from hf_seq.models.modeling_sequence import SequencePreTrainedModel
from hf_seq.reports.predictions import write_tags
from hf_seq.reports.record import people_score
from hf_seq.tasks import architectures
from hf_seq.tasks.architectures import FINE_TUNING, TRANSFORMER_TRAINING, Architecture
from hf_seq.tasks.base import Collator
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.task_recipes import TaggingRecipe
from hf_seq.tasks.text_task import TextTask, check_longest, longest_first, trained_tokenizer
from hf_seq.text import encode_words

if TYPE_CHECKING:
    from datasets import Dataset

PARTS = ("train", "validation", "test")
RECURRENT = {"learning_rate": 2e-3, "num_train_epochs": 15, "weight_decay": 0.01}


def _recurrent(cell_type: str, bidirectional: bool, **more: Any) -> Architecture:
    fields = {"cell_type": cell_type, "bidirectional": bidirectional, "character_encoder": "cnn", **more}
    return Architecture("recurrent", fields, RECURRENT)


def with_scheme(splits: Splits, wanted: str) -> Splits:
    """The splits with the scheme that a recipe wants; the one that train is written in for `auto`.

    Raises:
        InputError: the names of the tags do not write it.
    """
    return dataclasses.replace(splits, tag_scheme=chosen_scheme(splits.label_names, splits.tag_scheme, wanted))


class Tagging(TextTask):
    """Sentence to tags."""

    name = "tagging"
    hub_name = "token-classification"
    head = "ForTokenClassification"
    architectures: ClassVar[Mapping[str, Architecture]] = {
        "rnn": _recurrent("rnn", bidirectional=False),
        "gru": _recurrent("gru", bidirectional=False),
        "lstm": _recurrent("lstm", bidirectional=False),
        "bilstm": _recurrent("lstm", bidirectional=True),
        "bilstm-crf": _recurrent("lstm", bidirectional=True, use_crf=True),
        "transformer": Architecture("transformer_encoder", {"position_embedding": "rotary"}, TRANSFORMER_TRAINING),
        "transformer-crf": Architecture(
            "transformer_encoder", {"position_embedding": "rotary", "use_crf": True}, TRANSFORMER_TRAINING
        ),
    }
    baselines: ClassVar[tuple[str, ...]] = ("most-frequent",)
    text_column: ClassVar[str | None] = "tokens"
    fine_tuning = FINE_TUNING
    compared = "most-frequent,bilstm,bilstm-crf,transformer,distilbert"

    def load(self, recipe: Recipe, **options: Any) -> Splits:
        """Read the splits a recipe names."""
        assert isinstance(recipe, TaggingRecipe)
        splits = load_tagged_splits(
            tokens_column=recipe.tokens_column,
            tags_column=recipe.tags_column,
            **recipe.source,
            **options,
        )
        return with_scheme(splits, recipe.tag_scheme)

    def augmented(self, splits: Splits, recipe: Recipe) -> Splits:
        """The splits, and after the train rows copies of them with other mentions."""
        if not isinstance(recipe, TaggingRecipe) or not recipe.mention_copies:  # series have tags, and no names
            return splits
        lists = read_mention_lists(recipe.mention_lists or [])
        return with_mention_copies(splits, recipe.mention_copies, lists, recipe.data_split_seed)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """What makes training on the splits impossible, and what makes it doubtful."""
        return check_tagged(splits, tokenizer=processor, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[list[str]]:
        """The sentences, as lists of words."""
        return rows["tokens"][:]

    def check_recipe(self, recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse smoothing: `Trainer` would put a smoothed cross-entropy in the place of a CRF's loss.

        Raises:
            InputError: labels are smoothed under a CRF.
        """
        configured = self.architectures.get(recipe.model)
        with_crf = (recipe.model_overrides | {}).get(
            "use_crf", bool(configured and configured.configuration.get("use_crf"))
        )
        if arguments.label_smoothing_factor and with_crf:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would replace the loss of the CRF; leave "
                "it out, or use a model without one (--model bilstm)."
            )

    def make_processor(self, recipe: Recipe, splits: Splits) -> Any:
        """Train a tokenizer on the train split that keeps whole what is tagged as a word."""
        return trained_tokenizer(recipe, splits.train["tokens"], words="tagging")

    def encode(
        self, rows: "Dataset", processor: Any, recipe: Recipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Encode a split into rows in memory; words that are cut off are counted."""
        assert isinstance(recipe, TaggingRecipe)
        encoded = encode_words(rows["tokens"][:], rows["tags"][:], processor, recipe.max_length)
        order = longest_first(encoded.lengths) if sort else range(len(encoded))
        check_longest(encoded.lengths, recipe, name)
        dataset = EncodedDataset([encoded.input_ids[row] for row in order], [encoded.labels[row] for row in order])
        lost = f"{encoded.truncated:,} of {len(encoded):,} {name} sentences are cut to {recipe.max_length} tokens"
        return dataset, [f"{lost}, {encoded.words_lost:,} words"] if encoded.truncated else []

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """What makes padded tensors of encoded rows."""
        return TaggingCollator(processor.pad_token_id)

    def head_fields(self, recipe: Recipe, splits: Splits) -> dict[str, Any]:
        """The tags, and the scheme that a CRF follows."""
        return architectures.label_fields(splits.label_names) | {"tag_scheme": splits.tag_scheme}

    def complete(self, model: PreTrainedModel, processor: Any) -> None:
        """Tell a tagger of ours the letters of its vocabulary, and which pieces begin a word."""
        if isinstance(model, SequencePreTrainedModel):
            model.read_vocabulary(processor)

    @property
    def trainer(self) -> type[TaggerTrainer]:
        """The loop."""
        return TaggerTrainer

    def kept(self, outputs: Any, labels: Tensor) -> Tensor:
        """(B, T) ids: the CRF's path where the model gives one, else the tag with the highest score."""
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        paths = [each for each in outputs if isinstance(each, Tensor) and not each.is_floating_point()]
        return paths[0] if paths else outputs[0].argmax(-1)

    def headline(self, splits: Splits) -> str:
        """Span F1 where the tags say where spans begin, else accuracy."""
        return tagging_headline(splits.label_names)

    def metrics(self, splits: Splits) -> Callable[[EvalPrediction], dict[str, float]]:
        """What the loop calls with paths and gold ids, (N, T), -100 where nothing is tagged."""
        names, scheme = np.array(splits.label_names), scored_scheme(splits.label_names)

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            gold, path = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
            path = path.argmax(-1) if path.ndim == 3 else path
            tagged = [row != IGNORED for row in gold]
            said, true = (
                [names[row[where]].tolist() for row, where in zip(rows, tagged, strict=True)] for rows in (path, gold)
            )
            return compute_tagging_metrics(said, true, scheme)

        return compute

    def fit_baseline(self, recipe: Recipe, splits: Splits) -> tuple[Any, list[str]]:
        """Fit the most frequent tag of each word."""
        train = splits.train
        return MostFrequentTag(splits.label_names).fit(train["tokens"][:], train["tags"][:]), []

    def predictor(self, folder: str | Path, **settings: Any) -> Any:
        """A `TaggingPredictor`."""
        from hf_seq.predictors.words import TaggingPredictor

        return TaggingPredictor.from_pretrained(folder, **settings)

    def try_it(self, folder: Path) -> str:
        """The command that a user may want to run next."""
        return f'hf-seq predict {folder} "a sentence of yours"'

    def match(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Number the tags of the data as the model does.

        Raises:
            InputError: the data have tags that the model does not know.
        """
        names = list(label_names) or list(predictor.label_names)
        if list(splits.label_names) == names:
            return splits
        unknown = [name for name in splits.label_names if name not in names]
        if unknown:
            raise InputError(
                f"The data have tags that the model does not know: {', '.join(unknown[:5])}; it knows "
                f"{', '.join(names[:10])}. Evaluate on data with the same tags."
            )
        number = {index: names.index(name) for index, name in enumerate(splits.label_names)} | {IGNORED: IGNORED}
        parts = {part: splits[part].map(lambda row: {"tags": [number[tag] for tag in row["tags"]]}) for part in PARTS}
        return dataclasses.replace(splits, label_names=names, **parts)

    def score(
        self, predictor: Any, rows: "Dataset", splits: Splits, seed: int
    ) -> tuple[dict[str, Any], list[tuple[list[str], list[float]]]]:
        """The fields of a record that a score fills, and the tags the model gave each sentence, with their scores."""
        gold = gold_tags(rows, splits.label_names)
        answers = predictor.tag_with_scores(self.inputs(rows))
        said = [tags for tags, _ in answers]
        metric, scheme = self.headline(splits), scored_scheme(splits.label_names)
        metrics = compute_tagging_metrics(said, gold, scheme)
        bounds = tagging_interval(metric, said, gold, scheme, seed=seed)
        fields = {
            "metric": metric,
            "score": people_score(metric, metrics[metric]),
            "interval": [people_score(metric, bound) for bound in bounds],
            "n": len(gold),
            "metrics": metrics,
            "signature": tagging_signature(metric, splits.label_names, splits.tag_scheme),
        }
        return fields, answers

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, said: Any) -> None:
        """Keep gold tags and the model's, by name, with their scores."""
        tags, scores = ([each[side] for each in said] for side in (0, 1))
        write_tags(folder, gold_tags(rows, splits.label_names), tags, scores)
