# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Spans by characters become tags of the words that raw text is cut into; what does not fit is counted and shown."""

import json

import pandas
import pytest

from hf_seq.data import load_tagged_splits
from hf_seq.data.inputs import Source, tagged_inputs, text_inputs
from hf_seq.errors import InputError

TEXT = "yesterday Oto Brandt{n} left Oval Bank for good."
SPANS = ((10, 21, "PER"), (27, 36, "ORG"))
WORDS = [["yesterday", "Oto", f"Brandt{n}", "left", "Oval", "Bank", "for", "good", "."] for n in range(9)]
TAGS = ["O", "B-PER", "I-PER", "O", "B-ORG", "I-ORG", "O", "O", "O"]
TEXTS = [TEXT.format(n=n) for n in range(9)]


def labelstudio(text):
    result = [
        {"type": "labels", "value": {"start": s, "end": e, "text": text[s:e], "labels": [k]}} for s, e, k in SPANS
    ]
    return {"data": {"text": text}, "annotations": [{"result": [*result, {"type": "choices", "from": "x"}]}]}


def prodigy(text):
    tokens, start = [], 0
    for word in text.replace(".", " .").split():
        start = text.index(word, start)
        tokens.append({"text": word, "start": start, "end": start + len(word)})
        start += len(word)
    spans = [{"start": s, "end": e, "label": k, "token_start": 1, "token_end": 2} for s, e, k in SPANS]
    return {"text": text, "tokens": tokens, "spans": spans, "answer": "accept"}


def dataturks(text):
    points = [{"label": [k], "points": [{"start": s, "end": e - 1, "text": text[s:e]}]} for s, e, k in SPANS]
    return {"content": text, "annotation": points}


def spacy_training(number):
    ner = ["O", "B-PER", "L-PER", "O", "B-ORG", "L-ORG", "O", "O", "O"]
    tokens = [{"orth": word, "ner": tag} for word, tag in zip(WORDS[number], ner, strict=True)]
    return {"id": number, "paragraphs": [{"raw": TEXTS[number], "sentences": [{"tokens": tokens}]}]}


OFFSETS = {
    "doccano": [{"id": 1, "text": t, "label": [[*s] for s in SPANS], "Comments": []} for t in TEXTS],
    "doccano entities": [
        {"text": t, "entities": [{"id": 1, "label": k, "start_offset": s, "end_offset": e} for s, e, k in SPANS]}
        for t in TEXTS
    ],
    "hub": [{"text": t, "entities": [{"start": s, "end": e, "type": k} for s, e, k in SPANS]} for t in TEXTS],
    "prodigy": [prodigy(t) for t in TEXTS],
    "label studio": [labelstudio(t) for t in TEXTS],
    "label studio json-min": [
        {"text": t, "label": [{"start": s, "end": e, "text": t[s:e], "labels": [k]} for s, e, k in SPANS]}
        for t in TEXTS
    ],
    "dataturks": [dataturks(t) for t in TEXTS],
    "spacy": [[t, {"entities": [[*s] for s in SPANS]}] for t in TEXTS],
    "spacy annotator": {
        "classes": ["PER"],
        "annotations": [None, *([t, {"entities": [[*s] for s in SPANS]}] for t in TEXTS)],
    },
    "spacy training": [spacy_training(n) for n in range(9)],
}


def load(path, content, **options):
    path.write_text("\n".join(map(json.dumps, content)) if path.suffix == ".jsonl" else json.dumps(content))
    return load_tagged_splits(path, whole=True, **options)


def tags_of(splits):
    return [[splits.label_names[tag] for tag in row] for row in splits.train["tags"]]


@pytest.mark.parametrize("tool", OFFSETS)
def test_every_tool_gives_the_same_words_and_tags(tool, tmp_path):
    """08: Doccano, Prodigy, Label Studio, spaCy."""
    for suffix in ("json", "jsonl") if isinstance(OFFSETS[tool], list) else ("json",):
        splits = load(tmp_path / f"rows.{suffix}", OFFSETS[tool])
        assert splits.train["tokens"][:] == WORDS
        assert tags_of(splits) == [TAGS] * 9
        assert splits.tag_scheme == "bio"


@pytest.mark.parametrize("written", [json.dumps, str])
@pytest.mark.parametrize("tool", ["doccano", "label studio json-min"])
def test_spans_in_the_cells_of_a_csv_are_spans(tool, written, tmp_path):
    """As Label Studio exports them, and as pandas writes lists."""
    table = pandas.DataFrame(OFFSETS[tool])
    table["label"] = table["label"].map(written)
    table.to_csv(tmp_path / "rows.csv", index=False)
    splits = load_tagged_splits(tmp_path / "rows.csv", whole=True)
    assert (splits.train["tokens"][:], tags_of(splits)) == (WORDS, [TAGS] * 9)


def test_brat_is_read_as_a_folder_in_folders_of_splits_and_as_one_file(tmp_path):
    """08: brat's .txt and .ann."""
    for place in ("all", "split/train", "split/test"):
        (tmp_path / place).mkdir(parents=True)
        for n, text in enumerate(TEXTS):
            (tmp_path / place / f"doc{n}.txt").write_text(text)
            lines = [f"T{i}\t{k} {s} {e}\t{text[s:e]}" for i, (s, e, k) in enumerate(SPANS, 1)]
            lines += ["R1\tworks Arg1:T1 Arg2:T2", "T9\tPER 0 2;4 6\tye er"]
            (tmp_path / place / f"doc{n}.ann").write_text("\n".join(lines) + "\n")
    splits = load_tagged_splits(tmp_path / "all", whole=True)
    assert (splits.train["tokens"][:], tags_of(splits)) == (WORDS, [TAGS] * 9)
    assert "9 spans of several pieces left out" in splits.notes
    assert load_tagged_splits(tmp_path / "split").test_split == "test"
    assert load_tagged_splits(tmp_path / "all/doc3.txt", whole=True).train["tokens"][:] == [WORDS[3]]
    (tmp_path / "all/doc3.txt").unlink()
    with pytest.raises(InputError, match=r"doc3.ann holds spans, but its text doc3.txt is not there"):
        load_tagged_splits(tmp_path / "all")


def test_a_span_a_row_is_a_text_with_all_of_its_spans(tmp_path):
    rows = []
    for n in range(20):
        text = f"Anna {n} lives in Berlin"
        spans = [(0, 4, "PER")] * (n % 4 != 3) + [(len(text) - 6, len(text), "LOC")] * (n % 2)
        rows += [(n, text, *span) for span in spans or [(None, None, None)]]
    frame = pandas.DataFrame(rows, columns=["id", "text", "start", "end", "label"])
    frame.to_csv(tmp_path / "a.csv", index=False)
    splits = load_tagged_splits(tmp_path / "a.csv", whole=True)
    found = [[splits.label_names[tag] for tag in tags] for tags in splits.train["tags"]]
    assert found == [["B-PER" if n % 4 != 3 else "O", "O", "O", "O", "B-LOC" if n % 2 else "O"] for n in range(20)]


def test_places_with_a_point_and_zero_are_places(tmp_path):
    rows = [
        {"text": "Anna lives in Berlin", "entities": [[0.0, 4.0, "PER"], {"start": 14.0, "end": 20.0, "label": "LOC"}]}
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows * 9))
    splits = load_tagged_splits(tmp_path / "x.jsonl", whole=True)
    tags = [splits.label_names[tag] for tag in splits.train["tags"][0]]
    assert tags == ["B-PER", "O", "O", "B-LOC"]


def test_what_does_not_fit_is_counted_with_examples(tmp_path):
    rows = [
        {"text": "Westhaven is big.", "label": [[0, 4, "LOC"]]},  # inside a word
        {"text": "Bank of Oval left.", "label": [[0, 12, "ORG"], [8, 12, "LOC"]]},  # overlap
        {"text": "Ann left.", "label": [[90, 99, "PER"]]},  # nowhere
        {"text": "Bob left.", "label": [[0, 3, "PER"]]},
    ]
    splits = load(tmp_path / "rows.jsonl", rows)
    notes = "\n".join(splits.notes)
    assert "1 span with a part of a word, read as the whole, such as 'West -> Westhaven'" in notes
    assert "1 span left out, inside a longer one or across it, such as 'Oval (LOC) in Bank of Oval (ORG)'" in notes
    assert "1 span left out, not where its text is, such as 'PER Ann left.'" in notes
    assert tags_of(splits)[:2] == [["B-LOC", "O", "O", "O"], ["B-ORG", "I-ORG", "I-ORG", "O", "O"]]


def test_places_that_a_browser_counted_are_moved_behind_emoji(tmp_path):
    text = "😀😀 Ann left"  # each emoji is two units of UTF-16
    row = {"text": text, "label": [{"start": 5, "end": 8, "text": "Ann", "labels": ["PER"]}]}
    splits = load(tmp_path / "rows.json", [row] * 3)
    assert tags_of(splits)[0][splits.train["tokens"][0].index("Ann")] == "B-PER"


@pytest.mark.parametrize(
    ("places", "what"),
    [
        (
            lambda text, at, end: (len(text[:at].encode("utf-16-le")) // 2, len(text[:end].encode("utf-16-le")) // 2),
            "UTF-16",
        ),
        (lambda text, at, end: (len(text[:at].encode()), len(text[:end].encode())), "bytes of UTF-8"),
        (lambda text, at, end: (at, end - 1), "the last one included"),
        (lambda text, at, end: (at + 1, end), "from 1 with the last one included"),
        (lambda text, at, end: (at + 1, end + 1), "characters from 1"),
    ],
)
def test_places_that_count_something_else_are_found_out_and_said(places, what, tmp_path):
    texts = [f"\U0001f600\U0001f600\U0001f600 caf\u00e9 {text}" for text in TEXTS]
    shift = len(texts[0]) - len(TEXTS[0])
    rows = [
        {"text": text, "label": [[*places(text, start + shift, end + shift), kind] for start, end, kind in SPANS]}
        for text in texts
    ]
    (tmp_path / "d.jsonl").write_text("\n".join(map(json.dumps, rows)))
    splits = load_tagged_splits(tmp_path / "d.jsonl", whole=True)
    assert splits.train["tokens"][0][-9:] == WORDS[0]
    assert [splits.label_names[tag] for tag in splits.train["tags"][0]][-9:] == TAGS
    assert any(f"{what}" in note and "0 of 18 spans then cut a word" in note for note in splits.notes)


def test_documents_are_cut_into_sentences_but_never_inside_a_span(tmp_path):
    text = "Ann left. Bob met St. Mary. Inc of Oval. The end"
    spans = [[0, 3, "PER"], [18, 34, "ORG"]]
    splits = load(tmp_path / "rows.jsonl", [{"text": text, "label": spans}])
    assert [" ".join(row) for row in splits.train["tokens"]] == [
        "Ann left .",
        "Bob met St. Mary . Inc of Oval .",
        "The end",
    ]


def test_rejected_answers_of_prodigy_are_left_out(tmp_path):
    rows = [prodigy(t) | {"answer": "reject" if n < 2 else "accept"} for n, t in enumerate(TEXTS)]
    splits = load(tmp_path / "rows.jsonl", rows)
    assert len(splits.train) == 7
    assert any("2 rows left out, rejected or without text" in note for note in splits.notes)


@pytest.mark.parametrize("tool", ["doccano", "hub", "prodigy", "label studio", "spacy", "dataturks"])
def test_a_saved_tagger_reads_the_texts_of_every_tool(tool, tmp_path):
    (tmp_path / "rows.json").write_text(json.dumps(OFFSETS[tool]))
    inputs = tagged_inputs(Source(str(tmp_path / "rows.json")))
    assert list(inputs.values) == TEXTS


def test_a_saved_tagger_reads_brat_and_a_classifier_a_folder_of_classes(tmp_path):
    for n, text in enumerate(TEXTS[:2]):
        (tmp_path / f"doc{n}.txt").write_text(text)
        (tmp_path / f"doc{n}.ann").write_text("T1\tPER 10 21\tOto Brandt\n".replace("Brandt", f"Brandt{n}"))
    assert list(tagged_inputs(Source(str(tmp_path))).values) == TEXTS[:2]
    for label in ("neg", "pos"):
        (tmp_path / "set" / label).mkdir(parents=True)
        (tmp_path / "set" / label / "1.txt").write_text(f"{label} text")
    assert list(text_inputs(Source(str(tmp_path / "set"))).values) == ["neg text", "pos text"]
