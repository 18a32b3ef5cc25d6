# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved sequence-to-sequence model at work: texts in, texts out, order kept, nothing silently cut.

B batch · S source steps · T target steps
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from inspect import signature
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import GenerationConfig

from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.baselines.pairs import PairBaseline
from hf_seq.errors import InputError
from hf_seq.models.target_tokenizer import TARGET_FILE, target_tokenizer
from hf_seq.models.text_parts import parts_of
from hf_seq.predictors.base import Answer, BasePredictor, Device
from hf_seq.predictors.batches import batches_by_length, padded
from hf_seq.predictors.encoders import token_limit
from hf_seq.text.pairs import TwoTokenizers

DEFAULT_NEW_TOKENS = 256
MOST_TOKENS = 1_000_000
TooLong = Literal["error", "split", "truncate"]


class Translator(BasePredictor):
    """A model that writes a text from a text; called with one, it gives `{"source", "target", "finished"}`.

    Not finished is a text that the limit of new tokens ended.

    Args:
        model: any that `generate()`s from a source, or a fitted baseline of pairs.
        tokenizer: its own; where source and target have one each, that of the source or both. None for a baseline.
        batch_size: texts that share a batch; None is 32.
        bf16: run the model under bfloat16 autocast.
        device: where the model runs; None leaves it where it is.
        too_long: what to do with a text of more tokens than the model reads: `error`; `split` it between sentences and
            join what is written; or `truncate` it, as training does.
        generation: arguments of `generate()`, such as `num_beams` and `max_new_tokens`; the model's own by default.

    Raises:
        InputError: a value out of its range, an argument that `generate()` does not know, or more new tokens than the
            model has positions.
    """

    default_batch_size: ClassVar[int] = 32
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (PairBaseline,)

    def __init__(
        self,
        model: Any,
        tokenizer: Any = None,
        *,
        batch_size: int | None = None,
        bf16: bool = False,
        device: Device = None,
        too_long: TooLong = "error",
        **generation: Any,
    ) -> None:
        if too_long not in get_args(TooLong):
            raise InputError(f"too_long={too_long!r} is none of {', '.join(get_args(TooLong))}.")
        two = isinstance(tokenizer, TwoTokenizers)
        source = tokenizer.source if two else tokenizer
        super().__init__(model, source, batch_size=batch_size, bf16=bf16, device=device)
        self.too_long: TooLong = too_long
        self.generation = {name: value for name, value in generation.items() if value is not None}
        if self._engine is not None:
            self.writes = tokenizer.target if two else self._target_tokenizer()
            self._check_generation()

    @cached_property
    def longest(self) -> int:
        """Tokens of a source that the model reads, its end token included."""
        return min(token_limit(self.model, self.tokenizer) or MOST_TOKENS, MOST_TOKENS)

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Write a text for each; an empty one for an empty one."""
        return [answer["target"] for answer in self.predict(texts)]

    def attention(self, text: str) -> tuple[list[str], list[str], NDArray[np.floating]] | None:
        """Show where the model looks while it writes: source tokens, written tokens, and weights (written, source).

        Weights are those of the last layer, the mean over its heads. None where the model attends to no source.
        """
        ids = torch.tensor([self._parts(text or " ")[0]], device=self.device)
        with torch.inference_mode(), self._engine.precision(), plain_attention(self.model):
            made = self.model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), **self.generation)
            seen = self.model(input_ids=ids, decoder_input_ids=made[:, :-1], output_attentions=True).cross_attentions
        if not seen:
            return None
        source = [self.tokenizer.decode([token]).strip() or "␣" for token in ids[0].tolist()]
        written = [self.writes.decode([token]).strip() or "␣" for token in made[0, 1:].tolist()]
        return source, written, seen[-1][0].float().mean(0).cpu().numpy()

    def model_inputs(self, text: str) -> dict[str, torch.Tensor]:
        """Return what the model alone is called with: a source, and the step that begins its target."""
        ids = self.tokenizer(text or " ", truncation=True, return_tensors="pt")
        start = torch.tensor([[self.model.config.decoder_start_token_id]])
        return {"input_ids": ids["input_ids"], "decoder_input_ids": start}

    def _answer_all(self, inputs: list[str]) -> Iterator[Answer]:
        if self._engine is None:
            yield from self._baseline.predict(inputs)
            return
        for text, (written, finished) in zip(inputs, self._write(inputs), strict=True):
            yield {"source": text, "target": written, "finished": finished}

    def _write(self, texts: Sequence[str]) -> list[tuple[str, bool]]:
        parts = [self._parts(text) for text in texts]
        flat = [ids for each in parts for ids in each]
        written: list[tuple[str, bool]] = [("", True)] * len(flat)
        for rows in batches_by_length([len(ids) for ids in flat], self.batch_size):
            for row, answer in zip(rows, self._generate([flat[row] for row in rows]), strict=True):
                written[row] = answer
        pieces = iter(written)
        joined = [[next(pieces) for _ in each] for each in parts]
        return [(" ".join(text for text, _ in each), all(done for _, done in each)) for each in joined]

    @torch.inference_mode()
    def _generate(self, rows: list[list[int]]) -> list[tuple[str, bool]]:
        ids = padded(rows, self.tokenizer.pad_token_id or 0).to(self.device)
        mask = padded([[1] * len(row) for row in rows], 0).to(self.device)
        with self._engine.precision():
            made = self.model.generate(input_ids=ids, attention_mask=mask, **self.generation)
        ends = self.model.generation_config.eos_token_id
        ended = torch.isin(made[:, 1:], torch.tensor(ends if isinstance(ends, list) else [ends], device=made.device))
        texts = self.writes.batch_decode(made, skip_special_tokens=True)
        return list(zip((text.strip() for text in texts), ended.any(1).tolist(), strict=True))

    def _parts(self, text: str) -> list[list[int]]:
        """Return token ids of a text, or of the parts that it has to be split into; none of an empty text."""
        if self.too_long == "truncate":
            return [self.tokenizer(text, truncation=True, max_length=self.longest)["input_ids"]] if text.strip() else []
        try:
            return parts_of(text, self.token_ids, self.longest, split=self.too_long == "split")
        except ValueError as error:
            raise InputError(str(error)) from error

    def token_ids(self, text: str) -> list[int]:
        """Encode a source, its end token included, however long."""
        return self.tokenizer(text, truncation=False, verbose=False)["input_ids"]

    def _target_tokenizer(self) -> Any:
        try:
            return target_tokenizer(self.model, self.tokenizer)
        except OSError as error:
            raise InputError(
                f"{self.model.name_or_path or 'the model'} has a vocabulary of its own for the target, but no "
                f"{TARGET_FILE} beside it; copy the folder whole."
            ) from error

    def _check_generation(self) -> None:
        _check_names(self.generation, self.model)
        for name in ("num_beams", "max_new_tokens"):
            if self.generation.get(name, 1) < 1:
                raise InputError(f"{name}={self.generation[name]} must be 1 or more.")
        defaults = self.model.generation_config
        if defaults.decoder_start_token_id is None and defaults.bos_token_id is None:
            raise InputError("generation_config.json does not say which token begins a text; get the model again.")
        own = self.model.generation_config.max_new_tokens
        if own is None and not {"max_new_tokens", "max_length"} & self.generation.keys():
            self.generation["max_new_tokens"] = DEFAULT_NEW_TOKENS
        limit = getattr(self.model.config, "max_position_embeddings", None)
        wanted = self.generation.get("max_new_tokens")
        if getattr(self.model.config, "position_embedding", None) == "learned" and wanted and wanted > limit:
            raise InputError(
                f"max_new_tokens={wanted}, but the model's learned positions end at {limit}; use {limit} or less."
            )


@contextmanager
def plain_attention(model: Any) -> Iterator[None]:
    """Have a model attend by plain products, the only way that gives weights."""
    before = getattr(model.config, "_attn_implementation", None)
    if before in (None, "eager") or not model._supports_sdpa:
        yield
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def _check_names(generation: Iterable[str], model: Any) -> None:
    """Refuse what `generate()` would refuse at the first text."""
    known = {*GenerationConfig().to_dict(), *signature(model.generate).parameters}
    for name in generation:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else "."
            raise InputError(f"{name} is not a setting of a Translator, and no argument of generate(){hint}")
