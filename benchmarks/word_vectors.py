# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Word vectors from the texts of the data sets alone: fastText's skip-gram (Bojanowski 2017, arXiv:1607.04606).

    python benchmarks/word_vectors.py --data path/to/sets --output vectors.vec

News, web text, questions and posts, 2.1 million words, parted as the words of WNUT-17 are. Needs the extra `rivals`.
"""

import argparse
import html
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hf_seq.data.readers.files import read_file
from hf_seq.distill.transfer import FileSource
from hf_seq.text.words import word_splitter

TEXTS = ("ag_news/train", "ag_news/test", "ud_ewt/train", "banking77/train", "wnut17/train")
WIDTH = 100
SETTINGS = {"epoch": 5, "minn": 3, "maxn": 5, "minCount": 2, "ws": 5, "neg": 5, "bucket": 200_000, "t": 1e-4}
"""fastText's names: letters of n-grams from `minn` to `maxn`, words seen `minCount` times, `ws` words to each side."""


def write_vectors(data: Path, output: Path) -> None:
    """Train on the texts and write the vector of every word, in word2vec's text format."""
    import fasttext  # the extra `rivals`

    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.txt"
        corpus.write_text("".join(f"{' '.join(words)}\n" for words in sentences(data)), encoding="utf-8")
        learn = partial(fasttext.train_unsupervised, model="skipgram", dim=WIDTH, lr=0.05, thread=1, verbose=0)
        try:
            model = learn(str(corpus), **SETTINGS)
        except RuntimeError:  # "Encountered NaN", the mean loss of no example yet: of few texts, now and then
            model = learn(str(corpus), **SETTINGS)
    lines = (f"{word} {' '.join(f'{value:.5f}' for value in model.get_word_vector(word))}\n" for word in model.words)
    output.write_text(f"{len(model.words)} {WIDTH}\n" + "".join(lines), encoding="utf-8")


def sentences(data: Path) -> Iterator[list[str]]:
    """Yield the texts as lists of words."""
    posts = read_file(data / "wnut17" / "train.parquet").values("tokens")
    split = partial(plain_words, word_splitter([list(map(str, words)) for words in posts]))
    for name in TEXTS:
        for words in FileSource(data / f"{name}.parquet", split).read():
            yield ["".join(word.split()) for word in words if word.strip()]


def plain_words(split: Callable[[str], list[str]], text: str) -> list[str]:
    """Split a text into words without what is left of its page: entities, tags and backslashes, as AG News has them."""
    text = re.sub(r" ?#(\d+);", lambda found: chr(int(found[1])), text.replace("\\", " "))
    return split(re.sub(r"<[^>]*>", " ", html.unescape(text)))


def main(argv: Sequence[str] | None = None) -> None:
    """Write the vectors.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="Word vectors from the texts of the data sets.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds ag_news/, ud_ewt/, wnut17/, ...")
    parser.add_argument("--output", type=Path, required=True, help="file to write")
    options = parser.parse_args(argv)
    write_vectors(options.data, options.output)


if __name__ == "__main__":
    main()
