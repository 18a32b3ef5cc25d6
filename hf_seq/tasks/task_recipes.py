# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The recipe of each task: the fields of `recipe.py`, and what the task adds to them."""

from dataclasses import dataclass, field
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import SMALLEST_VOCABULARY, Recipe, TextRecipe, WordRecipe, configures, setting

TAG_SCHEME = "What a CRF lets follow what: auto (as the train tags are written), bio, iob1, bioes, bilou, none."


@dataclass
class ClassificationRecipe(WordRecipe):
    """One label, several labels or a number for a text."""

    text_column: str | None = setting(None, "Column of the text; found by itself when only one can be it.", "Data")
    label_column: str | None = setting(None, "Column of the label; found by itself when only one can be it.", "Data")
    problem_type: Literal["single_label_classification", "multi_label_classification", "regression"] | None = setting(
        None, "What the labels are, where 1.0 and 2.0 are classes or 1 and 2 are amounts.", "Data"
    )
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
    tag_scheme: Literal["auto", "bio", "iob1", "bioes", "bilou", "none"] = setting("auto", TAG_SCHEME, "Data")
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")
    character_encoder: Literal["none", "cnn", "lstm"] | None = configures(
        None, "How the recurrent tagger sees the letters of a word (none, cnn, lstm)."
    )
    character_embedding_size: int | None = configures(None, "Width of the embedding of a character.")
    character_hidden_size: int | None = configures(None, "Width of what the letters of a word become.")
    classifier_dropout: float | None = configures(None, "Dropout before the tag scores.")
    mention_copies: int = setting(
        0, "Times that train sentences with spans stand again, with other mentions of their types.", "Data"
    )
    mention_lists: list[str] | None = field(
        default=None,
        metadata={"help": "More mentions for these: TYPE=FILE, e.g. person=people.txt, one a line.", "panel": "Data"},
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mention_copies < 0:
            raise InputError(f"mention_copies={self.mention_copies} must be 0 or more.")
        if self.mention_lists and not self.mention_copies:
            raise InputError(f"mention_lists={self.mention_lists} are for copies; give --mention_copies, e.g. 2.")


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
    problem_type: Literal["single_label_classification", "multi_label_classification", "regression"] | None = setting(
        None, "What the labels are, where 1.0 and 2.0 are classes or 1 and 2 are amounts.", "Data"
    )
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
    tag_scheme: Literal["auto", "bio", "iob1", "bioes", "bilou", "none"] = setting("auto", TAG_SCHEME, "Data")
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
