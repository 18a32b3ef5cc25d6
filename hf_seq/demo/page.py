# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A page that asks a model: `hf-seq demo FOLDER`, and as `app.py` the whole of a Space.

Needs gradio, torch and transformers, not hf_seq: what it shows is what anybody gets who loads the model by its id.
Everything the page shows goes through components of Gradio that take it for text, or is escaped here.

S source tokens · T target tokens, or steps of a series · C channels · F features of a step · L labels
"""

import html
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gradio
import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoFeatureExtractor, AutoTokenizer

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
STEPS = 5_000
"""Steps of a series that the page takes."""
CHANNELS = 6
"""Channels that are drawn; those that vary most in the series."""
COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#64748b", "#0891b2", "#ca8a04")
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


def load_asker(place: str, *, trust: bool = True) -> "Asker | SeriesAsker":
    """The asker for what the model at a place reads: text or series of numbers."""
    config = AutoConfig.from_pretrained(place, trust_remote_code=trust)
    numbers = getattr(config, "num_features", None) is not None
    return (SeriesAsker if numbers else Asker)(place, trust=trust)


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
        return _label_scores(logits, self.model.config)

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


class SeriesAsker:
    """A model of series of numbers with its feature extractor, and the way from what was pasted to what is shown.

    Args:
        place: folder or Hub id.
        trust: as for `Asker`.
    """

    def __init__(self, place: str, *, trust: bool = True) -> None:
        config = AutoConfig.from_pretrained(place, trust_remote_code=trust)
        name = (config.architectures or [""])[0]
        heads = ("ForSequenceClassification", "ForTokenClassification")
        self.head = next((head for head in heads if name.endswith(head)), "")
        if not self.head:
            raise ValueError(f"{place} holds {name or 'no head'}; of series the page shows {', '.join(heads)}.")
        auto = getattr(transformers, AUTO[self.head])
        self.model = auto.from_pretrained(place, trust_remote_code=trust, attn_implementation="eager").eval()
        self.extractor = AutoFeatureExtractor.from_pretrained(place, trust_remote_code=trust)
        self.names = config.id2label
        self.example = self._made_up()
        self(self.example)  # the first call of a model takes longer than all others

    @torch.inference_mode()
    def __call__(self, text: str) -> Answer:
        """Answer one series: JSON, or a line of numbers a step."""
        given = read_numbers(text)
        start = time.perf_counter()
        read = self.extractor(given, return_tensors="pt")
        rows = read.pop("series_index", torch.arange(len(read["input_values"])))  # the series that each is a window of
        if int(rows.max()):
            raise ValueError("These are several series; give one, a list of steps.")
        said = self.model(**read, output_attentions=True)
        milliseconds = 1000 * (time.perf_counter() - start)
        if not said.logits.isfinite().all():
            raise ValueError("The model gives no finite number; these values are too far from those it was trained on.")
        values = np.asarray(given, dtype=np.float64).reshape(-1, self.extractor.feature_size)  # (T, C)
        places, note = np.arange(len(values)), ""
        kept = self.extractor.cut(places)  # the steps that were read
        if len(kept) < len(values):
            note = f" Only {len(kept):,} of {len(values):,} steps were read."
        values = values[kept]
        answer, tags = self._answer(said)
        drawn = draw(self._scaled(values), self._channels(), self._weights(said, len(values)), tags, self.names)
        return Answer(answer, drawn, f"{milliseconds:.1f} ms for {len(values):,} steps on this machine.{note}")

    def _answer(self, said: Any) -> tuple[Any, list[int] | None]:
        if self.head == "ForSequenceClassification":
            return _label_scores(said.logits.mean(0), self.model.config), None  # of windows, where it reads such
        path = getattr(said, "best_path", None)
        tags = (said.logits.argmax(-1) if path is None else path)[0].tolist()
        sure = said.logits[0].softmax(-1).numpy()  # (T, L)
        shown = []
        for first, end, tag in _runs(tags):
            share = sure[first:end, tag].mean()
            steps = str(first) if end - first == 1 else f"{first} to {end - 1}"
            shown.append((f"{steps} ({share:.0%}) ", self.names[tag]))
        return shown, tags

    def _weights(self, said: Any, length: int) -> np.ndarray | None:
        """Weights (T,) of the attention pooling, averaged over windows where there are several."""
        found = getattr(said, "pooling_weights", None)
        if found is None:
            return None
        weights = np.zeros(length)
        for start, row in zip(self.extractor.window_starts(length), found.float().numpy(), strict=True):
            weights[start : start + len(row)] += row[: length - start] / len(found)
        return weights

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        """Values in deviations from the mean in training."""
        mean = 0.0 if self.extractor.mean is None else np.asarray(self.extractor.mean)
        std = 1.0 if self.extractor.std is None else np.asarray(self.extractor.std)
        return (values - mean) / std

    def _channels(self) -> list[str]:
        return self.extractor.channel_names or [f"channel {index}" for index in range(self.extractor.feature_size)]

    def _made_up(self) -> str:
        """Waves around the means of the channels, for want of a series of the data."""
        steps, channels = np.arange(24)[:, None], np.arange(self.extractor.feature_size)[None]
        waves = np.sin(steps / 3 + channels)
        mean = 0.0 if self.extractor.mean is None else np.asarray(self.extractor.mean)
        std = 1.0 if self.extractor.std is None else np.asarray(self.extractor.std)
        return json.dumps((mean + waves * std).round(3).tolist())


def _label_scores(logits: Any, config: Any) -> Any:
    """Labels with their probabilities from logits (L,); plain numbers where the model gives such."""
    if config.problem_type == "regression":
        return ", ".join(f"{config.id2label[index]}: {value:.4g}" for index, value in enumerate(logits.tolist()))
    scores = logits.sigmoid() if config.problem_type == "multi_label_classification" else logits.softmax(-1)
    return {config.id2label[index]: score for index, score in enumerate(scores.tolist())}


def read_numbers(text: str) -> Any:
    """What was pasted: nested lists, or the text itself where it is none, for the feature extractor to refuse.

    Raises:
        ValueError: broken JSON, a cell that is no number, or too many steps.
    """
    text = text.strip()
    given: Any = text
    if text.startswith(("[", "{")):
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"This is no JSON: {error}.") from error
        given = given.get("series") if isinstance(given, dict) else given
        if not isinstance(given, list):
            raise ValueError('There is no list of steps; write [[0.1, 2.0], [0.3, 1.5]] or {"series": [...]}.')
    elif not text or text[0] in "+-.0123456789" or text[:3].lower() == "nan":
        given = [_cells(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not isinstance(given, str) and len(given) > STEPS:
        raise ValueError(f"This series has {len(given):,} steps; the page takes {STEPS:,} at most.")
    return given


def _cells(line: str, number: int) -> list[float]:
    cells = line.replace(";", ",").replace("\t", ",").split(",") if set(line) & set(",;\t") else line.split()
    try:
        return [float(cell) if cell.strip() else float("nan") for cell in cells]
    except ValueError as error:
        raise ValueError(f"Line {number} holds something that is no number: {line[:40]!r}.") from error


def read_upload(path: str) -> str:
    """A `.json` or `.npy` file as the text that could have been pasted; nothing is unpickled."""
    try:
        if not path.endswith(".npy"):
            return Path(path).read_text(encoding="utf-8")
        array = np.load(path, allow_pickle=False)
        return json.dumps(array.tolist())
    except (ValueError, EOFError, OSError, MemoryError, TypeError, AttributeError) as error:
        raise ValueError(f"{Path(path).name} is no .json or .npy file of numbers.") from error


def draw(
    values: np.ndarray, channels: list[str], weights: np.ndarray | None, tags: list[int] | None, names: dict[int, str]
) -> str:
    """An SVG of the channels over the steps, on the weights or tags of the steps as shades.

    Args:
        values: (T, C); NaN leaves a gap.
        channels: C names.
        weights: (T,) or None.
        tags: T ids or None.
        names: of the tags.
    """
    known = np.where(np.isnan(values), 0.0, values)
    shown = sorted(np.argsort(-known.std(axis=0), kind="stable")[:CHANNELS].tolist())
    low, high = float(known[:, shown].min()), float(known[:, shown].max())
    wide, scale = 640 / len(values), 200 / ((high - low) or 1.0)
    parts = []
    if weights is not None:
        top = weights.max() or 1.0
        for step, weight in enumerate(weights.tolist()):
            parts.append(_band(step * wide, wide, "#f59e0b", 0.6 * weight / top, f"step {step}: weight {weight:.3f}"))
    for first, end, tag in _runs(tags or []):
        name = f"{names[tag]}, steps {first} to {end - 1}"
        parts.append(_band(first * wide, (end - first) * wide, COLOURS[tag % len(COLOURS)], 0.25, name))
    for place, channel in enumerate(shown):
        column, colour = values[:, channel], COLOURS[place]
        for first, end, there in _runs(np.isfinite(column).tolist()):
            if there:
                points = [f"{(x + 0.5) * wide:.1f},{210 - (column[x] - low) * scale:.1f}" for x in range(first, end)]
                points = points * 2 if len(points) == 1 else points  # a dot
                line = f"stroke='{colour}' stroke-width='1.6' stroke-linecap='round' fill='none'"
                parts.append(f"<polyline class='channel' points='{' '.join(points)}' {line}/>")
    legend = [(COLOURS[place], channels[channel]) for place, channel in enumerate(shown)]
    legend += [("#f59e0b", "shade: attention of the pooling")] if weights is not None else []
    marks = " ".join(f"<span style='color:{colour}'>■ {html.escape(name)}</span>" for colour, name in legend)
    about = f"steps 0 to {len(values) - 1}; {low:.2f} to {high:.2f} deviations from the mean in training"
    return (
        f"<div>{marks}</div><svg viewBox='0 0 640 220' style='width:100%' role='img' aria-label='The series'>"
        f"{''.join(parts)}</svg><div>{about}</div>"
    )


def _band(left: float, width: float, colour: str, shade: float, title: str) -> str:
    place = f"x='{left:.1f}' y='0' width='{width:.1f}' height='220'"
    return f"<rect {place} fill='{colour}' fill-opacity='{shade:.2f}'><title>{html.escape(title)}</title></rect>"


def _runs(values: list[Any]) -> list[tuple[int, int, Any]]:
    """First, end and value of each stretch of the same values."""
    edges = [i for i in range(len(values)) if not i or values[i] != values[i - 1]]
    return [(a, b, values[a]) for a, b in zip(edges, [*edges[1:], len(values)], strict=False)]


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
    tags: dict[int, str] | None = None,
    numbers: bool = False,
) -> gradio.Blocks:
    """The page.

    Args:
        asker: from a text to what is shown.
        head: of the model, a key of `AUTO`.
        title: of the page.
        examples: texts to choose from.
        baseline: name of another model, and the way from a text to its answer in words.
        tags: names of the tags of a tagger of series, whose colours they give.
        numbers: the model reads series.
    """
    with gradio.Blocks(title=title, analytics_enabled=False) as page:
        gradio.HTML(f"<h1>{html.escape(title)}</h1>")
        with gradio.Row():
            with gradio.Column():
                label = "Series: a JSON list of steps, or a line of numbers a step" if numbers else "Text"
                text = gradio.Textbox(label=label, lines=4, max_lines=12, elem_id="text")
                if numbers:
                    kinds = [".json", ".npy"]
                    upload = gradio.UploadButton("Upload .json or .npy", file_types=kinds, elem_id="upload")
                    upload.upload(_told(read_upload), upload, text, api_name="read")
                button = gradio.Button("Ask", variant="primary", elem_id="ask")
                gradio.Examples(examples or EXAMPLES[head], text)
            with gradio.Column():
                shown = _series_outputs(head, tags or {}) if numbers else _outputs(head)
                note = gradio.Textbox(label="Time", interactive=False, elem_id="note")
                other = gradio.Textbox(
                    label=baseline[0] if baseline else "",
                    visible=baseline is not None,
                    interactive=False,
                    elem_id="other",
                )

        def ask(given: str) -> tuple[Any, ...]:
            said = _told(asker)(given)
            return (*said[: len(shown)], said.note, baseline[1](given) if baseline else "")

        gradio.on([button.click, text.submit], ask, text, [*shown, note, other], api_name="ask")
    return page


def _told(work: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same work, whose errors are sentences on the page."""

    def told(given: str) -> Any:
        try:
            return work(given)
        except (ValueError, OverflowError) as error:
            raise gradio.Error(html.escape(str(error)), print_exception=False) from error

    return told


def _series_outputs(head: str, tags: dict[int, str]) -> list[Any]:
    if head == "ForSequenceClassification":
        answer: Any = gradio.Label(label="Answer", num_top_classes=10, elem_id="answer")
    else:
        colours = {name: COLOURS[tag % len(COLOURS)] for tag, name in tags.items()}
        answer = gradio.HighlightedText(label="Steps", show_legend=True, color_map=colours, elem_id="answer")
    return [answer, gradio.HTML(label="Series", elem_id="detail")]


def page_of(
    asker: Any, title: str, examples: list[str] | None = None, baseline: tuple[str, Callable[[str], str]] | None = None
) -> gradio.Blocks:
    """The page of an asker, with the inputs and outputs its model has."""
    numbers = isinstance(asker, SeriesAsker)
    offered = examples or ([asker.example] if numbers else None)
    return build(asker, asker.head, title, offered, baseline, asker.names if numbers else None, numbers)


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
    launch(page_of(load_asker(settings["model"]), settings["model"], settings["examples"] or None))


if __name__ == "__main__":
    main()
