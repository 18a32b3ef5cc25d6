# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""An answer as a notebook shows it: spans marked in their text, labels with bars, all else as it is."""

import html
import json
from dataclasses import dataclass
from typing import Any

from hf_seq.predictors.base import Answer

BAR = "display:inline-block;height:.7em;background:#3b6fb6;vertical-align:baseline"
SPAN = "background:rgba(59,111,182,.18);border:1px solid #3b6fb6;border-radius:4px;padding:0 .2em"


@dataclass(frozen=True)
class Shown:
    """An input and its answer; a notebook shows them as a page does, print as text.

    Attributes:
        given: the input.
        answer: what the predictor said of it.
    """

    given: Any
    answer: Answer

    def __repr__(self) -> str:
        return f"{self.given!r:.200} -> {self.answer}"

    def _repr_html_(self) -> str:
        answer = self.answer
        if isinstance(self.given, str) and "entities" in answer:
            return f"<p>{marked(self.given, answer['entities'])}</p>"
        shares = answer.get("probabilities")
        if shares is None and "labels" in answer:
            shares = dict(zip(answer["labels"], answer["scores"], strict=True))
        if shares is None and "label" in answer:
            shares = {answer["label"]: answer["score"]}
        given = html.escape(f"{self.given!s:.400}")
        if shares:
            return f"<p>{given}</p>{bars(shares)}"
        return f"<p>{given}</p><pre>{html.escape(json.dumps(answer, indent=2, ensure_ascii=False, default=str))}</pre>"


def marked(text: str, entities: list[dict[str, Any]]) -> str:
    """Mark spans in a text, each with its label and how sure the model is."""
    parts, done = [], 0
    for each in sorted(entities, key=lambda entity: entity["start"]):
        parts.append(html.escape(text[done : each["start"]]))
        label = f"<small><b>{html.escape(str(each['label']))}</b> {each['score']:.2f}</small>"
        parts.append(f"<mark style='{SPAN}'>{html.escape(text[each['start'] : each['end']])} {label}</mark>")
        done = each["end"]
    return "".join([*parts, html.escape(text[done:])])


def bars(shares: dict[str, float]) -> str:
    """Draw probabilities as bars, the largest first."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{html.escape(str(label))}</th>"
        f"<td style='text-align:left'><span style='{BAR};width:{10 * share:.2f}em'></span> {share:.3f}</td></tr>"
        for label, share in sorted(shares.items(), key=lambda item: -item[1])
    )
    return f"<table>{rows}</table>"
