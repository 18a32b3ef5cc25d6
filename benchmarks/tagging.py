# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the BiLSTM-CRF against one written by hand over `nn.LSTM` and pytorch-crf: training, and tagging.

Sentences are drawn: words as frequent as words are (Zipf), as long as those of Universal Dependencies.
"""

import copy
import random
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

import hf_seq
from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import FULL, Sizes
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import make_trainer

PEER = "hand-written loop over nn.LSTM and pytorch-crf"
BATCH, DROPOUT = 32, 0.1


class HandWritten(nn.Module):
    """Embedding, packed `nn.LSTM`, a linear layer, pytorch-crf."""

    def __init__(self, words: int, width: int, hidden: int, tags: int) -> None:
        super().__init__()
        from torchcrf import CRF  # of the dev extra

        self.embedding = nn.Embedding(words + 1, width, padding_idx=0)
        self.lstm = nn.LSTM(width, hidden // 2, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(hidden, tags)
        self.crf = CRF(tags, batch_first=True)

    def scores(self, rows: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Score every tag of every word: (B, T, K), and the mask (B, T)."""
        lengths = torch.tensor([len(row) for row in rows])
        ids = pad_sequence(rows, batch_first=True)
        inputs = self.dropout(self.embedding(ids))
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.head(self.dropout(states)), ids > 0


class TaggingBench:
    """What both measurements share: sentences in a file and as ids, and a tagger prepared for them."""

    def __init__(self, folder: Path, sizes: Sizes = FULL) -> None:
        self.folder = folder
        self.sizes = sizes.tagging
        self.pairs = sizes.pairs or 5
        draw = random.Random(0)
        frequencies = [1 / (rank + 10) for rank in range(self.sizes.words)]
        lengths = [draw.randint(3, self.sizes.longest) for _ in range(self.sizes.sentences)]
        self.rows = [draw.choices(range(1, self.sizes.words + 1), frequencies, k=length) for length in lengths]
        self.tags = [[id % self.sizes.tags for id in row] for row in self.rows]

    @cached_property
    def prepared(self) -> Prepared:
        """Tokenizer, rows and model."""
        path = self.folder / "drawn.conll"
        blocks = (
            "".join(f"w{id}\tT{tag}\n" for id, tag in zip(row, tags, strict=True))
            for row, tags in zip(self.rows, self.tags, strict=True)
        )
        path.write_text("\n".join(blocks), encoding="utf-8")
        return prepare(*self._recipe(path))

    def _recipe(self, path: Path) -> Any:
        flags: dict[str, Any] = {"eval_strategy": "no", "save_strategy": "no", "load_best_model_at_end": False}
        flags |= {"num_train_epochs": 1, "disable_tqdm": True, "output_dir": str(self.folder / "tagger")}
        shape = {"embedding_size": self.sizes.width, "hidden_size": self.sizes.hidden, "character_encoder": "none"}
        words = {"tokenizer_kind": "word", "vocab_size": self.sizes.words + 10, "min_frequency": 1}
        flags |= shape | words | {"per_device_train_batch_size": BATCH, "bf16": False}
        return recipe_for("bilstm-crf", task="tagging", data=str(path), **flags)

    @property
    def note(self) -> str:
        """The tagger, for a reader."""
        sizes = self.sizes
        shape = f"BiLSTM-CRF, {sizes.hidden // 2} units each way, embedding {sizes.words:,} x {sizes.width}"
        return f"{shape}, {sizes.tags} tags, 3 to {sizes.longest} words, batch {BATCH}, one thread, fp32"

    def hand_written(self) -> HandWritten:
        """Make the peer."""
        return HandWritten(self.sizes.words, self.sizes.width, self.sizes.hidden, self.sizes.tags)

    def train_ours(self) -> float:
        """Measure sentences per second of `train_tagger.py`."""
        prepared = copy.copy(self.prepared)
        prepared.model = copy.deepcopy(self.prepared.model)
        prepared.recipe, arguments = self._recipe(self.folder / "drawn.conll")
        trainer = make_trainer(arguments, prepared)
        start = time.perf_counter()
        trainer.train()
        return len(prepared.train) / (time.perf_counter() - start)

    def train_theirs(self) -> float:
        """Measure sentences per second of a loop over random batches, with AdamW as it comes."""
        model = self.hand_written().train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        order = random.Random(0).sample(range(len(self.rows)), len(self.prepared.train))
        start = time.perf_counter()
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            scores, mask = model.scores([torch.tensor(self.rows[row]) for row in chosen])
            tags = pad_sequence([torch.tensor(self.tags[row]) for row in chosen], batch_first=True)
            optimizer.zero_grad()
            (-model.crf(scores, tags, mask, reduction="token_mean")).backward()
            optimizer.step()
        return len(order) / (time.perf_counter() - start)

    @cached_property
    def predictor(self) -> Any:
        """Our tagger, from where it was saved; its weights do not matter to its speed."""
        for part in (self.prepared.model, self.prepared.processor):
            part.save_pretrained(self.folder / "tagger")
        return hf_seq.load(self.folder / "tagger", batch_size=BATCH)

    def tag_ours(self) -> float:
        """Measure sentences per second from words to tags."""
        words = [[f"w{id}" for id in row] for row in self.rows]
        start = time.perf_counter()
        assert len(list(self.predictor.tag_words(words))) == len(words)
        return len(words) / (time.perf_counter() - start)

    @cached_property
    def peer(self) -> HandWritten:
        """The peer that tags."""
        return self.hand_written().eval()

    @torch.no_grad()
    def tag_theirs(self) -> float:
        """Measure sentences per second from words to tags, batch after batch."""
        words = [[f"w{id}" for id in row] for row in self.rows]
        ids = {f"w{id}": id for id in range(1, self.sizes.words + 1)}
        model, found = self.peer, []
        start = time.perf_counter()
        for begin in range(0, len(words), BATCH):
            batch = [torch.tensor([ids[word] for word in row]) for row in words[begin : begin + BATCH]]
            found += [[f"T{tag}" for tag in path] for path in model.crf.decode(*model.scores(batch))]
        return len(found) / (time.perf_counter() - start)


def tagger_train(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time one pass over the sentences."""
    bench = TaggingBench(folder, sizes)
    unit = "sentences/s"
    return time_pairs("tagger-train", bench.train_ours, PEER, bench.train_theirs, unit, bench.pairs, bench.note)


def tagger_predict(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time tagging all sentences."""
    bench = TaggingBench(folder, sizes)
    unit = "sentences/s"
    return time_pairs("tagger-predict", bench.tag_ours, PEER, bench.tag_theirs, unit, bench.pairs, bench.note)
