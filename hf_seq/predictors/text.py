# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The lean road from text to label, for every classifier of transformers and every baseline of ours.

`pipeline` costs more than a small model does: here a text goes through `tokenizers` straight into the model, and many
texts go in windows sorted by length, so that little is padded. The answers are those of `pipeline`.

N texts · B batch · T steps · L labels
"""

import copy
import logging
import math
import operator
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax
from torch import Tensor

from hf_seq.baselines.baseline import Baseline, is_baseline, load_baseline
from hf_seq.errors import InputError
from hf_seq.predictors.loading import load_classifier

logger = logging.getLogger(__name__)

Array = NDArray[Any]
Answer = dict[str, Any]

THRESHOLDS = "decision_thresholds"
"""The field of a configuration, or of a baseline's description, that `hf-seq find-threshold` writes."""
BATCHES_IN_WINDOW = 32
"""Texts are sorted within windows of this many batches."""


class TextScorer:
    """Texts to logits, one or many at a time.

    Args:
        model: a sequence classifier of transformers.
        tokenizer: the model's own.
        batch_size: B.
        bf16: run under bfloat16 autocast; faster where the processor has AMX, slower where not.
    """

    def __init__(self, model: Any, tokenizer: Any, *, batch_size: int = 64, bf16: bool = False) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.batch_size = batch_size
        self.bf16 = bf16
        self.device = model.device
        self.limit = token_limit(model, tokenizer)
        self._backend = lean_encoder(tokenizer, self.limit)
        self._score = getattr(model, "score_tokens", None) or (lambda **inputs: model(**inputs).logits)
        self._wants_types = "token_type_ids" in tokenizer.model_input_names
        self._pad_id = tokenizer.pad_token_id
        if self._pad_id is None or getattr(model.config, "pad_token_id", None) is None:
            self.batch_size = 1  # nothing to pad with
        self._pad_left = tokenizer.padding_side == "left"
        self._empty = next(
            (i for i in (tokenizer.unk_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id) if i is not None), 0
        )

    @property
    def cut(self) -> str:
        """How a text that is too long is cut, for people."""
        return f"A text was cut at {self.limit} tokens"

    @torch.inference_mode()
    def one(self, text: str) -> tuple[list[float], bool]:
        """Logits of one text, and whether it was cut."""
        encoding = self._backend.encode(text)
        inputs = {"input_ids": torch.tensor([encoding.ids or [self._empty]], device=self.device)}  # (1, T)
        if self._wants_types:
            inputs["token_type_ids"] = torch.tensor([encoding.type_ids or [0]], device=self.device)
        return self._logits(inputs)[0].tolist(), bool(encoding.overflowing)

    @torch.inference_mode()
    def many(self, texts: Sequence[str]) -> tuple[Array, list[bool]]:
        """Logits (N, L) of texts, and which of them were cut; batches hold texts of similar length."""
        encodings = self._backend.encode_batch_fast(texts)
        order = sorted(range(len(texts)), key=lambda row: len(encodings[row].ids))
        logits = np.zeros((len(texts), self.model.config.num_labels), dtype=np.float32)
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            logits[rows] = self._logits(self._pad([encodings[row] for row in rows])).cpu().numpy()
        return logits, [bool(encoding.overflowing) for encoding in encodings]

    def _pad(self, encodings: Sequence[Any]) -> dict[str, Tensor]:
        """Batch encodings sorted by length; without a mask when nothing is padded."""
        ids = [encoding.ids or [self._empty] for encoding in encodings]
        inputs = {"input_ids": self._fill(ids, self._pad_id or 0)}  # (B, T)
        if len(ids[0]) != len(ids[-1]):
            inputs["attention_mask"] = self._fill([[1] * len(row) for row in ids], 0)
        if self._wants_types:
            pad_type = self.tokenizer.pad_token_type_id
            inputs["token_type_ids"] = self._fill([encoding.type_ids or [0] for encoding in encodings], pad_type)
        return inputs

    def _fill(self, rows: Sequence[Sequence[int]], value: int) -> Tensor:
        return filled(rows, value, left=self._pad_left).to(self.device)

    def _logits(self, inputs: dict[str, Tensor]) -> Tensor:
        if not self.bf16:
            return self._score(**inputs).float()
        with torch.autocast(self.device.type, torch.bfloat16):
            return self._score(**inputs).float()


def filled(rows: Sequence[Sequence[int]], value: int, *, left: bool = False) -> Tensor:
    """Rows of several lengths as one tensor (B, T), filled up at one end."""
    longest = max(map(len, rows))
    if left:
        return torch.tensor([[value] * (longest - len(row)) + [*row] for row in rows])
    return torch.tensor([[*row] + [value] * (longest - len(row)) for row in rows])


def growing_windows(inputs: Iterable[Any], size: int, largest: int) -> Iterator[tuple[int, list[Any]]]:
    """Cut a stream into windows, each twice the one before, up to the largest; with the number of its first input."""
    iterator, done = iter(inputs), 0
    while chunk := list(islice(iterator, size)):
        yield done, chunk
        done, size = done + len(chunk), min(2 * size, largest)


class _PythonEncoder:
    """Gives a tokenizer that is written in Python the face of a `tokenizers.Tokenizer`."""

    def __init__(self, tokenizer: Any, limit: int | None) -> None:
        self.tokenizer = tokenizer
        self.limit = limit

    def encode(self, text: str) -> "_Encoding":
        whole = self.tokenizer(text, truncation=False, verbose=False)
        cut = self.limit is not None and len(whole["input_ids"]) > self.limit
        kept = self.tokenizer(text, truncation=True, max_length=self.limit) if cut else whole
        return _Encoding(kept["input_ids"], kept.get("token_type_ids", []), [whole] if cut else [])

    def encode_batch_fast(self, texts: Sequence[str]) -> list["_Encoding"]:
        return [self.encode(text) for text in texts]


class _Encoding(NamedTuple):
    """The part of `tokenizers.Encoding` that is used here."""

    ids: list[int]
    type_ids: list[int]
    overflowing: list[Any]


class Scorer(Protocol):
    """Inputs to logits, one or many at a time; see `TextScorer`."""

    model: Any
    tokenizer: Any
    batch_size: int

    @property
    def cut(self) -> str:
        """How an input that is too long is cut, for people."""
        ...

    def one(self, given: Any, /) -> tuple[list[float], bool]:
        """Logits of one input, and whether it was cut."""
        ...

    def many(self, given: Sequence[Any], /) -> tuple[Array, list[bool]]:
        """Logits (N, L) of inputs, and which of them were cut."""
        ...


class Predictor:
    """Text to label.

    Calling it with a text gives `{"label": ..., "score": ...}`; several labels per text give
    `{"labels": [...], "scores": [...]}` with those over 0.5, regression gives `{"score": value}`. Where a text was
    longer than the model can read, the answer also has `"truncated": True`, and a warning is given once. A model for
    which thresholds were chosen (`hf-seq find-threshold`) answers by these.

    Args:
        scorer: a fitted baseline, or model and tokenizer as a `TextScorer`.
        problem_type: decides how logits become an answer.
        label_names: L names.
        thresholds: L numbers, as `metrics.classification.decide` takes them; None for the most probable label, or those
            over 0.5.
    """

    def __init__(
        self,
        scorer: Scorer | Baseline,
        problem_type: str,
        label_names: Sequence[str],
        thresholds: Sequence[float] | None = None,
    ) -> None:
        self.problem_type = problem_type
        self.label_names = list(label_names)
        self.thresholds = checked_thresholds(thresholds, len(self.label_names))
        self.truncated = 0
        self._scorer = scorer
        self.batch_size = 64 if isinstance(scorer, Baseline) else scorer.batch_size

    @property
    def model(self) -> Any:
        """The torch model, or the fitted baseline."""
        return self._scorer if isinstance(self._scorer, Baseline) else self._scorer.model

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer; None for a baseline."""
        return None if isinstance(self._scorer, Baseline) else self._scorer.tokenizer

    @classmethod
    def from_pretrained(
        cls,
        folder_or_id: str | Path,
        *,
        batch_size: int = 64,
        bf16: bool = False,
        device: str | None = None,
        trust_remote_code: bool = False,
    ) -> "Predictor":
        """Load a classifier of ours or of transformers, or a saved baseline.

        Args:
            folder_or_id: folder or Hub id.
            batch_size: texts in a batch when there are many.
            bf16: run the model under bfloat16 autocast.
            device: "cpu" (default), "cuda", ...
            trust_remote_code: allow code of a Hub repository to run.

        Raises:
            InputError: there is no whole, safe model and tokenizer there; the message says what is missing.
        """
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size} must be 1 or more.")
        if is_baseline(folder_or_id):
            baseline = load_baseline(folder_or_id)
            if not isinstance(baseline, Baseline):
                raise InputError(f"{folder_or_id} holds a {baseline.kind} baseline, which does not classify texts.")
            names = _names(baseline.label_names, baseline.num_labels)
            return cls(baseline, baseline.problem_type, names, baseline.decision_thresholds)
        scorer = cls._load_scorer(folder_or_id, trust_remote_code, device or "cpu", batch_size=batch_size, bf16=bf16)
        model = scorer.model
        names = [model.config.id2label[index] for index in range(model.config.num_labels)]
        return cls(scorer, _problem_type(model.config), names, getattr(model.config, THRESHOLDS, None))

    @classmethod
    def _load_scorer(cls, folder_or_id: str | Path, trust: bool, device: str, **settings: Any) -> Scorer:
        model, tokenizer = load_classifier(folder_or_id, trust_remote_code=trust)
        return TextScorer(model.to(device), tokenizer, **settings)

    def _check(self, given: Any, row: int | None = None) -> Any:
        """An input as the scorer takes it; `row` is its number among many.

        Raises:
            InputError: it is no input.
        """
        if isinstance(given, str):
            return given
        if row is None:
            raise InputError(f"a text must be a string, got {type(given).__name__}; use predict for many texts.")
        raise InputError(f"text {row} is {given!r}, a {type(given).__name__}; every text must be a string.")

    def __call__(self, text: Any) -> Answer:
        """Answer for one text.

        Raises:
            InputError: `text` is no string.
        """
        text = self._check(text)
        if isinstance(self._scorer, Baseline):
            return self._answer(self._scorer.predict_scores([text])[0].tolist(), truncated=False)
        logits, truncated = self._scorer.one(text)
        return self._answer(_activate(logits, self.problem_type), truncated)

    def predict(self, texts: Iterable[str], *, window: int | None = None) -> Iterator[Answer]:
        """Answer for each text, in order, while texts still come in.

        Args:
            texts: any number of texts; a generator is read one window ahead.
            window: texts that are sorted by length and answered together, 32 batches by default. From a stream the
                first text is answered at once, and windows double from there, so that a slow one is not kept waiting.

        Raises:
            InputError: something among `texts` is no string.
        """
        largest = window or self.batch_size * BATCHES_IN_WINDOW
        first = largest if window or isinstance(texts, Sequence) else 1
        for scores, truncated in self._windows(texts, first, largest):
            for row, cut in zip(scores.tolist(), truncated, strict=True):
                yield self._answer(row, cut)

    def scores(self, texts: Iterable[str]) -> Array:
        """Probabilities of every label, or values for regression: (N, L)."""
        size = self.batch_size * BATCHES_IN_WINDOW
        parts = [scores for scores, _ in self._windows(texts, size, size)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.label_names)))

    def _windows(self, texts: Iterable[str], size: int, largest: int) -> Iterator[tuple[Array, list[bool]]]:
        """Scores of one window after another; each is twice the one before, up to the largest."""
        if isinstance(texts, str):
            raise InputError("predict takes many texts, got one string; call the predictor itself for one text.")
        for done, window in growing_windows(texts, size, largest):
            chunk = [self._check(text, row) for row, text in enumerate(window, start=done)]
            if isinstance(self._scorer, Baseline):
                yield self._scorer.predict_scores(chunk), [False] * len(chunk)
            else:
                logits, truncated = self._scorer.many(chunk)
                yield _activate_rows(logits, self.problem_type), truncated

    def _answer(self, scores: list[float], truncated: bool) -> Answer:
        if self.problem_type == "single_label_classification":
            lead = scores if self.thresholds is None else list(map(operator.sub, scores, self.thresholds))
            best = lead.index(max(lead))
            answer: Answer = {"label": self.label_names[best], "score": scores[best]}
        elif self.problem_type == "multi_label_classification":
            least = self.thresholds or [0.5] * len(scores)
            over = [index for index, score in enumerate(scores) if score > least[index]]
            answer = {
                "labels": [self.label_names[index] for index in over],
                "scores": [scores[index] for index in over],
            }
        else:
            answer = {"score": scores[0] if len(scores) == 1 else scores}
        if truncated:
            self._note_truncation()
            answer["truncated"] = True
        return answer

    def _note_truncation(self) -> None:
        if not self.truncated and not isinstance(self._scorer, Baseline):
            warnings.warn(
                f'{self._scorer.cut}, the most this model reads; such answers carry "truncated": true.',
                stacklevel=4,
            )
        self.truncated += 1


def checked_thresholds(given: Sequence[float] | None, labels: int) -> list[float] | None:
    """Thresholds as a list, one number for each label.

    Raises:
        InputError: they are not.
    """
    if given is None:
        return None
    found: list[Any] = list(given) if isinstance(given, list | tuple) else [given]
    if len(found) != labels or not all(isinstance(each, float | int) and 0 <= each <= 1 for each in found):
        raise InputError(f"{THRESHOLDS}={given} must be {labels} numbers from 0 to 1, one for each label.")
    return [float(each) for each in found]


def lean_encoder(tokenizer: Any, limit: int | None) -> Any:
    """What turns text into ids as `tokenizer(text, truncation=True)` would, without its overhead."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return _PythonEncoder(tokenizer, limit)
    try:
        backend = copy.deepcopy(backend)  # so that calls of the tokenizer itself change nothing here
    except Exception as error:  # `tokenizers` cannot copy parts written in Python, and says so by a bare exception
        logger.info("%s shares its settings with the predictor: %s", type(tokenizer).__name__, error)
    backend.no_padding()
    backend.no_truncation()
    if limit is not None:
        backend.enable_truncation(limit, direction=tokenizer.truncation_side)
    backend.encode_special_tokens = tokenizer.split_special_tokens
    return backend


def token_limit(model: Any, tokenizer: Any) -> int | None:
    """Most tokens of a text that the model can read, special tokens included; None where there is no limit."""
    limits = [tokenizer.model_max_length]
    if getattr(model.config, "position_embedding", "learned") == "learned":
        limits.append(getattr(model.config, "max_position_embeddings", None) or math.inf)
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            limits.append(module.num_embeddings - module.padding_idx - 1)  # RoBERTa counts from behind the padding
    limit = min(limits)
    return int(limit) if limit < 1_000_000_000 else None


def _problem_type(config: Any) -> str:
    """The problem type, by the rules of `pipeline` where the config is silent."""
    return config.problem_type or "single_label_classification"


def _names(label_names: Sequence[str], num_labels: int) -> list[str]:
    return list(label_names) or [f"LABEL_{index}" for index in range(num_labels)]


def _activate(logits: list[float], problem_type: str) -> list[float]:
    """Probabilities from the logits of one text, in plain Python: at a few labels, faster than any array library."""
    if problem_type == "regression":
        return logits
    if problem_type == "multi_label_classification" or len(logits) == 1:
        return [_sigmoid(logit) for logit in logits]
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - 1 / (1 + math.exp(logit))


def _activate_rows(logits: Array, problem_type: str) -> Array:
    """The same for (N, L)."""
    if problem_type == "regression":
        return logits
    if problem_type == "multi_label_classification" or logits.shape[1] == 1:
        return expit(logits.astype(np.float64))
    return softmax(logits.astype(np.float64), axis=1)
