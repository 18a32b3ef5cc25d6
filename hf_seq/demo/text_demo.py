# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Demos of models that read text, one class a head.

S source tokens · T target tokens
"""

import html
import json
import time
from pathlib import Path
from typing import Any

import gradio
import torch
from transformers import AutoTokenizer
from transformers.utils import cached_file

from hf_seq.demo.model_demo import Answer, ModelDemo, label_output

LONGEST = 1024
"""Tokens that are read of a text where the tokenizer names no limit."""
SHOWN = 200
"""Tokens whose weights are shown, and rows and columns of an alignment."""
NEW_TOKENS = 100
TWO_TEXTS = ("a man plays a guitar\nsomeone makes music", "the soup was cold\nthe soup was not warm")


def trained_on_pairs(path: str, tokenizer: Any) -> bool:
    """Check whether a model reads two texts: by a tokenizer that was trained for that, or by the record beside it."""
    plain, pair = (tokenizer.num_special_tokens_to_add(pair=pair) for pair in (False, True))
    if plain in (0, pair):
        return pair > plain
    record = cached_file(path, "record.json", _raise_exceptions_for_missing_entries=False)
    read = json.loads(Path(record).read_text(encoding="utf-8")) if record else {}
    return bool(isinstance(read, dict) and (read.get("columns") or {}).get("text_pair_column"))


class TextDemo(ModelDemo):
    """A model of text with its tokenizer."""

    def __init__(self, path: str, *, trust: bool = True) -> None:
        super().__init__(path, trust=trust)
        self.tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=trust)
        self.needs_pairs = self.auto == "AutoModelForSequenceClassification" and trained_on_pairs(path, self.tokenizer)
        if self.needs_pairs:
            self.input_label, self.examples = "First text", TWO_TEXTS
        self.limit = min(self.tokenizer.model_max_length, LONGEST)
        self(self.examples[0])  # the first call of a model takes longer than all others

    @torch.inference_mode()
    def __call__(self, text: str) -> Answer:
        """Run the model on one text."""
        text = self.prepare(text.encode("utf-8", "replace").decode("utf-8"))
        if not text.strip():
            raise ValueError("Write something first.")
        start = time.perf_counter()
        sides = self.sides(text)
        encoded = self.tokenizer(*sides, return_tensors="pt", truncation=True, max_length=self.limit)
        if len(sides) == 1:
            encoded.pop("token_type_ids", None)
        if not encoded["input_ids"].numel():
            raise ValueError("The tokenizer finds nothing in this text.")
        outputs = self.run(encoded)
        milliseconds = 1000 * (time.perf_counter() - start)
        read, whole = encoded["input_ids"].shape[1], len(self.tokenizer(*sides, verbose=False)["input_ids"])
        truncated = f" Only the first {read:,} of {whole:,} tokens were read." if whole > read else ""
        answer, detail = self.show(outputs, encoded, text)
        return Answer(answer, detail, f"{milliseconds:.1f} ms for {read:,} tokens on this machine.{truncated}")

    def prepare(self, text: str) -> str:
        """Change the text before it is tokenized."""
        return text

    def sides(self, text: str) -> list[str]:
        """Split what was written into the two texts that a model of pairs reads, a line each."""
        first, _, second = text.partition("\n")
        return [first, second] if self.needs_pairs else [text]

    def run(self, encoded: Any) -> Any:
        """Compute; this is what is timed."""
        return self.model(**encoded)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Turn outputs into the values of the components of `outputs`."""
        raise NotImplementedError

    def pieces(self, encoded: Any, text: str) -> list[str]:
        """Find the stretch of the text that each token stands for, the blank behind it included."""
        sides = self.sides(text)
        if len(sides) > 1:
            return [f"{token} " for token in self.tokenizer.convert_ids_to_tokens(encoded["input_ids"][0].tolist())]
        batch = self.tokenizer(text, truncation=True, max_length=self.limit, return_offsets_mapping=True)
        spans = batch["offset_mapping"]
        ends = [start for start, _ in spans[1:]] + [spans[-1][1]]
        return [text[start : max(end, stop)] for (start, stop), end in zip(spans, ends, strict=True)]


class TextClassifierDemo(TextDemo):
    """Labels with their probabilities, and the tokens shaded by attention."""

    auto = "AutoModelForSequenceClassification"
    examples = ("not bad at all", "a film one is glad to forget")

    def run(self, encoded: Any) -> Any:
        """Compute logits and attention."""
        return self.model(**encoded, output_attentions=True)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Show labels, and tokens with the attention of the pooling, else of the last layer, if there is any."""
        weights = getattr(outputs, "pooling_weights", None)
        if weights is None and outputs.attentions:
            weights = outputs.attentions[-1].mean((1, 2))  # (1, heads, S, S) to (1, S)
        shaded: list[tuple[str, float | None]] = []
        if weights is not None:
            steps, states = encoded["input_ids"].shape[1], weights.shape[1]  # fewer, behind a front with a stride
            values = (weights[0] / weights[0].max().clamp_min(1e-9))[[step * states // steps for step in range(steps)]]
            shaded = list(zip(self.pieces(encoded, text)[:SHOWN], values.tolist(), strict=False))
        return self.show_labels(outputs.logits[0]), shaded

    def outputs(self) -> list[Any]:
        """Make a list of labels and a shaded text."""
        return [label_output(), gradio.HighlightedText(label="Attention", elem_id="detail")]


class TextTaggerDemo(TextDemo):
    """The text with its words marked by their tags."""

    auto = "AutoModelForTokenClassification"
    examples = ("Maria flew from Lisbon to New York on Monday.",)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Show the pieces of the text with their tags; later pieces of a word have the tag of its first."""
        path = getattr(outputs, "best_path", None)
        tags = (outputs.logits.argmax(-1) if path is None else path)[0].tolist()
        shown, last = [], None
        for piece, tag in zip(self.pieces(encoded, text), tags, strict=False):
            last = self.label_names[tag] if tag >= 0 else last
            shown.append((piece, None if last == "O" else last))
        return shown, None

    def outputs(self) -> list[Any]:
        """Make a text with marks."""
        return [gradio.HighlightedText(label="Tags", show_legend=True, combine_adjacent=True, elem_id="answer")]


class MaskedLMDemo(TextDemo):
    """The most probable tokens for the first mask."""

    auto = "AutoModelForMaskedLM"
    examples = ("it was a [MASK] day",)

    def prepare(self, text: str) -> str:
        """Write the tokenizer's own mask for `[MASK]`."""
        return text.replace("[MASK]", self.tokenizer.mask_token)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Show five tokens with their probabilities."""
        masks = (encoded["input_ids"][0] == self.tokenizer.mask_token_id).nonzero()
        if not len(masks):
            raise ValueError("Write [MASK] where a word is to be guessed.")
        best = outputs.logits[0, masks[0, 0]].softmax(-1).topk(5)
        return dict(zip(self.tokenizer.convert_ids_to_tokens(best.indices), best.values.tolist(), strict=True)), None

    def outputs(self) -> list[Any]:
        """Make a list of guesses."""
        return [gradio.Label(label="Guesses", elem_id="answer")]


class CausalLMDemo(TextDemo):
    """A continuation of the text, drawn at random."""

    auto = "AutoModelForCausalLM"
    examples = ("The ",)

    def run(self, encoded: Any) -> Any:
        """Generate token ids."""
        return self.model.generate(**encoded, max_new_tokens=NEW_TOKENS, do_sample=True, temperature=0.8)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Show the text with its continuation."""
        return self.tokenizer.decode(outputs[0], skip_special_tokens=True), None

    def outputs(self) -> list[Any]:
        """Make a field of text."""
        return [gradio.Textbox(label="Answer", interactive=False, lines=6, elem_id="answer")]


class Seq2SeqDemo(TextDemo):
    """The text that an encoder-decoder writes, and the source tokens that each of its tokens looked at."""

    auto = "AutoModelForSeq2SeqLM"
    examples = ("Ein Hund rennt über die Wiese.",)

    def run(self, encoded: Any) -> Any:
        """Generate token ids."""
        return self.model.generate(**encoded, max_new_tokens=NEW_TOKENS)

    def show(self, outputs: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        """Show the text, and its alignment with the source."""
        return self.tokenizer.decode(outputs[0], skip_special_tokens=True), self._alignment(outputs, encoded)

    def _alignment(self, ids: Any, encoded: Any) -> str:
        """Write a table of target tokens by source tokens, shaded by attention."""
        outputs = self.model(**encoded, decoder_input_ids=ids[:, :-1], output_attentions=True)
        if not outputs.cross_attentions:
            return ""
        weights = outputs.cross_attentions[-1]  # (1, heads, T, S) or (1, T, S)
        table = (weights.mean(1) if weights.dim() == 4 else weights)[0, :SHOWN, :SHOWN]  # (T, S)
        sources = self.tokenizer.convert_ids_to_tokens(encoded["input_ids"][0][:SHOWN])
        targets = self.tokenizer.convert_ids_to_tokens(ids[0, 1:][:SHOWN])
        head = "".join(f"<th>{html.escape(token)}</th>" for token in sources)
        rows = [_row(token, shades) for token, shades in zip(targets, table.tolist(), strict=False)]
        return (
            f"<div style='overflow:auto;max-height:24rem'><table><tr><th></th>{head}</tr>{''.join(rows)}</table></div>"
        )

    def outputs(self) -> list[Any]:
        """Make a field of text and a table."""
        answer = gradio.Textbox(label="Answer", interactive=False, lines=6, elem_id="answer")
        return [answer, gradio.HTML(label="Alignment", elem_id="detail")]


def _row(token: str, shades: list[float]) -> str:
    cells = "".join(
        f"<td style='background:rgba(37,99,235,{shade:.2f})' title='{shade:.2f}'>&nbsp;</td>" for shade in shades
    )
    return f"<tr><th>{html.escape(token)}</th>{cells}</tr>"
