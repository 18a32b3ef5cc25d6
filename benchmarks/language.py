# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the recurrent language model against what people write by hand over `nn.LSTM`: training, and generation.

B batch · T steps of a chunk · V vocabulary · H width of embedding and state
"""

import copy
import random
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import torch
from pairs import Speed, time_pairs
from torch import Tensor, nn

from hf_seq import RecurrentConfig, RecurrentForCausalLM
from hf_seq.loops.options import has_amx
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import make_trainer

WIDTH, LETTERS, WORDS = 256, 96, 10_000
STREAMS, STEPS, CHUNKS = 32, 35, 40
NEW_TOKENS = 200
DROPOUT = 0.2


class HandWritten(nn.Module):
    """Embedding, `nn.LSTM`, a linear layer, as in the word language model of PyTorch's examples."""

    def __init__(self, vocab_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, vocab_size)

    def forward(self, ids: Tensor, state: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """(B, T) to (B, T, V) and the state behind the last step."""
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
    """What the measurements share: a text of words as frequent as words are (Zipf), and a model of letters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def prepared(self) -> Prepared:
        """Tokenizer, streams and model for training."""
        draw = random.Random(0)
        frequencies = [1 / (rank + 10) for rank in range(WORDS)]
        words = [f"w{rank}" for rank in range(WORDS)]
        drawn = [*words, *draw.choices(words, frequencies, k=2 * STREAMS * STEPS * CHUNKS)]
        lines = [" ".join(drawn[start : start + 20]) for start in range(0, len(drawn), 20)]
        (self.folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        prepared = prepare(*self.recipe())
        kept, text = STREAMS * STEPS * CHUNKS + 1, prepared.train.text
        prepared.train.text = replace(text, ids=text.ids[:kept], characters=text.characters[:kept])
        return prepared

    def recipe(self, **overrides: object) -> tuple[Recipe, object]:
        """The recipe that is timed."""
        flags = {
            "task": "language-modeling",
            "tokenizer_kind": "word",
            "min_frequency": 1,
            "vocab_size": WORDS,
            "embedding_size": WIDTH,
            "hidden_size": WIDTH,
            "num_hidden_layers": 1,
            "tie_word_embeddings": False,
            "variational_dropout": False,
            "embedding_dropout": DROPOUT,
            "output_dropout": DROPOUT,
            "weight_dropout": 0.0,
            "averaging": "none",
            "bptt_steps": STEPS,
            "per_device_train_batch_size": STREAMS,
            "num_train_epochs": 1,
            "eval_strategy": "no",
            "save_strategy": "no",
            "load_best_model_at_end": False,
            "disable_tqdm": True,
            "output_dir": str(self.folder / "run"),
        }
        return recipe_for("lstm-lm", data=str(self.folder / "words.txt"), **(flags | overrides))

    def ours(self, **overrides: object) -> float:
        """Tokens per second of `train_language_model.py`."""
        prepared = copy.copy(self.prepared)
        prepared.model = copy.deepcopy(self.prepared.model)
        prepared.recipe, arguments = self.recipe(**overrides)
        trainer = make_trainer(arguments, prepared)
        start = time.perf_counter()
        trainer.train()
        return STREAMS * STEPS * CHUNKS / (time.perf_counter() - start)

    def theirs(self) -> float:
        """Tokens per second of a loop over `nn.LSTM` with AdamW as it comes, on the same streams."""
        ids = torch.as_tensor(self.prepared.train.text.ids)
        inputs, targets = ids[:-1].view(STREAMS, -1), ids[1:].view(STREAMS, -1)
        model = HandWritten(len(self.prepared.processor), DROPOUT).train()
        optimizer, criterion, state = torch.optim.AdamW(model.parameters(), lr=2e-3), nn.CrossEntropyLoss(), None
        start = time.perf_counter()
        for chunk, wanted in zip(inputs.split(STEPS, 1), targets.split(STEPS, 1), strict=True):
            logits, state = model(chunk, state)
            state = tuple(each.detach() for each in state)
            loss = criterion(logits.flatten(0, 1), wanted.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return ids.numel() / (time.perf_counter() - start)

    def training(self, id: str, bf16: bool) -> Speed:
        """Both ways of training in turns."""
        shape = f"{WIDTH} wide, {WORDS:,} words, {STREAMS} streams x {STEPS} steps, one thread"
        dtype = "bf16 autocast" if bf16 else "fp32"
        return time_pairs(
            id,
            lambda: self.ours(bf16=bf16),
            "hand-written loop over nn.LSTM, fp32",
            self.theirs,
            "tokens/s",
            note=f"LSTM language model, {shape}; {dtype}",
        )

    def generation(self, id: str, batch: int) -> Speed:
        """`generate()`, greedy, in turns with a loop over `nn.LSTM`."""
        config = RecurrentConfig(
            vocab_size=LETTERS, embedding_size=WIDTH, hidden_size=WIDTH, bidirectional=False, eos_token_id=None
        )
        model, peer = RecurrentForCausalLM(config).eval(), HandWritten(LETTERS).eval()
        prompt = torch.randint(1, LETTERS, (batch, 16))
        options = {"do_sample": False, "max_new_tokens": NEW_TOKENS}

        def rate(generate: object) -> float:
            start = time.perf_counter()
            generate()  # type: ignore[operator]
            return batch * NEW_TOKENS / (time.perf_counter() - start)

        return time_pairs(
            id,
            lambda: rate(lambda: model.generate(prompt, **options)),
            "greedy loop over nn.LSTM",
            lambda: rate(lambda: peer.generate(prompt, NEW_TOKENS)),
            "tokens/s",
            pairs=11,
            note=f"LSTM of {LETTERS} letters, {WIDTH} wide, batch {batch}, {NEW_TOKENS} new tokens, one thread, fp32",
        )


def lm_train(folder: Path) -> Speed:
    """Our trainer in float32."""
    return LanguageBench(folder).training("lm-train", bf16=False)


def lm_train_bf16(folder: Path) -> Speed | None:
    """Our trainer in bfloat16, where the processor has the units for it."""
    if not has_amx():
        print("lm-train-bf16: not run, this processor has no AMX")
        return None
    return LanguageBench(folder).training("lm-train-bf16", bf16=True)


def lm_generate_b1(folder: Path) -> Speed:
    """One text."""
    return LanguageBench(folder).generation("lm-generate-b1", 1)


def lm_generate_b16(folder: Path) -> Speed:
    """Sixteen texts."""
    return LanguageBench(folder).generation("lm-generate-b16", 16)
