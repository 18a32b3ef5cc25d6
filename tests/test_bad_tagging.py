# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged data and taggers that cannot be used, on the real command line: exit code 2, a sentence, no harm.

`{name}` in an argument stands for a path in a folder that holds what `BROKEN` writes, good data and a trained tagger.
"""

import gzip
import hashlib
import json
import re

import pytest

from hf_seq.cli import main
from hf_seq.train import results

TINY = "--embedding_size 8 --hidden_size 8 --num_train_epochs 1 --bf16 false --disable_tqdm true"


def rows(count=40, **columns):
    for number in range(count):
        row = {"tokens": ["see", f"Ada{number % 7}", "now"], "tags": ["O", "B-who", "O"]}
        yield json.dumps({**row, **{name: make(row) for name, make in columns.items()}})


def lines(rows):
    return "".join(f"{row}\n" for row in rows)


WRONG_LENGTH = json.dumps({"tokens": ["a", "b"], "tags": ["O"]})
FILES = {
    "good.jsonl": lines(rows()),
    "lengths.jsonl": lines([*rows(), WRONG_LENGTH]),
    "missing.jsonl": lines([*rows(), json.dumps({"tokens": ["a"], "tags": None})]),
    "untagged.jsonl": lines(json.dumps({"tokens": ["a", "b"]}) for _ in range(40)),
    "two.jsonl": lines(rows(pos=lambda row: ["X"] * 3, chunk_tags=lambda row: ["B-NP", "O", "O"])).replace(
        '"tags"', '"ner"'
    ),
    "texts.jsonl": lines(json.dumps({"text": "good film", "label": "yes"}) for _ in range(40)),
    "other.jsonl": lines(rows()).replace("B-who", "B-what"),
    "empty.conll": "",
    "one.conll": "see\nAda\n\nnow\n" * 20,
    "ragged.conll": "see O\nAda B-who extra\n\n" * 20,
    "cut.conllu": "1\tsee\tsee\tVERB\n\n",
    "good.vec": "2 8\nsee 1 0 0 0 0 0 0 0\nnow 0 1 0 0 0 0 0 0\n",
    "wide.vec": "see 1 0 0\nnow 0 1 0\n",
    "ragged.vec": "see 1 0\nnow 0 1\nAda 0\n",
    "longer.vec": "2 2\nsee 1 0\nnow 0 1 1\n",
    "words.vec": "see 1 0\nnow 0 nought\n",
    "nan.vec": "see 1 0\nnow 0 nan\n",
    "huge.vec": "see 1 0\nnow 0 1e39\n",
    "prose.vec": "vectors\nsee 1 0\n",
    "header.vec": "2 2\n",
    "other.vec": "voir 1 0\nmaintenant 0 1\n",
    "word2vec.bin": "2 8\nsee \0\0\x01\0",
    "empty.vec": "",
    "cut.vec.gz": "",
}

CASES = {
    "fewer tags than words": ("train --data {lengths.jsonl}", r"2 tokens, 1 tags.*row 41"),
    "a sentence without tags": ("train --data {missing.jsonl}", r"row 41"),
    "no column of tags": ("train --data {untagged.jsonl}", r"tags_column"),
    "two columns may be the tags": ("train --data {two.jsonl}", r"tags_column.*(ner|pos|chunk_tags)"),
    "a column that is not there": ("train --data {good.jsonl} --tags_column upos", r"tags_column='upos' is not there"),
    "texts in place of sentences": ("train --data {texts.jsonl}", r"no column looks like the tags.*'text', 'label'"),
    "an empty file": ("train --data {empty.conll}", r"(empty|no tagged word)"),
    "one column": ("train --data {one.conll}", r"line 1 has 1 column .*2 to 10"),
    "lines of different width": ("train --data {ragged.conll}", r"ragged"),
    "CoNLL-U with four columns": ("train --data {cut.conllu}", r"(4|ten|10) column"),
    "a flag of another task": ("train --data {good.jsonl} --pooling max", r"no setting 'pooling'"),
    "a field of another family": (
        "train --data {good.jsonl} --model transformer --character_encoder cnn",
        r"character_encoder=cnn does not apply to model transformer",
    ),
    "another width for a pretrained model": (
        "train --data {good.jsonl} --model {model} --hidden_size 64",
        r"hidden_size=64 does not go with the pretrained .*, whose weights were trained with hidden_size=",
    ),
    "smoothed labels under a CRF": ("train --data {good.jsonl} --label_smoothing_factor 0.1", r"loss of the CRF"),
    "a model of another task": (
        "train --data {good.jsonl} --model bilstm-attenton",
        r"(no model|cannot be loaded|Hub)",
    ),
    "nearly a model of ours": ("train --data {good.jsonl} --model bilstm-crv", r"did you mean bilstm-crf"),
    "names without copies": ("train --data {good.jsonl} --mention_lists who={one.conll}", r"give --mention_copies"),
    "names of no file": (
        "train --data {good.jsonl} --mention_copies 1 --mention_lists who=nowhere.txt",
        r"nowhere.txt, the names of who, does not exist",
    ),
    "names of an unknown type": (
        "train --data {good.jsonl} --mention_copies 1 --mention_lists person={one.conll}",
        r"names of 'person', but train has no such mentions, only who",
    ),
    "copies of fewer than none": ("train --data {good.jsonl} --mention_copies -1", r"mention_copies=-1 must be 0"),
    "validation to join train where it is none": (
        "train --data {good.jsonl} --train_on_validation true",
        r"train_on_validation needs a validation and a labelled test split.*here is train",
    ),
    "no room for a token": ("train --data {good.jsonl} --max_length 0", r"max_length=0"),
    "no such task": ("train --data {good.jsonl} --task taging", r"--task 'taging' is none of classification, tagging"),
    "sentences given as texts": ("train --task classification --data {good.jsonl}", r"(text|label)_column"),
    "tags the model does not know": ("evaluate {model} --data {other.jsonl}", r"tags that the model does not know"),
    "a column of another task": (
        "evaluate {model} --data {good.jsonl} --source_column text",
        r"No such option:? '?--source_column",
    ),
    "no such vectors": ("train --data {good.jsonl} --word_vectors nowhere.txt", r"nowhere.txt is not there.*GloVe"),
    "a folder of vectors": ("train --data {good.jsonl} --word_vectors {model}", r"is a folder; give a text file"),
    "no vectors in the file": ("train --data {good.jsonl} --word_vectors {empty.vec}", r"empty.vec is empty"),
    "vectors of another width": (
        "train --data {good.jsonl} --embedding_size 8 --word_vectors {wide.vec}",
        r"embedding_size=8, but .* are 3 wide; use --embedding_size 3",
    ),
    "a vector too short": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {ragged.vec}",
        r"line 3 of .*ragged.vec has 1 numbers behind 'Ada', others have 2",
    ),
    "a vector too long": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {longer.vec}",
        r"line 3 of .*longer.vec has 3 numbers behind 'now', others have 2",
    ),
    "a vector that is no number": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {words.vec}",
        r"line 2 of .*words.vec holds 'nought' where a number must be",
    ),
    "a vector that is not finite": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {nan.vec}",
        r"line 2 of .*nan.vec holds 'nan'",
    ),
    "a vector too large": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {huge.vec}",
        r"line 2 of .*huge.vec holds '1e39'",
    ),
    "no vectors at all": (
        "train --data {good.jsonl} --word_vectors {prose.vec}",
        r"line 1 of .*prose.vec has no numbers behind 'vectors'",
    ),
    "a header alone": ("train --data {good.jsonl} --word_vectors {header.vec}", r"no word behind its first line"),
    "vectors of another language": (
        "train --data {good.jsonl} --embedding_size 2 --word_vectors {other.vec}",
        r"None of the 7 words of train, such as see.* begins with voir maintenant; use vectors of the language",
    ),
    "binary vectors": (
        "train --data {good.jsonl} --word_vectors {word2vec.bin}",
        r"word2vec.bin is binary .*save_word2vec_format",
    ),
    "vectors cut off": ("train --data {good.jsonl} --word_vectors {cut.vec.gz}", r"cut.vec.gz cannot be unpacked"),
    "vectors for pieces of words": (
        "train --data {good.jsonl} --word_vectors {good.vec} --tokenizer_kind bpe",
        r"tokenizer_kind=bpe has none; use --tokenizer_kind word or wordpiece",
    ),
    "vectors for a pretrained model": (
        "train --data {good.jsonl} --word_vectors {good.vec} --model {model}",
        r"trained from scratch, and .*model is none; leave it out, or use one of rnn",
    ),
    "vectors for a baseline": (
        "train --data {good.jsonl} --word_vectors {good.vec} --model most-frequent",
        r"most-frequent is none",
    ),
    "vectors for a student": (
        "train --data {good.jsonl} --word_vectors {good.vec} --teacher {model}",
        r"starts from its teacher's .*leave word_vectors=.* out",
    ),
    "fewer than no words": (
        "train --data {good.jsonl} --word_vectors {good.vec} --word_vectors_limit -1",
        r"word_vectors_limit=-1 must be 0",
    ),
    "a check that finds lengths that differ": ("check {lengths.jsonl} --task tagging", r""),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    packed = gzip.compress(FILES["good.vec"].encode())
    (folder / "cut.vec.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "LATENCY_CALLS", 3)
        argv = ["train", "--task", "tagging", "--data", str(folder / "good.jsonl"), *TINY.split()]
        assert main([*argv, "--output_dir", str(folder / "model")]) == 0
    return folder


def snapshot(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_bad_tagging_ends_with_a_message_and_changes_nothing(place, capsys, name):
    line, message = CASES[name]
    words = [re.sub(r"\{(.+)\}", lambda found: str(place / found[1]), word) for word in line.split()]
    if words[0] == "train":
        task = [] if "--task" in words else ["--task", "tagging"]
        words += [*task, "--output_dir", str(place / "out")]
    before = snapshot(place)
    code = main(words)
    said = capsys.readouterr()
    assert code == 2, said
    assert "Traceback" not in said.err
    assert re.search(message, said.err, re.DOTALL), said.err
    assert snapshot(place) == before


def test_what_is_no_sentence_is_refused_by_the_predictor(place):
    from hf_seq.errors import InputError
    from hf_seq.predictors.words import TaggingPredictor

    predictor = TaggingPredictor.from_pretrained(place / "model")
    with pytest.raises(InputError, match="one string"):
        list(predictor.predict("see Ada now"))
    with pytest.raises(InputError, match=r"must be a string or a list of words"):
        predictor(3)
    assert predictor("")["entities"] == []
