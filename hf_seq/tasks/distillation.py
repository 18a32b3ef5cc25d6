# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe can say about a teacher, beside all that a recipe of its task can say. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import WordRecipe, setting

PANEL = "Distillation"
SHARES = (
    "mask_share",
    "replace_share",
    "similar_share",
    "ngram_share",
    "splice_share",
    "hard_share",
)
NOT_OF_STUDENTS = frozenset(
    {"word_vectors", "word_vectors_limit", "start_from", "start_tokenizer", "freeze_embeddings", "static_model"}
    | {"label_smoothing_factor"}
)
"""Flags of `hf-seq train` that are refused beside a teacher, or that no student reads."""
MOST_AUGMENTED = 100_000  # unless more are asked for: a teacher like DistilBERT answers some hundred a second
FEW_AUGMENTED = 10_000  # of few texts more are made of each, up to this many: 10,000 of 450 gave 1.4 points over 900


@dataclass
class DistilledRecipe(WordRecipe):
    """Whom to learn from, about which texts, and how, beside all that a recipe without a teacher can say."""

    teacher: list[str] | None = field(
        default=None,
        metadata={
            "help": "Folder or Hub id of the teacher; of several the student learns the mean of their predictions.",
            "panel": PANEL,
        },
    )
    unlabelled: list[str] | None = field(
        default=None,
        metadata={"help": "Files of unlabelled text: txt (a text a line), jsonl, csv, tsv, parquet.", "panel": PANEL},
    )
    augmented_rows: int | None = setting(
        None,
        "Texts made from the labelled ones; if absent twice as many as these, of few up to 10,000, 100,000 at most.",
        PANEL,
    )
    augmentation_seed: int = setting(
        0, "Seed of these texts; not that of training, so that all seeds learn from the same.", PANEL
    )
    mask_share: float = setting(0.05, "Share of their words masked.", PANEL)
    replace_share: float = setting(0.05, "Share of their words replaced by what stands beside the same word.", PANEL)
    similar_share: float = setting(0.15, "Share of their words replaced by words the teacher embeds alike.", PANEL)
    ngram_share: float = setting(0.1, "Share of them cut to one to five words.", PANEL)
    splice_share: float = setting(0.1, "Share of their words after which they go on as another text.", PANEL)
    soft_loss: Literal["auto", "mse", "kl"] = setting(
        "auto", "Match logits (mse) or distributions (kl); auto: mse for texts, kl for words.", PANEL
    )
    temperature: float = setting(1.0, "Flattens the distributions of kl.", PANEL)
    hard_share: float = setting(0.0, "Share of the loss that labelled rows give to their own labels.", PANEL)
    hidden_share: float = setting(0.0, "Weight of matching the teacher's last hidden states.", PANEL)
    student_tokenizer: Literal["auto", "own", "teacher", "pruned"] = setting(
        "auto",
        "Trained on the data (own), the teacher's, or of that the vocab_size commonest tokens that the texts use "
        "(pruned); auto: the vocab_size commonest, used or not, but own where more of them cannot be cut.",
        PANEL,
    )
    student_embeddings: Literal["random", "table", "static"] = setting(
        "static", "Start from the teacher's embedding (table), or from layers' states of single tokens (static).", PANEL
    )
    teacher_cache: str | None = setting(None, "Folder of the teacher's answers; ~/.cache/hf_seq if absent.", PANEL)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.teacher:
            raise InputError("There is nobody to learn from: give --teacher, a folder or a Hub id.")
        twice = [path for path in self.unlabelled or [] if (self.unlabelled or []).count(path) > 1]
        if twice:
            raise InputError(f"unlabelled holds {twice[0]} more than once; name every file once.")
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name}={getattr(self, name)} is not a share; it must lie between 0 and 1.")
        if self.word_vectors:
            raise InputError(
                f"A student's embedding starts from its teacher's (--student_embeddings); leave word_vectors="
                f"{self.word_vectors} out, or train without --teacher."
            )
        if self.start_from:
            raise InputError(
                f"A student's embedding starts from its teacher's (--student_embeddings); leave start_from="
                f"{self.start_from} out, or train without --teacher."
            )
        if self.temperature <= 0:
            raise InputError(f"temperature={self.temperature} must be above 0; 1 leaves distributions as they are.")
        if self.hidden_share < 0 or (self.augmented_rows or 0) < 0:
            raise InputError(
                f"hidden_share={self.hidden_share} and augmented_rows={self.augmented_rows} must be 0 or more."
            )


def usual_augmented(rows: int) -> int:
    """Say how many texts are made of labelled ones: twice as many, of fewer than 5,000 up to twenty times as many.

    Example:
        >>> [usual_augmented(rows) for rows in (100, 2_000, 8_000, 80_000)]
        [2000, 10000, 16000, 100000]
    """
    return min(max(2 * rows, min(20 * rows, FEW_AUGMENTED)), MOST_AUGMENTED)
