# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe can say, and what each word means.

A recipe is flat: the fields of its task's class below (data, text, model, run) and every flag of
`transformers.TrainingArguments`. Its keys are the same in YAML, on the command line (`--hidden_size 256`, dashes too)
and in Python:

    recipe, arguments = Recipe.for_model("bilstm", data="builtin:reviews", hidden_size=128, num_train_epochs=3)
    record = train(recipe, arguments)

This module imports nothing heavy: `hf-seq train --help` is made from it. `parsing.py` reads recipes, `options.py`
holds our defaults for the flags of `TrainingArguments`, `tasks.py` what each task does with a recipe.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hf_seq.errors import InputError

if TYPE_CHECKING:
    from hf_seq.training.options import TrainingOptions

SMALLEST_VOCABULARY = 16
WHOLE_WORDS = ("word", "wordpiece")
"""Kinds of tokenizers whose vocabulary can hold any word whole."""
PANELS = ("Data", "Text", "Model", "Distillation", "Run")
"""The groups of the help, in order."""
RECIPES = Path(__file__).parent / "recipes"
TASK_NAMES = "classification, tagging, language-modeling, masked-language-modeling, series, series-tagging, seq2seq"


def setting(default: Any, help: str, panel: str = "") -> Any:
    """A recipe field with its line of help, and the panel of the help that shows it."""
    return field(default=default, metadata={"help": help, "panel": panel})


def configures(default: Any, help: str) -> Any:
    """A recipe field that sets the field of that name in the model's configuration; None leaves the model's own."""
    return field(default=default, metadata={"help": help, "panel": "Model", "configures": True})


@dataclass
class Recipe:
    """What to train on what, whatever the task; how long and how fast is in `TrainingOptions`.

    Raises:
        InputError: a value is out of its range.
    """

    task: str = setting("classification", f"What to learn: {TASK_NAMES}.", "Data")
    data: str = setting("", "Hub id, file, folder of splits, or a built-in such as builtin:reviews.", "Data")
    config: str | None = setting(None, "Configuration of a Hub data set.", "Data")
    revision: str | None = setting(None, "Revision of a Hub data set.", "Data")
    validation_fraction: float = setting(0.1, "Share of train cut off when there is no validation split.", "Data")
    data_split_seed: int = setting(0, "Seed of that cut; apart from --seed, so that seeds share their data.", "Data")
    max_train_rows: int | None = setting(None, "Train on this many rows only, drawn by data_split_seed.", "Data")
    train_rows: int | None = setting(
        None, "Train on this many of the train rows, drawn when validation and test have been cut.", "Data"
    )

    model: str = setting("bilstm", "The model: a name of ours, a baseline, a Hub id or a folder.", "Model")
    baseline_path: str | None = setting(None, "Folder with the weights of distilbert, where the Hub is away.", "Model")
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

    row_updates: bool = setting(
        True,
        "Update only the embedding rows of each batch (lazy Adam): faster on CPUs; for models from scratch.",
        "Run",
    )
    early_stopping_patience: int | None = setting(
        None, "Stop after this many evaluations in a row without a better score.", "Run"
    )
    averaging: Literal["none", "ema", "non-monotonic", "checkpoints"] = setting(
        "none",
        "Average the weights: ema; from when the loss stops falling (non-monotonic, NT-ASGD); the last checkpoints.",
        "Run",
    )
    averaging_decay: float = setting(0.99, "Share of the average that each step leaves, for ema.", "Run")
    averaging_patience: int = setting(5, "Evaluations without a lower loss, for non-monotonic.", "Run")
    averaging_checkpoints: int = setting(5, "How many of the last evaluated weights, for checkpoints.", "Run")
    calibrate: bool = setting(
        False, "Fit a temperature on validation, so that the model is as sure as it is right.", "Run"
    )
    resume: bool = setting(False, "Go on from the last complete checkpoint in output_dir.", "Run")
    overwrite: bool = setting(False, "Replace the earlier run in output_dir.", "Run")
    keep_checkpoints: bool = setting(False, "Keep the checkpoint-N folders when the run is finished.", "Run")

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError(
                "There is nothing to train on: give --data, a Hub id, a file, a folder of splits, or builtin:reviews."
            )
        if not 0 < self.validation_fraction < 1:
            raise InputError(f"validation_fraction={self.validation_fraction} must lie between 0 and 1; use 0.1.")
        self._check_at_least_one("max_train_rows", "train_rows", "early_stopping_patience")
        self._check_at_least_one("averaging_patience", "averaging_checkpoints")
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

    @classmethod
    def for_model(cls, model: str, data: str, **overrides: Any) -> tuple["Recipe", "TrainingOptions"]:
        """The recipe that `hf-seq train --model MODEL --data DATA` would follow.

        Args:
            model: a model name, Hub id or folder.
            data: see the field `data`.
            **overrides: any field of a recipe or flag of `TrainingArguments`, `task="tagging"` and `recipe="FILE"`
                included; None leaves the default.

        Returns:
            (recipe, arguments), what `running.train` takes.

        Raises:
            InputError: an unknown field or a value that cannot be.
        """
        from hf_seq.training.parsing import flags, parse_recipe

        return parse_recipe(flags({**overrides, "model": model, "data": data}))


@dataclass
class TextRecipe(Recipe):
    """What models that read text add: a tokenizer."""

    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "word", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram).", "Text"
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
    word_vectors_limit: int = setting(
        50_000, "Words of that file that join the vocabulary, from its top; those of train all do.", "Model"
    )
    freeze_embeddings: bool | None = configures(None, "Keep the embedding as it starts.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.word_vectors_limit < 0:
            raise InputError(
                f"word_vectors_limit={self.word_vectors_limit} must be 0 (words of train only) or more; 50000 is usual."
            )
        if self.word_vectors is None:
            return
        if self.tokenizer_kind not in WHOLE_WORDS:
            raise InputError(
                f"word_vectors needs whole words, and tokenizer_kind={self.tokenizer_kind} has none; use "
                f"--tokenizer_kind {' or '.join(WHOLE_WORDS)}."
            )


@dataclass
class ClassificationRecipe(WordRecipe):
    """One label, several labels or a number for a text."""

    text_column: str | None = setting(None, "Column of the text; found by itself when only one can be it.", "Data")
    label_column: str | None = setting(None, "Column of the label; found by itself when only one can be it.", "Data")
    model: str = setting(
        "bilstm",
        "rnn, gru, lstm, bilstm, bilstm-attention, transformer; majority, tfidf, fasttext, model2vec; distilbert, a "
        "Hub id or a folder.",
        "Model",
    )
    static_model: str | None = setting(
        None, "For model2vec: a static model, or a sentence transformer to make one from (folder or Hub id).", "Model"
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    classifier_dropout: float | None = configures(None, "Dropout before the classifier.")
    num_features: int | None = setting(None, "Width of numeric sequences; not for text.", "Model")
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare labels weigh more in the loss (none, balanced).", "Model"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_features is not None:
            raise InputError(
                f"num_features={self.num_features} makes a model for numeric sequences, but this task reads "
                "text; leave it out."
            )


@dataclass
class TaggingRecipe(WordRecipe):
    """A tag for every word of a sentence."""

    task: str = setting("tagging", "What to learn.", "Data")
    tokens_column: str | None = setting(None, "Column of the words; found by itself when only one can be it.", "Data")
    tags_column: str | None = setting(None, "Column of their tags; found by itself when only one can be it.", "Data")
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "wordpiece", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    lowercase: bool = setting(False, "Lower-case before tokenizing; case tells names apart.", "Text")
    model: str = setting(
        "bilstm-crf",
        "rnn, gru, lstm, bilstm, bilstm-crf, transformer, transformer-crf; most-frequent; distilbert, a Hub id or a "
        "folder.",
        "Model",
    )
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")
    character_encoder: Literal["none", "cnn", "lstm"] | None = configures(
        None, "How the recurrent tagger sees the letters of a word (none, cnn, lstm)."
    )
    character_embedding_size: int | None = configures(None, "Width of the embedding of a character.")
    character_hidden_size: int | None = configures(None, "Width of what the letters of a word become.")
    classifier_dropout: float | None = configures(None, "Dropout before the tag scores.")


@dataclass
class LanguageModelingRecipe(TextRecipe):
    """The next token of a text."""

    task: str = setting("language-modeling", "What to learn.", "Data")
    text_column: str | None = setting(None, "Column of the text; found by itself when only one can be it.", "Data")
    score_on: Literal["test", "validation+test"] = setting(
        "test", "What is scored: test, or validation+test for sets whose published scores are on both.", "Data"
    )
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "bpe", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    vocab_size: int = setting(8_000, "Entries of that tokenizer at most.", "Text")
    lowercase: bool = setting(False, "Lower-case before tokenizing; the model then writes no capitals.", "Text")
    reading: Literal["stream", "texts"] = setting(
        "stream", "stream: all text in a row, the state carried on; texts: each text for itself.", "Text"
    )
    bptt_steps: int = setting(128, "Tokens that gradients flow back through on a stream.", "Text")
    random_bptt: bool = setting(False, "Draw the length of each chunk around bptt_steps (Merity 2018).", "Text")
    model: str = setting("lstm-lm", "lstm-lm, gru-lm, rnn-lm, a Hub id or a folder.", "Model")
    tie_word_embeddings: bool | None = configures(None, "Score with the token embedding.")
    word_dropout: float | None = configures(None, "Share of the vocabulary blanked in a batch.")
    output_dropout: float | None = configures(None, "Dropout on the states that the head reads.")
    activation_regularization: float | None = configures(None, "Penalty on large states.")
    temporal_activation_regularization: float | None = configures(None, "Penalty on states that jump.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("bptt_steps")


@dataclass
class MaskedLanguageModelingRecipe(TextRecipe):
    """Words that are hidden in a text."""

    task: str = setting("masked-language-modeling", "What to learn.", "Data")
    text_column: str | None = setting(None, "Column of the text; found by itself when only one can be it.", "Data")
    masked_share: float = setting(0.15, "Share of the tokens hidden in training.", "Text")
    model: str = setting("transformer", "transformer; distilbert, a Hub id or a folder.", "Model")
    tie_word_embeddings: bool | None = configures(None, "Score with the token embedding.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.masked_share < 1:
            raise InputError(f"masked_share={self.masked_share} must lie between 0 and 1; 0.15 is usual.")


@dataclass
class SeriesRecipe(Recipe):
    """A label, several labels or a number for a series of numbers, or a tag for every step."""

    task: str = setting("series", "What to learn.", "Data")
    series_column: str | None = setting(None, "Column of the series; found by itself when only one can be it.", "Data")
    label_column: str | None = setting(None, "Column of the label (or of the tags of all steps).", "Data")
    missing: Literal["mean", "forward", "error"] = setting(
        "mean", "What stands for a missing value: the train mean, the last value before, or an error.", "Data"
    )
    missing_indicator: bool = setting(False, "A second channel for each, 1 where a value was missing.", "Data")
    do_normalize: bool = setting(True, "Standardise every channel by mean and deviation of train.", "Data")
    max_length: int | None = setting(None, "Steps of a series that are read; the rest is cut off, and counted.", "Data")
    window_length: int | None = setting(None, "Read longer series as windows of this many steps.", "Data")
    window_stride: int | None = setting(None, "Steps between two windows; half a window if absent.", "Data")
    model: str = setting(
        "bilstm-attention",
        "rnn, gru, lstm, bigru, bilstm, bilstm-attention, bilstm-crf (tags), transformer; majority, statistics, dtw, "
        "minirocket; or a folder.",
        "Model",
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")
    token_dropout: float | None = configures(None, "Share of steps blanked in training.")
    classifier_dropout: float | None = configures(None, "Dropout before the classifier.")
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare labels weigh more in the loss (none, balanced).", "Model"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("max_length", "window_length", "window_stride")
        if self.window_stride is not None and self.window_length is None:
            raise InputError(f"window_stride={self.window_stride} needs --window_length; give both, or neither.")


@dataclass
class Seq2SeqRecipe(TextRecipe):
    """A text written from a text."""

    task: str = setting("seq2seq", "What to learn.", "Data")
    source_column: str | None = setting(
        None, "Column of the source; a language of `translation`; or the suffix of its text file.", "Data"
    )
    target_column: str | None = setting(None, "Likewise for the target.", "Data")
    metric: Literal["bleu", "chrf", "exact_match", "rouge", "rouge1", "rouge2", "rougeL"] = setting(
        "bleu",
        "The score that chooses a checkpoint and stands for the model: bleu, chrf, exact_match; for summaries rouge1, "
        "rouge2, rougeL (rouge for short).",
        "Data",
    )
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "bpe", "Tokenizer trained on both sides of the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    vocab_size: int = setting(8_000, "Entries of that tokenizer at most.", "Text")
    source_vocab_size: int | None = setting(
        None, "Entries of a tokenizer for the source alone; absent: one tokenizer for both sides.", "Text"
    )
    lowercase: bool = setting(False, "Lower-case before tokenizing; the model then writes no capitals.", "Text")
    max_length: int = setting(
        128, "Tokens of a source or target that are read; the rest is cut off, and counted.", "Text"
    )
    model: str = setting(
        "transformer-seq2seq",
        "lstm-seq2seq, gru-seq2seq, transformer-seq2seq; copy, nearest; a Hub id or a folder.",
        "Model",
    )
    decoder_layers: int | None = configures(None, "Layers of the decoder; as the encoder by default.")
    share_embeddings: bool | None = configures(None, "One embedding for source and target.")
    tie_word_embeddings: bool | None = configures(None, "The target's embedding is the output matrix, too.")
    norm_first: bool | None = configures(None, "Normalise before each sub-layer (transformer).")
    attention: Literal["additive", "general", "dot", "none"] | None = configures(
        None, "How the decoder looks at the source (recurrent: additive, general, dot, none)."
    )
    input_feeding: bool | None = configures(None, "The decoder reads what it saw last, too (recurrent).")
    scheduled_sampling: float | None = configures(None, "Share of steps that read the model's own prediction.")
    batch_tokens: int | None = setting(
        None, "Tokens of a batch, source and target together, in place of per_device_train_batch_size.", "Run"
    )
    num_beams: int = setting(5, "Beams when the trained model writes; validation is greedy.", "Run")
    length_penalty: float = setting(1.0, "Above 0 favours longer texts, when beams are ranked.", "Run")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("batch_tokens", "num_beams")
        if self.source_vocab_size is not None and self.source_vocab_size < SMALLEST_VOCABULARY:
            raise InputError(
                f"source_vocab_size={self.source_vocab_size} is too few; use {SMALLEST_VOCABULARY} or more."
            )
        if self.source_vocab_size is not None and self.share_embeddings:
            raise InputError(
                f"source_vocab_size={self.source_vocab_size} makes two vocabularies, which cannot share_embeddings; "
                "leave one of the two out."
            )
        if self.metric == "rouge":
            self.metric = "rougeL"


RECIPE_CLASSES: dict[str, type[Recipe]] = {
    "classification": ClassificationRecipe,
    "tagging": TaggingRecipe,
    "language-modeling": LanguageModelingRecipe,
    "masked-language-modeling": MaskedLanguageModelingRecipe,
    "seq2seq": Seq2SeqRecipe,
    "series": SeriesRecipe,
    "series-tagging": SeriesRecipe,
}
"""The recipe of each task."""


def recipe_class(task: str, distilled: bool = False) -> type[Recipe]:
    """The recipe of a task, or that of a student of it.

    Raises:
        InputError: there is no such task, or it has no students.
    """
    if task not in RECIPE_CLASSES:
        raise InputError(f"--task {task!r} is none of {', '.join(RECIPE_CLASSES)}.")
    if distilled:
        from hf_seq.training.distillation_recipe import distilled_recipe_class

        return distilled_recipe_class(task)
    return RECIPE_CLASSES[task]


def reading_recipe(task: str, data: str, columns: Mapping[str, Any]) -> Recipe:
    """The recipe that reads some data, with the defaults of the task for all else.

    Args:
        task: name of the task.
        data: as in a recipe.
        columns: what else says how the data are read; None leaves the default.

    Raises:
        InputError: a column that the task does not have.
    """
    chosen = recipe_class(task)
    given = {name: value for name, value in columns.items() if value is not None}
    names = {each.name for each in panels(chosen)["Data"]}
    odd = next((name for name in given if name not in names), None)
    if odd is not None:
        raise InputError(f"--{odd} is nothing that {task} reads; leave it out.")
    return chosen(**{"task": task, "data": data, **given})


def panels(recipe: type[Recipe]) -> dict[str, list[Field]]:
    """The fields of a recipe by the panel of the help that shows them."""
    return {panel: [each for each in fields(recipe) if each.metadata["panel"] == panel] for panel in PANELS}


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
