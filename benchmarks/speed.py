# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed against what people do today, in pairs on one thread; writes `results/speed.jsonl`.

    make benchmark-speed DATA=path/to/sets      texts of SST-2, from the folder that holds sst2/
    python benchmarks/speed.py --only latency-predictor
    python benchmarks/speed.py                  texts of builtin:reviews

Absolute figures belong to the machine; the ratios carry over.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ and training/ are not installed
os.environ.update(OMP_NUM_THREADS="1", RAYON_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")

import argparse
import copy
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from transformers import pipeline

from benchmarks import language, reading
from benchmarks.cold_load import cold_load
from benchmarks.distillation import distill_train
from benchmarks.exported import answer_many, cold_start, export_model, load_exported, memory, start_up
from benchmarks.fields import crf_decode, crf_loss
from benchmarks.optional import optional_packages
from benchmarks.pairs import RESULTS, Speed, time_pairs, write_memory, write_speed
from benchmarks.peers import distilbert_pipeline, tutorial_training
from benchmarks.seq2seq import measurements
from benchmarks.serving import ASKED, serving
from benchmarks.sizes import FULL, TOY, Sizes
from benchmarks.tagging import tagger_predict, tagger_train
from hf_seq import Predictor
from hf_seq.data import EncodedDataset
from hf_seq.loops.options import TrainingOptions, has_bf16_units
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared, prepare
from hf_seq.train.running import make_trainer
from training.train_classifier_accelerate import fit

BATCH = 32


class Bench:
    """What the measurements share: data, encoded once, and the models."""

    def __init__(self, data: str, folder: Path, sizes: Sizes = FULL) -> None:
        self.data = data
        self.folder = folder
        self.every = sizes
        self.sizes = sizes.classifier

    @property
    def shape(self) -> str:
        """The BiLSTM that is measured, for a reader."""
        sizes = self.sizes
        embedding = f"embedding {sizes.vocabulary // 1000}k x {sizes.embedding}"
        return f"BiLSTM, {sizes.hidden // 2} units each way, {embedding}, batch {BATCH}, one thread"

    def recipe(self, **overrides: Any) -> tuple[Recipe, TrainingOptions]:
        """Return the recipe that is timed; evaluation and checkpoints are off unless asked for."""
        flags = {
            "eval_strategy": "no",
            "save_strategy": "no",
            "load_best_model_at_end": False,
            "num_train_epochs": 1,
            "disable_tqdm": True,
            "output_dir": str(self.folder / "run"),
        }
        widths = {
            "embedding_size": self.sizes.embedding,
            "hidden_size": self.sizes.hidden,
            "vocab_size": self.sizes.vocabulary,
        }
        settings: dict[str, Any] = {"model": "bilstm"} | widths | flags | overrides
        return recipe_for(data=self.data, **settings)

    @cached_property
    def prepared(self) -> Prepared:
        """Tokenizer and rows from all of the data, cut down afterwards, so that the vocabulary is the real one."""
        prepared = prepare(*self.recipe())
        prepared.train = _encoded(prepared.train.rows[: self.sizes.rows])
        prepared.validation = _encoded(prepared.validation.rows[::10])
        return prepared

    @cached_property
    def texts(self) -> list[str]:
        """The sentences that are classified."""
        return self.prepared.splits.test["text"][:]

    @cached_property
    def saved(self) -> Path:
        """A saved BiLSTM with its tokenizer; its weights do not matter to its speed."""
        return self._save(self.prepared, "bilstm")

    @cached_property
    def student(self) -> Path:
        """Likewise one of the shape of `sst2-distilled`: attention, 192 wide, 30,000 pieces of words."""
        embedding, hidden, vocabulary = self.sizes.student
        shape = {"embedding_size": embedding, "hidden_size": hidden, "vocab_size": vocabulary}
        recipe = self.recipe(**shape, tokenizer_kind="wordpiece", model="bilstm-attention")
        return self._save(prepare(*recipe), "student")

    def _save(self, prepared: Prepared, name: str) -> Path:
        prepared.model.save_pretrained(self.folder / name)
        prepared.processor.save_pretrained(self.folder / name)
        return self.folder / name

    def fresh(self) -> Prepared:
        """Copy the untrained model over the same rows."""
        prepared = copy.copy(self.prepared)
        prepared.model = copy.deepcopy(self.prepared.model)
        return prepared

    def with_trainer(self, **overrides: Any) -> float:
        """Measure rows per second of `train_classifier.py`."""
        prepared = self.fresh()
        prepared.recipe, arguments = self.recipe(**overrides)
        trainer = make_trainer(arguments, prepared)
        return self._rate(trainer.train)

    def with_accelerate(self, **overrides: Any) -> float:
        """Measure rows per second of `train_classifier_accelerate.py`."""
        _, arguments = self.recipe(**overrides)
        AcceleratorState._reset_state(reset_partial_state=True)
        accelerator = Accelerator(cpu=True)
        accelerator.print = lambda *line: None
        prepared = self.fresh()
        return self._rate(lambda: fit(prepared, arguments, accelerator))

    def with_tutorial(self) -> float:
        """Measure rows per second of the tutorial's loop."""
        rows = self.prepared.train.rows
        return tutorial_training(
            [row["input_ids"] for row in rows],
            [row["labels"] for row in rows],
            len(self.prepared.processor),
            self.sizes.embedding,
            self.sizes.hidden // 2,
            BATCH,
        )

    @cached_property
    def distilbert(self) -> Callable[..., object]:
        """The pipeline everything is compared with."""
        return distilbert_pipeline(self.texts, self.sizes.peer_layers, self.sizes.peer_width)

    def _rate(self, train: Callable[[], object]) -> float:
        start = time.perf_counter()
        train()
        return len(self.prepared.train) / (time.perf_counter() - start)


def _encoded(rows: Sequence[dict[str, Any]]) -> EncodedDataset:
    return EncodedDataset([row["input_ids"] for row in rows], [row["labels"] for row in rows])


def latency(answer: Callable[[str], object], texts: Sequence[str]) -> float:
    """Measure median milliseconds from text to label, one text at a time."""
    seconds = []
    for text in texts:
        start = time.perf_counter()
        answer(text)
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def rate(answer: Callable[[list[str]], object], texts: list[str]) -> float:
    """Measure texts per second."""
    start = time.perf_counter()
    answer(texts)
    return len(texts) / (time.perf_counter() - start)


def train_bilstm(bench: Bench) -> Speed:
    """Time our Trainer script in float32."""
    return time_pairs(
        "train-bilstm-sst2",
        lambda: bench.with_trainer(bf16=False),
        "tutorial loop",
        bench.with_tutorial,
        "sequences/s",
        bench.every.pairs or 5,
        note=f"{bench.shape}, fp32; the tutorial pads every row to the longest",
    )


def train_bilstm_bf16(bench: Bench) -> Speed | None:
    """Time our Trainer script in bfloat16, where the processor has the units for it."""
    if not has_bf16_units():
        print("train-bilstm-sst2-bf16: not run, this processor has no units for bfloat16")
        return None
    return time_pairs(
        "train-bilstm-sst2-bf16",
        lambda: bench.with_trainer(bf16=True),
        "tutorial loop, fp32",
        bench.with_tutorial,
        "sequences/s",
        bench.every.pairs or 5,
        note=f"{bench.shape}, bf16 autocast",
    )


def trainer_against_accelerate(bench: Bench) -> Speed:
    """Time `Trainer` against a plain loop on the same models and batches."""
    whole = {"bf16": False, "eval_strategy": "epoch"}
    return time_pairs(
        "trainer-against-accelerate",
        lambda: bench.with_trainer(**whole),
        "our Accelerate loop",
        lambda: bench.with_accelerate(**whole),
        "sequences/s",
        bench.every.pairs or 5,
        note=f"{bench.shape}, fp32, with the evaluation after the epoch",
    )


def latency_pipeline(bench: Bench) -> Speed:
    """Time transformers' pipeline over our model, against the same over a DistilBERT."""
    return latency_pairs(
        "latency-pipeline", bench, pipeline("text-classification", model=str(bench.saved), device="cpu")
    )


def latency_predictor(bench: Bench) -> Speed:
    """Time our predictor, against the pipeline over a DistilBERT."""
    return latency_pairs("latency-predictor", bench, Predictor.from_pretrained(bench.saved))


def latency_pairs(id: str, bench: Bench, ours: Callable[[str], object]) -> Speed:
    """Time one way from text to label, against the pipeline over a DistilBERT."""
    theirs, texts = bench.distilbert, bench.texts[: bench.sizes.texts]
    return time_pairs(
        id,
        lambda: latency(ours, texts),
        "DistilBERT shape, pipeline",
        lambda: latency(theirs, texts),
        "ms",
        bench.every.pairs or 5,
        note="p50 from text to label at batch 1, one thread, tokenization included",
    )


def student_latency(bench: Bench) -> Speed:
    """Time our predictor over a student, against the pipeline over a DistilBERT."""
    return latency_pairs("student-latency", bench, Predictor.from_pretrained(bench.student))


def throughput_sorted(bench: Bench) -> Speed:
    """Time many texts through our predictor."""
    return throughput_pairs("throughput-sorted", bench, bench.saved)


def student_throughput(bench: Bench) -> Speed:
    """Time many texts through a student."""
    return throughput_pairs("student-throughput", bench, bench.student)


def throughput_pairs(
    id: str, bench: Bench, folder: Path, ours: Callable[[Sequence[str]], object] | None = None
) -> Speed:
    """Time batches of 64 of similar length; the DistilBERT gets them sorted, too."""
    if ours is None:
        predictor = Predictor.from_pretrained(folder, batch_size=64)
        ours = lambda many: list(predictor.predict(many))  # noqa: E731
    theirs, answer = bench.distilbert, ours
    texts = bench.texts[: bench.sizes.many]
    by_length = sorted(texts, key=len)
    return time_pairs(
        id,
        lambda: rate(answer, texts),
        "DistilBERT shape, pipeline, sorted batches of 64",
        lambda: rate(lambda many: theirs(many, batch_size=64), by_length),
        "sequences/s",
        pairs=bench.every.pairs or 3,
        note="fp32, one thread, tokenization included; sorting is part of our time",
    )


def onnx_latency(bench: Bench) -> Speed:
    """Time what was exported, against the pipeline over a DistilBERT."""
    return latency_pairs("onnx-latency", bench, load_exported(bench.saved))


def onnx_int8_latency(bench: Bench) -> Speed:
    """Time its int8 file."""
    return latency_pairs("onnx-int8-latency", bench, load_exported(bench.saved, quantized=True))


def onnx_throughput(bench: Bench) -> Speed:
    """Time many texts through what was exported."""
    return throughput_pairs("onnx-throughput", bench, bench.saved, answer_many(bench.saved))


def onnx_int8_throughput(bench: Bench) -> Speed:
    """Time many texts through its int8 file."""
    row = throughput_pairs("onnx-int8-throughput", bench, bench.saved, answer_many(bench.saved, quantized=True))
    return replace(row, note=row.note.replace("fp32", "ours int8, theirs fp32"))


def start_up_of(id: str, bench: Bench, folder: Path) -> Speed:
    """Time a process that answers one text by a folder."""
    return start_up(id, folder, bench.saved, bench.every.pairs or 5, bench.every.warm_up)


def import_time(bench: Bench) -> Speed:
    """Time `import transformers, hf_seq` against `import transformers`."""

    def seconds(names: str) -> float:
        code = f"import time; start = time.perf_counter(); import {names}; print(time.perf_counter() - start)"
        return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    return time_pairs(
        "import-time",
        lambda: seconds("transformers, hf_seq"),
        "import transformers",
        lambda: seconds("transformers"),
        "s",
        bench.every.pairs or 5,
        warm_up=bench.every.warm_up,
    )


def _under_load(id: str, bench: Bench) -> Speed:
    return serving(id, bench.saved, bench.texts, toy=bench.every.pairs == 1)


def _in_folder(measure: Callable[[Path, Sizes], Speed | None], bench: Bench) -> Speed | None:
    return measure(bench.folder, bench.every)


BENCHMARKS: dict[str, Callable[[Bench], Speed | None]] = {
    "train-bilstm-sst2": train_bilstm,
    "train-bilstm-sst2-bf16": train_bilstm_bf16,
    "trainer-against-accelerate": trainer_against_accelerate,
    "distill-train": lambda bench: distill_train(bench.data, bench.saved, bench.folder, bench.every),
    "latency-pipeline": latency_pipeline,
    "latency-predictor": latency_predictor,
    "throughput-sorted": throughput_sorted,
    "student-latency": student_latency,
    "student-throughput": student_throughput,
    "onnx-latency": onnx_latency,
    "onnx-int8-latency": onnx_int8_latency,
    "onnx-throughput": onnx_throughput,
    "onnx-int8-throughput": onnx_int8_throughput,
    "onnx-cold-start": lambda bench: cold_start(bench.saved, bench.saved, bench.every.pairs or 5, bench.every.warm_up),
    "onnx-memory": lambda bench: memory(bench.saved, bench.saved, bench.every.pairs or 3, bench.every.warm_up),
    "tagger-train": partial(_in_folder, tagger_train),
    "tagger-predict": partial(_in_folder, tagger_predict),
    "crf-loss": lambda bench: crf_loss(bench.every),
    "crf-decode": lambda bench: crf_decode(bench.every),
    "lm-train": partial(_in_folder, language.lm_train),
    "lm-train-bf16": partial(_in_folder, language.lm_train_bf16),
    "lm-train-adaptive": partial(_in_folder, language.lm_train_adaptive),
    "lm-train-adaptive-same-loop": partial(_in_folder, language.lm_train_adaptive_same_loop),
    "lm-generate-b1": partial(_in_folder, language.lm_generate_b1),
    "lm-generate-b16": partial(_in_folder, language.lm_generate_b16),
    **{id: partial(_in_folder, measure) for id, measure in measurements().items()},
    "import-time": import_time,
    "start-up": lambda bench: start_up_of("start-up", bench, bench.saved),
    "start-up-onnx": lambda bench: start_up_of("start-up-onnx", bench, export_model(bench.saved)),
    **{id: partial(_under_load, id) for id in ASKED},
    "cold-load": lambda bench: cold_load(bench.every),
    "read-csv": lambda bench: reading.measure(bench.folder, "csv", bench.every),
    "read-jsonl": lambda bench: reading.measure(bench.folder, "jsonl", bench.every),
}


def measure(name: str, bench: Bench) -> Speed | None:
    """Run one measurement and print it; None, and a line that says why, where it cannot be run here."""
    row = None
    with optional_packages(name):
        row = BENCHMARKS[name](bench)
    if row is not None:
        figures = f"{row.ours:>10,.2f} against {row.theirs:>10,.2f} {row.unit}"
        print(f"{row.id:36} {figures:36} {row.ratio:.2f}x ({row.peer})", flush=True)
    return row


def main(argv: Sequence[str] | None = None) -> None:
    """Run the measurements, print them, and write them down.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="Speed of hf_seq against its peers.")
    parser.add_argument("--data", type=Path, help="folder that holds sst2/; builtin:reviews without it")
    parser.add_argument("--only", nargs="*", choices=BENCHMARKS, help="measurements to run; all without it")
    parser.add_argument("--pairs", type=int, help="turns of ours and theirs; each measurement's own number without it")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of speed.jsonl")
    parser.add_argument("--toy", action="store_true", help="run everything at toy size; the figures say nothing")
    parser.add_argument("--memory", action="store_true", help="write the memory alone into rows that were timed before")
    options = parser.parse_args(argv)
    sizes = TOY if options.toy else FULL
    if options.pairs is not None:
        sizes = replace(sizes, pairs=options.pairs)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        data = str(options.data / "sst2") if options.data else "builtin:reviews"
        bench = Bench(data, Path(folder), sizes)
        for name in options.only or BENCHMARKS:
            row = measure(name, bench)
            if row is not None and not (options.toy and options.output == RESULTS):
                (write_memory if options.memory else write_speed)([row], options.output)


if __name__ == "__main__":
    main()
