# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a notebook shows of an answer says the answer, and takes nothing of an input for code."""

import re

import pytest

import hf_seq
from hf_seq.api.showing import Shown, marked

TEXT = "Ada <b> met Bob & Eve"


def span(label, text):
    start = TEXT.index(text)
    return {"label": label, "score": 0.5, "text": text, "start": start, "end": start + len(text)}


def plain(page):
    """The text of a page."""
    import html

    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_spans_are_marked_where_they_are_and_the_text_stays():
    page = marked(TEXT, [span("person", "Bob & Eve"), span("<i>", "Ada")])
    assert re.findall(r"<mark [^>]*>(.*?) <small>", page) == ["Ada", "Bob &amp; Eve"]
    assert plain(re.sub(r" <small>.*?</small>", "", page)) == TEXT
    assert "<b> met" not in page
    assert "<i>" not in page


def test_a_text_without_spans_is_the_text():
    assert plain(marked(TEXT, [])) == TEXT


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        ({"label": "good", "score": 0.7, "probabilities": {"bad": 0.3, "good": 0.7}}, ["good", "bad"]),
        ({"labels": ["a", "b"], "scores": [0.6, 0.9]}, ["b", "a"]),
        ({"label": "only", "score": 1.0}, ["only"]),
    ],
)
def test_labels_stand_with_the_likeliest_first(answer, labels):
    page = Shown(TEXT, answer)._repr_html_()
    assert re.findall(r"<th [^>]*>(.*?)</th>", page) == labels
    assert "<b>" not in page


def test_what_has_no_picture_is_shown_as_it_is():
    assert "0.25" in Shown("text", {"score": 0.25})._repr_html_()
    assert repr(Shown("text", {"score": 0.25})) == "'text' -> {'score': 0.25}"


def test_a_trained_classifier_shows_every_label_and_answers_as_before():
    trained = hf_seq.train("builtin:reviews", "tfidf", max_train_rows=200)
    shown = trained.show("not bad at all")
    assert sum(shown.answer["probabilities"].values()) == pytest.approx(1)
    assert len(shown.answer["probabilities"]) == 3
    assert "probabilities" not in trained("not bad at all")
