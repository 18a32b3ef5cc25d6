# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""CoNLL and CoNLL-U files: what is a sentence, what is left out and said, what is refused."""

import pytest

from hf_seq.data.readers.conll import read_conll, read_conllu
from hf_seq.data.readers.files import read_file
from hf_seq.errors import InputError

CONLLU = """\
# sent_id = 1
# text = I don't know
1\tI\tI\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\t_
4.1\tknow\tknow\tVERB\tVB\t_\t_\t_\t_\t_

# text = #yes
1\t#yes\t#yes\tX\tUH\t_\t0\troot\t_\t_
"""


def table_of(tmp_path, text, reader=read_conll, name="a.conll"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return reader(path)


@pytest.mark.parametrize("blank", ["\n", "\n\n\n", "   \n", "\t\n", "\r\n"])
def test_a_blank_line_ends_a_sentence(blank, tmp_path):
    table = table_of(tmp_path, f"Ada B-PER\nsings O\n{blank}Hi O\n")
    assert table.values("1") == [["Ada", "sings"], ["Hi"]]
    assert table.values("2") == [["B-PER", "O"], ["O"]]


@pytest.mark.parametrize("width", range(2, 11))
@pytest.mark.parametrize("separator", [" ", "\t", "   "])
def test_two_to_ten_columns_keep_their_order(width, separator, tmp_path):
    line = separator.join(f"c{column}" for column in range(1, width + 1))
    table = table_of(tmp_path, f"{line}\n{line}\n")
    assert table.names == [str(column) for column in range(1, width + 1)]
    assert table.values(str(width)) == [[f"c{width}", f"c{width}"]]


def test_tabs_keep_words_with_blanks_and_empty_words(tmp_path):
    assert table_of(tmp_path, "1 000\tB-NUM\n\tO\n").values("1") == [["1 000", ""]]


def test_docstart_lines_are_left_out_and_counted(tmp_path):
    table = table_of(
        tmp_path, "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\n\n-DOCSTART- -X- -X- O\n\nBonn NNP B-NP B-LOC\n"
    )
    assert table.values("4") == [["B-ORG"], ["B-LOC"]]
    assert table.notes == ["2 -DOCSTART- lines left out"]


def test_comments_are_told_from_words_that_begin_with_a_hash(tmp_path):
    text = "# id 4f domain=en\n#tag _ _ O\n# _ _ O\n\n# id 5 domain=en\nMain _ _ O\n# _ _ O\n5 _ _ B-N\n"
    table = table_of(tmp_path, text)
    assert table.values("1") == [["#tag", "#"], ["Main", "#", "5"]]
    assert table.notes == ["2 comment lines left out"]


def test_global_columns_name_the_columns(tmp_path):
    table = table_of(tmp_path, "# global.columns = FORM NER\nAda\tB-PER\n")
    assert table.values("NER") == [["B-PER"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada O\nsings\n", r"is ragged: a word has 2 columns, but line 2 has 1; every line needs the word"),
        ("Ada O\nsings V O\n", r"line 2 has 3"),
        ("Ada\nsings\n", r"line 1 has 1 column \('Ada'\); a CoNLL file has 2 to 10"),
        (" ".join("abcdefghijk") + "\n", r"line 1 has 11 columns"),
        ("\n\n# nothing\n", r"holds no tagged word"),
    ],
)
def test_lines_that_are_no_words_with_tags_are_refused_with_their_number(text, words, tmp_path):
    with pytest.raises(InputError, match=words):
        table_of(tmp_path, text)


def test_conllu_keeps_syntactic_words_and_says_what_it_left_out(tmp_path):
    table = table_of(tmp_path, CONLLU, read_conllu, "a.conllu")
    assert table.values("form") == [["I", "do", "n't", "know"], ["#yes"]]
    assert table.values("upos") == [["PRON", "AUX", "PART", "VERB"], ["X"]]
    assert table.values("text") == ["I don't know", "#yes"]
    assert table.notes == ["1 multiword ranges and 1 empty nodes left out"]


def test_conllu_with_another_number_of_columns_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"a word has 10 columns, but line 1 has 2"):
        table_of(tmp_path, "1\tAda\n", read_conllu, "a.conllu")


def test_a_classifier_given_tagged_text_says_which_task_reads_it(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("Ada B-PER\n")
    with pytest.raises(
        InputError, match=r"files ending in '.conll' are not read; .*; for tagged text say --task tagging"
    ):
        read_file(path)
