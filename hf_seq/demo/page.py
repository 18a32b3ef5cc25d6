# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A page that runs a model: `hf-seq demo FOLDER`, and as `app.py` the whole of a Space.

Needs gradio, torch and transformers, not hf_seq: what it shows is what anybody gets who loads the model by its id.
Everything the page shows goes through components of Gradio that take it for text, or is escaped.
"""

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio

from hf_seq.demo.audio_demo import ClipDemo
from hf_seq.demo.model_demo import ModelDemo, read_config, with_ui_errors
from hf_seq.demo.series_demo import SeriesClassifierDemo, SeriesTaggerDemo, read_upload
from hf_seq.demo.text_demo import CausalLMDemo, MaskedLMDemo, Seq2SeqDemo, TextClassifierDemo, TextTaggerDemo

DEMOS: dict[tuple[str, str], type[ModelDemo]] = {
    ("text", "ForSequenceClassification"): TextClassifierDemo,
    ("text", "ForTokenClassification"): TextTaggerDemo,
    ("text", "ForMaskedLM"): MaskedLMDemo,
    ("text", "ForCausalLM"): CausalLMDemo,
    ("text", "ForConditionalGeneration"): Seq2SeqDemo,
    ("series", "ForSequenceClassification"): SeriesClassifierDemo,
    ("series", "ForTokenClassification"): SeriesTaggerDemo,
    ("audio", "ForSequenceClassification"): ClipDemo,
}
"""By what the model reads and how the name of its class ends."""


def load_demo(path: str, *, trust: bool = True) -> ModelDemo:
    """Load the model in a folder or of a Hub id into the demo of its kind.

    Args:
        path: folder or Hub id.
        trust: run the code that comes with the model; not needed where hf_seq is imported.

    Raises:
        ValueError: the page shows no such model.
    """
    reads, name = read_config(path, trust)
    fitting = (kind for (what, head), kind in DEMOS.items() if what == reads and name.endswith(head))
    kind = next(fitting, None)
    if kind is None:
        heads = ", ".join(head for what, head in DEMOS if what == reads)
        if not heads:
            raise ValueError(f"{path} reads {reads}, and there is no page for that; answer by `hf-seq predict {path}`.")
        raise ValueError(f"{path} holds {name or 'no head'}; for models that read {reads} the page shows {heads}.")
    return kind(path, trust=trust)


def build(
    demo: ModelDemo,
    title: str,
    examples: list[str] | None = None,
    baseline: tuple[str, Callable[[str], str]] | None = None,
) -> gradio.Blocks:
    """Build the page.

    Args:
        demo: of `load_demo`.
        title: of the page.
        examples: inputs to choose from, in place of the demo's own.
        baseline: name of another model, and the way from a text to its prediction in words.
    """
    with gradio.Blocks(title=title, analytics_enabled=False) as page:
        gradio.HTML(f"<h1>{html.escape(title)}</h1>")
        with gradio.Row():
            with gradio.Column():
                text = demo.field()
                second = gradio.Textbox(
                    label="Second text", lines=4, max_lines=12, elem_id="text_pair", visible=demo.needs_pairs
                )
                if demo.upload:
                    label = f"Upload {' or '.join(demo.upload)}"
                    upload = gradio.UploadButton(label, file_types=list(demo.upload), elem_id="upload")
                    upload.upload(with_ui_errors(read_upload), upload, text, api_name="read")
                button = gradio.Button("Ask", variant="primary", elem_id="ask")
                offered = examples or list(demo.examples)
                if demo.needs_pairs:  # a line each
                    gradio.Examples([list(each.partition("\n")[::2]) for each in offered], [text, second])
                else:
                    gradio.Examples(offered, text)
            with gradio.Column():
                shown = demo.outputs()
                note = gradio.Textbox(label="Time", interactive=False, elem_id="note")
                other = gradio.Textbox(
                    label=baseline[0] if baseline else "",
                    visible=baseline is not None,
                    interactive=False,
                    elem_id="other",
                )

        def ask(text: str, *more: str) -> tuple[Any, ...]:
            text = "\n".join(" ".join(each.split("\n")) for each in (text, *more)) if more else text
            answer = with_ui_errors(demo)(text)
            return (*answer[: len(shown)], answer.note, baseline[1](text) if baseline else "")

        gradio.on([button.click, *demo.asks(text)], ask, text, [*shown, note, other], api_name="ask")
    return page


def launch(page: gradio.Blocks, **settings: Any) -> Any:
    """Serve the page; fonts are the system's, so nothing is fetched from elsewhere."""
    plain = ["system-ui", "sans-serif"]
    theme = gradio.themes.Default(font=plain, font_mono=["ui-monospace", "monospace"])
    return page.launch(theme=theme, footer_links=[], **settings)


def main() -> None:
    """Serve the model that `demo.json` names, as the app of a Space."""
    settings = json.loads((Path(__file__).parent / "demo.json").read_text(encoding="utf-8"))
    launch(build(load_demo(settings["model"]), settings["model"], settings["examples"] or None))


if __name__ == "__main__":
    main()
