# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A page that asks a model: `hf-seq demo FOLDER`, and as `app.py` the whole of a Space.

Needs gradio, torch and transformers, not hf_seq: what it shows is what anybody gets who loads the model by its id.
Everything the page shows goes through components of Gradio that take it for text, or is escaped here.

S source tokens · T target tokens · L labels
"""

import html
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gradio
import torch
import transformers
from transformers import AutoConfig, AutoTokenizer

AUTO = {
    "ForSequenceClassification": "AutoModelForSequenceClassification",
    "ForTokenClassification": "AutoModelForTokenClassification",
    "ForMaskedLM": "AutoModelForMaskedLM",
    "ForCausalLM": "AutoModelForCausalLM",
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM",
}
LONGEST = 1024
"""Tokens that are read of a text where the tokenizer names no limit."""
SHOWN = 200
"""Tokens whose weights are shown, and rows and columns of an alignment."""
NEW_TOKENS = 100
EXAMPLES = {
    "ForSequenceClassification": ["not bad at all", "a film one is glad to forget"],
    "ForTokenClassification": ["Maria flew from Lisbon to New York on Monday."],
    "ForMaskedLM": ["it was a [MASK] day"],
    "ForCausalLM": ["The "],
    "ForConditionalGeneration": ["Ein Hund rennt über die Wiese."],
}


class Answer(NamedTuple):
    """What the page shows: the answer itself, what was looked at, and a line on time and length."""

    answer: Any
    detail: Any
    note: str


class Asker:
    """A model with its tokenizer, and the way from a text to what the page shows.

    Args:
        place: folder or Hub id.
        trust: run the code that comes with the model; not needed where hf_seq is imported.
    """

    def __init__(self, place: str, *, trust: bool = True) -> None:
        config = AutoConfig.from_pretrained(place, trust_remote_code=trust)
        name = (config.architectures or [""])[0]
        self.head = next((head for head in AUTO if name.endswith(head)), "")
        if not self.head or getattr(config, "num_features", None) is not None:
            raise ValueError(f"{place} holds {name or 'no head'}; the page shows {', '.join(AUTO)} over text.")
        auto = getattr(transformers, AUTO[self.head])
        eager = {"attn_implementation": "eager"}  # the other implementations give no attention weights to show
        self.model = auto.from_pretrained(place, trust_remote_code=trust, **eager).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=trust)
        self.limit = min(self.tokenizer.model_max_length, LONGEST)
        self.names = config.id2label
        self(EXAMPLES[self.head][0])  # the first call of a model takes longer than all others

    @torch.inference_mode()
    def __call__(self, text: str) -> Answer:
        """Answer one text."""
        text = text.encode("utf-8", "replace").decode("utf-8")
        if not text.strip():
            raise ValueError("Write something first.")
        if self.head == "ForMaskedLM":
            text = text.replace("[MASK]", self.tokenizer.mask_token)
        start = time.perf_counter()
        encoded = self.tokenizer(text, return_tensors="pt", truncation=True, max_length=self.limit)
        encoded.pop("token_type_ids", None)
        if not encoded["input_ids"].numel():
            raise ValueError("The tokenizer finds nothing in this text.")
        said = getattr(self, f"_{self.head}")(encoded)
        milliseconds = 1000 * (time.perf_counter() - start)
        read, whole = encoded["input_ids"].shape[1], len(self.tokenizer(text, verbose=False)["input_ids"])
        cut = f" Only the first {read:,} of {whole:,} tokens were read." if whole > read else ""
        answer, detail = self._show(said, encoded, text)
        return Answer(answer, detail, f"{milliseconds:.1f} ms for {read:,} tokens on this machine.{cut}")

    # Computing: what is timed

    def _ForSequenceClassification(self, encoded: Any) -> Any:  # noqa: N802
        return self.model(**encoded, output_attentions=True)

    def _ForTokenClassification(self, encoded: Any) -> Any:  # noqa: N802
        return self.model(**encoded)

    def _ForMaskedLM(self, encoded: Any) -> Any:  # noqa: N802
        return self.model(**encoded).logits[0].softmax(-1)

    def _ForCausalLM(self, encoded: Any) -> Any:  # noqa: N802
        return self.model.generate(**encoded, max_new_tokens=NEW_TOKENS, do_sample=True, temperature=0.8)

    def _ForConditionalGeneration(self, encoded: Any) -> Any:  # noqa: N802
        return self.model.generate(**encoded, max_new_tokens=NEW_TOKENS)

    # Showing

    def _show(self, said: Any, encoded: Any, text: str) -> tuple[Any, Any]:
        if self.head == "ForSequenceClassification":
            return self._labels(said.logits[0]), self._weights(said, encoded, text)
        if self.head == "ForTokenClassification":
            return self._tags(said, encoded, text), None
        if self.head == "ForMaskedLM":
            return self._fillings(said, encoded), None
        if self.head == "ForCausalLM":
            return self.tokenizer.decode(said[0], skip_special_tokens=True), None
        return self.tokenizer.decode(said[0], skip_special_tokens=True), self._alignment(said, encoded)

    def _labels(self, logits: Any) -> dict[str, float]:
        several = self.model.config.problem_type == "multi_label_classification"
        scores = logits.sigmoid() if several else logits.softmax(-1)
        if self.model.config.problem_type == "regression":
            scores = logits
        return {self.names[index]: score for index, score in enumerate(scores.tolist())}

    def _weights(self, said: Any, encoded: Any, text: str) -> list[tuple[str, float | None]]:
        """Tokens with the attention they got: of the pooling, else of the last layer; nothing where there is none."""
        weights = getattr(said, "pooling_weights", None)
        if weights is None and said.attentions:
            weights = said.attentions[-1].mean((1, 2))  # (1, heads, S, S) to (1, S)
        if weights is None:
            return []
        values = weights[0] / weights[0].max().clamp_min(1e-9)
        return list(zip(self._pieces(encoded, text)[:SHOWN], values.tolist(), strict=False))

    def _tags(self, said: Any, encoded: Any, text: str) -> list[tuple[str, str | None]]:
        path = getattr(said, "best_path", None)
        tags = (said.logits.argmax(-1) if path is None else path)[0].tolist()
        shown, last = [], None
        for piece, tag in zip(self._pieces(encoded, text), tags, strict=False):
            last = self.names[tag] if tag >= 0 else last  # what goes on a word has the word's tag
            shown.append((piece, None if last == "O" else last))
        return shown

    def _fillings(self, scores: Any, encoded: Any) -> dict[str, float]:
        places = (encoded["input_ids"][0] == self.tokenizer.mask_token_id).nonzero()
        if not len(places):
            raise ValueError("Write [MASK] where a word is to be guessed.")
        best = scores[places[0, 0]].topk(5)
        return dict(zip(self.tokenizer.convert_ids_to_tokens(best.indices), best.values.tolist(), strict=True))

    def _alignment(self, ids: Any, encoded: Any) -> str:
        """A table of target tokens by source tokens, shaded by attention."""
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

    def _pieces(self, encoded: Any, text: str) -> list[str]:
        """The stretch of the text that each token stands for, the blank behind it included."""
        batch = self.tokenizer(text, truncation=True, max_length=self.limit, return_offsets_mapping=True)
        spans = batch["offset_mapping"]
        ends = [start for start, _ in spans[1:]] + [spans[-1][1]]
        return [text[start : max(end, stop)] for (start, stop), end in zip(spans, ends, strict=True)]


def _row(token: str, shades: list[float]) -> str:
    cells = "".join(
        f"<td style='background:rgba(37,99,235,{shade:.2f})' title='{shade:.2f}'>&nbsp;</td>" for shade in shades
    )
    return f"<tr><th>{html.escape(token)}</th>{cells}</tr>"


def build(
    asker: Callable[[str], Answer],
    head: str,
    title: str,
    examples: list[str] | None = None,
    baseline: tuple[str, Callable[[str], str]] | None = None,
) -> gradio.Blocks:
    """The page.

    Args:
        asker: from a text to what is shown.
        head: of the model, a key of `AUTO`.
        title: of the page.
        examples: texts to choose from.
        baseline: name of another model, and the way from a text to its answer in words.
    """
    with gradio.Blocks(title=title, analytics_enabled=False) as page:
        gradio.HTML(f"<h1>{html.escape(title)}</h1>")
        with gradio.Row():
            with gradio.Column():
                text = gradio.Textbox(label="Text", lines=4, max_lines=12, elem_id="text")
                button = gradio.Button("Ask", variant="primary", elem_id="ask")
                gradio.Examples(examples or EXAMPLES[head], text)
            with gradio.Column():
                shown = _outputs(head)
                note = gradio.Textbox(label="Time", interactive=False, elem_id="note")
                other = gradio.Textbox(
                    label=baseline[0] if baseline else "",
                    visible=baseline is not None,
                    interactive=False,
                    elem_id="other",
                )

        def ask(given: str) -> tuple[Any, ...]:
            try:
                said = asker(given)
            except ValueError as error:
                raise gradio.Error(html.escape(str(error)), print_exception=False) from error
            return (*said[: len(shown)], said.note, baseline[1](given) if baseline else "")

        gradio.on([button.click, text.submit], ask, text, [*shown, note, other], api_name="ask")
    return page


def _outputs(head: str) -> list[Any]:
    """The components that show an answer of a model with such a head."""
    if head == "ForSequenceClassification":
        return [
            gradio.Label(label="Answer", num_top_classes=10, elem_id="answer"),
            gradio.HighlightedText(label="Attention", elem_id="detail"),
        ]
    if head == "ForTokenClassification":
        return [gradio.HighlightedText(label="Tags", show_legend=True, combine_adjacent=True, elem_id="answer")]
    if head == "ForMaskedLM":
        return [gradio.Label(label="Guesses", elem_id="answer")]
    answer = gradio.Textbox(label="Answer", interactive=False, lines=6, elem_id="answer")
    return [answer] if head == "ForCausalLM" else [answer, gradio.HTML(label="Alignment", elem_id="detail")]


def launch(page: gradio.Blocks, **settings: Any) -> Any:
    """Serve the page; fonts are the system's, so nothing is fetched from elsewhere."""
    plain = ["system-ui", "sans-serif"]
    theme = gradio.themes.Default(font=plain, font_mono=["ui-monospace", "monospace"])
    return page.launch(theme=theme, footer_links=[], **settings)


def main() -> None:
    """The app of a Space: the model that `demo.json` names."""
    settings = json.loads((Path(__file__).parent / "demo.json").read_text(encoding="utf-8"))
    asker = Asker(settings["model"])
    launch(build(asker, asker.head, settings["model"], settings["examples"] or None))


if __name__ == "__main__":
    main()
