# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of the encoder-decoders: training against a hand-written attention decoder and MarianMT, and `generate()`.

B batch · S source steps · T target steps · H width of embedding and state
"""

import copy
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.data import DataLoader
from transformers import PreTrainedModel

from benchmarks.pairs import Speed, time_pairs
from benchmarks.seq2seq_peers import StepByStep, make_marian
from benchmarks.sizes import FULL, PairSizes, Sizes
from hf_seq import (
    RecurrentSeq2SeqConfig,
    RecurrentSeq2SeqForConditionalGeneration,
    TransformerSeq2SeqConfig,
    TransformerSeq2SeqForConditionalGeneration,
)
from hf_seq.loops.options import TrainingOptions, has_bf16_units
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import make_trainer

DROPOUT = 0.1
SPECIAL = 5
"""Tokens of a vocabulary that are no words."""
LENGTHS = ((2.70, 0.33), (2.68, 0.29))
"""Mean and deviation of the log of a text's tokens in Multi30k, German and English, 8,000 BPE tokens."""
COMMON: dict[str, Any] = {
    "task": "seq2seq",
    "tokenizer_kind": "word",
    "min_frequency": 1,
    "embedding_dropout": DROPOUT,
    "hidden_dropout": DROPOUT,
    "label_smoothing_factor": 0.0,
    "source_column": "de",
    "target_column": "en",
    "num_train_epochs": 1,
    "eval_strategy": "no",
    "save_strategy": "no",
    "load_best_model_at_end": False,
    "disable_tqdm": True,
}


def family(model: str, sizes: PairSizes) -> dict[str, Any]:
    """Return the flags that set the shape of a family's model."""
    if model == "lstm-seq2seq":
        return {"embedding_size": sizes.width, "num_hidden_layers": 1}
    return {"num_hidden_layers": sizes.layers, "intermediate_size": 2 * sizes.width, "attention_dropout": DROPOUT}


class PairBench:
    """What the measurements share: pairs as long as Multi30k's, of words as frequent as words are (Zipf)."""

    def __init__(self, folder: Path, sizes: Sizes = FULL) -> None:
        self.folder = folder
        self.sizes = sizes.pair
        self.turns = sizes.pairs or 5
        draw = random.Random(0)
        words = [f"w{rank}" for rank in range(self.sizes.words)]
        weights = [1 / (rank + 10) for rank in range(self.sizes.words)]
        for side, (mean, deviation) in zip(("de", "en"), LENGTHS, strict=True):
            lengths = [max(3, round(draw.lognormvariate(mean, deviation)) - 1) for _ in range(self.sizes.pairs)]
            lines = [" ".join(draw.choices(words, weights, k=length)) for length in lengths]
            whole = [" ".join(words[start : start + 20]) for start in range(0, len(words), 20)]  # one vocabulary
            text = "".join(f"{line}\n" for line in [*lines, *whole])
            (folder / f"train.{side}").write_text(text, encoding="utf-8")
            for name in ("validation", "test"):
                (folder / f"{name}.{side}").write_text(lines[0] + "\n", encoding="utf-8")

    def recipe(self, model: str, **overrides: Any) -> tuple[Recipe, TrainingOptions]:
        """Return the recipe that is timed."""
        sizes = {
            "vocab_size": self.sizes.words + SPECIAL,
            "hidden_size": self.sizes.width,
            "per_device_train_batch_size": self.sizes.rows,
            **family(model, self.sizes),
        }
        flags = {**COMMON, **sizes, "output_dir": str(self.folder / "run"), **overrides}
        return recipe_for(model, data=str(self.folder), **flags)

    @cached_property
    def _prepared(self) -> dict[tuple[str, bool], Prepared]:
        return {}

    def prepared(self, model: str, bf16: bool) -> Prepared:
        """Return rows, and a copy of the untrained model as it trains in that precision."""
        key = (model, bf16)
        if key not in self._prepared:
            self._prepared[key] = prepare(*self.recipe(model, bf16=bf16))
            rows: Any = self._prepared[key].train
            kept = rows.rows[: self.sizes.pairs]
            self._prepared[key].train = type(rows)([row["input_ids"] for row in kept], [row["labels"] for row in kept])
        made = copy.copy(self._prepared[key])
        made.model = copy.deepcopy(made.model)
        return made

    def tokens(self, prepared: Prepared) -> int:
        """Return target tokens of the train split."""
        return sum(len(row["labels"]) for row in prepared.train.rows)

    def ours(self, name: str, bf16: bool, model: PreTrainedModel | None = None) -> float:
        """Measure target tokens per second of `train_seq2seq.py`, of our model or of another under the same loop."""
        prepared = self.prepared(name, bf16)
        if model is not None:
            prepared.model = model
        prepared.recipe, arguments = self.recipe(name, bf16=bf16)
        trainer = make_trainer(arguments, prepared)
        start = time.perf_counter()
        trainer.train()
        return self.tokens(prepared) / (time.perf_counter() - start)

    def batches(self, prepared: Prepared, similar: bool) -> list[dict[str, Tensor]]:
        """Return padded batches, of rows of similar length or of any."""
        rows = prepared.train
        order: dict[str, Any] = {"sampler": rows.length_sampler(self.sizes.rows)} if similar else {"shuffle": True}
        return list(DataLoader(rows, self.sizes.rows, collate_fn=prepared.collator, **order))

    def theirs(self, model: nn.Module, loss_of: Callable[..., Tensor], batches: Iterable[dict[str, Tensor]]) -> float:
        """Measure target tokens per second of a plain loop in float32, with fused AdamW."""
        model.train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
        done, start = 0, time.perf_counter()
        for batch in batches:
            loss = loss_of(model, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            done += int((batch["labels"] != -100).sum())
        return done / (time.perf_counter() - start)


def training_recurrent(bench: PairBench, id: str, bf16: bool) -> Speed:
    """Time our LSTM with attention against one that takes a Python step a token, on the same batches."""
    prepared = bench.prepared("lstm-seq2seq", bf16)
    batches = bench.batches(prepared, similar=True)
    vocabulary, sizes = len(prepared.processor), bench.sizes

    def theirs() -> float:
        model = StepByStep(vocabulary, sizes.width, DROPOUT)
        return bench.theirs(model, lambda model, batch: model.loss(**batch), batches)

    return time_pairs(
        id,
        lambda: bench.ours("lstm-seq2seq", bf16),
        "hand-written LSTM decoder, a step a token, fp32",
        theirs,
        "tokens/s",
        bench.turns,
        note=f"BiLSTM and LSTM, general attention, {sizes.width} wide, one embedding of {vocabulary:,}, "
        f"{sizes.rows} pairs a batch of similar length in both, Multi30k's lengths, one thread; "
        f"{'bf16 autocast' if bf16 else 'fp32'}",
    )


def training_transformer(bench: PairBench, id: str, same_loop: bool) -> Speed:
    """Time our transformer against Marian, trained the usual way or by our own loop."""
    bf16 = has_bf16_units()
    prepared = bench.prepared("transformer-seq2seq", bf16)
    vocabulary, sizes = len(prepared.processor), bench.sizes
    batches = bench.batches(prepared, similar=False)

    def theirs() -> float:
        marian = make_marian(vocabulary, sizes.width, sizes.layers, DROPOUT)
        if same_loop:
            marian.set_attn_implementation("eager" if bf16 else "sdpa")
            return bench.ours("transformer-seq2seq", bf16, marian)
        return bench.theirs(marian, lambda model, batch: model(**batch).loss, batches)

    peer = "MarianMTModel, our loop" if same_loop else "MarianMTModel, random batches, fp32"
    return time_pairs(
        id,
        lambda: bench.ours("transformer-seq2seq", bf16),
        peer,
        theirs,
        "tokens/s",
        bench.turns,
        note=f"{sizes.layers}+{sizes.layers} layers, {sizes.width} wide, 4 heads, one embedding of {vocabulary:,}, "
        f"{sizes.rows} pairs a batch, Multi30k lengths, one thread; ours {'bf16 autocast' if bf16 else 'fp32'}",
    )


def make_ours(recurrent: bool, vocabulary: int, sizes: PairSizes) -> PreTrainedModel:
    """Make our encoder-decoder of that shape, with random weights."""
    if recurrent:
        lstm = RecurrentSeq2SeqConfig(
            vocab_size=vocabulary, embedding_size=sizes.width, hidden_size=sizes.width, eos_token_id=None
        )
        return RecurrentSeq2SeqForConditionalGeneration(lstm)
    config = TransformerSeq2SeqConfig(
        vocab_size=vocabulary,
        hidden_size=sizes.width,
        num_hidden_layers=sizes.layers,
        intermediate_size=2 * sizes.width,
        eos_token_id=None,
    )
    return TransformerSeq2SeqForConditionalGeneration(config)


def generation(id: str, batch: int, recurrent: bool, every: Sizes) -> Speed:
    """Time greedy `generate()` in turns with that Marian, and write down where the time of the transformers goes."""
    sizes = every.pair
    vocabulary = sizes.words + SPECIAL
    ours = make_ours(recurrent, vocabulary, sizes)
    theirs = make_marian(vocabulary, sizes.width, sizes.layers, DROPOUT)
    for model in (ours, theirs):
        model.eval().generation_config.eos_token_id = None  # both write to the end
    sources = torch.randint(SPECIAL, vocabulary, (batch, 15))
    options: dict[str, Any] = {
        "attention_mask": torch.ones_like(sources),
        "do_sample": False,
        "max_new_tokens": sizes.new_tokens,
    }

    def rate(model: Any) -> float:
        start = time.perf_counter()
        for _ in range(sizes.calls):
            model.generate(sources, **options)
        return sizes.calls * batch * sizes.new_tokens / (time.perf_counter() - start)

    both = {"ours": ours, "marian": theirs}
    profiles = {name: where_time_goes(model, sources, options) for name, model in both.items()}
    kind = "BiLSTM and LSTM, general attention" if recurrent else f"{sizes.layers}+{sizes.layers} layers, 4 heads"
    speed = time_pairs(
        id,
        lambda: rate(ours),
        "MarianMTModel, generate()",
        lambda: rate(theirs),
        "tokens/s",
        pairs=every.pairs or 21,
        note=f"{kind}, {sizes.width} wide, vocabulary {vocabulary:,}, greedy, batch {batch}, "
        f"15 source tokens, {sizes.new_tokens} new ones, one thread, fp32; profile in generate_profile.jsonl",
    )
    return replace(speed, profile=profiles)


def where_time_goes(model: Any, sources: Tensor, options: dict[str, Any]) -> dict[str, float]:
    """Measure milliseconds of one `generate()` by kind of work; what no kernel takes is Python and dispatch."""
    kinds = {"aten::addmm": "layers", "aten::mm": "head", "aten::argmax": "choice", "aten::cat": "copies"}
    model.generate(sources, **options)
    start = time.perf_counter()
    model.generate(sources, **options)
    total = 1000 * (time.perf_counter() - start)
    with profile(activities=[ProfilerActivity.CPU]) as watched:
        model.generate(sources, **options)
    found = dict.fromkeys((*kinds.values(), "attention", "other kernels"), 0.0)
    for event in watched.key_averages():
        kind = "attention" if "attention" in event.key else kinds.get(event.key, "other kernels")
        found[kind] += event.self_cpu_time_total / 1000
    found["Python and dispatch"] = max(0.0, total - sum(found.values()))
    return {"total": round(total, 1)} | {name: round(value, 1) for name, value in found.items()}


def measurements() -> dict[str, Callable[[Path, Sizes], Speed]]:
    """List what `speed.py` runs, by id; each is given a folder to write to, and the sizes."""

    def train(id: str, measure: Callable[..., Speed], **how: bool) -> Callable[[Path, Sizes], Speed]:
        return lambda folder, sizes: measure(PairBench(folder, sizes), id, **how)

    def generate(id: str, batch: int, recurrent: bool) -> Callable[[Path, Sizes], Speed]:
        return lambda folder, sizes: generation(id, batch, recurrent, sizes)

    ids: list[tuple[str, Callable[..., Speed], dict[str, bool]]] = [
        ("seq2seq-train-recurrent", training_recurrent, {"bf16": has_bf16_units()}),
        ("seq2seq-train-recurrent-fp32", training_recurrent, {"bf16": False}),
        ("seq2seq-train-transformer", training_transformer, {"same_loop": False}),
        ("seq2seq-train-transformer-same-loop", training_transformer, {"same_loop": True}),
    ]
    rows = {id: train(id, measure, **how) for id, measure, how in ids}
    for batch in (1, 32):
        for suffix, recurrent in (("", False), ("-recurrent", True)):
            id = f"seq2seq-generate-b{batch}{suffix}"
            rows[id] = generate(id, batch, recurrent)
    return rows
