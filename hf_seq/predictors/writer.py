# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A saved sequence-to-sequence model at work: texts in, texts out, order kept, nothing silently cut.

B batch · S source steps · T target steps
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from hf_seq.baselines import is_baseline, load_baseline
from hf_seq.data.pair_batches import PairCollator
from hf_seq.errors import InputError
from hf_seq.models.target_tokenizer import TARGET_FILE, target_tokenizer
from hf_seq.models.text_parts import parts_of
from hf_seq.predictors.loading import load_any
from hf_seq.text.pairs import TwoTokenizers

WINDOW = 1024
"""Texts that `predict` holds, to put those of similar length into one batch."""
DEFAULT_NEW_TOKENS = 256


class Translator:
    """A model that writes a text from a text.

    Args:
        model: any that `generate()`s from a source.
        tokenizer: its own; where source and target have one each, that of the source or both.
        batch_size: texts that share a batch.
        bf16: compute in bfloat16.
        too_long: what to do with a text of more tokens than the model reads: `error`, or `split` it between sentences
            and join what is written.
        generation: arguments of `generate()`, such as `num_beams` and `max_new_tokens`; the model's own by default.

    Raises:
        InputError: a value out of its range, or more new tokens than the model has positions.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        batch_size: int = 32,
        bf16: bool = False,
        too_long: Literal["error", "split"] = "error",
        **generation: Any,
    ) -> None:
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size} is no batch; use 1 or more.")
        if too_long not in ("error", "split"):
            raise InputError(f"too_long={too_long!r} is none of error, split.")
        self.model, self.batch_size, self.bf16 = model.eval(), batch_size, bf16
        two = isinstance(tokenizer, TwoTokenizers)
        self.tokenizer = tokenizer.source if two else tokenizer
        self.writes = tokenizer.target if two else self._target_tokenizer()
        self.too_long = too_long
        self.generation = {name: value for name, value in generation.items() if value is not None}
        self._check_generation()

    @classmethod
    def from_pretrained(cls, folder_or_id: str | Path, **settings: Any) -> Any:
        """Load a folder that `hf-seq train --task seq2seq` wrote, a saved baseline, or a Hub id (Marian, T5).

        Raises:
            InputError: it cannot be loaded, or writes no texts from texts.
        """
        if Path(folder_or_id).is_dir() and is_baseline(folder_or_id):
            return load_baseline(folder_or_id)
        model, tokenizer = load_any(folder_or_id)
        if not model.config.is_encoder_decoder or not model.can_generate():
            raise InputError(
                f"{folder_or_id} holds a {type(model).__name__}, which writes no text from a text; train one with "
                "`hf-seq train --task seq2seq`."
            )
        return cls(model, tokenizer, **settings)

    @property
    def longest(self) -> int:
        """Tokens of a source that the model reads, its end token included."""
        limit = int(min(self.tokenizer.model_max_length, 1_000_000))
        if getattr(self.model.config, "position_embedding", None) == "learned":
            limit = min(limit, self.model.config.max_position_embeddings)
        return limit

    def __call__(self, text: str) -> dict[str, Any]:
        """Write one text."""
        return next(self.predict([text]))

    def predict(self, texts: Iterable[str], window: int | None = None) -> Iterator[dict[str, Any]]:
        """Write texts as they come, in their order, `window` of them at a time.

        Yields:
            {"source", "target", "finished"}; not finished is a text that the limit of new tokens ended.

        Raises:
            InputError: a text is longer than the model reads, and is not to be split.
        """
        iterator = iter(texts)
        while held := list(islice(iterator, window or WINDOW)):
            for text, (written, finished) in zip(held, self._write(held), strict=True):
                yield {"source": text, "target": written, "finished": finished}

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Write a text for each; an empty one for an empty one."""
        return [answer["target"] for answer in self.predict(texts)]

    def attention(self, text: str) -> tuple[list[str], list[str], NDArray[np.floating]] | None:
        """Where the model looks while it writes: source tokens, written tokens, and weights (written, source).

        Weights are those of the last layer, the mean over its heads. None where the model attends to no source.
        """
        ids = torch.tensor([self._parts(text or " ")[0]], device=self.model.device)
        with torch.inference_mode(), self._precision(), plain_attention(self.model):
            made = self.model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), **self.generation)
            seen = self.model(input_ids=ids, decoder_input_ids=made[:, :-1], output_attentions=True).cross_attentions
        if not seen:
            return None
        source = [self.tokenizer.decode([token]).strip() or "␣" for token in ids[0].tolist()]
        written = [self.writes.decode([token]).strip() or "␣" for token in made[0, 1:].tolist()]
        return source, written, seen[-1][0].float().mean(0).cpu().numpy()

    def model_inputs(self, text: str) -> dict[str, torch.Tensor]:
        """What the model alone is called with: a source, and the step that begins its target."""
        ids = self.tokenizer(text or " ", truncation=True, return_tensors="pt")
        start = torch.tensor([[self.model.config.decoder_start_token_id]])
        return {"input_ids": ids["input_ids"], "decoder_input_ids": start}

    def _write(self, texts: Sequence[str]) -> list[tuple[str, bool]]:
        parts = [self._parts(text) for text in texts]
        flat = [ids for each in parts for ids in each]
        written: list[tuple[str, bool]] = [("", True)] * len(flat)
        order = sorted(range(len(flat)), key=lambda row: -len(flat[row]))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            for row, answer in zip(rows, self._generate([flat[row] for row in rows]), strict=True):
                written[row] = answer
        pieces = iter(written)
        joined = [[next(pieces) for _ in each] for each in parts]
        return [(" ".join(text for text, _ in each), all(done for _, done in each)) for each in joined]

    def _generate(self, rows: list[list[int]]) -> list[tuple[str, bool]]:
        pad = self.tokenizer.pad_token_id or 0
        batch = {name: value.to(self.model.device) for name, value in PairCollator(pad)(_as_rows(rows)).items()}
        with torch.inference_mode(), self._precision():
            made = self.model.generate(**batch, **self.generation)
        ends = self.model.generation_config.eos_token_id
        ended = torch.isin(made[:, 1:], torch.tensor(ends if isinstance(ends, list) else [ends], device=made.device))
        texts = self.writes.batch_decode(made, skip_special_tokens=True)
        return list(zip((text.strip() for text in texts), ended.any(1).tolist(), strict=True))

    def _parts(self, text: str) -> list[list[int]]:
        """Token ids of a text, or of the parts that it has to be split into; none of an empty text."""
        try:
            return parts_of(text, self.token_ids, self.longest, split=self.too_long == "split")
        except ValueError as error:
            raise InputError(str(error)) from error

    def token_ids(self, text: str) -> list[int]:
        """Ids of a source, its end token included, however long."""
        return self.tokenizer(text, truncation=False, verbose=False)["input_ids"]

    def _precision(self) -> Any:
        return torch.autocast(self.model.device.type, torch.bfloat16) if self.bf16 else nullcontext()

    def _target_tokenizer(self) -> Any:
        try:
            return target_tokenizer(self.model, self.tokenizer)
        except OSError as error:
            raise InputError(
                f"{self.model.name_or_path or 'the model'} has a vocabulary of its own for the target, but no "
                f"{TARGET_FILE} beside it; copy the folder whole."
            ) from error

    def _check_generation(self) -> None:
        for name in ("num_beams", "max_new_tokens"):
            if self.generation.get(name, 1) < 1:
                raise InputError(f"{name}={self.generation[name]} must be 1 or more.")
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


def _as_rows(rows: list[list[int]]) -> list[dict[str, Any]]:
    return [{"input_ids": ids} for ids in rows]
