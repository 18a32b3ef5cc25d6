# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the recurrent language model against what people write by hand over `nn.LSTM`: training, and generation.

B batch · T steps of a chunk · V vocabulary · H width of embedding and state
"""

import copy
import random
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import FULL, Sizes
from hf_seq import RecurrentConfig, RecurrentForCausalLM
from hf_seq.loops.options import TrainingOptions, has_bf16_units
from hf_seq.tasks.language_modeling.trainer import TextDataset
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import make_trainer

LETTERS = 96
DROPOUT = 0.2


class HandWritten(nn.Module):
    """Embedding, `nn.LSTM`, a linear layer, as in the word language model of PyTorch's examples."""

    def __init__(self, vocab_size: int, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, vocab_size)

    def forward(self, ids: Tensor, state: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return (B, T) to (B, T, V) and the state behind the last step."""
        states, state = self.lstm(self.dropout(self.embedding(ids)), state)
        return self.head(self.dropout(states)), state

    @torch.no_grad()
    def generate(self, ids: Tensor, count: int) -> Tensor:
        """Add the likeliest token, `count` times: (B, T) to (B, T + count)."""
        logits, state = self(ids)
        for _ in range(count):
            token = logits[:, -1].argmax(-1, keepdim=True)
            ids = torch.cat([ids, token], dim=1)
            logits, state = self(token, state)
        return ids


class LanguageBench:
    """What the measurements share: a text of words as frequent as words are (Zipf), and a model of letters.

    Args:
        folder: for the text and the runs.
        sizes: how much is done.
        words: of the vocabulary; None is the usual number.
        softmax: `--adaptive_softmax`.
    """

    def __init__(self, folder: Path, sizes: Sizes = FULL, words: int | None = None, softmax: str = "off") -> None:
        self.folder = folder
        self.words, self.softmax = words or sizes.language.words, softmax
        self.sizes = sizes.language if words is None else replace(sizes.language, chunks=sizes.language.many_chunks)
        self.pairs = sizes.pairs
        self.tokens = self.sizes.streams * self.sizes.steps * self.sizes.chunks  # that are learned from

    @cached_property
    def prepared(self) -> Prepared:
        """Tokenizer, streams and model for training."""
        draw = random.Random(0)
        frequencies = [1 / (rank + 10) for rank in range(self.words)]
        words = [f"w{rank}" for rank in range(self.words)]
        drawn = [*words, *draw.choices(words, frequencies, k=2 * self.tokens)]
        lines = [" ".join(drawn[start : start + 20]) for start in range(0, len(drawn), 20)]
        (self.folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        prepared = prepare(*self.recipe())
        kept, rows = self.tokens + 1, prepared.train
        assert isinstance(rows, TextDataset)
        # from the end: the text begins with every word once
        rows.text = replace(rows.text, ids=rows.text.ids[-kept:], characters=rows.text.characters[-kept:])
        return prepared

    @cached_property
    def ids(self) -> Tensor:
        """The text that is learned, and the token after it."""
        rows = self.prepared.train
        assert isinstance(rows, TextDataset)
        return torch.as_tensor(rows.text.ids)

    def recipe(self, **overrides: Any) -> tuple[Recipe, TrainingOptions]:
        """Return the recipe that is timed."""
        flags: dict[str, Any] = {
            "task": "language-modeling",
            "tokenizer_kind": "word",
            "min_frequency": 1,
            "vocab_size": self.words,
            "adaptive_softmax": self.softmax,
            "embedding_size": self.sizes.width,
            "hidden_size": self.sizes.width,
            "num_hidden_layers": 1,
            "tie_word_embeddings": False,
            "variational_dropout": False,
            "embedding_dropout": DROPOUT,
            "output_dropout": DROPOUT,
            "weight_dropout": 0.0,
            "averaging": "none",
            "bptt_steps": self.sizes.steps,
            "per_device_train_batch_size": self.sizes.streams,
            "num_train_epochs": 1,
            "eval_strategy": "no",
            "save_strategy": "no",
            "load_best_model_at_end": False,
            "disable_tqdm": True,
            "output_dir": str(self.folder / "run"),
        }
        return recipe_for("lstm-lm", data=str(self.folder / "words.txt"), **(flags | overrides))

    def ours(self, **overrides: Any) -> float:
        """Measure tokens per second of `train_language_model.py`."""
        prepared = copy.copy(self.prepared)
        prepared.model = copy.deepcopy(self.prepared.model)
        prepared.recipe, arguments = self.recipe(**overrides)
        trainer = make_trainer(arguments, prepared)
        start = time.perf_counter()
        trainer.train()
        return self.tokens / (time.perf_counter() - start)

    def theirs(self) -> float:
        """Measure tokens per second of a loop over `nn.LSTM` with AdamW as it comes, on the same streams."""
        model = HandWritten(len(self.prepared.processor), self.sizes.width, DROPOUT).train()
        ids, streams = self.ids, self.sizes.streams
        inputs, targets = ids[:-1].view(streams, -1), ids[1:].view(streams, -1)
        optimizer, criterion, state = torch.optim.AdamW(model.parameters(), lr=2e-3), nn.CrossEntropyLoss(), None
        start = time.perf_counter()
        for chunk, wanted in zip(inputs.split(self.sizes.steps, 1), targets.split(self.sizes.steps, 1), strict=True):
            logits, state = model(chunk, state)
            state = tuple(each.detach() for each in state)
            loss = criterion(logits.flatten(0, 1), wanted.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return ids.numel() / (time.perf_counter() - start)

    def training(
        self,
        id: str,
        bf16: bool,
        peer: str = "hand-written loop over nn.LSTM, fp32",
        theirs: Callable[[], float] | None = None,
    ) -> Speed:
        """Time both ways of training in turns."""
        sizes = self.sizes
        shape = f"{sizes.width} wide, {self.words:,} words, {sizes.streams} streams x {sizes.steps} steps, one thread"
        dtype = "bf16 autocast" if bf16 else "fp32"
        head = "" if self.softmax == "off" else f"; ours --adaptive_softmax {self.softmax}, theirs off"
        return time_pairs(
            id,
            lambda: self.ours(bf16=bf16),
            peer,
            theirs or self.theirs,
            "tokens/s",
            pairs=self.pairs or 5,
            note=f"LSTM language model, {shape}; {dtype}{head}",
        )

    def generation(self, id: str, batch: int) -> Speed:
        """Time greedy `generate()` in turns with a loop over `nn.LSTM`."""
        width, new_tokens = self.sizes.width, self.sizes.new_tokens
        config = RecurrentConfig(
            vocab_size=LETTERS, embedding_size=width, hidden_size=width, bidirectional=False, eos_token_id=None
        )
        model, peer = RecurrentForCausalLM(config).eval(), HandWritten(LETTERS, width).eval()
        prompt = torch.randint(1, LETTERS, (batch, 16))
        options = {"do_sample": False, "max_new_tokens": new_tokens}

        def rate(generate: Callable[[], object]) -> float:
            start = time.perf_counter()
            generate()
            return batch * new_tokens / (time.perf_counter() - start)

        return time_pairs(
            id,
            lambda: rate(lambda: model.generate(prompt, **options)),
            "greedy loop over nn.LSTM",
            lambda: rate(lambda: peer.generate(prompt, new_tokens)),
            "tokens/s",
            pairs=self.pairs or 11,
            note=f"LSTM of {LETTERS} letters, {width} wide, batch {batch}, {new_tokens} new tokens, one thread, fp32",
        )


def lm_train(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time our trainer in float32."""
    return LanguageBench(folder, sizes).training("lm-train", bf16=False)


def lm_train_bf16(folder: Path, sizes: Sizes = FULL) -> Speed | None:
    """Time our trainer in bfloat16, where the processor has the units for it."""
    if not has_bf16_units():
        print("lm-train-bf16: not run, this processor has no units for bfloat16")
        return None
    return LanguageBench(folder, sizes).training("lm-train-bf16", bf16=True)


def lm_train_adaptive(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time a head in clusters, of many words, against a loop by hand with a score for each."""
    return _clustered(folder, sizes).training("lm-train-adaptive", bf16=False)


def lm_train_adaptive_same_loop(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time it against our own training with a score for each word."""
    peer, full = "the same, --adaptive_softmax off", LanguageBench(folder, sizes, sizes.language.many_words)
    theirs = lambda: full.ours(bf16=False)  # noqa: E731
    return _clustered(folder, sizes).training("lm-train-adaptive-same-loop", bf16=False, peer=peer, theirs=theirs)


def _clustered(folder: Path, sizes: Sizes) -> LanguageBench:
    return LanguageBench(folder, sizes, sizes.language.many_words, sizes.language.softmax)


def lm_generate_b1(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time one text."""
    return LanguageBench(folder, sizes).generation("lm-generate-b1", 1)


def lm_generate_b16(folder: Path, sizes: Sizes = FULL) -> Speed:
    """Time sixteen texts."""
    return LanguageBench(folder, sizes).generation("lm-generate-b16", 16)
