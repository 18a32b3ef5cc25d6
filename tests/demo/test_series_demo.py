# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The page of a model of series in a real browser, and what it answers to input that is no series."""

import json

import numpy as np
import pytest

from .test_demo import NOTE, TEXT, ask

GOOD = "[[1, 2], [3, null], [0.5, 1]]"
BAD = {
    "": "series 0 is empty",
    "a fine film": "got the text 'a fine film'",
    "[[1, 2], [3]]": "series 0 is ragged",
    "[[1], [3]]": "series 0 has 1 channels a step, but 2 are expected",
    "[[1, Infinity]]": "series 0 is infinite at step 0, channel 1",
    "[[1, 2": "This is not JSON",
    "1, 2\n3, x": "Line 2 holds something that is not a number",
    "[[[1, 2]], [[3, 4]]]": "several series",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    pytest.importorskip("gradio")
    import hf_seq
    from hf_seq.demo.page import load_demo

    folder = tmp_path_factory.mktemp("model")
    config = hf_seq.RecurrentConfig(num_features=2, hidden_size=8, embedding_size=6, pooling="attention")
    hf_seq.RecurrentForSequenceClassification(config).save_pretrained(folder)
    extractor = hf_seq.SeriesFeatureExtractor(feature_size=2, missing="error", window_length=4, max_length=9)
    extractor.save_pretrained(folder)
    return folder, load_demo(str(folder), trust=False)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_series_is_refused_in_a_sentence(demo, text):
    with pytest.raises(ValueError, match=BAD[text]):
        demo[1](text)


def test_a_missing_value_is_refused_where_the_extractor_says_so(demo):
    with pytest.raises(ValueError, match="no value at step 1, channel 1"):
        demo[1](GOOD)


def test_json_and_lines_of_numbers_are_answered_as_the_predictor_answers_them(demo):
    from hf_seq.predictors.series import SeriesPredictor

    folder, ask_it = demo
    rows = np.random.default_rng(0).normal(size=(12, 2)).round(3)  # cut to 9 steps, read in windows of 4
    answer = ask_it(json.dumps(rows.tolist()))
    expected = SeriesPredictor.from_pretrained(folder).scores([rows])[0]
    np.testing.assert_allclose(list(answer.answer.values()), expected, atol=1e-5)
    lines = ask_it("\n".join(f"{a},{b}" for a, b in rows))
    assert lines.answer == pytest.approx(answer.answer)
    assert "Only 9 of 12 steps were read" in answer.note


def test_times_beside_a_series_give_the_gaps_that_the_predictor_reads(tmp_path):
    pytest.importorskip("gradio")
    import hf_seq
    from hf_seq.demo.page import load_demo
    from hf_seq.predictors.series import SeriesPredictor

    hf_seq.RecurrentForSequenceClassification(hf_seq.RecurrentConfig(num_features=2)).save_pretrained(tmp_path)
    names = ["value", "time gap"]
    hf_seq.SeriesFeatureExtractor(feature_size=2, channel_names=names).save_pretrained(tmp_path)
    given = {"series": [[1.0], [3.0], [2.0]], "times": [0, 5, 100]}
    answer = load_demo(str(tmp_path), trust=False)(json.dumps(given))
    by_hand = np.column_stack([[1.0, 3.0, 2.0], np.log1p([5, 5, 95])])
    expected = SeriesPredictor.from_pretrained(tmp_path).scores([by_hand])[0]
    np.testing.assert_allclose(list(answer.answer.values()), expected, atol=1e-5)


def test_an_uploaded_array_is_read_and_pickles_are_not(tmp_path):
    pytest.importorskip("gradio")
    from hf_seq.demo.series_demo import read_upload

    np.save(tmp_path / "a.npy", np.array([[1.5, np.nan]]))
    assert read_upload(str(tmp_path / "a.npy")) == "[[1.5, NaN]]"
    np.save(tmp_path / "b.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (tmp_path / "c.npy").write_bytes(b"")
    for name in ("b.npy", "c.npy"):
        with pytest.raises(ValueError, match=f"{name} is not a .json or .npy file of numbers"):
            read_upload(str(tmp_path / name))


@pytest.mark.slow
def test_the_page_draws_a_series_with_its_attention(pages, browser, tmp_path):
    answer = ask(browser, pages["series"], GOOD)
    assert {"none", "<b>up</b>"} <= set(answer.splitlines())
    assert browser.run("document.querySelectorAll('#detail svg polyline').length") == 3  # y has a gap
    assert browser.run("document.querySelectorAll('#detail svg rect').length") == 3
    assert "<i>x</i>" in browser.run("document.querySelector('#detail').innerText")
    assert browser.picture(tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.slow
def test_the_page_bands_the_tags_of_the_steps(pages, browser):
    assert "0" in ask(browser, pages["series-steps"], GOOD)
    assert 1 <= browser.run("document.querySelectorAll('#detail svg rect').length") <= 3


@pytest.mark.slow
def test_a_series_that_is_none_is_answered_by_a_sentence(pages, browser):
    browser.open(pages["series"])
    browser.wait(f"!!document.querySelector('{TEXT}')")
    browser.write(TEXT, "[[1, 2], [3]]")
    browser.click("#ask")
    browser.wait("document.body.innerText.includes('series 0 is ragged')")
    assert not browser.run(NOTE)


def test_a_model_that_the_page_does_not_show_is_refused_in_a_sentence(tmp_path):
    pytest.importorskip("gradio")
    import hf_seq
    from hf_seq.demo.page import load_demo

    hf_seq.RecurrentModel(hf_seq.RecurrentConfig(num_features=2, hidden_size=8)).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="holds RecurrentModel; for models that read series the page shows ForSeq"):
        load_demo(str(tmp_path), trust=False)
