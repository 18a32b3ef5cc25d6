# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts to logits: a text goes through `tokenizers` straight into the model, many go in batches of similar length.

N texts · B batch · T steps · L labels
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hf_seq.predictors.batches import batches_by_length, padded
from hf_seq.predictors.encoders import lean_encoder, token_limit
from hf_seq.predictors.engine import Engine, can_pad
from hf_seq.text.two_texts import TextOrPair, can_read_pairs, reads_pairs_only

Array = NDArray[Any]


class TextEngine(Engine):
    """A sequence classifier of transformers and its tokenizer; see `Engine`.

    A text without a token is a row without a step: a model of ours answers for it as for any row that is all padding.
    Others cannot, and read the unknown token.
    """

    def __init__(self, model: Any, tokenizer: Any, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        if not can_pad(model, tokenizer):
            self.batch_size = 1
        self.limit = token_limit(model, tokenizer)
        self._encoder = lean_encoder(tokenizer, self.limit)
        scores_tokens = getattr(model, "score_tokens", None)  # of ours
        self._score = scores_tokens or (lambda **inputs: model(**inputs).logits)
        self._wants_types = "token_type_ids" in tokenizer.model_input_names
        self._pad_id = tokenizer.pad_token_id or 0
        self._pad_left = tokenizer.padding_side == "left"
        known = (tokenizer.unk_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id)
        unknown = next((token for token in known if token is not None), 0)
        self._nothing: list[int] = [] if scores_tokens else [unknown]
        self.needs_pairs, self.takes_pairs = reads_pairs_only(tokenizer), can_read_pairs(tokenizer)

    @property
    def cut_message(self) -> str:
        """How a text that is too long is cut, for people."""
        return f"A text was cut at {self.limit} tokens"

    @torch.inference_mode()
    def one(self, text: TextOrPair) -> tuple[list[float], bool]:
        """Compute logits of one text, and whether it was truncated."""
        encoding = self._encoder.encode(*text) if isinstance(text, tuple) else self._encoder.encode(text)
        if not encoding.ids:
            return self._logits(self._pad([encoding]))[0].tolist(), False
        inputs = {"input_ids": torch.tensor([encoding.ids], device=self.device)}  # (1, T)
        if self._wants_types:
            inputs["token_type_ids"] = torch.tensor([encoding.type_ids], device=self.device)
        return self._logits(inputs)[0].tolist(), bool(encoding.overflowing)

    @torch.inference_mode()
    def many(self, texts: Sequence[TextOrPair]) -> tuple[Array, list[bool]]:
        """Compute logits (N, L) of texts, and which of them were truncated."""
        encodings = self._encoder.encode_batch_fast(texts)
        logits = np.zeros((len(texts), self.model.config.num_labels), dtype=np.float32)
        for rows in batches_by_length([len(each.ids) for each in encodings], self.batch_size):
            logits[rows] = self._logits(self._pad([encodings[row] for row in rows])).cpu().numpy()
        return logits, [bool(encoding.overflowing) for encoding in encodings]

    def _pad(self, encodings: Sequence[Any]) -> dict[str, Tensor]:
        """Batch encodings sorted by length; without a mask when nothing is padded."""
        ids = [encoding.ids or self._nothing for encoding in encodings]
        steps = max(1, len(ids[-1]))
        lengths = [len(row) for row in ids]
        inputs = {"input_ids": self._fill(ids, self._pad_id, steps)}  # (B, T)
        if lengths[0] != steps:
            inputs["attention_mask"] = self._fill([[1] * length for length in lengths], 0, steps)
        if self._wants_types:
            types = [encoding.type_ids or [0] * len(row) for encoding, row in zip(encodings, ids, strict=True)]
            inputs["token_type_ids"] = self._fill(types, self.processor.pad_token_type_id, steps)
        return inputs

    def _fill(self, rows: Sequence[Sequence[int]], value: int, steps: int) -> Tensor:
        return padded(rows, value, left=self._pad_left, steps=steps).to(self.device)

    def _logits(self, inputs: dict[str, Tensor]) -> Tensor:
        if not self.bf16:
            return self._score(**inputs).float()
        with self.precision():
            return self._score(**inputs).float()
