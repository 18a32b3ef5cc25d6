# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How much work a measurement does: all of it for the figures we publish, a little to see that it runs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ClassifierSizes:
    """The BiLSTM that is measured, and the DistilBERT beside it.

    Attributes:
        rows: training rows per measurement, in batches of 32; 19,200 make 600 steps.
        texts: texts answered one at a time.
        many: texts answered in batches.
        embedding: width of an embedding.
        hidden: units of both directions.
        vocabulary: tokens of the BiLSTM.
        student: embedding, units and tokens of a student of the shape of `sst2-distilled`.
        peer_layers: layers of the DistilBERT.
        peer_width: its width, a multiple of 12.
    """

    rows: int = 19_200
    texts: int = 40
    many: int = 640
    embedding: int = 128
    hidden: int = 256
    vocabulary: int = 16_000
    student: tuple[int, int, int] = (256, 192, 30_000)
    peer_layers: int = 6
    peer_width: int = 768


@dataclass(frozen=True)
class CRFSizes:
    """A batch of long sentences with the tags of Universal Dependencies; `calls` are timed together."""

    sentences: int = 32
    steps: int = 60
    tags: int = 17
    calls: int = 50


@dataclass(frozen=True)
class LanguageSizes:
    """A language model and its text: `streams` side by side, read in `chunks` of `steps` tokens.

    One of `many_words` has a head in clusters, `--adaptive_softmax` being `softmax`, and reads `many_chunks`.
    """

    width: int = 256
    words: int = 10_000
    many_words: int = 30_000
    many_chunks: int = 10
    softmax: str = "auto"
    streams: int = 32
    steps: int = 35
    chunks: int = 40
    new_tokens: int = 200


@dataclass(frozen=True)
class TaggingSizes:
    """A tagger of words, and sentences of 3 to `longest` of them."""

    sentences: int = 3_200
    longest: int = 40
    words: int = 10_000
    tags: int = 17
    width: int = 128
    hidden: int = 256


@dataclass(frozen=True)
class PairSizes:
    """An encoder-decoder, and pairs of texts for it; `rows` pairs make a batch."""

    words: int = 8_000
    width: int = 256
    layers: int = 3
    pairs: int = 1_280
    rows: int = 64
    new_tokens: int = 30
    calls: int = 3


@dataclass(frozen=True)
class LoadSizes:
    """A saved model of about 5 MB."""

    vocabulary: int = 8_000
    width: int = 128


@dataclass(frozen=True)
class Sizes:
    """All of the above, and how often each measurement is repeated.

    Attributes:
        classifier: of the text classifiers.
        crf: of the linear-chain CRF.
        language: of the language models.
        tagging: of the taggers.
        pair: of the encoder-decoders.
        load: of the model that is loaded cold.
        reading_rows: rows of the files that are read.
        pairs: turns of ours and theirs; None leaves each measurement its own number.
        warm_up: whether a fresh process is started once before it counts.
    """

    classifier: ClassifierSizes = field(default_factory=ClassifierSizes)
    crf: CRFSizes = field(default_factory=CRFSizes)
    language: LanguageSizes = field(default_factory=LanguageSizes)
    tagging: TaggingSizes = field(default_factory=TaggingSizes)
    pair: PairSizes = field(default_factory=PairSizes)
    load: LoadSizes = field(default_factory=LoadSizes)
    reading_rows: int = 1_000_000
    pairs: int | None = None
    warm_up: bool = True


FULL = Sizes()
"""What the published figures are made with."""
TOY = Sizes(
    ClassifierSizes(
        rows=64,
        texts=3,
        many=8,
        embedding=8,
        hidden=8,
        vocabulary=200,
        student=(8, 8, 200),
        peer_layers=1,
        peer_width=12,
    ),
    CRFSizes(sentences=2, steps=5, tags=4, calls=1),
    LanguageSizes(
        width=8, words=50, many_words=60, many_chunks=3, softmax="8,24", streams=2, steps=5, chunks=3, new_tokens=3
    ),
    TaggingSizes(sentences=32, longest=5, words=30, tags=3, width=8, hidden=8),
    PairSizes(words=50, width=8, layers=1, pairs=16, rows=8, new_tokens=3, calls=1),
    LoadSizes(vocabulary=50, width=8),
    reading_rows=200,
    pairs=1,
    warm_up=False,
)
"""What the tests run: all of the code in seconds. Its figures say nothing."""
