# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The verbs of `hf-seq`, told without importing any: where each stands, how its help begins, what flags it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hf_seq.flags.flag import Flag

COMPLETING = "_HF_SEQ_COMPLETE"
"""The variable that a shell sets when it asks for completions."""

HELP = "Train small sequence models on your own data, compare them honestly, load them anywhere."
EPILOG = "Start here:  hf-seq compare --data builtin:reviews --output runs/reviews"


@dataclass(frozen=True)
class Verb:
    """A verb of the command line.

    Attributes:
        stands_in: the module of hf_seq.commands that holds its function.
        name: of the function; typer makes its arguments and options from the signature.
        panel: group of the help of `hf-seq` that shows it.
        summary: the first line of its help.
        lister: module and name of the function that lists the flags it takes beside, from the words that follow it.
        reads_words: whether the function takes the words themselves.
    """

    stands_in: str
    name: str
    panel: str
    summary: str
    lister: str | None = None
    reads_words: bool = False

    @property
    def function(self) -> Callable[..., None]:
        """Import what it runs."""
        function: Callable[..., None] = _named(f"{self.stands_in}.{self.name}")
        return function

    def flags(self, words: Sequence[str]) -> list[Flag]:
        """List the flags that it takes beside those of its function."""
        flags: list[Flag] = _named(self.lister)(words) if self.lister else []
        return flags


def _named(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(import_module(f"hf_seq.commands.{module}"), name)


DATA, WORK, SHARE = "Data", "Train and predict", "Look inside and share"
VERBS = {
    "check": Verb(
        "check",
        "check",
        DATA,
        "Look a data set over before training: what makes training impossible, and what makes it doubtful.",
        "data_flags.flags_to_check",
    ),
    "compare": Verb(
        "recipe_verbs",
        "compare",
        WORK,
        "Train or fit several models on the same rows and put them in one honest table.",
        "recipe_verbs.compare_flags",
        reads_words=True,
    ),
    "train": Verb(
        "recipe_verbs",
        "train",
        WORK,
        "Train one model, and write its folder: weights, tokenizer, recipe, record, curves.",
        "recipe_verbs.train_flags",
        reads_words=True,
    ),
    "distill": Verb(
        "recipe_verbs",
        "distill",
        WORK,
        "Train a small model to answer as a big one does, on texts that need no labels.",
        "recipe_verbs.distill_flags",
        reads_words=True,
    ),
    "fit": Verb(
        "recipe_verbs",
        "fit",
        WORK,
        "Find the best model under limits of size and latency, and leave it as `hf-seq train` does.",
        "recipe_verbs.fit_flags",
        reads_words=True,
    ),
    "evaluate": Verb(
        "evaluate",
        "evaluate",
        WORK,
        "Score a trained model on labelled data, with a 95 % interval; the record is printed as JSON.",
        "data_flags.flags_of_model",
    ),
    "find-threshold": Verb(
        "find_threshold",
        "find_threshold",
        WORK,
        "Choose the score above which a classifier of two labels, or of several a row, says yes.",
        "data_flags.flags_to_choose",
    ),
    "predict": Verb(
        "predict",
        "predict",
        WORK,
        "Label texts or series, given as arguments, on stdin, or in any file that train reads; labels "
        "need not be there.",
        "data_flags.flags_to_predict",
    ),
    "forecast": Verb(
        "forecast",
        "forecast",
        WORK,
        "Write what comes after the end of each series: a row a step, with quantiles beside each forecast.",
    ),
    "generate": Verb(
        "generate",
        "generate",
        WORK,
        "Let a language model go on from a prompt, or from every text of data: then a line of JSON each.",
        "data_flags.flags_to_trace",
    ),
    "write": Verb(
        "translate",
        "translate",
        WORK,
        "Write a text for each text, in their order: a line out for a line in, or a table with the ids of the input.",
        "data_flags.flags_to_write",
    ),
    "translate": Verb(
        "translate",
        "translate",
        WORK,
        "Write a text for each text, in their order: a line out for a line in, or a table with the ids of the input.",
        "data_flags.flags_to_write",
    ),
    "trace": Verb(
        "trace",
        "trace",
        SHARE,
        "Show what happens to an input: tokens, every stage of the forward pass, the answer, and what "
        "looks suspicious.",
        "data_flags.flags_to_trace",
    ),
    "demo": Verb(
        "demo",
        "demo",
        SHARE,
        "Serve a page on this machine on which one can try a model: its answer, what it looked at, how long it took.",
    ),
    "export": Verb(
        "export",
        "export",
        SHARE,
        "Write a trained model as ONNX files that need no torch, held against torch before anything is written.",
        "data_flags.flags_of_model",
    ),
    "serve": Verb(
        "serve", "serve", SHARE, 'Answer over HTTP: POST /predict with {"inputs": "a text"}, or a list of texts.'
    ),
    "push": Verb(
        "push",
        "push",
        SHARE,
        "Put a trained model on the Hub: weights, tokenizer, code, card, record and curves, nothing else.",
    ),
}
"""Every verb, in the order of the help."""
