# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The likeliest tokens for the masks in a text, by an exported masked language model."""

from typing import Any

import numpy as np

if __package__:
    from .runtime import Model
else:
    from runtime import Model  # type: ignore[no-redef,import-not-found]

TOP = 5


class MaskFiller(Model):
    """Gives the likeliest tokens for each mask in a text."""

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Fill the masks of each text for itself."""
        if self.facts["limit"] is not None:
            self.tokenizer.enable_truncation(self.facts["limit"], direction=self.facts["truncation_side"])
        return [self._fill(text) for text in inputs]

    def _fill(self, text: str) -> dict[str, Any]:
        encoding = self.tokenizer.encode(text)
        ids = encoding.ids
        masks = [place for place, token in enumerate(ids) if token == self.facts["mask"]]
        filled = []
        for _, logits in self.run_rows([ids]) if masks else ():
            for scores in logits[0, masks]:
                best = np.argsort(-scores, kind="stable")[:TOP].tolist()
                powers = np.exp(scores - scores.max())
                chances = (powers[best] / powers.sum()).tolist()
                pairs = zip(best, chances, strict=True)
                filled.append([{"token": self.tokenizer.decode([i]), "score": round(p, 6)} for i, p in pairs])
        answer = {"text": text, "filled": filled}
        return self.note_cut(answer) if encoding.overflowing else answer
