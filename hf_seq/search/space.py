# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is tried: families, where a model's knowledge comes from, widths, vocabulary, learning rate, dropout.

The limit of size fixes the vocabulary: of a width, the largest that fits is taken, by an estimate that errs on the low
side, and what does not fit then is found out by weighing the untrained model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hf_seq.search.limits import Limits
from hf_seq.search.options import families_of

SCRATCH, START, TEACHER = "scratch", "start", "teacher"
"""Where a model's knowledge comes from: labels alone, a pretrained model's tokens, a teacher's answers."""
VOCABULARIES = (16_000, 8_000, 4_000, 2_000, 1_000, 500)
CHOICES: dict[str, tuple[Any, ...]] = {
    "hidden_size": (32, 64, 128, 256),
    "embedding_size": (16, 32, 64, 128, 256),
    "vocabulary": ("largest", "half"),
    "learning_rate": (1e-3, 2e-3, 4e-3),
    "embedding_dropout": (0.1, 0.3, 0.5),
    "token_dropout": (0.0, 0.1),
}
WIDE = "bilstm-wide"
NGRAMS = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
GATES = {"gru": 3, "lstm": 4}
TOKEN_JSON = 16
"""Bytes of a token in tokenizer.json, at least."""
TOKEN_LETTERS = 40
"""Bytes of a token's letters, where n-grams are read from them."""
NGRAM = 20
"""Bytes of an n-gram beside its weights: hash, bucket, frequency, kind."""
BESIDE = 20_000
"""Bytes of configuration, runtime and graph, at least."""


@dataclass(frozen=True)
class Setting:
    """One thing to try.

    Attributes:
        family: name of the model, as `--model` takes it.
        source: where its knowledge comes from.
        flags: of its recipe.
    """

    family: str
    source: str
    flags: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people read: family, who taught it, widths, vocabulary."""
        if not self.flags:
            return self.family
        shape = "·".join(str(self.flags[name]) for name in ("embedding_size", "hidden_size") if name in self.flags)
        taught = {START: "+pretrained", TEACHER: ", taught,"}.get(self.source, "")
        words = f", {self.flags['vocab_size']:,} tokens" if "vocab_size" in self.flags else ""
        words += f", {self.flags['num_ngrams']:,} n-grams" if "num_ngrams" in self.flags else ""
        return f"{self.family}{taught} {shape}{words}"


@dataclass(frozen=True)
class Space:
    """The settings of a task under limits.

    Attributes:
        task: name of it.
        sources: that are at hand.
        limits: of size, for the estimate.
        weight_bytes: of a weight in the smallest form that can be deployed.
        fixed: flags that the user has set, which are not searched for.
        labels: that there are, each with a weight of every n-gram.
    """

    task: str
    sources: Sequence[str]
    limits: Limits
    weight_bytes: int
    fixed: Mapping[str, Any] = field(default_factory=dict)
    labels: int = 2

    def first(self) -> list[dict[str, Any]]:
        """List what is tried first, family by family: the usual settings, each with the best source at hand.

        N-grams come first where no teacher is: they are fitted whole before the first update, so the shortest search
        has a good answer, if its limits leave room for them.
        """
        usual = {"vocabulary": "largest", "learning_rate": 2e-3, "embedding_dropout": 0.1, "token_dropout": 0.0}
        families, best = families_of(self.task), self.sources[-1]
        tried = [(family, self._source(family, best)) for family in families]
        tried += [(families[0], source) for source in self.sources[:-1]]
        tried.sort(key=lambda each: best != TEACHER and each[0] != WIDE)
        found = [{"family": family, "source": source, **usual, **self._widths(family)} for family, source in tried]
        return [{name: value for name, value in each.items() if name not in self.fixed} for each in found]

    def _widths(self, family: str) -> dict[str, int]:
        """Return the widest shape of a family that leaves room for a usual vocabulary."""
        shapes = ((256, 128), (128, 64), (64, 64), (64, 32), (32, 16))
        fitting = (each for each in shapes if self._vocabulary(family, *each, "largest") >= VOCABULARIES[2])
        return dict(zip(("hidden_size", "embedding_size"), next(fitting, shapes[-1]), strict=True))

    def suggest(self, trial: Any) -> Setting | None:
        """Ask an optuna trial for a setting; None where it cannot fit."""
        family = trial.suggest_categorical("family", families_of(self.task))
        source = trial.suggest_categorical("source", tuple(self.sources))
        free = {name: values for name, values in CHOICES.items() if name not in self.fixed}
        chosen = {name: trial.suggest_categorical(name, values) for name, values in free.items()} | {
            name: self.fixed[name] for name in CHOICES if name in self.fixed
        }
        share, widths = chosen.pop("vocabulary"), (chosen["hidden_size"], chosen["embedding_size"])
        size = self.fixed.get("vocab_size", self._vocabulary(family, *widths, share))
        if not size:
            return None
        more = {"num_ngrams": self._ngrams(*widths, size)} if family == WIDE else {}
        return Setting(family, self._source(family, source), {**chosen, "vocab_size": size, **more})

    def _source(self, family: str, source: str) -> str:
        """Return where a family's knowledge can come from: n-grams learn from labels, no teacher answers for them."""
        if family != WIDE or source in (SCRATCH, START):
            return source
        return START if START in self.sources else SCRATCH

    def smallest(self) -> Setting:
        """Return the setting that takes least, against which limits are held before anything is trained."""
        least = {"hidden_size": CHOICES["hidden_size"][0], "embedding_size": CHOICES["embedding_size"][0]}
        plain = next(name for name in ("bilstm", "gru", *families_of(self.task)) if name in families_of(self.task))
        return Setting(plain, SCRATCH, {**least, "vocab_size": VOCABULARIES[-1], **self.fixed})

    def _vocabulary(self, family: str, hidden: int, embedding: int, share: str) -> int:
        """Choose the largest vocabulary that fits, or the one below; 0 where none does.

        Half of the bytes are for n-grams, where a model has them; with the smallest vocabulary they get what is left.
        """
        fitting = [
            size
            for size in VOCABULARIES
            if self.limits.allow_size(
                self.least_bytes(family, hidden, embedding, size)
                * (2 if family == WIDE and size > VOCABULARIES[-1] else 1)
            )
        ]
        if not fitting:
            return 0
        return fitting[min(share == "half", len(fitting) - 1)]

    def _ngrams(self, hidden: int, embedding: int, vocabulary: int) -> int:
        """Choose the most n-grams that fit beside a vocabulary."""
        return next(
            (most for most in NGRAMS if self.limits.allow_size(self._bytes(WIDE, hidden, embedding, vocabulary, most))),
            NGRAMS[-1],
        )

    def least_bytes(self, family: str, hidden: int, embedding: int, vocabulary: int) -> int:
        """Estimate the bytes of what is deployed, on the low side."""
        return self._bytes(family, hidden, embedding, vocabulary, NGRAMS[-1] if family == WIDE else 0)

    def _bytes(self, family: str, hidden: int, embedding: int, vocabulary: int, ngrams: int) -> int:
        token = TOKEN_JSON + (TOKEN_LETTERS if family == WIDE else 0)
        return int(
            self.weight_bytes * (vocabulary * embedding + recurrent_weights(family, hidden, embedding))
            + vocabulary * token
            + ngrams * (NGRAM + self.weight_bytes * self.labels)
            + BESIDE
        )


def recurrent_weights(family: str, hidden: int, embedding: int) -> int:
    """Count the weights of a recurrent layer of a family, both directions together."""
    both = family.startswith("bi")
    gates, units = GATES.get(family, 4), hidden // 2 if both else hidden
    return (2 if both else 1) * gates * units * (embedding + units)
