# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a demo of any model shares: an answer has three parts, and every demo shows its own in Gradio's components.

The files of this folder that run without hf_seq (`PAGE_FILES` in `hf_seq/hub/space.py`) are joined into the `app.py` of
a Space: no name may be defined in two of them, and of hf_seq they import only each other.

L labels
"""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio
import transformers
from transformers import AutoConfig


class Answer(NamedTuple):
    """What the page shows: the prediction, what the model looked at, and a line on time and length."""

    answer: Any
    detail: Any
    note: str


class ModelDemo:
    """A model and what turns input into its tensors; calling it with the text of the input field gives an `Answer`.

    Args:
        path: folder or Hub id.
        trust: run the code that comes with the model; not needed where hf_seq is imported.

    Attributes:
        auto: Auto class of `transformers` that loads the model.
        input_label: over the input field.
        examples: inputs to choose from.
        upload: suffixes of files that can be put into the input field.
        needs_pairs: whether there is a field for a second text; both are then given as two lines.
    """

    auto: str
    input_label = "Text"
    examples: Sequence[str]
    upload: tuple[str, ...] = ()
    needs_pairs = False

    def __init__(self, path: str, *, trust: bool = True) -> None:
        auto = getattr(transformers, self.auto)
        eager = {"attn_implementation": "eager"}  # the other implementations give no attention weights to show
        self.model = auto.from_pretrained(path, trust_remote_code=trust, **eager).eval()
        self.label_names = self.model.config.id2label

    def __call__(self, text: str) -> Answer:
        """Run the model on one input.

        Raises:
            ValueError: it is not an input of this model.
        """
        raise NotImplementedError

    def outputs(self) -> list[Any]:
        """Make the components that show an answer, and below it the detail if there is one."""
        raise NotImplementedError

    def field(self) -> Any:
        """Make the component that takes an input."""
        return gradio.Textbox(label=self.input_label, lines=4, max_lines=12, elem_id="text")

    def asks(self, field: Any) -> list[Any]:
        """List the events of that component that ask as the button does."""
        return [field.submit]

    def show_labels(self, logits: Any) -> Any:
        """Return probabilities by label from logits (L,); the numbers themselves, as text, for regression."""
        names, problem = self.label_names, self.model.config.problem_type
        if problem == "regression":
            return ", ".join(f"{names[index]}: {value:.4g}" for index, value in enumerate(logits.tolist()))
        scores = logits.sigmoid() if problem == "multi_label_classification" else logits.softmax(-1)
        return {names[index]: score for index, score in enumerate(scores.tolist())}


def read_config(path: str, trust: bool) -> tuple[str, str]:
    """Read what a model takes, `text`, `series` or `audio`, and the name of its class."""
    config = AutoConfig.from_pretrained(path, trust_remote_code=trust)
    reads = "text" if getattr(config, "num_features", None) is None else getattr(config, "modality", "series")
    return reads, (config.architectures or [""])[0]


def label_output() -> Any:
    """Make the component that shows labels with their probabilities."""
    return gradio.Label(label="Answer", num_top_classes=10, elem_id="answer")


def with_ui_errors(work: Any) -> Any:
    """Wrap a function of one text so that its ValueErrors are sentences on the page."""

    def wrapped(text: str) -> Any:
        try:
            return work(text)
        except (ValueError, OverflowError) as error:
            raise gradio.Error(html.escape(str(error)), print_exception=False) from error

    return wrapped
