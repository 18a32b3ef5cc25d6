# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Speed of a student's training against a plain loop over the same student: its teacher was asked before, in both.

B batch · L labels
"""

import copy
import random
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import Sizes
from hf_seq.distill.preparation import prepare_student
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import Prepared
from hf_seq.train.running import make_trainer

BATCH, TEMPERATURE, HARD_SHARE = 32, 2.0, 0.5
SHARE = 4
"""One in so many of the rows that a classifier is timed on."""


class DistillationBench:
    """What both ways share: texts with labels, and what a teacher says of them.

    Args:
        data: texts with labels.
        teacher: folder of a classifier of these; what it says does not matter.
        folder: for the run and the cache.
        sizes: rows, and the student's widths.
    """

    def __init__(self, data: str, teacher: Path, folder: Path, sizes: Sizes) -> None:
        self.data, self.teacher, self.folder = data, teacher, folder
        self.sizes, self.pairs = sizes.classifier, sizes.pairs or 5

    def recipe(self) -> Any:
        """Return the recipe that is timed."""
        flags: dict[str, Any] = {
            "eval_strategy": "no",
            "save_strategy": "no",
            "load_best_model_at_end": False,
            "disable_tqdm": True,
        }
        flags |= {"num_train_epochs": 1, "bf16": False, "output_dir": str(self.folder / "distilled")}
        aim: dict[str, Any] = {
            "soft_loss": "kl",
            "temperature": TEMPERATURE,
            "hard_share": HARD_SHARE,
            "augmented_rows": 0,
        }
        shape: dict[str, Any] = {"embedding_size": self.sizes.embedding, "hidden_size": self.sizes.hidden}
        shape |= {"vocab_size": self.sizes.vocabulary, "student_embeddings": "random", "min_updates": 1}
        cache: dict[str, Any] = {
            "teacher_cache": str(self.folder / "cache"),
            "max_train_rows": self.sizes.rows // SHARE,
        }
        return recipe_for("bilstm", data=self.data, teacher=[str(self.teacher)], **flags, **aim, **shape, **cache)

    @cached_property
    def prepared(self) -> Prepared:
        """The student, and a transfer set that the teacher has answered."""
        prepared: Prepared = prepare_student(*self.recipe())
        assert prepared.finish_setup is not None  # a student's asks its teacher
        prepared.finish_setup()
        return prepared

    def ours(self) -> float:
        """Measure rows per second of `hf-seq distill`."""
        prepared = copy.copy(self.prepared)
        prepared.model = copy.deepcopy(self.prepared.model)
        prepared.recipe, arguments = self.recipe()
        trainer = make_trainer(arguments, prepared)
        start = time.perf_counter()
        trainer.train()
        return len(prepared.train) / (time.perf_counter() - start)

    def theirs(self) -> float:
        """Measure rows per second of a loop over random batches, with AdamW as it comes."""
        model = copy.deepcopy(self.prepared.model).train()
        model.get_input_embeddings().sparse = False
        rows = [self.prepared.train[index] for index in range(len(self.prepared.train))]
        ids = [torch.tensor(row["input_ids"], dtype=torch.int64) for row in rows]
        said = torch.tensor([row["teacher_logits"][0].tolist() for row in rows])
        labels = torch.tensor([row["labels"] for row in rows])
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
        order = random.Random(0).sample(range(len(rows)), len(rows))
        start = time.perf_counter()
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            inputs = pad_sequence([ids[row] for row in chosen], batch_first=True, padding_value=-1)
            mask = inputs >= 0
            logits = model(input_ids=inputs.clamp(min=0), attention_mask=mask.long()).logits
            optimizer.zero_grad()
            by_hand(logits, said[chosen], labels[chosen]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return len(order) / (time.perf_counter() - start)


def by_hand(logits: Tensor, said: Tensor, labels: Tensor) -> Tensor:
    """Write down the loss of Hinton et al. 2015: from (B, L), the teacher's (B, L) and labels (B,)."""
    warm, cold = F.log_softmax(logits / TEMPERATURE, -1), F.softmax(said / TEMPERATURE, -1)
    soft = F.kl_div(warm, cold, reduction="batchmean") * TEMPERATURE**2
    return (1 - HARD_SHARE) * soft + HARD_SHARE * F.cross_entropy(logits, labels)


def distill_train(data: str, teacher: Path, folder: Path, sizes: Sizes) -> Speed:
    """Time one pass over the transfer set."""
    bench = DistillationBench(data, teacher, folder, sizes)
    shape = f"BiLSTM, {bench.sizes.hidden // 2} units each way, embedding {bench.sizes.embedding} wide"
    return time_pairs(
        "distill-train",
        bench.ours,
        "plain loop over the same student",
        bench.theirs,
        "sequences/s",
        bench.pairs,
        note=f"{shape}, batch {BATCH}, one thread, fp32; KL and cross-entropy over answers that a teacher gave before",
    )
