# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a recipe to what a training loop needs: checked splits, a tokenizer, encoded rows, a model.

Shared by `train_classifier.py` and `train_classifier_accelerate.py`.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase, set_seed
from transformers.utils import logging

from hf_seq.data import ClassificationCollator, EncodedDataset, Splits, check_splits, load_splits
from hf_seq.errors import InputError
from hf_seq.text import Encoded, encode_texts, train_tokenizer
from hf_seq.training import architectures
from hf_seq.training.options import TrainingOptions
from hf_seq.training.recipe import Recipe
from hf_seq.training.row_adamw import use_row_gradients
from hf_seq.training.run_folder import has_begun

if TYPE_CHECKING:
    from datasets import Dataset

Say = Callable[[str], None]
LONGEST = 20_000  # tokens; a batch of such texts takes gigabytes, and no recurrent model learns across them


@dataclass
class Prepared:
    """What a loop trains on.

    Attributes:
        splits: the data, checked.
        tokenizer: its padding and vocabulary fit the model.
        train: encoded training rows, in the order of the split.
        validation: encoded validation rows, longest first: similar lengths share a batch.
        collator: rows to padded tensors.
        model: a classifier, weights set by the seed.
        label: what people should see, where a model stands in for another.
        notes: decisions a reader of the record should know of.
    """

    splits: Splits
    tokenizer: PreTrainedTokenizerBase
    train: EncodedDataset
    validation: EncodedDataset
    collator: ClassificationCollator
    model: PreTrainedModel
    label: str | None = None
    notes: list[str] = field(default_factory=list)


def load_data(recipe: Recipe) -> Splits:
    """Load the splits a recipe names."""
    return load_splits(
        recipe.data,
        text_column=recipe.text_column,
        label_column=recipe.label_column,
        config=recipe.config,
        revision=recipe.revision,
        validation_fraction=recipe.validation_fraction,
        seed=recipe.data_split_seed,
        max_train_rows=recipe.max_train_rows,
    )


def prepare(
    recipe: Recipe, arguments: TrainingOptions, say: Say = print, saved_tokenizer: Path | None = None
) -> Prepared:
    """Do everything that comes before the first step.

    Args:
        recipe: what to train on what.
        arguments: the seed of the model's first weights, and how it will be trained.
        say: prints a line for people.
        saved_tokenizer: folder of the tokenizer of an interrupted run.

    Raises:
        InputError: the data make training impossible, or the recipe does not fit them.
        PretrainedUnavailable: the pretrained weights cannot be had.
    """
    check_model_name(recipe.model)
    splits = load_data(recipe)
    check_label_smoothing(recipe, arguments, splits)
    tokenizer = get_tokenizer(recipe, splits, saved_tokenizer)
    notes = check_data(recipe, splits, tokenizer, say)
    train, train_note = encode(splits.train, tokenizer, recipe.max_length, "train")
    validation, _ = encode(splits.validation, tokenizer, recipe.max_length, "validation", sort=True)
    set_seed(arguments.seed)
    model, label = make_model(recipe, splits, tokenizer)
    if arguments.eager_attention and model._supports_sdpa:
        model.set_attn_implementation("eager")
    if recipe.row_updates and arguments.row_updates_pay and architectures.is_from_scratch(recipe.model):
        use_row_gradients(model)
    collator = ClassificationCollator(tokenizer.pad_token_id, splits.problem_type)
    return Prepared(splits, tokenizer, train, validation, collator, model, label, [*notes, *train_note])


def check_plain_loop(recipe: Recipe, arguments: TrainingOptions) -> None:
    """Refuse the flags that `train_classifier_accelerate.py` would have to ignore.

    Raises:
        InputError: one was given.
    """
    lacks = {
        "--resume": recipe.resume,
        "--early_stopping_patience": recipe.early_stopping_patience is not None,
        "--max_steps": arguments.max_steps > 0,
        "--num_train_epochs with a fraction": arguments.num_train_epochs % 1 != 0,
        "--optim": arguments.optim != "adamw_torch_fused",
        "--fp16": arguments.fp16,
    }
    if wrong := [flag for flag, given in lacks.items() if given]:
        raise InputError(f"The plain loop has no {', '.join(wrong)}; use train_classifier.py, which has.")


def check_model_name(name: str) -> None:
    """Catch a slip of the finger before it is taken for a Hub id.

    Raises:
        InputError: the name is nearly one of ours.
    """
    ours = [*architectures.ARCHITECTURES, *architectures.BASELINES, "distilbert"]
    if name in ours or "/" in name or Path(name).is_dir():
        return
    near = difflib.get_close_matches(name, ours, n=1, cutoff=0.75)
    if near:
        raise InputError(f"There is no model {name!r}; did you mean {near[0]}? Ours are {', '.join(ours)}.")


def check_label_smoothing(recipe: Recipe, arguments: TrainingOptions, splits: Splits) -> None:
    """Refuse smoothing where it would break, or drop the class weights: it takes the place of the model's own loss.

    Raises:
        InputError: labels are smoothed, and there are several per row, or numbers, or weights.
    """
    if not arguments.label_smoothing_factor:
        return
    given = f"label_smoothing_factor={arguments.label_smoothing_factor:g}"
    if splits.problem_type != "single_label_classification":
        raise InputError(f"{given} needs one label per row, this is {splits.problem_type}; leave it out.")
    if recipe.class_weights != "none":
        raise InputError(f"{given} and class_weights={recipe.class_weights} do not go together; leave one of them out.")


def get_tokenizer(recipe: Recipe, splits: Splits, saved: Path | None = None) -> PreTrainedTokenizerBase:
    """The tokenizer of an interrupted run, that of the pretrained model, or one trained on the train split."""
    if saved is not None and has_begun(saved):
        return AutoTokenizer.from_pretrained(saved)
    if architectures.is_from_scratch(recipe.model):
        return train_tokenizer(
            splits.train["text"],
            kind=recipe.tokenizer_kind,
            vocab_size=recipe.vocab_size,
            lowercase=recipe.lowercase,
            model_max_length=recipe.max_length,
            min_frequency=recipe.min_frequency,
        )
    path, _ = architectures.locate_pretrained(recipe.model, recipe.baseline_path)
    tokenizer = architectures.hub_errors_explained(recipe.model, AutoTokenizer.from_pretrained, path)
    if tokenizer.pad_token_id is None:
        raise InputError(
            f"The tokenizer of {recipe.model} has no padding token; set one and save it, or choose another model."
        )
    if recipe.max_length > tokenizer.model_max_length:
        raise InputError(
            f"max_length={recipe.max_length}, but {recipe.model} reads at most {tokenizer.model_max_length} tokens; "
            "use that."
        )
    tokenizer.model_max_length = recipe.max_length
    return tokenizer


def check_data(recipe: Recipe, splits: Splits, tokenizer: PreTrainedTokenizerBase, say: Say) -> list[str]:
    """Check the splits before any training: errors stop it, warnings and decisions are said and recorded.

    Raises:
        InputError: training on these data is impossible.
    """
    report = check_splits(splits, tokenizer=tokenizer, max_length=recipe.max_length)
    report.raise_for_errors()
    notes = [*splits.notes, *(warning.message for warning in report.warnings)]
    rows = ", ".join(f"{len(part):,} {name}" for name, part in _parts(splits))
    say(f"{splits.source}: {rows} rows, {len(splits.label_names) or 'no'} labels")
    for note in splits.notes:
        say(f"  note: {note}")
    for warning in report.warnings:
        say(f"  warning: {warning.message}")
    return notes


def _parts(splits: Splits) -> list[tuple[str, "Dataset"]]:
    return [("train", splits.train), ("validation", splits.validation), (f"test ({splits.test_split})", splits.test)]


def encode(
    split: "Dataset", tokenizer: PreTrainedTokenizerBase, max_length: int, name: str, *, sort: bool = False
) -> tuple[EncodedDataset, list[str]]:
    """Encode a split into rows in memory.

    Args:
        split: columns `text` and `label`.
        tokenizer: from text to ids.
        max_length: tokens kept of a text.
        name: of the split, for the note.
        sort: longest first, in place of the order of the split.

    Returns:
        The rows, and a note if texts were cut.

    Raises:
        InputError: a text is longer than any batch should be.
    """
    encoded: Encoded = encode_texts(split["text"], tokenizer, max_length)
    ids, labels = encoded.input_ids, split["label"][:]
    if sort:
        order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
        ids, labels = [ids[row] for row in order], [labels[row] for row in order]
    longest = max(map(len, ids))
    if longest > LONGEST:
        raise InputError(
            f"{name} holds a text of {longest:,} tokens, and max_length={max_length} would read it whole: a batch is "
            f"as wide as its longest text. Set --max_length to {LONGEST:,} or less; 256 is usual."
        )
    cut = encoded.truncated
    note = [f"{cut:,} of {len(ids):,} {name} texts are cut to {max_length} tokens"] if cut else []
    return EncodedDataset(ids, labels), note


def make_model(
    recipe: Recipe, splits: Splits, tokenizer: PreTrainedTokenizerBase
) -> tuple[PreTrainedModel, str | None]:
    """Build or load the model that a recipe names.

    Returns:
        The model and, if it stands in for another, the label to show.
    """
    weights = class_weights(recipe, splits)
    common = {"label_names": splits.label_names, "problem_type": splits.problem_type, "class_weights": weights}
    if architectures.is_from_scratch(recipe.model):
        model = architectures.build_model(
            recipe.model,
            tokenizer=tokenizer,
            overrides=recipe.model_overrides,
            max_length=recipe.max_length,
            **common,
        )
        return model, None
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # that the new head has new weights is the purpose, not news
    try:
        model, label = architectures.load_pretrained(
            recipe.model, baseline_path=recipe.baseline_path, overrides=recipe.model_overrides, **common
        )
    finally:
        logging.set_verbosity(verbosity)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        raise InputError(
            f"The tokenizer of {recipe.model} has {len(tokenizer)} entries, its model only "
            f"{model.get_input_embeddings().num_embeddings}: they do not belong together; give a folder that holds "
            "both."
        )
    return model, label if label != recipe.model else None


def class_weights(recipe: Recipe, splits: Splits) -> list[float] | None:
    """Weights of the labels in the loss, or None.

    Raises:
        InputError: weights are asked for where rows do not have one label each.
    """
    if recipe.class_weights == "none":
        return None
    if splits.problem_type != "single_label_classification":
        raise InputError(f"class_weights=balanced needs one label per row, this is {splits.problem_type}; use none.")
    return architectures.balanced_weights(splits.train["label"][:], len(splits.label_names))
