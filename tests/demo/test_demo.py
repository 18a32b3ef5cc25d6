# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser: type, click, read the answer; nothing in the text harms it, and it fetches nothing."""

import struct

import pytest

pytestmark = pytest.mark.slow

TEXT, NOTE = "#text textarea", "document.querySelector('#note textarea').value"
DETAIL = "document.querySelector('#detail').innerText"
MARKUP = (
    '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script> good </textarea><b>bold</b> {{7*7}} 😀🏳️‍🌈'
)
VALUE = "(e => e.value || e.innerText)(document.querySelector('#answer textarea') || document.querySelector('#answer'))"


def ask(browser, address, text):
    """Type a text, click, and give what the page answers."""
    browser.requests.clear()
    browser.console.clear()
    browser.open(address)
    browser.wait(f"!!document.querySelector('{TEXT}')")
    browser.write(TEXT, text)
    browser.click("#ask")
    browser.wait(f"{NOTE}.includes(' ms for ')")
    browser.wait(f"{VALUE}.length > 'Answer'.length")
    assert not browser.console, "no script of the page failed"
    return browser.run(VALUE)


def test_a_classifier_answers_with_its_labels_its_attention_and_the_baseline(pages, browser, tmp_path):
    answer = ask(browser, pages["bilstm"], "the cast is good")
    assert {"bad", "good", "<b>mixed</b>"} & set(answer.splitlines())
    assert [word for word in ("the", "cast", "is", "good") if word in browser.run(DETAIL)] == [
        "the",
        "cast",
        "is",
        "good",
    ]
    assert browser.run("document.querySelector('#other textarea').value") == "good (1.00)"
    picture = browser.picture(tmp_path / "page.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert width >= 1000
    assert height >= 500


def test_it_shows_the_probabilities_of_the_model(pages, browser, runs):
    from hf_seq import Predictor

    expected = Predictor.from_pretrained(runs / "encoder")("the cast is good")
    lines = ask(browser, pages["encoder"], "the cast is good").splitlines()
    assert expected["label"] in lines
    assert f"{100 * expected['score']:.0f}%" in lines


def test_nothing_is_fetched_from_elsewhere(pages, browser):
    ask(browser, pages["encoder"], "good")
    assert not [url for url in browser.requests if not url.startswith((pages["encoder"], "data:", "blob:"))]


@pytest.mark.parametrize("kind", ["bilstm", "encoder", "bilstm-crf", "masked-lm", "transformer-seq2seq"])
def test_markup_and_emoji_in_the_text_are_shown_as_text(pages, browser, kind):
    ask(browser, pages[kind], MARKUP + (" [MASK]" if kind == "masked-lm" else ""))
    assert browser.run("window.harmed") is None
    assert not browser.run("[...document.querySelectorAll('#answer b, #answer img, #detail b, #detail img')].length")


@pytest.mark.parametrize("kind", ["bilstm", "bilstm-crf"])
def test_a_text_of_100_000_characters_is_read_as_far_as_the_model_can(pages, browser, kind):
    ask(browser, pages[kind], "good " * 20_000)
    assert "of 20,000 tokens were read" in browser.run(NOTE)


def test_an_empty_text_is_answered_by_a_sentence(pages, browser):
    browser.open(pages["bilstm"])
    browser.wait(f"!!document.querySelector('{TEXT}')")
    browser.click("#ask")
    browser.wait("document.body.innerText.includes('Write something first.')")


def test_a_tagger_marks_words(pages, browser):
    answer = ask(browser, pages["bilstm-crf"], "Maria lives in Lisbon .")
    assert [word for word in ("Maria", "Lisbon") if word in answer] == ["Maria", "Lisbon"]
    assert {"bad", "good", "<b>mixed</b>"} & set(answer.replace("\n", " ").split(" "))


def test_a_translator_shows_its_alignment(pages, browser):
    ask(browser, pages["transformer-seq2seq"], "the cast is good")
    headings = browser.run("[...document.querySelectorAll('#detail tr:first-child th')].map(e => e.innerText)")
    assert [word for word in ("the", "cast", "is", "good") if word in headings] == ["the", "cast", "is", "good"]


def test_a_language_model_goes_on(pages, browser):
    assert ask(browser, pages["lstm-lm"], "the plot is").startswith("the plot is")
