# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trace on the terminal, as a page, and from the command line."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import torch
from rich.console import Console

from hf_seq import InputError, trace
from hf_seq.cli import main
from hf_seq.tracing import Step
from hf_seq.tracing.page import encode_image, heat_map

from .factories import FEATURES, MODELS, TEXT, make_distilbert, make_recurrent, make_tokenizer

VOID = {"meta", "link", "br", "wbr"}


def printed(seen, width=160, **settings):
    console = Console(width=width, file=io.StringIO())
    seen.print(console, **settings)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    make_recurrent(pooling="attention").save_pretrained(path)
    make_tokenizer().save_pretrained(path)
    return str(path)


def test_the_terminal_shows_input_stages_answer_and_suspicions():
    seen = trace(make_recurrent(pooling="attention"), make_tokenizer(), "zyzzyva film", label="positiv")
    shown = printed(seen)
    parts = ["[UNK]?", "zyzzyva", "2 tokens, 1 unknown", "layers.0", "(B, T, H)", "Labels", "Weights of the pooling"]
    for part in [*parts, "T=2 steps", "suspicious - unknown", "Did you mean 'positive'?"]:
        assert part in shown
    assert "Nothing looks suspicious." in printed(trace(make_recurrent(), make_tokenizer(), TEXT))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal_and_no_stage_is_lost(width):
    seen = trace(make_recurrent(), make_tokenizer(), [TEXT * 4, "bad"])
    lines = printed(seen, width).splitlines()
    assert max(map(len, lines)) <= width
    assert all(any(name in line for line in lines) for name in ("forward_cell", "backward_cell", "classifier"))


def test_long_runs_of_padding_and_long_texts_are_folded():
    shown = printed(trace(make_recurrent(), make_tokenizer(), ["good film " * 100, "bad"]))
    assert "… 80 more …" in shown
    assert "[PAD] x 199-" in shown
    assert shown.count("[PAD]") == 1
    assert shown.count("film") == 60 + 30  # of the raw text 30, by its first 300 letters; of the tokens half of 120


def test_depth_hides_inner_modules_and_says_so():
    shown = printed(trace(make_distilbert(), make_tokenizer(), TEXT), depth=1)
    assert "lin1" not in shown
    assert re.search(r"and \d+ inner ones", shown)


class Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", MODELS)
def test_the_page_is_whole_and_needs_no_network(name, tmp_path):
    seen = trace(MODELS[name](), make_tokenizer(), [TEXT, "bad <script>alert(1)</script>"], max_new_tokens=3)
    page = seen.write_html(tmp_path / "trace.html").read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"""(?:href|src)=["'](?!data:)""", page)
    assert "http" not in page
    assert page.count('<tr class="') == len(seen.stages)


def test_the_page_draws_states_gates_attention_and_series(tmp_path):
    def headings(seen):
        page = seen.write_html(tmp_path / "page.html").read_text(encoding="utf-8")
        return re.findall(r"<h3[^>]*>(.*?)</h3>", page.replace("<wbr>", ""))

    recurrent = headings(trace(make_recurrent(), make_tokenizer(), TEXT))
    assert {"model.layers.1", "model.layers.0.forward_cell: forget"} <= set(recurrent)
    assert {"layer 1, head 1", "layer 2, head 2"} <= set(headings(trace(make_distilbert(), make_tokenizer(), TEXT)))
    assert "input_values" in headings(trace(make_recurrent(num_features=FEATURES), None, np.ones((4, FEATURES))))


def test_colours_say_the_sign_and_opacity_the_size():
    image = encode_image(np.array([[1.0, -1.0, 0.0, 0.5, np.nan]]), 1.0)
    pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(image.partition(",")[2])))[0]
    assert pixels[:, 3].tolist() == pytest.approx([1, 1, 0, 0.5, 1], abs=0.01)
    assert pixels[0, 0] > pixels[0, 2]
    assert pixels[1, 2] > pixels[1, 0]
    assert pixels[4, :3].tolist() == [1, 0, 1]


def test_a_wide_state_is_folded_to_its_strongest_units():
    values = torch.zeros(3, 1000)
    values[1, 7], values[1, 5] = -2.0, 1.0
    shown = heat_map("states", "a note", values, [Step(str(i), i, "known") for i in range(3)])
    pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(shown.image.partition(",")[2])))
    assert pixels.shape == (256, 3, 4)
    assert pixels[..., 3].nonzero()[1].tolist() == [1]  # 5 and 7 share a line, and 7 is stronger
    assert pixels[1, 1, 2] > pixels[1, 1, 0]
    assert shown.note == "a note; each line is the strongest of 4 units; full colour is 2"


def test_a_page_cannot_go_where_there_is_no_folder(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        trace(make_recurrent(), make_tokenizer(), TEXT).write_html(tmp_path / "none" / "a.html")


def test_the_command_prints_and_writes_a_page(folder, tmp_path, capsys):
    assert main(["trace", folder, TEXT, "--html", str(tmp_path / "a.html"), "--label", "positive"]) == 0
    shown = capsys.readouterr().out
    assert "RecurrentForSequenceClassification" in shown
    assert "Against the gold label" in shown
    assert (tmp_path / "a.html").stat().st_size > 10_000


def test_the_command_reads_a_file(folder, tmp_path, capsys):
    (tmp_path / "texts.txt").write_text(f"{TEXT}\nbad\n")
    assert main(["trace", folder, str(tmp_path / "texts.txt")]) == 0
    assert "input, row 2: bad" in capsys.readouterr().out


def test_the_command_traces_a_series(tmp_path, capsys):
    make_recurrent(num_features=FEATURES).save_pretrained(tmp_path)
    np.save(tmp_path / "series.npy", np.ones((4, FEATURES), dtype=np.float32))
    assert main(["trace", str(tmp_path), str(tmp_path / "series.npy")]) == 0
    assert "4 steps of 3 numbers" in capsys.readouterr().out


def test_a_pass_that_stops_ends_with_exit_code_2(tmp_path, capsys):
    make_distilbert().save_pretrained(tmp_path)
    make_tokenizer().save_pretrained(tmp_path)
    assert main(["trace", str(tmp_path), "good " * 20, "--whole"]) == 2
    assert "suspicious - stopped" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "says"), [
    (["/no/such/model", TEXT], "there is no folder /no/such/model"),
    (["FOLDER", ""], "the text is empty"),
    (["FOLDER", "missing.txt"], "there is no file missing.txt"),
    (["FOLDER", TEXT, "--html", "/no/such/folder/a.html"], "there is no folder /no/such/folder"),
])  # fmt: skip
def test_what_a_user_can_mend_is_one_sentence_and_exit_code_2(arguments, says, folder, capsys):
    assert main(["trace", *[folder if each == "FOLDER" else each for each in arguments]]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error


def test_the_page_of_docs_explains_every_suspicion():
    root = Path(__file__).parents[2]
    code = "".join(path.read_text(encoding="utf-8") for path in (root / "hf_seq/tracing").glob("*.py"))
    kinds = set(re.findall(r'Finding\(\s*"([a-z ]+)"', code))
    table = (root / "docs/trace.md").read_text(encoding="utf-8").partition("## What it points at")[2]
    assert len(kinds) >= 11
    assert kinds == set(re.findall(r"`([a-z ]+)`(?:, `[a-z ]+`)* \|", table)) | set(
        re.findall(r", `([a-z ]+)` \|", table)
    )
