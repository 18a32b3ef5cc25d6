# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The code of a card gives the answers that the model was scored with, beyond its longest text, too."""

import contextlib
import io
import json

import pytest

import hf_seq
from hf_seq.hub.model_kinds import code_blocks
from tests.hub import tiny

LONG = "the plot is thin but the cast is good " * 5


def run(block):
    """Run a block of Python and give what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(block, {})
    return printed.getvalue()


@pytest.mark.parametrize("name", ["bilstm", "encoder"])
def test_long_texts_are_cut_as_the_predictor_cuts_them(name, tmp_path):
    tiny.save(name, tmp_path / "model")
    settings = tmp_path / "model/tokenizer_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "model_max_length": 4}))
    with pytest.warns(UserWarning, match="cut at 4 tokens"):
        answer = hf_seq.load(tmp_path / "model")(LONG)
    pipe, direct = code_blocks(tmp_path / "model", str(tmp_path / "model"), LONG)
    (said,) = eval(run(pipe))
    assert said == {"label": answer["label"], "score": pytest.approx(answer["score"], abs=1e-5)}
    assert eval(run(direct))[answer["label"]] == pytest.approx(answer["score"], abs=1e-3)


def test_a_tagger_reads_long_texts_in_windows_on_either_road(tmp_path):
    tiny.save("bilstm-crf", tmp_path / "model")
    settings = tmp_path / "model/tokenizer_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "model_max_length": 8}))
    pipe, _ = code_blocks(tmp_path / "model", str(tmp_path / "model"), LONG)
    said = eval(run(pipe))
    tokens = hf_seq.load(tmp_path / "model")(LONG)["tokens"]
    assert len(tokens) == len(LONG.split())
    assert [(each["word"], each["entity"], each["start"]) for each in said] == [
        (token["text"], token["label"], token["start"]) for token in tokens
    ]
