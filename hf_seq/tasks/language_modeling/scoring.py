# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a saved language model is scored, and what it writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.metrics.language_modeling import (
    HEADLINE,
    SIGNATURE,
    Blocks,
    compute_language_metrics,
    into_blocks,
    language_interval,
)
from hf_seq.reports.costs import write_costs
from hf_seq.tasks.base import R
from hf_seq.tasks.scored import OneMetricScoring

if TYPE_CHECKING:
    from datasets import Dataset

    from hf_seq.predictors.language import LanguageModel

SAMPLES, SAMPLE_TOKENS = 3, 300


class TextScoring(OneMetricScoring[R]):
    """Nats per character, which compares models with different tokens."""

    headline = HEADLINE

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: R, seed: int
    ) -> tuple[dict[str, Any], Blocks]:
        """Score the text, and have the model write something; the predictions are the costs of every block."""
        texts = rows["text"][:]
        costs = predictor.costs(texts)
        metrics = compute_language_metrics(costs.nats, costs.characters)
        metrics["unknown_rate"] = costs.unknown / max(1, len(costs.nats))
        blocks = into_blocks(costs.nats, costs.characters, costs.documents if predictor.separate else None)
        signature = SIGNATURE + "; perplexity is per token of the model's own tokenizer"
        found = self.fields_of(self.headline, metrics, language_interval(blocks), len(costs.nats), signature)
        return found | {"samples": _samples(predictor, texts)}, blocks

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: Blocks) -> None:
        """Keep what each block of the text cost, for comparisons in pairs."""
        write_costs(folder, predictions)


def _samples(predictor: "LanguageModel", texts: Sequence[str]) -> list[dict[str, str]]:
    """Have the model write, seeded: by itself, or from the begin of a text of the split."""
    prompt = "" if predictor.separate else (next(filter(None, texts)).split("\n")[0][:40] + "\n")
    found = []
    for seed in range(SAMPLES):
        try:
            text = predictor.generate(prompt, max_new_tokens=SAMPLE_TOKENS, temperature=0.8, seed=seed)
        except InputError:  # the prompt has a character that train has not
            prompt = ""
            text = predictor.generate(prompt, max_new_tokens=SAMPLE_TOKENS, temperature=0.8, seed=seed)
        found.append({"prompt": prompt, "text": text})
    return found
