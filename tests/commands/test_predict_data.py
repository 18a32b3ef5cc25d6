# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Verbs that answer read what training reads: pandas writes the files, and reads what comes out."""

import gzip
import json
import sys
import tracemalloc

import pandas as pd
import pytest

from hf_seq.baselines import load_baseline
from hf_seq.cli import main
from hf_seq.commands.answers import write_answers
from hf_seq.data.readers.conll import read_conll, read_conllu

KEYWORDS = {"good": "fine", "bad": "poor"}


def rows_of(count, start=0):
    """Rows in which one word says the label; a line break and a comma in each third text."""
    words = [("good", "bad")[n % 2] for n in range(count)]
    texts = [f"the {word} film {n}" + (",\nseen twice" if n % 3 == 0 else "") for n, word in enumerate(words)]
    labels = [KEYWORDS[word] for word in words]
    ids = [str(start + n) for n in range(count)]
    return pd.DataFrame({"id": ids, "place": "Norvale, NV", "body": texts, "verdict": labels})


def write(frame, path):
    match path.suffix:
        case ".csv" | ".tsv":
            frame.to_csv(path, sep="," if path.suffix == ".csv" else "\t", index=False)
        case ".jsonl":
            frame.to_json(path, orient="records", lines=True)
        case ".json":
            frame.to_json(path, orient="records", indent=1)
        case ".parquet":
            frame.to_parquet(path, index=False)
    return path


def train(folder, *words):
    assert main(["train", *map(str, words), "--output_dir", str(folder)]) == 0
    return str(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory, in_a_hurry):
    return tmp_path_factory.mktemp("verbs")


@pytest.fixture(scope="module")
def classifier(place):
    data = write(rows_of(60), place / "train.csv")
    columns = ["--text_column", "body", "--label_column", "verdict"]
    return train(place / "tfidf", "--data", data, "--model", "tfidf", *columns)


@pytest.fixture(scope="module")
def test_rows():
    return rows_of(21, start=1000)


def predict(capsys, *words):
    assert main(["predict", *map(str, words)]) == 0
    printed = capsys.readouterr()
    return [json.loads(line) for line in printed.out.splitlines()], printed.err


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".parquet"])
@pytest.mark.parametrize("flag", ["--data", "--file"])
def test_every_format_has_an_answer_a_row_with_its_id(suffix, flag, classifier, test_rows, tmp_path, capsys):
    path = write(test_rows.drop(columns="verdict"), tmp_path / f"test{suffix}")
    answers, said = predict(capsys, classifier, flag, path)
    assert [answer["label"] for answer in answers] == list(test_rows["verdict"])
    assert [answer["id"] for answer in answers] == list(test_rows["id"])
    assert "text column 'body', as in training" in said


def test_columns_of_other_data_are_found_or_named(classifier, test_rows, tmp_path, capsys):
    path = write(test_rows.rename(columns={"body": "text", "id": "row"}), tmp_path / "test.csv")
    answers, said = predict(capsys, classifier, "--data", path)
    assert [answer["label"] for answer in answers] == list(test_rows["verdict"])
    assert "text column 'text' (--text_column)" in said
    path = write(test_rows.rename(columns={"body": "a"}).assign(b=test_rows["body"]), tmp_path / "two.csv")
    assert main(["predict", classifier, "--data", str(path)]) == 2
    assert "text_column" in capsys.readouterr().err
    answers, _ = predict(capsys, classifier, "--data", path, "--text_column", "b", "--id_column", "place")
    assert answers[0]["place"] == "Norvale, NV"


def test_a_submission_is_written_in_one_command(classifier, test_rows, tmp_path, capsys):
    path = write(test_rows.drop(columns="verdict"), tmp_path / "test.csv")
    flags = ["--output", tmp_path / "submission.csv", "--output_columns", "id,verdict"]
    assert predict(capsys, classifier, "--data", path, *flags)[0] == []
    written = pd.read_csv(tmp_path / "submission.csv", dtype=str)
    pd.testing.assert_frame_equal(written, test_rows[["id", "verdict"]].reset_index(drop=True), check_dtype=False)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".jsonl", ".json"])
def test_outputs_are_what_their_names_say(suffix, classifier, test_rows, tmp_path, capsys):
    path, output = write(test_rows, tmp_path / "test.csv"), tmp_path / f"out{suffix}"
    predict(capsys, classifier, "--data", path, "--output", output, "--output_columns", "id", "target=label", "fine")
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".json": pd.read_json}
    other = {".tsv": lambda p: pd.read_csv(p, sep="\t"), ".jsonl": lambda p: pd.read_json(p, lines=True)}
    written = (readers | other)[suffix](output)
    assert list(written.columns) == ["id", "target", "fine"]
    assert list(written["target"]) == list(test_rows["verdict"])
    assert ((written["fine"] > 0.5) == (written["target"] == "fine")).all()


def test_a_table_says_of_each_row_whether_it_is_handed_over(classifier, test_rows, tmp_path, capsys):
    path = write(test_rows, tmp_path / "test.csv")
    scores = [answer["score"] for answer in predict(capsys, classifier, "--data", path)[0]]
    unsure = sorted(range(len(scores)), key=scores.__getitem__)[0]
    model = load_baseline(classifier)
    model.answer_threshold = scores[unsure]
    folder = model.save(tmp_path / "model")
    expected = [score <= scores[unsure] for score in scores]
    for name, words in {"out.csv": (), "named.csv": ("--output_columns", "id,hand_over"), "out.parquet": ()}.items():
        output = tmp_path / name
        predict(capsys, folder, "--data", path, "--text_column", "body", "--output", output, *words)
        written = pd.read_parquet(output) if output.suffix == ".parquet" else pd.read_csv(output)
        assert written["hand_over"].tolist() == expected


def test_a_table_keeps_what_only_a_later_row_says(tmp_path, capsys):
    rows = [{"label": "a"}, {"label": "b", "truncated": True}]
    for kind, read in {"csv": pd.read_csv, "parquet": pd.read_parquet}.items():
        write_answers(iter(rows), tmp_path / "out", kind)
        assert read(tmp_path / "out")["truncated"].tolist() == [False, True]
    write_answers(iter(rows), None, "csv")
    printed = capsys.readouterr()
    assert printed.out == "label\na\nb\n"
    assert "truncated came too late for a column; give --output FILE" in printed.err


def test_rows_of_a_table_do_not_pile_up_in_memory(tmp_path):
    rows = ({"id": number, "text": "x" * 10_000} for number in range(2_000))  # 20 MB
    tracemalloc.start()
    write_answers(rows, tmp_path / "out.csv", "csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20
    assert pd.read_csv(tmp_path / "out.csv")["id"].tolist() == list(range(2_000))


def test_a_file_that_exists_is_kept_unless_it_may_go(classifier, test_rows, tmp_path, capsys):
    path, output = write(test_rows, tmp_path / "test.csv"), tmp_path / "out.csv"
    output.write_text("precious")
    assert main(["predict", classifier, "--data", str(path), "--output", str(output)]) == 2
    assert output.read_text() == "precious"
    wrong = [
        "predict",
        classifier,
        "--data",
        str(path),
        "--output",
        str(output),
        "--overwrite",
        "--output_columns",
        "x",
    ]
    assert main(wrong) == 2
    assert "--output_columns x is not there; there are" in capsys.readouterr().err
    assert output.read_text() == "precious"
    assert main([*wrong[:-2]]) == 0
    assert len(pd.read_csv(output)) == len(test_rows)
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []


def test_lines_stay_lines_and_labelled_lines_lose_their_label(classifier, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("the good film\nthe bad film\n")
    assert [each["label"] for each in predict(capsys, classifier, "--data", tmp_path / "a.txt")[0]] == ["fine", "poor"]
    (tmp_path / "b.txt").write_text("__label__poor the good film\n__label__fine\tthe bad film\n")
    assert [each["label"] for each in predict(capsys, classifier, "--data", tmp_path / "b.txt")[0]] == ["fine", "poor"]
    (tmp_path / "c.txt").write_text("poor\tthe good film\nfine\tthe bad film\n")
    assert [each["label"] for each in predict(capsys, classifier, "--data", tmp_path / "c.txt")[0]] == ["fine", "poor"]


def test_evaluate_reads_the_columns_of_training(classifier, test_rows, tmp_path, capsys):
    path = write(test_rows.assign(text="nothing", label="poor"), tmp_path / "test.csv")
    assert main(["evaluate", classifier, "--data", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == 100


def test_evaluate_reads_the_data_it_is_given_not_the_files_of_training(test_rows, place, tmp_path, capsys):
    data = write(rows_of(60), tmp_path / "mine.csv")
    columns = ["--text_column", "body", "--label_column", "verdict"]
    run = train(tmp_path / "run", "--train_file", data, "--model", "tfidf", *columns)
    capsys.readouterr()
    path = write(test_rows, tmp_path / "other.csv")
    assert main(["evaluate", run, "--data", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == len(test_rows)


@pytest.mark.parametrize(
    ("name", "words", "says"),
    [
        ("a.docx", [], "files ending in '.docx' are not read; use one of .csv"),
        ("a.csv", ["--text_column", "nothing"], "text_column='nothing' is not there"),
        ("a.csv", ["--id_column", "nothing"], "--id_column nothing is not there"),
        ("a.csv", ["--output", "out.conll"], "conll is for taggers of words"),
        ("a.csv", ["--output", "out.pdf"], "files ending in '.pdf' are not written"),
        ("a.csv", ["--tags_column", "x"], "tags_column"),
        ("a.txt", ["--text_column", "x"], "is read a text a line, so it has no columns"),
        ("none.csv", [], "does not exist"),
        ("none.txt", [], "does not exist"),
    ],
)
def test_what_cannot_be_read_or_written_is_said(name, words, says, classifier, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if not name.startswith("none"):
        (tmp_path / name).write_text("id,body\n1,a film\n")
    assert main(["predict", classifier, "--data", str(tmp_path / name), *words]) == 2
    assert says in capsys.readouterr().err


# Taggers


SENTENCES = [["Ann", "met", "Bo"], ["Bo", "met", "Cleo", "today"]] + [
    [name, f"n{n}"] for n, name in enumerate(["Ann", "Bo", "Cleo"] * 9)
]
TAGS = [["B-PER", "O", "B-PER"], ["B-PER", "O", "B-PER", "O"], *[["B-PER", "O"]] * 27]


@pytest.fixture(scope="module")
def tagger(place):
    lines = ["\n".join(map(" ".join, zip(*each, strict=True))) for each in zip(SENTENCES, TAGS, strict=True)]
    (place / "train.conll").write_text("\n\n".join(lines) + "\n")
    data = ["--task", "tagging", "--data", place / "train.conll"]
    return train(place / "tagger", *data, "--model", "most-frequent")


def words_file(tmp_path, name, columns):
    """Two sentences of given words as a CoNLL file with these columns behind the word."""
    path = tmp_path / name
    lines = [[" ".join([word, *columns]) for word in words] for words in SENTENCES[:2]]
    path.write_text("\n\n".join(map("\n".join, lines)) + "\n")
    return path


@pytest.mark.parametrize(
    ("name", "columns"), [("a.conll", ["O"]), ("b.conll", []), ("c.iob2", ["NN", "O"]), ("d.txt", ["O"])]
)
def test_given_words_are_tagged_and_written_back(name, columns, tagger, tmp_path, capsys):
    path = words_file(tmp_path, name, columns)
    answers, _ = predict(capsys, tagger, "--data", path)
    assert [[each["text"] for each in answer["entities"]] for answer in answers] == [["Ann", "Bo"], ["Bo", "Cleo"]]
    predict(capsys, tagger, "--data", path, "--output", tmp_path / "out.conll")
    table = read_conll(tmp_path / "out.conll")
    assert (table.values("1"), table.values("2")) == (SENTENCES[:2], TAGS[:2])


def test_conllu_comes_back_with_its_other_columns(tagger, tmp_path, capsys):
    lines = [f"{n}\t{word}\t{word.lower()}" + "\t_" * 7 for n, word in enumerate(SENTENCES[1], 1)]
    (tmp_path / "a.conllu").write_text("# text = Bo met Cleo today\n" + "\n".join(lines) + "\n\n")
    predict(capsys, tagger, "--data", tmp_path / "a.conllu", "--output", tmp_path / "out.conllu")
    table = read_conllu(tmp_path / "out.conllu")
    assert table.values("upos") == [TAGS[1]]
    assert table.values("lemma") == [["bo", "met", "cleo", "today"]]
    assert table.values("text") == ["Bo met Cleo today"]


def test_texts_of_a_table_are_tagged_a_row_a_word(tagger, tmp_path, capsys):
    path = write(pd.DataFrame({"id": [7, 8], "text": ["Ann met Bo", "Bo met Cleo"]}), tmp_path / "raw.csv")
    predict(capsys, tagger, "--data", path, "--output", tmp_path / "out.csv")
    written = pd.read_csv(tmp_path / "out.csv")
    assert list(written["id"]) == [7, 7, 7, 8, 8, 8]
    assert list(written["word"]) == ["Ann", "met", "Bo", "Bo", "met", "Cleo"]
    assert list(written["tag"]) == ["B-PER", "O", "B-PER"] * 2


def test_lists_of_words_are_read_from_jsonl(tagger, tmp_path, capsys):
    path = write(pd.DataFrame({"tokens": SENTENCES[:2], "ner_tags": TAGS[:2]}), tmp_path / "a.jsonl")
    answers, _ = predict(capsys, tagger, "--data", path)
    assert [len(answer["entities"]) for answer in answers] == [2, 2]


# Pairs and series


@pytest.fixture(scope="module")
def writer(place):
    pairs = pd.DataFrame({"en": [f"number {n}" for n in range(40)], "de": [f"Nummer {n}" for n in range(40)]})
    data = ["--task", "seq2seq", "--data", write(pairs, place / "pairs.csv")]
    return train(place / "nearest", *data, "--model", "copy", "--source_column", "en", "--target_column", "de")


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".jsonl", ".parquet", ".json"])
def test_sources_are_translated_without_their_targets(suffix, writer, tmp_path, capsys):
    pairs = pd.DataFrame({"de": ["Nummer 1", "Nummer 2"], "en": ["number 1", "number 2"], "key": [4, 5]})
    path = write(pairs, tmp_path / f"test{suffix}")
    assert main(["translate", writer, "--data", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == ["number 1", "number 2"]
    flags = ["--output", str(tmp_path / "out.csv"), "--output_columns", "key,de=target"]
    assert main(["translate", writer, "--file", str(path), *flags]) == 0
    assert pd.read_csv(tmp_path / "out.csv").to_dict("list") == {"key": [4, 5], "de": ["number 1", "number 2"]}


def test_a_file_with_the_name_of_the_source_is_a_text_a_line(writer, tmp_path, capsys):
    (tmp_path / "test.en").write_text("number 3\nnumber 4\n")
    assert main(["translate", writer, "--data", str(tmp_path / "test.en")]) == 0
    assert capsys.readouterr().out.splitlines() == ["number 3", "number 4"]


@pytest.fixture(scope="module")
def series_model(place):
    rows = [{"series": [[float(n % 2), float(n)]] * 5, "label": ("low", "high")[n % 2]} for n in range(40)]
    (place / "series.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    data = ["--task", "series", "--data", place / "series.jsonl"]
    return train(place / "series", *data, "--model", "statistics")


def test_series_have_an_answer_a_row_with_its_id(series_model, tmp_path, capsys):
    rows = [{"id": f"s{n}", "series": [[0.0, 1.0]] * (n + 2)} for n in range(3)]
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    answers, said = predict(capsys, series_model, "--data", tmp_path / "test.jsonl")
    assert [answer["id"] for answer in answers] == ["s0", "s1", "s2"]
    assert "series column 'series', as in training" in said
    (tmp_path / "bare.jsonl").write_text("[[0, 1], [1, 1]]\n[[0, 1]]\n")
    assert len(predict(capsys, series_model, "--data", tmp_path / "bare.jsonl")[0]) == 2


def test_reading_stdin_takes_no_columns(classifier, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["predict", classifier, "--text_column", "body"]) == 2
    assert "--text_column says how data are read, and there are none; give --data" in capsys.readouterr().err


def test_packed_files_and_files_of_several_splits_are_read(classifier, test_rows, tmp_path, capsys):
    test_rows.to_csv(tmp_path / "test.csv.gz", index=False)
    assert len(predict(capsys, classifier, "--data", tmp_path / "test.csv.gz")[0]) == len(test_rows)
    with gzip.open(tmp_path / "lines.txt.gz", "wt") as file:
        file.write("the good film\nthe bad film\n")
    found = [each["label"] for each in predict(capsys, classifier, "--data", tmp_path / "lines.txt.gz")[0]]
    assert found == ["fine", "poor"]
    rows = json.loads(test_rows.to_json(orient="records"))
    (tmp_path / "both.json").write_text(json.dumps({"train": rows, "test": rows[:4]}))
    assert len(predict(capsys, classifier, "--data", tmp_path / "both.json")[0]) == 4
    assert len(predict(capsys, classifier, "--data", tmp_path / "both.json", "--split", "train")[0]) == len(rows)
    write(test_rows[:5], tmp_path / "test.csv")
    assert main(["predict", classifier, "--data", str(tmp_path / "both.json"), "--split", "dev"]) == 2
    assert "has no split 'dev', only train, test" in capsys.readouterr().err


def test_other_encodings_and_delimiters_are_said(classifier, tmp_path, capsys):
    (tmp_path / "old.csv").write_bytes("body;id\nun bon café good;7\n".encode("latin1"))
    answers, _ = predict(capsys, classifier, "--data", tmp_path / "old.csv", "--encoding", "latin1", "--delimiter", ";")
    assert [(answer["id"], answer["label"]) for answer in answers] == [("7", "fine")]
    (tmp_path / "old.txt").write_bytes("un bon café good\n".encode("latin1"))
    assert len(predict(capsys, classifier, "--data", tmp_path / "old.txt", "--encoding", "latin1")[0]) == 1
