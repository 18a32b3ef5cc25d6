# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The page of an export in a real browser: the same answers as Python, nothing from elsewhere, no markup run.

Its libraries come from the folder `HF_SEQ_NODE_MODULES`, or from npm; without either the tests are skipped.
"""

import json
import math
import os
import random
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.exporting import pages
from hf_seq.models.sentence_places import sentence_places
from hf_seq.runtime.runtime import load
from tests.demo.browser import CHROMIUM, Browser
from tests.hub import tiny

from .test_runtime import alike

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
KINDS = ["bilstm", "encoder", "bilstm-crf", "bilstm-letters", "gru-series", "lstm-lm", "masked-lm", "lstm-seq2seq"]
KINDS.append("transformer-seq2seq")
MARKUP = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory):
    """The libraries of the page."""
    if "HF_SEQ_NODE_MODULES" in os.environ:
        return Path(os.environ["HF_SEQ_NODE_MODULES"])
    folder = tmp_path_factory.mktemp("npm")
    try:
        pages._install(folder)
    except InputError as error:
        pytest.skip(str(error))
    return folder / "node_modules"


@pytest.fixture(scope="session")
def paged(saved, few_calls, node_modules, tmp_path_factory):
    """Export a tiny model as a page, once: `paged("bilstm")` gives the folder."""
    made = {}

    def make(name):
        if name not in made:
            output = tmp_path_factory.mktemp("page") / "page"
            settings = {"to": "page", "node_modules": node_modules, "examples": ["a fine film", MARKUP]}
            made[name] = hf_seq.export(saved(name), output, **settings).folder
        return made[name]

    return make


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def opened(paged, tmp_path):
    """Serve a page and open it: `opened("bilstm")` gives the browser, ready to answer."""
    closing = []

    def make(name):
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=paged(name)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = Browser(tmp_path / "profile").__enter__()
        closing.extend([(browser.__exit__, (None, None, None)), (server.shutdown, ()), (server.server_close, ())])
        browser.open(f"http://127.0.0.1:{server.server_address[1]}/")
        browser.wait("globalThis.model !== undefined")
        return browser

    yield make
    for close, arguments in closing:
        close(*arguments)


def texts(count):
    """Sentences of the vocabulary, of words that are in none, and of signs."""
    rng = random.Random(0)
    words = [
        *" ".join(tiny.TEXTS).split(),
        "unheard",
        "東京",
        "naïve",
        "don't",
        "U.S.",
        "1,000",
        "👍🏽",
        "http://a.b/c?d",
        ":-)",
    ]
    return ["", " ", *(" ".join(rng.choices(words, k=rng.randint(1, 30))) for _ in range(count))]


def asked(browser, given, how=None):
    """Ask the page's model many inputs."""
    return browser.run(
        f"(async () => {{ const found = []; for (const each of {json.dumps(given)}) "
        f"found.push(await model.answer(each, {json.dumps(how or {})})); return found; }})()"
    )


@needs_chromium
@pytest.mark.parametrize("name", KINDS)
def test_the_browser_answers_as_python_does(name, opened, paged):
    browser, model = opened(name), load(paged(name))
    if name == "gru-series":
        given = [[[1.0, 2.0, None]] * 3, [[0.5, -1.0, 3.0]]]
    else:
        given = texts(1000 if name == "bilstm" else 200 if name == "bilstm-crf" else 30)
    found = asked(browser, given, {"max_new_tokens": 10} if "lm" in name else {})
    if name == "lstm-lm":
        given = [text for text in given if text.strip()]
        found = asked(browser, given, {"max_new_tokens": 10, "num_beams": 3})
        expected = [{"text": model.generate(text, max_new_tokens=10, num_beams=3)} for text in given]
    else:
        expected = list(model.predict(given))
    for text, mine, theirs in zip(given, found, expected, strict=True):
        for each in theirs.get("tokens", ()):  # JavaScript counts characters in UTF-16
            each["start"], each["end"] = (len(text[: each[end]].encode("utf-16-le")) // 2 for end in ("start", "end"))
        kept = {key: value for key, value in mine.items() if key in theirs}
        assert alike(kept, theirs), (kept, theirs)
    assert browser.console == []


@needs_chromium
def test_nothing_is_asked_of_elsewhere_and_markup_is_text(opened):
    browser = opened("bilstm")
    browser.write("#input", MARKUP)
    browser.click("#ask")
    browser.wait("document.querySelector('#answer').innerText.includes('<b>mixed</b>')")
    for button in (1, 2):
        browser.click(f"#examples button:nth-child({button})")
    browser.wait("document.querySelector('#time').innerText.endsWith('ms')")
    assert browser.run("document.querySelectorAll('#answer b, #answer img, #answer script, #examples img').length") == 0
    assert browser.run("document.title") != "run"
    origin = browser.run("location.origin")
    assert all(url.startswith((origin, "data:", "blob:")) for url in browser.requests), browser.requests


@needs_chromium
def test_entities_are_marked_where_they_stand(opened, paged):
    browser, text = opened("bilstm-crf"), "Maria lives in Lisbon ."
    browser.write("#input", text)
    browser.click("#ask")
    browser.wait("document.querySelectorAll('#answer mark').length > 0")
    expected = [each["text"] for each in load(paged("bilstm-crf"))(text)["tokens"]]
    assert browser.run("[...document.querySelectorAll('#answer mark')].map(e => e.firstChild.data)") == expected


@needs_chromium
def test_a_wrong_input_is_said_in_the_page(opened):
    browser = opened("gru-series")
    browser.write("#input", "[[1, 2]]")
    browser.click("#ask")
    browser.wait("document.querySelector('#answer .error')?.innerText.includes('3 numbers a step')")


@needs_chromium
def test_a_page_is_quick(opened):
    browser = opened("bilstm")
    took = browser.run(
        "(async () => { const times = []; for (let i = 0; i < 200; i++) { const t = performance.now(); "
        "await model.answer('a fine film, truly'); times.push(performance.now() - t) } "
        "return times.sort((a, b) => a - b)[100] })()"
    )
    assert took < 20  # 0.3 ms on a machine that does nothing else


def test_a_page_holds_all_it_needs(paged):
    folder = paged("bilstm")
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    vendored = {f"vendor/{Path(name).name}" for name in pages.VENDORED}
    assert {"index.html", "page.js", "model.js", "page.json", "onnx/model.onnx", "certificate.json"} | vendored <= names
    for name in ("index.html", "page.js", "model.js"):
        assert "https://" not in (folder / name).read_text()
    assert json.loads((folder / "page.json").read_text())["examples"] == ["a fine film", MARKUP]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node")
def test_paths_and_marginals_in_javascript_are_those_of_brute_force(tmp_path):
    """Over all paths of a small chain."""
    from itertools import pairwise, product

    rng = random.Random(0)
    rows = [[rng.uniform(-2, 2) for _ in range(3)] for _ in range(4)]
    chain = {
        "start": [0.3, -1, 0.2],
        "end": [0, 0.5, -0.4],
        "pair": [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(3)],
    }

    def score(path):
        moves = sum(chain["pair"][a][b] for a, b in pairwise(path))
        return (
            chain["start"][path[0]] + chain["end"][path[-1]] + moves + sum(rows[t][tag] for t, tag in enumerate(path))
        )

    weights = {path: math.exp(score(path)) for path in product(range(3), repeat=4)}
    total = sum(weights.values())
    shutil.copyfile(Path(pages.__file__).with_name("page") / "model.js", tmp_path / "model.mjs")
    code = (
        f"import {{ bestPath, marginals, spansOf, cutWindows }} from './model.mjs'; const rows = {json.dumps(rows)}, "
        f"chain = {json.dumps(chain)}; console.log(JSON.stringify([bestPath(rows, chain), marginals(rows, chain), "
        "spansOf(['B-PER', 'I-PER', 'O', 'I-LOC', 'B-LOC']), cutWindows([0, 1, 2, 3, 4], 5, 4)]))"
    )
    (tmp_path / "run.mjs").write_text(code)
    path, chances, spans, windows = json.loads(subprocess.check_output(["node", tmp_path / "run.mjs"]))
    assert tuple(path) == max(weights, key=weights.get)
    for step, tag in product(range(4), range(3)):
        share = sum(weight for path, weight in weights.items() if path[step] == tag) / total
        assert chances[step][tag] == pytest.approx(share, abs=1e-12)
    assert [(each["label"], each["first"], each["last"]) for each in spans] == [
        ("PER", 0, 2),
        ("LOC", 3, 4),
        ("LOC", 4, 5),
    ]
    assert [(each["first"], each["last"]) for each in windows] == [(0, 4), (4, 5)]


def test_sentences_in_javascript_are_those_of_python(tmp_path):
    texts = [
        "Dr. Ada met Mr. Bob. He left! It cost 3.50 e.g. here... So?",
        'She said "no." Then J. R. left.\n\nNew part',
        "我走了。你呢？好",
        "Sana left . yesterday Bob came . ",
        "a tweet. another one! 👍🏽 yes. Été. Où?",
        "",
    ]
    shutil.copyfile(Path(pages.__file__).with_name("page") / "model.js", tmp_path / "model.mjs")
    code = (
        f"import {{ sentenceStarts, cutSentences }} from './model.mjs'; const texts = {json.dumps(texts)}; "
        "const starts = (lower) => texts.map((text) => sentenceStarts(text, lower).map("
        "(start) => [...text.slice(0, start)].length)); "
        "console.log(JSON.stringify([starts(false), starts(true), "
        "cutSentences({firsts: [0, 1, 3, 4], ids: [1, 2, 3, 4, 5]}, [0, 2], 3)]))"
    )
    (tmp_path / "run.mjs").write_text(code)
    *found, windows = json.loads(subprocess.check_output(["node", tmp_path / "run.mjs"]))
    for lower, starts in zip((False, True), found, strict=True):
        assert starts == [[start for start, _ in sentence_places(text, lower)] for text in texts]
    assert windows == [{"start": 0, "end": 3, "first": 0, "last": 2}, {"start": 3, "end": 5, "first": 2, "last": 4}]


def test_missing_libraries_are_said(saved, few_calls, tmp_path, monkeypatch, capsys):
    arguments = ["export", str(saved("bilstm")), "--output", str(tmp_path / "out"), "--to", "page"]
    assert main([*arguments, "--node-modules", str(tmp_path / "nowhere")]) == 2
    assert "holds no onnxruntime-web/dist/ort.wasm.min.mjs; give the folder node_modules" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    assert main(arguments) == 2
    assert "cannot be installed by npm" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*arguments[:-1], "papyrus"]) == 2
    assert "--to papyrus is not known; it can be onnx or page" in capsys.readouterr().err
