# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe can say, and what each word means.

A recipe is flat: the fields of `Recipe` (data, text, model, run) and every flag of `transformers.TrainingArguments`.
Its keys are the same in YAML, on the command line (`--hidden_size 256`, dashes too) and in Python:

    recipe, arguments = Recipe.for_model("bilstm", data="builtin:reviews", hidden_size=128, num_train_epochs=3)
    record = train(recipe, arguments)

This module imports nothing heavy: `hf-seq train --help` is made from it. `parsing.py` reads recipes, `options.py`
holds our defaults for the flags of `TrainingArguments`.
"""

from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hf_seq.errors import InputError

if TYPE_CHECKING:
    from hf_seq.training.options import TrainingOptions


def setting(default: Any, help: str) -> Any:
    """A recipe field with its line of help."""
    return field(default=default, metadata={"help": help})


@dataclass
class Recipe:
    """What to train on what; how long and how fast is in `TrainingOptions`.

    Raises:
        InputError: a value is out of its range.
    """

    data: str = setting("", "Hub id, file (csv tsv jsonl parquet txt), folder of splits, or builtin:reviews.")
    config: str | None = setting(None, "Configuration of a Hub data set.")
    revision: str | None = setting(None, "Revision of a Hub data set.")
    text_column: str | None = setting(None, "Column of the text; found by itself when only one can be it.")
    label_column: str | None = setting(None, "Column of the label; found by itself when only one can be it.")
    validation_fraction: float = setting(0.1, "Share of train cut off when there is no validation split.")
    data_split_seed: int = setting(0, "Seed of that cut; apart from --seed, so that seeds share their data.")
    max_train_rows: int | None = setting(None, "Train on this many rows only, drawn by data_split_seed.")

    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "word", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram)."
    )
    vocab_size: int = setting(16_000, "Entries of that tokenizer at most.")
    min_frequency: int | None = setting(None, "Leave out tokens that are rarer than this in train.")
    lowercase: bool = setting(True, "Lower-case before tokenizing.")
    max_length: int = setting(256, "Tokens of a text that are read; the rest is cut off, and counted.")

    model: str = setting(
        "bilstm",
        "rnn, gru, lstm, bilstm, bilstm-attention, transformer; majority, tfidf; distilbert, a Hub id or a folder.",
    )
    baseline_path: str | None = setting(None, "Folder with the weights of distilbert, where the Hub is away.")
    embedding_size: int | None = setting(None, "Width of the token embedding (recurrent models).")
    hidden_size: int | None = setting(None, "Width of a layer, both directions together.")
    num_hidden_layers: int | None = setting(None, "Layers.")
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = setting(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    token_dropout: float | None = setting(None, "Share of words blanked in training.")
    embedding_dropout: float | None = setting(None, "Dropout on the embeddings.")
    hidden_dropout: float | None = setting(None, "Dropout between layers.")
    classifier_dropout: float | None = setting(None, "Dropout before the classifier.")
    attention_dropout: float | None = setting(None, "Dropout on attention weights (transformer).")
    num_attention_heads: int | None = setting(None, "Attention heads (transformer).")
    intermediate_size: int | None = setting(None, "Width of the feed-forward layer (transformer).")
    position_embedding: Literal["sinusoidal", "learned", "rotary", "none"] | None = setting(
        None, "Positions (transformer: sinusoidal, learned, rotary, none)."
    )
    forget_gate_bias: float | None = setting(None, "Start of the LSTM's forget gate.")
    initializer_range: float | None = setting(None, "Standard deviation of the token embedding at the start.")
    num_features: int | None = setting(None, "Width of numeric sequences; not for text.")
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare labels weigh more in the loss (none, balanced)."
    )

    row_updates: bool = setting(
        True, "Update only the embedding rows of each batch (lazy Adam): faster on CPUs; for models from scratch."
    )
    early_stopping_patience: int | None = setting(
        None, "Stop after this many evaluations in a row without a better score."
    )
    resume: bool = setting(False, "Go on from the last complete checkpoint in output_dir.")
    overwrite: bool = setting(False, "Replace the earlier run in output_dir.")
    keep_checkpoints: bool = setting(False, "Keep the checkpoint-N folders when the run is finished.")

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError(
                "There is nothing to train on: give --data, a Hub id, a file, a folder of splits, or builtin:reviews."
            )
        if not 0 < self.validation_fraction < 1:
            raise InputError(f"validation_fraction={self.validation_fraction} must lie between 0 and 1; use 0.1.")
        for name in ("max_length", "max_train_rows", "early_stopping_patience", "min_frequency"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name}={value} must be 1 or more.")
        if self.vocab_size < SMALLEST_VOCABULARY:
            raise InputError(
                f"vocab_size={self.vocab_size} leaves no room for words beside the special tokens; "
                f"use at least {SMALLEST_VOCABULARY}, 16000 for most sets."
            )
        if self.num_features is not None:
            raise InputError(
                f"num_features={self.num_features} makes a model for numeric sequences, but train_classifier reads "
                "text; leave it out."
            )
        if self.resume and self.overwrite:
            raise InputError("--resume goes on with a run and --overwrite replaces it; give one of them.")

    @property
    def model_overrides(self) -> dict[str, Any]:
        """The fields of the model's configuration that this recipe sets."""
        values = {name: getattr(self, name) for name in CONFIGURATION_FIELDS}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def for_model(cls, model: str, data: str, **overrides: Any) -> tuple["Recipe", "TrainingOptions"]:
        """The recipe that `hf-seq train --model MODEL --data DATA` would follow.

        Args:
            model: a model name, Hub id or folder.
            data: see the field `data`.
            **overrides: any field of a recipe or flag of `TrainingArguments`, `recipe="FILE"` included; None leaves
                the default.

        Returns:
            (recipe, arguments), what `train_classifier.train` takes.

        Raises:
            InputError: an unknown field or a value that cannot be.
        """
        from hf_seq.training.parsing import flags, parse_recipe

        return parse_recipe(flags({**overrides, "model": model, "data": data}))


SMALLEST_VOCABULARY = 16
FIRST_OF_PANEL = {"data": "Data", "tokenizer_kind": "Text", "model": "Model", "row_updates": "Run"}


def panels() -> dict[str, list[Field]]:
    """The fields of a recipe by the panel of the help that shows them."""
    grouped: dict[str, list[Field]] = {}
    for each in fields(Recipe):
        if each.name in FIRST_OF_PANEL:
            current = grouped.setdefault(FIRST_OF_PANEL[each.name], [])
        current.append(each)
    return grouped


CONFIGURATION_FIELDS = tuple(
    each.name
    for each in panels()["Model"]
    if each.name not in {"model", "baseline_path", "class_weights", "num_features"}
)
NOT_SAVED = frozenset({"resume", "overwrite", "keep_checkpoints"})
"""Fields that say how to treat a folder, not what to train."""

TRAINING_HELP: dict[str, str] = {
    "output_dir": "Folder for the model, its recipe, record and curves; runs/DATA-MODEL if absent.",
    "num_train_epochs": "Passes over the training rows.",
    "learning_rate": "Peak learning rate; each model has its own default.",
    "per_device_train_batch_size": "Rows per step and process.",
    "gradient_accumulation_steps": "Steps whose gradients are summed into one update.",
    "warmup_steps": "Steps (or, below 1, share of all steps) until the peak learning rate.",
    "weight_decay": "Decay of all weights but biases and norms.",
    "max_grad_norm": "Clip gradients to this norm; 0 never clips.",
    "label_smoothing_factor": "Share of the probability spread over the other labels.",
    "bf16": "Compute in bfloat16; by itself only where the processor has AMX.",
    "seed": "Seed of weights, order and dropout.",
}
"""The flags of `TrainingArguments` that most people want, as `hf-seq train --help` shows them."""

RECIPES = Path(__file__).parent / "recipes"
