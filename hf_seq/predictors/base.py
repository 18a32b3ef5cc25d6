# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every predictor does alike: made from a model or a folder by the same keywords, called on one input or many."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import torch

from hf_seq.baselines.baseline import SavedBaseline, is_baseline, load_baseline
from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates
from hf_seq.predictors.batches import BATCHES_IN_WINDOW, growing_windows
from hf_seq.predictors.engine import Engine
from hf_seq.predictors.kinds import KINDS, Kind, kind_of_model
from hf_seq.predictors.loading import load_kind

Answer = dict[str, Any]
Device = str | torch.device | None
AnyPredictor = TypeVar("AnyPredictor", bound="BasePredictor")


class BasePredictor(ABC):
    """A model that answers.

    Args:
        model: of torch, just trained or loaded; or a fitted baseline.
        processor: the model's own tokenizer or feature extractor; None for a baseline.
        batch_size: inputs in a batch when there are many; None is 64, or 32 for models that write.
        bf16: run the model under bfloat16 autocast; a baseline takes no notice.
        device: where the model runs, such as "cuda"; None leaves it where it is. A baseline takes no notice.

    Raises:
        InputError: a value out of its range, a model of another kind, or no tokenizer with it.
    """

    reads_numbers: ClassVar[bool] = False
    default_batch_size: ClassVar[int] = 64
    one_by_one: ClassVar[bool] = False  # answers each input for itself, so none has to wait for others
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = ()
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = ()

    def __init__(
        self,
        model: Any,
        processor: Any = None,
        *,
        batch_size: int | None = None,
        bf16: bool = False,
        device: Device = None,
    ) -> None:
        self.batch_size = self.default_batch_size if batch_size is None else checked_batch_size(batch_size)
        self.truncated = 0
        self._engine: Any = None
        if isinstance(model, SavedBaseline):
            self._check_baseline(model, "memory")
            self._baseline: Any = model
            return
        self._baseline = None
        self._check_model(model, processor)
        self._engine = self._make_engine(model, processor, batch_size=self.batch_size, bf16=bf16, device=device)
        self.batch_size = self._engine.batch_size

    @classmethod
    def from_pretrained(
        cls: type[AnyPredictor],
        folder_or_id: str | Path,
        *,
        device: Device = None,
        bf16: bool = False,
        batch_size: int | None = None,
        trust_remote_code: bool = False,
        revision: str | None = None,
        **settings: Any,
    ) -> AnyPredictor:
        """Load a model of ours or of transformers, or a saved baseline.

        Args:
            folder_or_id: folder or Hub id.
            device: "cpu" (default), "cuda", ...
            bf16: run the model under bfloat16 autocast.
            batch_size: inputs in a batch when there are many; None is 64, or 32 for models that write.
            trust_remote_code: allow code that comes with the model to run.
            revision: branch, tag or commit of a Hub repository.
            settings: further arguments of the predictor, where it has some.

        Raises:
            InputError: there is no whole, safe model and tokenizer of this kind there; the message says what is
                missing, or which predictor the model is for.
        """
        settings |= {"device": device, "bf16": bf16, "batch_size": batch_size}
        if batch_size is not None:
            checked_batch_size(batch_size)
        if is_baseline(folder_or_id):
            baseline = load_baseline(folder_or_id)
            cls._check_baseline(baseline, str(folder_or_id))
            return cls(baseline, **settings)
        model, processor = load_kind(cls.kind(), folder_or_id, trust_remote_code=trust_remote_code, revision=revision)
        return cls(model, processor, **settings)

    @classmethod
    def kind(cls) -> Kind:
        """Return which models this is for."""
        return next(KINDS[each.__name__] for each in cls.__mro__ if each.__name__ in KINDS)

    @property
    def model(self) -> Any:
        """The torch model, or the fitted baseline."""
        return self._baseline if self._engine is None else self._engine.model

    @property
    def processor(self) -> Any:
        """What reads the inputs: a tokenizer, or a feature extractor of series; None for a baseline."""
        return None if self._engine is None else self._engine.processor

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer; None for a baseline and for models of series."""
        return None if self.reads_numbers else self.processor

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return torch.device("cpu") if self._engine is None else self._engine.device

    @property
    def bf16(self) -> bool:
        """Whether the model runs under bfloat16 autocast."""
        return self._engine is not None and self._engine.bf16

    def __call__(self, given: Any) -> Answer:
        """Answer for one input.

        Raises:
            InputError: it is no input of this model.
        """
        (answer,) = self._answer_all([self._check(given)])
        return answer

    def predict(self, inputs: Iterable[Any], *, window: int | None = None) -> Iterator[Answer]:
        """Answer for each input, in order, while inputs still come in.

        Args:
            inputs: any number of them; a generator is read one window ahead.
            window: inputs that are sorted by length and answered together, 32 batches by default. From a stream the
                first input is answered at once, and windows double from there, so that a slow one is not kept waiting.

        Raises:
            InputError: something among them is no input of this model.
        """
        if self.one_by_one:
            window = 1
        largest = window or self.batch_size * BATCHES_IN_WINDOW
        first = largest if window or isinstance(inputs, Sequence) else 1
        for chunk in self._windows(inputs, first, largest):
            yield from self._answer_all(chunk)

    def _windows(self, inputs: Iterable[Any], size: int, largest: int) -> Iterator[list[Any]]:
        """Yield checked inputs, window by window; each window is twice the one before, up to the largest."""
        if isinstance(inputs, str):
            raise InputError(
                "predict takes many inputs, got one string; call the predictor itself for one: "
                f"predictor({inputs[:40]!r})."
            )
        for done, window in growing_windows(inputs, size, largest):
            yield [self._check(given, row) for row, given in enumerate(window, start=done)]

    @abstractmethod
    def _answer_all(self, inputs: list[Any]) -> Iterable[Answer]:
        """Answer for each of some checked inputs."""

    def _check(self, given: Any, row: int | None = None) -> Any:
        """Give an input as the model takes it; `row` is its number among many.

        Raises:
            InputError: it is no input.
        """
        if isinstance(given, str):
            return without_surrogates(given)
        if row is None:
            raise InputError(f"a text must be a string, got {type(given).__name__}; use predict for many texts.")
        raise InputError(f"text {row} is {given!r:.60}, a {type(given).__name__}; every text must be a string.")

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> Engine:
        return Engine(model, processor, **settings)

    @classmethod
    def _check_model(cls, model: Any, processor: Any) -> None:
        """Refuse a model of another kind, and one that comes without what reads its inputs."""
        found, wanted = kind_of_model(model), cls.kind()
        name = type(model).__name__
        if found is not None and found is not wanted:
            raise InputError(f"a {name} is {found.noun}, not {wanted.noun}; use {found.predictor}.")
        if processor is None:
            reader = "feature extractor" if cls.reads_numbers else "tokenizer"
            raise InputError(f"{cls.__name__} needs the {reader} of its {name}, too: {cls.__name__}(model, {reader}).")

    @classmethod
    def accepts(cls, baseline: SavedBaseline) -> bool:
        """Tell whether this can answer by a baseline."""
        return isinstance(baseline, cls.baselines) and not isinstance(baseline, cls.not_baselines)

    @classmethod
    def _check_baseline(cls, baseline: SavedBaseline, where: str) -> None:
        if not cls.accepts(baseline):
            raise InputError(
                f"{where} holds a {baseline.kind} baseline, which does not {cls.kind().ability}; load it with "
                f"hf_seq.load({where!r})."
            )

    def _note_truncation(self, message: str) -> None:
        """Count an input that was cut, and warn of the first."""
        if not self.truncated:
            warnings.warn(f'{message}, the most this model reads; such answers carry "truncated": true.', stacklevel=4)
        self.truncated += 1


def checked_batch_size(batch_size: Any) -> int:
    """Give a batch size that is one.

    Raises:
        InputError: it is no whole number above 0.
    """
    if not isinstance(batch_size, int) or batch_size < 1:
        raise InputError(f"batch_size={batch_size!r} must be 1 or more.")
    return batch_size
