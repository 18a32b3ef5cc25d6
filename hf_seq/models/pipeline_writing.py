# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The pipeline of models that write a text from a text.

    pipeline("text-to-text", model=FOLDER)("Ein Hund rennt.")
    {"generated_text": "A dog runs."}

transformers 5 has none: `translation`, `summarization` and `text2text-generation` are gone.
"""

from collections.abc import Iterator
from typing import Any

import torch
from transformers.pipelines.base import ChunkPipeline

from .target_tokenizer import target_tokenizer
from .text_parts import parts_of

TASK = "text-to-text"
DEFAULT_NEW_TOKENS = 256
NO_LIMIT = 1_000_000
ANY_PIPELINE: Any = ChunkPipeline


class WritingPipeline(ANY_PIPELINE):
    """Text to text; one longer than the model reads is an error, or is split between sentences.

    Args:
        too_long: `error` or `split`.
        generate_kwargs: any arguments of `generate()`, such as `num_beams` and `max_new_tokens`.
    """

    default_input_names = "sequences"
    _load_tokenizer = True
    _load_feature_extractor = _load_image_processor = _load_processor = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written_by = target_tokenizer(self.model, self.tokenizer)

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Write one text, or several.

        Args:
            inputs: a text, or several.
            kwargs: `batch_size`, `too_long`, and arguments of `generate()`.

        Returns:
            {"generated_text": ...}, or a list of such for several texts.

        Raises:
            ValueError: something is no text, or is longer than the model reads.
        """
        return super().__call__(inputs, **kwargs)

    def _sanitize_parameters(
        self, too_long: str | None = None, **generation: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if too_long not in (None, "error", "split"):
            raise ValueError(f"too_long={too_long!r} is none of error, split.")
        if (count := generation.get("num_return_sequences", 1)) != 1:
            raise ValueError(
                f"num_return_sequences={count}, but this pipeline gives one; call model.generate for several."
            )
        return ({"too_long": too_long} if too_long else {}), generation, {}

    def preprocess(self, text: Any, too_long: str = "error") -> Iterator[dict[str, Any]]:
        """One text to its parts; most are one part."""
        if not isinstance(text, str):
            raise ValueError(f"got {text!r:.60}, but this pipeline reads texts.")

        def encode(part: str) -> list[int]:
            return self.tokenizer(part, truncation=False, verbose=False)["input_ids"]

        parts = parts_of(text, encode, self._longest(), split=too_long == "split")
        for number, ids in enumerate(parts or [encode(" ")]):
            yield {
                "input_ids": torch.tensor([ids]),
                "attention_mask": torch.ones(1, len(ids), dtype=torch.long),
                "empty": not parts,
                "is_last": number == max(1, len(parts)) - 1,
            }

    def _forward(self, model_inputs: dict[str, Any], **generation: Any) -> dict[str, Any]:
        about = {name: model_inputs[name] for name in ("empty", "is_last")}
        if self.model.generation_config.max_new_tokens is None:
            generation = {"max_new_tokens": DEFAULT_NEW_TOKENS} | generation
        written = self.model.generate(
            input_ids=model_inputs["input_ids"], attention_mask=model_inputs["attention_mask"], **generation
        )
        return {"written": written, **about}

    def postprocess(self, model_outputs: list[dict[str, Any]]) -> dict[str, str]:
        """Return the parts, joined by blanks."""
        texts = [
            self.written_by.decode(each["written"][0], skip_special_tokens=True).strip()
            for each in model_outputs
            if not each["empty"]
        ]
        return {"generated_text": " ".join(texts)}

    def _longest(self) -> int:
        limit = int(min(self.tokenizer.model_max_length, NO_LIMIT))
        config = self.model.config
        ends = getattr(config, "position_embedding", None) == "learned"
        return min(limit, config.max_position_embeddings) if ends else limit


def shipped_pipelines() -> dict[str, dict[str, Any]]:
    """Return what a configuration says so that `pipeline(TASK, trust_remote_code=True)` finds this file."""
    return {
        TASK: {
            "impl": f"pipeline_writing.{WritingPipeline.__name__}",
            "pt": ["AutoModelForSeq2SeqLM"],
            "type": "text",
        }
    }


PIPELINES = {TASK: (WritingPipeline, "AutoModelForSeq2SeqLM")}
"""Task to class, and the Auto class of the models it runs."""

__all__ = ["PIPELINES", "WritingPipeline", "shipped_pipelines"]
