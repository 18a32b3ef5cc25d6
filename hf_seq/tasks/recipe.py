# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe can say, and what each word means.

A recipe is flat: the fields of its task's class (data, text, model, run) and every flag of
`transformers.TrainingArguments`. Its keys are the same in YAML, on the command line (`--hidden_size 256`, dashes too)
and in Python:

    recipe, arguments = recipe_for("bilstm", data="builtin:reviews", hidden_size=128, num_train_epochs=3)
    record = train(recipe, arguments)

Here is what recipes share; `recipe.py` in the folder of each task has its class. They import nothing heavy: the help of
`hf-seq train` is made from them. `train/parsing.py` reads recipes, `loops/options.py` holds our defaults for the flags
of `TrainingArguments`.
"""

from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from hf_seq.errors import InputError

SMALLEST_VOCABULARY, LONGEST = 16, 20_000  # tokens; batches of longer texts take gigabytes, and nothing learns across
WHOLE_WORDS = ("word", "wordpiece")
"""Kinds of tokenizers whose vocabulary can hold any word whole."""
PANELS = ("Data", "Text", "Model", "Distillation", "Run")
"""The groups of the help, in order."""
PACKAGE = Path(__file__).parents[1]
RECIPES = next(path for path in (PACKAGE / "recipes", PACKAGE.parent / "training/recipes") if path.is_dir())
"""Where `--recipe NAME` looks: beside the installed package, or in the clone."""


def setting(default: Any, help: str, panel: str = "", aliases: tuple[str, ...] = ()) -> Any:
    """Declare a recipe field: its line of help, the panel of the help that shows it, and other names of its flag."""
    return field(default=default, metadata={"help": help, "panel": panel, "aliases": aliases})


def configures(default: Any, help: str) -> Any:
    """Declare a recipe field that sets the field of that name in the model's configuration; None leaves the model's."""
    return field(default=default, metadata={"help": help, "panel": "Model", "configures": True})


@dataclass
class Recipe:
    """What to train on what, whatever the task; how long and how fast is in `TrainingOptions`.

    Raises:
        InputError: a value is out of its range.
    """

    task: str = setting("classification", "What to learn.", "Data")
    data: str = setting("", "Hub id, file, folder of splits, or a built-in such as builtin:reviews.", "Data")
    train_file: str | None = setting(None, "File or folder of the train split, whatever its name.", "Data")
    validation_file: str | None = setting(None, "The same for validation; goes with --data or --train_file.", "Data")
    test_file: str | None = setting(None, "The same for the test split.", "Data")
    config: str | None = setting(None, "Configuration of a Hub data set, or of a clone of one.", "Data")
    revision: str | None = setting(None, "Revision of a Hub data set.", "Data")
    encoding: str | None = setting(
        None, "Encoding of text files, such as latin1; if absent utf-8, or what a byte order mark says.", "Data"
    )
    delimiter: str | None = setting(None, "Character between the fields of a csv; if absent it is found.", "Data")
    no_header: bool | None = setting(
        None, "The first line of a csv is a row, not names; if absent it is found out.", "Data"
    )
    columns: str | None = setting(None, "Names of the columns of files without a header: label,title,text.", "Data")
    validation_fraction: float = setting(0.1, "Share of train cut off when there is no validation split.", "Data")
    train_on_validation: bool = setting(
        False, "For the final model: train on the validation split too; a new one is cut from both.", "Data"
    )
    data_split_seed: int = setting(
        0, "Seed of the cuts into splits; not that of training, so that all seeds see the same rows.", "Data"
    )
    group_column: str | None = setting(
        None,
        "Column of an author, a patient, ...: all rows with one value stay in one split (none: no such column).",
        "Data",
    )
    max_length: int | None = setting(None, "Tokens or steps of an input that are read; the rest is truncated.", "Data")
    metric: str | None = setting(
        None,
        "What decides table, verdict, checkpoint and the settings of baselines: f1_macro, f1:LABEL, mcc, roc_auc, "
        "average_precision, mae, ...; absent: the usual one.",
        "Data",
    )
    max_train_rows: int | None = setting(
        None, "Read this many train rows at most; splits that are cut from train get smaller with it.", "Data"
    )
    train_rows: int | None = setting(
        None, "Train on this many rows; validation and test stay those of all rows, for learning curves.", "Data"
    )

    model: str = setting("bilstm", "The model: a name of ours, a baseline, a Hub id or a folder.", "Model")
    baseline_path: str | None = setting(
        None, "Folder with the weights of distilbert, for machines without the Hub.", "Model"
    )
    hidden_size: int | None = configures(None, "Width of a layer, both directions together.")
    num_hidden_layers: int | None = configures(None, "Layers.")
    embedding_size: int | None = configures(None, "Width of the embedding (recurrent models).")
    embedding_dropout: float | None = configures(None, "Dropout on the embeddings.")
    hidden_dropout: float | None = configures(None, "Dropout between layers.")
    attention_dropout: float | None = configures(None, "Dropout on attention weights (transformer).")
    num_attention_heads: int | None = configures(None, "Attention heads (transformer).")
    intermediate_size: int | None = configures(None, "Width of the feed-forward layer (transformer).")
    position_embedding: Literal["sinusoidal", "learned", "rotary", "none"] | None = configures(
        None, "Positions (transformer: sinusoidal, learned, rotary, none)."
    )
    forget_gate_bias: float | None = configures(None, "Start of the LSTM's forget gate.")
    initializer_range: float | None = configures(None, "Standard deviation of the token embedding at the start.")

    streaming: bool = setting(
        False,
        "Leave the training rows in their files (data larger than memory): parquet, jsonl, csv, txt, also .gz; a "
        "folder, 'shards/*.parquet', s3://...",
        "Run",
    )
    shuffle_buffer: int | None = setting(
        None, "With streaming: rows in memory at a time, which are shuffled; 50,000 if absent.", "Run"
    )
    sample_rows: int | None = setting(
        None, "With streaming: rows that the tokenizer and the checks see; 20,000 if absent.", "Run"
    )
    skip_broken: bool = setting(False, "With streaming: leave out shards that cannot be read, and count them.", "Run")

    row_updates: bool = setting(
        True,
        "Update only the embedding rows of each batch (lazy Adam): faster on CPUs; for models from scratch.",
        "Run",
    )
    min_updates: int | None = setting(
        None,
        "Make at least this many updates, with more passes where rows are few; models for texts have a number of their "
        "own, unless num_train_epochs or max_steps is given.",
        "Run",
    )
    rate_by_labels: bool = setting(
        False,
        "Learn faster where each of many labels is seen seldom; pretrained classifiers do without learning_rate.",
        "Run",
    )
    early_stopping_patience: int | None = setting(
        None, "Stop after this many evaluations in a row without a better score.", "Run"
    )
    max_minutes: float | None = setting(
        None,
        "Stop training after so many minutes, with the best weights by then; models of series have 2 by default.",
        "Run",
    )
    averaging: Literal["none", "ema", "non-monotonic", "checkpoints"] = setting(
        "none",
        "Average the weights: ema; from when the loss stops falling (non-monotonic, NT-ASGD); the last checkpoints.",
        "Run",
    )
    averaging_decay: float = setting(0.99, "Decay of the average per step, for ema.", "Run")
    averaging_patience: int = setting(5, "Evaluations without a lower loss, for non-monotonic.", "Run")
    averaging_checkpoints: int = setting(5, "How many of the last evaluated weights, for checkpoints.", "Run")
    calibrate: bool = setting(
        False, "Fit a temperature on validation, so that the model's probabilities match how often it is right.", "Run"
    )
    resume: bool = setting(False, "Go on from the last complete checkpoint in output_dir.", "Run")
    overwrite: bool = setting(False, "Replace the earlier run in output_dir.", "Run")
    keep_checkpoints: bool = setting(False, "Keep the checkpoint-N folders when the run is finished.", "Run")

    def __post_init__(self) -> None:
        self.data = self.data or self.train_file or ""
        if not self.data:
            raise InputError(
                "There is nothing to train on: give --data, a Hub id, a file, a folder of splits, or builtin:reviews; "
                "or --train_file."
            )
        if not 0 < self.validation_fraction < 1:
            raise InputError(f"validation_fraction={self.validation_fraction} must lie between 0 and 1; use 0.1.")
        self._check_at_least_one("max_train_rows", "train_rows", "early_stopping_patience", "min_updates")
        self._check_at_least_one("averaging_patience", "averaging_checkpoints", "shuffle_buffer", "sample_rows")
        option = next((name for name in ("shuffle_buffer", "sample_rows", "skip_broken") if getattr(self, name)), None)
        if option is not None and not self.streaming:
            raise InputError(f"{option}={getattr(self, option)} is for shards that are streamed; add --streaming.")
        if self.max_minutes is not None and not self.max_minutes > 0:
            raise InputError(f"max_minutes={self.max_minutes:g} must be above 0; leave it out for as long as it takes.")
        if not 0 <= self.averaging_decay < 1:
            raise InputError(f"averaging_decay={self.averaging_decay} must be 0 or more and below 1; 0.99 is usual.")
        if self.resume and self.overwrite:
            raise InputError("--resume goes on with a run and --overwrite replaces it; give one of them.")

    def _check_at_least_one(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name}={value} must be 1 or more.")

    @property
    def source(self) -> dict[str, Any]:
        """What the loaders of all tasks are told beside their columns: which data, and how they are cut."""
        return {
            "source": self.data,
            "config": self.config,
            "revision": self.revision,
            "validation_fraction": self.validation_fraction,
            "seed": self.data_split_seed,
            "max_train_rows": self.max_train_rows,
            "train_on_validation": self.train_on_validation,
            "train_file": self.train_file,
            "validation_file": self.validation_file,
            "test_file": self.test_file,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "no_header": self.no_header,
            "columns": self.columns,
            "group_column": self.group_column,
        }

    @property
    def average(self) -> dict[str, Any] | None:
        """What `WeightAverage` is told; None where nothing is averaged."""
        if self.averaging == "none":
            return None
        return {
            "kind": self.averaging,
            "decay": self.averaging_decay,
            "patience": self.averaging_patience,
            "checkpoints": self.averaging_checkpoints,
        }

    @property
    def model_overrides(self) -> dict[str, Any]:
        """The fields of the model's configuration that this recipe sets."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.metadata.get("configures")}
        return {name: value for name, value in values.items() if value is not None}


@dataclass
class LabelledRecipe(Recipe):
    """What tasks with labels add."""

    problem_type: Literal["single_label_classification", "multi_label_classification", "regression"] | None = setting(
        None, "What the labels are, where numbers leave open whether they are classes or amounts.", "Data"
    )
    label_separator: str | None = setting(
        None, "What separates several labels in one cell, such as ';'; if absent it is found where it is clear.", "Data"
    )
    positive: str | None = setting(
        None,
        "The positive one of two labels, for precision, recall, F1; absent: the rarer, or the second of equals.",
        "Data",
    )
    front: Literal["none", "conv"] | None = configures(
        None, "Convolutions between embedding and encoder (none, conv); absent: those that shorten long series."
    )
    front_layers: int | None = configures(None, "With a front: number of convolutions, one after the other.")
    front_kernel_size: int | None = configures(None, "With a front: steps that each convolution sees.")
    front_stride: int | None = configures(
        None, "With a front: each convolution keeps one of so many steps, which shortens rows."
    )
    front_causal: bool | None = configures(None, "With a front: each step sees those before it, none after it.")
    front_norm: Literal["batch", "layer", "none"] | None = configures(
        None, "With a front: norm over the real steps of a batch, of each step, or none (batch, layer, none)."
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare labels weigh more in the loss (none, balanced).", "Model"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("front_layers", "front_kernel_size", "front_stride")
        shape = ("front_layers", "front_kernel_size", "front_stride", "front_causal", "front_norm")
        option = next((name for name in shape if getattr(self, name) is not None), None)
        if option is not None and self.front == "none":
            raise InputError(
                f"{option}={getattr(self, option)} shapes a front, and front=none has none; leave one of them out."
            )
        if option is not None:
            self.front = "conv"

    @property
    def source(self) -> dict[str, Any]:
        """What the loaders of labelled data are told beside their columns."""
        return {**super().source, "positive": self.positive}


@dataclass
class TextRecipe(Recipe):
    """What models that read text add: a tokenizer."""

    tokenizer: str | None = setting(
        None,
        "Folder or Hub id of a tokenizer for a model from scratch; absent: one is trained on the train split.",
        "Text",
    )
    tokenizer_kind: Literal["auto", "word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "auto",
        "Tokenizer trained on the train split: auto (char where no blanks part words, else word, or wordpiece for "
        "bilstm-wide), word, char, bpe, wordpiece, unigram.",
        "Text",
    )
    vocab_size: int = setting(16_000, "Entries of that tokenizer at most.", "Text")
    min_frequency: int | None = setting(None, "Leave out tokens that are rarer than this in train.", "Text")
    lowercase: bool = setting(True, "Lower-case before tokenizing.", "Text")
    max_length: int = setting(256, "Tokens of a text that are read; the rest is cut off, and counted.", "Text")
    token_dropout: float | None = configures(None, "Share of words blanked in training.")
    variational_dropout: bool | None = configures(None, "The same units are dropped at every step (recurrent).")
    weight_dropout: float | None = configures(None, "Share of the recurrent weights dropped (recurrent).")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("max_length", "min_frequency")
        if self.vocab_size < SMALLEST_VOCABULARY:
            raise InputError(
                f"vocab_size={self.vocab_size} leaves no room for words beside the special tokens; "
                f"use at least {SMALLEST_VOCABULARY}, 16000 for most sets."
            )


@dataclass
class WordRecipe(TextRecipe):
    """What models that may start from word vectors add."""

    word_vectors: str | None = setting(
        None,
        "Start the embedding from a text file of GloVe, word2vec or fastText vectors (.gz too); it gets their width.",
        "Model",
    )
    word_vectors_limit: int | None = setting(
        None,
        "Words from the top of that file that join the vocabulary, besides all those in train; 50,000 if absent.",
        "Model",
    )
    start_from: str | None = setting(
        None,
        "Start the embedding from what a pretrained transformer knows of each token, without a label: distilbert, a "
        "Hub id or a folder.",
        "Model",
    )
    start_tokenizer: Literal["auto", "pruned", "whole", "own"] = setting(
        "auto",
        "With start_from: its tokenizer with the tokens that train uses (pruned), whole, or one trained on the data "
        "(own); auto: pruned, but own where it would fold capitals that lowercase=false keeps.",
        "Text",
    )
    freeze_embeddings: bool | None = configures(None, "Keep the embedding as it starts.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.word_vectors_limit is not None and self.word_vectors_limit < 0:
            raise InputError(
                f"word_vectors_limit={self.word_vectors_limit} must be 0 (words of train only) or more; 50000 is usual."
            )
        if self.start_tokenizer != "auto" and self.start_from is None:
            raise InputError(
                f"start_tokenizer={self.start_tokenizer} says what to take of a pretrained model's tokenizer; name the "
                "model with --start_from."
            )
        if self.start_from is not None and self.word_vectors is not None:
            raise InputError(
                f"start_from={self.start_from} and word_vectors={self.word_vectors} both start the embedding; give "
                "one of them."
            )
        if self.start_from is not None and self.tokenizer is not None and self.start_tokenizer != "own":
            raise InputError(
                f"start_from brings the tokenizer of {self.start_from}, and --tokenizer {self.tokenizer} another; give "
                "--start_tokenizer own too, or leave --tokenizer out."
            )
        if self.word_vectors is None:
            return
        if self.tokenizer is not None:
            raise InputError(
                f"word_vectors brings words of its file into a tokenizer that is trained here, and --tokenizer "
                f"{self.tokenizer} is finished; leave one of them out."
            )
        if self.tokenizer_kind not in ("auto", *WHOLE_WORDS):
            raise InputError(
                f"word_vectors needs whole words, and tokenizer_kind={self.tokenizer_kind} has none; use "
                f"--tokenizer_kind {' or '.join(WHOLE_WORDS)}."
            )


def panels(recipe: type[Recipe]) -> dict[str, list[Field]]:
    """Group the fields of a recipe by the panel of the help that shows them."""
    return {panel: [each for each in fields(recipe) if each.metadata["panel"] == panel] for panel in PANELS}


NOT_SAVED = frozenset({"resume", "overwrite", "keep_checkpoints"})
"""Fields that say how to treat a folder, not what to train."""

STREAMING = frozenset({"streaming", "shuffle_buffer", "sample_rows", "skip_broken"})
"""Fields of rows that stay in their files, which only the training of one model can leave there."""

TRAINING_HELP: dict[str, str] = {
    "output_dir": "Folder for the model, its recipe, record and curves; runs/DATA-MODEL if absent.",
    "num_train_epochs": "Passes over the training rows.",
    "learning_rate": "Peak learning rate; each model has its own default.",
    "per_device_train_batch_size": "Rows per step and process.",
    "gradient_accumulation_steps": "Steps whose gradients are summed into one update.",
    "warmup_steps": "Steps (or, below 1, share of all steps) until the peak learning rate.",
    "weight_decay": "Decay of all weights but biases and norms.",
    "max_grad_norm": "Clip gradients to this norm; 0 never clips.",
    "label_smoothing_factor": "Share of the probability spread over the other labels; absent: 0.1 for a conv-lstm "
    "of few series with one label each, else 0.",
    "bf16": "Compute in bfloat16; absent: only if the processor has units for it, AMX or AVX512_BF16.",
    "seed": "Seed of weights, order and dropout.",
}
"""The flags of `TrainingArguments` that most people want, as `hf-seq train --help` shows them."""
